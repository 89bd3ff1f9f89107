//! What all pages share: style, script, the policy that allows these two alone, and what the source is.

use crate::live::body::Body;
use crate::live::wire::http_response;
use crate::policy::message::Head;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::Response;
use hyper::header::{HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

/// Style and script of every page.
#[derive(Debug)]
pub(in crate::live::serve) struct Looks {
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    /// The headers of every page.
    guards: [(HeaderName, HeaderValue); 4],
}

/// The source in a few words.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct About {
    /// Of its scenario.
    pub(in crate::live::serve) name: String,
    /// Between two events on average.
    pub(in crate::live::serve) gap: String,
    /// Events so far.
    pub(in crate::live::serve) occurred: u32,
    /// The ports of the receivers over HTTPS: with a right certificate, and with one that has expired.
    pub(in crate::live::serve) https: [u16; 2],
}

// The start of the style is that of a report.
const STYLE: &str = concat!(include_str!("../../../report/html/base.css"), include_str!("style.css"));
const SCRIPT: &str = include_str!("script.js");

impl Looks {
    pub(in crate::live::serve) fn new() -> Self {
        let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        let policy = HeaderValue::from_str(&policy).expect("a policy is plain text");
        let guards = [
            (hyper::header::CONTENT_SECURITY_POLICY, policy),
            (hyper::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (hyper::header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (hyper::header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Self { style: STYLE, script: SCRIPT, guards }
    }

    /// A page as it is sent.
    pub(super) fn page(&self, status: u16, text: String) -> Response<Body> {
        let headers = vec![
            ("content-type", "text/html; charset=utf-8".to_owned()),
            ("content-length", text.len().to_string()),
        ];
        let mut response = http_response(status, Head { start: String::new(), headers }, text);
        for (name, value) in &self.guards {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }
}
