//! What the outages of a client do to its prediction (theory 1.11). Only Poisson events occur at any moment alike,
//! and only constant times make gaps and offsets that are known; an outage at the edge of what is counted, and
//! outages that are near each other for a poller, have no form here.

use super::distribution::LatencyDistribution;
use super::poll_process::PollProcess;
use super::webhook::Hooks;
use super::{Forecast, Workload, drains, finite, times};
use crate::policy::outage::{Mode, Outage};
use crate::policy::schedule::{Phase, PollSchedule};
use crate::scenario::{Client, Scenario, Webhook};
use crate::study::summary::Theory;
use crate::theory::outage::{self, Down, blocked_gaps, deliveries_through};

/// The rhythm of a poller with its outages: a poll that is under way when one begins comes to nothing, and no tick
/// within it is used. None where there are outages and the form does not hold.
pub(super) fn interrupt(
    calm: PollProcess,
    scenario: &Scenario,
    client: &Client,
    schedule: &PollSchedule,
    workload: Workload,
) -> Option<PollProcess> {
    let outages = &client.outages.0;
    if outages.is_empty() {
        return Some(calm);
    }
    let interval_s = calm.lattice_s.filter(|_| calm.steady && calm.failure == 0.0 && workload.poisson)?;
    let trip = [client.network.to_source.delay, calm.answer[0], calm.answer[1]].map(times::constant);
    let trip_s = trip.into_iter().sum::<Option<f64>>()?;
    if schedule.phase != Phase::Random || !well_apart(scenario, outages, interval_s, trip_s) {
        return None;
    }
    let down_s: f64 = outages.iter().map(length_s).sum();
    let mut gaps: Vec<(f64, f64)> = outages
        .iter()
        .flat_map(|outage| blocked_gaps(interval_s, length_s(outage) + trip_s))
        .filter(|&(_, chance)| chance > 0.0)
        .collect();
    let long_s: f64 = gaps.iter().map(|(gap_s, chance)| gap_s * chance).sum();
    gaps.push((interval_s, (workload.window_s - long_s) / interval_s));
    let polls = (workload.window_s - down_s) / interval_s;
    Some(calm.with_gaps(gaps, polls, workload.window_s))
}

/// Whether each outage has a whole gap to itself, within the time that counts.
fn well_apart(scenario: &Scenario, outages: &[Outage], interval_s: f64, trip_s: f64) -> bool {
    let before_s = interval_s + trip_s;
    let mut free_from_s = scenario.warmup.as_secs_f64();
    for outage in outages {
        if outage.from.as_secs_f64() < free_from_s + before_s {
            return false;
        }
        free_from_s = outage.until.as_secs_f64() + interval_s;
    }
    free_from_s <= scenario.duration.as_secs_f64()
}

fn length_s(outage: &Outage) -> f64 {
    (outage.until - outage.from).as_secs_f64()
}

/// A webhook whose endpoint is down at times, without reconciling.
pub(super) fn webhook(scenario: &Scenario, client: &Client, webhook: &Webhook) -> Forecast {
    through(scenario, client, webhook).unwrap_or_default()
}

fn through(scenario: &Scenario, client: &Client, webhook: &Webhook) -> Option<Forecast> {
    let workload = Workload::of(scenario).filter(|workload| workload.poisson)?;
    let hooks = Hooks::of(client, webhook).filter(|hooks| hooks.exact)?;
    let endpoint = &webhook.endpoint;
    let queues = webhook.workers > 0 || endpoint.capacity > 0 && times::longest(endpoint.service_time) > 0.0;
    if queues || webhook.reconcile.is_some() {
        return None;
    }
    let (out, back) = (&client.network.to_client, &client.network.to_source);
    let turn_s = times::constant(out.delay)? + times::constant(back.delay)?;
    if turn_s > webhook.deadline.as_secs_f64() {
        return None;
    }
    let down = |outage: &Outage| Down {
        from_s: outage.from.as_secs_f64(),
        until_s: outage.until.as_secs_f64(),
        tells: match outage.mode {
            Mode::Refuse => 1.0,
            Mode::Error => 1.0 - back.loss,
            Mode::Hang => 0.0,
        },
    };
    let process = outage::Course {
        warmup_s: scenario.warmup.as_secs_f64(),
        duration_s: scenario.duration.as_secs_f64(),
        turn_s,
        downs: client.outages.0.iter().map(down).collect(),
    };
    let through = deliveries_through(hooks.odds, &hooks.timing, &process)?;
    let mut theory = Theory::default();
    theory.requests.per_event = finite(through.sent);
    theory.requests.per_s = finite(f64::from(client.count) * through.sent * workload.rate_per_s);
    let spans_s = webhook.retries.span().as_secs_f64();
    let longest_s = spans_s + f64::from(webhook.retries.attempts()) * webhook.deadline.as_secs_f64();
    if !drains(scenario, longest_s) {
        return Some(Forecast { theory, distribution: None });
    }
    theory.attempts.per_event = finite(through.attempts);
    theory.attempts.duplicates_per_event = finite(through.duplicates);
    theory.delivered_share = Some(through.held.total());
    theory.latency_s.mean = through.held.mean().and_then(finite);
    theory.latency_s.stddev = through.held.variance().map(libm::sqrt);
    let distribution = (!through.held.parts().is_empty()).then_some(LatencyDistribution::Steps(through.held));
    Some(Forecast { theory, distribution: None }.with_distribution(distribution))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hook, near, outage, poller, scenario, seconds, webhook};
    use super::super::{known_curve, predict};
    use crate::policy::outage::{Mode, Outages};
    use crate::policy::retry::Retries;
    use crate::study::summary::Theory;
    use crate::theory::retry;
    use crate::time::Span;

    /// An outage of a minute, T = 10 s, no delay: six ticks are missed, so one gap of 70 s in 1,000.
    #[test]
    fn a_poller_catches_up_within_an_interval() {
        let mut scenario = scenario(0.01);
        scenario.duration = Span::from_secs(1000);
        let mut client = poller(10.0);
        client.outages = outage();
        let theory = predict(&scenario, &client);
        near(theory.latency_s.mean, (93.0 * 100.0 + 4900.0) / 2000.0, 1e-9);
        near(theory.requests.per_s, 0.094, 1e-12);
        near(theory.latency_s.max, 70.0, 1e-9);
        near(theory.latency_s.p50, 500.0 / 94.0, 1e-9);
        let empty = (93.0 * libm::exp(-0.1) + libm::exp(-0.7)) / 94.0;
        near(theory.empty_share, empty, 1e-12);
        // The events of the outage itself: theory 1.11.
        let events_of_it = (4900.0 / 2.0 - 100.0 / 2.0) / 60.0;
        near(Some(events_of_it), retry::outage_polling_mean(60.0, 10.0, 0.0) + 5.0, 1e-9);
        assert!(known_curve(&scenario, &client).is_some());
        // At the edge of the run, or when polls fail by themselves, there is no form.
        scenario.duration = Span::from_secs(125);
        assert_eq!(predict(&scenario, &client).latency_s.mean, None);
        scenario.duration = Span::from_secs(1000);
        scenario.source.failure_rate = 0.1;
        assert_eq!(predict(&scenario, &client), Theory::default());
    }

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
        // A receiver that hangs costs the deadline of 10 s, and a second outage of every member is met alike.
        client.outages.0[0].mode = Mode::Hang;
        near(predict(&scenario, &client).latency_s.mean, 0.94 + 0.06 * 91.0, 1e-9);
        hook(&mut client).reconcile = match poller(60.0).kind {
            crate::scenario::Kind::Poll(schedule) => Some(schedule),
            crate::scenario::Kind::Webhook(_) => None,
        };
        assert_eq!(predict(&scenario, &client), Theory::default());
        client.outages = Outages::default();
        assert!(predict(&scenario, &client).latency_s.mean.is_some());
    }
}
