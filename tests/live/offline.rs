//! A client that is offline for a while, over real HTTP as in virtual time.

use crate::machine::{in_one_of_three_runs, must_hold};
use crate::{both, latencies_s};
use pollhook::time::{Instant, Span};

/// Two seconds without asking, and then page after page of what occurred meanwhile; a feed shows the newest of it. Polls are
/// some milliseconds from the next event and from both ends of the outage.
#[test]
fn a_client_that_was_away_catches_up_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let both = both(
            "duration = \"5s\"\nseed = 3\n[events]\narrivals = { process = \"constant\", rate = \"10/s\" }\n\
             [network]\ndelay = \"5ms\"\n[source]\npage_size = 8\n\
             [[client]]\nname = \"cursor\"\nkind = \"poll\"\ninterval = \"250ms\"\nphase = \"40ms\"\n\
             [[client]]\nname = \"feed\"\nkind = \"poll\"\ninterval = \"250ms\"\nphase = \"40ms\"\norder = \"newest\"\n\
             [[client]]\nname = \"long-poll\"\nkind = \"long-poll\"\nhold = \"1s\"\n\
             [[client]]\nname = \"stream\"\nkind = \"sse\"\n\
             [[outage]]\nclient = \"*\"\nfrom = \"1650ms\"\nfor = \"2s\"\n",
        );
        let at = |millis| Instant::START + Span::from_millis(millis);
        for (client, lost) in [(0, 0), (1, 14), (2, 0), (3, 0)] {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            for record in [live, simulated] {
                must_hold(|| {
                    let away = record.trace.iter().filter(|one| (at(1_650)..at(3_650)).contains(&one.sent));
                    assert_eq!(away.count(), 0, "nothing is sent meanwhile");
                    assert_eq!(record.sent, record.ended);
                });
                let missing = record.receipts.iter().filter(|receipt| receipt.by.is_none()).count();
                assert_eq!(missing, lost, "of client {client}");
            }
            let latest = |record: &pollhook::measure::Record| {
                latencies_s(&both.events, record).into_iter().flatten().fold(0.0, f64::max)
            };
            let (own, expected) = (latest(live), latest(simulated));
            assert!((own - expected).abs() < 0.05, "client {client}: {own} s, virtual {expected} s");
        }
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        assert_eq!(live.requests.by_status(), simulated.requests.by_status());
    });
}
