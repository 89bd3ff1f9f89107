//! Wait in a first-come-first-served queue with Poisson arrivals: the time before an attempt starts.
//! The distribution for fixed service times is in [`md1`](super::md1). Knows no worker and no delivery.
//!
//! λ = `rate_per_s`. S is the whole time for which a worker is occupied, until the answer is back. ρ = λ E S / c is
//! below 1 throughout.

/// M/G/1, Pollaczek and Khinchine: mean wait λ E S^2 / (2 (1 - ρ)).
pub fn single_mean(rate_per_s: f64, service_mean: f64, service_second: f64) -> f64 {
    rate_per_s * service_second / (2.0 * (1.0 - rate_per_s * service_mean))
}

/// M/G/1: variance of the wait, λ E S^3 / (3 (1 - ρ)) plus the square of the mean wait (Takács 1962).
pub fn single_variance(rate_per_s: f64, service_mean: f64, service_second: f64, service_third: f64) -> f64 {
    let mean = single_mean(rate_per_s, service_mean, service_second);
    rate_per_s * service_third / (3.0 * (1.0 - rate_per_s * service_mean)) + mean * mean
}

/// One worker sends each event to m = `members` subscribers: mean wait over all of them,
/// λ m E S^2 / (2 (1 - ρ)) + (m - 1) E S / (2 (1 - ρ)) with ρ = λ m E S. For a fixed service time s this is
/// (ρ + m - 1) s / (2 (1 - ρ)).
pub fn fan_out_mean(rate_per_s: f64, members: f64, service_mean: f64, service_second: f64) -> f64 {
    let idle = 1.0 - rate_per_s * members * service_mean;
    (rate_per_s * members * service_second + (members - 1.0) * service_mean) / (2.0 * idle)
}

/// Requests that all arrive at once at `servers` servers with a fixed service time: the one with k before it waits for
/// floor(k / c) services. The mean over all n of them; (n - 1) s / 2 at one server.
pub fn in_phase_mean(requests: u32, servers: u32, service_s: f64) -> f64 {
    let (whole, rest) = (f64::from(requests / servers), f64::from(requests % servers));
    let services = f64::from(servers) * whole * (whole - 1.0) / 2.0 + rest * whole;
    services * service_s / f64::from(requests)
}

/// Erlang C: the chance to wait with `servers` servers and offered load a = λ E S, below `servers`. Computed from the
/// recursion for Erlang B, which is numerically stable.
pub fn erlang_c(servers: u32, load: f64) -> f64 {
    let blocked = (1..=servers).fold(1.0, |b, k| load * b / (f64::from(k) + load * b));
    let occupied = load / f64::from(servers);
    blocked / (1.0 - occupied + occupied * blocked)
}

/// M/M/c: Poisson arrivals, exponential service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Markov {
    /// Chance to wait, C.
    pub waits: f64,
    /// Rate at which the distribution of the wait decays, cμ - λ per second; above zero.
    pub decay_per_s: f64,
}

impl Markov {
    /// The queue with that many servers; None where it has no steady state.
    pub fn new(servers: u32, rate_per_s: f64, service_mean: f64) -> Option<Self> {
        let load = rate_per_s * service_mean;
        (load < f64::from(servers)).then(|| Self {
            waits: erlang_c(servers, load),
            decay_per_s: (f64::from(servers) - load) / service_mean,
        })
    }

    /// Mean wait: C/(cμ - λ).
    pub const fn mean(&self) -> f64 {
        self.waits / self.decay_per_s
    }

    /// Variance of the wait: (2C - C^2)/(cμ - λ)^2.
    pub const fn variance(&self) -> f64 {
        self.waits * (2.0 - self.waits) / (self.decay_per_s * self.decay_per_s)
    }

    /// P(wait <= t) = 1 - C e^(-(cμ - λ)t).
    pub fn cdf(&self, wait_s: f64) -> f64 {
        if wait_s < 0.0 { 0.0 } else { 1.0 - self.waits * libm::exp(-self.decay_per_s * wait_s) }
    }

    /// ln(C/(1 - share))/(cμ - λ), 0 where 1 - share > C.
    pub fn quantile(&self, share: f64) -> f64 {
        libm::log(self.waits / (1.0 - share)).max(0.0) / self.decay_per_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    /// Values of tables of queues, s = 1.
    #[test]
    fn values_of_the_literature() {
        near(single_mean(0.8, 1.0, 1.0), 2.0, 1e-12);
        near(single_mean(0.8, 1.0, 2.0), 4.0, 1e-12);
        for (servers, load, chance) in
            [(3, 2.0, 4.0 / 9.0), (4, 3.2, 0.59643), (4, 3.6, 0.78775), (10, 8.0, 0.40918)]
        {
            near(erlang_c(servers, load), chance, 5e-6);
        }
        near(fan_out_mean(0.15, 5.0, 1.0, 1.0), 9.5, 1e-12);
        near(fan_out_mean(0.8, 1.0, 1.0, 1.0), 2.0, 1e-12);
        // Lognormal with squared coefficient of variation 4, load 0.6.
        near(single_mean(0.6, 1.0, 5.0), 3.75, 1e-12);
    }

    #[test]
    fn requests_in_phase() {
        near(in_phase_mean(1000, 1, 0.02), 9.99, 1e-12);
        for (requests, servers) in [(7, 3), (9, 3), (2, 3), (1, 1), (1000, 7)] {
            let sum: f64 = (0..requests).map(|before| f64::from(before / servers)).sum();
            near(in_phase_mean(requests, servers, 1.0), sum / f64::from(requests), 1e-9);
        }
    }

    #[test]
    fn markov_queues() {
        let one = Markov::new(1, 0.8, 1.0).unwrap();
        near(one.mean(), 4.0, 1e-12);
        near(one.quantile(0.95), 13.863, 5e-4);
        near(one.variance(), single_variance(0.8, 1.0, 2.0, 6.0), 1e-9);
        assert_eq!(one.quantile(0.1), 0.0);
        near(one.cdf(one.quantile(0.99)), 0.99, 1e-12);
        let four = Markov::new(4, 3.6, 1.0).unwrap();
        near(four.waits, 0.788, 5e-4);
        near(four.mean(), 1.97, 5e-3);
        assert_eq!(Markov::new(4, 4.0, 1.0), None);
    }
}
