//! What a source bills (closed forms: the share of polls that find nothing, and the quota that an entity tag uses).

use crate::{near, only, text};

/// A poll a minute and an event in five: events in a gap.
const R: f64 = 0.2;
const POLLS: f64 = 180_000.0;

fn billed(billing: &str, keys: &str) -> u64 {
    let network = format!("delay = \"0s\"\n[source]\n{billing}");
    let client = only(&text("3000h", "12/h", &network, &format!("[[client]]\n{keys}")));
    assert!(client.calls.billed <= client.requests.total);
    client.calls.billed
}

/// One who bills each poll, one who bills those that find something, and one who bills all but answers 304: the quota of an
/// entity tag, (1 - e^-r)/T.
#[test]
fn polls_cost_what_the_source_counts() {
    let poll = "kind = \"poll\"\ninterval = \"60s\"\n";
    let tagged = format!("{poll}conditional = true\n");
    let news = POLLS * -libm::expm1(-R);
    let error = 4.0 * libm::sqrt(POLLS * 0.82 * 0.18);
    assert_eq!((billed("", poll), billed("", &tagged)), (180_000, 180_000));
    let (free_empty, free_304) =
        ("billing = { free = [\"empty\"] }", "billing = { free = [\"not-modified\"] }");
    near("empty polls are free", billed(free_empty, poll) as f64, news, error);
    near("answers 304 are free", billed(free_304, &tagged) as f64, news, error);
    assert_eq!((billed(free_304, poll), billed(free_empty, &tagged)), (180_000, 180_000));
}

/// Every class is billed or free by itself, and what is sent by the source as well.
#[test]
fn each_kind_of_request_is_free_by_itself() {
    let network = |free: &str| {
        format!(
            "delay = \"0s\"\n[source]\nfailure_rate = 0.2\nrate_limit = {{ requests = 50, per = \"1h\" }}\n\
             billing = {{ free = [{free}] }}"
        )
    };
    let poll = "[[client]]\nkind = \"poll\"\ninterval = \"60s\"\nconditional = true\n";
    let of = |free: &str| only(&text("300h", "12/h", &network(free), poll));
    let all = of("");
    let requests = &all.requests;
    assert_eq!(all.calls.billed, requests.total);
    let status = |status: &str| requests.by_status[status];
    let empty = requests.empty - status("304");
    assert_eq!(empty, 0, "a conditional poll that finds nothing is answered 304");
    for (free, left) in [
        ("\"not-modified\"", requests.total - status("304")),
        ("\"empty\"", requests.total),
        ("\"limited\"", requests.total - status("429")),
        ("\"failed\"", requests.total - status("503")),
        ("\"limited\", \"failed\", \"not-modified\"", requests.non_empty),
        ("\"deliveries\"", requests.total),
    ] {
        assert_eq!(of(free).calls.billed, left, "{free}");
        assert_eq!(of(free).requests, all.requests, "a bill changes nothing else");
    }
    assert!(status("429") > 250 && status("503") > 1000);
}

/// A webhook costs nothing where deliveries are free, and the poll beside it does.
#[test]
fn a_delivery_is_no_call_of_the_client() {
    let of = |free: &str, keys: &str| {
        let billing = format!("delay = \"0s\"\n[source]\nbilling = {{ free = [{free}] }}");
        only(&text("100h", "12/h", &billing, &format!("[[client]]\nkind = \"webhook\"\n{keys}")))
    };
    let (alone, beside) = ("", "reconcile = \"1h\"\nendpoint = { failure_rate = 0.1 }\n");
    assert_eq!(of("\"deliveries\"", alone).calls.billed, 0);
    let paid = of("", alone);
    assert_eq!(paid.calls.billed, paid.attempts.total);
    let both = of("\"deliveries\"", beside);
    assert_eq!((both.calls.billed, both.requests.polls), (100, 100));
    let thin = of("\"deliveries\", \"empty\"", "thin = true\n");
    assert_eq!(thin.calls.billed, thin.requests.polls - thin.requests.empty_polls);
}

/// Without a word of what is free, the bill has every answer but refusals and errors, whatever its status: news, nothing new
/// (304, or 404 for an event that is not shown yet) and an open stream.
#[test]
fn what_is_answered_is_billed_whatever_its_status() {
    let source = "delay = \"0s\"\n[source]\ncommit_delay = \"5s\"\nfailure_rate = 0.1\n";
    let limited = format!("{source}rate_limit = {{ requests = 60, per = \"1h\" }}\n");
    let of = |source: &str, keys: &str| only(&text("100h", "60/h", source, &format!("[[client]]\n{keys}")));
    for (keys, answers) in [
        ("kind = \"poll\"\ninterval = \"45s\"\n", vec!["200"]),
        ("kind = \"poll\"\ninterval = \"45s\"\nconditional = true\n", vec!["200", "304"]),
        ("kind = \"sse\"\n", vec!["200"]),
        ("kind = \"websocket\"\n", vec!["101"]),
    ] {
        let client = of(&limited, keys);
        let by_status = |status: &str| client.requests.by_status.get(status).copied().unwrap_or_default();
        let answered: u64 = answers.iter().map(|status| by_status(status)).sum();
        assert_eq!(client.calls.billed, answered, "{keys}: {:?}", client.requests.by_status);
    }
    // An endpoint's answers 200 are those of deliveries, which are no calls.
    let thin = of(source, "kind = \"webhook\"\nthin = true\ncoalesce = false\n");
    let not_yet = thin.requests.by_status["404"];
    let brought = thin.requests.by_status["200"] - thin.attempts.total;
    assert!(not_yet > 1_000, "{:?}", thin.requests.by_status);
    assert_eq!(thin.calls.billed, brought + not_yet, "{:?}", thin.requests.by_status);
}

/// Who stays connected asks once; who is held asks once for each answer.
#[test]
fn a_stream_is_one_call() {
    let network = "delay = \"0s\"\n[source]\nbilling = { free = [\"empty\"] }";
    let of = |kind: &str| only(&text("100h", "12/h", network, &format!("[[client]]\nkind = \"{kind}\"\n")));
    assert_eq!(of("sse").calls.billed, 1);
    let held = of("long-poll");
    assert_eq!(held.calls.billed, held.requests.non_empty);
}

/// The plain path and the shortcut bill alike: 100 resources polled once a second for three hours, and one resource of the
/// same polls.
#[test]
fn polls_that_are_only_counted_are_billed_as_all_others() {
    let of = |free: &str, keys: &str| {
        let text = format!(
            "duration = \"3h\"\nseed = 1\n[events]\nresources = 100\n\
             arrivals = {{ process = \"poisson\", rate = \"1/m\" }}\n[source]\nbilling = {{ free = [{free}] }}\n\
             [[client]]\nkind = \"poll\"\ninterval = \"1s\"\n{keys}"
        );
        only(&text)
    };
    for (keys, free) in [("", "\"empty\""), ("conditional = true\n", "\"not-modified\"")] {
        let client = of(free, keys);
        assert_eq!(client.requests.total, 1_080_000);
        assert_eq!(client.calls.billed, client.requests.non_empty);
        assert_eq!(of("", keys).calls.billed, 1_080_000);
    }
}
