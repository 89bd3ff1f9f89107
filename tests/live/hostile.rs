//! Other processes of the machine: they cannot stop the run or change its figures.

use crate::api::{ask, ask_with, visiting_of};
use crate::machine::{connections, in_one_of_three_runs, must_hold};
use crate::{balances, load, options};
use pollhook::live::LiveRun;
use pollhook::measure::Record;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

const SHORT: &str = "duration = \"2s\"\nseed = 3\n[network]\ndelay = \"5ms\"\n\
    [events]\narrivals = { process = \"constant\", rate = \"50/s\" }\n\
    [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"200ms\"\n\
    [[client]]\nname = \"hook\"\nkind = \"webhook\"\n";

fn is_whole(record: &Record) -> bool {
    record.receipts.len() == 99 && record.receipts.iter().all(|receipt| receipt.by.is_some())
}

/// Runs `SHORT` to its end while `visit` does what it does; what must hold is checked in any case.
fn beside(visit: impl FnOnce(SocketAddr, &AtomicBool) + Send) -> LiveRun {
    let mut run = None;
    let whole = |source| {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| visit(source, &over));
            std::thread::sleep(Duration::from_millis(2_400));
            over.store(true, Ordering::Relaxed);
        });
    };
    must_hold(|| run = Some(visiting_of(SHORT, options(), whole).unwrap()));
    let run = run.expect("it was run");
    let scenario = load(SHORT);
    let events = Events::draw(&scenario, Randomness::new(scenario.seed, 0));
    must_hold(|| {
        run.records.iter().for_each(|record| balances(&events, record, 1));
        assert!(run.records.iter().all(is_whole), "every event arrives, whatever other processes do");
    });
    run
}

#[test]
fn a_receiver_with_an_endless_answer_is_cut_off() {
    let run = beside(|source, over| {
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let body = format!("{{\"url\":\"http://{}/\"}}", receiver.local_addr().unwrap());
        assert_eq!(ask(source, &format!("POST /subscriptions\n\n{body}")).0, 201);
        receiver.set_nonblocking(true).unwrap();
        while !over.load(Ordering::Relaxed) {
            let Ok((mut delivery, _)) = receiver.accept() else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            delivery.set_nonblocking(false).unwrap();
            delivery.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
            let _ = write!(delivery, "HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n");
            let taken = (0..100).take_while(|_| delivery.write_all(&[b'x'; 1_000_000]).is_ok()).count();
            assert!(taken < 50, "{taken} MB of 100 were taken");
        }
    });
    assert!(run.announcements.failed > 0 && run.announcements.delivered == 0, "{:?}", run.announcements);
}

/// A hundred receivers that never answer: what waits for them is bounded, and the run is not slowed down.
#[test]
fn subscriptions_are_bounded() {
    in_one_of_three_runs(|| {
        let run = beside(|source, _| {
            let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
            let body = format!("{{\"url\":\"http://{}/\"}}", receiver.local_addr().unwrap());
            let register = format!("POST /subscriptions\n\n{body}");
            for _ in 0..100 {
                assert_eq!(ask(source, &register).0, 201);
            }
            let (status, refused) = ask(source, &register);
            assert!(status == 409 && refused.contains("100 subscriptions"), "{refused}");
            std::thread::sleep(Duration::from_millis(1_000));
        });
        assert!(median_ms(&run) < 30.0, "{} ms", median_ms(&run));
    });
}

/// So many connections whose heads never end, or as many as the system accepts.
fn slow_heads(party: SocketAddr, number: usize) -> Vec<TcpStream> {
    let connect = |_| {
        let mut stream = TcpStream::connect_timeout(&party, Duration::from_millis(200)).ok()?;
        stream.write_all(b"POST /hooks/00000000 HTTP/1.1\r\nhost:").ok()?;
        Some(stream)
    };
    (0..number).map_while(connect).collect()
}

/// One connection with thousands of requests in flight, and as many as can be had of a thousand that never finish their
/// heads.
#[test]
fn a_flood_of_requests_does_not_delay_the_run() {
    in_one_of_three_runs(|| {
        let (number, connected) = (connections(1_000), AtomicUsize::new(0));
        let run = beside(|source, over| {
            let slow = slow_heads(source, number);
            connected.store(slow.len(), Ordering::Relaxed);
            // The listener's places are taken by slow heads; one of them goes on as a flood.
            let mut flood = slow.into_iter();
            let mut stream = flood.next().unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
            stream.write_all(b" localhost\r\n\r\n").unwrap();
            let requests = "GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
            let mut sink = vec![0; 1 << 20];
            while !over.load(Ordering::Relaxed) {
                let _ = stream.write(requests.as_bytes());
                let _ = stream.read(&mut sink);
            }
        });
        assert!(connected.into_inner() >= number.min(129), "they take all places of the source");
        assert!(median_ms(&run) < 30.0, "{} ms", median_ms(&run));
    });
}

/// Heads and bodies that are no HTTP, that break off or never end: each is refused, and the source goes on.
#[test]
fn garbage_is_refused() {
    beside(|source, _| {
        let long = format!("GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n", "x".repeat(1 << 20));
        let chunked = "POST /subscriptions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
            transfer-encoding: chunked\r\n\r\n";
        let endless = format!("{chunked}{}", format!("10000\r\n{}\r\n", "x".repeat(0x10000)).repeat(160));
        for sent in [
            "\0\u{1}\u{2}garbage\r\n\r\n",
            "GET\r\n\r\n",
            "GET /events HTTP/9.9\r\n\r\n",
            "GET /events?after=evt_+000000001 HTTP/1.1\r\nhost: localhost\r\n\r\n",
            "GET /events HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
            "POST /subscriptions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9",
            &long,
            &endless,
        ] {
            let mut stream = TcpStream::connect(source).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
            // What is refused is closed, so that the rest of it cannot be sent.
            let _ = stream.write_all(sent.as_bytes());
            let mut answer = Vec::new();
            let _ = stream.take(4_096).read_to_end(&mut answer);
            let answer = String::from_utf8_lossy(&answer);
            let shown: String = sent.chars().take(60).collect();
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{shown}: {answer}");
        }
        assert_eq!(ask(source, "GET /events").0, 200);
    });
}

/// The ports on which this process listens, but for that of the public source: those of the scenario's parties.
#[cfg(target_os = "linux")]
pub(crate) fn ports_of_the_parties(public: SocketAddr) -> Vec<SocketAddr> {
    let open = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let sockets: Vec<String> = open
        .filter_map(|entry| Some(std::fs::read_link(entry.path()).ok()?.to_str()?.to_owned()))
        .filter_map(|target| Some(target.strip_prefix("socket:[")?.trim_end_matches(']').to_owned()))
        .collect();
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let listening = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let own = listening.filter(|fields| fields[3] == "0A" && sockets.iter().any(|inode| fields[9] == inode));
    let ports = own.filter_map(|fields| u16::from_str_radix(fields[1].rsplit_once(':')?.1, 16).ok());
    ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port))).filter(|&address| address != public).collect()
}

/// Strangers that take as many connections to the parties as they get, before the run opens its own, and keep asking.
#[test]
#[cfg(target_os = "linux")]
fn strangers_do_not_keep_the_run_out() {
    in_one_of_three_runs(|| {
        let run = beside(|source, over| {
            let mut taken: Vec<TcpStream> = Vec::new();
            for &party in &ports_of_the_parties(source) {
                taken.extend((0..60).filter_map(|_| TcpStream::connect(party).ok()));
            }
            while !over.load(Ordering::Relaxed) {
                for stream in &mut taken {
                    stream.set_nonblocking(true).unwrap();
                    let _ = stream.write_all(b"GET /events?wait=60s HTTP/1.1\r\nhost: localhost\r\n\r\n");
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        });
        must_hold(|| assert!(run.foreign > 0, "what they ask is counted"));
        assert!(median_ms(&run) < 30.0, "{} ms", median_ms(&run));
    });
}

/// A client's source has no subscribers but the client.
#[test]
#[cfg(target_os = "linux")]
fn nobody_else_subscribes_at_the_source_of_a_client() {
    let run = beside(|source, _| {
        for &party in &ports_of_the_parties(source) {
            let (status, _) = ask(party, "POST /subscriptions\n\n{\"url\":\"http://localhost:9/hook\"}");
            assert!((400..500).contains(&status), "{status}");
        }
    });
    assert_eq!(run.foreign, 3);
}

/// A process that finds the ports of the parties can name any exchange.
#[test]
#[cfg(target_os = "linux")]
fn forged_requests_are_refused_and_counted_apart() {
    let run = beside(|source, _| {
        std::thread::sleep(Duration::from_millis(500));
        let parties = ports_of_the_parties(source);
        assert_eq!(parties.len(), 3, "two sources and an endpoint: {parties:?}");
        let (event, member, attempt) = (90_u64, 77_u64, 4_000_000_000_u64);
        let delivery = 1_u64 << 63;
        let deliveries = [
            (delivery | event, 1),
            (delivery | member << 32, 1),
            (delivery | member << 32 | 5, 1),
            (delivery, attempt),
            (delivery | 0xffff_ffff, attempt),
            (delivery, 1),
            (delivery, 1),
            (u64::MAX, u64::MAX),
            (3, 1),
        ];
        let polls = [(0, 0), (0, 0), (0, attempt), (7, 1), (0, 1 << 32), (1 << 40, 1), (u64::MAX, u64::MAX)];
        for &party in &parties {
            for (id, part) in deliveries {
                let headers = format!(
                    "host: localhost\r\nwebhook-id: evt_0000000091\r\nx-request-id: {id:016x}-{part:016x}\r\n"
                );
                let (status, _) = ask_with(party, "POST /hooks/00000000\n\nforged", &headers);
                assert!((400..500).contains(&status), "{id:x} {part}: {status}");
            }
            for (id, part) in polls {
                for after in ["evt_0000000000", "evt_0000000140", "evt_4000000000", "nonsense"] {
                    let headers = format!("host: localhost\r\nx-request-id: {id:016x}-{part:016x}\r\n");
                    let (status, _) =
                        ask_with(party, &format!("GET /events?after={after}&limit=100"), &headers);
                    assert!((400..500).contains(&status), "{id:x} {part} {after}: {status}");
                }
            }
            let nameless = "host: localhost\r\nx-request-id: \u{1}somebody else's\r\n";
            let (status, _) = ask_with(party, "POST /hooks/99999999\n\nforged", nameless);
            assert!((400..500).contains(&status), "{status}");
        }
    });
    assert!(run.foreign >= 9 + 2 * 28, "{} were counted", run.foreign);
    assert!(
        run.records.iter().all(|record| record.requests.failed == 0),
        "the run's own requests are answered"
    );
}

/// A process that sees a held request can repeat it; it is held only once.
#[test]
#[cfg(target_os = "linux")]
fn a_request_that_is_held_cannot_be_repeated() {
    const HELD: &str = "duration = \"2s\"\nseed = 3\n[network]\ndelay = \"5ms\"\n\
        [events]\narrivals = { process = \"constant\", rate = \"1/s\", first = \"1900ms\" }\n\
        [[client]]\nkind = \"long-poll\"\nhold = \"30s\"\n";
    let mut statuses = Vec::new();
    let run = visiting_of(HELD, options(), |source| {
        std::thread::sleep(Duration::from_millis(700));
        for party in ports_of_the_parties(source) {
            for (number, wait) in [(0, "30s"), (0, "30s"), (0, "29s"), (1, "30s")] {
                let line = format!("GET /events?after=evt_0000000000&limit=100&wait={wait}");
                let headers = format!("host: localhost\r\nx-request-id: {:016x}-{number:016x}\r\n", 0);
                statuses.push(ask_with(party, &line, &headers).0);
            }
        }
        std::thread::sleep(Duration::from_millis(1_700));
    })
    .unwrap();
    assert_eq!(statuses, [409, 409, 400, 404], "repeated, repeated, altered, unknown");
    assert_eq!(run.foreign, 4);
    let record = &run.records[0];
    assert!(record.receipts[0].by.is_some() && record.sent == record.ended, "{record:?}");
}

/// The parties also withstand slow heads and long bodies.
#[test]
#[cfg(target_os = "linux")]
fn the_parties_of_the_scenario_bear_slow_heads_and_long_bodies() {
    beside(|source, _| {
        let parties = ports_of_the_parties(source);
        let mut slow = Vec::new();
        for &party in &parties {
            slow.extend(slow_heads(party, 12));
            let mut stream = TcpStream::connect(party).unwrap();
            stream.set_write_timeout(Some(Duration::from_millis(200))).unwrap();
            let head =
                "POST /hooks/00000000 HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
            let taken = (0..100).take_while(|_| stream.write_all(chunk.as_bytes()).is_ok()).count();
            assert!(taken < 50, "{taken} MiB of 100 were taken");
        }
    });
}

/// The median latency of the webhook.
fn median_ms(run: &LiveRun) -> f64 {
    let mut latencies: Vec<f64> = Vec::new();
    for (number, receipt) in run.records[1].receipts.iter().enumerate() {
        let occurred_s = (number + 1) as f64 / 50.0;
        latencies.push(receipt.held.as_secs_f64() - occurred_s);
    }
    latencies.sort_by(f64::total_cmp);
    latencies[latencies.len() / 2] * 1e3
}
