//! What a source does to receivers that answer slowly (Microsoft Graph, for one).

use super::share::{Recent, Share};
use crate::time::{Instant, Span};

/// The penalty of slow receivers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowPenalty {
    /// An attempt that takes longer, or has no answer, is slow; above zero.
    pub over: Span,
    /// How far back attempts count; above zero.
    pub window: Span,
    /// With fewer attempts in it there is no penalty; at least 1.
    pub at_least: u32,
    /// With more than this share of slow attempts, new deliveries are delayed; 0 to 1.
    pub delay_share: f64,
    /// By how much; above zero.
    pub delay: Span,
    /// With more than this share they are dropped; not below `delay_share`, at most 1.
    pub drop_share: f64,
}

/// What becomes of a new delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It is sent.
    Sent,
    /// It is sent later.
    Delayed(Span),
    /// It is never sent.
    Dropped,
}

impl SlowPenalty {
    /// Whether an attempt that took so long counts as slow.
    pub fn is_slow(&self, took: Span) -> bool {
        took > self.over
    }

    /// How a new delivery to a receiver with those attempts is treated.
    pub fn treats(&self, now: Instant, recent: &mut Recent) -> Treatment {
        let Self { window, at_least, .. } = *self;
        let mut exceeds = |share| recent.exceeds(now, Share { share, window, at_least });
        if exceeds(self.drop_share) {
            Treatment::Dropped
        } else if exceeds(self.delay_share) {
            Treatment::Delayed(self.delay)
        } else {
            Treatment::Sent
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_slow_answers_are_worse() {
        let rule = SlowPenalty {
            over: Span(3),
            window: Span(100),
            at_least: 10,
            delay_share: 0.1,
            delay: Span(7),
            drop_share: 0.15,
        };
        assert!(rule.is_slow(Span(4)) && !rule.is_slow(Span(3)));
        let treated = |slow: u32, all: u32| {
            let mut recent = Recent::default();
            (0..all).for_each(|number| recent.add(Instant(0), rule.window, number < slow));
            rule.treats(Instant(1), &mut recent)
        };
        assert_eq!(treated(9, 9), Treatment::Sent, "too few attempts");
        assert_eq!(treated(2, 20), Treatment::Sent);
        assert_eq!(treated(3, 20), Treatment::Delayed(Span(7)));
        assert_eq!(treated(4, 20), Treatment::Dropped);
    }
}
