//! Subscriptions: made, read, changed and ended; and what is refused.

use crate::asking::quiet;
use crate::serve;
use std::time::Duration;

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
    let redelivered = &source.attempts("sub_000001", 2)[0];
    assert_eq!((&redelivered["cause"], &redelivered["attempt"]), (&"redelivery".into(), &2.into()));
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
        ("POST /subscriptions/sub_000001/replay\n\n{\"from\":\"evt_0000000001\"}".to_owned(), 400, "after"),
        ("POST /subscriptions/sub_000001/test\n\n{\"typ\":\"event\"}".to_owned(), 400, "did you mean type?"),
        ("POST /subscriptions/sub_000001/pause\n\n{\"for\":\"1h\"}".to_owned(), 400, "it has none"),
        ("PATCH /subscriptions/sub_000001\n\n{\"retries\":null}".to_owned(), 400, "retries is null"),
        ("GET /subscriptions?state=paused".to_owned(), 400, "this path has no"),
        ("GET /receivers/first?limit=3".to_owned(), 400, "this path has no"),
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
    let (status, refused) = source.ask("POST /subscriptions/sub_000001/test\n\n{\"type\":\"like\"}");
    assert!(status == 409 && refused.contains("only comment"), "{refused}");
    let sent = source.json("POST /subscriptions/sub_000001/test\n\n{\"type\":\"comment\"}", 202);
    let found = (0..400).find_map(|_| {
        std::thread::sleep(Duration::from_millis(25));
        let attempts = source.attempts("sub_000001", 4);
        attempts.into_iter().find(|attempt| attempt["event"] == sent["event"])
    });
    let test = found.expect("the test event is delivered");
    assert_eq!((&test["type"], &test["cause"]), (&"comment".into(), &"test".into()));
    for (request, says) in [
        ("GET /events?types=comment,share".to_owned(), "like, comment"),
        ("POST /subscriptions/sub_000001/test\n\n{\"type\":\"share\"}".to_owned(), "like, comment"),
        ("PATCH /subscriptions/sub_000001\n\n{\"types\":[\"coment\"]}".to_owned(), "coment"),
    ] {
        let (status, answer) = source.ask(&request);
        assert!(status == 400 && answer.contains(says), "{request}: {answer}");
    }
}
