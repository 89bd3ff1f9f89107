//! From measurements to results: replications, confidence intervals, predictions, and the series of the charts.
//! Everything that a report shows is in [`Results`].

mod again;
mod aggregate;
pub mod answer;
mod checks;
mod expect;
pub mod figures;
pub mod human;
mod interval;
mod notes;
mod per_replication;
mod precise;
pub mod predict;
mod replication;
mod rows;
mod run;
mod series;
mod shard;
mod summarise;
pub mod summary;
mod value;
mod warm_up;
mod worst;

pub use again::Again;
pub use aggregate::{Aggregate, Reduced, Tally};
pub use interval::{
    difference, difference_of_rows, ends as interval, mean_and_error, scatter as jackknife_error, student,
    student_975, why_none as why_no_interval,
};
pub use notes::{cut_off, modelled, notes, seed_dependence, trace_events};
pub use per_replication::PerReplication;
pub use precise::{LAST as MOST_REPLICATIONS, why_not as why_not_precise};
pub use replication::{Replication, replicate, window_s};
pub use run::{results, run, run_in_short, run_to_show, run_until_precise};
pub use shard::{MergeError, Shard, merge, run_shard};
pub use summarise::latency;
pub use value::{predicted, value};
pub use warm_up::{Unsettled, note as warm_up_note, settled};
pub use worst::{Worst, worst};

/// The results of a run. A report is made from them alone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Results {
    /// The scenario as it ran.
    pub scenario: crate::scenario::Scenario,
    /// The content of `summary.json`.
    pub summary: summary::Summary,
    /// The series of the charts.
    pub figures: figures::Figures,
    /// A row for each event and client, in the order of `events.csv`; None above a million rows, unless requested.
    pub rows: Option<Vec<EventRow>>,
    /// The figures of every replication and client.
    pub replications: PerReplication,
    /// For each client, in the scenario's order, the latency histogram in nanoseconds.
    pub histograms: Vec<hdrhistogram::Histogram<u64>>,
    /// For each client, in the scenario's order, the percentiles that have an interval; differences are made from them.
    percentiles: Vec<Vec<(crate::figure::Figure, interval::Located)>>,
    /// The checks of this run against theory and of its requests, as the report shows them.
    pub checks: Vec<Check>,
    /// Every figure that a closed form predicts, beside its prediction, client by client.
    pub beside_theory: Vec<Beside>,
}

/// A figure beside what a closed form predicts of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Beside {
    /// Index of the client in the scenario.
    pub client: usize,
    /// The figure.
    pub figure: crate::figure::Figure,
    /// None: too few events for it.
    pub measured: Option<f64>,
    /// The prediction.
    pub theory: f64,
    /// The distance that chance explains; None where it is not known, or where the verdict needs none.
    pub reach: Option<f64>,
    /// None where the two are not compared: the run was stopped or late, or the client cannot keep up.
    pub verdict: Option<Verdict>,
}

/// The figures of one client in one replication: a row of `replications.csv`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub struct ReplicationRow {
    /// Its number, from 0 on.
    pub replication: u32,
    /// Index of the client in the scenario.
    pub client: usize,
    /// In the order of [`Figure::ALL`](crate::figure::Figure::ALL); infinite for "never", None where the figure is
    /// null.
    pub figures: Vec<Option<f64>>,
}

/// One event for one member of one client: a row of `events.csv`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventRow {
    /// The event's id on the wire.
    pub event: String,
    /// Its type.
    pub kind: String,
    /// Index of the client in the scenario.
    pub client: usize,
    /// Member of a client with `count`, counted from 0.
    pub member: u32,
    /// When it occurred, in seconds.
    pub occurred_s: f64,
    /// When the client first held it, in seconds; None: never.
    pub received_s: Option<f64>,
    /// `received_s - occurred_s`; None: never held.
    pub latency_s: Option<f64>,
    /// Number of delivery attempts; 0 where it is not delivered by webhook.
    pub attempts: u32,
    /// What became of it.
    pub outcome: figures::Fate,
}

/// One check of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The whole statement, such as `poll 60s: mean 30.4 s, theory 30.0 ± 2.1 (T/2)`.
    pub text: String,
    /// Its result.
    pub verdict: Verdict,
}

/// The result of a check, in the order in which a report lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verdict {
    /// The run contradicts it.
    Differs,
    /// The run has too few events to contradict it.
    TooFewEvents,
    /// The run is too short to contradict it, however many replications it has: its beginning and its end weigh too much.
    TooShort,
    /// The engine of a live run was too late for it.
    TooLate,
    /// The run could have contradicted it, and does not.
    Agrees,
}

impl Verdict {
    /// Why the run does not tell; None where it does.
    pub const fn undecided(self) -> Option<&'static str> {
        match self {
            Self::TooFewEvents => Some("too few events to tell"),
            Self::TooShort => Some("too short a run to tell"),
            Self::TooLate => Some("the engine was too late to tell"),
            Self::Differs | Self::Agrees => None,
        }
    }
}
