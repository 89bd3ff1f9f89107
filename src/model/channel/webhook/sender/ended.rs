//! What follows from the end of an attempt: it is acknowledged, retried or given up, a breaker may open, and the member may
//! be disabled.

use super::{BREAKERS, Sender, timer};
use crate::model::channel::webhook::breaker::Change;
use crate::model::exchange::{Answer, Exchange, Request};
use crate::model::{Observation, Outbox};
use crate::time::{Instant, Span};

impl Sender {
    /// An attempt ends: it is acknowledged, retried or given up. Its worker is free from now on, and the delay of a retry
    /// starts now. The measurement knows from the receipt whether it brought a new event.
    pub(in crate::model::channel::webhook) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        out: &mut impl Outbox,
    ) {
        let Request { exchange, sent, .. } = *request;
        let events = request.carries();
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events });
        if answer == Answer::Aborted {
            return;
        }
        self.in_flight -= 1;
        self.breaks(now, request, answer, out);
        if let Some(slow) = &mut self.slow {
            slow.ended(now, request, answer);
        }
        if let Some(standings) = &mut self.standings {
            let is_last = exchange.part >= self.retries.attempts();
            if let Some(until) = standings.ended(now, request, answer, is_last) {
                out.observe(Observation::Disabled { member: exchange.party, from: now, until });
                self.release(exchange.party);
            }
        }
        if answer.acknowledges() {
            self.over(exchange.party);
        } else {
            let wait = if self.honours_retry_after { answer.retry_after() } else { Span::ZERO };
            self.failed(now, exchange, wait, out);
        }
        self.send_waiting(now, out);
    }

    /// An attempt ends: a breaker may open or close.
    fn breaks(&mut self, now: Instant, request: &Request, answer: Answer, out: &mut impl Outbox) {
        let Exchange { party: member, number: event, .. } = request.exchange;
        let Some(breakers) = &mut self.breakers else { return };
        let delivery = event * self.members + member;
        match breakers.ended(now, request, delivery, answer) {
            Some(Change::Opens(until)) => {
                out.observe(Observation::BreakerOpens { member, from: now, until });
                out.wake(until, timer(BREAKERS - member));
            }
            Some(Change::Closes) => {
                out.observe(Observation::BreakerCloses { member, at: now });
                self.release(member);
            }
            None => {}
        }
    }

    /// What the breaker of a member holds is due.
    fn release(&mut self, member: u32) {
        let held = self.breakers.as_mut().map(|breakers| breakers.release(member));
        self.waiting.extend(held.into_iter().flatten());
    }

    /// An attempt has failed. Sets the timer of the next one, which is not before the end of the `wait` that the receiver
    /// wants, or gives the delivery up.
    fn failed(&mut self, now: Instant, exchange: Exchange, wait: Span, out: &mut impl Outbox) {
        let Exchange { party: member, number: event, part: attempt, .. } = exchange;
        let delivery = event * self.members + member;
        if self.dead_letters.as_ref().is_some_and(|letters| letters.was_sent(delivery)) {
            return self.give_up(now, delivery, out);
        }
        let state = &mut self.deliveries[delivery as usize];
        let (id, number) = exchange.key();
        let next = self.retries.next(self.retry_jitter, attempt, state.delay, || self.jitter.at(id, number));
        state.delay = next.unwrap_or(state.delay);
        let due = next.map(|delay| now + delay.max(wait));
        match due.filter(|&due| !self.is_disabled(delivery, due)) {
            Some(due) => out.wake(due, timer(delivery)),
            None => self.give_up(now, delivery, out),
        }
    }

    /// Gives a delivery up: for good, or until it is sent once more.
    pub(super) fn give_up(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        let (event, member) = (delivery / self.members, delivery % self.members);
        let enabled = self.standings.as_ref().map_or(now, |standings| standings.enabled(member));
        match self.dead_letters.as_mut().and_then(|letters| letters.keep(now, enabled, delivery)) {
            Some(at) => out.wake(at, timer(delivery)),
            None => {
                for event in self.batch(event).iter() {
                    out.observe(Observation::GaveUp { event, member });
                }
            }
        }
        self.over(member);
    }

    /// A delivery to a member is over: where they are ordered, the next one is due.
    fn over(&mut self, member: u32) {
        let next = self.lines.as_mut().and_then(|lines| lines.next(member));
        self.waiting.extend(next);
    }
}
