//! A sender that leaves a receiver alone after failures in a row. An event occurs each minute, and an attempt takes no time.

use crate::{near, only};
use pollhook::study::summary::ClientSummary;

fn down(webhook: &str, outage: &str) -> ClientSummary {
    only(&format!(
        "duration = \"4h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
         [network]\ndelay = \"0s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\n{webhook}\n\
         [[outage]]\nclient = \"it\"\nfrom = \"60m30s\"\n{outage}\n"
    ))
}

/// [delivered, lost, attempts, failed]
fn counts(client: &ClientSummary) -> [u64; 4] {
    assert_eq!(client.events.pending, 0);
    [client.events.delivered, client.events.lost, client.attempts.total, client.requests.failed]
}

/// Down for half an hour, without retries: without a breaker the events 61 to 90 are lost. With one, events 61 to 63 open it
/// at 63 min. Each 10 min a delivery is tried: event 64 at 73 min, 65 at 83 min; 66 at 93 min gets through, and all that
/// was held with it.
#[test]
fn a_breaker_tries_one_delivery_after_each_pause() {
    assert_eq!(counts(&down("retries = []", "for = \"30m\"")), [209, 30, 239, 30]);
    let client = down("retries = []\nbreaker = { failures = 3, pause = \"10m\" }", "for = \"30m\"");
    assert_eq!(counts(&client), [234, 5, 239, 5]);
    near("event 66", client.latency_s.max, (93.0 - 66.0) * 60.0, 1e-9);
    assert_eq!(client.events.out_of_order, 0);
}

/// One success in between begins a new row: two failures, and events go on. A retry counts as any attempt does.
#[test]
fn only_failures_in_a_row_open_it() {
    let short = down("retries = []\nbreaker = { failures = 3, pause = \"1h\" }", "for = \"2m\"");
    assert_eq!(counts(&short), [237, 2, 239, 2]);
    // Event 61 fails at 61 min, 61 min 5 s and 61 min 10 s: the breaker is open until 71 min 10 s.
    let retried = down(
        "retries = [\"5s\", \"5s\", \"5s\"]\nbreaker = { failures = 3, pause = \"10m\" }",
        "for = \"2m\"",
    );
    assert_eq!(counts(&retried), [239, 0, 242, 3]);
    near("event 61", retried.latency_s.max, 610.0, 1e-9);
}

/// A receiver that is disabled while a breaker holds deliveries gets none of them: they are given up.
#[test]
fn what_a_breaker_holds_is_given_up_when_the_receiver_is_disabled() {
    // Failures at 61, 62 and 63 min open it; those at 73 and 83 min are the fourth and the fifth in a row.
    let client = down(
        "retries = []\nbreaker = { failures = 3, pause = \"10m\" }\ndisable_after = { failures = 5 }",
        "for = \"3h\"",
    );
    assert_eq!(counts(&client), [60, 179, 65, 5]);
    near("disabled", client.disabled_s, (240.0 - 83.0) * 60.0, 1e-9);
    let in_order =
        down("ordered = true\nretries = []\nbreaker = { failures = 3, pause = \"10m\" }", "for = \"30m\"");
    assert_eq!(counts(&in_order), [234, 5, 239, 5]);
}

/// Two members, each with a breaker of its own. A rule that is never met changes nothing.
#[test]
fn each_member_has_its_own_breaker() {
    let two = down("count = 2\nretries = []\nbreaker = { failures = 3, pause = \"10m\" }", "for = \"30m\"");
    assert_eq!(counts(&two), [2 * 234, 2 * 5, 2 * 239, 2 * 5]);
    let without = down("retries = [\"1m\"]", "for = \"30m\"");
    let with = down("retries = [\"1m\"]\nbreaker = { failures = 1000, pause = \"10m\" }", "for = \"30m\"");
    assert_eq!(with, without);
}

/// The ten attempts of the last ten minutes: with event 65 a half of them has failed, which is not too many; event 66 opens
/// the breaker. Events 67 and 68 are tried at 76 and 86 min, and 69 gets through at 96 min.
#[test]
fn a_share_of_failures_opens_it() {
    let rule = |at_least| {
        format!(
            "retries = []\nbreaker = {{ share = 0.5, window = \"10m\", at_least = {at_least}, pause = \"10m\" }}"
        )
    };
    let client = down(&rule(10), "for = \"30m\"");
    assert_eq!(counts(&client), [231, 8, 239, 8]);
    near("event 69", client.latency_s.max, (96.0 - 69.0) * 60.0, 1e-9);
    // Eleven attempts are never in the window.
    assert_eq!(counts(&down(&rule(11), "for = \"30m\"")), [209, 30, 239, 30]);
}
