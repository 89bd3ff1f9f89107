//! Heads and bodies as hyper has them.

use crate::live::body::{self, Body};
use crate::model::exchange::Answer;
use crate::policy::event_stream;
use crate::policy::message::{self, Head, RETRY_AFTER};
use crate::policy::websocket;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// An answer that says nothing but its status: an acknowledgement, or a problem.
pub(in crate::live) fn status(status: u16) -> Response<Body> {
    if status == 200 {
        return http_response(200, message::acknowledgement(), String::new());
    }
    let (head, body) = message::problem(status);
    http_response(status, head, body)
}

/// The same with the seconds after which the sender may come back.
pub(in crate::live) fn busy(status: u16, retry_after_s: u32) -> Response<Body> {
    let (head, body) = message::busy(status, retry_after_s);
    http_response(status, head, body)
}

/// What an answer without events says by its status, and by its headers, which are found by their names.
pub(in crate::live) fn refusal<'a>(status: u16, header: impl Fn(&str) -> Option<&'a str>) -> Answer {
    match status {
        429 | 503 => retry_after_s(header)
            .map_or(Answer::Status(status), |retry_after_s| Answer::Busy { status, retry_after_s }),
        status => Answer::Status(status),
    }
}

/// The seconds in the header `retry-after` of an answer, whose headers are found by their names. In place of a number it may
/// have a date (RFC 9110, 10.2.3), which is held against that of the answer, by the clock of the same machine; None where
/// there is none, or it cannot be read.
pub(in crate::live) fn retry_after_s<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Option<u32> {
    let told = header(RETRY_AFTER)?;
    if let Ok(seconds) = told.parse() {
        return Some(seconds);
    }
    let at = |text: &str| httpdate::parse_http_date(text).ok();
    let (until, now) = (at(told)?, at(header("date")?)?);
    let wait = until.duration_since(now).unwrap_or_default();
    Some(u32::try_from(wait.as_secs()).unwrap_or(u32::MAX))
}

/// A request with that head and body.
pub(in crate::live) fn http_request(head: Head, body: String) -> hyper::Request<Full<Bytes>> {
    let mut parts = head.start.split(' ');
    let (method, path) = (parts.next().unwrap_or("GET"), parts.next().unwrap_or("/"));
    let request = hyper::Request::builder().method(method).uri(path);
    let mut request = request.body(Full::new(Bytes::from(body))).expect("our own heads are valid HTTP");
    *request.headers_mut() = headers(head);
    request
}

/// An answer with that head and body.
pub(in crate::live) fn http_response(status: u16, head: Head, body: String) -> Response<Body> {
    response_with(status, head, body::whole(body))
}

/// The answer that opens a stream.
pub(in crate::live) fn opened(body: Body) -> Response<Body> {
    response_with(200, event_stream::opened(), body)
}

/// The answer that opens a WebSocket.
pub(in crate::live) fn switched(accept: &str) -> Response<Body> {
    http_response(101, websocket::opened(accept), String::new())
}

fn response_with(status: u16, head: Head, body: Body) -> Response<Body> {
    let response = Response::builder().status(status);
    let mut response = response.body(body).expect("our own heads are valid HTTP");
    *response.headers_mut() = headers(head);
    response
}

/// The headers as hyper has them, without a copy: every delivery makes some.
fn headers(head: Head) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(head.headers.len());
    for (name, value) in head.headers {
        let value = HeaderValue::from_maybe_shared(Bytes::from(value)).expect("our own heads are valid HTTP");
        headers.append(HeaderName::from_static(name), value);
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The date is that of RFC 9110.
    #[test]
    fn a_receiver_says_when_to_come_back_in_seconds_or_by_a_date() {
        let told = |retry_after: &'static str, date: Option<&'static str>| {
            retry_after_s(move |name| match name {
                "retry-after" => Some(retry_after),
                "date" => date,
                _ => None,
            })
        };
        let until = "Fri, 31 Dec 1999 23:59:59 GMT";
        assert_eq!(told("120", None), Some(120));
        assert_eq!(told(until, Some("Fri, 31 Dec 1999 23:58:00 GMT")), Some(119));
        assert_eq!(told(until, Some("Sat, 01 Jan 2000 00:00:00 GMT")), Some(0), "it has passed");
        assert_eq!(told(until, None), None, "nobody knows how long that is");
        assert_eq!([told("soon", None), told("-1", None)], [None; 2]);
        assert_eq!(retry_after_s(|_| None), None);
    }
}
