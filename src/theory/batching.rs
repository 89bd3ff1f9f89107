//! Events that are collected and sent together, for Poisson events: how many are in a batch, and how long an event waits.
//! A batch of `max` events is sent at once; None: any number waits. Knows no network.
//!
//! All events that wait, summed over the time in which they do, are the mean wait times their number; so each form needs only
//! the mean time for which so many events wait.

use super::poisson_mean;

/// The batches of a stationary process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Batches {
    /// Mean number of events of a batch.
    pub events: f64,
    /// Mean wait of an event, in seconds.
    pub wait_s: f64,
}

/// Each batch is sent `length_s` after its first event: 1 + E min(N, max - 1) events, for N events in that time.
pub fn window(rate_per_s: f64, length_s: f64, max: Option<u32>) -> Batches {
    let mean = rate_per_s * length_s;
    let others = |found: u64| max.map_or(found, |max| found.min(u64::from(max) - 1)) as f64;
    let events = 1.0 + poisson_mean(mean, others);
    // While n others have come, n + 1 events wait.
    let waited = poisson_mean(mean, |found| others(found) * (others(found) + 1.0) / 2.0) / rate_per_s;
    Batches { events, wait_s: waited / events }
}

/// What has occurred is sent every `period_s`.
pub fn tick(rate_per_s: f64, period_s: f64, max: Option<u32>) -> Batches {
    let mean = rate_per_s * period_s;
    let full = |found: u64| max.map_or((0, found), |max| (found / u64::from(max), found % u64::from(max)));
    let batches = poisson_mean(mean, |found| {
        let (full, rest) = full(found);
        (full + u64::from(rest > 0)) as f64
    });
    let pairs = |events: f64| events * (events - 1.0) / 2.0;
    let waited = poisson_mean(mean, |found| {
        let (full, rest) = full(found);
        full as f64 * max.map_or(0.0, |max| pairs(f64::from(max))) + pairs(rest as f64)
    });
    Batches { events: mean / batches, wait_s: waited / rate_per_s / mean }
}

/// A batch is sent when no event has occurred for `quiet_s`: it grows with chance p = P(gap <= quiet).
pub fn debounce(rate_per_s: f64, quiet_s: f64, max: Option<u32>) -> Batches {
    let mean = rate_per_s * quiet_s;
    let (p, q) = (-libm::expm1(-mean), libm::exp(-mean));
    let (events, waiting) = match max {
        None => (1.0 / q, 1.0 / (q * q)),
        Some(max) => {
            let last = f64::from(max) - 1.0;
            let log_p = libm::log1p(-q);
            (-libm::expm1((last + 1.0) * log_p) / q, grown(last, q, libm::exp(last * log_p)))
        }
    };
    // After its nth event a batch waits for p / rate on average, with n events.
    Batches { events, wait_s: waiting * p / rate_per_s / events }
}

/// The sum of n p^(n-1) for n from 1 to `last`, where p = 1 - `q` and `power` = p^last.
fn grown(last: f64, q: f64, power: f64) -> f64 {
    if last * q < 1e-5 {
        return last * (last + 1.0) / 2.0;
    }
    (1.0 - power * (1.0 + last * q)) / (q * q)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Batches, events: f64, wait_s: f64) {
        let off = (found.events - events).abs() + (found.wait_s - wait_s).abs();
        assert!(off < 1e-4, "{found:?}, not {events} and {wait_s}");
    }

    /// 1.5 events a second, and two seconds: 1 + λB, B(1 + λB/2)/(1 + λB); B/2; e^λB, (e^λB - 1)/λ.
    #[test]
    fn any_number_waits() {
        near(window(1.5, 2.0, None), 4.0, 1.25);
        near(tick(1.5, 2.0, None), 3.0 / (1.0 - libm::exp(-3.0)), 1.0);
        near(debounce(1.5, 2.0, None), 20.08554, 12.72369);
    }

    /// By hand: of two events, the first waits for the second, but not longer than the wait.
    #[test]
    fn two_events_are_sent_at_once() {
        let (rate, wait) = (1.5, 2.0);
        let second = 1.0 - libm::exp(-3.0);
        for batches in [window(rate, wait, Some(2)), debounce(rate, wait, Some(2))] {
            near(batches, 1.0 + second, second / rate / (1.0 + second));
        }
        for one in [window(rate, wait, Some(1)), tick(rate, wait, Some(1)), debounce(rate, wait, Some(1))] {
            near(one, 1.0, 0.0);
        }
    }

    #[test]
    fn a_limit_that_is_never_reached_changes_nothing() {
        for form in [window, tick, debounce] {
            let (limited, free) = (form(1.5, 2.0, Some(1_000_000)), form(1.5, 2.0, None));
            near(limited, free.events, free.wait_s);
        }
        // Batches that are always full: the nth event before the last waits for n gaps.
        near(debounce(10.0, 5.0, Some(5)), 5.0, 0.2);
        near(window(10.0, 5.0, Some(5)), 5.0, 0.2);
    }
}
