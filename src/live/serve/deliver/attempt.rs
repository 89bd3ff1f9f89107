//! One attempt of a delivery, with all that went over the wire: what a learner looks at.

use super::target::Target;
use crate::live::access::is_loopback;
use crate::live::serve::recent::Happening;
use crate::live::wire;
use crate::policy::event_types::EventTypes;
use crate::policy::message::event_id;
use hyper::header::HeaderValue;
use hyper::{Request, Uri};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// An attempt, under way or ended.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Attempt {
    /// Its number among all attempts of the source.
    pub(in crate::live::serve) serial: u64,
    pub(in crate::live::serve) event: Happening,
    pub(in crate::live::serve) cause: Cause,
    /// Counted from 1 in its delivery, as the schedule of retries counts.
    pub(in crate::live::serve) number: u32,
    /// Counted on where the event is delivered once more, so that no two attempts at it have the same.
    pub(in crate::live::serve) ordinal: u32,
    /// Milliseconds of Unix time.
    pub(in crate::live::serve) sent_ms: u64,
    pub(in crate::live::serve) request: Arc<Written>,
    pub(in crate::live::serve) ended: Option<Arc<Ended>>,
}

/// Why an event is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live::serve) enum Cause {
    /// It occurred.
    Event,
    /// The subscriber asked for an event of no meaning.
    Test,
    /// The subscriber asked for it once more.
    Redelivery,
}

/// A request as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::live::serve) struct Written {
    pub(in crate::live::serve) method: String,
    pub(in crate::live::serve) url: String,
    pub(in crate::live::serve) headers: Vec<(String, String)>,
    pub(in crate::live::serve) body: String,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::live::serve) struct Ended {
    pub(in crate::live::serve) took: Duration,
    pub(in crate::live::serve) outcome: Outcome,
    /// When the next attempt is due, in milliseconds of Unix time; None: there is none.
    pub(in crate::live::serve) next_ms: Option<u64>,
    /// Whether that is the one more of a delivery that was given up.
    pub(in crate::live::serve) is_once_more: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::live::serve) enum Outcome {
    Answered(Received),
    /// The answer is longer than is read.
    TooLong(Received),
    /// No answer before the deadline.
    TimedOut,
    /// No connection, or one that broke.
    Broken(String),
    /// The address may not be called.
    Forbidden(&'static str),
}

/// An answer as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::live::serve) struct Received {
    pub(in crate::live::serve) status: u16,
    pub(in crate::live::serve) headers: Vec<(String, String)>,
    pub(in crate::live::serve) body: String,
}

impl Cause {
    /// Its word.
    pub(in crate::live::serve) const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Test => "test",
            Self::Redelivery => "redelivery",
        }
    }
}

impl Outcome {
    /// Whether it acknowledges the delivery: any status from 200 to 299.
    pub(in crate::live::serve) const fn acknowledges(&self) -> bool {
        matches!(self, Self::Answered(Received { status: 200..=299, .. }))
    }

    pub(in crate::live::serve) const fn answer(&self) -> Option<&Received> {
        match self {
            Self::Answered(received) | Self::TooLong(received) => Some(received),
            Self::TimedOut | Self::Broken(_) | Self::Forbidden(_) => None,
        }
    }

    /// How long the receiver wants to be left alone, as a run reads it.
    pub(super) fn retry_after(&self) -> Duration {
        let busy = self.answer().filter(|answer| matches!(answer.status, 429 | 503));
        let headers = busy.map(|answer| answer.headers.as_slice()).unwrap_or_default();
        let named = |wanted: &str| {
            headers.iter().find_map(|(name, value)| (name == wanted).then_some(value.as_str()))
        };
        let seconds = wire::retry_after_s(named);
        Duration::from_secs(seconds.unwrap_or(0).into())
    }

    /// Whether the receiver says that it is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.answer().is_some_and(|answer| answer.status == 410)
    }

    /// In a few words.
    pub(in crate::live::serve) fn words(&self) -> String {
        match self {
            Self::Answered(Received { status, .. }) if (300..400).contains(status) => {
                format!("answered {status}; redirects are not followed")
            }
            Self::Answered(Received { status, .. }) => format!("answered {status}"),
            Self::TooLong(Received { status, .. }) => {
                format!("answered {status} with a body that is too long to be read")
            }
            Self::TimedOut => "no answer before the deadline".into(),
            Self::Broken(why) => why.clone(),
            Self::Forbidden(why) => format!("not sent: {why}"),
        }
    }
}

impl Written {
    /// A request with that body.
    pub(super) fn of<B>(request: &Request<B>, to: &Target, body: String) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        Self {
            method: request.method().to_string(),
            url: to.at(path),
            headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            body,
        }
    }

    /// The command that sends the same request.
    pub(in crate::live::serve) fn curl(&self) -> String {
        // curl does not know who signed a certificate of this machine.
        let is_own = |url: Uri| url.scheme_str() == Some("https") && url.host().is_some_and(is_loopback);
        let insecure = if self.url.parse().is_ok_and(is_own) { " -k" } else { "" };
        let mut command = format!("curl -i{insecure} -X {} {}", self.method, quoted(&self.url));
        // curl writes these two by itself, the same.
        let own = |name: &str| matches!(name, "host" | "content-length");
        for (name, value) in self.headers.iter().filter(|(name, _)| !own(name)) {
            command += &format!(" -H {}", quoted(&format!("{name}: {value}")));
        }
        if self.body.is_empty() { command } else { command + " --data-raw " + &quoted(&self.body) }
    }

    /// All of it, for the API.
    pub(super) fn json(&self) -> Value {
        json!({ "method": self.method, "url": self.url, "headers": pairs(&self.headers), "body": self.body })
    }
}

impl Received {
    /// All of it, for the API.
    pub(super) fn json(&self) -> Value {
        json!({ "status": self.status, "headers": pairs(&self.headers), "body": self.body })
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn pairs(headers: &[(String, String)]) -> Value {
    headers.iter().map(|(name, value)| json!([name, value])).collect()
}

impl Attempt {
    /// For the log.
    pub(in crate::live::serve) fn json(&self, types: &EventTypes) -> Value {
        let ended = self.ended.as_deref();
        let outcome = ended.map(|ended| &ended.outcome);
        json!({
            "event": event_id(self.event.number + 1),
            "type": types.name(self.event.kind),
            "attempt": self.ordinal,
            "cause": self.cause.word(),
            "sent_s": self.sent_ms as f64 / 1e3,
            "duration_s": ended.map(|ended| ended.took.as_secs_f64()),
            "status": outcome.and_then(Outcome::answer).map(|answer| answer.status),
            "acknowledged": outcome.map(Outcome::acknowledges),
            "outcome": outcome.map_or_else(|| "under way".into(), Outcome::words),
            "next_retry_s": ended.and_then(|ended| ended.next_ms).map(|at| at as f64 / 1e3),
            "curl": self.request.curl(),
        })
    }

    /// The same with the whole request and the whole answer.
    pub(in crate::live::serve) fn whole_json(&self, types: &EventTypes) -> Value {
        let mut whole = self.json(types);
        let answer = self.ended.as_deref().and_then(|ended| ended.outcome.answer());
        whole["request"] = self.request.json();
        whole["answer"] = answer.map_or(Value::Null, Received::json);
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_word_for_each_part() {
        let written = Written {
            method: "POST".into(),
            url: "http://localhost:9/hook?a=1&b=2".into(),
            headers: vec![("host".into(), "localhost:9".into()), ("x-it".into(), "it's".into())],
            body: r#"{"a":"$(rm) `b` \\ 'c'"}"#.into(),
        };
        let expected = r#"curl -i -X POST 'http://localhost:9/hook?a=1&b=2' -H 'x-it: it'\''s' --data-raw '{"a":"$(rm) `b` \\ '\''c'\''"}'"#;
        assert_eq!(written.curl(), expected);
        // Only a certificate of this machine is taken unseen, and not that of a host whose name begins alike.
        for (url, insecure) in [
            ("https://localhost:9/hook", true),
            ("https://[::1]:9/hook", true),
            ("http://localhost:9/hook", false),
            ("https://localhost.example/hook", false),
        ] {
            let written = Written { url: url.into(), ..written.clone() };
            assert_eq!(written.curl().starts_with("curl -i -k "), insecure, "{url}");
        }
    }
}
