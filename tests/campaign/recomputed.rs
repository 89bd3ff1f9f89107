//! Checks that compute figures again: from the receipts, from the rows of events.csv, and by the other path.

use crate::counted;
use pollhook::policy::cursor::Cursor;
use pollhook::policy::paging::Order;
use pollhook::report::data::events_csv;
use pollhook::rng::Randomness;
use pollhook::scenario::{Client, Kind, Scenario};
use pollhook::sim::{self, Path, RunOptions};
use pollhook::study::summary::{ClientSummary, Reached};
use pollhook::study::{Replication, Results};
use pollhook::time::Span;

pub(crate) fn latencies_are_those_of_the_receipts(
    scenario: &Scenario,
    summary: &ClientSummary,
    replications: &[Replication],
    index: usize,
) {
    let members = scenario.clients[index].count as usize;
    let mut latencies = Vec::new();
    for replication in replications {
        let (receipts, occurred) = counted(scenario, replication, index);
        for (receipts, occurred) in receipts.chunks(members).zip(occurred) {
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
    let count = latencies.len() as f64;
    let mean_s = latencies.iter().map(seconds).sum::<f64>() / count;
    let squares = latencies.iter().map(|latency| (seconds(latency) - mean_s) * (seconds(latency) - mean_s));
    let deviation_s = libm::sqrt(squares.sum::<f64>() / count);
    for (name, shown_s, expected_s) in
        [("mean", shown.mean, mean_s), ("deviation", shown.stddev, deviation_s)]
    {
        let close =
            shown_s.is_none_or(|shown_s| (shown_s - expected_s).abs() <= 1e-12 * count * (1.0 + mean_s));
        assert!(close && shown_s.is_some() == (count > 0.0), "{name}: {shown_s:?}, recomputed {expected_s}");
    }
    if shown.min == shown.max {
        assert!(
            shown.stddev.is_none_or(|deviation| deviation == 0.0),
            "{:?} of equal latencies",
            shown.stddev
        );
    }
}

/// The rows of events.csv give the figures of summary.json.
pub(crate) fn rows_say_what_the_summary_says(scenario: &Scenario, results: &Results) {
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
        let batched = scenario
            .client(&client.name)
            .and_then(Client::webhook)
            .is_some_and(|webhook| webhook.batch.is_some());
        // Each event has the attempts of its batch.
        assert!(attempts >= client.attempts.total, "attempts");
        assert!(batched || attempts == client.attempts.total, "attempts");
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

/// The plain path and the shortcut give the same record. Returns whether the shortcut holds.
pub(crate) fn both_paths_agree(scenario: &Scenario, index: usize, replications: &[Replication]) -> bool {
    let client = &scenario.clients[index];
    for (number, replication) in replications.iter().enumerate() {
        let randomness = Randomness::new(scenario.seed, number as u32);
        let by = |path| {
            let options = RunOptions::to_the_end(path);
            sim::run(scenario, client, &replication.events, randomness, options).expect("it is not stopped")
        };
        let (plain, short) = (by(Path::Plain), by(Path::Shortcut));
        assert_eq!(plain.requests, short.requests, "requests of both paths");
        assert_eq!((plain.sent, plain.ended), (short.sent, short.ended), "requests sent by both paths");
        assert_eq!(plain, short, "both paths");
        assert_eq!(plain, replication.records[index], "one client, and all together");
    }
    is_regular(scenario, client)
}

/// A poller with a fixed rate and a constant network, without failures or outages.
fn is_regular(scenario: &Scenario, client: &Client) -> bool {
    let Kind::Poll(schedule) = &client.kind else { return false };
    let ways = [client.network.to_source.clone(), client.network.to_client.clone()];
    schedule.interval.constant().is_some()
        && scenario.events.job.is_none()
        && schedule.order == Order::Oldest
        && schedule.cursor == Cursor::Id
        && scenario.source.commit_delay.constant().is_some()
        && schedule.jitter == 0.0
        && ways.iter().all(|way| way.loss == 0.0 && way.delay.constant().is_some())
        && client.outages.0.is_empty()
        && scenario.source_outages.0.is_empty()
        && scenario.source.failure_rate == 0.0
}
