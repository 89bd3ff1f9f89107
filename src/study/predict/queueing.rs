//! Where webhook deliveries queue, and for how long: for one of the sender's workers or for a handler of the endpoint.
//! Only deliveries of Poisson events that never fail have a closed form.

use super::distribution::{LatencyDistribution, Queue};
use super::forecast::{Forecast, finite};
use super::given::{HookSetup, Workload};
use super::hooks::Hooks;
use super::times;
use crate::policy::delay::Delay;
use crate::study::summary::Theory;
use crate::theory::gap::Gap;
use crate::theory::md1::FixedService;
use crate::theory::poisson_tail_bound;
use crate::theory::queue::{self, Markov};

/// Where deliveries wait.
pub(super) enum Place {
    /// Nowhere.
    Free,
    /// For one of that many workers of the sender.
    Worker(u32),
    /// For one of that many handlers of the endpoint.
    Handler(u32),
    /// At both places, or in a queue of limited length.
    Unknown,
}

pub(super) fn place(setup: &HookSetup<'_>, workload: Workload, hooks: &Hooks) -> Place {
    let flight_s = if hooks.never_fail() {
        hooks.parts.iter().map(Delay::mean_s).sum::<f64>()
    } else {
        setup.deadline_s
    };
    let longest_s: f64 = hooks.parts.into_iter().map(times::longest).sum();
    let limit_s = hooks.parts.into_iter().map(times::limit).sum::<Option<f64>>();
    let attempts_per_s = workload.rate_per_s * hooks.worked.attempts;
    // The deliveries of one event to all members begin together.
    let at_once = setup.workers / setup.given.members;
    let workers_idle = setup.workers == 0
        || longest_s == 0.0 && hooks.never_fail()
        || rarely_busy(workload, hooks, attempts_per_s, flight_s, limit_s, at_once);
    let work_s = setup.service_time.mean_s();
    let longest_work_s = times::longest(setup.service_time);
    let handlers_idle = setup.capacity == 0
        || longest_work_s == 0.0
        || (1..=setup.capacity).contains(&setup.workers) && hooks.never_fail()
        || rarely_busy(
            workload,
            hooks,
            attempts_per_s,
            work_s,
            times::limit(setup.service_time),
            setup.capacity,
        );
    match (workers_idle, handlers_idle) {
        (true, true) => Place::Free,
        (false, true) => Place::Worker(setup.workers),
        (true, false) if setup.queue.is_none() => Place::Handler(setup.capacity),
        _ => Place::Unknown,
    }
}

/// Whether all `servers` are busy with a chance below 10^-6. With unlimited servers the number busy is a Poisson
/// variable (M/G/∞); periodic events are more evenly spread.
fn rarely_busy(
    workload: Workload,
    hooks: &Hooks,
    attempts_per_s: f64,
    mean_s: f64,
    limit_s: Option<f64>,
    servers: u32,
) -> bool {
    let apart = !workload.poisson
        && hooks.never_fail()
        && limit_s.is_some_and(|limit_s| limit_s * workload.rate_per_s <= f64::from(servers));
    servers > 0 && (apart || poisson_tail_bound(attempts_per_s * mean_s, f64::from(servers)) <= 1e-6)
}

/// The queue before the attempt or at the endpoint.
struct Wait {
    mean_s: f64,
    variance_s2: Option<f64>,
    queue: Option<Queue>,
}

/// The prediction for deliveries that never fail and wait at `place`.
pub(super) fn forecast(setup: &HookSetup<'_>, workload: Workload, place: Place) -> Forecast {
    let parts = setup.parts();
    let [out, handler, _] = parts;
    let wait = match place {
        Place::Worker(1) if setup.given.members > 1 => fan_out(workload, setup.given.members, &parts),
        Place::Worker(_) if setup.given.members > 1 => None,
        Place::Worker(servers) => wait(workload, servers, &parts),
        Place::Handler(servers) => {
            wait(workload, servers, &[handler]).filter(|wait| in_time(setup, &parts, wait))
        }
        Place::Free | Place::Unknown => None,
    };
    let Some(wait) = wait.filter(|_| workload.poisson) else {
        return Forecast::default();
    };
    let mut theory = Theory::default();
    theory.requests.per_event = Some(1.0);
    theory.requests.per_s = Some(workload.rate_per_s * f64::from(setup.given.members));
    theory.attempts.per_event = Some(1.0);
    theory.attempts.duplicates_per_event = Some(0.0);
    let longest_wait_s = wait.queue.as_ref().and_then(|queue| queue.quantile(1.0 - times::NEGLIGIBLE));
    if !setup.given.run.drains(longest_wait_s.unwrap_or(f64::INFINITY) + times::longest(out)) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = finite(wait.mean_s + out.mean_s());
    theory.latency_s.stddev =
        wait.variance_s2.and_then(|wait_s2| finite(libm::sqrt(wait_s2 + out.variance_s2())));
    let distribution = times::constant(out)
        .zip(wait.queue)
        .map(|(delay_s, queue)| LatencyDistribution::Wait { delay_s, queue });
    Forecast::of(theory).with_distribution(distribution)
}

/// M/D/1, M/M/c or M/G/1, where the queue becomes stationary within a hundredth of the run. None otherwise.
fn wait(workload: Workload, servers: u32, parts: &[Delay]) -> Option<Wait> {
    let rate = workload.rate_per_s;
    let service = total(parts);
    settled(workload, rate * service.mean / f64::from(servers), service.mean)?;
    if let Some(mean_s) = only_exponential(parts) {
        let queue = Markov::new(servers, rate, mean_s)?;
        let (mean_s, variance_s2) = (queue.mean(), Some(queue.variance()));
        return Some(Wait { mean_s, variance_s2, queue: Some(Queue::Markov(queue)) });
    }
    if servers > 1 {
        return None;
    }
    let constant = parts.iter().all(|part| part.constant().is_some());
    Some(Wait {
        mean_s: finite(queue::single_mean(rate, service.mean, service.second))?,
        variance_s2: finite(queue::single_variance(rate, service.mean, service.second, service.third)),
        queue: constant.then(|| FixedService::new(rate, service.mean).map(Queue::Fixed)).flatten(),
    })
}

/// One worker for all members of the client. Only the mean is known.
fn fan_out(workload: Workload, members: u32, parts: &[Delay]) -> Option<Wait> {
    let service = total(parts);
    let members = f64::from(members);
    settled(workload, workload.rate_per_s * members * service.mean, members * service.mean)?;
    let mean_s = finite(queue::fan_out_mean(workload.rate_per_s, members, service.mean, service.second))?;
    Some(Wait { mean_s, variance_s2: None, queue: None })
}

/// Whether the wait at the endpoint makes an answer late with a negligible chance. Otherwise retries add to the load.
fn in_time(setup: &HookSetup<'_>, parts: &[Delay], wait: &Wait) -> bool {
    let trip_s: f64 = parts.iter().map(|part| times::longest(*part)).sum();
    let longest_s = wait.queue.as_ref().and_then(|queue| queue.quantile(1.0 - times::NEGLIGIBLE));
    longest_s.is_some_and(|wait_s| wait_s + trip_s < setup.deadline_s)
}

/// A queue that is empty at first becomes stationary within about S/(1 - ρ)^2. The run must be much longer.
fn settled(workload: Workload, load: f64, service_s: f64) -> Option<()> {
    let memory_s = service_s / ((1.0 - load) * (1.0 - load));
    (load < 1.0 && workload.settles(5.0 * memory_s)).then_some(())
}

/// The moments of a sum of independent times.
fn total(parts: &[Delay]) -> Gap {
    parts.iter().fold(Gap::fixed(0.0), |sum, part| sum.plus(times::moments(*part)))
}

/// The mean, where one part is exponential and the others are 0.
fn only_exponential(parts: &[Delay]) -> Option<f64> {
    let mut taking = parts.iter().filter(|part| times::longest(**part) > 0.0);
    match (taking.next(), taking.next()) {
        (Some(Delay::Exponential { mean }), None) => Some(mean.as_secs_f64()),
        _ => None,
    }
}
