//! A poller's prediction (theory 1.1 to 1.4): latency, requests, empty polls, freshness and age, each where its
//! form holds. The rhythm comes from [`course`](super::course).

use super::course::{Course, course};
use super::law::Law;
use super::{Forecast, Setting, drains, finite, outages, times};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::pull::{Phase, Pull};
use crate::scenario::{Client, Scenario};
use crate::study::summary::Theory;
use crate::theory::reconcile::Sweep;
use crate::theory::{poisson_tail_bound, polling};

pub(super) fn forecast(scenario: &Scenario, client: &Client, pull: &Pull) -> Forecast {
    let Some((setting, course)) = holds(scenario, client, pull) else {
        return Forecast::default();
    };
    let resources = f64::from(scenario.events.resources);
    let mut theory = Theory::default();
    theory.requests.per_s = finite(course.polls_per_s * resources * f64::from(client.count));
    theory.requests.per_event = finite(course.polls_per_s * resources / setting.rate_per_s);
    theory.empty_share = empty_share(setting, &course, resources);
    if setting.poisson && scenario.events.resources == 1 {
        freshness(&mut theory, setting, &course);
    }
    if !drains(scenario, course.longest_gap_s + course.longest_trip_s) {
        return Forecast { theory, law: None };
    }
    theory.delivered_share = Some(1.0);
    match phase(scenario, client, pull, setting, &course) {
        Waits::Uniform => latency(theory, &course),
        Waits::Mean(wait_s) => {
            let answer_s: f64 = course.answer.iter().map(Delay::mean_s).sum();
            theory.latency_s.mean = finite(wait_s + answer_s);
            Forecast { theory, law: None }
        }
        Waits::Unknown => Forecast { theory, law: None },
    }
}

/// The setting and the rhythm, where polls bring all there is and the rhythm fills the run.
pub(super) fn holds(scenario: &Scenario, client: &Client, pull: &Pull) -> Option<(Setting, Course)> {
    let setting = Setting::of(scenario)?;
    let course = course(scenario, client, pull)?;
    let begins = match pull.phase {
        Phase::Random => true,
        Phase::At(at) => at.as_secs_f64() <= scenario.warmup.as_secs_f64() + course.gap.mean,
    };
    let random_from_the_start = course.steady && pull.phase == Phase::Random;
    let settled = random_from_the_start || setting.settles(course.gap.mean);
    let course = outages::interrupt(course, scenario, client, pull, setting)?;
    (begins && settled && one_page_suffices(scenario, setting, &course)).then_some((setting, course))
}

/// Whether a page overflows so rarely that no event is left for the next poll: the chance is below 10^-6 in the
/// longest gap. For a mean of half a default page it is 10^-8; small pages need far less than a tenth.
fn one_page_suffices(scenario: &Scenario, setting: Setting, course: &Course) -> bool {
    let events = setting.rate_per_s / f64::from(scenario.events.resources) * course.longest_gap_s;
    let page = f64::from(scenario.source.page_size);
    if setting.poisson || scenario.events.resources > 1 {
        poisson_tail_bound(events, page + 1.0) <= 1e-6
    } else {
        events + 1.0 <= page
    }
}

fn empty_share(setting: Setting, course: &Course, resources: f64) -> Option<f64> {
    if setting.poisson {
        let transform = course.transform(setting.rate_per_s / resources)?;
        return Some((1.0 - course.failure) * transform);
    }
    let interval_s = course.lattice_s.filter(|_| course.failure == 0.0)?;
    Some(polling::empty_periodic(interval_s, 1.0 / setting.rate_per_s, resources))
}

/// Age and freshness need a constant answer's delay, and events enough that the time before the first one held
/// does not matter.
fn freshness(theory: &mut Theory, setting: Setting, course: &Course) {
    let Some(answer_s) = constant_answer(course) else {
        return;
    };
    let rate = setting.rate_per_s;
    if setting.settles(1.0 / rate) {
        theory.age_s.mean = finite(polling::age_of_information(rate, course.gap.wait_mean(), answer_s));
    }
    theory.fresh_share = course
        .transform(rate)
        .and_then(|transform| finite(polling::fresh_share(rate, answer_s, course.gap.mean, transform)));
}

/// Whether events find the poller anywhere in its gap alike.
pub(super) fn finds_anywhere(
    scenario: &Scenario,
    client: &Client,
    pull: &Pull,
    setting: Setting,
    course: &Course,
) -> bool {
    matches!(phase(scenario, client, pull, setting, course), Waits::Uniform)
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
fn phase(scenario: &Scenario, client: &Client, pull: &Pull, setting: Setting, course: &Course) -> Waits {
    match (scenario.events.arrivals, pull.phase) {
        (Arrivals::Poisson { .. }, Phase::Random) => Waits::Uniform,
        (Arrivals::Poisson { .. }, Phase::At(_)) => match course.lattice_s {
            Some(interval_s) if course.steady => {
                let intervals = setting.window_s / interval_s;
                let whole = (intervals - libm::round(intervals)).abs() < 1e-6;
                if whole { Waits::Uniform } else { Waits::Unknown }
            }
            _ => Waits::Uniform,
        },
        (Arrivals::Constant { first, rate_per_s }, phase) => {
            let locked = lattice(rate_per_s, course).filter(|_| course.failure == 0.0 && course.steady);
            let Some((period, interval)) = locked else {
                return Waits::Unknown;
            };
            let steps = interval as f64 / polling::greatest_common_divisor(period, interval) as f64;
            let events = setting.rate_per_s * setting.window_s / f64::from(scenario.events.resources);
            if steps <= events && events <= steps * steps / 4.0 {
                return Waits::Uniform;
            }
            match (phase, client.network.to_source.delay.constant()) {
                (Phase::At(at), Some(way)) if scenario.events.resources == 1 && events >= 100.0 * steps => {
                    Waits::Mean(polling::phase_locked_wait(period, interval, (at + way - first).0) / 1e9)
                }
                _ => Waits::Unknown,
            }
        }
    }
}

/// Period and interval in nanoseconds, where the period is a whole number of them.
fn lattice(rate_per_s: f64, course: &Course) -> Option<(u64, u64)> {
    let period_ns = 1e9 / rate_per_s;
    let whole = (period_ns - libm::round(period_ns)).abs() < 1e-6;
    let interval_ns = libm::round(course.lattice_s? * 1e9);
    whole.then_some((libm::round(period_ns) as u64, interval_ns as u64))
}

fn latency(mut theory: Theory, course: &Course) -> Forecast {
    let answer_s: f64 = course.answer.iter().map(Delay::mean_s).sum();
    let answer_s2: f64 = course.answer.iter().map(Delay::variance_s2).sum();
    theory.latency_s.mean = finite(course.gap.wait_mean() + answer_s);
    theory.latency_s.stddev = finite(libm::sqrt(course.gap.wait_variance() + answer_s2));
    if course.failure == 0.0 {
        let bounds = [course.answer[0], course.answer[1]].map(times::bound);
        theory.latency_s.max = match (course.lattice_s, bounds) {
            (Some(interval_s), [Some(service_s), Some(way_s)]) => Some(interval_s + service_s + way_s),
            _ => None,
        };
    }
    Forecast { theory, law: None }.with_law(law(course))
}

/// The distribution, for a fixed gap and an answer that is constant or has one exponential part.
pub(super) fn law(course: &Course) -> Option<Law> {
    if let Some(gaps) = &course.gaps {
        return Some(Law::PollGaps { gaps: gaps.clone(), delay_s: constant_answer(course)? });
    }
    let interval_s = course.lattice_s?;
    if let Some(delay_s) = constant_answer(course) {
        return Some(Law::Poll(Sweep { interval_s, failure: course.failure, delay_s }));
    }
    let (shift_s, mean_s) = match course.answer {
        [Delay::Constant(shift), Delay::Exponential { mean }]
        | [Delay::Exponential { mean }, Delay::Constant(shift)] => (shift.as_secs_f64(), mean.as_secs_f64()),
        _ => return None,
    };
    (course.failure == 0.0).then_some(Law::PollExponential { interval_s, shift_s, mean_s })
}

fn constant_answer(course: &Course) -> Option<f64> {
    Some(times::constant(course.answer[0])? + times::constant(course.answer[1])?)
}

#[cfg(test)]
mod tests;
