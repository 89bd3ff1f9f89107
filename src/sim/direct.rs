//! Polls in one step each, from their sending to their end.
//!
//! Where nothing but the time decides what the source answers, nobody sees a poll under way: it can be answered, and its
//! end handled, as soon as it is sent. So the agenda has one entry for a poll and not three. The machines are the same, and
//! so is every record, to the last bit.

use super::drive::{Driver, Running};
use super::item::Item;
use super::network::Due;
use crate::model::Input;
use crate::model::exchange::{Answer, Request};
use crate::scenario::{Client, EventsConfig, Kind, LinkConfig, Network, Scenario, SourceConfig};
use crate::time::Instant;

/// What is under way in the present step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    /// The time of the step.
    now: Instant,
    /// The poll that is sent now.
    sent: Option<Request>,
    /// When its answer arrives in time, and the answer.
    back: Option<(Instant, Answer)>,
}

/// Whether a client's polls can be worked so: they all take the same time to the source, which answers each by itself, and
/// no other channel of the client brings events. Every key of the source and of the client is named, so that a new key does
/// not compile until it is decided.
pub(super) fn applies(scenario: &Scenario, client: &Client) -> bool {
    let EventsConfig { resources: _, types: _, payload: _, arrivals: _ } = scenario.events;
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
    let Client { name: _, count: _, types: _, network, outages: _, attacks: _, kind } = client;
    let Network { to_source: LinkConfig { delay, loss: _ }, to_client: _, overhead: _ } = network;
    let polls_only = match kind {
        Kind::Poll(_) => true,
        Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => false,
    };
    polls_only && *capacity == 0 && rate_limit.is_none() && delay.constant().is_some()
}

/// Runs everything that happens before that time.
pub(super) fn advance(running: &mut Running, beyond: Instant) {
    let Running { world, driver, events, occurred, .. } = running;
    let next = |occurred: usize| events.occurred().get(occurred).copied().unwrap_or(Instant::NEVER);
    let mut occurs = next(*occurred);
    while let Some((at, item)) = driver.agenda.pop_before(beyond) {
        driver.step.now = at;
        match item.item() {
            Item::Wake(timer) => world.handle(at, Input::Wake(timer), driver),
            // The next page of a poll.
            Item::Exchange(Due::Arrival, slot) => driver.step.sent = Some(driver.transit.take(slot)),
            Item::Exchange(due @ (Due::Answer | Due::Deadline), slot) => {
                if let Some((request, answer)) = driver.transit.end(due, slot) {
                    world.handle(at, Input::Reply(&request, answer), driver);
                }
            }
            Item::Stream(..) => unreachable!("a poller opens no stream"),
        }
        // Where nothing takes time, its end sends the next page at once.
        while let Some(request) = driver.step.sent.take() {
            if let Some(arrival) = driver.transit.arrival(&request) {
                // Polls arrive in the order in which they are sent, so no later one can miss these events.
                while occurs <= arrival {
                    world.handle(occurs, Input::Occur(*occurred as u32), driver);
                    *occurred += 1;
                    occurs = next(*occurred);
                }
                world.handle(arrival, Input::Request(&request), driver);
            }
            let (end, answer) = driver.step.back.take().unwrap_or((request.deadline, Answer::TimedOut));
            if end < beyond {
                world.handle(end, Input::Reply(&request, answer), driver);
            } else {
                // The run may be stopped before.
                driver.keep(&request, end, answer);
            }
        }
    }
}

impl Driver {
    /// Sends a poll: now, or at the end of the one before it.
    #[inline(always)]
    pub(super) fn depart(&mut self, request: Request) {
        if request.sent == self.step.now {
            self.step.sent = Some(request);
        } else {
            let slot = self.transit.keep(&request, None);
            self.put(request.sent, Due::Arrival, slot);
        }
    }

    /// The source answers the poll that is sent now; None: no answer arrives in time.
    #[inline(always)]
    pub(super) const fn answer(&mut self, back: Option<(Instant, Answer)>) {
        self.step.back = back;
    }

    #[cold]
    fn keep(&mut self, request: &Request, end: Instant, answer: Answer) {
        let (due, answer) = match answer {
            Answer::TimedOut => (Due::Deadline, None),
            answer => (Due::Answer, Some(answer)),
        };
        let slot = self.transit.keep(request, answer);
        self.put(end, due, slot);
    }
}
