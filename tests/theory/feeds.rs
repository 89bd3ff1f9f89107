//! Feeds: polls for the newest events, without a cursor. What leaves the page between two polls is lost.

use crate::{near, only, records, scenario, summary, text};
use pollhook::measure::{Ledger, Outcome};
use pollhook::theory::feed;
use std::collections::BTreeSet;

/// A feed with pages of `page`, polled every ten seconds.
fn of(duration: &str, rate: &str, page: u32, keys: &str) -> String {
    text(
        duration,
        rate,
        &format!("delay = \"0s\"\n[source]\npage_size = {page}"),
        &format!("[[client]]\nkind = \"poll\"\ninterval = \"10s\"\norder = \"newest\"\n{keys}"),
    )
}

/// GitHub's events feed, which shows 300: of 360 events between two polls a sixth is lost, of 240 none.
#[test]
fn the_newest_300_of_a_feed() {
    let client = only(&of("10000s", "36/s", 300, ""));
    let polls = 1000.0;
    let share = feed::seen_share(360.0, 300, polls);
    near("share", share, 0.8333, 1e-3);
    // The number of events of a poll scatters by the square root of 360.
    near("share seen", client.delivered_share, share, 4.0 * libm::sqrt(360.0 / polls) / 360.0);
    near("predicted", client.theory.delivered_share, share, 1e-12);
    assert_eq!(client.events.lost, client.events.occurred - client.events.delivered);
    let why = client.unstable_because.expect("the page is too small");
    assert_eq!(
        why,
        "360 events occur between two successful polls (10 s on average), and the page has the newest 300, so that the \
         others are lost."
    );
    let enough = only(&of("10000s", "24/s", 300, ""));
    assert!(enough.stable && enough.events.lost < 10, "{} are lost", enough.events.lost);
}

/// The ends of a run of ten intervals, in 400 runs of a feed that shows one event in eighteen.
#[test]
fn a_short_run_of_a_feed() {
    let client = only(&of("100s", "5.4/s", 3, "").replace("seed = 1", "seed = 1\nreplications = 400"));
    let share = feed::seen_share(54.0, 3, 10.0);
    near("predicted", client.theory.delivered_share, share, 1e-12);
    assert!(share > 1.03 * feed::seen(54.0, 3) / 54.0 && client.theory.latency_s.mean.is_none());
    // In most runs eleven polls see 33 of 540 events, which scatter by 23.
    near("share seen", client.delivered_share, share, 4.0 * 0.061 * 23.2 / 540.0 / libm::sqrt(400.0) + 1e-4);
}

/// Few events a page: which are seen, and how long these have waited.
#[test]
fn few_events_on_a_page() {
    for (rate, r, page) in [("0.4/s", 4.0, 3), ("0.1/s", 1.0, 1), ("0.3/s", 3.0, 5)] {
        let client = only(&of("1000000s", rate, page, "conditional = true\n"));
        let polls = 1e5;
        let share = feed::seen_share(r, page, polls);
        let independent = r * polls / feed::cluster(r, page);
        near(
            "share seen",
            client.delivered_share,
            share,
            4.0 * libm::sqrt(share * (1.0 - share) / independent),
        );
        near("predicted", client.theory.delivered_share, share, 1e-12);
        near("empty", client.empty_share, libm::exp(-r), 4.0 * 0.5 / libm::sqrt(polls));
        assert_eq!(client.requests.by_status.get("304").copied().unwrap_or(0), client.requests.empty);
        let wait_s = 10.0 * feed::wait(r, page);
        // The waits of one poll hang together; those of different polls do not.
        near("mean", client.latency_s.mean, wait_s, 4.0 * 2.9 / libm::sqrt(polls * (1.0 - libm::exp(-r))));
        near("predicted", client.theory.latency_s.mean, wait_s, 1e-12);
        assert_eq!(client.events.pending, 0);
    }
}

/// Bozdag, Mesbah and van Deursen's grid: a source that publishes every P seconds, of which a poll every T seconds sees the
/// latest item only. Seen are P/T of them, at most all, after half of the shorter of the two.
#[test]
fn the_latest_item_of_a_periodic_source() {
    for publish_s in [5, 15, 50] {
        for pull_s in [1, 5, 15, 50] {
            let client = only(&format!(
                "duration = \"{}s\"\nseed = 1\n[events]\n\
                 arrivals = {{ process = \"constant\", rate = \"{}/h\", first = \"1s\" }}\n\
                 [network]\ndelay = \"0s\"\n[source]\npage_size = 1\n\
                 [[client]]\nkind = \"poll\"\ninterval = \"{pull_s}s\"\norder = \"newest\"\ncount = 400\n",
                200 * publish_s.max(pull_s),
                3600 / publish_s
            ));
            let (publish, pull) = (f64::from(publish_s), f64::from(pull_s));
            let what = format!("publish every {publish_s} s, pull every {pull_s} s");
            near(&what, client.delivered_share, (publish / pull).min(1.0), 0.01);
            let trip = publish.min(pull) / 2.0;
            // Where the two have a common period, only the 400 phases are drawn.
            near(&what, client.latency_s.mean, trip, 4.0 * trip / libm::sqrt(3.0 * 400.0));
            let repeats = 1.0 - client.requests.non_empty as f64 / client.requests.total as f64;
            near(&what, repeats, (1.0 - pull / publish).max(0.0), 0.015);
        }
    }
}

/// Seen is what was on the page of any poll that was answered, and lost is all else, whatever fails.
#[test]
fn what_no_answered_page_had_is_lost() {
    let network = "to_source = \"0s\"\nto_client = { distribution = \"exponential\", mean = \"4s\" }\nloss = 0.2\n\
        [source]\npage_size = 4\nfailure_rate = 0.3";
    let text = text(
        "20000s",
        "0.5/s",
        network,
        "[[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"7s\"\norder = \"newest\"\ntimeout = \"6s\"\n\
         [[outage]]\nclient = \"it\"\nfrom = \"5000s\"\nfor = \"300s\"\n\
         [[outage]]\nparty = \"source\"\nfrom = \"9000s\"\nfor = \"300s\"\nmode = \"hang\"\n",
    );
    let (scenario, replication) = records(&text);
    let record = &replication.records[0];
    assert_eq!((record.trace_ends, record.sent), (None, record.trace.len() as u64), "all polls are kept");
    let occurred = replication.events.occurred();
    let mut seen = BTreeSet::new();
    for poll in record.trace.iter().filter(|poll| poll.outcome != Outcome::Failed) {
        let shown = occurred.partition_point(|&at| at <= poll.sent);
        seen.extend(shown.saturating_sub(4)..shown);
    }
    assert!(seen.len() > 3000 && seen.len() < occurred.len() * 2 / 3, "{} are seen", seen.len());
    for (event, receipt) in record.receipts.iter().enumerate() {
        assert_eq!(receipt.by.is_some(), seen.contains(&event), "event {event}");
    }
    let ledger = Ledger::of(occurred.len(), &record.receipts, 1, scenario.clients[0].found());
    assert_eq!((ledger.delivered as usize, ledger.pending), (seen.len(), 0));
    assert_eq!(ledger.lost, ledger.occurred - ledger.delivered);
}

/// A page that takes all events of the longest gap makes a feed as good as a cursor.
#[test]
fn a_page_that_is_large_enough_shows_all() {
    let of = |order: &str| {
        let text = text(
            "100000s",
            "0.5/s",
            "delay = \"20ms\"",
            &format!("[[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"10s\"\norder = \"{order}\"\n"),
        );
        assert_eq!(scenario(&text).clients.len(), 1);
        summary(&text).clients.remove(0)
    };
    let (feed, cursor) = (of("newest"), of("oldest"));
    assert_eq!((feed.latency_s, feed.theory), (cursor.latency_s, cursor.theory));
    assert_eq!(feed.requests.total, cursor.requests.total);
    assert_eq!((feed.events.lost, feed.events.delivered), (0, cursor.events.delivered));
    // The page is never full: a poll reads all events again, and they are known by their ids.
    assert!(feed.events.duplicates > feed.events.occurred && feed.events.processed_again == 0);
}
