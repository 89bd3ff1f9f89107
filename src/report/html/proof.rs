//! What was held against the run: the scenario's expectations, closed forms, and the sums of the ledger.
//!
//! It compares nothing by itself but two columns; whether a statement holds was decided when the run was
//! measured.

use crate::report::metric;
use crate::study::human;
use crate::study::summary::{ClientSummary, ExpectationResult};
use crate::study::{Check, Results, Verdict};

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

/// The figures of a client for which there is a closed form.
fn predictions(client: &ClientSummary) -> Vec<Prediction> {
    let (theory, latency) = (&client.theory, &client.latency_s);
    let occurred = client.events.occurred as f64;
    let of_occurred = |count: u64| (occurred > 0.0).then(|| count as f64 / occurred);
    let duplicates = of_occurred(client.events.duplicates);
    let attempts = client.attempts.per_event.filter(|_| client.attempts.total > 0);
    let all = [
        ("Mean latency", "latency_s", latency.mean, theory.latency_s.mean),
        ("Standard deviation of it", "latency_s", latency.stddev, theory.latency_s.stddev),
        ("Latency, 50 %", "latency_s", latency.p50, theory.latency_s.p50),
        ("Latency, 90 %", "latency_s", latency.p90, theory.latency_s.p90),
        ("Latency, 95 %", "latency_s", latency.p95, theory.latency_s.p95),
        ("Latency, 99 %", "latency_s", latency.p99, theory.latency_s.p99),
        ("Latency, 99.9 %", "latency_s", latency.p999, theory.latency_s.p999),
        ("Greatest latency", "latency_s", latency.max, theory.latency_s.max),
        ("Requests a second", "per_s", Some(client.requests.per_s), theory.requests.per_s),
        ("Requests an event", "per_event", client.requests.per_event, theory.requests.per_event),
        ("Empty polls", "empty_share", metric::empty_share(&client.requests), theory.empty_share),
        ("Attempts a delivery", "per_event", attempts, theory.attempts.per_event),
        ("Duplicates a delivery", "per_event", duplicates, theory.attempts.duplicates_per_event),
        (
            "Events ever known",
            "delivered_share",
            of_occurred(client.events.delivered),
            theory.delivered_share,
        ),
        ("Mean age of information", "age_s", client.age_s.mean, theory.age_s.mean),
        ("Time up to date", "fresh_share", client.fresh_share, theory.fresh_share),
    ];
    all.into_iter()
        .filter_map(|(figure, path, measured, theory)| {
            Some(Prediction {
                client: client.name.clone(),
                figure,
                measured: metric::value(path, measured),
                theory: metric::value(path, Some(theory?)),
                difference: difference(measured, theory?),
            })
        })
        .collect()
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
