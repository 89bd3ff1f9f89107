//! Answers of the source's API: JSON, and refusals with problem details (RFC 9457).

use super::body::Body;
use super::wire;
use crate::policy::message::{self, Head};
use hyper::Response;
use hyper::header::{ALLOW, HeaderValue};

/// Why a request is refused, in words for its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) detail: &'static str,
}

impl Refusal {
    pub(super) const fn new(status: u16, detail: &'static str) -> Self {
        Self { status, detail }
    }

    /// The refusal as it is sent.
    pub(super) fn response(self) -> Response<Body> {
        let (head, body) = message::problem_with(self.status, Some(self.detail));
        wire::http_response(self.status, head, body)
    }
}

/// The refusal of a method, with the methods that the path allows.
pub(super) fn not_allowed(allow: &'static str) -> Response<Body> {
    let mut response = Refusal::new(405, "that method is not for this path").response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// An answer in JSON.
pub(super) fn json(status: u16, text: String) -> Response<Body> {
    let headers =
        vec![("content-type", "application/json".into()), ("content-length", text.len().to_string())];
    wire::http_response(status, Head { start: String::new(), headers }, text)
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Response<Body> {
    wire::http_response(status, Head { start: String::new(), headers: Vec::new() }, String::new())
}
