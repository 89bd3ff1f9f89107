//! Polling until done. The client has started a job for each event, and asks for each job by itself until the answer is its
//! end. The source answers as it answers polls.

use super::Shared;
use crate::model::events::{EventId, Events};
use crate::model::exchange::{Answer, Ask, Exchange, Request};
use crate::model::{Arrival, Observation, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::job;
use crate::policy::outage::Outages;
use crate::policy::schedule::{PollSchedule, Tick};
use crate::rng::Randomness;
use crate::scenario::{Client, Network, Scenario};
use crate::time::{Instant, Span};
use std::collections::BTreeMap;

/// All jobs of one client.
#[derive(Clone, Debug)]
pub(in crate::model) struct Jobs {
    schedule: PollSchedule,
    outages: Outages,
    randomness: Randomness,
    /// How long a poll takes, where nothing delays it.
    trip: Span,
    /// The jobs that have not started yet, the next one last, each with its start: those before the run start with it.
    ahead: Vec<(Instant, EventId)>,
    /// Those under way, by job × members + member.
    open: BTreeMap<u32, Open>,
    /// For each member, the time before which the source has refused to answer it.
    refused_until: Vec<Instant>,
}

/// A job of a member that it does not know to have ended.
#[derive(Clone, Copy, Debug)]
struct Open {
    /// The time of the next tick, or of the one under way.
    due: Instant,
    /// The number of that tick.
    number: u32,
    /// How often it was asked for.
    asked: u32,
    /// The steps by which its interval has grown.
    steps: u16,
}

impl Jobs {
    pub(super) fn new(
        schedule: &PollSchedule,
        scenario: &Scenario,
        client: &Client,
        events: &Events,
        randomness: Randomness,
    ) -> Self {
        let start = |event| (events.started(event).max(Instant::START), event);
        let mut ahead: Vec<_> = (0..events.occurred().len() as EventId).map(start).collect();
        ahead.sort_unstable_by(|one, other| other.cmp(one));
        let Network { to_source, to_client, overhead } = &client.network;
        let parts =
            [to_source.delay, scenario.source.service_time, to_client.delay].map(|part| part.median());
        Self {
            trip: parts.into_iter().chain([*overhead, *overhead]).sum(),
            schedule: schedule.clone(),
            outages: client.outages.of_requests(),
            randomness,
            ahead,
            open: BTreeMap::new(),
            refused_until: vec![Instant::START; client.count as usize],
        }
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        if let Some(&(start, _)) = self.ahead.last() {
            out.wake(start, timer(STARTS));
        }
    }

    /// A timer is due: jobs start, or one is to be asked for.
    pub(super) fn due(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        if number == STARTS {
            self.start(now, shared, out);
        } else {
            self.ask(now, number, shared, out);
        }
    }

    fn start(&mut self, now: Instant, shared: &Shared, out: &mut impl Outbox) {
        while let Some((_, event)) = self.ahead.pop_if(|(start, _)| *start <= now) {
            for member in 0..shared.members {
                let key = key(event, member, shared);
                let started = shared.events.started(event);
                let (tick, steps) = job::first(&self.schedule, self.randomness, key, started, self.trip);
                let open = Open { due: tick.due, number: tick.number, asked: 0, steps };
                let number = event * shared.members + member;
                self.open.insert(number, open);
                out.wake(tick.start.max(now), timer(number));
            }
        }
        self.begin(out);
    }

    /// A tick is due: asks for the job, unless the client is down or was refused.
    fn ask(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        let (event, member) = (number / shared.members, number % shared.members);
        let Some(open) = self.open.get_mut(&number) else { return };
        let up = self.outages.up_from(now);
        let refused_until = self.refused_until[member as usize];
        if up > now {
            let tick = Tick { number: open.number, due: open.due, start: now };
            let schedule = self.schedule.after_steps(open.steps);
            let next = schedule.resume(self.randomness, key(event, member, shared), tick, up);
            plan(now, number, open, next, out);
        } else if refused_until > now {
            let next = Tick { number: open.number, due: refused_until, start: refused_until };
            plan(now, number, open, next, out);
        } else {
            let party = member * shared.resources + shared.events.resource(event);
            let exchange = Exchange { channel: Channel::Poll, party, number: event, part: open.asked };
            open.asked += 1;
            let deadline = self.outages.deadline_before_outage(now, now + self.schedule.timeout);
            out.send(Request { exchange, ask: Ask::Job { event }, sent: now, deadline });
        }
    }

    /// The exchange of a poll ends. As with other polls, one that an outage of the client ended has no result, and does not
    /// determine when the next one is due.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        let Request { exchange, sent, .. } = *request;
        let (event, member) = (exchange.number, exchange.party / shared.resources);
        let cut_off = request.is_cut_off(answer, self.schedule.timeout);
        let answer = if cut_off { Answer::Aborted } else { answer };
        let is_done = matches!(answer, Answer::Page { events: 1.., .. });
        let new = is_done && shared.take(now, event, member, Arrival::POLL, out);
        out.observe(Observation::Ended { exchange, sent, ended: now, answer, events: u32::from(new) });
        let number = event * shared.members + member;
        if is_done {
            self.open.remove(&number);
            return;
        }
        let Some(open) = self.open.get_mut(&number) else { return };
        if let (Answer::Page { .. }, Some(backoff), Some(first)) =
            (answer, self.schedule.backoff, self.schedule.interval.constant())
        {
            open.steps = backoff.one_more(first, open.steps);
        }
        let (key, schedule) = (key(event, member, shared), self.schedule.after_steps(open.steps));
        let tick = Tick { number: open.number, due: open.due, start: sent };
        let next = if cut_off {
            schedule.resume(self.randomness, key, tick, self.outages.up_from(now + Span(1)))
        } else if let Answer::Busy { .. } = answer {
            let until = now + answer.retry_after();
            self.refused_until[member as usize] = until;
            PollSchedule::after_refusal(tick, until)
        } else {
            schedule.next(self.randomness, key, tick, now)
        };
        plan(now, number, open, next, out);
    }
}

fn plan(now: Instant, number: u32, open: &mut Open, tick: Tick, out: &mut impl Outbox) {
    (open.number, open.due) = (tick.number, tick.due);
    out.wake(tick.start.max(now), timer(number));
}

/// The key of the draws of a job's gaps. It depends on no other event that the client gets.
fn key(event: EventId, member: u32, shared: &Shared) -> u64 {
    u64::from(shared.events.number(event)) << 32 | u64::from(member)
}

const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Poll, side: Side::Client, number }
}

/// In place of the number of a job: the next one starts.
const STARTS: u32 = u32::MAX;
