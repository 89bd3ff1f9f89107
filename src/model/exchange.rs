//! What the parties say to each other, as the machines see it: who asks what, and what comes back.
//!
//! How it looks on the wire is the business of [`crate::policy::message`].

use super::events::EventId;
use crate::policy::channel::{Channel, Opener};
use crate::time::{Instant, Span};

/// The identity of one request and what follows from it. No two exchanges of a client are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchange {
    /// The channel that it belongs to.
    pub channel: Channel,
    /// Whose it is: the poll loop (member × resources + resource), or the member that is called.
    pub party: u32,
    /// Which of the party's: the number of the tick, or the event that is delivered.
    pub number: u32,
    /// Which part of that: the page of a tick, counted from 0, the attempt of a delivery, counted from 1, or 0 for what
    /// opens a stream and from 1 on for its frames.
    pub part: u32,
}

/// What a request says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// A client asks the source for the events of a resource.
    Events {
        /// The resource.
        resource: u32,
        /// How many of its events the loop has fetched: it asks for those after them.
        cursor: u32,
        /// How long the source may keep the request until there is an event; zero: it answers at once.
        hold: Span,
    },
    /// A client asks the source to send the events of a resource as they occur: those after its cursor first.
    Stream {
        /// The resource.
        resource: u32,
        /// How many of its events the loop has.
        cursor: u32,
    },
    /// The source sends an event to the client.
    Delivery {
        /// The event.
        event: EventId,
    },
}

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub exchange: Exchange,
    /// What it says.
    pub ask: Ask,
    /// When it is sent.
    pub sent: Instant,
    /// Until when its sender waits for the answer; one that arrives at this very moment counts.
    pub deadline: Instant,
}

/// How an exchange ended for the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// Status 200 and the events asked for: `events` of the resource's list, from the cursor on.
    Page {
        /// How many.
        events: u32,
        /// Whether there were more than a page holds.
        has_more: bool,
    },
    /// Status 200 and a stream that stays open. The exchange ends when the stream does.
    Opened,
    /// A status, and nothing more: 200 acknowledges a delivery.
    Status(u16),
    /// The connection was refused.
    Refused,
    /// No answer came in time.
    TimedOut,
    /// The one who asked went down, or the run ended, before an answer came.
    Aborted,
}

/// One message on a stream, from the source to the client. A stream is known by the exchange that opened it; what is
/// sent on it comes in order or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The stream.
    pub stream: Exchange,
    /// Which of its frames, counted from 1.
    pub number: u32,
    /// What it says.
    pub says: Says,
    /// When it is sent.
    pub sent: Instant,
}

/// What a frame says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// An event.
    Event(EventId),
    /// Nothing: it keeps the connection from being taken for dead.
    Heartbeat,
}

/// How the party that was asked reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// It answers.
    Answer(Answer),
    /// It refuses the connection.
    Refuse,
    /// It takes the request and says nothing.
    Silence,
}

impl Exchange {
    /// The key of everything random about this exchange. It does not depend on how many clients or members there
    /// are, and what the client opens has other keys than what the source opens.
    #[inline]
    pub const fn key(&self) -> (u64, u64) {
        let (party, number, part) = (self.party as u64, self.number as u64, self.part as u64);
        match self.channel.opener() {
            Opener::Client => (party, part << 32 | number),
            Opener::Source => (1 << 63 | party << 32 | number, part),
        }
    }

    /// The exchange of a channel that has this key; None where no exchange has it.
    pub fn of_key(channel: Channel, (id, attempt): (u64, u64)) -> Option<Self> {
        let (high, low) = ((id >> 32) as u32, id as u32);
        match channel.opener() {
            Opener::Client if high == 0 => {
                Some(Self { channel, party: low, number: attempt as u32, part: (attempt >> 32) as u32 })
            }
            Opener::Source if high >> 31 == 1 => {
                let part = attempt.try_into().ok()?;
                Some(Self { channel, party: high & 0x7fff_ffff, number: low, part })
            }
            Opener::Client | Opener::Source => None,
        }
    }
}

impl Frame {
    /// Its identity among the exchanges: a part of the one that opened the stream.
    #[inline]
    pub const fn exchange(&self) -> Exchange {
        Exchange { part: self.number, ..self.stream }
    }
}

impl Request {
    /// Whether its sender went down before the answer came: then the deadline was earlier than the `timeout` alone
    /// would have it ([`Outages::deadline_before_outage`](crate::policy::outage::Outages::deadline_before_outage)).
    #[inline]
    pub(super) fn is_cut_off(&self, answer: Answer, timeout: Span) -> bool {
        answer == Answer::TimedOut && self.deadline < self.sent + timeout
    }
}

impl Answer {
    /// Whether it ends a delivery: any status from 200 to 299.
    pub const fn acknowledges(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_exchange_is_known_by_its_key(party in 0_u32..1 << 31, number: u32, part: u32) {
            for channel in Channel::ALL {
                let exchange = Exchange { channel, party, number, part };
                prop_assert_eq!(Exchange::of_key(channel, exchange.key()), Some(exchange));
                for other in Channel::ALL.into_iter().filter(|other| other.opener() != channel.opener()) {
                    prop_assert_eq!(Exchange::of_key(other, exchange.key()), None);
                }
            }
        }
    }
}
