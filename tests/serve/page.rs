//! The pages in a browser, with real clicks; and what they send to one without a script.

use crate::browser::browser;
use crate::{Source, serve};

impl Source {
    fn page(&self, path: &str) -> String {
        let (status, page) =
            self.ask_with(&format!("GET {path}"), "host: localhost\r\naccept: text/html\r\n");
        assert_eq!(status, 200, "{page}");
        page
    }

    fn send_form(&self, path: &str, fields: &str, origin: &str) -> (u16, String) {
        let headers = format!(
            "host: {}\r\norigin: {origin}\r\ncontent-type: application/x-www-form-urlencoded\r\n",
            self.address
        );
        self.ask_with(&format!("POST {path}\n\n{fields}"), &headers)
    }
}

#[test]
fn a_first_webhook_is_registered_seen_opened_and_delivered_again_by_clicks() {
    let Some(mut browser) = browser() else { return };
    let source = serve(&["--speed", "20"]);
    browser.open(&format!("http://{}/", source.address));
    browser.wait("document.querySelector('h1').textContent === 'Your first webhook, in one click'");
    browser.click("button.offer", "One that works");
    browser.wait("document.querySelector('h1').textContent.startsWith('sub_000001')");
    // The list grows by itself: the page is not loaded again.
    browser.value("window.stays = true");
    browser.wait("document.querySelectorAll('#log tr').length >= 3 && window.stays === true");
    browser.wait("document.querySelector('#log').textContent.includes('answered 200')");
    browser.click("button", "Send a test event");
    browser.wait("document.querySelector('#log').textContent.includes('evt_4000000001 test')");
    browser.wait("document.querySelector('#log [data-title=Type]').textContent === 'event'");
    browser.click("#log a", "evt_4000000001");
    browser.wait("document.querySelector('h1').textContent.includes('delivered, 1 attempt')");
    for part in
        ["Method", "Path", "Parameters", "Headers", "webhook-id", "Body", "Status", "Send the same again"]
    {
        browser.wait(&format!("document.body.innerText.includes('{part}')"));
    }
    browser.click("button", "Deliver it again");
    browser.wait("document.querySelector('h1').textContent.includes('delivered, 2 attempts')");
    browser.wait("document.querySelector('h2').textContent.includes('Attempt 2, redelivery')");
    browser.click("a", "sub_000001");
    browser.click("button", "Pause");
    browser.wait("document.querySelector('h1 .pill').textContent === 'paused'");
    browser.click("button", "Resume");
    browser.wait("document.querySelector('h1 .pill').textContent === 'active'");
    browser.click("button", "Delete");
    browser.wait("document.querySelector('h1').textContent === 'Your first webhook, in one click'");
    assert_eq!(browser.complaints, Vec::<String>::new());
    assert!(source.ask("GET /subscriptions").1.contains("\"subscriptions\": []"));
}

#[test]
fn a_form_is_filled_in_by_keys_and_a_refusal_keeps_what_was_written() {
    let Some(mut browser) = browser() else { return };
    let source = serve(&["--set", "events.arrivals.rate=1/d"]);
    browser.open(&format!("http://{}/", source.address));
    browser.click("label", "URL");
    browser.wait("document.activeElement.name === 'url'");
    browser.write("http://example.com/hook");
    browser.press("Enter", 13);
    browser.wait("document.querySelector('[role=alert]')?.textContent.includes('--allow-remote') === true");
    assert_eq!(browser.value("document.querySelector('[type=url]').value"), "http://example.com/hook");
    browser.value("document.querySelector('[type=url]').select()");
    browser.value("document.querySelector('[type=url]').focus()");
    browser.write(&format!("http://{}/receiver/mine", source.address));
    // From the URL over the payload to the proof, which the first letter of its name chooses.
    browser.press("Tab", 9);
    browser.press("Tab", 9);
    browser.wait("document.activeElement.name === 'security'");
    browser.value("document.activeElement.value = 'stripe'");
    browser.press("Tab", 9);
    browser.wait("document.activeElement.name === 'handshake'");
    browser.value("document.activeElement.value = 'challenge-get'");
    browser.click("label", "Answer within");
    browser.wait("document.activeElement.name === 'deadline'");
    browser.write("7s");
    browser.click("button", "Register");
    browser.wait("document.querySelector('h1').textContent.startsWith('sub_000001')");
    browser.wait("document.body.innerText.includes('signature (stripe)')");
    browser.wait("document.querySelector('dl').innerText.includes('7s')");
    browser.click("summary", "The handshake");
    browser.wait("document.body.innerText.includes('hub.challenge=')");
}

/// At the width of a phone nothing runs out of the screen, and everything that takes input has a label.
#[test]
fn pages_fit_a_phone_and_have_labels() {
    let Some(mut browser) = browser() else { return };
    let source = serve(&["--speed", "100"]);
    let (status, _) = source.ask(&format!("POST /subscriptions\n\n{{\"url\":\"http://{}/receiver/broken?answer=503\",\"handshake\":\"options\",\"security\":{{\"scheme\":\"signature\"}}}}", source.address));
    assert_eq!(status, 201);
    source.ask("GET /events?after=evt_0000000002&wait=20s");
    let event = "evt_0000000002";
    browser.resize(390, 844);
    for path in
        ["/", "/page/sub_000001", &format!("/page/sub_000001/{event}"), "/receivers/broken", "/page/nothing"]
    {
        browser.open(&format!("http://{}{path}", source.address));
        let width = browser.value("document.documentElement.scrollWidth");
        assert!(width.as_u64() <= Some(390), "{path}: {width}");
        let unnamed = browser.value(
            "[...document.querySelectorAll('input:not([type=hidden]), select')].filter(field => !field.labels.length).length",
        );
        assert_eq!(unnamed, 0, "{path}");
    }
    assert_eq!(
        browser.complaints.iter().filter(|text| !text.contains("404")).count(),
        0,
        "{:?}",
        browser.complaints
    );
}

#[test]
fn pages_are_complete_without_a_script_and_send_their_policy() {
    let source = serve(&["--set", "events.arrivals.rate=1/d"]);
    let registered =
        format!("url=http%3A%2F%2F{}%2Freceiver%2Ffirst%3Fx%3D%3Cb%3E&security=token", source.address);
    let own = format!("http://{}", source.address);
    let (status, seen) = source.send_form("/page/subscribe", &registered, &own);
    assert!(status == 400 && seen.contains("invalid URL"), "{seen}");
    assert!(
        seen.contains("first?x=&#60;b&#62;") && !seen.contains("<b>&"),
        "what was written is escaped: {seen}"
    );
    let (status, seen) = source.send_form("/page/subscribe", &registered.replace("%3Fx%3D%3Cb%3E", ""), &own);
    assert!(status == 303 && seen.contains("location: /page/sub_000001"), "{seen}");
    assert_eq!(source.send_form("/page/sub_000001/test", "back=home", &own).0, 303);
    for _ in 0..200 {
        if source.page("/").contains("answered 200") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    let page = source.page("/");
    assert!(page.contains("answered 200") && page.contains("evt_4000000001"), "{page}");
    let policy = page.lines().find(|line| line.starts_with("content-security-policy: ")).unwrap();
    for part in ["default-src 'none'", "script-src 'sha256-", "frame-ancestors 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    let delivery = source.page("/page/sub_000001/evt_4000000001");
    assert!(delivery.contains("<dt>Parameters") && delivery.contains("auth="), "{delivery}");
    assert!(source.page("/receivers/first").contains("proof right"));
    // A page of this machine is not a page of this source.
    for origin in ["http://evil.example", "http://localhost:3000", "null"] {
        assert_eq!(source.send_form("/page/sub_000001/delete", "", origin).0, 403, "{origin}");
    }
    assert_eq!(source.send_form("/page/sub_000001/explode", "", &own).0, 404);
    assert_eq!(source.send_form("/page/sub_000001/delete", "", &own).0, 303);
    assert!(source.ask("GET /").1.contains("POST /subscriptions"), "a program gets no page");
}

/// After a failure the page of a delivery says which attempts follow.
#[test]
fn a_failed_delivery_shows_what_comes_next() {
    let source = serve(&["--set", "events.arrivals.rate=1/d"]);
    let url = format!("http://{}/receiver/broken?answer=503", source.address);
    let (status, _) = source
        .ask(&format!("POST /subscriptions\n\n{{\"url\":\"{url}\",\"retries\":[\"1h\",\"2d\",\"5s\"]}}"));
    assert_eq!((status, source.ask("POST /subscriptions/sub_000001/test").0), (201, 202));
    let page = (0..400).map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        source.ask_with("GET /page/sub_000001/evt_4000000001", "host: localhost\r\naccept: text/html\r\n").1
    });
    let page =
        page.into_iter().find(|page| page.contains("What comes next")).expect("what comes next is shown");
    for part in [
        "<dt>Attempt 2<dd>",
        "<dt>Attempt 3<dd>",
        "<dt>Attempt 4<dd>",
        "UTC, 2 days after attempt 1",
        "gives up",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<dt>Attempt 5"), "{page}");
    assert_eq!(source.ask("POST /subscriptions/sub_000001/pause").0, 200);
    assert!(source.page("/page/sub_000001/evt_4000000001").contains("paused"));
}
