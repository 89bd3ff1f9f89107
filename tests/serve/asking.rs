//! What the tests ask of a source.

use crate::{Source, serve};
use serde_json::Value;
use std::time::Duration;

/// A source whose events are so rare that none occurs during a test.
pub(crate) fn quiet() -> Source {
    serve(&["--set", "events.arrivals.rate=1/d"])
}

impl Source {
    /// Sends a request and reads the JSON of its answer.
    pub(crate) fn json(&self, request: &str, status: u16) -> Value {
        let (got, answer) = self.ask(request);
        assert_eq!(got, status, "{request}: {answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// Registers a URL with more keys, and returns the subscription.
    pub(crate) fn register(&self, url: &str, keys: &str) -> Value {
        self.json(&format!("POST /subscriptions\n\n{{\"url\":\"{url}\"{keys}}}"), 201)
    }

    pub(crate) fn receiver(&self, name: &str) -> String {
        format!("http://{}/receiver/{name}", self.address)
    }

    /// The attempts of a subscription, the newest first, once there are that many and all have ended.
    pub(crate) fn attempts(&self, id: &str, count: usize) -> Vec<Value> {
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
    pub(crate) fn ended(&self, id: &str) -> Value {
        let ended = (0..400).find_map(|_| {
            std::thread::sleep(Duration::from_millis(25));
            let log = self.json(&format!("GET /subscriptions/{id}/deliveries"), 200);
            let attempts = log["attempts"].as_array().unwrap().iter().rev();
            attempts.into_iter().find(|attempt| !attempt["acknowledged"].is_null()).cloned()
        });
        ended.unwrap_or_else(|| panic!("no attempt of {id} has ended"))
    }

    pub(crate) fn test_event(&self, id: &str) -> String {
        let sent = self.json(&format!("POST /subscriptions/{id}/test"), 202);
        sent["event"].as_str().unwrap().to_owned()
    }
}
