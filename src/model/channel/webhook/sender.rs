//! The source's side of webhooks: one delivery for each event or batch, and member, with retries. At most `workers`
//! attempts are in flight.

use super::batches::{self, Batches};
use super::lines::Lines;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Batch, Exchange, Request};
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
    /// Indexed by event × members + member; grows as events occur. A batch is the delivery of its first event.
    deliveries: Vec<Delivery>,
    /// Where events are sent together.
    batches: Option<Batches>,
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
            batches: webhook.batch.map(Batches::new),
            lines: webhook.ordered.then(|| Lines::new(members)),
            waiting: VecDeque::new(),
            in_flight: 0,
            resumes: false,
        }
    }

    pub(super) fn occur(&mut self, now: Instant, event: EventId, out: &mut impl Outbox) {
        self.deliveries.extend((0..self.members).map(|_| Delivery::default()));
        match &mut self.batches {
            None => self.deliver(now, event, out),
            Some(batches) => {
                if let Some(first) = batches.occur(now, event, out) {
                    self.deliver(now, first, out);
                }
            }
        }
    }

    /// The deliveries of an event or of the batch that it begins may be sent.
    fn deliver(&mut self, now: Instant, first: EventId, out: &mut impl Outbox) {
        for member in 0..self.members {
            let delivery = first * self.members + member;
            if self.lines.as_mut().is_none_or(|lines| lines.join(member, delivery)) {
                self.waiting.push_back(delivery);
                self.send_waiting(now, out);
            }
        }
    }

    /// A timer is due: for the attempt of a delivery, for a batch, or for the end of an outage.
    pub(super) fn due(&mut self, now: Instant, number: u32, out: &mut impl Outbox) {
        match number {
            batches::DUE => {
                if let Some(first) = self.batches.as_mut().and_then(|batches| batches.due(now, out)) {
                    self.deliver(now, first, out);
                }
                return;
            }
            OUTAGE_OVER => self.resumes = false,
            delivery => self.waiting.push_back(delivery),
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
            ask: Ask::Delivery(self.batch(event)),
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
        let events = request.carries();
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events });
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

    /// The events of the delivery that begins with an event.
    fn batch(&self, first: EventId) -> Batch {
        Batch { first, events: self.batches.as_ref().map_or(1, |batches| batches.of(first)) }
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
                for event in self.batch(event).iter() {
                    out.observe(Observation::GaveUp { event, member });
                }
                false
            }
        }
    }
}

/// The number of the timer for the end of an outage; that of a batch is [`batches::DUE`], and the others have the number of
/// a delivery.
const OUTAGE_OVER: u32 = u32::MAX;

pub(super) const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Webhook, side: Side::Source, number }
}
