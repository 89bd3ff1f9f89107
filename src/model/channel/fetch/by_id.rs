//! Fetching by id: each notice makes a request for each of its events. An event that the API does not show yet is
//! answered 404.

use super::{BY, FIRST, Habit, timer};
use crate::model::channel::Shared;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Batch, Exchange, Request};
use crate::model::{Observation, Outbox};
use crate::policy::channel::Channel;
use crate::time::Instant;

/// All fetches of one client.
#[derive(Clone, Debug)]
pub(in crate::model) struct ById {
    habit: Habit,
    /// How often each event was asked for, by event × members + member.
    asked: Vec<u32>,
}

impl ById {
    pub(super) const fn new(habit: Habit) -> Self {
        Self { habit, asked: Vec::new() }
    }

    pub(super) fn announced(
        &mut self,
        now: Instant,
        member: u32,
        batch: Batch,
        shared: &Shared,
        out: &mut impl Outbox,
    ) {
        for event in batch.iter() {
            self.fetch(now, event * shared.members + member, shared, out);
        }
    }

    pub(super) fn look_again(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        if !shared.inbox.holds(number / shared.members, number % shared.members) {
            self.fetch(now, number, shared, out);
        }
    }

    /// Asks for an event. A client that is down asks when it is up.
    fn fetch(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let up = self.habit.outages.up_from(now);
        if up > now {
            out.wake(up, timer(number));
            return;
        }
        if self.asked.len() <= number as usize {
            self.asked.resize(number as usize + 1, 0);
        }
        let part = self.asked[number as usize];
        self.asked[number as usize] += 1;
        let (event, member) = (number / shared.members, number % shared.members);
        let party = member * shared.resources + shared.events.resource(event);
        let exchange = Exchange { channel: Channel::Fetch, party, number: FIRST | event, part };
        let deadline = self.habit.deadline(now);
        out.send(Request { exchange, ask: Ask::Event { event }, sent: now, deadline });
    }

    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Ask::Event { event } = request.ask else { return };
        let Request { exchange, sent, .. } = *request;
        let (member, answer) = (exchange.party / shared.resources, Habit::answer(request, answer));
        let new = match answer {
            Answer::Page { events, .. } if events > 0 => shared.take(now, event, member, BY, out),
            _ => false,
        };
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: u32::from(new) });
        if !shared.inbox.holds(event, member)
            && let Some(looks) = self.habit.again(now, answer)
        {
            out.wake(looks, timer(event * shared.members + member));
        }
    }
}

/// The source's side: a request for an event arrives.
pub(in crate::model::channel) fn arrives(
    now: Instant,
    request: &Request,
    event: EventId,
    shared: &mut Shared,
    out: &mut impl Outbox,
) {
    shared.source.show_until(now, &shared.events);
    match shared.source.rejects(now, request) {
        Some(reaction) => out.reply(now, request, reaction),
        None => {
            let resource = shared.events.resource(event);
            let is_shown = shared
                .source
                .after(resource, shared.events.cursor_before(resource, shared.events.number(event)))
                > 0;
            shared.source.answer_with(now, request, is_shown, out);
        }
    }
}
