//! Idle connections that a proxy cuts, over real HTTP: with and without replay, and a long poll.

use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use pollhook::measure::{Receipt, Record, Status};

/// An event each 400 ms. A stream is cut after 270 ms and asked for again after 380 ms, so that about every second event occurs
/// while there is none. Each event is 125 ms and more from a cut and from an opening.
#[test]
fn an_idle_stream_is_cut_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"3800ms\"\n[events]\narrivals = { process = \"constant\", rate = \"2.5/s\" }\n\
             [network]\ndelay = \"5ms\"\n\
             [[client]]\nname = \"replay\"\nkind = \"sse\"\nheartbeat = \"none\"\nidle_timeout = \"270ms\"\n\
             reconnect = \"380ms\"\n\
             [[client]]\nname = \"no replay\"\nkind = \"sse\"\nheartbeat = \"400ms\"\nidle_timeout = \"270ms\"\n\
             reconnect = \"380ms\"\nreplay = false\n\
             [[client]]\nname = \"held\"\nkind = \"long-poll\"\nhold = \"1s\"\nidle_timeout = \"300ms\"\n",
        );
        for (client, lost) in [(0, 0), (1, 5), (2, 0)] {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            let held = |record: &Record| {
                record.receipts.iter().map(|receipt| (receipt.by, receipt.passed)).collect::<Vec<_>>()
            };
            must_hold(|| {
                assert_eq!((live.sent, live.pushed), (live.ended, live.landed));
                let is_told = |receipt: &Receipt| receipt.by.is_some() != receipt.passed;
                assert!(live.receipts.iter().all(is_told), "held or missed: {:?}", held(live));
            });
            assert_eq!(held(live), held(simulated));
            assert_eq!(simulated.receipts.iter().filter(|receipt| receipt.passed).count(), lost);
            assert_eq!(live.requests.by_status(), simulated.requests.by_status());
            let bytes = |record: &Record| (record.requests.bytes_to_source, record.requests.bytes_to_client);
            assert_eq!(bytes(live), bytes(simulated), "of client {client}");
        }
        assert_eq!(both.simulated[0].requests.total(), 5, "openings, four of them after a cut");
        assert!(both.simulated[2].requests.by_status()[&Status::Http(504)] >= 2);
    });
}
