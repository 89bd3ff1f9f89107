//! The source: the log of events that have occurred, and the polling API.

use super::Outbox;
use super::events::{EventId, Events};
use super::exchange::{Answer, Ask, Reaction, Request};
use super::servers::Servers;
use crate::policy::job;
use crate::policy::limit::{Quota, RateLimit};
use crate::policy::outage::{Mode, Outages};
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::{Scenario, SourceConfig};
use crate::time::Instant;
use std::collections::VecDeque;

/// The source of one client.
#[derive(Clone, Debug)]
pub(super) struct Source {
    config: SourceConfig,
    outages: Outages,
    /// The number of events of each resource that the API shows.
    published: Vec<u32>,
    /// Events that have occurred and that it does not show yet, with the time from which it does.
    uncommitted: VecDeque<(Instant, EventId)>,
    servers: Servers,
    limits: Option<Limits>,
    service: Stream,
    failure: Stream,
}

/// What each member may ask.
#[derive(Clone, Debug)]
struct Limits {
    rule: RateLimit,
    members: Vec<Quota>,
}

impl Source {
    pub(super) fn new(scenario: &Scenario, members: u32, randomness: Randomness) -> Self {
        let limits = |rule| Limits { rule, members: vec![Quota::default(); members as usize] };
        Self {
            config: scenario.source.clone(),
            outages: scenario.source_outages.clone(),
            published: vec![0; scenario.events.resources as usize],
            uncommitted: VecDeque::new(),
            servers: Servers::new(scenario.source.capacity),
            limits: scenario.source.rate_limit.map(limits),
            service: randomness.stream(Purpose::SourceService),
            failure: randomness.stream(Purpose::SourceFailure),
        }
    }

    /// An event occurs. Returns the time from which the API shows it, if that is later than now.
    #[inline]
    pub(super) fn publish(&mut self, now: Instant, events: &Events, event: EventId) -> Option<Instant> {
        let entry = (events.shown_from(event), event);
        // What is due in a live run that is late has its turn after what was due before.
        if entry.0 <= now && self.uncommitted.is_empty() {
            self.show(events, event);
            return None;
        }
        let place = self.uncommitted.partition_point(|other| *other < entry);
        self.uncommitted.insert(place, entry);
        Some(entry.0)
    }

    /// The API shows the next event. Returns it.
    pub(super) fn show_next(&mut self, events: &Events) -> Option<EventId> {
        let (_, event) = self.uncommitted.pop_front()?;
        self.show(events, event);
        Some(event)
    }

    /// The API shows every event whose time has come. For channels that need not know when that is.
    #[inline(always)]
    pub(super) fn show_until(&mut self, now: Instant, events: &Events) {
        while self.uncommitted.front().is_some_and(|&(shown, _)| shown <= now) {
            self.show_next(events);
        }
    }

    /// The API shows of a resource what it shows at that time, later or earlier than before: for a driver that tells it of no
    /// event.
    #[inline(always)]
    pub(super) fn show_at(&mut self, now: Instant, events: &Events, resource: u32) {
        let shown = &mut self.published[resource as usize];
        *shown = events.showing(now, resource, *shown);
    }

    fn show(&mut self, events: &Events, event: EventId) {
        self.published[events.resource(event) as usize] += 1;
    }

    /// None where the source accepts a request of a client; otherwise its reaction, because it is down, has answered as
    /// many of its member as it allows, or fails. A rejection is immediate and takes no time of a server.
    #[inline(always)]
    pub(super) fn rejects(&mut self, now: Instant, request: &Request) -> Option<Reaction> {
        if let Some(outage) = self.outages.at(now) {
            return Some(down(outage.mode));
        }
        // Without failures the key of the draw need not be computed.
        let fails = self.config.failure_rate > 0.0 && {
            let (id, attempt) = request.exchange.key();
            self.failure.happens(self.config.failure_rate, id, attempt)
        };
        if self.limits.is_some() {
            let nothing_new = !fails && self.is_unmodified(request.ask);
            let Some(Limits { rule, members }) = &mut self.limits else { return None };
            // A loop for each member and resource opens the exchanges of a client.
            let member = request.exchange.party as usize / self.published.len();
            if let Err(retry_after_s) =
                members[member].take(*rule, now, rule.not_modified_free && nothing_new)
            {
                return Some(Reaction::Answer(Answer::Busy { status: 429, retry_after_s }));
            }
        }
        fails.then_some(Reaction::Answer(Answer::Status(503)))
    }

    /// Whether a request that arrives now is answered 304.
    fn is_unmodified(&self, ask: Ask) -> bool {
        match ask {
            Ask::Events { resource, cursor, hold: _, conditional: true }
            | Ask::Newest { resource, cursor, conditional: true } => self.after(resource, cursor) == 0,
            Ask::Events { .. }
            | Ask::Since { .. }
            | Ask::Newest { .. }
            | Ask::Event { .. }
            | Ask::Job { .. }
            | Ask::Stream { .. }
            | Ask::Delivery(_) => false,
        }
    }

    /// The greatest number of events in one response.
    pub(super) const fn page_size(&self) -> u32 {
        self.config.page_size
    }

    /// The number of events of a resource after the cursor that the API shows.
    #[inline(always)]
    pub(super) fn after(&self, resource: u32, cursor: u32) -> u32 {
        self.published[resource as usize].saturating_sub(cursor)
    }

    /// Answers with the events that the API shows now; one that occurs at this time is included. The answer leaves when
    /// a server has worked on it.
    #[inline(always)]
    pub(super) fn answer(
        &mut self,
        now: Instant,
        request: &Request,
        resource: u32,
        cursor: u32,
        out: &mut impl Outbox,
    ) {
        let waiting = self.after(resource, cursor);
        let events = waiting.min(self.config.page_size);
        let Some(at) = self.work(now, request, out) else { return };
        let answer = match events == 0 && request.ask.is_conditional() {
            true => Answer::NOT_MODIFIED,
            false => Answer::Page { events, has_more: waiting > events },
        };
        out.reply(at, request, Reaction::Answer(answer));
    }

    /// Answers with how many events the API shows now, from which the page follows; or 304.
    #[inline(always)]
    pub(super) fn answer_with_shown(
        &mut self,
        now: Instant,
        request: &Request,
        resource: u32,
        out: &mut impl Outbox,
    ) {
        let unmodified = self.is_unmodified(request.ask);
        let events = self.published[resource as usize];
        let Some(at) = self.work(now, request, out) else { return };
        let answer = if unmodified { Answer::NOT_MODIFIED } else { Answer::Shown { events } };
        out.reply(at, request, Reaction::Answer(answer));
    }

    /// Answers with an event, or 404 where the API does not show it.
    pub(super) fn answer_with(
        &mut self,
        now: Instant,
        request: &Request,
        is_shown: bool,
        out: &mut impl Outbox,
    ) {
        let Some(at) = self.work(now, request, out) else { return };
        let answer = match is_shown {
            true => Answer::Page { events: 1, has_more: false },
            false => Answer::Status(404),
        };
        out.reply(at, request, Reaction::Answer(answer));
    }

    /// Answers whether a job has ended and the API shows it. Providers answer 200 while it has not, with a status in the body.
    pub(super) fn answer_of_job(
        &mut self,
        now: Instant,
        request: &Request,
        events: &Events,
        event: EventId,
        out: &mut impl Outbox,
    ) {
        let has_ended = events.job(now, event) == job::Status::Ended;
        let Some(at) = self.work(now, request, out) else { return };
        let answer = Answer::Page { events: u32::from(has_ended), has_more: false };
        out.reply(at, request, Reaction::Answer(answer));
    }

    /// The time at which a server has worked on a request that arrives now. None: the source goes down while the request
    /// waits for a server, and drops it then.
    #[inline(always)]
    pub(super) fn work(&mut self, now: Instant, request: &Request, out: &mut impl Outbox) -> Option<Instant> {
        let starts = self.servers.start(now);
        if starts > now
            && let Some(outage) = self.outages.after(now).filter(|outage| outage.from <= starts)
        {
            out.reply(outage.from, request, dropped(outage.mode));
            return None;
        }
        let service = self.config.service_time.draw(|| {
            let (id, attempt) = request.exchange.key();
            self.service.at(id, attempt)
        });
        Some(self.servers.work(now, service))
    }
}

/// How a party that goes down reacts to a request that waits: for an event, or for its turn.
pub(crate) const fn dropped(mode: Mode) -> Reaction {
    match mode {
        Mode::Refuse => Reaction::Close,
        Mode::Hang | Mode::Error | Mode::Lose | Mode::Gone => down(mode),
    }
}

/// How a party that is down reacts to a request.
pub(crate) const fn down(mode: Mode) -> Reaction {
    match mode {
        Mode::Refuse => Reaction::Refuse,
        Mode::Hang => Reaction::Silence,
        Mode::Error => Reaction::Answer(Answer::Status(503)),
        Mode::Lose => Reaction::Answer(Answer::Status(200)),
        Mode::Gone => Reaction::Answer(Answer::Status(410)),
    }
}
