//! Deliveries to a client with outages, attempt by attempt. The form needs Poisson events, which are equally likely at
//! any moment, and constant delays. With reconciling polls there is no form here.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, finite};
use super::given::{HookSetup, Workload};
use super::hooks::Hooks;
use super::times;
use crate::policy::outage::{Mode, Outage};
use crate::study::summary::Theory;
use crate::theory::outage::{Down, InterruptedRun, deliveries_through};
use crate::time::Span;

/// None where no form holds.
pub(super) fn forecast(setup: &HookSetup<'_>, hooks: &Hooks, workload: Workload) -> Option<Forecast> {
    let queues = setup.workers > 0 || setup.capacity > 0 && times::longest(setup.service_time) > 0.0;
    if queues || setup.reconcile.is_some() || !workload.poisson || !hooks.exact {
        return None;
    }
    let given = setup.given;
    let waits_longer =
        |after: Span| hooks.timing.delays_s.iter().any(|&delay_s| delay_s < after.as_secs_f64());
    if setup.retry_after.is_some_and(waits_longer)
        && given.outages.iter().any(|outage| outage.mode == Mode::Error)
    {
        return None;
    }
    let failure_known_s = times::constant(given.to_client.delay)? + times::constant(given.to_source.delay)?;
    if failure_known_s > setup.deadline_s {
        return None;
    }
    let down = |&Outage { from, until, mode }: &Outage| {
        let tells = match mode {
            Mode::Refuse => 1.0,
            Mode::Error | Mode::Gone => 1.0 - given.to_source.loss,
            Mode::Hang => 0.0,
            // The form counts an acknowledged event as held.
            Mode::Lose => return None,
        };
        Some(Down { from_s: from.as_secs_f64(), until_s: until.as_secs_f64(), tells })
    };
    let run = InterruptedRun {
        warmup_s: given.run.warmup_s,
        duration_s: given.run.duration_s,
        failure_known_s,
        downs: given.outages.iter().map(down).collect::<Option<_>>()?,
    };
    let outcome = deliveries_through(hooks.odds, &hooks.timing, &run)?;
    let mut theory = Theory::default();
    theory.requests.per_event = finite(outcome.sent);
    theory.requests.per_s = finite(f64::from(given.members) * outcome.sent * workload.rate_per_s);
    if !given.run.drains(hooks.longest_s) {
        return Some(Forecast::of(theory));
    }
    theory.attempts.per_event = finite(outcome.attempts);
    theory.attempts.duplicates_per_event = finite(outcome.duplicates);
    theory.delivered_share = Some(outcome.held.total());
    theory.latency_s.mean = outcome.held.mean().and_then(finite);
    theory.latency_s.stddev = outcome.held.variance().map(libm::sqrt);
    let distribution = (!outcome.held.parts().is_empty()).then_some(LatencyDistribution::Steps(outcome.held));
    Some(Forecast::of(theory).with_distribution(distribution))
}

#[cfg(test)]
mod tests {
    use super::super::predict;
    use super::super::sample::{hook, near, outage, poller, scenario, schedule, seconds, webhook};
    use crate::policy::disable::Disable;
    use crate::policy::outage::{Mode, Outages};
    use crate::policy::retry::{Retries, RetryJitter};
    use crate::study::summary::Theory;
    use crate::time::Span;

    /// Down for 60 s of 1,000, told after 2 s; one retry after 80 s reaches them all.
    #[test]
    fn retries_bring_what_an_outage_refused() {
        let mut scenario = scenario(0.5);
        scenario.duration = Span::from_secs(1000);
        let mut client = webhook();
        client.network.to_client.delay = seconds(1.0);
        client.network.to_source.delay = seconds(1.0);
        hook(&mut client).retries = Retries::List(vec![Span::from_secs(80)]);
        client.outages = outage();
        let theory = predict(&scenario, &client);
        near(theory.latency_s.mean, 0.94 + 0.06 * 83.0, 1e-9);
        near(theory.attempts.per_event, 1.06, 1e-9);
        near(theory.delivered_share, 1.0, 1e-12);
        near(theory.latency_s.p99, 83.0, 1e-9);
        // An attempt at a receiver that hangs takes the deadline of 10 s. All members have the same outages.
        client.outages.0[0].mode = Mode::Hang;
        near(predict(&scenario, &client).latency_s.mean, 0.94 + 0.06 * 91.0, 1e-9);
        client.outages.0[0].mode = Mode::Lose;
        assert_eq!(predict(&scenario, &client), Theory::default());
        // A wait that is no longer than the delays changes nothing.
        client.outages.0[0].mode = Mode::Error;
        for (after_s, holds) in [(80, true), (81, false)] {
            hook(&mut client).endpoint.retry_after = Some(Span::from_secs(after_s));
            assert_eq!(predict(&scenario, &client).latency_s.mean.is_some(), holds, "{after_s} s");
        }
        hook(&mut client).honour_retry_after = false;
        near(predict(&scenario, &client).latency_s.mean, 0.94 + 0.06 * 83.0, 1e-9);
        hook(&mut client).endpoint.retry_after = None;
        client.outages.0[0].mode = Mode::Gone;
        near(predict(&scenario, &client).latency_s.mean, 0.94 + 0.06 * 83.0, 1e-9);
        hook(&mut client).disable_after = Disable::Gone;
        assert_eq!(predict(&scenario, &client), Theory::default());
        client.outages.0[0].mode = Mode::Refuse;
        near(predict(&scenario, &client).latency_s.mean, 0.94 + 0.06 * 83.0, 1e-9);
        // Failures of 60 s and one attempt of up to 10 s.
        for (rule, holds) in [
            (Disable::Unbroken(Span::from_secs(71)), true),
            (Disable::Unbroken(Span::from_secs(70)), false),
            (Disable::InARow(1000), false),
            (Disable::LastRetry, false),
        ] {
            hook(&mut client).disable_after = rule;
            assert_eq!(predict(&scenario, &client).latency_s.mean.is_some(), holds, "{rule:?}");
        }
        hook(&mut client).disable_after = Disable::Never;
        hook(&mut client).reconcile = Some(schedule(&mut poller(60.0)).clone());
        assert_eq!(predict(&scenario, &client), Theory::default());
        client.outages = Outages::default();
        assert!(predict(&scenario, &client).latency_s.mean.is_some());
    }

    /// With jitter the times of retries are not known, also where only an outage makes attempts fail.
    #[test]
    fn retry_jitter_matters_in_an_outage() {
        let mut scenario = scenario(0.5);
        scenario.duration = Span::from_secs(1000);
        let mut client = webhook();
        hook(&mut client).retries = Retries::List(vec![Span::from_secs(80)]);
        client.outages = outage();
        assert!(predict(&scenario, &client).latency_s.mean.is_some());
        for jitter in [RetryJitter::Full, RetryJitter::Equal, RetryJitter::Decorrelated] {
            hook(&mut client).retry_jitter = jitter;
            assert_eq!(predict(&scenario, &client), Theory::default(), "{jitter:?}");
        }
    }
}
