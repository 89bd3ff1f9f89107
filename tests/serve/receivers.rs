//! Receivers that others wrote: they verify what the source signs, and refuse what it signs with another secret.
//!
//! A program that is not installed is skipped, and the test says so.

use crate::faults::{counts, subscribe, wait_until};
use crate::serve;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

/// A receiver that runs, and is killed when this is dropped.
struct Receiver(Child);

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/// Starts a program of `docs/receivers` on a free port. None if it is not installed.
fn start(program: &str, arguments: &[&str]) -> Option<(Receiver, u16)> {
    // Free a moment ago; nobody else of this machine takes it in the next one.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let arguments = arguments.iter().map(|argument| argument.replace("PORT", &port.to_string()));
    let child = Command::new(program)
        .args(arguments)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/receivers"))
        .envs([("WEBHOOK_SECRET", SECRET), ("PORT", &port.to_string()), ("PYTHONDONTWRITEBYTECODE", "1")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let receiver = Receiver(child.inspect_err(|_| skip(&format!("{program} is not installed"))).ok()?);
    wait_until("the receiver listens", || TcpStream::connect(("127.0.0.1", port)).is_ok());
    Some((receiver, port))
}

/// Says so also where the output of tests that pass is not shown.
fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// A Python that has Flask.
fn python() -> Option<&'static str> {
    let has_flask = |python: &&str| {
        let asked = Command::new(python).args(["-c", "import flask"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let python = ["python3", "/usr/bin/python3"].into_iter().find(has_flask);
    if python.is_none() {
        skip("no Python with Flask is installed");
    }
    python
}

/// Delivers to a URL with its secret, with another, and unsigned.
fn verifies(url: &str, format: &str, secret: &str, other: &str) {
    let source = serve(&["--speed", "60"]);
    let keys =
        |secret| format!(r#""security":{{"scheme":"signature","format":"{format}","secret":"{secret}"}}"#);
    let [right, wrong] = [secret, other].map(|secret| subscribe(&source, url, &keys(secret)));
    let bare = subscribe(&source, url, r#""security":{"scheme":"none"}"#);
    wait_until("twenty deliveries", || counts(&source, &right)("delivered") >= 20);
    wait_until("an attempt with another secret", || counts(&source, &wrong)("failed_attempts") > 0);
    wait_until("an attempt without a signature", || counts(&source, &bare)("failed_attempts") > 0);
    assert_eq!(counts(&source, &right)("failed_attempts"), 0);
    assert_eq!([&wrong, &bare].map(|id| counts(&source, id)("delivered")), [0, 0]);
}

const OTHER: &str = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY";

#[test]
fn a_receiver_in_javascript_verifies_deliveries() {
    let Some((_receiver, port)) = start("node", &["receiver.mjs"]) else { return };
    verifies(&format!("http://127.0.0.1:{port}/hook"), "standard-webhooks", SECRET, OTHER);
}

/// A receiver that verifies whatever comes agrees to a ping and to a challenge only if they are signed.
#[test]
fn a_handshake_is_signed_as_deliveries_are() {
    let Some((_receiver, port)) = start("node", &["receiver.mjs"]) else { return };
    let source = serve(&[]);
    for (secret, status) in [(SECRET, 201), (OTHER, 400)] {
        let body = format!(
            r#"{{"url":"http://127.0.0.1:{port}/hook","handshake":"ping","security":{{"scheme":"signature","secret":"{secret}"}}}}"#
        );
        let (answered, text) = source.ask(&format!("POST /subscriptions\n\n{body}"));
        assert_eq!(answered, status, "{text}");
    }
}

#[test]
fn a_receiver_in_python_verifies_deliveries() {
    let Some(python) = python() else { return };
    let flask = ["-m", "flask", "--app", "receiver", "run", "--port", "PORT"];
    let Some((_receiver, port)) = start(python, &flask) else { return };
    verifies(&format!("http://127.0.0.1:{port}/hook"), "standard-webhooks", SECRET, OTHER);
}

/// The program `webhook` (adnanh/webhook, packaged by Debian), with a rule for signatures as GitHub makes them.
#[test]
fn the_program_webhook_verifies_deliveries() {
    let webhook = ["-hooks", "hooks.json", "-ip", "127.0.0.1", "-port", "PORT"];
    let Some((_receiver, port)) = start("webhook", &webhook) else { return };
    let url = format!("http://127.0.0.1:{port}/hooks/pollhook");
    verifies(&url, "github", "It's a Secret to Everybody", "another");
}
