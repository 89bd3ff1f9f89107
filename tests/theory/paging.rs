//! Polls with pages: all pages, or one for each poll.

use crate::{latencies_s, near, only, records, text};
use pollhook::theory::paging;

/// Four events in an interval, pages of three: with the flag no empty last page is needed.
#[test]
fn requests_of_a_poll_that_takes_all_pages() {
    for (last_page, expected) in
        [("flag", paging::requests_with_flag(4.0, 3)), ("short", paging::requests_until_short(4.0, 3))]
    {
        let client = only(&text(
            "100000s",
            "4/s",
            "delay = \"0s\"\n[source]\npage_size = 3",
            &format!("[[client]]\nkind = \"poll\"\ninterval = \"1s\"\nlast_page = \"{last_page}\"\n"),
        ));
        // 100,000 polls of about as many requests each, with a variance below 1.
        near(last_page, client.requests.total as f64 / 100_000.0, expected, 4.0 / libm::sqrt(1e5));
        assert_eq!(client.events.pending, 0);
    }
}

/// One page of five for each poll, four events in an interval: the mean backlog after a poll is the sum of Spitzer
/// (1956), 1.1562.
#[test]
fn a_backlog_of_pages() {
    let network = "delay = \"0s\"\n[source]\npage_size = 5";
    let client = only(&text("1000000s", "0.4/s", network, ONE_PAGE));
    assert!(client.stable);
    near("mean", client.latency_s.mean, 5.0 + 1.1562 / 0.4, 0.25);
}

/// Ten events in an interval and pages of eight: the latency grows by a quarter of a second each second, and the report
/// says so.
#[test]
fn more_events_than_pages() {
    let network = "delay = \"0s\"\n[source]\npage_size = 8";
    let text = text("20000s", "1/s", network, ONE_PAGE);
    assert!(!only(&text).stable);
    let (_, replication) = records(&text);
    let latencies = latencies_s(&replication, 0);
    let after = |at_s: f64| {
        let first = replication.events.occurred().partition_point(|at| at.as_secs_f64() < at_s);
        latencies[first..first + 200].iter().sum::<f64>() / 200.0
    };
    near("slope", (after(19_500.0) - after(500.0)) / 19_000.0, 0.25, 0.04);
}

const ONE_PAGE: &str = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\npages = \"one\"\n";
