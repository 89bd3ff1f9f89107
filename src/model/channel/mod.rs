//! The channels: one file or folder for each kind, with both sides of it.
//!
//! A client is one inbox, to which one or several channels bring events. To add a kind, write its file and follow the
//! compiler from [`Channel`]; the world only routes inputs and knows no kind.

mod long_poll;
mod poll;
mod stream;
mod webhook;

use super::events::{EventId, Events};
use super::exchange::{Answer, Exchange, Frame, Request};
use super::inbox::Inbox;
use super::source::Source;
use super::{Arrival, Observation, Outbox, Side};
use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Kind, Scenario};
use crate::time::Instant;
use long_poll::LongPolls;
use poll::Polls;
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
    LongPoll(LongPolls),
    Sse(Streams),
    Webhook(Box<Hooks>),
}

/// The channels of a client, the main one first.
pub(super) fn machines(scenario: &Scenario, client: &Client, randomness: Randomness) -> Vec<Machine> {
    match &client.kind {
        Kind::Poll(schedule) => vec![Machine::Poll(Polls::new(schedule, scenario, client, randomness))],
        Kind::LongPoll(config) => vec![Machine::LongPoll(LongPolls::new(config, scenario, client))],
        Kind::Sse(config) => vec![Machine::Sse(Streams::new(Channel::Sse, config, scenario, client))],
        Kind::Webhook(webhook) => {
            let hooks = Machine::Webhook(Box::new(Hooks::new(webhook, scenario, client, randomness)));
            let polls = webhook.reconcile.as_ref();
            let polls =
                polls.map(|schedule| Machine::Poll(Polls::new(schedule, scenario, client, randomness)));
            std::iter::once(hooks).chain(polls).collect()
        }
    }
}

impl Machine {
    /// Its kind.
    #[inline]
    pub(super) const fn channel(&self) -> Channel {
        match self {
            Self::Poll(_) => Channel::Poll,
            Self::LongPoll(_) => Channel::LongPoll,
            Self::Sse(_) => Channel::Sse,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// Sets its first timers.
    pub(super) fn begin(&self, out: &mut impl Outbox) {
        match self {
            Self::Poll(polls) => polls.begin(out),
            Self::LongPoll(polls) => polls.begin(out),
            Self::Sse(streams) => streams.begin(out),
            Self::Webhook(hooks) => hooks.begin(out),
        }
    }

    /// An event has occurred; the source has published it.
    #[inline]
    pub(super) fn occur(&mut self, now: Instant, event: EventId, shared: &mut Shared, out: &mut impl Outbox) {
        match self {
            Self::Poll(_) => {}
            Self::LongPoll(polls) => polls.occur(now, event, shared, out),
            Self::Sse(streams) => streams.occur(now, event, shared, out),
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
            (Self::LongPoll(polls), Side::Client) => polls.ask(now, number, shared, out),
            (Self::LongPoll(polls), Side::Source) => polls.hold_ends(now, number, shared, out),
            (Self::Sse(streams), Side::Client) => streams.look(now, number, shared, out),
            (Self::Sse(streams), Side::Source) => streams.due(now, number, shared, out),
            (Self::Webhook(hooks), Side::Client) => hooks.due_at_client(now, number, shared, out),
            (Self::Webhook(hooks), Side::Source) => hooks.due(now, number, out),
            (Self::Poll(_), Side::Source) => unreachable!("the source has no timer for a poll"),
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
            Self::Poll(_) => poll::arrives(now, request, shared, out),
            Self::LongPoll(polls) => polls.arrives(now, request, shared, out),
            Self::Sse(streams) => streams.arrives(now, request, shared, out),
            Self::Webhook(hooks) => hooks.arrives(now, request, shared, out),
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
            Self::Poll(polls) => polls.answered(now, request, answer, shared, out),
            Self::LongPoll(polls) => polls.answered(now, request, answer, shared, out),
            Self::Sse(streams) => streams.answered(now, request, answer, shared, out),
            Self::Webhook(hooks) => hooks.answered(now, request, answer, out),
        }
    }

    /// A frame arrives at the client.
    pub(super) fn frame(&mut self, now: Instant, frame: &Frame, shared: &mut Shared, out: &mut impl Outbox) {
        match self {
            Self::Sse(streams) => streams.frame(now, frame, shared, out),
            Self::Poll(_) | Self::LongPoll(_) | Self::Webhook(_) => unreachable!("it opens no stream"),
        }
    }

    /// A side learns that a stream is closed.
    pub(super) fn closed(&mut self, now: Instant, stream: &Exchange, side: Side, out: &mut impl Outbox) {
        match (self, side) {
            (Self::Sse(streams), Side::Client) => streams.lost(now, stream, out),
            (Self::Sse(streams), Side::Source) => streams.client_left(stream),
            (Self::Poll(_) | Self::LongPoll(_) | Self::Webhook(_), _) => unreachable!("it opens no stream"),
        }
    }
}

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
}
