//! Long polling (RFC 6202). The client keeps one request open for each member and resource; the source holds it until
//! there is an event, but not longer than the hold time.

use super::Shared;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Exchange, Reaction, Request};
use crate::model::source::dropped;
use crate::model::{Arrival, Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::scenario::{Client, LongPoll, Scenario};
use crate::time::{Instant, Span};

/// All loops of one client, and the source's side of them.
#[derive(Clone, Debug)]
pub(in crate::model) struct LongPolls {
    config: LongPoll,
    outages: Outages,
    source_outages: Outages,
    loops: Vec<Loop>,
    /// For each loop, its request that the source holds.
    held: Vec<Option<Held>>,
}

/// One loop.
#[derive(Clone, Copy, Debug, Default)]
struct Loop {
    /// The number of its next request.
    number: u32,
    /// The number of events of its resource that it has fetched.
    cursor: u32,
}

/// A request that the source holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    request: Request,
    /// The end of the hold time, or the beginning of an outage of the source or the end of the proxy's patience before it.
    until: Instant,
    /// Whether the proxy ends it.
    is_cut: bool,
}

impl LongPolls {
    pub(super) fn new(config: &LongPoll, scenario: &Scenario, client: &Client) -> Self {
        let loops = client.count as usize * scenario.events.resources as usize;
        Self {
            config: config.clone(),
            outages: client.outages.clone(),
            source_outages: scenario.source_outages.clone(),
            loops: vec![Loop::default(); loops],
            held: vec![None; loops],
        }
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        for poll_loop in 0..self.loops.len() as u32 {
            out.wake(Instant::START, timer(Side::Client, poll_loop));
        }
    }

    /// The client's side: sends a request, unless it is down, or events have ended and nothing is left to fetch.
    pub(super) fn ask(&mut self, now: Instant, poll_loop: u32, shared: &Shared, out: &mut impl Outbox) {
        let Loop { number, cursor } = self.loops[poll_loop as usize];
        if now >= shared.horizon && !shared.wants_more(poll_loop, cursor) {
            return;
        }
        let up = self.outages.up_from(now);
        if up > now {
            out.wake(up, timer(Side::Client, poll_loop));
            return;
        }
        self.loops[poll_loop as usize].number += 1;
        let (resource, hold) = (poll_loop % shared.resources, self.config.hold);
        out.send(Request {
            exchange: Exchange { channel: Channel::LongPoll, party: poll_loop, number, part: 0 },
            ask: Ask::Events { resource, cursor, hold, conditional: false },
            sent: now,
            deadline: self.outages.deadline_before_outage(now, now + self.config.timeout),
        });
    }

    /// The client's side: the exchange of a request ends.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let poll_loop = request.exchange.party;
        let cut_off = request.is_cut_off(answer, self.config.timeout);
        let answer = if cut_off { Answer::Aborted } else { answer };
        let (mut new, mut pause) =
            (0, self.config.pause.max(LongPoll::AFTER_FAILURE).max(answer.retry_after()));
        if let Answer::Page { events, .. } = answer {
            let cursor = &mut self.loops[poll_loop as usize].cursor;
            new = shared.take_page(now, (poll_loop, *cursor), events, BY, out);
            *cursor += events;
            pause = self.config.pause;
        }
        let Request { exchange, sent, .. } = *request;
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: new });
        // After an outage of its own the client asks as soon as it is up.
        let next = if cut_off { self.outages.up_from(now + Span(1)) } else { now + pause };
        out.wake(next, timer(Side::Client, poll_loop));
    }

    /// The source's side: a request arrives. It is held where there is no event for it.
    pub(super) fn arrives(
        &mut self,
        now: Instant,
        request: &Request,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Ask::Events { resource, cursor, hold, conditional: _ } = request.ask else { return };
        if let Some(reaction) = shared.source.rejects(now, request) {
            out.reply(now, request, reaction);
        } else if shared.source.after(resource, cursor) > 0 {
            shared.source.answer(now, request, resource, cursor, out);
        } else {
            let poll_loop = request.exchange.party;
            let number = |held: &Held| held.request.exchange.number;
            if self.held[poll_loop as usize].as_ref().map(number) > Some(request.exchange.number) {
                // It was overtaken by a later request of its loop, so its sender has stopped waiting.
                out.reply(now, request, Reaction::Silence);
                return;
            }
            // An answer that leaves as the patience of the proxy ends passes.
            let cut = self.config.idle_timeout.filter(|&idle| idle < hold);
            let ends = now + cut.unwrap_or(hold);
            // A source that goes down drops the requests that it holds.
            let until = self.source_outages.next_after(now).map_or(ends, |down| down.min(ends));
            let is_cut = cut.is_some() && until == ends;
            let held = Held { request: *request, until, is_cut };
            if self.held[poll_loop as usize].replace(held).is_none() {
                out.observe(Observation::Connected { at: now });
            }
            out.wake(until, timer(Side::Source, poll_loop));
        }
    }

    /// The source's side: an event has occurred. The requests that are held for its resource are answered.
    pub(super) fn occur(&mut self, now: Instant, event: EventId, shared: &mut Shared, out: &mut impl Outbox) {
        let resource = shared.events.resource(event);
        for member in 0..shared.members {
            self.release(now, member * shared.resources + resource, shared, out);
        }
    }

    /// The source's side: a hold time may be over. The timer of a request that was answered before it finds a later
    /// request, or none.
    pub(super) fn hold_ends(
        &mut self,
        now: Instant,
        poll_loop: u32,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Some(Held { is_cut, .. }) = self.held[poll_loop as usize].filter(|held| held.until <= now) else {
            return;
        };
        if is_cut && self.source_outages.at(now).is_none() {
            self.cut(now, poll_loop, out);
        } else {
            self.release(now, poll_loop, shared, out);
        }
    }

    /// The proxy has waited long enough for an answer.
    fn cut(&mut self, now: Instant, poll_loop: u32, out: &mut impl Outbox) {
        let Some(request) = self.let_go(now, poll_loop, out) else { return };
        out.reply(now, &request, Reaction::Answer(Answer::Status(504)));
    }

    /// The request of a loop that the source holds no longer.
    fn let_go(&mut self, now: Instant, poll_loop: u32, out: &mut impl Outbox) -> Option<Request> {
        let Held { request, .. } = self.held[poll_loop as usize].take()?;
        out.observe(Observation::Disconnected { at: now });
        Some(request)
    }

    fn release(&mut self, now: Instant, poll_loop: u32, shared: &mut Shared, out: &mut impl Outbox) {
        let Some(request) = self.let_go(now, poll_loop, out) else { return };
        let Ask::Events { resource, cursor, hold: _, conditional: _ } = request.ask else { return };
        match self.source_outages.at(now) {
            Some(outage) => out.reply(now, &request, dropped(outage.mode)),
            None => shared.source.answer(now, &request, resource, cursor, out),
        }
    }
}

const BY: Arrival = Arrival::fetched(Channel::LongPoll);

const fn timer(side: Side, number: u32) -> Timer {
    Timer { channel: Channel::LongPoll, side, number }
}
