//! A source that delays or drops the deliveries to a receiver that answers slowly. An event occurs each minute, and each
//! answer takes 2 s, so that each figure follows from the rule alone.

use crate::{near, only};
use pollhook::study::summary::ClientSummary;

fn slow(penalty: &str) -> ClientSummary {
    only(&format!(
        "duration = \"10h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n[network]\ndelay = \"0s\"\n\
         [[client]]\nkind = \"webhook\"\nendpoint = {{ service_time = \"2s\" }}\nslow_penalty = {{ window = \"1h\", {penalty} }}\n"
    ))
}

/// From the eleventh event on all are five minutes late.
#[test]
fn what_is_due_to_a_slow_receiver_is_delayed() {
    let client = slow("over = \"1s\", delay_share = 0.1, delay = \"5m\", drop_share = 1.0");
    assert_eq!([client.events.delivered, client.events.lost], [599, 0]);
    near("mean", client.latency_s.mean, 300.0 * 589.0 / 599.0, 1e-9);
    near("max", client.latency_s.max, 300.0, 1e-9);
    assert_eq!(client.theory.latency_s.mean, None, "no form knows of it");
}

/// Ten are sent, and the next are dropped until fewer than ten attempts are left in the hour: ten of 61.
#[test]
fn what_is_due_to_a_very_slow_receiver_is_dropped() {
    let client = slow("over = \"1s\", delay_share = 0.1, delay = \"5m\", drop_share = 0.5");
    assert_eq!([client.events.delivered, client.events.lost, client.attempts.total], [100, 499, 100]);
    assert_eq!(client.attempts.gave_up, 499);
}

/// Two seconds are not more than two seconds.
#[test]
fn a_receiver_in_time_is_not_slow() {
    let client = slow("over = \"2s\", delay_share = 0.0, delay = \"5m\", drop_share = 0.0");
    assert_eq!([client.events.delivered, client.latency_s.max.map_or(9, |max| max as u64)], [599, 0]);
    near("predicted", client.theory.latency_s.mean, 0.0, 1e-12);
}
