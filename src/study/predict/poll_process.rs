//! The rhythm of a poller's snapshots in the long run: how often it asks, how often it succeeds, and the gap
//! between the snapshots that do. What that means for events is the business of [`poll`](super::poll).

use super::given::PollSetup;
use super::times::{self, NEGLIGIBLE};
use crate::policy::delay::Delay;
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase};
use crate::theory::gap::Gap;
use crate::theory::polling;
use crate::time::Span;

/// One poll loop, one of `count` × `resources`.
#[derive(Clone, Debug)]
pub(super) struct PollProcess {
    /// Polls per second of one loop.
    pub(super) polls_per_s: f64,
    /// Chance that a poll fails, below 1.
    pub(super) failure: f64,
    /// Between the snapshots of polls that succeed.
    pub(super) gap: Gap,
    /// A gap that is hardly ever exceeded.
    pub(super) longest_gap_s: f64,
    /// The gap between ticks, where nothing moves the snapshots.
    pub(super) lattice_s: Option<f64>,
    /// Whether the rhythm is the same from the start: a fixed rate from a random phase.
    pub(super) steady: bool,
    /// E S and E S² of the first snapshot that succeeds, from the beginning of the run.
    pub(super) first: [f64; 2],
    /// From the snapshot to the client.
    pub(super) answer: [Delay; 2],
    /// A round trip that is hardly ever exceeded.
    pub(super) longest_trip_s: f64,
    /// The gaps between polls that succeed and how many of each the run has, where outages decide them.
    pub(super) gaps: Option<Vec<(f64, f64)>>,
    rhythm: Rhythm,
}

/// What the gaps between all polls are made of.
#[derive(Clone, Debug)]
enum Rhythm {
    /// The interval with its jitter, and the way to the source moves the snapshots.
    Ticks { interval: Delay, jitter: f64, kind: JitterKind, to_source: Delay },
    /// The interval with its jitter after each round trip, whose three parts are independent.
    AfterAnswer { interval: Delay, jitter: f64, parts: [Delay; 3] },
    /// Always this long: the round trip is longer than the interval.
    Overrun(f64),
}

/// The process of a poll channel; None where no closed form describes it: polls that contend for the source, that
/// time out though nothing was lost, or that come late now and then.
pub(super) fn process(polls: &PollSetup<'_>) -> Option<PollProcess> {
    let source = &polls.given.source;
    let idle = times::longest(source.service_time) == 0.0;
    if source.capacity > 0 && !idle && polls.loops() > f64::from(source.capacity) {
        return None;
    }
    let longest_trip_s = polls.trip().into_iter().map(times::longest).sum::<f64>();
    let failure = polls.failure();
    if longest_trip_s >= polls.timeout_s || failure >= 1.0 {
        return None;
    }
    Some(assemble(polls, rhythm(polls, longest_trip_s, idle)?, failure, longest_trip_s))
}

fn rhythm(polls: &PollSetup<'_>, longest_trip_s: f64, idle: bool) -> Option<Rhythm> {
    let lossless = polls.lost() == 0.0;
    // A 503 takes no service time: where the gap hangs on the round trip, all must take the same.
    let alike = lossless && (polls.given.source.failure_rate == 0.0 || idle);
    let costs_s = if lossless { longest_trip_s } else { polls.timeout_s };
    match polls.pacing {
        Pacing::FixedRate if costs_s <= shortest_gap(polls)? => Some(Rhythm::Ticks {
            interval: polls.interval,
            jitter: polls.jitter,
            kind: polls.jitter_kind,
            to_source: polls.given.to_source.delay,
        }),
        Pacing::FixedRate => overrun(polls).filter(|_| alike),
        Pacing::FixedDelay => {
            // Measured from the answer, a tick that is moved is a gap that is jittered.
            let moved = polls.jitter_kind == JitterKind::Tick && jittered(polls);
            let known = alike && (!moved || is_constant(polls.interval));
            known.then(|| Rhythm::AfterAnswer {
                interval: polls.interval,
                jitter: polls.jitter,
                parts: polls.trip(),
            })
        }
    }
}

impl PollProcess {
    /// The same poller where the run has these gaps (seconds, how many) between its polls that succeed, and sends
    /// `polls` in all, in a window of that length.
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

    /// Events that travel with a random one, itself included, where gaps differ by chance: then they are late
    /// together. Where all gaps are alike each event waits by itself. None where a tail is too heavy for that.
    pub(super) fn cluster(&self, rate_per_s: f64) -> Option<f64> {
        let alike = self.lattice_s.is_some() && self.failure == 0.0 || self.gaps.is_some();
        if alike {
            return Some(1.0);
        }
        let light = match &self.rhythm {
            Rhythm::Ticks { interval, to_source, .. } => {
                times::is_light(*interval) && times::is_light(*to_source)
            }
            Rhythm::AfterAnswer { interval, parts, .. } => {
                times::is_light(*interval) && parts.iter().all(|part| times::is_light(*part))
            }
            Rhythm::Overrun(_) => true,
        };
        light.then(|| 1.0 + rate_per_s * self.gap.second / self.gap.mean)
    }

    /// By how much the mean wait over a window of that length differs from the steady one, because the first snapshot
    /// S is not as long ahead as a random moment of the steady rhythm has it:
    /// (E S²/2 - m E S + m² - E G³/(6 E G))/window, where m = E G²/(2 E G) (Wald's identity for the gaps up to the end
    /// of the window). It is nothing for a fixed interval, a random phase and no way to the source.
    pub(super) fn bias_s(&self, window_s: f64) -> f64 {
        let [mean, second] = self.first;
        let wait_s = self.gap.wait_mean();
        let steady = self.gap.third / (6.0 * self.gap.mean);
        (second / 2.0 - wait_s * mean + wait_s * wait_s - steady) / window_s
    }

    /// E e^(-λG) of the gap between successful polls; None where it has no simple form.
    pub(super) fn transform(&self, rate_per_s: f64) -> Option<f64> {
        if let Some(gaps) = &self.gaps {
            return Some(average(gaps, |gap_s| polling::empty_fixed(gap_s, rate_per_s)));
        }
        let of = |delay| times::transform(delay, rate_per_s);
        let (gaps, moved) = match &self.rhythm {
            Rhythm::Ticks { interval, jitter, kind, to_source } => {
                let both_ways = of(*to_source)? * times::transform(*to_source, -rate_per_s)?;
                let spread = polling::sinh_over(jitter * rate_per_s * interval.mean_s());
                match kind {
                    JitterKind::Interval => (jittered_transform(*interval, *jitter, rate_per_s)?, both_ways),
                    JitterKind::Tick => (of(*interval)?, both_ways * spread * spread),
                }
            }
            Rhythm::AfterAnswer { interval, jitter, parts } => {
                let first = jittered_transform(*interval, *jitter, rate_per_s)?;
                (parts.iter().try_fold(first, |product, part| Some(product * of(*part)?))?, 1.0)
            }
            Rhythm::Overrun(gap) => (polling::empty_fixed(*gap, rate_per_s), 1.0),
        };
        let transform = polling::thinned_transform(gaps, self.failure) * moved;
        transform.is_finite().then_some(transform)
    }
}

/// The average of a function of the gap over so many gaps of each kind.
fn average(gaps: &[(f64, f64)], of: impl Fn(f64) -> f64) -> f64 {
    let number: f64 = gaps.iter().map(|gap| gap.1).sum();
    gaps.iter().map(|&(gap_s, number)| of(gap_s) * number).sum::<f64>() / number
}

fn assemble(polls: &PollSetup<'_>, rhythm: Rhythm, failure: f64, longest_trip_s: f64) -> PollProcess {
    let (gap, moved_s2, longest_s) = match &rhythm {
        Rhythm::Ticks { interval, jitter, kind, to_source } => {
            let reach = jitter * interval.mean_s();
            let longest = times::longest(*interval) * (1.0 + jitter) + reach + times::longest(*to_source);
            let moments = times::moments(*interval);
            match kind {
                JitterKind::Interval => (moments.jittered(*jitter), to_source.variance_s2(), longest),
                JitterKind::Tick => (moments, to_source.variance_s2() + reach * reach / 3.0, longest),
            }
        }
        Rhythm::AfterAnswer { interval, jitter, parts } => {
            let waits = times::moments(*interval).jittered(*jitter);
            let gap = parts.iter().fold(waits, |gap, part| gap.plus(times::moments(*part)));
            (gap, 0.0, times::longest(*interval) * (1.0 + jitter) + longest_trip_s)
        }
        Rhythm::Overrun(gap) => (Gap::fixed(*gap), 0.0, *gap),
    };
    let unmoved = moved_s2 == 0.0 && gap.variance() <= 1e-12 * gap.second;
    let runs =
        if failure > 0.0 { libm::ceil(libm::log(NEGLIGIBLE) / libm::log(failure)).max(1.0) } else { 1.0 };
    PollProcess {
        polls_per_s: 1.0 / gap.mean,
        failure,
        gap: gap.thinned(failure).moved(moved_s2),
        longest_gap_s: runs * longest_s,
        lattice_s: unmoved.then_some(gap.mean),
        steady: matches!(rhythm, Rhythm::Ticks { .. }) && gap.variance() <= 1e-12 * gap.second,
        first: first(polls, gap, failure),
        answer: polls.answer(),
        longest_trip_s,
        gaps: None,
        rhythm,
    }
}

/// The moments of the first snapshot that succeeds, where `gap` is the one between all snapshots: the first poll
/// starts anywhere in its interval or at its time, and is followed by so many gaps as polls fail.
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

/// A gap between two ticks that is hardly ever undercut; None where that is not worked out.
fn shortest_gap(polls: &PollSetup<'_>) -> Option<f64> {
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

/// The rhythm of polls that all take longer than the interval; None unless both are constant.
fn overrun(polls: &PollSetup<'_>) -> Option<Rhythm> {
    let interval = polls.interval.constant().filter(|_| !jittered(polls))?;
    let trip = polls.trip().iter().map(Delay::constant).sum::<Option<Span>>()?;
    Some(Rhythm::Overrun(match polls.overrun {
        // In whole nanoseconds: a trip of exactly two intervals misses one tick, not two.
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
