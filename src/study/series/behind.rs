//! How far behind each client was over time.

use crate::measure::{Receipt, age_of_oldest_unknown};
use crate::scenario::{Client, Scenario};
use crate::study::figures::{Behind, BehindLine};
use crate::study::replication::Replication;
use crate::time::{Instant, Span};

/// Steps of a line.
const STEPS: usize = 400;
/// Receipts (events × members) that are looked at; of a client with more of them only the first members are.
const RECEIPTS: usize = 20_000_000;

/// Until the end of the events, or until the last one is known where a client is further behind after that end.
pub(super) fn behind(scenario: &Scenario, first: &Replication) -> Behind {
    let from = Instant::START + scenario.warmup;
    let end = Instant::START + scenario.duration;
    let greatest = |behind: &Behind| {
        behind.clients.iter().filter_map(|line| line.worst).map(|worst| worst.1).fold(0.0, f64::max)
    };
    let within = lines(scenario, first, (from, end));
    let receipts = first.records.iter().flat_map(|record| &record.receipts);
    let last = receipts.map(|receipt| receipt.held).filter(|held| *held != Instant::NEVER).max();
    match last.filter(|last| *last > end) {
        Some(last) => {
            let beyond = lines(scenario, first, (from, last + (last - from) / 50));
            if greatest(&beyond) > WORSE * greatest(&within) { beyond } else { within }
        }
        None => within,
    }
}

/// The drain is shown where the worst of it is so many times the worst before.
const WORSE: f64 = 1.1;

fn lines(scenario: &Scenario, first: &Replication, (from, until): (Instant, Instant)) -> Behind {
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    let clients = each.map(|(index, (client, record))| {
        let events = first.events_of(scenario, client);
        let line = worst_line(client, &record.receipts, events.occurred(), (from, until));
        let points: Vec<(f64, f64)> =
            line.iter().map(|(at, age)| (at.as_secs_f64(), age.as_secs_f64())).collect();
        let greatest = line.iter().max_by_key(|(at, age)| (*age, std::cmp::Reverse(*at)));
        let worst = greatest.filter(|(_, age)| *age > Span::ZERO);
        let growing = worst.is_some_and(|(at, _)| *at >= until);
        let ended_by = worst.filter(|_| !growing).and_then(|(at, _)| ended_by(&record.receipts, *at));
        let worst = worst.map(|(at, age)| (at.as_secs_f64(), age.as_secs_f64()));
        BehindLine { client: index, points, worst, ended_by, growing }
    });
    Behind { span_s: (from.as_secs_f64(), until.as_secs_f64()), clients: clients.collect() }
}

/// The greatest age of the client's members in each step.
fn worst_line(
    client: &Client,
    receipts: &[Receipt],
    occurred: &[Instant],
    span: (Instant, Instant),
) -> Vec<(Instant, Span)> {
    let members = (client.count as usize).min((RECEIPTS / occurred.len().max(STEPS)).max(1));
    let line = |member: usize| {
        let own = receipts[member.min(receipts.len())..].iter().step_by(client.count as usize);
        age_of_oldest_unknown(occurred, own, span, STEPS)
    };
    let worst_of = |mut worst: Vec<(Instant, Span)>, other: Vec<(Instant, Span)>| {
        for (worst, other) in worst.iter_mut().zip(other) {
            if other.1 > worst.1 {
                *worst = other;
            }
        }
        worst
    };
    (0..members).map(line).reduce(worst_of).unwrap_or_default()
}

/// What brought an event at that moment: `a poll`, `retry 3`.
fn ended_by(receipts: &[Receipt], at: Instant) -> Option<String> {
    let arrival = receipts.iter().find(|receipt| receipt.held == at)?.by?;
    Some(match arrival.attempt {
        0 | 1 => format!("a {}", arrival.channel.words().request),
        attempt => format!("retry {}", attempt - 1),
    })
}
