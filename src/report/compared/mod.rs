//! A comparison as files and texts. All of them print from one [`Comparison`].

mod json;
mod junit;
mod markdown;
mod page;
pub mod read;
mod text;

pub use json::json;
pub use junit::junit;
pub use markdown::markdown;
pub use text::text;

use super::{File, pictures};
use crate::chart::{self, Chart, PngError};
use crate::compare::{Comparison, Gated, Outcome, Pairing, Row, Verdict, change_in_words, percent};
use crate::study::human;

/// Every file of a comparison.
///
/// # Errors
/// Where a picture cannot be made.
pub fn files(comparison: &Comparison) -> Result<Vec<File>, PngError> {
    let charts: Vec<Chart> = chart::of_comparison(comparison);
    let mut files = vec![
        ("compare.json".to_owned(), json(comparison).into_bytes()),
        ("compare.md".to_owned(), markdown(comparison).into_bytes()),
        ("junit.xml".to_owned(), junit(comparison).into_bytes()),
    ];
    files.extend(pictures(&charts)?);
    files.push(("index.html".to_owned(), page::page(comparison, &charts).into_bytes()));
    Ok(files)
}

/// The cells of a row after the client's name, as texts: metric, base, other, change, interval, n, mark.
struct Cells {
    metric: String,
    base: String,
    other: String,
    change: String,
    interval: String,
    n: String,
    mark: String,
}

const HEAD: [&str; 7] = ["metric", "base", "other", "change", "95 % interval", "n", "mark"];

impl Cells {
    fn of(row: &Row) -> Self {
        let unit = row.figure.unit();
        let say =
            |value: Option<f64>| value.map_or_else(super::metric::dash, |value| human::figure(unit, value));
        let signed = |value: f64| {
            let text = human::figure(unit, value.abs());
            match value {
                0.0 => text,
                value if value < 0.0 => format!("−{text}"),
                _ => format!("+{text}"),
            }
        };
        let change =
            (change_in_words(row).or_else(|| row.difference.map(signed))).unwrap_or_else(super::metric::dash);
        let interval = match (row.ratio_interval, row.interval) {
            // In the words of the change: `3x more` has `2.9x to 3.1x`.
            (Some((low, high)), _) if low >= 2.0 => {
                format!("{} to {}", human::ratio(low), human::ratio(high))
            }
            (Some((low, high)), _) if low > 0.0 && high <= 0.5 => {
                format!("{} to {}", human::ratio(1.0 / high), human::ratio(1.0 / low))
            }
            (Some((low, high)), _) => format!("{} to {}", percent(low - 1.0), percent(high - 1.0)),
            (None, Some((low, high))) => format!("{} to {}", signed(low), signed(high)),
            (None, None) => super::metric::dash(),
        };
        let gate = match row.gate {
            Some(true) => ", gate passed",
            Some(false) => ", gate FAILED",
            None => "",
        };
        let needed = row.needed.map(|runs| format!(", about {} replications would", human::count(runs)));
        Self {
            metric: row.figure.path().to_owned(),
            base: say(row.base),
            other: say(row.other),
            change: if row.difference.is_none() && row.verdict == Verdict::SameBytes {
                "0 %".to_owned()
            } else {
                change
            },
            interval,
            n: row.agree.map_or_else(|| row.n.to_string(), |agree| format!("{agree}/{}", row.n)),
            mark: format!("{}{}{gate}", row.verdict.mark(), needed.unwrap_or_default()),
        }
    }

    fn list(self) -> [String; 7] {
        [self.metric, self.base, self.other, self.change, self.interval, self.n, self.mark]
    }
}

/// The name of a run in a heading.
fn title(comparison: &Comparison, run: usize) -> String {
    format!("{} against {}", comparison.sides[run].name, comparison.sides[0].name)
}

/// A client as the heading of a table, which says of how many runs the figures are means.
fn heading(comparison: &Comparison, run: usize, client: &str) -> String {
    let title = comparison.client_title(run, client);
    match means_of(comparison, run) {
        Some(runs) => format!("{title} ({runs})"),
        None => title,
    }
}

/// `mean of 30 runs`; None where the figures are of one run.
fn means_of(comparison: &Comparison, run: usize) -> Option<String> {
    let side = &comparison.sides[run];
    let (base, other) = (comparison.sides[0].replications, side.replications);
    match side.pairing {
        Pairing::SingleRun => None,
        Pairing::SameEvents => Some(mean_of(base.min(other))),
        Pairing::Independent if base == other => (base > 1).then(|| mean_of(base)),
        Pairing::Independent => Some(format!("BASE: {}, OTHER: {}", mean_of(base), mean_of(other))),
    }
}

fn mean_of(runs: u32) -> String {
    if runs == 1 { "one run".to_owned() } else { format!("mean of {} runs", human::count(runs.into())) }
}

/// So many runs of BASE and of OTHER.
fn runs_of(base: u32, other: u32) -> String {
    let [base_text, other_text] = [base, other].map(|runs| human::count(runs.into()));
    let run = if base == 1 { "run" } else { "runs" };
    match (base, other) {
        (1, 1) => "one run each".to_owned(),
        (base, other) if base == other => format!("{base_text} runs each"),
        _ => format!("{base_text} {run} of BASE against {other_text} of OTHER"),
    }
}

/// How figures and intervals are to be read.
fn how(comparison: &Comparison, run: usize) -> String {
    let side = &comparison.sides[run];
    let runs = comparison.rows_of(run).map(|row| row.n).max().unwrap_or_default();
    let pairing = match side.pairing {
        Pairing::SameEvents => format!("paired over {runs} runs with the same events"),
        Pairing::Independent => {
            let both = runs_of(comparison.sides[0].replications, side.replications);
            format!("{both}, with events of their own")
        }
        Pairing::SingleRun => "one run with the same events, exact for its seed".to_owned(),
    };
    let means = if means_of(comparison, run).is_some() {
        "A figure is the mean of what it is in each run, because runs are what is compared; a report itself, and the chart \
         of quantiles, tell percentiles of the events of all runs together, which are a little different"
    } else {
        "Figures are of one run"
    };
    format!(
        "{means}. {}. Less than {} counts as the same.",
        human::capitalised(&pairing),
        human::share(comparison.margin)
    )
}

/// The clients of a run's rows, in their order.
fn clients(comparison: &Comparison, run: usize) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for row in comparison.rows_of(run) {
        if !names.contains(&row.client.as_str()) {
            names.push(&row.client);
        }
    }
    names
}

/// `passed`, or the word for a failure; and why, where neither follows from the figures.
fn result(gate: &Gated, failed: &str) -> String {
    let word = if gate.fails { failed } else { "passed" };
    match gate.outcome {
        Outcome::Pass | Outcome::Fail => word.to_owned(),
        Outcome::CannotTell | Outcome::Missing => format!("{word}, {}", gate.outcome.name()),
    }
}

/// A parameter that differs, as a line.
fn change_line(change: &crate::compare::Change) -> [String; 3] {
    let say = |value: &Option<serde_json::Value>| match value {
        None => "–".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    [change.path.clone(), say(&change.base), say(&change.other)]
}

const MARKS: &str = "n: runs, or how many of them changed this way · = same value in every run · same: within the margin · ~ cannot tell · \
     x not comparable";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;

    /// A ratio that is far from 1 is told in times, and so are the ends of its interval.
    #[test]
    fn an_interval_is_in_the_words_of_its_change() {
        let cells = |other: f64, interval: (f64, f64)| {
            let row = Row::of_two(Figure::RequestsTotal, [100.0, other], interval, Verdict::Differs);
            let cells = Cells::of(&row);
            [cells.change, cells.interval].map(|cell| cell.replace(['\u{a0}', '\u{202f}'], " "))
        };
        assert_eq!(cells(300.0, (190.0, 210.0)), ["3x more", "2.9x to 3.1x"]);
        assert_eq!(cells(25.0, (-80.0, -70.0)), ["4x fewer", "3.3x to 5x"]);
        assert_eq!(cells(120.0, (-10.0, 50.0)), ["+20 %", "−10 % to +50 %"]);
        assert_eq!(cells(250.0, (50.0, 250.0)), ["2.5x more", "+50 % to +250 %"]);
    }

    #[test]
    fn one_run_is_no_plural() {
        let told = [(1, 1), (30, 30), (1, 10), (10, 1)].map(|(base, other)| runs_of(base, other));
        let of = [
            "one run each",
            "30 runs each",
            "1 run of BASE against 10 of OTHER",
            "10 runs of BASE against 1 of OTHER",
        ];
        assert_eq!(told, of);
        assert_eq!([1, 30].map(mean_of), ["one run", "mean of 30 runs"]);
    }

    /// Never in both says that nothing changed only where no run changed.
    #[test]
    fn never_is_no_change_only_where_every_run_is_the_same() {
        let change = |verdict: Verdict| {
            let mut row = Row::of_two(Figure::KnownAfterP99, [f64::INFINITY; 2], (0.0, 0.0), verdict);
            (row.difference, row.interval) = (None, None);
            Cells::of(&row).change
        };
        assert_eq!([change(Verdict::SameBytes), change(Verdict::CannotTell)], ["0 %", "–"]);
    }
}
