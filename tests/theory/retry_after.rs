//! A receiver that says when it wants to be asked again.

use crate::{only, scenario};
use pollhook::study::summary::ClientSummary;

/// An event each minute for six hours, and half an hour in which the receiver answers 503.
fn busy(webhook: &str) -> ClientSummary {
    only(&text(webhook))
}

fn text(webhook: &str) -> String {
    format!(
        "duration = \"6h\"\n[events]\narrivals = {{ process = \"constant\", rate = \"60/h\" }}\n\
         [[client]]\nname = \"it\"\nkind = \"webhook\"\n{webhook}\n\
         [[outage]]\nclient = \"it\"\nfrom = \"60m30s\"\nfor = \"30m\"\nmode = \"error\"\n"
    )
}

/// Three retries a minute apart reach the last three minutes of the outage. A receiver that asks for ten minutes gets all
/// of its events, as if the delays were ten minutes; only its answers are longer, by the header.
#[test]
fn the_next_attempt_is_not_before_the_receiver_wants_it() {
    let soon = busy("retries = [\"1m\", \"1m\", \"1m\"]");
    assert_eq!((soon.events.lost, soon.events.delivered), (27, 332));
    let asked = "endpoint = { retry_after = \"10m\" }";
    let mut told = busy(&format!("retries = [\"1m\", \"1m\", \"1m\"]\n{asked}"));
    assert_eq!((told.events.lost, told.events.delivered), (0, 359));
    let later = busy("retries = [\"10m\", \"10m\", \"10m\"]");
    let refused = told.requests.by_status["503"];
    assert_eq!(told.bytes.to_source - later.bytes.to_source, refused * "retry-after: 600\r\n".len() as u64);
    told.bytes = later.bytes;
    told.theory = later.theory.clone();
    assert_eq!(told, later);
}

/// A wait that is shorter than the delays, and one that the sender ignores, change nothing but bytes.
#[test]
fn a_wait_that_is_shorter_or_ignored_changes_no_time() {
    let plain = busy("retries = [\"1m\", \"1m\", \"1m\"]");
    for keys in [
        "endpoint = { retry_after = \"1m\" }",
        "honour_retry_after = false\nendpoint = { retry_after = \"10m\" }",
    ] {
        let mut same = busy(&format!("retries = [\"1m\", \"1m\", \"1m\"]\n{keys}"));
        assert!(same.bytes.to_source > plain.bytes.to_source, "{keys}");
        same.bytes = plain.bytes;
        assert_eq!(same, plain, "{keys}");
    }
}

/// An event each second from 1 s to 19 s, a handler needs a minute, and one delivery may wait: 17 are refused.
#[test]
fn a_full_queue_says_when_to_come_back() {
    let burst = |keys: &str| {
        only(&format!(
            "duration = \"20s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
             [network]\ndelay = \"0s\"\n[[client]]\nkind = \"webhook\"\ndeadline = \"1h\"\nretries = [\"1s\"]\n\
             endpoint = {{ service_time = \"1m\", capacity = 1, queue = 1{keys} }}\n"
        ))
    };
    let plain = burst("");
    assert_eq!((plain.events.delivered, plain.requests.by_status.get("503")), (2, Some(&33)));
    assert_eq!(plain.requests.drain, 1);
    let limited = burst(", overload_status = 429, retry_after = \"90s\"");
    // Event 3 comes back at 93 s, and waits for the handler, which works on event 2 until 121 s. The others are refused again.
    assert_eq!((limited.events.delivered, limited.events.lost), (3, 16));
    assert_eq!(limited.requests.by_status.get("429"), Some(&17));
    assert_eq!(limited.requests.by_status.get("503"), None);
}

/// The schedule of a form holds where the receiver asks for no more.
#[test]
fn a_form_holds_where_the_wait_is_no_longer_than_the_delays() {
    let poisson = |keys: &str| text(keys).replace("constant", "poisson");
    let retries = "retries = [\"10m\", \"10m\", \"10m\"]";
    let told = only(&poisson(&format!("{retries}\nendpoint = {{ retry_after = \"10m\" }}")));
    assert!(told.theory.latency_s.mean.is_some());
    let longer = scenario(&poisson(&format!("{retries}\nendpoint = {{ retry_after = \"11m\" }}")));
    assert!(longer.clients[0].webhook().is_some());
    let longer = only(&poisson(&format!("{retries}\nendpoint = {{ retry_after = \"11m\" }}")));
    assert_eq!(longer.theory.latency_s.mean, None);
}
