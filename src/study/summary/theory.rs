//! Predictions of closed forms.

use super::Age;
use serde::{Deserialize, Serialize};

/// Predictions of closed forms, under the names of the figures.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Theory {
    /// Latency.
    pub latency_s: TheoryLatency,
    /// Requests.
    pub requests: TheoryRequests,
    /// Share of polls that are empty.
    pub empty_share: Option<f64>,
    /// Frames received on streams.
    #[serde(default)]
    pub frames: TheoryFrames,
    /// Deliveries.
    pub attempts: TheoryAttempts,
    /// Share of events that the client holds in the end.
    pub delivered_share: Option<f64>,
    /// Age of information.
    pub age_s: Age,
    /// Share of time in which the client holds every event.
    pub fresh_share: Option<f64>,
}

/// Predicted latency.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct TheoryLatency {
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation.
    pub stddev: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// 90th percentile.
    pub p90: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
    /// 99.9th percentile.
    pub p999: Option<f64>,
    /// Least upper bound.
    pub max: Option<f64>,
}

/// Predicted requests.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct TheoryRequests {
    /// Per second.
    pub per_s: Option<f64>,
    /// Per event.
    pub per_event: Option<f64>,
}

/// Predicted frames.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct TheoryFrames {
    /// Heartbeats per second.
    pub heartbeats_per_s: Option<f64>,
}

/// Predicted deliveries.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct TheoryAttempts {
    /// Attempts per delivery.
    pub per_event: Option<f64>,
    /// Duplicates received per delivery.
    pub duplicates_per_event: Option<f64>,
}
