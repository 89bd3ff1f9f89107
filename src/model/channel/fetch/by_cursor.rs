//! Fetching by cursor: one request at a time for each member and resource, for all that follows. A notice that arrives
//! meanwhile makes one more fetch, however many they are, since the answer may have left before the event was shown.

use super::{BY, FIRST, Habit, timer};
use crate::model::channel::Shared;
use crate::model::exchange::{Answer, Ask, Batch, Exchange, Request};
use crate::model::{Observation, Outbox};
use crate::policy::channel::Channel;
use crate::time::{Instant, Span};

/// The loops of all members.
#[derive(Clone, Debug)]
pub(in crate::model) struct ByCursor {
    habit: Habit,
    loops: Vec<Loop>,
}

/// One loop.
#[derive(Clone, Copy, Debug, Default)]
struct Loop {
    /// The number of its next fetch.
    number: u32,
    /// The number of events of its resource that it has fetched.
    cursor: u32,
    /// The same up to and including the latest event that was announced.
    announced: u32,
    is_busy: bool,
    /// Whether a notice has arrived while it was busy.
    is_called: bool,
    /// When it looks again. A timer of another time was set before, and is ignored.
    looks: Instant,
}

impl ByCursor {
    pub(super) fn new(habit: Habit, loops: usize) -> Self {
        Self { habit, loops: vec![Loop::default(); loops] }
    }

    /// A notice makes a fetch of each resource of its events.
    pub(super) fn announced(
        &mut self,
        now: Instant,
        member: u32,
        batch: Batch,
        shared: &Shared,
        out: &mut impl Outbox,
    ) {
        for event in batch.iter() {
            let resource = shared.events.resource(event);
            let number = member * shared.resources + resource;
            let state = &mut self.loops[number as usize];
            state.announced =
                state.announced.max(shared.events.cursor_before(resource, shared.events.number(event)) + 1);
            let is_next = |other: u32| other > event && shared.events.resource(other) == resource;
            // The last of its resource speaks for the others.
            if !batch.iter().any(is_next) {
                self.fetch(now, number, shared, out);
            }
        }
    }

    pub(super) fn look_again(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let Loop { looks, is_busy, .. } = self.loops[number as usize];
        if looks == now && !is_busy && self.misses(number, shared) {
            self.fetch(now, number, shared, out);
        }
    }

    /// Asks for what follows, unless it does so already. A client that is down asks when it is up.
    fn fetch(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let state = &mut self.loops[number as usize];
        let up = self.habit.outages.up_from(now);
        if state.is_busy {
            state.is_called = true;
        } else if up > now {
            state.looks = up;
            out.wake(up, timer(number));
        } else {
            state.is_busy = true;
            state.is_called = false;
            state.number += 1;
            let (of_loop, cursor) = (FIRST | state.number, state.cursor);
            let exchange = Exchange { channel: Channel::Fetch, party: number, number: of_loop, part: 0 };
            self.send(now, exchange, cursor, shared, out);
        }
    }

    fn send(&self, now: Instant, exchange: Exchange, cursor: u32, shared: &Shared, out: &mut impl Outbox) {
        let resource = exchange.party % shared.resources;
        let ask = Ask::Events { resource, cursor, hold: Span::ZERO, conditional: false };
        out.send(Request { exchange, ask, sent: now, deadline: self.habit.deadline(now) });
    }

    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Request { exchange, sent, .. } = *request;
        let (number, answer) = (exchange.party, Habit::answer(request, answer));
        let (mut new, mut asks_on) = (0, false);
        if let Answer::Page { events, has_more } = answer {
            let cursor = &mut self.loops[number as usize].cursor;
            new = shared.take_page(now, (number, *cursor), events, BY, out);
            *cursor += events;
            asks_on = has_more;
        }
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: new });
        if asks_on {
            let cursor = self.loops[number as usize].cursor;
            self.send(now, Exchange { part: exchange.part + 1, ..exchange }, cursor, shared, out);
            return;
        }
        let state = &mut self.loops[number as usize];
        state.is_busy = false;
        if state.is_called && answer != Answer::Aborted {
            self.fetch(now, number, shared, out);
        } else if self.misses(number, shared)
            && let Some(looks) = self.habit.again(now, answer)
        {
            self.loops[number as usize].looks = looks;
            out.wake(looks, timer(number));
        }
    }

    /// Whether the member does not hold an event that was announced.
    fn misses(&self, number: u32, shared: &Shared) -> bool {
        let Loop { cursor, announced, .. } = self.loops[number as usize];
        let (member, resource) = (number / shared.resources, number % shared.resources);
        let missing = cursor.min(announced) as usize..announced as usize;
        shared.events.of(resource)[missing].iter().any(|&event| !shared.inbox.holds(event, member))
    }
}
