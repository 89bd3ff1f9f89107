//! Everything that is foretold of one client: the figures, and the distribution behind them.

use super::distribution::LatencyDistribution;
use crate::study::summary::Theory;

/// What closed forms say of a client.
#[derive(Clone, Debug, Default)]
pub(super) struct Forecast {
    pub(super) theory: Theory,
    /// The distribution of the latency.
    pub(super) distribution: Option<LatencyDistribution>,
}

impl Forecast {
    /// Figures without a distribution.
    pub(super) const fn of(theory: Theory) -> Self {
        Self { theory, distribution: None }
    }

    /// Fills in the quantiles and the greatest latency from the distribution.
    pub(super) fn with_distribution(mut self, distribution: Option<LatencyDistribution>) -> Self {
        if let Some(distribution) = &distribution {
            let latency = &mut self.theory.latency_s;
            latency.p50 = distribution.quantile(0.5);
            latency.p90 = distribution.quantile(0.9);
            latency.p95 = distribution.quantile(0.95);
            latency.p99 = distribution.quantile(0.99);
            latency.p999 = distribution.quantile(0.999);
            latency.max = latency.max.or_else(|| distribution.max());
        }
        self.distribution = distribution;
        self
    }
}

/// How far the mean latency of a run may be from the predicted one, by chance and by its beginning.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    /// Events that share their luck on average: a mean over n of them is as uncertain as one over n divided by this of
    /// independent ones.
    pub cluster: f64,
    /// Variance of the mean of one replication that comes from the phases drawn, in seconds squared, however many
    /// events there are.
    pub phase_s2: f64,
    /// What the beginning of the run may add to the mean or take from it, in seconds.
    pub bias_s: f64,
}

/// A figure is predicted only where it is a finite number.
pub(super) fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}
