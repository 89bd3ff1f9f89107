//! Whether a client's load can be served at all (theory 1.5, 1.9). Where it cannot, means grow with the length of the
//! run and describe nothing, and a report must say so.

use super::poll_process;
use super::webhook::Hooks;
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::schedule::{Pacing, PollSchedule};
use crate::scenario::{Client, Scenario, Webhook};

/// Why the load exceeds what can be served, in a sentence with the numbers; None where it does not, as far as
/// rates tell. A load that equals what can be served exceeds it: the queue of random arrivals then grows without
/// end.
pub fn stability(scenario: &Scenario, client: &Client) -> Option<String> {
    let pulled = client
        .schedule()
        .and_then(|schedule| page(scenario, client, schedule).or_else(|| api(scenario, client, schedule)));
    let hooked = || client.webhook().and_then(|webhook| hooks(scenario, client, webhook));
    pulled.or_else(hooked)
}

/// One page a poll, and more events than that.
fn page(scenario: &Scenario, client: &Client, schedule: &PollSchedule) -> Option<String> {
    let rate_per_s = scenario.events.arrivals.rate_per_s() / f64::from(scenario.events.resources);
    let gap_s = gap_s(scenario, client, schedule);
    let (events, page) = (rate_per_s * gap_s, f64::from(scenario.source.page_size));
    let random =
        matches!(scenario.events.arrivals, Arrivals::Poisson { .. }) || scenario.events.resources > 1;
    // A poller that never succeeds has no backlog to speak of: it has nothing at all.
    let over = events > page || random && events >= page;
    (over && events.is_finite()).then(|| {
        format!(
            "{} events occur between two successful polls ({} s on average), and one page brings {page} at most.",
            short(events),
            short(gap_s)
        )
    })
}

/// More polls than the source can work on.
fn api(scenario: &Scenario, client: &Client, schedule: &PollSchedule) -> Option<String> {
    let capacity = f64::from(scenario.source.capacity);
    let loops = f64::from(client.count) * f64::from(scenario.events.resources);
    let polls_per_s = loops / cycle_s(scenario, client, schedule);
    // A 503 takes no time of a server, a lost request does not reach one.
    let worked = (1.0 - scenario.source.failure_rate) * (1.0 - client.network.to_source.loss);
    let busy = polls_per_s * worked * scenario.source.service_time.mean_s();
    (capacity > 0.0 && loops > capacity && busy >= capacity).then(|| {
        format!(
            "{} polls a second of {} s each keep {} requests at work, and the source works on {capacity}.",
            short(polls_per_s),
            short(scenario.source.service_time.mean_s()),
            short(busy)
        )
    })
}

/// More deliveries than the workers or the handlers can take.
fn hooks(scenario: &Scenario, client: &Client, webhook: &Webhook) -> Option<String> {
    let rate_per_s = scenario.events.arrivals.rate_per_s();
    let (busy_s, attempts) = occupation(client, webhook);
    let sent_per_s = rate_per_s * f64::from(client.count) * attempts;
    let busy = sent_per_s * busy_s;
    if webhook.workers > 0 && busy >= f64::from(webhook.workers) {
        return Some(format!(
            "{} attempts a second of {} s each keep {} workers busy, and there are {}.",
            short(sent_per_s),
            short(busy_s),
            short(busy),
            webhook.workers
        ));
    }
    let endpoint = &webhook.endpoint;
    let works_s = endpoint.service_time.mean_s();
    let busy = rate_per_s * works(client, webhook, attempts) * works_s;
    let unlimited = endpoint.queue.is_none();
    (unlimited && endpoint.capacity > 0 && busy >= f64::from(endpoint.capacity)).then(|| {
        format!(
            "{} deliveries a second of {} s each keep {} handlers at work, and an endpoint has {}.",
            short(busy / works_s),
            short(works_s),
            short(busy),
            endpoint.capacity
        )
    })
}

/// How long an attempt occupies a worker on average, and the attempts per event, without any wait.
fn occupation(client: &Client, webhook: &Webhook) -> (f64, f64) {
    let deadline_s = webhook.deadline.as_secs_f64();
    let (out, back) = (&client.network.to_client, &client.network.to_source);
    let lost = 1.0 - (1.0 - out.loss) * (1.0 - back.loss);
    let trip_s = out.delay.mean_s() + webhook.endpoint.service_time.mean_s() + back.delay.mean_s();
    let attempts = Hooks::of(client, webhook).map_or(1.0, |hooks| hooks.worked.attempts);
    (lost * deadline_s + (1.0 - lost) * trip_s.min(deadline_s), attempts)
}

/// Deliveries of an event that a handler works on: recognised duplicates take no work.
fn works(client: &Client, webhook: &Webhook, attempts: f64) -> f64 {
    let arrive = 1.0 - client.network.to_client.loss;
    let hooks = Hooks::of(client, webhook);
    let duplicates = hooks.filter(|_| webhook.endpoint.dedupe).map_or(0.0, |hooks| hooks.worked.duplicates);
    attempts * arrive - duplicates
}

/// The time between the polls of a loop that succeed.
fn gap_s(scenario: &Scenario, client: &Client, schedule: &PollSchedule) -> f64 {
    if let Some(process) = poll_process::process(scenario, client, schedule) {
        return process.gap.mean;
    }
    let network = &client.network;
    let success = (1.0 - network.to_source.loss)
        * (1.0 - network.to_client.loss)
        * (1.0 - scenario.source.failure_rate);
    cycle_s(scenario, client, schedule) / success
}

/// The time between two polls of a loop; on average, and as the schedule would have it.
fn cycle_s(scenario: &Scenario, client: &Client, schedule: &PollSchedule) -> f64 {
    let ways = [client.network.to_source.delay, scenario.source.service_time, client.network.to_client.delay];
    let trip_s = ways.iter().map(Delay::mean_s).sum::<f64>().min(schedule.timeout.as_secs_f64());
    match schedule.pacing {
        Pacing::FixedRate => schedule.interval.mean_s(),
        Pacing::FixedDelay => schedule.interval.mean_s() + trip_s,
    }
}

/// About three digits, as one would say it; the mean of a heavy tail may be infinite.
fn short(value: f64) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else if value >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{hook, poller, scenario, seconds, webhook};
    use super::*;
    use crate::time::Instant;

    /// Check 14: ten events an interval, a page of eight.
    #[test]
    fn a_page_too_small() {
        let mut scenario = scenario(1.0);
        scenario.source.page_size = 8;
        let because = stability(&scenario, &poller(10.0)).unwrap();
        assert_eq!(
            because,
            "10 events occur between two successful polls (10 s on average), and one page brings 8 at most."
        );
        scenario.source.page_size = 10;
        assert!(stability(&scenario, &poller(10.0)).is_some());
        scenario.source.page_size = 11;
        assert_eq!(stability(&scenario, &poller(10.0)), None);
        // Failing polls gather more; periodic events fill a page exactly.
        scenario.source.failure_rate = 0.2;
        assert!(stability(&scenario, &poller(10.0)).is_some());
        (scenario.source.failure_rate, scenario.source.page_size) = (0.0, 10);
        scenario.events.arrivals = Arrivals::Constant { rate_per_s: 1.0, first: Instant::START };
        assert_eq!(stability(&scenario, &poller(10.0)), None);
        scenario.source.failure_rate = 1.0;
        assert_eq!(stability(&scenario, &poller(10.0)), None);
    }

    #[test]
    fn a_source_too_slow() {
        let mut scenario = scenario(0.001);
        (scenario.source.capacity, scenario.source.service_time) = (2, seconds(0.5));
        let mut client = poller(10.0);
        client.count = 39;
        assert_eq!(stability(&scenario, &client), None);
        client.count = 40;
        assert_eq!(
            stability(&scenario, &client).unwrap(),
            "4 polls a second of 0.5 s each keep 2 requests at work, and the source works on 2."
        );
        // A loop waits for its own answer: as many loops as servers cannot overwhelm them.
        let mut eager = poller(0.1);
        eager.count = 2;
        assert_eq!(stability(&scenario, &eager), None);
    }

    #[test]
    fn too_few_workers_or_handlers() {
        let mut client = webhook();
        hook(&mut client).workers = 2;
        hook(&mut client).endpoint.service_time = seconds(1.0);
        assert_eq!(stability(&scenario(1.9), &client), None);
        assert_eq!(
            stability(&scenario(2.0), &client).unwrap(),
            "2 attempts a second of 1 s each keep 2 workers busy, and there are 2."
        );
        client.count = 4;
        assert!(stability(&scenario(0.5), &client).is_some());
        hook(&mut client).workers = 0;
        hook(&mut client).endpoint.capacity = 1;
        assert_eq!(stability(&scenario(0.9), &client), None);
        assert_eq!(
            stability(&scenario(1.5), &client).unwrap(),
            "1.5 deliveries a second of 1 s each keep 1.5 handlers at work, and an endpoint has 1."
        );
        // A short queue turns away what it cannot hold.
        hook(&mut client).endpoint.queue = Some(10);
        assert_eq!(stability(&scenario(1.5), &client), None);
    }

    /// Lost requests keep a worker for the whole deadline, and are sent again.
    #[test]
    fn failures_are_load_too() {
        let mut client = webhook();
        hook(&mut client).workers = 1;
        client.network.to_client.loss = 0.5;
        assert_eq!(stability(&scenario(0.19), &client), None);
        assert!(stability(&scenario(0.2), &client).is_some());
    }

    #[test]
    fn numbers_are_short() {
        for (value, text) in
            [(10.0, "10"), (1.5, "1.5"), (0.0125, "0.0125"), (1234.5, "1234"), (100.0, "100")]
        {
            assert_eq!(short(value), text);
        }
    }
}
