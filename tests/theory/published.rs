//! Published figures: FriendFeed polling Flickr in 2008, Zapier's share of wasted polls;
//! and the bias of a run that does not drain.

use crate::{near, only, scenario, text};
use pollhook::measure::Latencies;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::sim::{self, RunOptions};
use std::sync::Arc;

/// FriendFeed crawled Flickr 2.9 million times in 24 h for 45,754 users, of whom 6,721 visited Flickr in that time (Kellan
/// Elliott-McCrea and Evan Henshaw-Plath, "Beyond REST?", OSCON 2008). Here each visit is one event.
#[test]
fn friendfeed() {
    let text =
        text("24h", "6721/d", "delay = \"0s\"", "[[client]]\nkind = \"poll\"\ninterval = \"1363.2s\"\n");
    let client = only(&text.replace("[events]", "[events]\nresources = 45754"));
    near("polls", client.requests.total as f64, 2_900_000.0, 420.0);
    near("mean", client.latency_s.mean, 681.6, 20.0);
    assert!(client.requests.empty as f64 / client.requests.total as f64 >= 0.997_68);
}

/// 98.5 % of polls are empty at 1.4509 events a day and a poll every 15 minutes: 66 polls for each that is not.
#[test]
fn zapier() {
    let client = only(&text(
        "10000d",
        "1.4509/d",
        "delay = \"0s\"",
        "[[client]]\nkind = \"poll\"\ninterval = \"15m\"\n",
    ));
    let requests = &client.requests;
    near("empty", requests.empty as f64 / requests.total as f64, 0.985, 0.0006);
    near("per non-empty", requests.total as f64 / requests.non_empty as f64, 66.7, 2.3);
    near("per event", requests.per_event, 66.2, 2.3);
}

/// A pause of 1.42 s in 19.75 s at 2,000 requests a second, as in the documentation of wrk2. The percentiles show all of it,
/// since latency counts from the scheduled time.
#[test]
fn a_stop_of_the_sender_shows_in_the_percentiles() {
    let constant = text("19750ms", "2000/s", "delay = \"0s\"", "[[client]]\nkind = \"webhook\"\n")
        .replace("\"poisson\"", "\"constant\"");
    let client =
        only(&format!("{constant}[[outage]]\nparty = \"source\"\nfrom = \"5s\"\nfor = \"1420ms\"\n"));
    let latency = &client.latency_s;
    near("p90", latency.p90, 0.0, 1e-9);
    near("p95", latency.p95, 1.42 - 0.05 * 19.75, 0.001);
    near("p99", latency.p99, 1.42 - 0.01 * 19.75, 0.001);
    near("max", latency.max, 1.42, 0.001);
}

/// Short runs: without the drain the last events are missing, and the mean is 29.47 s instead of 30.
#[test]
fn the_drain_removes_the_bias_of_the_end() {
    let scenario =
        scenario(&text("600s", "6/h", "delay = \"0s\"", "[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n"));
    let mut latencies = Latencies::default();
    for replication in 0..80_000 {
        let randomness = Randomness::new(scenario.seed, replication);
        let events = Arc::new(Events::draw(&scenario, randomness));
        let record =
            sim::run(&scenario, &scenario.clients[0], &events, randomness, RunOptions::TO_THE_END).unwrap();
        for (receipt, &occurred) in record.receipts.iter().zip(events.occurred()) {
            assert!(receipt.by.is_some(), "nothing is pending after the drain");
            latencies.record(receipt.held - occurred);
        }
    }
    near("mean", latencies.mean_s(), 30.0, 0.25);
}
