//! Arrivals that cluster or change: their counts, and what a poller finds of them.
//!
//! With a random phase the latency of a poll does not depend on the arrivals. The share of empty polls does.

use crate::{near, only, scenario, summary, text};
use pollhook::model::events::Events;
use pollhook::rng::Randomness;

/// A poller of these events, without delays.
fn polled(arrivals: &str, duration: &str, interval: &str) -> String {
    let poll = format!("[[client]]\nkind = \"poll\"\ninterval = \"{interval}\"\n");
    let text = text(duration, "1/s", "delay = \"0s\"", &poll);
    text.replace("{ process = \"poisson\", rate = \"1/s\" }", arrivals)
}

/// Geometric bursts of four on average: a poll is empty if there was no burst, not if there was no event.
#[test]
fn polling_bursts() {
    let bursts = "{ process = \"bursts\", rate = \"0.05/s\", mean_size = 4 }";
    let client = only(&polled(bursts, "500000s", "10s"));
    near("mean", client.latency_s.mean, 5.0, 0.1);
    near("p95", client.latency_s.p95, 9.5, 0.1);
    near("empty", client.empty_share, 0.6065, 0.009);
    near("events per second", client.events.occurred as f64 / 500_000.0, 0.2, 0.0068);
}

/// A daily rhythm leaves many more polls empty than independent events of the same rate, 4.5e-5 of them.
#[test]
fn polling_a_rhythm() {
    let rhythm = "{ process = \"diurnal\", rate = \"0.5/s\", amplitude = 0.8, period = \"100s\" }";
    let client = only(&polled(rhythm, "4000000s", "20s"));
    near("mean", client.latency_s.mean, 10.0, 0.05);
    near("events per second", client.events.occurred as f64 / 4e6, 0.5, 0.01);
    // The polls of a client meet five phases of the rhythm only. Over phases the share has a deviation of 0.003.
    let many = polled(rhythm, "400000s", "20s").replace("interval", "count = 40\ninterval");
    near("empty", only(&many).empty_share, 0.011_99, 0.002);
}

/// Events that cause others: their number varies more, the longer the window (theory of Hawkes 1971).
#[test]
fn self_exciting_events() {
    let hawkes = "{ process = \"self-exciting\", rate = \"0.2/s\", offspring = 0.6, decay = \"1s\" }";
    let scenario = scenario(&polled(hawkes, "1000000s", "60s"));
    let events = Events::draw(&scenario, Randomness::new(1, 0));
    near("events per second", events.occurred().len() as f64 / 1e6, 0.5, 0.007);
    for (window_s, variance, tolerance) in [(5.0, 1.990, 0.07), (500.0, 3.11, 0.45)] {
        let mut counts = vec![0.0; (1e6 / window_s) as usize];
        for at in events.occurred() {
            counts[(at.as_secs_f64() / window_s) as usize] += 1.0;
        }
        let n = counts.len() as f64;
        let mean = counts.iter().sum::<f64>() / n;
        let measured = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / n;
        near("variance per second", measured / window_s, variance, tolerance);
    }
}

/// A state without events: the polls in it are empty. By the transition matrix of state and events, 0.7264 of them.
#[test]
fn polling_a_source_that_is_on_and_off() {
    let on_off = "{ process = \"mmpp\", rates = [\"5/s\", \"0/s\"], stays = [\"100s\", \"300s\"] }";
    let client = only(&polled(on_off, "1000000s", "10s"));
    near("events per second", client.events.occurred as f64 / 1e6, 1.25, 0.108);
    near("empty", client.empty_share, 0.7264, 0.021);
}

/// A crowd: factor - 1 times rate times decay more events, and they come late only if the source cannot serve them.
#[test]
fn a_crowd_comes_once() {
    let crowd =
        "{ process = \"flash-crowd\", rate = \"1/s\", at = \"1000s\", factor = 11, decay = \"100s\" }";
    let summary = summary(&polled(crowd, "20000s", "60s"));
    near("events", summary.events.occurred as f64, 21_000.0, 580.0);
}
