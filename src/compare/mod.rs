//! The comparison of two or more reports: which figures differ, by how much, and whether chance explains it.
//!
//! Everything that is printed of a comparison (text, JSON, Markdown, JUnit, page and charts) is in [`Comparison`].
//! Figures are of one run: the mean over the replications of each report, so that the interval of a difference is of
//! the very figures that it stands beside.

mod answer;
mod chance;
mod gate;
mod judge;
mod quantiles;
mod renamed;
mod rows;
mod scenarios;
mod single;
mod stories;
#[cfg(test)]
mod tests;
mod warnings;
mod words;

pub use answer::Answer;
pub use gate::Gate;
pub use quantiles::{LEAST as LEAST_RUNS_OF_A_BAND, Quantile, Shift};
pub use renamed::Renamed;
pub use rows::Row;
pub use scenarios::Change;
pub use single::{Event, Lateness, Paired, Pictured, Single};
pub use stories::Beside;
pub use words::{change_in_words, percent};

use crate::study::human;
use crate::study::summary::Summary;
use rows::Sides;
use std::collections::BTreeMap;

/// A report that is read back.
#[derive(Clone, Debug)]
pub struct Report {
    /// As its reader calls it.
    pub name: String,
    /// Its `summary.json`.
    pub summary: Summary,
    /// Its `replications.csv`: for each client, replication by replication, the figures in the order of
    /// [`Figure::ALL`](crate::figure::Figure::ALL); infinite for never, None where there is none.
    pub replications: BTreeMap<String, Vec<Vec<Option<f64>>>>,
    /// Its `events.csv` and `requests.csv`.
    pub single: Single,
}

/// What is asked of a comparison.
#[derive(Clone, Debug)]
pub struct Options {
    /// All figures, in place of those that most readers want.
    pub all: bool,
    /// The share of a figure by which it may differ and count as the same.
    pub margin: f64,
    /// Changes that fail the comparison.
    pub gates: Vec<Gate>,
    /// Whether a gate fails where it cannot be told.
    pub strict: bool,
}

impl Options {
    /// A gate may call a client as either report does.
    fn with_the_names_of_base(&self, renamed: &[Renamed]) -> Self {
        let mut own = self.clone();
        for gate in &mut own.gates {
            if let Some(pair) = renamed.iter().find(|pair| pair.other == gate.client) {
                gate.client.clone_from(&pair.base);
            }
        }
        own
    }
}

/// How the replications of two reports belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Each replication of one has the events of the same one of the other.
    SameEvents,
    /// They have events of their own.
    Independent,
    /// They have the events of one replication in common.
    SingleRun,
}

impl Pairing {
    /// As `compare.json` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameEvents => "same events",
            Self::Independent => "independent",
            Self::SingleRun => "single run",
        }
    }
}

/// What a comparison says of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every value of every replication is the same.
    SameBytes,
    /// It changed for the better, by more than the margin.
    Better,
    /// It changed for the worse, by more than the margin.
    Worse,
    /// It changed by less than the margin.
    Same,
    /// Chance may explain it.
    CannotTell,
    /// It changed by more than the margin, and neither way is better.
    Differs,
    /// Only OTHER has this client.
    New,
    /// Only BASE has this client.
    Gone,
    /// A report has no value, or the figures do not mean the same.
    NotComparable,
}

impl Verdict {
    /// As `compare.json` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameBytes => "same bytes",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Same => "same",
            Self::CannotTell => "cannot tell",
            Self::Differs => "differs",
            Self::New => "new",
            Self::Gone => "gone",
            Self::NotComparable => "not comparable",
        }
    }

    /// Its mark in a table.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::SameBytes => "=",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Same => "same",
            Self::CannotTell => "~",
            Self::Differs => "differs",
            Self::New => "new",
            Self::Gone => "gone",
            Self::NotComparable => "x",
        }
    }

    /// Whether it names a change of a figure.
    pub const fn is_a_change(self) -> bool {
        matches!(self, Self::Better | Self::Worse | Self::Differs)
    }
}

/// The result of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Gated {
    /// As it was written.
    pub text: String,
    /// Which OTHER, from 1 on.
    pub run: usize,
    /// Its result.
    pub outcome: Outcome,
    /// Why, in a few words.
    pub because: String,
    /// Whether it fails the comparison.
    pub fails: bool,
}

/// Whether a change that must not happen happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did not.
    Pass,
    /// It did.
    Fail,
    /// These runs cannot tell.
    CannotTell,
    /// There is no such client or figure.
    Missing,
}

impl Outcome {
    /// As `compare.json` names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::CannotTell => "cannot tell",
            Self::Missing => "missing",
        }
    }
}

/// One of the reports that are compared.
#[derive(Clone, Debug)]
pub struct Side {
    /// As its reader calls it.
    pub name: String,
    /// The name of its scenario.
    pub scenario: String,
    /// Its version of pollhook.
    pub version: String,
    /// Whether it ran over real HTTP.
    pub is_live: bool,
    /// Its seed.
    pub seed: u64,
    /// Its replications.
    pub replications: u32,
    /// Its own first sentence.
    pub answer: String,
    /// How its replications belong to those of BASE.
    pub pairing: Pairing,
    /// What differs from BASE's scenario.
    pub changes: Vec<Change>,
    /// The clients that have another name in BASE, by which the rows call them.
    pub renamed: Vec<Renamed>,
}

/// A whole comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The reports, BASE first.
    pub sides: Vec<Side>,
    /// What a reader must know before the figures.
    pub warnings: Vec<String>,
    /// Of each OTHER in turn, a row for each client and figure.
    pub rows: Vec<Row>,
    /// The results of the gates.
    pub gates: Vec<Gated>,
    /// The share of a figure that counts as none.
    pub margin: f64,
    /// Of two reports, what the charts show of single events and requests.
    pub pictured: Vec<Pictured>,
    /// Of two reports, what cannot be pictured, and why.
    pub missing: Vec<String>,
    /// The first sentence.
    pub answer: Answer,
    /// For each gate the chance of its result by luck.
    chances: Vec<(Gate, f64)>,
}

impl Comparison {
    /// Whether a gate fails it.
    pub fn fails(&self) -> bool {
        self.gates.iter().any(|gate| gate.fails)
    }

    /// The rows of one OTHER, from 1 on.
    pub fn rows_of(&self, run: usize) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.run == run)
    }

    /// A client of a row as a heading: its name, and where OTHER calls it otherwise, both.
    pub fn client_title(&self, run: usize, client: &str) -> String {
        match self.sides[run].renamed.iter().find(|pair| pair.base == client) {
            Some(pair) => format!("{} instead of {}", human::name(&pair.other), human::name(client)),
            None => client.to_owned(),
        }
    }
}

/// Compares reports, BASE first, with at least one OTHER.
///
/// # Errors
/// Where a comparison means nothing: the sentence says why and what to do.
pub fn compare(reports: &[Report], options: &Options) -> Result<Comparison, String> {
    let [base, others @ ..] = reports else { return Err("there is nothing to compare".to_owned()) };
    let mut comparison = Comparison {
        sides: vec![side(base, base, Vec::new())],
        warnings: Vec::new(),
        rows: Vec::new(),
        gates: Vec::new(),
        margin: options.margin,
        pictured: Vec::new(),
        missing: Vec::new(),
        answer: Answer::default(),
        chances: Vec::new(),
    };
    for (run, other) in (1..).zip(others) {
        warnings::refuse(base, other)?;
        let (other, renamed) = renamed::in_the_words_of(base, other);
        let other = other.as_ref();
        let options = &options.with_the_names_of_base(&renamed);
        let side = side(base, other, renamed);
        comparison.warnings.extend(warnings::warnings(base, other, &side, others.len() > 1));
        let sides = Sides { run, base, other, pairing: side.pairing, options };
        comparison.rows.extend(rows::rows(&sides));
        if others.len() == 1 {
            comparison.pictured = single::pictured(base, other, side.pairing);
            comparison.missing = single::missing([base, other]);
        }
        comparison.sides.push(side);
        rows::gate(&sides, &mut comparison);
    }
    rows::settle(&mut comparison, options.strict);
    comparison.answer = answer::answer(&comparison);
    Ok(comparison)
}

fn side(base: &Report, report: &Report, renamed: Vec<Renamed>) -> Side {
    let [own, of_base] = [report, base].map(|report| &report.summary);
    let (base, other) = (&of_base.scenario, &own.scenario);
    let pairing = match own.replications.min(of_base.replications) {
        0 | 1 if scenarios::count_the_same(base, other) => Pairing::SingleRun,
        2.. if scenarios::have_the_same_events(base, other) => Pairing::SameEvents,
        _ => Pairing::Independent,
    };
    Side {
        name: report.name.clone(),
        scenario: own.scenario["name"].as_str().unwrap_or_default().to_owned(),
        version: own.version.clone(),
        is_live: own.live.is_some(),
        seed: own.seed,
        replications: own.replications,
        answer: own.answer.clone(),
        pairing,
        changes: scenarios::with_names(scenarios::changes(&of_base.scenario, &own.scenario), &renamed),
        renamed,
    }
}
