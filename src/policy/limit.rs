//! How many requests a source answers, and what a client does about it.

use crate::time::{Instant, Span};

/// A limit on the requests of one member. It counts them in windows that follow one another from the start of the run
/// on, as a quota that is reset at fixed times (GitHub's REST API, for one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests that are answered in each window; at least 1.
    pub requests: u32,
    /// The length of a window; above zero.
    pub per: Span,
    /// Whether an answer 304 does not count.
    pub not_modified_free: bool,
}

/// What a poller does about a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLimit {
    /// It asks until it is refused, and then at the time that the source names.
    Wait,
    /// It asks no more often than the limit allows.
    Spread,
}

/// What a member has used of the present window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// The number of the window.
    window: i64,
    used: u32,
}

impl RateLimit {
    /// The gap between requests that `loops` may keep, each for itself, without ever exceeding the limit on average.
    pub fn spread(self, loops: u32) -> Span {
        let (per, requests) = (i128::from(self.per.0) * i128::from(loops), i128::from(self.requests));
        let gap = (per + requests - 1) / requests;
        i64::try_from(gap).map_or(Span::LONGEST, |gap| Span(gap).min(Span::LONGEST))
    }
}

impl Quota {
    /// A request arrives; one that is free does not count if it is answered. Err: the limit is reached; the whole seconds
    /// until it is reset, rounded up, as `retry-after` has them.
    pub fn take(&mut self, limit: RateLimit, now: Instant, is_free: bool) -> Result<(), u32> {
        let since = (now - Instant::START).0;
        let window = since.div_euclid(limit.per.0);
        if window != self.window {
            *self = Self { window, used: 0 };
        }
        if self.used < limit.requests {
            self.used += u32::from(!is_free);
            return Ok(());
        }
        let left = limit.per.0 - since.rem_euclid(limit.per.0);
        let second = Span::SECOND.0;
        Err(u32::try_from(left / second + i64::from(left % second > 0)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_so_many_requests_and_the_next_one_as_many_again() {
        let limit = RateLimit { requests: 2, per: Span::from_secs(10), not_modified_free: false };
        let mut quota = Quota::default();
        let mut take = |at_ms| quota.take(limit, Instant::START + Span::from_millis(at_ms), false);
        assert_eq!([take(0), take(9_000)], [Ok(()); 2]);
        assert_eq!([take(9_000), take(8_500), take(9_999)], [Err(1), Err(2), Err(1)]);
        // The first moment of a window is its own.
        assert_eq!([take(10_000), take(10_000), take(10_000)], [Ok(()), Ok(()), Err(10)]);
        assert_eq!(take(35_000), Ok(()));
    }

    #[test]
    fn what_is_free_is_refused_as_all_others_when_the_rest_is_used() {
        let limit = RateLimit { requests: 1, per: Span::from_secs(10), not_modified_free: true };
        let mut quota = Quota::default();
        let mut take = |is_free| quota.take(limit, Instant::START, is_free);
        assert_eq!([true, true, false].map(&mut take), [Ok(()); 3]);
        assert_eq!([true, false].map(take), [Err(10); 2]);
    }

    #[test]
    fn a_quota_is_spread_evenly_over_its_window() {
        let limit = |requests, per| RateLimit { requests, per, not_modified_free: false };
        let github = limit(5000, Span::from_secs(3600));
        assert_eq!(github.spread(100), Span::from_secs(72));
        assert_eq!(limit(3, Span(10)).spread(1), Span(4));
        assert_eq!(limit(1, Span::LONGEST).spread(9), Span::LONGEST);
    }
}
