//! A delivery before it is sent: the same heads, bodies and signatures as in a run.

use super::attempt::Written;
use super::target::Target;
use crate::live::serve::recent::Happening;
use crate::live::wire;
use crate::policy::event_types::EventTypes;
use crate::policy::message::{Delivery, Payload, event_id, request_id};
use crate::policy::security::Scheme;
use crate::policy::security::sign::{CannotSign, Message, Sealed, seal};
use bytes::Bytes;
use http_body_util::Full;
use hyper::Request;
use hyper::header::HOST;

/// What a delivery is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter<'a> {
    pub(super) to: &'a Target,
    pub(super) payload: Payload,
    pub(super) types: &'a EventTypes,
    pub(super) scheme: &'a Scheme,
    pub(super) secret: &'a str,
    pub(super) event: Happening,
    /// The number of the attempt among all of the source.
    pub(super) serial: u64,
    /// Seconds of Unix time.
    pub(super) sent_s: u64,
}

impl Letter<'_> {
    /// The request, and what is shown of it.
    pub(super) fn written(&self) -> Result<(Request<Full<Bytes>>, Written), CannotSign> {
        let Self { to, payload, types, scheme, secret, event, serial, sent_s } = *self;
        let (id, body) = (event_id(event.number + 1), payload.event(event.event(types)));
        let message = Message {
            id: &id,
            timestamp: sent_s,
            url: &to.url,
            content_type: payload.event_media_type(),
            body: &body,
        };
        let Sealed { url, headers, body } = seal(scheme, secret, &message)?;
        let request_id = request_id(serial, 1);
        let path = to.path_of(&url);
        let delivery = Delivery {
            added: headers,
            scheme_names_event: scheme.names_event(),
            body_bytes: body.len() as u64,
            ..payload.plain_delivery(path, event.number, sent_s, &request_id)
        };
        let mut request = wire::http_request(Payload::delivery_request(delivery), body.to_string());
        if let Ok(host) = to.authority.parse() {
            request.headers_mut().insert(HOST, host);
        }
        let written = Written::of(&request, to, body.into_owned());
        Ok((request, written))
    }
}
