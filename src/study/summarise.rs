//! The numbers of `summary.json` for one client, from its measurements.

use super::aggregate::{KNOWN_WITHIN, Measured};
use super::predict;
use super::replication::window_s;
use super::summary::{
    Age, AttackBytes, Attacked, Attacks, Attempts, Bytes, Calls, ClientSummary, EventCounts, Frames,
    HeldBack, KnownAfter, Latency, Reached, Requests, Setup, Theory,
};
use crate::measure::{AttackCounts, HeldBackSums, Latencies, Ranked, RequestCounts, nearest_rank};
use crate::policy::security::Attack;
use crate::scenario::{Client, Scenario};
use crate::time::Span;
use std::collections::BTreeMap;

/// The summary of one client over that many replications, without intervals.
pub(super) fn summary(
    scenario: &Scenario,
    client: &Client,
    measured: &Measured,
    replications: u32,
) -> ClientSummary {
    let unstable_because = predict::stability(scenario, client).map(|overload| overload.because);
    ClientSummary {
        stable: unstable_because.is_none(),
        unstable_because,
        theory: predict::predict(scenario, client),
        ..without_theory(scenario, client, measured, replications)
    }
}

/// The same without what theory says of the client.
pub(super) fn without_theory(
    scenario: &Scenario,
    client: &Client,
    measured: &Measured,
    replications: u32,
) -> ClientSummary {
    let ledger = measured.ledger;
    assert_eq!(
        ledger.occurred,
        ledger.delivered + ledger.lost + ledger.pending,
        "the ledger of {}",
        client.name
    );
    let ranked = measured.latencies.ranked();
    let share = |part: u64| (ledger.occurred > 0).then(|| part as f64 / ledger.occurred as f64);
    let known_within = KNOWN_WITHIN.iter().zip(measured.known_within);
    let counts = &measured.requests;
    ClientSummary {
        name: client.name.clone(),
        kind: client.kind.name().into(),
        count: client.count,
        stable: true,
        unstable_because: None,
        requests: requests(scenario, counts, ledger.occurred, replications),
        empty_share: (counts.polls > 0).then(|| counts.empty_polls as f64 / counts.polls as f64),
        calls: Calls { billed: counts.billed },
        frames: Frames {
            events: counts.event_frames,
            heartbeats: counts.heartbeats,
            heartbeats_per_s: counts.heartbeats as f64 / (window_s(scenario) * f64::from(replications)),
        },
        bytes: Bytes {
            to_source: counts.bytes_to_source,
            to_client: counts.bytes_to_client,
            total: counts.bytes_to_source + counts.bytes_to_client,
        },
        events: EventCounts {
            occurred: ledger.occurred,
            delivered: ledger.delivered,
            lost: ledger.lost,
            pending: ledger.pending,
            receipts: ledger.receipts,
            duplicates: ledger.duplicates,
            processed_again: ledger.processed_again,
            out_of_order: ledger.out_of_order,
        },
        delivered_share: share(ledger.delivered),
        attempts: Attempts {
            total: ledger.attempts,
            per_event: share(ledger.attempts),
            duplicates_per_event: share(ledger.duplicates),
            redelivered: ledger.redelivered,
            gave_up: ledger.gave_up,
        },
        latency_s: of_ranked(&measured.latencies, &ranked),
        known_within: known_within.map(|((name, _), known)| ((*name).into(), share(known))).collect(),
        known_after_s: known_after(&ranked, ledger.occurred),
        age_s: Age { mean: measured.freshness.mean_age_s() },
        fresh_share: measured.freshness.fresh_share(),
        setup: Setup {
            requests: measured.set_up.requests,
            round_trips: measured.set_up.round_trips,
            bytes: measured.set_up.bytes,
            first_event_after_s: measured.set_up.first_event_after.as_secs_f64(),
        },
        disabled_s: client
            .is_called()
            .then(|| measured.disabled.as_secs_f64() / (f64::from(client.count) * f64::from(replications))),
        held_back: held_back(measured.held_back, f64::from(client.count) * f64::from(replications)),
        attacked: attacks(&measured.attacks),
        attacks: client.attacks.iter().zip(&measured.attacks).map(attacked).collect(),
        interval: serde_json::Value::Object(serde_json::Map::new()),
        theory: Theory::default(),
    }
}

fn held_back(sums: HeldBackSums, members: f64) -> HeldBack {
    let HeldBackSums { delayed, dropped, waited, opened, open } = sums;
    HeldBack { delayed, dropped, waited, opened, open_s: open.as_secs_f64() / members }
}

fn attacks(each: &[AttackCounts]) -> Attacks {
    let mut all = AttackCounts::default();
    each.iter().for_each(|counts| all.add(counts));
    let (sent, accepted, unanswered) = (all.sent(), all.accepted(), all.unanswered());
    Attacks {
        sent,
        accepted,
        refused: sent - accepted - unanswered,
        unanswered,
        bytes: AttackBytes { to_client: all.taken_in, to_attacker: all.sent_out },
        held_s: all.held.as_secs_f64(),
    }
}

fn attacked((attack, counts): (&Attack, &AttackCounts)) -> Attacked {
    let by_status = counts.by_status.iter().map(|(status, requests)| (status.to_string(), *requests));
    let Attacks { sent, accepted, refused, unanswered, bytes, held_s } =
        attacks(std::slice::from_ref(counts));
    Attacked {
        kind: attack.kind.name().to_owned(),
        after_s: attack.after.as_secs_f64(),
        sent,
        accepted,
        refused,
        unanswered,
        by_status: by_status.collect(),
        bytes,
        held_s,
    }
}

fn requests(scenario: &Scenario, counts: &RequestCounts, occurred: u64, replications: u32) -> Requests {
    let by_status: BTreeMap<String, u64> =
        counts.by_status().into_iter().map(|(status, requests)| (status.to_string(), requests)).collect();
    assert_eq!(counts.total(), by_status.values().sum::<u64>(), "requests are the sum by status");
    let window_s = window_s(scenario) * f64::from(replications);
    Requests {
        total: counts.total(),
        empty: counts.empty,
        non_empty: counts.useful,
        failed: counts.failed,
        by_status,
        retries: counts.retries,
        polls: counts.polls,
        empty_polls: counts.empty_polls,
        drain: counts.drain,
        per_event: (occurred > 0).then(|| counts.total() as f64 / occurred as f64),
        per_s: counts.total() as f64 / window_s,
    }
}

/// The figures of latencies, or of any other times, for the summary.
pub fn latency(latencies: &Latencies) -> Latency {
    of_ranked(latencies, &latencies.ranked())
}

fn of_ranked(latencies: &Latencies, ranked: &Ranked) -> Latency {
    let quantile = |q| (latencies.count >= events_needed(q)).then(|| ranked.quantile_s(q)).flatten();
    let any = |span: Span| (latencies.count > 0).then(|| span.as_secs_f64());
    Latency {
        count: latencies.count,
        mean: latencies.mean_s(),
        stddev: latencies.stddev_s(),
        min: any(latencies.min),
        p50: quantile(0.5),
        p90: quantile(0.9),
        p95: quantile(0.95),
        p99: quantile(0.99),
        p999: quantile(0.999),
        max: any(latencies.max),
    }
}

/// Percentiles over all events that occurred, of which those without a latency were never known.
fn known_after(ranked: &Ranked, occurred: u64) -> KnownAfter {
    // The rank is among all events. Those never known have the last ranks.
    let after =
        |rank| ranked.at(rank).map_or(Reached::Never, |latency| Reached::After(latency.as_secs_f64()));
    let reached = |q: f64| (occurred >= events_needed(q)).then(|| after(nearest_rank(q, occurred)));
    KnownAfter {
        p50: reached(0.5),
        p95: reached(0.95),
        p99: reached(0.99),
        max: (occurred > 0).then(|| after(occurred)),
    }
}

/// The number of events that a percentile needs, 1/(1 - quantile): then one event is expected beyond it. With fewer it
/// would be the maximum.
pub(super) fn events_needed(quantile: f64) -> u64 {
    libm::round(1.0 / (1.0 - quantile)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of 29 events 15 are known within a second. The median is one of them, and not one of the slow ones.
    #[test]
    fn the_typical_event_is_the_middle_one() {
        let known = |occurred| {
            let mut latencies = Latencies::default();
            (0..15).for_each(|_| latencies.record(Span::from_millis(20)));
            (15..29).for_each(|_| latencies.record(Span::from_secs(300)));
            known_after(&latencies.ranked(), occurred)
        };
        assert_eq!(known(29).p50, Some(Reached::After(0.02)));
        assert_eq!(known(31).p50, Some(Reached::After(300.0)));
        assert_eq!(
            (known(31).p95, known(31).p99, known(31).max),
            (Some(Reached::Never), None, Some(Reached::Never))
        );
        assert_eq!(known(58).p50, Some(Reached::After(300.0)));
        assert_eq!(known(59).p50, Some(Reached::Never));
    }

    #[test]
    fn a_percentile_needs_an_event_beyond_it() {
        for (quantile, events) in [(0.5, 2), (0.9, 10), (0.95, 20), (0.99, 100), (0.999, 1000)] {
            assert_eq!(events_needed(quantile), events);
        }
    }
}
