//! Subscriptions and their deliveries, to the receivers of the source and to those of this test.

use crate::{Source, serve};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

/// A source whose events are so rare that none occurs during a test.
fn quiet() -> Source {
    serve(&["--set", "events.arrivals.rate=1/d"])
}

impl Source {
    /// Sends a request and reads the JSON of its answer.
    fn json(&self, request: &str, status: u16) -> Value {
        let (got, answer) = self.ask(request);
        assert_eq!(got, status, "{request}: {answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Registers a URL with more keys, and returns the subscription.
    fn register(&self, url: &str, keys: &str) -> Value {
        self.json(&format!("POST /subscriptions\n\n{{\"url\":\"{url}\"{keys}}}"), 201)
    }

    fn receiver(&self, name: &str) -> String {
        format!("http://{}/receiver/{name}", self.address)
    }

    /// The attempts of a subscription, the newest first, once there are that many and all have ended.
    fn attempts(&self, id: &str, count: usize) -> Vec<Value> {
        for _ in 0..400 {
            let mut log = self.json(&format!("GET /subscriptions/{id}/deliveries"), 200);
            let attempts = log["attempts"].as_array_mut().unwrap();
            if attempts.len() >= count && attempts.iter().all(|attempt| !attempt["acknowledged"].is_null()) {
                return std::mem::take(attempts);
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!("{id} has no {count} attempts");
    }

    /// The first attempt of a subscription that has ended, while others may be under way.
    fn ended(&self, id: &str) -> Value {
        let ended = (0..400).find_map(|_| {
            std::thread::sleep(Duration::from_millis(25));
            let log = self.json(&format!("GET /subscriptions/{id}/deliveries"), 200);
            let attempts = log["attempts"].as_array().unwrap().iter().rev();
            attempts.into_iter().find(|attempt| !attempt["acknowledged"].is_null()).cloned()
        });
        ended.unwrap_or_else(|| panic!("no attempt of {id} has ended"))
    }

    fn test_event(&self, id: &str) -> String {
        let sent = self.json(&format!("POST /subscriptions/{id}/test"), 202);
        sent["event"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_subscription_is_made_read_changed_paused_and_ended() {
    let source = quiet();
    let made = source.register(&source.receiver("first"), r#","payload":{"format":"xml"},"retries":["1s"]"#);
    assert_eq!(made["id"], "sub_000001");
    assert_eq!((&made["state"], &made["payload"]["format"]), (&"active".into(), &"xml".into()));
    assert_eq!(made["retries_s"], serde_json::json!([1.0]));
    let changed = source.json("PATCH /subscriptions/sub_000001\n\n{\"deadline\":\"3s\"}", 200);
    assert_eq!((&changed["deadline_s"], &changed["payload"]["format"]), (&3.0.into(), &"xml".into()));

    assert_eq!(source.json("POST /subscriptions/sub_000001/pause", 200)["state"], "paused");
    let event = source.test_event("sub_000001");
    assert_eq!(source.json("GET /subscriptions/sub_000001", 200)["deliveries"]["pending"], 1);
    assert_eq!(source.json("POST /subscriptions/sub_000001/resume", 200)["state"], "active");
    let attempt = &source.attempts("sub_000001", 1)[0];
    assert_eq!((&attempt["event"], &attempt["cause"]), (&event.as_str().into(), &"test".into()));
    assert_eq!((&attempt["status"], &attempt["acknowledged"]), (&200.into(), &true.into()));

    let again = source.json(&format!("POST /subscriptions/sub_000001/deliveries/{event}/redeliver"), 202);
    assert_eq!(again["event"], event.as_str());
    assert_eq!(source.attempts("sub_000001", 2)[0]["cause"], "redelivery");
    let whole = source.json(&format!("GET /subscriptions/sub_000001/deliveries/{event}"), 200);
    let whole = &whole["attempts"][1];
    assert!(whole["request"]["body"].as_str().unwrap().contains(&event), "{whole}");
    assert_eq!(whole["answer"]["body"], "{\"received\":2}");
    let got = source.json("GET /receivers/first", 200);
    assert_eq!(got["requests"][0]["body"], whole["request"]["body"]);

    assert_eq!(source.ask("DELETE /subscriptions/sub_000001").0, 204);
    assert_eq!(source.ask("GET /subscriptions/sub_000001").0, 404);
    assert_eq!(source.json("GET /subscriptions", 200)["subscriptions"], serde_json::json!([]));
}

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

/// Every scheme and format is proven at a receiver that verifies it; a delivery without proof is refused there.
#[test]
fn deliveries_are_signed_and_the_receiver_verifies_them() {
    let source = quiet();
    let formats = [
        "standard-webhooks",
        "github",
        "facebook",
        "zalo",
        "stripe",
        "slack",
        "shopify",
        "twilio",
        "square",
        "mailgun",
    ];
    let mut schemes: Vec<String> =
        formats.iter().map(|format| format!(r#"{{"scheme":"signature","format":"{format}"}}"#)).collect();
    schemes.extend([r#"{"scheme":"token"}"#.to_owned(), r#"{"scheme":"basic"}"#.to_owned()]);
    for (number, scheme) in schemes.iter().enumerate() {
        let name = format!("r{number}");
        let made = source.register(&source.receiver(&name), &format!(r#","retries":[],"security":{scheme}"#));
        let id = made["id"].as_str().unwrap();
        assert!(made["security"]["secret"].as_str().unwrap().len() >= 32, "{made}");
        source.test_event(id);
        assert_eq!(source.attempts(id, 1)[0]["status"], 200, "{scheme}");
        assert_eq!(
            source.json(&format!("GET /receivers/{name}"), 200)["requests"][0]["verdict"],
            "proof right"
        );
        let (status, refused) = source.ask(&format!("POST /receiver/{name}\n\n{{\"forged\":true}}"));
        assert!([400, 401].contains(&status) && refused.contains("problem+json"), "{scheme}: {refused}");
    }
    let other =
        source.register(&source.receiver("r0"), r#","security":{"scheme":"basic","secret":"me:pass"}"#);
    assert_eq!(other["security"]["secret"], "me:pass");
}

#[test]
fn a_handshake_comes_first_and_a_wrong_answer_registers_nothing() {
    let source = quiet();
    for kind in ["ping", "challenge-get", "challenge-post", "options"] {
        let made = source.register(&source.receiver(kind), &format!(r#","handshake":"{kind}""#));
        assert_eq!(made["handshake"]["kind"], kind);
        assert_eq!(made["handshake"]["exchange"]["answer"]["status"], 200, "{made}");
        assert_eq!(
            source.json(&format!("GET /receivers/{kind}"), 200)["requests"][0]["verdict"],
            "handshake"
        );
    }
    let before = source.json("GET /subscriptions", 200)["subscriptions"].as_array().unwrap().len();
    let url = source.receiver("other");
    let wrong = format!(r#"{{"url":"{url}?token=mine","handshake":"challenge-get","verify_token":"yours"}}"#);
    let refused = source.json(&format!("POST /subscriptions\n\n{wrong}"), 400);
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("handshake failed") && detail.contains("403") && detail.contains("curl"),
        "{detail}"
    );
    let after = source.json("GET /subscriptions", 200)["subscriptions"].as_array().unwrap().len();
    assert_eq!(before, after);
}

/// The command of the log sends the same request, if there is a curl to try it.
#[test]
fn the_command_of_the_log_sends_the_same() {
    let source = quiet();
    source.register(&source.receiver("first"), r#","security":{"scheme":"signature"}"#);
    source.test_event("sub_000001");
    let command = source.attempts("sub_000001", 1)[0]["curl"].as_str().unwrap().to_owned();
    let Ok(output) = Command::new("sh").args(["-c", &command]).output() else { return };
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.code() == Some(127) {
        return;
    }
    assert!(answer.starts_with("HTTP/1.1 200"), "{command}\n{answer}");
    let got = source.json("GET /receivers/first", 200);
    let of = |number: usize| {
        let headers = got["requests"][number]["headers"].as_array().unwrap().clone();
        let own = |header: &&Value| !["user-agent", "accept"].contains(&header[0].as_str().unwrap());
        let mut headers: Vec<String> = headers.iter().filter(own).map(Value::to_string).collect();
        headers.sort();
        (headers, got["requests"][number]["body"].clone(), got["requests"][number]["verdict"].clone())
    };
    assert_eq!(of(0), of(1));
}

const SLOW: &[u8] = b"HTTP/1.1 202 Accepted\r\n";

/// Events that occur reach a receiver that nobody here wrote; it answers badly in every way, and the others go on.
#[test]
fn hostile_answers_do_not_keep_the_others_out() {
    let source = serve(&["--speed", "100"]);
    source.register(&source.receiver("good"), "");
    let many_headers = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-many: headers\r\n".repeat(10_000)].concat();
    let answers: [&[u8]; 8] = [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n",
        b"HTTP/1.1 302 Found\r\nlocation: http://localhost:1/\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n",
        Vec::leak(many_headers),
        // One byte at a time.
        SLOW,
    ];
    let mut expected = Vec::new();
    for (number, answer) in answers.into_iter().enumerate() {
        let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", receiver.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in receiver.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut head = [0; 4096];
                let _ = stream.read(&mut head);
                if answer == SLOW {
                    let mut bytes = SLOW.iter().cycle();
                    while bytes.next().is_some_and(|byte| stream.write_all(&[*byte]).is_ok()) {
                        std::thread::sleep(Duration::from_millis(200));
                    }
                }
                let _ = stream.write_all(answer);
                if answer.len() > 40 && answer[9] == b'2' {
                    while stream.write_all(&[b'x'; 4096]).is_ok() {}
                }
            }
        });
        let made = source.register(&url, r#","retries":[],"deadline":"2s""#);
        expected.push((made["id"].as_str().unwrap().to_owned(), number));
    }
    for (id, number) in expected {
        let attempt = source.ended(&id);
        assert_eq!(attempt["acknowledged"], false, "{number}: {attempt}");
        let outcome = attempt["outcome"].as_str().unwrap();
        assert!(!outcome.is_empty(), "{number}");
        if number == 4 {
            assert_eq!(outcome, "answered 302; redirects are not followed");
        }
    }
    // Nothing stays open of them.
    #[cfg(target_os = "linux")]
    {
        let open = || std::fs::read_dir(format!("/proc/{}/fd", source.child.id())).unwrap().count();
        assert!(
            (0..200).any(|_| {
                std::thread::sleep(Duration::from_millis(25));
                open() < 60
            }),
            "{}",
            open()
        );
    }
    let good = source.attempts("sub_000001", 3);
    assert!(good.iter().all(|attempt| attempt["acknowledged"] == true), "{good:?}");
}

#[test]
fn attempts_are_watched_as_they_come() {
    let source = quiet();
    source.register(&source.receiver("first"), "");
    let mut stream = std::net::TcpStream::connect(source.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /subscriptions/sub_000001/deliveries HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.next().unwrap().contains("200"));
    source.test_event("sub_000001");
    let data: Vec<String> = lines.filter(|line| line.starts_with("data: ")).take(2).collect();
    assert!(data[0].contains("under way") && data[1].contains("answered 200"), "{data:?}");
}

#[test]
fn replay_delivers_the_newest_events_once_more() {
    let source = serve(&["--speed", "200"]);
    source.ask("GET /events?after=evt_0000000004&wait=20s");
    source.register(&source.receiver("late"), "");
    let replayed =
        source.json("POST /subscriptions/sub_000001/replay\n\n{\"after\":\"evt_0000000002\"}", 202);
    assert!(replayed["events"].as_u64().unwrap() >= 3, "{replayed}");
    let attempts = source.attempts("sub_000001", 3);
    assert!(
        attempts.iter().any(|a| a["event"] == "evt_0000000003" && a["cause"] == "redelivery"),
        "{attempts:?}"
    );
}

#[test]
fn bad_requests_are_refused_with_the_reason() {
    let source = quiet();
    let url = source.receiver("first");
    source.register(&url, "");
    let register = |keys: &str| format!("POST /subscriptions\n\n{{\"url\":\"{url}\"{keys}}}");
    for (request, status, says) in [
        ("POST /subscriptions\n\nnonsense".to_owned(), 400, "not valid JSON"),
        ("POST /subscriptions\n\n[]".to_owned(), 400, "JSON object"),
        ("POST /subscriptions\n\n{}".to_owned(), 400, "needs a url"),
        (register(r#","colour":"red""#), 400, "colour"),
        (register(r#","deadline":"soon""#), 400, "deadline"),
        (register(r#","security":{"scheme":"signature","secret":"short"}"#), 400, "whsec_"),
        (register(r#","handshake":"shake""#), 400, "challenge-get"),
        ("POST /subscriptions\n\n{\"url\":\"http://example.com/\"}".to_owned(), 400, "--allow-remote"),
        ("POST /subscriptions\n\n{\"url\":\"http://10.0.0.1/\"}".to_owned(), 400, "--allow-remote=HOST"),
        (
            format!(
                "POST /subscriptions\n\n{{\"url\":\"http://{}/subscriptions/sub_000001/test\"}}",
                source.address
            ),
            400,
            "/receiver/NAME",
        ),
        (format!("POST /subscriptions\n\n{}", "x".repeat(17_000)), 413, "too long"),
        ("PATCH /subscriptions/sub_000001\n\n{\"deadline\":7}".to_owned(), 400, "deadline"),
        ("PUT /subscriptions/sub_000001\n\n{}".to_owned(), 405, "allow: GET, HEAD, PATCH, DELETE"),
        ("GET /subscriptions/sub_000009".to_owned(), 404, "no subscription"),
        ("GET /subscriptions/sub_000001/deliveries/evt_0000000001".to_owned(), 404, "no delivery"),
        ("POST /subscriptions/sub_000001/deliveries/evt_0000009999/redeliver".to_owned(), 404, "not kept"),
        ("POST /subscriptions/sub_000001/replay\n\n{}".to_owned(), 400, "needs after"),
        ("GET /subscriptions/sub_000001/test".to_owned(), 405, "allow: POST"),
        ("POST /receiver/a%20b\n\n{}".to_owned(), 404, "/receiver/first"),
        ("POST /receiver/first?after=2h\n\n{}".to_owned(), 400, "60s at most"),
    ] {
        let (got, answer) = source.ask(&request);
        assert_eq!(got, status, "{request}: {answer}");
        assert!(answer.contains("problem+json") && answer.contains(says), "{request}: {answer}");
    }
    // Pages of other sites, and names that lead here without being this machine's.
    let body = register("");
    for (status, headers) in [
        (403, "host: localhost\r\norigin: http://evil.example\r\ncontent-type: application/json\r\n"),
        (403, "host: localhost\r\norigin: null\r\ncontent-type: application/json\r\n"),
        (421, "host: evil.example\r\ncontent-type: application/json\r\n"),
        (415, "host: localhost\r\ncontent-type: text/plain\r\n"),
    ] {
        assert_eq!(source.ask_with(&body, headers).0, status, "{headers}");
    }
    for _ in 1..50 {
        source.register(&url, "");
    }
    let (status, full) = source.ask(&register(""));
    assert!(status == 409 && full.contains("50 subscriptions"), "{full}");
}

#[test]
fn private_hosts_are_called_only_if_they_are_named() {
    let source = serve(&["--allow-remote", "--allow-remote=10.9.9.9"]);
    let ask = |host: &str| source.ask(&format!("POST /subscriptions\n\n{{\"url\":\"http://{host}/\"}}"));
    assert_eq!(ask("93.184.216.34").0, 201);
    assert_eq!(ask("10.9.9.9").0, 201);
    let (status, refused) = ask("169.254.169.254");
    assert!(status == 400 && refused.contains("private address"), "{refused}");
}

/// A subscription gets the events of the types that it names, and a test event of a type that is named.
#[test]
fn a_subscription_names_the_types_that_it_wants() {
    let types = "events.types={ like = 3, comment = 1 }";
    let source = serve(&["--speed", "200", "--set", types]);
    let made = source.register(&source.receiver("comments"), r#","types":["comment"]"#);
    assert_eq!(made["types"], serde_json::json!(["comment"]));
    let attempts = source.attempts("sub_000001", 3);
    assert!(attempts.iter().all(|attempt| attempt["type"] == "comment"), "{attempts:?}");
    let numbers: Vec<&str> = attempts.iter().map(|attempt| attempt["event"].as_str().unwrap()).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] > pair[1]), "{numbers:?}");
    // The events that the API has of that type are those that came.
    let oldest: u32 = numbers[numbers.len() - 1].trim_start_matches("evt_").parse().unwrap();
    let (after, limit) = (oldest - 1, numbers.len());
    let page = source.json(&format!("GET /events?types=comment&after=evt_{after:010}&limit={limit}"), 200);
    let listed = page["events"].as_array().unwrap().iter().rev().map(|event| event["id"].as_str().unwrap());
    assert!(listed.eq(numbers.iter().copied()), "{numbers:?}: {page}");
    let sent = source.json("POST /subscriptions/sub_000001/test\n\n{\"type\":\"like\"}", 202);
    let found = (0..400).find_map(|_| {
        std::thread::sleep(Duration::from_millis(25));
        let attempts = source.attempts("sub_000001", 4);
        attempts.into_iter().find(|attempt| attempt["event"] == sent["event"])
    });
    let test = found.expect("the test event is delivered");
    assert_eq!((&test["type"], &test["cause"]), (&"like".into(), &"test".into()));
    for (request, says) in [
        ("GET /events?types=comment,share".to_owned(), "no such type"),
        ("POST /subscriptions/sub_000001/test\n\n{\"type\":\"share\"}".to_owned(), "like, comment"),
        ("PATCH /subscriptions/sub_000001\n\n{\"types\":[\"coment\"]}".to_owned(), "coment"),
    ] {
        let (status, answer) = source.ask(&request);
        assert!(status == 400 && answer.contains(says), "{request}: {answer}");
    }
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
