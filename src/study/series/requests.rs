//! Requests over time. The drain is shown if it has many of the requests, and until the last event becomes known; requests
//! after that are only counted.

use crate::measure::{BinCounts, Record};
use crate::scenario::Scenario;
use crate::study::figures::{Bin, RequestBins, RequestsOverTime};
use crate::study::replication::Replication;
use crate::time::Instant;
use std::collections::BTreeMap;

/// The drain is shown where a client sends, or is sent, at least one request of so many in it, and at least so many.
const DRAIN_MATTERS: (u64, u64) = (20, 20);
/// Bins at most, where the drain is shown.
const BINS: usize = 160;

pub(super) fn requests(scenario: &Scenario, first: &Replication) -> RequestsOverTime {
    let own = first.records.iter().map(|record| record.bins.len()).max().unwrap_or(0);
    let with_drain = first.records.iter().any(drain_matters);
    let shown = if with_drain { story_ends(scenario, first).unwrap_or(0).max(own) } else { own };
    let joint = if shown > own { human_multiple(shown.div_ceil(BINS)) } else { 1 };
    let from_s = scenario.warmup.as_secs_f64();
    let bin_s = first.records.first().map_or(0.0, |record| (record.bin * joint as i64).as_secs_f64());
    let clients = first.records.iter().enumerate().map(|(client, record)| {
        let mut bins = vec![Bin::default(); shown.div_ceil(joint)];
        let mut later: BTreeMap<usize, Bin> = BTreeMap::new();
        let window = record.bins.iter().enumerate();
        let after = record.drain_bins.iter().map(|(bin, counts)| (*bin as usize, counts));
        for (place, counts) in window.chain(after).map(|(bin, counts)| (bin / joint, counts)) {
            match bins.get_mut(place) {
                Some(bin) => add(bin, counts),
                None if with_drain => add(later.entry(place).or_default(), counts),
                None => {}
            }
        }
        let later = later.into_iter().map(|(place, bin)| (from_s + place as f64 * bin_s, bin));
        let drain = if with_drain { drain(record) } else { 0 };
        RequestBins { client, bins, later: later.collect(), drain }
    });
    RequestsOverTime { from_s, bin_s, clients: clients.collect() }
}

/// How many bins it takes until the last event is known, and a little more. Where none becomes known in the drain,
/// until the last request.
fn story_ends(scenario: &Scenario, first: &Replication) -> Option<usize> {
    let (from, end) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let bin = first.records.first()?.bin;
    let receipts = first.records.iter().flat_map(|record| &record.receipts);
    let known = receipts.map(|receipt| receipt.held).filter(|held| *held != Instant::NEVER).max();
    let bins = |record: &Record| record.drain_bins.last_key_value().map(|(bin, _)| *bin as usize + 1);
    let last = first.records.iter().filter_map(bins).max();
    match known.filter(|known| *known > end) {
        Some(known) => {
            let bins = ((known - from).0 / bin.0) as usize + 1;
            last.map(|last| last.min(bins + bins.div_ceil(MARGIN)))
        }
        None => last,
    }
}

/// The little more that is shown is this part of the rest.
const MARGIN: usize = 40;

fn drain(record: &Record) -> u64 {
    record.drain_bins.values().map(BinCounts::total).sum()
}

fn drain_matters(record: &Record) -> bool {
    let drain = drain(record);
    let (of, least) = DRAIN_MATTERS;
    drain >= least && drain * of >= drain + record.requests.total()
}

fn add(bin: &mut Bin, counts: &BinCounts) {
    bin.useful += counts.useful;
    bin.empty += counts.empty;
    bin.failed += counts.failed;
    bin.retries += counts.retries;
    bin.unacknowledged += counts.unacknowledged;
}

/// The least of 1, 2 and 5 times a power of ten that is no less than this.
fn human_multiple(least: usize) -> usize {
    let mut decade = 1;
    loop {
        match [1, 2, 5].map(|times| times * decade).into_iter().find(|step| *step >= least) {
            Some(step) => return step,
            None => decade *= 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::channel::{Channel, Opener};
    use crate::sim::RunOptions;
    use crate::study::replication::replicate;
    use crate::{measure::Receipt, scenario};

    /// Each event that deliveries brought was brought by one request, also where a queue kept the delivery until its
    /// sender no longer waited for the answer.
    #[test]
    fn as_many_deliveries_brought_an_event_as_events_were_delivered() {
        for one in scenario::shipped() {
            let scenario = scenario::load(one.name, one.text, &[]).expect("it is valid");
            let run = replicate(&scenario, 0, RunOptions::TO_THE_END, &|| ()).expect("it is not stopped");
            for (client, record) in scenario.clients.iter().zip(&run.records) {
                let is_called = client.channels().all(|channel| channel.opener() == Opener::Source);
                if !is_called || scenario.warmup.0 > 0 {
                    continue;
                }
                let bins = record.bins.iter().chain(record.drain_bins.values());
                let brought: u64 = bins.map(|bin| bin.useful + bin.retries + bin.unacknowledged).sum();
                // A batch is counted with its first event.
                let is_delivered = |receipt: &&Receipt| {
                    !receipt.follows && receipt.by.is_some_and(|by| by.channel == Channel::Webhook)
                };
                let delivered = record.receipts.iter().filter(is_delivered).count() as u64;
                assert_eq!(brought, delivered, "{} in {}", client.name, one.name);
            }
        }
    }
}
