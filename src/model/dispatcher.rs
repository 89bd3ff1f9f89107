//! The dispatcher: the source's side of webhooks. One delivery for each event and member, tried again as the
//! retries have it; at most `workers` attempts are in flight.

use super::events::EventId;
use super::exchange::{Answer, Attempt, Request};
use super::{Observation, Outbox, Timer};
use crate::policy::outage::Outages;
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::Webhook;
use crate::time::{Instant, Span};
use std::collections::VecDeque;

/// All deliveries of one client.
#[derive(Clone, Debug)]
pub(super) struct Dispatcher {
    webhook: Webhook,
    outages: Outages,
    members: u32,
    jitter: Stream,
    /// Event × members + member; grows as events occur.
    deliveries: Vec<Delivery>,
    /// Due, in this order, and without a worker.
    waiting: VecDeque<u32>,
    in_flight: u32,
}

/// The state of one delivery.
#[derive(Clone, Copy, Debug)]
struct Delivery {
    /// Attempts begun.
    attempts: u32,
    /// The delay before the latest attempt; decorrelated jitter looks back at it.
    delay: Span,
    /// The attempt in flight was sent then.
    sent: Option<Instant>,
}

impl Dispatcher {
    pub(super) fn new(webhook: &Webhook, outages: &Outages, members: u32, randomness: Randomness) -> Self {
        Self {
            webhook: webhook.clone(),
            outages: outages.clone(),
            members,
            jitter: randomness.stream(Purpose::RetryJitter),
            deliveries: Vec::new(),
            waiting: VecDeque::new(),
            in_flight: 0,
        }
    }

    pub(super) fn occur(&mut self, now: Instant, event: EventId, out: &mut impl Outbox) {
        for member in 0..self.members {
            self.deliveries.push(Delivery { attempts: 0, delay: Span::ZERO, sent: None });
            self.due(now, event * self.members + member, out);
        }
    }

    /// An attempt is due. While the source is down nothing is sent: what falls due is sent when it is back.
    pub(super) fn due(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        let up = self.outages.up_from(now);
        if up > now {
            out.wake(up, Timer::Attempt(delivery));
        } else if self.webhook.workers > 0 && self.in_flight >= self.webhook.workers {
            self.waiting.push_back(delivery);
        } else {
            self.attempt(now, delivery, out);
        }
    }

    fn attempt(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        let state = &mut self.deliveries[delivery as usize];
        state.attempts += 1;
        state.sent = Some(now);
        self.in_flight += 1;
        let (event, member) = (delivery / self.members, delivery % self.members);
        let attempt = Attempt { event, member, number: state.attempts };
        out.send(now, Request::Attempt(attempt), now + self.webhook.deadline);
    }

    /// An attempt was answered, or will not be: acknowledged, to be tried again, or given up. Its worker is free
    /// only now (convention c8), and a retry's delay starts now (c9). Returns when it was sent.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        attempt: Attempt,
        answer: Answer,
        out: &mut impl Outbox,
    ) -> Instant {
        let delivery = attempt.event * self.members + attempt.member;
        let state = &mut self.deliveries[delivery as usize];
        let sent = state.sent.take().unwrap_or(now);
        self.in_flight -= 1;
        if !acknowledges(answer) {
            let (id, number) = Request::Attempt(attempt).key();
            let jitter = self.webhook.retry_jitter;
            match self
                .webhook
                .retries
                .next(jitter, attempt.number, state.delay, || self.jitter.at(id, number))
            {
                Some(delay) => {
                    state.delay = delay;
                    out.wake(now + delay, Timer::Attempt(delivery));
                }
                None => out.observe(Observation::GaveUp { event: attempt.event, member: attempt.member }),
            }
        }
        if let Some(next) = self.waiting.pop_front() {
            self.due(now, next, out);
        }
        sent
    }

    /// Ends every exchange that is under way, unanswered.
    pub(super) fn abort(&mut self, now: Instant, out: &mut impl Outbox) {
        for (delivery, state) in self.deliveries.iter_mut().enumerate() {
            if let Some(sent) = state.sent.take() {
                let (event, member) = (delivery as u32 / self.members, delivery as u32 % self.members);
                let attempt = Attempt { event, member, number: state.attempts };
                out.observe(Observation::Ended {
                    request: Request::Attempt(attempt),
                    sent,
                    ended: now,
                    answer: Answer::Aborted,
                    new: 0,
                });
            }
        }
    }
}

/// Whether an answer ends a delivery: any status from 200 to 299.
pub const fn acknowledges(answer: Answer) -> bool {
    matches!(answer, Answer::Status(200..=299))
}
