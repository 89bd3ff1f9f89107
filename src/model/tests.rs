//! Regression tests: each bug of the machines in the smallest scenario that shows it.

use crate::measure::Record;
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario;
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
