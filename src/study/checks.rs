//! What every run is held against: the closed forms, and the conservation laws. In the words of the report.

use super::summary::{ClientSummary, Summary};
use super::{Check, human, predict};
use crate::scenario::{Client, Scenario};

/// All checks of a run: theory where a form holds, then one line of the ledger.
pub(super) fn checks(scenario: &Scenario, summary: &Summary) -> Vec<Check> {
    let each = || scenario.clients.iter().zip(&summary.clients);
    // A live run cannot be nearer to theory than it was to its own schedule.
    let late_s = summary.live.as_ref().and_then(|live| live.lateness_s.max).unwrap_or(0.0);
    let mut checks: Vec<Check> = each()
        .filter_map(|(client, measured)| latency(measured, predict::cluster(scenario, client)?, late_s))
        .collect();
    checks.extend(each().filter_map(|(client, measured)| empty_share(client, measured)));
    checks.push(ledger(summary));
    checks
}

/// The mean latency within four standard errors of theory, and three events more or less of the slowest: of what is
/// rare a run has none or several, and no standard error tells that.
fn latency(measured: &ClientSummary, cluster: f64, late_s: f64) -> Option<Check> {
    let theory = &measured.theory.latency_s;
    let (mean, expected, deviation) = (measured.latency_s.mean?, theory.mean?, theory.stddev?);
    let events = measured.latency_s.count as f64;
    let slowest_s = if deviation > 0.0 { measured.latency_s.max? } else { 0.0 };
    let reach = 4.0 * deviation * libm::sqrt(cluster / events) + 3.0 * slowest_s / events + late_s;
    let (shown, wanted) = (human::duration(mean), human::duration(expected));
    let plus_minus = if reach > 0.0 { format!(" ± {}", human::duration(reach)) } else { String::new() };
    let text = format!("{}: mean {shown}, theory {wanted}{plus_minus}", measured.name);
    // In virtual time a constant latency is met to the nanosecond.
    Some(Check { text, holds: (mean - expected).abs() <= reach.max(1e-6) })
}

/// The share of empty polls within four standard errors of theory.
fn empty_share(client: &Client, measured: &ClientSummary) -> Option<Check> {
    let expected = measured.theory.empty_share?;
    let polls = measured.requests.polls;
    client.schedule().filter(|_| polls > 0)?;
    let share = measured.requests.empty_polls as f64 / polls as f64;
    // All members of a client see the same events, so that their polls are empty together. One poll more or less is
    // the share's own step.
    let independent = polls as f64 / f64::from(client.count);
    let reach = 4.0 * libm::sqrt(expected * (1.0 - expected) / independent) + 1.0 / polls as f64;
    let text = format!(
        "{}: empty {}, theory {} ± {}",
        measured.name,
        human::share(share),
        human::share(expected),
        human::share(reach)
    );
    Some(Check { text, holds: (share - expected).abs() <= reach })
}

/// Every event is known, lost or pending, for every client; and every request is counted once.
fn ledger(summary: &Summary) -> Check {
    let sum = |figure: fn(&ClientSummary) -> u64| summary.clients.iter().map(figure).sum::<u64>();
    let [occurred, known, lost, pending] = [
        sum(|client| client.events.occurred),
        sum(|client| client.events.delivered),
        sum(|client| client.events.lost),
        sum(|client| client.events.pending),
    ];
    let requests = sum(|client| client.requests.total);
    let by_outcome = sum(|client| client.requests.empty + client.requests.non_empty + client.requests.failed);
    let [all, known_text, lost_text] = [occurred, known, lost].map(human::count);
    // What is pending was not known by the end either, so that "never" would say too little.
    let missing = match pending {
        0 => format!("{lost_text} never"),
        _ => format!("{lost_text} lost + {} pending", human::count(pending)),
    };
    let text = format!("{all} events × clients = {known_text} known + {missing}");
    Check { text, holds: occurred == known + lost + pending && requests == by_outcome }
}
