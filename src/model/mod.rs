//! The machines. Plain state machines without clock, socket or task; whoever drives them passes the time in and
//! carries out their effects.
//!
//! ```text
//!             Input::Occur ──┐              ┌─ observe ──> measure
//!   driver    Input::Wake ───┤  ┌────────┐  ├─ wake ───┐
//!   (sim or   Input::Request ┼─>│ World  │──┼─ send ───┼──> driver
//!    live)    Input::Reply ──┤  │        │  ├─ reply ──┤
//!             Input::Frame ──┤  │        │  ├─ push ───┤
//!             Input::Closed ─┘  └────────┘  └─ close ──┘
//! ```
//!
//! One client of a scenario is one [`World`]: an inbox, fed by one channel or several, and a source of its own over the
//! shared stream of events, so adding or changing a client changes no figure of another. A machine never asks for
//! the time, never waits and never fails. A reply may come long after its request was handled. Each exchange ends
//! exactly once: with the answer, or with [`Answer::TimedOut`] at its deadline; one that opened a stream ends when the
//! stream is closed by either side or cut.

mod channel;
pub mod events;
pub mod exchange;
mod inbox;
pub mod network;
mod servers;
mod source;
#[cfg(test)]
mod tests;

use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use channel::{Machine, Shared};
use events::{EventId, Events};
use exchange::{Answer, Exchange, Frame, Reaction, Request};
use inbox::Inbox;
use source::Source;
use std::sync::Arc;

/// What happens to a world.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The next event occurs.
    Occur(EventId),
    /// A timer is due.
    Wake(Timer),
    /// A request arrives at the side that it was sent to.
    Request(&'a Request),
    /// A request was answered, or it is certain that it will not be. Comes exactly once for each request sent.
    Reply(&'a Request, Answer),
    /// A frame arrives at the client.
    Frame(&'a Frame),
    /// That side learns that a stream is over: the other side closed it, or it was cut.
    Closed(&'a Exchange, Side),
}

/// What a world asked to be woken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// The channel that asked.
    pub channel: Channel,
    /// Which end of it.
    pub side: Side,
    /// What for: a number of the channel's own.
    pub number: u32,
}

/// The two ends of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Side {
    /// The client's.
    Client,
    /// The source's.
    Source,
}

/// What the world lets the measurement know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// A request is over for the one who sent it.
    Ended {
        /// Which.
        exchange: Exchange,
        /// When it was sent.
        sent: Instant,
        /// When its outcome was known.
        ended: Instant,
        /// The outcome.
        answer: Answer,
        /// How many events it brought that the client did not have, a stream's all together; 0 for a delivery, whose
        /// receipt tells.
        new: u32,
    },
    /// A frame has arrived.
    Arrived {
        /// Which.
        frame: Frame,
        /// When.
        at: Instant,
        /// Whether it brought an event that the client did not have.
        new: bool,
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
    pub const POLL: Self = Self::fetched(Channel::Poll);

    /// By a request of the client's own.
    pub const fn fetched(channel: Channel) -> Self {
        Self { channel, attempt: 0 }
    }

    /// By the attempt of that number.
    pub const fn delivery(attempt: u32) -> Self {
        Self { channel: Channel::Webhook, attempt }
    }
}

/// Where the effects of a world go.
pub trait Outbox {
    /// Wake the world at that time.
    fn wake(&mut self, at: Instant, timer: Timer);
    /// Send a request to the other side, and let [`Input::Reply`] come by its deadline.
    fn send(&mut self, request: Request);
    /// The side that was asked reacts; an answer leaves it at that time. Each request that arrives is reacted to once
    /// at most, now or later.
    fn reply(&mut self, at: Instant, request: &Request, reaction: Reaction);
    /// The source sends a frame to the client.
    fn push(&mut self, frame: Frame);
    /// One side closes a stream then, or gives up what would have opened it; the other side learns of it.
    fn close(&mut self, at: Instant, stream: &Exchange, by: Side);
    /// Note what happened.
    fn observe(&mut self, observation: Observation);
}

/// One client and the source as that client meets it.
#[derive(Clone, Debug)]
pub struct World {
    shared: Shared,
    /// The client's channels, each at its place in the order of [`Channel`].
    machines: [Option<Machine>; Channel::ALL.len()],
}

impl World {
    /// The world of one client in one replication.
    pub fn new(scenario: &Scenario, client: &Client, events: &Arc<Events>, randomness: Randomness) -> Self {
        let shared = Shared {
            events: Arc::clone(events),
            horizon: Instant::START + scenario.duration,
            resources: scenario.events.resources,
            members: client.count,
            source: Source::new(scenario, randomness),
            inbox: Inbox::new(client.count),
        };
        let mut machines = [const { None }; Channel::ALL.len()];
        for machine in channel::machines(scenario, client, randomness) {
            let place = machine.channel() as usize;
            machines[place] = Some(machine);
        }
        Self { shared, machines }
    }

    /// Starts the clocks: to be called once, before anything else.
    pub fn begin(&self, out: &mut impl Outbox) {
        for machine in self.machines.iter().flatten() {
            machine.begin(out);
        }
    }

    /// Something happens to one side or the other. What belongs to a channel that the client does not have is
    /// nobody's.
    #[inline(always)]
    pub fn handle(&mut self, now: Instant, input: Input<'_>, out: &mut impl Outbox) {
        let Self { shared, machines } = self;
        match input {
            Input::Occur(event) => {
                shared.source.publish(&shared.events, event);
                for machine in machines.iter_mut().flatten() {
                    machine.occur(now, event, shared, out);
                }
            }
            Input::Wake(Timer { channel, side, number }) => {
                if let Some(machine) = &mut machines[channel as usize] {
                    machine.wake(now, side, number, shared, out);
                }
            }
            Input::Request(request) => {
                if let Some(machine) = &mut machines[request.exchange.channel as usize] {
                    machine.request(now, request, shared, out);
                }
            }
            Input::Reply(request, answer) => {
                if let Some(machine) = &mut machines[request.exchange.channel as usize] {
                    machine.reply(now, request, answer, shared, out);
                }
            }
            Input::Frame(frame) => {
                if let Some(machine) = &mut machines[frame.stream.channel as usize] {
                    machine.frame(now, frame, shared, out);
                }
            }
            Input::Closed(stream, side) => {
                if let Some(machine) = &mut machines[stream.channel as usize] {
                    machine.closed(now, stream, side, out);
                }
            }
        }
    }
}
