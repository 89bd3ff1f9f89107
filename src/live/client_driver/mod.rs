//! One client's world, shared by all tasks that carry its messages: they pass their inputs to it, and get its effects.
//!
//! A request on the wire is only a name. The open exchanges are kept here, so that a name of none of them, or of one
//! whose request has arrived already, never reaches the world.

mod effects;
#[cfg(test)]
mod tests;
mod timers;

use super::clock::Clock;
use super::lock;
use super::stream::{Outgoing, Streams};
use crate::measure::{Latencies, Record, Recorder, exchange_bytes};
use crate::model::exchange::{Answer, Exchange, Frame, Reaction, Request};
use crate::model::{Input, Side, Timer, World};
use crate::policy::channel::Opener;
use crate::policy::sizes::Sizes;
use crate::time::{Instant, Span};
use effects::Effects;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use timers::{SIDES, Timers};
use tokio::sync::{Notify, mpsc, oneshot};

/// A client's world, its measurement and its timers.
#[derive(Debug)]
pub(super) struct ClientDriver {
    state: Mutex<State>,
    sizes: Sizes,
    pub(super) clock: Clock,
    /// For each side: a timer was set that is due before all its others.
    earlier: [Notify; 2],
    /// Nothing is left to happen in the world.
    at_rest: Notify,
    sends: mpsc::UnboundedSender<Request>,
}

#[derive(Debug)]
struct State {
    world: World,
    recorder: Option<Recorder>,
    timers: Timers,
    under_way: BTreeMap<Exchange, UnderWay>,
    streams: Streams,
    /// Every event has occurred.
    all_occurred: bool,
    lateness: Latencies,
    foreign: u64,
}

/// An exchange that has not ended.
#[derive(Debug)]
struct UnderWay {
    request: Request,
    arrival: Arrival,
}

/// Whether a request has arrived.
#[derive(Debug)]
enum Arrival {
    /// It has not arrived.
    Awaited,
    /// It has, and the task that received it waits for the world's reaction.
    Taken(oneshot::Sender<Reacted>),
    /// The world has reacted.
    ReactedTo(Reaction),
}

/// The world's reaction to a request, and when an answer leaves.
pub(super) type Reacted = (Instant, Reaction);

impl ClientDriver {
    pub(super) fn new(
        world: World,
        recorder: Recorder,
        sizes: Sizes,
        clock: Clock,
        sends: mpsc::UnboundedSender<Request>,
    ) -> Self {
        let state = State {
            world,
            recorder: Some(recorder),
            timers: Timers::default(),
            under_way: BTreeMap::new(),
            streams: Streams::default(),
            all_occurred: false,
            lateness: Latencies::default(),
            foreign: 0,
        };
        let earlier = [Notify::new(), Notify::new()];
        Self { state: Mutex::new(state), sizes, clock, earlier, at_rest: Notify::new(), sends }
    }

    /// Starts the world's clocks.
    pub(super) fn begin(&self) {
        self.with((0, 0), |world, out| world.begin(out));
    }

    /// An event occurs now, which may be later than its scheduled time.
    pub(super) fn occur(&self, event: u32) {
        self.with((0, 0), |world, out| world.handle(self.clock.now(), Input::Occur(event), out));
    }

    /// No event will follow.
    pub(super) fn all_occurred(&self) {
        self.lock().all_occurred = true;
        self.with((0, 0), |_, _| ());
    }

    /// The request of an exchange; None if it is not open.
    pub(super) fn sent(&self, exchange: Exchange) -> Option<Request> {
        self.lock().under_way.get(&exchange).map(|exchange| exchange.request)
    }

    /// A request has arrived as its exchange sent it. On an ideal machine it would have arrived at `due`. Returns the
    /// receiver of the world's reaction; None if its exchange is not open, or its request has arrived before.
    pub(super) fn request(&self, request: &Request, due: Instant) -> Option<oneshot::Receiver<Reacted>> {
        let (taker, reaction) = oneshot::channel();
        let mut guard = self.lock();
        let state = &mut *guard;
        let exchange = state.under_way.get_mut(&request.exchange)?;
        if !matches!(exchange.arrival, Arrival::Awaited) {
            return None;
        }
        exchange.arrival = Arrival::Taken(taker);
        let now = self.clock.now();
        state.lateness.record(now - due);
        self.act(guard, (0, 0), |world, out| world.handle(now, Input::Request(request), out));
        Some(reaction)
    }

    /// The sender has given up a request that should have arrived at `due`. If it has not arrived, it is at least as
    /// late as the sender has waited.
    pub(super) fn given_up(&self, request: &Request, due: Instant) {
        let mut state = self.lock();
        let exchange = state.under_way.get(&request.exchange);
        let is_missing = exchange.is_some_and(|exchange| matches!(exchange.arrival, Arrival::Awaited));
        if is_missing && due < request.deadline {
            state.lateness.record(request.deadline - due);
        }
    }

    /// Counts a request of another process.
    pub(super) fn count_foreign(&self) {
        self.lock().foreign += 1;
    }

    /// An exchange ends for its sender. One that timed out ended at its deadline, however late the machine notices it:
    /// otherwise a poller whose timeout is a multiple of its interval would miss the tick at which it ends.
    pub(super) fn answer(&self, request: &Request, answer: Answer, bytes: (u64, u64)) {
        let ended = if answer == Answer::TimedOut { request.deadline } else { self.clock.now() };
        let mut state = self.lock();
        let Some(UnderWay { arrival, .. }) = state.under_way.remove(&request.exchange) else { return };
        let answer = if answer == Answer::Refused && arrival.is_accepted() { Answer::Closed } else { answer };
        // How much of a request is written when its wait ends is chance.
        let bytes = match answer.is_response() {
            true => bytes,
            false => exchange_bytes(&self.sizes, request.exchange.channel, request.carries(), answer),
        };
        self.act(state, bytes, |world, out| world.handle(ended, Input::Reply(request, answer), out));
    }

    /// The client has received the answer that opens its stream; `bytes` are those of both directions, and `leave` gets
    /// the time at which the client closes the stream. Returns when the source opened it; None if it is closed already.
    pub(super) fn join(
        &self,
        request: &Request,
        leave: oneshot::Sender<Instant>,
        bytes: (u64, u64),
    ) -> Option<Instant> {
        let mut guard = self.lock();
        let state = &mut *guard;
        state.under_way.remove(&request.exchange)?;
        let opened = state.streams.join(&request.exchange, leave, bytes)?;
        let now = self.clock.now();
        self.act(guard, (0, 0), |world, out| {
            world.handle(now, Input::Reply(request, Answer::Opened), out);
        });
        Some(opened)
    }

    /// When the source opened a stream, and the receiver of what it sends on it; None if the stream is closed.
    pub(super) fn take_stream(
        &self,
        stream: &Exchange,
    ) -> Option<(Instant, mpsc::UnboundedReceiver<Outgoing>)> {
        self.lock().streams.take(stream)
    }

    /// A frame of an event or a heartbeat has arrived; `bytes` are those of both directions. None if it is not the next one
    /// that was sent.
    pub(super) fn frame(&self, stream: &Exchange, event: Option<u32>, bytes: (u64, u64)) -> Option<Frame> {
        let mut state = self.lock();
        let frame = state.streams.arrive(stream, event)?;
        let now = self.clock.now();
        self.act(state, bytes, |world, out| world.handle(now, Input::Frame(&frame), out));
        Some(frame)
    }

    /// A message has arrived that was due at that time.
    pub(super) fn late(&self, due: Instant) {
        let late = (self.clock.now() - due).max(Span::ZERO);
        self.lock().lateness.record(late);
    }

    /// A side learns that a stream is closed.
    pub(super) fn closed(&self, stream: &Exchange, side: Side) {
        let mut state = self.lock();
        let bytes = state.streams.bytes(stream).unwrap_or_default();
        let (is_new, dropped) = state.streams.over(stream, side);
        if let Some(recorder) = &mut state.recorder {
            recorder.dropped(dropped);
        }
        let now = self.clock.now();
        self.act(state, bytes, |world, out| {
            if is_new {
                world.handle(now, Input::Closed(stream, side), out);
            }
        });
    }

    /// Wakes the world when timers of that side are due. Never ends.
    pub(super) async fn tick(&self, side: Side) {
        let earlier = &self.earlier[side as usize];
        loop {
            let next = self.lock().timers.next(side);
            match next {
                None => earlier.notified().await,
                Some(at) => tokio::select! {
                    () = self.clock.sleep_until(at) => self.wake(side),
                    () = earlier.notified() => {}
                },
            }
        }
    }

    fn wake(&self, side: Side) {
        loop {
            let mut state = self.lock();
            let now = self.clock.now();
            let Some((at, timer)) = state.timers.take_due(side, now) else { return };
            state.lateness.record(now - at);
            // The world acts at the time for which it set the timer: the lateness of the machine must not move the
            // following ticks, and a late poll counts from its scheduled start.
            self.act(state, (0, 0), |world, out| world.handle(at, Input::Wake(timer), out));
        }
    }

    /// Waits until nothing is left to happen: all events have occurred, and there is no timer and no open exchange.
    pub(super) async fn at_rest(&self) {
        while !self.lock().is_at_rest() {
            self.at_rest.notified().await;
        }
    }

    /// Ends the run: open exchanges stay unanswered.
    pub(super) fn close(&self, limit: Instant) -> Option<Closed> {
        let now = self.clock.now().min(limit);
        let under_way = std::mem::take(&mut self.lock().under_way);
        for exchange in under_way.into_values() {
            let request = &exchange.request;
            let bytes =
                exchange_bytes(&self.sizes, request.exchange.channel, request.carries(), Answer::Aborted);
            self.with(bytes, |world, out| {
                world.handle(now, Input::Reply(request, Answer::Aborted), out);
                // Requests that follow from it are not part of the run.
                out.under_way.clear();
            });
        }
        let open: Vec<Exchange> = self.lock().streams.open_for_client().collect();
        for stream in open {
            self.closed(&stream, Side::Client);
        }
        let mut state = self.lock();
        let (lateness, foreign) = (std::mem::take(&mut state.lateness), state.foreign);
        let record = state.recorder.take()?.finish(now);
        Some(Closed { record, lateness, foreign })
    }

    /// Passes inputs to the world and carries out the effects.
    fn with<R>(&self, bytes: (u64, u64), happen: impl FnOnce(&mut World, &mut Effects<'_>) -> R) -> R {
        self.act(self.lock(), bytes, happen)
    }

    /// The same for a caller that holds the lock: an input is taken from the state and handled in one step, otherwise
    /// the driver would seem to be at rest between the two.
    fn act<R>(
        &self,
        mut state: MutexGuard<'_, State>,
        bytes: (u64, u64),
        happen: impl FnOnce(&mut World, &mut Effects<'_>) -> R,
    ) -> R {
        let before = SIDES.map(|side| state.timers.next(side));
        let State { world, recorder, timers, under_way, streams, .. } = &mut *state;
        let mut out = Effects { timers, under_way, streams, recorder, sends: &self.sends, bytes };
        let result = happen(world, &mut out);
        while let Some(stream) = out.streams.next_unserved() {
            world.handle(self.clock.now(), Input::Closed(&stream, Side::Source), &mut out);
        }
        let after = SIDES.map(|side| state.timers.next(side));
        let at_rest = state.is_at_rest();
        drop(state);
        for ((before, after), earlier) in before.into_iter().zip(after).zip(&self.earlier) {
            if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
                earlier.notify_one();
            }
        }
        if at_rest {
            self.at_rest.notify_one();
        }
        result
    }

    /// After a panic of one task the others go on, so that the run reports the panic and not the poisoned lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// The result of a client.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) record: Record,
    /// The lateness of its timers and of the arrival of its requests.
    pub(super) lateness: Latencies,
    /// Requests of other processes.
    pub(super) foreign: u64,
}

impl Arrival {
    /// Whether the request arrived and was not refused.
    const fn is_accepted(&self) -> bool {
        match self {
            Self::Awaited | Self::ReactedTo(Reaction::Refuse) => false,
            Self::Taken(_) | Self::ReactedTo(Reaction::Answer(_) | Reaction::Close | Reaction::Silence) => {
                true
            }
        }
    }
}

impl State {
    fn is_at_rest(&self) -> bool {
        // If the client opens every exchange, a timer of the source belongs to a request that it holds or to a stream,
        // and does nothing when neither is open.
        let does_nothing =
            |timer: &Timer| timer.side == Side::Source && timer.channel.opener() == Opener::Client;
        self.all_occurred
            && self.under_way.is_empty()
            && self.streams.open_for_client().next().is_none()
            && self.timers.iter().all(does_nothing)
    }
}
