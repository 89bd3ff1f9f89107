//! Why a request is refused, in words for its sender, as problem details (RFC 9457).

use super::body::Body;
use super::wire;
use crate::policy::message;
use crate::policy::websocket::{VERSION, VERSION_13};
use crate::scenario::nearest_name;
use hyper::Response;
use std::borrow::Cow;

/// A refusal.
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

    /// Something has no parameter or key of that name, but those of `known`.
    pub(super) fn no_such(what: &str, name: &str, known: &[&str]) -> Self {
        let name: String = name.chars().take(SHOWN).collect();
        let instead = match (nearest_name(&name, known.iter().copied()), known) {
            (Some(near), _) => format!("did you mean {near}?"),
            (None, []) => "it has none".to_owned(),
            (None, known) => format!("it has {}", known.join(", ")),
        };
        Self::new(400, format!("{what} has no {name:?}; {instead}"))
    }

    /// The refusal as it is sent.
    pub(super) fn response(&self) -> Response<Body> {
        let (mut head, body) = message::problem_with(self.status, Some(&self.detail));
        if self.status == 426 {
            // It has to name the protocol (RFC 9110, section 15.5.22).
            head.headers.extend([
                ("connection", "Upgrade".to_owned()),
                ("upgrade", "websocket".to_owned()),
                (VERSION, VERSION_13.to_owned()),
            ]);
        }
        wire::http_response(self.status, head, body)
    }
}

/// Characters of a wrong name that are shown.
const SHOWN: usize = 40;
