//! Prediction for a poller: latency, requests, empty polls, freshness and age, each where its closed form holds. The
//! process of the polls is from [`poll_process`](super::poll_process).

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{PollSetup, Workload};
use super::poll_process::{PollProcess, process};
use super::{backed_off, poll_cursor, poll_feed, poll_outages, times};
use crate::policy::arrivals::Arrivals;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::schedule::Phase;
use crate::study::summary::Theory;
use crate::theory::polling::FixedPoll;
use crate::theory::{poisson_tail_bound, polling};
use crate::time::Span;

pub(super) fn forecast(polls: &PollSetup<'_>) -> Forecast {
    if let Some(backoff) = polls.backoff {
        return backed_off::forecast(polls, backoff);
    }
    let Some((workload, process)) = holds(polls) else {
        return poll_cursor::forecast(polls).unwrap_or_else(|| poll_feed::forecast(polls));
    };
    let run = &polls.given.run;
    let mut theory = requests(polls, workload, &process);
    if workload.poisson && run.resources == 1 {
        freshness(&mut theory, workload, &process);
    }
    let later_s = polls.given.source.commit_delay.map_or(0.0, Span::as_secs_f64);
    if !run.drains(process.longest_gap_s + process.longest_trip_s + later_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    match waits(polls, workload, &process) {
        Waits::Uniform if late_start(polls, &process) > times::NEGLIGIBLE => Forecast::of(theory),
        Waits::Uniform => latency(theory, polls, &process),
        Waits::Mean(wait_s) => {
            theory.latency_s.mean = finite(wait_s + process.answer_mean_s());
            Forecast::of(theory)
        }
        Waits::Unknown => Forecast::of(theory),
    }
}

/// The workload and the process of the polls. None where a poll may leave events behind, or the run is too short for
/// the process to be stationary.
pub(super) fn holds(polls: &PollSetup<'_>) -> Option<(Workload, PollProcess)> {
    stationary(polls).filter(|(workload, process)| one_page_suffices(polls, *workload, process))
}

/// The same where a poll may leave events behind.
pub(super) fn stationary(polls: &PollSetup<'_>) -> Option<(Workload, PollProcess)> {
    let run = &polls.given.run;
    if polls.cursor != Cursor::Id {
        return None;
    }
    let workload = Workload::of(run)?;
    let process = process(polls)?;
    // Events that are shown later are as independent as they were, but there are none at first.
    let later_s = polls.given.source.commit_delay?.as_secs_f64();
    let shown = later_s == 0.0
        || workload.poisson && workload.settles(50.0 * later_s) && polls.given.outages.is_empty();
    if !shown {
        return None;
    }
    let begins = match polls.phase {
        Phase::Random => true,
        Phase::At(at) => at.as_secs_f64() <= run.warmup_s + process.gap.mean,
    };
    let random_from_the_start = process.steady && polls.phase == Phase::Random;
    let settled = random_from_the_start || workload.settles(process.gap.mean);
    let process = poll_outages::interrupt(process, polls, workload)?;
    (begins && settled).then_some((workload, process))
}

/// Whether one page takes all events of the longest gap, but for a chance below 10^-6. For a mean of half a default
/// page the chance is 10^-8; a small page needs a mean far below a tenth of it.
///
/// It matters for a poll that fetches all pages, too: further pages are further requests, and bring events later.
fn one_page_suffices(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> bool {
    let resources = polls.given.run.resources;
    let events = workload.rate_per_s / f64::from(resources) * process.longest_gap_s;
    let page = f64::from(polls.given.source.page_size);
    if workload.poisson || resources > 1 {
        poisson_tail_bound(events, page + 1.0) <= 1e-6
    } else {
        events + 1.0 <= page
    }
}

/// How many polls there are, and how many of them bring nothing.
pub(super) fn requests(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> Theory {
    let resources = f64::from(polls.given.run.resources);
    let mut theory = Theory::default();
    theory.requests.per_s = finite(process.polls_per_s * polls.loops());
    theory.requests.per_event = finite(process.polls_per_s * resources / workload.counted_per_s);
    theory.empty_share = empty_share(workload, process, resources);
    theory
}

fn empty_share(workload: Workload, process: &PollProcess, resources: f64) -> Option<f64> {
    if workload.poisson {
        let transform = process.transform(workload.rate_per_s / resources)?;
        return Some((1.0 - process.failure) * transform);
    }
    let interval_s = process.lattice_s.filter(|_| process.failure == 0.0)?;
    Some(polling::empty_periodic(interval_s, 1.0 / workload.rate_per_s, resources))
}

/// Age and freshness. They need a delay of the answer that is constant but for the wait for a server, which no answer
/// outlasts another's by, and so many events that the time before the first one does not matter.
fn freshness(theory: &mut Theory, workload: Workload, process: &PollProcess) {
    let Some(answer_s) = process.unhindered_answer_s() else {
        return;
    };
    let rate = workload.rate_per_s;
    if workload.settles(1.0 / rate) {
        let answer_s = answer_s + process.waits.mean_s;
        theory.age_s.mean = finite(polling::age_of_information(rate, process.gap.wait_mean(), answer_s));
    }
    let waits = process.waits.transform(rate);
    theory.fresh_share = process.transform(rate).and_then(|transform| {
        finite(waits * polling::fresh_share(rate, answer_s, process.gap.mean, transform))
    });
}

/// Whether an event is equally likely at any moment of the gap, from the first gap on.
pub(super) fn waits_uniformly(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> bool {
    let uniform = matches!(waits(polls, workload, process), Waits::Uniform);
    uniform && late_start(polls, process) <= times::NEGLIGIBLE
}

/// The time that events wait for the next snapshot.
enum Waits {
    /// Uniform over the gap.
    Uniform,
    /// Only its mean is known, in seconds.
    Mean(f64),
    /// It depends on the phase, which is random.
    Unknown,
}

/// Poisson events wait uniformly, if the phase is random or the run is a whole number of intervals. Periodic events do
/// so only if they meet all parts of the gap equally often; otherwise the phase decides.
fn waits(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> Waits {
    let run = &polls.given.run;
    match (&run.arrivals, polls.phase) {
        (Arrivals::Poisson { .. }, Phase::Random) => Waits::Uniform,
        (Arrivals::Poisson { .. }, Phase::At(_)) => match process.lattice_s {
            Some(interval_s) if process.steady => {
                let intervals = workload.window_s / interval_s;
                let whole = (intervals - libm::round(intervals)).abs() < 1e-6;
                if whole { Waits::Uniform } else { Waits::Unknown }
            }
            _ => Waits::Uniform,
        },
        (&Arrivals::Constant { first, rate_per_s }, phase) => {
            let locked = lattice(rate_per_s, process).filter(|_| process.failure == 0.0 && process.steady);
            let Some((period, interval)) = locked else {
                return Waits::Unknown;
            };
            let steps = interval as f64 / polling::greatest_common_divisor(period, interval) as f64;
            let events = libm::floor(workload.rate_per_s * workload.window_s);
            let by_itself = 1.0 / (12.0 * events);
            if events >= 1.0 && polling::lattice_variance(period, interval, events as u64) <= by_itself {
                return Waits::Uniform;
            }
            match (phase, polls.given.to_source.delay.constant()) {
                (Phase::At(at), Some(way)) if run.resources == 1 && events >= 100.0 * steps => {
                    Waits::Mean(polling::phase_locked_wait(period, interval, (at + way - first).0) / 1e9)
                }
                _ => Waits::Unknown,
            }
        }
        (
            Arrivals::Bursts { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::SelfExciting { .. }
            | Arrivals::FlashCrowd { .. }
            | Arrivals::Trace { .. },
            _,
        ) => Waits::Unknown,
    }
}

/// The period of the events and the interval in nanoseconds, where both are whole numbers of them.
fn lattice(rate_per_s: f64, process: &PollProcess) -> Option<(u64, u64)> {
    let period_ns = 1e9 / rate_per_s;
    let whole = (period_ns - libm::round(period_ns)).abs() < 1e-6;
    let interval_ns = libm::round(process.lattice_s? * 1e9);
    whole.then_some((libm::round(period_ns) as u64, interval_ns as u64))
}

/// Share of the events that wait longer than a gap, because the first snapshot is more than an interval after the
/// warm-up: the process has a poll before the run, which the client does not send.
fn late_start(polls: &PollSetup<'_>, process: &PollProcess) -> f64 {
    let Some(gap_s) = process.lattice_s else { return 0.0 };
    let window_s = polls.given.run.window_s();
    let longer_s = first_gap_s(polls, process) - gap_s;
    match polls.phase {
        Phase::Random if longer_s > 0.0 => longer_s * longer_s / (2.0 * gap_s * window_s),
        Phase::At(_) if longer_s > 0.0 => longer_s / window_s,
        Phase::Random | Phase::At(_) => 0.0,
    }
}

/// The longest time from the end of the warm-up to the first snapshot, in seconds.
fn first_gap_s(polls: &PollSetup<'_>, process: &PollProcess) -> f64 {
    let starts_s = match polls.phase {
        Phase::Random => times::longest(polls.interval) * (1.0 + polls.jitter),
        Phase::At(at) => at.as_secs_f64(),
    };
    let first_s = starts_s + times::longest(polls.given.to_source.delay) - polls.given.run.warmup_s;
    // Negative: a poll was sent during the warm-up.
    if first_s < 0.0 { process.longest_gap_s } else { first_s }
}

/// The latency that no event exceeds, in seconds, where all gaps but the first are equal.
pub(super) fn bound_s(polls: &PollSetup<'_>, process: &PollProcess) -> Option<f64> {
    let interval_s = process.lattice_s.filter(|_| process.failure == 0.0)?;
    let answer_s = process.answer.map(times::bound).into_iter().sum::<Option<f64>>()?;
    let waits_s = process.waits.bound_s? + first_wait_s(polls, process)?;
    Some(interval_s.max(first_gap_s(polls, process)) + waits_s + answer_s)
}

/// How much longer than the others the gap after the first snapshots is, where only the first polls wait for a server. None where
/// only a chance tells it, or part of that gap is in the warm-up.
fn first_wait_s(polls: &PollSetup<'_>, process: &PollProcess) -> Option<f64> {
    match (process.waits.at_first_s, polls.phase) {
        (0.0, _) => Some(0.0),
        (wait_s, Phase::At(_)) => (polls.given.run.warmup_s == 0.0).then_some(wait_s),
        (_, Phase::Random) => None,
    }
}

fn latency(mut theory: Theory, polls: &PollSetup<'_>, process: &PollProcess) -> Forecast {
    let answer_s2 = process.answer_variance_s2();
    theory.latency_s.mean = finite(process.gap.wait_mean() + process.answer_mean_s());
    theory.latency_s.stddev = finite(libm::sqrt(process.gap.wait_variance() + answer_s2));
    let forecast = Forecast::of(theory).with_distribution(distribution(process));
    // Gaps that are counted have the first one among them.
    if process.gaps.is_some() { forecast } else { forecast.with_max(bound_s(polls, process)) }
}

/// The spread of the mean latency; None where it is not known.
pub(super) fn spread(polls: &PollSetup<'_>) -> Option<Spread> {
    if let Some(backoff) = polls.backoff {
        return backed_off::spread(polls, backoff);
    }
    let Some((workload, process)) = holds(polls) else {
        return poll_cursor::spread(polls).or_else(|| poll_feed::spread(polls));
    };
    let run = &polls.given.run;
    let cluster = process.cluster(workload.rate_per_s / f64::from(run.resources))?;
    // Members that poll at the same time have equal latencies. So have replications, where nothing else is random.
    let alike = match polls.phase {
        Phase::At(_) if workload.poisson || run.resources > 1 => f64::from(polls.given.members),
        Phase::At(_) => f64::from(polls.given.members) * f64::from(run.replications),
        Phase::Random if process.gaps.is_some() => f64::from(polls.given.members),
        // Members see the same events, so that their mean depends on how the phases lie to these events. It is a normal
        // variable times the square root of an exponential one, whose tails are longer than those of a normal one: four
        // standard errors are as rare as seven of Laplace's distribution. Over replications the sum is normal again.
        Phase::Random if polls.given.members > 1 => 1.0 + 2.0 / f64::from(run.replications),
        Phase::Random => 1.0,
    };
    let window_s2 = workload.window_s * workload.window_s;
    let phase_s2 = match polls.phase {
        Phase::Random if workload.poisson && process.steady => {
            let interval_s = polls.interval.mean_s();
            // All events of an outage wait for the same tick after it.
            let catching_up: f64 = (polls.given.outages.iter())
                .map(|outage| poll_outages::length_s(outage) + interval_s)
                .map(|length_s| length_s * interval_s * length_s * interval_s / 12.0)
                .sum();
            polling::phase_variance(interval_s, workload.window_s) + catching_up / window_s2
        }
        Phase::Random | Phase::At(_) => 0.0,
    };
    // At a given phase, and with outages, the gaps are counted exactly.
    let counted = process.gaps.is_some() || process.lattice_s.is_some() && polls.phase != Phase::Random;
    let bias_s = if counted { 0.0 } else { finite(process.bias_s(workload.window_s))?.abs() };
    // The first gap, and the one after each outage. Where only the first polls wait, up to two gaps are longer.
    let waits_s = process.waits.at_first_s;
    let first_s = first_gap_s(polls, &process).max(process.gap.mean) + 2.0 * waits_s;
    let gaps_s = first_s * (1 + polls.given.outages.len()) as f64;
    let edge = gaps_s / workload.window_s;
    let bias_s = bias_s + first_s * waits_s / workload.window_s;
    let phase_s2 = phase_s2 / polls.loops() + process.waits.phase_s2;
    Some(Spread { cluster: cluster * alike, phase_s2, bias_s, edge, attempts: 0 })
}

/// The distribution of the latency, for a constant gap and an answer that is constant or has one exponential part.
pub(super) fn distribution(process: &PollProcess) -> Option<LatencyDistribution> {
    if let Some(gaps) = &process.gaps {
        return Some(LatencyDistribution::PollGaps {
            gaps: gaps.clone(),
            delay_s: process.constant_answer_s()?,
        });
    }
    let interval_s = process.lattice_s?;
    if !process.waits.are_none() {
        let waits = process.waits.shares.clone();
        return Some(LatencyDistribution::PollWaits {
            interval_s,
            waits,
            delay_s: process.unhindered_answer_s()?,
        });
    }
    if let Some(delay_s) = process.constant_answer_s() {
        return Some(LatencyDistribution::Poll(FixedPoll { interval_s, failure: process.failure, delay_s }));
    }
    let (shift_s, mean_s) = match process.answer {
        [Delay::Constant(shift), Delay::Exponential { mean }]
        | [Delay::Exponential { mean }, Delay::Constant(shift)] => (shift.as_secs_f64(), mean.as_secs_f64()),
        _ => return None,
    };
    (process.failure == 0.0).then_some(LatencyDistribution::PollExponential { interval_s, shift_s, mean_s })
}

#[cfg(test)]
mod tests;
