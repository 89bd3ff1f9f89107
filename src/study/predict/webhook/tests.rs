//! Webhooks with known figures as predictions, and the cases in which there must be none.

use super::super::sample::{exponential, hook, near, poller, scenario, seconds, webhook};
use super::super::{known_curve, predict};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::Phase;
use crate::scenario::{Client, Drain, Kind};
use crate::study::summary::Theory;
use crate::theory::retry;
use crate::time::{Instant, Span};

fn retrying(delays_s: &[i64]) -> Client {
    let mut client = webhook();
    hook(&mut client).retries = Retries::List(delays_s.iter().copied().map(Span::from_secs).collect());
    client
}

fn sending(workers: u32, out: Delay, work: Delay) -> Client {
    let mut client = webhook();
    hook(&mut client).workers = workers;
    hook(&mut client).endpoint.service_time = work;
    hook(&mut client).deadline = Span::from_secs(1000);
    client.network.to_client.delay = out;
    client
}

#[test]
fn a_quiet_webhook_is_as_late_as_its_message() {
    let mut client = webhook();
    client.network.to_client.delay = seconds(0.05);
    let theory = predict(&scenario(0.5), &client);
    near(theory.latency_s.mean, 0.05, 1e-12);
    near(theory.latency_s.p999, 0.05, 1e-12);
    near(theory.requests.per_event, 1.0, 1e-12);
    near(theory.age_s.mean, 2.05, 1e-12);
    near(theory.fresh_share, libm::exp(-0.025), 1e-12);
    assert_eq!(known_curve(&scenario(0.5), &client).unwrap(), [(0.05, 0.0), (0.05, 1.0)]);
    client.network.to_client.delay = exponential(0.05);
    near(predict(&scenario(0.5), &client).latency_s.p99, 0.05 * libm::log(100.0), 1e-9);
}

/// Three attempts in ten are lost, four retries.
#[test]
fn retries_after_lost_requests() {
    let mut client = retrying(&[5, 30, 120, 600]);
    client.network.to_client.delay = seconds(0.2);
    client.network.to_client.loss = 0.3;
    let theory = predict(&scenario(0.5), &client);
    near(theory.attempts.per_event, 1.4251, 5e-5);
    near(theory.delivered_share, 0.99757, 5e-6);
    near(theory.latency_s.mean, 14.85, 5e-3);
    near(theory.latency_s.p50, 0.2, 1e-12);
    near(theory.latency_s.p99, 185.2, 1e-9);
    near(theory.attempts.duplicates_per_event, 0.0, 1e-12);
    let curve = known_curve(&scenario(0.5), &client).unwrap();
    assert_eq!(curve.len(), 10);
    assert!((curve[9].1 - 0.99757).abs() < 5e-6);
}

/// The work makes the first answer late. That of a recognised duplicate comes exactly at the deadline, and counts.
#[test]
fn an_answer_at_the_deadline_counts() {
    for (out, back, deadline_ms, attempts) in
        [(1.5, 1.5, 3000, 2.0), (0.1, 0.2, 300, 2.0), (0.1, 0.2, 299, 3.0)]
    {
        let mut client = retrying(&[5, 300]);
        (client.network.to_client.delay, client.network.to_source.delay) = (seconds(out), seconds(back));
        hook(&mut client).deadline = Span::from_millis(deadline_ms);
        hook(&mut client).endpoint.service_time = seconds(0.001);
        let theory = predict(&scenario(0.5), &client);
        near(theory.attempts.per_event, attempts, 1e-9);
    }
}

/// One request in ten and 15 % of the answers are lost.
#[test]
fn lost_answers_make_duplicates() {
    let mut client = retrying(&[1, 1, 1]);
    client.network.to_client.loss = 0.1;
    client.network.to_source.loss = 0.15;
    let theory = predict(&scenario(0.5), &client);
    near(theory.attempts.per_event, 1.3032, 5e-5);
    near(theory.attempts.duplicates_per_event, 0.1730, 5e-5);
    near(theory.delivered_share, 1.0 - 1e-4, 1e-12);
}

/// Attempts of the last events fall after the run: requests per event are fewer than attempts per event.
#[test]
fn requests_are_counted_in_the_run_only() {
    let mut scenario = scenario(0.5);
    scenario.duration = Span::from_secs(1000);
    let mut client = retrying(&[490]);
    client.network.to_client.loss = 0.4;
    let theory = predict(&scenario, &client);
    near(theory.attempts.per_event, 1.4, 1e-12);
    near(theory.requests.per_event, 1.0 + 0.4 * 0.5, 1e-12);
    near(theory.requests.per_s, 0.6, 1e-12);
    scenario.warmup = Span::from_secs(500);
    near(predict(&scenario, &client).requests.per_event, 1.4, 1e-12);
    scenario.drain = Drain::AtMost(Span::from_secs(100));
    assert_eq!(predict(&scenario, &client).latency_s.mean, None);
}

#[test]
fn failing_endpoints_and_moved_retries() {
    let mut client = retrying(&[10, 10]);
    hook(&mut client).endpoint.failure_rate = 0.5;
    let exact = predict(&scenario(0.5), &client);
    near(exact.latency_s.mean, (0.25 * 10.0 + 0.125 * 20.0) / 0.875, 1e-9);
    hook(&mut client).retry_jitter = RetryJitter::Full;
    let moved = predict(&scenario(0.5), &client);
    near(moved.latency_s.mean, exact.latency_s.mean.unwrap() / 2.0, 1e-9);
    assert_eq!(moved.latency_s.p50, None);
    assert_eq!(moved.attempts, exact.attempts);
    hook(&mut client).retry_jitter = RetryJitter::Decorrelated;
    let moved = predict(&scenario(0.5), &client);
    assert_eq!((moved.latency_s.mean, moved.requests.per_s), (None, None));
    assert_eq!(moved.attempts, exact.attempts);
}

#[test]
fn an_endpoint_that_always_answers_too_late() {
    let mut client = retrying(&[60, 60]);
    hook(&mut client).endpoint.service_time = seconds(12.0);
    client.network.to_client.delay = seconds(0.1);
    let theory = predict(&scenario(0.001), &client);
    near(theory.attempts.per_event, 2.0, 0.0);
    near(theory.attempts.duplicates_per_event, 1.0, 0.0);
    near(theory.latency_s.mean, 0.1, 1e-12);
    hook(&mut client).endpoint.dedupe = false;
    near(predict(&scenario(0.001), &client).attempts.per_event, 3.0, 0.0);
    // Whether a reconciling poll has been there before makes the difference.
    let mut reconciled = client.clone();
    let Kind::Poll(schedule) = poller(300.0).kind else { unreachable!("a poller polls") };
    hook(&mut reconciled).reconcile = Some(schedule);
    assert_eq!(predict(&scenario(0.001), &reconciled), Theory::default());
    // Sometimes late, and nobody knows how often.
    hook(&mut client).endpoint.service_time = exponential(8.0);
    assert_eq!(predict(&scenario(0.001), &client), Theory::default());
}

/// M/D/1 and M/M/1 at ρ = 0.8, M/M/4 at 0.9.
#[test]
fn waiting_for_a_worker() {
    let theory = predict(&scenario(0.8), &sending(1, Delay::ZERO, seconds(1.0)));
    near(theory.latency_s.mean, 2.0, 1e-9);
    near(theory.latency_s.p95, 6.6203, 6e-5);
    near(theory.latency_s.p99, 10.3559, 6e-5);
    near(theory.requests.per_event, 1.0, 0.0);
    let theory = predict(&scenario(0.8), &sending(1, Delay::ZERO, exponential(1.0)));
    near(theory.latency_s.mean, 4.0, 1e-9);
    near(theory.latency_s.p95, 13.863, 5e-4);
    let four = sending(4, Delay::ZERO, exponential(1.0));
    near(predict(&scenario(3.6), &four).latency_s.mean, 1.9694, 5e-5);
    let curve = known_curve(&scenario(3.6), &four).unwrap();
    assert!((curve[0].1 - (1.0 - 0.788)).abs() < 1e-2 && curve.len() <= 100);
}

/// The worker is busy for the whole round trip, the event is held on arrival. M/G/1 where the
/// parts differ.
#[test]
fn a_worker_is_busy_until_the_answer_is_back() {
    let mut client = sending(1, seconds(0.05), seconds(0.2));
    client.network.to_source.delay = seconds(0.05);
    near(predict(&scenario(2.0), &client).latency_s.mean, 2.0 * 0.09 / 0.8 + 0.05, 1e-9);
    hook(&mut client).endpoint.service_time = exponential(0.2);
    let theory = predict(&scenario(2.0), &client);
    near(theory.latency_s.mean, 2.0 * (0.09 + 0.04) / 0.8 + 0.05, 1e-9);
    assert!(theory.latency_s.stddev.is_some() && theory.latency_s.p50.is_none());
}

/// The mean wait is (ρ + m - 1)s/(2(1 - ρ)), with ρ = λms.
#[test]
fn one_worker_for_five_members() {
    let mut client = sending(1, Delay::ZERO, seconds(1.0));
    client.count = 5;
    let theory = predict(&scenario(0.15), &client);
    near(theory.latency_s.mean, 9.5, 1e-9);
    near(theory.requests.per_s, 0.75, 1e-12);
    hook(&mut client).workers = 2;
    assert_eq!(predict(&scenario(0.15), &client), Theory::default());
}

#[test]
fn waiting_at_the_endpoint() {
    let mut client = sending(0, seconds(0.3), seconds(1.0));
    hook(&mut client).endpoint.capacity = 1;
    near(predict(&scenario(0.8), &client).latency_s.mean, 2.3, 1e-9);
    // The wait would pass the deadline now and then.
    hook(&mut client).deadline = Span::from_secs(15);
    assert_eq!(predict(&scenario(0.8), &client), Theory::default());
    hook(&mut client).deadline = Span::from_secs(1000);
    hook(&mut client).endpoint.queue = Some(3);
    assert_eq!(predict(&scenario(0.8), &client), Theory::default());
    // A hundred handlers for one event a second never make it wait.
    hook(&mut client).endpoint.capacity = 100;
    near(predict(&scenario(0.8), &client).latency_s.mean, 0.3, 1e-12);
}

/// A poll every 300 s beside the hooks: w = d2 = 0.1 for the hook, and 3 % of the hooks fail.
#[test]
fn a_poll_beside_the_hooks() {
    let mut client = webhook();
    client.network.to_client.delay = seconds(0.1);
    hook(&mut client).endpoint.failure_rate = 0.03;
    let Kind::Poll(schedule) = poller(300.0).kind else { unreachable!("a poller polls") };
    hook(&mut client).reconcile = Some(schedule);
    let theory = predict(&scenario(0.05), &client);
    near(theory.latency_s.mean, 0.97 * 0.1 + 0.03 * 150.1, 1e-9);
    near(theory.latency_s.p50, 0.1, 1e-12);
    near(theory.latency_s.p99, 200.1, 1e-6);
    near(theory.latency_s.max, 300.1, 1e-9);
    near(theory.requests.per_event, 1.0 + 1.0 / 15.0, 1e-12);
    near(theory.delivered_share, 1.0, 0.0);
    assert_eq!(theory.attempts.duplicates_per_event, None);
    assert_eq!(known_curve(&scenario(0.05), &client).unwrap().last(), Some(&(300.1, 1.0)));
    // At a given phase, in a run that is no whole number of intervals, the phase shows.
    hook(&mut client).reconcile.as_mut().unwrap().phase = Phase::At(Instant::START);
    assert_eq!(predict(&scenario(0.05), &client).latency_s.mean, None);
}

#[test]
fn queues_of_other_processes_are_not_predicted() {
    let mut periodic = scenario(0.8);
    periodic.events.arrivals = Arrivals::Constant { rate_per_s: 0.8, first: Instant::START };
    // Further apart than the worker is busy: no queue. Closer: a queue of no known form.
    near(predict(&periodic, &sending(1, Delay::ZERO, seconds(1.0))).latency_s.mean, 0.0, 0.0);
    assert_eq!(predict(&periodic, &sending(1, Delay::ZERO, exponential(1.0))), Theory::default());
    // A power-law tail exceeds every period, and then several events wait.
    let heavy = Delay::Pareto { min: Span::from_secs_f64(0.01), shape: 3.0 };
    assert_eq!(predict(&periodic, &sending(1, Delay::ZERO, heavy)), Theory::default());
    // Retries come back into the queue.
    let mut client = sending(1, Delay::ZERO, seconds(1.0));
    client.network.to_client.loss = 0.1;
    assert_eq!(predict(&scenario(0.1), &client), Theory::default());
    // A short run does not forget that the queue was empty at first.
    let mut short = scenario(0.9);
    short.duration = Span::from_secs(1000);
    assert_eq!(predict(&short, &sending(1, Delay::ZERO, seconds(1.0))), Theory::default());
    near(Some(retry::attempts(0.1, 0)), 1.0, 1e-12);
}

/// Ten events an hour with the first after six minutes: the tenth would occur at the end of the hour, which is not part
/// of it. A retry after 50 minutes is in time for the first event alone: for the second it is after 62 minutes.
#[test]
fn periodic_events_are_counted_exactly() {
    let rate_per_s = 10.0 / 3600.0;
    let mut hourly = scenario(rate_per_s);
    hourly.duration = Span::from_secs(3600);
    hourly.events.arrivals = Arrivals::Constant { rate_per_s, first: Instant::START + Span::from_secs(360) };
    let theory = predict(&hourly, &poller(60.0));
    near(theory.requests.per_event, 60.0 / 9.0, 1e-12);
    near(theory.requests.per_s, 1.0 / 60.0, 1e-12);
    let mut client = retrying(&[3000]);
    client.count = 2;
    let theory = predict(&hourly, &client);
    near(theory.requests.per_event, 1.0, 1e-12);
    near(theory.requests.per_s, 18.0 / 3600.0, 1e-12);
    hook(&mut client).endpoint.failure_rate = 0.5;
    let theory = predict(&hourly, &client);
    near(theory.requests.per_event, (9.0 + 0.5) / 9.0, 1e-12);
    near(theory.requests.per_s, 19.0 / 3600.0, 1e-12);
}
