//! `summary.json`, field for field. Names and meanings are a contract: fields are added, and none is renamed without a
//! higher [`SCHEMA`].
//!
//! Times are in seconds, rates per second. With several replications counts are sums over all of them; means, rates and
//! shares are taken over all of them together.

mod client;
mod theory;
mod times;

pub use crate::measure::Cpu;
pub use client::{
    AttackBytes, Attacked, Attacks, Attempts, Bytes, Calls, ClientSummary, EventCounts, Frames, HeldBack,
    Requests, Setup,
};
use serde::{Deserialize, Serialize};
pub use theory::{Theory, TheoryAttempts, TheoryFrames, TheoryLatency, TheoryRequests};
pub use times::{Age, KnownAfter, Latency, Reached};

/// The version of this format.
pub const SCHEMA: u32 = 1;

/// The results of a run: the content of `summary.json`.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// [`SCHEMA`], the version of the format.
    pub schema: u32,
    /// The version of pollhook.
    pub version: String,
    /// The scenario with every default filled in and durations in seconds.
    pub scenario: serde_json::Value,
    /// The engine.
    pub engine: Engine,
    /// False where the run was stopped early.
    pub complete: bool,
    /// The seed of all random draws.
    pub seed: u64,
    /// Number of replications that the figures are taken from.
    pub replications: u32,
    /// The replication that is shown along time, in the charts and in `events.csv`: its number, from 1 on. Left out for
    /// the first.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub replication: u32,
    /// Only for a run with as many replications as a precision asks for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub precision: Option<Precision>,
    /// The time in which events occur: `duration` of the scenario.
    pub duration_s: f64,
    /// The report's first sentence.
    pub answer: String,
    /// What happened at the source, after the warm-up.
    pub events: SourceEvents,
    /// The clients in the order of the scenario.
    pub clients: Vec<ClientSummary>,
    /// The claims of the scenario, `[[expect]]`, and whether they hold.
    pub expectations: Vec<ExpectationResult>,
    /// Only for a live run: how it went.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live: Option<Live>,
}

/// How precise the figures are that the first sentence is about, in a run that was to make them so precise.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Precision {
    /// Half the width of a 95 % interval as a share of its figure, that all of them were to have at most.
    pub wanted: f64,
    /// The client with the widest interval.
    pub client: String,
    /// The path of its figure.
    pub figure: String,
    /// What that one has; None where it has no interval.
    pub half_width: Option<f64>,
}

impl Precision {
    /// Whether all figures are as precise as they were to be.
    pub fn is_reached(&self) -> bool {
        self.half_width.is_some_and(|half_width| half_width <= self.wanted)
    }
}

const fn first() -> u32 {
    1
}

const fn is_first(replication: &u32) -> bool {
    *replication == first()
}

/// The engine that ran the scenario.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Engine {
    /// Virtual time.
    Virtual,
    /// Real HTTP on loopback.
    Live,
}

/// The events at the source.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct SourceEvents {
    /// Events that occurred in [warmup, duration).
    pub occurred: u64,
    /// `occurred` per second of that time.
    pub rate_per_s: f64,
}

/// The result of one claim, `[[expect]]`.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct ExpectationResult {
    /// Name of the client.
    pub client: String,
    /// Path of the figure in the client's object.
    pub metric: String,
    /// `below`, `above` or `equals`.
    pub bound: String,
    /// Whether the claim holds; it does not where the figure is null. None where this run cannot decide.
    pub holds: Option<bool>,
    /// Why this run cannot decide.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undecided_because: Option<String>,
    /// The measured figure.
    pub value: Option<f64>,
    /// The limit that it was compared with.
    pub limit: f64,
}

/// How a live run went.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Live {
    /// Seconds of the scenario per second of real time.
    pub speed: f64,
    /// How much later than scheduled the engine acted, in seconds of the scenario.
    pub lateness_s: Latency,
    /// Requests that no party of the scenario sent (forged, repeated or mistaken). They were refused and are in no
    /// other figure.
    #[serde(default)]
    pub foreign_requests: u64,
    /// CPU time of each side in real seconds; null where the system does not report it.
    pub cpu_s: Option<Cpu>,
    /// The scenarios that ran in turns with this one, a replication of each after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_turns_with: Vec<String>,
}
