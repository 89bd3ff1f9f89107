//! The source: it keeps the log of what has occurred and answers the polling API.

use super::events::{EventId, Events};
use super::exchange::{Answer, Poll, Reaction, Reply, Request};
use super::servers::Servers;
use crate::policy::outage::{Mode, Outages};
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::{Scenario, SourceConfig};
use crate::time::Instant;

/// The provider's side of one client.
#[derive(Clone, Debug)]
pub(super) struct Source {
    config: SourceConfig,
    outages: Outages,
    /// How many events of each resource have occurred.
    published: Vec<u32>,
    servers: Servers,
    service: Stream,
    failure: Stream,
}

impl Source {
    pub(super) fn new(scenario: &Scenario, randomness: Randomness) -> Self {
        Self {
            config: scenario.source.clone(),
            outages: scenario.source_outages.clone(),
            published: vec![0; scenario.events.resources as usize],
            servers: Servers::new(scenario.source.capacity, None),
            service: randomness.stream(Purpose::SourceService),
            failure: randomness.stream(Purpose::SourceFailure),
        }
    }

    pub(super) fn publish(&mut self, events: &Events, event: EventId) {
        self.published[events.resource(event) as usize] += 1;
    }

    /// Answers a poll with what the log holds when the request arrives (convention c2); an event that occurs at
    /// that very moment is in it (c3). A request that fails or meets an outage takes no time of a server.
    #[inline]
    pub(super) fn answer(&mut self, now: Instant, poll: Poll) -> Reaction {
        if let Some(outage) = self.outages.at(now) {
            return down(outage.mode, now);
        }
        let (id, attempt) = Request::Poll(poll).key();
        if self.failure.happens(self.config.failure_rate, id, attempt) {
            return Reaction::Reply(Reply { at: now, answer: Answer::Status(503) });
        }
        let resource = poll.poll_loop as usize % self.published.len();
        let waiting = self.published[resource].saturating_sub(poll.cursor);
        let events = waiting.min(self.config.page_size);
        let service = self.config.service_time.draw(|| self.service.at(id, attempt));
        let start = self.servers.start(now).expect("the queue before the API is unlimited");
        let at = self.servers.work(start, service);
        Reaction::Reply(Reply { at, answer: Answer::Page { events, has_more: waiting > events } })
    }
}

/// What a party that is down does with a request.
pub(super) const fn down(mode: Mode, now: Instant) -> Reaction {
    match mode {
        Mode::Refuse => Reaction::Refuse,
        Mode::Hang => Reaction::Silence,
        Mode::Error => Reaction::Reply(Reply { at: now, answer: Answer::Status(503) }),
    }
}
