//! What a sender delayed, dropped or let wait because of how its receiver had answered before.

use super::Disabled;
use crate::time::{Instant, Span};
use serde::{Deserialize, Serialize};

/// What was held back of the deliveries that were due in [warmup, duration).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldBack {
    /// Deliveries that were sent later, because the receiver answered slowly.
    pub delayed: u64,
    /// Deliveries that were given up unsent, because the receiver answered too slowly.
    pub dropped: u64,
    /// Deliveries that were due while a breaker was open, and waited; a retry that waits counts again.
    pub waited: u64,
    /// The times in which a breaker was open, in the order of their beginning.
    pub open: Vec<Disabled>,
}

impl HeldBack {
    /// The breaker of a member closes, maybe before its pause is over.
    pub(super) fn closed(&mut self, member: u32, at: Instant) {
        if let Some(last) = self.open.iter_mut().rev().find(|open| open.member == member) {
            last.until = last.until.min(at);
        }
    }

    /// The sums of what lies in [`from`, `until`).
    pub fn within(&self, from: Instant, until: Instant) -> HeldBackSums {
        let opened = self.open.iter().filter(|open| from <= open.from && open.from < until).count();
        HeldBackSums {
            delayed: self.delayed,
            dropped: self.dropped,
            waited: self.waited,
            opened: opened as u64,
            open: self.open.iter().map(|open| open.within(from, until)).sum(),
        }
    }
}

/// What was held back of all members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBackSums {
    /// Deliveries that were sent later, because the receiver answered slowly.
    pub delayed: u64,
    /// Deliveries that were given up unsent, because the receiver answered too slowly.
    pub dropped: u64,
    /// Deliveries that were due while a breaker was open.
    pub waited: u64,
    /// How often a breaker opened.
    pub opened: u64,
    /// For how long breakers were open.
    pub open: Span,
}

impl HeldBackSums {
    /// Adds those of another replication.
    pub fn add(&mut self, other: Self) {
        let Self { delayed, dropped, waited, opened, open } = other;
        self.delayed += delayed;
        self.dropped += dropped;
        self.waited += waited;
        self.opened += opened;
        self.open = self.open + open;
    }
}
