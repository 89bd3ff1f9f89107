//! Webhooks. The source sends each event to each member of the client, and again until an attempt is acknowledged or the
//! delivery is given up. The client's endpoints receive the deliveries.

mod batches;
mod breaker;
mod dead_letters;
mod endpoint;
mod lines;
mod sender;
mod slow;
mod standing;

use super::Shared;
use crate::model::Outbox;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Request};
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario, Webhook};
use crate::time::Instant;
use endpoint::Endpoints;
use sender::Sender;

/// The deliveries of one client, with both sides.
#[derive(Clone, Debug)]
pub(in crate::model) struct Hooks {
    sender: Sender,
    endpoints: Endpoints,
}

impl Hooks {
    pub(super) fn new(
        webhook: &Webhook,
        scenario: &Scenario,
        client: &Client,
        randomness: Randomness,
    ) -> Self {
        Self {
            sender: Sender::new(webhook, &scenario.source_outages, client.count, randomness),
            endpoints: Endpoints::new(webhook, &client.outages, client.count, randomness),
        }
    }

    pub(super) fn occur(&mut self, now: Instant, event: EventId, out: &mut impl Outbox) {
        self.sender.occur(now, event, out);
    }

    /// The source's side: a timer is due.
    pub(super) fn due(&mut self, now: Instant, number: u32, out: &mut impl Outbox) {
        self.sender.due(now, number, out);
    }

    /// The source's side: an attempt ends.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        out: &mut impl Outbox,
    ) {
        self.sender.answered(now, request, answer, out);
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        self.endpoints.begin(out);
    }

    /// The client's side: a handler has finished, or an outage begins.
    pub(super) fn due_at_client(
        &mut self,
        now: Instant,
        number: u32,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        self.endpoints.due(now, number, &mut shared.inbox, out);
    }

    /// The client's side: a delivery arrives.
    pub(super) fn arrives(
        &mut self,
        now: Instant,
        request: &Request,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        self.endpoints.receive(now, request, &mut shared.inbox, out);
    }
}
