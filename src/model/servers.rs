//! A number of servers with one queue before them, first come first served: the source's API and a webhook's endpoint.

use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Servers and their queue. Since work is taken in the order in which it comes, when each piece starts is known
/// the moment it arrives; no timer is needed.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    /// 0: unlimited.
    capacity: u32,
    /// None: unlimited.
    queue: Option<u32>,
    /// When each server that has ever worked is free again.
    free: BinaryHeap<Reverse<Instant>>,
    /// When those that wait will start; kept only where the queue is limited.
    starts: VecDeque<Instant>,
}

impl Servers {
    /// `capacity` servers (0: unlimited) with room for `queue` waiting (None: unlimited).
    pub(super) const fn new(capacity: u32, queue: Option<u32>) -> Self {
        Self { capacity, queue, free: BinaryHeap::new(), starts: VecDeque::new() }
    }

    /// When work that arrives `now` starts; None: there is no room for it.
    #[inline]
    pub(super) fn start(&mut self, now: Instant) -> Option<Instant> {
        if self.capacity == 0 {
            return Some(now);
        }
        let start = match self.free.peek() {
            Some(&Reverse(free)) if self.free.len() == self.capacity as usize => free.max(now),
            _ => now,
        };
        if let Some(queue) = self.queue {
            while self.starts.front().is_some_and(|&start| start <= now) {
                self.starts.pop_front();
            }
            if start > now && self.starts.len() >= queue as usize {
                return None;
            }
            if start > now {
                self.starts.push_back(start);
            }
        }
        Some(start)
    }

    /// Takes the server that was promised by [`start`](Self::start) for that long; returns the end of the work.
    #[inline]
    pub(super) fn work(&mut self, start: Instant, service: Span) -> Instant {
        let end = start + service;
        if self.capacity > 0 {
            if self.free.len() == self.capacity as usize {
                *self.free.peek_mut().expect("the heap has `capacity` entries, at least one") = Reverse(end);
            } else {
                self.free.push(Reverse(end));
            }
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(servers: &mut Servers, now: i64, service: i64) -> Option<(i64, i64)> {
        let start = servers.start(Instant(now))?;
        Some((start.0, servers.work(start, Span(service)).0))
    }

    #[test]
    fn work_waits_for_the_first_free_server() {
        let mut two = Servers::new(2, None);
        assert_eq!(serve(&mut two, 0, 10), Some((0, 10)));
        assert_eq!(serve(&mut two, 1, 4), Some((1, 5)));
        assert_eq!(serve(&mut two, 2, 10), Some((5, 15)));
        assert_eq!(serve(&mut two, 3, 1), Some((10, 11)));
        assert_eq!(serve(&mut two, 30, 1), Some((30, 31)));
    }

    #[test]
    fn a_full_queue_refuses_and_room_returns_as_work_starts() {
        let mut one = Servers::new(1, Some(1));
        assert_eq!(serve(&mut one, 0, 10), Some((0, 10)));
        assert_eq!(serve(&mut one, 1, 10), Some((10, 20)));
        assert_eq!(serve(&mut one, 2, 10), None);
        assert_eq!(serve(&mut one, 10, 10), Some((20, 30)));
        assert_eq!(serve(&mut Servers::new(1, Some(0)), 0, 1), Some((0, 1)));
    }

    #[test]
    fn unlimited_capacity_never_waits() {
        let mut many = Servers::new(0, None);
        assert_eq!(serve(&mut many, 0, 10), Some((0, 10)));
        assert_eq!(serve(&mut many, 0, 10), Some((0, 10)));
    }
}
