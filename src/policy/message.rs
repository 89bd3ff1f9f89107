//! Requests, answers and events on the wire: HTTP/1.1 text, the same for both engines. The live engine sends these
//! heads and bodies; the virtual-time engine counts their bytes.
//!
//! Ids have a fixed width, as most real ones have, so that the size of a message does not depend on the id.

use super::content::{Event, rfc_3339};
use super::event_types::Wanted;
use crate::time::{Instant, Span};

/// The payload of every event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// Its format.
    pub format: Format,
    /// Bytes of one event, envelope included; at least [`shortest_bytes`](Self::shortest_bytes) of its type.
    pub size_bytes: u32,
}

/// The format of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/xml`.
    Xml,
}

/// The target of a request: a path and its parameters.
pub(super) fn target(path: &str, parameters: &[String]) -> String {
    if parameters.is_empty() { path.to_owned() } else { format!("{path}?{}", parameters.join("&")) }
}

/// The events that a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The resource; None where there is only one.
    pub resource: Option<u32>,
    /// The types.
    pub types: &'a Wanted,
    /// The number, counted from 1, of the last event that the client has; 0 before the first.
    pub after: u32,
}

impl Asked<'_> {
    /// The parameters that narrow the events down.
    pub fn parameters(&self) -> Vec<String> {
        let resource = self.resource.map(|resource| format!("resource={}", resource_id(resource)));
        resource.into_iter().chain(self.types.parameter()).collect()
    }
}

/// The first line and the headers of a message, in the order in which they are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// `GET /path HTTP/1.1` or `HTTP/1.1 200 OK`.
    pub start: String,
    /// Names in lower case, as hyper sends them.
    pub headers: Vec<(&'static str, String)>,
}

impl Payload {
    /// The shortest event in JSON, of a type with a name of one letter.
    pub const SMALLEST_BYTES: u32 = 149;

    /// The media type of a page. It is a list of events beside `has_more`, so it is no batch of CloudEvents: that has room
    /// for nothing else, and what only a header says is easily lost with it.
    pub const fn media_type(self) -> &'static str {
        match self.format {
            Format::Json => "application/json",
            Format::Xml => "application/xml",
        }
    }

    /// The media type of a delivery with that content.
    pub const fn delivery_media_type(self, content: Content) -> &'static str {
        if content.list || content.thin { self.media_type() } else { self.event_media_type() }
    }

    /// What a notice tells of an event.
    pub fn notice(self, event: Event<'_>) -> String {
        let (id, resource) = (event_id(event.number + 1), resource_id(event.resource));
        match self.format {
            Format::Json => format!(r#"{{"id":"{id}","resource":"{resource}"}}"#),
            Format::Xml => format!(r#"<event id="{id}" resource="{resource}"/>"#),
        }
    }

    /// The body of the answer to a poll.
    pub fn page(self, events: &[Event<'_>], has_more: bool) -> String {
        self.list(events.iter().map(|&event| self.event(event)), has_more)
    }

    /// The body of a delivery with that content. A list is a page that is the last.
    pub fn delivery(self, events: &[Event<'_>], content: Content) -> String {
        let item = |&event: &Event<'_>| if content.thin { self.notice(event) } else { self.event(event) };
        match content.list {
            true => self.list(events.iter().map(item), false),
            false => events.first().map(item).unwrap_or_default(),
        }
    }

    /// The body of the answer to a poll of a job that has not ended.
    pub const fn pending_job(self) -> &'static str {
        match self.format {
            Format::Json => r#"{"status":"pending"}"#,
            Format::Xml => r#"<job status="pending"/>"#,
        }
    }

    /// The body of the answer to a poll of a job that has ended with that event.
    pub fn ended_job(self, event: &str) -> String {
        match self.format {
            Format::Json => format!(r#"{{"status":"ended","result":{event}}}"#),
            Format::Xml => format!(r#"<job status="ended">{event}</job>"#),
        }
    }

    fn list(self, items: impl Iterator<Item = String>, has_more: bool) -> String {
        let (open, between, close) = self.page_parts(has_more);
        format!("{open}{}{close}", items.collect::<Vec<String>>().join(between))
    }

    pub(super) fn empty_page_bytes(self, has_more: bool) -> u64 {
        let (open, _, close) = self.page_parts(has_more);
        (open.len() + close.len()) as u64
    }

    pub(super) fn page_parts(self, has_more: bool) -> (String, &'static str, String) {
        match self.format {
            Format::Json => (r#"{"events":["#.into(), ",", format!(r#"],"has_more":{has_more}}}"#)),
            Format::Xml => (format!(r#"<events has_more="{has_more}">"#), "", "</events>".into()),
        }
    }

    /// The head of a poll, `GET /events`: asks for at most `limit` events. With `hold` the source may hold the request
    /// for at most that time until there is one.
    pub fn poll_request(self, asked: Asked<'_>, limit: u32, hold: Span, request_id: &str) -> Head {
        let mut query = asked.parameters();
        query.push(format!("after={}", event_id(asked.after)));
        query.push(format!("limit={limit}"));
        if hold > Span::ZERO {
            query.push(format!("wait={hold}"));
        }
        self.get(&target("/events", &query), request_id)
    }

    /// The head of a poll for at most `limit` events from that time on; a further page goes on after an event.
    pub fn since_request(self, asked: Asked<'_>, since: Instant, limit: u32, request_id: &str) -> Head {
        let mut query = asked.parameters();
        query.push(format!("since={}", rfc_3339(since)));
        query.push(format!("after={}", event_id(asked.after)));
        query.push(format!("limit={limit}"));
        self.get(&target("/events", &query), request_id)
    }

    /// The head of a poll for at most `limit` of the newest events.
    pub fn newest_request(self, asked: Asked<'_>, limit: u32, request_id: &str) -> Head {
        let mut query = asked.parameters();
        query.push("order=newest".into());
        query.push(format!("limit={limit}"));
        self.get(&target("/events", &query), request_id)
    }

    /// The head of a request for one event, `GET /events/ID`.
    pub fn event_request(self, event: u32, request_id: &str) -> Head {
        self.get(&format!("/events/{}", event_id(event + 1)), request_id)
    }

    /// The head of a request for the status of a job, `GET /jobs/ID`. The job has the id of the event that is its end.
    pub fn job_request(self, event: u32, request_id: &str) -> Head {
        self.get(&format!("/jobs/{}", event_id(event + 1)), request_id)
    }

    fn get(self, target: &str, request_id: &str) -> Head {
        Head {
            start: format!("GET {target} HTTP/1.1"),
            headers: vec![
                ("host", HOST.into()),
                ("accept", self.media_type().into()),
                (REQUEST_ID, request_id.into()),
            ],
        }
    }

    /// The head of a 200 answer with a body of that length.
    pub fn ok(self, body_bytes: u64) -> Head {
        Head {
            start: status_line(200),
            headers: vec![
                ("content-type", self.media_type().into()),
                ("content-length", body_bytes.to_string()),
            ],
        }
    }

    /// The head of a delivery.
    pub fn delivery_request(delivery: Delivery<'_>) -> Head {
        let Delivery {
            path,
            event,
            media_type,
            timestamp,
            request_id,
            added,
            scheme_names_event,
            body_bytes,
        } = delivery;
        let own = [(WEBHOOK_ID, event_id(event + 1)), ("webhook-timestamp", format!("{timestamp:010}"))];
        let mut headers = vec![("host", HOST.into()), ("content-type", media_type.into())];
        headers.extend(own.into_iter().filter(|_| !scheme_names_event));
        headers.extend(added);
        headers.push((REQUEST_ID, request_id.into()));
        headers.push(("content-length", body_bytes.to_string()));
        Head { start: format!("POST {path} HTTP/1.1"), headers }
    }

    /// A delivery of an event without a scheme.
    pub fn plain_delivery<'a>(
        self,
        path: &'a str,
        event: u32,
        timestamp: u64,
        request_id: &'a str,
    ) -> Delivery<'a> {
        Delivery {
            path,
            event,
            media_type: self.event_media_type(),
            timestamp,
            request_id,
            added: Vec::new(),
            scheme_names_event: false,
            body_bytes: self.size_bytes.into(),
        }
    }
}

/// What the body of a delivery is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// A list, as the page of a poll that is the last; otherwise one event.
    pub list: bool,
    /// Only the ids.
    pub thin: bool,
}

/// One attempt of a delivery. Its head has `webhook-id` (the same for every attempt) and `webhook-timestamp` (whole
/// seconds of Unix time, ten digits until the year 2286) as the Standard Webhooks specification has them.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    /// Path and parameters of the URL.
    pub path: &'a str,
    /// The event.
    pub event: u32,
    /// That of the body.
    pub media_type: &'static str,
    /// Seconds of Unix time.
    pub timestamp: u64,
    /// The name of the exchange.
    pub request_id: &'a str,
    /// The headers that a scheme adds.
    pub added: Vec<(&'static str, String)>,
    /// Whether those two headers are among the added ones.
    pub scheme_names_event: bool,
    /// The length of the body, with what a scheme adds to it.
    pub body_bytes: u64,
}

impl Head {
    /// The value of the first header of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
    }

    /// Bytes on the wire, the empty line included.
    pub fn bytes(&self) -> u64 {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + 2 + value.len() + 2).sum();
        (self.start.len() + 2 + headers + 2) as u64
    }
}

/// The answer to a delivery that was accepted.
pub fn acknowledgement() -> Head {
    Head { start: status_line(200), headers: vec![("content-length", "0".into())] }
}

/// An error answer: problem details (RFC 9457).
pub fn problem(status: u16) -> (Head, String) {
    problem_with(status, None)
}

/// Problem details with a `detail` that says what to do.
pub fn problem_with(status: u16, detail: Option<&str>) -> (Head, String) {
    let detail = detail.map_or(String::new(), |detail| format!(r#","detail":{}"#, serde_json::json!(detail)));
    let body = format!(r#"{{"type":"about:blank","title":"{}","status":{status}{detail}}}"#, reason(status));
    let headers =
        vec![("content-type", "application/problem+json".into()), ("content-length", body.len().to_string())];
    (Head { start: status_line(status), headers }, body)
}

/// Problem details of a receiver that wants to be left alone for so many seconds.
pub fn busy(status: u16, retry_after_s: u32) -> (Head, String) {
    let (mut head, body) = problem(status);
    head.headers.push((RETRY_AFTER, retry_after_s.to_string()));
    (head, body)
}

/// An event's id on the wire; 0 stands before the first event.
pub fn event_id(number: u32) -> String {
    format!("evt_{number:010}")
}

/// The number in an event's id on the wire.
pub fn parse_event_id(id: &str) -> Option<u32> {
    digits_of(id.strip_prefix("evt_")?, 10)
}

/// A resource's id on the wire.
pub fn resource_id(resource: u32) -> String {
    format!("res_{resource:08}")
}

/// The number in a resource's id on the wire.
pub fn parse_resource_id(id: &str) -> Option<u32> {
    digits_of(id.strip_prefix("res_")?, 8)
}

/// Parses a number of exactly `width` decimal digits, without a sign.
fn digits_of(text: &str, width: usize) -> Option<u32> {
    let is_number = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// The path at which a member's endpoint receives deliveries.
pub fn hook_path(member: u32) -> String {
    format!("/hooks/{member:08}")
}

/// The name of an exchange on the wire: the two halves of its key.
pub fn request_id(id: u64, attempt: u64) -> String {
    format!("{id:016x}-{attempt:016x}")
}

/// The header that names an event.
pub const WEBHOOK_ID: &str = "webhook-id";
/// The header with the seconds for which a receiver wants to be left alone (RFC 9110, section 10.2.3).
pub const RETRY_AFTER: &str = "retry-after";
/// The header that names an exchange.
pub const REQUEST_ID: &str = "x-request-id";
/// The host in every request. The port is left out, so that it cannot change the size of a message.
pub const HOST: &str = "localhost";

pub(super) fn status_line(status: u16) -> String {
    format!("HTTP/1.1 {status} {}", reason(status))
}

/// The reason phrases of the statuses that pollhook sends (RFC 9110, section 15).
const fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        421 => "Misdirected Request",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// An id has one spelling: text that parses is what the parsed number writes.
        #[test]
        fn any_text_is_an_id_or_none(
            text in prop_oneof![any::<String>(), "(evt_|res_)[+0-9]{7,11}", "(evt_|res_)\\PC{0,10}"],
            number: u32,
        ) {
            prop_assert_eq!(parse_event_id(&event_id(number)), Some(number));
            if let Some(number) = parse_event_id(&text) {
                prop_assert_eq!(event_id(number), text.clone());
            }
            if let Some(resource) = parse_resource_id(&text) {
                prop_assert_eq!(resource_id(resource), text);
            }
        }
    }

    #[test]
    fn json_pages_are_json() {
        let payload = Payload { format: Format::Json, size_bytes: 300 };
        let occurred = Instant(1_500_000_000);
        let event = Event { number: 41, resource: 3, kind: "like", occurred };
        let page: serde_json::Value = serde_json::from_str(&payload.page(&[event, event], true)).unwrap();
        assert_eq!(page["events"][1]["id"], "evt_0000000042");
        assert_eq!(page["events"][1]["type"], "like");
        assert_eq!(page["has_more"], true);
    }

    #[test]
    fn ids_read_as_they_are_written() {
        assert_eq!(parse_event_id(&event_id(42)), Some(42));
        assert_eq!(parse_resource_id(&resource_id(45_753)), Some(45_753));
        assert_eq!((parse_event_id("evt_+000000042"), parse_resource_id("res_+0000042")), (None, None));
        assert_eq!(
            (parse_event_id("evt_42"), parse_event_id("42"), parse_resource_id("res_x")),
            (None, None, None)
        );
    }
}
