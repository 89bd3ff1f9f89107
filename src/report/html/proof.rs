//! What was checked about the run: the scenario's expectations, the closed forms, and the sums of the ledger.
//!
//! Whether a statement holds is decided in `study`; only the sums of the ledger are compared here.

use crate::figure::Noise;
use crate::report::metric;
use crate::study::human;
use crate::study::summary::{ClientSummary, ExpectationResult};
use crate::study::{Beside, Check, Results, Verdict};

/// The proof of a run, table by table.
pub(super) struct Proof {
    pub(super) expectations: Vec<Expected>,
    pub(super) checks: Vec<Check>,
    pub(super) predictions: Vec<Prediction>,
    pub(super) ledgers: Vec<EventCounts>,
    /// `all 7 hold`, or how many do not.
    pub(super) verdict: String,
    /// How the verdict looks: nothing for all that hold, `open` where the run cannot decide some of them, `bad`
    /// where one fails.
    pub(super) look: &'static str,
}

/// A claim of the scenario, its limit beside the value.
pub(super) struct Expected {
    pub(super) client: String,
    pub(super) metric: String,
    pub(super) limit: String,
    pub(super) value: String,
    /// None: this run cannot decide it.
    pub(super) holds: Option<bool>,
    /// Why this run cannot tell; empty where it can.
    pub(super) undecided: String,
}

/// A figure and what a closed form says of it.
pub(super) struct Prediction {
    pub(super) client: String,
    /// Its path in `summary.json`.
    pub(super) figure: &'static str,
    pub(super) measured: String,
    pub(super) theory: String,
    pub(super) difference: String,
    /// How far chance may move it.
    pub(super) chance: String,
    pub(super) verdict: &'static str,
    pub(super) differs: bool,
}

/// The sums that must come out even for one client.
pub(super) struct EventCounts {
    pub(super) client: String,
    pub(super) events: String,
    pub(super) requests: String,
    pub(super) even: bool,
}

pub(super) fn proof(results: &Results) -> Proof {
    let clients = &results.summary.clients;
    let mut expectations: Vec<Expected> = results.summary.expectations.iter().map(expected).collect();
    // What fails comes first, then what is undecided.
    expectations.sort_by_key(|expectation| (expectation.holds == Some(true), expectation.holds.is_none()));
    let mut checks: Vec<Check> = (results.checks.iter())
        .map(|check| Check { text: metric::unbroken(&check.text), verdict: check.verdict })
        .collect();
    checks.sort_by_key(|check| check.verdict);
    let ledgers: Vec<EventCounts> = clients.iter().map(ledger).collect();
    let claims = expectations.iter().map(|expectation| expectation.holds);
    let checked = checks.iter().map(|check| match check.verdict {
        Verdict::Agrees => Some(true),
        Verdict::Differs => Some(false),
        Verdict::TooFewEvents | Verdict::TooShort | Verdict::TooLate => None,
    });
    let (verdict, look) =
        verdict(claims.chain(checked).chain(ledgers.iter().map(|ledger| Some(ledger.even))));
    let predictions = results.beside_theory.iter().map(|row| prediction(&clients[row.client].name, row));
    let predictions = predictions.collect();
    Proof { expectations, checks, predictions, ledgers, verdict, look }
}

/// How many statements hold, and how that looks.
fn verdict(statements: impl Iterator<Item = Option<bool>>) -> (String, &'static str) {
    let statements: Vec<Option<bool>> = statements.collect();
    let number = |holds: Option<bool>| statements.iter().filter(|&&statement| statement == holds).count();
    let (all, failed, undecided) = (statements.len(), number(Some(false)), number(None));
    match (failed, undecided) {
        (0, 0) => (format!("all {all} hold"), ""),
        (0, _) => (format!("{} of {all} hold, {undecided} undecided", all - undecided), "open"),
        (_, 0) => (format!("{failed} of {all} fail"), "bad"),
        _ => (format!("{failed} of {all} fail, {undecided} undecided"), "bad"),
    }
}

fn expected(result: &ExpectationResult) -> Expected {
    let value = |value| metric::value(&result.metric, value);
    let bound = if result.bound == "equals" { "exactly" } else { &result.bound };
    Expected {
        client: result.client.clone(),
        metric: result.metric.clone(),
        limit: format!("{bound} {}", value(Some(result.limit))),
        value: value(result.value),
        holds: result.holds,
        undecided: result.undecided_because.clone().unwrap_or_default(),
    }
}

fn prediction(client: &str, row: &Beside) -> Prediction {
    let Beside { figure, measured, theory, reach, verdict, .. } = *row;
    let shown = |value: f64| human::figure(figure.unit(), value);
    // The number of events tells how much a percentile varies.
    let needs_runs = reach.is_none() && !matches!(figure.noise(), Some(Noise::Rank(_)));
    Prediction {
        client: client.to_owned(),
        figure: figure.path(),
        measured: measured.map_or_else(metric::dash, shown),
        theory: shown(theory),
        difference: difference(measured, theory),
        chance: reach.map_or_else(metric::dash, |reach| format!("± {}", shown(reach))),
        verdict: match verdict {
            Some(Verdict::Agrees) => "agrees",
            Some(Verdict::Differs) => "differs",
            Some(Verdict::TooFewEvents) if needs_runs && measured.is_some() => "too few runs to tell",
            Some(verdict) => verdict.undecided().unwrap_or_default(),
            None => "not compared",
        },
        differs: verdict == Some(Verdict::Differs),
    }
}

/// How far the measured figure is from the predicted one, in per cent of that.
fn difference(measured: Option<f64>, theory: f64) -> String {
    match measured {
        Some(measured) if measured == theory => "0 %".to_owned(),
        Some(measured) if theory != 0.0 => {
            let per_cent = 100.0 * (measured - theory) / theory;
            let sign = if per_cent < 0.0 { "−" } else { "+" };
            let size = per_cent.abs();
            if size < 0.05 {
                "<0.1 %".to_owned()
            } else {
                format!("{sign}{} %", human::amount(libm::round(size * 10.0) / 10.0))
            }
        }
        _ => "–".to_owned(),
    }
}

fn ledger(client: &ClientSummary) -> EventCounts {
    let (events, requests) = (&client.events, &client.requests);
    let [occurred, delivered, lost, pending] =
        [events.occurred, events.delivered, events.lost, events.pending].map(human::count);
    let [total, useful, empty, failed] =
        [requests.total, requests.non_empty, requests.empty, requests.failed].map(human::count);
    EventCounts {
        client: client.name.clone(),
        events: format!("{occurred} = {delivered} + {lost} + {pending}"),
        requests: format!("{total} = {useful} + {empty} + {failed}"),
        even: u128::from(events.occurred) == sum([events.delivered, events.lost, events.pending])
            && u128::from(requests.total) == sum([requests.non_empty, requests.empty, requests.failed]),
    }
}

fn sum(parts: [u64; 3]) -> u128 {
    parts.into_iter().map(u128::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A statement that a run cannot decide does not count as a pass.
    #[test]
    fn the_verdict_tells_what_is_undecided() {
        let of = |statements: &[Option<bool>]| verdict(statements.iter().copied());
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(of(&[yes, yes]), ("all 2 hold".to_owned(), ""));
        assert_eq!(of(&[yes, None, yes, None]), ("2 of 4 hold, 2 undecided".to_owned(), "open"));
        assert_eq!(of(&[yes, no]), ("1 of 2 fail".to_owned(), "bad"));
        assert_eq!(of(&[yes, no, None]), ("1 of 3 fail, 1 undecided".to_owned(), "bad"));
    }
}
