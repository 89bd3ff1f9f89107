//! Receivers that fail in every way that a network has: the source goes on delivering to the others, leaks nothing, and
//! accounts for every delivery.

use crate::{Source, serve};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a receiver does with a delivery that it has read.
#[derive(Clone, Copy, Debug)]
enum Fault {
    None,
    ClosesAtOnce,
    ClosesAfterTheHead,
    NeverAnswers,
    SendsAByteASecond,
    SendsHundredMegabytes,
    SendsTenThousandHeaders,
    SendsGarbage,
}

const FAULTS: [Fault; 7] = [
    Fault::ClosesAtOnce,
    Fault::ClosesAfterTheHead,
    Fault::NeverAnswers,
    Fault::SendsAByteASecond,
    Fault::SendsHundredMegabytes,
    Fault::SendsTenThousandHeaders,
    Fault::SendsGarbage,
];

impl Fault {
    /// Does it. An error is the source's way out of it.
    fn happens(self, to: &mut TcpStream, over: &AtomicBool) -> std::io::Result<()> {
        let goes_on = || !over.load(Ordering::Relaxed);
        match self {
            Self::None => to.write_all(b"HTTP/1.1 204 No Content\r\n\r\n"),
            Self::ClosesAtOnce => Ok(()),
            Self::ClosesAfterTheHead => to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"),
            Self::NeverAnswers => {
                // Reading ends when the source gives up.
                while goes_on() && !matches!(to.read(&mut [0; 100]), Ok(0)) {}
                Ok(())
            }
            Self::SendsAByteASecond => {
                for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" {
                    if goes_on() {
                        to.write_all(&[*byte])?;
                        std::thread::sleep(Duration::from_secs(1));
                    }
                }
                Ok(())
            }
            Self::SendsHundredMegabytes => {
                to.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n")?;
                let part = vec![b'x'; 1_000_000];
                (0..100).try_for_each(|_| to.write_all(&part))
            }
            Self::SendsTenThousandHeaders => {
                to.write_all(b"HTTP/1.1 200 OK\r\n")?;
                (0..10_000).try_for_each(|number| write!(to, "x-{number}: x\r\n"))?;
                to.write_all(b"content-length: 0\r\n\r\n")
            }
            Self::SendsGarbage => to.write_all(&[0xff; 300]),
        }
    }
}

/// Takes deliveries until it is over.
fn receive(listener: &TcpListener, fault: Fault, over: &AtomicBool) {
    listener.set_nonblocking(true).unwrap();
    std::thread::scope(|scope| {
        while !over.load(Ordering::Relaxed) {
            let Ok((mut delivery, _)) = listener.accept() else {
                std::thread::sleep(Duration::from_millis(5));
                continue;
            };
            scope.spawn(move || {
                delivery.set_nonblocking(false).unwrap();
                delivery.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
                delivery.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
                let _ = delivery.read(&mut [0; 10_000]).and_then(|_| fault.happens(&mut delivery, over));
            });
        }
    });
}

/// What the source says of a subscription's deliveries, by name.
pub(crate) fn counts(source: &Source, id: &str) -> impl Fn(&str) -> u64 {
    let (status, answer) = source.ask(&format!("GET /subscriptions/{id}"));
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    move |name| body["deliveries"][name].as_u64().unwrap()
}

pub(crate) fn subscribe(source: &Source, url: &str, keys: &str) -> String {
    let body = format!(r#"{{"url":"{url}",{keys}}}"#);
    let (status, answer) = source.ask(&format!("POST /subscriptions\n\n{body}"));
    assert_eq!(status, 201, "{answer}");
    let body: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
    body["id"].as_str().unwrap().to_owned()
}

/// Waits until something holds; panics if it does not within a minute.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let is_there = (0..1200).any(|_| {
        let is_there = holds();
        if !is_there {
            std::thread::sleep(Duration::from_millis(50));
        }
        is_there
    });
    assert!(is_there, "it never came: {what}");
}

/// Open descriptors of the source, and its memory in MB.
#[cfg(target_os = "linux")]
pub(crate) fn held(source: &Source) -> (usize, usize) {
    let process = format!("/proc/{}", source.child.id());
    let status = std::fs::read_to_string(format!("{process}/status")).unwrap();
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib: usize = memory.split_whitespace().next().unwrap().parse().unwrap();
    (std::fs::read_dir(format!("{process}/fd")).unwrap().count(), kib / 1024)
}

/// All of them at the same source. Each event is delivered to the receiver that works, whatever the others do.
#[test]
fn receivers_that_fail_harm_nobody_else() {
    let source = serve(&["--speed", "150"]);
    let over = Arc::new(AtomicBool::new(false));
    let listeners: Vec<(TcpListener, Fault)> = std::iter::once(Fault::None)
        .chain(FAULTS)
        .map(|fault| (TcpListener::bind("127.0.0.1:0").unwrap(), fault))
        .collect();
    std::thread::scope(|scope| {
        let ids: Vec<String> = listeners
            .iter()
            .map(|(listener, fault)| {
                let over = Arc::clone(&over);
                scope.spawn(move || receive(listener, *fault, &over));
                let deadline = if matches!(fault, Fault::None) { "10s" } else { "500ms" };
                let url = format!("http://{}/hook", listener.local_addr().unwrap());
                subscribe(&source, &url, &format!(r#""deadline":"{deadline}","retries":["100ms"]"#))
            })
            .collect();
        let of = |index: usize| counts(&source, &ids[index]);
        let delivered = |number| move || of(0)("delivered") >= number;
        wait_until("a hundred deliveries to the receiver that works", delivered(100));
        #[cfg(target_os = "linux")]
        let before = held(&source);
        wait_until("five hundred deliveries to the receiver that works", delivered(500));
        #[cfg(target_os = "linux")]
        {
            // Each of seven receivers has at most four connections, and asking takes one.
            let after = held(&source);
            assert!(after.0 <= before.0 + 30, "descriptors: {before:?}, then {after:?}");
            assert!(after.1 <= before.1 + 30, "MB: {before:?}, then {after:?}");
        }
        let works = of(0);
        assert_eq!([works("gave_up"), works("dropped"), works("failed_attempts")], [0; 3]);
        for (index, fault) in FAULTS.iter().enumerate() {
            let fails = of(index + 1);
            assert_eq!(fails("delivered"), 0, "{fault:?}");
            assert!(fails("failed_attempts") > 0, "{fault:?}");
        }
        // The ledger: a subscription that began later has missed what occurred before, and no other event.
        let all = |index| ["delivered", "gave_up", "pending", "dropped"].map(of(index)).iter().sum::<u64>();
        for index in 1..ids.len() {
            let [first, own] = [all(0), all(index)];
            assert!(
                own <= first + 100 && own + 100 >= first,
                "{first} events, {own} to {:?}",
                FAULTS[index - 1]
            );
        }
        over.store(true, Ordering::Relaxed);
    });
}

/// A receiver that is killed, and comes back at the same address: retries bring all that it missed.
#[test]
fn a_receiver_that_is_killed_gets_what_it_missed() {
    let source = serve(&["--speed", "60"]);
    let receiver = serve(&[]);
    let port = receiver.address.port().to_string();
    let url = format!("http://{}/receiver/mine", receiver.address);
    let id = subscribe(&source, &url, r#""retries":{"first":"12s","factor":1.0,"max":"12s","attempts":999}"#);
    wait_until("ten deliveries", || counts(&source, &id)("delivered") >= 10);
    // SIGKILL.
    drop(receiver);
    wait_until("twenty attempts that failed", || counts(&source, &id)("failed_attempts") >= 20);
    let missed = counts(&source, &id)("pending");
    let before = counts(&source, &id)("delivered");
    let _receiver = serve(&["--port", &port]);
    wait_until("what it missed", || counts(&source, &id)("delivered") >= before + missed + 10);
    let counts = counts(&source, &id);
    assert_eq!([counts("gave_up"), counts("dropped")], [0; 2]);
}
