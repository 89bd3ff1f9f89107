//! A client: its network, its outages, and what follows from its kind.

use super::kind::{Kind, Stream, Webhook};
use crate::policy::channel::{Channel, Opener};
use crate::policy::delay::Delay;
use crate::policy::event_types::Wanted;
use crate::policy::handshake::Handshake;
use crate::policy::message::Content;
use crate::policy::outage::Outages;
use crate::policy::paging::Order;
use crate::policy::schedule::{Phase, PollSchedule};
use crate::policy::security::{Attack, Security};
use crate::time::{Instant, Span};

/// A fetch of what was announced fails after this time without an answer, as a poll does by default.
pub(crate) const FETCH_TIMEOUT: Span = Span::from_secs(30);

/// One `[[client]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Client {
    /// Name in all results, unique in the scenario.
    pub name: String,
    /// Number of identical members, each with its own phase and random draws; at least 1.
    pub count: u32,
    /// The types of event that it asks for. No other event is one of this client.
    pub types: Wanted,
    /// The network between this client and the source.
    pub network: Network,
    /// Times at which this client is down.
    pub outages: Outages,
    /// What is sent by somebody who found the URL of this webhook client.
    pub attacks: Vec<Attack>,
    /// How the client gets the events.
    pub kind: Kind,
}

/// Which of the events that deliveries did not bring, or that a page passed over, another channel brings, sooner or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// None.
    Never,
    /// Those that were announced.
    Announced,
    /// All.
    Always,
}

/// How often a client asks for one resource.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Asking {
    /// Time of the first request where it is fixed; the start of the run otherwise.
    pub first: Instant,
    /// Mean time between two requests that bring no event, in seconds.
    pub every_s: f64,
    /// A request that has no answer after this time has failed.
    pub timeout: Span,
}

impl Asking {
    fn of(schedule: &PollSchedule) -> Self {
        let first = match schedule.phase {
            Phase::At(at) => at,
            Phase::Random => Instant::START,
        };
        Self { first, every_s: schedule.longest_s(), timeout: schedule.timeout }
    }

    /// A stream sends requests only while it is not connected, but a heartbeat is sent at this interval.
    fn of_stream(stream: &Stream) -> Self {
        let Stream {
            heartbeat,
            heartbeat_when: _,
            idle_timeout: _,
            replay: _,
            reconnect,
            reconnect_jitter: _,
            timeout,
        } = stream;
        let every = heartbeat.map_or(*reconnect, |heartbeat| heartbeat.max(*reconnect));
        Self { first: Instant::START, every_s: every.as_secs_f64(), timeout: *timeout }
    }
}

/// The network of a client, from its own table and `[network]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Network {
    /// From the client to the source.
    pub to_source: LinkConfig,
    /// From the source to the client.
    pub to_client: LinkConfig,
    /// What a real network adds to each delay, either way. No scenario has it: zero but where virtual time follows a live run.
    pub overhead: Span,
}

/// One direction of the network.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LinkConfig {
    /// One-way delay of a message.
    pub delay: Delay,
    /// Probability that a message is lost: 0 to 1.
    pub loss: f64,
}

impl Client {
    /// Whether a channel of the client sends requests to the source.
    pub fn asks(&self) -> bool {
        self.channels().any(|channel| channel.opener() == Opener::Client)
    }

    /// Whether the source sends requests to a channel of the client.
    pub fn is_called(&self) -> bool {
        self.channels().any(|channel| channel.opener() == Opener::Source)
    }

    /// The channels of the client, the main one first.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + use<> {
        let fetches = self.is_thin().then_some(Channel::Fetch);
        std::iter::once(self.kind.channel()).chain(fetches).chain(self.reconciles().then_some(Channel::Poll))
    }

    /// What the body of a delivery to the client is.
    pub fn content(&self) -> Content {
        let of = |webhook: &Webhook| Content { list: webhook.batch.is_some(), thin: webhook.thin };
        self.webhook().map(of).unwrap_or_default()
    }

    /// Whether the deliveries of a webhook client only announce their events.
    pub fn is_thin(&self) -> bool {
        self.webhook().is_some_and(|webhook| webhook.thin)
    }

    /// Which of the events that deliveries did not bring another channel brings.
    pub fn found(&self) -> Found {
        match self.webhook() {
            Some(webhook) if webhook.reconcile.is_none() => match (webhook.thin, webhook.coalesce) {
                (false, _) => Found::Never,
                (true, true) => Found::Always,
                (true, false) if webhook.fetch_again.is_some() => Found::Announced,
                (true, false) => Found::Never,
            },
            Some(_) => Found::Always,
            None => Found::Never,
        }
    }

    /// Whether a webhook client also polls (`reconcile`).
    pub fn reconciles(&self) -> bool {
        self.webhook().is_some_and(|webhook| webhook.reconcile.is_some())
    }

    /// The poll schedule of a poller or of a reconciling webhook client.
    pub const fn schedule(&self) -> Option<&PollSchedule> {
        match &self.kind {
            Kind::Poll(schedule) => Some(schedule),
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) => None,
            Kind::Webhook(webhook) => webhook.reconcile.as_ref(),
        }
    }

    /// Longest time for which the source may hold a request of the client; zero: it answers at once.
    pub const fn hold(&self) -> Span {
        match &self.kind {
            Kind::LongPoll(long_poll) => long_poll.hold,
            Kind::Poll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => Span::ZERO,
        }
    }

    /// How often the client asks for one resource; None: it sends no requests.
    pub fn asking(&self) -> Option<Asking> {
        match &self.kind {
            Kind::Poll(schedule) => Some(Asking::of(schedule)),
            Kind::LongPoll(long_poll) => Some(Asking {
                first: Instant::START,
                every_s: long_poll.empty_gap().as_secs_f64(),
                timeout: long_poll.timeout,
            }),
            Kind::Sse(stream) | Kind::WebSocket(stream) => Some(Asking::of_stream(stream)),
            // A client that fetches what was announced asks at this interval only while it does not get it.
            Kind::Webhook(webhook) => {
                let fetching = || Asking {
                    first: Instant::START,
                    every_s: webhook.fetch_again.unwrap_or(FETCH_TIMEOUT).as_secs_f64(),
                    timeout: FETCH_TIMEOUT,
                };
                let polls = webhook.reconcile.as_ref().map(Asking::of);
                polls.or_else(|| webhook.thin.then(fetching))
            }
        }
    }

    /// How deliveries to the client show whose they are.
    pub fn security(&self) -> &Security {
        self.webhook().map_or(&Security::OPEN, |webhook| &webhook.security)
    }

    /// What the source asks of the client's URL when it is registered.
    pub fn handshake(&self) -> Handshake {
        self.webhook().map_or(Handshake::None, |webhook| webhook.handshake)
    }

    /// Whether an event may come to the client that it holds.
    pub fn may_duplicate(&self) -> bool {
        let asks_again = match &self.kind {
            Kind::Poll(schedule) => schedule.cursor.asks_again(),
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => false,
        };
        asks_again || self.polls_a_feed() || self.channels().any(Channel::may_duplicate)
    }

    /// Whether the client polls for the newest events, and misses what leaves their page.
    pub fn polls_a_feed(&self) -> bool {
        matches!(&self.kind, Kind::Poll(schedule) if schedule.order == Order::Newest)
    }

    /// Whether the source of a client that stays connected sends first what the client missed. True for all others.
    pub const fn is_replayed(&self) -> bool {
        match &self.kind {
            Kind::Sse(stream) | Kind::WebSocket(stream) => stream.replay,
            Kind::Poll(_) | Kind::LongPoll(_) | Kind::Webhook(_) => true,
        }
    }

    /// Whether the client forgets after a time which events it has processed.
    pub fn forgets(&self) -> bool {
        self.webhook().is_some_and(|webhook| webhook.endpoint.dedupe_window.is_some())
    }

    /// The webhook keys of a webhook client.
    pub const fn webhook(&self) -> Option<&Webhook> {
        match &self.kind {
            Kind::Poll(_) | Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) => None,
            Kind::Webhook(webhook) => Some(webhook),
        }
    }
}
