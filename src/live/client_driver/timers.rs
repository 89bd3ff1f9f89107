//! The timers that a world has set. Each side has its own, because the work that follows a timer is the work of its
//! side.

use crate::model::{Side, Timer};
use crate::time::Instant;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Both sides' timers. Timers of equal times are due in the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Timers {
    by_side: [BinaryHeap<Reverse<(Instant, u64, Timer)>>; 2],
    set: u64,
}

/// The sides, in the order of their numbers.
pub(super) const SIDES: [Side; 2] = [Side::Client, Side::Source];

impl Timers {
    pub(super) fn set(&mut self, at: Instant, timer: Timer) {
        self.set += 1;
        self.by_side[timer.side as usize].push(Reverse((at, self.set, timer)));
    }

    /// When the next timer of a side is due.
    pub(super) fn next(&self, side: Side) -> Option<Instant> {
        self.by_side[side as usize].peek().map(|Reverse((at, _, _))| *at)
    }

    /// Takes the next timer of a side if it is due, and returns the time for which it was set.
    pub(super) fn take_due(&mut self, side: Side, now: Instant) -> Option<(Instant, Timer)> {
        if self.next(side)? > now {
            return None;
        }
        self.by_side[side as usize].pop().map(|Reverse((at, _, timer))| (at, timer))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Timer> {
        self.by_side.iter().flatten().map(|Reverse((_, _, timer))| timer)
    }
}
