//! The rhythm of a poller's snapshots in the long run: how often it asks, how often it succeeds, and the gap
//! between the snapshots that do. What that means for events is the business of [`poll`](super::poll).

use super::times::{self, NEGLIGIBLE};
use crate::policy::delay::Delay;
use crate::policy::schedule::{JitterKind, Overrun, Pacing, PollSchedule};
use crate::scenario::{Client, Scenario};
use crate::theory::gap::Gap;
use crate::theory::polling;

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

/// The process of a poller (or of reconciling); None where no closed form describes it: polls that contend for the
/// source, that time out though nothing was lost, or that come late now and then.
pub(super) fn process(scenario: &Scenario, client: &Client, schedule: &PollSchedule) -> Option<PollProcess> {
    let source = &scenario.source;
    let to_source = client.network.to_source.delay;
    let answer = [source.service_time, client.network.to_client.delay];
    let loops = u64::from(client.count) * u64::from(scenario.events.resources);
    let idle = times::longest(source.service_time) == 0.0;
    if source.capacity > 0 && !idle && loops > u64::from(source.capacity) {
        return None;
    }
    let longest_trip_s = times::longest(to_source) + answer.into_iter().map(times::longest).sum::<f64>();
    if longest_trip_s >= schedule.timeout.as_secs_f64() {
        return None;
    }
    let lost = 1.0 - (1.0 - client.network.to_source.loss) * (1.0 - client.network.to_client.loss);
    let failure = 1.0 - (1.0 - lost) * (1.0 - source.failure_rate);
    if failure >= 1.0 {
        return None;
    }
    // A 503 takes no service time: where the gap hangs on the round trip, all must take the same.
    let alike = lost == 0.0 && (source.failure_rate == 0.0 || idle);
    let costs_s = if lost > 0.0 { schedule.timeout.as_secs_f64() } else { longest_trip_s };
    let rhythm = match schedule.pacing {
        Pacing::FixedRate if costs_s <= shortest_gap(schedule)? => Rhythm::Ticks {
            interval: schedule.interval,
            jitter: schedule.jitter,
            kind: schedule.jitter_kind,
            to_source,
        },
        Pacing::FixedRate => overrun(schedule, to_source, answer).filter(|_| alike)?,
        Pacing::FixedDelay => {
            // Measured from the answer, a tick that is moved is a gap that is jittered.
            if !alike
                || (schedule.jitter_kind == JitterKind::Tick
                    && jittered(schedule)
                    && !is_constant(schedule.interval))
            {
                return None;
            }
            let parts = [to_source, answer[0], answer[1]];
            Rhythm::AfterAnswer { interval: schedule.interval, jitter: schedule.jitter, parts }
        }
    };
    Some(assemble(rhythm, failure, answer, longest_trip_s))
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
    /// together (theory 1.14). Where all gaps are alike each event waits by itself.
    pub(super) fn cluster(&self, rate_per_s: f64) -> f64 {
        let alike = self.lattice_s.is_some() && self.failure == 0.0 || self.gaps.is_some();
        if alike { 1.0 } else { 1.0 + rate_per_s * self.gap.second / self.gap.mean }
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

fn assemble(rhythm: Rhythm, failure: f64, answer: [Delay; 2], longest_trip_s: f64) -> PollProcess {
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
        answer,
        longest_trip_s,
        gaps: None,
        rhythm,
    }
}

/// A gap between two ticks that is hardly ever undercut; None where that is not worked out.
fn shortest_gap(schedule: &PollSchedule) -> Option<f64> {
    match schedule.jitter_kind {
        JitterKind::Interval => Some(times::shortest(schedule.interval) * (1.0 - schedule.jitter)),
        JitterKind::Tick if !jittered(schedule) => Some(times::shortest(schedule.interval)),
        // T + J' - J, where the difference of two uniform variables has a triangular density.
        JitterKind::Tick => {
            let reach = 2.0 * schedule.jitter;
            Some(times::constant(schedule.interval)? * (1.0 - reach + reach * libm::sqrt(2.0 * NEGLIGIBLE)))
        }
    }
}

/// The rhythm of polls that all take longer than the interval (theory 1.2); None unless both are constant.
fn overrun(schedule: &PollSchedule, to_source: Delay, answer: [Delay; 2]) -> Option<Rhythm> {
    let interval = schedule.interval.constant().filter(|_| !jittered(schedule))?;
    let trip = to_source.constant()? + answer[0].constant()? + answer[1].constant()?;
    Some(Rhythm::Overrun(match schedule.overrun {
        // In whole nanoseconds: a trip of exactly two intervals misses one tick, not two.
        Overrun::Skip => (interval * ((trip.0 + interval.0 - 1) / interval.0)).as_secs_f64(),
        Overrun::Delay => trip.as_secs_f64(),
    }))
}

fn jittered(schedule: &PollSchedule) -> bool {
    schedule.jitter > 0.0
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
