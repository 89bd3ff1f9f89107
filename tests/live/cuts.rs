//! Connections that are cut, over real HTTP: by a proxy where they are idle, and by outages.

use crate::machine::{in_one_of_three_runs, must_hold};
use crate::{both, differences_s, load};
use pollhook::measure::{Receipt, Record, RequestCounts, Status, Traced};
use pollhook::model::Arrival;
use pollhook::scenario::Scenario;
use pollhook::time::{Instant, Span};

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
            open_equally_long(live, simulated);
        }
        assert_eq!(both.simulated[0].requests.total(), 5, "openings, four of them after a cut");
        assert!(both.simulated[2].requests.by_status()[&Status::Http(504)] >= 2);
    });
}

/// An event each 500 ms, and sockets without heartbeats that are cut after 270 ms and asked for again after 380 to 760 ms. Each
/// event is 225 ms and more from a cut and from an opening.
#[test]
fn an_idle_socket_is_cut_live_as_in_virtual_time() {
    in_one_of_three_runs(|| {
        let socket = "kind = \"websocket\"\nheartbeat = \"none\"\nidle_timeout = \"270ms\"\n\
                      reconnect = \"760ms\"\nreconnect_jitter = \"equal\"\n";
        let text = format!(
            "duration = \"3800ms\"\nseed = 5\n[events]\narrivals = {{ process = \"constant\", rate = \"2/s\" }}\n\
             [network]\ndelay = \"5ms\"\n\
             [[client]]\nname = \"replay\"\n{socket}[[client]]\nname = \"no replay\"\n{socket}replay = false\n"
        );
        let (scenario, both) = (load(&text), both(&text));
        for (client, lost) in [(0, 0), (1, 4)] {
            let (live, simulated) = (&both.live.records[client], &both.simulated[client]);
            let frames = *scenario.sizes(&scenario.clients[client]).frames();
            must_hold(|| {
                assert_eq!((live.sent, live.pushed), (live.ended, live.landed));
                let is_told = |receipt: &Receipt| {
                    receipt.by.is_some() != receipt.passed && !(receipt.passed && lost == 0)
                };
                assert!(
                    live.receipts.iter().all(is_told),
                    "held, or missed without replay: {:?}",
                    held(live)
                );
                let [own, model] = [live, simulated].map(|record| connections(record, &scenario));
                assert_eq!(live.requests.by_status(), [(Status::Http(101), own.len() as u64)].into());
                // Whatever delays the opening of a connection and the notice of its cut, it is not cut before its time, and
                // the client waits from there as long as it has drawn.
                let cut = |connection: &&Connection| connection.next.is_some();
                assert!(own.iter().filter(cut).all(|own| own.lasted >= Span::from_millis(280)), "{own:?}");
                for (own, model) in own.iter().filter(cut).zip(model.iter().filter(cut)) {
                    assert_eq!(own.next, model.next);
                }
                let RequestCounts { event_frames, bytes_to_source, bytes_to_client, .. } = live.requests;
                assert_eq!(bytes_to_source, own.len() as u64 * frames.opening);
                assert_eq!(bytes_to_client, own.len() as u64 * frames.opened + event_frames * frames.event);
            });
            assert_eq!(held(live), held(simulated));
            assert_eq!(simulated.receipts.iter().filter(|receipt| receipt.passed).count(), lost);
            let counts = |record: &Record| (record.requests.by_status(), record.requests.event_frames);
            assert_eq!(counts(live), counts(simulated), "of client {client}");
            assert_eq!(simulated.requests.total(), 4, "openings, three of them after a cut");
        }
    });
}

/// How each event came, and whether it is missed.
fn held(record: &Record) -> Vec<(Option<Arrival>, bool)> {
    record.receipts.iter().map(|receipt| (receipt.by, receipt.passed)).collect()
}

/// A connection of a client.
#[derive(Debug)]
struct Connection {
    /// From the request that opens it until the client knows of its end.
    lasted: Span,
    /// From there to the next request; None if there is none.
    next: Option<Span>,
}

/// The connections that were asked for while events occurred.
fn connections(record: &Record, scenario: &Scenario) -> Vec<Connection> {
    let end = Instant::START + scenario.duration;
    let opened = record.trace.iter().filter(|traced| traced.status == Status::Http(101) && traced.sent < end);
    let opened: Vec<&Traced> = opened.collect();
    let next = |number: usize| opened.get(number + 1).map(|next| next.sent - opened[number].ended);
    let connection = |(number, traced): (usize, &&Traced)| Connection {
        lasted: traced.ended - traced.sent,
        next: next(number),
    };
    opened.iter().enumerate().map(connection).collect()
}

/// Each opening and each end may come a few milliseconds earlier or later.
fn open_equally_long(live: &Record, simulated: &Record) {
    let open_s =
        |record: &Record| record.connections.iter().map(|bin| bin.open_ns).sum::<u128>() as f64 / 1e9;
    let most = |record: &Record| record.connections.iter().map(|bin| bin.most).max();
    assert_eq!(most(live), most(simulated));
    let changes = 2.0 * simulated.requests.total() as f64;
    let (live, simulated) = (open_s(live), open_s(simulated));
    assert!(simulated > 1.0 && (live - simulated).abs() < 0.01 * changes, "{live} s, virtual {simulated}");
}

/// A connection that stays, over real HTTP: cut by an outage of the client and one of the source, and the same bytes.
#[test]
fn a_stream_is_live_as_in_virtual_time() {
    a_connection_is_live_as_in_virtual_time("sse");
}

/// The same where it is a WebSocket, whose frames a library writes and reads, and the model only counts.
#[test]
fn a_socket_is_live_as_in_virtual_time() {
    a_connection_is_live_as_in_virtual_time("websocket");
}

fn a_connection_is_live_as_in_virtual_time(kind: &str) {
    in_one_of_three_runs(|| {
        let both = both(&format!(
            "duration = \"6s\"\nseed = 3\n[events]\nresources = 2\n\
             arrivals = {{ process = \"poisson\", rate = \"20/s\" }}\n[network]\ndelay = \"20ms\"\n\
             [[client]]\nname = \"it\"\nkind = \"{kind}\"\ncount = 2\nreconnect = \"300ms\"\nheartbeat = \"150ms\"\n\
             [[outage]]\nclient = \"it\"\nfrom = \"1500ms\"\nfor = \"500ms\"\n\
             [[outage]]\nparty = \"source\"\nfrom = \"3s\"\nfor = \"400ms\"\n\
             [[outage]]\nparty = \"source\"\nfrom = \"4500ms\"\nfor = \"400ms\"\nmode = \"hang\"\n",
        ));
        let (live, simulated) = (&both.live.records[0], &both.simulated[0]);
        must_hold(|| {
            assert!(live.receipts.iter().all(|receipt| receipt.by.is_some()), "nothing is lost");
            assert_eq!((live.sent, live.pushed), (live.ended, live.landed));
        });
        assert_eq!(live.requests.by_status(), simulated.requests.by_status());
        let frames = |record: &Record| record.requests.event_frames;
        assert_eq!(frames(live), frames(simulated));
        assert!(live.requests.heartbeats.abs_diff(simulated.requests.heartbeats) <= 4);
        let scenario = load(&format!(
            "duration = \"1s\"\n[events]\narrivals = {{ process = \"constant\", rate = \"2/s\" }}\n\
             [[client]]\nkind = \"{kind}\"\n"
        ));
        let sizes = *scenario.sizes(&scenario.clients[0]).frames();
        // Heartbeats may be a few more or fewer; everything else has the same bytes.
        let others = |record: &Record| {
            let counts = &record.requests;
            let (beats, pongs) =
                (counts.heartbeats * sizes.heartbeat, counts.heartbeats * sizes.heartbeat_answer);
            (counts.bytes_to_source - pongs, counts.bytes_to_client - beats)
        };
        assert!(live.requests.heartbeats > 40, "{}", live.requests.heartbeats);
        assert_eq!(others(live), others(simulated));
        open_equally_long(live, simulated);
        let differences = differences_s(&both, 0);
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        assert!(mean.abs() < 0.01, "mean difference {mean}");
    });
}

/// Frames that are lost on the way cut the connection. What was sent before them arrives all the same: here bursts of frames and
/// answers that open a stream, up to the moment of the cut.
#[test]
fn a_lost_frame_takes_none_before_it_along() {
    in_one_of_three_runs(|| {
        let client = |name: &str, kind: &str, more: &str| {
            format!(
                "[[client]]\nname = \"{name}\"\nkind = \"{kind}\"\nreconnect = \"300ms\"\ntimeout = \"1s\"\n{more}"
            )
        };
        let both = both(&format!(
            "duration = \"6s\"\nseed = 2\n[events]\n\
             arrivals = {{ process = \"bursts\", rate = \"2/s\", mean_size = 4 }}\n\
             [network]\ndelay = \"50ms\"\nloss_to_client = 0.15\n{}{}{}{}",
            client("sse", "sse", ""),
            client("websocket", "websocket", ""),
            client("sse without replay", "sse", "replay = false\n"),
            client("websocket without replay", "websocket", "replay = false\n"),
        ));
        for (live, simulated) in both.live.records.iter().zip(&both.simulated) {
            must_hold(|| assert_eq!((live.sent, live.pushed), (live.ended, live.landed)));
            assert!(simulated.requests.total() > 2, "{:?}", simulated.requests);
            assert_eq!(live.requests.by_status(), simulated.requests.by_status());
            assert_eq!(live.requests.event_frames, simulated.requests.event_frames);
            assert_eq!(held(live), held(simulated));
        }
        for client in 0..4 {
            let differences = differences_s(&both, client);
            let mean = differences.iter().sum::<f64>() / differences.len() as f64;
            assert!(mean.abs() < 0.01, "mean difference {mean} of client {client}");
        }
    });
}

/// Where the delay is random, the first frames may overtake the answer that opens their stream, and wait for it. That is not the
/// lateness of the machine.
#[test]
fn frames_that_wait_for_their_opening_are_not_late() {
    for kind in ["sse", "websocket"] {
        in_one_of_three_runs(|| {
            let both = both(&format!(
                "duration = \"6s\"\nseed = 2\n[events]\narrivals = {{ process = \"poisson\", rate = \"20/s\" }}\n\
                 [network]\nto_client = {{ distribution = \"uniform\", min = \"10ms\", max = \"900ms\" }}\n\
                 to_source = \"10ms\"\n\
                 [[client]]\nkind = \"{kind}\"\nheartbeat = \"none\"\nidle_timeout = \"90ms\"\n\
                 reconnect = \"200ms\"\nreplay = false\n",
            ));
            assert!(both.simulated[0].requests.total() > 5, "{:?}", both.simulated[0].requests);
            let late = both.live.lateness.max;
            assert!(late < Span::from_millis(100), "{late:?}");
        });
    }
}
