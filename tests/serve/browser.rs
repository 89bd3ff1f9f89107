//! A headless Chromium, driven over the pipe of its DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>): real clicks and real typing.

use crate::chromium;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A browser with one page, ended when this is dropped.
pub(crate) struct Browser {
    child: Child,
    requests: File,
    answers: BufReader<File>,
    sent: u64,
    session: Option<String>,
    /// What the page wrote to its console, and what its policy refused.
    pub(crate) complaints: Vec<String>,
    _folder: TempDir,
}

/// Starts a browser, if one is installed.
pub(crate) fn browser() -> Option<Browser> {
    let program = chromium::installed()?;
    let folder = TempDir::new().unwrap();
    let [to, from] = ["to", "from"].map(|name| folder.path().join(name));
    assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
    // It reads requests from descriptor 3 and writes answers to descriptor 4, which only a shell can open for it.
    let chromium = chromium::command(&program, folder.path());
    let child = Command::new("sh")
        .args(["-c", "exec \"$@\" 3<\"$0/to\" 4>\"$0/from\""])
        .arg(folder.path())
        .arg(chromium.get_program())
        .args(chromium.get_args())
        .args(["--remote-debugging-pipe", "about:blank"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let requests = OpenOptions::new().write(true).open(&to).unwrap();
    let answers = BufReader::new(File::open(&from).unwrap());
    let complaints = Vec::new();
    let mut browser =
        Browser { child, requests, answers, sent: 0, session: None, complaints, _folder: folder };
    let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
    let attached = json!({ "targetId": target["targetId"], "flatten": true });
    let session = browser.call("Target.attachToTarget", attached);
    browser.session = session["sessionId"].as_str().map(str::to_owned);
    for domain in ["Page", "Runtime", "Log"] {
        browser.call(&format!("{domain}.enable"), json!({}));
    }
    browser.resize(1200, 900);
    Some(browser)
}

impl Browser {
    /// Calls a method of the protocol and waits for its result.
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.sent += 1;
        let mut request = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        self.requests.write_all(format!("{request}\0").as_bytes()).unwrap();
        loop {
            let mut answer = Vec::new();
            self.answers.read_until(0, &mut answer).unwrap();
            assert!(answer.pop().is_some(), "the browser has ended");
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            match answer["method"].as_str() {
                Some("Log.entryAdded") => self.complaints.push(answer["params"]["entry"]["text"].to_string()),
                Some("Runtime.consoleAPICalled" | "Runtime.exceptionThrown") => {
                    self.complaints.push(answer["params"].to_string());
                }
                _ => {}
            }
            if answer["id"] == self.sent {
                // A page that is just being left has no value of anything.
                let is_left = answer["error"]["message"].to_string().contains("navigated");
                assert!(answer["error"].is_null() || is_left, "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url }));
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let evaluated =
            self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        evaluated["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    #[track_caller]
    pub(crate) fn wait(&mut self, expression: &str) {
        for _ in 0..400 {
            if self.value(expression) == true {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let text = self.value("document.body.innerText");
        panic!("never true: {expression}\n{}", text.as_str().unwrap_or_default());
    }

    /// Clicks in the middle of the first element whose text begins so.
    #[track_caller]
    pub(crate) fn click(&mut self, selector: &str, text: &str) {
        let find = format!(
            "[...document.querySelectorAll({})].find(element => element.textContent.trim().startsWith({}))",
            json!(selector),
            json!(text)
        );
        let middle = format!(
            "(() => {{ const found = {find}; found.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = found.getClientRects()[0]; return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        );
        let mut found = Value::Null;
        while !found.is_array() {
            self.wait(&format!("!!{find}"));
            found = self.value(&middle);
        }
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({ "type": kind, "x": found[0], "y": found[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Types into what has the focus.
    pub(crate) fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" { "\r" } else { "" };
            let event =
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
