//! Short runs of random scenarios, in which any keys meet. Each run must satisfy what holds for every run: the ledger
//! balances, counts and bytes agree with the requests, every figure is a number, and the summary of a report agrees with
//! its rows.

mod accounts;
mod clients;
#[path = "../dice/mod.rs"]
mod dice;
mod drawn;
mod recomputed;

use dice::Dice;
use drawn::Drawn;
use pollhook::measure::Receipt;
use pollhook::policy::outage::Outage;
use pollhook::report::data::{events_csv, summary_json};
use pollhook::scenario::{self, Scenario};
use pollhook::sim::RunOptions;
use pollhook::study::{self, Replication, Results};
use pollhook::time::Instant;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn two_hundred_random_scenarios_hold_what_any_run_must() {
    campaign(1, 200);
}

#[test]
#[ignore = "two thousand simulated scenarios: `cargo test --release -- --ignored campaign`"]
fn campaign_of_two_thousand_random_scenarios_holds_what_any_run_must() {
    campaign(1_000_000, 2000);
}

/// Examines so many scenarios. Prints the whole text of each one that fails.
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
    // Some combinations of keys are refused.
    let refused = scenarios - seen.scenarios;
    assert!(refused * 5 < scenarios, "{refused} of {scenarios} scenarios are refused");
    // Every kind of client in every mode of outage, and the source in every mode.
    assert_eq!(seen.down.len(), 5 * 3 + 2 + 3, "{:?}", seen.down);
    // The checks need runs with losses, duplicates, failures and the shortcut.
    assert!(seen.lost > 0 && seen.duplicates > 0 && seen.failed > 0 && seen.short > 0, "{seen:?}");
}

/// What has occurred in the scenarios.
#[derive(Debug, Default)]
struct Seen {
    scenarios: u64,
    lost: u64,
    duplicates: u64,
    failed: u64,
    /// Clients for which the shortcut holds.
    short: u64,
    /// Who was down, and how: kinds of client, and the source.
    down: BTreeSet<String>,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.scenarios += other.scenarios;
        self.lost += other.lost;
        self.duplicates += other.duplicates;
        self.failed += other.failed;
        self.short += other.short;
        self.down.extend(other.down.iter().cloned());
    }
}

/// Examines the scenario of that seed. None where it is refused; an error with its text where a check fails.
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
    // As it ran, with the warm-up that was found.
    let scenario = &results.scenario;
    assert_eq!(summary_json(&results.summary), summary_json(&again.summary), "two runs of one scenario");
    assert_eq!(events_csv(&results), events_csv(&again), "two runs of one scenario");
    accounts::numbers_are_numbers(&results);
    let replication = |number| {
        study::replicate(scenario, number, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped")
    };
    let replications: Vec<Replication> = (0..scenario.replications).map(replication).collect();
    let mut seen = Seen { scenarios: 1, ..Seen::default() };
    let down = |who: &str, outages: &[Outage]| -> Vec<String> {
        outages.iter().map(|outage| format!("{who}: {:?}", outage.mode)).collect()
    };
    seen.down.extend(down("source", &scenario.source_outages.0));
    for (index, client) in scenario.clients.iter().enumerate() {
        let summary = &results.summary.clients[index];
        let records = || replications.iter().map(|replication| &replication.records[index]);
        records().for_each(accounts::requests_end_once);
        accounts::requests_are_summed(summary, records());
        accounts::calls_are_those_of_the_bill(scenario, client, summary);
        accounts::ledger_balances(scenario, client, index, summary, &replications);
        accounts::bytes_are_those_of_the_requests(scenario, client, &replications, index);
        recomputed::latencies_are_those_of_the_receipts(scenario, summary, &replications, index);
        seen.short += u64::from(recomputed::both_paths_agree(scenario, index, &replications));
        seen.down.extend(down(&summary.kind, &client.outages.0));
        seen.lost += summary.events.lost;
        seen.duplicates += summary.events.duplicates;
        seen.failed += summary.requests.failed;
    }
    if scenario.replications == 1 {
        recomputed::rows_say_what_the_summary_says(scenario, &results);
    }
    clients_do_not_matter_to_each_other(drawn, &results);
    seen
}

/// The receipts of the events of a client that count, and when those occurred.
fn counted<'a>(
    scenario: &Scenario,
    replication: &'a Replication,
    client: usize,
) -> (&'a [Receipt], Vec<Instant>) {
    let members = scenario.clients[client].count as usize;
    let events = replication.events_of(scenario, &scenario.clients[client]);
    let first = events.occurred().partition_point(|&at| at < Instant::START + scenario.warmup);
    (&replication.records[client].receipts[first * members..], events.occurred()[first..].to_vec())
}

fn run(scenario: &Scenario) -> Results {
    study::run(scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped")
}

/// The first and the last client have the same figures without the other clients.
fn clients_do_not_matter_to_each_other(drawn: &Drawn, results: &Results) {
    let last = drawn.clients.len() - 1;
    for index in [0, last].into_iter().take(drawn.clients.len()) {
        let text = drawn.text(&[index]);
        let mut alone = scenario::load("random", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        // A warm-up is found for all clients together.
        (alone.warmup, alone.settling) = (results.scenario.warmup, results.scenario.settling);
        let alone = run(&alone).summary;
        assert_eq!(alone.events, results.summary.events, "the events do not depend on the clients");
        let (alone, beside) = (&alone.clients[0], &results.summary.clients[index]);
        assert_eq!(alone, beside, "alone, and beside others");
    }
}
