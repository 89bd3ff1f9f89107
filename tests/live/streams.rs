//! The stream of the public source, as any client of server-sent events meets it.

use crate::api::{ask, visiting_of};
use crate::options;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

const TEN_A_SECOND: &str = "duration = \"20s\"\nseed = 3\n\
    [events]\narrivals = { process = \"constant\", rate = \"10/s\" }\n\
    [[client]]\nkind = \"poll\"\ninterval = \"5s\"\n";

/// What curl prints in 1.5 s; None without curl.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn curl(arguments: &[&str]) -> Option<String> {
    let mut curl = Command::new("curl");
    let curl = curl.args(["-sN", "--max-time", "1.5", "--noproxy", "*"]).args(arguments).stdin(Stdio::null());
    match curl.output() {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(error) => {
            eprintln!("skipped: curl cannot be run here ({error})");
            None
        }
    }
}

#[test]
fn curl_reads_events_as_they_occur() {
    visiting_of(TEN_A_SECOND, options(), |source| {
        let Some(read) = curl(&[&format!("http://{source}/stream")]) else { return };
        let frames: Vec<&str> = read.split("\n\n").filter(|frame| !frame.is_empty()).collect();
        assert!(frames.len() >= 5, "{read}");
        for (number, frame) in frames.iter().enumerate() {
            let id = format!("id: evt_{:010}", number + 1);
            let lines: Vec<&str> = frame.lines().collect();
            assert!(lines.len() == 3 && lines[0] == id && lines[1] == "event: event", "{frame}");
            assert!(lines[2].starts_with("data: {\"specversion\":\"1.0\",\"id\":\"evt_"), "{frame}");
        }
        let after = ["-H", "Last-Event-ID: evt_0000000004", &format!("http://{source}/stream")];
        let read = curl(&after).unwrap_or_default();
        assert!(read.starts_with("id: evt_0000000005\n"), "{read}");
    })
    .unwrap();
}

#[test]
fn streams_are_bounded_and_explain_themselves() {
    visiting_of(TEN_A_SECOND, options(), |source| {
        let open = |headers: &str| {
            let mut stream = TcpStream::connect(source).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            write!(stream, "GET /stream HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").unwrap();
            let mut head = vec![0; 2048];
            let read = stream.read(&mut head).unwrap();
            (stream, String::from_utf8_lossy(&head[..read]).into_owned())
        };
        let streams: Vec<(TcpStream, String)> = (0..50).map(|_| open("")).collect();
        assert!(streams.iter().all(|(_, head)| head.starts_with("HTTP/1.1 200")));
        assert!(streams[0].1.contains("content-type: text/event-stream"), "{}", streams[0].1);
        let (status, full) = ask(source, "GET /stream");
        assert!(status == 429 && full.contains("50 streams"), "{full}");
        assert_eq!(ask(source, "GET /events").0, 200, "who does not stay is answered");
        drop(streams);
        // The source notices that they are gone.
        let again = (0..50).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            open("").1.starts_with("HTTP/1.1 200")
        });
        assert!(again, "a place is free again");
        for (request, status, says) in
            [("POST /stream", 405, "allow: GET"), ("GET /stream?after=7", 400, "evt_0000000000")]
        {
            let (got, answer) = ask(source, request);
            assert!(got == status && answer.contains(says), "{request}: {answer}");
        }
        let (_, refused) = open("last-event-id: 7\r\n");
        assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("last-event-id"), "{refused}");
    })
    .unwrap();
}

/// The handshake of RFC 6455, section 1.3, and after it the events as frames of text: the byte of the kind, the length in
/// two bytes, and the event as in a page, until the run ends.
#[test]
fn a_socket_speaks_as_in_the_rfc() {
    const TWO_SECONDS: &str = "duration = \"2s\"\nseed = 3\n\
        [events]\narrivals = { process = \"constant\", rate = \"10/s\" }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"500ms\"\n";
    let mut read = Vec::new();
    visiting_of(TWO_SECONDS, options(), |source| {
        let mut socket = TcpStream::connect(source).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(
            socket,
            "GET /socket?after=evt_0000000002 HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n\
             connection: Upgrade\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        .unwrap();
        socket.read_to_end(&mut read).unwrap();
    })
    .unwrap();
    let end = read.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&read[..end]).into_owned();
    assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
    assert!(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), "{head}");
    let mut frames = &read[end..];
    // The first event occurs after a tenth of a second.
    for number in 3..=19 {
        assert_eq!((frames[0], frames[1]), (0x81, 126), "event {number}");
        let length = usize::from(u16::from_be_bytes([frames[2], frames[3]]));
        let event = std::str::from_utf8(&frames[4..][..length]).unwrap();
        assert!(length == 300 && event.contains(&format!("\"id\":\"evt_{number:010}\"")), "{event}");
        frames = &frames[4 + length..];
    }
}
