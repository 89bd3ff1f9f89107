//! Closed forms: what the figures of a run must be, where mathematics says so.
//!
//! Pure functions of numbers, seconds and events per second. They know no scenario, no seed and no measurement,
//! so that a simulation can be checked against them. Logarithm and exponential come from `libm`.
//!
//! The conventions are those of the whole program:
//!
//! - Latency counts from the scheduled occurrence. It is averaged over events, freshness and age over time.
//! - A poll sees the state at its snapshot, when the request arrives at the source. So a constant delay on the way
//!   there costs no freshness.
//! - An interval is from start to start unless said otherwise. The phase is uniform and independent of the events.
//! - A poller reads with a cursor, so it misses no event.
//! - A webhook worker is busy until the answer is back, but an event is held when its delivery arrives.
//! - A failing attempt takes its time, and a retry's delay starts at the failure.
//! - Every request counts, and the run drains.

pub mod backoff;
pub mod batching;
pub mod cursor;
pub mod deliveries;
pub mod feed;
pub mod fetch;
pub mod gap;
pub mod herd;
pub mod jobs;
pub mod long_poll;
pub mod md1;
pub mod ordered;
pub mod outage;
pub mod paging;
pub mod polling;
pub mod queue;
pub mod reconcile;
pub mod retry;
pub mod steps;
pub mod stream;

/// The earliest time, from 0 on, at which `cdf` reaches `share`; `cdf` must not decrease. Bisection, to one part in
/// 10^13. None where `cdf` does not reach it within 10^12 s.
pub fn quantile(share: f64, cdf: impl Fn(f64) -> f64) -> Option<f64> {
    if cdf(0.0) >= share {
        return Some(0.0);
    }
    let (mut low, mut high) = (0.0, 1e-9);
    while cdf(high) < share {
        (low, high) = (high, 2.0 * high);
        if high > 1e12 {
            return None;
        }
    }
    while high - low > 1e-13 * high {
        let middle = f64::midpoint(low, high);
        if cdf(middle) < share { low = middle } else { high = middle }
    }
    Some(high)
}

/// An upper bound of P(N >= `count`) for a Poisson variable N of mean `mean` (Chernoff); 1 where `count` is not
/// above the mean.
pub fn poisson_tail_bound(mean: f64, count: f64) -> f64 {
    if count <= mean {
        return 1.0;
    }
    if mean == 0.0 {
        return 0.0;
    }
    libm::exp(count - mean - count * libm::log(count / mean))
}

/// E f(N) for a Poisson variable N of that mean, summed over the values with a chance above about 10^-15.
pub fn poisson_mean(mean: f64, of: impl Fn(u64) -> f64) -> f64 {
    let reach = 12.0 * libm::sqrt(mean) + 40.0;
    let from = libm::floor((mean - reach).max(0.0)) as u64;
    let until = libm::ceil(mean + reach) as u64;
    let log_first = if from == 0 {
        -mean
    } else {
        from as f64 * libm::log(mean) - mean - libm::lgamma(from as f64 + 1.0)
    };
    let (mut chance, mut sum, mut total) = (libm::exp(log_first), 0.0, 0.0);
    for events in from..=until {
        sum += chance * of(events);
        total += chance;
        chance *= mean / (events + 1) as f64;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_inverts_its_distribution() {
        let exponential = |t: f64| -libm::expm1(-t / 3.0);
        let p99 = quantile(0.99, exponential).unwrap();
        assert!((p99 - 3.0 * libm::log(100.0)).abs() < 1e-9, "{p99}");
        assert_eq!(quantile(0.5, |_| 0.7), Some(0.0));
        assert_eq!(quantile(0.9, |_| 0.7), None);
    }

    #[test]
    fn the_bound_lies_above_the_tail_and_falls() {
        // P(Poisson(1) >= 5) = 0.00366.
        let bound = poisson_tail_bound(1.0, 5.0);
        assert!(bound > 0.00366 && bound < 0.02, "{bound}");
        assert!(poisson_tail_bound(1.0, 10.0) < 1e-4);
        assert_eq!((poisson_tail_bound(3.0, 3.0), poisson_tail_bound(0.0, 1.0)), (1.0, 0.0));
    }
}
