//! The connections that stay open, as clients that nobody here wrote keep them: those of a browser, and curl. The test
//! `interop` has one in Python.

use crate::browser::browser;
use crate::serve;
use std::process::{Command, Stdio};

/// Both bring the same events, and go on after the one that is named. A page of another site gets no socket.
#[test]
fn a_browser_reads_events_over_both() {
    let Some(mut browser) = browser() else { return };
    let source = serve(&["--speed", "60"]);
    // A document of the source, whose scripts may read what it answers.
    browser.open(&format!("http://{}/events", source.address));
    browser.value(
        "streamed = []; said = []; \
         stream = new EventSource('/stream'); \
         stream.addEventListener('event', it => streamed.push([it.lastEventId, JSON.parse(it.data).id])); \
         socket = new WebSocket(`ws://${location.host}/socket?after=evt_0000000000`); \
         socket.onmessage = it => said.push(JSON.parse(it.data).id); \
         socket.onclose = it => ended = [it.wasClean, it.code]",
    );
    browser.wait("streamed.length >= 8 && said.length >= 8");
    let ids: Vec<String> = (1..=8).map(|number| format!("evt_{number:010}")).collect();
    assert_eq!(browser.value("said.slice(0, 8)"), serde_json::json!(ids));
    assert_eq!(browser.value("streamed.slice(0, 8).map(of => of[1])"), serde_json::json!(ids));
    assert_eq!(browser.value("streamed.every(of => of[0] === of[1])"), true);
    // The client says goodbye, and the source answers.
    browser.value("stream.close(); socket.close(1000, 'enough')");
    browser.wait("typeof ended !== 'undefined'");
    assert_eq!(browser.value("ended"), serde_json::json!([true, 1000]));
    browser.value(
        "again = []; next = new WebSocket(`ws://${location.host}/socket?after=evt_0000000005`); \
         next.onmessage = it => again.push(JSON.parse(it.data).id)",
    );
    browser.wait("again.length >= 1");
    assert_eq!(browser.value("again[0]"), "evt_0000000006");
    // A page without an origin is one from elsewhere. Its attempt shows in the console of the browser.
    browser.open("data:text/html,elsewhere");
    browser.value(&format!(
        "socket = new WebSocket('ws://{}/socket'); \
         socket.onopen = () => opened = true; socket.onclose = it => ended = it.code",
        source.address
    ));
    browser.wait("typeof ended !== 'undefined'");
    assert_eq!(browser.value("[typeof opened, ended]"), serde_json::json!(["undefined", 1006]));
}

/// A page of this machine, at another port, reads the headers of an answer as well.
#[test]
fn a_page_at_another_port_reads_the_headers() {
    let Some(mut browser) = browser() else { return };
    let source = serve(&["--speed", "60"]);
    let other = serve(&[]);
    browser.open(&format!("http://{}/events", other.address));
    browser.value(&format!(
        "fetch('http://{0}/events?wait=20s').then(it => tag = it.headers.get('etag')); \
         fetch('http://{0}/subscriptions', {{ method: 'POST', body: '{{}}' }}).then(it => status_ = it.status, it => status_ = 0)",
        source.address
    ));
    browser.wait("typeof tag !== 'undefined' && typeof status_ !== 'undefined'");
    assert!(
        browser.value("tag").as_str().is_some_and(|tag| tag.starts_with("\"evt_")),
        "{}",
        browser.value("tag")
    );
    assert_eq!(browser.value("status_"), 415, "a body that is not sent as JSON");
}

/// What curl prints of the stream in 3 s.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn curl_reads_the_stream() {
    let source = serve(&["--speed", "60"]);
    let url = format!("http://{}/stream?after=evt_0000000003", source.address);
    let mut curl = Command::new("curl");
    let curl = curl.args(["-sN", "--max-time", "3", "--noproxy", "*", &url]).stdin(Stdio::null());
    match curl.output() {
        Ok(output) => {
            let read = String::from_utf8(output.stdout).unwrap();
            assert!(read.starts_with("id: evt_0000000004\nevent: event\ndata: {"), "{read}");
            assert!(read.contains("\n\nid: evt_0000000005\n"), "{read}");
        }
        Err(error) => eprintln!("skipped: curl cannot be run here ({error})"),
    }
}

/// Who asks for a socket in another way is told how.
#[test]
fn what_is_no_socket_is_refused() {
    let source = serve(&["--set", "events.arrivals.rate=1/d"]);
    let socket =
        "host: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n";
    let keyed = format!("{socket}sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    for (request, headers, status, says) in [
        ("GET /socket", "host: localhost\r\n", 426, "WebSocket client"),
        ("GET /socket", socket, 400, "sec-websocket-key"),
        ("GET /socket?after=7", &keyed, 400, "evt_0000000000"),
        ("GET /socket?limit=3", &keyed, 400, "it has after, types, resource"),
        ("POST /socket", &keyed, 405, "allow: GET"),
    ] {
        let (got, answer) = source.ask_with(request, headers);
        assert!(got == status && answer.contains(says), "{request}: {answer}");
    }
    let (_, refused) = source.ask("GET /socket");
    assert!(
        refused.contains("upgrade: websocket") && refused.contains("sec-websocket-version: 13"),
        "{refused}"
    );
}
