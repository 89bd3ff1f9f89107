//! Requests, answers and frames as the machines see them. [`crate::policy::message`] has their form on the wire.

use super::events::EventId;
use crate::policy::channel::{Channel, Opener};
use crate::time::{Instant, Span};

/// The identity of one request and of everything that belongs to it. No two exchanges of a client are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchange {
    /// The channel that it belongs to.
    pub channel: Channel,
    /// The poll loop (member × resources + resource), or the member that receives the delivery.
    pub party: u32,
    /// The number of the tick or stream of that loop, the job that is asked for, or the first event that is delivered.
    pub number: u32,
    /// The page of a tick, or the poll of a job, counted from 0; the attempt of a delivery, counted from 1; for a stream, 0 for
    /// the request that opens it and from 1 on for its frames.
    pub part: u32,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// A client asks the source for the events of a resource.
    Events {
        /// The resource.
        resource: u32,
        /// The number of its events that the loop has fetched. It asks for those after them.
        cursor: u32,
        /// The longest time that the source holds the request until there is an event; zero: it answers at once.
        hold: Span,
        /// Whether 304 is answered in place of an empty page.
        conditional: bool,
    },
    /// A client asks the source for the events of a resource from a time on.
    Since {
        /// The resource.
        resource: u32,
        /// That time.
        since: Instant,
        /// The place in the resource from which a further page goes on; 0 for the first.
        after: u32,
    },
    /// A client asks the source for the newest events of a resource, as many as a page holds.
    Newest {
        /// The resource.
        resource: u32,
        /// The number of its events that the source showed in its last answer to the loop.
        cursor: u32,
        /// Whether 304 is answered where it shows no more than that.
        conditional: bool,
    },
    /// A client asks the source for an event that was announced to it.
    Event {
        /// The event.
        event: EventId,
    },
    /// A client asks the source whether a job has ended that it started.
    Job {
        /// The event that is its end.
        event: EventId,
    },
    /// A client asks the source to send the events of a resource as they occur, and first those after its cursor.
    Stream {
        /// The resource.
        resource: u32,
        /// The number of its events that the loop has.
        cursor: u32,
        /// Whether it asks for those after its cursor; otherwise only for those that occur from now on.
        replay: bool,
    },
    /// The source sends events to the client.
    Delivery(Batch),
}

/// The events of one delivery: those that occurred one after the other from the first on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The first event. It is the number of the exchange.
    pub first: EventId,
    /// The number of events, at least 1.
    pub events: u32,
}

impl Batch {
    /// Each event.
    pub fn iter(self) -> impl Iterator<Item = EventId> {
        self.first..self.first + self.events
    }
}

/// One request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its identity.
    pub exchange: Exchange,
    /// What it asks for.
    pub ask: Ask,
    /// When it is sent.
    pub sent: Instant,
    /// The time until which its sender waits for the answer. An answer that arrives at this time counts.
    pub deadline: Instant,
}

/// How an exchange ended for the sender of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// Status 200 and a page of events of the resource, from the cursor on.
    Page {
        /// The number of events.
        events: u32,
        /// Whether there were more events than a page holds.
        has_more: bool,
    },
    /// Status 200 and a page that follows from what was asked and from how many events the source shows
    /// ([`listing`](super::listing)). The client reports it as that page.
    Shown {
        /// The number of events of the resource that the source shows.
        events: u32,
    },
    /// Status 200 and a stream that stays open. The exchange ends when the stream does.
    Opened,
    /// A status without events. Any 2xx acknowledges a delivery.
    Status(u16),
    /// A status that tells the sender to come back after so many seconds (`retry-after`).
    Busy {
        /// 429 or 503.
        status: u16,
        /// Whole seconds, as the header has them.
        retry_after_s: u32,
    },
    /// The connection was refused.
    Refused,
    /// The request arrived, and its connection was closed before an answer.
    Closed,
    /// No answer arrived before the deadline.
    TimedOut,
    /// The sender of the request went down, or the run ended, before an answer arrived.
    Aborted,
}

/// One message on a stream, from the source to the client. The exchange that opened a stream identifies it. Frames arrive
/// in order or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The stream.
    pub stream: Exchange,
    /// The number of the frame on its stream, counted from 1.
    pub number: u32,
    /// What it carries.
    pub says: Says,
    /// When it is sent.
    pub sent: Instant,
}

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// An event.
    Event(EventId),
    /// Nothing. It shows that the connection is alive.
    Heartbeat,
}

/// How the receiver of a request reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// It answers.
    Answer(Answer),
    /// It refuses the connection.
    Refuse,
    /// It closes the connection of a request that waited for its answer.
    Close,
    /// It accepts the request and never answers.
    Silence,
}

impl Exchange {
    /// The key of all draws for this exchange. It does not depend on the number of clients or members. Exchanges that the
    /// client opens and those that the source opens have different keys.
    #[inline]
    pub const fn key(&self) -> (u64, u64) {
        let (party, number, part) = (self.party as u64, self.number as u64, self.part as u64);
        match self.channel.opener() {
            Opener::Client => (party, part << 32 | number),
            Opener::Source => (1 << 63 | party << 32 | number, part),
        }
    }

    /// The exchange of a channel with this key. None where no exchange of the channel can have it.
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
    /// Its own identity: a part of the exchange that opened the stream.
    #[inline]
    pub const fn exchange(&self) -> Exchange {
        Exchange { part: self.number, ..self.stream }
    }
}

impl Request {
    /// The number of events that it carries.
    pub const fn carries(&self) -> u32 {
        match self.ask {
            Ask::Events { .. }
            | Ask::Since { .. }
            | Ask::Newest { .. }
            | Ask::Event { .. }
            | Ask::Job { .. }
            | Ask::Stream { .. } => 0,
            Ask::Delivery(Batch { events, .. }) => events,
        }
    }

    /// Whether an outage of its sender ended the wait. Then the deadline is earlier than `timeout` after the sending
    /// ([`Outages::deadline_before_outage`](crate::policy::outage::Outages::deadline_before_outage)).
    #[inline]
    pub(super) fn is_cut_off(&self, answer: Answer, timeout: Span) -> bool {
        answer == Answer::TimedOut && self.deadline < self.sent + timeout
    }
}

impl Ask {
    /// The request for the further page that begins at that place of the resource.
    pub(super) fn from(self, place: u32) -> Self {
        match self {
            Self::Events { resource, cursor: _, hold, conditional } => {
                Self::Events { resource, cursor: place, hold, conditional }
            }
            Self::Since { resource, since, after: _ } => Self::Since { resource, since, after: place },
            Self::Newest { .. }
            | Self::Event { .. }
            | Self::Job { .. }
            | Self::Stream { .. }
            | Self::Delivery(_) => self,
        }
    }

    /// Whether 304 is answered in place of an empty page.
    pub const fn is_conditional(self) -> bool {
        match self {
            Self::Events { conditional, .. } | Self::Newest { conditional, .. } => conditional,
            Self::Since { .. }
            | Self::Event { .. }
            | Self::Job { .. }
            | Self::Stream { .. }
            | Self::Delivery(_) => false,
        }
    }
}

impl Answer {
    /// There is nothing after the cursor.
    pub const NOT_MODIFIED: Self = Self::Status(304);

    /// Whether it acknowledges a delivery: any status from 200 to 299.
    pub const fn acknowledges(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }

    /// The time that the receiver wants to be left alone.
    pub fn retry_after(self) -> Span {
        match self {
            Self::Busy { retry_after_s, .. } => Span::from_secs(retry_after_s.into()),
            Self::Page { .. }
            | Self::Shown { .. }
            | Self::Opened
            | Self::Status(_)
            | Self::Refused
            | Self::Closed
            | Self::TimedOut
            | Self::Aborted => Span::ZERO,
        }
    }

    /// Whether the receiver of the request has answered at all.
    pub const fn is_response(self) -> bool {
        match self {
            Self::Page { .. } | Self::Shown { .. } | Self::Opened | Self::Status(_) | Self::Busy { .. } => {
                true
            }
            Self::Refused | Self::Closed | Self::TimedOut | Self::Aborted => false,
        }
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
