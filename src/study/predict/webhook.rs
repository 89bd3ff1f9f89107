//! Prediction for a webhook: attempts, latency and requests where deliveries do not wait for each other, with or
//! without reconciling polls. Where deliveries queue, see [`queueing`] and [`ordered`].

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{HookSetup, Run, Workload};
use super::hooks::Hooks;
use super::poll_process::PollProcess;
use super::queueing::{self, Place};
use super::{batched, hook_outages, ordered, poll, thin, times};
use crate::study::summary::Theory;
use crate::theory::reconcile;

pub(super) fn forecast(setup: &HookSetup<'_>) -> Forecast {
    let (Some(workload), Some(hooks)) = (Workload::of(&setup.given.run), Hooks::of(setup)) else {
        return Forecast::default();
    };
    if setup.thin {
        return thin::forecast(setup, workload, &hooks);
    }
    if let Some(batching) = setup.batch {
        return batched::forecast(setup, workload, &hooks, batching);
    }
    if setup.ordered {
        return ordered::forecast(setup, workload, &hooks);
    }
    if !setup.given.outages.is_empty() {
        return hook_outages::forecast(setup, &hooks, workload).unwrap_or_default();
    }
    match queueing::place(setup, workload, &hooks) {
        Place::Free => free(setup, workload, &hooks),
        Place::Unknown => Forecast::default(),
        queue if hooks.never_fail() && setup.reconcile.is_none() => {
            queueing::forecast(setup, workload, queue)
        }
        Place::Worker(_) | Place::Handler(_) => Forecast::default(),
    }
}

/// The spread of the mean latency; None where deliveries wait for each other.
pub(super) fn spread(setup: &HookSetup<'_>) -> Option<Spread> {
    let hooks = Hooks::of(setup)?;
    let free = !setup.ordered
        && setup.batch.is_none()
        && !setup.thin
        && matches!(queueing::place(setup, Workload::of(&setup.given.run)?, &hooks), Place::Free);
    // All deliveries of an event meet the same outage.
    let cluster = if setup.given.outages.is_empty() { 1.0 } else { f64::from(setup.given.members) };
    free.then_some(Spread { cluster, phase_s2: 0.0, bias_s: 0.0, edge: 0.0, attempts: setup.attempts() })
}

/// The reconciling polls.
struct ReconcilingPolls {
    process: PollProcess,
    /// Whether an event is equally likely at any moment of the gap.
    anywhere: bool,
    /// The latency, in seconds, within which they bring every event.
    bound_s: Option<f64>,
}

/// No delivery waits for another.
fn free(setup: &HookSetup<'_>, workload: Workload, hooks: &Hooks) -> Forecast {
    let run = &setup.given.run;
    let beside = match setup.reconcile {
        None => None,
        // Where a reconciling poll comes first, the handler does no work, and its answer is in time after all.
        Some(_) if hooks.late => return Forecast::default(),
        Some(schedule) => {
            let polls = setup.given.polls(schedule);
            let Some((_, process)) = poll::holds(&polls) else { return Forecast::default() };
            let anywhere = poll::waits_uniformly(&polls, workload, &process);
            let bound_s = poll::bound_s(&polls, &process);
            Some(ReconcilingPolls { process, anywhere, bound_s })
        }
    };
    let mut theory = Theory::default();
    let members = f64::from(setup.given.members);
    let polls_per_s =
        beside.as_ref().map_or(0.0, |polls| polls.process.polls_per_s * f64::from(run.resources));
    if let Some(sent_per_s) = hooks.sent_per_s(run, workload) {
        let requests_per_s = sent_per_s + polls_per_s;
        theory.requests.per_event = finite(requests_per_s / workload.counted_per_s);
        theory.requests.per_s = finite(members * requests_per_s);
    }
    if !run.drains(hooks.longest_s) {
        return Forecast::of(theory);
    }
    theory.attempts.per_event = Some(hooks.worked.attempts);
    match beside {
        None => alone(theory, workload, hooks),
        Some(polls) => reconciled(theory, run, workload, hooks, &polls),
    }
}

fn alone(mut theory: Theory, workload: Workload, hooks: &Hooks) -> Forecast {
    let held = &hooks.worked.held;
    theory.attempts.duplicates_per_event = Some(hooks.worked.duplicates);
    theory.delivered_share = Some(held.total());
    if hooks.mean_holds {
        theory.latency_s.mean = held.mean().and_then(finite);
    }
    let at_once = held.parts().len() == 1 && held.total() > 1.0 - 1e-12;
    let distribution = if hooks.exact {
        theory.latency_s.stddev = held.variance().map(libm::sqrt);
        (!held.parts().is_empty()).then(|| LatencyDistribution::Steps(held.clone()))
    } else if at_once {
        theory.latency_s.stddev = finite(libm::sqrt(hooks.parts[0].variance_s2()));
        Some(LatencyDistribution::Delay(hooks.parts[0]))
    } else {
        None
    };
    // The limit of polling without pause: the client's state is as old as the message's delay.
    if let (true, true, Some(out_s)) = (at_once, workload.poisson, times::constant(hooks.parts[0])) {
        theory.fresh_share = Some(libm::exp(-workload.rate_per_s * out_s));
        if workload.settles(1.0 / workload.rate_per_s) {
            theory.age_s.mean = finite(1.0 / workload.rate_per_s + out_s);
        }
    }
    Forecast::of(theory).with_distribution(distribution)
}

/// Webhooks with reconciling polls, where both have a known distribution.
fn reconciled(
    mut theory: Theory,
    run: &Run,
    workload: Workload,
    hooks: &Hooks,
    polls: &ReconcilingPolls,
) -> Forecast {
    theory.delivered_share =
        run.drains(polls.process.longest_gap_s + polls.process.longest_trip_s).then_some(1.0);
    let whole = theory.delivered_share.is_some() && hooks.exact && workload.poisson && polls.anywhere;
    match poll::distribution(&polls.process).filter(|_| whole) {
        Some(LatencyDistribution::Poll(poll)) => {
            theory.latency_s.mean = finite(reconcile::mean(&hooks.worked.held, poll));
            // Without lost events, the last attempt may be sooner than the bound of the polls.
            let max_s = polls.bound_s.filter(|_| hooks.worked.held.total() < 1.0);
            let hook = hooks.worked.held.clone();
            Forecast::of(theory)
                .with_distribution(Some(LatencyDistribution::Reconciled { hook, poll }))
                .with_max(max_s)
        }
        _ => Forecast::of(theory),
    }
}

#[cfg(test)]
mod tests;
