//! The wait in a queue with one worker and a fixed service time (M/D/1), as a distribution.
//!
//! Erlang's alternating series loses all its digits after a few service times. Here every term is positive, so the
//! tail is as accurate as the middle: the number of attempts present comes from the recursion of Tijms (1994), and
//! the wait from that number as in Franx (2001).

/// An M/D/1 queue in its steady state.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedService {
    rate_per_s: f64,
    service_s: f64,
    /// Element n: the chance that at most n are present, the one in service included.
    at_most: Vec<f64>,
}

impl FixedService {
    /// The queue with λ = `rate_per_s` arrivals and S = `service_s`. None where either is not above zero, where it has no
    /// steady state, or where ρ is above 0.999: then the table would be too long.
    pub fn new(rate_per_s: f64, service_s: f64) -> Option<Self> {
        let load = rate_per_s * service_s;
        (rate_per_s > 0.0 && service_s > 0.0 && load <= HIGHEST_LOAD).then(|| Self {
            rate_per_s,
            service_s,
            at_most: at_most(load),
        })
    }

    /// P(wait <= t). With t in [(k - 1)s, ks): e^(-x) Σ_j Q_(k-1-j) x^j/j!, j from 0 to k - 1, where x = λ(ks - t) and
    /// Q_i is the chance that at most i wait, i + 1 are present.
    pub fn cdf(&self, wait_s: f64) -> f64 {
        if wait_s < 0.0 {
            return 0.0;
        }
        let services = libm::floor(wait_s / self.service_s) + 1.0;
        let due = self.rate_per_s * (services * self.service_s - wait_s);
        let mut term = libm::exp(-due);
        let mut sum = 0.0;
        // x is at most ρ < 1, so terms after the thirtieth are negligible.
        for j in 0..30 {
            let waiting = services - 1.0 - f64::from(j);
            if waiting < 0.0 {
                break;
            }
            sum += term * self.at_most.get(waiting as usize + 1).copied().unwrap_or(1.0);
            term *= due / f64::from(j + 1);
        }
        sum.min(1.0)
    }
}

/// P(at most n present), n = 0, 1, ..., until it is within 10^-14 of 1: p_0 = 1 - ρ and
/// p_n (1 - b_0) = b_(n-1) p_0 + Σ_(k=1..n-1) b_(n-k) p_k with b_i = P(Poisson(ρ) > i).
fn at_most(load: f64) -> Vec<f64> {
    let above = poisson_above(load);
    let mut present = vec![1.0 - load];
    let mut left = load;
    let mut at_most = vec![1.0 - load];
    while left > 1e-14 {
        let n = present.len();
        let from = n.saturating_sub(above.len() - 1).max(1);
        let first = above.get(n - 1).copied().unwrap_or(0.0) * present[0];
        let sum = (from..n).fold(first, |sum, k| sum + above[n - k] * present[k]);
        let next = sum / (1.0 - above[0]);
        present.push(next);
        left -= next;
        at_most.push(1.0 - left.max(0.0));
        if next < 1e-16 {
            break;
        }
    }
    at_most
}

/// P(Poisson(mean) > i) for i = 0, 1, ..., summed from the far end so that small values keep their digits.
fn poisson_above(mean: f64) -> Vec<f64> {
    const TERMS: usize = 40;
    let mut probability = libm::exp(-mean);
    let probabilities: Vec<f64> = (1..=TERMS)
        .map(|i| {
            probability *= mean / i as f64;
            probability
        })
        .collect();
    let mut above: Vec<f64> = probabilities
        .iter()
        .rev()
        .scan(0.0, |sum, p| {
            *sum += p;
            Some(*sum)
        })
        .collect();
    above.reverse();
    above
}

/// Above this load the table of [`FixedService`] would have tens of thousands of elements.
const HIGHEST_LOAD: f64 = 0.999;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::quantile;
    use crate::theory::queue::{single_mean, single_variance};

    /// Erlang's series, good for short waits only.
    fn series(load: f64, t: f64) -> f64 {
        let mut factorial = 1.0;
        let sum: f64 = (0..=t as u32)
            .map(|k| {
                factorial *= f64::from(k.max(1));
                let x = -load * (t - f64::from(k));
                libm::pow(x, f64::from(k)) / factorial * libm::exp(-x)
            })
            .sum();
        (1.0 - load) * sum
    }

    /// ρ = 0.8.
    #[test]
    fn quantiles_of_the_literature() {
        let queue = FixedService::new(0.8, 1.0).unwrap();
        for (share, expected) in [(0.5, 1.2759), (0.9, 5.0115), (0.95, 6.6203), (0.99, 10.3559)] {
            let found = quantile(share, |t| queue.cdf(t)).unwrap();
            assert!((found - expected).abs() < 6e-5, "{share}: {found}");
        }
        assert!((queue.cdf(0.0) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn short_waits_agree_with_erlangs_series() {
        for load in [0.1, 0.5, 0.9] {
            let queue = FixedService::new(load, 1.0).unwrap();
            for t in 0..80 {
                let t = f64::from(t) / 10.0;
                assert!((queue.cdf(t) - series(load, t)).abs() < 1e-10, "{load} {t}");
            }
        }
    }

    /// The integral of the tail is Pollaczek and Khinchine's mean, to 10 digits though the wait reaches 50 services.
    #[test]
    fn the_tail_stays_accurate() {
        let queue = FixedService::new(0.9, 1.0).unwrap();
        let (mut mean, mut second, step) = (0.0, 0.0, 0.01);
        let mut last = 0.0;
        for i in 0..20_000 {
            let t = f64::from(i) * step;
            // The tail has kinks at whole services only: Simpson's rule on each step.
            let tail = |t: f64| 1.0 - queue.cdf(t);
            let (a, b, c) = (tail(t), tail(t + step / 2.0), tail(t + step * (1.0 - 1e-12)));
            mean += step / 6.0 * (a + 4.0 * b + c);
            second += step / 6.0 * 2.0 * (t * a + 4.0 * (t + step / 2.0) * b + (t + step) * c);
            assert!(queue.cdf(t) >= last - 1e-13, "falls at {t}");
            last = queue.cdf(t);
        }
        assert!((mean - single_mean(0.9, 1.0, 1.0)).abs() < 1e-8, "{mean}");
        assert!((second - mean * mean - single_variance(0.9, 1.0, 1.0, 1.0)).abs() < 1e-5, "{second}");
        // Far out the tail falls as e^(-θt) with λ (e^(θs) - 1) = θ (Cramér and Lundberg).
        let ratio = (1.0 - queue.cdf(50.0)) / (1.0 - queue.cdf(49.0));
        let theta = -libm::log(ratio);
        assert!((0.9 * (libm::exp(theta) - 1.0) - theta).abs() < 1e-6, "{theta}");
    }

    #[test]
    fn no_steady_state_no_distribution() {
        assert!(FixedService::new(1.0, 1.0).is_none());
        assert!(FixedService::new(1.0, 0.0).is_none());
        assert!(FixedService::new(0.999, 1.0).unwrap().at_most.len() < 20_000);
    }
}
