//! Rules on the share of bad attempts in a sliding window of time.

use crate::time::{Instant, Span};
use std::collections::VecDeque;

/// Too many of the attempts of the last while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// More than this share of them; 0 to 1.
    pub share: f64,
    /// How far back attempts count; above zero.
    pub window: Span,
    /// Of fewer attempts the rule says nothing; at least 1.
    pub at_least: u32,
}

/// The attempts of the last while, each with the time of its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    ended: VecDeque<(Instant, bool)>,
    bad: u32,
}

impl Recent {
    /// An attempt ends. Those that have left the window are forgotten, so that a receiver that never fails takes no more and
    /// more memory.
    pub fn add(&mut self, now: Instant, window: Span, is_bad: bool) {
        self.forget(now, window);
        self.ended.push_back((now, is_bad));
        self.bad += u32::from(is_bad);
    }

    /// Whether too many of the attempts that ended after `now` less the window were bad. Earlier ones are forgotten.
    pub fn exceeds(&mut self, now: Instant, rule: Share) -> bool {
        self.forget(now, rule.window);
        self.ended.len() >= rule.at_least as usize && self.share() > rule.share
    }

    /// The share of bad attempts among those that are remembered; 0 where there are none.
    fn share(&self) -> f64 {
        if self.ended.is_empty() { 0.0 } else { f64::from(self.bad) / self.ended.len() as f64 }
    }

    fn forget(&mut self, now: Instant, window: Span) {
        while let Some(&(at, was_bad)) = self.ended.front()
            && at + window <= now
        {
            self.ended.pop_front();
            self.bad -= u32::from(was_bad);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_of_the_window_and_needs_enough_attempts() {
        let rule = Share { share: 0.5, window: Span(10), at_least: 3 };
        let mut recent = Recent::default();
        recent.add(Instant(0), rule.window, true);
        recent.add(Instant(1), rule.window, true);
        assert!(!recent.exceeds(Instant(1), rule), "two attempts are too few");
        recent.add(Instant(2), rule.window, false);
        assert!(recent.exceeds(Instant(2), rule), "two of three");
        recent.add(Instant(3), rule.window, false);
        assert!(!recent.exceeds(Instant(3), rule), "a half is not more than a half");
        recent.add(Instant(9), rule.window, true);
        assert!(recent.exceeds(Instant(9), rule), "three of five");
        // The first has left the window: two of four.
        assert!(!recent.exceeds(Instant(10), rule));
        assert!(!recent.exceeds(Instant(40), rule) && recent.ended.is_empty() && recent.bad == 0);
    }
    #[test]
    fn of_a_receiver_that_never_fails_no_more_than_a_window_is_kept() {
        let mut recent = Recent::default();
        (0..1000).for_each(|at| recent.add(Instant(at), Span(10), false));
        assert_eq!(recent.ended.len(), 10);
    }
}
