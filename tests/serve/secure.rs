//! Receivers over HTTPS.

use crate::asking::quiet;

/// The built-in receiver over HTTPS gets what it is sent, and one with an expired certificate nothing: the log says why.
#[test]
fn deliveries_go_over_https_to_who_can_be_trusted() {
    let source = quiet();
    let (_, page) = source.ask_with("GET /", "host: localhost\r\naccept: text/html\r\n");
    let urls: Vec<&str> = page
        .split('"')
        .filter(|part| part.starts_with("https://localhost:") && part.contains("/receiver/"))
        .collect();
    let [secure, expired] = urls[..] else { panic!("{urls:?}") };

    source.register(secure, r#","security":{"scheme":"basic"}"#);
    source.test_event("sub_000001");
    let attempt = &source.attempts("sub_000001", 1)[0];
    assert_eq!((&attempt["status"], &attempt["outcome"]), (&200.into(), &"answered 200".into()));
    let got = source.json("GET /receivers/secure", 200);
    assert_eq!(got["requests"].as_array().unwrap().len(), 1, "{got}");

    source.register(expired, r#","retries":[]"#);
    source.test_event("sub_000002");
    let attempt = &source.attempts("sub_000002", 1)[0];
    assert!(attempt["status"].is_null());
    assert_eq!(attempt["outcome"], "not sent: its certificate has expired");
    assert_eq!(source.json("GET /receivers/expired", 200)["requests"].as_array().unwrap().len(), 0);

    // Plain HTTP is no HTTPS, and the API is not there for deliveries.
    source.register(&source.receiver("plain").replace("http://", "https://"), r#","retries":[]"#);
    source.test_event("sub_000003");
    let outcome = source.attempts("sub_000003", 1)[0]["outcome"].clone();
    assert!(outcome.as_str().unwrap().contains("does not speak TLS"), "{outcome}");
    let own = secure.replace("/receiver/secure", "/subscriptions");
    let (status, refused) = source.ask(&format!("POST /subscriptions\n\n{{\"url\":\"{own}\"}}"));
    assert!(status == 400 && refused.contains("/receiver/NAME"), "{refused}");
}
