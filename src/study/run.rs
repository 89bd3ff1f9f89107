//! Running a scenario: every client of every replication, on all cores, to one set of results.

use super::replication::{Replication, as_far_as_it_goes, stopped, window_s};
use super::summarise::{self, Reduced};
use super::summary::{Engine, Live, SCHEMA, SourceEvents, Summary};
use super::{Results, answer, checks, expect, rows, series};
use crate::measure::Latencies;
use crate::scenario::{Scenario, resolved};
use crate::sim::RunOptions;
use rayon::prelude::*;

/// What is to be said of the run as a whole, beside its records.
#[derive(Clone, Debug)]
pub struct RunInfo {
    /// What ran it.
    pub engine: Engine,
    /// False where it was stopped before its end.
    pub complete: bool,
    /// What a live run says of itself.
    pub live: Option<Live>,
    /// Keep a row for each event and client even above a million.
    pub all_rows: bool,
}

impl RunInfo {
    /// A whole run in virtual time.
    pub const VIRTUAL: Self = Self { engine: Engine::Virtual, complete: true, live: None, all_rows: false };
}

/// Runs a scenario in virtual time. `done` is told of each client of each replication that is over, from any thread.
///
/// Clients and replications share nothing but the events, so each is a piece of work of its own; their results
/// are put together in the scenario's order, whatever order they were done in.
///
/// Once it is stopped no further replication begins, and the results are of those that were over, or of the first as
/// far as it had come; None where that had not begun.
pub fn run(
    scenario: &Scenario,
    options: RunOptions<'_>,
    all_rows: bool,
    done: impl Fn() + Sync,
) -> Option<Results> {
    let mut first: Option<(Scenario, Replication)> = None;
    let mut cut_short = None;
    let mut reduced = Vec::new();
    // Only the first replication is kept whole: of the others the sums are enough.
    let numbers: Vec<u32> = (0..scenario.replications).collect();
    for chunk in numbers.chunks(REPLICATIONS_AT_ONCE) {
        let ended: Vec<_> = chunk
            .par_iter()
            .filter_map(|&number| {
                let (replication, stopped_at) = as_far_as_it_goes(scenario, number, options, &done)?;
                let (scenario, replication) = match stopped_at {
                    None => (scenario.clone(), replication),
                    Some(at) => stopped(scenario, &replication, at),
                };
                let reduced = summarise::reduce(&scenario, &replication);
                Some(((scenario, replication), reduced, stopped_at.is_none()))
            })
            .collect();
        for (replication, one, is_whole) in ended {
            if is_whole {
                first.get_or_insert(replication);
                reduced.push(one);
            } else {
                cut_short.get_or_insert((replication, one));
            }
        }
    }
    let complete = reduced.len() == numbers.len();
    // A replication cut short beside whole ones would weigh as much as they do: it counts only where it is all.
    if let (None, Some((replication, one))) = (&first, cut_short) {
        first = Some(replication);
        reduced.push(one);
    }
    let run_info = RunInfo { complete, all_rows, ..RunInfo::VIRTUAL };
    first.map(|(scenario, first)| results(&scenario, &first, reduced, run_info))
}

/// Makes the results of a run out of its first replication and what was measured in each.
pub fn results(
    scenario: &Scenario,
    first: &Replication,
    reduced: Vec<Vec<Reduced>>,
    run_info: RunInfo,
) -> Results {
    let replications = reduced.len() as u32;
    let window_s = window_s(scenario);
    let occurred =
        reduced.iter().map(|clients| clients.first().map_or(0, Reduced::events_occurred)).sum::<u64>();
    let (clients, latencies): (Vec<_>, Vec<_>) = summarise::clients(scenario, reduced).into_iter().unzip();
    let mut summary = Summary {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION").into(),
        scenario: resolved(scenario),
        engine: run_info.engine,
        complete: run_info.complete,
        seed: scenario.seed,
        replications,
        duration_s: scenario.duration.as_secs_f64(),
        answer: String::new(),
        events: SourceEvents { occurred, rate_per_s: occurred as f64 / window_s / f64::from(replications) },
        clients,
        expectations: Vec::new(),
        live: run_info.live,
    };
    summary.expectations = expect::results(scenario, &summary);
    summary.answer = answer::answer(&summary, scenario).to_string();
    let figures = series::figures(scenario, first, &summary, &latencies);
    let checks = checks::checks(scenario, &summary);
    let rows = rows::rows(scenario, first, run_info.all_rows);
    let histograms = latencies.iter().map(Latencies::histogram).collect();
    Results { scenario: scenario.clone(), summary, figures, rows, histograms, checks }
}

/// Replications held in memory at once.
const REPLICATIONS_AT_ONCE: usize = 16;
