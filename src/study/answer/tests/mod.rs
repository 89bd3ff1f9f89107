//! The sentence for each kind of result.

mod asked;
mod best;
mod compared;
mod exception;
mod kept_out;
mod live;

use super::*;
use crate::report::sample;
use crate::scenario::{AnswerConfig, Relation};
use crate::study::ReplicationRow;
use crate::study::summary::{KnownAfter, Latency, Live, Reached};

/// The answer over 267 events of clients given as (name, kind, [p50, p99, max], requests).
fn answer_of(
    rows: &[(&str, &str, [f64; 3], u64)],
    change: impl FnOnce(&mut Summary, &mut Scenario),
) -> String {
    let clients =
        rows.iter().map(|&(name, kind, latency_s, n)| sample::client(name, kind, latency_s, n)).collect();
    let mut summary = sample::summary(clients);
    let names: Vec<(&str, bool)> = rows.iter().map(|row| (row.0, row.1 == "webhook")).collect();
    let mut scenario = sample::scenario(&names);
    change(&mut summary, &mut scenario);
    answer(&summary, &scenario, &PerReplication::default()).to_string()
}

const POLL: (&str, &str, [f64; 3], u64) = ("poll 60s", "poll", [31.7, 1709.0, 1806.0], 1410);
const HOOK: (&str, &str, [f64; 3], u64) = ("webhook", "webhook", [0.25, 0.25, 0.3], 289);

fn hook(latency_s: [f64; 3], requests: u64) -> (&'static str, &'static str, [f64; 3], u64) {
    ("webhook", "webhook", latency_s, requests)
}

fn silence(client: &mut ClientSummary, lost: bool) {
    client.latency_s = Default::default();
    client.known_after_s = Default::default();
    client.events.delivered = 0;
    (client.events.lost, client.events.pending) = if lost { (267, 0) } else { (0, 267) };
}

fn slow(client: &mut ClientSummary) {
    client.stable = false;
    client.unstable_because = Some("Every request times out after 2 s.".to_owned());
}

/// The figures of each replication: the typical event of the poller and of the webhook.
fn rows(times: &[[f64; 2]]) -> PerReplication {
    let row = |(number, times): (usize, &[f64; 2])| {
        [0, 1].map(|client| {
            let figure = |&figure: &Figure| (figure == Figure::KnownAfterP50).then_some(times[client]);
            let figures = Figure::ALL.iter().map(figure).collect();
            ReplicationRow { replication: number as u32, client, figures }
        })
    };
    times.iter().enumerate().flat_map(row).collect()
}

/// The answer to a title that asks for a figure of one client, against the other's.
fn asked(
    [client, against]: [&str; 2],
    metric: &str,
    yes_if: Option<Relation>,
    rows: &[(&str, &str, [f64; 3], u64)],
    change: impl FnOnce(&mut Summary, &mut Scenario),
) -> String {
    answer_of(rows, |summary, scenario| {
        scenario.answer = Some(AnswerConfig {
            client: client.to_owned(),
            against: Some(against.to_owned()),
            metric: Some(metric.to_owned()),
            yes_if,
        });
        change(summary, scenario);
    })
}

#[test]
fn one_client_alone() {
    insta::assert_snapshot!(answer_of(&[POLL], |_, _| ()), @"Polling told you: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty.");
    insta::assert_snapshot!(answer_of(&[HOOK], |_, _| ()), @"Webhooks told you: typical event after 0.25 s, with 289 requests.");
    insta::assert_snapshot!(answer_of(&[HOOK], |summary, _| silence(&mut summary.clients[0], true)), @"Webhooks told you nothing: none of 267 events was held at the end, after 289 requests.");
    insta::assert_snapshot!(answer_of(&[POLL], |summary, _| {
        silence(&mut summary.clients[0], true);
        slow(&mut summary.clients[0]);
    }), @"Polling told you nothing: none of 267 events was held at the end, after 1 410 requests. The reason: every request times out after 2 s.");
    insta::assert_snapshot!(answer_of(&[POLL], |summary, _| {
        let client = &mut summary.clients[0];
        (client.events.delivered, client.events.pending) = (3, 264);
        client.known_after_s.p50 = Some(Reached::Never);
        (client.requests.failed, client.requests.empty_polls) = (1404, 3);
    }), @"Polling told you: 1.1 % of the events in the end, with 1 410 requests, 99.6 % of them failed. But polling did not know 264 of 267 when the run ended.");
}

#[test]
fn nothing_happened_or_nothing_arrived() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.events.occurred = 0), @"No event occurred in 24 h, so nothing can be said of freshness; polling took 1 410 requests to learn it.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[1], true)), @"Only polling told you anything: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty. Webhooks never learnt of any of 267 events, after 289 requests.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[0], false)), @"Only webhooks told you anything: typical event after 0.25 s, with 289 requests. Polling did not know any of 267 events when the run ended, after 1 410 requests.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        summary.clients.iter_mut().for_each(|client| silence(client, true));
    }), @"No client learnt of any event: of 267 events none was held at the end, after 1 699 requests.");
}
