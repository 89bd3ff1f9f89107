//! Running a scenario: every client of every replication, on all cores, to one set of results.

use super::summarise::{self, Reduced};
use super::summary::{Engine, Live, SCHEMA, SourceEvents, Summary};
use super::{Results, answer, checks, expect, rows, series};
use crate::measure::Record;
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::{Scenario, resolved};
use crate::sim::{self, Control};
use crate::time::{Instant, Span};
use rayon::prelude::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One replication: its events, and what happened to each client, in the scenario's order.
#[derive(Clone, Debug)]
pub struct Replication {
    /// The events of this replication.
    pub events: Arc<Events>,
    /// One record for each client.
    pub records: Vec<Record>,
}

/// What is to be said of the run as a whole, beside its records.
#[derive(Clone, Debug)]
pub struct Manner {
    /// What ran it.
    pub engine: Engine,
    /// False where it was stopped before its end.
    pub complete: bool,
    /// What a live run says of itself.
    pub live: Option<Live>,
    /// Keep a row for each event and client even above a million.
    pub all_rows: bool,
}

impl Manner {
    /// A whole run in virtual time.
    pub const VIRTUAL: Self = Self { engine: Engine::Virtual, complete: true, live: None, all_rows: false };
}

/// Runs a scenario in virtual time. `done` is told of each client of each replication that is over, from any thread.
///
/// Clients and replications share nothing but the events, so each is a piece of work of its own; their results
/// are put together in the scenario's order, whatever order they were done in.
///
/// Once it is stopped no further replication begins, and the results are of those that were over; None where
/// none was.
pub fn run(
    scenario: &Scenario,
    control: Control<'_>,
    all_rows: bool,
    done: impl Fn() + Sync,
) -> Option<Results> {
    let mut first = None;
    let mut reduced = Vec::new();
    // Only the first replication is kept whole: of the others the sums are enough.
    let numbers: Vec<u32> = (0..scenario.replications).collect();
    for chunk in numbers.chunks(REPLICATIONS_AT_ONCE) {
        let whole: Vec<(Replication, Vec<Reduced>)> = chunk
            .par_iter()
            .filter_map(|&number| {
                let replication = replicate(scenario, number, control, &done)?;
                let reduced = summarise::reduce(scenario, &replication);
                Some((replication, reduced))
            })
            .collect();
        for (replication, one) in whole {
            first.get_or_insert(replication);
            reduced.push(one);
        }
    }
    let complete = reduced.len() == numbers.len();
    let manner = Manner { complete, all_rows, ..Manner::VIRTUAL };
    first.map(|first| results(scenario, &first, reduced, manner))
}

/// One replication in virtual time; None where it was stopped.
pub fn replicate(
    scenario: &Scenario,
    number: u32,
    control: Control<'_>,
    done: &(impl Fn() + Sync),
) -> Option<Replication> {
    if control.stop.load(Ordering::Relaxed) {
        return None;
    }
    let randomness = Randomness::new(scenario.seed, number);
    let events = Arc::new(Events::draw(scenario, randomness));
    let one = |client| {
        let record = sim::run(scenario, client, &events, randomness, control);
        done();
        record
    };
    let records: Option<Vec<Record>> = scenario.clients.par_iter().map(one).collect();
    records.map(|records| Replication { events, records })
}

/// Makes the results of a run out of its first replication and what was measured in each.
pub fn results(
    scenario: &Scenario,
    first: &Replication,
    reduced: Vec<Vec<Reduced>>,
    manner: Manner,
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
        engine: manner.engine,
        complete: manner.complete,
        seed: scenario.seed,
        replications,
        duration_s: scenario.duration.as_secs_f64(),
        answer: String::new(),
        events: SourceEvents { occurred, rate_per_s: occurred as f64 / window_s / f64::from(replications) },
        clients,
        expectations: Vec::new(),
        live: manner.live,
    };
    summary.expectations = expect::results(scenario, &summary);
    summary.answer = answer::answer(&summary, scenario).to_string();
    let figures = series::figures(scenario, first, &summary, &latencies);
    let checks = checks::checks(scenario, &summary);
    let rows = rows::rows(scenario, first, manner.all_rows);
    let histograms = latencies.into_iter().map(|latencies| latencies.histogram).collect();
    Results { scenario: scenario.clone(), summary, figures, rows, histograms, checks }
}

/// A scenario and its replication as far as they had come by `until`: what a run that was stopped then can speak
/// of. Events that had not occurred are no part of it.
pub fn stopped(scenario: &Scenario, replication: &Replication, until: Instant) -> (Scenario, Replication) {
    let duration = scenario.duration.min(until - Instant::START).max(Span(1));
    let cut = Scenario { duration, warmup: scenario.warmup.min(duration), ..scenario.clone() };
    let events = Arc::new(replication.events.before(Instant::START + duration));
    let counted = |span: Span, bin: Span| ((span.0 + bin.0 - 1) / bin.0) as usize;
    let records = replication.records.iter().zip(&scenario.clients).map(|(record, client)| {
        let mut record = record.clone();
        record.holdings.truncate(events.occurred().len() * client.count as usize);
        record.bins.truncate(counted(cut.duration - cut.warmup, record.bin));
        record
    });
    let records = records.collect();
    (cut, Replication { events, records })
}

/// Replications held in memory at once.
const REPLICATIONS_AT_ONCE: usize = 16;

/// The time that counts, in seconds; never zero.
pub(super) fn window_s(scenario: &Scenario) -> f64 {
    (scenario.duration - scenario.warmup).max(Span(1)).as_secs_f64()
}

/// The number of the first event after the warm-up.
pub(super) fn first_counted(scenario: &Scenario, events: &Events) -> usize {
    events.occurred().partition_point(|&at| at < Instant::START + scenario.warmup)
}
