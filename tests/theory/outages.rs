//! Runs with outages against their closed forms as the report states them.

use crate::{near, summary};
use pollhook::scenario;

/// The first scenario, 300 times: about 100 events in each of its outages for every one that a single day has.
#[test]
fn the_day_agrees_with_theory() {
    let day = scenario::find("day").unwrap().text.replace("seed = 42", "seed = 42\nreplications = 300");
    let summary = summary(&day);
    let [poll, webhook] = [&summary.clients[0], &summary.clients[1]];
    for client in [poll, webhook] {
        let (latency, theory) = (&client.latency_s, &client.theory.latency_s);
        let expected = theory.mean.unwrap();
        // The events of one outage come together: the number of those in it varies as a Poisson variable's does.
        let reach = 4.0 * theory.stddev.unwrap() / (latency.count as f64).sqrt();
        near(&client.name, latency.mean, expected, reach);
        near(&client.name, latency.stddev, theory.stddev.unwrap(), 0.05 * theory.stddev.unwrap());
        for (measured, expected) in [(latency.p50, theory.p50), (latency.p95, theory.p95)] {
            near(&client.name, measured, expected.unwrap(), 0.02 * expected.unwrap());
        }
    }
    let polls = poll.requests.total as f64;
    near("polls per second", poll.requests.per_s, poll.theory.requests.per_s.unwrap(), 1e-9);
    near("empty", poll.requests.empty as f64 / polls, poll.theory.empty_share.unwrap(), 0.003);
    near("fresh", poll.fresh_share, poll.theory.fresh_share.unwrap(), 0.003);
    near("age", poll.age_s.mean, poll.theory.age_s.mean.unwrap(), 8.0);
    near("attempts", webhook.attempts.per_event, webhook.theory.attempts.per_event.unwrap(), 0.008);
    near(
        "deliveries per event",
        webhook.requests.per_event,
        webhook.theory.requests.per_event.unwrap(),
        0.008,
    );
}
