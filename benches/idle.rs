//! What an idle connection costs the source: 10,000 streams to `pollhook serve`, which is a process of its own, stay open
//! for a minute, as server-sent events and then as WebSockets. `cargo bench --bench idle`; `-- sse` or `-- websocket` for one of
//! them, and `-- CONNECTIONS SECONDS` for other numbers. It fails above 20 KiB of memory for each, or where a connection does
//! not stay open.
//!
//! Linux only: the memory is what `/proc` says. Memory of the kernel, such as that of sockets, is not in it.

#![expect(clippy::print_stdout, reason = "a benchmark says what it measured")]

use std::error::Error;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The most memory of a connection, in KiB.
const MOST_KIB: f64 = 20.0;
/// Descriptors of this process beside its connections.
const BESIDE: u64 = 64;

type Failure = Box<dyn Error>;

/// What a connection is.
#[derive(Clone, Copy)]
struct Kind {
    /// As a scenario names it.
    name: &'static str,
    /// The request that opens it.
    opening: &'static str,
    /// The status of the answer.
    status: &'static str,
    /// A heartbeat on the wire.
    heartbeat: &'static [u8],
}

const KINDS: [Kind; 2] = [
    Kind {
        name: "sse",
        opening: "GET /stream HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n",
        status: "HTTP/1.1 200",
        heartbeat: b":\n\n",
    },
    Kind {
        name: "websocket",
        opening: "GET /socket HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                  sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        status: "HTTP/1.1 101",
        // A ping without a payload.
        heartbeat: &[0x89, 0],
    },
];

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let (connections, seconds) =
        (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(60));
    raise(connections + BESIDE)?;
    let named = |kind: &Kind| arguments.iter().any(|argument| argument == kind.name);
    let any = KINDS.iter().any(named);
    KINDS
        .into_iter()
        .filter(|kind| !any || named(kind))
        .try_for_each(|kind| measure(kind, connections, seconds))
}

fn measure(kind: Kind, connections: u64, seconds: u64) -> Result<(), Failure> {
    let source = Source::start(connections)?;
    // Once with a few, so that what is needed for any number of them is there before.
    let first = open(source.address, kind, 50)?;
    drop(first);
    std::thread::sleep(Duration::from_secs(1));
    let before = source.resident_kib()?;
    let mut streams = open(source.address, kind, connections)?;
    println!("{connections} streams of kind {} are open", kind.name);
    let opened = source.resident_kib()?;
    std::thread::sleep(Duration::from_secs(seconds));
    let after = source.resident_kib()?;
    let mut heartbeats = 0;
    for stream in &mut streams {
        heartbeats += waiting(stream, kind)?;
    }
    let each = |kib: u64| kib.saturating_sub(before) as f64 / connections as f64;
    println!("the source has {before} KiB before, {opened} KiB with them and {after} KiB {seconds} s later");
    println!("each: {:.1} KiB, later {:.1} KiB; {heartbeats} heartbeats came", each(opened), each(after));
    if heartbeats < connections * (seconds / 16) {
        return Err("heartbeats are missing".into());
    }
    if each(after) > MOST_KIB {
        return Err(format!("a connection takes more than {MOST_KIB} KiB").into());
    }
    Ok(())
}

/// Lets this process open as many descriptors.
#[cfg(unix)]
fn raise(descriptors: u64) -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let before = getrlimit(Resource::Nofile);
    let current = Some(descriptors.max(before.current.unwrap_or(u64::MAX)));
    Ok(setrlimit(Resource::Nofile, Rlimit { current, maximum: before.maximum })?)
}

/// Sockets are no files there.
#[cfg(not(unix))]
fn raise(_: u64) -> Result<(), Failure> {
    Ok(())
}

/// The process whose memory is measured.
struct Source {
    process: Child,
    address: SocketAddr,
}

impl Source {
    /// A source at which an event occurs once in an hour.
    fn start(connections: u64) -> Result<Self, Failure> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_pollhook"))
            .args(["serve", "quiet-feed", "--port", "0", "--streams", &connections.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("it says nothing")?;
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some(address) = line.strip_prefix("The source listens at http://") {
                return Ok(Self { process, address: address.trim_end_matches('/').parse()? });
            }
        }
        Err("it does not listen".into())
    }

    /// The memory that it has in use.
    fn resident_kib(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Opens streams and reads the head of each answer.
fn open(source: SocketAddr, kind: Kind, connections: u64) -> Result<Vec<TcpStream>, Failure> {
    let open = |_| {
        let mut stream = TcpStream::connect(source)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(kind.opening.as_bytes())?;
        let (mut head, mut part) = (Vec::new(), [0; 1024]);
        while !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut part)? {
                0 => return Err("the source closed a stream".into()),
                read => head.extend_from_slice(&part[..read]),
            }
        }
        if !head.starts_with(kind.status.as_bytes()) {
            return Err(String::from_utf8_lossy(&head).into_owned().into());
        }
        stream.set_nonblocking(true)?;
        Ok(stream)
    };
    (0..connections).map(open).collect()
}

/// The heartbeats that have come on a stream that is still open.
fn waiting(stream: &mut TcpStream, kind: Kind) -> Result<u64, Failure> {
    let (mut came, mut part) = (0, [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => return Err("the source closed a stream".into()),
            Ok(read) => {
                let windows = part[..read].windows(kind.heartbeat.len());
                came += windows.filter(|window| *window == kind.heartbeat).count() as u64;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(came),
            Err(error) => return Err(error.into()),
        }
    }
}
