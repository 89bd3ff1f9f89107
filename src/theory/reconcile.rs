//! Webhooks with a reconciling poll beside them: the client holds an event when the first of the two brings it.
//!
//! Webhook and poll are independent, so the chance that neither has brought the event is the product of the two
//! chances. Knows no client.

use super::polling::FixedPoll;
use super::steps::Steps;

/// Share of all events that are known within `latency_s`: 1 - (1 - hook)(1 - poll).
pub fn cdf(hook: &Steps, poll: FixedPoll, latency_s: f64) -> f64 {
    1.0 - (1.0 - hook.cdf(latency_s)) * (1.0 - poll.cdf(latency_s))
}

/// Mean latency: the integral of the chance that neither has brought the event. For a webhook that comes after w, or
/// never with chance q, this is (1 - q) E min(w, U + d2) + q (R/2 + d2) with U uniform in (0, R).
pub fn mean(hook: &Steps, poll: FixedPoll) -> f64 {
    let (mut from, mut missing, mut sum) = (0.0, 1.0, 0.0);
    for &(latency, chance) in hook.parts() {
        let until = tail_until(poll, latency);
        sum += missing * (until - from);
        (from, missing) = (until, missing - chance);
    }
    let whole = poll.delay_s + poll.interval_s * (1.0 + poll.failure) / (2.0 * (1.0 - poll.failure));
    sum + missing.max(0.0) * (whole - from)
}

/// The integral from 0 to `latency_s` of the chance that no reconciling poll has brought the event.
fn tail_until(poll: FixedPoll, latency_s: f64) -> f64 {
    let wait = latency_s - poll.delay_s;
    if wait <= 0.0 {
        return latency_s;
    }
    let (interval, failure) = (poll.interval_s, poll.failure);
    let intervals = libm::floor(wait / interval);
    let into = wait - intervals * interval;
    let left = libm::pow(failure, intervals);
    let before = interval * (1.0 - left) / (1.0 - failure) * (1.0 + failure) / 2.0;
    poll.delay_s + before + left * (into - (1.0 - failure) * into * into / (2.0 * interval))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::quantile;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// 3 % lost, w = 0.25, R = 300, d2 = 0.1.
    #[test]
    fn the_worked_example() {
        let hook = Steps::new(vec![(0.25, 0.97)]);
        let poll = FixedPoll { interval_s: 300.0, failure: 0.0, delay_s: 0.1 };
        let first = 0.25 - 0.15 * 0.15 / 600.0;
        near(mean(&hook, poll), 0.97 * first + 0.03 * 150.1, 1e-12);
        near(mean(&hook, poll), 4.745, 6e-4);
        near(quantile(0.5, |t| cdf(&hook, poll, t)).unwrap(), 0.25, 1e-9);
        near(quantile(0.99, |t| cdf(&hook, poll, t)).unwrap(), 200.1, 1e-3);
        near(quantile(1.0, |t| cdf(&hook, poll, t)).unwrap(), 300.1, 1e-6);
    }

    #[test]
    fn the_mean_is_the_integral_of_the_tail() {
        let hook = Steps::new(vec![(0.25, 0.6), (40.0, 0.2), (700.0, 0.1)]);
        let poll = FixedPoll { interval_s: 300.0, failure: 0.3, delay_s: 0.1 };
        let step = 0.01;
        let sum: f64 =
            (0..1_000_000).map(|i| step * (1.0 - cdf(&hook, poll, (f64::from(i) + 0.5) * step))).sum();
        near(mean(&hook, poll), sum, 1e-3);
    }
}
