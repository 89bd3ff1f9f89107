//! Counting requests: each once, by what it came to and by what it was answered.

use crate::model::exchange::Answer;
use std::collections::BTreeMap;
use std::fmt;

/// What a request came to for the one who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It brought the client an event that it did not have.
    Useful,
    /// It was answered and brought nothing new.
    Empty,
    /// It was refused, not answered in time, or answered with an error.
    Failed,
}

/// What a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// An HTTP status.
    Http(u16),
    /// The connection was refused.
    Refused,
    /// Nothing, in the time that its sender waits.
    Timeout,
    /// Nothing, before its sender went down or the run ended.
    Unanswered,
}

/// The requests of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Of the window, by outcome.
    pub useful: u64,
    /// See `useful`.
    pub empty: u64,
    /// See `useful`.
    pub failed: u64,
    /// Of the window: attempts after the first.
    pub retries: u64,
    /// Of the window: polls.
    pub polls: u64,
    /// Of the window: polls that were answered and brought nothing new.
    pub empty_polls: u64,
    /// After the window.
    pub drain: u64,
    /// Events that came on streams, sent in the window.
    pub event_frames: u64,
    /// Heartbeats that came on streams, sent in the window.
    pub heartbeats: u64,
    /// HTTP bytes from the client to the source, of the window's requests.
    pub bytes_to_source: u64,
    /// HTTP bytes from the source to the client.
    pub bytes_to_client: u64,
    /// Answered 200: by far the most, so they have a counter of their own.
    ok: u64,
    others: BTreeMap<Status, u64>,
}

/// The requests of one bin of time; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinCounts {
    /// Polls and first attempts that brought something new.
    pub useful: u64,
    /// All that were answered and brought nothing new.
    pub empty: u64,
    /// All that failed.
    pub failed: u64,
    /// Attempts after the first that brought something new.
    pub retries: u64,
}

impl Status {
    pub(super) const fn of(answer: Answer) -> Self {
        match answer {
            Answer::Page { .. } | Answer::Opened => Self::Http(200),
            Answer::Status(status) => Self::Http(status),
            Answer::Refused => Self::Refused,
            Answer::TimedOut => Self::Timeout,
            Answer::Aborted => Self::Unanswered,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(status) => write!(f, "{status}"),
            Self::Refused => f.write_str("refused"),
            Self::Timeout => f.write_str("timeout"),
            Self::Unanswered => f.write_str("unanswered"),
        }
    }
}

impl RequestCounts {
    /// All requests of the window.
    pub const fn total(&self) -> u64 {
        self.useful + self.empty + self.failed
    }

    /// Requests of the window by what they were answered.
    pub fn by_status(&self) -> BTreeMap<Status, u64> {
        let mut all = self.others.clone();
        if self.ok > 0 {
            all.insert(Status::Http(200), self.ok);
        }
        all
    }

    /// Adds the requests of another replication.
    pub fn add(&mut self, other: &Self) {
        self.useful += other.useful;
        self.empty += other.empty;
        self.failed += other.failed;
        self.retries += other.retries;
        self.polls += other.polls;
        self.empty_polls += other.empty_polls;
        self.drain += other.drain;
        self.event_frames += other.event_frames;
        self.heartbeats += other.heartbeats;
        self.bytes_to_source += other.bytes_to_source;
        self.bytes_to_client += other.bytes_to_client;
        self.ok += other.ok;
        for (&status, requests) in &other.others {
            *self.others.entry(status).or_default() += requests;
        }
    }

    #[inline]
    pub(super) fn count(&mut self, status: Status, outcome: Outcome, poll: bool, retry: bool) {
        match outcome {
            Outcome::Useful => self.useful += 1,
            Outcome::Empty => self.empty += 1,
            Outcome::Failed => self.failed += 1,
        }
        self.retries += u64::from(retry);
        self.polls += u64::from(poll);
        self.empty_polls += u64::from(poll && outcome == Outcome::Empty);
        match status {
            Status::Http(200) => self.ok += 1,
            other => *self.others.entry(other).or_default() += 1,
        }
    }

    pub(super) fn count_empty_polls(&mut self, polls: u64) {
        self.empty += polls;
        self.polls += polls;
        self.empty_polls += polls;
        self.ok += polls;
    }
}

impl BinCounts {
    /// All requests of the bin.
    pub const fn total(&self) -> u64 {
        self.useful + self.empty + self.failed + self.retries
    }

    #[inline]
    pub(super) fn count(&mut self, outcome: Outcome, retry: bool) {
        match (outcome, retry) {
            (Outcome::Useful, false) => self.useful += 1,
            (Outcome::Useful, true) => self.retries += 1,
            (Outcome::Empty, _) => self.empty += 1,
            (Outcome::Failed, _) => self.failed += 1,
        }
    }
}
