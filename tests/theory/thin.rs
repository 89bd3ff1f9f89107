//! Webhooks that only announce events, and an API that shows an event later than its hook tells of it.

use crate::{near, only, summary, text};
use pollhook::study::summary::ClientSummary;

const NETWORK: &str = "to_source = \"100ms\"\nto_client = \"300ms\"";

fn thin(keys: &str) -> String {
    format!("[[client]]\nkind = \"webhook\"\nthin = true\n{keys}\n")
}

/// Every period an event, which the API shows a second later: 600 ms after the first fetch looks for it.
fn early(keys: &str) -> ClientSummary {
    only(&format!(
        "duration = \"1000s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"0.1/s\", first = \"5s\" }}\n\
         [source]\ncommit_delay = \"1s\"\n[network]\n{NETWORK}\n{}",
        thin(keys)
    ))
}

/// One fetch at a time, five events a second that are shown as their notices arrive. A fetch takes 0.4 s, 0.3 s of it
/// after the source has read its log.
#[test]
fn a_notice_during_a_fetch_makes_one_more() {
    let network = format!("{NETWORK}\n[source]\ncommit_delay = \"300ms\"");
    let client = only(&text("40000s", "5/s", &network, &thin("")));
    let events = client.events.occurred as f64;
    near("fetches for each event", client.requests.polls as f64 / events, 0.468, 0.006);
    near("after the notice", client.latency_s.mean.map(|mean| mean - 0.3), 0.494, 0.003);
    near("requests, theory", client.theory.requests.per_event, 1.4683, 1e-4);
    near("latency, theory", client.theory.latency_s.mean, 0.7937, 1e-4);
    let (max_s, longest_s) = (client.latency_s.max.unwrap(), client.theory.latency_s.max.unwrap());
    assert!(max_s <= longest_s && longest_s - max_s < 0.01 && longest_s < 1.000_001, "{max_s} {longest_s}");
    assert_eq!((client.events.lost, client.events.pending, client.events.duplicates), (0, 0, 0));
}

/// Without coalescing each notice has its own fetch, however many are under way.
#[test]
fn each_notice_has_its_fetch() {
    let client = only(&text("4000s", "5/s", NETWORK, &thin("coalesce = false")));
    for (figure, theory) in [
        (client.latency_s.min, client.theory.latency_s.mean),
        (client.latency_s.max, client.theory.latency_s.max),
    ] {
        near("latency", figure, 0.7, 1e-9);
        near("latency, theory", theory, 0.7, 1e-9);
    }
    assert_eq!(client.requests.total + client.requests.drain, 2 * client.attempts.total);
    assert_eq!((client.requests.empty, client.theory.requests.per_event), (0, Some(2.0)));
}

/// The first fetch is 600 ms too early. One 200 ms after its answer comes to the source exactly in time.
#[test]
fn a_fetch_that_is_too_early_is_repeated() {
    for coalesce in [false, true] {
        let client = early(&format!("coalesce = {coalesce}\nfetch_again = \"200ms\""));
        near("min", client.latency_s.min, 1.3, 1e-9);
        near("max", client.latency_s.max, 1.3, 1e-9);
        assert_eq!((client.requests.polls, client.requests.empty_polls), (200, 100));
        assert_eq!((client.events.delivered, client.attempts.total), (100, 100));
    }
    let network = format!("{NETWORK}\n[source]\ncommit_delay = \"1s\"");
    let keys = thin("coalesce = false\nfetch_again = \"199ms\"");
    let client = only(&text("1000s", "0.1/s", &network, &keys));
    near("latency", client.latency_s.mean, 0.7 + 2.0 * 0.599, 1e-9);
    near("latency, theory", client.theory.latency_s.mean, 0.7 + 2.0 * 0.599, 1e-9);
    near("empty", client.empty_share, client.theory.empty_share.expect("a form"), 1e-9);
}

/// Without another look, an event that is asked for by its id is lost, although its notice was acknowledged. One that is
/// asked for by cursor comes with the next notice, and the last never.
#[test]
fn a_fetch_that_is_too_early_and_is_not_repeated() {
    let by_id = early("coalesce = false\nfetch_again = \"never\"");
    assert_eq!((by_id.events.delivered, by_id.events.lost, by_id.events.pending), (0, 100, 0));
    assert_eq!((by_id.requests.failed, by_id.requests.empty), (0, 100));
    let by_cursor = early("fetch_again = \"never\"");
    assert_eq!((by_cursor.events.delivered, by_cursor.events.lost, by_cursor.events.pending), (99, 0, 1));
    near("latency", by_cursor.latency_s.mean, 10.7, 1e-9);
    let reconciled = early("coalesce = false\nfetch_again = \"never\"\nreconcile = \"60s\"");
    assert_eq!((reconciled.events.delivered, reconciled.events.lost), (100, 0));
}

/// A notice that is lost is sent again, and one whose answer is lost is a duplicate: as many as of events.
#[test]
fn notices_are_retried_and_duplicated_as_deliveries_are() {
    let run = |keys: &str| {
        let network = "delay = \"10ms\"\nloss_to_client = 0.1\nloss_to_source = 0.15";
        let keys = format!(
            "[[client]]\nkind = \"webhook\"\ndeadline = \"1s\"\nretries = [\"1s\", \"1s\", \"1s\"]\n{keys}\n"
        );
        only(&text("100000s", "1/s", network, &keys))
    };
    let (thin, whole) = (run("thin = true"), run(""));
    assert_eq!(thin.attempts, whole.attempts);
    assert_eq!(
        (thin.events.receipts, thin.events.duplicates),
        (whole.events.receipts, whole.events.duplicates)
    );
    assert_eq!(
        (thin.events.lost, thin.events.pending),
        (0, 0),
        "a later fetch brings what no notice told of"
    );
}

/// The API shows an event two seconds later: to polls, to held requests and on streams. A webhook does not wait for it.
#[test]
fn what_the_api_shows_later_is_later_for_all_who_ask() {
    let network = "to_source = \"50ms\"\nto_client = \"100ms\"\n[source]\ncommit_delay = \"2s\"";
    let clients = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\n\
        [[client]]\nkind = \"long-poll\"\nhold = \"30s\"\n[[client]]\nkind = \"sse\"\n\
        [[client]]\nkind = \"webhook\"\n";
    let summary = summary(&text("100000s", "0.5/s", network, clients));
    let [poll, long_poll, stream, webhook] = summary.clients.as_slice() else { panic!("four clients") };
    near("poll", poll.latency_s.mean, 5.0 + 2.1, 0.055);
    near("poll, theory", poll.theory.latency_s.mean, 7.1, 1e-9);
    near("age, theory", poll.age_s.mean, poll.theory.age_s.mean.expect("a form"), 0.06);
    near("fresh, theory", poll.fresh_share, poll.theory.fresh_share.expect("a form"), 0.005);
    near("long poll", long_poll.latency_s.min, 2.1, 1e-9);
    assert!(
        long_poll.latency_s.max.is_some_and(|value| value < 2.1 + 0.15 + 1e-9),
        "{:?}",
        long_poll.latency_s
    );
    near("stream", stream.latency_s.max, 2.1, 1e-9);
    near("webhook", webhook.latency_s.max, 0.1, 1e-9);
    for client in [poll, long_poll, stream] {
        assert_eq!((client.events.lost, client.events.pending), (0, 0));
    }
}
