//! The channels: one file or folder for each kind, with both sides of it.
//!
//! A client is one inbox, to which one or several channels bring events. To add a kind, write its file and follow the
//! compiler from [`Channel`]; the world only routes inputs and knows no kind.

mod fetch;
mod jobs;
mod long_poll;
mod poll;
mod poller;
mod stream;
mod webhook;

use super::events::{EventId, Events};
use super::exchange::{Answer, Ask, Exchange, Frame, Request};
use super::inbox::Inbox;
use super::source::Source;
use super::{Arrival, Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Kind, Scenario};
use crate::time::Instant;
use fetch::Fetches;
use jobs::Jobs;
use long_poll::LongPolls;
use poll::Polls;
pub use poller::Poller;
use std::ops::Range;
use std::sync::Arc;
use stream::Streams;
use webhook::Hooks;

/// What all channels of a client share.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) events: Arc<Events>,
    /// The end of the events. From then on a channel with nothing left to fetch stops asking.
    pub(super) horizon: Instant,
    pub(super) resources: u32,
    pub(super) members: u32,
    pub(super) source: Source,
    pub(super) inbox: Inbox,
}

/// The state of one channel of a client.
#[derive(Clone, Debug)]
pub(super) enum Machine {
    Poll(Polls),
    Jobs(Jobs),
    LongPoll(LongPolls),
    Stream(Streams),
    Webhook(Box<Hooks>),
    Fetch(Fetches),
}

/// The channels of a client that gets these events, the main one first.
pub(super) fn machines(
    scenario: &Scenario,
    client: &Client,
    events: &Events,
    randomness: Randomness,
) -> Vec<Machine> {
    match &client.kind {
        Kind::Poll(schedule) if scenario.events.job.is_some() => {
            vec![Machine::Jobs(Jobs::new(schedule, scenario, client, events, randomness))]
        }
        Kind::Poll(schedule) => vec![Machine::Poll(Polls::new(schedule, scenario, client, randomness))],
        Kind::LongPoll(config) => vec![Machine::LongPoll(LongPolls::new(config, scenario, client))],
        Kind::Sse(config) | Kind::WebSocket(config) => {
            let channel = client.kind.channel();
            vec![Machine::Stream(Streams::new(channel, config, scenario, client, randomness))]
        }
        Kind::Webhook(webhook) => {
            let hooks = Machine::Webhook(Box::new(Hooks::new(webhook, scenario, client, randomness)));
            let polls = webhook.reconcile.as_ref();
            let polls =
                polls.map(|schedule| Machine::Poll(Polls::new(schedule, scenario, client, randomness)));
            let fetches = Fetches::new(webhook, scenario, client).map(Machine::Fetch);
            std::iter::once(hooks).chain(fetches).chain(polls).collect()
        }
    }
}

impl Machine {
    /// Its kind.
    #[inline]
    pub(super) const fn channel(&self) -> Channel {
        match self {
            Self::Poll(_) | Self::Jobs(_) => Channel::Poll,
            Self::LongPoll(_) => Channel::LongPoll,
            Self::Stream(streams) => streams.channel(),
            Self::Webhook(_) => Channel::Webhook,
            Self::Fetch(_) => Channel::Fetch,
        }
    }

    /// Sets its first timers.
    pub(super) fn begin(&self, out: &mut impl Outbox) {
        match self {
            Self::Poll(polls) => polls.begin(out),
            Self::Jobs(jobs) => jobs.begin(out),
            Self::LongPoll(polls) => polls.begin(out),
            Self::Stream(streams) => streams.begin(out),
            Self::Webhook(hooks) => hooks.begin(out),
            Self::Fetch(_) => {}
        }
    }

    /// An event has occurred. The API shows it by now, or from `shown` on.
    #[inline]
    pub(super) fn occur(
        &mut self,
        now: Instant,
        event: EventId,
        shown: Option<Instant>,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        match self {
            Self::Poll(_) | Self::Jobs(_) | Self::Fetch(_) => {}
            Self::LongPoll(_) | Self::Stream(_) if shown.is_some() => {
                let timer = Timer { channel: self.channel(), side: Side::Source, number: SHOWN };
                shown.into_iter().for_each(|at| out.wake(at, timer));
            }
            Self::LongPoll(polls) => polls.occur(now, event, shared, out),
            Self::Stream(streams) => streams.occur(now, event, shared, out),
            Self::Webhook(hooks) => hooks.occur(now, event, out),
        }
    }

    /// A timer of one of its sides is due.
    #[inline(always)]
    pub(super) fn wake(
        &mut self,
        now: Instant,
        side: Side,
        number: u32,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        match (self, side) {
            (Self::Poll(polls), Side::Client) => polls.tick(now, number, shared, out),
            (Self::Jobs(jobs), Side::Client) => jobs.due(now, number, shared, out),
            (Self::LongPoll(polls), Side::Client) => polls.ask(now, number, shared, out),
            (Self::LongPoll(polls), Side::Source) if number == SHOWN => {
                if let Some(event) = shared.source.show_next(&shared.events) {
                    polls.occur(now, event, shared, out);
                }
            }
            (Self::Stream(streams), Side::Source) if number == SHOWN => {
                if let Some(event) = shared.source.show_next(&shared.events) {
                    streams.occur(now, event, shared, out);
                }
            }
            (Self::LongPoll(polls), Side::Source) => polls.hold_ends(now, number, shared, out),
            (Self::Stream(streams), Side::Client) => streams.look(now, number, shared, out),
            (Self::Stream(streams), Side::Source) => streams.due(now, number, shared, out),
            (Self::Webhook(hooks), Side::Client) => hooks.due_at_client(now, number, shared, out),
            (Self::Webhook(hooks), Side::Source) => hooks.due(now, number, out),
            (Self::Fetch(fetches), Side::Client) => fetches.due(now, number, shared, out),
            (Self::Poll(_) | Self::Jobs(_) | Self::Fetch(_), Side::Source) => {
                unreachable!("the source has no timer for it")
            }
        }
    }

    /// A request arrives at its receiver.
    #[inline(always)]
    pub(super) fn request(
        &mut self,
        now: Instant,
        request: &Request,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        match self {
            Self::Poll(_) | Self::Jobs(_) => poll::arrives(now, request, shared, out),
            Self::LongPoll(polls) => polls.arrives(now, request, shared, out),
            Self::Stream(streams) => streams.arrives(now, request, shared, out),
            Self::Webhook(hooks) => hooks.arrives(now, request, shared, out),
            Self::Fetch(_) => match request.ask {
                Ask::Event { event } => fetch::arrives(now, request, event, shared, out),
                Ask::Events { .. }
                | Ask::Since { .. }
                | Ask::Newest { .. }
                | Ask::Job { .. }
                | Ask::Stream { .. }
                | Ask::Delivery(_) => poll::arrives(now, request, shared, out),
            },
        }
    }

    /// An exchange ends for the sender of the request.
    #[inline(always)]
    pub(super) fn reply(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        match self {
            Self::Jobs(jobs) => jobs.answered(now, request, answer, shared, out),
            Self::Poll(polls) => polls.answered(now, request, answer, shared, out),
            Self::LongPoll(polls) => polls.answered(now, request, answer, shared, out),
            Self::Stream(streams) => streams.answered(now, request, answer, shared, out),
            Self::Webhook(hooks) => hooks.answered(now, request, answer, out),
            Self::Fetch(fetches) => fetches.answered(now, request, answer, shared, out),
        }
    }

    /// A frame arrives at the client.
    pub(super) fn frame(&mut self, now: Instant, frame: &Frame, shared: &mut Shared, out: &mut impl Outbox) {
        match self {
            Self::Stream(streams) => streams.frame(now, frame, shared, out),
            Self::Poll(_) | Self::Jobs(_) | Self::LongPoll(_) | Self::Webhook(_) | Self::Fetch(_) => {
                unreachable!("it opens no stream")
            }
        }
    }

    /// A side learns that a stream is closed.
    pub(super) fn closed(&mut self, now: Instant, stream: &Exchange, side: Side, out: &mut impl Outbox) {
        match (self, side) {
            (Self::Stream(streams), Side::Client) => streams.lost(now, stream, out),
            (Self::Stream(streams), Side::Source) => streams.client_left(now, stream, out),
            (Self::Poll(_) | Self::Jobs(_) | Self::LongPoll(_) | Self::Webhook(_) | Self::Fetch(_), _) => {
                unreachable!("it opens no stream")
            }
        }
    }
}

/// In place of the number of a loop, of the source's side: the API shows the next event, which occurred a while ago.
const SHOWN: u32 = u32::MAX - 1;

impl Shared {
    /// Whether there are events after the cursor, of the resource of a loop, that its member does not hold.
    pub(super) fn wants_more(&self, poll_loop: u32, cursor: u32) -> bool {
        let (member, resource) = (poll_loop / self.resources, poll_loop % self.resources);
        let left = &self.events.of(resource)[cursor as usize..];
        left.iter().any(|&event| !self.inbox.holds(event, member))
    }

    /// A loop receives a page: so many events of its resource from the cursor on. Returns how many of them are new.
    pub(super) fn take_page(
        &mut self,
        now: Instant,
        (poll_loop, cursor): (u32, u32),
        events: u32,
        by: Arrival,
        out: &mut impl Outbox,
    ) -> u32 {
        let (member, resource) = (poll_loop / self.resources, poll_loop % self.resources);
        let mut new = 0;
        for &event in &self.events.of(resource)[cursor as usize..][..events as usize] {
            if self.inbox.take(now, event, member) {
                new += 1;
                out.observe(Observation::Received { event, member, at: now, by });
            }
        }
        new
    }

    /// A loop receives the events of its resource at these places. Those that its member holds come again, and are processed
    /// again where `dedupe` is false. Returns the number of new events.
    pub(super) fn take_places(
        &mut self,
        now: Instant,
        poll_loop: u32,
        places: &[u32],
        dedupe: bool,
        out: &mut impl Outbox,
    ) -> u32 {
        let (member, resource) = (poll_loop / self.resources, poll_loop % self.resources);
        let mut new = 0;
        for &place in places {
            let event = self.events.of(resource)[place as usize];
            if self.take(now, event, member, Arrival::POLL, out) {
                new += 1;
                continue;
            }
            out.observe(Observation::ReceivedAgain { event, member });
            if !dedupe {
                out.observe(Observation::ProcessedAgain { event, member });
            }
        }
        new
    }

    /// A loop will never ask again for the events of its resource at these places. Those that its member does not hold are
    /// missed.
    pub(super) fn pass_over(&self, poll_loop: u32, places: Range<u32>, out: &mut impl Outbox) {
        let (member, resource) = (poll_loop / self.resources, poll_loop % self.resources);
        for place in places {
            let event = self.events.of(resource)[place as usize];
            if !self.inbox.holds(event, member) {
                out.observe(Observation::Missed { event, member });
            }
        }
    }

    /// A member receives an event for which it has asked. Returns whether the event is new to it.
    fn take(
        &mut self,
        now: Instant,
        event: EventId,
        member: u32,
        by: Arrival,
        out: &mut impl Outbox,
    ) -> bool {
        let new = self.inbox.take(now, event, member);
        if new {
            out.observe(Observation::Received { event, member, at: now, by });
        }
        new
    }
}
