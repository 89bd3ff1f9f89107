//! Conditional polls (closed forms: the bytes of polls with an entity tag, and the quota that they use where an answer 304
//! is free).

use crate::{near, only, scenario, text};

/// A poll a minute and an event in five: events in a gap.
const R: f64 = 0.2;

fn polls(keys: &str) -> String {
    text(
        "3000h",
        "12/h",
        "delay = \"0s\"",
        &format!("[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n{keys}"),
    )
}

/// (b_req + e^-r b_304 + the mean page of the others)/T. Only a page that is not empty is one.
#[test]
fn the_bytes_of_an_entity_tag() {
    let hours = 3000.0;
    let number_of_polls = hours * 60.0;
    let expected = |keys: &str, nothing: fn(&pollhook::policy::sizes::Sizes) -> u64| {
        let scenario = scenario(&polls(keys));
        let sizes = scenario.sizes(&scenario.clients[0]);
        let mut chance = libm::exp(-R);
        let mut answered = chance * nothing(&sizes) as f64;
        for events in 1..30_u32 {
            chance *= R / f64::from(events);
            answered += chance * sizes.page(events, false) as f64;
        }
        (number_of_polls * sizes.poll() as f64, number_of_polls * answered)
    };
    // The deviation of the bytes of a poll is about that of 350 bytes for each event.
    let error = 4.0 * 350.0 * libm::sqrt(R * number_of_polls);
    let (plain, tagged) = (only(&polls("")), only(&polls("conditional = true\n")));
    for (client, (asked, answered)) in [
        (&plain, expected("", |sizes| sizes.page(0, false))),
        (&tagged, expected("conditional = true\n", |sizes| sizes.status(304))),
    ] {
        assert_eq!(client.bytes.to_source as f64, asked);
        near("bytes of the answers", client.bytes.to_client as f64, answered, error);
    }
    // What is asked and known, and when, is the same.
    assert_eq!(plain.requests.empty, tagged.requests.empty);
    assert_eq!(plain.latency_s.mean, tagged.latency_s.mean);
    assert_eq!(plain.theory.latency_s.mean, tagged.theory.latency_s.mean);
    let status = &tagged.requests.by_status;
    assert_eq!((tagged.requests.failed, status["304"]), (0, tagged.requests.empty));
    // (1 - e^-r)/T: 10.88 an hour.
    let used = 60.0 * (1.0 - libm::exp(-R));
    assert!((used - 10.88).abs() < 0.005, "{used}");
    let error = 4.0 * libm::sqrt(number_of_polls * 0.82 * 0.18) / hours;
    near("quota used in an hour", status["200"] as f64 / hours, used, error);
}

/// A quota of 60 an hour, and 180 polls: without a tag two thirds of the hour are over before the reset, with one the quota
/// lasts, because it is used by events alone.
#[test]
fn a_quota_that_only_news_uses() {
    let of = |free: bool, keys: &str| {
        let limit = format!(
            "delay = \"0s\"\n[source]\nrate_limit = {{ requests = 60, per = \"1h\", not_modified_free = {free} }}"
        );
        only(&text(
            "1000h",
            "12/h",
            &limit,
            &format!("[[client]]\nkind = \"poll\"\ninterval = \"20s\"\n{keys}"),
        ))
    };
    let tagged = of(true, "conditional = true\n");
    assert_eq!(tagged.requests.by_status.get("429"), None);
    near("mean", tagged.latency_s.mean, 10.0, 4.0 * 5.77 / libm::sqrt(12_000.0));
    near("predicted", tagged.theory.latency_s.mean, 10.0, 1e-9);
    for refused in [of(false, "conditional = true\n"), of(true, "")] {
        near("mean", refused.latency_s.mean, 816.7, 60.0);
        near("predicted", refused.theory.latency_s.mean, 816.7, 0.05);
        near("refused", refused.requests.by_status["429"] as f64, 1_000.0, 1.0);
    }
}

/// More events than the quota: the polls that bring them use it up, and then all are refused.
#[test]
fn what_is_free_is_refused_too_when_the_quota_is_used() {
    let limit =
        "delay = \"0s\"\n[source]\nrate_limit = { requests = 5, per = \"1h\", not_modified_free = true }";
    let client = "[[client]]\nkind = \"poll\"\ninterval = \"20s\"\nconditional = true\n";
    let client = only(&text("1000h", "12/h", limit, client));
    let status = &client.requests.by_status;
    assert!(status["429"] > 900 && status["304"] > 50_000, "{status:?}");
    assert_eq!((client.theory.latency_s.mean, client.events.lost), (None, 0));
}
