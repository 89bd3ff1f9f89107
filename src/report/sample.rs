//! Results to try the report on: the day that a first run shows, and single clients of any figures.
//!
//! The day is worked by a few lines of arithmetic (a poll at each tick, a delivery at each attempt), so that its
//! figures agree with each other as a run's do. It knows nothing of the engines.

use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::message::{Format, Payload};
use crate::policy::outage::{Mode, Outage, Outages};
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::rng::Randomness;
use crate::scenario::{
    Bound, Client, Drain, Endpoint, EventsConfig, Expectation, Kind, LinkConfig, Network, Scenario,
    SourceConfig, Webhook,
};
use crate::study::figures::*;
use crate::study::summary::*;
use crate::study::{Check, EventRow, Results, Verdict};
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

const DAY_S: f64 = 86_400.0;
const DOWN_S: (f64, f64) = (46_800.0, 48_600.0);

/// A day of 12 events an hour, polled each minute, pushed, and pushed and reconciled each quarter of an hour;
/// all receivers are down from 13:00 to 13:30.
pub(crate) fn day() -> Results {
    let scenario = day_scenario();
    let randomness = Randomness::new(42, 0);
    let occurred: Vec<f64> = (scenario.events.arrivals)
        .times(scenario.duration, randomness)
        .into_iter()
        .map(Instant::as_secs_f64)
        .collect();
    let told: Vec<Vec<EventRow>> = vec![
        occurred.iter().enumerate().map(|(id, &at)| polled(id, 0, at, 60.0)).collect(),
        occurred.iter().enumerate().map(|(id, &at)| pushed(id, 1, at)).collect(),
        occurred.iter().enumerate().map(|(id, &at)| reconciled(id, 2, at)).collect(),
    ];
    let polls = [1410, 0, 94];
    let clients: Vec<ClientSummary> = (scenario.clients.iter().zip(&told).zip(polls))
        .map(|((client, rows), polls)| summarise(client, rows, polls))
        .collect();
    let mut summary = summary(clients);
    summary.events =
        SourceEvents { occurred: occurred.len() as u64, rate_per_s: occurred.len() as f64 / DAY_S };
    summary.expectations = vec![expectation("webhook", "events.lost", "equals", true, 0.0, 0.0)];
    summary.clients[0].theory.latency_s.mean = Some(30.1);
    summary.clients[0].theory.requests.per_s = Some(1.0 / 60.0);
    summary.clients[0].theory.empty_share = Some(0.8187);
    summary.answer = crate::study::answer::answer(&summary, &scenario).to_string();
    Results {
        figures: figures(&summary, &told),
        histograms: told.iter().map(|rows| histogram(rows)).collect(),
        rows: Some(told.concat()),
        checks: vec![
            check("poll 60s: mean outside the outage 31.0 s, theory 30.1 ± 2.1 (T/2)"),
            check("poll 60s: 83.1 % of polls empty, theory 81.9 % (exp(-λT))"),
            check("occurred = delivered + lost + pending for each of 3 clients"),
        ],
        summary,
        scenario,
    }
}

/// A summary over clients made by [`client`].
pub(crate) fn summary(clients: Vec<ClientSummary>) -> Summary {
    Summary {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        scenario: serde_json::Value::Null,
        engine: Engine::Virtual,
        complete: true,
        seed: 42,
        replications: 1,
        duration_s: DAY_S,
        answer: String::new(),
        events: SourceEvents { occurred: 267, rate_per_s: 267.0 / DAY_S },
        clients,
        expectations: Vec::new(),
        live: None,
    }
}

/// When shares of all events were known by a client that knew all of them.
pub(crate) fn known_after(latency: &Latency) -> KnownAfter {
    let [p50, p95, p99, max] =
        [latency.p50, latency.p95, latency.p99, latency.max].map(|s| s.map(Reached::After));
    KnownAfter { p50, p95, p99, max }
}

/// A client that holds all of 267 events: its typical, its 99th percentile and greatest latency, and its requests.
pub(crate) fn client(name: &str, kind: &str, latency_s: [f64; 3], requests: u64) -> ClientSummary {
    let [p50, p99, max] = latency_s.map(Some);
    let polls = if kind == "poll" { requests } else { 0 };
    let latency_s =
        Latency { count: 267, mean: p50, p50, p90: p50, p95: p50, p99, max, ..Latency::default() };
    ClientSummary {
        name: name.to_owned(),
        kind: kind.to_owned(),
        count: 1,
        stable: true,
        unstable_because: None,
        requests: Requests {
            total: requests,
            polls,
            empty_polls: polls / 5 * 4,
            empty: polls / 5 * 4,
            non_empty: requests - polls / 5 * 4,
            by_status: BTreeMap::from([("200".to_owned(), requests)]),
            per_event: Some(requests as f64 / 267.0),
            per_s: requests as f64 / DAY_S,
            ..Requests::default()
        },
        bytes: Bytes { to_source: 86_700, to_client: 144_500, total: 231_200 },
        events: EventCounts { occurred: 267, delivered: 267, ..EventCounts::default() },
        attempts: Attempts::default(),
        known_after_s: known_after(&latency_s),
        latency_s,
        known_within: BTreeMap::from(
            [("1s", 0.1), ("10s", 0.2), ("1m", 0.974), ("10m", 0.98), ("1h", 1.0)]
                .map(|(k, v)| (k.to_owned(), v)),
        ),
        age_s: Age { mean: Some(300.0) },
        fresh_share: Some(0.9),
        interval: serde_json::json!({}),
        theory: Theory::default(),
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
        holds,
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

/// A poll at a fixed rate and random phase.
pub(crate) fn schedule(interval_s: i64) -> PollSchedule {
    PollSchedule {
        interval: Delay::Constant(Span::from_secs(interval_s)),
        pacing: Pacing::FixedRate,
        overrun: Overrun::Skip,
        phase: Phase::Random,
        jitter: 0.0,
        jitter_kind: JitterKind::Interval,
        timeout: Span::from_secs(30),
    }
}

fn day_scenario() -> Scenario {
    let webhook = |reconcile| {
        Kind::Webhook(Webhook {
            deadline: Span::from_secs(10),
            retries: Retries::List(SCHEDULE_S.map(Span::from_secs).to_vec()),
            retry_jitter: RetryJitter::None,
            workers: 0,
            endpoint: Endpoint {
                service_time: Delay::ZERO,
                capacity: 0,
                queue: None,
                failure_rate: 0.005,
                dedupe: true,
            },
            reconcile,
        })
    };
    let down = Outages(vec![Outage {
        from: Instant::START + Span::from_secs_f64(DOWN_S.0),
        until: Instant::START + Span::from_secs_f64(DOWN_S.1),
        mode: Mode::Refuse,
    }]);
    let leg = LinkConfig { delay: Delay::Constant(Span::from_millis(50)), loss: 0.0 };
    let client = |name: &str, kind| Client {
        name: name.to_owned(),
        count: 1,
        network: Network { to_source: leg.clone(), to_client: leg.clone() },
        outages: down.clone(),
        kind,
    };
    Scenario {
        name: "day".to_owned(),
        title: "A day with half an hour of downtime: who tells you sooner?".to_owned(),
        about: "Twelve events an hour. The typical event is known a hundred times sooner by webhook, the worst 1 % \
                later than by polling, because retries outwait the outage."
            .to_owned(),
        duration: Span::from_secs(86_400),
        warmup: Span::ZERO,
        drain: Drain::Auto,
        seed: 42,
        replications: 1,
        events: EventsConfig {
            resources: 1,
            payload: Payload { format: Format::Json, size_bytes: 300 },
            arrivals: Arrivals::Poisson { rate_per_s: 12.0 / 3600.0 },
        },
        source: SourceConfig { service_time: Delay::ZERO, capacity: 0, page_size: 100, failure_rate: 0.0 },
        source_outages: Outages::default(),
        clients: vec![
            client("poll 60s", Kind::Poll(schedule(60))),
            client("webhook", webhook(None)),
            client("webhook + poll 15m", webhook(Some(schedule(900)))),
        ],
        answer: None,
        expectations: vec![Expectation {
            client: "webhook".to_owned(),
            metric: "events.lost".to_owned(),
            bound: Bound::Equals(0.0),
        }],
    }
}

const SCHEDULE_S: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

fn down(at_s: f64) -> bool {
    DOWN_S.0 <= at_s && at_s < DOWN_S.1
}

fn row(id: usize, client: usize, occurred_s: f64, received_s: f64, attempts: u32, outcome: Fate) -> EventRow {
    let event = format!("ev_{id:06}");
    EventRow {
        event,
        client,
        member: 0,
        occurred_s,
        received_s: Some(received_s),
        latency_s: Some(received_s - occurred_s),
        attempts,
        outcome,
    }
}

fn polled(id: usize, client: usize, at_s: f64, interval_s: f64) -> EventRow {
    let phase_s = 0.6 * interval_s;
    let mut tick_s = phase_s + libm::ceil((at_s - phase_s) / interval_s) * interval_s;
    while down(tick_s) {
        tick_s += interval_s;
    }
    row(id, client, at_s, tick_s + 0.1, 0, Fate::Polled)
}

fn pushed(id: usize, client: usize, at_s: f64) -> EventRow {
    let mut sent_s = at_s;
    for (failures, delay_s) in SCHEDULE_S.into_iter().enumerate() {
        let chance_fails = failures == 0 && id % 200 == 7;
        if !down(sent_s + 0.25) && !chance_fails {
            let fate = if failures == 0 { Fate::FirstTry } else { Fate::Retry(failures as u32) };
            return row(id, client, at_s, sent_s + 0.25, failures as u32 + 1, fate);
        }
        sent_s += delay_s as f64;
    }
    EventRow { received_s: None, latency_s: None, ..row(id, client, at_s, 0.0, 10, Fate::Lost) }
}

fn reconciled(id: usize, client: usize, at_s: f64) -> EventRow {
    let (push, poll) = (pushed(id, client, at_s), polled(id, client, at_s, 900.0));
    if push.received_s <= poll.received_s {
        push
    } else {
        EventRow { attempts: push.attempts, outcome: Fate::Reconciled, ..poll }
    }
}

fn latencies_s(rows: &[EventRow]) -> Vec<f64> {
    let mut latencies: Vec<f64> =
        rows.iter().filter_map(|row| Some(row.received_s? - row.occurred_s)).collect();
    latencies.sort_by(f64::total_cmp);
    latencies
}

fn histogram(rows: &[EventRow]) -> hdrhistogram::Histogram<u64> {
    let mut histogram = hdrhistogram::Histogram::new(3).expect("three significant digits are possible");
    for latency_s in latencies_s(rows) {
        histogram.record((latency_s * 1e9) as u64).expect("a histogram that resizes takes every value");
    }
    histogram
}

fn summarise(config: &Client, rows: &[EventRow], polls: u64) -> ClientSummary {
    let latencies = latencies_s(rows);
    let n = latencies.len() as f64;
    let rank = |q: f64| latencies.get((libm::ceil(q * n) as usize).saturating_sub(1)).copied();
    let attempts: u64 = rows.iter().map(|row| u64::from(row.attempts)).sum();
    let total = polls + attempts;
    let reconciled = rows.iter().filter(|row| row.outcome == Fate::Reconciled).count() as u64;
    let useful_polls = if attempts == 0 { 240.min(polls) } else { reconciled.min(polls) };
    let retries = rows.iter().map(|row| u64::from(row.attempts.saturating_sub(1))).sum();
    let kind = if config.webhook().is_some() { "webhook" } else { "poll" };
    let within = |limit_s| latencies.iter().filter(|&&latency| latency <= limit_s).count() as f64 / n;
    let mut client = client(&config.name, kind, [0.0; 3], total);
    client.requests = Requests {
        total,
        polls,
        empty_polls: polls - useful_polls,
        empty: polls - useful_polls,
        failed: retries,
        non_empty: total - retries - (polls - useful_polls),
        retries,
        by_status: BTreeMap::from([("200".to_owned(), total - retries), ("refused".to_owned(), retries)]),
        ..client.requests
    };
    client.events = EventCounts {
        occurred: rows.len() as u64,
        delivered: latencies.len() as u64,
        receipts: if attempts > 0 { latencies.len() as u64 } else { 0 },
        duplicates: reconciled,
        ..EventCounts::default()
    };
    client.attempts = Attempts { total: attempts, per_event: attempts as f64 / n, gave_up: 0 };
    client.latency_s = Latency {
        count: latencies.len() as u64,
        mean: Some(latencies.iter().sum::<f64>() / n),
        stddev: None,
        min: rank(0.0),
        p50: rank(0.5),
        p90: rank(0.9),
        p95: rank(0.95),
        p99: None,
        p999: None,
        max: rank(1.0),
    };
    client.known_after_s = known_after(&client.latency_s);
    client.known_within = [("1s", 1.0), ("10s", 10.0), ("1m", 60.0), ("10m", 600.0), ("1h", 3600.0)]
        .map(|(key, limit_s)| (key.to_owned(), within(limit_s)))
        .into();
    client
}

fn check(text: &str) -> Check {
    Check { text: text.to_owned(), verdict: Verdict::Agrees }
}

fn figures(summary: &Summary, told: &[Vec<EventRow>]) -> Figures {
    let clients = 0..told.len();
    let known = |client: usize| {
        let latencies = latencies_s(&told[client]);
        let n = latencies.len() as f64;
        Known {
            client,
            steps: latencies.iter().enumerate().map(|(i, &l)| (l, (i + 1) as f64 / n)).collect(),
            never: 0.0,
            never_count: 0,
            p50: summary.clients[client].known_after_s.p50,
            p99: summary.clients[client].known_after_s.p99,
            theory: None,
        }
    };
    let percentiles = |client: usize| {
        let latencies = latencies_s(&told[client]);
        let at = |q: f64| (q, latencies[(q * latencies.len() as f64) as usize]);
        Percentiles { client, points: [0.0, 0.5, 0.9, 0.95].map(at).into(), max_s: latencies.last().copied() }
    };
    let bins = |client: usize| {
        let mut bins = vec![Bin { empty: if client == 0 { 25 } else { 0 }, ..Bin::default() }; 48];
        for row in &told[client] {
            let bin = &mut bins[(row.occurred_s / 1800.0) as usize];
            bin.useful += 1;
            bin.retries += u64::from(row.attempts.saturating_sub(1));
        }
        RequestBins { client, bins }
    };
    let behind = |client: usize| {
        let age = |at: f64| {
            let unknown = told[client]
                .iter()
                .filter(|row| row.occurred_s <= at && row.received_s.is_none_or(|r| r > at));
            (at, unknown.map(|row| at - row.occurred_s).fold(0.0, f64::max))
        };
        let points: Vec<(f64, f64)> = (0..576).map(|step| age(f64::from(step) * 150.0)).collect();
        let worst = points.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        BehindLine { client, points, worst, growing: false }
    };
    let fates = |client: usize| {
        let mut counts: BTreeMap<Fate, u64> = BTreeMap::new();
        for row in &told[client] {
            *counts.entry(row.outcome).or_default() += 1;
        }
        let duplicates = summary.clients[client].events.duplicates;
        Fates { client, counts: counts.into_iter().collect(), duplicates }
    };
    Figures {
        lanes: Some(lanes(told)),
        known: clients.clone().map(known).collect(),
        percentiles: clients.clone().map(percentiles).collect(),
        requests: RequestsOverTime {
            from_s: 0.0,
            bin_s: 1800.0,
            clients: clients.clone().map(bins).collect(),
        },
        behind: Behind { span_s: (0.0, DAY_S), clients: clients.clone().map(behind).collect() },
        break_even: break_even(summary),
        trade_off: trade_off(summary),
        fates: clients.clone().map(fates).collect(),
        outages: clients.map(|client| OutageBand { client: Some(client), span_s: DOWN_S }).collect(),
    }
}

fn lanes(told: &[Vec<EventRow>]) -> Lanes {
    let span_s = (45_900.0, 51_300.0);
    let inside = |row: &&EventRow| span_s.0 <= row.occurred_s && row.occurred_s < span_s.1;
    let lane = |(client, rows): (usize, &Vec<EventRow>)| Lane {
        client,
        marks: Vec::new(),
        held_s: rows.iter().filter(inside).map(|row| row.received_s).collect(),
    };
    Lanes {
        span_s,
        chosen_because: "the clients were furthest behind then".to_owned(),
        left_out: String::new(),
        events_s: told[0].iter().filter(inside).map(|row| row.occurred_s).collect(),
        lanes: told.iter().enumerate().map(lane).collect(),
    }
}

fn break_even(summary: &Summary) -> BreakEven {
    let rates = [0.1, 1.0, 10.0, 60.0, 100.0, 1000.0];
    let line = |(client, per_event): (usize, f64)| BreakEvenLine {
        client,
        points: rates.map(|rate| (rate, if per_event == 0.0 { 60.0 } else { rate * per_event })).into(),
        measured_per_h: summary.clients[client].requests.total as f64 / 24.0,
    };
    BreakEven {
        here_per_h: summary.events.rate_per_s * 3600.0,
        lines: [(0, 0.0), (1, 1.08), (2, 1.4)].map(line).into(),
        crossing: Some(Crossing { clients: (0, 1), events_per_h: 55.6, requests_per_h: 60.0 }),
    }
}

fn trade_off(summary: &Summary) -> TradeOff {
    let point = |(client, summary): (usize, &ClientSummary)| TradeOffPoint {
        client,
        requests_per_day: summary.requests.total as f64,
        mean_s: summary.latency_s.mean.unwrap_or_default(),
        p99_s: summary.latency_s.p99,
        never: 0.0,
        dominated: client == 0,
    };
    TradeOff {
        points: summary.clients.iter().enumerate().map(point).collect(),
        polling: [1.0, 10.0, 60.0, 600.0, 3600.0].map(|t: f64| (DAY_S / t, t / 2.0 + 0.1)).into(),
    }
}
