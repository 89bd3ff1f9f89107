//! Polls at a source that limits its requests (closed forms: the gaps of a quota that is burnt early, and of one that is
//! spread evenly).

use crate::{near, only, text};
use pollhook::theory::gap::Gap;
use pollhook::theory::polling::BurntQuota;

const HOURLY: &str = "delay = \"0s\"\n[source]\nrate_limit = { requests = 60, per = \"1h\" }";

/// Sixty requests an hour, asked for every 20 s: after 20 minutes the poller is refused once and waits for the reset.
#[test]
fn a_quota_that_is_burnt_early() {
    let client = only(&text("1000h", "0.02/s", HOURLY, "[[client]]\nkind = \"poll\"\ninterval = \"20s\"\n"));
    let [(short_s, short), (long_s, long)] =
        BurntQuota { interval_s: 20.0, requests: 60.0, window_s: 3600.0 }.gaps();
    let mean = (short * short_s * short_s + long * long_s * long_s) / 7200.0;
    assert!((mean - 816.7).abs() < 0.05, "{mean}");
    // 72,000 events, that share the 1,000 long gaps: about 48 in each.
    near("mean", client.latency_s.mean, mean, 4.0 * 900.0 / libm::sqrt(72_000.0) * 1.2 + 1.0);
    near("predicted", client.theory.latency_s.mean, mean, 1e-6);
    let status = &client.requests.by_status;
    near("answered", status["200"] as f64, 60_000.0, 60.0);
    near("refused", status["429"] as f64, 1_000.0, 1.0);
    assert_eq!(client.requests.failed, status["429"]);
    near("predicted requests", client.theory.requests.per_s, 61.0 / 3600.0, 1e-9);
    assert!(client.stable);
}

/// The same requests spread evenly: half a minute, and no request is refused.
#[test]
fn a_quota_that_is_spread() {
    let poller = "[[client]]\nkind = \"poll\"\ninterval = \"20s\"\non_limit = \"spread\"\n";
    let client = only(&text("1000h", "0.02/s", HOURLY, poller));
    near("mean", client.latency_s.mean, Gap::fixed(60.0).wait_mean(), 4.0 * 17.33 / libm::sqrt(72_000.0));
    near("predicted", client.theory.latency_s.mean, 30.0, 1e-9);
    assert_eq!(client.requests.by_status.keys().map(String::as_str).collect::<Vec<_>>(), ["200"]);
}

/// GitHub's 5,000 requests an hour over a hundred repositories: one poll of each in 72 s, 36 s on average.
#[test]
fn a_quota_that_many_resources_share() {
    let text = "duration = \"20h\"\n[events]\nresources = 100\narrivals = { process = \"poisson\", rate = \"1/s\" }\n\
        [network]\ndelay = \"0s\"\n[source]\nrate_limit = { requests = 5000, per = \"1h\" }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"10s\"\non_limit = \"spread\"\n";
    let client = only(text);
    near("mean", client.latency_s.mean, 36.0, 4.0 * 20.8 / libm::sqrt(72_000.0));
    assert_eq!(client.requests.total, 100_000);
    assert_eq!(client.requests.failed, 0);
}

/// A limit counts for each member by itself, and for all its resources together.
#[test]
fn each_member_has_a_quota_of_its_own() {
    let refused = |count: u32, resources: u32| {
        let text = format!(
            "duration = \"1h\"\n[events]\nresources = {resources}\narrivals = {{ process = \"poisson\", rate = \"1/m\" }}\n\
             [source]\nrate_limit = {{ requests = 60, per = \"1h\" }}\n\
             [[client]]\nkind = \"poll\"\ninterval = \"61s\"\ncount = {count}\n"
        );
        only(&text).requests.by_status.get("429").copied().unwrap_or_default()
    };
    assert_eq!(refused(50, 1), 0);
    assert!(refused(1, 2) > 0);
}

/// An event a second, and requests for half of them: what waits grows, and the report says why.
#[test]
fn fewer_requests_than_events_need() {
    let network = "delay = \"0s\"\n[source]\npage_size = 10\nrate_limit = { requests = 3, per = \"1m\" }";
    for kind in [
        "kind = \"poll\"\ninterval = \"10s\"",
        "kind = \"long-poll\"",
        "kind = \"webhook\"\nthin = true\nfetch_again = \"1s\"",
    ] {
        let client = only(&text("2000s", "1/s", network, &format!("[[client]]\n{kind}\n")));
        let because = client.unstable_because.unwrap_or_default();
        assert!(
            because.starts_with("60 events occur in 60 s, and the source answers 3 requests"),
            "{kind}: {because}"
        );
        assert_eq!(client.events.lost, 0, "{kind}");
        assert!(client.requests.by_status["429"] > 0, "{kind}");
    }
}

/// The notice comes, and the fetch is refused for speed: with `fetch_again` it is repeated when the source allows it,
/// and without it the event waits for the next notice.
#[test]
fn a_fetch_that_is_refused_for_speed() {
    let network = "delay = \"0s\"\n[source]\nrate_limit = { requests = 2, per = \"1m\" }";
    let fetched = |again: &str| {
        only(&text(
            "100000s",
            "1/m",
            network,
            &format!("[[client]]\nkind = \"webhook\"\nthin = true\n{again}coalesce = false\n"),
        ))
    };
    let (patient, hasty) = (fetched("fetch_again = \"1s\"\n"), fetched("fetch_again = \"never\"\n"));
    assert_eq!(patient.events.lost, 0);
    assert!(patient.requests.by_status["429"] > 100);
    // More than two events in a minute of a mean of one: E (N - 2)+ = 3/e - 1 in each minute.
    let over = 3.0 / std::f64::consts::E - 1.0;
    near("lost", hasty.events.lost as f64 / (100_000.0 / 60.0), over, 4.0 * libm::sqrt(0.3 / 1666.0));
    assert_eq!(hasty.requests.by_status["429"], hasty.events.lost);
}
