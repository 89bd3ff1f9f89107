//! The requests of one member, kept one by one: what the swim lanes are drawn from.

use super::Outcome;
use crate::model::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::time::Instant;

/// One request, kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traced {
    /// Which.
    pub exchange: Exchange,
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
    pub(super) fn takes(&self, exchange: &Exchange) -> bool {
        match exchange.channel.opener() {
            // The first member's loops are numbered as the resources are.
            Opener::Client => exchange.party == self.resource,
            Opener::Source => exchange.party == 0,
        }
    }
}
