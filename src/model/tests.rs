//! Regression tests: each bug of the machines in the smallest scenario that shows it.

use crate::measure::Record;
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::{self, Found};
use crate::sim::{self, Path, RunOptions};
use crate::time::Instant;
use std::sync::Arc;

/// The record of the only client of a scenario.
fn record(text: &str) -> (Record, Arc<Events>) {
    let scenario = scenario::load("it", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let options = RunOptions::to_the_end(Path::Plain);
    let record = sim::run(&scenario, &scenario.clients[0], &events, randomness, options).unwrap();
    assert_eq!(record.sent, record.ended, "every exchange ends exactly once");
    (record, events)
}

/// A handler needs 20 s, and a poll reconciles every 10 s. An event that the poll has brought by the time a handler is
/// free needs no more work.
#[test]
fn a_delivery_that_waits_notices_that_reconciling_brought_its_event() {
    let (record, events) = record(
        "duration = \"2h\"\n[events]\narrivals = { process = \"poisson\", rate = \"450/h\" }\n\
         [[client]]\nkind = \"webhook\"\ndeadline = \"30s\"\nreconcile = \"10s\"\n\
         endpoint = { service_time = \"20s\", capacity = 1 }\n",
    );
    let attempts: u32 = record.receipts.iter().map(|receipt| receipt.attempts).sum();
    let gave_up = record.receipts.iter().filter(|receipt| receipt.gave_up).count();
    assert!(events.occurred().len() > 800);
    assert!(f64::from(attempts) / (events.occurred().len() as f64) < 1.05, "{attempts} attempts");
    assert_eq!(gave_up, 0);
}

/// One worker; the source goes down while deliveries wait. They are sent in the order in which they were queued.
#[test]
fn deliveries_leave_first_in_first_out_across_an_outage_of_the_source() {
    let (record, _) = record(
        "duration = \"60s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/s\" }\n\
         [[client]]\nkind = \"webhook\"\nworkers = 1\nendpoint = { service_time = \"2s\", capacity = 1 }\n\
         [[outage]]\nparty = \"source\"\nfrom = \"10500ms\"\nfor = \"5s\"\n",
    );
    let held: Vec<Instant> = record.receipts.iter().map(|receipt| receipt.held).collect();
    assert!(held.is_sorted() && held.iter().all(|&at| at != Instant::NEVER), "{held:?}");
}

/// The client is down from 10 s to 12 s, and the answer to the poll of 9.9 s would come at 19.9 s. At a fixed rate it
/// asks again at its next tick, 15 s; at a fixed delay as soon as it is up.
#[test]
fn a_poll_that_an_outage_ends_does_not_shift_the_next_tick() {
    for (pacing, second) in [("fixed-rate", 14_900), ("fixed-delay", 12_000)] {
        let (record, _) = record(&format!(
            "duration = \"16s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
             [network]\ndelay = \"5s\"\n\
             [[client]]\nkind = \"poll\"\ninterval = \"5s\"\nphase = \"9900ms\"\npacing = \"{pacing}\"\n\
             timeout = \"60s\"\n[[outage]]\nclient = \"poll 5s\"\nfrom = \"10s\"\nfor = \"2s\"\n"
        ));
        let mut sent: Vec<i64> = record.trace.iter().map(|traced| traced.sent.0 / 1_000_000).collect();
        sent.sort_unstable();
        assert_eq!(sent[..2], [9_900, second], "{pacing}");
    }
}

/// The way to the source takes up to 20 s. The client is down for a second after its first request, so the second one
/// may arrive before the first, which nobody waits for any more. It must not take the place of the second.
#[test]
fn a_request_that_was_overtaken_does_not_replace_a_later_one() {
    for kind in ["long-poll\"\nhold = \"100s\"\ntimeout = \"120s", "sse"] {
        for seed in 0..60 {
            let (record, _) = record(&format!(
                "duration = \"100s\"\nseed = {seed}\n\
                 [events]\narrivals = {{ process = \"constant\", rate = \"0.001/s\", first = \"60s\" }}\n\
                 [network]\nto_source = {{ distribution = \"uniform\", min = \"0s\", max = \"20s\" }}\n\
                 to_client = \"20ms\"\n[[client]]\nname = \"it\"\nkind = \"{kind}\"\n\
                 [[outage]]\nclient = \"it\"\nfrom = \"1s\"\nfor = \"1s\"\n"
            ));
            assert_eq!(record.receipts[0].held, Instant(60_020_000_000), "{kind}, seed {seed}");
        }
    }
}

/// What the requests of a record were answered, and how many were.
fn by_status(record: &Record) -> Vec<(String, u64)> {
    record.requests.by_status().into_iter().map(|(status, requests)| (status.to_string(), requests)).collect()
}

fn all(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|&(status, requests)| (status.to_owned(), requests)).collect()
}

/// The source holds a request from 20 ms on and goes down at 10 s for 5 s. The client asks again a second after each
/// failure, so the request of 11.02 s and those of 12.06 s, 13.1 s and 14.14 s are refused, if connections are.
#[test]
fn a_source_that_goes_down_drops_what_it_holds() {
    for (mode, expected) in [
        ("refuse", [("200", 2), ("refused", 4), ("closed", 1)].as_slice()),
        ("hang", &[("200", 2), ("timeout", 1)]),
        ("error", &[("200", 2), ("503", 5)]),
    ] {
        let text = format!(
            "duration = \"30s\"\n[events]\n\
             arrivals = {{ process = \"constant\", rate = \"0.05/s\", first = \"29s\" }}\n\
             [network]\ndelay = \"20ms\"\n\
             [[client]]\nname = \"it\"\nkind = \"long-poll\"\nhold = \"14s\"\ntimeout = \"20s\"\n\
             [[outage]]\nparty = \"source\"\nfrom = \"10s\"\nfor = \"5s\"\nmode = \"{mode}\"\n"
        );
        let (record, _) = record(&text);
        assert_eq!(by_status(&record), all(expected), "{mode}");
        let arrived = if mode == "refuse" { 3 } else { record.requests.total() };
        let sizes = scenario::load("it", &text, &[]).map(|scenario| scenario.sizes(&scenario.clients[0]));
        assert_eq!(record.requests.bytes_to_source, arrived * sizes.unwrap().poll(), "{mode}");
    }
}

/// One server needs 10 s for a request. Of the three of 0 s it has answered one at 10 s and works on the second when it goes
/// down at 15 s; the third is dropped then, and after that the server is free.
#[test]
fn a_source_that_goes_down_finishes_what_it_works_on() {
    for (mode, dropped) in [("refuse", "closed"), ("hang", "timeout"), ("error", "503")] {
        let (record, _) = record(&format!(
            "duration = \"35s\"\n[events]\n\
             arrivals = {{ process = \"constant\", rate = \"0.05/s\", first = \"1s\" }}\n\
             [network]\ndelay = \"0s\"\n[source]\nservice_time = \"10s\"\ncapacity = 1\n\
             [[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"1h\"\nphase = \"0s\"\ncount = 3\n\
             [[outage]]\nparty = \"source\"\nfrom = \"15s\"\nfor = \"1s\"\nmode = \"{mode}\"\n"
        ));
        assert_eq!(by_status(&record), all(&[("200", 2), (dropped, 1)]), "{mode}");
    }
}

/// A handler works on the first delivery from 1 s to 9 s. The endpoint is down from 3.5 s to 4.5 s: the deliveries of 2 s
/// and 3 s that wait are dropped, that of 4 s meets the outage, and that of 5 s waits its turn.
#[test]
fn an_endpoint_that_goes_down_finishes_what_it_works_on_and_drops_what_waits() {
    for (mode, expected, lost) in [
        ("refuse", [("200", 2), ("refused", 1), ("closed", 2)].as_slice(), 3),
        ("hang", &[("200", 2), ("timeout", 3)], 3),
        ("error", &[("200", 2), ("503", 3)], 3),
        ("lose", &[("200", 5)], 3),
    ] {
        let (record, _) = record(&format!(
            "duration = \"5500ms\"\n[events]\narrivals = {{ process = \"constant\", rate = \"1/s\" }}\n\
             [network]\ndelay = \"0s\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = []\n\
             deadline = \"30s\"\nendpoint = {{ service_time = \"8s\", capacity = 1 }}\n\
             [[outage]]\nclient = \"it\"\nfrom = \"3500ms\"\nfor = \"1s\"\nmode = \"{mode}\"\n"
        ));
        assert_eq!(by_status(&record), all(expected), "{mode}");
        let held: Vec<i64> = record.receipts.iter().map(|receipt| receipt.held.0 / 1_000_000_000).collect();
        assert_eq!((held[0], held[4]), (1, 9), "{mode}");
        assert_eq!(
            record.receipts.iter().filter(|receipt| receipt.is_lost(Found::Never)).count(),
            lost,
            "{mode}"
        );
    }
}
