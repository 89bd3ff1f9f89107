//! What a recorder has when the run ends.

use super::{
    AttackCounts, BinCounts, BytesBin, ConnectionsBin, Disabled, HeldBack, Receipt, Recorder, RequestCounts,
    Traced,
};
use crate::model::set_up::SetUp;
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

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
}
