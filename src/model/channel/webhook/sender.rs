//! The source's side of webhooks: one delivery for each event and member, with retries. At most `workers` attempts are in
//! flight.

use super::lines::Lines;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Exchange, Request};
use crate::model::{Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::policy::retry::{Retries, RetryJitter};
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::Webhook;
use crate::time::{Instant, Span};
use std::collections::VecDeque;

/// All deliveries of one client.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    deadline: Span,
    retries: Retries,
    retry_jitter: RetryJitter,
    /// 0: unlimited.
    workers: u32,
    outages: Outages,
    members: u32,
    jitter: Stream,
    /// Indexed by event × members + member; grows as events occur.
    deliveries: Vec<Delivery>,
    /// Where the deliveries of a member are ordered: those that an earlier one holds back.
    lines: Option<Lines>,
    /// Deliveries whose next attempt is due. They are sent first in, first out, also across outages of the source.
    waiting: VecDeque<u32>,
    in_flight: u32,
    /// Whether the timer for the end of an outage is set.
    resumes: bool,
}

/// The state of one delivery.
#[derive(Clone, Copy, Debug, Default)]
struct Delivery {
    /// The number of attempts begun.
    attempts: u32,
    /// The delay before the last attempt; decorrelated jitter depends on it.
    delay: Span,
}

impl Sender {
    pub(super) fn new(webhook: &Webhook, outages: &Outages, members: u32, randomness: Randomness) -> Self {
        Self {
            deadline: webhook.deadline,
            retries: webhook.retries.clone(),
            retry_jitter: webhook.retry_jitter,
            workers: webhook.workers,
            outages: outages.clone(),
            members,
            jitter: randomness.stream(Purpose::RetryJitter),
            deliveries: Vec::new(),
            lines: webhook.ordered.then(|| Lines::new(members)),
            waiting: VecDeque::new(),
            in_flight: 0,
            resumes: false,
        }
    }

    pub(super) fn occur(&mut self, now: Instant, event: EventId, member: u32, out: &mut impl Outbox) {
        self.deliveries.push(Delivery::default());
        let delivery = event * self.members + member;
        if self.lines.as_mut().is_none_or(|lines| lines.join(member, delivery)) {
            self.due(now, delivery, out);
        }
    }

    /// A timer is due: for the attempt of a delivery, or for the end of an outage.
    pub(super) fn due(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        if delivery == OUTAGE_OVER {
            self.resumes = false;
        } else {
            self.waiting.push_back(delivery);
        }
        self.send_waiting(now, out);
    }

    /// Sends deliveries that wait, while workers are free. While the source is down nothing is sent.
    fn send_waiting(&mut self, now: Instant, out: &mut impl Outbox) {
        let up = self.outages.up_from(now);
        if up > now {
            if !std::mem::replace(&mut self.resumes, true) {
                out.wake(up, timer(OUTAGE_OVER));
            }
            return;
        }
        while self.workers == 0 || self.in_flight < self.workers {
            let Some(delivery) = self.waiting.pop_front() else { return };
            self.attempt(now, delivery, out);
        }
    }

    fn attempt(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        let state = &mut self.deliveries[delivery as usize];
        state.attempts += 1;
        self.in_flight += 1;
        let (event, member) = (delivery / self.members, delivery % self.members);
        let exchange =
            Exchange { channel: Channel::Webhook, party: member, number: event, part: state.attempts };
        out.send(Request {
            exchange,
            ask: Ask::Delivery { event },
            sent: now,
            deadline: now + self.deadline,
        });
    }

    /// An attempt ends: it is acknowledged, retried or given up. Its worker is free from now on, and the delay of a retry
    /// starts now. The measurement knows from the receipt whether it brought a new event.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        out: &mut impl Outbox,
    ) {
        let Request { exchange, sent, .. } = *request;
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, new: 0 });
        if answer == Answer::Aborted {
            return;
        }
        self.in_flight -= 1;
        if answer.acknowledges() || !self.is_retried(now, exchange, out) {
            let next = self.lines.as_mut().and_then(|lines| lines.next(exchange.party));
            self.waiting.extend(next);
        }
        self.send_waiting(now, out);
    }

    /// An attempt has failed. Sets the timer of the next one, or gives the delivery up.
    fn is_retried(&mut self, now: Instant, exchange: Exchange, out: &mut impl Outbox) -> bool {
        let Exchange { party: member, number: event, part: attempt, .. } = exchange;
        let delivery = event * self.members + member;
        let state = &mut self.deliveries[delivery as usize];
        let (id, number) = exchange.key();
        match self.retries.next(self.retry_jitter, attempt, state.delay, || self.jitter.at(id, number)) {
            Some(delay) => {
                state.delay = delay;
                out.wake(now + delay, timer(delivery));
                true
            }
            None => {
                out.observe(Observation::GaveUp { event, member });
                false
            }
        }
    }
}

/// The number of the timer for the end of an outage; the others have the number of a delivery.
const OUTAGE_OVER: u32 = u32::MAX;

const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Webhook, side: Side::Source, number }
}
