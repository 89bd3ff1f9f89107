//! The servers of the source with one unlimited queue, first come, first served.

use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Servers and their queue. Since work starts in the order of arrival, its start is known when it arrives, so no timer is
/// needed.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    /// 0: unlimited.
    capacity: u32,
    /// The time at which each server that has ever worked is free again.
    free: BinaryHeap<Reverse<Instant>>,
}

impl Servers {
    /// `capacity` servers; 0: unlimited.
    pub(super) const fn new(capacity: u32) -> Self {
        Self { capacity, free: BinaryHeap::new() }
    }

    /// The time at which a server is free for work that arrives `now`.
    #[inline(always)]
    pub(super) fn start(&self, now: Instant) -> Instant {
        match self.free.peek() {
            Some(&Reverse(first)) if self.free.len() == self.capacity as usize => first.max(now),
            Some(_) | None => now,
        }
    }

    /// Adds work that arrives `now` and starts as soon as a server is free. Returns the end of the work.
    #[inline(always)]
    pub(super) fn work(&mut self, now: Instant, service: Span) -> Instant {
        if self.capacity == 0 {
            return now + service;
        }
        if self.free.len() < self.capacity as usize {
            let end = now + service;
            self.free.push(Reverse(end));
            return end;
        }
        let mut first = self.free.peek_mut().expect("the heap has `capacity` entries, at least one");
        let end = first.0.max(now) + service;
        *first = Reverse(end);
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_waits_for_the_first_free_server() {
        let mut two = Servers::new(2);
        let mut work = |now, service| {
            let start = two.start(Instant(now));
            let end = two.work(Instant(now), Span(service));
            assert_eq!(start, end - Span(service));
            end.0
        };
        assert_eq!([work(0, 10), work(1, 4), work(2, 10), work(3, 1), work(30, 1)], [10, 5, 15, 11, 31]);
    }

    #[test]
    fn unlimited_capacity_never_waits() {
        let mut many = Servers::new(0);
        assert_eq!([many.work(Instant(0), Span(10)), many.work(Instant(0), Span(10))], [Instant(10); 2]);
    }

    /// The end of a backlog of centuries does not wrap into the past.
    #[test]
    fn a_backlog_beyond_all_time_never_ends() {
        let mut one = Servers::new(1);
        let ends: Vec<_> = (0..5).map(|_| one.work(Instant(0), Span::LONGEST)).collect();
        assert_eq!(ends.last(), Some(&Instant::NEVER));
    }
}
