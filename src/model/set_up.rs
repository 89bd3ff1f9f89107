//! What it takes until the first event can arrive at a client: how often it asks, how long that takes, how many bytes.
//!
//! It is done once, before the run begins, so that no event waits for it. Meanwhile nobody is down, no message is lost
//! and nothing waits for a server.

use crate::policy::channel::Channel;
use crate::policy::delay::Delay;
use crate::policy::registration;
use crate::rng::{Purpose, Randomness};
use crate::scenario::{Client, Scenario};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// What setting up a client costs; with several members the sums over them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// Requests of either side.
    pub requests: u64,
    /// Times that something goes to the other side and back: each request, and the handshake of TLS.
    pub round_trips: u64,
    /// HTTP bytes in both directions.
    pub bytes: u64,
    /// From the first message until the first event can arrive: of the slowest member.
    pub first_event_after: Span,
}

/// The parts of that time for one member, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Legs {
    /// The client's request is on its way to the source.
    pub asked: Span,
    /// The source works on it.
    pub worked: Span,
    /// The source and the endpoint agree on keys, there and back.
    pub secured: Span,
    /// The request of the handshake is on its way to the endpoint.
    pub called: Span,
    /// The answer is on its way to the source.
    pub answered: Span,
    /// The first event is on its way to the client.
    pub arrives: Span,
}

impl SetUp {
    /// That of a client in one replication.
    pub fn of(scenario: &Scenario, client: &Client, randomness: Randomness) -> Self {
        let (requests, round_trips, bytes) = each(scenario, client);
        let members = u64::from(client.count);
        let legs = (0..client.count).map(|member| Legs::of(scenario, client, randomness, member).whole());
        Self {
            requests: members * requests,
            round_trips: members * round_trips,
            bytes: members * bytes,
            first_event_after: legs.max().unwrap_or_default(),
        }
    }

    /// Adds that of another replication.
    pub fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.round_trips += other.round_trips;
        self.bytes += other.bytes;
        self.first_event_after = self.first_event_after.max(other.first_event_after);
    }
}

/// Requests, round trips and bytes of one member. The first poll of a poller is nothing special; a stream is opened by a
/// request, which the figures of `requests` have as well.
fn each(scenario: &Scenario, client: &Client) -> (u64, u64, u64) {
    match client.kind.channel() {
        Channel::Poll | Channel::LongPoll | Channel::Fetch => (0, 0, 0),
        Channel::Sse | Channel::WebSocket => {
            let (streams, sizes) = (u64::from(scenario.events.resources), scenario.sizes(client));
            (streams, streams, streams * (sizes.frames().opening + sizes.frames().opened))
        }
        Channel::Webhook => {
            let (handshake, https) = (client.handshake(), client.security().https());
            let requests = registration::requests(handshake);
            (requests, requests + u64::from(https), registration::bytes(&client.types, handshake, https))
        }
    }
}

impl Legs {
    /// Those of one member.
    pub fn of(scenario: &Scenario, client: &Client, randomness: Randomness, member: u32) -> Self {
        let drawn = randomness.stream(Purpose::SetUp);
        let draw = |delay: &Delay, leg| delay.draw(|| drawn.at(u64::from(member), leg));
        let there = |leg| draw(&client.network.to_source.delay, leg);
        let back = |leg| draw(&client.network.to_client.delay, leg);
        let first = Self {
            asked: there(0),
            worked: draw(&scenario.source.service_time, 1),
            arrives: back(2),
            ..Self::default()
        };
        let Some(webhook) = client.webhook() else { return first };
        let calls = registration::requests(webhook.handshake) > 1;
        let only = |is_done: bool, leg: &dyn Fn() -> Span| if is_done { leg() } else { Span::ZERO };
        Self {
            secured: only(webhook.security.https(), &|| back(3) + there(4)),
            called: only(calls, &|| back(5)),
            answered: only(calls, &|| there(6)),
            ..first
        }
    }

    /// The sum.
    pub fn whole(&self) -> Span {
        let Self { asked, worked, secured, called, answered, arrives } = *self;
        asked + worked + secured + called + answered + arrives
    }
}
