//! The agenda: the queue of future entries, in order of time. Entries of the same time leave it in the order in which
//! they entered.
//!
//! Where times are constant, each kind of entry arrives in the order in which it is due (the polls of one interval,
//! the messages of one delay). So each kind has a lane, which is a plain queue. An entry that is due before the last
//! one of its lane goes to the [`Wheel`].

use super::lane::Lane;
use super::wheel::{Entry, Wheel};
use crate::time::{Instant, Span};

/// Future entries of `LANES` kinds.
#[derive(Clone, Debug)]
pub(super) struct Agenda<T, const LANES: usize> {
    lanes: [Lane<Entry<T>>; LANES],
    wheel: Wheel<T>,
    /// When the first entry of each lane is due, `NEVER` where it is empty. Kept here, so that the earliest of all
    /// is found without reading the lanes.
    heads: [Instant; LANES],
    /// When the last entry of each lane is due.
    tails: [Instant; LANES],
    wheel_head: Instant,
    entered: u64,
}

impl<T: Copy + Default, const LANES: usize> Agenda<T, LANES> {
    /// An agenda that is fastest where entries are about `gap` apart and few lie more than `reach` ahead. Both
    /// affect only the speed.
    pub(super) fn new(gap: Span, reach: Span) -> Self {
        Self {
            lanes: std::array::from_fn(|_| Lane::new()),
            wheel: Wheel::new(gap, reach),
            heads: [Instant::NEVER; LANES],
            tails: [Instant(i64::MIN); LANES],
            wheel_head: Instant::NEVER,
            entered: 0,
        }
    }

    /// Adds an entry for `at`, which is not before the last entry taken. The lane affects only the speed.
    #[inline(always)]
    pub(super) fn push(&mut self, lane: usize, at: Instant, what: T) {
        let order = self.entered;
        self.entered += 1;
        if at >= self.tails[lane] {
            self.tails[lane] = at;
            self.heads[lane] = self.heads[lane].min(at);
            self.lanes[lane].push_back(Entry { at, order, what });
        } else {
            self.wheel_head = self.wheel_head.min(at);
            self.wheel.push(Entry { at, order, what });
        }
    }

    /// Takes the next entry, if it is due before `end`.
    #[inline(always)]
    pub(super) fn pop_before(&mut self, end: Instant) -> Option<(Instant, T)> {
        let first = self.heads.iter().copied().fold(self.wheel_head, Instant::min);
        if first >= end {
            return None;
        }
        // Branches, so that the processor can predict the lane and go on before the comparisons are done.
        for lane in 0..LANES {
            if self.heads[lane] == first {
                return Some(self.take(lane, first));
            }
        }
        self.take_from_wheel()
    }

    /// Takes the first entry that is due at that time, from that lane or a later one, or from the wheel.
    #[inline(always)]
    fn take(&mut self, lane: usize, at: Instant) -> (Instant, T) {
        let rivals = (lane + 1..LANES).any(|other| self.heads[other] == at) || self.wheel_head == at;
        if rivals {
            return self.take_first_entered(lane, at);
        }
        self.take_from_lane(lane)
    }

    #[inline(always)]
    fn take_from_lane(&mut self, lane: usize) -> (Instant, T) {
        let entry = self.lanes[lane].pop_front();
        let next = self.lanes[lane].front().at;
        self.heads[lane] = if self.lanes[lane].is_empty() { Instant::NEVER } else { next };
        (entry.at, entry.what)
    }

    /// Several places have an entry for that time: takes the one that entered first.
    #[inline(never)]
    fn take_first_entered(&mut self, lane: usize, at: Instant) -> (Instant, T) {
        let due = (lane..LANES).filter(|&lane| self.heads[lane] == at);
        let entered = due.map(|lane| (self.lanes[lane].front().order, lane)).min();
        let wheel = self.wheel.peek().filter(|entry| entry.at == at).map(|entry| entry.order);
        match (entered, wheel) {
            (Some((order, _)), Some(earlier)) if earlier < order => self.take_from_wheel(),
            (Some((_, lane)), _) => Some(self.take_from_lane(lane)),
            (None, _) => None,
        }
        .expect("an entry is due then")
    }

    fn take_from_wheel(&mut self) -> Option<(Instant, T)> {
        let entry = self.wheel.pop();
        self.wheel_head = self.wheel.peek().map_or(Instant::NEVER, |entry| entry.at);
        entry.map(|entry| (entry.at, entry.what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a stable sort, with pushes between the pops and every distance from nothing to far ahead.
        #[test]
        fn entries_leave_by_time_and_then_by_order_of_entry(
            gap in 1_i64..1_000_000,
            reach in 1_i64..100_000_000,
            delays in prop::collection::vec((prop_oneof![Just(0_i64), 0..100_i64, 0..10_000_000_i64, 0..10_000_000_000_i64], 0..3_usize), 1..300),
        ) {
            let mut agenda: Agenda<usize, 3> = Agenda::new(Span(gap), Span(reach));
            let mut expected: Vec<(i64, usize)> = Vec::new();
            let mut now = 0;
            for (number, &(delay, pops)) in delays.iter().enumerate() {
                agenda.push(number % 3, Instant(now + delay), number);
                expected.push((now + delay, number));
                for _ in 0..pops {
                    expected.sort();
                    if expected.is_empty() { break; }
                    let first = expected.remove(0);
                    prop_assert_eq!(agenda.pop_before(Instant(first.0)), None);
                    prop_assert_eq!(agenda.pop_before(Instant(first.0 + 1)), Some((Instant(first.0), first.1)));
                    now = first.0;
                }
            }
            expected.sort();
            let rest = std::iter::from_fn(|| agenda.pop_before(Instant::NEVER));
            let rest: Vec<(i64, usize)> = rest.map(|(at, what)| (at.0, what)).collect();
            prop_assert_eq!(rest, expected);
        }
    }
}
