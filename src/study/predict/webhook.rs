//! A webhook's prediction (theory 1.9, 1.10, 1.13): attempts, latency and requests where deliveries do not wait for
//! each other, with reconciling polls beside them or not. Where they queue, [`queueing`] takes over.

use super::distribution::LatencyDistribution;
use super::poll_process::PollProcess;
use super::queueing::{self, Place};
use super::{Forecast, Workload, drains, finite, poll, times};
use crate::policy::delay::Delay;
use crate::policy::retry::RetryJitter;
use crate::scenario::{Client, Scenario, Webhook};
use crate::study::summary::Theory;
use crate::theory::deliveries::{Deliveries, Odds, Timing, deliveries};
use crate::theory::reconcile;

pub(super) fn forecast(scenario: &Scenario, client: &Client, webhook: &Webhook) -> Forecast {
    let (Some(workload), Some(hooks)) = (Workload::of(scenario), Hooks::of(client, webhook)) else {
        return Forecast::default();
    };
    match queueing::place(workload, client, webhook, &hooks) {
        Place::Free => free(scenario, client, webhook, workload, &hooks),
        Place::Unknown => Forecast::default(),
        queue if hooks.never_fail() && webhook.reconcile.is_none() => {
            queueing::forecast(scenario, client, webhook, workload, queue)
        }
        _ => Forecast::default(),
    }
}

/// The deliveries of a webhook by themselves.
pub(super) struct Hooks {
    pub(super) odds: Odds,
    pub(super) timing: Timing,
    pub(super) worked: Deliveries,
    /// Out, handler, back.
    pub(super) parts: [Delay; 3],
    /// Whether the answer to a handler's work always comes after the deadline.
    late: bool,
    /// Whether every time in it is constant, so that the steps of `worked` are real.
    pub(super) exact: bool,
    /// Whether the mean latency of `worked` is right.
    mean_holds: bool,
    /// From the occurrence to the last attempt's end, hardly ever exceeded.
    longest_s: f64,
}

impl Hooks {
    /// None where the answer comes now in time, now too late: then the chance is not known.
    pub(super) fn of(client: &Client, webhook: &Webhook) -> Option<Self> {
        let (out, back) = (client.network.to_client.delay, client.network.to_source.delay);
        let parts = [out, webhook.endpoint.service_time, back];
        let deadline_s = webhook.deadline.as_secs_f64();
        let longest_trip_s: f64 = parts.into_iter().map(times::longest).sum();
        let constant = parts.iter().all(|part| part.constant().is_some());
        let late = constant && longest_trip_s > deadline_s;
        if longest_trip_s >= deadline_s && !late {
            return None;
        }
        let odds = odds(client, webhook, late);
        let timing = Timing {
            out_s: out.mean_s(),
            answer_s: parts.iter().map(Delay::mean_s).sum(),
            deadline_s,
            delays_s: delays_s(webhook),
        };
        let attempts = webhook.retries.attempts();
        let fails = odds.request_lost + odds.handler_fails + odds.answer_late > 0.0;
        let jitter = if fails && attempts > 1 { webhook.retry_jitter } else { RetryJitter::None };
        let first_brings_it = odds.request_lost + odds.handler_fails == 0.0;
        let longest_s = if fails {
            webhook.retries.span().as_secs_f64() + f64::from(attempts) * deadline_s.max(longest_trip_s)
        } else {
            longest_trip_s
        };
        Some(Self {
            odds,
            worked: deliveries(odds, &timing),
            timing,
            parts,
            late,
            exact: constant && jitter == RetryJitter::None,
            mean_holds: first_brings_it || jitter != RetryJitter::Decorrelated,
            longest_s,
        })
    }

    pub(super) fn never_fail(&self) -> bool {
        self.odds.request_lost == 0.0 && self.odds.handler_fails == 0.0 && self.odds.answer_late == 0.0
    }

    /// Expected attempts per event and member that are sent in the window, by the events that occur in it. Those of
    /// late events fall after it, those of events before the warm-up into it.
    fn sent_in_window(&self, scenario: &Scenario) -> Option<f64> {
        let (duration_s, warmup_s) = (scenario.duration.as_secs_f64(), scenario.warmup.as_secs_f64());
        // With random times the sum below holds while it is linear in them.
        let linear = warmup_s == 0.0 && self.longest_s < duration_s && self.mean_holds;
        if !(self.exact || self.never_fail() || linear) {
            return None;
        }
        let counted = |offset_s: f64| (duration_s - offset_s.max(warmup_s)).max(0.0);
        let sum: f64 = self.worked.sent.iter().map(|(offset, expected)| expected * counted(*offset)).sum();
        Some(sum / (duration_s - warmup_s))
    }
}

/// The chances of an attempt. An answer that is always late comes in time only without the work, for a duplicate
/// that is recognised.
fn odds(client: &Client, webhook: &Webhook, late: bool) -> Odds {
    let (out, back) = (&client.network.to_client, &client.network.to_source);
    let ways_s = times::longest(out.delay) + times::longest(back.delay);
    let recognised = webhook.endpoint.dedupe && ways_s < webhook.deadline.as_secs_f64();
    Odds {
        request_lost: out.loss,
        handler_fails: webhook.endpoint.failure_rate,
        answer_late: if late { 1.0 } else { back.loss },
        again_late: if late && !recognised { 1.0 } else { back.loss },
    }
}

/// The delays between attempts; the mean where they are moved.
fn delays_s(webhook: &Webhook) -> Vec<f64> {
    let share = match webhook.retry_jitter {
        RetryJitter::None | RetryJitter::Decorrelated => 1.0,
        RetryJitter::Full => 0.5,
        RetryJitter::Equal => 0.75,
    };
    let delay = |attempt| webhook.retries.delay(attempt).map(|delay| share * delay.as_secs_f64());
    (1..webhook.retries.attempts()).map_while(delay).collect()
}

/// The poll beside the hooks.
struct ReconcilingPolls {
    process: PollProcess,
    /// Whether events find it anywhere in its gap alike.
    anywhere: bool,
}

/// No delivery waits for another.
fn free(
    scenario: &Scenario,
    client: &Client,
    webhook: &Webhook,
    workload: Workload,
    hooks: &Hooks,
) -> Forecast {
    let reconcile = match &webhook.reconcile {
        None => None,
        // A reconciling poll that comes first spares a slow handler its work: then the first attempt is in time or late.
        Some(_) if hooks.late => return Forecast::default(),
        Some(schedule) => match poll::holds(scenario, client, schedule) {
            Some((_, process)) => {
                let anywhere = poll::finds_anywhere(scenario, client, schedule, workload, &process);
                Some(ReconcilingPolls { process, anywhere })
            }
            None => return Forecast::default(),
        },
    };
    let mut theory = Theory::default();
    let members = f64::from(client.count);
    let sweeps_per_s = reconcile
        .as_ref()
        .map_or(0.0, |reconcile| reconcile.process.polls_per_s * f64::from(scenario.events.resources));
    if let Some(sent) = hooks.sent_in_window(scenario) {
        theory.requests.per_event = finite(sent + sweeps_per_s / workload.rate_per_s);
        theory.requests.per_s = finite(members * (sent * workload.rate_per_s + sweeps_per_s));
    }
    if !drains(scenario, hooks.longest_s) {
        return Forecast { theory, distribution: None };
    }
    theory.attempts.per_event = Some(hooks.worked.attempts);
    match reconcile {
        None => alone(theory, workload, hooks),
        Some(reconcile) => reconciled(theory, scenario, workload, hooks, &reconcile),
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
    // Theory 1.1 with a poll at every moment: the copy is as old as the message is under way.
    if let (true, true, Some(out_s)) = (at_once, workload.poisson, times::constant(hooks.parts[0])) {
        theory.fresh_share = Some(libm::exp(-workload.rate_per_s * out_s));
        if workload.settles(1.0 / workload.rate_per_s) {
            theory.age_s.mean = finite(1.0 / workload.rate_per_s + out_s);
        }
    }
    Forecast { theory, distribution: None }.with_distribution(distribution)
}

/// A poll beside the hooks (theory 1.13), where both have a known distribution.
fn reconciled(
    mut theory: Theory,
    scenario: &Scenario,
    workload: Workload,
    hooks: &Hooks,
    reconcile: &ReconcilingPolls,
) -> Forecast {
    theory.delivered_share =
        drains(scenario, reconcile.process.longest_gap_s + reconcile.process.longest_trip_s).then_some(1.0);
    let whole = theory.delivered_share.is_some() && hooks.exact && workload.poisson && reconcile.anywhere;
    match poll::distribution(&reconcile.process).filter(|_| whole) {
        Some(LatencyDistribution::Poll(reconcile)) => {
            theory.latency_s.mean = finite(reconcile::mean(&hooks.worked.held, reconcile));
            Forecast { theory, distribution: None }.with_distribution(Some(LatencyDistribution::Reconciled {
                hook: hooks.worked.held.clone(),
                reconcile,
            }))
        }
        _ => Forecast { theory, distribution: None },
    }
}

#[cfg(test)]
mod tests;
