//! Prediction for a webhook with ordered delivery. Each member's line is a queue with one server, for which a delivery
//! with all its retries is one service.

use super::forecast::{Forecast, finite};
use super::given::{HookSetup, Workload};
use super::hooks::Hooks;
use super::times;
use crate::policy::retry::RetryJitter;
use crate::study::summary::Theory;
use crate::theory::{ordered, queue};

/// Exact for Poisson events where only handlers fail: then every attempt takes the same time, and the failures of a
/// delivery do not depend on its wait.
pub(super) fn forecast(setup: &HookSetup<'_>, workload: Workload, hooks: &Hooks) -> Forecast {
    let Some((mean_s, second_s2)) = service(setup, hooks) else { return Forecast::default() };
    let steady = workload.rate_per_s * mean_s < 1.0;
    if !(steady && workload.poisson && setup.reconcile.is_none() && setup.given.outages.is_empty()) {
        return Forecast::default();
    }
    // The wait has no bound, so only a drain that waits for every event ends no line early.
    if !setup.given.run.drains(f64::INFINITY) {
        return Forecast::default();
    }
    let mut theory = Theory::default();
    theory.attempts.per_event = Some(hooks.worked.attempts);
    theory.attempts.duplicates_per_event = Some(hooks.worked.duplicates);
    theory.delivered_share = Some(hooks.worked.held.total());
    let wait_s = queue::single_mean(workload.rate_per_s, mean_s, second_s2);
    theory.latency_s.mean = hooks.worked.held.mean().and_then(|held_s| finite(wait_s + held_s));
    Forecast::of(theory)
}

/// The mean and the mean square of the time that a delivery blocks its line, where they are known: without losses,
/// random times or a queue for workers or handlers.
fn service(setup: &HookSetup<'_>, hooks: &Hooks) -> Option<(f64, f64)> {
    let times: Option<f64> = setup.parts().into_iter().map(times::constant).sum();
    let lossless = setup.given.lost() == 0.0;
    // A dead letter blocks its line a second time, later.
    let free = setup.workers == 0 && setup.capacity == 0 && setup.redeliver_after.is_none();
    let regular = setup.retry_jitter == RetryJitter::None && lossless && free && !hooks.late;
    times
        .filter(|_| regular)
        .map(|attempt_s| ordered::service(setup.failure_rate, attempt_s, &hooks.timing.delays_s))
}

/// The mean time, in seconds, for which a delivery blocks its line: its attempts, each as long as it occupies a worker
/// on average, and the delays between them.
pub(super) fn blocked_s(setup: &HookSetup<'_>, hooks: &Hooks, attempt_s: f64) -> f64 {
    let fails = if hooks.late { 1.0 } else { 1.0 - (1.0 - setup.failure_rate) * (1.0 - setup.given.lost()) };
    // A dead letter leaves its line, and blocks it for one attempt when it is sent once more.
    let retries = setup.retries.attempts() - 1;
    let again = if setup.redeliver_after.is_some() { libm::pow(fails, f64::from(retries + 1)) } else { 0.0 };
    ordered::service(fails, attempt_s, &hooks.timing.delays_s[..retries as usize]).0 + again * attempt_s
}
