//! The shortcut: where nothing contends and nothing fails, the number of polls that bring nothing follows from
//! the clock, so only the polls that bring something are looked at. The cost grows with the events that occur,
//! not with the polls.

use crate::measure::{Outcome, Record, Recorder, TraceFilter, Traced};
use crate::model::events::Events;
use crate::model::exchange::{Answer, Exchange};
use crate::model::{Arrival, Observation};
use crate::policy::channel::Channel;
use crate::policy::paging::{LastPage, Pages};
use crate::policy::schedule::{Overrun, Pacing, Phase, PollSchedule};
use crate::policy::sizes::Sizes;
use crate::rng::{Purpose, Randomness};
use crate::scenario::{Client, EventsConfig, Kind, LinkConfig, Network, Scenario, SourceConfig};
use crate::time::{Instant, Span};

/// Whether a client's figures can be had without working every poll: those of a poller of a fixed rate that
/// nothing disturbs.
pub(super) fn applies(scenario: &Scenario, client: &Client) -> bool {
    Regular::of(scenario, client).is_some()
}

/// Whether there are so many polls that counting them is worth while; below that the plain path is as quick.
pub(super) fn pays(scenario: &Scenario, client: &Client) -> bool {
    let Some(regular) = Regular::of(scenario, client) else { return false };
    let polls_per_loop = scenario.duration.as_secs_f64() / regular.interval.as_secs_f64();
    f64::from(client.count) * f64::from(scenario.events.resources) * polls_per_loop > WORTH_WHILE
}

/// Polls that the plain path works in about a tenth of a second.
const WORTH_WHILE: f64 = 1e6;

/// A poller whose every poll is answered in the same time, before its next tick.
#[derive(Clone, Copy, Debug)]
struct Regular {
    interval: Span,
    phase: Phase,
    pages: Pages,
    last_page: LastPage,
    /// From a request's sending to its arrival at the source.
    there: Span,
    /// From the arrival to the answer.
    back: Span,
}

impl Regular {
    /// Every key of the scenario is named, so that a new one does not compile until it is decided whether the shortcut
    /// still holds with it. What cannot disturb a poll is bound to `_`.
    fn of(scenario: &Scenario, client: &Client) -> Option<Self> {
        let Scenario {
            name: _,
            title: _,
            about: _,
            duration: _,
            warmup: _,
            drain: _,
            seed: _,
            replications: _,
            events: EventsConfig { resources: _, payload: _, arrivals: _ },
            source: SourceConfig { service_time, capacity, page_size: _, failure_rate },
            source_outages,
            clients: _,
            answer: _,
            expectations: _,
        } = scenario;
        let Client { name: _, count: _, network: Network { to_source, to_client }, outages, kind } = client;
        let LinkConfig { delay: there, loss: lost_there } = to_source;
        let LinkConfig { delay: back, loss: lost_back } = to_client;
        let schedule = match kind {
            Kind::Poll(schedule) => schedule,
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::Webhook(_) => return None,
        };
        // A gap that is not moved has no `jitter_kind`.
        let PollSchedule {
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind: _,
            timeout,
            pages,
            last_page,
        } = schedule;
        // Only the further pages of a poll may last beyond the next tick.
        let on_its_lattice = match (pages, overrun) {
            (Pages::One, Overrun::Skip | Overrun::Delay) | (Pages::All, Overrun::Skip) => true,
            (Pages::All, Overrun::Delay) => false,
        };
        let undisturbed = on_its_lattice
            && *pacing == Pacing::FixedRate
            && *jitter == 0.0
            && *capacity == 0
            && *failure_rate == 0.0
            && *lost_there == 0.0
            && *lost_back == 0.0
            && outages.0.is_empty()
            && source_outages.0.is_empty();
        let regular = Self {
            interval: interval.constant()?,
            phase: *phase,
            pages: *pages,
            last_page: *last_page,
            there: there.constant()?,
            back: service_time.constant()? + back.constant()?,
        };
        let trip = regular.there + regular.back;
        (undisturbed && trip <= regular.interval && trip <= *timeout).then_some(regular)
    }

    /// The number of the first tick from `at` on, of the loop with that phase.
    fn first_tick(&self, phase: Instant, at: Instant) -> i64 {
        ((at - phase).0 + self.interval.0 - 1).div_euclid(self.interval.0)
    }
}

/// The same record as the plain path's. Nothing happens after `limit`.
pub(super) fn run(
    scenario: &Scenario,
    client: &Client,
    events: &Events,
    randomness: Randomness,
    limit: Instant,
    mut recorder: Recorder,
) -> Record {
    let regular = Regular::of(scenario, client).expect("the shortcut applies");
    let sizes = scenario.sizes(client);
    let walk = Walk { scenario, events, regular, limit, sizes };
    let loops = client.count * scenario.events.resources;
    let phases = randomness.stream(Purpose::Phase);
    let phase = |poll_loop: u32| match regular.phase {
        Phase::At(at) => at,
        Phase::Random => Instant::START + regular.interval.scaled(phases.unit(u64::from(poll_loop), 0)),
    };
    let traced = events.busiest_resource();
    let end = Instant::START + scenario.duration;
    let mut not_empty = NotEmpty { end, warmup: 0, bins: vec![0; recorder.bins()] };
    for member in 0..client.count {
        for resource in events.busy_resources() {
            let poll_loop = member * scenario.events.resources + resource;
            let ticks =
                walk.polls(poll_loop, (member, resource), phase(poll_loop), &mut recorder, &mut not_empty);
            if poll_loop == traced {
                walk.keep_empty(poll_loop, phase(poll_loop), &ticks, &mut recorder);
            }
        }
    }
    let quiet = |poll_loop: &u32| events.of(poll_loop % scenario.events.resources).is_empty();
    if walk.ends_under_way() {
        for poll_loop in (0..loops).filter(quiet) {
            let cut = walk.cut_off(poll_loop, phase(poll_loop), &[], &mut recorder, &mut not_empty);
            if poll_loop == traced {
                walk.keep_empty(poll_loop, phase(poll_loop), cut.as_slice(), &mut recorder);
            }
        }
    } else if quiet(&traced) {
        walk.keep_empty(traced, phase(traced), &[], &mut recorder);
    }
    let (warmup, ticks) = ticks_by_bin((0..loops).map(phase), regular.interval, &recorder, end);
    recorder.polls_of_the_warmup(warmup - not_empty.warmup);
    let mut empty = 0;
    for (bin, (&all, &not_empty)) in ticks.iter().zip(&not_empty.bins).enumerate() {
        recorder.empty_polls(bin, all - not_empty);
        empty += all - not_empty;
    }
    recorder.bytes(sizes.poll() * empty, sizes.page(0, false) * empty);
    recorder.finish(walk.limit)
}

/// Ticks that are not empty polls: those that are worked, and those that are skipped meanwhile.
struct NotEmpty {
    /// Later ticks are the drain's, of which none is empty.
    end: Instant,
    warmup: u64,
    bins: Vec<u64>,
}

impl NotEmpty {
    fn count(&mut self, tick: Instant, recorder: &mut Recorder) {
        if tick >= self.end {
            return;
        }
        if recorder.warms_up(tick) {
            self.warmup += 1;
        } else {
            self.bins[recorder.bin(tick)] += 1;
        }
    }
}

/// One loop's way from one poll that brings something to the next.
struct Walk<'a> {
    scenario: &'a Scenario,
    events: &'a Events,
    regular: Regular,
    limit: Instant,
    sizes: Sizes,
}

impl Walk<'_> {
    /// Takes down the polls of one loop that bring something, and counts by bin the ticks that are not empty: those of
    /// these polls, and those that are skipped while one fetches its further pages. Returns the numbers of these ticks.
    fn polls(
        &self,
        poll_loop: u32,
        (member, resource): (u32, u32),
        phase: Instant,
        recorder: &mut Recorder,
        not_empty: &mut NotEmpty,
    ) -> Vec<i64> {
        let Regular { interval, there, .. } = self.regular;
        let list = self.events.of(resource);
        let (mut cursor, mut number, mut ticks) = (0, 0, Vec::new());
        let first_from = |at| self.regular.first_tick(phase, at);
        while cursor < list.len() {
            let occurred = self.events.occurred()[list[cursor] as usize];
            // The first tick from `number` on whose request arrives when the event is there.
            number = first_from(occurred - there).max(number).max(0);
            let sent = phase + interval * number;
            if sent > self.limit {
                break;
            }
            let ended = self.fetch((poll_loop, number), sent, (member, resource), &mut cursor, recorder);
            // Nothing comes after the poll that the end of the run cuts off.
            let next = ended.map_or(number + 1, |ended| first_from(ended).max(number + 1));
            for tick in number..next {
                not_empty.count(phase + interval * tick, recorder);
                ticks.push(tick);
            }
            if ended.is_none() {
                return ticks;
            }
            number = next;
        }
        if self.ends_under_way() {
            ticks.extend(self.cut_off(poll_loop, phase, &ticks, recorder, not_empty));
        }
        ticks
    }

    /// Whether the run may be over before the last polls are answered.
    fn ends_under_way(&self) -> bool {
        let Regular { there, back, .. } = self.regular;
        self.limit < Instant::START + self.scenario.duration + there + back
    }

    /// Takes down the empty poll of a loop that is under way when the run is over, if there is one: it stays
    /// unanswered. `taken` are ticks that are taken down already. Returns the number of its tick.
    fn cut_off(
        &self,
        poll_loop: u32,
        phase: Instant,
        taken: &[i64],
        recorder: &mut Recorder,
        not_empty: &mut NotEmpty,
    ) -> Option<i64> {
        let Regular { interval, there, back, .. } = self.regular;
        // The last tick at which events have not ended.
        let end = Instant::START + self.scenario.duration;
        let tick = self.regular.first_tick(phase, end) - 1;
        let sent = phase + interval * tick;
        let under_way = tick >= 0 && sent <= self.limit && sent + there + back > self.limit;
        if !under_way || taken.last() >= Some(&tick) {
            return None;
        }
        self.abort(exchange(poll_loop, tick, 0), sent, recorder);
        not_empty.count(sent, recorder);
        Some(tick)
    }

    fn abort(&self, exchange: Exchange, sent: Instant, recorder: &mut Recorder) {
        let (ended, answer) = (self.limit, Answer::Aborted);
        recorder.sent();
        recorder.observe(Observation::Ended { exchange, sent, ended, answer, new: 0 });
        if recorder.counts(sent) {
            recorder.bytes(self.sizes.poll(), 0);
        }
    }

    /// Fetches page after page from one tick on; returns when the last has come, or None where the run is over before.
    fn fetch(
        &self,
        (poll_loop, tick): (u32, i64),
        mut sent: Instant,
        (member, resource): (u32, u32),
        cursor: &mut usize,
        recorder: &mut Recorder,
    ) -> Option<Instant> {
        let Regular { there, back, pages, last_page, .. } = self.regular;
        let (sizes, page_size) = (&self.sizes, self.scenario.source.page_size);
        let list = self.events.of(resource);
        for part in 0.. {
            let (arrival, ended) = (sent + there, sent + there + back);
            let exchange = exchange(poll_loop, tick, part);
            if ended > self.limit {
                self.abort(exchange, sent, recorder);
                return None;
            }
            let left = &list[*cursor..];
            let visible = left.partition_point(|&event| self.events.occurred()[event as usize] <= arrival);
            let events = (visible as u32).min(page_size);
            let has_more = visible as u32 > events;
            for &event in &left[..events as usize] {
                recorder.observe(Observation::Received { event, member, at: ended, by: Arrival::POLL });
            }
            let answer = Answer::Page { events, has_more };
            recorder.sent();
            recorder.observe(Observation::Ended { exchange, sent, ended, answer, new: events });
            if recorder.counts(sent) {
                recorder.bytes(sizes.poll(), sizes.page(events, has_more));
            }
            *cursor += events as usize;
            if !pages.ask_on(last_page, events, has_more, page_size) {
                return Some(ended);
            }
            sent = ended;
        }
        None
    }

    /// Keeps the polls of one loop that brought nothing, so that a swim lane shows them.
    fn keep_empty(&self, poll_loop: u32, phase: Instant, not_empty: &[i64], recorder: &mut Recorder) {
        let Regular { interval, there, back, .. } = self.regular;
        let mut not_empty = not_empty.iter().copied().peekable();
        let ticks = (0..).map(|number| (number, phase + interval * number));
        let end = Instant::START + self.scenario.duration;
        for (number, sent) in ticks.take_while(|&(_, sent)| sent < end).take(TraceFilter::MAX) {
            if not_empty.next_if_eq(&number).is_none() {
                let exchange = exchange(poll_loop, number, 0);
                recorder.keep(Traced { exchange, sent, ended: sent + there + back, outcome: Outcome::Empty });
            }
        }
    }
}

const fn exchange(poll_loop: u32, tick: i64, part: u32) -> Exchange {
    Exchange { channel: Channel::Poll, party: poll_loop, number: tick as u32, part }
}

/// How many ticks of all loops fall into the warm-up, and how many into each bin. None comes after `end`.
fn ticks_by_bin(
    phases: impl Iterator<Item = Instant>,
    interval: Span,
    recorder: &Recorder,
    end: Instant,
) -> (u64, Vec<u64>) {
    // Loop i has ceil((b - phase)/T) ticks before b: q of them, and one more if its phase is below the rest of
    // b = qT + rest. So the loops need to be looked at once, not once for each bin.
    let edges = recorder.bin_edges().map(|edge| edge.min(end));
    let edges: Vec<(i64, i64)> =
        edges.map(|b| (b.0.div_euclid(interval.0), b.0.rem_euclid(interval.0))).collect();
    let mut rests: Vec<i64> = edges.iter().map(|&(_, rest)| rest).collect();
    rests.sort_unstable();
    rests.dedup();
    // below[i]: loops whose phase is below rests[i] and not below rests[i - 1].
    let mut below = vec![0_u64; rests.len() + 1];
    let (mut loops, mut late) = (0_u64, Vec::new());
    for phase in phases {
        if phase.0 < interval.0 {
            loops += 1;
            below[rests.partition_point(|&rest| rest <= phase.0)] += 1;
        } else {
            late.push(phase);
        }
    }
    let before = |&(q, rest): &(i64, i64)| {
        let among = rests.partition_point(|&other| other < rest);
        let regular = q as u64 * loops + below[..=among].iter().sum::<u64>();
        let edge = q * interval.0 + rest;
        regular
            + late
                .iter()
                .map(|phase| ((edge - phase.0).max(0) + interval.0 - 1).div_euclid(interval.0) as u64)
                .sum::<u64>()
    };
    let before: Vec<u64> = edges.iter().map(before).collect();
    (before[0], before.windows(2).map(|pair| pair[1] - pair[0]).collect())
}
