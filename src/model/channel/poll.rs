//! Polling. The client has one loop for each member and resource, with one request at a time; the source answers with the
//! events in its log.

use super::Shared;
use crate::model::exchange::{Answer, Ask, Exchange, Request};
use crate::model::{Arrival, Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::policy::paging::Order;
use crate::policy::schedule::{PollSchedule, Tick};
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};
use std::borrow::Cow;

/// All poll loops of one client.
#[derive(Clone, Debug)]
pub(in crate::model) struct Polls {
    schedule: PollSchedule,
    outages: Outages,
    randomness: Randomness,
    loops: Vec<Loop>,
    /// For each member, the time before which the source has refused to answer it; empty until it first does.
    refused_until: Vec<Instant>,
    /// For each loop, the steps by which its interval has grown; empty where intervals do not grow.
    steps: Vec<u16>,
}

/// One loop. There can be millions, so it is small.
#[derive(Clone, Copy, Debug)]
struct Loop {
    /// The time of the next tick, or of the one under way.
    due: Instant,
    /// The number of that tick.
    number: u32,
    /// The number of events of its resource that it has fetched; where it asks for the newest, or that it has passed over.
    cursor: u32,
}

impl Polls {
    pub(super) fn new(
        schedule: &PollSchedule,
        scenario: &Scenario,
        client: &Client,
        randomness: Randomness,
    ) -> Self {
        let resources = scenario.events.resources;
        let schedule = schedule.at_source(scenario.source.rate_limit, resources);
        let first = |poll_loop| {
            let Tick { number, due, .. } = schedule.first(randomness, u64::from(poll_loop));
            Loop { due, number, cursor: 0 }
        };
        Self {
            loops: (0..client.count * resources).map(first).collect(),
            steps: schedule.backoff.map_or_else(Vec::new, |_| vec![0; (client.count * resources) as usize]),
            schedule,
            outages: client.outages.of_requests(),
            randomness,
            refused_until: Vec::new(),
        }
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        for (poll_loop, &Loop { number, due, .. }) in (0..).zip(&self.loops) {
            let tick = self.schedule.tick(self.randomness, u64::from(poll_loop), number, due);
            out.wake(tick.start, timer(poll_loop));
        }
    }

    /// A tick is due: sends a poll, unless the client is down, or events have ended and nothing is left to fetch.
    #[inline(always)]
    pub(super) fn tick(&mut self, now: Instant, poll_loop: u32, shared: &Shared, out: &mut impl Outbox) {
        let state = self.loops[poll_loop as usize];
        if now >= shared.horizon && !shared.wants_more(poll_loop, state.cursor) {
            return;
        }
        let up = self.outages.up_from(now);
        if up > now {
            let tick = Tick { number: state.number, due: state.due, start: now };
            let next = self.schedule_of(poll_loop).resume(self.randomness, u64::from(poll_loop), tick, up);
            self.plan(now, poll_loop, next, out);
            return;
        }
        if let Some(&until) = self.refused_until.get((poll_loop / shared.resources) as usize)
            && until > now
        {
            self.plan(now, poll_loop, Tick { number: state.number, due: until, start: until }, out);
            return;
        }
        out.send(self.request(now, poll_loop, 0, shared));
    }

    /// The source refuses to answer a member for so long. None of its loops asks before.
    fn refused(&mut self, until: Instant, poll_loop: u32, shared: &Shared) {
        self.refused_until.resize(shared.members as usize, Instant::START);
        self.refused_until[(poll_loop / shared.resources) as usize] = until;
    }

    /// The schedule with the present interval of a loop.
    #[inline(always)]
    fn schedule_of(&self, poll_loop: u32) -> Cow<'_, PollSchedule> {
        match self.steps.get(poll_loop as usize) {
            Some(&steps) => Cow::Owned(self.schedule.after_steps(steps)),
            None => Cow::Borrowed(&self.schedule),
        }
    }

    /// A poll has ended with that page: the interval grows where it found nothing, and is the first again where it found
    /// events. A failed poll shows neither.
    fn back_off(&mut self, poll_loop: u32, page: u32, answer: Answer, new: u32) {
        let (Some(backoff), Some(first)) = (self.schedule.backoff, self.schedule.interval.constant()) else {
            return;
        };
        let steps = &mut self.steps[poll_loop as usize];
        match answer {
            // A page before it was full.
            _ if page > 0 => *steps = 0,
            Answer::Page { events: 1.., .. } => *steps = 0,
            Answer::Newest { .. } if new > 0 => *steps = 0,
            Answer::Page { .. } | Answer::Newest { .. } | Answer::NOT_MODIFIED => {
                *steps = backoff.one_more(first, *steps)
            }
            Answer::Opened
            | Answer::Status(_)
            | Answer::Busy { .. }
            | Answer::Refused
            | Answer::Closed
            | Answer::TimedOut
            | Answer::Aborted => {}
        }
    }

    #[inline(always)]
    fn request(&self, now: Instant, poll_loop: u32, part: u32, shared: &Shared) -> Request {
        let Loop { number, cursor, .. } = self.loops[poll_loop as usize];
        let resource = if shared.resources == 1 { 0 } else { poll_loop % shared.resources };
        let conditional = self.schedule.conditional;
        Request {
            exchange: Exchange { channel: Channel::Poll, party: poll_loop, number, part },
            ask: match self.schedule.order {
                Order::Oldest => Ask::Events { resource, cursor, hold: Span::ZERO, conditional },
                Order::Newest => Ask::Newest { resource, cursor, conditional },
            },
            sent: now,
            deadline: self.outages.deadline_before_outage(now, now + self.schedule.timeout),
        }
    }

    #[inline(always)]
    fn plan(&mut self, now: Instant, poll_loop: u32, tick: Tick, out: &mut impl Outbox) {
        let state = &mut self.loops[poll_loop as usize];
        (state.number, state.due) = (tick.number, tick.due);
        out.wake(tick.start.max(now), timer(poll_loop));
    }

    /// The exchange of a poll ends. A poll that an outage of the client ended has no result, and does not determine when
    /// the next one is due.
    #[inline(always)]
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let poll_loop = request.exchange.party;
        let cut_off = request.is_cut_off(answer, self.schedule.timeout);
        let answer = if cut_off { Answer::Aborted } else { answer };
        let state = &mut self.loops[poll_loop as usize];
        let (mut new, mut asks_on) = (0, false);
        if let Answer::Page { events, has_more } = answer {
            if events > 0 {
                new = shared.take_page(now, (poll_loop, state.cursor), events, Arrival::POLL, out);
                state.cursor += events;
            }
            let PollSchedule { pages, last_page, .. } = self.schedule;
            asks_on = pages.ask_on(last_page, events, has_more, shared.source.page_size());
        }
        if let Answer::Newest { shown } = answer {
            new = shared.take_newest(now, (poll_loop, state.cursor), shown, Arrival::POLL, out);
            state.cursor = state.cursor.max(shown);
        }
        let Request { exchange, sent, .. } = *request;
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: new });
        if asks_on {
            out.send(self.request(now, poll_loop, exchange.part + 1, shared));
            return;
        }
        self.back_off(poll_loop, exchange.part, answer, new);
        let state = self.loops[poll_loop as usize];
        let tick = Tick { number: state.number, due: state.due, start: sent };
        let next = if cut_off {
            let up = self.outages.up_from(now + Span(1));
            self.schedule_of(poll_loop).resume(self.randomness, u64::from(poll_loop), tick, up)
        } else if let Answer::Busy { .. } = answer {
            let until = now + answer.retry_after();
            self.refused(until, poll_loop, shared);
            PollSchedule::after_refusal(tick, until)
        } else {
            self.schedule_of(poll_loop).next(self.randomness, u64::from(poll_loop), tick, now)
        };
        self.plan(now, poll_loop, next, out);
    }
}

/// The source's side: a poll arrives.
#[inline(always)]
pub(super) fn arrives(now: Instant, request: &Request, shared: &mut Shared, out: &mut impl Outbox) {
    shared.source.show_until(now, &shared.events);
    if let Some(reaction) = shared.source.rejects(now, request) {
        out.reply(now, request, reaction);
        return;
    }
    match request.ask {
        Ask::Events { resource, cursor, hold: _, conditional: _ } => {
            shared.source.answer(now, request, resource, cursor, out);
        }
        Ask::Newest { resource, cursor: _, conditional: _ } => {
            shared.source.answer_with_newest(now, request, resource, out);
        }
        Ask::Event { .. } | Ask::Stream { .. } | Ask::Delivery(_) => unreachable!("no poll asks for it"),
    }
}

const fn timer(poll_loop: u32) -> Timer {
    Timer { channel: Channel::Poll, side: Side::Client, number: poll_loop }
}
