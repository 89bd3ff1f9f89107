//! Between the model's words and hyper's: heads and bodies as [`message`] has them, and back.

mod content;
mod head;
mod job;
mod read;

pub(super) use head::{busy, http_request, http_response, opened, refusal, retry_after_s, status, switched};
pub(super) use job::job_status;
#[cfg(fuzzing)]
pub(super) use read::read_anything;
pub(super) use read::{Foreign, query};

use super::clock;
use super::secured::Secured;
use super::stream::socket_key;
use super::target::Target;
use crate::model::events::{EventId, Events};
use crate::model::exchange::{Ask, Batch, Exchange, Request};
use crate::model::listing::Listing;
use crate::policy::attacked::longest_body;
use crate::policy::conditional;
use crate::policy::content::Event;
use crate::policy::event_stream;
use crate::policy::event_types::{EventTypes, Wanted};
use crate::policy::framing::Framing;
use crate::policy::message::{self, Asked, Content, Delivery, Head, Payload};
use crate::policy::websocket;
use crate::scenario::Scenario;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use std::sync::Arc;

/// What both sides of a client need to write and read its messages.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) payload: Payload,
    pub(super) resources: u32,
    pub(super) page_size: u32,
    /// Those of the types below.
    pub(super) events: Arc<Events>,
    pub(super) types: Wanted,
    names: Arc<EventTypes>,
    /// For deliveries.
    secured: Arc<Secured>,
    /// What the body of a delivery is.
    pub(super) content: Content,
    /// The most events of a list in a delivery.
    pub(super) most: u32,
}

impl Wire {
    /// For somebody who wants these types of event.
    pub(super) fn new(
        scenario: &Scenario,
        events: &Arc<Events>,
        types: &Wanted,
        secured: Arc<Secured>,
    ) -> Self {
        Self {
            payload: scenario.events.payload,
            resources: scenario.events.resources,
            page_size: scenario.source.page_size,
            events: events.wanted(scenario, types),
            types: types.clone(),
            names: Arc::new(scenario.events.types.clone()),
            secured,
            content: Content::default(),
            most: 1,
        }
    }

    /// The longest body that a page of events can have.
    pub(super) fn max_page_bytes(&self) -> usize {
        self.list_bytes((self.page_size as usize).min(self.events.occurred().len()))
    }

    fn list_bytes(&self, events: usize) -> usize {
        const ENVELOPE: usize = 64;
        events.saturating_mul(self.payload.size_bytes as usize + 1).saturating_add(ENVELOPE)
    }

    pub(super) fn event(&self, event: EventId) -> Event<'_> {
        let (number, resource) = (self.events.number(event), self.events.resource(event));
        let kind = self.names.name(self.events.kind(event));
        Event { number, resource, kind, occurred: self.events.occurred()[event as usize] }
    }

    /// The number of an event as its id has it: from 1 on.
    fn id(&self, event: EventId) -> u32 {
        self.events.number(event) + 1
    }

    /// A request as it is sent. The id of the last event fetched stands for the cursor.
    pub(super) fn request(&self, request: &Request) -> hyper::Request<Full<Bytes>> {
        let (head, body) = match request.ask {
            Ask::Events { .. } | Ask::Since { .. } | Ask::Newest { .. } => {
                (self.poll_head(request), String::new())
            }
            Ask::Event { event } => (self.fetch_head(request, event), String::new()),
            Ask::Job { event } => (self.job_head(request, event), String::new()),
            Ask::Stream { resource, cursor, replay } => {
                (self.stream_head(request, (resource, cursor), replay), String::new())
            }
            Ask::Delivery(batch) => {
                let (exchange, sent, secured) = (&request.exchange, request.sent, &self.secured);
                let (media_type, body) =
                    (self.payload.delivery_media_type(self.content), self.delivery_body(batch));
                let first = self.events.number(batch.first);
                let (path, added, body) = secured.sealed(media_type, (exchange.party, first), body, sent);
                let request_id = request_id(exchange);
                let delivery = Delivery {
                    media_type,
                    added,
                    scheme_names_event: secured.scheme.names_event(),
                    body_bytes: body.len() as u64,
                    ..self.payload.plain_delivery(&path, first, secured.unix_s(sent), &request_id)
                };
                (Payload::delivery_request(delivery), body)
            }
        };
        http_request(head, body)
    }

    fn delivery_body(&self, batch: Batch) -> String {
        let events: Vec<Event<'_>> = batch.iter().map(|event| self.event(event)).collect();
        self.payload.delivery(&events, self.content)
    }

    /// The longest body that a delivery can have.
    pub(super) fn max_delivery_bytes(&self) -> usize {
        let events = self.events.occurred().len().min(self.most as usize);
        longest_body(self.payload, self.content, events, self.secured.security())
    }

    fn poll_head(&self, request: &Request) -> Head {
        let (payload, limit, request_id) = (self.payload, self.page_size, request_id(&request.exchange));
        let (asked, head) = match request.ask {
            Ask::Events { resource, cursor, hold, conditional: _ } => {
                let asked = self.asked(resource, cursor);
                (asked, payload.poll_request(asked, limit, hold, &request_id))
            }
            Ask::Since { resource, since, after } => {
                let asked = self.asked(resource, after);
                (asked, payload.since_request(asked, since, limit, &request_id))
            }
            Ask::Newest { resource, cursor, conditional: _ } => {
                let asked = self.asked(resource, cursor);
                (asked, payload.newest_request(asked, limit, &request_id))
            }
            Ask::Event { .. } | Ask::Job { .. } | Ask::Stream { .. } | Ask::Delivery(_) => {
                unreachable!("it asks for no page")
            }
        };
        if request.ask.is_conditional() { head.if_none_match(asked.after) } else { head }
    }

    fn fetch_head(&self, request: &Request, event: u32) -> Head {
        self.payload.event_request(self.events.number(event), &request_id(&request.exchange))
    }

    fn stream_head(&self, request: &Request, (resource, cursor): (u32, u32), replay: bool) -> Head {
        let (asked, request_id) = (self.asked(resource, cursor), request_id(&request.exchange));
        match request.exchange.channel.framing() {
            Some(Framing::WebSocket) => {
                websocket::request(asked, replay, &socket_key(&request.exchange), &request_id)
            }
            Some(Framing::EventStream) | None => event_stream::request(asked, replay, &request_id),
        }
    }

    /// The events after the cursor. The resource is named if there are several.
    fn asked(&self, resource: u32, cursor: u32) -> Asked<'_> {
        let fetched = self.events.of(resource)[..cursor as usize].last();
        let after = fetched.map_or(0, |&event| self.id(event));
        Asked { resource: (self.resources > 1).then_some(resource), types: &self.types, after }
    }

    /// The longest frame.
    pub(super) fn max_frame_bytes(&self) -> usize {
        const ENVELOPE: usize = 64;
        self.payload.size_bytes as usize + ENVELOPE
    }

    /// A delivery to a receiver that is not a client of the scenario.
    pub(super) fn announcement(&self, event: EventId, to: &Target) -> hyper::Request<Full<Bytes>> {
        let request_id = message::request_id(u64::from(event), 1);
        let delivery =
            self.payload.plain_delivery(&to.path, self.id(event) - 1, clock::unix_seconds(), &request_id);
        let head = Payload::delivery_request(delivery);
        let mut request = http_request(head, self.payload.event(self.event(event)));
        if let Ok(host) = to.authority.parse() {
            request.headers_mut().insert(hyper::header::HOST, host);
        }
        request
    }

    /// The answer to a poll or a fetch: the events of its resource from the cursor on, the one that it asks for, or the status
    /// of the job.
    pub(super) fn page(&self, ask: &Ask, events: u32, has_more: bool) -> Response<super::body::Body> {
        let listed = match ask {
            Ask::Job { event } => return self.job(*event, events > 0),
            Ask::Events { resource, cursor, hold: _, conditional: _ } => {
                &self.events.of(*resource)[*cursor as usize..]
            }
            Ask::Event { event } => std::slice::from_ref(event),
            Ask::Since { .. } | Ask::Newest { .. } | Ask::Stream { .. } | Ask::Delivery(_) => &[],
        };
        self.list(ask, &listed[..listed.len().min(events as usize)], has_more)
    }

    /// The answer to a poll, where it follows from how many events of the resource the source shows.
    pub(super) fn shown(&self, ask: &Ask, shown: u32) -> Response<super::body::Body> {
        let resource = match *ask {
            Ask::Events { resource, .. } | Ask::Since { resource, .. } | Ask::Newest { resource, .. } => {
                resource
            }
            Ask::Event { .. } | Ask::Job { .. } | Ask::Stream { .. } | Ask::Delivery(_) => 0,
        };
        let Listing { places, has_more } = self.events.listing(ask, shown, self.page_size);
        let of = self.events.of(resource);
        let listed: Vec<EventId> = places.iter().map(|&place| of[place as usize]).collect();
        self.list(ask, &listed, has_more)
    }

    fn list(&self, ask: &Ask, listed: &[EventId], has_more: bool) -> Response<super::body::Body> {
        let last = listed.last().map_or(0, |&event| self.id(event));
        let listed: Vec<Event<'_>> = listed.iter().map(|&event| self.event(event)).collect();
        let body = self.payload.page(&listed, has_more);
        let head = self.payload.ok(body.len() as u64);
        http_response(200, if ask.is_conditional() { head.tagged(last) } else { head }, body)
    }

    /// The answer to a conditional poll that finds nothing new.
    pub(super) fn not_modified(&self, ask: &Ask) -> Response<super::body::Body> {
        let last = match *ask {
            Ask::Events { resource, cursor, hold: _, conditional: _ }
            | Ask::Newest { resource, cursor, conditional: _ } => self.asked(resource, cursor).after,
            Ask::Since { .. }
            | Ask::Event { .. }
            | Ask::Job { .. }
            | Ask::Stream { .. }
            | Ask::Delivery(_) => 0,
        };
        http_response(304, conditional::not_modified(last), String::new())
    }
}

/// The name of an exchange on the wire.
fn request_id(exchange: &Exchange) -> String {
    let (id, attempt) = exchange.key();
    message::request_id(id, attempt)
}
