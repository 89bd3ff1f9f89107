//! The ids that an endpoint has accepted lately, so that a recorded delivery is not accepted again.

use std::collections::{BTreeSet, VecDeque};

/// A bounded memory of accepted ids. Times are seconds of Unix time.
#[derive(Clone, Debug)]
pub struct Replays {
    window_s: u64,
    most: usize,
    /// In the order in which they were accepted.
    accepted: VecDeque<(u64, String)>,
    ids: BTreeSet<String>,
}

impl Replays {
    /// A memory that keeps an id for `window_s`, and at most `most` of them. To refuse every replay the window must be
    /// twice the tolerance of timestamps: one that is early by the tolerance is accepted until it is late by it.
    pub const fn new(window_s: u64, most: usize) -> Self {
        Self { window_s, most, accepted: VecDeque::new(), ids: BTreeSet::new() }
    }

    /// Takes note of an id; false where it was accepted within the window. Only ids of verified deliveries belong here,
    /// or a forger could fill the memory and have the right ones refused.
    pub fn accept(&mut self, id: &str, now_s: u64) -> bool {
        while self.accepted.front().is_some_and(|&(at, _)| now_s.saturating_sub(at) > self.window_s) {
            self.forget_oldest();
        }
        if self.ids.contains(id) {
            return false;
        }
        if self.most == 0 {
            return true;
        }
        if self.accepted.len() == self.most {
            self.forget_oldest();
        }
        self.ids.insert(id.into());
        self.accepted.push_back((now_s, id.into()));
        true
    }

    fn forget_oldest(&mut self) {
        if let Some((_, id)) = self.accepted.pop_front() {
            self.ids.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_accepted_once_within_the_window() {
        let mut replays = Replays::new(600, 10);
        assert!(replays.accept("a", 1000));
        assert!(!replays.accept("a", 1600));
        assert!(replays.accept("a", 1601));
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut replays = Replays::new(600, 2);
        assert!(replays.accept("a", 0) && replays.accept("b", 0) && replays.accept("c", 0));
        assert!(!replays.accept("b", 0) && !replays.accept("c", 0));
        assert!(replays.accept("a", 0));
        assert_eq!((replays.accepted.len(), replays.ids.len()), (2, 2));
    }

    #[test]
    fn without_room_nothing_is_remembered() {
        let mut replays = Replays::new(600, 0);
        assert!(replays.accept("a", 0) && replays.accept("a", 0));
    }
}
