//! Observations in, counts and histories out. Knows the model's words and nothing of who drives it.

mod freshness;
mod ledger;
mod requests;
mod trace;

pub use freshness::{Freshness, age_of_oldest_unknown};
pub use ledger::{Holding, Latencies, Tally};
pub use requests::Outcome;
pub use requests::{BinCounts, RequestCounts, Status};
pub use trace::{TraceFilter, Traced};

use crate::model::exchange::{Answer, Attempt, Request};
use crate::model::{Observation, Way, acknowledges};
use crate::time::{Instant, Span};

/// What is counted, and at what resolution.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
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
    frame: Frame,
    filter: TraceFilter,
    requests: RequestCounts,
    bins: Vec<BinCounts>,
    /// The bin of the latest request: when it begins, and its number. Most requests fall into the same again.
    latest: (Instant, usize),
    holdings: Vec<Holding>,
    trace: Vec<Traced>,
    trace_ends: Option<Instant>,
}

/// What happened to one client in one replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Requests in the frame and after it.
    pub requests: RequestCounts,
    /// Requests by time of sending, over the frame.
    pub bins: Vec<BinCounts>,
    /// The width of a bin.
    pub bin: Span,
    /// Every event and member: event × members + member.
    pub holdings: Vec<Holding>,
    /// The requests of one member and resource, in order of their end.
    pub trace: Vec<Traced>,
    /// From then on the trace is incomplete; None: it is complete.
    pub trace_ends: Option<Instant>,
}

impl Recorder {
    /// For a run of `events` events.
    pub fn new(frame: Frame, events: usize, filter: TraceFilter) -> Self {
        let length = (frame.until - frame.from).0;
        let bins = (length + frame.bin.0 - 1) / frame.bin.0;
        Self {
            frame,
            filter,
            requests: RequestCounts::default(),
            bins: vec![BinCounts::default(); bins as usize],
            latest: (frame.from, 0),
            holdings: vec![Holding::default(); events * frame.members as usize],
            trace: Vec::new(),
            trace_ends: None,
        }
    }

    /// Whether a request sent then counts in the figures of the frame.
    #[inline]
    pub fn counts(&self, sent: Instant) -> bool {
        self.frame.from <= sent && sent < self.frame.until
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
            Observation::Received { event, member, at, way } => {
                let index = self.index(event, member);
                self.holdings[index].received(at, way);
            }
            Observation::GaveUp { event, member } => {
                let index = self.index(event, member);
                self.holdings[index].gave_up = true;
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
        if self.trace.len() < TraceFilter::MOST {
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
        if sent < begins || sent >= begins + self.frame.bin {
            let bin = (sent - self.frame.from).0 / self.frame.bin.0;
            self.latest = (self.frame.from + self.frame.bin * bin, bin as usize);
        }
        self.latest.1
    }

    /// Where the bins begin, and where the last one ends.
    pub fn bin_edges(&self) -> impl Iterator<Item = Instant> {
        let frame = self.frame;
        let begin = move |bin| frame.from + frame.bin * bin as i64;
        (0..self.bins.len()).map(begin).chain([frame.until])
    }

    /// Closes the book of a run that ended then: what would be held later is not held.
    pub fn finish(mut self, ended: Instant) -> Record {
        for holding in &mut self.holdings {
            holding.close(ended);
        }
        self.trace.sort_by_key(|traced| traced.ended);
        let Self { requests, bins, holdings, trace, trace_ends, .. } = self;
        Record { requests, bins, bin: self.frame.bin, holdings, trace, trace_ends }
    }

    fn index(&self, event: u32, member: u32) -> usize {
        event as usize * self.frame.members as usize + member as usize
    }

    #[inline]
    fn outcome(&mut self, request: Request, answer: Answer, new: u32) -> Outcome {
        match request {
            Request::Poll(_) if !matches!(answer, Answer::Page { .. }) => Outcome::Failed,
            Request::Poll(_) if new == 0 => Outcome::Empty,
            Request::Poll(_) => Outcome::Useful,
            Request::Attempt(Attempt { event, member, number }) => {
                let index = self.index(event, member);
                self.holdings[index].attempts += 1;
                match acknowledges(answer) {
                    false => Outcome::Failed,
                    true if self.holdings[index].way == Some(Way::Attempt(number)) => Outcome::Useful,
                    true => Outcome::Empty,
                }
            }
        }
    }

    #[inline]
    fn ended(&mut self, request: Request, sent: Instant, ended: Instant, answer: Answer, outcome: Outcome) {
        self.keep(Traced { request, sent, ended, outcome });
        if sent >= self.frame.until {
            self.requests.drain += 1;
        } else if sent >= self.frame.from {
            let retry = matches!(request, Request::Attempt(attempt) if attempt.number > 1);
            let poll = matches!(request, Request::Poll(_));
            self.requests.count(Status::of(answer), outcome, poll, retry);
            let bin = self.bin(sent);
            self.bins[bin].count(outcome, retry);
        }
    }
}
