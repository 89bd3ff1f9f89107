//! A poller's prediction (theory 1.1 to 1.4): latency, requests, empty polls, freshness and age, each where its
//! form holds. The rhythm comes from [`poll_process`](super::poll_process).

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, finite};
use super::given::{PollSetup, Workload};
use super::poll_process::{PollProcess, process};
use super::{poll_outages, times};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::schedule::Phase;
use crate::study::summary::Theory;
use crate::theory::reconcile::ReconcilingPoll;
use crate::theory::{poisson_tail_bound, polling};

pub(super) fn forecast(polls: &PollSetup<'_>) -> Forecast {
    let Some((workload, process)) = holds(polls) else {
        return Forecast::default();
    };
    let run = &polls.given.run;
    let resources = f64::from(run.resources);
    let mut theory = Theory::default();
    theory.requests.per_s = finite(process.polls_per_s * polls.loops());
    theory.requests.per_event = finite(process.polls_per_s * resources / workload.rate_per_s);
    theory.empty_share = empty_share(workload, &process, resources);
    if workload.poisson && run.resources == 1 {
        freshness(&mut theory, workload, &process);
    }
    if !run.drains(process.longest_gap_s + process.longest_trip_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    match waits(polls, workload, &process) {
        Waits::Uniform => latency(theory, &process),
        Waits::Mean(wait_s) => {
            let answer_s: f64 = process.answer.iter().map(Delay::mean_s).sum();
            theory.latency_s.mean = finite(wait_s + answer_s);
            Forecast::of(theory)
        }
        Waits::Unknown => Forecast::of(theory),
    }
}

/// The workload and the rhythm, where polls bring all there is and the rhythm fills the run.
pub(super) fn holds(polls: &PollSetup<'_>) -> Option<(Workload, PollProcess)> {
    let run = &polls.given.run;
    let workload = Workload::of(run)?;
    let process = process(polls)?;
    let begins = match polls.phase {
        Phase::Random => true,
        Phase::At(at) => at.as_secs_f64() <= run.warmup_s + process.gap.mean,
    };
    let random_from_the_start = process.steady && polls.phase == Phase::Random;
    let settled = random_from_the_start || workload.settles(process.gap.mean);
    let process = poll_outages::interrupt(process, polls, workload)?;
    (begins && settled && one_page_suffices(polls, workload, &process)).then_some((workload, process))
}

/// Whether a page overflows so rarely that no event is left for the next one: the chance is below 10^-6 in the
/// longest gap. For a mean of half a default page it is 10^-8; small pages need far less than a tenth.
///
/// It matters for a poll that takes all pages, too: its further pages are requests, and bring events later.
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

fn empty_share(workload: Workload, process: &PollProcess, resources: f64) -> Option<f64> {
    if workload.poisson {
        let transform = process.transform(workload.rate_per_s / resources)?;
        return Some((1.0 - process.failure) * transform);
    }
    let interval_s = process.lattice_s.filter(|_| process.failure == 0.0)?;
    Some(polling::empty_periodic(interval_s, 1.0 / workload.rate_per_s, resources))
}

/// Age and freshness need a constant answer's delay, and events enough that the time before the first one held
/// does not matter.
fn freshness(theory: &mut Theory, workload: Workload, process: &PollProcess) {
    let Some(answer_s) = constant_answer(process) else {
        return;
    };
    let rate = workload.rate_per_s;
    if workload.settles(1.0 / rate) {
        theory.age_s.mean = finite(polling::age_of_information(rate, process.gap.wait_mean(), answer_s));
    }
    theory.fresh_share = process
        .transform(rate)
        .and_then(|transform| finite(polling::fresh_share(rate, answer_s, process.gap.mean, transform)));
}

/// Whether events find the poller anywhere in its gap alike.
pub(super) fn finds_anywhere(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> bool {
    matches!(waits(polls, workload, process), Waits::Uniform)
}

/// How long events wait for the next snapshot.
enum Waits {
    /// Anywhere in the gap alike.
    Uniform,
    /// Known on average only.
    Mean(f64),
    /// It hangs on the phase that is drawn.
    Unknown,
}

/// Poisson events find a poller anywhere in its gap, if the run is a whole number of intervals or the phase is
/// random. Periodic events do so only if they pass over all of it; otherwise the phase decides (theory 1.3).
fn waits(polls: &PollSetup<'_>, workload: Workload, process: &PollProcess) -> Waits {
    let run = &polls.given.run;
    match (run.arrivals, polls.phase) {
        (Arrivals::Poisson { .. }, Phase::Random) => Waits::Uniform,
        (Arrivals::Poisson { .. }, Phase::At(_)) => match process.lattice_s {
            Some(interval_s) if process.steady => {
                let intervals = workload.window_s / interval_s;
                let whole = (intervals - libm::round(intervals)).abs() < 1e-6;
                if whole { Waits::Uniform } else { Waits::Unknown }
            }
            _ => Waits::Uniform,
        },
        (Arrivals::Constant { first, rate_per_s }, phase) => {
            let locked = lattice(rate_per_s, process).filter(|_| process.failure == 0.0 && process.steady);
            let Some((period, interval)) = locked else {
                return Waits::Unknown;
            };
            let steps = interval as f64 / polling::greatest_common_divisor(period, interval) as f64;
            let events = workload.rate_per_s * workload.window_s / f64::from(run.resources);
            if steps <= events && events <= steps * steps / 4.0 {
                return Waits::Uniform;
            }
            match (phase, polls.given.to_source.delay.constant()) {
                (Phase::At(at), Some(way)) if run.resources == 1 && events >= 100.0 * steps => {
                    Waits::Mean(polling::phase_locked_wait(period, interval, (at + way - first).0) / 1e9)
                }
                _ => Waits::Unknown,
            }
        }
    }
}

/// Period and interval in nanoseconds, where the period is a whole number of them.
fn lattice(rate_per_s: f64, process: &PollProcess) -> Option<(u64, u64)> {
    let period_ns = 1e9 / rate_per_s;
    let whole = (period_ns - libm::round(period_ns)).abs() < 1e-6;
    let interval_ns = libm::round(process.lattice_s? * 1e9);
    whole.then_some((libm::round(period_ns) as u64, interval_ns as u64))
}

fn latency(mut theory: Theory, process: &PollProcess) -> Forecast {
    let answer_s: f64 = process.answer.iter().map(Delay::mean_s).sum();
    let answer_s2: f64 = process.answer.iter().map(Delay::variance_s2).sum();
    theory.latency_s.mean = finite(process.gap.wait_mean() + answer_s);
    theory.latency_s.stddev = finite(libm::sqrt(process.gap.wait_variance() + answer_s2));
    if process.failure == 0.0 {
        let bounds = [process.answer[0], process.answer[1]].map(times::bound);
        theory.latency_s.max = match (process.lattice_s, bounds) {
            (Some(interval_s), [Some(service_s), Some(way_s)]) => Some(interval_s + service_s + way_s),
            _ => None,
        };
    }
    Forecast::of(theory).with_distribution(distribution(process))
}

/// The distribution, for a fixed gap and an answer that is constant or has one exponential part.
pub(super) fn distribution(process: &PollProcess) -> Option<LatencyDistribution> {
    if let Some(gaps) = &process.gaps {
        return Some(LatencyDistribution::PollGaps {
            gaps: gaps.clone(),
            delay_s: constant_answer(process)?,
        });
    }
    let interval_s = process.lattice_s?;
    if let Some(delay_s) = constant_answer(process) {
        return Some(LatencyDistribution::Poll(ReconcilingPoll {
            interval_s,
            failure: process.failure,
            delay_s,
        }));
    }
    let (shift_s, mean_s) = match process.answer {
        [Delay::Constant(shift), Delay::Exponential { mean }]
        | [Delay::Exponential { mean }, Delay::Constant(shift)] => (shift.as_secs_f64(), mean.as_secs_f64()),
        _ => return None,
    };
    (process.failure == 0.0).then_some(LatencyDistribution::PollExponential { interval_s, shift_s, mean_s })
}

fn constant_answer(process: &PollProcess) -> Option<f64> {
    Some(times::constant(process.answer[0])? + times::constant(process.answer[1])?)
}

#[cfg(test)]
mod tests;
