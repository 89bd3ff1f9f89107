//! The requests of one member, kept one by one for the swim lanes.

use super::Outcome;
use crate::model::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::time::Instant;

/// One request that is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Traced {
    /// Its identity.
    pub exchange: Exchange,
    /// When it was sent.
    pub sent: Instant,
    /// When its outcome was known to its sender.
    pub ended: Instant,
    /// Its outcome.
    pub outcome: Outcome,
}

/// Selects the requests that are kept: the deliveries to the first member, and its polls of one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceFilter {
    /// The resource.
    pub resource: u32,
}

impl TraceFilter {
    /// The greatest number of requests that are kept.
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
