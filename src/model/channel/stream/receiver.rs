//! The client's side of streams: one loop for each member and resource, which keeps a stream open.

use super::timer;
use crate::model::channel::Shared;
use crate::model::exchange::{Answer, Ask, Exchange, Frame, Request, Says};
use crate::model::{Arrival, Observation, Outbox, Side};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::rng::{self, Purpose, Randomness};
use crate::scenario::Stream;
use crate::time::{Instant, Span};

/// All loops of one client.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    channel: Channel,
    config: Stream,
    outages: Outages,
    jitter: rng::Stream,
    loops: Vec<Loop>,
}

/// One loop.
#[derive(Clone, Copy, Debug)]
struct Loop {
    /// The number of streams that it has asked for, which is the number of the last one.
    number: u32,
    /// The number of events of its resource that it has or will never have.
    cursor: u32,
    state: State,
    /// The time of its timer. A timer of another time belongs to an earlier state and is ignored.
    look: Instant,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed,
    Opening,
    Open {
        /// When the request for it was sent.
        sent: Instant,
        /// The number of new events that it has brought.
        new: u32,
    },
}

impl Receiver {
    pub(super) fn new(
        channel: Channel,
        config: &Stream,
        outages: &Outages,
        loops: usize,
        randomness: Randomness,
    ) -> Self {
        let first = Loop { number: 0, cursor: 0, state: State::Closed, look: Instant::START };
        let (config, outages) = (config.clone(), outages.clone());
        let jitter = randomness.stream(Purpose::ReconnectJitter);
        Self { channel, config, outages, jitter, loops: vec![first; loops] }
    }

    pub(super) const fn channel(&self) -> Channel {
        self.channel
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        for number in 0..self.loops.len() as u32 {
            out.wake(Instant::START, timer(self.channel, Side::Client, number));
        }
    }

    /// The timer of a loop is due. Without a stream it asks for one; with one it closes it where the client goes down, or
    /// where events have ended and it has them all.
    pub(super) fn look(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let Loop { state, look, .. } = self.loops[number as usize];
        if look != now {
            return;
        }
        let up = self.outages.up_from(now);
        match state {
            State::Opening => {}
            State::Open { .. } if up > now => {
                self.close(now, number, out);
                self.look_at(up, number, out);
            }
            State::Open { .. } => self.stay(now, number, shared, out),
            State::Closed if self.is_done(now, number, shared) => {}
            State::Closed if up > now => self.look_at(up, number, out),
            State::Closed => self.ask(now, number, shared, out),
        }
    }

    fn ask(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let own = &mut self.loops[number as usize];
        own.number += 1;
        (own.state, own.look) = (State::Opening, Instant::NEVER);
        out.send(Request {
            exchange: Exchange { channel: self.channel, party: number, number: own.number, part: 0 },
            ask: Ask::Stream {
                resource: number % shared.resources,
                cursor: own.cursor,
                replay: self.config.replay,
            },
            sent: now,
            deadline: self.outages.deadline_before_outage(now, now + self.config.timeout),
        });
    }

    /// The request of a loop has opened a stream, or has failed. `from`: the number of events before the first that is sent
    /// on it.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        from: u32,
        shared: &Shared,
        out: &mut impl Outbox,
    ) {
        let Request { exchange, sent, .. } = *request;
        let number = exchange.party;
        if answer == Answer::Opened {
            let own = &mut self.loops[number as usize];
            own.state = State::Open { sent, new: 0 };
            own.cursor = from;
            self.stay(now, number, shared, out);
            return;
        }
        let cut_off = request.is_cut_off(answer, self.config.timeout);
        let answer = if cut_off { Answer::Aborted } else { answer };
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: 0 });
        // The source may have opened the stream, and the client does not know it.
        out.close(now, &exchange, Side::Client);
        self.loops[number as usize].state = State::Closed;
        // After an outage of its own the client asks as soon as it is up.
        let pause = self.pause(number).max(answer.retry_after());
        let next = if cut_off { self.outages.up_from(now + Span(1)) } else { now + pause };
        self.look_at(next, number, out);
    }

    /// A frame arrives. An event that arrives as the client goes down is not held; the client asks for it again.
    pub(super) fn frame(&mut self, now: Instant, frame: &Frame, shared: &mut Shared, out: &mut impl Outbox) {
        let number = frame.stream.party;
        let resource = number % shared.resources;
        let own = &mut self.loops[number as usize];
        let mut brought = 0;
        if let (State::Open { new, .. }, true) = (&mut own.state, own.number == frame.stream.number)
            && let Says::Event(event) = frame.says
            && self.outages.at(now).is_none()
            && shared.events.of(resource).get(own.cursor as usize) == Some(&event)
        {
            let by = Arrival::fetched(self.channel);
            brought = shared.take_page(now, (number, own.cursor), 1, by, out);
            own.cursor += 1;
            *new += brought;
        }
        out.observe(Observation::Arrived { frame: *frame, at: now, new: brought > 0 });
        if now >= shared.horizon && matches!(own.state, State::Open { .. }) {
            self.stay(now, number, shared, out);
        }
    }

    /// A stream broke: the client asks for another one after `reconnect`.
    pub(super) fn lost(&mut self, now: Instant, stream: &Exchange, out: &mut impl Outbox) {
        let number = stream.party;
        if self.loops[number as usize].number == stream.number && self.end(now, number, out) {
            self.look_at(now + self.pause(number), number, out);
        }
    }

    /// The time until the next request of a loop.
    fn pause(&self, number: u32) -> Span {
        let draw = || self.jitter.unit(number.into(), self.loops[number as usize].number.into());
        self.config.reconnect_jitter.pause(self.config.reconnect, draw)
    }

    /// Keeps the stream until the client goes down or events end. Closes it where all events are held.
    fn stay(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        if self.is_done(now, number, shared) {
            self.close(now, number, out);
            return;
        }
        let ends = if now < shared.horizon { shared.horizon } else { Instant::NEVER };
        let next = self.outages.next_after(now).map_or(ends, |down| down.min(ends));
        if next == Instant::NEVER {
            self.loops[number as usize].look = next;
        } else if next != self.loops[number as usize].look {
            self.look_at(next, number, out);
        }
    }

    fn close(&mut self, now: Instant, number: u32, out: &mut impl Outbox) {
        let stream = Exchange {
            channel: self.channel,
            party: number,
            number: self.loops[number as usize].number,
            part: 0,
        };
        if self.end(now, number, out) {
            out.close(now, &stream, Side::Client);
        }
    }

    /// Ends the open stream of a loop for the client. False where there is none.
    fn end(&mut self, now: Instant, party: u32, out: &mut impl Outbox) -> bool {
        let own = &mut self.loops[party as usize];
        let State::Open { sent, new } = own.state else { return false };
        let exchange = Exchange { channel: self.channel, party, number: own.number, part: 0 };
        out.observe(Observation::Ended { exchange, sent, ended: now, answer: Answer::Opened, events: new });
        (own.state, own.look) = (State::Closed, Instant::NEVER);
        true
    }

    fn is_done(&self, now: Instant, number: u32, shared: &Shared) -> bool {
        now >= shared.horizon && !shared.wants_more(number, self.loops[number as usize].cursor)
    }

    fn look_at(&mut self, at: Instant, number: u32, out: &mut impl Outbox) {
        self.loops[number as usize].look = at;
        out.wake(at, timer(self.channel, Side::Client, number));
    }
}
