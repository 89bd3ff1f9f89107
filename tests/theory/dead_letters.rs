//! What was given up is sent once more.

use crate::{near, only, text};
use pollhook::study::summary::ClientSummary;
use pollhook::theory::retry;

/// An attempt fails with a chance of 0.3, and two retries are made. A dead letter is like a third retry.
#[test]
fn a_dead_letter_is_like_one_more_retry() {
    let of = |keys: &str| {
        let webhook =
            format!("[[client]]\nkind = \"webhook\"\n{keys}\nendpoint = {{ failure_rate = 0.3 }}\n");
        only(&text("100000s", "1/s", "delay = \"20ms\"", &webhook))
    };
    let kept = of("retries = [\"5s\", \"1m\"]\nredeliver_after = \"1h\"");
    let tried = of("retries = [\"5s\", \"1m\", \"1h\"]");
    let events = kept.events.occurred as f64;
    near("attempts", kept.attempts.per_event, retry::attempts(0.3, 3), 0.01);
    near("delivered", kept.delivered_share, retry::delivered_share(0.3, 3), 0.0012);
    near("redelivered", kept.attempts.redelivered as f64 / events, 0.027, 0.002);
    assert_eq!((tried.attempts.redelivered, kept.attempts.gave_up), (0, kept.events.lost));
    let mut as_tried: ClientSummary = kept.clone();
    as_tried.attempts = tried.attempts;
    assert_eq!(as_tried, tried);
    assert_eq!(kept.theory.attempts.per_event, Some(retry::attempts(0.3, 3)));
}

/// An event each minute; the receiver is down from 60.5 min on for 4 h, is disabled two hours after its first failure, at
/// 181 min 40 ms, and enabled three hours later. What was given up by then comes 10 min after that.
#[test]
fn dead_letters_are_sent_when_the_receiver_is_enabled() {
    let down = |keys: &str, lasts: &str| {
        only(&format!(
            "duration = \"10h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
             [[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = []\ndisable_after = \"2h\"\n\
             redeliver_after = \"10m\"\n{keys}\n\
             [[outage]]\nclient = \"it\"\nfrom = \"60m30s\"\nfor = \"{lasts}\"\n"
        ))
    };
    // The first 111 come again 10 min later, while the receiver is still down: they are given up for good.
    let enabled = down("enable_after = \"3h\"", "4h");
    let again_at_once = 111;
    assert_eq!(enabled.events.lost, again_at_once);
    assert_eq!(enabled.attempts.redelivered, 301);
    assert_eq!(enabled.attempts.gave_up, again_at_once);
    assert_eq!(enabled.attempts.total, 599 - 180 + 301);
    near(
        "the first that came late",
        enabled.latency_s.max,
        (181.0 - 172.0 + 180.0 + 10.0) * 60.0 + 0.06,
        1e-6,
    );
    // Never enabled: all is lost, and nothing waits for ever.
    let for_good = down("", "4h");
    assert_eq!((for_good.events.lost, for_good.events.pending), (539, 0));
    assert_eq!(for_good.attempts.redelivered, 111);
}

/// In order, a dead letter waits for the deliveries that are under way, and holds back those behind it.
#[test]
fn a_dead_letter_joins_its_line_again() {
    let client = only(
        "duration = \"10m\"\n[events]\narrivals = { process = \"constant\", rate = \"60/h\" }\n\
         [network]\ndelay = \"0s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nordered = true\nretries = []\n\
         deadline = \"10m\"\nredeliver_after = \"90s\"\nendpoint = { service_time = \"50s\" }\n\
         [[outage]]\nclient = \"it\"\nfrom = \"30s\"\nfor = \"1m\"\n",
    );
    // Event 1 fails at 60 s and is due at 150 s. Event 2 is under way from 120 s to 170 s, then event 1 until 220 s; event 3
    // waits from 180 s for that.
    assert_eq!((client.events.delivered, client.attempts.redelivered, client.events.out_of_order), (9, 1, 1));
    near("event 1", client.latency_s.max, 110.0, 1e-9);
}
