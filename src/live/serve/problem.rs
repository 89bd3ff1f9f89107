//! Why a request is refused, in words for its sender, as problem details (RFC 9457).

use crate::live::body::Body;
use crate::live::reply::{Refusal, json};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use std::borrow::Cow;

/// A refusal whose words depend on the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    pub(super) detail: Cow<'static, str>,
}

impl Problem {
    pub(super) fn new(status: u16, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { status, detail: detail.into() }
    }

    /// There is nothing under that id.
    pub(super) fn unknown(what: &str) -> Self {
        Self::new(404, format!("there is no {what} of that id"))
    }

    /// The refusal as it is sent.
    pub(super) fn response(self) -> Response<Body> {
        let title = StatusCode::from_u16(self.status).ok().and_then(|status| status.canonical_reason());
        let body = serde_json::json!({
            "type": "about:blank",
            "title": title,
            "status": self.status,
            "detail": self.detail,
        });
        let mut response = json(self.status, body.to_string());
        let media_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.status, refusal.detail)
    }
}
