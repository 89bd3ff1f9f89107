//! Short polling of a source of Poisson events: distributions of the latency, empty polls,
//! freshness and age. Means of the latency are in [`gap`](super::gap). Knows no poller's configuration.
//!
//! `interval_s` is the gap T between polls, `rate_per_s` the event rate λ, r = λT, `delay_s` the one-way delay d2 of
//! the answer.

/// A poller at a fixed interval and a random phase, alone or beside hooks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedPoll {
    /// From start to start, T.
    pub interval_s: f64,
    /// Chance that a poll fails, below 1.
    pub failure: f64,
    /// One-way delay of the answer, d2.
    pub delay_s: f64,
}

impl FixedPoll {
    /// Share of the events that it has brought within `latency_s`.
    pub fn cdf(&self, latency_s: f64) -> f64 {
        fixed_cdf(self.interval_s, self.failure, latency_s - self.delay_s)
    }

    /// The time within which it brings `share` of the events; below 1, or at most 1 without failures.
    pub fn quantile(&self, share: f64) -> f64 {
        self.delay_s + fixed_quantile(self.interval_s, self.failure, share)
    }

    /// The least upper bound of the latency; None where polls fail.
    pub fn max(&self) -> Option<f64> {
        (self.failure == 0.0).then_some(self.interval_s + self.delay_s)
    }
}

/// A poller that asks at a fixed interval until the source refuses it, and then when the limit is reset: each window has
/// requests - 1 gaps of the interval, and one that lasts for the rest of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurntQuota {
    /// From start to start, T; T × requests is less than the window.
    pub interval_s: f64,
    /// Requests that are answered in each window, Q.
    pub requests: f64,
    /// The length of a window, W.
    pub window_s: f64,
}

impl BurntQuota {
    /// The gaps of a window: each length, and how many gaps have it.
    pub fn gaps(&self) -> [(f64, f64); 2] {
        [(self.interval_s, self.requests - 1.0), (self.longest_s(), 1.0)]
    }

    /// The gap at the end of a window, W - (Q - 1) T.
    pub fn longest_s(&self) -> f64 {
        self.window_s - (self.requests - 1.0) * self.interval_s
    }
}

/// Share of the events that have waited at most `wait_s` for a snapshot, at a fixed interval whose polls fail
/// independently with chance `failure` (below 1). Without failures it is uniform: wait / T. In general, after k whole
/// intervals, 1 - f^k (1 - (1 - f) (wait - kT) / T).
pub fn fixed_cdf(interval_s: f64, failure: f64, wait_s: f64) -> f64 {
    if wait_s <= 0.0 {
        return 0.0;
    }
    let intervals = libm::floor(wait_s / interval_s);
    let into = wait_s / interval_s - intervals;
    1.0 - libm::pow(failure, intervals) * (1.0 - (1.0 - failure) * into)
}

/// The inverse of [`fixed_cdf`]; `share` below 1, or at most 1 without failures.
pub fn fixed_quantile(interval_s: f64, failure: f64, share: f64) -> f64 {
    let left = 1.0 - share;
    let intervals =
        if failure == 0.0 { 0.0 } else { libm::floor(libm::log(left) / libm::log(failure)).max(0.0) };
    let into = (1.0 - left / libm::pow(failure, intervals)) / (1.0 - failure);
    interval_s * (intervals + into.clamp(0.0, 1.0))
}

/// The same without failures where gaps have several lengths, given as (seconds, number of such gaps). An event falls
/// into a gap with a chance proportional to its length, uniformly within it.
pub fn gaps_cdf(gaps: &[(f64, f64)], wait_s: f64) -> f64 {
    let within = gaps.iter().map(|&(gap_s, number)| number * wait_s.clamp(0.0, gap_s)).sum::<f64>();
    within / gaps.iter().map(|&(gap_s, number)| number * gap_s).sum::<f64>()
}

/// The same at a fixed interval where answers wait for a server, given as (seconds, share of the answers): the event waits for the
/// snapshot and then with it.
pub fn waits_cdf(interval_s: f64, waits: &[(f64, f64)], wait_s: f64) -> f64 {
    waits.iter().map(|&(queued_s, share)| share * ((wait_s - queued_s) / interval_s).clamp(0.0, 1.0)).sum()
}

/// P(U + X <= `latency_s`) for U uniform in (0, T) and an exponential delay X of the answer with mean `mean_s`.
/// Assumes that polls do not overlap.
pub fn exponential_answer_cdf(interval_s: f64, mean_s: f64, latency_s: f64) -> f64 {
    if latency_s <= 0.0 {
        return 0.0;
    }
    let (x, m, t) = (latency_s, mean_s, interval_s);
    if x < t {
        return x / t + m / t * libm::expm1(-x / m);
    }
    1.0 - m / t * (libm::exp(-(x - t) / m) - libm::exp(-x / m))
}

/// Ratio of totals, requests to events: 1/r. Holds for every arrival process.
pub fn requests_per_event(interval_s: f64, rate_per_s: f64) -> f64 {
    1.0 / (rate_per_s * interval_s)
}

/// Requests for each poll that brings something: 1 / (1 - e^-r).
pub fn requests_per_non_empty(interval_s: f64, rate_per_s: f64) -> f64 {
    -1.0 / libm::expm1(-rate_per_s * interval_s)
}

/// Mean size of the batch in which a random event arrives, itself included: 1 + r.
pub fn batch_of_an_event(interval_s: f64, rate_per_s: f64) -> f64 {
    1.0 + rate_per_s * interval_s
}

/// Share of empty polls, E e^(-λG), at a fixed interval: e^-r.
pub fn empty_fixed(interval_s: f64, rate_per_s: f64) -> f64 {
    libm::exp(-rate_per_s * interval_s)
}

/// The same for exponential gaps of mean `interval_s`: 1 / (1 + r).
pub fn empty_exponential(interval_s: f64, rate_per_s: f64) -> f64 {
    1.0 / (1.0 + rate_per_s * interval_s)
}

/// The same for gaps uniform in interval × (1 ± `jitter`): e^-r sinh(jr)/(jr).
pub fn empty_interval_jitter(interval_s: f64, jitter: f64, rate_per_s: f64) -> f64 {
    empty_fixed(interval_s, rate_per_s) * sinh_over(jitter * rate_per_s * interval_s)
}

/// The same for polls shifted about their ticks by up to `jitter` intervals: the gap is T + J' - J, so
/// e^-r (sinh(jr)/(jr))^2. `jitter` at most 1/2.
pub fn empty_tick_jitter(interval_s: f64, jitter: f64, rate_per_s: f64) -> f64 {
    let spread = sinh_over(jitter * rate_per_s * interval_s);
    empty_fixed(interval_s, rate_per_s) * spread * spread
}

/// sinh(x)/x, which is 1 at 0.
pub fn sinh_over(x: f64) -> f64 {
    if x.abs() < 1e-6 { 1.0 + x * x / 6.0 } else { libm::sinh(x) / x }
}

/// E e^(-λG) over the gaps between polls that succeed, from `empty` = E e^(-λG) over all gaps, which must be
/// independent: (1 - f) empty / (1 - f empty).
pub fn thinned_transform(empty: f64, failure: f64) -> f64 {
    (1.0 - failure) * empty / (1.0 - failure * empty)
}

/// Share of empty polls where one event occurs each period P and belongs to one of `resources`, chosen at random.
/// The poller reads with a cursor. A poll finds k or k + 1 events of all resources, k = floor(T/P). For one resource
/// the share is 1 - T/P where T < P and 0 otherwise.
pub fn empty_periodic(interval_s: f64, period_s: f64, resources: f64) -> f64 {
    let events = interval_s / period_s;
    let whole = libm::floor(events);
    libm::pow(1.0 - 1.0 / resources, whole) * (1.0 - (events - whole) / resources)
}

/// Share of time in which the copy is current: e^(-λ d2) (1 - E e^(-λG)) / (λ E G), for a constant delay of the answer
/// (for a fixed gap and d2 = 0 it is the "fixed order" of Cho and Garcia-Molina, SIGMOD 2000). `transform` is E e^(-λG).
pub fn fresh_share(rate_per_s: f64, delay_s: f64, gap_mean_s: f64, transform: f64) -> f64 {
    let share = libm::exp(-rate_per_s * delay_s) * (1.0 - transform) / (rate_per_s * gap_mean_s);
    share.clamp(0.0, 1.0)
}

/// Mean time since the first change not yet seen, 0 where there is none, at a fixed interval:
/// d2 + T/2 - 1/λ + e^(-λ d2) (1 - e^-r)/(λ r).
pub fn state_age(interval_s: f64, rate_per_s: f64, delay_s: f64) -> f64 {
    let fresh = fresh_share(rate_per_s, delay_s, interval_s, empty_fixed(interval_s, rate_per_s));
    delay_s + interval_s / 2.0 - (1.0 - fresh) / rate_per_s
}

/// Mean age of information, now minus the occurrence of the newest event held: 1/λ + E G^2/(2 E G) + d2, for a
/// constant delay of the answer. `wait_mean_s` is E G^2/(2 E G), T/2 at a fixed interval.
pub fn age_of_information(rate_per_s: f64, wait_mean_s: f64, delay_s: f64) -> f64 {
    1.0 / rate_per_s + wait_mean_s + delay_s
}

/// The gap of a poller with one request at a time whose constant round trip D is longer than its interval T, where
/// missed ticks are skipped: T ceil(D/T).
pub fn gap_skipping(interval_s: f64, round_trip_s: f64) -> f64 {
    interval_s * libm::ceil(round_trip_s / interval_s)
}

/// Mean wait for the next snapshot where one event occurs each period (phase lock): x + (T - g)/2 with g = gcd(P, T)
/// and x = offset mod g. x is below g, because a snapshot includes an event of the same moment. All arguments are in
/// one integer unit; `offset` is the time of a snapshot minus the time of an event.
pub fn phase_locked_wait(period: u64, interval: u64, offset: i64) -> f64 {
    let lattice = greatest_common_divisor(period, interval);
    let first = offset.rem_euclid(lattice as i64) as f64;
    first + (interval - lattice) as f64 / 2.0
}

/// Variance of the mean wait of dense events over a window of W seconds: T⁴ x² (1 - x)²/12 / W², where
/// x = W/T - floor(W/T). It comes from the random phase alone, through the part of an interval that is left over:
/// whole intervals have the same mean at every phase.
pub fn phase_variance(interval_s: f64, window_s: f64) -> f64 {
    let left = window_s / interval_s - libm::floor(window_s / interval_s);
    let square = interval_s * interval_s * left * (1.0 - left) / window_s;
    square * square / 12.0
}

/// Variance of the mean wait of N = `events` events, one each period P, over a random phase; in squares of the
/// interval. Period and interval are in one integer unit. The wait is a sawtooth function of the phase, whose Fourier
/// series gives Σ_h |sin(πNhα)/(N sin(πhα))|²/(2π²h²) with α = P/T. Independent events have 1/(12 N).
///
/// Sums the first 4,096 terms, and in closed form all terms in which every event has the same phase.
pub fn lattice_variance(period: u64, interval: u64, events: u64) -> f64 {
    let steps = interval / greatest_common_divisor(period, interval);
    let turns = |times: u128| {
        let turn = times * u128::from(period) % u128::from(interval);
        libm::sin(std::f64::consts::PI * (turn as f64 / interval as f64))
    };
    let terms = (1..4096).filter(|h| h % steps != 0).map(|h| {
        let ratio = turns(u128::from(h) * u128::from(events)) / (events as f64 * turns(u128::from(h)));
        ratio * ratio / (2.0 * std::f64::consts::PI * std::f64::consts::PI * (h * h) as f64)
    });
    terms.sum::<f64>() + 1.0 / (12.0 * steps as f64 * steps as f64)
}

/// The greatest common divisor; of 0 and x it is x.
pub const fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Mean time until the first and until the last of N = `clients` with independent phases hold an event, without d2:
/// T/(N+1) and TN/(N+1).
pub fn first_and_last(interval_s: f64, clients: f64) -> (f64, f64) {
    (interval_s / (clients + 1.0), interval_s * clients / (clients + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::quantile;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// From r = 0.1 to 5: empty, requests per event, per non-empty poll, freshness with d2 = 0.
    #[test]
    fn the_table_of_short_polling() {
        for (r, empty, per_event, per_non_empty, fresh) in [
            (0.1, 0.9048, 10.0, 10.508, 0.9516),
            (0.5, 0.6065, 2.0, 2.5415, 0.7869),
            (1.0, 0.3679, 1.0, 1.5820, 0.6321),
            (2.0, 0.1353, 0.5, 1.1565, 0.4323),
            (5.0, 0.0067, 0.2, 1.0068, 0.1987),
        ] {
            let (interval, rate) = (10.0, r / 10.0);
            near(empty_fixed(interval, rate), empty, 5e-5);
            near(requests_per_event(interval, rate), per_event, 1e-12);
            near(requests_per_non_empty(interval, rate), per_non_empty, 5e-4);
            near(fresh_share(rate, 0.0, interval, empty_fixed(interval, rate)), fresh, 5e-5);
            near(batch_of_an_event(interval, rate), 1.0 + r, 1e-12);
        }
        // 98.5 % of polls empty: the 66x of resthooks.org (Zapier, 2013).
        near(requests_per_non_empty(1.0, 0.015_113_6), 66.67, 0.01);
        near(requests_per_event(1.0, 0.015_113_6), 66.17, 0.01);
    }

    /// T = 10, d2 = 0.06, rate 0.7; and the state's age is the age of an event not seen.
    #[test]
    fn ages() {
        near(age_of_information(0.7, 5.0, 0.06), 6.489, 5e-4);
        // With many events the state is as old as the last snapshot: T/2 + d2.
        near(state_age(10.0, 1e6, 0.06), 5.06, 1e-5);
        near(state_age(10.0, 1e-5, 0.0), 10.0 * 1e-4 / 6.0, 1e-6);
    }

    /// T = 10, m = 1.5.
    #[test]
    fn an_exponential_answer_is_a_convolution() {
        for (share, expected) in [(0.5, 6.480), (0.95, 11.646), (0.99, 14.060)] {
            near(quantile(share, |x| exponential_answer_cdf(10.0, 1.5, x)).unwrap(), expected, 6e-4);
        }
        near(exponential_answer_cdf(10.0, 1.5, 10.0 - 1e-9), exponential_answer_cdf(10.0, 1.5, 10.0), 1e-9);
    }

    #[test]
    fn failing_polls_prolong_the_uniform_wait() {
        near(fixed_quantile(10.0, 0.0, 0.95), 9.5, 1e-12);
        near(fixed_cdf(10.0, 0.0, 4.0), 0.4, 1e-12);
        for failure in [0.0, 0.2, 0.7] {
            for share in [0.01, 0.5, 0.8, 0.9, 0.99, 0.9999] {
                near(fixed_cdf(10.0, failure, fixed_quantile(10.0, failure, share)), share, 1e-9);
            }
        }
        // The mean is the integral of the tail: T (1 + f)/(2 (1 - f)) = 7.5.
        let step = 0.001;
        let mean: f64 =
            (0..300_000).map(|i| step * (1.0 - fixed_cdf(10.0, 0.2, (f64::from(i) + 0.5) * step))).sum();
        near(mean, 7.5, 1e-6);
    }

    #[test]
    fn overrun_and_phase_lock() {
        near(gap_skipping(1.0, 2.4) / 2.0 + 1.2, 2.7, 1e-12);
        near(gap_skipping(1.0, 1.0), 1.0, 1e-12);
        // P = 6, T = 10, phase 0.5 in halves of a second: 4.5 s.
        near(phase_locked_wait(12, 20, 1) / 2.0, 4.5, 1e-12);
        near(phase_locked_wait(10, 10, 0), 0.0, 1e-12);
        near(empty_periodic(5.0, 15.0, 1.0), 2.0 / 3.0, 1e-12);
        near(empty_periodic(50.0, 15.0, 1.0), 0.0, 1e-12);
        // Dealt among very many resources, periodic events are Poisson events.
        near(empty_periodic(60_000.5, 1.0, 60_000.0), libm::exp(-1.0), 1e-4);
        let (first, last) = first_and_last(10.0, 20.0);
        near(first + last, 10.0, 1e-12);
        near(first, 10.0 / 21.0, 1e-12);
    }

    /// Against sums over 10,000 phases.
    #[test]
    fn variances_over_the_phase() {
        let phases = 10_000;
        let variance = |mean: &dyn Fn(f64) -> f64| {
            let means = (0..phases).map(|i| mean((f64::from(i) + 0.5) / f64::from(phases)));
            means.map(|mean| (mean - 0.5) * (mean - 0.5)).sum::<f64>() / f64::from(phases)
        };
        // T = 1: wait((φ - t) mod 1), averaged over 3.3 intervals or over events 0.37 apart.
        let dense = variance(&|phase| {
            let whole = (0..3300).map(|i| (phase - f64::from(i) / 1000.0).rem_euclid(1.0));
            whole.sum::<f64>() / 3300.0
        });
        near(dense, phase_variance(1.0, 3.3), 1e-6);
        let lattice = variance(&|phase| {
            (0..9).map(|i| (phase - 0.37 * f64::from(i)).rem_euclid(1.0)).sum::<f64>() / 9.0
        });
        near(lattice, lattice_variance(37, 100, 9), 3e-6);
        // One event has the variance of a uniform wait, and so have all that meet at one phase.
        near(lattice_variance(37, 100, 1), 1.0 / 12.0, 1e-3);
        near(lattice_variance(100, 100, 1000), 1.0 / 12.0, 1e-12);
    }

    /// With r = 0.8 and j = 0.5; the transform of a thinned memoryless stream is memoryless.
    #[test]
    fn empty_polls_under_jitter() {
        let renewal = empty_interval_jitter(10.0, 0.5, 0.08);
        near(renewal, (libm::exp(-0.4) - libm::exp(-1.2)) / 0.8, 1e-12);
        assert!(empty_tick_jitter(10.0, 0.5, 0.08) > renewal);
        near(empty_tick_jitter(10.0, 0.0, 0.08), empty_fixed(10.0, 0.08), 1e-15);
        near(thinned_transform(empty_exponential(10.0, 0.08), 0.5), empty_exponential(20.0, 0.08), 1e-12);
    }
}
