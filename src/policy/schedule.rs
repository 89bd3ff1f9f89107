//! When a poller asks next.
//!
//! A tick is the time at which the schedule has a poll; a poll starts at its tick, moved by jitter of the kind `tick`.

use super::delay::Delay;
use super::paging::{LastPage, Pages};
use crate::rng::{Draws, Purpose, Randomness};
use crate::time::{Instant, Span};

/// How often and how a poller asks.
#[derive(Clone, Debug, PartialEq)]
pub struct PollSchedule {
    /// The gap between two polls, measured as `pacing` has it.
    pub interval: Delay,
    /// What the gap is between.
    pub pacing: Pacing,
    /// What happens at a fixed rate when the answer comes later than the next tick.
    pub overrun: Overrun,
    /// When the first poll starts.
    pub phase: Phase,
    /// How far a gap or a tick is moved, as a share of the interval: 0 to 1, for ticks to 0.5.
    pub jitter: f64,
    /// What jitter moves.
    pub jitter_kind: JitterKind,
    /// A poll without an answer after this time has failed.
    pub timeout: Span,
    /// How many pages a poll fetches.
    pub pages: Pages,
    /// How it knows the last of them.
    pub last_page: LastPage,
}

/// What the interval is measured between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pacing {
    /// From the start of a poll to the start of the next.
    FixedRate,
    /// From the end of a poll (its answer or failure) to the start of the next.
    FixedDelay,
}

/// One request at a time: what becomes of a tick that comes before the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// It is left out; the poller waits for the next tick after the answer.
    Skip,
    /// It is kept until the answer is there, and the schedule goes on from that moment.
    Delay,
}

/// When the first poll starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Anywhere in the first interval, drawn afresh for each member, resource and replication.
    Random,
    /// At this time.
    At(Instant),
}

/// What jitter moves (theory 1.4: the two cost differently).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JitterKind {
    /// Each gap is drawn in interval × (1 ± jitter), so the phase wanders.
    Interval,
    /// Each poll is moved by up to interval × jitter about its own tick.
    Tick,
}

/// Where a poll loop stands in its schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The number of the poll that starts here, counted from 0; gaps that were skipped have numbers too.
    pub number: u32,
    /// The tick.
    pub due: Instant,
    /// When the poll starts: the tick, moved by jitter.
    pub start: Instant,
}

impl PollSchedule {
    /// The first tick of the loop of that number.
    pub fn first(&self, randomness: Randomness, poll_loop: u64) -> Tick {
        let gap = self.gap(randomness, poll_loop, 0);
        let due = match self.phase {
            Phase::At(at) => at,
            Phase::Random => {
                Instant::START + gap.scaled(randomness.stream(Purpose::Phase).unit(poll_loop, 0))
            }
        };
        match self.jitter_kind {
            JitterKind::Tick if self.jitter > 0.0 && self.phase == Phase::Random => {
                // The tick before the first may be moved into the run, as the first may be moved out of it.
                let before = self.tick(randomness, poll_loop, 0, due - gap);
                if before.start >= Instant::START {
                    before
                } else {
                    self.first_from(randomness, poll_loop, before)
                }
            }
            _ => self.tick(randomness, poll_loop, 0, due),
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

    /// The first tick from `from` on: a party that was down goes on in its own rhythm, and one that measures
    /// its gaps from the last answer starts at once.
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
                return Tick { number: tick.number + ticks as u32, due, start: due };
            }
            return tick;
        }
        while tick.start < from {
            tick = self.following(randomness, poll_loop, tick);
        }
        tick
    }

    #[inline(always)]
    fn following(&self, randomness: Randomness, poll_loop: u64, tick: Tick) -> Tick {
        let number = tick.number + 1;
        self.tick(randomness, poll_loop, number, tick.due + self.gap(randomness, poll_loop, number))
    }

    /// The tick of that number, of which `due` is known.
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
    fn gap(&self, randomness: Randomness, poll_loop: u64, number: u32) -> Span {
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
