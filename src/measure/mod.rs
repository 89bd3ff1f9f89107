//! Observations in, counts and histories out. Knows the model's words and nothing of who drives it.

mod freshness;
mod latencies;
mod ledger;
mod requests;
mod trace;

pub use freshness::{Freshness, age_of_oldest_unknown};
pub use latencies::{Latencies, Ranked, nearest_rank};
pub use ledger::{Ledger, Receipt};
pub use requests::Outcome;
pub use requests::{BinCounts, RequestCounts, Status};
pub use trace::{TraceFilter, Traced};

use crate::model::exchange::{Answer, Attempt, Request};
use crate::model::{Arrival, Observation, acknowledges};
use crate::time::{Instant, Span};

/// What is counted, and at what resolution.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Events and requests from then on count.
    pub from: Instant,
    /// Events end, and requests are the drain's.
    pub until: Instant,
    /// The width of a time bin.
    pub bin: Span,
    /// Members of the client.
    pub members: u32,
}

/// Takes down what happens to one client in one replication.
#[derive(Clone, Debug)]
pub struct Recorder {
    window: Window,
    filter: TraceFilter,
    requests: RequestCounts,
    bins: Vec<BinCounts>,
    /// The bin of the latest request: when it begins, and its number. Most requests fall into the same again.
    latest: (Instant, usize),
    receipts: Vec<Receipt>,
    trace: Vec<Traced>,
    trace_ends: Option<Instant>,
}

/// What happened to one client in one replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Requests in the window and after it.
    pub requests: RequestCounts,
    /// Requests by time of sending, over the window.
    pub bins: Vec<BinCounts>,
    /// The width of a bin.
    pub bin: Span,
    /// Every event and member: event × members + member.
    pub receipts: Vec<Receipt>,
    /// The requests of one member and resource, in order of their end.
    pub trace: Vec<Traced>,
    /// From then on the trace is incomplete; None: it is complete.
    pub trace_ends: Option<Instant>,
}

impl Recorder {
    /// For a run of `events` events.
    pub fn new(window: Window, events: usize, filter: TraceFilter) -> Self {
        let length = (window.until - window.from).0;
        let bins = (length + window.bin.0 - 1) / window.bin.0;
        Self {
            window,
            filter,
            requests: RequestCounts::default(),
            bins: vec![BinCounts::default(); bins as usize],
            latest: (window.from, 0),
            receipts: vec![Receipt::default(); events * window.members as usize],
            trace: Vec::new(),
            trace_ends: None,
        }
    }

    /// Whether a request sent then counts in the figures of the window.
    #[inline]
    pub fn counts(&self, sent: Instant) -> bool {
        self.window.from <= sent && sent < self.window.until
    }

    /// HTTP bytes that a counted request and its answer took.
    #[inline]
    pub fn bytes(&mut self, to_source: u64, to_client: u64) {
        self.requests.bytes_to_source += to_source;
        self.requests.bytes_to_client += to_client;
    }

    /// Something happened.
    #[inline]
    pub fn observe(&mut self, observation: Observation) {
        match observation {
            Observation::Ended { request, sent, ended, answer, new } => {
                let outcome = self.outcome(request, answer, new);
                self.ended(request, sent, ended, answer, outcome);
            }
            Observation::Received { event, member, at, by } => {
                let index = self.index(event, member);
                self.receipts[index].received(at, by);
            }
            Observation::GaveUp { event, member } => {
                let index = self.index(event, member);
                self.receipts[index].gave_up = true;
            }
        }
    }

    /// Polls that nobody worked one by one: that many, all answered and empty, sent in the bin of that number.
    pub fn empty_polls(&mut self, bin: usize, polls: u64) {
        self.bins[bin].empty += polls;
        self.requests.count_empty_polls(polls);
    }

    /// Keeps a request for the swim lanes, as far as there is room.
    pub fn keep(&mut self, traced: Traced) {
        if !self.filter.takes(&traced.request) {
            return;
        }
        if self.trace.len() < TraceFilter::MAX {
            self.trace.push(traced);
        } else {
            // Requests end out of order, so the trace is whole only up to the earliest one left out.
            let ends = self.trace_ends.get_or_insert(traced.sent);
            *ends = (*ends).min(traced.sent);
        }
    }

    /// How many bins of time there are.
    pub fn bins(&self) -> usize {
        self.bins.len()
    }

    /// The bin of a request that counts.
    #[inline]
    pub fn bin(&mut self, sent: Instant) -> usize {
        let (begins, _) = self.latest;
        if sent < begins || sent >= begins + self.window.bin {
            let bin = (sent - self.window.from).0 / self.window.bin.0;
            self.latest = (self.window.from + self.window.bin * bin, bin as usize);
        }
        self.latest.1
    }

    /// Where the bins begin, and where the last one ends.
    pub fn bin_edges(&self) -> impl Iterator<Item = Instant> {
        let window = self.window;
        let begin = move |bin| window.from + window.bin * bin as i64;
        (0..self.bins.len()).map(begin).chain([window.until])
    }

    /// Closes the book of a run that ended then: what would be held later is not held.
    pub fn finish(mut self, ended: Instant) -> Record {
        for receipt in &mut self.receipts {
            receipt.close(ended);
        }
        self.trace.sort_by_key(|traced| traced.ended);
        let Self { requests, bins, receipts, trace, trace_ends, .. } = self;
        Record { requests, bins, bin: self.window.bin, receipts, trace, trace_ends }
    }

    fn index(&self, event: u32, member: u32) -> usize {
        event as usize * self.window.members as usize + member as usize
    }

    #[inline]
    fn outcome(&mut self, request: Request, answer: Answer, new: u32) -> Outcome {
        match request {
            Request::Poll(_) if !matches!(answer, Answer::Page { .. }) => Outcome::Failed,
            Request::Poll(_) if new == 0 => Outcome::Empty,
            Request::Poll(_) => Outcome::Useful,
            Request::Attempt(Attempt { event, member, number }) => {
                let index = self.index(event, member);
                self.receipts[index].attempts += 1;
                match acknowledges(answer) {
                    false => Outcome::Failed,
                    true if self.receipts[index].by == Some(Arrival::delivery(number)) => Outcome::Useful,
                    true => Outcome::Empty,
                }
            }
        }
    }

    #[inline]
    fn ended(&mut self, request: Request, sent: Instant, ended: Instant, answer: Answer, outcome: Outcome) {
        self.keep(Traced { request, sent, ended, outcome });
        if sent >= self.window.until {
            self.requests.drain += 1;
        } else if sent >= self.window.from {
            let retry = matches!(request, Request::Attempt(attempt) if attempt.number > 1);
            let poll = matches!(request, Request::Poll(_));
            self.requests.count(Status::of(answer), outcome, poll, retry);
            let bin = self.bin(sent);
            self.bins[bin].count(outcome, retry);
        }
    }
}
