//! The agenda: what is to happen, in order of time. Equal times leave it in the order in which they entered.
//!
//! Where times are constant, each kind of entry comes in the order in which it is due (the polls of one interval,
//! the messages of one delay), so each kind has a lane, a plain queue. What comes out of order goes to a wheel of
//! buckets, each a stretch of time (Brown, Calendar queues, CACM 1988): an entry goes into its bucket unsorted,
//! and a bucket is sorted when its time has come. What lies further ahead than the wheel reaches waits in a heap.

use super::lane::Lane;
use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What is to happen, and when; `LANES` kinds of it.
#[derive(Clone, Debug)]
pub(super) struct Agenda<T, const LANES: usize> {
    lanes: [Lane<Entry<T>>; LANES],
    wheel: Wheel<T>,
    /// When the first entry of each lane is due, `NEVER` where it is empty: to find the first of all without
    /// looking into the lanes.
    heads: [Instant; LANES],
    /// When the entry is due that came last to each lane.
    tails: [Instant; LANES],
    wheel_head: Instant,
    entered: u64,
}

impl<T: Copy + Default, const LANES: usize> Agenda<T, LANES> {
    /// An agenda that works best when entries are about `gap` apart and mostly lie at most `reach` ahead.
    /// Both only matter to speed.
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

    /// Puts something down for `at`, which is not before what was taken last. The lane only matters to speed.
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
        // Branches, so that the processor goes on with the lane that it expects before the comparisons are done.
        for lane in 0..LANES {
            if self.heads[lane] == first {
                return Some(self.take(lane, first));
            }
        }
        self.take_from_wheel()
    }

    /// Takes the first entry that is due at that time: of that lane, or of one after it.
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

    /// Several are due at that time.
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

/// Time and order of entry in one number that compares as they do.
type Key = u128;

#[inline]
const fn key(at: Instant, order: u64) -> Key {
    ((at.0 as u64 ^ 1 << 63) as Key) << 64 | order as Key
}

/// What came out of order.
#[derive(Clone, Debug)]
struct Wheel<T> {
    /// Nanoseconds in a bucket, as a power of two.
    width_log2: u32,
    /// The first entry of each bucket's chain in `slots`, or `NONE`.
    heads: Vec<u32>,
    slots: Vec<Slot<T>>,
    /// The first free slot, or `NONE`.
    free: u32,
    /// Entries in the wheel.
    in_wheel: usize,
    /// The number of the bucket that `current` was taken from, counted from time zero without end.
    bucket: i64,
    /// The current bucket's entries, the latest first.
    current: Vec<Entry<T>>,
    /// Beyond the wheel's reach.
    far: BinaryHeap<Reverse<Entry<T>>>,
}

#[derive(Clone, Debug)]
struct Slot<T> {
    next: u32,
    entry: Entry<T>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry<T> {
    at: Instant,
    /// How many entered before it.
    order: u64,
    what: T,
}

impl<T> Entry<T> {
    #[inline]
    fn key(&self) -> Key {
        key(self.at, self.order)
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl<T: Copy> Wheel<T> {
    fn new(gap: Span, reach: Span) -> Self {
        let width_log2 = (gap.0.max(1) as u64).next_power_of_two().ilog2().min(MAX_WIDTH_LOG2);
        let buckets = (reach.0.max(1) as u64 >> width_log2).clamp(64, MAX_BUCKETS).next_power_of_two();
        Self {
            width_log2,
            heads: vec![NONE; buckets as usize],
            slots: Vec::new(),
            free: NONE,
            in_wheel: 0,
            bucket: 0,
            current: Vec::new(),
            far: BinaryHeap::new(),
        }
    }

    #[inline]
    fn push(&mut self, entry: Entry<T>) {
        let bucket = entry.at.0 >> self.width_log2;
        if bucket <= self.bucket {
            let place = self.current.partition_point(|other| other.key() > entry.key());
            self.current.insert(place, entry);
        } else if bucket - self.bucket < self.heads.len() as i64 {
            self.chain(bucket, entry);
        } else {
            self.far.push(Reverse(entry));
        }
    }

    #[inline]
    fn peek(&mut self) -> Option<&Entry<T>> {
        if self.current.is_empty() {
            self.advance();
        }
        self.current.last()
    }

    #[inline]
    fn pop(&mut self) -> Option<Entry<T>> {
        self.peek()?;
        self.current.pop()
    }

    #[inline]
    fn chain(&mut self, bucket: i64, entry: Entry<T>) {
        let head = (bucket as usize) & (self.heads.len() - 1);
        let slot = Slot { next: self.heads[head], entry };
        if self.free == NONE {
            self.heads[head] = self.slots.len() as u32;
            self.slots.push(slot);
        } else {
            let place = self.free;
            self.free = self.slots[place as usize].next;
            self.slots[place as usize] = slot;
            self.heads[head] = place;
        }
        self.in_wheel += 1;
    }

    /// Makes the next bucket that holds anything the current one.
    #[inline]
    fn advance(&mut self) {
        if self.in_wheel == 0 {
            let Some(Reverse(first)) = self.far.peek() else { return };
            self.bucket = first.at.0 >> self.width_log2;
        } else {
            let mask = self.heads.len() - 1;
            let wheel = (self.bucket + 1..).find(|&bucket| self.heads[bucket as usize & mask] != NONE);
            let wheel = wheel.expect("the wheel holds an entry within one turn");
            let far = self.far.peek().map_or(i64::MAX, |Reverse(first)| first.at.0 >> self.width_log2);
            self.bucket = wheel.min(far);
        }
        self.take_bucket();
        while let Some(Reverse(first)) = self.far.peek() {
            if first.at.0 >> self.width_log2 > self.bucket {
                break;
            }
            self.current.extend(self.far.pop().map(|Reverse(entry)| entry));
        }
        self.current.sort_unstable_by_key(|entry| Reverse(entry.key()));
    }

    fn take_bucket(&mut self) {
        let head = self.bucket as usize & (self.heads.len() - 1);
        let mut place = std::mem::replace(&mut self.heads[head], NONE);
        while place != NONE {
            let slot = &mut self.slots[place as usize];
            self.current.push(slot.entry);
            let next = std::mem::replace(&mut slot.next, self.free);
            self.free = place;
            place = next;
            self.in_wheel -= 1;
        }
    }
}

/// No slot.
const NONE: u32 = u32::MAX;
/// Four megabytes of heads.
const MAX_BUCKETS: u64 = 1 << 20;
/// A bucket of 2^52 ns is 52 days: wide enough for any scenario.
const MAX_WIDTH_LOG2: u32 = 52;

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
