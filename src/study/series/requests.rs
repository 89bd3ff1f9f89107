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
        let drain = record.drain_bins.iter().map(|(bin, counts)| (*bin as usize, counts));
        for (place, counts) in window.chain(drain).map(|(bin, counts)| (bin / joint, counts)) {
            match bins.get_mut(place) {
                Some(bin) => add(bin, counts),
                None if with_drain => add(later.entry(place).or_default(), counts),
                None => {}
            }
        }
        let later = later.into_iter().map(|(place, bin)| (from_s + place as f64 * bin_s, bin));
        RequestBins { client, bins, later: later.collect() }
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

fn drain_matters(record: &Record) -> bool {
    let drain: u64 = record.drain_bins.values().map(BinCounts::total).sum();
    let (of, least) = DRAIN_MATTERS;
    drain >= least && drain * of >= drain + record.requests.total()
}

fn add(bin: &mut Bin, counts: &BinCounts) {
    bin.useful += counts.useful;
    bin.empty += counts.empty;
    bin.failed += counts.failed;
    bin.retries += counts.retries;
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
