//! Requests over time. The drain is shown where it holds a good part of them.

use crate::measure::{BinCounts, Record};
use crate::scenario::Scenario;
use crate::study::figures::{Bin, RequestBins, RequestsOverTime};
use crate::study::replication::Replication;

/// The drain is shown where a client sends, or is sent, at least one request of so many in it, and at least so many.
const DRAIN_MATTERS: (u64, u64) = (20, 20);
/// Bins at most, where the drain is shown.
const BINS: usize = 160;

pub(super) fn requests(scenario: &Scenario, first: &Replication) -> RequestsOverTime {
    let last_of = |record: &Record| record.drain_bins.last_key_value().map(|(bin, _)| *bin as usize + 1);
    let own = first.records.iter().map(|record| record.bins.len()).max().unwrap_or(0);
    let shown = match first.records.iter().any(drain_matters) {
        true => first.records.iter().filter_map(last_of).max().unwrap_or(0).max(own),
        false => own,
    };
    let joint = if shown > own { human_multiple(shown.div_ceil(BINS)) } else { 1 };
    let bins = |record: &Record| {
        let mut bins = vec![Bin::default(); shown.div_ceil(joint)];
        let window = record.bins.iter().enumerate();
        let drain = record.drain_bins.iter().map(|(bin, counts)| (*bin as usize, counts));
        for (bin, counts) in window.chain(drain).filter(|(bin, _)| *bin < shown) {
            add(&mut bins[bin / joint], counts);
        }
        bins
    };
    let clients = first.records.iter().enumerate();
    RequestsOverTime {
        from_s: scenario.warmup.as_secs_f64(),
        bin_s: first.records.first().map_or(0.0, |record| (record.bin * joint as i64).as_secs_f64()),
        clients: clients.map(|(client, record)| RequestBins { client, bins: bins(record) }).collect(),
    }
}

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
