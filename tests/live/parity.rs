//! The same figures live as in virtual time.

use crate::machine::{in_one_of_three_runs, must_hold};
use crate::{both, both_with, differences_s, latencies_s, load, options};
use pollhook::live::{Options, Stall};
use pollhook::measure::{Outcome, Status};
use pollhook::study::Replication;
use pollhook::study::summary::Live;
use pollhook::time::{Instant, Span};
use pollhook::twin::{Band, Equivalence, Twin};

const FIVE_MS: &str = "duration = \"10s\"\nseed = 3\n\
    [events]\narrivals = { process = \"poisson\", rate = \"50/s\" }\n[network]\ndelay = \"5ms\"\n\
    [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"200ms\"\n\
    [[client]]\nname = \"hook\"\nkind = \"webhook\"\n";

#[test]
fn live_agrees_with_virtual_time_event_by_event() {
    in_one_of_three_runs(|| {
        let both = both(FIVE_MS);
        for (client, name) in ["poll", "hook"].into_iter().enumerate() {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            let held = |record: &pollhook::measure::Record| {
                record.receipts.iter().map(|receipt| receipt.by).collect::<Vec<_>>()
            };
            must_hold(|| {
                assert_eq!(held(live), held(simulated), "{name}: the same events by the same way");
                let earliest = latencies_s(&both.events, live).into_iter().flatten().fold(f64::MAX, f64::min);
                assert!(earliest >= 0.005, "{name}: {earliest} s, and the way takes 5 ms");
            });
            let differences = differences_s(&both, client);
            if name == "hook" {
                // Late is the event, or the arrival of its delivery: what the run reports covers what its client
                // suffers.
                let reported_s = 2.0 * both.live.lateness.max.as_secs_f64();
                let covered = |&late: &f64| (-1e-9..=reported_s).contains(&late);
                must_hold(|| {
                    assert!(differences.iter().all(covered), "{reported_s} s were reported: {differences:?}")
                });
            }
            let (requests, expected) = (live.requests.total(), simulated.requests.total());
            assert!(requests.abs_diff(expected) <= 1, "{name}: {requests} requests, virtual {expected}");
            let at = |share: f64| differences[(share * (differences.len() - 1) as f64) as usize].abs();
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            assert!(mean.abs() < 0.005, "{name}: mean difference {mean}");
            assert!(at(0.5) < 0.003, "{name}: median difference {}", at(0.5));
            // A poll that is a moment late may bring an event one interval earlier; few do.
            assert!(at(0.99) < 0.015, "{name}: 99 % of the differences within {}", at(0.99));
        }
        assert!(both.live.lateness.count > 0 && both.live.lateness.negative == 0);
    });
}

/// The same as a test of equivalence, the means and the 99th percentiles, after loopback was measured on round trips.
#[test]
fn live_is_equivalent_to_virtual_time() {
    in_one_of_three_runs(|| {
        let scenario = load(&FIVE_MS.replace("50/s", "120/s"));
        let both = both(&FIVE_MS.replace("50/s", "120/s"));
        let lived = [Replication { events: both.events, records: both.live.records }];
        let twin = Twin::new(&scenario, &lived, Live::default(), Band::new(Span::from_millis(5), 1.0));
        must_hold(|| {
            let pairs = |client: usize| twin.clients[client].pairs.iter();
            assert!(pairs(1).all(|pair| pair.gap().is_some()), "both engines bring every event");
            // A poll and its answer, and a delivery and its acknowledgement.
            assert!(twin.network.round_trips > 1_000, "{:?}", twin.network);
        });
        assert!(twin.network.each_way < Span::from_millis(3), "{:?}", twin.network);
        assert_eq!(twin.verdict(), Equivalence::Within, "{:?}", twin.answer());
    });
}

/// A request that is held at the source, over real HTTP: twice the delay and less for events as dense as the round
/// trip.
#[test]
fn a_long_poll_is_held_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"5s\"\nseed = 3\n[events]\narrivals = { process = \"poisson\", rate = \"10/s\" }\n\
             [network]\ndelay = \"50ms\"\n[[client]]\nkind = \"long-poll\"\nhold = \"1s\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| {
            assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "nothing is lost");
            assert_eq!(live.sent, live.ended);
        });
        let (requests, expected) = (live.requests.total(), simulated.requests.total());
        assert!(requests.abs_diff(expected) <= 3, "{requests} requests, virtual {expected}");
        let latencies: Vec<f64> = latencies_s(&both.events, live).into_iter().flatten().collect();
        let latest = latencies.iter().copied().fold(0.0, f64::max);
        assert!(latencies.len() > 30 && latest <= 0.165, "{latencies:?}");
        let differences = differences_s(&both, 0);
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        assert!(mean.abs() < 0.005, "mean difference {mean}");
    });
}

/// A source that answers ten polls in each five seconds: refused and asked again at the same times.
#[test]
fn a_limit_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"12s\"\nseed = 3\n[events]\narrivals = { process = \"poisson\", rate = \"5/s\" }\n\
             [network]\ndelay = \"5ms\"\n[source]\nrate_limit = { requests = 10, per = \"5s\" }\n\
             [[client]]\nkind = \"poll\"\ninterval = \"230ms\"\n\
             [[client]]\nkind = \"webhook\"\nthin = true\nfetch_again = \"1s\"\n\
             [[client]]\nkind = \"long-poll\"\nhold = \"1s\"\n",
        );
        for live in &both.live.records {
            must_hold(|| {
                assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "nothing is lost");
                assert_eq!(live.sent, live.ended);
                assert!(live.requests.by_status()[&Status::Http(429)] > 0);
            });
        }
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        assert_eq!(live.requests.by_status(), simulated.requests.by_status());
        assert_eq!(live.requests.billed, simulated.requests.billed);
        assert_eq!(live.requests.billed, live.requests.by_status()[&Status::Http(200)]);
        let bytes = |record: &pollhook::measure::Record| record.requests.bytes_to_client;
        assert_eq!(bytes(live), bytes(simulated));
    });
}

/// Conditional polls over real HTTP: the same answers 304, which are free, and the same bytes.
#[test]
fn a_conditional_poll_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"8s\"\nseed = 3\n[events]\nresources = 2\n\
             arrivals = { process = \"poisson\", rate = \"2/s\" }\n[network]\ndelay = \"5ms\"\n\
             [source]\nrate_limit = { requests = 8, per = \"2s\", not_modified_free = true }\n\
             [[client]]\nkind = \"poll\"\ninterval = \"210ms\"\nconditional = true\nlast_page = \"short\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| {
            assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "nothing is lost");
            assert_eq!(live.sent, live.ended);
            assert!(live.requests.by_status()[&Status::Http(304)] > 20);
        });
        assert_eq!(live.requests.by_status(), simulated.requests.by_status());
        let bytes = |record: &pollhook::measure::Record| {
            (record.requests.bytes_to_source, record.requests.bytes_to_client)
        };
        assert_eq!(bytes(live), bytes(simulated));
    });
}

/// Polls for the newest events over real HTTP: the same events are seen, and the same bytes. Every poll is ten milliseconds from
/// the next event.
#[test]
fn a_poll_of_a_feed_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"4s\"\n[events]\narrivals = { process = \"constant\", rate = \"20/s\" }\n\
             [network]\ndelay = \"5ms\"\n[source]\npage_size = 3\n\
             [[client]]\nname = \"rare\"\nkind = \"poll\"\ninterval = \"400ms\"\nphase = \"370ms\"\norder = \"newest\"\n\
             [[client]]\nname = \"often\"\nkind = \"poll\"\ninterval = \"25ms\"\nphase = \"5ms\"\norder = \"newest\"\n\
             conditional = true\n",
        );
        for (client, seen) in [(0, 30), (1, 79)] {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            must_hold(|| {
                assert_eq!(live.sent, live.ended);
                assert_eq!(live.requests.failed, 0);
            });
            let held = |record: &pollhook::measure::Record| {
                record.receipts.iter().map(|receipt| (receipt.by, receipt.passed)).collect::<Vec<_>>()
            };
            assert_eq!(held(live), held(simulated));
            assert_eq!(simulated.receipts.iter().filter(|receipt| receipt.by.is_some()).count(), seen);
            assert_eq!(live.requests.by_status(), simulated.requests.by_status());
            let bytes = |record: &pollhook::measure::Record| {
                (record.requests.bytes_to_source, record.requests.bytes_to_client)
            };
            assert_eq!(bytes(live), bytes(simulated));
        }
        assert!(both.simulated[1].requests.by_status()[&Status::Http(304)] > 70);
    });
}

/// Cursors over real HTTP, at a source that shows events late: the same are lost and come again. All pages of a poll arrive
/// between the last event that is shown before it and the next one, with some milliseconds to both.
#[test]
fn a_poll_by_time_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"4s\"\nseed = 3\n[events]\nresources = 2\n\
             arrivals = { process = \"constant\", rate = \"20/s\" }\n[network]\ndelay = \"1ms\"\n\
             [source]\npage_size = 3\ncommit_delay = { distribution = \"uniform\", min = \"1ms\", max = \"30ms\" }\n\
             [[client]]\nname = \"id\"\nkind = \"poll\"\ninterval = \"400ms\"\nphase = \"384ms\"\n\
             [[client]]\nname = \"time\"\nkind = \"poll\"\ninterval = \"400ms\"\nphase = \"384ms\"\ncursor = \"time\"\n\
             time_resolution = \"150ms\"\n\
             [[client]]\nname = \"overlap\"\nkind = \"poll\"\ninterval = \"400ms\"\nphase = \"384ms\"\n\
             cursor = \"time-overlap\"\noverlap = \"250ms\"\ndedupe = false\n",
        );
        for client in 0..3 {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            must_hold(|| {
                assert_eq!(live.sent, live.ended);
                assert_eq!(live.requests.failed, 0);
                let is_told = |receipt: &pollhook::measure::Receipt| receipt.by.is_some() != receipt.passed;
                assert!(live.receipts.iter().all(is_told), "held or passed over");
            });
            let told = |record: &pollhook::measure::Record| {
                let each = record.receipts.iter();
                each.map(|receipt| (receipt.by, receipt.receipts, receipt.processed_again))
                    .collect::<Vec<_>>()
            };
            assert_eq!(told(live), told(simulated));
            assert_eq!(live.requests.by_status(), simulated.requests.by_status());
            let bytes = |record: &pollhook::measure::Record| {
                (record.requests.bytes_to_source, record.requests.bytes_to_client)
            };
            assert_eq!(bytes(live), bytes(simulated));
        }
        let lost =
            |client: usize| both.simulated[client].receipts.iter().filter(|receipt| receipt.passed).count();
        assert!(lost(1) >= 5 && lost(2) == 0, "{} and {} are lost", lost(1), lost(2));
    });
}

/// Intervals that grow over real HTTP: the same polls, at the same times.
#[test]
fn a_poll_that_backs_off_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"8s\"\nseed = 3\n[events]\narrivals = { process = \"poisson\", rate = \"1/s\" }\n\
             [network]\ndelay = \"5ms\"\n\
             [[client]]\nkind = \"poll\"\ninterval = \"100ms\"\nbackoff = { factor = 2, max = \"1s\" }\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| {
            assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "nothing is lost");
            assert_eq!(live.sent, live.ended);
        });
        let requests = |record: &pollhook::measure::Record| (record.requests.useful, record.requests.empty);
        assert_eq!(requests(live), requests(simulated));
        assert!(live.requests.total() < 60, "it backs off: {}", live.requests.total());
    });
}

/// An event that the generator makes late is late by the schedule: nothing is omitted in coordination with it.
#[test]
fn a_stalled_generator_shows_in_the_latencies() {
    in_one_of_three_runs(|| {
        let stall = Stall { from: Instant(4_000_000_000), length: Span::from_millis(500) };
        let both = both_with(&FIVE_MS.replace("10s", "6s"), &Options { stall: Some(stall), ..options() });
        // A stop of 0.5 s in 6 s: the 99th percentile is 0.5 s - 1 % of 6 s.
        let mut latencies: Vec<f64> =
            latencies_s(&both.events, &both.live.records[1]).into_iter().flatten().collect();
        latencies.sort_by(f64::total_cmp);
        let p99 = latencies[(0.99 * latencies.len() as f64) as usize];
        assert!(p99 >= 0.44 * 0.95, "{p99}");
        assert!(both.live.lateness.max >= Span::from_millis(400), "{:?}", both.live.lateness.max);
    });
}

/// The bytes on the wire are those of the messages, by which virtual time counts: of every request in the window,
/// however late it was.
#[test]
fn bytes_are_those_on_the_wire() {
    for (format, resources) in [("json", 1), ("xml", 1), ("xml", 2)] {
        let text = FIVE_MS
            .replace("10s", "1500ms")
            .replace("[events]", &format!("[events]\nresources = {resources}\npayload = {{ format = \"{format}\" }}"))
            .replace(
                "kind = \"webhook\"",
                "kind = \"webhook\"\ncount = 2\nretries = [\"50ms\", \"100ms\"]\nendpoint = { failure_rate = 0.2 }",
            );
        let (scenario, both) = (load(&text), both(&text));
        for record in [&both.live.records[1], &both.simulated[1]] {
            let (sizes, requests) = (scenario.sizes(&scenario.clients[1]), &record.requests);
            let statuses = requests.by_status().into_iter();
            let answers = statuses.map(|(status, answers)| match status {
                Status::Http(status) => answers * sizes.status(status),
                Status::Refused | Status::Closed | Status::Timeout | Status::Unanswered => 0,
            });
            assert!(requests.failed > 5 && requests.retries > 5, "{format}: {requests:?}");
            assert_eq!(requests.bytes_to_source, answers.sum::<u64>(), "{format}: answers of deliveries");
            assert_eq!(
                requests.bytes_to_client,
                requests.total() * sizes.delivery(1),
                "{format}: deliveries"
            );
        }
        for record in [&both.live.records[0], &both.simulated[0]] {
            let (sizes, requests) = (scenario.sizes(&scenario.clients[0]), &record.requests);
            assert!(requests.useful > 4 && requests.failed == 0, "{format}: {requests:?}");
            assert_eq!(requests.bytes_to_source, requests.total() * sizes.poll(), "{format}: polls");
            let end = Instant::START + scenario.duration;
            let pages = record.trace.iter().filter(|traced| traced.sent < end).map(|traced| {
                let events = record.receipts.iter().filter(|receipt| receipt.held == traced.ended).count();
                sizes.page(events as u32, false)
            });
            // The requests that are kept are those of one resource.
            if resources == 1 {
                assert_eq!(requests.bytes_to_client, pages.sum::<u64>(), "{format}: pages");
            }
        }
    }
}

/// A minute in three seconds, read as a minute.
#[test]
fn a_compressed_run_is_read_in_the_time_of_the_scenario() {
    in_one_of_three_runs(|| {
        let text = FIVE_MS
            .replace("10s", "60s")
            .replace("5ms", "500ms")
            .replace("200ms", "10s")
            .replace("50/s", "2/s");
        let both = both_with(&text, &Options { speed: 20.0, ..options() });
        for client in 0..2 {
            let differences = differences_s(&both, client);
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            assert!(mean.abs() < 0.15, "client {client}: mean difference {mean} s of the scenario");
        }
    });
}

/// A request that times out at the very moment of a later tick leaves that tick free, in both engines.
#[test]
fn a_timeout_of_whole_intervals_misses_no_tick() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"6s\"\nseed = 3\n[events]\narrivals = { process = \"poisson\", rate = \"50/s\" }\n\
             [network]\nloss = 0.1\ndelay = \"5ms\"\n[[client]]\nkind = \"poll\"\ninterval = \"200ms\"\n\
             timeout = \"400ms\"\nphase = \"61ms\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        assert!(simulated.requests.failed > 2);
        must_hold(|| {
            for traced in &live.trace {
                let since = (traced.sent - Instant(61_000_000)).0;
                assert!(since % 200_000_000 == 0, "sent at a tick: {traced:?}");
                let took = traced.ended - traced.sent;
                let timed_out = traced.outcome == Outcome::Failed;
                assert!(!timed_out || took == Span::from_millis(400), "over at its deadline: {traced:?}");
            }
        });
        let (requests, expected) = (live.requests.total(), simulated.requests.total());
        assert!(requests.abs_diff(expected) <= 1, "{requests} requests, virtual {expected}");
    });
}
