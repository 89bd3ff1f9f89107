//! Polls in one step each, from their sending to their end, and one loop after the other.
//!
//! Where nothing but the time decides what the source answers, nobody sees a poll under way, and no loop depends on
//! another. So a poll is answered, and its end handled, as soon as it is sent; and a loop goes on as far as the run is to
//! advance before the next loop begins. This needs no agenda. The machines are the same, and so is every record, to the
//! last bit.

use super::drive::record;
use super::ends::{Beginning, Closing};
use super::network::{arrival, back};
use crate::measure::{Record, Recorder};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Exchange, Frame, Reaction, Request};
use crate::model::network::Links;
use crate::model::{Observation, Outbox, Poller, Side, Timer, World};
use crate::policy::channel::Opener;
use crate::policy::sizes::Sizes;
use crate::rng::Randomness;
use crate::scenario::{Client, EventsConfig, Kind, Scenario, SourceConfig, limit};
use crate::time::{Instant, Span};
use std::sync::Arc;

/// Whether a client's polls can be worked so: the source answers each by itself, and no other channel of the client brings
/// events. Every key of the source and of the client is named, so that a new key does not compile until it is decided.
pub(super) fn applies(scenario: &Scenario, client: &Client) -> bool {
    let EventsConfig { resources: _, types: _, payload: _, arrivals: _, job } = scenario.events;
    // With servers and limits the source answers a request by those before it. What it shows, whether it is down and
    // whether it fails follow from the time and the key of the request.
    let SourceConfig {
        service_time: _,
        capacity,
        page_size: _,
        failure_rate: _,
        commit_delay: _,
        rate_limit,
        billing: _,
    } = &scenario.source;
    let Client { name: _, count: _, types: _, network: _, outages: _, attacks: _, kind } = client;
    let polls_only = match kind {
        Kind::Poll(_) => true,
        Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => false,
    };
    // Polls of several jobs are under way together, and the trace has them in the order in which they end.
    polls_only && job.is_none() && *capacity == 0 && rate_limit.is_none()
}

/// The simulation of one poller, which can be advanced step by step.
#[derive(Clone)]
pub(super) struct Running {
    world: World,
    /// When each loop asks next; `NEVER` where it does not, or has a poll under way.
    due: Vec<Instant>,
    /// Polls that have been sent and end later than the run has advanced: each with its end and its answer.
    under_way: Vec<(Request, Instant, Answer)>,
    step: Step,
    limit: Instant,
}

/// What comes of an input.
#[derive(Clone)]
struct Step {
    /// When the loop asks next.
    wakes: Instant,
    /// The poll that it has sent.
    sent: Option<Request>,
    /// When the answer arrives in time, and the answer.
    back: Option<(Instant, Answer)>,
    links: Links,
    sizes: Sizes,
    recorder: Recorder,
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
        let mut first = Beginning::default();
        world.begin(&mut first);
        let mut due = vec![Instant::NEVER; (client.count * scenario.events.resources) as usize];
        first.each(|at, timer| due[timer.number as usize] = at);
        let step = Step {
            wakes: Instant::NEVER,
            sent: None,
            back: None,
            links: Links::new(&client.network, randomness),
            sizes: scenario.sizes(client),
            recorder,
        };
        Self { world, due, under_way: Vec::new(), step, limit: limit(scenario, client) }
    }

    /// The latest possible end of the run.
    pub(super) const fn limit(&self) -> Instant {
        self.limit
    }

    /// Runs everything that happens before that time, and nothing after the limit.
    pub(super) fn advance(&mut self, until: Instant) {
        let beyond = until.min(self.limit + Span(1));
        let Self { world, due, under_way, step, .. } = self;
        let mut poller = world.poller().expect("a client that only polls");
        for (request, end, answer) in std::mem::take(under_way) {
            if end >= beyond {
                under_way.push((request, end, answer));
                continue;
            }
            step.wakes = Instant::NEVER;
            poller.answered(end, &request, answer, step);
            work(&mut poller, step, beyond, under_way);
            due[request.exchange.party as usize] = step.wakes;
        }
        for (poll_loop, due) in (0..).zip(due) {
            while *due < beyond {
                step.wakes = Instant::NEVER;
                poller.tick(*due, poll_loop, step);
                work(&mut poller, step, beyond, under_way);
                *due = step.wakes;
            }
        }
    }

    /// Ends the run at that time: polls that are under way stay unanswered.
    pub(super) fn finish(mut self, at: Instant) -> Record {
        let at = at.min(self.limit);
        let Self { world, under_way, step: Step { sizes, recorder, .. }, .. } = &mut self;
        let mut closing = Closing { observe: |observation| record(recorder, sizes, observation) };
        let mut poller = world.poller().expect("a client that only polls");
        for (request, ..) in under_way {
            poller.answered(at, request, Answer::Aborted, &mut closing);
        }
        self.step.recorder.finish(at)
    }
}

/// Works the poll that was sent, and its further pages. One that ends too late stays under way.
#[inline(always)]
fn work(
    poller: &mut Poller<'_>,
    step: &mut Step,
    beyond: Instant,
    under_way: &mut Vec<(Request, Instant, Answer)>,
) {
    while let Some(request) = step.sent {
        (step.sent, step.back) = (None, None);
        if let Some(arrival) = arrival(&step.links, Opener::Client, &request) {
            poller.arrives(arrival, &request, step);
        }
        let (end, answer) = step.back.unwrap_or((request.deadline, Answer::TimedOut));
        if end < beyond {
            poller.answered(end, &request, answer, step);
        } else {
            under_way.push((request, end, answer));
        }
    }
}

impl Outbox for Step {
    #[inline(always)]
    fn wake(&mut self, at: Instant, _: Timer) {
        self.wakes = at;
    }

    #[inline(always)]
    fn send(&mut self, request: Request) {
        self.recorder.sent();
        self.sent = Some(request);
    }

    #[inline(always)]
    fn reply(&mut self, at: Instant, request: &Request, reaction: Reaction) {
        self.back = back(&self.links, Opener::Client, at, request, reaction);
    }

    fn push(&mut self, _: Frame) {
        unreachable!("a poller opens no stream");
    }

    fn close(&mut self, _: Instant, _: &Exchange, _: Side) {
        unreachable!("a poller opens no stream");
    }

    #[inline(always)]
    fn observe(&mut self, observation: Observation) {
        record(&mut self.recorder, &self.sizes, observation);
    }
}
