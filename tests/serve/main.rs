//! `pollhook serve` as its users meet it: bounded in time, on loopback, and every program that is started is ended.

mod asking;
mod browser;
#[path = "../chromium/mod.rs"]
mod chromium;
mod commits;
mod connections;
mod deliveries;
mod events;
mod faults;
mod jobs;
mod page;
mod readme;
mod receivers;
mod retries;
mod rules;
mod secure;
#[path = "../stream/mod.rs"]
mod stream;
mod streams;
mod subscriptions;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A source that runs, and is killed when this is dropped.
struct Source {
    child: Child,
    address: SocketAddr,
    /// What it printed when it began to listen.
    greeting: String,
}

/// Starts the program with the shipped scenario of ten events a minute and these arguments.
fn serve(arguments: &[&str]) -> Source {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("pollhook"))
        .arg("serve")
        .args(if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] })
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut greeting = String::new();
    let mut address = None;
    while let Some(Ok(line)) = lines.next() {
        if let Some((_, url)) = line.split_once("listens at http://") {
            address = url.trim_end_matches('/').parse().ok();
        }
        greeting += &(line + "\n");
        if greeting.contains("/stream'") {
            break;
        }
    }
    let address = address.unwrap_or_else(|| panic!("no address in {greeting:?}"));
    Source { child, address, greeting }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Source {
    /// Sends a request, a line and after an empty line its body, and reads the answer to its end.
    fn ask(&self, request: &str) -> (u16, String) {
        self.ask_with(request, "host: localhost\r\ncontent-type: application/json\r\n")
    }

    /// The same with other headers.
    fn ask_with(&self, request: &str, headers: &str) -> (u16, String) {
        let (line, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let length = body.len();
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        write!(
            stream,
            "{line} HTTP/1.1\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.unwrap_or_else(|| panic!("{request}: {answer:?}")), answer)
    }
}
