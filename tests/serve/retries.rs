//! What a source does after a failure: it tries again, waits, gives up, or disables the subscription.

use crate::asking::quiet;
use crate::serve;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

#[test]
fn failures_are_retried_by_the_schedule_and_given_up() {
    // A retry after 5 s and one after 5 min, five hundred times as fast.
    let source = serve(&["--speed", "500", "--set", "events.arrivals.rate=1/d"]);
    source.register(&format!("{}?answer=503", source.receiver("broken")), "");
    let event = source.test_event("sub_000001");
    let attempts = source.attempts("sub_000001", 3);
    let numbers: Vec<&Value> = attempts.iter().map(|attempt| &attempt["attempt"]).collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert!(attempts.iter().all(|attempt| attempt["event"] == event.as_str() && attempt["status"] == 503));
    assert!(attempts[0]["next_retry_s"].is_null() && attempts[1]["next_retry_s"].is_number(), "{attempts:?}");
    let counts = source.json("GET /subscriptions/sub_000001", 200)["deliveries"].clone();
    assert_eq!(
        (&counts["gave_up"], &counts["failed_attempts"], &counts["pending"]),
        (&1.into(), &3.into(), &0.into())
    );

    // Every third request is answered 500, so a second attempt arrives.
    source.register(&format!("{}?every=3", source.receiver("third")), "");
    (0..3).for_each(|_| drop(source.test_event("sub_000002")));
    let attempts = source.attempts("sub_000002", 4);
    assert_eq!(attempts.iter().filter(|attempt| attempt["status"] == 500).count(), 1, "{attempts:?}");
    source.register(&format!("{}?answer=close", source.receiver("rude")), r#","retries":[]"#);
    source.test_event("sub_000003");
    let rude = &source.attempts("sub_000003", 1)[0];
    assert!(rude["status"].is_null() && rude["outcome"].as_str().unwrap().contains("closed"), "{rude}");
    source.register(&format!("{}?after=20s", source.receiver("slow")), r#","retries":[],"deadline":"200ms""#);
    source.test_event("sub_000004");
    assert_eq!(source.attempts("sub_000004", 1)[0]["outcome"], "no answer before the deadline");
}

/// An answer 410 disables a subscription that has a rule, until somebody enables it again.
#[test]
fn a_receiver_that_is_gone_is_disabled_until_it_is_enabled() {
    let source = serve(&["--speed", "100"]);
    source.register(&format!("{}?answer=410", source.receiver("gone")), r#","disable_after":"10m""#);
    let attempts = source.attempts("sub_000001", 1);
    assert!(attempts[0]["status"] == 410 && attempts[0]["next_retry_s"].is_null(), "{attempts:?}");
    let state = || source.json("GET /subscriptions/sub_000001", 200);
    assert_eq!(state()["state"], "disabled");
    let (status, refused) = source.ask("POST /subscriptions/sub_000001/test");
    assert!(status == 409 && refused.contains("resume"), "{refused}");
    // What occurs meanwhile is given up without an attempt.
    let given_up = state()["deliveries"]["gave_up"].as_u64().unwrap();
    let more = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        state()["deliveries"]["gave_up"].as_u64().unwrap() > given_up
    });
    assert!(more, "{}", state());
    assert_eq!(source.attempts("sub_000001", 1).len(), 1);
    let url = source.receiver("gone");
    source.json(&format!("PATCH /subscriptions/sub_000001\n\n{{\"url\":\"{url}\"}}"), 200);
    assert_eq!(source.json("POST /subscriptions/sub_000001/resume", 200)["state"], "active");
    assert_eq!(source.attempts("sub_000001", 2)[0]["status"], 200);
}

/// The schedule says 10 ms, and the receiver two seconds.
#[test]
fn a_receiver_says_when_to_come_back() {
    let source = quiet();
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", receiver.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in receiver.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let answer = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(answer);
        }
    });
    for (id, keys, patient) in [
        ("sub_000001", r#","retries":["10ms"]"#, true),
        ("sub_000002", r#","retries":["10ms"],"honour_retry_after":false"#, false),
    ] {
        source.register(&url, keys);
        source.test_event(id);
        let attempts = source.attempts(id, 1);
        let first = attempts.last().unwrap();
        let ended_s = first["sent_s"].as_f64().unwrap() + first["duration_s"].as_f64().unwrap();
        let wait_s = first["next_retry_s"].as_f64().unwrap() - ended_s;
        assert_eq!(wait_s >= 1.9, patient, "{first}");
    }
}

/// A receiver that was ended and started again gets what failed meanwhile.
#[test]
fn a_receiver_that_comes_back_gets_what_it_missed() {
    let source = serve(&["--speed", "20", "--set", "events.arrivals.rate=1/d"]);
    let place = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let delays = vec!["\"2s\""; 50].join(",");
    source.register(&format!("http://{place}/hook"), &format!(r#","retries":[{delays}]"#));
    source.test_event("sub_000001");
    let refused = source.attempts("sub_000001", 2).pop().unwrap();
    assert!(refused["outcome"].as_str().unwrap().contains("nothing listens there"), "{refused}");
    let receiver = TcpListener::bind(place).unwrap();
    std::thread::spawn(move || {
        for stream in receiver.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
        }
    });
    let delivered = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(25));
        source.json("GET /subscriptions/sub_000001", 200)["deliveries"]["delivered"] == 1
    });
    assert!(delivered, "{:?}", source.attempts("sub_000001", 1));
}
