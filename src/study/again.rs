//! Replications of a run once more, for what its report does not keep of them: every latency of each, and every request
//! while one event waited.

use super::aggregate::Reduced;
use super::figures::Told;
use super::replication::{Replication, first_counted, replicate};
use super::{EventRow, rows, series};
use crate::parallel;
use crate::scenario::Scenario;
use crate::sim::RunOptions;
use crate::time::Instant;
use std::collections::BTreeMap;

/// Some replications of a run in virtual time.
#[derive(Clone, Debug)]
pub struct Again {
    scenario: Scenario,
    shown: Replication,
    /// Of each replication from the first on, of each client.
    late_s: Vec<Vec<Vec<f64>>>,
    figures: Vec<Vec<Vec<Option<f64>>>>,
}

impl Again {
    /// Runs the first replications, and the one of the number `shown`, from 0 on.
    pub fn new(scenario: &Scenario, replications: u32, shown: u32) -> Self {
        let run =
            |number| replicate(scenario, number, RunOptions::TO_THE_END, &|| ()).expect("nobody stops it");
        let all = parallel::map((0..replications).collect(), |number| {
            let replication = run(number);
            let late_s = (0..scenario.clients.len()).map(|client| latencies(scenario, &replication, client));
            let late_s: Vec<Vec<f64>> = late_s.collect();
            (late_s, Reduced::of(scenario, number, replication, None).into_figures())
        });
        let (late_s, figures) = all.into_iter().unzip();
        Self { shown: run(shown), late_s, figures, scenario: scenario.clone() }
    }

    /// For each replication, how late the events of that client were known, sorted, in seconds; infinite for never.
    pub fn late_s(&self, client: usize) -> impl ExactSizeIterator<Item = &[f64]> {
        self.late_s.iter().map(move |own| &own[client][..])
    }

    /// The figures of that client in each replication, in the order of [`Figure::ALL`](crate::figure::Figure::ALL).
    pub fn figures(&self, client: usize) -> impl ExactSizeIterator<Item = &[Option<f64>]> {
        self.figures.iter().map(move |own| &own[client][..])
    }

    /// The rows of `events.csv`; None for too many.
    pub fn rows(&self) -> Option<Vec<EventRow>> {
        rows::rows(&self.scenario, &self.shown, false)
    }

    /// The events of which can be told how that client came to know them, by their number in the whole stream, each with
    /// its latency in seconds; infinite for never.
    pub fn events(&self, client: usize) -> BTreeMap<u32, f64> {
        series::latencies(&self.scenario, &self.shown, client)
    }

    /// How that client came to know an event. Where it never did, its requests until `until_s` after the occurrence.
    pub fn told(&self, client: usize, event: u32, until_s: f64) -> Option<Told> {
        series::told(&self.scenario, &self.shown, (client, event), until_s)
    }
}

fn latencies(scenario: &Scenario, replication: &Replication, client: usize) -> Vec<f64> {
    let (config, record) = (&scenario.clients[client], &replication.records[client]);
    let events = replication.events_of(scenario, config);
    let members = config.count as usize;
    let first = first_counted(scenario, &events);
    let each = record.receipts[first * members..].iter().enumerate().map(|(place, receipt)| {
        let occurred = events.occurred()[first + place / members];
        if receipt.held == Instant::NEVER { f64::INFINITY } else { (receipt.held - occurred).as_secs_f64() }
    });
    let mut late_s: Vec<f64> = each.collect();
    late_s.sort_by(f64::total_cmp);
    late_s
}
