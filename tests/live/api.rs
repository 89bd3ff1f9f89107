//! The source's API as any HTTP client meets it, and the ends of a run.

use crate::{TURN, load, options};
use pollhook::live::{self, LiveError, Options};
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, mpsc};
use std::time::Duration;

const LONG: &str = "duration = \"20s\"\nseed = 3\n\
    [events]\narrivals = { process = \"constant\", rate = \"50/s\" }\n\
    [[client]]\nkind = \"poll\"\ninterval = \"200ms\"\n";

/// Sends a request, a line and after an empty line its body, and reads the answer to its end.
pub(crate) fn ask(source: SocketAddr, request: &str) -> (u16, String) {
    ask_with(source, request, "host: localhost\r\ncontent-type: application/json\r\n")
}

/// The same with other headers.
pub(crate) fn ask_with(source: SocketAddr, request: &str, headers: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(source).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (line, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let length = body.len();
    write!(stream, "{line} HTTP/1.1\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    (status, answer)
}

/// Runs `LONG` until `visit` has seen its source, then stops it; returns how it ended.
fn visiting(options: Options, visit: impl FnOnce(SocketAddr) + Send) -> Result<live::LiveRun, LiveError> {
    visiting_of(LONG, options, visit)
}

/// The same for another scenario.
pub(crate) fn visiting_of(
    scenario: &str,
    options: Options,
    visit: impl FnOnce(SocketAddr) + Send,
) -> Result<live::LiveRun, LiveError> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scenario = load(scenario);
    let randomness = Randomness::new(3, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let (told, address) = mpsc::channel();
    let stop = Stop(Arc::clone(&options.stop));
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let _stop = stop;
            if let Ok(address) = address.recv() {
                visit(address);
            }
        });
        let listening = move |address| told.send(address).unwrap();
        live::run(&scenario, &events, randomness, &options, listening, |_| ())
    })
}

/// Stops a run when the visit is over, even if it panics.
struct Stop(Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn the_api_pages_registers_and_explains_itself() {
    let run = visiting(options(), |source| {
        std::thread::sleep(Duration::from_millis(1000));
        let (status, page) = ask(source, "GET /events?after=evt_0000000002&limit=2");
        assert_eq!(status, 200, "{page}");
        assert!(
            page.contains("evt_0000000003")
                && page.contains("evt_0000000004")
                && !page.contains("evt_0000000005")
        );
        assert!(page.contains("\"has_more\":true"), "{page}");
        let (_, end) = ask(source, "GET /events?after=evt_0000009999");
        assert!(end.contains("\"events\":[],\"has_more\":false"), "{end}");
        for (request, status, says) in [
            ("GET /events?after=7", 400, "evt_0000000000"),
            ("GET /events?limit=0", 400, "at least 1"),
            ("GET /events?type=event", 400, "did you mean types?"),
            ("GET /stream?wait=3s", 400, "it has after, types, resource"),
            ("GET /nothing", 404, "/events"),
            ("DELETE /events", 405, "allow: GET, HEAD"),
            ("GET /events?wait=2m", 400, "60s at most"),
            ("DELETE /subscriptions/sub_000009", 404, "no subscription"),
            ("POST /subscriptions\n\n{\"url\":\"http://example.com/\"}", 400, "localhost"),
            ("POST /subscriptions\n\nnonsense", 400, "not valid JSON"),
        ] {
            let (got, answer) = ask(source, request);
            assert_eq!(got, status, "{request}: {answer}");
            assert!(
                answer.contains("application/problem+json") && answer.contains(says),
                "{request}: {answer}"
            );
        }
        let big = format!("POST /subscriptions\n\n{}", "x".repeat(70_000));
        assert_eq!(ask(source, &big).0, 413);
    });
    let run = run.unwrap();
    assert!(run.stopped.is_some(), "it was stopped before its end");
    assert!(run.records[0].requests.total() >= 4);
}

/// The same as of a source by itself: a page by its tag, from a time on, and the newest.
#[test]
fn a_page_is_asked_for_by_its_tag_by_time_and_as_the_newest() {
    let text = "duration = \"1h\"\n[events]\narrivals = { process = \"trace\", times = [\"100ms\", \"200ms\", \"1100ms\"] }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"30s\"\n";
    let run = visiting_of(text, options(), |source| {
        let (status, page) = ask(source, "GET /events?after=evt_0000000002&wait=20s");
        assert!(status == 200 && page.contains("etag: \"evt_0000000003\""), "{page}");
        for (request, tag, status, events) in [
            ("GET /events", "", 200, &[1, 2, 3][..]),
            ("GET /events", "\"evt_0000000003\"", 304, &[]),
            ("GET /events?limit=2", "\"evt_0000000002\"", 200, &[1, 2]),
            ("GET /events?after=evt_0000000003&wait=100ms", "\"evt_0000000003\"", 304, &[]),
            ("GET /events?order=newest&limit=2", "", 200, &[2, 3]),
            ("GET /events?order=newest&limit=2", "\"evt_0000000003\"", 304, &[]),
            ("GET /events?since=2026-01-01T00:00:00.2Z", "", 200, &[2, 3]),
            ("GET /events?since=2026-01-01T01%3A00%3A01%2B01%3A00", "", 200, &[3]),
            ("GET /events?since=2026-01-01T00:00:00.1Z&after=evt_0000000002", "", 200, &[3]),
            ("GET /events?since=2026-01-02T00:00:00Z", "", 200, &[]),
            ("GET /events?order=newest&since=2026-01-02T00:00:00Z", "", 400, &[]),
        ] {
            let header = if tag.is_empty() { String::new() } else { format!("if-none-match: {tag}\r\n") };
            let (got, answer) = ask_with(source, request, &format!("host: localhost\r\n{header}"));
            assert_eq!(got, status, "{request} {tag}: {answer}");
            let listed: Vec<u32> = (1..=3)
                .filter(|event| answer.contains(&format!("\"id\":\"evt_000000000{event}\"")))
                .collect();
            assert_eq!(listed, events, "{request} {tag}: {answer}");
        }
    });
    assert!(run.unwrap().stopped.is_some());
}

/// A registered URL gets deliveries: a real POST of each event, with the headers of Standard Webhooks.
#[test]
fn a_subscription_is_delivered_to_until_it_is_deleted() {
    visiting(options(), |source| {
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", receiver.local_addr().unwrap());
        let (status, created) = ask(source, &format!("POST /subscriptions\n\n{{\"url\":\"{url}\"}}"));
        assert_eq!(status, 201, "{created}");
        assert!(created.contains("location: /subscriptions/sub_000001"), "{created}");
        assert!(ask(source, "GET /subscriptions").1.contains(&url));
        let (mut delivery, _) = receiver.accept().unwrap();
        delivery.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let mut received = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&received).contains("\"data\":{") {
            let read = delivery.read(&mut buffer).unwrap();
            assert!(read > 0, "the delivery is whole");
            received.extend_from_slice(&buffer[..read]);
        }
        delivery.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        let received = String::from_utf8(received).unwrap();
        assert!(
            received.starts_with("POST /hook HTTP/1.1") && received.contains("webhook-id: evt_"),
            "{received}"
        );
        assert!(received.contains("webhook-timestamp: "), "{received}");
        assert_eq!(ask(source, "DELETE /subscriptions/sub_000001").0, 204);
    })
    .unwrap();
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = visiting(Options { port, ..options() }, |_| ()).unwrap_err().to_string();
    assert!(refused.contains(&port.to_string()) && refused.contains("--port 0"), "{refused}");
}

#[test]
fn the_root_says_where_to_look() {
    visiting(options(), |source| {
        let (status, paths) = ask(source, "GET /");
        assert!(
            status == 200 && paths.contains("GET /events") && paths.contains("POST /subscriptions"),
            "{paths}"
        );
        let (status, head) = ask(source, "HEAD /events");
        assert!(status == 200 && head.contains("content-length: ") && head.ends_with("\r\n\r\n"), "{head}");
    })
    .unwrap();
}

/// Any web page that is open meanwhile can send requests to loopback.
#[test]
fn a_web_page_from_elsewhere_registers_nothing() {
    visiting(options(), |source| {
        let register = "POST /subscriptions\n\n{\"url\":\"http://localhost:9/hook\"}";
        let json = "content-type: application/json\r\n";
        for (status, headers) in [
            (421, format!("host: evil.example\r\n{json}")),
            (400, json.to_owned()),
            (403, format!("host: localhost\r\norigin: http://evil.example\r\n{json}")),
            (403, format!("host: localhost\r\norigin: null\r\n{json}")),
            (415, "host: localhost\r\ncontent-type: text/plain\r\n".to_owned()),
            (415, "host: localhost\r\n".to_owned()),
        ] {
            let (got, answer) = ask_with(source, register, &headers);
            assert_eq!(got, status, "{headers}: {answer}");
            assert!(answer.contains("application/problem+json") && answer.contains("detail"), "{answer}");
        }
        assert_eq!(ask_with(source, "GET /events", "host: evil.example\r\n").0, 421);
        assert!(ask(source, "GET /subscriptions").1.contains("\"subscriptions\":[]"));
        let own = "host: localhost\r\norigin: http://localhost:3000\r\n";
        let (_, readable) = ask_with(source, "GET /events", own);
        assert!(readable.contains("access-control-allow-origin: http://localhost:3000"), "{readable}");
        assert!(readable.contains("access-control-expose-headers: allow, etag, "), "{readable}");
        let (_, unreadable) =
            ask_with(source, "GET /events", "host: localhost\r\norigin: http://evil.example\r\n");
        assert!(!unreadable.contains("access-control"), "{unreadable}");
    })
    .unwrap();
}

/// Long polling (RFC 6202): the answer comes with the event, or at the end of the wait.
#[test]
fn a_request_is_held_until_there_is_an_event() {
    let rare = LONG.replace("rate = \"50/s\"", "rate = \"6/m\", first = \"1s\"");
    visiting_of(&rare, options(), |source| {
        let (status, page) = ask(source, "GET /events?wait=30s");
        assert!(status == 200 && page.contains("evt_0000000001"), "held until the first event: {page}");
        let (status, page) = ask(source, "GET /events?after=evt_0000000001&wait=50ms");
        assert!(
            status == 200 && page.contains("\"events\":[]"),
            "the wait is over before the second: {page}"
        );
        // One more than there are places: the last one is refused, and the others are not answered.
        let mut waiting: Vec<TcpStream> = (0..101)
            .map(|_| {
                let mut stream = TcpStream::connect(source).unwrap();
                let line = "GET /events?after=evt_0000009999&wait=60s HTTP/1.1";
                write!(stream, "{line}\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
                stream.set_nonblocking(true).unwrap();
                stream
            })
            .collect();
        let refused = (0..500).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            waiting.iter_mut().position(|stream| stream.peek(&mut [0]).is_ok())
        });
        let mut last = waiting.swap_remove(refused.expect("one is refused"));
        last.set_nonblocking(false).unwrap();
        let mut full = String::new();
        last.read_to_string(&mut full).unwrap();
        assert!(full.starts_with("HTTP/1.1 429") && full.contains("ask without wait"), "{full}");
        assert_eq!(ask(source, "GET /events").0, 200, "who does not wait is answered");
        assert!(waiting.iter_mut().all(|stream| stream.peek(&mut [0]).is_err()), "the others wait");
    })
    .unwrap();
}
