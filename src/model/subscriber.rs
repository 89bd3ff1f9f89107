//! The subscriber: a webhook's receiver. It holds an event from the moment its handler starts on a delivery.

use super::events::EventId;
use super::exchange::{Answer, Attempt, Reaction, Reply, Request};
use super::servers::Servers;
use super::source::down;
use super::{Arrival, Observation, Outbox};
use crate::policy::outage::Outages;
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::{Endpoint, Webhook};
use crate::time::{Instant, Span};

/// The endpoints of all members of one client, and what they hold.
#[derive(Clone, Debug)]
pub(super) struct Subscriber {
    endpoint: Endpoint,
    outages: Outages,
    service: Stream,
    failure: Stream,
    servers: Vec<Servers>,
    /// Since when each event is held: event × members + member; grows as events occur.
    held: Vec<Instant>,
}

impl Subscriber {
    pub(super) fn new(webhook: &Webhook, outages: &Outages, members: u32, randomness: Randomness) -> Self {
        let endpoint = &webhook.endpoint;
        Self {
            endpoint: endpoint.clone(),
            outages: outages.clone(),
            service: randomness.stream(Purpose::EndpointService),
            failure: randomness.stream(Purpose::EndpointFailure),
            servers: vec![Servers::new(endpoint.capacity, endpoint.queue); members as usize],
            held: Vec::new(),
        }
    }

    pub(super) fn occur(&mut self) {
        self.held.resize(self.held.len() + self.servers.len(), Instant::NEVER);
    }

    fn index(&self, event: EventId, member: u32) -> usize {
        event as usize * self.servers.len() + member as usize
    }

    /// Whether a member holds an event by `now`.
    pub(super) fn holds(&self, event: EventId, member: u32, now: Instant) -> bool {
        self.held.get(self.index(event, member)).is_some_and(|&held| held <= now)
    }

    /// A reconciling poll has brought an event. Returns whether that is news.
    pub(super) fn reconciled(&mut self, event: EventId, member: u32, now: Instant) -> bool {
        let index = self.index(event, member);
        let new = self.held[index] > now;
        self.held[index] = self.held[index].min(now);
        new
    }

    /// A delivery arrives. Work waits its turn and is done even when the sender has stopped waiting for it. A
    /// delivery whose turn comes while the endpoint is down dies with it, unanswered.
    pub(super) fn receive(&mut self, now: Instant, attempt: Attempt, out: &mut impl Outbox) -> Reaction {
        if let Some(outage) = self.outages.at(now) {
            return down(outage.mode, now);
        }
        let (id, number) = Request::Attempt(attempt).key();
        let index = self.index(attempt.event, attempt.member);
        let servers = &mut self.servers[attempt.member as usize];
        let Some(start) = servers.start(now) else {
            return Reaction::Reply(Reply { at: now, answer: Answer::Status(503) });
        };
        if self.outages.at(start).is_some() {
            return Reaction::Silence;
        }
        let fails = self.failure.happens(self.endpoint.failure_rate, id, number);
        let duplicate = self.held[index] <= start;
        let service = if duplicate && self.endpoint.dedupe && !fails {
            Span::ZERO
        } else {
            self.endpoint.service_time.draw(|| self.service.at(id, number))
        };
        let at = servers.work(start, service);
        if fails {
            return Reaction::Reply(Reply { at, answer: Answer::Status(500) });
        }
        self.held[index] = self.held[index].min(start);
        let by = Arrival::delivery(attempt.number);
        out.observe(Observation::Received { event: attempt.event, member: attempt.member, at: start, by });
        Reaction::Reply(Reply { at, answer: Answer::Status(200) })
    }
}
