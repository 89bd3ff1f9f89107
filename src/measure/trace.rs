//! The requests of one member, kept one by one: what the swim lanes are drawn from.

use super::Outcome;
use crate::model::exchange::Request;
use crate::time::Instant;

/// One request, kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traced {
    /// The request.
    pub request: Request,
    /// When it was sent.
    pub sent: Instant,
    /// When its outcome was known to its sender.
    pub ended: Instant,
    /// What it came to.
    pub outcome: Outcome,
}

/// Whose requests are kept: those of the first member, and of it the polls of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceFilter {
    /// The resource.
    pub resource: u32,
}

impl TraceFilter {
    /// Requests kept at most.
    pub const MAX: usize = 200_000;

    #[inline]
    pub(super) fn takes(&self, request: &Request) -> bool {
        match request {
            // The first member's loops are numbered as the resources are.
            Request::Poll(poll) => poll.poll_loop == self.resource,
            Request::Attempt(attempt) => attempt.member == 0,
        }
    }
}
