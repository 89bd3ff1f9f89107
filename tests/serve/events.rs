//! The events, and the end of the program.

use crate::serve;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

/// A scenario of ten seconds runs on in its next replication: at a thousand times its speed it has four hundred
/// events in each, and an hour of them in 3.6 s.
#[test]
fn events_occur_for_ever_and_are_paged_and_streamed() {
    let source = serve(&["--speed", "1000", "--set", "duration=1m"]);
    let (status, page) = source.ask("GET /events?wait=20s&limit=2");
    assert!(status == 200 && page.contains("evt_0000000001"), "{page}");
    // A minute has ten events, so the thirtieth is of a later replication.
    let (status, page) = source.ask("GET /events?after=evt_0000000029&wait=20s&limit=1");
    assert!(status == 200 && page.contains("evt_0000000030"), "{page}");
    for (request, status, says) in [
        ("GET /events?limit=0", 400, "at least 1"),
        ("GET /events?type=event", 400, "did you mean types?"),
        ("GET /events?types=event%2Cother", 400, "other"),
        ("GET /stream?limit=3", 400, "it has after, types, resource"),
        ("POST /events", 405, "allow: GET, HEAD"),
        ("POST /stream", 405, "allow: GET"),
        ("GET /nothing", 404, "/events"),
    ] {
        let (got, answer) = source.ask(request);
        assert!(got == status && answer.contains(says), "{request}: {answer}");
    }
    assert_eq!(source.ask_with("GET /events", "host: evil.example\r\n").0, 421);

    let mut stream = TcpStream::connect(source.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /stream HTTP/1.1\r\nhost: localhost\r\nlast-event-id: evt_0000000040\r\n\r\n")
        .unwrap();
    let lines = BufReader::new(stream).lines().map_while(Result::ok);
    let ids: Vec<String> = lines.filter(|line| line.starts_with("id: ")).take(3).collect();
    assert_eq!(ids, ["id: evt_0000000041", "id: evt_0000000042", "id: evt_0000000043"]);
}

/// Three events and then none for an hour: pages as the polls of a scenario ask for them.
#[test]
fn a_page_is_asked_for_by_its_tag_by_time_and_as_the_newest() {
    let times = "events.arrivals={ process = \"trace\", times = [\"100ms\", \"200ms\", \"1100ms\"] }";
    let source = serve(&["--set", times, "--set", "duration=1h"]);
    let (status, page) = source.ask("GET /events?after=evt_0000000002&wait=20s");
    assert!(status == 200 && page.contains("etag: \"evt_0000000003\""), "{page}");
    for (request, tag, status, events) in [
        ("GET /events", "", 200, &[1, 2, 3][..]),
        ("GET /events", "\"evt_0000000003\"", 304, &[]),
        ("GET /events", "W/\"evt_0000000001\", W/\"evt_0000000003\"", 304, &[]),
        ("GET /events", "*", 304, &[]),
        ("GET /events", "\"evt_0000000002\"", 200, &[1, 2, 3]),
        ("GET /events?limit=2", "\"evt_0000000002\"", 200, &[1, 2]),
        ("GET /events?after=evt_0000000003", "\"evt_0000000003\"", 304, &[]),
        ("GET /events?after=evt_0000000003&wait=100ms", "\"evt_0000000003\"", 304, &[]),
        ("GET /events?after=evt_0000000003", "", 200, &[]),
        ("GET /events?order=newest&limit=2", "", 200, &[2, 3]),
        ("GET /events?order=newest&limit=2", "\"evt_0000000003\"", 304, &[]),
        ("GET /events?order=oldest&limit=1", "", 200, &[1]),
        ("GET /events?since=2026-01-01T00:00:00.2Z", "", 200, &[2, 3]),
        ("GET /events?since=2026-01-01T00:00:00.200000001Z", "", 200, &[3]),
        ("GET /events?since=2026-01-01T01%3A00%3A01%2B01%3A00", "", 200, &[3]),
        ("GET /events?since=2026-01-01T00:00:00.1Z&after=evt_0000000002", "", 200, &[3]),
        ("GET /events?since=2026-01-02T00:00:00Z", "", 200, &[]),
        ("GET /events?since=1999-01-01T00:00:00Z&limit=1", "", 200, &[1]),
    ] {
        let header = if tag.is_empty() { String::new() } else { format!("if-none-match: {tag}\r\n") };
        let (got, answer) = source.ask_with(request, &format!("host: localhost\r\n{header}"));
        assert_eq!(got, status, "{request} {tag}: {answer}");
        let listed: Vec<u32> =
            (1..=3).filter(|event| answer.contains(&format!("\"id\":\"evt_000000000{event}\""))).collect();
        assert_eq!(listed, events, "{request} {tag}: {answer}");
        let is_last = !answer.contains("\"has_more\":true");
        assert_eq!(answer.contains("\r\netag: "), is_last, "{request} {tag}: {answer}");
    }
    for (request, says) in [
        ("GET /events?since=yesterday", "2026-01-01T00:10:00Z"),
        ("GET /events?since=2026-01-01", "2026-01-01T00:10:00Z"),
        ("GET /events?order=latest", "order is oldest or newest"),
        ("GET /events?order=newest&after=evt_0000000001", "after asks for what follows"),
        ("GET /events?order=newest&wait=1s", "wait asks for what follows"),
        ("GET /stream?since=2026-01-01T00:00:00Z", "it has after, types, resource"),
    ] {
        let (got, answer) = source.ask(request);
        assert!(got == 400 && answer.contains(says), "{request}: {answer}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_with_success() {
    for signal in ["-INT", "-TERM"] {
        let mut source = serve(&[]);
        assert!(source.greeting.contains("busy-feed: an event every 6 s on average"), "{}", source.greeting);
        let pid = source.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(source.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn a_port_in_use_is_named_with_the_remedy() {
    let source = serve(&[]);
    let port = source.address.port().to_string();
    let output = Command::new(assert_cmd::cargo::cargo_bin("pollhook"))
        .args(["serve", "--port", &port])
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains(&port) && error.contains("--port 0"), "{error}");
}

#[test]
fn a_host_is_given_by_itself_and_with_an_equals_sign() {
    for (arguments, says) in [
        (&["--allow-remote=http://hooks.example:80/x"][..], "--allow-remote=hooks.example"),
        (&["--allow-remote=[::1]:80"], "--allow-remote=::1"),
        (&["--allow-remote=a b"], "a host alone"),
        (&["--allow-remote", "hooks.example"], "is given with `=`"),
        (&["busy-feed", "--allow-remote", "hooks.example"], "is given with `=`"),
    ] {
        let output =
            Command::new(assert_cmd::cargo::cargo_bin("pollhook")).arg("serve").args(arguments).output();
        let output = output.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && error.contains(says), "{arguments:?}: {error}");
    }
}
