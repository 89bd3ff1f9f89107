//! Deliveries to the receivers of the source and to those of this test: proven, watched, and sent once more.

use crate::asking::quiet;
use crate::serve;
use pollhook::policy::security::Format;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

/// Every scheme and format is proven at a receiver that verifies it; a delivery without proof is refused there.
#[test]
fn deliveries_are_signed_and_the_receiver_verifies_them() {
    let source = quiet();
    let mut schemes: Vec<String> = Format::ALL
        .iter()
        .map(|format| format!(r#"{{"scheme":"signature","format":"{}"}}"#, format.rule().name))
        .collect();
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
