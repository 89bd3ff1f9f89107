//! Prediction for a webhook whose events are sent together, where no delivery fails or waits for another.

use super::forecast::{Forecast, finite};
use super::given::{HookSetup, Workload};
use super::hooks::Hooks;
use super::times;
use crate::policy::arrivals::Arrivals;
use crate::policy::batching::{BatchKind, Batching};
use crate::study::summary::Theory;
use crate::theory::batching::{self, Batches};

pub(super) fn forecast(
    setup: &HookSetup<'_>,
    workload: Workload,
    hooks: &Hooks,
    batching: Batching,
) -> Forecast {
    let out = setup.parts()[0];
    let free = setup.workers == 0 && (setup.capacity == 0 || times::longest(setup.service_time) == 0.0);
    let sure = hooks.never_fail() && setup.given.outages.is_empty() && setup.reconcile.is_none();
    if !(workload.poisson && free && sure && !setup.ordered) {
        return Forecast::default();
    }
    let wait_s = batching.wait.as_secs_f64();
    let Batches { events, wait_s: mean_wait_s } = batches(batching, workload.rate_per_s);
    // The first batch begins with the run, and the last one may be sent after its end.
    if !workload.settles(25.0 * (wait_s + events / workload.rate_per_s)) {
        return Forecast::default();
    }
    let mut theory = Theory::default();
    theory.requests.per_event = finite(1.0 / events);
    theory.requests.per_s = finite(f64::from(setup.given.members) * workload.rate_per_s / events);
    let longest_s = match (batching.kind, batching.max) {
        (_, Some(1)) => Some(0.0),
        (BatchKind::Window | BatchKind::Tick, _) => Some(wait_s),
        (BatchKind::Debounce, _) => None,
    };
    if !setup.given.run.drains(wait_s + times::longest(out)) {
        return Forecast::of(theory);
    }
    theory.attempts.per_event = theory.requests.per_event;
    theory.attempts.duplicates_per_event = Some(0.0);
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = finite(mean_wait_s + out.mean_s());
    theory.latency_s.max = longest_s.zip(times::constant(out)).map(|(wait_s, out_s)| wait_s + out_s);
    Forecast::of(theory)
}

/// How many deliveries there are for each event, as far as mean rates tell; no more than there are where events cluster.
pub(super) fn deliveries_per_event(setup: &HookSetup<'_>) -> f64 {
    let Some(batching) = setup.batch else { return 1.0 };
    let run = &setup.given.run;
    let rate_per_s = run.rate_per_s();
    let in_wait = rate_per_s * batching.wait.as_secs_f64();
    let events = match (&run.arrivals, batching.kind) {
        (Arrivals::Poisson { .. }, _) => batches(batching, rate_per_s).events,
        (Arrivals::Constant { .. }, _) if run.share < 1.0 => f64::INFINITY,
        (Arrivals::Constant { .. }, BatchKind::Window) => 1.0 + libm::floor(in_wait),
        (Arrivals::Constant { .. }, BatchKind::Tick) => in_wait.max(1.0),
        (Arrivals::Constant { .. }, BatchKind::Debounce) if in_wait < 1.0 => 1.0,
        (Arrivals::Constant { .. }, BatchKind::Debounce)
        | (
            Arrivals::Bursts { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::SelfExciting { .. }
            | Arrivals::FlashCrowd { .. }
            | Arrivals::Trace { .. },
            _,
        ) => f64::INFINITY,
    };
    1.0 / batching.max.map_or(events, |max| events.min(f64::from(max)))
}

fn batches(Batching { kind, wait, max }: Batching, rate_per_s: f64) -> Batches {
    let of = match kind {
        BatchKind::Window => batching::window,
        BatchKind::Tick => batching::tick,
        BatchKind::Debounce => batching::debounce,
    };
    of(rate_per_s, wait.as_secs_f64(), max)
}
