//! Long polling of a source of Poisson events: the source holds a request until it has an event for it, or for a
//! hold time at most; the client asks again as soon as it has the answer.
//!
//! A cycle begins when a response leaves. For a gap τ the source holds no request: the response travels for d2, the
//! client pauses, the next request travels for d1. Then the source answers at once if events occurred in the gap,
//! otherwise at the first event, or with nothing after the hold time H. Poisson events have no memory, so cycles are
//! independent and identically distributed, and every figure is its mean per cycle divided by the mean length of a
//! cycle (renewal-reward theorem). With m = min(the wait for the next event, H), E m = (1 - e^(-λH))/λ:
//!
//! - E C = τ + e^(-λτ) E m, since the wait begins only where the gap was empty;
//! - an event of the gap waits for the rest of it, uniform in (0, τ); the event that ends a wait does not wait.
//!
//! RFC 6202, section 2.2: the average latency is close to one network transit, the maximum above three. Here both
//! follow with d1 = d2 = δ: the mean runs from δ at rare events to 2δ at dense ones, the bound is 3δ.
//!
//! Holds for constant delays, for a source that keeps the events between requests, and while one response can carry
//! all events that wait. Knows no client.

use super::polling;

/// A long-polling client in its steady state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LongPoll {
    /// λ, events per second, above zero.
    pub rate_per_s: f64,
    /// H, the longest that the source holds a request, in seconds.
    pub hold_s: f64,
    /// τ, from the departure of a response to the arrival of the next request: d2, the pause and d1. At least
    /// `delay_s`; `gap_s` and `hold_s` are not both zero.
    pub gap_s: f64,
    /// d2, the one-way delay of the answer, in seconds.
    pub delay_s: f64,
}

impl LongPoll {
    /// E C, the mean time from a response to the next.
    pub fn cycle_s(&self) -> f64 {
        self.gap_s + self.gap_empty() * self.waits()[0]
    }

    /// 1/E C.
    pub fn requests_per_s(&self) -> f64 {
        1.0 / self.cycle_s()
    }

    /// 1/(λ E C).
    pub fn requests_per_event(&self) -> f64 {
        self.requests_per_s() / self.rate_per_s
    }

    /// Share of the requests that are answered with nothing: e^(-λ(τ + H)).
    pub fn empty_share(&self) -> f64 {
        libm::exp(-self.rate_per_s * (self.gap_s + self.hold_s))
    }

    /// Share of the events that occur while no request is held: τ/E C. A source that does not keep events loses them.
    pub fn gap_share(&self) -> f64 {
        self.gap_s / self.cycle_s()
    }

    /// d2 + τ²/(2 E C).
    pub fn latency_mean(&self) -> f64 {
        self.delay_s + self.gap_share() * self.gap_s / 2.0
    }

    /// τ³/(3 E C) minus the square of the mean wait.
    pub fn latency_variance(&self) -> f64 {
        let wait_s = self.gap_share() * self.gap_s / 2.0;
        self.gap_share() * self.gap_s * self.gap_s / 3.0 - wait_s * wait_s
    }

    /// The least upper bound: d2 + τ.
    pub const fn latency_max(&self) -> f64 {
        self.delay_s + self.gap_s
    }

    /// Share of the events that the client holds within x = `latency_s`: 1 - (d2 + τ - x)/E C from d2 on.
    pub fn cdf(&self, latency_s: f64) -> f64 {
        if latency_s < self.delay_s {
            return 0.0;
        }
        1.0 - (self.latency_max() - latency_s).max(0.0) / self.cycle_s()
    }

    /// The inverse of [`cdf`](Self::cdf): d2 + τ - (1 - p) E C where 1 - p is below the gap's share, d2 otherwise.
    pub fn quantile(&self, share: f64) -> f64 {
        (self.latency_max() - (1.0 - share) * self.cycle_s()).max(self.delay_s)
    }

    /// Share of time in which the client holds every event that has occurred: e^(-λ d2) (1 - e^(-λ(τ + H)))/(λ E C).
    /// In the gap the copy is current until the first event, and during the wait always. A response that carries
    /// events travels for d2.
    pub fn fresh_share(&self) -> f64 {
        polling::fresh_share(self.rate_per_s, self.delay_s, self.cycle_s(), self.empty_share())
    }

    /// Mean age of information, now minus the occurrence of the newest event held: d2 + E C²/(2 E C) + E A, where A
    /// is the age of the newest event when a response leaves. A is 0 where that event ended the wait, the time since
    /// the last event of the gap where there was one, and τ + H more than at the response before otherwise.
    pub fn age_of_information(&self) -> f64 {
        let (rate, gap, empty) = (self.rate_per_s, self.gap_s, self.empty_share());
        let [mean, second] = self.waits();
        let cycle_second = gap * gap + self.gap_empty() * (2.0 * gap * mean + second);
        let in_gap = -libm::expm1(-rate * gap) / rate - gap * self.gap_empty();
        let at_departure = (in_gap + empty * (gap + self.hold_s)) / (1.0 - empty);
        self.delay_s + cycle_second / (2.0 * self.cycle_s()) + at_departure
    }

    /// Chance that no event comes in the gap.
    fn gap_empty(&self) -> f64 {
        libm::exp(-self.rate_per_s * self.gap_s)
    }

    /// E m and E m²: (1 - e^(-λH))/λ and 2 (1 - e^(-λH)(1 + λH))/λ².
    fn waits(&self) -> [f64; 2] {
        let (rate, held) = (self.rate_per_s, self.rate_per_s * self.hold_s);
        let ended = -libm::expm1(-held);
        [ended / rate, 2.0 * (ended - held * libm::exp(-held)) / (rate * rate)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::quantile;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// δ = 50 ms each way, no pause, H = 30 s.
    fn of(rate_per_s: f64) -> LongPoll {
        LongPoll { rate_per_s, hold_s: 30.0, gap_s: 0.1, delay_s: 0.05 }
    }

    #[test]
    fn from_rare_events_to_dense_ones() {
        for (rate, per_s, per_event, empty, mean) in [
            (0.01, 0.03847, 3.8473, 0.7401, 0.05019),
            (0.1, 0.10518, 1.0518, 0.0493, 0.05053),
            (1.0, 0.99519, 0.9952, 0.0, 0.05498),
            (10.0, 7.3106, 0.7311, 0.0, 0.08655),
            (100.0, 9.99995, 0.1, 0.0, 0.1),
        ] {
            let poll = of(rate);
            near(poll.requests_per_s(), per_s, 5e-5);
            near(poll.requests_per_event(), per_event, 5e-5);
            near(poll.empty_share(), empty, 5e-5);
            near(poll.latency_mean(), mean, 5e-6);
            near(poll.latency_max(), 0.15, 1e-12);
        }
    }

    /// RFC 6202, section 2.2: about one transit on average, three at most.
    #[test]
    fn the_latency_of_rfc_6202() {
        near(of(1e-4).latency_mean() / 0.05, 1.0, 1e-2);
        near(of(1e4).latency_mean() / 0.05, 2.0, 1e-2);
        near(of(1.0).latency_max() / 0.05, 3.0, 1e-12);
    }

    /// Without a gap every event is answered at once: λ/(1 - e^(-λH)) requests a second, 1/H of them at rest.
    #[test]
    fn without_a_gap() {
        let poll = LongPoll { rate_per_s: 0.1, hold_s: 30.0, gap_s: 0.0, delay_s: 0.0 };
        near(poll.requests_per_s(), 0.1 / (1.0 - libm::exp(-3.0)), 1e-12);
        near(LongPoll { rate_per_s: 1e-9, ..poll }.requests_per_s(), 1.0 / 30.0, 1e-6);
        assert_eq!((poll.latency_mean(), poll.latency_variance(), poll.quantile(0.99)), (0.0, 0.0, 0.0));
        near(poll.fresh_share(), 1.0, 1e-12);
        near(poll.age_of_information(), 10.0, 1e-9);
    }

    /// A hold time of zero is short polling, end to start, at the interval τ.
    #[test]
    fn without_a_hold_it_is_short_polling() {
        let poll = LongPoll { rate_per_s: 0.3, hold_s: 0.0, gap_s: 10.0, delay_s: 0.2 };
        near(poll.latency_mean(), 5.2, 1e-12);
        near(poll.latency_variance(), 100.0 / 12.0, 1e-12);
        near(poll.empty_share(), polling::empty_fixed(10.0, 0.3), 1e-12);
        near(poll.age_of_information(), polling::age_of_information(0.3, 5.0, 0.2), 1e-9);
    }

    #[test]
    fn the_quantile_inverts_the_distribution() {
        let poll = of(10.0);
        for share in [0.1, 0.5, 0.9, 0.99] {
            near(quantile(share, |x| poll.cdf(x)).unwrap(), poll.quantile(share), 1e-9);
        }
        // The mean is the integral of the tail.
        let step = 1e-5;
        let mean: f64 = (0..20_000).map(|i| step * (1.0 - poll.cdf((f64::from(i) + 0.5) * step))).sum();
        near(mean, poll.latency_mean(), 1e-6);
    }

    /// Variance, freshness and age against 400,000 simulated cycles; four standard errors.
    #[test]
    fn a_simulation_agrees() {
        let poll = LongPoll { rate_per_s: 2.0, hold_s: 0.8, gap_s: 0.5, delay_s: 0.2 };
        let simulated = simulate(&poll, 400_000);
        near(poll.latency_mean(), simulated.mean, 0.0012);
        near(poll.latency_variance(), simulated.variance, 0.0002);
        near(poll.fresh_share(), simulated.fresh, 0.0025);
        near(poll.age_of_information(), simulated.age, 0.006);
        near(poll.empty_share(), simulated.empty, 0.0017);
        near(poll.requests_per_event(), simulated.per_event, 0.0045);
    }

    struct Simulated {
        mean: f64,
        variance: f64,
        fresh: f64,
        age: f64,
        empty: f64,
        per_event: f64,
    }

    fn simulate(poll: &LongPoll, cycles: u32) -> Simulated {
        let mut state = 7_u64;
        let mut exponential = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            -libm::log1p(-((state >> 11) as f64 / (1_u64 << 53) as f64)) / poll.rate_per_s
        };
        let (mut left, mut next) = (0.0, exponential());
        let (mut waits, mut empties) = (Vec::new(), 0_u32);
        // (when it is held, when its newest event occurred); how long something was missing.
        let (mut held, mut newest, mut missing, mut missing_until) = (Vec::new(), 0.0, 0.0, 0.0_f64);
        for _ in 0..cycles {
            let asked = left + poll.gap_s;
            let leaves = asked.max(next.min(asked + poll.hold_s));
            empties += u32::from(next > leaves);
            while next <= leaves {
                waits.push(leaves - next + poll.delay_s);
                let from = missing_until.max(next);
                missing += (leaves + poll.delay_s - from).max(0.0);
                missing_until = leaves + poll.delay_s;
                newest = next;
                next += exponential();
            }
            held.push((leaves + poll.delay_s, newest));
            left = leaves;
        }
        let count = waits.len() as f64;
        let mean = waits.iter().sum::<f64>() / count;
        let aged: f64 = held
            .windows(2)
            .map(|pair| {
                let ((from, newest), (until, _)) = (pair[0], pair[1]);
                (until - from) * (f64::midpoint(from, until) - newest)
            })
            .sum();
        Simulated {
            mean,
            variance: waits.iter().map(|wait| (wait - mean) * (wait - mean)).sum::<f64>() / count,
            fresh: 1.0 - missing / left,
            age: aged / (left - held[0].0),
            empty: f64::from(empties) / f64::from(cycles),
            per_event: f64::from(cycles) / count,
        }
    }
}
