//! Receivers that are down, busy or forgetful, over real HTTP as in virtual time.

use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use pollhook::measure::Status;

/// A receiver is down for most of a second, and the source disables it after ten failures in a row, until somebody
/// enables it. The same events are given up, and come with the dead letters.
#[test]
fn a_receiver_is_disabled_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"4s\"\n[events]\narrivals = { process = \"constant\", rate = \"20/s\", first = \"25ms\" }\n\
             [network]\ndelay = \"5ms\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = [\"2s\"]\n\
             disable_after = { failures = 10 }\nenable_after = \"1s\"\nredeliver_after = \"500ms\"\n\
             [[outage]]\nclient = \"it\"\nfrom = \"1s\"\nfor = \"800ms\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| assert_eq!((live.sent, live.disabled.len()), (live.ended, 1)));
        let fates = |record: &pollhook::measure::Record| -> Vec<_> {
            record
                .receipts
                .iter()
                .map(|receipt| (receipt.by, receipt.attempts, receipt.redelivered))
                .collect()
        };
        assert!(simulated.receipts.iter().filter(|receipt| receipt.redelivered).count() >= 19);
        assert_eq!(fates(live), fates(simulated));
        let late = (live.disabled[0].until - simulated.disabled[0].until).as_secs_f64().abs();
        assert!(late < 0.02, "{late} s");
    });
}

/// A receiver that answers 429 with a `retry-after` while it is busy, and forgets within half a second what it has
/// processed. Deliveries that arrive at the same moment may change places live, so that a few more or fewer find it busy.
#[test]
fn a_receiver_that_is_busy_and_forgets_is_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"3s\"\nseed = 2\n[events]\n\
             arrivals = { process = \"constant\", rate = \"10/s\", first = \"50ms\" }\n\
             [network]\ndelay = \"25ms\"\nloss_to_source = 0.3\n[[client]]\nkind = \"webhook\"\n\
             deadline = \"700ms\"\nretries = [\"100ms\", \"600ms\"]\n\
             endpoint = { service_time = \"230ms\", capacity = 2, queue = 0, overload_status = 429, \
             retry_after = \"1s\", dedupe_window = \"530ms\" }\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| assert_eq!(live.sent, live.ended));
        let limited = simulated.requests.by_status().get(&Status::Http(429)).copied().unwrap_or_default();
        let again = |record: &pollhook::measure::Record| {
            record.receipts.iter().map(|receipt| u32::from(receipt.processed_again)).sum::<u32>()
        };
        assert!(limited > 5 && again(simulated) > 0, "{limited} and {}", again(simulated));
        for status in [Status::Http(200), Status::Http(429), Status::Timeout] {
            let [live, simulated] = [live, simulated]
                .map(|record| record.requests.by_status().get(&status).copied().unwrap_or(0));
            assert!(live.abs_diff(simulated) <= 5, "{live} {status}, virtual {simulated}");
        }
        assert!(again(live) > 0);
    });
}

/// A receiver that says when to come back while it is down: the same answers, with the same bytes, and none before.
#[test]
fn who_says_when_to_come_back_is_asked_then_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"2s\"\n[events]\narrivals = { process = \"constant\", rate = \"10/s\", first = \"50ms\" }\n\
             [network]\ndelay = \"5ms\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = [\"100ms\"]\n\
             endpoint = { retry_after = \"1s\" }\n\
             [[outage]]\nclient = \"it\"\nfrom = \"500ms\"\nfor = \"500ms\"\nmode = \"error\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| assert_eq!(live.sent, live.ended));
        assert_eq!(simulated.requests.by_status().get(&Status::Http(503)), Some(&5));
        assert_eq!(live.requests.by_status(), simulated.requests.by_status());
        assert_eq!(live.requests.bytes_to_source, simulated.requests.bytes_to_source);
    });
}

/// A sender whose breaker opens after three failures holds and tries the same deliveries live as in virtual time.
#[test]
fn a_breaker_opens_and_closes_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"3s\"\n[events]\narrivals = { process = \"constant\", rate = \"20/s\", first = \"25ms\" }\n\
             [network]\ndelay = \"5ms\"\n[[client]]\nname = \"it\"\nkind = \"webhook\"\nretries = []\n\
             breaker = { failures = 3, pause = \"300ms\" }\n\
             [[outage]]\nclient = \"it\"\nfrom = \"1s\"\nfor = \"800ms\"\n",
        );
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| assert_eq!(live.sent, live.ended));
        let fates = |record: &pollhook::measure::Record| -> Vec<_> {
            record.receipts.iter().map(|receipt| (receipt.by, receipt.attempts, receipt.gave_up)).collect()
        };
        assert_eq!(simulated.receipts.iter().filter(|receipt| receipt.gave_up).count(), 5);
        assert_eq!(fates(live), fates(simulated));
        let held =
            |record: &pollhook::measure::Record| (record.held_back.waited, record.held_back.open.len());
        assert_eq!(held(simulated), (18, 3));
        // An event 5 ms from the end of a pause may find it on the other side.
        assert_eq!(held(live).1, 3);
        assert!(held(live).0.abs_diff(18) <= 2, "{:?}", held(live));
    });
}
