//! Pollers with known figures as predictions, and the cases in which there must be none.

use super::super::sample::{exponential, near, poller, scenario, schedule, seconds};
use super::super::{known_curve, predict};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase};
use crate::scenario::{Client, Drain};
use crate::study::summary::Theory;
use crate::time::{Instant, Span};

fn over(mut client: Client, to_source: Delay, to_client: Delay) -> Client {
    client.network.to_source.delay = to_source;
    client.network.to_client.delay = to_client;
    client
}

/// A constant way to the source costs nothing.
#[test]
fn a_fixed_interval() {
    for to_source in [0.05, 2.0] {
        let theory = predict(&scenario(0.5), &over(poller(10.0), seconds(to_source), seconds(0.05)));
        near(theory.latency_s.mean, 5.05, 1e-9);
        near(theory.latency_s.stddev, libm::sqrt(100.0 / 12.0), 1e-9);
        near(theory.latency_s.p50, 5.05, 1e-9);
        near(theory.latency_s.p95, 9.55, 1e-9);
        near(theory.latency_s.p99, 9.95, 1e-9);
        // The poll before the first one is missing: what occurs before its request would have arrived waits for the
        // first one, a whole interval later.
        near(theory.latency_s.max, 10.05 + to_source, 1e-9);
        near(theory.requests.per_s, 0.1, 1e-12);
        near(theory.delivered_share, 1.0, 0.0);
    }
}

/// Cho and Garcia-Molina, SIGMOD 2000: 0.632 and 0.5 fresh at one change an interval. The service time counts as part
/// of the answer's way.
#[test]
fn empty_polls_freshness_and_age() {
    let theory = predict(&scenario(0.05), &poller(10.0));
    near(theory.empty_share, 0.6065, 5e-5);
    near(theory.requests.per_event, 2.0, 1e-12);
    near(predict(&scenario(1.0), &poller(1.0)).fresh_share, 0.6321, 5e-5);
    let mut slow = scenario(0.7);
    slow.source.service_time = seconds(0.04);
    near(predict(&slow, &over(poller(10.0), seconds(0.3), seconds(0.02))).age_s.mean, 6.489, 5e-4);
    let mut memoryless = poller(1.0);
    schedule(&mut memoryless).interval = exponential(1.0);
    let theory = predict(&scenario(1.0), &memoryless);
    near(theory.fresh_share, 0.5, 1e-12);
    near(theory.latency_s.mean, 1.0, 1e-12);
    near(theory.empty_share, 0.5, 1e-12);
}

/// Measured from the answer, and with a round trip longer than the interval.
#[test]
fn end_to_start_and_overrun() {
    let mut after = over(poller(5.0), seconds(0.4), seconds(0.6));
    schedule(&mut after).pacing = Pacing::FixedDelay;
    let theory = predict(&scenario(0.5), &after);
    near(theory.latency_s.mean, 3.6, 1e-9);
    near(theory.requests.per_s, 1.0 / 6.0, 1e-12);
    near(theory.latency_s.p50, 3.6, 1e-9);

    for (overrun, mean, polls) in [(Overrun::Skip, 2.7, 1.0 / 3.0), (Overrun::Delay, 2.4, 1.0 / 2.4)] {
        let mut late = over(poller(1.0), seconds(1.2), seconds(1.2));
        schedule(&mut late).overrun = overrun;
        schedule(&mut late).timeout = Span::from_secs(30);
        let theory = predict(&scenario(0.5), &late);
        near(theory.latency_s.mean, mean, 1e-9);
        near(theory.requests.per_s, polls, 1e-9);
    }
}

/// Jitter of the tick costs twice what jitter of the interval does; and the round trip fits between two ticks that are
/// moved towards each other.
#[test]
fn the_two_kinds_of_jitter_differ() {
    for (kind, mean) in
        [(JitterKind::Interval, 5.0 * (1.0 + 0.25 / 3.0)), (JitterKind::Tick, 5.0 + 2.5 / 3.0)]
    {
        let mut client = over(poller(10.0), seconds(0.05), seconds(0.05));
        schedule(&mut client).jitter = 0.5;
        schedule(&mut client).jitter_kind = kind;
        let theory = predict(&scenario(0.08), &client);
        near(theory.latency_s.mean, mean + 0.05, 1e-9);
        near(theory.requests.per_s, 0.1, 1e-12);
        assert!(theory.empty_share.is_some() && theory.latency_s.p50.is_none());
    }
}

/// Through a failing API, and through lost messages whose time-out fits the interval.
#[test]
fn failing_polls() {
    let mut failing = scenario(0.05);
    failing.source.failure_rate = 0.2;
    let theory = predict(&failing, &poller(10.0));
    near(theory.latency_s.mean, 7.5, 1e-9);
    let empty = libm::exp(-0.5);
    near(theory.empty_share, 0.8 * 0.8 * empty / (1.0 - 0.2 * empty), 1e-12);
    assert_eq!(theory.latency_s.max, None);

    let mut lossy = poller(10.0);
    lossy.network.to_source.loss = 0.1;
    lossy.network.to_client.loss = 1.0 / 9.0;
    near(predict(&scenario(0.05), &lossy).latency_s.mean, 7.5, 1e-9);
    schedule(&mut lossy).timeout = Span::from_secs(11);
    assert_eq!(predict(&scenario(0.05), &lossy), Theory::default());
}

/// A random way to the source costs its variance over the interval, a random answer its mean.
#[test]
fn random_delays() {
    let way = Delay::Uniform { min: Span::ZERO, max: Span::from_secs(6) };
    let theory = predict(&scenario(0.7), &over(poller(20.0), way, exponential(1.5)));
    near(theory.latency_s.mean, 10.0 + 3.0 / 20.0 + 1.5, 1e-9);
    assert_eq!((theory.latency_s.p50, theory.age_s.mean), (None, None));

    let client = over(poller(20.0), seconds(1.0), exponential(1.5));
    let theory = predict(&scenario(0.7), &client);
    near(theory.latency_s.mean, 11.5, 1e-9);
    let curve = known_curve(&scenario(0.7), &client).unwrap();
    assert!(curve.len() <= 100 && curve.last().unwrap().1 > 0.999);
    // An answer that comes late now and then is not what the formula is about.
    assert_eq!(
        predict(&scenario(0.7), &over(poller(10.0), seconds(1.0), exponential(1.5))),
        Theory::default()
    );
}

#[test]
fn members_and_resources_add_up() {
    let mut many = scenario(0.05);
    many.events.resources = 10;
    let mut client = poller(10.0);
    client.count = 3;
    let theory = predict(&many, &client);
    near(theory.requests.per_s, 3.0, 1e-12);
    near(theory.requests.per_event, 20.0, 1e-12);
    near(theory.empty_share, libm::exp(-0.05), 1e-12);
    near(theory.latency_s.mean, 5.0, 1e-12);
    assert_eq!((theory.age_s.mean, theory.fresh_share), (None, None));
}

/// Where the period and the interval have a common measure the phase decides.
#[test]
fn periodic_events_lock_the_phase() {
    let constant = |period_s: i64| {
        let mut periodic = scenario(1.0);
        let rate_per_s = 1.0 / period_s as f64;
        periodic.events.arrivals =
            Arrivals::Constant { rate_per_s, first: Instant(period_s * 1_000_000_000) };
        periodic
    };
    let theory = predict(&constant(20), &poller(10.0));
    assert_eq!(theory.latency_s.mean, None);
    near(theory.empty_share, 0.5, 1e-12);
    // The event at the end of the run is outside of it.
    near(theory.requests.per_event, 100_000.0 / 49_999.0, 1e-12);
    // At a known phase the value is known: P = 8, T = 10, phase 0.5.
    let mut at = poller(10.0);
    schedule(&mut at).phase = Phase::At(Instant(500_000_000));
    near(predict(&constant(8), &at).latency_s.mean, 4.5, 1e-9);
    // A lattice of 10 001 values that 50 000 events pass over several times is as good as none.
    near(predict(&constant(20), &poller(10.001)).latency_s.mean, 5.0005, 1e-9);
}

#[test]
fn no_prediction_where_no_form_holds() {
    // A page that may overflow, and one that is large enough.
    assert_eq!(predict(&scenario(9.0), &poller(10.0)), Theory::default());
    assert!(predict(&scenario(4.0), &poller(10.0)).latency_s.mean.is_some());
    // Members that contend for the source, and one that has it for itself.
    let mut busy = scenario(0.05);
    (busy.source.capacity, busy.source.service_time) = (1, seconds(0.1));
    let mut client = poller(10.0);
    assert!(predict(&busy, &client).latency_s.mean.is_some());
    (client.count, busy.source.capacity) = (3, 2);
    assert_eq!(predict(&busy, &client), Theory::default());
    // A run that ends before its events are fetched keeps its costs, but not its latencies.
    let mut cut = scenario(0.05);
    cut.drain = Drain::AtMost(Span::from_secs(9));
    let theory = predict(&cut, &poller(10.0));
    assert!(theory.latency_s.mean.is_none() && theory.requests.per_s.is_some());
    // A phase that is given, in a run that ends within an interval.
    let mut at = poller(7.0);
    schedule(&mut at).phase = Phase::At(Instant::START);
    assert_eq!(predict(&scenario(0.05), &at).latency_s.mean, None);
    schedule(&mut at).interval = seconds(8.0);
    near(predict(&scenario(0.05), &at).latency_s.mean, 4.0, 1e-9);
    // Nothing ever arrives.
    let mut deaf = poller(10.0);
    deaf.network.to_client.loss = 1.0;
    assert_eq!(predict(&scenario(0.05), &deaf), Theory::default());
}

/// Members that share a server, T = 10 s and s = 0.1 s: two at random phases meet once in a hundred times and wait s/2 then; three in
/// phase wait s on average; and of three that start from the answer none waits but at first.
#[test]
fn members_that_share_a_server() {
    let mut busy = scenario(0.05);
    (busy.source.capacity, busy.source.service_time) = (1, seconds(0.1));
    let mut client = poller(10.0);
    client.count = 2;
    let theory = predict(&busy, &client);
    near(theory.latency_s.mean, 5.0 + 0.1 + 0.01 * 0.05, 1e-12);
    near(theory.latency_s.p50, 5.1005, 1e-4);
    assert_eq!(theory.latency_s.max, None);
    client.count = 3;
    schedule(&mut client).phase = Phase::At(Instant::START);
    let theory = predict(&busy, &client);
    near(theory.latency_s.mean, 5.0 + 0.1 + 0.1, 1e-12);
    near(theory.latency_s.stddev, libm::sqrt(100.0 / 12.0 + 0.02 / 3.0), 1e-12);
    near(theory.latency_s.max, 10.3, 1e-12);
    near(theory.age_s.mean, 20.0 + 5.0 + 0.2, 1e-9);
    near(theory.requests.per_s, 0.3, 1e-12);
    schedule(&mut client).pacing = Pacing::FixedDelay;
    schedule(&mut client).timeout = Span::from_secs(30);
    let theory = predict(&busy, &client);
    near(theory.latency_s.mean, 10.1 / 2.0 + 0.1, 1e-12);
    near(theory.latency_s.max, 10.1 + 0.2 + 0.1, 1e-12);
    // Where the last is not worked on when the first returns, they meet again.
    client.count = 102;
    assert!(predict(&busy, &client).latency_s.mean.is_none());
    client.count = 101;
    assert!(predict(&busy, &client).latency_s.mean.is_some());
}
