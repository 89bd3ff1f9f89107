//! Many pollers that ask at the same moment (closed forms: the mean wait of requests in phase, and of requests at random phases), and
//! what spreads them.

use crate::{near, only};
use pollhook::study::predict::{self, Effect};
use pollhook::study::summary::ClientSummary;
use pollhook::theory::queue;

/// An event at each half minute and polls at each full one, so that every event waits 30 s for the herd.
fn herd(count: u32, capacity: u32, service_ms: u32, keys: &str) -> String {
    format!(
        "duration = \"1h\"\nseed = 1\n[events]\n\
         arrivals = {{ process = \"constant\", rate = \"1/m\", first = \"30s\" }}\n[network]\ndelay = \"0s\"\n\
         [source]\ncapacity = {capacity}\nservice_time = \"{service_ms}ms\"\n\
         [[client]]\nkind = \"poll\"\ninterval = \"60s\"\nphase = \"0s\"\ncount = {count}\n{keys}"
    )
}

#[test]
fn a_herd_waits_for_itself() {
    for (count, capacity, service_ms) in [(1000, 1, 20), (1000, 7, 20), (7, 3, 1500), (3, 0, 1500)] {
        let client = only(&herd(count, capacity, service_ms, ""));
        let service_s = f64::from(service_ms) / 1e3;
        let wait_s = match capacity {
            0 => 0.0,
            servers => queue::in_phase_mean(count, servers, service_s),
        };
        near("mean", client.latency_s.mean, 30.0 + wait_s + service_s, 1e-9);
        let last_s = f64::from((count - 1).checked_div(capacity).unwrap_or(0)) * service_s;
        near("max", client.latency_s.max, 30.0 + last_s + service_s, 1e-9);
    }
}

/// Jitter about the tick spreads each herd over 2jT = 12 s, of which the source needs 20: the last waits 8 s, and the mean is
/// half of it. Events are far from the polls, so that the jitter changes nothing else.
#[test]
fn jitter_about_the_tick_spreads_a_herd_and_no_more() {
    let of = |jitter: f64| {
        let client = only(&herd(1000, 1, 20, &format!("jitter = {jitter}\njitter_kind = \"tick\"\n")));
        client.latency_s.mean
    };
    let error = |jitter: f64| 4.0 * 60.0 * jitter / libm::sqrt(3.0 * 60_000.0);
    near("within 12 s", of(0.1), 30.0 + 4.0 + 0.02, error(0.1) + 0.02);
    // Over 48 s the source is busy for five twelfths of the time, and nearly nobody waits.
    near("within 48 s", of(0.4), 30.0 + 0.02 + queue::single_mean(1000.0 / 48.0, 0.02, 4e-4), error(0.4));
}

/// A fixed delay starts at the answer. So the queue itself spreads the herd, and nobody waits a second time: the 1,000 ask at
/// all moments of the 20 s that the source took for them, and 20 ms later each minute.
#[test]
fn a_herd_with_a_fixed_delay_meets_once() {
    let client = only(&herd(1000, 1, 20, "pacing = \"fixed-delay\"\n"));
    let (spread, later, answered) = (500.5, 29.5, 1.0);
    near("mean", client.latency_s.mean, 30.0 + 0.02 * (spread + later + answered), 1e-6);
}

/// Pollers that share a source, over Poisson events: the predictions and the run.
fn shared(seed: u32, source: &str, keys: &str) -> ClientSummary {
    only(&format!(
        "duration = \"24h\"\nseed = {seed}\nreplications = 2\n[events]\n\
         arrivals = {{ process = \"poisson\", rate = \"60/h\" }}\n[network]\ndelay = \"30ms\"\n\
         [source]\n{source}\n[[client]]\nkind = \"poll\"\n{keys}"
    ))
}

/// Every figure that has a prediction, within four standard errors: those of the wait for a poll, T²/12 for each event, because
/// the wait for a server is the same for every event of a loop.
fn agrees(what: &str, client: &ClientSummary, interval_s: f64) {
    let theory = &client.theory;
    let events = client.events.occurred as f64 / f64::from(client.count);
    let error_s = 4.0 * interval_s / libm::sqrt(12.0 * events);
    near(&format!("{what}: mean"), client.latency_s.mean, theory.latency_s.mean.expect("mean"), error_s);
    let [p50, p95] = [theory.latency_s.p50.expect("p50"), theory.latency_s.p95.expect("p95")];
    // A percentile, at a density of 1/T or, where it falls at the end, at least a third of it; and the width of a cell.
    let rank_s =
        |share: f64| 4.0 * interval_s * libm::sqrt(share * (1.0 - share) / events) + 0.002 * interval_s;
    near(&format!("{what}: p50"), client.latency_s.p50, p50, rank_s(0.5));
    near(&format!("{what}: p95"), client.latency_s.p95, p95, 3.0 * rank_s(0.95));
    let empty = theory.empty_share.expect("empty");
    let polls = client.requests.polls as f64 / f64::from(client.count);
    near(
        &format!("{what}: empty"),
        client.requests.empty as f64 / client.requests.polls as f64,
        empty,
        4.0 * libm::sqrt(empty * (1.0 - empty) / polls),
    );
    near(
        &format!("{what}: fresh"),
        client.fresh_share,
        theory.fresh_share.expect("fresh"),
        4.0 * 0.3 / libm::sqrt(events),
    );
    near(
        &format!("{what}: age"),
        client.age_s.mean,
        theory.age_s.mean.expect("age"),
        4.0 * 90.0 / libm::sqrt(events / 2.0),
    );
    if let Some(max_s) = theory.latency_s.max {
        let found_s = client.latency_s.max.expect("max");
        assert!(
            found_s <= max_s + 1e-9 && found_s > max_s - 0.05 * interval_s,
            "{what}: {found_s} of {max_s}"
        );
    }
}

/// In phase, the k-th of a herd waits for those before it; with phases of their own, for those that happen to have asked just before
/// (ND/D/1); and who starts from the answer waits once.
#[test]
fn a_herd_is_predicted() {
    for (seed, source, keys) in [
        (1, "capacity = 1\nservice_time = \"100ms\"", "count = 400\ninterval = \"60s\"\nphase = \"0s\"\n"),
        (2, "capacity = 3\nservice_time = \"1s\"", "count = 100\ninterval = \"60s\"\nphase = \"7s\"\n"),
        (3, "capacity = 1\nservice_time = \"500ms\"", "count = 100\ninterval = \"60s\"\n"),
        (4, "capacity = 1\nservice_time = \"2900ms\"", "count = 20\ninterval = \"60s\"\n"),
        (
            5,
            "capacity = 1\nservice_time = \"100ms\"",
            "count = 400\ninterval = \"60s\"\nphase = \"0s\"\npacing = \"fixed-delay\"\n",
        ),
        (
            6,
            "capacity = 2\nservice_time = \"200ms\"",
            "count = 401\ninterval = \"60s\"\npacing = \"fixed-delay\"\n",
        ),
        // So rarely are all busy that it does not matter.
        (7, "capacity = 20\nservice_time = \"500ms\"", "count = 100\ninterval = \"60s\"\njitter = 0.1\n"),
    ] {
        let keys = format!("{keys}timeout = \"60s\"\n");
        let client = shared(seed, source, &keys);
        if keys.contains("jitter") {
            let theory = client.theory.latency_s.mean.expect("mean");
            near(&keys, client.latency_s.mean, theory, 4.0 * 60.0 / libm::sqrt(12.0 * 2880.0));
            continue;
        }
        agrees(&keys, &client, 60.0);
    }
}

/// The wait for a server by itself: the same herd with no other at the source, over the same events.
#[test]
fn what_the_queue_adds_is_the_predicted_wait() {
    let of = |capacity: u32, service: &str, count: u32, phase: &str| {
        let source = format!("capacity = {capacity}\nservice_time = \"{service}\"");
        shared(9, &source, &format!("count = {count}\ninterval = \"60s\"\ntimeout = \"60s\"\n{phase}"))
    };
    for (count, service, phase) in
        [(400, "100ms", "phase = \"0s\"\n"), (100, "500ms", ""), (20, "2900ms", "")]
    {
        let [busy, free] = [1, 0].map(|capacity| of(capacity, service, count, phase));
        let added = |client: &ClientSummary| client.latency_s.mean.expect("mean");
        let theory = busy.theory.latency_s.mean.expect("busy") - free.theory.latency_s.mean.expect("free");
        // In phase it is no matter of chance. Else the phases of each replication are; the queue of one replication has a mean whose
        // deviation is at most that of a wait.
        let variance_s2 =
            |client: &ClientSummary| client.theory.latency_s.stddev.map(|deviation| deviation * deviation);
        let spread_s2 = variance_s2(&busy).expect("busy") - variance_s2(&free).expect("free");
        let reach = if phase.is_empty() { 4.0 * libm::sqrt(spread_s2 / 2.0) } else { theory * 0.002 };
        near(&format!("{count}"), added(&busy) - added(&free), theory, reach);
    }
}

/// Where a herd has no form: answers that come after the next tick, waits for one of several servers at random phases, and jitter
/// that lets the clients drift apart; and where the last ones time out.
#[test]
fn other_herds_are_not_predicted() {
    for (source, keys, reason) in [
        (
            "capacity = 1\nservice_time = \"599ms\"",
            "count = 100\nphase = \"0s\"\ntimeout = \"120s\"\n",
            "no form",
        ),
        ("capacity = 3\nservice_time = \"1s\"", "count = 100\n", "no form"),
        ("capacity = 1\nservice_time = \"100ms\"", "count = 400\nphase = \"0s\"\njitter = 0.1\n", "no form"),
        (
            "capacity = 1\nservice_time = \"100ms\"",
            "count = 400\nphase = \"0s\"\n",
            "400 polls come together",
        ),
        (
            "capacity = 1\nservice_time = { distribution = \"exponential\", mean = \"100ms\" }",
            "count = 100\n",
            "no form",
        ),
    ] {
        let text = format!(
            "duration = \"1h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"60/h\" }}\n[network]\ndelay = \"300ms\"\n\
             [source]\n{source}\n[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n{keys}"
        );
        let scenario = crate::scenario(&text);
        let outlook = predict::outlook(&scenario, &scenario.clients[0]);
        assert_eq!(outlook.theory.latency_s.mean, None, "{keys}");
        assert!(outlook.missing.iter().all(|(_, why)| why.starts_with(reason)), "{keys}: {outlook:?}");
    }
}

/// More polls than the source can work on: each loop waits for its own answer, so that they come less often and no later in a
/// longer run. Where they time out, the source works on requests that nobody waits for any more, and ever fewer bring something.
#[test]
fn a_herd_above_the_capacity_slows_down_or_chokes() {
    let of = |duration: &str, timeout: &str| {
        let text = format!(
            "duration = \"{duration}\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"60/m\" }}\n[network]\n\
             delay = \"0s\"\n[source]\ncapacity = 2\nservice_time = \"500ms\"\n[[client]]\nkind = \"poll\"\ncount = 50\n\
             interval = \"10s\"\nphase = \"0s\"\ntimeout = \"{timeout}\"\n"
        );
        let scenario = crate::scenario(&text);
        let overload = predict::stability(&scenario, &scenario.clients[0]).expect("it cannot keep up");
        (only(&text), overload.effect)
    };
    let [(short, slows), (long, _)] = ["1h", "10h"].map(|duration| of(duration, "30s"));
    let mean = |client: &ClientSummary| client.latency_s.mean.expect("some are held");
    // A round of all takes 12.5 s, so that those at its end miss a tick.
    near("a longer run", mean(&long), mean(&short), 0.01 * mean(&short));
    assert!(long.requests.per_s < 4.1, "it asks less often: {}", long.requests.per_s);
    assert_eq!((slows, long.events.pending), (Effect::AsksLess, 0));
    let (choked, chokes) = of("1h", "5s");
    assert_eq!(chokes, Effect::LatenciesGrow);
    assert!(choked.events.pending > choked.events.occurred / 2, "{:?}", choked.events);
}
