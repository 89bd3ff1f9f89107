//! Losses, failures and outages, applied for real: the same attempts and the same ledger as in virtual time.

use crate::machine::{in_one_of_three_runs, must_hold};
use crate::{Both, both};
use pollhook::measure::{Record, RequestCounts, Status};
use pollhook::scenario::Found;

fn scenario(network: &str, clients: &str) -> String {
    format!(
        "duration = \"2500ms\"\nseed = 5\n[events]\narrivals = {{ process = \"constant\", rate = \"20/s\" }}\n\
         [network]\ndelay = \"2ms\"\n{network}\n{clients}"
    )
}

const HOOK: &str = "[[client]]\nname = \"it\"\nkind = \"webhook\"\ndeadline = \"150ms\"\n\
    retries = [\"100ms\", \"400ms\", \"2s\"]\n";
const POLL: &str = "[[client]]\nname = \"it\"\nkind = \"poll\"\ninterval = \"250ms\"\ntimeout = \"150ms\"\nphase = \"61ms\"\n";

/// The attempts of every event and what brought it: nothing of it may depend on the engine.
fn deliveries(both: &Both) -> [Vec<(u32, u32, bool)>; 2] {
    let of =
        |record: &Record| record.receipts.iter().map(|h| (h.attempts, h.receipts, h.by.is_some())).collect();
    [of(&both.live.records[0]), of(&both.simulated[0])]
}

#[test]
fn lost_messages_time_out_and_are_sent_again() {
    in_one_of_three_runs(|| {
        let both = both(&scenario("loss_to_client = 0.2\nloss_to_source = 0.2", HOOK));
        let [live, simulated] = deliveries(&both);
        // A late answer is one more failure; a lost message is lost in both.
        let no_fewer = |(live, simulated): (&(u32, u32, bool), &(u32, u32, bool))| live.0 >= simulated.0;
        must_hold(|| assert!(live.iter().zip(&simulated).all(no_fewer), "{live:?} {simulated:?}"));
        assert_eq!(live, simulated);
        assert!(
            live.iter().any(|&(attempts, receipts, _)| attempts > 1 && receipts > 1),
            "a lost answer makes a duplicate"
        );
    });
}

#[test]
fn failures_of_both_sides_are_answered_with_their_status() {
    in_one_of_three_runs(|| {
        let network = "[source]\nfailure_rate = 0.3";
        let clients =
            format!("{HOOK}endpoint = {{ failure_rate = 0.3 }}\n{}", POLL.replace("\"it\"", "\"poll\""));
        let both = both(&scenario(network, &clients));
        for (client, status) in [(0, "500"), (1, "503")] {
            let by_status = |record: &Record| {
                let all = record.requests.by_status();
                all.into_iter().map(|(status, requests)| (status.to_string(), requests)).collect::<Vec<_>>()
            };
            let live = by_status(&both.live.records[client]);
            assert_eq!(live, by_status(&both.simulated[client]));
            assert!(live.iter().any(|(name, requests)| name == status && *requests > 0), "{live:?}");
        }
    });
}

/// All modes on the client's side in one run, each for two clients; on the source's side one run for each.
#[test]
fn outages_of_every_mode_on_either_side() {
    const MODES: [&str; 3] = ["refuse", "hang", "error"];
    let outage = |party: &str, mode: &str| {
        format!("[[outage]]\n{party}\nfrom = \"760ms\"\nfor = \"1s\"\nmode = \"{mode}\"\n")
    };
    let of_the_clients: String = MODES
        .iter()
        .map(|mode| {
            let clients = format!(
                "{}{}",
                HOOK.replace("\"it\"", &format!("\"hook {mode}\"")),
                POLL.replace("\"it\"", &format!("\"poll {mode}\""))
            );
            format!("{clients}{}", outage(&format!("client = [\"hook {mode}\", \"poll {mode}\"]"), mode))
        })
        .collect();
    let of_the_source = MODES.map(|mode| format!("{POLL}{}", outage("party = \"source\"", mode)));
    for clients in of_the_source.iter().chain([&of_the_clients]) {
        in_one_of_three_runs(|| {
            let both = both(&scenario("", clients));
            for (number, (live, simulated)) in both.live.records.iter().zip(&both.simulated).enumerate() {
                must_hold(|| {
                    let held = live.receipts.iter().all(|receipt| receipt.by.is_some());
                    assert!(held, "client {number} of {clients}: nothing is lost");
                });
                let counts = |record: &Record| (record.requests.total(), record.requests.failed);
                let (live, simulated) = (counts(live), counts(simulated));
                let close = live.0.abs_diff(simulated.0) <= 2 && live.1.abs_diff(simulated.1) <= 2;
                assert!(
                    close,
                    "client {number} of {clients}: {live:?} requests and failures, virtual {simulated:?}"
                );
            }
        });
    }
}

#[test]
fn a_slow_endpoint_makes_duplicates_and_a_full_queue_refuses() {
    in_one_of_three_runs(|| {
        let late = both(&scenario(
            "",
            &format!("{HOOK}endpoint = {{ service_time = \"200ms\", dedupe = false }}\n"),
        ));
        let [live, simulated] = deliveries(&late);
        assert_eq!(live, simulated);
        assert!(live.iter().all(|&(attempts, receipts, held)| held && attempts == 4 && receipts == 4));
        let full = format!("{HOOK}endpoint = {{ service_time = \"80ms\", capacity = 1, queue = 0 }}\n");
        let full = both(&scenario("", &full));
        let refused = |record: &Record| record.requests.failed;
        assert!(refused(&full.live.records[0]).abs_diff(refused(&full.simulated[0])) <= 4);
    });
}

/// An outage of 500 ms among events 50 ms apart: the machines of both engines lose the same ones.
#[test]
fn what_is_acknowledged_and_not_kept_is_lost_in_both() {
    in_one_of_three_runs(|| {
        let outage = "[[outage]]\nclient = \"it\"\nfrom = \"775ms\"\nfor = \"500ms\"\nmode = \"lose\"\n";
        let both = both(&scenario("", &format!("{HOOK}{outage}")));
        let lost =
            |record: &Record| record.receipts.iter().filter(|receipt| receipt.is_lost(Found::Never)).count();
        let [live, simulated] = deliveries(&both);
        must_hold(|| {
            assert!(live.iter().all(|&(attempts, receipts, held)| held == (receipts > 0) && attempts > 0))
        });
        assert_eq!((live, lost(&both.live.records[0])), (simulated, 10));
    });
}

/// A long poll that the source holds and a delivery that waits for a handler are dropped with their connections; the
/// delivery that the handler works on is answered during the outage.
#[test]
fn what_waits_when_a_party_goes_down_is_dropped_in_both() {
    let held = "duration = \"2500ms\"\n[events]\n\
        arrivals = { process = \"constant\", rate = \"1/s\", first = \"2200ms\" }\n[network]\ndelay = \"2ms\"\n\
        [[client]]\nkind = \"long-poll\"\nhold = \"1s\"\n\
        [[outage]]\nparty = \"source\"\nfrom = \"500ms\"\nfor = \"400ms\"\n";
    let queued = "duration = \"500ms\"\n[events]\narrivals = { process = \"constant\", rate = \"10/s\" }\n\
        [network]\ndelay = \"2ms\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = [\"1s\"]\n\
        endpoint = { service_time = \"500ms\", capacity = 1 }\n\
        [[outage]]\nclient = \"it\"\nfrom = \"250ms\"\nfor = \"500ms\"\n";
    for text in [held, queued] {
        in_one_of_three_runs(|| {
            let both = both(text);
            let (live, simulated) = (&both.live.records[0].requests, &both.simulated[0].requests);
            assert_eq!(live.by_status(), simulated.by_status());
            assert_eq!(live.by_status().get(&Status::Closed), Some(&1));
            let bytes = |requests: &RequestCounts| (requests.bytes_to_source, requests.bytes_to_client);
            assert_eq!(bytes(live), bytes(simulated));
        });
    }
}

/// A request that the end of the run cuts off counts in the bytes, although it has no answer.
#[test]
fn a_request_at_the_end_of_the_run_has_the_same_bytes_in_both() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"1500ms\"\ndrain = \"0s\"\n[events]\n\
             arrivals = { process = \"constant\", rate = \"1/s\", first = \"500ms\" }\n\
             [[client]]\nkind = \"long-poll\"\n",
        );
        let (live, simulated) = (&both.live.records[0].requests, &both.simulated[0].requests);
        assert_eq!(live.by_status(), simulated.by_status());
        assert_eq!(live.by_status().get(&Status::Unanswered), Some(&1));
        assert_eq!(live.bytes_to_source, simulated.bytes_to_source);
        assert_eq!(live.bytes_to_client, simulated.bytes_to_client);
    });
}
