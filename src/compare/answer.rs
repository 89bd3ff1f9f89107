//! The first sentence of a comparison, with its exception.

use super::chance::holm;
use super::judge::LEVEL;
use super::warnings::LEAST_LIVE;
use super::words::times_in_words;
use super::{Comparison, Pairing, Row, Verdict};
use crate::study::human;

/// The first sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What changed most, or that nothing can be told.
    pub sentence: String,
    /// What changed the other way.
    pub exception: Option<String>,
}

impl Answer {
    /// Both as one text.
    pub fn text(&self) -> String {
        match &self.exception {
            Some(exception) => format!("{} {exception}", self.sentence),
            None => self.sentence.clone(),
        }
    }
}

/// It names only changes that hold together with all others of the table, so that a comparison of equal scenarios
/// names one in at most 5 % of cases.
pub(super) fn answer(comparison: &Comparison) -> Answer {
    let Answer { sentence, exception } = of_common_figures(comparison);
    let exceptions = [exception, of_one_report_alone(comparison)];
    let exception = exceptions.into_iter().flatten().reduce(|first, second| format!("{first} {second}"));
    Answer { sentence, exception }
}

/// Which clients only one of the reports has: `Not every report has “poll 50s” and “poll 60s”, ...`.
fn of_one_report_alone(comparison: &Comparison) -> Option<String> {
    let is_alone = |row: &Row| matches!(row.verdict, Verdict::New | Verdict::Gone);
    let mut names: Vec<String> = Vec::new();
    for row in comparison.rows.iter().filter(|row| is_alone(row)) {
        let is_shared = comparison.rows.iter().any(|other| other.client == row.client && !is_alone(other));
        let name = human::quoted(&row.client);
        if !is_shared && !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty())
        .then(|| format!("Not every report has {}, of which nothing is compared.", human::list(&names)))
}

fn of_common_figures(comparison: &Comparison) -> Answer {
    let rows = &comparison.rows;
    let chances: Vec<f64> = rows.iter().map(|row| row.chance).collect();
    let holds = holm(&chances, LEVEL);
    let told: Vec<&Row> = rows
        .iter()
        .zip(holds)
        .filter(|(row, holds)| *holds && row.verdict.is_a_change())
        .map(|pair| pair.0)
        .collect();
    let most = |verdict: Verdict| {
        let of = told.iter().copied().filter(|row| row.verdict == verdict);
        of.max_by(|a, b| weight(a).total_cmp(&weight(b)))
    };
    let [better, worse, differs] = [Verdict::Better, Verdict::Worse, Verdict::Differs].map(most);
    let clause = |row: &Row| clause(comparison, row);
    match (better, worse, differs) {
        (Some(better), Some(worse), _) => Answer {
            sentence: format!("Better: {}.", clause(better)),
            exception: Some(format!("But worse: {}.", clause(worse))),
        },
        (Some(better), None, _) => Answer {
            sentence: format!("Better: {}.", clause(better)),
            exception: Some(others(comparison, Verdict::Worse)),
        },
        (None, Some(worse), _) => Answer {
            sentence: format!("Worse: {}.", clause(worse)),
            exception: Some(others(comparison, Verdict::Better)),
        },
        (None, None, Some(differs)) => Answer {
            sentence: format!("Different, neither better nor worse: {}.", clause(differs)),
            exception: None,
        },
        (None, None, None) => nothing(comparison),
    }
}

/// On the figures whose mark in the table does not hold together with all others.
fn others(comparison: &Comparison, verdict: Verdict) -> String {
    let word = verdict.mark();
    match comparison.rows.iter().filter(|row| row.verdict == verdict).count() {
        0 => format!("No other figure is known to be {word}."),
        1 => format!("One figure is marked {word}, which chance may explain among so many."),
        marked => format!("{marked} figures are marked {word}, which chance may explain among so many."),
    }
}

/// Whether no report has the events of BASE, and none has more than one run.
fn is_single_of_others(comparison: &Comparison) -> bool {
    let mut others = comparison.sides.iter().skip(1);
    others.all(|side| side.pairing == Pairing::Independent)
        && comparison.sides.iter().any(|side| side.replications < 2)
}

/// Whether no report has enough repetitions of a live run for a verdict.
fn is_of_few_live_runs(comparison: &Comparison) -> bool {
    let [base, others @ ..] = &comparison.sides[..] else { return false };
    let few = |replications: u32| (replications as usize) < LEAST_LIVE;
    let is_equal = |row: &Row| row.verdict == Verdict::SameBytes;
    base.is_live
        && !comparison.rows.iter().all(is_equal)
        && others.iter().all(|side| few(side.replications.min(base.replications)))
}

fn nothing(comparison: &Comparison) -> Answer {
    let rows = &comparison.rows;
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let (open, alike, within) = (count(Verdict::CannotTell), count(Verdict::SameBytes), count(Verdict::Same));
    let only = count(Verdict::New) + count(Verdict::Gone);
    let compared = rows.len() - only - count(Verdict::NotComparable);
    let margin = human::share(comparison.margin);
    let sentence = match () {
        () if compared == 0 => "The reports have no figure in common that could be compared.".to_owned(),
        () if is_of_few_live_runs(comparison) => format!(
            "So few live runs tell nothing of a difference: a verdict needs at least {LEAST_LIVE} repetitions of each."
        ),
        () if is_single_of_others(comparison) => {
            "One run of each tells nothing of runs with other events; run both with --replications 10."
                .to_owned()
        }
        () if alike == compared && only > 0 => {
            "What the reports have in common is the same: every such figure has the same value in every run."
                .to_owned()
        }
        () if alike == compared => {
            "The runs are the same: every figure has the same value in every run.".to_owned()
        }
        () if open == 0 => format!("The runs are the same within {margin}."),
        () => format!(
            "These runs cannot be told apart: of {compared} figures none is known to have changed by more than {margin}."
        ),
    };
    let mut needed: Vec<u64> = rows.iter().filter_map(|row| row.needed).collect();
    needed.sort_unstable();
    let exception = match needed.get(needed.len() / 2) {
        _ if open == 0 => None,
        Some(&runs) => Some(format!(
            "{open} cannot be told, {} are the same; about {} replications would tell half of them.",
            alike + within,
            human::count(runs)
        )),
        None => Some(format!("{open} cannot be told, {} are the same.", alike + within)),
    };
    Answer { sentence, exception }
}

/// How much a change is: the logarithm of the ratio, and most where something is never or comes from nothing.
fn weight(row: &Row) -> f64 {
    match row.ratio() {
        Some(ratio) if ratio > 0.0 => libm::log(ratio).abs(),
        _ => f64::INFINITY,
    }
}

fn clause(comparison: &Comparison, row: &Row) -> String {
    let unit = row.figure.unit();
    let say = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| human::figure(unit, value));
    let change = times_in_words(row).map(|words| format!(", {words}")).unwrap_or_default();
    let side = &comparison.sides[row.run];
    let runs = match (side.pairing, row.agree) {
        (Pairing::SameEvents, Some(agree)) => format!(", in {agree} of {} runs", row.n),
        _ => String::new(),
    };
    let whose = if comparison.sides.len() > 2 { format!("{}, ", side.name) } else { String::new() };
    let client = match comparison.client_title(row.run, &row.client) {
        title if title == row.client => human::name(&title),
        both => both,
    };
    format!(
        "{whose}{client}, {} {} against {}{change}{runs}",
        row.figure.label(),
        say(row.other),
        say(row.base)
    )
}
