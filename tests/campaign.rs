//! A campaign of random scenarios: every key with every other, short runs. Of each it holds what must hold of any run:
//! the ledger balances, requests and bytes are what the requests were, no figure is no number, and what a report says
//! is what its own rows say.

mod dice;

use dice::Dice;
use pollhook::measure::{Latencies, Ledger, Outcome, Receipt, Record, Status};
use pollhook::report::data::{events_csv, summary_json};
use pollhook::rng::Randomness;
use pollhook::scenario::{self, Client, Kind, Scenario};
use pollhook::sim::{self, Path, RunOptions};
use pollhook::study::summary::{ClientSummary, Latency, Reached};
use pollhook::study::{self, Replication, Results};
use pollhook::time::{Instant, Span};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn sixty_random_scenarios_hold_what_any_run_must() {
    campaign(1, 60);
}

#[test]
#[ignore = "two thousand simulated scenarios: `cargo test --release -- --ignored campaign`"]
fn campaign_of_two_thousand_random_scenarios_holds_what_any_run_must() {
    campaign(1_000_000, 2000);
}

/// Examines so many scenarios; tells every one in which something does not hold, whole.
fn campaign(first: u64, scenarios: u64) {
    let examined: Vec<Result<Option<Seen>, String>> =
        (first..first + scenarios).into_par_iter().map(examined).collect();
    let faults: Vec<&str> =
        examined.iter().filter_map(|each| each.as_ref().err()).map(String::as_str).collect();
    assert!(faults.is_empty(), "{} of {scenarios}:\n\n{}", faults.len(), faults.join("\n\n"));
    let mut seen = Seen::default();
    for each in examined.iter().flatten().flatten() {
        seen.add(each);
    }
    // Some keys are refused beside others.
    let refused = scenarios - seen.scenarios;
    assert!(refused * 5 < scenarios, "{refused} of {scenarios} scenarios are refused");
    // A campaign in which nothing goes wrong would prove little.
    assert!(seen.lost > 0 && seen.duplicates > 0 && seen.failed > 0 && seen.short > 0, "{seen:?}");
}

/// What a campaign has come across.
#[derive(Debug, Default)]
struct Seen {
    scenarios: u64,
    lost: u64,
    duplicates: u64,
    failed: u64,
    /// Clients whose polls need not all be worked.
    short: u64,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.scenarios += other.scenarios;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.failed += other.failed;
        self.short += other.short;
    }
}

/// The scenario of that seed, examined: None where it is refused, an error with its text where something is wrong.
fn examined(seed: u64) -> Result<Option<Seen>, String> {
    let drawn = Dice(seed).draw();
    let Ok(scenario) = scenario::load("random", &drawn.text(&drawn.all()), &[]) else { return Ok(None) };
    catch_unwind(AssertUnwindSafe(|| examine(&drawn, &scenario))).map(Some).map_err(|why| {
        let why = why.downcast_ref::<String>().cloned();
        format!("seed {seed}: {}\n{}", why.unwrap_or_default(), drawn.text(&drawn.all()))
    })
}

fn examine(drawn: &Drawn, scenario: &Scenario) -> Seen {
    let results = run(scenario);
    let again = run(scenario);
    assert_eq!(summary_json(&results.summary), summary_json(&again.summary), "two runs of one scenario");
    assert_eq!(events_csv(&results), events_csv(&again), "two runs of one scenario");
    numbers_are_numbers(&results);
    let replication = |number| {
        study::replicate(scenario, number, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped")
    };
    let replications: Vec<Replication> = (0..scenario.replications).map(replication).collect();
    let mut seen = Seen { scenarios: 1, ..Seen::default() };
    for (index, client) in scenario.clients.iter().enumerate() {
        let summary = &results.summary.clients[index];
        let records = || replications.iter().map(|replication| &replication.records[index]);
        records().for_each(requests_end_once);
        requests_are_summed(summary, records());
        ledger_balances(scenario, client, index, summary, &replications);
        bytes_are_those_of_the_requests(scenario, client, &replications, index);
        latencies_are_those_of_the_receipts(scenario, summary, &replications, index);
        seen.short += u64::from(both_paths_agree(scenario, index, &replications));
        seen.lost += summary.events.lost;
        seen.duplicates += summary.events.duplicates;
        seen.failed += summary.requests.failed;
    }
    if scenario.replications == 1 {
        rows_say_what_the_summary_says(&results);
    }
    clients_do_not_matter_to_each_other(drawn, &results);
    seen
}

fn run(scenario: &Scenario) -> Results {
    study::run(scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped")
}

/// JSON writes null for what is no number, so the figures themselves are looked at.
fn numbers_are_numbers(results: &Results) {
    let figures = format!("{:?}", results.summary.clients);
    assert!(!figures.contains("NaN"), "{figures}");
    assert!(!figures.contains("Some(inf)") && !figures.contains(": inf,"), "{figures}");
    let rows = format!("{:?}", results.replications);
    assert!(!rows.contains("NaN"), "{rows}");
    for client in &results.summary.clients {
        let share = |share: Option<f64>| share.is_none_or(|share| (0.0..=1.0).contains(&share));
        assert!(share(client.fresh_share) && share(client.empty_share) && share(client.delivered_share));
        assert!(client.age_s.mean.is_none_or(|age| age >= 0.0), "age {:?}", client.age_s.mean);
    }
}

/// Every request that a machine sent ended, after it was sent.
fn requests_end_once(record: &Record) {
    assert_eq!(record.sent, record.ended, "requests sent, and ended");
    assert!(record.trace.iter().all(|traced| traced.sent <= traced.ended), "an end before its beginning");
    let bins: u64 = record.bins.iter().map(|bin| bin.total()).sum();
    assert_eq!(bins, record.requests.total(), "requests by time");
    let drain: u64 = record.drain_bins.values().map(|bin| bin.total()).sum();
    assert_eq!(drain, record.requests.drain, "requests of the drain by time");
    assert!(record.sent >= record.requests.total() + record.requests.drain);
}

fn requests_are_summed<'a>(summary: &ClientSummary, records: impl Iterator<Item = &'a Record>) {
    let requests = &summary.requests;
    assert_eq!(requests.total, requests.by_status.values().sum::<u64>(), "requests by status");
    assert_eq!(requests.total, requests.empty + requests.non_empty + requests.failed, "requests by outcome");
    assert!(requests.empty_polls <= requests.polls && requests.polls + requests.retries <= requests.total);
    let (mut total, mut to_source, mut to_client) = (0, 0, 0);
    for record in records {
        total += record.requests.total();
        to_source += record.requests.bytes_to_source;
        to_client += record.requests.bytes_to_client;
    }
    assert_eq!(requests.total, total, "requests of all replications");
    let bytes = summary.bytes;
    assert_eq!(
        (bytes.to_source, bytes.to_client, bytes.total),
        (to_source, to_client, to_source + to_client)
    );
}

/// The receipts of the events that count, and when those occurred.
fn counted<'a>(
    scenario: &Scenario,
    replication: &'a Replication,
    client: usize,
) -> (&'a [Receipt], &'a [Instant]) {
    let members = scenario.clients[client].count as usize;
    let occurred = replication.events.occurred();
    let first = occurred.partition_point(|&at| at < Instant::START + scenario.warmup);
    (&replication.records[client].receipts[first * members..], &occurred[first..])
}

fn ledger_balances(
    scenario: &Scenario,
    client: &Client,
    index: usize,
    summary: &ClientSummary,
    replications: &[Replication],
) {
    let reconciles = client.webhook().is_some_and(|webhook| webhook.reconcile.is_some());
    let mut sum = Ledger::default();
    let mut firsts = 0;
    for replication in replications {
        let (receipts, occurred) = counted(scenario, replication, index);
        let ledger = Ledger::of(receipts, client.count, reconciles);
        assert_eq!(ledger.occurred, occurred.len() as u64 * u64::from(client.count));
        sum.add(&ledger);
        let delivered =
            receipts.iter().filter(|receipt| receipt.by.is_some_and(|by| by.channel.may_duplicate()));
        firsts += delivered.count() as u64;
        if client.webhook().is_some() && !reconciles {
            let record = &replication.records[index];
            let attempts: u64 = record.receipts.iter().map(|receipt| u64::from(receipt.attempts)).sum();
            assert_eq!(attempts, record.ended, "attempts by event, and requests");
        }
    }
    let events = summary.events;
    assert_eq!(events.occurred, events.delivered + events.lost + events.pending, "{events:?}");
    assert_eq!(events.receipts, firsts + events.duplicates, "receipts are firsts and duplicates: {events:?}");
    assert_eq!(
        (
            events.occurred,
            events.delivered,
            events.lost,
            events.pending,
            events.receipts,
            events.out_of_order
        ),
        (sum.occurred, sum.delivered, sum.lost, sum.pending, sum.receipts, sum.out_of_order)
    );
    assert_eq!((summary.attempts.total, summary.attempts.gave_up), (sum.attempts, sum.gave_up));
    assert!(events.receipts <= summary.attempts.total, "a receipt without an attempt: {events:?}");
}

/// A refused connection carries nothing; every other request counts when it is sent, an answer when it is received.
fn bytes_are_those_of_the_requests(
    scenario: &Scenario,
    client: &Client,
    replications: &[Replication],
    index: usize,
) {
    let sizes = scenario.sizes(client);
    for replication in replications {
        let record = &replication.records[index];
        let requests = &record.requests;
        let by_status = requests.by_status();
        let carried = requests.total() - by_status.get(&Status::Refused).unwrap_or(&0);
        let answers = |wanted: fn(u16) -> bool| -> u64 {
            let sized = by_status.iter().map(|(status, number)| match status {
                Status::Http(status) if wanted(*status) => number * sizes.status(*status),
                _ => 0,
            });
            sized.sum()
        };
        match &client.kind {
            Kind::Webhook(webhook) if webhook.reconcile.is_none() => {
                assert_eq!(requests.bytes_to_client, carried * sizes.delivery(), "bytes of deliveries");
                assert_eq!(requests.bytes_to_source, answers(|_| true), "bytes of their answers");
            }
            Kind::Webhook(_) => {}
            _ => {
                assert_eq!(requests.bytes_to_source, carried * sizes.poll(), "bytes of polls");
                let whole = client.count == 1
                    && scenario.events.resources == 1
                    && scenario.source.page_size as usize > replication.events.occurred().len()
                    && record.trace_ends.is_none();
                if whole {
                    let pages = pages_bytes(scenario, client, record);
                    let expected = pages + answers(|status| status != 200);
                    assert_eq!(requests.bytes_to_client, expected, "bytes of pages");
                }
            }
        }
    }
}

/// The bytes of the pages of a single loop, each of which has all that there is: by the events held when it came.
fn pages_bytes(scenario: &Scenario, client: &Client, record: &Record) -> u64 {
    let (from, until) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let sizes = scenario.sizes(client);
    let answered = record.trace.iter().filter(|traced| traced.outcome != Outcome::Failed);
    let counted = answered.filter(|traced| from <= traced.sent && traced.sent < until);
    let page = |ended: Instant| {
        let events = record.receipts.iter().filter(|receipt| receipt.held == ended).count();
        sizes.page(events as u32, false)
    };
    counted
        .map(|traced| match traced.outcome {
            Outcome::Empty => sizes.page(0, false),
            Outcome::Useful | Outcome::Failed => page(traced.ended),
        })
        .sum()
}

fn latencies_are_those_of_the_receipts(
    scenario: &Scenario,
    summary: &ClientSummary,
    replications: &[Replication],
    index: usize,
) {
    let members = scenario.clients[index].count as usize;
    let mut latencies = Vec::new();
    for replication in replications {
        let (receipts, occurred) = counted(scenario, replication, index);
        for (receipts, &occurred) in receipts.chunks(members).zip(occurred) {
            let held = receipts.iter().filter(|receipt| receipt.by.is_some());
            latencies.extend(held.map(|receipt| receipt.held - occurred));
        }
    }
    latencies.sort_unstable();
    assert!(latencies.first().is_none_or(|&least| least >= Span::ZERO), "an event held before it occurred");
    let occurred = summary.events.occurred as usize;
    // Nearest rank: the median of n is the ceil(n / 2)-th.
    let middle = |of: usize| of.div_ceil(2) - 1;
    let seconds = |latency: &Span| latency.as_secs_f64();
    let shown = &summary.latency_s;
    assert_eq!(shown.count as usize, latencies.len());
    assert_eq!((shown.min, shown.max), (latencies.first().map(seconds), latencies.last().map(seconds)));
    let median = (latencies.len() >= 2).then(|| latencies[middle(latencies.len())].as_secs_f64());
    assert_eq!(shown.p50, median, "the median");
    let after = |rank: usize| latencies.get(rank).map_or(Reached::Never, |at| Reached::After(seconds(at)));
    assert_eq!(summary.known_after_s.p50, (occurred >= 2).then(|| after(middle(occurred))));
    assert_eq!(summary.known_after_s.max, (occurred >= 1).then(|| after(occurred - 1)));
    for (name, within_s) in [("1s", 1), ("10s", 10), ("1m", 60), ("10m", 600), ("1h", 3600)] {
        let known = latencies.partition_point(|&latency| latency <= Span::from_secs(within_s));
        let share = (occurred > 0).then(|| known as f64 / occurred as f64);
        assert_eq!(summary.known_within[name], share, "known within {name}");
    }
    let mut recorded = Latencies::default();
    latencies.iter().for_each(|&latency| recorded.record(latency));
    let Latency { mean, stddev, .. } = study::latency(&recorded);
    assert_eq!((shown.mean, shown.count), (mean, recorded.count));
    // The variance is a difference of squares, which keeps half of the digits.
    let digits = 1e-6 * shown.max.unwrap_or(0.0);
    let same = shown.stddev.zip(stddev).is_none_or(|(shown, expected)| (shown - expected).abs() <= digits);
    assert!(same, "{:?}, recomputed {stddev:?}", shown.stddev);
}

/// Every poll worked, and those counted that need not be: one record. Returns whether some need not be.
fn both_paths_agree(scenario: &Scenario, index: usize, replications: &[Replication]) -> bool {
    let client = &scenario.clients[index];
    for (number, replication) in replications.iter().enumerate() {
        let randomness = Randomness::new(scenario.seed, number as u32);
        let by = |path| {
            let options = RunOptions::to_the_end(path);
            sim::run(scenario, client, &replication.events, randomness, options).expect("it is not stopped")
        };
        let (plain, short) = (by(Path::Plain), by(Path::Shortcut));
        assert_eq!(plain.requests, short.requests, "requests of both paths");
        assert_eq!(plain.bins, short.bins, "bins of both paths");
        assert_eq!(plain.receipts, short.receipts, "receipts of both paths");
        assert_eq!(plain.trace, short.trace, "lanes of both paths");
        if scenario.warmup == Span::ZERO {
            // Empty polls of the warm-up stand in no figure, and nobody counts them.
            assert_eq!((plain.sent, plain.ended), (short.sent, short.ended), "requests sent by both paths");
        }
        assert_eq!((&plain.drain_bins, plain.trace_ends), (&short.drain_bins, short.trace_ends));
        assert_eq!(plain, replication.records[index], "one client, and all together");
    }
    is_regular(scenario, client)
}

/// A poller of a fixed rate and a fixed network that nothing disturbs.
fn is_regular(scenario: &Scenario, client: &Client) -> bool {
    let Kind::Poll(schedule) = &client.kind else { return false };
    let ways = [client.network.to_source.clone(), client.network.to_client.clone()];
    schedule.interval.constant().is_some()
        && schedule.jitter == 0.0
        && ways.iter().all(|way| way.loss == 0.0 && way.delay.constant().is_some())
        && client.outages.0.is_empty()
        && scenario.source_outages.0.is_empty()
        && scenario.source.failure_rate == 0.0
}

/// The rows of events.csv, read as anybody would, give the figures of summary.json.
fn rows_say_what_the_summary_says(results: &Results) {
    let text = String::from_utf8(events_csv(results).expect("few rows")).expect("text");
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
    for client in &results.summary.clients {
        let own = || rows.iter().filter(|row| row[1] == client.name);
        let mut latencies: Vec<f64> =
            own().filter(|row| !row[4].is_empty()).map(|row| row[4].parse().expect("seconds")).collect();
        latencies.sort_by(f64::total_cmp);
        let count = latencies.len();
        let shown = &client.latency_s;
        assert_eq!((own().count() as u64, count as u64), (client.events.occurred, shown.count), "rows");
        let outcome = |word: &str| own().filter(|row| row[6] == word).count() as u64;
        assert_eq!((outcome("lost"), outcome("pending")), (client.events.lost, client.events.pending));
        let attempts: u64 = own().map(|row| row[5].parse::<u64>().expect("a number")).sum();
        assert_eq!(attempts, client.attempts.total, "attempts");
        let mean = (count > 0).then(|| latencies.iter().sum::<f64>() / count as f64);
        let median = (count > 1).then(|| latencies[count.div_ceil(2) - 1]);
        let pairs = [
            (shown.mean, mean),
            (shown.min, latencies.first().copied()),
            (shown.max, latencies.last().copied()),
            (shown.p50, median),
        ];
        for (shown, recomputed) in pairs {
            let same = match (shown, recomputed) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 + 1e-12 * a,
                (a, b) => a == b,
            };
            assert!(same, "{}: {shown:?} in summary.json, {recomputed:?} by events.csv", client.name);
        }
    }
}

/// The first and the last client alone have the figures that they have beside the others.
fn clients_do_not_matter_to_each_other(drawn: &Drawn, results: &Results) {
    let last = drawn.clients.len() - 1;
    for index in [0, last].into_iter().take(drawn.clients.len()) {
        let text = drawn.text(&[index]);
        let alone = scenario::load("random", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let alone = run(&alone).summary;
        assert_eq!(alone.events, results.summary.events, "the events do not depend on the clients");
        let (alone, beside) = (&alone.clients[0], &results.summary.clients[index]);
        assert_eq!(alone, beside, "alone, and beside others");
    }
}

/// A scenario in parts, so that clients can be left out.
struct Drawn {
    head: String,
    clients: Vec<String>,
    outages: Vec<(Whose, String)>,
}

/// Whom an outage is of.
enum Whose {
    All,
    Source,
    These(Vec<usize>),
}

impl Drawn {
    fn all(&self) -> Vec<usize> {
        (0..self.clients.len()).collect()
    }

    /// With these clients alone.
    fn text(&self, clients: &[usize]) -> String {
        let mut text = self.head.clone();
        clients.iter().for_each(|&client| text.push_str(&self.clients[client]));
        for (whose, keys) in &self.outages {
            let whose = match whose {
                Whose::All => "client = \"*\"".to_owned(),
                Whose::Source => "party = \"source\"".to_owned(),
                Whose::These(these) => {
                    let here = these.iter().filter(|client| clients.contains(client));
                    let names: Vec<String> = here.map(|client| format!("\"c{client}\"")).collect();
                    if names.is_empty() {
                        continue;
                    }
                    format!("client = [{}]", names.join(", "))
                }
            };
            let _ = writeln!(text, "[[outage]]\n{whose}\n{keys}");
        }
        text
    }
}

/// A duration, to the microsecond.
fn span(seconds: f64) -> String {
    format!("\"{}us\"", (seconds * 1e6).round().max(1.0))
}

impl Dice {
    fn draw(mut self) -> Drawn {
        let duration_s = self.between(5.0, 86_400.0).ceil();
        let mut head = String::new();
        let (seed, replications) = (self.next() % 1_000_000, self.pick(&[1, 1, 2]));
        let _ = writeln!(head, "duration = \"{duration_s}s\"\nseed = {seed}\nreplications = {replications}");
        if self.one_in(3) {
            let _ = writeln!(head, "warmup = {}", span(duration_s * 0.8 * self.unit()));
        }
        match self.whole(0, 3) {
            0 => head.push_str("drain = \"0s\"\n"),
            1 => {
                let _ = writeln!(head, "drain = {}", span(duration_s * self.unit()));
            }
            _ => {}
        }
        self.events(&mut head, duration_s);
        self.source(&mut head, duration_s);
        let clients = self.whole(1, 3) as usize;
        let clients: Vec<String> = (0..clients).map(|number| self.client(number, duration_s)).collect();
        let outages = self.outages(clients.len(), duration_s);
        Drawn { head, clients, outages }
    }

    fn events(&mut self, text: &mut String, duration_s: f64) {
        let rate_per_s = self.between(0.5, 200.0) / duration_s;
        let (format, size) = (self.pick(&["json", "xml"]), self.pick(&["120B", "300B", "2KiB"]));
        let process = if self.one_in(3) { "constant" } else { "poisson" };
        let first = if process == "constant" && self.one_in(2) {
            format!(", first = {}", span(duration_s * self.unit()))
        } else {
            String::new()
        };
        let _ = writeln!(
            text,
            "[events]\npayload = {{ format = \"{format}\", size = \"{size}\" }}\n\
             arrivals = {{ process = \"{process}\", rate = \"{rate_per_s:.9}/s\"{first} }}"
        );
        if self.one_in(3) {
            let _ = writeln!(text, "resources = {}", self.whole(2, 4));
        }
    }

    fn source(&mut self, text: &mut String, duration_s: f64) {
        text.push_str("[source]\n");
        if self.one_in(3) {
            let mean_s = self.between(0.0001, duration_s / 200.0);
            let _ = writeln!(text, "service_time = {}", self.delay(mean_s));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "capacity = {}", self.whole(1, 3));
        }
        if self.one_in(4) {
            let _ = writeln!(text, "failure_rate = {}", self.chance());
        }
        let _ = writeln!(text, "page_size = {}", self.pick(&[1, 2, 5, 100, 1000, 1000]));
    }

    fn client(&mut self, number: usize, duration_s: f64) -> String {
        let mut text = format!("[[client]]\nname = \"c{number}\"\n");
        if self.one_in(3) {
            let _ = writeln!(text, "count = {}", self.whole(2, 4));
        }
        match self.whole(0, 5) {
            0..=2 => self.webhook(&mut text, duration_s),
            3 => self.long_poll(&mut text, duration_s),
            _ => self.poll(&mut text, duration_s),
        }
        text.push_str("[client.network]\n");
        for way in ["to_source", "to_client"] {
            let mean_s = self.between(0.001, duration_s / 20.0);
            let delay = if self.one_in(5) { "\"0s\"".to_owned() } else { self.delay(mean_s) };
            let _ = writeln!(text, "{way} = {delay}");
            if self.one_in(4) {
                let _ = writeln!(text, "loss_{way} = {}", self.chance());
            }
        }
        text
    }

    fn poll(&mut self, text: &mut String, duration_s: f64) {
        let interval_s = self.between(duration_s / 200.0, duration_s * 1.5);
        let interval = if self.one_in(4) { self.delay(interval_s) } else { span(interval_s) };
        let _ = writeln!(text, "kind = \"poll\"\ninterval = {interval}");
        if self.one_in(3) {
            text.push_str("pacing = \"fixed-delay\"\n");
        } else if self.one_in(3) {
            text.push_str("overrun = \"delay\"\n");
        } else if self.one_in(3) {
            text.push_str("jitter_kind = \"tick\"\n");
        }
        if self.one_in(3) {
            let _ = writeln!(text, "phase = {}", span(interval_s * 2.0 * self.unit()));
        }
        if self.one_in(3) {
            let _ = writeln!(text, "jitter = {}", self.pick(&[0.1, 0.5]));
        }
        if self.one_in(3) {
            text.push_str("pages = \"one\"\n");
        } else if self.one_in(3) {
            text.push_str("last_page = \"short\"\n");
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", self.time(0.01, duration_s));
        }
    }

    fn long_poll(&mut self, text: &mut String, duration_s: f64) {
        let hold_s = self.between(duration_s / 100.0, duration_s);
        let _ = writeln!(text, "kind = \"long-poll\"\nhold = {}", span(hold_s));
        if self.one_in(2) {
            let _ = writeln!(text, "pause = {}", self.time(0.001, duration_s / 20.0));
        }
        if self.one_in(2) {
            let _ = writeln!(text, "timeout = {}", span(hold_s * (1.001 + self.unit())));
        }
    }

    fn webhook(&mut self, text: &mut String, duration_s: f64) {
        text.push_str("kind = \"webhook\"\n");
        if self.one_in(2) {
            let _ = writeln!(text, "deadline = {}", self.time(0.01, duration_s / 10.0));
        }
        let delay = |dice: &mut Self| dice.time(0.1, duration_s / 5.0);
        match self.whole(0, 3) {
            0 => text.push_str("retries = []\n"),
            1 => {
                let _ = writeln!(text, "retries = [{}, {}]", delay(self), delay(self));
            }
            2 => {
                let (first, factor) = (span(self.between(0.1, 2.0)), self.pick(&[1.0, 2.0, 3.5]));
                let max = span(2.0 + self.between(0.1, duration_s / 5.0));
                let _ = writeln!(
                    text,
                    "retries = {{ first = {first}, factor = {factor:?}, max = {max}, attempts = {} }}",
                    self.whole(1, 8)
                );
            }
            _ => {}
        }
        if self.one_in(3) {
            let _ = writeln!(text, "retry_jitter = \"{}\"", self.pick(&["full", "equal", "decorrelated"]));
        }
        if self.one_in(3) {
            let _ = writeln!(text, "workers = {}", self.pick(&[1, 2, 10]));
        }
        if self.one_in(3) {
            let _ = writeln!(text, "reconcile = {}", self.time(duration_s / 50.0, duration_s));
        }
        let endpoint = self.endpoint(duration_s);
        let _ = writeln!(text, "endpoint = {{ {endpoint} }}");
    }

    fn endpoint(&mut self, duration_s: f64) -> String {
        let mut keys = Vec::new();
        if self.one_in(2) {
            let work_s = self.between(0.001, duration_s / 30.0);
            keys.push(format!("service_time = {}", self.delay(work_s)));
        }
        if self.one_in(2) {
            keys.push(format!("capacity = {}", self.whole(1, 3)));
            if self.one_in(2) {
                keys.push(format!("queue = {}", self.whole(0, 5)));
            }
        }
        if self.one_in(3) {
            keys.push(format!("failure_rate = {}", self.chance()));
        }
        if self.one_in(3) {
            keys.push("dedupe = false".to_owned());
        }
        keys.join(", ")
    }

    /// Each in a stretch of the run of its own, since two of one party must not overlap; the last may outlast the run.
    fn outages(&mut self, clients: usize, duration_s: f64) -> Vec<(Whose, String)> {
        let number = self.whole(0, 3);
        let stretch_s = duration_s / (number.max(1)) as f64;
        let mut outages = Vec::new();
        for outage in 0..number {
            let whose = match self.whole(0, 3) {
                0 => Whose::All,
                1 => Whose::Source,
                _ => Whose::These((0..clients).filter(|client| *client == 0 || self.one_in(2)).collect()),
            };
            let from_s = stretch_s * (outage as f64 + 0.5 * self.unit());
            let longest = if outage + 1 == number { 2.0 } else { 0.49 };
            let for_s = stretch_s * longest * self.unit();
            let mode = self.pick(&["refuse", "hang", "error"]);
            outages
                .push((whose, format!("from = {}\nfor = {}\nmode = \"{mode}\"", span(from_s), span(for_s))));
        }
        outages
    }
}
