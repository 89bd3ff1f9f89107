//! Registering before a live run costs what virtual time says.

use crate::both;
use crate::machine::{in_one_of_three_runs, must_hold};
use pollhook::time::Span;

/// The requests and each of their bytes are counted on the wire; the time has the delays of the network.
#[test]
fn every_handshake_costs_what_virtual_time_counts() {
    in_one_of_three_runs(|| {
        let mut text = "duration = \"1s\"\nseed = 3\n[events]\n\
             arrivals = { process = \"constant\", rate = \"4/s\" }\n[source]\nservice_time = \"7ms\"\n\
             [network]\nto_source = \"20ms\"\nto_client = { distribution = \"uniform\", min = \"10ms\", max = \"40ms\" }\n\
             [[client]]\nkind = \"poll\"\ninterval = \"500ms\"\n[[client]]\nkind = \"sse\"\n"
            .to_owned();
        let handshakes = ["none", "ping", "challenge-get", "challenge-post", "options"];
        for (number, handshake) in handshakes.into_iter().enumerate() {
            let https = number % 2 == 1;
            text += &format!(
                "[[client]]\nname = \"{handshake}\"\nkind = \"webhook\"\nhandshake = \"{handshake}\"\ncount = 3\n\
                 security = {{ scheme = \"signature\", https = {https} }}\n"
            );
        }
        let both = both(&text);
        let names = ["poll", "sse"].into_iter().chain(handshakes);
        for ((name, live), simulated) in names.zip(&both.live.records).zip(&both.simulated) {
            let (live, simulated) = (live.set_up, simulated.set_up);
            must_hold(|| {
                let counted = [live.requests, live.round_trips, live.bytes];
                let expected = [simulated.requests, simulated.round_trips, simulated.bytes];
                assert_eq!(counted, expected, "{name}");
            });
            let late = live.first_event_after - simulated.first_event_after;
            assert!((Span::ZERO..Span::from_millis(25)).contains(&late), "{name}: {live:?}, {simulated:?}");
        }
        // A constant 20 ms there, 7 ms of work, and between 10 and 40 ms back. A handshake is one round
        // trip more, and TLS another.
        let set_up = |client: usize| both.simulated[client].set_up;
        assert_eq!((set_up(0).requests, set_up(0).bytes), (0, 0));
        assert_eq!((set_up(1).requests, set_up(2).requests, set_up(3).requests), (1, 3, 6));
        let within = |client: usize, trips: i64| {
            let least = Span::from_millis(27 + 10) + Span::from_millis(30) * trips;
            let most = Span::from_millis(27 + 40) + Span::from_millis(60) * trips;
            assert!(
                (least..=most).contains(&set_up(client).first_event_after),
                "{client}: {:?}",
                set_up(client)
            );
        };
        within(2, 0);
        within(3, 2);
        within(4, 1);
        assert_eq!((set_up(2).round_trips, set_up(3).round_trips, set_up(4).round_trips), (3, 9, 6));
        must_hold(|| assert!(both.live.records.iter().all(|record| record.requests.failed == 0)));
    });
}
