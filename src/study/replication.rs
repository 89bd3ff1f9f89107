//! One replication: its events, and the record of each client. This module runs a replication in virtual time, and cuts
//! one at the time at which it was stopped.

use crate::measure::Record;
use crate::model::events::Events;
use crate::parallel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::sim::{self, RunOptions, Session};
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One replication. The record of a client is of the events that it wants.
#[derive(Clone, Debug)]
pub struct Replication {
    /// The events of this replication.
    pub events: Arc<Events>,
    /// One record for each client, in the scenario's order.
    pub records: Vec<Record>,
}

impl Replication {
    /// The events that a client wants, to which its receipts belong.
    pub fn events_of(&self, scenario: &Scenario, client: &Client) -> Arc<Events> {
        self.events.wanted(scenario, &client.types)
    }
}

/// Runs one replication in virtual time; None where it was stopped early.
pub fn replicate(
    scenario: &Scenario,
    number: u32,
    options: RunOptions<'_>,
    done: &(impl Fn() + Sync),
) -> Option<Replication> {
    let (replication, stopped) = replicate_until_stopped(scenario, number, options, done)?;
    stopped.is_none().then_some(replication)
}

/// Runs one replication in virtual time; also returns when it was stopped early. None where it had not begun. All
/// clients advance together, a slice of the run at a time, so that all stop at the same time.
pub(super) fn replicate_until_stopped(
    scenario: &Scenario,
    number: u32,
    options: RunOptions<'_>,
    done: &(impl Fn() + Sync),
) -> Option<(Replication, Option<Instant>)> {
    if options.stop.load(Ordering::Relaxed) {
        return None;
    }
    let randomness = Randomness::new(scenario.seed, number);
    let events = Arc::new(Events::draw(scenario, randomness));
    let scenario = Arc::new(scenario.clone());
    let session = |client| Session::new(&scenario, client, &events, randomness, options.path);
    let mut sessions: Vec<Session> = scenario.clients.iter().map(session).collect();
    let stopped = sim::advance_together(&mut sessions, options.stop);
    let records = parallel::map(sessions, |session| {
        let record = session.finish(stopped);
        done();
        record
    });
    Some((Replication { events, records }, stopped))
}

/// A scenario and its replication cut at `until`, for a run that was stopped then. Later events are left out.
pub(super) fn stopped(
    scenario: &Scenario,
    replication: &Replication,
    until: Instant,
) -> (Scenario, Replication) {
    let duration = scenario.duration.min(until - Instant::START).max(Span(1));
    let cut = Scenario { duration, warmup: scenario.warmup.min(duration), ..scenario.clone() };
    let events = Arc::new(replication.events.before(Instant::START + duration));
    let counted = |span: Span, bin: Span| ((span.0 + bin.0 - 1) / bin.0) as usize;
    let records = replication.records.iter().zip(&scenario.clients).map(|(record, client)| {
        let mut record = record.clone();
        let own = events.wanted(scenario, &client.types).occurred().len();
        record.receipts.truncate(own * client.count as usize);
        if cut.duration < scenario.duration {
            record.drain_bins.clear();
        }
        let bins = counted(cut.duration - cut.warmup, record.bin);
        record.bins.truncate(bins);
        record.bytes.truncate(bins);
        record.connections.truncate(bins);
        record
    });
    let records = records.collect();
    (cut, Replication { events, records })
}

/// The length of [warmup, duration), in seconds; never zero.
pub fn window_s(scenario: &Scenario) -> f64 {
    (scenario.duration - scenario.warmup).max(Span(1)).as_secs_f64()
}

/// The index of the first event after the warm-up.
pub(super) fn first_counted(scenario: &Scenario, events: &Events) -> usize {
    events.occurred().partition_point(|&at| at < Instant::START + scenario.warmup)
}
