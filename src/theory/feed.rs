//! A feed that shows the newest k events only, polled at a fixed interval T, for Poisson events. What leaves the page between
//! two polls is lost. Knows no poller.
//!
//! N events in an interval have waits as N uniform ones, so that the j-th newest has waited for jT/(N + 1) on average.

use super::poisson_mean;

/// Mean number of the events of an interval that are seen, E min(N, k). `mean` is E N.
pub fn seen(mean: f64, page: u32) -> f64 {
    poisson_mean(mean, |events| most(events, page))
}

/// Share of the events that are seen from the beginning of a run of so many intervals, at least one, at a random phase. The
/// first and the last interval are cut off by the ends of the run, so that fewer events leave the page in them: with
/// t uniform in an interval, E min(N_t, k) is the mean of min(N, k) - m(m + 1)/(2 E N), where m = min(N - 1, k) or 0.
pub fn seen_share(mean: f64, page: u32, intervals: f64) -> f64 {
    let at_an_end = poisson_mean(mean, |events| {
        let later = most(events.saturating_sub(1), page);
        most(events, page) - later * (later + 1.0) / (2.0 * mean)
    });
    ((intervals - 1.0) * seen(mean, page) + 2.0 * at_an_end) / (intervals * mean)
}

/// Mean wait of the events that are seen for their poll, as a share of the interval: E m(m + 1)/(2 (N + 1)) over E m, where m = min(N, k).
pub fn wait(mean: f64, page: u32) -> f64 {
    let waits = poisson_mean(mean, |events| {
        let seen = most(events, page);
        seen * (seen + 1.0) / (2.0 * (events as f64 + 1.0))
    });
    waits / seen(mean, page)
}

/// How many independent events tell as much of the share that is seen as one: the variance of the events seen in an
/// interval, at a given number of all, over that of independent ones.
pub fn cluster(mean: f64, page: u32) -> f64 {
    let share = seen(mean, page) / mean;
    let variance = poisson_mean(mean, |events| {
        let apart = most(events, page) - share * events as f64;
        apart * apart
    });
    variance / (mean * share * (1.0 - share))
}

/// min(N, k)
fn most(events: u64, page: u32) -> f64 {
    events.min(u64::from(page)) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// GitHub's events feed: the newest 300, polled every minute.
    #[test]
    fn github() {
        near(1.0 - seen(360.0, 300) / 360.0, 0.1667, 5e-5);
        assert!(1.0 - seen(240.0, 300) / 240.0 < 1e-4);
    }

    /// Only the latest item: (1 - e^-r)/r are seen, after 1/r - 1/(e^r - 1) intervals.
    #[test]
    fn the_latest_item_only() {
        let r = 2.0;
        near(seen(r, 1) / r, (1.0 - libm::exp(-r)) / r, 1e-12);
        near(wait(r, 1), 1.0 / r - 1.0 / libm::expm1(r), 1e-12);
    }

    #[test]
    fn a_large_page_shows_all() {
        near(seen_share(5.0, 1000, 7.0), 1.0, 1e-12);
        near(wait(5.0, 1000), 0.5, 1e-12);
        // A run of one interval has two halves: t and T - t, of which each event is in one.
        let halves = 2.0 * (1.0 / 1.0 - (1.0 - libm::exp(-3.0)) / 3.0) / 3.0;
        near(seen_share(3.0, 1, 1.0), halves, 1e-12);
    }
}
