//! A source that disables a receiver that fails. An event occurs each minute, and an attempt takes 40 ms, so that each
//! figure follows from the rule alone.

use crate::{near, only};
use pollhook::study::summary::ClientSummary;

/// Ten hours, and the receiver down from 1 h 0.5 min on: event 61 is the first that fails.
fn down(webhook: &str, outage: &str) -> ClientSummary {
    only(&format!(
        "duration = \"10h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
         [[client]]\nname = \"it\"\nkind = \"webhook\"\n{webhook}\n\
         [[outage]]\nclient = \"it\"\nfrom = \"60m30s\"\n{outage}\n"
    ))
}

/// [delivered, lost, pending, attempts, given up]
fn counts(client: &ClientSummary) -> [u64; 5] {
    let (events, attempts) = (&client.events, &client.attempts);
    assert_eq!(events.occurred / u64::from(client.count), 599);
    [events.delivered, events.lost, events.pending, attempts.total, attempts.gave_up]
}

/// The first failure is known at 61 min 40 ms, so that of event 181 is the first that comes two hours later. For good, or
/// for three hours: event 361 occurs 40 ms before the receiver is enabled, event 362 after.
#[test]
fn after_two_hours_of_failures_nothing_is_sent() {
    let rule = "retries = []\ndisable_after = \"2h\"";
    let for_good = down(rule, "for = \"24h\"");
    assert_eq!(counts(&for_good), [60, 539, 0, 181, 539]);
    near("disabled", for_good.disabled_s, 36_000.0 - 181.0 * 60.0 - 0.04, 1e-9);
    assert_eq!(for_good.theory.attempts.per_event, None, "no form knows of it");

    let rule = format!("{rule}\nenable_after = \"3h\"");
    let enabled = down(&rule, "for = \"4h\"");
    assert_eq!(counts(&enabled), [60 + 238, 301, 0, 181 + 238, 301]);
    near("disabled", enabled.disabled_s, 10_800.0, 1e-9);

    // Still down when it is enabled: the row of failures begins again with event 362.
    let again = down(&rule, "for = \"24h\"");
    assert_eq!(counts(&again), [60, 539, 0, 181 + 121, 539]);
    near("disabled", again.disabled_s, 10_800.0 + 36_000.0 - 482.0 * 60.0 - 0.04, 1e-9);
}

/// An hour of failures is shorter than the rule: the same as without it, in every figure.
#[test]
fn a_rule_that_is_not_met_changes_nothing() {
    let without = down("retries = [\"10m\", \"1h\"]", "for = \"1h\"");
    let with = down("retries = [\"10m\", \"1h\"]\ndisable_after = \"62m\"", "for = \"1h\"");
    assert_eq!(with, without);
    assert_eq!(with.disabled_s, Some(0.0));
    let met = down("retries = [\"10m\", \"1h\"]\ndisable_after = \"59m\"", "for = \"1h\"");
    assert!(met.events.lost > 0 && met.disabled_s > Some(0.0));
}

/// Event 65 is the fifth failure in a row. The retries of the first five are due an hour later: they are given up, unless
/// the receiver is enabled by then.
#[test]
fn what_is_due_while_the_receiver_is_disabled_is_given_up() {
    let rule = "retries = [\"1h\"]\ndisable_after = { failures = 5 }";
    assert_eq!(counts(&down(rule, "for = \"24h\"")), [60, 539, 0, 65, 539]);
    let enabled = down(&format!("{rule}\nenable_after = \"30m\""), "for = \"29m\"");
    assert_eq!(counts(&enabled), [599 - 30, 30, 0, 65 + 5 + 504, 30]);
    // In order, event 61 alone is tried: its second failure is the second in a row, and all behind it are given up.
    let in_order = "ordered = true\nretries = [\"10m\", \"10m\"]\ndisable_after = { failures = 2 }";
    assert_eq!(counts(&down(in_order, "for = \"24h\"")), [60, 539, 0, 62, 539]);
}

/// The retry of event 61 fails at 121 min 80 ms, after the first attempt of event 121.
#[test]
fn the_last_retry_of_a_delivery_may_disable() {
    let client = down("retries = [\"1h\"]\ndisable_after = \"last-retry\"", "for = \"24h\"");
    assert_eq!(counts(&client), [60, 539, 0, 60 + 61 + 1, 539]);
}

/// A receiver that says that it is gone gets one attempt, where the source has a rule; a poll beside it finds the events.
#[test]
fn gone_disables_at_once_unless_nothing_does() {
    let gone = "for = \"10m\"\nmode = \"gone\"";
    for rule in ["\"gone\"", "\"5d\"", "{ failures = 100 }", "\"last-retry\""] {
        let client = down(&format!("disable_after = {rule}"), gone);
        assert_eq!(counts(&client), [60, 539, 0, 61, 539], "{rule}");
        assert_eq!(client.requests.by_status.get("410"), Some(&1), "{rule}");
    }
    let without = down("retries = []", gone);
    assert_eq!(counts(&without), [589, 10, 0, 599, 10]);
    assert_eq!(without.requests.by_status.get("410"), Some(&10));
    let beside = down("disable_after = \"gone\"\nreconcile = \"7m\"", gone);
    assert_eq!(counts(&beside)[..3], [599, 0, 0]);
}

/// Each member has its own row of failures.
#[test]
fn members_are_disabled_one_by_one() {
    let [one, two] = ["", "count = 2\n"]
        .map(|count| down(&format!("{count}retries = []\ndisable_after = \"2h\""), "for = \"24h\""));
    assert_eq!((two.events.lost, two.attempts.total), (2 * one.events.lost, 2 * one.attempts.total));
    assert_eq!(two.disabled_s, one.disabled_s);
}

/// Of the sixty attempts of an hour more than 57 have failed with event 118. Slack's rule, but for the number of attempts:
/// sixty-one are never in the window.
#[test]
fn a_share_of_failures_disables() {
    let rule = |at_least| {
        format!("retries = []\ndisable_after = {{ share = 0.95, window = \"1h\", at_least = {at_least} }}")
    };
    assert_eq!(counts(&down(&rule(60), "for = \"24h\"")), [60, 539, 0, 118, 539]);
    assert_eq!(counts(&down(&rule(61), "for = \"24h\"")), [60, 539, 0, 599, 539]);
    // Fifty-seven failures in the window are not enough, and they leave it one by one.
    assert_eq!(counts(&down(&rule(60), "for = \"57m\"")), [542, 57, 0, 599, 57]);
}
