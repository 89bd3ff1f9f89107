//! Clients of streams that misbehave: none keeps more than its place, and none keeps that for ever.

use crate::faults::wait_until;
use crate::{Source, serve};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const SOCKET: &str = "GET /socket HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const STREAM: &str = "GET /stream HTTP/1.1\r\nhost: localhost\r\n";

/// Sends a head and reads no further than the status of the answer.
fn open(source: &Source, head: &str) -> (TcpStream, String) {
    let mut stream = TcpStream::connect(source.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "{head}\r\n").unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    (stream, String::from_utf8_lossy(&status[9..]).into_owned())
}

/// The same once there is a place.
fn open_at_last(source: &Source, head: &str) -> TcpStream {
    let mut opened = None;
    wait_until("a place for a stream", || {
        let (stream, status) = open(source, head);
        opened = (status != "429").then_some(stream);
        opened.is_some()
    });
    opened.unwrap()
}

/// Reads until the source has closed the connection, in whatever way.
fn is_closed(stream: &mut TcpStream) {
    let mut rest = vec![0; 1 << 16];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "still open");
                return;
            }
        }
    }
}

/// A frame as a client sends it, masked with zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap();
    let head = match length {
        0..=125 => vec![first, 0x80 | length as u8],
        _ => [&[first, 0x80 | 126][..], &length.to_be_bytes()].concat(),
    };
    [&head[..], &[0; 4], payload].concat()
}

/// Ten megabytes a second, of which neither takes more than its buffers do.
#[test]
fn who_never_reads_is_cut_and_leaves_its_place() {
    let source = serve(&["--speed", "1000", "--streams", "2", "--set", "events.payload.size=64KiB"]);
    let stalled = [open(&source, STREAM), open(&source, SOCKET)];
    assert_eq!([&*stalled[0].1, &*stalled[1].1], ["200", "101"]);
    assert_eq!(open(&source, STREAM).1, "429");
    #[cfg(target_os = "linux")]
    let before = crate::faults::held(&source);
    let both = [open_at_last(&source, STREAM), open_at_last(&source, SOCKET)];
    #[cfg(target_os = "linux")]
    {
        let after = crate::faults::held(&source);
        assert!(after.1 <= before.1 + 30, "MB: {before:?}, then {after:?}");
    }
    drop((both, stalled));
}

/// Reads to the end, and returns the last four bytes: those of a close frame without a reason.
fn ending(stream: &mut TcpStream) -> [u8; 4] {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    rest.last_chunk().copied().unwrap_or_default()
}

/// Its pongs wait for it, and so does what it sends from then on.
#[test]
fn who_pings_and_never_reads_is_not_read() {
    let source = serve(&["--streams", "1", "--set", "events.arrivals.rate=1/d"]);
    let (mut socket, status) = open(&source, SOCKET);
    assert_eq!(status, "101");
    socket.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    let pings = frame(0x89, &[b'x'; 125]).repeat(8_000);
    let megabytes = (0..200).take_while(|_| socket.write_all(&pings).is_ok()).count();
    assert!(megabytes < 100, "{megabytes} MB of pings were taken");
    // It has left its place while it still holds the connection.
    drop(open_at_last(&source, SOCKET));
    drop(socket);
}

/// The source takes 128 connections and those of its streams, a few of which wait for the next. A socket is one of them as long
/// as it is open.
#[cfg(target_os = "linux")]
#[test]
fn a_socket_keeps_the_place_of_its_connection() {
    let source = serve(&["--streams", "3", "--set", "events.arrivals.rate=1/d"]);
    let before = crate::faults::held(&source).0;
    let sockets: Vec<TcpStream> = (0..3).map(|_| open(&source, SOCKET).0).collect();
    let mut visitors: Vec<TcpStream> = Vec::new();
    let is_answered = |visitor: &mut TcpStream, within_s: u64| {
        visitor.set_read_timeout(Some(Duration::from_secs(within_s))).unwrap();
        visitor.read(&mut [0; 12]).is_ok_and(|read| read > 0)
    };
    while visitors.len() < 200 {
        let mut visitor = TcpStream::connect(source.address).unwrap();
        visitor.write_all(b"GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        visitors.push(visitor);
        if !is_answered(visitors.last_mut().unwrap(), 2) {
            break;
        }
    }
    let open = crate::faults::held(&source).0 - before;
    assert!(open <= 131, "{open} connections are open");
    drop(sockets);
    assert!(is_answered(visitors.last_mut().unwrap(), 20));
}

/// What no client of events has a reason to send, and the code that it is told. Each has the only place, so it has left it when
/// the next one is there.
#[test]
fn frames_that_are_not_to_be_ended_end_the_socket() {
    let source = serve(&["--streams", "1", "--set", "events.arrivals.rate=1/d"]);
    let huge = [&[0x82, 0xff][..], &(1_u64 << 40).to_be_bytes(), &[0; 4]].concat();
    let long = frame(0x81, &[b'x'; 40_000]);
    let unmasked = vec![0x81, 5, b'H', b'e', b'l', b'l', b'o'];
    for (name, sent, code) in [
        ("a frame of a terabyte", huge, 1009),
        ("a message of 40 kB", long, 1009),
        ("a frame without a mask", unmasked, 1002),
        ("an unknown kind of frame", frame(0x83, b""), 1002),
        ("a text that is none", frame(0x81, &[0xff; 3]), 1007),
        ("a part of no message", frame(0x80, b"x"), 1002),
        ("a goodbye with half a code", frame(0x88, &[3]), 1002),
        ("a goodbye", frame(0x88, &1000_u16.to_be_bytes()), 1000),
    ] {
        let mut socket = open_at_last(&source, SOCKET);
        socket.write_all(&sent).unwrap_or_else(|error| panic!("{name}: {error}"));
        let [high, low] = u16::to_be_bytes(code);
        assert_eq!(ending(&mut socket), [0x88, 2, high, low], "{name}");
    }
    // A message that never ends.
    let mut socket = open_at_last(&source, SOCKET);
    socket.write_all(&frame(0x01, &[b'x'; 1_000])).unwrap();
    let part = frame(0x00, &[b'x'; 1_000]);
    let taken = (0..100_000).take_while(|_| socket.write_all(&part).is_ok()).count();
    assert!(taken < 50_000, "{taken} kB of it were taken");
    // One whose parts are empty, and pings without end: they cost nothing, and others are answered meanwhile.
    let mut socket = open_at_last(&source, SOCKET);
    socket.write_all(&frame(0x01, b"")).unwrap();
    let parts = [frame(0x00, b""), frame(0x89, b"")].concat().repeat(1_000);
    for _ in 0..20 {
        socket.write_all(&parts).unwrap();
        assert_eq!(source.ask("GET /events").0, 200);
    }
    drop(socket);
    drop(open_at_last(&source, SOCKET));
}

#[test]
fn a_socket_that_is_never_opened_takes_no_place() {
    let source = serve(&["--streams", "1", "--set", "events.arrivals.rate=1/d"]);
    // A head that does not end.
    let mut half = TcpStream::connect(source.address).unwrap();
    half.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    half.write_all(SOCKET.as_bytes()).unwrap();
    // A body that does not come, for which the connection would wait before it is a socket.
    let (_with_body, status) = open(&source, &format!("{SOCKET}content-length: 5\r\n"));
    assert_eq!(status, "400");
    // Who leaves before the answer.
    for _ in 0..50 {
        let mut left = TcpStream::connect(source.address).unwrap();
        write!(left, "{SOCKET}\r\n").unwrap();
    }
    drop(open_at_last(&source, SOCKET));
    is_closed(&mut half);
}

#[test]
fn sockets_are_bounded_as_streams_are() {
    let source = serve(&["--streams", "3", "--set", "events.arrivals.rate=1/d"]);
    let mut sockets: Vec<TcpStream> = (0..3).map(|_| open(&source, SOCKET).0).collect();
    for head in [SOCKET, STREAM] {
        let (mut refused, status) = open(&source, head);
        let mut answer = [0; 400];
        let read = refused.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(status == "429" && answer.contains("3 streams"), "{status} {answer}");
    }
    sockets.pop();
    drop(open_at_last(&source, SOCKET));
    // A goodbye is answered, and leaves the place as well.
    let mut socket = sockets.pop().unwrap();
    socket.write_all(&frame(0x88, &1000_u16.to_be_bytes())).unwrap();
    is_closed(&mut socket);
    drop((open_at_last(&source, SOCKET), sockets));
}

#[cfg(unix)]
#[test]
fn idle_connections_end_with_the_source() {
    use std::process::Command;
    let mut source = serve(&["--set", "events.arrivals.rate=1/d"]);
    let mut open: Vec<TcpStream> =
        [SOCKET, STREAM].iter().flat_map(|head| (0..20).map(|_| open(&source, head).0)).collect();
    let pid = source.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(source.child.wait().unwrap().code(), Some(0));
    open.iter_mut().for_each(is_closed);
}
