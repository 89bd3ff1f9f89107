//! The series of lateness: when events became known, how far behind a client was, and what happens after an outage.

use crate::study::summary::Reached;

/// The share of events that one client held within a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The client.
    pub client: usize,
    /// Events that occurred.
    pub occurred: u64,
    /// (latency in seconds, share held within it), both increasing; at most 600 points.
    pub steps: Vec<(f64, f64)>,
    /// Share of the events that it did not hold when the run ended (lost or pending).
    pub never: f64,
    /// Number of these events.
    pub never_count: u64,
    /// The time within which it held half of all events; None with too few events.
    pub p50: Option<Reached>,
    /// The same for 99 %.
    pub p99: Option<Reached>,
    /// The predicted curve, where there is one.
    pub theory: Option<Vec<(f64, f64)>>,
}

/// The time around the outages that a webhook saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovery {
    /// The time that is shown.
    pub span_s: (f64, f64),
    /// When the last of the outages ended.
    pub ended_s: f64,
    /// Width of a bin.
    pub bin_s: f64,
    /// One for each client.
    pub clients: Vec<RecoveryLine>,
}

/// One client around the outages.
#[derive(Clone, Debug, PartialEq)]
pub struct RecoveryLine {
    /// The client.
    pub client: usize,
    /// (time, events that have occurred and are held later): the most in each of 200 steps.
    pub waiting: Vec<(f64, u64)>,
    /// In order of time.
    pub bins: Vec<RecoveryBin>,
    /// Events of the whole run that were never held.
    pub never: u64,
    /// From the end of the outages until the last event that had waited for it arrived; None where none had.
    pub caught_up_s: Option<f64>,
}

/// The requests and the events of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecoveryBin {
    /// Requests that were sent.
    pub sent: u64,
    /// Of these, those that failed and brought nothing.
    pub failed: u64,
    /// Events that the client held for the first time.
    pub arrived: u64,
}

/// The age of the oldest event that each client lacks, over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Behind {
    /// The time that is shown.
    pub span_s: (f64, f64),
    /// One for each client.
    pub clients: Vec<BehindLine>,
}

/// One client's line.
#[derive(Clone, Debug, PartialEq)]
pub struct BehindLine {
    /// The client.
    pub client: usize,
    /// (time, age of the oldest unknown event in seconds): the greatest in each of at most 600 steps.
    pub points: Vec<(f64, f64)>,
    /// The time of the greatest age, and that age.
    pub worst: Option<(f64, f64)>,
    /// What brought the oldest event of that time, such as `retry 3`.
    pub ended_by: Option<String>,
    /// Whether the greatest age is at the end of the time that is shown, with the event still missing.
    pub growing: bool,
}
