//! Answers of the source's API.

use super::body::Body;
use super::problem::Problem;
use super::wire;
use crate::policy::message::Head;
use hyper::Response;
use hyper::header::{ALLOW, HeaderValue};

/// The refusal of a method, with the methods that the path allows.
pub(super) fn not_allowed(allow: &'static str) -> Response<Body> {
    let mut response = Problem::new(405, "that method is not for this path").response();
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
