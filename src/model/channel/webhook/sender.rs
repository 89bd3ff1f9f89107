//! The source's side of webhooks: one delivery for each event or batch, and member, with retries. At most `workers`
//! attempts are in flight.

mod ended;

use super::batches::{self, Batches};
use super::breaker::Breakers;
use super::dead_letters::DeadLetters;
use super::lines::Lines;
use super::slow::Slow;
use super::standing::Standings;
use crate::model::events::EventId;
use crate::model::exchange::{Ask, Batch, Exchange, Request};
use crate::model::{Hold, Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::slow::Treatment;
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
    honours_retry_after: bool,
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
    /// Where the source may disable a member.
    standings: Option<Standings>,
    /// Where the sender leaves a member that fails alone for a while.
    breakers: Option<Breakers>,
    /// Where the source delays or drops what is due to a member that answers slowly.
    slow: Option<Slow>,
    /// Where what is given up is sent once more.
    dead_letters: Option<DeadLetters>,
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
            honours_retry_after: webhook.honour_retry_after,
            workers: webhook.workers,
            outages: outages.clone(),
            members,
            jitter: randomness.stream(Purpose::RetryJitter),
            deliveries: Vec::new(),
            batches: webhook.batch.map(Batches::new),
            lines: webhook.ordered.then(|| Lines::new(members)),
            standings: Standings::of(webhook, members),
            breakers: Breakers::of(webhook, members),
            slow: Slow::of(webhook, members),
            dead_letters: DeadLetters::of(webhook),
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
            match self.slow.as_mut().map_or(Treatment::Sent, |slow| slow.treats(now, member)) {
                Treatment::Sent => {}
                Treatment::Delayed(delay) => {
                    out.observe(Observation::HeldBack { at: now, why: Hold::Delayed });
                    out.wake(now + delay, timer(delivery));
                    continue;
                }
                Treatment::Dropped => {
                    out.observe(Observation::HeldBack { at: now, why: Hold::Dropped });
                    self.give_up(now, delivery, out);
                    continue;
                }
            }
            if self.joins(delivery) {
                self.waiting.push_back(delivery);
                self.send_waiting(now, out);
            }
        }
    }

    /// A delivery is due for the first time, or again after it was given up. Returns whether no other holds it back.
    fn joins(&mut self, delivery: u32) -> bool {
        self.lines.as_mut().is_none_or(|lines| lines.join(delivery % self.members, delivery))
    }

    /// Whether a delivery was given up, and is to be sent once more.
    #[inline]
    fn keeps(&self, delivery: u32) -> bool {
        self.dead_letters.as_ref().is_some_and(|letters| letters.keeps(delivery))
    }

    /// A timer is due: for the attempt of a delivery, for a batch, for the end of an outage, or for that of a breaker's
    /// pause.
    pub(super) fn due(&mut self, now: Instant, number: u32, out: &mut impl Outbox) {
        match number {
            batches::DUE => {
                if let Some(first) = self.batches.as_mut().and_then(|batches| batches.due(now, out)) {
                    self.deliver(now, first, out);
                }
                return;
            }
            OUTAGE_OVER => self.resumes = false,
            number => {
                if let Some(member) = paused(number, self.members) {
                    let tried = self.breakers.as_mut().and_then(|breakers| breakers.paused(member));
                    self.waiting.extend(tried);
                } else if !self.keeps(number) || self.joins(number) {
                    self.waiting.push_back(number);
                }
            }
        }
        self.send_waiting(now, out);
    }

    /// Sends deliveries that wait, while workers are free. While the source is down nothing is sent. What is due to a
    /// disabled member is given up.
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
            if self.is_disabled(delivery, now) {
                self.give_up(now, delivery, out);
            } else if self.admits(delivery) {
                self.attempt(now, delivery, out);
            } else {
                out.observe(Observation::HeldBack { at: now, why: Hold::Waits });
            }
        }
    }

    /// Whether the breaker of its member lets a delivery pass; otherwise it is held.
    #[inline]
    fn admits(&mut self, delivery: u32) -> bool {
        let members = self.members;
        self.breakers.as_mut().is_none_or(|breakers| breakers.admits(delivery % members, delivery))
    }

    /// Whether the member of a delivery is disabled at that time.
    #[inline]
    fn is_disabled(&self, delivery: u32, at: Instant) -> bool {
        self.standings.as_ref().is_some_and(|standings| at < standings.enabled(delivery % self.members))
    }

    fn attempt(&mut self, now: Instant, delivery: u32, out: &mut impl Outbox) {
        let state = &mut self.deliveries[delivery as usize];
        state.attempts += 1;
        let part = state.attempts;
        self.in_flight += 1;
        let (event, member) = (delivery / self.members, delivery % self.members);
        if self.dead_letters.as_mut().is_some_and(|letters| letters.sends(delivery)) {
            for event in self.batch(event).iter() {
                out.observe(Observation::Redelivered { event, member });
            }
        }
        let exchange = Exchange { channel: Channel::Webhook, party: member, number: event, part };
        out.send(Request {
            exchange,
            ask: Ask::Delivery(self.batch(event)),
            sent: now,
            deadline: now + self.deadline,
        });
    }

    /// The events of the delivery that begins with an event.
    fn batch(&self, first: EventId) -> Batch {
        Batch { first, events: self.batches.as_ref().map_or(1, |batches| batches.of(first)) }
    }
}

/// The number of the timer for the end of an outage; that of a batch is [`batches::DUE`], and the others have the number of
/// a delivery.
const OUTAGE_OVER: u32 = u32::MAX;
/// The number of the timer of the first member's breaker; those of the others count down. There are fewer deliveries.
const BREAKERS: u32 = batches::DUE - 1;

/// The member whose breaker has a timer of that number.
fn paused(number: u32, members: u32) -> Option<u32> {
    let member = BREAKERS.checked_sub(number)?;
    (member < members).then_some(member)
}

pub(super) const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Webhook, side: Side::Source, number }
}
