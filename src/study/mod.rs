//! From measurements to results: replications, confidence intervals, theory beside them, and the figures that
//! charts are drawn from. Everything that a report shows is in [`Results`].

mod aggregate;
pub mod answer;
mod checks;
mod expect;
pub mod figures;
pub mod human;
mod interval;
pub mod predict;
mod replication;
mod rows;
mod run;
mod series;
mod summarise;
pub mod summary;
mod value;

pub use aggregate::{Aggregate, Reduced};
pub use replication::{Replication, replicate};
pub use run::{results, run};
pub use summarise::latency;
pub use value::value;

/// All that a run has to say: the report is made from this and from nothing else.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Results {
    /// The scenario as it ran.
    pub scenario: crate::scenario::Scenario,
    /// The numbers, as `summary.json` has them.
    pub summary: summary::Summary,
    /// The series behind the charts.
    pub figures: figures::Figures,
    /// A row for each event and client, in the order of `events.csv`; None above a million rows, unless asked for.
    pub rows: Option<Vec<EventRow>>,
    /// A row for each replication and client, replication by replication.
    pub replications: Vec<ReplicationRow>,
    /// For each client, in the scenario's order, the latency histogram in nanoseconds.
    pub histograms: Vec<hdrhistogram::Histogram<u64>>,
    /// Statements that were checked in this run, theory and conservation, in the words of the report.
    pub checks: Vec<Check>,
}

/// The figures of one client in one replication: a row of `replications.csv`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReplicationRow {
    /// Its number, from 0 on.
    pub replication: u32,
    /// Index of the client in the scenario.
    pub client: usize,
    /// In the order of [`Figure::ALL`](crate::figure::Figure::ALL); infinite for a time that never came, None where
    /// nothing can be said.
    pub figures: Vec<Option<f64>>,
}

/// One event as one member of one client got it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventRow {
    /// The event's id on the wire.
    pub event: String,
    /// Index of the client in the scenario.
    pub client: usize,
    /// Member of a client with `count`, counted from 0.
    pub member: u32,
    /// When it occurred, in seconds.
    pub occurred_s: f64,
    /// When the client held it first; None: never.
    pub received_s: Option<f64>,
    /// From the one to the other, in seconds; None: never held.
    pub latency_s: Option<f64>,
    /// Requests of its delivery; 0 for a poll.
    pub attempts: u32,
    /// What became of it.
    pub outcome: figures::Fate,
}

/// One statement that was held against the run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The whole statement, such as `poll 60s: mean 30.4 s, theory 30.0 ± 2.1 (T/2)`.
    pub text: String,
    /// What the run says of it.
    pub verdict: Verdict,
}

/// What a run says of a statement. In the order in which a reader wants them: what is wrong comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verdict {
    /// The run contradicts it.
    Differs,
    /// The run is too short to contradict it, whatever had come out.
    TooFewEvents,
    /// The run could have contradicted it, and does not.
    Agrees,
}
