//! Latencies, and how fresh what a client holds is.

use serde::{Deserialize, Serialize};

/// Latencies of the events that were delivered. Percentiles are by nearest rank. They are exact up to 16,384 events;
/// beyond that, one that few events share is exact to three significant digits. A percentile p is null with fewer than
/// 1/(1-p) events.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Latency {
    /// Events delivered.
    pub count: u64,
    /// Mean.
    pub mean: Option<f64>,
    /// Population standard deviation.
    pub stddev: Option<f64>,
    /// Minimum.
    pub min: Option<f64>,
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
    /// Maximum.
    pub max: Option<f64>,
}

/// Percentiles over all events that occurred. `latency_s` has those of the delivered events, in which a client that
/// loses its slow events looks fast. Null where there are too few events.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct KnownAfter {
    /// The time within which the client held half of the events.
    pub p50: Option<Reached>,
    /// The same for 95 % of them.
    pub p95: Option<Reached>,
    /// The same for 99 % of them.
    pub p99: Option<Reached>,
    /// The same for all of them.
    pub max: Option<Reached>,
}

/// The time within which a client held a share of the events: a number of seconds, or `"never"`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub enum Reached {
    /// It did not hold that share when the run ended.
    #[serde(rename = "never")]
    Never,
    /// Seconds from an event's occurrence.
    #[serde(untagged)]
    After(f64),
}

impl Reached {
    /// Seconds; infinite for never, so that two times can be compared.
    pub const fn seconds(self) -> f64 {
        match self {
            Self::Never => f64::INFINITY,
            Self::After(seconds) => seconds,
        }
    }
}

/// Age of information: now minus the occurrence of the newest event held.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Age {
    /// Mean in seconds, over the time in [warmup, duration) in which the client holds at least one event, and over the
    /// `count` clients.
    pub mean: Option<f64>,
}
