//! The requests of one member, kept one by one for the swim lanes.

use super::{Outcome, Status};
use crate::model::events::EventId;
use crate::model::exchange::Exchange;
use crate::policy::channel::Opener;
use crate::time::Instant;
use std::ops::Range;

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
    /// Its answer, or why there is none.
    pub status: Status,
    /// Of a delivery, the number of events that it carried; of another request, of new events that it brought.
    pub events: u32,
}

impl Traced {
    /// Whether it is a delivery of that event.
    pub fn delivers(&self, event: EventId) -> bool {
        self.delivered().contains(&event)
    }

    /// The events that it carried; none if it is no delivery.
    pub const fn delivered(&self) -> Range<EventId> {
        let first = self.exchange.number;
        match self.exchange.channel.opener() {
            Opener::Client => first..first,
            Opener::Source => first..first + self.events,
        }
    }
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
