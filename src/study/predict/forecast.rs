//! The predictions for one client: its figures, and the distribution of its latency.

use super::distribution::LatencyDistribution;
use crate::study::summary::Theory;

/// The predictions of closed forms for a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Forecast {
    pub(super) theory: Theory,
    /// The distribution of the latency, where it is known.
    pub(super) distribution: Option<LatencyDistribution>,
}

impl Forecast {
    /// Figures without a distribution.
    pub(super) const fn of(theory: Theory) -> Self {
        Self { theory, distribution: None }
    }

    /// Sets the quantiles and the maximum of the latency from the distribution.
    pub(super) fn with_distribution(mut self, distribution: Option<LatencyDistribution>) -> Self {
        if let Some(distribution) = &distribution {
            let latency = &mut self.theory.latency_s;
            latency.p50 = distribution.quantile(0.5);
            latency.p90 = distribution.quantile(0.9);
            latency.p95 = distribution.quantile(0.95);
            latency.p99 = distribution.quantile(0.99);
            latency.p999 = distribution.quantile(0.999);
            latency.max = distribution.max();
        }
        self.distribution = distribution;
        self
    }

    /// Sets the maximum of the latency, of which a run tells more than its distribution; None where it has no bound.
    pub(super) const fn with_max(mut self, max_s: Option<f64>) -> Self {
        self.theory.latency_s.max = max_s;
        self
    }
}

/// How far the mean latency of a run may be from the predicted one, by chance and because the run begins.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// The design effect: events whose latencies depend on the same draw, on average. A mean over n events is as
    /// uncertain as one over n / `cluster` independent ones.
    pub cluster: f64,
    /// The variance of the mean of one replication that comes from the random phases, in seconds squared. It does not
    /// depend on the number of events.
    pub phase_s2: f64,
    /// How much the mean may differ because the process is not stationary at the beginning of the run, in seconds.
    pub bias_s: f64,
    /// The share of the events whose latencies are different at the ends of the run, or depend on a single draw, such as
    /// those of the first gap between polls.
    pub edge: f64,
    /// The most attempts of a delivery; 0 where there are no deliveries.
    pub attempts: u32,
}

/// The value; None where it is infinite or not a number, which is no prediction.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
