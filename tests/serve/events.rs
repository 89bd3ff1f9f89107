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
