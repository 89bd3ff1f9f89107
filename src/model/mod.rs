//! The machines: plain state machines without clock, socket or task. A driver passes the time in and carries out their
//! effects.
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
//! One client of a scenario is one [`World`]: an inbox, one or several channels that bring events to it, and its own
//! source over the shared stream of events. So adding or changing a client changes no figure of another. A machine never
//! asks for the time, never waits and never fails. A reply can leave long after its request was handled. Each exchange
//! ends exactly once: with the answer, or with [`Answer::TimedOut`] at its deadline. An exchange that opened a stream
//! ends when either side closes the stream, or when it breaks.

mod channel;
pub mod events;
pub mod exchange;
mod inbox;
pub mod listing;
pub mod network;
mod servers;
pub mod set_up;
mod source;
#[cfg(test)]
mod tests;

use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
pub use channel::Poller;
use channel::{Machine, Shared};
use events::{EventId, Events};
use exchange::{Answer, Batch, Exchange, Frame, Reaction, Request};
use inbox::Inbox;
use source::Source;
#[cfg(feature = "live")]
pub(crate) use source::down;
use std::sync::Arc;

/// What happens to a world.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Input<'a> {
    /// The next event occurs.
    Occur(EventId),
    /// A timer is due.
    Wake(Timer),
    /// A request arrives at its receiver.
    Request(&'a Request),
    /// The exchange of a request ends. Exactly once for each request sent.
    Reply(&'a Request, Answer),
    /// A frame arrives at the client.
    Frame(&'a Frame),
    /// That side learns that a stream is closed: the other side closed it, or it broke.
    Closed(&'a Exchange, Side),
}

/// A timer that a world has set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timer {
    /// The channel that set it.
    pub channel: Channel,
    /// The side of that channel.
    pub side: Side,
    /// A number whose meaning is the channel's own.
    pub number: u32,
}

/// The two sides of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Side {
    /// The client.
    Client,
    /// The source.
    Source,
}

/// What a world reports to the measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// An exchange has ended for the sender of its request.
    Ended {
        /// Its identity.
        exchange: Exchange,
        /// When the request was sent.
        sent: Instant,
        /// When its outcome was known.
        ended: Instant,
        /// The answer, or why there is none.
        answer: Answer,
        /// Of a request of the client: the number of new events that it brought, for a stream the sum over its frames.
        /// Of a delivery: the number of events that it carried, since [`Self::Delivered`] reports which are new.
        events: u32,
    },
    /// A frame has arrived.
    Arrived {
        /// The frame.
        frame: Frame,
        /// When.
        at: Instant,
        /// Whether it brought a new event.
        new: bool,
    },
    /// The source holds one connection more open: a stream, or a request that waits for an event.
    Connected {
        /// When its request arrived.
        at: Instant,
    },
    /// The source holds one less: it has closed it or answered, or has learnt that the client has left.
    Disconnected {
        /// When.
        at: Instant,
    },
    /// A member has received an event for which it had asked, and did not hold it.
    Received {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
        /// The time from which it holds the event.
        at: Instant,
        /// How it came.
        by: Arrival,
    },
    /// A member has received the events of a delivery, for the first time or again.
    Delivered {
        /// The events.
        batch: Batch,
        /// The member.
        member: u32,
        /// The time from which it holds them.
        at: Instant,
        /// When the attempt was sent.
        sent: Instant,
        /// The number of the attempt.
        attempt: u32,
    },
    /// A member has learnt by a notice that there are events, for the first time or again.
    Announced {
        /// The events.
        batch: Batch,
        /// The member.
        member: u32,
        /// When the attempt was sent.
        sent: Instant,
        /// The number of the attempt.
        attempt: u32,
    },
    /// A poll has brought an event to a member that held it.
    ReceivedAgain {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
    /// A member has processed an event that it had processed before: its side effects happened again.
    ProcessedAgain {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
    /// The sender sends a delivery once more that it had given up.
    Redelivered {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
    /// The sender gave up a delivery, and does not send it again.
    GaveUp {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
    /// A member asks for later events from now on, so that a poll does not find the event any more. It does not hold it.
    Missed {
        /// The event.
        event: EventId,
        /// The member.
        member: u32,
    },
    /// The source disabled a member: it sends it nothing in [`from`, `until`).
    Disabled {
        /// The member.
        member: u32,
        /// When it was disabled.
        from: Instant,
        /// When it is enabled again, or [`Instant::NEVER`].
        until: Instant,
    },
    /// A delivery that is due is not sent now, because of how its receiver has answered.
    HeldBack {
        /// When it is due.
        at: Instant,
        /// What becomes of it.
        why: Hold,
    },
    /// The breaker of a member opens: it is sent nothing in [`from`, `until`).
    BreakerOpens {
        /// The member.
        member: u32,
        /// When it opens.
        from: Instant,
        /// When its pause is over.
        until: Instant,
    },
    /// The breaker of a member closes: by the delivery that was tried after a pause, or by one that was under way.
    BreakerCloses {
        /// The member.
        member: u32,
        /// When.
        at: Instant,
    },
}

/// What becomes of a delivery that is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It is sent later, because its receiver answers slowly.
    Delayed,
    /// It is given up, because its receiver answers too slowly.
    Dropped,
    /// It waits, because the breaker of its receiver is open.
    Waits,
}

/// How an event arrived at a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The channel that brought it.
    pub channel: Channel,
    /// The attempt of its delivery, counted from 1; 0 for a channel that delivers nothing twice.
    pub attempt: u32,
}

impl Arrival {
    /// By a poll.
    pub const POLL: Self = Self::fetched(Channel::Poll);

    /// By a request of the client.
    pub const fn fetched(channel: Channel) -> Self {
        Self { channel, attempt: 0 }
    }

    /// By the attempt of that number.
    pub const fn delivery(attempt: u32) -> Self {
        Self { channel: Channel::Webhook, attempt }
    }

    /// Whether an attempt of a delivery brought it.
    pub fn is_delivery(self) -> bool {
        self.channel == Channel::Webhook
    }
}

/// Carries out the effects of a world.
pub trait Outbox {
    /// Wake the world at that time.
    fn wake(&mut self, at: Instant, timer: Timer);
    /// Send a request to the other side, and pass [`Input::Reply`] to the world by its deadline.
    fn send(&mut self, request: Request);
    /// The receiver of a request reacts; an answer leaves it at that time. There is at most one reaction to each request,
    /// now or later.
    fn reply(&mut self, at: Instant, request: &Request, reaction: Reaction);
    /// The source sends a frame to the client.
    fn push(&mut self, frame: Frame);
    /// One side closes a stream at that time, or gives up the request that would have opened it; the other side learns
    /// of it.
    fn close(&mut self, at: Instant, stream: &Exchange, by: Side);
    /// Report to the measurement.
    fn observe(&mut self, observation: Observation);
}

/// One client, with its own source.
#[derive(Clone, Debug)]
pub struct World {
    shared: Shared,
    /// The channels of the client, each at the index of its [`Channel`].
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
            source: Source::new(scenario, client.count, randomness),
            inbox: Inbox::new(client.count, client.forgets()),
        };
        let mut machines = [const { None }; Channel::ALL.len()];
        for machine in channel::machines(scenario, client, events, randomness) {
            let place = machine.channel() as usize;
            machines[place] = Some(machine);
        }
        Self { shared, machines }
    }

    /// Sets the first timers. To be called once, before [`Self::handle`].
    pub fn begin(&self, out: &mut impl Outbox) {
        for machine in self.machines.iter().flatten() {
            machine.begin(out);
        }
    }

    /// Handles an input. One for a channel that the client does not have is ignored.
    #[inline(always)]
    pub fn handle(&mut self, now: Instant, input: Input<'_>, out: &mut impl Outbox) {
        let Self { shared, machines } = self;
        match input {
            Input::Occur(event) => {
                let shown = shared.source.publish(now, &shared.events, event);
                for machine in machines.iter_mut().flatten() {
                    machine.occur(now, event, shown, shared, out);
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
