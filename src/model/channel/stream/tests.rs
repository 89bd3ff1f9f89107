//! Streams, in scenarios computed by hand and in random ones.

use crate::measure::{Outcome, Record, Status};
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::{self, Scenario};
use crate::sim::{self, Path, RunOptions};
use crate::time::{Instant, Span};
use proptest::prelude::*;
use std::sync::Arc;

fn run(scenario: &Scenario) -> (Record, Arc<Events>) {
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(scenario, randomness));
    let options = RunOptions::to_the_end(Path::Plain);
    let record = sim::run(scenario, &scenario.clients[0], &events, randomness, options).unwrap();
    assert_eq!(record.sent, record.ended, "every stream is over exactly once");
    assert_eq!(record.pushed, record.landed, "every frame arrives or is dropped");
    (record, events)
}

/// The record of a client with a stream for one minute: a delay of 100 ms each way, and an event each second from 1 s on.
fn record(client: &str, rest: &str) -> (Record, Arc<Events>) {
    let text = format!(
        "duration = \"60s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
         [network]\ndelay = \"100ms\"\n[[client]]\nname = \"it\"\nkind = \"sse\"\n{client}\n{rest}\n"
    );
    run(&scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}")))
}

/// When each event was held, in milliseconds.
fn held_ms(record: &Record) -> Vec<i64> {
    record.receipts.iter().map(|receipt| receipt.held.0 / 1_000_000).collect()
}

/// For each stream: when it was asked for and when it ended, in milliseconds, and its outcome.
fn streams_ms(record: &Record) -> Vec<(i64, i64, Outcome)> {
    let streams = record.trace.iter().filter(|traced| traced.exchange.part == 0);
    let mut streams: Vec<_> = streams
        .map(|traced| (traced.sent.0 / 1_000_000, traced.ended.0 / 1_000_000, traced.outcome))
        .collect();
    streams.sort_unstable();
    streams
}

#[test]
fn an_open_stream_is_one_way_late() {
    let (record, _) = record("", "");
    assert_eq!(held_ms(&record), (1..60).map(|second| second * 1000 + 100).collect::<Vec<_>>());
    assert_eq!(streams_ms(&record), [(0, 60_000, Outcome::Useful)]);
    assert_eq!((record.requests.total(), record.requests.event_frames), (1, 59));
    assert_eq!(record.requests.heartbeats, 0, "there is never an idle 15 s");
}

/// Down from 20.5 s to 30.5 s. The stream is open again at the source at 30.6 s, and the events of 21 s to 30 s come with
/// it at 30.7 s.
#[test]
fn what_occurs_while_the_client_is_down_comes_when_it_is_back() {
    for mode in ["refuse", "hang", "error"] {
        let (record, _) = record(
            "",
            &format!("[[outage]]\nclient = \"it\"\nfrom = \"20500ms\"\nfor = \"10s\"\nmode = \"{mode}\""),
        );
        let expected = (1..60).map(|second| match second {
            21..=30 => 30_700,
            _ => second * 1000 + 100,
        });
        assert_eq!(held_ms(&record), expected.collect::<Vec<_>>(), "{mode}");
        assert_eq!(streams_ms(&record), [(0, 20_500, Outcome::Useful), (30_500, 60_000, Outcome::Useful)]);
    }
}

/// Down from 20.5 s to 30.5 s. The client learns of it at 20.6 s and asks from 21.6 s on: refused after 200 ms it waits 1 s,
/// so that it asks again each 1.2 s. The request of 30 s still fails, that of 31.2 s succeeds. It then holds the events
/// of 21 s to 31 s at 31.4 s.
#[test]
fn a_client_reconnects_until_the_source_is_back() {
    for (mode, status) in [("refuse", Status::Refused), ("error", Status::Http(503))] {
        let (record, _) = record(
            "",
            &format!("[[outage]]\nparty = \"source\"\nfrom = \"20500ms\"\nfor = \"10s\"\nmode = \"{mode}\""),
        );
        let expected = (1..60).map(|second| match second {
            21..=31 => 31_400,
            _ => second * 1000 + 100,
        });
        assert_eq!(held_ms(&record), expected.collect::<Vec<_>>(), "{mode}");
        let by_status = record.requests.by_status();
        assert_eq!((by_status[&status], by_status[&Status::Http(200)]), (8, 2), "{mode}");
        assert_eq!(streams_ms(&record)[0], (0, 20_600, Outcome::Useful));
    }
}

/// A source that hangs keeps its streams, and sends at 30.5 s the events of the outage.
#[test]
fn a_source_that_hangs_catches_up_on_the_same_stream() {
    let (record, _) =
        record("", "[[outage]]\nparty = \"source\"\nfrom = \"20500ms\"\nfor = \"10s\"\nmode = \"hang\"");
    let expected = (1..60).map(|second| match second {
        21..=30 => 30_600,
        _ => second * 1000 + 100,
    });
    assert_eq!(held_ms(&record), expected.collect::<Vec<_>>());
    assert_eq!(streams_ms(&record), [(0, 60_000, Outcome::Useful)]);
}

/// Opened at 100 ms. With events each second a heartbeat is never due while idle; each period alone, at 3.1 s, 6.1 s, ...
#[test]
fn heartbeats_wait_for_silence_or_for_time_alone() {
    let beats = |client: &str| record(client, "").0.requests.heartbeats;
    assert_eq!(beats("heartbeat = \"3s\""), 0);
    assert_eq!(beats("heartbeat = \"3s\"\nheartbeat_when = \"always\""), 19);
    // There is one in each second, 400 ms after its event, and there are two before the first event.
    assert_eq!(beats("heartbeat = \"400ms\""), 2 + 2 * 59);
}

/// Open at the source at 100 ms, and cut 400 ms after the last that was sent: after the answer at 500 ms, after the event of
/// 2 s at 2.4 s, after that of 4 s at 4.4 s, ... The client learns of it 100 ms later and asks again after a second. It is
/// then open at 1.7 s, 3.6 s, 5.6 s, ... and has the event of each odd second by replay, or never.
#[test]
fn a_proxy_cuts_what_is_idle() {
    let idle = "heartbeat = \"none\"\nidle_timeout = \"400ms\"";
    let (record, _) = record(idle, "");
    let expected = (1..60).map(|second| match second {
        1 => 1_800,
        _ if second % 2 == 1 => second * 1000 + 700,
        _ => second * 1000 + 100,
    });
    assert_eq!(held_ms(&record), expected.collect::<Vec<_>>());
    assert_eq!(
        streams_ms(&record)[..3],
        [(0, 600, Outcome::Empty), (1_600, 2_500, Outcome::Useful), (3_500, 4_500, Outcome::Useful)]
    );
    assert_eq!(record.requests.total(), 31);

    let (record, _) = self::record(&format!("{idle}\nreplay = false"), "");
    for (second, receipt) in (1..).zip(&record.receipts) {
        let is_lost = second % 2 == 1;
        assert_eq!((receipt.by.is_none(), receipt.passed), (is_lost, is_lost), "{second} s");
    }
    assert_eq!(record.requests.total(), 31);

    // A heartbeat that is due at that very moment passes.
    for (heartbeat, cuts) in [("heartbeat = \"400ms\"", 0), ("heartbeat = \"401ms\"", 30)] {
        let (record, _) = self::record(&format!("{heartbeat}\nidle_timeout = \"400ms\""), "");
        assert_eq!(record.requests.total(), 1 + cuts, "{heartbeat}");
    }
}

/// The source hangs from 20.5 s to 30.5 s. The proxy waits for 3 s after the event of 20 s, and the client for 2 s for each
/// answer, until it asks at 30.1 s + 2 s + 1 s.
#[test]
fn a_proxy_cuts_the_streams_of_a_source_that_hangs() {
    let (record, _) = record(
        "timeout = \"2s\"\nheartbeat = \"1s\"\nidle_timeout = \"3s\"",
        "[[outage]]\nparty = \"source\"\nfrom = \"20500ms\"\nfor = \"10s\"\nmode = \"hang\"",
    );
    assert_eq!(
        streams_ms(&record)[..3],
        [(0, 23_100, Outcome::Useful), (24_100, 26_100, Outcome::Failed), (27_100, 29_100, Outcome::Failed)]
    );
    let expected = (1..60).map(|second| match second {
        21..=33 => 33_300,
        _ => second * 1000 + 100,
    });
    assert_eq!(held_ms(&record), expected.collect::<Vec<_>>());
}

/// A client that is down from 20.5 s to 30.5 s, and a source that does not replay: its stream is open again at 30.6 s.
#[test]
fn without_replay_what_occurs_meanwhile_is_lost() {
    let (record, _) =
        record("replay = false", "[[outage]]\nclient = \"it\"\nfrom = \"20500ms\"\nfor = \"10s\"");
    let lost: Vec<usize> =
        (1..).zip(&record.receipts).filter(|(_, receipt)| receipt.passed).map(|(at, _)| at).collect();
    assert_eq!(lost, (21..=30).collect::<Vec<_>>());
    assert!(record.receipts.iter().all(|receipt| receipt.by.is_some() != receipt.passed));
    // A source that hangs keeps the stream, and nothing is lost on it.
    let hangs = "[[outage]]\nparty = \"source\"\nfrom = \"20500ms\"\nfor = \"10s\"\nmode = \"hang\"";
    let (record, _) = self::record("replay = false", hangs);
    assert!(record.receipts.iter().all(|receipt| receipt.by.is_some()));
}

/// A stream breaks about each 300 ms, and is asked for again up to 400 ms later; so is one that was not opened in time.
#[test]
fn jitter_moves_the_time_to_reconnect() {
    for (jitter, shortest_ms) in [("none", 400), ("full", 0), ("equal", 200)] {
        let keys = format!(
            "heartbeat = \"100ms\"\ntimeout = \"300ms\"\nreconnect = \"400ms\"\nreconnect_jitter = \"{jitter}\""
        );
        let (record, _) = record(&keys, "[client.network]\nloss_to_client = 0.3\n");
        let streams = streams_ms(&record);
        let pauses: Vec<i64> = streams.windows(2).map(|pair| pair[1].0 - pair[0].1).collect();
        let number = pauses.len() as f64;
        let mean = pauses.iter().sum::<i64>() as f64 / number;
        assert!(number > 40.0 && pauses.iter().all(|ms| (shortest_ms..=400).contains(ms)), "{pauses:?}");
        let reach = 4.0 * (400 - shortest_ms) as f64 / libm::sqrt(12.0 * number);
        assert!((mean - (shortest_ms + 400) as f64 / 2.0).abs() <= reach + 1.0, "{jitter}: {mean} ms");
    }
}

/// The request that opens a stream takes the time of a server. Events that occur meanwhile follow the answer.
#[test]
fn a_stream_opens_when_a_server_has_worked_on_it() {
    let (record, _) = record("", "[source]\nservice_time = \"3s\"\n");
    let expected = (1..60).map(|second| if second <= 3 { 3_200 } else { second * 1000 + 100 });
    assert_eq!(held_ms(&record), expected.collect::<Vec<_>>());
}

/// A lost frame breaks its stream. Its event and all that follow are sent again, and no event is lost.
#[test]
fn a_lost_frame_breaks_the_stream_and_nothing_is_missed() {
    let (record, _) = record("count = 50", "[client.network]\nloss_to_client = 0.1\n");
    assert!(record.receipts.iter().all(|receipt| receipt.held != Instant::NEVER));
    // In the minute about six frames are lost on each stream, and some answers that open one.
    assert!((200..600).contains(&record.requests.total()), "{}", record.requests.total());
    let (lossless, _) = self::record("count = 50", "");
    assert!(record.pushed > lossless.pushed);
}

/// Where the round trip is longer than the timeout no stream opens, and each request ends at its timeout.
#[test]
fn a_stream_that_is_not_opened_in_time_has_failed() {
    let (record, _) = record("timeout = \"150ms\"", "");
    let by_status = record.requests.by_status();
    // The time between two requests is the timeout and the time to reconnect.
    assert_eq!(by_status[&Status::Timeout], 53);
    assert_eq!(by_status.len(), 1);
    assert_eq!(record.requests.event_frames, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever fails: each stream ends once, each frame ends once, and every event arrives once, in order, and not before
    /// one delay to the client.
    #[test]
    fn streams_balance(
        seed: u32,
        (count, resources) in (1_u32..4, 1_u32..4),
        rate in 0.05_f64..5.0,
        (reconnect_ms, timeout_ms) in (1_u32..5_000, 50_u32..5_000),
        (heartbeat_ms, always) in (prop::option::weighted(0.8, 20_u32..20_000), any::<bool>()),
        (is_socket, commit_ms) in (any::<bool>(), prop_oneof![Just(0_u32), 0_u32..3_000]),
        (there_ms, back_ms) in (0_u32..400, 0_u32..400),
        (replay, idle_ms) in (any::<bool>(), prop::option::of(50_u32..20_000)),
        (loss, failure) in (prop_oneof![Just(0.0), 0.0..0.3], prop_oneof![Just(0.0), 0.0..0.3]),
        (service_ms, capacity) in (0_u32..300, 0_u32..3),
        outages in prop::collection::vec((any::<bool>(), 0_usize..3, 0_u32..3_000, 1_u32..8_000), 0..4),
    ) {
        let mut text = format!(
            "duration = \"40s\"\nseed = {seed}\n[events]\nresources = {resources}\n\
             arrivals = {{ process = \"poisson\", rate = \"{rate:.4}/s\" }}\n\
             [source]\nservice_time = \"{service_ms}ms\"\ncapacity = {capacity}\nfailure_rate = {failure:.3}\n\
             commit_delay = \"{commit_ms}ms\"\n\
             [network]\nloss = {loss:.3}\nto_source = \"{there_ms}ms\"\n\
             to_client = {{ distribution = \"uniform\", min = \"{back_ms}ms\", max = \"{}ms\" }}\n\
             [[client]]\nname = \"it\"\nkind = \"{}\"\ncount = {count}\nreconnect = \"{reconnect_ms}ms\"\n\
             timeout = \"{timeout_ms}ms\"\n{}\
             replay = {replay}\nreconnect_jitter = \"{}\"\n",
            2 * back_ms + 1,
            if is_socket { "websocket" } else { "sse" },
            match heartbeat_ms {
                Some(ms) => {
                    let when = if always { "always" } else { "idle" };
                    format!("heartbeat = \"{ms}ms\"\nheartbeat_when = \"{when}\"\n")
                }
                None => "heartbeat = \"none\"\n".to_owned(),
            },
            ["none", "full", "equal"][seed as usize % 3],
        );
        if let Some(idle_ms) = idle_ms {
            text += &format!("idle_timeout = \"{idle_ms}ms\"\n");
        }
        for (place, (of_source, mode, from_ms, for_ms)) in outages.into_iter().enumerate() {
            let whose = if of_source { "party = \"source\"" } else { "client = \"it\"" };
            let (from_ms, mode) = (place as u32 * 10_000 + from_ms, ["refuse", "hang", "error"][mode]);
            text += &format!("[[outage]]\n{whose}\nfrom = \"{from_ms}ms\"\nfor = \"{}ms\"\nmode = \"{mode}\"\n", for_ms.min(6_900));
        }
        let scenario = scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let (record, events) = run(&scenario);
        let members = count as usize;
        for member in 0..members {
            for resource in 0..resources {
                let own: Vec<Instant> =
                    events.of(resource).iter().map(|&event| record.receipts[event as usize * members + member].held).collect();
                let own: Vec<Instant> = own.into_iter().filter(|&held| held != Instant::NEVER).collect();
                prop_assert!(own.is_sorted(), "a stream keeps its order");
            }
        }
        for (receipts, &occurred) in record.receipts.chunks(members).zip(events.occurred()) {
            for receipt in receipts {
                prop_assert!(receipt.held >= occurred + Span::from_millis(i64::from(commit_ms + back_ms)));
                prop_assert!(!receipt.passed || !replay && receipt.by.is_none(), "what is missed never comes");
            }
        }
    }
}
