//! Number of requests of a poll that fetches page after page until nothing is left, for a Poisson number of events.
//! Assumes that no event occurs between two of its pages. Knows no poller.

use super::poisson_mean;

/// Mean number of requests of a poll that finds N events, k on a page, where each page tells whether there are more:
/// 1 + Σ_j P(N >= jk + 1), j >= 1. `mean` is E N, `page` is k >= 1.
pub fn requests_with_flag(mean: f64, page: u32) -> f64 {
    poisson_mean(mean, |events| (events.saturating_sub(1) / u64::from(page) + 1) as f64)
}

/// The same where the last page is known only by not being full: 1 + Σ_j P(N >= jk), j >= 1.
pub fn requests_until_short(mean: f64, page: u32) -> f64 {
    poisson_mean(mean, |events| (events / u64::from(page) + 1) as f64)
}

/// Share of the requests that bring nothing, with a flag: only the single request of a poll that finds nothing.
pub fn empty_with_flag(mean: f64, page: u32) -> f64 {
    libm::exp(-mean) / requests_with_flag(mean, page)
}

/// The same where a page that is not full is the last: it is empty if the events before it fill whole pages.
pub fn empty_until_short(mean: f64, page: u32) -> f64 {
    let full = poisson_mean(mean, |events| f64::from(events.is_multiple_of(u64::from(page))));
    full / requests_until_short(mean, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// Four events an interval, pages of three: computed by hand from the Poisson distribution.
    #[test]
    fn four_events_on_pages_of_three() {
        near(requests_until_short(4.0, 3), 1.9991, 5e-5);
        near(requests_with_flag(4.0, 3), 1.6856, 5e-5);
    }

    #[test]
    fn pages_of_one() {
        // Every event has its own request, and the short page is the empty one.
        near(requests_until_short(2.5, 1), 3.5, 1e-12);
        near(empty_until_short(2.5, 1), 1.0 / 3.5, 1e-12);
        near(requests_with_flag(2.5, 1), 2.5 + libm::exp(-2.5), 1e-12);
    }

    #[test]
    fn a_large_page_takes_one_request() {
        near(requests_with_flag(4.0, 1000), 1.0, 1e-12);
        near(requests_until_short(0.0, 3), 1.0, 1e-12);
        near(empty_with_flag(4.0, 1000), libm::exp(-4.0), 1e-12);
        near(empty_until_short(4.0, 1000), libm::exp(-4.0), 1e-12);
        // Where many pages come, they are nearly as many as the mean fills.
        near(requests_until_short(1e6, 100), 1e4 + 0.505, 1e-3);
    }
}
