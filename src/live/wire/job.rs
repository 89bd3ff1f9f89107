//! The status of a job on the wire.

use super::{Wire, http_response, request_id};
use crate::live::body::Body;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Request};
use crate::policy::content::Event;
use crate::policy::message::{Head, Payload};
use hyper::Response;

/// The status of a job: that it is pending, or that it has ended with that event.
pub(in crate::live) fn job_status(payload: Payload, end: Option<Event<'_>>) -> Response<Body> {
    let body = match end {
        Some(event) => payload.ended_job(&payload.event(event)),
        None => payload.pending_job().to_owned(),
    };
    http_response(200, payload.ok(body.len() as u64), body)
}

impl Wire {
    pub(super) fn job_head(&self, request: &Request, event: EventId) -> Head {
        self.payload.job_request(self.events.number(event), &request_id(&request.exchange))
    }

    /// The answer to a poll of the job that ends with that event.
    pub(super) fn job(&self, event: EventId, has_ended: bool) -> Response<Body> {
        job_status(self.payload, has_ended.then(|| self.event(event)))
    }

    /// The content of such an answer; None if it is no status, or another's result.
    pub(super) fn read_job(&self, event: EventId, body: &[u8]) -> Option<Answer> {
        let has_ended = body != self.payload.pending_job().as_bytes();
        if has_ended && body != self.ended(event).as_bytes() {
            return None;
        }
        Some(Answer::Page { events: u32::from(has_ended), has_more: false })
    }

    fn ended(&self, event: EventId) -> String {
        self.payload.ended_job(&self.payload.event(self.event(event)))
    }
}
