//! A client that is offline for a while: it asks nothing in that time, and what it has missed follows from its kind.

use crate::{near, only, records};
use pollhook::time::{Instant, Span};

/// An event every ten seconds, at five past; 60 of them while the client is away.
fn away(mode: &str, client: &str) -> String {
    format!(
        "duration = \"1h\"\nseed = 1\n[events]\n\
         arrivals = {{ process = \"constant\", rate = \"6/m\", first = \"5s\" }}\n[network]\ndelay = \"20ms\"\n\
         [source]\npage_size = 7\n[[client]]\nname = \"it\"\n{client}\n\
         [[outage]]\nclient = \"it\"\nfrom = \"20m\"\nfor = \"10m\"\nmode = \"{mode}\"\n"
    )
}

/// Every kind that asks or stays connected, whatever becomes of requests to it meanwhile: nothing is sent, nothing is lost, and
/// all that was missed comes at the first contact, page after page.
#[test]
fn who_asks_for_what_follows_misses_nothing() {
    for mode in ["refuse", "hang", "error"] {
        for (client, later_s) in [
            ("kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"", 33.0),
            ("kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"\nconditional = true", 33.0),
            ("kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"\nlast_page = \"short\"", 33.0),
            ("kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"\ncursor = \"time\"", 33.0),
            ("kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"\npacing = \"fixed-delay\"", 21.0),
            (
                "kind = \"poll\"\ninterval = \"20s\"\nphase = \"12s\"\nbackoff = { factor = 2, max = \"80s\" }",
                33.0,
            ),
            ("kind = \"long-poll\"\nhold = \"15s\"", 0.5),
            ("kind = \"sse\"", 1.5),
        ] {
            let text = away(mode, client);
            let (_, replication) = records(&text);
            let record = &replication.records[0];
            let at = |minutes: i64| Instant::START + Span::from_secs(60 * minutes);
            let sent_away = record.trace.iter().filter(|one| (at(20)..at(30)).contains(&one.sent)).count();
            assert_eq!((record.trace_ends, sent_away), (None, 0), "{mode}, {client}");
            let it = only(&text);
            let events = &it.events;
            assert_eq!((events.delivered, events.lost, events.pending), (360, 0, 0), "{mode}, {client}");
            assert_eq!(events.duplicates, 0, "{mode}, {client}");
            // The first of the 60 occurs five seconds after the client went, and a poll may have left two before it. Nine pages
            // take a round trip each.
            let latest = it.latency_s.max.unwrap();
            assert!((595.0..=595.0 + later_s).contains(&latest), "{mode}, {client}: {latest} s");
        }
    }
}

/// A page of the newest events: seven of the 63 that occurred since the last look are there, and of the others nobody is told.
#[test]
fn a_feed_shows_the_newest_page() {
    let it =
        only(&away("refuse", "kind = \"poll\"\ninterval = \"30s\"\nphase = \"12s\"\norder = \"newest\""));
    // The polls at 19:42 and 30:12: the events at 19:45 to 30:05 are 63.
    assert_eq!((it.events.lost, it.events.delivered, it.requests.failed), (63 - 7, 360 - 56, 0));
}

/// A webhook whose retries end after a minute has given up on all but those of the last one; with a poll beside it nothing is
/// lost.
#[test]
fn retries_that_end_lose_what_polls_find() {
    let of = |reconcile: &str| {
        only(&away(
            "refuse",
            &format!("kind = \"webhook\"\nretries = [\"20s\", \"40s\"]\nreconcile = \"{reconcile}\""),
        ))
    };
    let alone = of("none");
    // Attempts at 0, 20 and 60 s and two round trips; the events from 29:05 on are sent again when the client is back.
    assert_eq!((alone.events.lost, alone.attempts.gave_up, alone.events.pending), (54, 54, 0));
    near(
        "mean of attempts",
        alone.attempts.per_event,
        (300.0 + 54.0 * 3.0 + 4.0 * 3.0 + 2.0 * 2.0) / 360.0,
        1e-9,
    );
    assert_eq!((of("5m").events.lost, of("5m").events.pending), (0, 0));
}
