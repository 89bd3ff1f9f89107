//! Between the model's words and hyper's: heads and bodies as [`message`] has them, and back.

use super::clock;
use super::subscriptions::Subscription;
use crate::model::events::Events;
use crate::model::exchange::{Answer, Attempt, Poll, Request};
use crate::policy::message::{self, Event, Format, Head, Payload};
use crate::scenario::Scenario;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, Uri};
use std::sync::Arc;

/// What both sides of a client need to write and read its messages.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) payload: Payload,
    pub(super) resources: u32,
    pub(super) page_size: u32,
    pub(super) events: Arc<Events>,
}

impl Wire {
    pub(super) fn new(scenario: &Scenario, events: &Arc<Events>) -> Self {
        Self {
            payload: scenario.events.payload,
            resources: scenario.events.resources,
            page_size: scenario.source.page_size,
            events: Arc::clone(events),
        }
    }

    fn event(&self, number: u32) -> Event {
        let occurred = self.events.occurred()[number as usize];
        Event { number, resource: self.events.resource(number), occurred }
    }

    /// A request as it is sent. The id of the last event fetched stands for the cursor.
    pub(super) fn request(&self, request: &Request) -> hyper::Request<Full<Bytes>> {
        let (id, attempt) = request.key();
        let request_id = message::request_id(id, attempt);
        let (head, body) = match *request {
            Request::Poll(poll) => {
                let resource = poll.poll_loop % self.resources;
                let fetched = self.events.of(resource)[..poll.cursor as usize].last();
                let after = fetched.map_or(0, |event| event + 1);
                let named = (self.resources > 1).then_some(resource);
                (self.payload.poll_request(named, after, self.page_size, &request_id), String::new())
            }
            Request::Attempt(Attempt { event, member, .. }) => {
                let path = message::hook_path(member);
                let head = self.payload.delivery_request(&path, event, clock::unix_seconds(), &request_id);
                (head, self.payload.event(self.event(event)))
            }
        };
        http_request(head, body)
    }

    /// A delivery to somebody who is no client of the scenario.
    pub(super) fn announcement(&self, event: u32, to: &Subscription) -> hyper::Request<Full<Bytes>> {
        let request_id = message::request_id(u64::from(event), 1);
        let head = self.payload.delivery_request(&to.path, event, clock::unix_seconds(), &request_id);
        let mut request = http_request(head, self.payload.event(self.event(event)));
        if let Ok(host) = to.host.parse() {
            request.headers_mut().insert(hyper::header::HOST, host);
        }
        request
    }

    /// The answer to a poll: the events of its loop's resource from the cursor on.
    pub(super) fn page(
        &self,
        resource: u32,
        cursor: u32,
        events: u32,
        has_more: bool,
    ) -> Response<Full<Bytes>> {
        let listed = &self.events.of(resource)[cursor as usize..][..events as usize];
        let listed: Vec<Event> = listed.iter().map(|&number| self.event(number)).collect();
        let body = self.payload.page(&listed, has_more);
        http_response(200, self.payload.ok(body.len() as u64), body)
    }

    /// The poll that arrived, by its query and its request id.
    pub(super) fn read_poll(&self, uri: &Uri, request_id: &str) -> Option<Poll> {
        let (id, number) = read_request_id(request_id)?;
        let poll_loop = u32::try_from(id).ok()?;
        let after = message::parse_event_id(query(uri, "after")?)?;
        let resource = poll_loop % self.resources;
        let cursor = if after == 0 { 0 } else { self.events.cursor_after(resource, after - 1) };
        Some(Poll { poll_loop, cursor, number: number.try_into().ok()? })
    }

    /// The attempt that arrived, by its request id.
    pub(super) fn read_attempt(request_id: &str) -> Option<Attempt> {
        let (id, number) = read_request_id(request_id)?;
        let (event, member) = (id as u32, (id >> 32) as u32 & 0x7fff_ffff);
        Some(Attempt { event, member, number: number.try_into().ok()? })
    }

    /// What the answer to a poll says; None for what is no page, or not the one asked for.
    pub(super) fn read_page(&self, poll: &Poll, body: &[u8]) -> Option<Answer> {
        let text = std::str::from_utf8(body).ok()?;
        let (ids, has_more) = match self.payload.format {
            Format::Json => read_json(text)?,
            Format::Xml => read_xml(text)?,
        };
        let resource = poll.poll_loop % self.resources;
        let expected = self.events.of(resource).get(poll.cursor as usize..)?.get(..ids.len())?;
        let as_asked = expected.iter().zip(&ids).all(|(event, id)| event + 1 == *id);
        as_asked.then_some(Answer::Page { events: ids.len() as u32, has_more })
    }
}

/// An answer that says nothing but its status: an acknowledgement, or a problem.
pub(super) fn status(status: u16) -> Response<Full<Bytes>> {
    if status == 200 {
        return http_response(200, message::acknowledgement(), String::new());
    }
    let (head, body) = message::problem(status);
    http_response(status, head, body)
}

/// The value of a key of a query. Ids and numbers need no decoding.
pub(super) fn query<'a>(uri: &'a Uri, key: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

fn http_request(head: Head, body: String) -> hyper::Request<Full<Bytes>> {
    let mut parts = head.start.split(' ');
    let (method, path) = (parts.next().unwrap_or("GET"), parts.next().unwrap_or("/"));
    let request = hyper::Request::builder().method(method).uri(path);
    let mut request = request.body(Full::new(Bytes::from(body))).expect("our own heads are valid HTTP");
    *request.headers_mut() = headers(head);
    request
}

/// An answer with that head and body.
pub(super) fn http_response(status: u16, head: Head, body: String) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status);
    let mut response = response.body(Full::new(Bytes::from(body))).expect("our own heads are valid HTTP");
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

fn read_request_id(text: &str) -> Option<(u64, u64)> {
    let (id, attempt) = text.split_once('-')?;
    Some((u64::from_str_radix(id, 16).ok()?, u64::from_str_radix(attempt, 16).ok()?))
}

fn read_json(text: &str) -> Option<(Vec<u32>, bool)> {
    #[derive(serde::Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        events: Vec<Item<'a>>,
        has_more: bool,
    }
    #[derive(serde::Deserialize)]
    struct Item<'a> {
        id: &'a str,
    }
    let page: Page<'_> = serde_json::from_str(text).ok()?;
    let ids: Option<Vec<u32>> = page.events.iter().map(|item| message::parse_event_id(item.id)).collect();
    Some((ids?, page.has_more))
}

/// Reads the pages that our source writes: the ids of the events, and whether there are more.
fn read_xml(text: &str) -> Option<(Vec<u32>, bool)> {
    let has_more = text.strip_prefix("<events has_more=\"")?.starts_with("true");
    let items = text.split("<event id=\"").skip(1);
    let ids: Option<Vec<u32>> = items.map(|item| message::parse_event_id(item.get(..14)?)).collect();
    Some((ids?, has_more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_as_they_are_written() {
        for format in [Format::Json, Format::Xml] {
            let payload = Payload { format, size_bytes: 300 };
            let event = |number| Event { number, resource: 0, occurred: crate::time::Instant(5) };
            let page = payload.page(&[event(6), event(7)], true);
            let read = if format == Format::Json { read_json(&page) } else { read_xml(&page) };
            assert_eq!(read, Some((vec![7, 8], true)), "{page}");
        }
        assert_eq!(read_json("{\"events\":7}"), None);
        assert_eq!(read_xml("<html>"), None);
    }

    #[test]
    fn an_exchange_is_known_by_its_request_id() {
        let attempt = Attempt { event: 4_000_000_000, member: 77, number: 3 };
        let (id, number) = Request::Attempt(attempt).key();
        assert_eq!(Wire::read_attempt(&message::request_id(id, number)), Some(attempt));
        assert_eq!(Wire::read_attempt("somebody else's"), None);
    }
}
