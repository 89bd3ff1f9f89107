//! The machines: source, poller, dispatcher, subscriber. Plain state machines without clock, socket or task;
//! whoever drives them passes the time in and carries out their effects.
//!
//! ```text
//!             Input::Occur ─┐              ┌─ Observation ──> measure
//!   driver    Input::Wake ──┤  ┌────────┐  ├─ wake ──┐
//!   (sim or   Input::Request┼─>│ World  │──┼─ send ──┼──> driver
//!    live)    Input::Answer ┘  └────────┘  └─ reaction┘
//! ```
//!
//! One client of a scenario is one [`World`] with a source of its own over the shared stream of events, so adding
//! or changing a client changes no figure of another. A machine never asks for the time, never waits and never
//! fails. Timers are not cancelled: each exchange ends exactly once, so no stale one is left.

mod dispatcher;
pub mod events;
pub mod exchange;
mod poller;
mod servers;
mod source;
mod subscriber;

pub use dispatcher::acknowledges;

use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use dispatcher::Dispatcher;
use events::{EventId, Events};
use exchange::{Answer, Attempt, Poll, Reaction, Request};
use poller::Poller;
use source::Source;
use std::sync::Arc;
use subscriber::Subscriber;

/// What happens to a world, except for requests: those are asked for a [`Reaction`].
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// The next event occurs.
    Occur(EventId),
    /// A timer is due.
    Wake(Timer),
    /// A request was answered, or it is certain that it will not be. Comes exactly once for each request sent.
    Answer(Request, Answer),
}

/// What a world asked to be woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// A poll loop's tick.
    Poll(u32),
    /// A delivery's next attempt.
    Attempt(u32),
}

/// What the world lets the measurement know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observation {
    /// A request is over for the one who sent it.
    Ended {
        /// The request.
        request: Request,
        /// When it was sent.
        sent: Instant,
        /// When its outcome was known.
        ended: Instant,
        /// The outcome.
        answer: Answer,
        /// How many events it brought that the client did not have.
        new: u32,
    },
    /// A member has received an event, for the first time or again.
    Received {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
        /// From when on it holds it.
        at: Instant,
        /// How it came.
        by: Arrival,
    },
    /// The sender gave a delivery up.
    GaveUp {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
}

/// How an event came to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The channel that brought it.
    pub channel: Channel,
    /// Which attempt of its delivery, counted from 1; 0 where nothing is delivered twice.
    pub attempt: u32,
}

impl Arrival {
    /// By a poll.
    pub const POLL: Self = Self { channel: Channel::Poll, attempt: 0 };

    /// By the attempt of that number.
    pub const fn delivery(attempt: u32) -> Self {
        Self { channel: Channel::Webhook, attempt }
    }
}

/// Where the effects of a world go.
pub trait Outbox {
    /// Wake the world at that time.
    fn wake(&mut self, at: Instant, timer: Timer);
    /// Send a request to the other side now, and let [`Input::Answer`] come by `deadline` at the latest.
    fn send(&mut self, now: Instant, request: Request, deadline: Instant);
    /// Note what happened.
    fn observe(&mut self, observation: Observation);
}

/// One client and the source as that client meets it.
#[derive(Clone, Debug)]
pub struct World {
    events: Arc<Events>,
    /// When events end: from then on a poll loop that has nothing left to fetch stops.
    horizon: Instant,
    resources: u32,
    source: Source,
    poller: Option<Poller>,
    hooks: Option<(Dispatcher, Subscriber)>,
}

impl World {
    /// The world of one client in one replication.
    pub fn new(scenario: &Scenario, client: &Client, events: &Arc<Events>, randomness: Randomness) -> Self {
        let resources = scenario.events.resources;
        let poller = client
            .schedule()
            .map(|schedule| Poller::new(schedule, &client.outages, randomness, client.count * resources));
        let hooks = client.webhook().map(|webhook| {
            (
                Dispatcher::new(webhook, &scenario.source_outages, client.count, randomness),
                Subscriber::new(webhook, &client.outages, client.count, randomness),
            )
        });
        let source = Source::new(scenario, randomness);
        Self {
            events: Arc::clone(events),
            horizon: Instant::START + scenario.duration,
            resources,
            source,
            poller,
            hooks,
        }
    }

    /// Starts the clocks: to be called once, before anything else.
    pub fn begin(&self, out: &mut impl Outbox) {
        if let Some(poller) = &self.poller {
            poller.begin(out);
        }
    }

    /// Something happens to one side or the other.
    #[inline]
    pub fn handle(&mut self, now: Instant, input: Input, out: &mut impl Outbox) {
        match input {
            Input::Occur(event) => self.occur(now, event, out),
            Input::Wake(Timer::Poll(poll_loop)) => self.tick(now, poll_loop, out),
            Input::Wake(Timer::Attempt(delivery)) => {
                if let Some((dispatcher, _)) = &mut self.hooks {
                    dispatcher.due(now, delivery, out);
                }
            }
            Input::Answer(Request::Poll(poll), answer) => self.poll_answered(now, poll, answer, out),
            Input::Answer(Request::Attempt(attempt), answer) => {
                self.attempt_answered(now, attempt, answer, out)
            }
        }
    }

    /// A request arrives at the side that it was sent to.
    #[inline]
    pub fn request(&mut self, now: Instant, request: Request, out: &mut impl Outbox) -> Reaction {
        match (request, &mut self.hooks) {
            (Request::Poll(poll), _) => self.source.answer(now, poll),
            (Request::Attempt(attempt), Some((_, subscriber))) => subscriber.receive(now, attempt, out),
            (Request::Attempt(_), None) => Reaction::Refuse,
        }
    }

    /// The run is over: what is still under way stays unanswered.
    pub fn abort(&mut self, now: Instant, out: &mut impl Outbox) {
        if let Some(poller) = &mut self.poller {
            poller.abort(now, out);
        }
        if let Some((dispatcher, _)) = &mut self.hooks {
            dispatcher.abort(now, out);
        }
    }

    fn occur(&mut self, now: Instant, event: EventId, out: &mut impl Outbox) {
        self.source.publish(&self.events, event);
        if let Some((dispatcher, subscriber)) = &mut self.hooks {
            subscriber.occur();
            dispatcher.occur(now, event, out);
        }
    }

    #[inline]
    fn tick(&mut self, now: Instant, poll_loop: u32, out: &mut impl Outbox) {
        if now >= self.horizon && !self.wants_more(now, poll_loop) {
            return;
        }
        if let Some(poller) = &mut self.poller {
            poller.tick(now, poll_loop, out);
        }
    }

    /// Whether a loop has events left that its member does not hold.
    fn wants_more(&self, now: Instant, poll_loop: u32) -> bool {
        let Some(poller) = &self.poller else { return false };
        let (member, resource) = (poll_loop / self.resources, poll_loop % self.resources);
        let left = &self.events.of(resource)[poller.cursor(poll_loop) as usize..];
        match &self.hooks {
            None => !left.is_empty(),
            Some((_, subscriber)) => left.iter().any(|&event| !subscriber.holds(event, member, now)),
        }
    }

    #[inline]
    fn poll_answered(&mut self, now: Instant, poll: Poll, answer: Answer, out: &mut impl Outbox) {
        let Some(poller) = &mut self.poller else { return };
        let arrived = poller.answered(now, poll, answer);
        let mut new = 0;
        if arrived.events > 0 {
            let (member, resource) = (poll.poll_loop / self.resources, poll.poll_loop % self.resources);
            let from = poll.cursor as usize;
            for &event in &self.events.of(resource)[from..from + arrived.events as usize] {
                let news = self
                    .hooks
                    .as_mut()
                    .is_none_or(|(_, subscriber)| subscriber.reconciled(event, member, now));
                if news {
                    new += 1;
                    out.observe(Observation::Received { event, member, at: now, by: Arrival::POLL });
                }
            }
        }
        let request = Request::Poll(poll);
        out.observe(Observation::Ended {
            request,
            sent: arrived.sent,
            ended: now,
            answer: arrived.answer,
            new,
        });
        out.wake(arrived.next, Timer::Poll(poll.poll_loop));
    }

    fn attempt_answered(&mut self, now: Instant, attempt: Attempt, answer: Answer, out: &mut impl Outbox) {
        let Some((dispatcher, _)) = &mut self.hooks else { return };
        let sent = dispatcher.answered(now, attempt, answer, out);
        // What a delivery brought is known to the measurement from the receipt.
        let request = Request::Attempt(attempt);
        out.observe(Observation::Ended { request, sent, ended: now, answer, new: 0 });
    }
}
