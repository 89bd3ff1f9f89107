//! What became of the requests of an attacker.

use super::Status;
use crate::policy::attacked::Cost;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The requests of one attack, sent in [warmup, duration), by their answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackCounts {
    /// By answer.
    pub by_status: BTreeMap<Status, u64>,
    /// HTTP bytes that the endpoint took in.
    pub taken_in: u64,
    /// HTTP bytes of its answers.
    pub sent_out: u64,
    /// How long the requests held their connections, all together.
    pub held: Span,
}

impl AttackCounts {
    /// Counts a request and what it cost.
    pub fn count(&mut self, status: Status, cost: Cost) {
        *self.by_status.entry(status).or_default() += 1;
        let Cost { taken_in, sent_out, held } = cost;
        self.taken_in += taken_in;
        self.sent_out += sent_out;
        self.held = self.held + held;
    }

    /// Requests that the endpoint took for the source's.
    pub fn accepted(&self) -> u64 {
        let accepted = |status: &Status| matches!(status, Status::Http(200..=299));
        self.by_status.iter().filter(|(status, _)| accepted(status)).map(|(_, requests)| requests).sum()
    }

    /// Requests of which nothing is known, because they got no answer: the connection broke, or the machine of a live run was
    /// too slow.
    pub fn unanswered(&self) -> u64 {
        let answered = |status: &Status| matches!(status, Status::Http(_));
        self.by_status.iter().filter(|(status, _)| !answered(status)).map(|(_, requests)| requests).sum()
    }

    /// All requests.
    pub fn sent(&self) -> u64 {
        self.by_status.values().sum()
    }

    /// Adds those of another replication.
    pub fn add(&mut self, other: &Self) {
        for (&status, requests) in &other.by_status {
            *self.by_status.entry(status).or_default() += requests;
        }
        self.taken_in += other.taken_in;
        self.sent_out += other.sent_out;
        self.held = self.held + other.held;
    }
}
