//! The polls of a client as a stationary process: how often it polls, how often a poll succeeds, and the gap between
//! the snapshots of successful polls. A snapshot is the moment at which a poll arrives at the source.
//! [`poll`](super::poll) derives latencies from it.

use super::given::PollSetup;
use super::herd::{self, Waits};
use super::poll_limits;
use super::times::{self, NEGLIGIBLE};
use crate::policy::delay::Delay;
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase};
use crate::theory::gap::Gap;
use crate::theory::polling;
use crate::time::Span;

/// The process of one poll loop. A client has `count` × `resources` loops.
#[derive(Clone, Debug)]
pub(super) struct PollProcess {
    /// Polls per second of one loop.
    pub(super) polls_per_s: f64,
    /// Chance that a poll fails, below 1.
    pub(super) failure: f64,
    /// The gap between the snapshots of successful polls.
    pub(super) gap: Gap,
    /// A gap that is exceeded with a negligible chance.
    pub(super) longest_gap_s: f64,
    /// The gap between ticks, in seconds, where it is constant and no random delay moves the snapshots.
    pub(super) lattice_s: Option<f64>,
    /// Whether the process is stationary from the start: a fixed rate and a random phase.
    pub(super) steady: bool,
    /// E S and E S² of the time S of the first successful snapshot, from the beginning of the run.
    pub(super) first: [f64; 2],
    /// The delays from the snapshot to the client but for the wait for a server: service and network.
    pub(super) answer: [Delay; 2],
    /// How long polls wait for a server.
    pub(super) waits: Waits,
    /// A round trip that is exceeded with a negligible chance.
    pub(super) longest_trip_s: f64,
    /// Where outages change the gaps: each gap between successful polls in seconds, and how many of it the run has.
    pub(super) gaps: Option<Vec<(f64, f64)>>,
    timing: Timing,
}

/// What the gaps between all polls, failed ones included, consist of.
#[derive(Clone, Debug)]
enum Timing {
    /// Fixed rate: the interval with its jitter. The delay to the source moves each snapshot.
    Ticks { interval: Delay, jitter: f64, kind: JitterKind, to_source: Delay },
    /// Fixed delay: the interval with its jitter, after a round trip of three independent parts.
    AfterAnswer { interval: Delay, jitter: f64, parts: [Delay; 3] },
    /// A constant gap in seconds, because the round trip is longer than the interval.
    Overrun(f64),
}

/// The process of a poll channel. None where no closed form describes it: polls back off, queue at the source in a way that no form
/// tells, time out without a loss, or overrun their interval now and then.
pub(super) fn process(polls: &PollSetup<'_>) -> Option<PollProcess> {
    let source = &polls.given.source;
    if polls.backoff.is_some() {
        return None;
    }
    let idle = times::longest(source.service_time) == 0.0;
    let (waits, answer) = (herd::waits(polls)?, polls.answer()?);
    let unhindered_s = polls.trip().into_iter().map(times::longest).sum::<f64>();
    let longest_trip_s = unhindered_s + waits.longest_s;
    let failure = polls.failure();
    if longest_trip_s.max(unhindered_s + waits.at_first_s) >= polls.timeout_s || failure >= 1.0 {
        return None;
    }
    let timing = timing(polls, longest_trip_s, idle)?;
    let process = assemble(polls, timing, answer, waits, (failure, longest_trip_s));
    poll_limits::limit(process, polls)
}

fn timing(polls: &PollSetup<'_>, longest_trip_s: f64, idle: bool) -> Option<Timing> {
    let lossless = polls.given.lost() == 0.0;
    // Where the gap depends on the round trip, all polls must take equally long. A 503 takes no service time.
    let alike = lossless && (polls.given.source.failure_rate == 0.0 || idle);
    let costs_s = if lossless { longest_trip_s } else { polls.timeout_s };
    match polls.pacing {
        Pacing::FixedRate if costs_s <= shortest_gap(polls)? => Some(Timing::Ticks {
            interval: polls.interval,
            jitter: polls.jitter,
            kind: polls.jitter_kind,
            to_source: polls.given.to_source.delay,
        }),
        Pacing::FixedRate => overrun(polls).filter(|_| alike),
        Pacing::FixedDelay => {
            // With a fixed delay, jitter of the tick is the same as jitter of the interval.
            let moved = polls.jitter_kind == JitterKind::Tick && jittered(polls);
            let known = alike && (!moved || is_constant(polls.interval));
            known.then(|| Timing::AfterAnswer {
                interval: polls.interval,
                jitter: polls.jitter,
                parts: polls.trip(),
            })
        }
    }
}

impl PollProcess {
    /// The mean time from the snapshot to the client, in seconds.
    pub(super) fn answer_mean_s(&self) -> f64 {
        self.waits.mean_s + self.answer.iter().map(Delay::mean_s).sum::<f64>()
    }

    /// Its variance, in seconds squared.
    pub(super) fn answer_variance_s2(&self) -> f64 {
        self.waits.variance_s2() + self.answer.iter().map(Delay::variance_s2).sum::<f64>()
    }

    /// That time, in seconds, where it is the same for every poll.
    pub(super) fn constant_answer_s(&self) -> Option<f64> {
        self.waits.are_none().then(|| self.unhindered_answer_s()).flatten()
    }

    /// That time without the wait for a server, where it is the same for every poll.
    pub(super) fn unhindered_answer_s(&self) -> Option<f64> {
        Some(times::constant(self.answer[0])? + times::constant(self.answer[1])?)
    }

    /// The same process with these gaps (seconds, number of such gaps) between successful polls, and `polls` polls in a
    /// window of that length.
    pub(super) fn with_gaps(self, gaps: Vec<(f64, f64)>, polls: f64, window_s: f64) -> Self {
        let successes: f64 = gaps.iter().map(|gap| gap.1).sum();
        let gap = Gap {
            mean: average(&gaps, |gap_s| gap_s),
            second: average(&gaps, |gap_s| gap_s * gap_s),
            third: average(&gaps, |gap_s| gap_s * gap_s * gap_s),
        };
        Self {
            polls_per_s: polls / window_s,
            failure: (1.0 - successes / polls).max(0.0),
            gap,
            longest_gap_s: gaps.iter().map(|gap| gap.0).fold(0.0, f64::max),
            lattice_s: None,
            gaps: Some(gaps),
            ..self
        }
    }

    /// The mean number of events in the gap of a random event, itself included. Where gaps are random these events are
    /// late together, so that a mean latency is as uncertain as one of so many fewer events. 1 where all gaps are
    /// equal. None where a tail is too heavy for that.
    pub(super) fn cluster(&self, rate_per_s: f64) -> Option<f64> {
        let alike = self.lattice_s.is_some() && self.failure == 0.0 || self.gaps.is_some();
        if alike {
            return Some(1.0);
        }
        let light = match &self.timing {
            Timing::Ticks { interval, to_source, .. } => {
                times::is_light(*interval) && times::is_light(*to_source)
            }
            Timing::AfterAnswer { interval, parts, .. } => {
                times::is_light(*interval) && parts.iter().all(|part| times::is_light(*part))
            }
            Timing::Overrun(_) => true,
        };
        light.then(|| 1.0 + rate_per_s * self.gap.second / self.gap.mean)
    }

    /// The difference, in seconds, between the mean wait over a window of that length and the stationary one. It comes
    /// from the first snapshot S, which is not distributed as the next snapshot of the stationary process is: (E S²/2 -
    /// m E S + m² - E G³/(6 E G))/window, where m = E G²/(2 E G) (Wald's identity for the gaps up to the end of the
    /// window). It is 0 for a fixed interval, a random phase and no delay to the source.
    pub(super) fn bias_s(&self, window_s: f64) -> f64 {
        let [mean, second] = self.first;
        let wait_s = self.gap.wait_mean();
        let steady = self.gap.third / (6.0 * self.gap.mean);
        (second / 2.0 - wait_s * mean + wait_s * wait_s - steady) / window_s
    }

    /// E e^(-λG) of the gap G between successful polls; None where it has no simple form.
    pub(super) fn transform(&self, rate_per_s: f64) -> Option<f64> {
        if let Some(gaps) = &self.gaps {
            return Some(average(gaps, |gap_s| polling::empty_fixed(gap_s, rate_per_s)));
        }
        let of = |delay| times::transform(delay, rate_per_s);
        let (gaps, moved) = match &self.timing {
            Timing::Ticks { interval, jitter, kind, to_source } => {
                let both_ways = of(*to_source)? * times::transform(*to_source, -rate_per_s)?;
                let spread = polling::sinh_over(jitter * rate_per_s * interval.mean_s());
                match kind {
                    JitterKind::Interval => (jittered_transform(*interval, *jitter, rate_per_s)?, both_ways),
                    JitterKind::Tick => (of(*interval)?, both_ways * spread * spread),
                }
            }
            Timing::AfterAnswer { interval, jitter, parts } => {
                let first = jittered_transform(*interval, *jitter, rate_per_s)?;
                (parts.iter().try_fold(first, |product, part| Some(product * of(*part)?))?, 1.0)
            }
            Timing::Overrun(gap) => (polling::empty_fixed(*gap, rate_per_s), 1.0),
        };
        let transform = polling::thinned_transform(gaps, self.failure) * moved;
        transform.is_finite().then_some(transform)
    }
}

/// The mean of a function of the gap, over gaps given as (seconds, number of such gaps).
fn average(gaps: &[(f64, f64)], of: impl Fn(f64) -> f64) -> f64 {
    let number: f64 = gaps.iter().map(|gap| gap.1).sum();
    gaps.iter().map(|&(gap_s, number)| of(gap_s) * number).sum::<f64>() / number
}

fn assemble(
    polls: &PollSetup<'_>,
    timing: Timing,
    answer: [Delay; 2],
    waits: Waits,
    (failure, longest_trip_s): (f64, f64),
) -> PollProcess {
    let (gap, moved_s2, longest_s) = match &timing {
        Timing::Ticks { interval, jitter, kind, to_source } => {
            let reach = jitter * interval.mean_s();
            let longest = times::longest(*interval) * (1.0 + jitter) + reach + times::longest(*to_source);
            let moments = times::moments(*interval);
            match kind {
                JitterKind::Interval => (moments.jittered(*jitter), to_source.variance_s2(), longest),
                JitterKind::Tick => (moments, to_source.variance_s2() + reach * reach / 3.0, longest),
            }
        }
        Timing::AfterAnswer { interval, jitter, parts } => {
            let waits = times::moments(*interval).jittered(*jitter);
            let gap = parts.iter().fold(waits, |gap, part| gap.plus(times::moments(*part)));
            (gap, 0.0, times::longest(*interval) * (1.0 + jitter) + longest_trip_s)
        }
        Timing::Overrun(gap) => (Gap::fixed(*gap), 0.0, *gap),
    };
    let unmoved = moved_s2 == 0.0 && gap.variance() <= 1e-12 * gap.second;
    let runs =
        if failure > 0.0 { libm::ceil(libm::log(NEGLIGIBLE) / libm::log(failure)).max(1.0) } else { 1.0 };
    PollProcess {
        polls_per_s: 1.0 / gap.mean,
        failure,
        gap: gap.thinned(failure).moved(moved_s2),
        longest_gap_s: runs * longest_s + waits.at_first_s,
        lattice_s: unmoved.then_some(gap.mean),
        steady: matches!(timing, Timing::Ticks { .. }) && gap.variance() <= 1e-12 * gap.second,
        first: first(polls, gap, failure),
        answer,
        waits,
        longest_trip_s,
        gaps: None,
        timing,
    }
}

/// E S and E S² of the first successful snapshot S, where `gap` is the gap between all snapshots. The first poll starts
/// uniformly in its interval or at the given phase. Each failed poll adds a gap.
fn first(polls: &PollSetup<'_>, gap: Gap, failure: f64) -> [f64; 2] {
    let starts = match polls.phase {
        Phase::At(at) => Gap::fixed(at.as_secs_f64()),
        Phase::Random => {
            let interval = times::moments(polls.interval).jittered(polls.jitter);
            Gap { mean: interval.mean / 2.0, second: interval.second / 3.0, third: interval.third / 4.0 }
        }
    };
    let asked = starts.plus(times::moments(polls.given.to_source.delay));
    let (fails, fails_variance) = (failure / (1.0 - failure), failure / ((1.0 - failure) * (1.0 - failure)));
    let variance = asked.variance() + fails * gap.variance() + fails_variance * gap.mean * gap.mean;
    let mean = asked.mean + fails * gap.mean;
    [mean, mean * mean + variance]
}

/// A gap between two ticks that a gap falls below with a negligible chance; None where it is not known.
pub(super) fn shortest_gap(polls: &PollSetup<'_>) -> Option<f64> {
    match polls.jitter_kind {
        JitterKind::Interval => Some(times::shortest(polls.interval) * (1.0 - polls.jitter)),
        JitterKind::Tick if !jittered(polls) => Some(times::shortest(polls.interval)),
        // T + J' - J, where the difference of two uniform variables has a triangular density.
        JitterKind::Tick => {
            let reach = 2.0 * polls.jitter;
            Some(times::constant(polls.interval)? * (1.0 - reach + reach * libm::sqrt(2.0 * NEGLIGIBLE)))
        }
    }
}

/// The timing of polls that all take longer than the interval; None unless both are constant.
fn overrun(polls: &PollSetup<'_>) -> Option<Timing> {
    let interval = polls.interval.constant().filter(|_| !jittered(polls))?;
    let trip = polls.trip().iter().map(Delay::constant).sum::<Option<Span>>()?;
    Some(Timing::Overrun(match polls.overrun {
        // In whole nanoseconds, so that a trip of exactly two intervals misses one tick and not two.
        Overrun::Skip => (interval * ((trip.0 + interval.0 - 1) / interval.0)).as_secs_f64(),
        Overrun::Delay => trip.as_secs_f64(),
    }))
}

const fn jittered(polls: &PollSetup<'_>) -> bool {
    polls.jitter > 0.0
}

fn is_constant(delay: Delay) -> bool {
    delay.constant().is_some()
}

fn jittered_transform(interval: Delay, jitter: f64, rate_per_s: f64) -> Option<f64> {
    match times::constant(interval) {
        Some(seconds) => Some(polling::empty_interval_jitter(seconds, jitter, rate_per_s)),
        None if jitter == 0.0 => times::transform(interval, rate_per_s),
        None => None,
    }
}
