//! Streams: "average and maximal latency is one network transit" (RFC 6202, section 2.2, on HTTP streaming), and
//! heartbeats.

use crate::{near, only, text};
use pollhook::policy::event_stream::{HEARTBEAT, chunk_bytes};
use pollhook::policy::websocket::{frame_bytes, masked_frame_bytes};
use pollhook::theory::gap::Gap;
use pollhook::theory::stream::{Cut, idle_heartbeats_per_s};

fn sse(keys: &str) -> String {
    format!("[[client]]\nkind = \"sse\"\n{keys}\n")
}

fn socket(keys: &str) -> String {
    sse(keys).replace("\"sse\"", "\"websocket\"")
}

#[test]
fn the_latency_is_one_transit() {
    for kind in [sse(""), socket("")] {
        one_transit(&kind);
    }
}

fn one_transit(kind: &str) {
    let client = only(&text("100000s", "0.02/s", "delay = \"50ms\"", kind));
    let (latency, theory) = (&client.latency_s, &client.theory);
    near("mean", latency.mean, 0.05, 1e-6);
    near("p99", latency.p99, 0.05, 1e-9);
    assert!(latency.max.unwrap() <= theory.latency_s.max.unwrap());
    for (what, predicted) in [("mean", theory.latency_s.mean), ("median", theory.latency_s.p50)] {
        near(what, predicted, 0.05, 1e-12);
    }
    assert_eq!((client.requests.total, client.events.delivered), (1, client.events.occurred));
    near("connections", client.requests.per_s, theory.requests.per_s.unwrap(), 1e-12);
    let four_errors = 4.0 * 50.0 / libm::sqrt(client.events.occurred as f64);
    near("age", client.age_s.mean, theory.age_s.mean.unwrap(), 1.5 * four_errors);
    near("fresh", client.fresh_share, theory.fresh_share.unwrap(), 1e-4);
}

/// 0.02 events a second and a heartbeat after 15 s without one.
#[test]
fn idle_heartbeats() {
    let client = only(&text("1000000s", "0.02/s", "delay = \"50ms\"", &sse("count = 2")));
    near("heartbeats", client.frames.heartbeats_per_s / 2.0, 0.057_17, 0.0005);
    near("theory", client.theory.frames.heartbeats_per_s, 2.0 * idle_heartbeats_per_s(0.02, 15.0), 1e-12);
}

/// 240 heartbeats an hour, each of three bytes and five of the chunk, and the events.
#[test]
fn bytes_of_heartbeats_an_hour() {
    let run = |always: bool| {
        let when = if always { "always" } else { "idle" };
        let keys =
            format!("heartbeat_when = \"{when}\"\nheartbeat = \"{}\"", if always { "15s" } else { "2h" });
        only(&text("1h", "10/h", "delay = \"50ms\"", &sse(&keys)))
    };
    let (with, without) = (run(true), run(false));
    // The last heartbeat is due at the end of the run, or in transit then.
    assert_eq!((with.frames.heartbeats, without.frames.heartbeats), (239, 0));
    near("a second", with.theory.frames.heartbeats_per_s, 1.0 / 15.0, 1e-12);
    assert_eq!(with.bytes.to_client - without.bytes.to_client, 239 * 8);
    assert_eq!(chunk_bytes(HEARTBEAT.len() as u64), 8);
}

/// Of a WebSocket, a heartbeat is a ping of two bytes and a pong of six, and an event has a header of four bytes. All else
/// is as with server-sent events: the same heartbeats at the same times.
#[test]
fn a_socket_differs_in_its_bytes_alone() {
    let of = |client: &str| only(&text("10h", "60/h", "delay = \"50ms\"", client));
    let (stream, socket, empty) = (of(&sse("")), of(&socket("")), of(&socket("heartbeat = \"11h\"")));
    assert_eq!(
        (socket.frames.events, socket.frames.heartbeats),
        (stream.frames.events, stream.frames.heartbeats)
    );
    assert_eq!((&socket.latency_s, &socket.age_s), (&stream.latency_s, &stream.age_s));
    assert_eq!((socket.requests.total, stream.requests.total), (1, 1));
    let beats = socket.frames.heartbeats;
    assert!(beats > 1000, "{beats}");
    assert_eq!(socket.bytes.to_client - empty.bytes.to_client, 2 * beats);
    assert_eq!(socket.bytes.to_source - empty.bytes.to_source, 6 * beats);
    assert_eq!((frame_bytes(0), frame_bytes(20), masked_frame_bytes(0)), (2, 22, 6));
    // The head of RFC 6455, section 1.3, without a subprotocol.
    let opened = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    assert_eq!(empty.bytes.to_client, opened.len() as u64 + empty.frames.events * (4 + 300));
}

/// "Reducing latency from 150ms to 50ms", the 150 being "TCP round trip to set up the connection plus a packet for the
/// message" (Hickson, quoted in Kaazing's article): a transit of 50 ms.
#[test]
fn a_connection_for_each_message_takes_three_transits() {
    let client = only(&text("10h", "60/h", "delay = \"50ms\"", &socket("")));
    near("open", client.latency_s.p50, 0.050, 1e-12);
    let round_trip_s = 2.0 * 0.050;
    near(
        "opened for it",
        client.setup.round_trips as f64 * round_trip_s + client.latency_s.p50.unwrap(),
        0.150,
        1e-12,
    );
}

/// Lubbers and Greco, "HTML5 WebSocket: A Quantum Leap in Scalability for the Web" (2010): a message a second to each of a
/// thousand clients costs 871 bytes of HTTP headers when polled with those of a browser, and a header of two bytes, which
/// events of more than 125 bytes have four of, on a WebSocket.
#[test]
fn kaazings_table() {
    let run = "duration = \"20s\"\nwarmup = \"5s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/s\" }\n\
        [network]\ndelay = \"1ms\"\n[[client]]\ncount = 1000\nkind = ";
    let socket = only(&format!("{run}\"websocket\"\n"));
    assert_eq!(socket.bytes.total, 15_000 * 304);
    let polled = only(&format!("{run}\"poll\"\ninterval = \"1s\"\n"));
    let beside = |bytes: u64| (bytes / 15_000).saturating_sub(300);
    assert_eq!((socket.frames.events, polled.requests.total), (15_000, 15_000));
    assert!((150..871).contains(&beside(polled.bytes.total)), "{} bytes", beside(polled.bytes.total));
}

/// A proxy that closes what is idle for a minute, an event a minute on average, and 20 s until the connection is open again:
/// cut after 60 (e - 1) s on average. An event of that time waits for it, or is lost.
#[test]
fn idle_connections_are_cut() {
    let network = "delay = \"50ms\"";
    let idle = "heartbeat = \"none\"\nidle_timeout = \"60s\"\nreconnect = \"20s\"";
    for (jitter, [shortest_s, longest_s]) in
        [("none", [20.1, 20.1]), ("full", [0.1, 20.1]), ("equal", [10.1, 20.1])]
    {
        let keys = format!("{idle}\nreconnect_jitter = \"{jitter}\"");
        let away = Gap::uniform(shortest_s, longest_s);
        let cut = Cut { rate_per_s: 1.0 / 60.0, idle_s: 60.0, away };
        let client = only(&text("10000000s", "1/m", network, &sse(&keys)));
        let cuts = client.requests.total as f64 - 1.0;
        near("requests", client.requests.per_s, 1.0 / cut.cycle_s(), 4.0 / libm::sqrt(cuts) / cut.cycle_s());
        near("theory", client.theory.requests.per_s, 1.0 / cut.cycle_s(), 1e-6);
        assert_eq!((client.events.lost, client.events.pending, client.frames.heartbeats), (0, 0, 0));
        let latency = &client.latency_s;
        let events = latency.count as f64 / (1.0 + cut.rate_per_s * longest_s);
        let (mean_s, deviation_s) = (0.05 + cut.wait_mean_s(), libm::sqrt(cut.wait_variance_s2()));
        near("mean", latency.mean, mean_s, 4.0 * deviation_s / libm::sqrt(events));
        near("deviation", latency.stddev, deviation_s, 0.03 * deviation_s);
        near("predicted mean", client.theory.latency_s.mean, mean_s, 1e-9);
        near("predicted deviation", client.theory.latency_s.stddev, deviation_s, 1e-9);
        assert!(latency.max.unwrap() <= longest_s + 0.05 + 1e-9);

        let client = only(&text("10000000s", "1/m", network, &sse(&format!("{keys}\nreplay = false"))));
        let share = cut.away_share();
        let reach = 4.0 * libm::sqrt(share * (1.0 - share) / events);
        near("delivered", client.delivered_share, 1.0 - share, reach);
        near("predicted share", client.theory.delivered_share, 1.0 - share, 1e-9);
        assert_eq!(
            (client.events.pending, client.events.delivered + client.events.lost),
            (0, client.events.occurred)
        );
        near("what arrives is one transit late", client.latency_s.max, 0.05, 1e-9);
    }
}

/// A heartbeat in time keeps a connection; a later one does not, and is never sent.
#[test]
fn heartbeats_keep_a_connection_open() {
    let of = |heartbeat: &str| {
        let keys = format!("heartbeat = \"{heartbeat}\"\nidle_timeout = \"60s\"");
        only(&text("1000000s", "1/m", "delay = \"50ms\"", &sse(&keys)))
    };
    let (kept, cut) = (of("60s"), of("61s"));
    assert_eq!((kept.requests.total, cut.frames.heartbeats), (1, 0));
    assert!(kept.frames.heartbeats > 9_000 && cut.requests.total > 9_000);
    near("theory", cut.theory.frames.heartbeats_per_s, 0.0, 0.0);
}

/// There is no closed form with loss, queueing or random times.
#[test]
fn what_may_break_is_not_predicted() {
    for (network, client) in [
        ("delay = \"50ms\"\nloss = 0.01", sse("")),
        ("to_client = { distribution = \"exponential\", mean = \"50ms\" }", sse("")),
        ("delay = \"50ms\"", sse("name = \"it\"\n[[outage]]\nclient = \"it\"\nfrom = \"1h\"\nfor = \"1m\"")),
        ("delay = \"50ms\"\n[source]\nservice_time = \"1s\"\ncapacity = 1", sse("")),
        ("delay = \"20s\"", sse("")),
        ("delay = \"50ms\"\nloss = 0.01", socket("")),
        ("delay = \"50ms\"", sse("heartbeat = \"2m\"\nheartbeat_when = \"always\"\nidle_timeout = \"60s\"")),
    ] {
        let theory = only(&text("10h", "60/h", network, &client)).theory;
        assert_eq!(theory.latency_s.mean, None, "{network}");
        assert_eq!(theory.frames.heartbeats_per_s, None, "{network}");
        assert_eq!(theory.fresh_share, None, "{network}");
    }
}

/// Without `replay` no event is later than its frame: those before the connection are lost. With it the first has waited for both.
#[test]
fn what_is_lost_is_not_late() {
    for (replay, longest_s) in [(false, 0.15), (true, 0.3)] {
        let client = only(&text("1h", "10/s", "delay = \"150ms\"", &sse(&format!("replay = {replay}"))));
        assert_eq!(client.theory.latency_s.max, Some(longest_s));
        assert!(client.latency_s.max.is_some_and(|max| max <= longest_s && max >= 0.9 * longest_s));
    }
}
