//! Long polling (RFC 6202) against its closed form.

use crate::{near, only, summary, text};
use pollhook::theory::long_poll::LongPoll;

fn long_poll(keys: &str) -> String {
    format!("[[client]]\nkind = \"long-poll\"\n{keys}\n")
}

/// From rare to frequent events: the cost falls below one request for each event, and the mean latency rises from one
/// transit to two.
#[test]
fn requests_and_latency_of_a_constant_network() {
    for (rate_per_s, duration, per_event, mean) in [
        (0.01, "3000000s", 3.847, 0.050_19),
        (0.1, "1000000s", 1.0518, 0.050_53),
        (1.0, "100000s", 0.9952, 0.054_98),
        (10.0, "10000s", 0.7311, 0.086_55),
        (100.0, "2000s", 0.1, 0.1),
    ] {
        let rate = format!("{rate_per_s}/s");
        let client = only(&text(duration, &rate, "delay = \"50ms\"", &long_poll("hold = \"30s\"")));
        let form = LongPoll { rate_per_s, hold_s: 30.0, gap_s: 0.1, delay_s: 0.05 };
        let latency = &client.latency_s;
        near(&rate, client.requests.per_event, per_event, 0.015 * per_event);
        near(&rate, latency.mean, mean, 0.0005);
        // "Over three network transits" (RFC 6202, section 2.2): answer, next request, answer.
        let max = latency.max.unwrap();
        assert!(max <= 0.15 && (max > 2.9 * 0.05 || rate_per_s < 1.0), "{latency:?}");
        near(&rate, client.theory.latency_s.mean, form.latency_mean(), 1e-12);
        near(&rate, client.theory.requests.per_event, form.requests_per_event(), 1e-9);
        let four_errors = 4.0 * latency.stddev.unwrap() / libm::sqrt(latency.count as f64);
        near(&rate, latency.mean, form.latency_mean(), four_errors.max(1e-6));
        let polls = client.requests.total as f64;
        // The request that is held when events end brings no event.
        let empty = form.empty_share();
        near(&rate, client.empty_share, empty, 4.0 * libm::sqrt(empty * (1.0 - empty) / polls) + 1.0 / polls);
    }
}

/// Between two requests there is a gap as long as a round trip and a pause. An event in it waits for the next request.
#[test]
fn a_pause_and_ways_of_different_length() {
    for (rate, duration, [to_source, to_client, pause], hold, [per_s, empty, mean], reach_s) in [
        ("2/s", "50000s", ["200ms", "300ms", "100ms"], "30s", [1.3323, 0.0, 0.5398], 0.006),
        ("0.02/s", "5000000s", ["1s", "1s", "3s"], "20s", [0.050_214, 0.606_53, 1.6277], 0.04),
    ] {
        let network = format!("to_source = \"{to_source}\"\nto_client = \"{to_client}\"");
        let keys = format!("hold = \"{hold}\"\npause = \"{pause}\"");
        let client = only(&text(duration, rate, &network, &long_poll(&keys)));
        near(rate, client.requests.per_s, per_s, 0.006 * per_s);
        near(rate, client.empty_share, empty, 0.005);
        near(rate, client.latency_s.mean, mean, reach_s);
        near(rate, client.theory.latency_s.mean, mean, 1e-4);
        near(rate, client.theory.requests.per_s, per_s, 1e-4);
    }
}

/// An event each 100 s, and a proxy that answers 504 after 20 s in place of the source. The request of 84.4 s is held when
/// the event occurs. After each 504 the client waits for a second.
#[test]
fn a_proxy_does_not_wait_for_the_whole_hold() {
    let run = |idle: &str| {
        only(&format!(
            "duration = \"150s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"36/h\" }}\n\
             [network]\ndelay = \"50ms\"\n{}",
            long_poll(&format!("hold = \"60s\"\nidle_timeout = \"{idle}\""))
        ))
    };
    let client = run("20s");
    let by_status = &client.requests.by_status;
    assert_eq!((by_status["504"], by_status["200"], client.requests.total), (7, 1, 8));
    near("the event", client.latency_s.max, 0.05, 1e-9);
    assert_eq!(client.theory.latency_s.mean, None);
    assert_eq!(run("60s").requests.failed, 0, "an answer in time passes");
}

/// A source that is down refuses requests, and drops those that it holds. The client asks again each second, and gets
/// all events.
#[test]
fn an_outage_of_the_source_delays_and_loses_nothing() {
    let client = only(&format!(
        "{}[[outage]]\nparty = \"source\"\nfrom = \"1000s\"\nfor = \"60s\"\n",
        text("3000s", "1/s", "delay = \"50ms\"", &long_poll("hold = \"30s\""))
    ));
    assert_eq!((client.events.pending, client.events.lost), (0, 0));
    // One held request is dropped, and about one a second is refused: each takes a round trip and a pause of 1 s.
    let refused = client.requests.by_status["refused"];
    assert!((52..=58).contains(&refused), "{:?}", client.requests);
    // The first event of the outage waits for nearly all of it.
    let max = client.latency_s.max.unwrap();
    assert!((54.0..=61.3).contains(&max), "{max}");
}

/// A client that is down sends no request, and sends one as soon as it is up. Events that were sent to it meanwhile come
/// again.
#[test]
fn an_outage_of_the_client_loses_nothing() {
    let client = only(&format!(
        "{}[[outage]]\nclient = \"long\"\nfrom = \"1000s\"\nfor = \"60s\"\n",
        text("3000s", "1/s", "delay = \"50ms\"", &long_poll("name = \"long\"\nhold = \"30s\""))
    ));
    assert_eq!((client.events.pending, client.events.duplicates), (0, 0));
    assert_eq!(client.requests.by_status["unanswered"], 1);
    let max = client.latency_s.max.unwrap();
    assert!((54.0..=60.2).contains(&max), "{max}");
}

/// Each member has a request for each resource.
#[test]
fn members_and_resources_wait_by_themselves() {
    let both = summary(
        &text("2000s", "2/s", "delay = \"50ms\"", &long_poll("hold = \"10s\"\ncount = 3"))
            .replace("[events]", "[events]\nresources = 4"),
    );
    let client = &both.clients[0];
    assert_eq!(client.events.delivered, 3 * both.events.occurred);
    near("per event", client.requests.per_event, client.theory.requests.per_event.unwrap(), 0.05);
    near("mean", client.latency_s.mean, client.theory.latency_s.mean.unwrap(), 0.001);
}
