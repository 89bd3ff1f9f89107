//! Runs a scenario, every client of every replication on all cores, and makes its results.

use super::aggregate::{Aggregate, Reduced, Total};
use super::checks::Detail;
use super::replication::{replicate_until_stopped, window_s};
use super::summary::{Engine, Live, SCHEMA, SourceEvents, Summary};
use super::warm_up::settled_if_possible;
use super::{PerReplication, Results, answer, checks, expect, precise, rows, series};
use crate::measure::Latencies;
use crate::parallel;
use crate::scenario::{Scenario, resolved};
use crate::sim::RunOptions;

/// Runs a scenario in virtual time, and shows the first replication along time. See [`run_to_show`].
pub fn run(
    scenario: &Scenario,
    options: RunOptions<'_>,
    all_rows: bool,
    done: impl Fn() + Sync,
) -> Option<Results> {
    run_to_show(scenario, 0, options, all_rows, done)
}

/// What [`run`] finds without what is shown along time: the summary, and the figures of every replication and client. None
/// where it was stopped.
pub fn run_in_short(
    scenario: &Scenario,
    options: RunOptions<'_>,
    done: impl Fn() + Sync,
) -> Option<(Summary, PerReplication)> {
    let mut all = Aggregate::showing(0, options.scratch);
    add(&mut all, &settled_if_possible(scenario, options), 0, options, &done);
    let (summary, total) = concluded(all, None)?;
    summary.complete.then_some((summary, total.rows))
}

/// Runs a scenario in virtual time. `shown`: the replication that is shown along time, from 0 on. `done` is called once for each client of each replication that has ended, from any
/// thread.
///
/// Clients and replications share nothing but the events, so that each runs independently. Their results are combined
/// in the scenario's order, whatever order they end in.
///
/// When `options.stop` is set, no further replication begins. The results are then of the replications that have ended,
/// or of the first one up to that time. None where the first had not begun.
pub fn run_to_show(
    scenario: &Scenario,
    shown: u32,
    options: RunOptions<'_>,
    all_rows: bool,
    done: impl Fn() + Sync,
) -> Option<Results> {
    let mut all = Aggregate::showing(shown, options.scratch);
    add(&mut all, &settled_if_possible(scenario, options), 0, options, &done);
    results(all, None, all_rows)
}

/// The same with as many replications as it takes until the figures of the first sentence have intervals whose halves are
/// at most the share `wanted` of them; the summary says what was reached. The number of replications is the one of
/// the scenario that the results have.
pub fn run_until_precise(
    scenario: &Scenario,
    wanted: f64,
    shown: u32,
    options: RunOptions<'_>,
    all_rows: bool,
    done: impl Fn() + Sync,
) -> Option<Results> {
    let scenario = &settled_if_possible(scenario, options);
    let mut all = Aggregate::showing(shown, options.scratch);
    let (mut from, mut until) = (0, precise::FIRST);
    loop {
        let scenario = Scenario { replications: until, ..scenario.clone() };
        add(&mut all, &scenario, from, options, &done);
        all.of(until);
        let mut results = results(all.clone(), None, all_rows)?;
        let precision = precise::judged(wanted, &results.summary, &scenario);
        if precision.is_reached() || until >= precise::LAST || !results.summary.complete {
            results.summary.precision = Some(precision);
            return Some(results);
        }
        (from, until) = (until, until * 2);
    }
}

/// Adds the replications of a scenario from that number on.
fn add(
    all: &mut Aggregate,
    scenario: &Scenario,
    from: u32,
    options: RunOptions<'_>,
    done: &(impl Fn() + Sync),
) {
    let numbers: Vec<u32> = (from..scenario.replications).collect();
    for chunk in numbers.chunks(REPLICATIONS_AT_ONCE) {
        let ended = parallel::map(chunk.to_vec(), |number| {
            let (replication, stopped_at) = replicate_until_stopped(scenario, number, options, done)?;
            Some(Reduced::of(scenario, number, replication, stopped_at))
        });
        ended.into_iter().flatten().for_each(|reduced| all.add(reduced));
    }
}

/// The results of a run from its replications; None where none had begun. `live`: how a live run went. `all_rows`: keep
/// a row for each event and client even above a million.
pub fn results(all: Aggregate, live: Option<Live>, all_rows: bool) -> Option<Results> {
    let (summary, total) = concluded(all, live)?;
    let (scenario, shown, latencies) = (total.scenario, total.shown, total.latencies);
    Some(Results {
        figures: series::figures(&scenario, &shown, &summary, &latencies),
        checks: checks::checks(
            &scenario,
            &summary,
            total.exchanges,
            Detail { latencies: &latencies, rows: Some(&total.rows) },
        ),
        beside_theory: checks::beside_theory(
            &scenario,
            &summary,
            Detail { latencies: &latencies, rows: Some(&total.rows) },
        ),
        percentiles: total.percentiles,
        rows: rows::rows(&scenario, &shown, all_rows),
        replications: total.rows,
        histograms: latencies.iter().map(Latencies::histogram).collect(),
        scenario,
        summary,
    })
}

/// The summary of a run, and what else was found.
fn concluded(all: Aggregate, live: Option<Live>) -> Option<(Summary, Total)> {
    let mut total = all.total()?;
    let scenario = &total.scenario;
    let events = SourceEvents {
        occurred: total.occurred,
        rate_per_s: total.occurred as f64 / window_s(scenario) / f64::from(total.replications),
    };
    let mut summary = Summary {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: resolved(scenario),
        engine: if live.is_some() { Engine::Live } else { Engine::Virtual },
        complete: total.is_complete,
        seed: scenario.seed,
        replications: total.replications,
        replication: total.shown_number + 1,
        precision: None,
        duration_s: scenario.duration.as_secs_f64(),
        answer: String::new(),
        events,
        clients: std::mem::take(&mut total.clients),
        expectations: Vec::new(),
        live,
    };
    summary.expectations = expect::results(scenario, &summary, &total.latencies);
    summary.answer = answer::answer(&summary, scenario, &total.rows).to_string();
    Some((summary, total))
}

/// Number of replications in memory at the same time.
pub(super) const REPLICATIONS_AT_ONCE: usize = 16;
