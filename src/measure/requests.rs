//! Counts of requests, by outcome and by status.

use crate::figure::Status;
use crate::model::exchange::{Answer, Says};
use crate::policy::billing::Free;
use crate::policy::channel::{Channel, Opener};
use crate::policy::sizes::Sizes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It brought the client an event that it did not hold.
    Useful,
    /// It was answered and brought no new event.
    Empty,
    /// It was refused, not answered in time, or answered with an error.
    Failed,
}

/// The requests of one client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestCounts {
    /// Requests in the window that brought a new event.
    pub useful: u64,
    /// Requests in the window that were answered and brought no new event.
    pub empty: u64,
    /// Requests in the window that failed.
    pub failed: u64,
    /// Attempts in the window after the first of their delivery.
    pub retries: u64,
    /// Polls in the window.
    pub polls: u64,
    /// Polls in the window that were answered and brought no new event.
    pub empty_polls: u64,
    /// Requests in the window that the source bills.
    pub billed: u64,
    /// Requests after the window.
    pub drain: u64,
    /// Frames with an event that were sent in the window and arrived.
    pub event_frames: u64,
    /// Heartbeats that were sent in the window and arrived.
    pub heartbeats: u64,
    /// HTTP bytes from the client to the source, of the requests in the window.
    pub bytes_to_source: u64,
    /// HTTP bytes from the source to the client, of the requests in the window.
    pub bytes_to_client: u64,
    /// Requests in the window answered 200. They are by far the most frequent, so they have a counter outside the map.
    ok: u64,
    others: BTreeMap<Status, u64>,
}

/// The requests of one time bin; each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinCounts {
    /// Polls and first attempts that brought a new event.
    pub useful: u64,
    /// Requests that were answered and brought no new event.
    pub empty: u64,
    /// Requests that failed and brought nothing.
    pub failed: u64,
    /// Attempts after the first that brought a new event.
    pub retries: u64,
    /// Attempts that brought a new event and failed for their sender: the answer was lost, or came too late.
    pub unacknowledged: u64,
}

/// How a request of a channel with that answer ended.
pub const fn status_of(channel: Channel, answer: Answer) -> Status {
    match answer {
        Answer::Page { .. } | Answer::Shown { .. } => Status::Http(200),
        Answer::Opened => match channel.framing() {
            Some(framing) => Status::Http(framing.status()),
            None => panic!("it opens no stream"),
        },
        Answer::Status(status) | Answer::Busy { status, .. } => Status::Http(status),
        Answer::Refused => Status::Refused,
        Answer::Closed => Status::Closed,
        Answer::TimedOut => Status::Timeout,
        Answer::Aborted => Status::Unanswered,
    }
}

/// What a request of the client with that answer is on a bill; None: it brought events or opened a stream.
pub(super) const fn kind_of(answer: Answer) -> Option<Free> {
    match answer {
        // A 404 says that what was asked for is not shown yet: as an empty page does, by a request that was worked on.
        Answer::Page { events: 0, .. } | Answer::Status(404) => Some(Free::Empty),
        Answer::Page { .. } | Answer::Shown { .. } | Answer::Opened => None,
        Answer::Status(304) => Some(Free::NotModified),
        Answer::Status(429) | Answer::Busy { status: 429, .. } => Some(Free::Limited),
        Answer::Status(_)
        | Answer::Busy { .. }
        | Answer::Refused
        | Answer::Closed
        | Answer::TimedOut
        | Answer::Aborted => Some(Free::Failed),
    }
}

/// HTTP bytes of an exchange, (to the source, to the client); a delivery carries so many events. Those of a request count
/// when it is sent, those of an answer when it is received. A refused connection carries none.
#[inline(always)]
pub fn exchange_bytes(sizes: &Sizes, channel: Channel, carries: u32, answer: Answer) -> (u64, u64) {
    let opener = channel.opener();
    let asked = match (opener, answer) {
        (_, Answer::Refused) => 0,
        (Opener::Client, _) if channel.stays_connected() => sizes.frames().opening,
        (Opener::Client, _) if channel == Channel::Fetch => sizes.fetch(),
        (Opener::Client, _) => sizes.poll(),
        (Opener::Source, _) => sizes.delivery(carries),
    };
    let answered = match answer {
        Answer::Page { events, has_more } => sizes.page(events, has_more),
        Answer::Shown { .. } => unreachable!("a client reports the page that it found"),
        Answer::Opened => sizes.frames().opened,
        Answer::Status(status) => sizes.status(status),
        Answer::Busy { status, retry_after_s } => sizes.busy(status, retry_after_s),
        Answer::Refused | Answer::Closed | Answer::TimedOut | Answer::Aborted => 0,
    };
    opener.by_direction(asked, answered)
}

/// Bytes of a frame that arrives, and of what the client answers to it: (to the source, to the client).
pub const fn frame_bytes(sizes: &Sizes, says: Says) -> (u64, u64) {
    let frames = sizes.frames();
    match says {
        Says::Event(_) => (0, frames.event),
        Says::Heartbeat => (frames.heartbeat_answer, frames.heartbeat),
    }
}

impl RequestCounts {
    /// All requests in the window.
    pub const fn total(&self) -> u64 {
        self.useful + self.empty + self.failed
    }

    /// Requests in the window by status.
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
        self.billed += other.billed;
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

    /// Adds the bytes of so many equal messages; returns those of one, both directions together.
    #[inline(always)]
    pub(super) const fn count_bytes(&mut self, messages: u64, (to_source, to_client): (u64, u64)) -> u64 {
        self.bytes_to_source += messages * to_source;
        self.bytes_to_client += messages * to_client;
        to_source + to_client
    }

    #[inline(always)]
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

    pub(super) fn count_empty_polls(&mut self, polls: u64, status: Status) {
        self.empty += polls;
        self.polls += polls;
        self.empty_polls += polls;
        match status {
            Status::Http(200) => self.ok += polls,
            other if polls > 0 => *self.others.entry(other).or_default() += polls,
            _ => {}
        }
    }
}

impl BinCounts {
    /// All requests of the bin.
    pub const fn total(&self) -> u64 {
        self.useful + self.empty + self.failed + self.retries + self.unacknowledged
    }

    pub(super) fn add(&mut self, other: Self) {
        self.useful += other.useful;
        self.empty += other.empty;
        self.failed += other.failed;
        self.retries += other.retries;
        self.unacknowledged += other.unacknowledged;
    }

    /// One of the failed requests has brought an event.
    pub(super) const fn failed_to_unacknowledged(&mut self) {
        self.failed -= 1;
        self.unacknowledged += 1;
    }

    #[inline(always)]
    pub(super) fn count(&mut self, outcome: Outcome, retry: bool) {
        match (outcome, retry) {
            (Outcome::Useful, false) => self.useful += 1,
            (Outcome::Useful, true) => self.retries += 1,
            (Outcome::Empty, _) => self.empty += 1,
            (Outcome::Failed, _) => self.failed += 1,
        }
    }
}
