//! Rules of delivery, shown by what a receiver saw: the order, and what comes after a delivery was given up.

use crate::asking::quiet;
use crate::serve;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A receiver that answers 503 to its first requests, and then 204; it tells the id of each event that comes.
fn failing(first: usize) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (tell, came) = channel();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let (mut text, mut buffer) = (String::new(), [0; 4096]);
            let id = loop {
                let Ok(length @ 1..) = stream.read(&mut buffer) else { return };
                text += &String::from_utf8_lossy(&buffer[..length]);
                if let Some(id) = text.find("evt_").and_then(|at| text.get(at..at + 14)) {
                    break id.to_owned();
                }
            };
            let status = if number < first { "503 Service Unavailable" } else { "204 No Content" };
            let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            if tell.send(id).is_err() {
                return;
            }
        }
    });
    (url, came)
}

/// The next events that come, as places in that list.
fn next(came: &Receiver<String>, count: usize, events: &[String]) -> Vec<usize> {
    let next = (0..count).map(|_| came.recv_timeout(Duration::from_secs(20)).unwrap());
    next.map(|id| events.iter().position(|event| *event == id).unwrap()).collect()
}

#[test]
fn an_ordered_event_waits_for_all_retries_of_the_one_before() {
    let source = quiet();
    for (id, failures, keys, expected) in [
        ("sub_000001", 2, r#","retries":["400ms","400ms"],"ordered":true"#, vec![0, 0, 0, 1, 2]),
        // A delivery that was given up joins the end of the line.
        (
            "sub_000002",
            2,
            r#","retries":["400ms"],"ordered":true,"redeliver_after":"2s""#,
            vec![0, 0, 1, 2, 0],
        ),
    ] {
        let (url, came) = failing(failures);
        let made = source.register(&url, keys);
        assert_eq!((&made["ordered"], &made["at_once"]), (&true.into(), &1.into()));
        let events: Vec<String> = (0..3).map(|_| source.test_event(id)).collect();
        assert_eq!(next(&came, 5, &events), expected, "{keys}");
        let attempts = source.attempts(id, 5);
        assert_eq!(attempts.len(), 5, "{attempts:?}");
        let counts = source.json(&format!("GET /subscriptions/{id}"), 200)["deliveries"].clone();
        assert_eq!((&counts["delivered"], &counts["gave_up"]), (&3.into(), &0.into()), "{keys}");
    }
    // Without the rule the others do not wait.
    let (url, came) = failing(1);
    source.register(&url, r#","retries":["3s"]"#);
    let events: Vec<String> = (0..3).map(|_| source.test_event("sub_000003")).collect();
    let seen = next(&came, 4, &events);
    assert_eq!(seen[3], seen[0], "{seen:?}");
}

#[test]
fn what_was_given_up_is_sent_once_more_and_no_more() {
    let source = quiet();
    for (id, failures, delivered) in [("sub_000001", 2, 1), ("sub_000002", 9, 0)] {
        let (url, came) = failing(failures);
        let made = source.register(&url, r#","retries":["10ms"],"redeliver_after":"300ms""#);
        assert_eq!(made["redeliver_after_s"], 0.3);
        let event = source.test_event(id);
        assert_eq!(next(&came, 3, &[event]), [0, 0, 0]);
        let attempts = source.attempts(id, 3);
        assert!(attempts[1]["next_retry_s"].is_number() && attempts[0]["next_retry_s"].is_null());
        let counts = source.json(&format!("GET /subscriptions/{id}"), 200)["deliveries"].clone();
        let expected = (&delivered.into(), &(1 - delivered).into(), &0.into());
        assert_eq!((&counts["delivered"], &counts["gave_up"], &counts["pending"]), expected);
        assert!(came.recv_timeout(Duration::from_secs(1)).is_err());
    }
}

/// Ten minutes, a thousand times as fast.
#[test]
fn a_disabled_subscription_is_enabled_after_its_time_and_gets_what_was_kept() {
    let source = serve(&["--speed", "1000", "--set", "events.arrivals.rate=1/d"]);
    let (url, came) = failing(1);
    source.register(
        &url,
        r#","retries":["1m"],"disable_after":{"failures":1},"enable_after":"30m","redeliver_after":"5m""#,
    );
    let event = source.test_event("sub_000001");
    assert_eq!(next(&came, 1, std::slice::from_ref(&event)), [0]);
    let state = || source.json("GET /subscriptions/sub_000001", 200)["state"].clone();
    let enabled = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        state() == "active"
    });
    assert!(enabled && next(&came, 1, &[event]) == [0]);
    // The retry was due while it was disabled, so the two attempts are more than half an hour apart.
    let attempts = source.attempts("sub_000001", 2);
    let apart_s = attempts[0]["sent_s"].as_f64().unwrap() - attempts[1]["sent_s"].as_f64().unwrap();
    assert!(attempts.len() == 2 && apart_s >= 2.0, "{attempts:?}");
}

#[test]
fn what_is_not_done_for_a_provider_is_said() {
    let source = quiet();
    for (provider, said) in [
        ("dropbox", &["no notices"][..]),
        ("discord", &["Ed25519"]),
        ("telegram", &["secret token"]),
        ("zendesk", &["no circuit breaker"]),
        ("podium", &[]),
        ("github", &[]),
    ] {
        let keys = format!(r#","provider":"{provider}","handshake":"none""#);
        let made = source.register(&source.receiver(provider), &keys);
        let not_done = made["not_done"].to_string();
        assert!(said.iter().all(|words| not_done.contains(words)), "{provider}: {not_done}");
        assert!(!said.is_empty() || !not_done.contains("order"), "{provider}: {not_done}");
        assert_eq!(made["ordered"], provider == "podium");
    }
    let keys = r#","provider":"telegram","security":{"scheme":"none"}"#;
    assert!(!source.register(&source.receiver("plain"), keys)["not_done"].to_string().contains("proof"));
    for key in ["batch", "thin", "breaker", "workers"] {
        let (status, refused) =
            source.ask(&format!("POST /subscriptions\n\n{{\"url\":\"http://localhost:1/\",\"{key}\":1}}"));
        assert!(status == 400 && refused.contains(key), "{refused}");
    }
}
