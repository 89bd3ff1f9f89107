//! Makes the series of the charts: it decides which part of a run is shown, not how it looks.

mod attacks;
mod behind;
mod costs;
mod known;
mod lanes;
mod recovery;
mod requests;
mod set_up;
mod story;
mod told;
mod wire;

pub(super) use told::{latencies, told};

use super::answer::compared_clients;
use super::figures::{Fates, Figures, OutageBand};
use super::replication::{Replication, first_counted};
use super::rows::fate;
use super::summary::Summary;
use crate::measure::Latencies;
use crate::policy::outage::Outage;
use crate::scenario::{Client, Scenario};
use std::collections::BTreeMap;

/// All series of a run. Those along time are of one replication, distributions are of all.
pub(super) fn figures(
    scenario: &Scenario,
    first: &Replication,
    summary: &Summary,
    latencies: &[Latencies],
) -> Figures {
    let behind = behind::behind(scenario, first);
    let compared = compared_clients(summary, scenario).map(|[one, other]| (one, other));
    Figures {
        lanes: lanes::lanes(scenario, first, compared),
        stories: story::stories(scenario, first),
        known: known::known(scenario, summary, latencies),
        requests: requests::requests(scenario, first),
        bytes: wire::bytes(scenario, first),
        connections: wire::connections(scenario, first),
        recovery: recovery::recovery(scenario, first),
        behind,
        break_even: costs::break_even(scenario, summary, compared),
        trade_off: costs::trade_off(scenario, summary),
        set_up: set_up::set_up(scenario, summary, compared),
        fates: fates(scenario, first),
        attacks: attacks::attacks(scenario, summary),
        outages: outages(scenario),
        runs: summary.replications,
        shown: summary.replication,
        events_end_s: scenario.duration.as_secs_f64(),
        compared,
    }
}

fn fates(scenario: &Scenario, first: &Replication) -> Vec<Fates> {
    let each = scenario.clients.iter().zip(&first.records).enumerate();
    each.map(|(index, (client, record))| {
        let from = first_counted(scenario, &first.events_of(scenario, client));
        let mut counts = BTreeMap::new();
        let mut duplicates = 0;
        for receipt in &record.receipts[from * client.count as usize..] {
            *counts.entry(fate(client, receipt)).or_default() += 1;
            duplicates += u64::from(receipt.duplicates());
        }
        Fates { client: index, counts: counts.into_iter().collect(), duplicates }
    })
    .collect()
}

fn outages(scenario: &Scenario) -> Vec<OutageBand> {
    let band = |client, outage: &Outage| {
        let span_s = (outage.from.as_secs_f64(), outage.until.as_secs_f64());
        OutageBand { client, span_s }
    };
    let of_client = |(index, client): (usize, &Client)| {
        client.outages.0.iter().map(|outage| band(Some(index), outage)).collect::<Vec<_>>()
    };
    let source = scenario.source_outages.0.iter().map(|outage| band(None, outage));
    source.chain(scenario.clients.iter().enumerate().flat_map(of_client)).collect()
}
