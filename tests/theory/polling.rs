//! Short polling: latency, empty polls, pacing, jitter and failures.

use crate::{near, only, summary, text};

fn poll(keys: &str) -> String {
    format!("[[client]]\nkind = \"poll\"\n{keys}\n")
}

#[test]
fn fixed_interval() {
    let client = only(&text("200000s", "0.5/s", "delay = \"50ms\"", &poll("interval = \"10s\"")));
    let latency = &client.latency_s;
    near("mean", latency.mean, 5.05, 0.04);
    near("p50", latency.p50, 5.05, 0.07);
    near("p95", latency.p95, 9.55, 0.03);
    near("p99", latency.p99, 9.95, 0.015);
    near("stddev", latency.stddev, 10.0 / libm::sqrt(12.0), 0.017);
    assert!(latency.min >= Some(0.05) && latency.max <= Some(10.05), "{latency:?}");
    near("polls", client.requests.total as f64, 20_000.0, 1.0);
}

#[test]
fn the_delay_of_the_request_costs_no_freshness() {
    let network = "to_source = \"2s\"\nto_client = \"50ms\"";
    let client = only(&text("200000s", "0.5/s", network, &poll("interval = \"10s\"")));
    near("mean", client.latency_s.mean, 5.05, 0.04);
    near("p99", client.latency_s.p99, 9.95, 0.015);
    assert!(client.latency_s.min >= Some(0.05) && client.latency_s.max <= Some(10.05));
}

#[test]
fn empty_polls_and_polls_per_event() {
    let client = only(&text("1000000s", "0.05/s", "delay = \"0s\"", &poll("interval = \"10s\"")));
    let requests = &client.requests;
    near("empty", requests.empty as f64 / requests.total as f64, 0.6065, 0.007);
    near("per event", requests.per_event, 2.0, 0.04);
    near("per non-empty", requests.total as f64 / requests.non_empty as f64, 2.541, 0.04);
}

#[test]
fn break_even() {
    let clients = format!("{}[[client]]\nkind = \"webhook\"\n", poll("interval = \"30s\""));
    let summary = summary(&text("3000000s", "2/m", "delay = \"0s\"", &clients));
    let [poll, webhook] = [&summary.clients[0].requests, &summary.clients[1].requests];
    near("webhooks per poll", webhook.total as f64 / poll.total as f64, 1.0, 0.013);
    near("empty", poll.empty as f64 / poll.total as f64, 0.3679, 0.007);
}

/// Cho and Garcia-Molina 2000: fixed order against purely random order, at one change in each interval.
#[test]
fn freshness() {
    let memoryless = "interval = { distribution = \"exponential\", mean = \"1s\" }\nname = \"memoryless\"";
    let clients = format!("{}{}", poll("interval = \"1s\""), poll(memoryless));
    let summary = summary(&text("100000s", "1/s", "delay = \"0s\"", &clients));
    near("fresh, fixed", summary.clients[0].fresh_share, 0.6321, 0.006);
    near("fresh, memoryless", summary.clients[1].fresh_share, 0.5, 0.006);
    near("mean, fixed", summary.clients[0].latency_s.mean, 0.5, 0.01);
    near("mean, memoryless", summary.clients[1].latency_s.mean, 1.0, 0.02);
}

/// The same at rare and at frequent changes: (1 - e^-r)/r against 1/(1 + r), and what each poll finds.
#[test]
fn freshness_from_rare_to_frequent_changes() {
    for (rate, r, fixed, empty) in [
        ("0.01/s", 0.1, 0.9516, 0.9048),
        ("0.05/s", 0.5, 0.7869, 0.6065),
        ("0.2/s", 2.0, 0.4323, 0.1353),
        ("0.5/s", 5.0, 0.1987, 0.0067),
    ] {
        let memoryless =
            "interval = { distribution = \"exponential\", mean = \"10s\" }\nname = \"memoryless\"";
        let clients = format!("{}{}", poll("interval = \"10s\""), poll(memoryless));
        let summary = summary(&text("1000000s", rate, "delay = \"0s\"", &clients));
        let [regular, random] = [&summary.clients[0], &summary.clients[1]];
        near(rate, regular.fresh_share, fixed, 0.004);
        near(rate, regular.theory.fresh_share, fixed, 5e-5);
        near(rate, random.fresh_share, 1.0 / (1.0 + r), 0.008);
        near(rate, regular.empty_share, empty, 4.0 * libm::sqrt(empty / 1e5));
        near(rate, regular.requests.per_event, 1.0 / r, 4.0 / (r * libm::sqrt(r * 1e5)));
    }
}

#[test]
fn end_to_start() {
    let network = "to_source = \"400ms\"\nto_client = \"600ms\"";
    let keys = "interval = \"5s\"\npacing = \"fixed-delay\"";
    let client = only(&text("200000s", "0.5/s", network, &poll(keys)));
    near("mean", client.latency_s.mean, 3.6, 0.03);
    near("polls per second", client.requests.per_s, 1.0 / 6.0, 0.0001);
}

#[test]
fn a_round_trip_longer_than_the_interval() {
    for (overrun, mean, per_s) in [("skip", 2.7, 1.0 / 3.0), ("delay", 2.4, 1.0 / 2.4)] {
        let keys = format!("interval = \"1s\"\noverrun = \"{overrun}\"");
        let client = only(&text("200000s", "0.5/s", "delay = \"1.2s\"", &poll(&keys)));
        near(overrun, client.latency_s.mean, mean, 0.015);
        near(overrun, client.requests.per_s, per_s, 0.0001);
    }
}

/// The two kinds of jitter have different costs.
#[test]
fn jitter() {
    for (kind, mean) in [("interval", 5.417), ("tick", 5.833)] {
        let keys = format!("interval = \"10s\"\njitter = 0.5\njitter_kind = \"{kind}\"");
        let client = only(&text("200000s", "0.5/s", "delay = \"50ms\"", &poll(&keys)));
        near(kind, client.latency_s.mean, mean + 0.05, 0.08);
        near(kind, client.requests.per_s, 0.1, 0.001);
    }
}

#[test]
fn failing_polls() {
    let network = "delay = \"50ms\"\n[source]\nfailure_rate = 0.2";
    let client = only(&text("2000000s", "0.05/s", network, &poll("interval = \"10s\"")));
    near("mean", client.latency_s.mean, 7.55, 0.12);
    let failed = client.requests.by_status["503"];
    near("failed", failed as f64 / client.requests.total as f64, 0.2, 0.004);
}

/// With independent phases the age of information differs from the mean latency.
#[test]
fn age_of_information() {
    let client = only(&text("200000s", "0.7/s", "delay = \"60ms\"", &poll("interval = \"10s\"")));
    near("age", client.age_s.mean, 1.0 / 0.7 + 5.0 + 0.06, 0.05);
    near("fresh", client.fresh_share, libm::exp(-0.042) * (1.0 - libm::exp(-7.0)) / 7.0, 0.004);
}

/// The delay of a request to the source shifts the snapshot: its variance increases the latency, its mean does not.
#[test]
fn a_random_delay_of_the_request() {
    let network = "to_source = { distribution = \"uniform\", min = \"0s\", max = \"6s\" }\n\
        to_client = { distribution = \"uniform\", min = \"0s\", max = \"3s\" }";
    let client = only(&text("200000s", "0.5/s", network, &poll("interval = \"10s\"")));
    near("mean", client.latency_s.mean, 5.0 + 3.0 / 10.0 + 1.5, 0.05);
}

/// A uniform wait and an exponential delay of the answer.
#[test]
fn a_random_delay_of_the_answer() {
    let network = "to_source = \"0s\"\nto_client = { distribution = \"exponential\", mean = \"500ms\" }";
    let client = only(&text("200000s", "0.5/s", network, &poll("interval = \"10s\"")));
    near("mean", client.latency_s.mean, 5.5, 0.04);
    near("p50", client.latency_s.p50, 5.5, 0.07);
    near("p95", client.latency_s.p95, 10.0, 0.03);
    near("p99", client.latency_s.p99, 10.0 + 0.5 * libm::log(5.0), 0.065);
}

/// With events every 6 s and polls every 10 s only five different waits occur: the mean depends on the phase and is
/// not half an interval.
#[test]
fn periodic_events_in_step_with_the_polls() {
    for phase_s in [0.5, 1.5] {
        let keys = format!("interval = \"10s\"\nphase = \"{phase_s}s\"");
        let poisson = text("300006s", "10/m", "delay = \"0s\"", &poll(&keys));
        let client = only(&poisson.replace("\"poisson\"", "\"constant\""));
        near("mean", client.latency_s.mean, phase_s + (10.0 - 2.0) / 2.0, 1e-9);
    }
}

/// The wider the jitter, the more the gaps differ, and the more events share a poll.
#[test]
fn jitter_makes_more_polls_empty() {
    let keys = "interval = \"10s\"\njitter = 0.5";
    let client = only(&text("1000000s", "0.1/s", "delay = \"0s\"", &poll(keys)));
    near("empty", client.empty_share, libm::exp(-1.0) * libm::sinh(0.5) / 0.5, 0.007);
    let whole = only(&text("200000s", "0.5/s", "delay = \"0s\"", &poll("interval = \"10s\"\njitter = 1.0")));
    near("mean", whole.latency_s.mean, 20.0 / 3.0, 0.09);
}

/// With exponential intervals the wait is exponential, and its mean is the mean interval.
#[test]
fn memoryless_polls() {
    let keys = "interval = { distribution = \"exponential\", mean = \"10s\" }";
    let client = only(&text("1000000s", "0.1/s", "delay = \"0s\"", &poll(keys)));
    near("mean", client.latency_s.mean, 10.0, 0.2);
    near("p99", client.latency_s.p99, 10.0 * libm::log(100.0), 1.8);
    near("empty", client.empty_share, 0.5, 0.007);
}
