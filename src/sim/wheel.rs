//! A calendar queue: a wheel of buckets, each of which covers a stretch of time (Brown, Calendar queues, CACM 1988).
//!
//! An entry goes into its bucket unsorted, and the bucket is sorted when the run reaches its time. Entries further
//! ahead than one turn of the wheel wait in a heap.

use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Time and order of entry in one number, which compares in the same way.
type Key = u128;

#[inline]
const fn key(at: Instant, order: u64) -> Key {
    ((at.0 as u64 ^ 1 << 63) as Key) << 64 | order as Key
}

/// Entries that were added out of order.
#[derive(Clone, Debug)]
pub(super) struct Wheel<T> {
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
    /// Entries beyond the reach of the wheel.
    far: BinaryHeap<Reverse<Entry<T>>>,
}

#[derive(Clone, Debug)]
struct Slot<T> {
    next: u32,
    entry: Entry<T>,
}

/// An entry of the agenda.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry<T> {
    pub(super) at: Instant,
    /// How many entered before it.
    pub(super) order: u64,
    pub(super) what: T,
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
    pub(super) fn new(gap: Span, reach: Span) -> Self {
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
    pub(super) fn push(&mut self, entry: Entry<T>) {
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
    pub(super) fn peek(&mut self) -> Option<&Entry<T>> {
        if self.current.is_empty() {
            self.advance();
        }
        self.current.last()
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Entry<T>> {
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
