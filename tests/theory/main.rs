//! Checks of virtual time against closed forms, published figures and conservation laws. Tolerances are about four
//! standard errors.

mod arrival_laws;
mod arrivals;
mod backoff;
mod batches;
mod billing;
mod breakers;
mod conditional;
mod connections;
mod conventions;
mod cursors;
mod dead_letters;
mod disabled;
mod feeds;
mod herd;
mod intervals;
mod jobs;
mod laws;
mod limits;
mod long_polling;
mod offline;
mod outages;
mod paging;
mod polling;
mod published;
mod retry_after;
mod shifts;
mod side_effects;
mod slow;
mod streams;
mod thin;
mod types;
mod warm_up;
mod webhooks;

use pollhook::model::Arrival;
use pollhook::scenario::{self, Scenario};
use pollhook::sim::RunOptions;
use pollhook::study::summary::{ClientSummary, Summary};
use pollhook::study::{self, Replication};

/// A scenario from TOML.
fn scenario(text: &str) -> Scenario {
    scenario::load("check", text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The summary of a scenario.
fn summary(text: &str) -> Summary {
    study::run(&scenario(text), RunOptions::TO_THE_END, false, || ()).expect("it is not stopped").summary
}

/// The summary of the only client of a scenario.
fn only(text: &str) -> ClientSummary {
    let mut summary = summary(text);
    assert_eq!(summary.clients.len(), 1);
    summary.clients.remove(0)
}

/// The records of the only replication of a scenario.
fn records(text: &str) -> (Scenario, Replication) {
    let scenario = scenario(text);
    let replication =
        study::replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
    (scenario, replication)
}

/// All latencies of a client of one member, in seconds.
fn latencies_s(replication: &Replication, client: usize) -> Vec<f64> {
    let receipts = replication.records[client].receipts.iter();
    let held = receipts.zip(replication.events.occurred());
    held.filter(|(receipt, _)| receipt.by.is_some())
        .map(|(receipt, &occurred)| (receipt.held - occurred).as_secs_f64())
        .collect()
}

/// Asserts that a figure is within `tolerance` of the expected one.
#[track_caller]
fn near(what: &str, figure: impl Into<Option<f64>>, expected: f64, tolerance: f64) {
    let figure = figure.into().unwrap_or(f64::NAN);
    assert!((figure - expected).abs() <= tolerance, "{what}: {figure}, expected {expected} ± {tolerance}");
}

/// The text of a scenario: run keys, events at a Poisson rate, network and clients.
fn text(duration: &str, rate: &str, network: &str, clients: &str) -> String {
    format!(
        "duration = \"{duration}\"\nseed = 1\n\
         [events]\narrivals = {{ process = \"poisson\", rate = \"{rate}\" }}\n\
         [network]\n{network}\n{clients}"
    )
}

#[test]
fn an_event_arrives_by_a_poll_or_by_an_attempt() {
    let (_, replication) = records(&text(
        "1h",
        "60/h",
        "delay = \"1ms\"",
        "[[client]]\nkind = \"webhook\"\nretries = []\nreconcile = \"10m\"\n",
    ));
    assert!(replication.records[0].receipts.iter().all(|receipt| receipt.by == Some(Arrival::delivery(1))));
}
