//! When a poller polls next.
//!
//! A tick is a time at which the schedule has a poll. The poll starts at its tick, shifted by jitter of the kind `tick`.

use super::backoff::Backoff;
use super::cursor::Cursor;
use super::delay::Delay;
use super::limit::{OnLimit, RateLimit};
use super::paging::{LastPage, Order, Pages};
use crate::rng::{Draws, Purpose, Randomness};
use crate::time::{Instant, Span};

/// The configuration of a poll loop.
#[derive(Clone, Debug, PartialEq)]
pub struct PollSchedule {
    /// The gap between two polls, measured as `pacing` says.
    pub interval: Delay,
    /// Between which moments the gap is measured.
    pub pacing: Pacing,
    /// What happens at a fixed rate when an answer is later than the next tick.
    pub overrun: Overrun,
    /// When the first poll starts.
    pub phase: Phase,
    /// The most by which a gap or a tick is shifted, as a share of the interval: 0 to 1, for ticks 0 to 0.5.
    pub jitter: f64,
    /// What jitter shifts.
    pub jitter_kind: JitterKind,
    /// A poll without an answer after this time has failed.
    pub timeout: Span,
    /// Which events a poll asks for.
    pub order: Order,
    /// How the poller says which events it has; not where it asks for the newest.
    pub cursor: Cursor,
    /// Of what the times are whole multiples by which it asks; None: it asks by no time.
    pub time_resolution: Option<Span>,
    /// How far before its last event it asks, for [`Cursor::TimeOverlap`].
    pub overlap: Option<Span>,
    /// Whether the poller knows an event that comes again. Otherwise it processes it again.
    pub dedupe: bool,
    /// How many pages a poll fetches; one where it asks for the newest.
    pub pages: Pages,
    /// How the poller recognises the last page.
    pub last_page: LastPage,
    /// What the poller does about a limit of the source.
    pub on_limit: OnLimit,
    /// How the interval grows while polls find nothing; only where the interval is constant.
    pub backoff: Option<Backoff>,
    /// Whether a poll names what the poller has, so that it is answered 304 where there is nothing new.
    pub conditional: bool,
}

/// What the interval is measured between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// From the start of a poll to the start of the next.
    FixedRate,
    /// From the end of a poll (its answer or failure) to the start of the next.
    FixedDelay,
}

/// What happens to a tick that comes before the answer; there is one request at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// It is skipped: the poller waits for the first tick after the answer.
    Skip,
    /// It is delayed until the answer, and the schedule continues from that moment.
    Delay,
}

/// When the first poll starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Uniform in the first interval, drawn for each member, resource and replication.
    Random,
    /// At this time.
    At(Instant),
}

/// What jitter shifts. For the same share j of an interval T, jitter of the interval adds j²T/6 to the mean wait and
/// jitter of the tick twice as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JitterKind {
    /// Each gap is drawn in interval × (1 ± jitter), so the phase drifts.
    Interval,
    /// Each poll is shifted by up to interval × jitter about its own tick.
    Tick,
}

/// The position of a poll loop in its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The number of the poll that starts here, counted from 0; skipped ticks are counted.
    pub number: u32,
    /// The tick.
    pub due: Instant,
    /// When the poll starts: the tick, shifted by jitter.
    pub start: Instant,
}

impl PollSchedule {
    /// Polls at a fixed interval, with the defaults of a scenario for all else.
    pub const fn every(interval: Span) -> Self {
        Self {
            interval: Delay::Constant(interval),
            pacing: Pacing::FixedRate,
            overrun: Overrun::Skip,
            phase: Phase::Random,
            jitter: 0.0,
            jitter_kind: JitterKind::Interval,
            timeout: Span::from_secs(30),
            order: Order::Oldest,
            cursor: Cursor::Id,
            time_resolution: None,
            overlap: None,
            dedupe: true,
            pages: Pages::All,
            last_page: LastPage::Flag,
            on_limit: OnLimit::Wait,
            backoff: None,
            conditional: false,
        }
    }

    /// The schedule in effect at a source with that limit, for a member with so many loops: where it spreads its polls, the
    /// interval is long enough for the limit.
    pub fn at_source(&self, limit: Option<RateLimit>, loops: u32) -> Self {
        let interval = match (self.on_limit, limit, self.interval) {
            (OnLimit::Spread, Some(limit), Delay::Constant(interval)) => {
                Delay::Constant(interval.max(limit.spread(loops)))
            }
            (OnLimit::Wait | OnLimit::Spread, _, interval) => interval,
        };
        Self { interval, ..self.clone() }
    }

    /// The interval, where it is the same whatever happens.
    pub fn steady(&self) -> Option<Span> {
        self.interval.constant().filter(|_| self.backoff.is_none())
    }

    /// The longest typical interval, in seconds.
    pub fn longest_s(&self) -> f64 {
        match (self.backoff, self.interval.constant()) {
            (Some(backoff), Some(first)) => backoff.longest(first).as_secs_f64(),
            (Some(_) | None, _) => self.interval.mean_s(),
        }
    }

    /// The schedule of a loop whose interval has grown by so many steps.
    pub fn after_steps(&self, steps: u16) -> Self {
        let interval = match (self.backoff, self.interval.constant()) {
            (Some(backoff), Some(first)) => Delay::Constant(backoff.interval(first, steps)),
            (Some(_) | None, _) => self.interval,
        };
        Self { interval, ..self.clone() }
    }

    /// The time from which on it asks for events, its last one having occurred at that time; None: it asks by id.
    pub fn since(&self, last: Instant) -> Option<Instant> {
        self.cursor.since(last, self.time_resolution?, self.overlap.unwrap_or(Span::ZERO))
    }

    /// The poll after one that the source refused for its limit: at that time, from which the schedule continues.
    pub const fn after_refusal(tick: Tick, at: Instant) -> Tick {
        Tick { number: tick.number + 1, due: at, start: at }
    }

    /// The first tick of poll loop `poll_loop`.
    pub fn first(&self, randomness: Randomness, poll_loop: u64) -> Tick {
        let gap = self.gap(randomness, poll_loop, 0);
        let due = match self.phase {
            Phase::At(at) => at,
            Phase::Random => {
                Instant::START + gap.scaled(randomness.stream(Purpose::Phase).unit(poll_loop, 0))
            }
        };
        match (self.jitter_kind, self.phase) {
            (JitterKind::Tick, Phase::Random) if self.jitter > 0.0 => {
                // Jitter may shift the tick before the first into the run, as it may shift the first out of it.
                let before = self.tick(randomness, poll_loop, 0, due - gap);
                if before.start >= Instant::START {
                    before
                } else {
                    self.first_from(randomness, poll_loop, before)
                }
            }
            (JitterKind::Tick | JitterKind::Interval, Phase::Random | Phase::At(_)) => {
                self.tick(randomness, poll_loop, 0, due)
            }
        }
    }

    fn first_from(&self, randomness: Randomness, poll_loop: u64, mut tick: Tick) -> Tick {
        while tick.start < Instant::START {
            tick = self.following(randomness, poll_loop, tick);
        }
        tick
    }

    /// The tick after `tick`, whose poll was answered or failed at `ended`.
    #[inline(always)]
    pub fn next(&self, randomness: Randomness, poll_loop: u64, tick: Tick, ended: Instant) -> Tick {
        match (self.pacing, self.overrun) {
            (Pacing::FixedDelay, _) => self.following(randomness, poll_loop, Tick { due: ended, ..tick }),
            (Pacing::FixedRate, Overrun::Skip) => {
                let next = self.following(randomness, poll_loop, tick);
                if next.start >= ended { next } else { self.skip(randomness, poll_loop, next, ended) }
            }
            (Pacing::FixedRate, Overrun::Delay) => {
                let next = self.following(randomness, poll_loop, tick);
                if next.start >= ended { next } else { Tick { due: ended, start: ended, ..next } }
            }
        }
    }

    /// The first tick from `from` on, after an outage: at a fixed rate the schedule continues, and with a fixed delay
    /// the poller starts at once.
    pub fn resume(&self, randomness: Randomness, poll_loop: u64, tick: Tick, from: Instant) -> Tick {
        match self.pacing {
            Pacing::FixedRate => self.skip(randomness, poll_loop, tick, from),
            Pacing::FixedDelay => Tick { due: from, start: from, ..tick },
        }
    }

    /// The first tick from `tick` on whose poll does not start before `from`.
    fn skip(&self, randomness: Randomness, poll_loop: u64, mut tick: Tick, from: Instant) -> Tick {
        if let (Some(interval), true) = (self.interval.constant(), self.jitter == 0.0) {
            let missed = (from - tick.due).0;
            if missed > 0 {
                let ticks = (missed + interval.0 - 1) / interval.0;
                let due = tick.due + interval * ticks;
                let number = u32::try_from(i64::from(tick.number) + ticks).unwrap_or(u32::MAX);
                debug_assert!(number < u32::MAX, "a scenario of so many ticks is refused");
                return Tick { number, due, start: due };
            }
            return tick;
        }
        while tick.start < from {
            tick = self.following(randomness, poll_loop, tick);
        }
        tick
    }

    #[inline(always)]
    pub(super) fn following(&self, randomness: Randomness, poll_loop: u64, tick: Tick) -> Tick {
        let number = tick.number + 1;
        self.tick(randomness, poll_loop, number, tick.due + self.gap(randomness, poll_loop, number))
    }

    /// The tick of that number, with its start drawn.
    #[inline(always)]
    pub fn tick(&self, randomness: Randomness, poll_loop: u64, number: u32, due: Instant) -> Tick {
        if self.jitter > 0.0 && self.jitter_kind == JitterKind::Tick {
            let reach = 2.0 * draws(randomness, poll_loop, number).unit() - 1.0;
            let interval = Span::from_secs_f64(self.interval.mean_s());
            return Tick { number, due, start: due + interval.scaled(self.jitter * reach) };
        }
        Tick { number, due, start: due }
    }

    #[inline(always)]
    pub(super) fn gap(&self, randomness: Randomness, poll_loop: u64, number: u32) -> Span {
        if let (Some(interval), true) = (self.interval.constant(), self.jitter == 0.0) {
            return interval;
        }
        self.drawn_gap(draws(randomness, poll_loop, number))
    }

    fn drawn_gap(&self, mut draws: Draws) -> Span {
        let gap = self.interval.sample(&mut draws);
        match self.jitter_kind {
            JitterKind::Interval => gap.scaled(1.0 + self.jitter * (2.0 * draws.unit() - 1.0)),
            JitterKind::Tick => gap,
        }
    }
}

fn draws(randomness: Randomness, poll_loop: u64, number: u32) -> Draws {
    randomness.stream(Purpose::Gap).at(poll_loop, u64::from(number))
}
