//! Back-off (closed form: the chain of intervals, at Poisson events).

use crate::{near, only, text};
use pollhook::theory::backoff::BackedOff;

const BACKING_OFF: &str = "interval = \"1s\"\nbackoff = { factor = 2, max = \"64s\" }\n";
const RATE: &str = "0.02/s";
const INTERVALS_S: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

fn client(keys: &str, network: &str) -> pollhook::study::summary::ClientSummary {
    only(&text("2000000s", RATE, network, &format!("[[client]]\nkind = \"poll\"\n{keys}")))
}

/// From 1 s to 64 s and an event in 50 s: 0.0805 polls a second, of which 81.7 % find nothing, and 17.86 s on average. A
/// poll every 12.43 s sends as many requests and knows after 6.2 s: nothing is gained where events come one by one.
#[test]
fn back_off_loses_to_a_fixed_interval_of_equal_cost() {
    let form = BackedOff::new(&INTERVALS_S, 0.02, 0.0);
    let figures = (form.polls_per_s(), form.empty_share(), form.wait_mean_s());
    assert!((figures.0 - 0.08046).abs() < 5e-6 && (figures.1 - 0.817).abs() < 5e-4, "{figures:?}");
    assert!((figures.2 - 17.86).abs() < 5e-3, "{figures:?}");
    for keys in ["", "conditional = true\n", "pages = \"one\"\n", "last_page = \"short\"\n"] {
        let backed_off = client(&format!("{BACKING_OFF}{keys}"), "delay = \"0s\"");
        near("polls", backed_off.requests.per_s, figures.0, 0.001);
        near("empty", backed_off.empty_share, figures.1, 0.004);
        near("mean", backed_off.latency_s.mean, figures.2, 0.5);
        assert!(backed_off.latency_s.max.is_some_and(|max| max <= 64.0));
        let theory = &backed_off.theory;
        let predicted = [theory.requests.per_s, theory.empty_share, theory.latency_s.mean];
        assert_eq!(predicted, [figures.0, figures.1, figures.2].map(Some));
        near("p50", backed_off.latency_s.p50, theory.latency_s.p50.unwrap(), 0.5);
        near("p99", backed_off.latency_s.p99, theory.latency_s.p99.unwrap(), 0.5);
        near("stddev", backed_off.latency_s.stddev, theory.latency_s.stddev.unwrap(), 0.3);
        near("fresh", backed_off.fresh_share, theory.fresh_share.unwrap(), 0.004);
    }
    let fixed = client("interval = \"12430ms\"\n", "delay = \"0s\"");
    near("the same cost", fixed.requests.per_s, figures.0, 0.0005);
    near("mean", fixed.latency_s.mean, 6.215, 0.1);
}

/// A poll that fails tells nothing: the interval stays as it is.
#[test]
fn a_failed_poll_neither_grows_nor_resets_the_interval() {
    let lossy = client(BACKING_OFF, "delay = \"0s\"\n[source]\nfailure_rate = 0.5");
    let form = BackedOff::new(&INTERVALS_S, 0.02, 0.5);
    near("polls", lossy.requests.per_s, form.polls_per_s(), 0.0015);
    near("empty", lossy.empty_share, form.empty_share(), 0.004);
    near("mean", lossy.latency_s.mean, form.wait_mean_s(), 2.0);
    assert_eq!(lossy.theory.latency_s.mean, Some(form.wait_mean_s()));
    assert_eq!(lossy.events.lost, 0);
}

/// With delays, end to start, and several resources the chain is the same with other intervals and rates.
#[test]
fn the_prediction_holds_with_delays_and_resources() {
    let keys = format!("{BACKING_OFF}pacing = \"fixed-delay\"\n");
    let slow = client(&keys, "delay = \"200ms\"");
    let theory = &slow.theory;
    near("polls", slow.requests.per_s, theory.requests.per_s.unwrap(), 0.001);
    near("empty", slow.empty_share, theory.empty_share.unwrap(), 0.004);
    near("mean", slow.latency_s.mean, theory.latency_s.mean.unwrap(), 0.5);
    let clients = format!("[[client]]\nkind = \"poll\"\n{BACKING_OFF}");
    let split = text("2000000s", RATE, "delay = \"200ms\"", &clients);
    let split = only(&split.replace("[events]\n", "[events]\nresources = 2\n"));
    let theory = &split.theory;
    near("polls", split.requests.per_s, theory.requests.per_s.unwrap(), 0.002);
    near("mean", split.latency_s.mean, theory.latency_s.mean.unwrap(), 0.6);
}
