//! Polling. The client has one loop for each member and resource, with one request at a time; the source answers with the
//! events in its log.

use super::Shared;
use crate::model::exchange::{Answer, Ask, Exchange, Request};
use crate::model::listing::Listing;
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
    /// For each loop, the number of events of its resource for which it will not ask again; empty where that is its cursor.
    decided: Vec<u32>,
}

/// One loop. There can be millions, so it is small.
#[derive(Clone, Copy, Debug)]
struct Loop {
    /// The time of the next tick, or of the one under way.
    due: Instant,
    /// The number of that tick.
    number: u32,
    /// One more than the last place of its resource that it has seen on a page. Where it asks for the newest events, the
    /// number that the source has shown.
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
        let loops = client.count * resources;
        let may_pass_over = schedule.order == Order::Newest || schedule.cursor.is_time();
        let decided =
            if may_pass_over || scenario.source.commit_delay.constant().is_none() { loops } else { 0 };
        let first = |poll_loop| {
            let Tick { number, due, .. } = schedule.first(randomness, u64::from(poll_loop));
            Loop { due, number, cursor: 0 }
        };
        Self {
            loops: (0..loops).map(first).collect(),
            steps: schedule.backoff.map_or_else(Vec::new, |_| vec![0; loops as usize]),
            schedule,
            outages: client.outages.of_requests(),
            randomness,
            refused_until: Vec::new(),
            decided: vec![0; decided as usize],
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
        if now >= shared.horizon {
            let decided = self.decided.get(poll_loop as usize).copied().unwrap_or(state.cursor);
            if !shared.wants_more(poll_loop, decided) {
                return;
            }
        }
        let up = self.outages.up_from(now);
        if up > now {
            let tick = Tick { number: state.number, due: state.due, start: now };
            let next = self.schedule_of(poll_loop).resume(self.randomness, u64::from(poll_loop), tick, up);
            self.plan(now, poll_loop, next, out);
            return;
        }
        if !self.refused_until.is_empty()
            && let until = self.refused_until[(poll_loop / shared.resources) as usize]
            && until > now
        {
            self.plan(now, poll_loop, Tick { number: state.number, due: until, start: until }, out);
            return;
        }
        out.send(self.request(now, poll_loop, 0, self.ask(poll_loop, shared)));
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
            Answer::Shown { .. } if new > 0 => *steps = 0,
            Answer::Page { .. } | Answer::Shown { .. } | Answer::NOT_MODIFIED => {
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
    fn ask(&self, poll_loop: u32, shared: &Shared) -> Ask {
        let cursor = self.loops[poll_loop as usize].cursor;
        let resource = if shared.resources == 1 { 0 } else { poll_loop % shared.resources };
        let conditional = self.schedule.conditional;
        match self.schedule.order {
            Order::Newest => Ask::Newest { resource, cursor, conditional },
            Order::Oldest if self.schedule.cursor.is_time() => {
                let since = self.since(resource, cursor, shared).unwrap_or(Instant::START);
                Ask::Since { resource, since, after: 0 }
            }
            Order::Oldest => Ask::Events { resource, cursor, hold: Span::ZERO, conditional },
        }
    }

    /// The time from which on a loop asks that has seen so many events of its resource; None: it asks by no time, or has seen
    /// none.
    fn since(&self, resource: u32, cursor: u32, shared: &Shared) -> Option<Instant> {
        let last = *shared.events.of(resource)[..cursor as usize].last()?;
        self.schedule.since(shared.events.occurred()[last as usize])
    }

    #[inline(always)]
    fn request(&self, now: Instant, poll_loop: u32, part: u32, ask: Ask) -> Request {
        let number = self.loops[poll_loop as usize].number;
        Request {
            exchange: Exchange { channel: Channel::Poll, party: poll_loop, number, part },
            ask,
            sent: now,
            deadline: self.outages.deadline_before_outage(now, now + self.schedule.timeout),
        }
    }

    /// The page that a loop finds on which the source shows so many events. Returns it as an answer, with the number of new
    /// events and the request for the next page, if there is to be one.
    fn found(
        &mut self,
        now: Instant,
        (poll_loop, ask): (u32, Ask),
        shown: u32,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) -> (Answer, u32, Option<Ask>) {
        let page_size = shared.source.page_size();
        let Listing { places, has_more } = shared.events.listing(&ask, shown, page_size);
        let new = shared.take_places(now, poll_loop, &places, self.schedule.dedupe, out);
        let (events, next) = (places.len() as u32, places.last().map_or(0, |&last| last + 1));
        let state = &mut self.loops[poll_loop as usize];
        state.cursor = state.cursor.max(next);
        let PollSchedule { pages, last_page, .. } = self.schedule;
        let asks_on = pages.ask_on(last_page, events, has_more, page_size);
        if !asks_on {
            self.decide(now, poll_loop, shared, out);
        }
        (Answer::Page { events, has_more }, new, asks_on.then(|| ask.from(next)))
    }

    /// A poll is over: for the events before its cursor the loop will not ask again, or for those before a time. What has not
    /// occurred yet is decided when it has.
    fn decide(&mut self, now: Instant, poll_loop: u32, shared: &Shared, out: &mut impl Outbox) {
        let (cursor, resource) = (self.loops[poll_loop as usize].cursor, poll_loop % shared.resources);
        let until = match self.since(resource, cursor, shared) {
            Some(since) => shared.events.place_at(resource, since.min(now + Span(1))),
            None => cursor,
        };
        if let Some(decided) = self.decided.get_mut(poll_loop as usize) {
            shared.pass_over(poll_loop, *decided..until.max(*decided), out);
            *decided = until.max(*decided);
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
        let (mut new, mut next, mut reported) = (0, None, answer);
        if let Answer::Page { events, has_more } = answer {
            if events > 0 {
                new = shared.take_page(now, (poll_loop, state.cursor), events, Arrival::POLL, out);
                state.cursor += events;
            }
            let PollSchedule { pages, last_page, .. } = self.schedule;
            if pages.ask_on(last_page, events, has_more, shared.source.page_size()) {
                next = Some(self.ask(poll_loop, shared));
            }
        }
        if let Answer::Shown { events } = answer {
            (reported, new, next) = self.found(now, (poll_loop, request.ask), events, shared, out);
        }
        let Request { exchange, sent, .. } = *request;
        // The compiler learns the channel, and leaves out what others need.
        let exchange = Exchange { channel: Channel::Poll, ..exchange };
        out.observe(Observation::Ended { exchange, sent, ended: now, answer: reported, events: new });
        if let Some(ask) = next {
            out.send(self.request(now, poll_loop, exchange.part + 1, ask));
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
        Ask::Events { resource, cursor, hold: _, conditional: _ } if !shared.events.are_shuffled() => {
            shared.source.answer(now, request, resource, cursor, out);
        }
        Ask::Events { resource, .. } | Ask::Since { resource, .. } | Ask::Newest { resource, .. } => {
            shared.source.answer_with_shown(now, request, resource, out);
        }
        Ask::Job { event } => shared.source.answer_of_job(now, request, &shared.events, event, out),
        Ask::Event { .. } | Ask::Stream { .. } | Ask::Delivery(_) => unreachable!("no poll asks for it"),
    }
}

const fn timer(poll_loop: u32) -> Timer {
    Timer { channel: Channel::Poll, side: Side::Client, number: poll_loop }
}
