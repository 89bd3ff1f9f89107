//! What was held against the run: the scenario's expectations, closed forms, and the sums of the ledger.
//!
//! It compares nothing by itself but two columns; whether a statement holds was decided when the run was
//! measured.

use crate::figure::{Figure, Metric};
use crate::report::metric;
use crate::study::human;
use crate::study::summary::{ClientSummary, ExpectationResult};
use crate::study::{Check, Results, Verdict, value};

/// The proof of a run, table by table.
pub(super) struct Proof {
    pub(super) expectations: Vec<Expected>,
    pub(super) checks: Vec<Check>,
    pub(super) predictions: Vec<Prediction>,
    pub(super) ledgers: Vec<EventCounts>,
    /// `all 7 hold`, or how many do not.
    pub(super) verdict: String,
    pub(super) holds: bool,
}

/// A claim of the scenario, its limit beside the value.
pub(super) struct Expected {
    pub(super) client: String,
    pub(super) metric: String,
    pub(super) limit: String,
    pub(super) value: String,
    pub(super) holds: bool,
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
    expectations.sort_by_key(|expectation| expectation.holds);
    let mut checks: Vec<Check> = (results.checks.iter())
        .map(|check| Check { text: metric::unbroken(&check.text), verdict: check.verdict })
        .collect();
    checks.sort_by_key(|check| check.verdict);
    let ledgers: Vec<EventCounts> = clients.iter().map(ledger).collect();
    let statements = expectations.len() + checks.len() + ledgers.len();
    let failed = expectations.iter().filter(|expectation| !expectation.holds).count()
        + checks.iter().filter(|check| check.verdict == Verdict::Differs).count()
        + ledgers.iter().filter(|ledger| !ledger.even).count();
    let undecided = checks.iter().filter(|check| check.verdict == Verdict::TooFewEvents).count();
    let verdict = match (failed, undecided) {
        (0, 0) => format!("all {statements} hold"),
        (0, _) => format!("{} of {statements} hold, {undecided} cannot be told", statements - undecided),
        _ => format!("{failed} of {statements} fail"),
    };
    let predictions = clients.iter().flat_map(predictions).collect();
    Proof { expectations, checks, predictions, ledgers, verdict, holds: failed == 0 }
}

fn expected(result: &ExpectationResult) -> Expected {
    let value = |value| metric::value(&result.metric, value);
    let bound = if result.bound == "equals" { "exactly" } else { &result.bound };
    Expected {
        client: result.client.clone(),
        metric: result.metric.clone(),
        limit: format!("{bound} {}", value(Some(result.limit))),
        value: value(result.value),
        holds: result.holds != Some(false),
        undecided: result.undecided_because.clone().unwrap_or_default(),
    }
}

/// The figures of a client for which there is a closed form, in the order in which figures are declared.
fn predictions(client: &ClientSummary) -> Vec<Prediction> {
    let predicted = Figure::ALL.iter().filter(|figure| figure.is_predicted());
    let prediction = |&figure: &Figure| {
        let theory = value(client, &Metric::Predicted(figure))?;
        let measured = value(client, &Metric::Measured(figure));
        Some(Prediction {
            client: client.name.clone(),
            figure: figure.path(),
            measured: metric::value(figure.path(), measured),
            theory: metric::value(figure.path(), Some(theory)),
            difference: difference(measured, theory),
        })
    };
    predicted.filter_map(prediction).collect()
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
