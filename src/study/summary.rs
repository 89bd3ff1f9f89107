//! `summary.json`, field for field. Names and meanings are a contract: add freely, rename nothing without
//! raising [`SCHEMA`].
//!
//! Times are in seconds, rates per second. With several replications counts are sums over all of them, and
//! means, rates and shares are taken over all of them together.

pub use crate::measure::Cpu;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this format.
pub const SCHEMA: u32 = 1;

/// The results of a run.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of pollhook that ran.
    pub version: String,
    /// The scenario as resolved: every default filled in, durations in seconds.
    pub scenario: serde_json::Value,
    /// What ran it.
    pub engine: Engine,
    /// False where the run was stopped before its end.
    pub complete: bool,
    /// The root of all randomness.
    pub seed: u64,
    /// How many runs these figures stand on.
    pub replications: u32,
    /// The time in which events occur.
    pub duration_s: f64,
    /// The report's first sentence.
    pub answer: String,
    /// What happened at the source, after the warm-up.
    pub events: SourceEvents,
    /// The contenders in the order of the scenario.
    pub clients: Vec<ClientSummary>,
    /// What was claimed, and whether it holds.
    pub expectations: Vec<ExpectationResult>,
    /// What a live run says of itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live: Option<Live>,
}

/// What ran the scenario.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Engine {
    /// Virtual time.
    Virtual,
    /// Real HTTP on loopback.
    Live,
}

/// What happened at the source.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct SourceEvents {
    /// Events in [warmup, duration).
    pub occurred: u64,
    /// Per second of that time.
    pub rate_per_s: f64,
}

/// What one client experienced. For a client with `count` or `resources`, all counts are sums.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct ClientSummary {
    /// As in the scenario.
    pub name: String,
    /// `poll` or `webhook`.
    pub kind: String,
    /// How many alike.
    pub count: u32,
    /// False where the load exceeds what can be served, so that means grow with the length of the run.
    pub stable: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unstable_because: Option<String>,
    /// Requests sent in [warmup, duration).
    pub requests: Requests,
    /// Share of polls that were answered and brought nothing new; None for a client that does not poll.
    #[serde(default)]
    pub empty_share: Option<f64>,
    /// What came on streams; all zero for a client that does not stay connected.
    #[serde(default)]
    pub frames: Frames,
    /// HTTP bytes of those requests and their answers, headers included.
    pub bytes: Bytes,
    /// The ledger: occurred = delivered + lost + pending.
    pub events: EventCounts,
    /// Share of the events that occurred which the client held at the end; None without events.
    #[serde(default)]
    pub delivered_share: Option<f64>,
    /// Webhook deliveries; the drain's included.
    pub attempts: Attempts,
    /// From occurrence to being held.
    pub latency_s: Latency,
    /// Shares of all events that occurred; the lost count as never; None without events. Keys `1s`, `10s`, `1m`, `10m`, `1h`.
    pub known_within: BTreeMap<String, Option<f64>>,
    /// Times within which a share of all events that occurred was known; the lost count as never.
    #[serde(default)]
    pub known_after_s: KnownAfter,
    /// Age of information.
    pub age_s: Age,
    /// Share of time in which the client holds every event that has occurred.
    pub fresh_share: Option<f64>,
    /// 95 % confidence intervals [low, high] under the same names; empty with one replication.
    pub interval: serde_json::Value,
    /// What closed forms predict, under the same names; null where there is none.
    pub theory: Theory,
}

/// Requests of one client. `total` = `empty` + `non_empty` + `failed` = the sum of `by_status`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Requests {
    /// Sent in [warmup, duration).
    pub total: u64,
    /// Answered 2xx, and brought no event that the client did not have.
    pub empty: u64,
    /// Answered 2xx, and brought something new.
    pub non_empty: u64,
    /// Refused, timed out, or answered otherwise.
    pub failed: u64,
    /// By HTTP status, or `refused`, `timeout`, `unanswered` (the run was stopped before).
    pub by_status: BTreeMap<String, u64>,
    /// Deliveries that were not the first attempt, of `total`.
    pub retries: u64,
    /// Of `total`, the polls: all of a poller's, the reconciling ones of a webhook with `reconcile`.
    pub polls: u64,
    /// Of `polls`, those answered 2xx with nothing new.
    pub empty_polls: u64,
    /// Sent after `duration`; not in `total`.
    pub drain: u64,
    /// `total` by events that occurred; None without events.
    pub per_event: Option<f64>,
    /// `total` by seconds of [warmup, duration).
    pub per_s: f64,
}

impl Requests {
    /// Whether a good part of the requests was sent after the end, so that the total alone would mislead.
    pub const fn has_long_drain(&self) -> bool {
        self.drain >= 10 && self.drain * 10 > self.total
    }
}

/// What came on streams, of what was sent in [warmup, duration).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Frames {
    /// Events.
    pub events: u64,
    /// Heartbeats.
    pub heartbeats: u64,
    /// Heartbeats by seconds of that time.
    pub heartbeats_per_s: f64,
}

/// HTTP bytes, counted when sent for requests and when received for answers.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bytes {
    /// From the client to the source.
    pub to_source: u64,
    /// From the source to the client.
    pub to_client: u64,
    /// Both.
    pub total: u64,
}

/// What became of the events, counted once for each member of a client.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventCounts {
    /// In [warmup, duration).
    pub occurred: u64,
    /// Held at the end.
    pub delivered: u64,
    /// Never to be held.
    pub lost: u64,
    /// Neither, when the run ended.
    pub pending: u64,
    /// Deliveries that the client received: each is the first of its event, or a duplicate, or of an event that reconciling had found.
    pub receipts: u64,
    /// Receipts of events that the client held already.
    pub duplicates: u64,
    /// Events held later than one that occurred after them.
    pub out_of_order: u64,
}

/// Webhook deliveries.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Attempts {
    /// Requests of all deliveries of the events counted.
    pub total: u64,
    /// By events; 0 for a client that nothing is delivered to, None without events.
    pub per_event: Option<f64>,
    /// Duplicates by events, None without events.
    #[serde(default)]
    pub duplicates_per_event: Option<f64>,
    /// Deliveries that the sender gave up.
    pub gave_up: u64,
}

/// Latencies of the events that were delivered. Percentiles by nearest rank, exact up to 16,384 events; beyond that
/// one that few events share is exact to three significant digits. A percentile p is null with fewer than 1/(1-p)
/// events.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Latency {
    /// Events delivered.
    pub count: u64,
    /// Mean.
    pub mean: Option<f64>,
    /// Standard deviation.
    pub stddev: Option<f64>,
    /// Least.
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
    /// Greatest.
    pub max: Option<f64>,
}

/// Percentiles over all events that occurred, where `latency_s` has those of the delivered ones: a client that loses
/// its slow events looks fast there and not here. Null where there are too few events.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct KnownAfter {
    /// Half of the events.
    pub p50: Option<Reached>,
    /// 95 % of them.
    pub p95: Option<Reached>,
    /// 99 % of them.
    pub p99: Option<Reached>,
    /// All of them.
    pub max: Option<Reached>,
}

/// When a share of the events was known: a number of seconds, or `"never"`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub enum Reached {
    /// Not until the end of the run.
    #[serde(rename = "never")]
    Never,
    /// Within so many seconds of their occurrence.
    #[serde(untagged)]
    After(f64),
}

impl Reached {
    /// Infinite for never, so that sooner is less.
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
    /// Averaged over the time in [warmup, duration) in which the client holds an event at all, and over members.
    pub mean: Option<f64>,
}

/// What closed forms predict, under the names of the figures that they predict.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Theory {
    /// Latency.
    pub latency_s: TheoryLatency,
    /// Requests.
    pub requests: TheoryRequests,
    /// Share of polls that are empty.
    pub empty_share: Option<f64>,
    /// What comes on streams.
    #[serde(default)]
    pub frames: TheoryFrames,
    /// Deliveries.
    pub attempts: TheoryAttempts,
    /// Share of events that are ever held.
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
    /// Greatest.
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
    /// Duplicate receipts per delivery.
    pub duplicates_per_event: Option<f64>,
}

/// Whether a claim of the scenario holds.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct ExpectationResult {
    /// The client.
    pub client: String,
    /// The path in its object.
    pub metric: String,
    /// `below`, `above` or `equals`.
    pub bound: String,
    /// Whether it holds; a figure that is null holds no claim. None: this run cannot tell.
    pub holds: Option<bool>,
    /// Why this run cannot tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undecided_because: Option<String>,
    /// The figure.
    pub value: Option<f64>,
    /// What it was held against.
    pub limit: f64,
}

/// What a live run says of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Live {
    /// By how much the scenario's time was compressed.
    pub speed: f64,
    /// How much later than scheduled the engine did things, in seconds of the scenario.
    pub lateness_s: Latency,
    /// Requests to the parties of the scenario that were none of theirs (forged, repeated or mistaken): they were
    /// refused and stand in no other figure.
    #[serde(default)]
    pub foreign_requests: u64,
    /// CPU time of each side in real seconds; null where the system does not tell.
    pub cpu_s: Option<Cpu>,
}
