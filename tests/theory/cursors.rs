//! Cursors and what they lose or read again: times that events share, and events that are shown late.

use crate::{near, only, records, text};
use pollhook::measure::{Ledger, Outcome};
use pollhook::policy::cursor::Cursor;
use pollhook::study::summary::ClientSummary;
use pollhook::theory::cursor;
use pollhook::time::{Instant, Span};

/// An interval that meets every part of a second equally often.
const INTERVAL_S: f64 = 60.037;
const POLLS: f64 = 10_000.0;

fn by(keys: &str) -> ClientSummary {
    only(&text(
        "600370s",
        "0.5/s",
        "delay = \"0s\"",
        &format!("[[client]]\nkind = \"poll\"\ninterval = \"60037ms\"\n{keys}"),
    ))
}

/// An event in two seconds, and times in whole seconds: later than the last one loses an event in 800, from the last one
/// on loses none and reads a few again.
#[test]
fn events_of_one_second() {
    let strict = by("cursor = \"time\"\ntime_resolution = \"1s\"\n");
    let lost = POLLS * cursor::lost_in_a_unit(0.5, 1.0);
    near("lost", strict.events.lost as f64, lost, 4.0 * libm::sqrt(1.3 * lost));
    near("share", strict.delivered_share, 1.0 - lost / (30.0 * POLLS * 1.0006), 4.0 * 0.00008);
    assert_eq!((strict.events.pending, strict.events.duplicates, strict.requests.failed), (0, 0, 0));
    assert_eq!(strict.theory.latency_s.mean, None);
    for (overlap, keys) in [
        (0.0, "cursor = \"time-inclusive\"\ntime_resolution = \"1s\"\n"),
        (90.0, "cursor = \"time-overlap\"\noverlap = \"90s\"\ntime_resolution = \"1s\"\n"),
    ] {
        let again = by(keys);
        assert_eq!((again.events.lost, again.events.pending, again.events.processed_again), (0, 0, 0));
        let expected = POLLS * cursor::read_again(0.5, 1.0, overlap);
        // Neighbouring polls read the same again.
        let error = 4.0 * libm::sqrt(expected * (1.0 + 2.0 * overlap / INTERVAL_S));
        near("read again", again.events.duplicates as f64, expected, error + 2.0 * expected / POLLS);
        let processed = by(&format!("{keys}dedupe = false\n"));
        assert_eq!(processed.events.processed_again, again.events.duplicates);
        assert_eq!(processed.latency_s, again.latency_s);
    }
    // Nothing else changes what is known, and when.
    let id = by("");
    assert_eq!((id.events.lost, id.events.duplicates), (0, 0));
    assert_eq!(by("cursor = \"time-inclusive\"\n").latency_s, id.latency_s);
    // In a millisecond there is hardly ever a second event.
    assert!(by("cursor = \"time\"\n").events.lost <= 2);
}

/// Events that are shown after a second on average, each after its own: the ids of a log with gaps, which a cursor by id
/// passes over as one by time does. An overlap that is longer than any of these times finds all.
#[test]
fn events_that_are_shown_late() {
    let of = |keys: &str| {
        only(&text(
            "600370s",
            "0.5/s",
            "delay = \"0s\"\n[source]\ncommit_delay = { distribution = \"exponential\", mean = \"2s\" }",
            &format!("[[client]]\nkind = \"poll\"\ninterval = \"60037ms\"\n{keys}"),
        ))
    };
    let lost = POLLS * cursor::lost_by_late_commits(0.5, 2.0);
    assert!(lost > 1500.0, "{lost}");
    for keys in ["", "cursor = \"time\"\n", "cursor = \"time-inclusive\"\n"] {
        let client = of(keys);
        near(keys, client.events.lost as f64, lost, 4.0 * libm::sqrt(3.0 * lost));
        assert_eq!(client.events.pending, 0);
    }
    let overlapping = of("cursor = \"time-overlap\"\n");
    assert_eq!((overlapping.events.lost, overlapping.events.pending), (0, 0));
    // A short overlap finds what is shown within it: the others are e^-1.5 of those.
    let short = of("cursor = \"time-overlap\"\noverlap = \"3s\"\n");
    assert!(short.events.lost > 100 && short.events.lost < overlapping.events.occurred / 300);
}

/// What a report predicts of a cursor: by jitter a poll meets every part of a second equally often.
#[test]
fn the_forms_are_those_of_the_report() {
    let of = |source: &str, keys: &str| {
        only(&text(
            "600370s",
            "0.5/s",
            &format!("delay = \"20ms\"\n[source]\npage_size = 500\n{source}"),
            &format!("[[client]]\nkind = \"poll\"\ninterval = \"60s\"\njitter = 0.1\n{keys}"),
        ))
    };
    let unit = "time_resolution = \"1s\"\n";
    let (id, strict) = (of("", ""), of("", &format!("cursor = \"time\"\n{unit}")));
    let share = 1.0 - cursor::lost_in_a_unit(0.5, 1.0) / 30.0;
    near("predicted", strict.theory.delivered_share, share, 1e-12);
    near("share", strict.delivered_share, share, 4.0 * libm::sqrt(1.5 * (1.0 - share) / 300_185.0));
    assert_eq!((&strict.theory.requests, strict.theory.latency_s.mean), (&id.theory.requests, None));
    for keys in ["cursor = \"time-inclusive\"\n", "cursor = \"time-overlap\"\noverlap = \"90s\"\n"] {
        let again = of("", &format!("{keys}{unit}"));
        assert_eq!((&again.theory, &again.latency_s), (&id.theory, &id.latency_s));
    }
    let late = "commit_delay = { distribution = \"exponential\", mean = \"2s\" }";
    let share = 1.0 - cursor::lost_by_late_commits(0.5, 2.0) / 30.0;
    for keys in ["", "cursor = \"time\"\n", "cursor = \"time-inclusive\"\n"] {
        let passed = of(late, keys);
        near("predicted", passed.theory.delivered_share, share, 1e-12);
        near("share", passed.delivered_share, share, 4.0 * libm::sqrt(3.0 * (1.0 - share) / 300_185.0));
        assert_eq!((&passed.theory.requests, passed.theory.empty_share), (&id.theory.requests, None));
    }
    let overlapping = of(late, "cursor = \"time-overlap\"\n");
    assert_eq!((overlapping.theory.delivered_share, overlapping.delivered_share), (Some(1.0), Some(1.0)));
    let mean_s = 30.0 * (1.0 + 0.01 / 3.0) + 2.0 + 0.02;
    near("predicted", overlapping.theory.latency_s.mean, mean_s, 1e-9);
    near("mean", overlapping.latency_s.mean, mean_s, 4.0 * 17.6 / libm::sqrt(300_185.0) * 1.3);
    let deviation_s = overlapping.theory.latency_s.stddev.unwrap();
    near("deviation", overlapping.latency_s.stddev, deviation_s, 0.01 * deviation_s);
    assert_eq!(overlapping.theory.empty_share, id.theory.empty_share);
    // Not where the two meet, an overlap is too short, or a poll always comes at the same part of a second.
    for (source, keys) in [
        (late, "cursor = \"time\"\ntime_resolution = \"1s\"\n"),
        (late, "cursor = \"time-overlap\"\noverlap = \"3s\"\n"),
        ("", "cursor = \"time\"\ntime_resolution = \"10s\"\n"),
        ("commit_delay = { distribution = \"uniform\", min = \"0s\", max = \"2s\" }", ""),
    ] {
        let unknown = of(source, keys).theory;
        assert_eq!((unknown.delivered_share, unknown.empty_share), (None, None), "{source} {keys}");
        assert_eq!(unknown.requests, id.theory.requests, "how often it asks does not depend on it");
    }
}

/// Bursts at one moment, one page for each poll: a page that ends within a burst loses the rest of it. With all pages one
/// poll is one list, and loses nothing.
#[test]
fn a_page_that_ends_within_a_burst() {
    let of = |keys: &str| {
        only(&format!(
            "duration = \"100000s\"\nseed = 1\n[events]\n\
             arrivals = {{ process = \"bursts\", rate = \"0.01/s\", mean_size = 20 }}\n\
             [network]\ndelay = \"0s\"\n[source]\npage_size = 30\n\
             [[client]]\nkind = \"poll\"\ninterval = \"20s\"\ncursor = \"time\"\n{keys}"
        ))
    };
    let one = of("pages = \"one\"\n");
    // Of a geometric size of mean 20 (1 - p)^30/p events are beyond the 30th, 4.29: of each burst alone on its page.
    let beyond = libm::pow(0.95, 30.0) * 20.0;
    near("lost", one.events.lost as f64, 1000.0 * beyond, 1000.0 * 1.6);
    assert_eq!((one.events.pending, of("").events.lost), (0, 0));
    assert_eq!(of("").events.delivered, one.events.occurred);
}

/// The same again, step by step from the polls that were answered, whatever fails.
#[test]
fn what_a_cursor_finds_follows_from_its_polls() {
    for (number, (keys, kind)) in (0..).zip([
        ("", Cursor::Id),
        ("cursor = \"time\"\ntime_resolution = \"5s\"\n", Cursor::Time),
        ("cursor = \"time\"\ntime_resolution = \"5s\"\npages = \"one\"\n", Cursor::Time),
        ("cursor = \"time-inclusive\"\ntime_resolution = \"5s\"\n", Cursor::TimeInclusive),
        ("cursor = \"time-overlap\"\noverlap = \"7s\"\ntime_resolution = \"5s\"\n", Cursor::TimeOverlap),
    ]) {
        let network = "to_source = \"0s\"\nto_client = { distribution = \"exponential\", mean = \"1s\" }\nloss = 0.1\n\
            [source]\npage_size = 4\nfailure_rate = 0.2\ncommit_delay = { distribution = \"pareto\", min = \"1s\", shape = 1.5 }";
        let client = format!(
            "[[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"7s\"\ntimeout = \"6s\"\n{keys}"
        );
        let outages = "[[outage]]\nclient = \"it\"\nfrom = \"1000s\"\nfor = \"100s\"\n";
        let (scenario, replication) = records(&text("5000s", "0.3/s", network, &(client + outages)));
        let (record, events) = (&replication.records[0], &replication.events);
        assert_eq!((record.trace_ends, record.sent), (None, record.trace.len() as u64), "all polls are kept");
        let occurred = events.occurred();
        let told = |at: Instant| {
            let since = (at - Instant::START).0;
            Instant::START + Span(since - since.rem_euclid(5_000_000_000))
        };
        let is_all = !keys.contains("one");
        let mut held = vec![0_u32; occurred.len()];
        // The last event on a page, and where and from what time on the present poll reads.
        let (mut last, mut from, mut since) = (None, 0, Instant::START);
        for poll in &record.trace {
            if poll.exchange.part == 0 {
                from = 0;
                since = last.map_or(Instant::START, |last: usize| match kind {
                    Cursor::Id => {
                        from = last + 1;
                        Instant::START
                    }
                    Cursor::Time => told(occurred[last]) + Span::from_secs(5),
                    Cursor::TimeInclusive => told(occurred[last]),
                    Cursor::TimeOverlap => told(told(occurred[last]) - Span::from_secs(7)),
                });
            }
            if poll.outcome == Outcome::Failed {
                continue;
            }
            let is_listed = |&event: &usize| {
                event >= from
                    && told(occurred[event]) >= since
                    && events.shown_from(event as u32) <= poll.sent
            };
            let page: Vec<usize> = (0..occurred.len()).filter(is_listed).take(4).collect();
            page.iter().for_each(|&event| held[event] += 1);
            last = last.max(page.last().copied());
            from = page.last().map_or(from, |last| last + 1);
            assert!(is_all || poll.exchange.part == 0);
        }
        for (event, (receipt, &held)) in record.receipts.iter().zip(&held).enumerate() {
            assert_eq!(receipt.by.is_some(), held > 0, "{number}: event {event}");
            assert_eq!(receipt.receipts, held.saturating_sub(1), "{number}: event {event} again");
        }
        let ledger = Ledger::of(occurred.len(), &record.receipts, 1, scenario.clients[0].found());
        assert_eq!(ledger.delivered as usize, held.iter().filter(|&&held| held > 0).count());
        assert_eq!((ledger.pending, ledger.lost), (0, ledger.occurred - ledger.delivered), "{number}");
        assert!(ledger.lost > 5, "{number}: {} are lost", ledger.lost);
    }
}
