//! Events that are sent together: how many requests, how long they wait.

use crate::{near, only, text};

fn batches(duration: &str, batch: &str, network: &str) -> pollhook::study::summary::ClientSummary {
    only(&text(duration, "1.5/s", network, &format!("[[client]]\nkind = \"webhook\"\nbatch = {batch}\n")))
}

/// 1.5 events a second, and two seconds of waiting: the batch and the wait of each kind, with and without a limit. The
/// limits by hand, from P(N >= j) of a Poisson variable of mean 3: 0.9502, 0.8009, 0.5768.
#[test]
fn each_kind_has_its_batch_and_its_wait() {
    for (batch, events, wait_s) in [
        ("{ wait = \"2s\" }", (4.0, 0.02), (1.25, 0.005)),
        ("{ kind = \"tick\", wait = \"2s\" }", (3.0 / 0.950_213, 0.02), (1.0, 0.005)),
        ("{ kind = \"debounce\", wait = \"2s\" }", (20.0855, 0.4), (12.7237, 0.4)),
        ("{ wait = \"2s\", max = 4 }", (3.3279, 0.01), (0.8579, 0.005)),
        ("{ kind = \"debounce\", wait = \"2s\", max = 3 }", (2.8532, 0.01), (0.6440, 0.005)),
    ] {
        let client = batches("600000s", batch, "delay = \"0s\"");
        near(batch, client.events.occurred as f64 / client.requests.total as f64, events.0, events.1);
        near(batch, client.latency_s.mean, wait_s.0, wait_s.1);
        let theory = &client.theory;
        near(batch, theory.requests.per_event.map(|per_event| 1.0 / per_event), events.0, events.1 / 20.0);
        near(batch, theory.latency_s.mean, wait_s.0, 1e-3);
        near(batch, client.attempts.per_event, theory.attempts.per_event.expect("a form"), 0.002);
        assert_eq!((client.events.lost, client.events.pending, client.events.duplicates), (0, 0, 0));
    }
}

/// In each tick of two seconds, whole batches of two leave at once; what is left waits for the tick. N of mean 3:
/// E ceil(N/2) = 1.7494 requests, and an event waits only if it is the last of an odd number: (1 - e^-6)/4 of the two seconds.
#[test]
fn a_tick_with_a_limit() {
    let batch = "{ kind = \"tick\", wait = \"2s\", max = 2 }";
    let client = batches("600000s", batch, "to_client = \"250ms\"\nto_source = \"0s\"");
    near("requests", client.requests.per_event, 1.75 / 3.0, 0.002);
    near("requests", client.theory.requests.per_event, (1.5 + (1.0 - libm::exp(-6.0)) / 4.0) / 3.0, 1e-9);
    near("latency", client.latency_s.mean, client.theory.latency_s.mean.expect("a form"), 0.005);
    assert!(client.latency_s.max <= Some(2.25) && client.theory.latency_s.max == Some(2.25));
}

/// A batch that fails is sent again as a whole, and recognised as a duplicate only where all its events are held. Each
/// event has its own latency.
#[test]
fn retries_and_duplicates_are_those_of_whole_batches() {
    let network = "delay = \"20ms\"\nloss_to_source = 0.1";
    let client = only(&text(
        "100000s",
        "1/s",
        network,
        "[[client]]\nkind = \"webhook\"\ndeadline = \"1s\"\nretries = [\"1s\", \"1s\"]\n\
         batch = { kind = \"tick\", wait = \"10s\" }\nendpoint = { failure_rate = 0.2 }\n",
    ));
    // Attempts of a delivery fail with 0.28 at first; one that was received fails again only by the loss of its answer.
    let (ticks, events) = (10_000.0, client.events.occurred as f64);
    near("first attempts", (client.attempts.total - client.requests.retries) as f64, ticks, 5.0);
    let duplicates = 0.08 + 0.2 * 0.08 + 0.08 * 0.1;
    near("duplicates", client.events.duplicates as f64 / events, duplicates, 0.013);
    near("lost", client.events.lost as f64 / events, 0.008, 0.004);
    assert!(client.attempts.gave_up > 50 && client.events.lost > 3 * client.attempts.gave_up);
}
