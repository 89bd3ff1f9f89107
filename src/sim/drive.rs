//! The plain path: every request is worked, message by message.

use super::agenda::Agenda;
use crate::measure::{Record, Recorder};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Link, Reaction, Request};
use crate::model::{Input, Observation, Outbox, Timer, World};
use crate::policy::message::Sizes;
use crate::policy::schedule::Phase;
use crate::rng::Randomness;
use crate::scenario::{Client, Drain, Scenario};
use crate::time::{Instant, Span};
use std::sync::Arc;

/// One client's world under way.
pub(super) struct Running {
    world: World,
    driver: Driver,
    events: Arc<Events>,
    /// Events that have occurred.
    occurred: usize,
    limit: Instant,
}

impl Running {
    pub(super) fn new(
        scenario: &Scenario,
        client: &Client,
        events: &Arc<Events>,
        randomness: Randomness,
        recorder: Recorder,
    ) -> Self {
        let world = World::new(scenario, client, events, randomness);
        let mut driver = Driver {
            agenda: agenda(scenario, client),
            to_source: Link::to_source(&client.network.to_source, randomness),
            to_client: Link::to_client(&client.network.to_client, randomness),
            sizes: super::sizes(scenario),
            recorder,
        };
        world.begin(&mut driver);
        Self { world, driver, events: Arc::clone(events), occurred: 0, limit: limit(scenario, client) }
    }

    /// When it is over at the latest.
    pub(super) const fn limit(&self) -> Instant {
        self.limit
    }

    /// Goes on until nothing is left to happen by that time.
    pub(super) fn advance(&mut self, until: Instant) {
        let beyond = until.min(self.limit) + Span(1);
        let Self { world, driver, events, occurred, .. } = self;
        let next = |occurred: usize| events.occurred().get(occurred).copied().unwrap_or(Instant::NEVER);
        let mut occurs = next(*occurred);
        loop {
            // An event that occurs at the very moment of something else occurs first (convention c3).
            let Some((at, item)) = driver.agenda.pop_before(occurs.min(beyond)) else {
                if occurs >= beyond {
                    return;
                }
                world.handle(occurs, Input::Occur(*occurred as u32), driver);
                *occurred += 1;
                occurs = next(*occurred);
                continue;
            };
            match item {
                Item::Wake(timer) => world.handle(at, Input::Wake(timer), driver),
                Item::Answer(request, answer) => world.handle(at, Input::Answer(request, answer), driver),
                Item::Request(request, deadline) => {
                    let reaction = world.request(at, request, driver);
                    driver.react(at, request, deadline, reaction);
                }
            }
        }
    }

    /// Ends it there: what is under way stays unanswered.
    pub(super) fn finish(mut self, at: Instant) -> Record {
        let at = at.min(self.limit);
        self.world.abort(at, &mut self.driver);
        self.driver.recorder.finish(at)
    }
}

/// When a run is over at the latest, whatever is still pending. A drain of `auto` is bounded too, so that a run
/// ends in which nothing can ever arrive: ten times the duration, and after the last outage a whole retry
/// schedule and ten polls.
pub fn limit(scenario: &Scenario, client: &Client) -> Instant {
    let end = Instant::START + scenario.duration;
    match scenario.drain {
        Drain::AtMost(drain) => end + drain,
        Drain::Auto => {
            let outages = scenario.source_outages.0.iter().chain(&client.outages.0);
            let up = outages.map(|outage| outage.until).fold(end, Instant::max);
            let retrying = client.webhook().map_or(Span::ZERO, |webhook| {
                let attempts = i64::from(webhook.retries.attempts());
                let each = webhook.retries.longest() + webhook.deadline;
                Span(each.0.saturating_mul(attempts)).min(Span::LONGEST)
            });
            // A poll that is due only after the end still brings what there is.
            let polling = client.schedule().map_or(Span::ZERO, |schedule| {
                let first = match schedule.phase {
                    Phase::At(at) => at - Instant::START,
                    Phase::Random => Span::ZERO,
                };
                let each = Span::from_secs_f64(schedule.interval.mean_s()) + schedule.timeout;
                (first + Span(each.0.saturating_mul(10))).min(Span::LONGEST)
            });
            up + Span(scenario.duration.0.saturating_mul(10)).min(Span::LONGEST) + retrying + polling
        }
    }
}

/// What stands on the agenda.
#[derive(Clone, Copy, Debug)]
enum Item {
    Wake(Timer),
    /// A request arrives, and its sender waits until then.
    Request(Request, Instant),
    Answer(Request, Answer),
}

/// The lanes of the agenda.
const WAKES: usize = 0;
const REQUESTS: usize = 1;
const ANSWERS: usize = 2;
const TIMEOUTS: usize = 3;

/// Carries out the effects of a world.
struct Driver {
    agenda: Agenda<Item, 4>,
    to_source: Link,
    to_client: Link,
    sizes: Sizes,
    recorder: Recorder,
}

impl Driver {
    /// The links that a request and its answer take.
    #[inline]
    fn links(&self, request: &Request) -> (&Link, &Link) {
        match request {
            Request::Poll(_) => (&self.to_source, &self.to_client),
            Request::Attempt(_) => (&self.to_client, &self.to_source),
        }
    }

    /// Brings the other side's reaction back: the answer if it arrives in time, or else the end of the waiting.
    #[inline]
    fn react(&mut self, now: Instant, request: Request, deadline: Instant, reaction: Reaction) {
        let (_, back) = self.links(&request);
        let arrival = match reaction {
            Reaction::Reply(reply) => back.carry(&request).map(|delay| (reply.at + delay, reply.answer)),
            Reaction::Refuse => Some((now + back.delay(&request), Answer::Refused)),
            Reaction::Silence => None,
        };
        match arrival.filter(|&(at, _)| at <= deadline) {
            Some((at, answer)) => self.agenda.push(ANSWERS, at, Item::Answer(request, answer)),
            // The waiting may be over already when the request arrives; then it has been put down on sending.
            None if now <= deadline => {
                self.agenda.push(TIMEOUTS, deadline, Item::Answer(request, Answer::TimedOut))
            }
            None => {}
        }
    }

    /// HTTP bytes of an exchange: a request's count when it is sent, an answer's when it is received.
    #[inline]
    fn bytes(&self, request: &Request, answer: Answer) -> (u64, u64) {
        let asked = match (request, answer) {
            (_, Answer::Refused) => 0,
            (Request::Poll(_), _) => self.sizes.poll(),
            (Request::Attempt(_), _) => self.sizes.delivery(),
        };
        let answered = match answer {
            Answer::Page { events, has_more } => self.sizes.page(events, has_more),
            Answer::Status(status) => self.sizes.status(status),
            Answer::Refused | Answer::TimedOut | Answer::Aborted => 0,
        };
        match request {
            Request::Poll(_) => (asked, answered),
            Request::Attempt(_) => (answered, asked),
        }
    }
}

impl Outbox for Driver {
    #[inline]
    fn wake(&mut self, at: Instant, timer: Timer) {
        self.agenda.push(WAKES, at, Item::Wake(timer));
    }

    #[inline]
    fn send(&mut self, now: Instant, request: Request, deadline: Instant) {
        let (there, _) = self.links(&request);
        let arrival = there.carry(&request).map(|delay| now + delay);
        if arrival.is_none_or(|at| at > deadline) {
            self.agenda.push(TIMEOUTS, deadline, Item::Answer(request, Answer::TimedOut));
        }
        if let Some(at) = arrival {
            self.agenda.push(REQUESTS, at, Item::Request(request, deadline));
        }
    }

    #[inline]
    fn observe(&mut self, observation: Observation) {
        if let Observation::Ended { request, sent, answer, .. } = observation
            && self.recorder.counts(sent)
        {
            let (to_source, to_client) = self.bytes(&request, answer);
            self.recorder.bytes(to_source, to_client);
        }
        self.recorder.observe(observation);
    }
}

/// An agenda that suits the traffic of a client: three entries a request.
fn agenda(scenario: &Scenario, client: &Client) -> Agenda<Item, 4> {
    let members = f64::from(client.count);
    let interval_s = client.schedule().map_or(f64::INFINITY, |schedule| schedule.interval.mean_s());
    let polls_per_s = members * f64::from(scenario.events.resources) / interval_s;
    let deliveries_per_s = match client.webhook() {
        Some(_) => members * scenario.events.arrivals.rate_per_s(),
        None => 0.0,
    };
    let gap_s = 1.0 / (3.0 * (polls_per_s + deliveries_per_s)).max(1e-6);
    let reach_s = if interval_s.is_finite() { interval_s } else { 100.0 * gap_s };
    Agenda::new(Span::from_secs_f64(2.0 * gap_s), Span::from_secs_f64(1.1 * reach_s))
}
