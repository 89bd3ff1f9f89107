//! The client's side of webhooks: the endpoints. A member holds an event from the time at which its handler starts on a
//! delivery.

use crate::model::channel::fetch;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Batch, Reaction, Request};
use crate::model::inbox::Inbox;
use crate::model::source::{down, dropped};
use crate::model::{Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::policy::security::{Refusal, Security};
use crate::rng::{Purpose, Randomness, Stream};
use crate::scenario::{Endpoint, Webhook};
use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// The endpoints of all members of one client.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    config: Endpoint,
    /// Whether a delivery only announces its events.
    thin: bool,
    security: Security,
    outages: Outages,
    service: Stream,
    failure: Stream,
    members: Vec<Handlers>,
}

/// The handlers of one member.
#[derive(Clone, Debug, Default)]
struct Handlers {
    /// The time at which each handler at work is free again.
    busy: BinaryHeap<Reverse<Instant>>,
    /// Deliveries that wait for a handler, first come, first served.
    queue: VecDeque<Request>,
}

impl Endpoints {
    pub(super) fn new(webhook: &Webhook, outages: &Outages, members: u32, randomness: Randomness) -> Self {
        Self {
            config: webhook.endpoint.clone(),
            thin: webhook.thin,
            security: webhook.security.clone(),
            outages: outages.clone(),
            service: randomness.stream(Purpose::EndpointService),
            failure: randomness.stream(Purpose::EndpointFailure),
            members: vec![Handlers::default(); members as usize],
        }
    }

    /// A delivery arrives: a handler starts on it, or it waits, or it is answered 503 or 429 where the queue is full. A
    /// signature that is too old is refused before.
    pub(super) fn receive(
        &mut self,
        now: Instant,
        request: &Request,
        inbox: &mut Inbox,
        out: &mut impl Outbox,
    ) {
        if let Some(outage) = self.outages.at(now) {
            out.reply(now, request, self.with_hint(down(outage.mode)));
            return;
        }
        if self.security.is_too_old(request.sent, now) {
            let status = Refusal::TooOld.status();
            out.reply(now, request, Reaction::Answer(Answer::Status(status)));
            return;
        }
        let member = request.exchange.party;
        self.catch_up(now, member, inbox, out);
        let handlers = &mut self.members[member as usize];
        if self.config.capacity == 0 || handlers.busy.len() < self.config.capacity as usize {
            self.start(now, request, inbox, out);
        } else if self.config.queue.is_none_or(|queue| handlers.queue.len() < queue as usize) {
            handlers.queue.push_back(*request);
        } else {
            let status = self.config.overload_status;
            out.reply(now, request, self.with_hint(Reaction::Answer(Answer::Status(status))));
        }
    }

    /// The refusal of a delivery that may come again later, with `retry-after` where the endpoint says when. Only 429 and
    /// 503 carry it.
    fn with_hint(&self, refusal: Reaction) -> Reaction {
        match (refusal, self.config.retry_after) {
            (Reaction::Answer(Answer::Status(status @ (429 | 503))), Some(after)) => {
                let retry_after_s = after.whole_secs();
                Reaction::Answer(Answer::Busy { status, retry_after_s })
            }
            (refusal, _) => refusal,
        }
    }

    /// Handlers that have finished by now start on deliveries that wait, each at the time at which it became free.
    fn catch_up(&mut self, now: Instant, member: u32, inbox: &mut Inbox, out: &mut impl Outbox) {
        loop {
            let handlers = &mut self.members[member as usize];
            let Some(free) = handlers.busy.peek().map(|&Reverse(end)| end).filter(|&end| end <= now) else {
                return;
            };
            handlers.busy.pop();
            if self.outages.at(free).is_some() {
                // It goes down at this very moment: what waits is dropped.
                continue;
            }
            // A duplicate takes no time, so a free handler can take several deliveries.
            while self.members[member as usize].busy.len() < self.config.capacity as usize {
                let Some(next) = self.members[member as usize].queue.pop_front() else { break };
                self.start(free, &next, inbox, out);
            }
        }
    }

    /// Asks to be woken when an outage begins, where deliveries may wait.
    pub(super) fn begin(&self, out: &mut impl Outbox) {
        if self.config.capacity > 0 {
            for outage in &self.outages.0 {
                out.wake(outage.from, timer(DOWN));
            }
        }
    }

    /// An outage begins. Handlers finish what they work on; what waits for one is dropped.
    fn go_down(&mut self, now: Instant, inbox: &mut Inbox, out: &mut impl Outbox) {
        let Some(mode) = self.outages.at(now).map(|outage| outage.mode) else { return };
        for member in 0..self.members.len() as u32 {
            self.catch_up(now, member, inbox, out);
            for delivery in std::mem::take(&mut self.members[member as usize].queue) {
                out.reply(now, &delivery, self.with_hint(dropped(mode)));
            }
        }
    }

    /// A handler of a member has finished, or an outage begins.
    pub(super) fn due(&mut self, now: Instant, number: u32, inbox: &mut Inbox, out: &mut impl Outbox) {
        if number == DOWN {
            self.go_down(now, inbox, out);
        } else {
            self.catch_up(now, number, inbox, out);
        }
    }

    /// Whether a delivery is known to be a duplicate: each of its events. A notice is remembered for good.
    fn knows(&self, now: Instant, batch: Batch, member: u32, inbox: &Inbox) -> bool {
        match self.thin {
            false => batch.iter().all(|event| self.recognises(now, event, member, inbox)),
            true => self.config.dedupe && batch.iter().all(|event| inbox.knows(event, member)),
        }
    }

    /// Whether an event is known to be processed. It is remembered from the time at which it was.
    fn recognises(&self, now: Instant, event: EventId, member: u32, inbox: &Inbox) -> bool {
        let remembers = |window: Span| now - inbox.processed(event, member) <= window;
        self.config.dedupe && inbox.holds(event, member) && self.config.dedupe_window.is_none_or(remembers)
    }

    /// A handler starts on a delivery. A duplicate that is recognised now is answered at once, without work. The work is
    /// done even where the sender no longer waits for it.
    fn start(&mut self, now: Instant, request: &Request, inbox: &mut Inbox, out: &mut impl Outbox) {
        let Ask::Delivery(batch) = request.ask else { return };
        let (member, attempt) = (request.exchange.party, request.exchange.part);
        let sent = request.sent;
        let received = match self.thin {
            false => Observation::Delivered { batch, member, at: now, sent, attempt },
            true => Observation::Announced { batch, member, sent, attempt },
        };
        if self.knows(now, batch, member, inbox) {
            out.observe(received);
            out.reply(now, request, Reaction::Answer(Answer::Status(200)));
            return;
        }
        let (id, number) = request.exchange.key();
        let end = now + self.config.service_time.draw(|| self.service.at(id, number));
        if self.config.capacity > 0 {
            self.members[member as usize].busy.push(Reverse(end));
            out.wake(end, timer(member));
        }
        if self.failure.happens(self.config.failure_rate, id, number) {
            out.reply(end, request, Reaction::Answer(Answer::Status(500)));
        } else {
            if self.thin {
                inbox.announce(batch, member);
                fetch::wake(now, out);
                out.observe(received);
                out.reply(end, request, Reaction::Answer(Answer::Status(200)));
                return;
            }
            for event in batch.iter() {
                let is_known = self.recognises(now, event, member, inbox);
                if !inbox.take(now, event, member) && !is_known {
                    inbox.process(now, event, member);
                    out.observe(Observation::ProcessedAgain { event, member });
                }
            }
            out.observe(received);
            out.reply(end, request, Reaction::Answer(Answer::Status(200)));
        }
    }
}

/// In place of the number of a member: an outage begins.
const DOWN: u32 = u32::MAX;

const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Webhook, side: Side::Client, number }
}
