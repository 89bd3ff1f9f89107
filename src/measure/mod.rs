//! From observations to counts, receipts and the loss ledger. Knows the model, and not which driver runs it.

mod attacks;
mod bytes;
mod cells;
mod connections;
mod cpu;
mod disabled;
mod drain_bins;
mod freshness;
mod held_back;
mod latencies;
mod ledger;
mod observe;
mod ranked;
mod record;
mod requests;
mod squares;
mod trace;
mod window;

pub use crate::figure::Status;
pub use attacks::AttackCounts;
pub use bytes::BytesBin;
pub use connections::ConnectionsBin;
pub use cpu::Cpu;
pub use disabled::Disabled;
pub use freshness::{Freshness, age_of_oldest_unknown};
pub use held_back::{HeldBack, HeldBackSums};
pub use latencies::Latencies;
pub use ledger::{Ledger, Receipt};
pub use ranked::{Ranked, nearest_rank};
pub use record::Record;
pub use requests::{BinCounts, Outcome, RequestCounts, exchange_bytes, frame_bytes, status_of};
pub use trace::{TraceFilter, Traced};
pub use window::{Window, recorder, recorder_until};

use crate::model::exchange::Answer;
use crate::policy::billing::Tariff;
use crate::policy::channel::Channel;
use crate::time::Instant;
use connections::Connections;
use drain_bins::DrainBins;
use requests::kind_of;

/// Records what happens to one client in one replication.
#[derive(Clone, Debug)]
pub struct Recorder {
    window: Window,
    filter: TraceFilter,
    tariff: Tariff,
    requests: RequestCounts,
    bins: Vec<BinCounts>,
    bytes: Vec<BytesBin>,
    connections: Connections,
    drain_bins: DrainBins,
    /// The bin of the last request: when it begins, and its number. A cache, since most requests fall into the same bin.
    latest: (Instant, usize),
    receipts: Vec<Receipt>,
    disabled: Vec<Disabled>,
    held_back: HeldBack,
    trace: Vec<Traced>,
    trace_ends: Option<Instant>,
    sent: u64,
    ended: u64,
    pushed: u64,
    landed: u64,
}

impl Recorder {
    /// A recorder for a run of `events` events.
    pub fn new(window: Window, events: usize, filter: TraceFilter, tariff: Tariff) -> Self {
        let bins = window.bins();
        Self {
            window,
            filter,
            tariff,
            requests: RequestCounts::default(),
            bins: vec![BinCounts::default(); bins],
            bytes: vec![BytesBin::default(); bins],
            connections: Connections::new(window),
            drain_bins: DrainBins::default(),
            latest: (window.from, 0),
            receipts: vec![Receipt::default(); events * window.members as usize],
            disabled: Vec::new(),
            held_back: HeldBack::default(),
            trace: Vec::new(),
            trace_ends: None,
            sent: 0,
            ended: 0,
            pushed: 0,
            landed: 0,
        }
    }

    /// Whether a request that is sent at that time counts in the figures of the window.
    #[inline]
    fn counts(&self, sent: Instant) -> bool {
        self.window.from <= sent && sent < self.window.until
    }

    /// Whether a request that is sent at that time belongs to the warm-up.
    pub fn warms_up(&self, sent: Instant) -> bool {
        sent < self.window.from
    }

    /// Counts a request at its sending.
    #[inline]
    pub fn sent(&mut self) {
        self.sent += 1;
    }

    /// Counts a frame at its sending.
    pub fn pushed(&mut self) {
        self.pushed += 1;
    }

    /// Counts frames that were in transit on a stream when it closed, and so never arrive.
    pub fn dropped(&mut self, frames: u64) {
        self.landed += frames;
    }

    /// Counts polls that were not simulated one by one: all answered so and empty, and sent in the bin of that number.
    /// `bytes` are those of each.
    pub fn empty_polls(&mut self, bin: usize, polls: u64, answer: Answer, bytes: (u64, u64)) {
        self.bins[bin].empty += polls;
        self.bytes[bin].empty += polls * self.requests.count_bytes(polls, bytes);
        self.sent += polls;
        self.ended += polls;
        self.requests.count_empty_polls(polls, status_of(Channel::Poll, answer));
        self.requests.billed += if self.tariff.bills(kind_of(answer)) { polls } else { 0 };
    }

    /// Counts polls of the warm-up that were not simulated one by one. They are sent and answered, and in no figure.
    pub fn polls_of_the_warmup(&mut self, polls: u64) {
        self.sent += polls;
        self.ended += polls;
    }

    /// Keeps a request for the swim lanes, up to [`TraceFilter::MAX`] of them.
    #[inline(always)]
    pub fn keep(&mut self, traced: Traced) {
        if self.filter.takes(&traced.exchange) {
            self.trace(traced);
        }
    }

    #[inline(never)]
    fn trace(&mut self, traced: Traced) {
        if self.trace.len() < TraceFilter::MAX {
            self.trace.push(traced);
        } else {
            // Requests end out of order, so the trace is complete only up to the first one left out.
            let ends = self.trace_ends.get_or_insert(traced.sent);
            *ends = (*ends).min(traced.sent);
        }
    }

    /// The number of time bins.
    pub fn bins(&self) -> usize {
        self.bins.len()
    }

    /// The number of the bin of a request that counts.
    #[inline]
    pub fn bin(&mut self, sent: Instant) -> usize {
        let (begins, _) = self.latest;
        if sent < begins || sent >= begins + self.window.bin {
            let bin = (sent - self.window.from).0 / self.window.bin.0;
            self.latest = (self.window.from + self.window.bin * bin, bin as usize);
        }
        self.latest.1
    }

    /// The time at which each bin begins, and the end of the last one.
    pub fn bin_edges(&self) -> impl Iterator<Item = Instant> {
        let window = self.window;
        let begin = move |bin| window.from + window.bin * bin as i64;
        (0..self.bins.len()).map(begin).chain([window.until])
    }
}
