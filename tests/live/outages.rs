//! Outages of the public source, for a process that is not a client of the scenario.

use crate::api::{ask, visiting_of};
use crate::machine::in_one_of_three_runs;
use crate::options;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Ten events a second, and a source that is down from half a second on.
fn down(mode: &str, length: &str) -> String {
    format!(
        "duration = \"20s\"\nseed = 3\n\
         [events]\narrivals = {{ process = \"constant\", rate = \"10/s\" }}\n\
         [[client]]\nkind = \"poll\"\ninterval = \"5s\"\n\
         [[outage]]\nparty = \"source\"\nfrom = \"500ms\"\nfor = \"{length}\"\nmode = \"{mode}\"\n"
    )
}

/// A request that is sent; nothing of the answer is read yet.
fn send(source: SocketAddr, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(source).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    stream
}

/// All that comes until the source closes the connection or says nothing for that time; and whether it has closed it.
fn read(stream: &mut TcpStream, patience: Duration) -> (String, bool) {
    stream.set_read_timeout(Some(patience)).unwrap();
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    let is_closed = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break true,
            Ok(read) => all.extend_from_slice(&buffer[..read]),
            Err(error) => break !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    };
    (String::from_utf8(all).unwrap(), is_closed)
}

const HELD: &str = "/events?after=evt_0000009999&wait=30s";

#[test]
fn a_source_that_answers_with_an_error_does_so_to_anybody() {
    in_one_of_three_runs(|| {
        visiting_of(&down("error", "15s"), options(), |source| {
            let (mut stream, mut held) = (send(source, "/stream"), send(source, HELD));
            let (frames, is_closed) = read(&mut stream, Duration::from_secs(3));
            assert!(is_closed && frames.contains("evt_0000000001"), "the stream ends: {frames}");
            assert!(!frames.contains("evt_0000000006"), "nothing of the outage is in it: {frames}");
            let (answer, is_closed) = read(&mut held, Duration::from_secs(3));
            assert!(is_closed && answer.starts_with("HTTP/1.1 503"), "what was held: {answer}");
            for path in ["/events", "/stream"] {
                assert_eq!(ask(source, &format!("GET {path}")).0, 503, "{path}");
            }
        })
        .unwrap();
    });
}

#[test]
fn a_source_that_refuses_drops_what_it_holds() {
    in_one_of_three_runs(|| {
        visiting_of(&down("refuse", "15s"), options(), |source| {
            let (answer, is_closed) = read(&mut send(source, HELD), Duration::from_secs(3));
            assert!(is_closed && answer.is_empty(), "{answer}");
            assert!(TcpStream::connect(source).is_err());
        })
        .unwrap();
    });
}

#[test]
fn a_source_that_hangs_does_so_to_anybody_and_keeps_its_streams() {
    in_one_of_three_runs(|| {
        visiting_of(&down("hang", "2500ms"), options(), |source| {
            let mut stream = send(source, "/stream");
            std::thread::sleep(Duration::from_millis(1_200));
            let (frames, is_closed) = read(&mut stream, Duration::from_millis(600));
            assert!(!is_closed && frames.contains("evt_0000000001"), "{frames}");
            assert!(!frames.contains("evt_0000000006"), "nothing is sent meanwhile: {frames}");
            let (answer, is_closed) = read(&mut send(source, "/events"), Duration::from_millis(300));
            assert!(!is_closed && answer.is_empty(), "no answer: {answer}");
            let frames = read_until(&mut stream, "evt_0000000040");
            let ids: Vec<String> = (6..=25).map(|id| format!("id: evt_{id:010}")).collect();
            assert!(ids.iter().all(|id| frames.contains(id)), "what occurred meanwhile follows: {frames}");
        })
        .unwrap();
    });
}

/// What comes up to that text, or up to where nothing more comes.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let (mut all, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&all).contains(end) {
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => all.extend_from_slice(&buffer[..read]),
            _ => break,
        }
    }
    String::from_utf8(all).unwrap()
}
