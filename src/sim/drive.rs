//! Simulates every request, message by message.

use super::agenda::Agenda;
use super::ends::{Beginning, Closing};
use super::item::{Item, LANES, Packed, WAKES, lane};
use super::network::{Due, InTransit};
use super::streams::{Dues, Happens, StreamsUnderWay};
use crate::measure::{Record, Recorder, exchange_bytes, frame_bytes};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Exchange, Frame, Reaction, Request};
use crate::model::network::Links;
use crate::model::{Input, Observation, Outbox, Side, Timer, World};
use crate::policy::sizes::Sizes;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario, limit};
use crate::time::{Instant, Span};
use std::sync::Arc;

/// The simulation of one client, which can be advanced step by step.
#[derive(Clone)]
pub(super) struct Running {
    world: World,
    driver: Driver,
    events: Arc<Events>,
    /// How many events have occurred.
    occurred: usize,
    limit: Instant,
}

/// Carries out the effects of a world.
#[derive(Clone)]
struct Driver {
    agenda: Agenda<Packed, LANES>,
    transit: InTransit,
    streams: StreamsUnderWay,
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
        let mut driver = Driver {
            agenda: super::traffic::agenda(scenario, client),
            transit: InTransit::new(&client.network, randomness),
            streams: StreamsUnderWay::new(Links::new(&client.network, randomness)),
            sizes: scenario.sizes(client),
            recorder,
        };
        let mut first = Beginning::default();
        world.begin(&mut first);
        for (at, timer) in first.in_order() {
            driver.wake(at, timer);
        }
        let limit = limit(scenario, client);
        Self { world, driver, events: Arc::clone(events), occurred: 0, limit }
    }

    /// The latest possible end of the run.
    pub(super) const fn limit(&self) -> Instant {
        self.limit
    }

    /// Runs everything that happens before that time, and nothing after the limit.
    pub(super) fn advance(&mut self, until: Instant) {
        let beyond = until.min(self.limit + Span(1));
        let Self { world, driver, events, occurred, .. } = self;
        let next = |occurred: usize| events.occurred().get(occurred).copied().unwrap_or(Instant::NEVER);
        let mut occurs = next(*occurred);
        loop {
            // An event occurs before everything else of the same time.
            let Some((at, item)) = driver.agenda.pop_before(occurs.min(beyond)) else {
                if occurs >= beyond {
                    return;
                }
                world.handle(occurs, Input::Occur(*occurred as u32), driver);
                *occurred += 1;
                occurs = next(*occurred);
                continue;
            };
            match item.item() {
                Item::Wake(timer) => world.handle(at, Input::Wake(timer), driver),
                Item::Exchange(Due::Arrival, slot) => {
                    let request = driver.transit.arrive(slot);
                    world.handle(at, Input::Request(&request), driver);
                    if let Some(deadline) = driver.transit.arrived(slot) {
                        driver.put(deadline, Due::Deadline, slot);
                    }
                }
                Item::Exchange(due, slot) => {
                    if let Some((request, answer)) = driver.transit.end(due, slot) {
                        world.handle(at, Input::Reply(&request, answer), driver);
                    }
                }
                Item::Stream(due, number) => match driver.streams.due(due, number) {
                    Some(Happens::Arrives(frame)) => world.handle(at, Input::Frame(&frame), driver),
                    Some(Happens::Closed(stream, side)) => {
                        world.handle(at, Input::Closed(&stream, side), driver);
                    }
                    None => {}
                },
            }
        }
    }

    /// Ends the run at that time: requests that are under way stay unanswered.
    pub(super) fn finish(mut self, at: Instant) -> Record {
        let at = at.min(self.limit);
        let (requests, streams) = (self.driver.transit.open(), self.driver.streams.end());
        let mut closing = Closing { observe: |observation| self.driver.observe(observation) };
        for request in requests {
            self.world.handle(at, Input::Reply(&request, Answer::Aborted), &mut closing);
        }
        for stream in streams {
            self.world.handle(at, Input::Closed(&stream, Side::Client), &mut closing);
        }
        let dropped = self.driver.streams.dropped();
        self.driver.recorder.dropped(dropped);
        self.driver.recorder.finish(at)
    }
}

impl Driver {
    #[inline(always)]
    fn put(&mut self, at: Instant, due: Due, slot: u32) {
        self.agenda.push(lane(due), at, Packed::of(Item::Exchange(due, slot)));
    }

    fn put_of_stream(&mut self, dues: Dues) {
        for (at, due, number) in dues.into_iter().flatten() {
            // A frame takes the same way to the client as an answer, so it uses the lane of answers.
            self.agenda.push(lane(Due::Answer), at, Packed::of(Item::Stream(due, number)));
        }
    }
}

impl Outbox for Driver {
    #[inline(always)]
    fn wake(&mut self, at: Instant, timer: Timer) {
        self.agenda.push(WAKES, at, Packed::of(Item::Wake(timer)));
    }

    #[inline(always)]
    fn send(&mut self, request: Request) {
        self.recorder.sent();
        let (slot, due) = self.transit.send(request);
        for (at, due) in due.into_iter().flatten() {
            self.put(at, due, slot);
        }
    }

    #[inline(always)]
    fn reply(&mut self, at: Instant, request: &Request, reaction: Reaction) {
        if let Some((arrival, slot)) = self.transit.reply(at, request, reaction) {
            self.put(arrival, Due::Answer, slot);
            if reaction == Reaction::Answer(Answer::Opened) {
                self.streams.open(request.exchange, arrival);
            }
        }
    }

    fn push(&mut self, frame: Frame) {
        self.recorder.pushed();
        let dues = self.streams.push(frame);
        self.put_of_stream(dues);
    }

    fn close(&mut self, at: Instant, stream: &Exchange, by: Side) {
        let dues = self.streams.close(at, stream, by);
        self.put_of_stream(dues);
    }

    #[inline(always)]
    fn observe(&mut self, observation: Observation) {
        record(&mut self.recorder, &self.sizes, observation);
    }
}

/// Records an observation, with the bytes of what has ended or arrived.
#[inline(always)]
pub(super) fn record(recorder: &mut Recorder, sizes: &Sizes, observation: Observation) {
    let bytes = match observation {
        Observation::Ended { exchange, answer, events, .. } => {
            exchange_bytes(sizes, exchange.channel, events, answer)
        }
        Observation::Arrived { frame, .. } => frame_bytes(sizes, frame.says),
        Observation::Connected { .. }
        | Observation::Disconnected { .. }
        | Observation::Received { .. }
        | Observation::Delivered { .. }
        | Observation::Announced { .. }
        | Observation::ReceivedAgain { .. }
        | Observation::ProcessedAgain { .. }
        | Observation::Redelivered { .. }
        | Observation::GaveUp { .. }
        | Observation::Missed { .. }
        | Observation::Disabled { .. }
        | Observation::HeldBack { .. }
        | Observation::BreakerOpens { .. }
        | Observation::BreakerCloses { .. } => (0, 0),
    };
    recorder.observe(observation, bytes);
}
