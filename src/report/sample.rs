//! Results for the tests of the report: a day as it runs, and single clients with any figures.

use crate::policy::outage::Outages;
use crate::scenario::{self, Client, Scenario};
use crate::sim::RunOptions;
use crate::study::summary::*;
use crate::study::{self, Results};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A day of 12 events an hour, polled each minute, pushed, and pushed and reconciled each quarter of an hour;
/// all receivers are down from 13:00 to 13:30.
pub(crate) fn day() -> Results {
    study::run(&day_scenario(), RunOptions::TO_THE_END, false, || ()).expect("nobody stops it")
}

/// What [`client`] and [`summary`] change a few figures of.
static REAL: LazyLock<Summary> = LazyLock::new(|| day().summary);

/// The day's summary over clients made by [`client`], with their 267 events.
pub(crate) fn summary(clients: Vec<ClientSummary>) -> Summary {
    let events = SourceEvents { occurred: 267, rate_per_s: 267.0 / REAL.duration_s };
    Summary { answer: String::new(), events, clients, expectations: Vec::new(), ..REAL.clone() }
}

/// When shares of all events were known by a client that knew all of them.
pub(crate) fn known_after(latency: &Latency) -> KnownAfter {
    let [p50, p95, p99, max] =
        [latency.p50, latency.p95, latency.p99, latency.max].map(|s| s.map(Reached::After));
    KnownAfter { p50, p95, p99, max }
}

/// The day's client of that kind, but it holds all of 267 events, each sent once: its typical, its 99th percentile and
/// greatest latency, and its requests.
pub(crate) fn client(name: &str, kind: &str, latency_s: [f64; 3], requests: u64) -> ClientSummary {
    let real = REAL.clients.iter().find(|client| client.kind == kind).expect("a kind of the day");
    let [p50, p99, max] = latency_s.map(Some);
    let polls = if real.requests.polls > 0 { requests } else { 0 };
    let latency_s =
        Latency { count: 267, mean: p50, p50, p90: p50, p95: p50, p99, max, ..Latency::default() };
    ClientSummary {
        name: name.to_owned(),
        requests: Requests {
            total: requests,
            polls,
            empty_polls: polls / 5 * 4,
            empty: polls / 5 * 4,
            non_empty: requests - polls / 5 * 4,
            by_status: BTreeMap::from([("200".to_owned(), requests)]),
            per_event: Some(requests as f64 / 267.0),
            per_s: requests as f64 / REAL.duration_s,
            ..Requests::default()
        },
        empty_share: (polls > 0).then(|| (polls / 5 * 4) as f64 / polls as f64),
        events: EventCounts { occurred: 267, delivered: 267, ..EventCounts::default() },
        delivered_share: Some(1.0),
        attempts: Attempts::default(),
        known_after_s: known_after(&latency_s),
        latency_s,
        known_within: BTreeMap::from(
            [("1s", 0.1), ("10s", 0.2), ("1m", 0.974), ("10m", 0.98), ("1h", 1.0)]
                .map(|(k, v)| (k.to_owned(), Some(v))),
        ),
        ..real.clone()
    }
}

/// What was claimed of a figure, and what became of the claim.
pub(crate) fn expectation(
    client: &str,
    metric: &str,
    bound: &str,
    holds: bool,
    value: f64,
    limit: f64,
) -> ExpectationResult {
    ExpectationResult {
        client: client.to_owned(),
        metric: metric.to_owned(),
        bound: bound.to_owned(),
        holds: Some(holds),
        undecided_because: None,
        value: Some(value),
        limit,
    }
}

/// The day's scenario with other clients, given as (name, whether it is a webhook); none has an outage.
pub(crate) fn scenario(clients: &[(&str, bool)]) -> Scenario {
    let day = day_scenario();
    let make = |&(name, webhook): &(&str, bool)| {
        let alike = &day.clients[usize::from(webhook)];
        Client { name: name.to_owned(), outages: Outages::default(), ..alike.clone() }
    };
    Scenario { clients: clients.iter().map(make).collect(), expectations: Vec::new(), ..day.clone() }
}

/// Every shipped scenario with its results.
pub(crate) fn shipped() -> impl Iterator<Item = (&'static str, Results)> {
    scenario::shipped().iter().map(|shipped| {
        let scenario = scenario::load(shipped.name, shipped.text, &[]).expect("it is valid");
        let results = study::run(&scenario, RunOptions::TO_THE_END, false, || ());
        (shipped.name, results.expect("nobody stops it"))
    })
}

/// The figures of a sentence, each with its unit: not what is computed from them (in parentheses), what is only
/// named (in quotation marks), and what explains them (after a colon with "one poll", or "because").
pub(crate) fn numbers(sentence: &str) -> Vec<String> {
    let mut rest = sentence;
    for end in [": one poll", ", because", "; this run cannot"] {
        rest = rest.split(end).next().unwrap_or_default();
    }
    let mut depth = 0;
    let told: String = (rest.chars())
        .filter(|c| {
            depth += i32::from("(“".contains(*c)) - i32::from(")”".contains(*c));
            depth == 0
        })
        .collect();
    let units = ["ns", "µs", "ms", "s", "min", "h", "d", "%"];
    let words: Vec<&str> = told.split(' ').map(|word| word.trim_matches([',', '.', ':', ')', '”'])).collect();
    let mut numbers = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        let is_of_worst = place > 0 && words[place - 1] == "worst";
        if is_number && !is_of_worst {
            match words.get(place + 1).filter(|next| units.contains(next)) {
                Some(unit) => numbers.push(format!("{word} {unit}")),
                None => numbers.push((*word).to_owned()),
            }
        }
    }
    numbers
}

/// Whether a text has that number, not as a part of another one.
pub(crate) fn tells(text: &str, number: &str) -> bool {
    let text = text.replace('\u{a0}', " ");
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + number.len()..].chars();
        let (next, next_but_one) = (after.next(), after.next());
        let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\u{202f}');
        let is_part = goes_on(before) || before == Some('.') || goes_on(next);
        let has_decimals = next == Some('.') && next_but_one.is_some_and(|c| c.is_ascii_digit());
        !is_part && !has_decimals
    })
}

fn day_scenario() -> Scenario {
    match scenario::load("day", DAY, &[]) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("the day of the tests: {problems}"),
    }
}

const DAY: &str = r#"
title = "A day with half an hour of downtime: who tells you sooner?"
about = "Twelve events an hour. The typical event is known a hundred times sooner by webhook, the worst 1 % later than by polling, because retries outwait the outage."
duration = "24h"
seed = 42
events = { arrivals = { process = "poisson", rate = "12/h" } }
network = { delay = "50ms" }
client = [
    { name = "poll 60s", kind = "poll", interval = "60s" },
    { name = "webhook", kind = "webhook", retries = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"], endpoint = { failure_rate = 0.005 } },
    { name = "webhook + poll 15m", kind = "webhook", retries = ["5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"], endpoint = { failure_rate = 0.005 }, reconcile = "15m" },
]
outage = [{ client = "*", from = "13h", for = "30m" }]
expect = [{ client = "webhook", metric = "events.lost", equals = 0 }]
"#;
