//! What the parties say to each other, as the machines see it: who asks what, and what comes back.
//!
//! How it looks on the wire is the business of [`crate::policy::message`].

use super::events::EventId;
use crate::rng::{Purpose, Randomness};
use crate::scenario::LinkConfig;
use crate::time::{Instant, Span};

/// One request. It is also the name of its exchange: no two requests of a run are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Request {
    /// A client asks the source for the events of a resource.
    Poll(Poll),
    /// The source sends an event to a client.
    Attempt(Attempt),
}

/// One poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Poll {
    /// Which loop asks: member × resources + resource.
    pub poll_loop: u32,
    /// How many events of the resource the loop has fetched: it asks for those after them.
    pub cursor: u32,
    /// The number of its tick.
    pub number: u32,
}

/// One attempt of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attempt {
    /// The event sent.
    pub event: EventId,
    /// The member that it is sent to.
    pub member: u32,
    /// Counted from 1.
    pub number: u32,
}

/// How an exchange ended for the one who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Status 200 and the events asked for: `events` of the resource's list, from the cursor on.
    Page {
        /// How many.
        events: u32,
        /// Whether there were more than a page holds.
        has_more: bool,
    },
    /// A status, and nothing more: 200 acknowledges a delivery.
    Status(u16),
    /// The connection was refused.
    Refused,
    /// No answer came in time.
    TimedOut,
    /// The one who asked went down, or the run ended, before an answer came.
    Aborted,
}

/// What a request was answered: departs from the party that was asked at `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply {
    /// When the answer is sent.
    pub at: Instant,
    /// What it says.
    pub answer: Answer,
}

/// How the party that was asked reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// It answers.
    Reply(Reply),
    /// It refuses the connection.
    Refuse,
    /// It takes the request and says nothing.
    Silence,
}

impl Request {
    /// The key of everything random about this exchange. Polls and deliveries have keys of their own, and the
    /// key does not depend on how many clients or members there are.
    #[inline]
    pub const fn key(&self) -> (u64, u64) {
        match *self {
            Self::Poll(Poll { poll_loop, number, .. }) => (poll_loop as u64, number as u64),
            Self::Attempt(Attempt { event, member, number }) => {
                (1 << 63 | (member as u64) << 32 | event as u64, number as u64)
            }
        }
    }
}

/// One direction of the network, with its randomness: the one place that decides what becomes of a message.
#[derive(Clone, Debug)]
pub struct Link {
    link: LinkConfig,
    randomness: Randomness,
    delay: Purpose,
    loss: Purpose,
}

impl Link {
    /// The way from a client to the source.
    pub fn to_source(link: &LinkConfig, randomness: Randomness) -> Self {
        Self { link: link.clone(), randomness, delay: Purpose::DelayToSource, loss: Purpose::LossToSource }
    }

    /// The way from the source to a client.
    pub fn to_client(link: &LinkConfig, randomness: Randomness) -> Self {
        Self { link: link.clone(), randomness, delay: Purpose::DelayToClient, loss: Purpose::LossToClient }
    }

    /// How long a message of that exchange is under way; None: it is lost.
    #[inline]
    pub fn carry(&self, request: &Request) -> Option<Span> {
        let (id, attempt) = request.key();
        let lost = self.randomness.stream(self.loss).happens(self.link.loss, id, attempt);
        (!lost).then(|| self.delay(request))
    }

    /// How long a message of that exchange takes, lost or not: the refusal of a connection is not lost.
    #[inline]
    pub fn delay(&self, request: &Request) -> Span {
        let (id, attempt) = request.key();
        self.link.delay.draw(|| self.randomness.stream(self.delay).at(id, attempt))
    }
}
