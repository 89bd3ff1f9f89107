//! The plain path: every request is worked, message by message.

use super::agenda::Agenda;
use super::network::{Due, InTransit};
use super::streams::{Dues, Happens, StreamDue, StreamsUnderWay};
use crate::measure::{Record, Recorder};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Exchange, Frame, Reaction, Request, Says};
use crate::model::network::Links;
use crate::model::{Input, Observation, Outbox, Side, Timer, World};
use crate::policy::channel::{Channel, Opener};
use crate::policy::sizes::Sizes;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};
use std::sync::Arc;

/// One client's world under way.
#[derive(Clone)]
pub(super) struct Running {
    world: World,
    driver: Driver,
    events: Arc<Events>,
    /// Events that have occurred.
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

/// What stands on the agenda.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Wake(Timer),
    /// Something of the exchange in that slot is due.
    Exchange(Due, u32),
    /// Something of the stream of that number is.
    Stream(StreamDue, u32),
}

/// An item as the agenda keeps it: one word, which is written and read at once. What it is stands above its number.
#[derive(Clone, Copy, Debug, Default)]
struct Packed(u64);

impl Packed {
    #[inline(always)]
    const fn of(item: Item) -> Self {
        let (code, number) = match item {
            Item::Exchange(due, slot) => (due as u64, slot),
            Item::Stream(due, number) => (STREAMS + due as u64, number),
            Item::Wake(Timer { channel, side, number }) => {
                (TIMERS + 2 * channel as u64 + side as u64, number)
            }
        };
        Self(code << 32 | number as u64)
    }

    #[inline(always)]
    const fn item(self) -> Item {
        let (code, number) = (self.0 >> 32, self.0 as u32);
        match code {
            0 => Item::Exchange(Due::Arrival, number),
            1 => Item::Exchange(Due::Answer, number),
            2 => Item::Exchange(Due::Deadline, number),
            STREAM_FRAME => Item::Stream(StreamDue::Frame, number),
            STREAM_OVER_FOR_CLIENT => Item::Stream(StreamDue::OverForClient, number),
            STREAM_OVER_FOR_SOURCE => Item::Stream(StreamDue::OverForSource, number),
            timer => {
                let timer = timer - TIMERS;
                let side = if timer.is_multiple_of(2) { Side::Client } else { Side::Source };
                Item::Wake(Timer { channel: Channel::ALL[timer as usize / 2], side, number })
            }
        }
    }
}

/// The code of the first timer; the codes below are those of [`Due`].
const TIMERS: u64 = 3;

/// The code of the first of [`StreamDue`]; those above it are of the others.
const STREAMS: u64 = TIMERS + 2 * Channel::ALL.len() as u64;
const STREAM_FRAME: u64 = STREAMS + StreamDue::Frame as u64;
const STREAM_OVER_FOR_CLIENT: u64 = STREAMS + StreamDue::OverForClient as u64;
const STREAM_OVER_FOR_SOURCE: u64 = STREAMS + StreamDue::OverForSource as u64;

/// Lanes of the agenda: one for each kind of entry, since each comes in the order in which it is due where times are
/// constant.
const LANES: usize = 4;
const WAKES: usize = 0;
const fn lane(due: Due) -> usize {
    1 + due as usize
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
        let limit = super::limit(scenario, client);
        Self { world, driver, events: Arc::clone(events), occurred: 0, limit }
    }

    /// When it is over at the latest.
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
            // An event that occurs at the very moment of something else occurs first.
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

    /// Ends it there: what is under way stays unanswered.
    pub(super) fn finish(mut self, at: Instant) -> Record {
        let at = at.min(self.limit);
        let mut closing = Closing { driver: &mut self.driver };
        for request in closing.driver.transit.open() {
            self.world.handle(at, Input::Reply(&request, Answer::Aborted), &mut closing);
        }
        for stream in closing.driver.streams.end() {
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
            // What comes to a client on a stream comes as answers do.
            self.agenda.push(lane(Due::Answer), at, Packed::of(Item::Stream(due, number)));
        }
    }

    /// HTTP bytes of an exchange, to the source and to the client: a request's count when it is sent, an answer's when
    /// it is received.
    #[inline]
    fn bytes(&self, channel: Channel, answer: Answer) -> (u64, u64) {
        let opener = channel.opener();
        let asked = match (opener, answer) {
            (_, Answer::Refused) => 0,
            (Opener::Client, _) if channel.stays_connected() => self.sizes.opening(),
            (Opener::Client, _) => self.sizes.poll(),
            (Opener::Source, _) => self.sizes.delivery(),
        };
        let answered = match answer {
            Answer::Page { events, has_more } => self.sizes.page(events, has_more),
            Answer::Opened => self.sizes.opened(),
            Answer::Status(status) => self.sizes.status(status),
            Answer::Refused | Answer::TimedOut | Answer::Aborted => 0,
        };
        opener.by_direction(asked, answered)
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
        match observation {
            Observation::Ended { exchange, sent, answer, .. } if self.recorder.counts(sent) => {
                let (to_source, to_client) = self.bytes(exchange.channel, answer);
                self.recorder.bytes(to_source, to_client);
            }
            Observation::Arrived { frame, .. } if self.recorder.counts(frame.sent) => {
                self.recorder.bytes(
                    0,
                    match frame.says {
                        Says::Event(_) => self.sizes.event_frame(),
                        Says::Heartbeat => self.sizes.heartbeat(),
                    },
                );
            }
            _ => {}
        }
        self.recorder.observe(observation);
    }
}

/// Collects the first timers of a world, so that they go onto the agenda in order.
#[derive(Default)]
struct Beginning(Vec<(Instant, Timer)>);

impl Beginning {
    fn in_order(mut self) -> Vec<(Instant, Timer)> {
        self.0.sort_by_key(|&(at, _)| at);
        self.0
    }
}

impl Outbox for Beginning {
    fn wake(&mut self, at: Instant, timer: Timer) {
        self.0.push((at, timer));
    }

    fn send(&mut self, _: Request) {
        unreachable!("nothing is sent before the first timer");
    }

    fn reply(&mut self, _: Instant, _: &Request, _: Reaction) {
        unreachable!("nothing was asked before the first timer");
    }

    fn push(&mut self, _: Frame) {
        unreachable!("no stream is open before the first timer");
    }

    fn close(&mut self, _: Instant, _: &Exchange, _: Side) {
        unreachable!("no stream is open before the first timer");
    }

    fn observe(&mut self, _: Observation) {
        unreachable!("nothing happens before the first timer");
    }
}

/// Takes down how exchanges end when the run does; nothing follows from it any more.
struct Closing<'a> {
    driver: &'a mut Driver,
}

impl Outbox for Closing<'_> {
    fn wake(&mut self, _: Instant, _: Timer) {}

    fn send(&mut self, _: Request) {}

    fn reply(&mut self, _: Instant, _: &Request, _: Reaction) {}

    fn push(&mut self, _: Frame) {}

    fn close(&mut self, _: Instant, _: &Exchange, _: Side) {}

    fn observe(&mut self, observation: Observation) {
        self.driver.observe(observation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_as_it_was_written() {
        let timers = Channel::ALL.into_iter().flat_map(|channel| {
            [Side::Client, Side::Source].map(|side| Item::Wake(Timer { channel, side, number: u32::MAX }))
        });
        let dues = [Due::Arrival, Due::Answer, Due::Deadline].map(|due| Item::Exchange(due, 7));
        let streams = [StreamDue::Frame, StreamDue::OverForClient, StreamDue::OverForSource]
            .map(|due| Item::Stream(due, 7));
        for item in timers.chain(dues).chain(streams) {
            assert_eq!(Packed::of(item).item(), item);
        }
    }
}
