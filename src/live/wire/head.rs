//! Heads and bodies as hyper has them.

use crate::live::body::{self, Body};
use crate::policy::event_stream;
use crate::policy::message::{self, Head};
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
