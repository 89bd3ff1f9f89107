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
mod ranked;
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
pub use requests::{BinCounts, Outcome, RequestCounts, exchange_bytes, frame_bytes, status_of};
pub use trace::{TraceFilter, Traced};
pub use window::{Window, recorder, recorder_until};

use crate::model::exchange::{Answer, Batch, Exchange, Frame, Says};
use crate::model::set_up::SetUp;
use crate::model::{Arrival, Hold, Observation};
use crate::policy::billing::{Free, Tariff};
use crate::policy::channel::{Channel, Opener};
use crate::time::{Instant, Span};
use connections::Connections;
use drain_bins::DrainBins;
use requests::kind_of;
use std::collections::BTreeMap;

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

/// What happened to one client in one replication.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Requests in the window and after it.
    pub requests: RequestCounts,
    /// Requests of the window by time of sending.
    pub bins: Vec<BinCounts>,
    /// HTTP bytes of the window by time of sending; their sum is that of the requests.
    pub bytes: Vec<BytesBin>,
    /// Connections of the window that the source held open; empty where it never held any.
    pub connections: Vec<ConnectionsBin>,
    /// Requests after the window by time of sending. Only bins that have any, numbered from the beginning of the window.
    /// Where these would be too many, several are joined and stand at the first of them.
    pub drain_bins: BTreeMap<i64, BinCounts>,
    /// The width of a bin.
    pub bin: Span,
    /// Every event and member: event × members + member.
    pub receipts: Vec<Receipt>,
    /// The times in which a member was disabled, in the order of their beginning.
    pub disabled: Vec<Disabled>,
    /// What the sender delayed, dropped or let wait.
    pub held_back: HeldBack,
    /// The requests of one member and resource, in order of their end.
    pub trace: Vec<Traced>,
    /// The time from which the trace is incomplete; None where it is complete.
    pub trace_ends: Option<Instant>,
    /// Requests that the machines sent, warm-up and drain included; counted when they are sent.
    pub sent: u64,
    /// Exchanges that ended; counted when they end. Equal to `sent`, or a machine is wrong.
    pub ended: u64,
    /// Frames that the machines sent on streams; counted when they are sent.
    pub pushed: u64,
    /// Frames that arrived or were dropped with their stream; counted at that time. Equal to `pushed`, or a machine is
    /// wrong.
    pub landed: u64,
    /// Each attack on the client, in the scenario's order.
    pub attacks: Vec<AttackCounts>,
    /// What it took before the run began.
    pub set_up: SetUp,
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

    /// Records an observation. `bytes` are those of the exchange that has ended, with its answer, or of the frame that has
    /// arrived: to the source, and to the client.
    #[inline(always)]
    pub fn observe(&mut self, observation: Observation, bytes: (u64, u64)) {
        match observation {
            Observation::Ended { exchange, sent, ended, answer, events } => match exchange.channel.opener() {
                Opener::Client => {
                    let (outcome, status) = (asked(answer, events), status_of(exchange.channel, answer));
                    self.ended(
                        Traced { exchange, sent, ended, outcome, status, events },
                        kind_of(answer),
                        bytes,
                    );
                }
                Opener::Source => {
                    let (outcome, brought) = self.attempted(exchange, answer, events);
                    let status = status_of(exchange.channel, answer);
                    let traced = Traced { exchange, sent, ended, outcome, status, events };
                    self.ended(traced, Some(Free::Deliveries), bytes);
                    if outcome == Outcome::Failed && brought {
                        self.unacknowledged(sent);
                    }
                }
            },
            Observation::Arrived { frame, at, new } => self.arrived(frame, at, new, bytes),
            Observation::Connected { at } => self.connections.opened(at),
            Observation::Disconnected { at } => self.connections.closed(at),
            Observation::Received { event, member, at, by } => {
                let index = self.index(event, member);
                self.receipts[index].received(at, by);
            }
            Observation::Delivered { batch, member, at, sent, attempt } => {
                let by = Arrival::delivery(attempt);
                let mut brought = false;
                for event in batch.iter() {
                    let index = self.index(event, member);
                    self.receipts[index].received(at, by);
                    brought |= self.receipts[index].by == Some(by);
                }
                let is_over = self.receipts[self.index(batch.first, member)].attempts >= attempt;
                if is_over && brought {
                    self.unacknowledged(sent);
                }
            }
            Observation::ReceivedAgain { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].receipts += 1;
            }
            Observation::ProcessedAgain { event, member } => {
                let index = self.index(event, member);
                let again = &mut self.receipts[index].processed_again;
                *again = again.saturating_add(1);
            }
            Observation::Redelivered { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].redelivered = true;
            }
            Observation::Announced { batch, member, sent, attempt } => {
                let mut told = false;
                for event in batch.iter() {
                    let index = self.index(event, member);
                    told |= self.receipts[index].told(attempt);
                }
                let is_over = self.receipts[self.index(batch.first, member)].attempts >= attempt;
                if is_over && told {
                    self.unacknowledged(sent);
                }
            }
            Observation::GaveUp { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].gave_up = true;
            }
            Observation::Missed { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].passed = true;
            }
            Observation::Disabled { member, from, until } => {
                self.disabled.push(Disabled { member, from, until });
            }
            Observation::HeldBack { at, why } => {
                let counts = u64::from(self.counts(at));
                match why {
                    Hold::Delayed => self.held_back.delayed += counts,
                    Hold::Dropped => self.held_back.dropped += counts,
                    Hold::Waits => self.held_back.waited += counts,
                }
            }
            Observation::BreakerOpens { member, from, until } => {
                self.held_back.open.push(Disabled { member, from, until });
            }
            Observation::BreakerCloses { member, at } => self.held_back.closed(member, at),
        }
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

    /// Ends the recording of a run that ended at that time. An event that would be held later is not held.
    pub fn finish(mut self, ended: Instant) -> Record {
        for receipt in &mut self.receipts {
            receipt.close(ended);
        }
        self.trace.sort_by_key(|traced| traced.ended);
        let Self {
            requests, bins, bytes, drain_bins, receipts, disabled, held_back, trace, trace_ends, ..
        } = self;
        let (sent, all_ended, pushed, landed) = (self.sent, self.ended, self.pushed, self.landed);
        Record {
            requests,
            bins,
            bytes,
            connections: self.connections.finish(ended),
            drain_bins: drain_bins.into_counts(),
            bin: self.window.bin,
            receipts,
            disabled,
            held_back,
            trace,
            trace_ends,
            sent,
            ended: all_ended,
            pushed,
            landed,
            attacks: Vec::new(),
            set_up: SetUp::default(),
        }
    }

    fn index(&self, event: u32, member: u32) -> usize {
        event as usize * self.window.members as usize + member as usize
    }

    fn arrived(&mut self, frame: Frame, at: Instant, new: bool, bytes: (u64, u64)) {
        self.landed += 1;
        let counts = self.counts(frame.sent);
        if counts {
            let bin = self.bin(frame.sent);
            let bytes = self.requests.count_bytes(1, bytes);
            match (frame.says, new) {
                (Says::Heartbeat, _) => self.bytes[bin].heartbeats += bytes,
                (Says::Event(_), true) => self.bytes[bin].count(Outcome::Useful, bytes),
                (Says::Event(_), false) => self.bytes[bin].count(Outcome::Empty, bytes),
            }
        }
        let counts = u64::from(counts);
        match frame.says {
            Says::Event(_) => {
                self.requests.event_frames += counts;
                let outcome = if new { Outcome::Useful } else { Outcome::Empty };
                let (exchange, events) = (frame.exchange(), u32::from(new));
                let status = Status::Http(200);
                self.keep(Traced { exchange, sent: frame.sent, ended: at, outcome, status, events });
            }
            Says::Heartbeat => self.requests.heartbeats += counts,
        }
    }

    /// An attempt ends. Returns its outcome, and whether it brought or announced an event, as far as is known by now.
    #[inline]
    fn attempted(&mut self, exchange: Exchange, answer: Answer, events: u32) -> (Outcome, bool) {
        let Exchange { party: member, number: first, part: attempt, .. } = exchange;
        let mut brought = false;
        for event in (Batch { first, events }).iter() {
            let index = self.index(event, member);
            let receipt = &mut self.receipts[index];
            receipt.attempts += 1;
            receipt.passed |= answer.acknowledges();
            receipt.follows = event != first;
            brought |=
                receipt.by == Some(Arrival::delivery(attempt)) || u32::from(receipt.announced) == attempt;
        }
        let outcome = match (answer.acknowledges(), brought) {
            (false, _) => Outcome::Failed,
            (true, true) => Outcome::Useful,
            (true, false) => Outcome::Empty,
        };
        (outcome, brought)
    }

    #[inline(always)]
    fn ended(&mut self, traced: Traced, kind: Option<Free>, bytes: (u64, u64)) {
        let Traced { exchange, sent, outcome, status, .. } = traced;
        self.ended += 1;
        self.keep(traced);
        let channel = exchange.channel;
        let poll = channel.opener() == Opener::Client && !channel.stays_connected();
        let retry = channel.opener() == Opener::Source && exchange.part > 1;
        if sent >= self.window.until {
            self.drained(sent, outcome, retry);
        } else if sent >= self.window.from {
            self.requests.count(status, outcome, poll, retry);
            self.requests.billed += u64::from(self.tariff.bills(kind));
            let bin = self.bin(sent);
            self.bins[bin].count(outcome, retry);
            let bytes = self.requests.count_bytes(1, bytes);
            self.bytes[bin].count(outcome, bytes);
        }
    }

    #[inline(never)]
    fn drained(&mut self, sent: Instant, outcome: Outcome, retry: bool) {
        self.requests.drain += 1;
        let bin = (sent - self.window.from).0 / self.window.bin.0;
        self.drain_bins.at(bin).count(outcome, retry);
    }

    /// An attempt of that time has brought an event and has failed for its sender; either may come first.
    fn unacknowledged(&mut self, sent: Instant) {
        if sent >= self.window.until {
            let bin = (sent - self.window.from).0 / self.window.bin.0;
            self.drain_bins.at(bin).failed_to_unacknowledged();
        } else if sent >= self.window.from {
            let bin = self.bin(sent);
            self.bins[bin].failed_to_unacknowledged();
        }
    }
}

/// The outcome of a request of the client that brought so many new events.
#[inline]
const fn asked(answer: Answer, new: u32) -> Outcome {
    match answer {
        Answer::Page { .. } | Answer::Shown { .. } | Answer::Opened if new > 0 => Outcome::Useful,
        // 304: there is nothing new. 404: the API does not show the event yet.
        Answer::Page { .. } | Answer::Shown { .. } | Answer::Opened | Answer::Status(304 | 404) => {
            Outcome::Empty
        }
        Answer::Status(_)
        | Answer::Busy { .. }
        | Answer::Refused
        | Answer::Closed
        | Answer::TimedOut
        | Answer::Aborted => Outcome::Failed,
    }
}
