//! Reads requests and answers. None of them is trusted: a request is looked up among the open exchanges, and compared
//! with what was sent.

use super::Wire;
use super::content::{Fault, Found, found};
use crate::live::client_driver::ClientDriver;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Ask, Exchange, Request};
use crate::model::listing::Listing;
use crate::policy::channel::Channel;
use crate::policy::conditional::IF_NONE_MATCH;
#[cfg(fuzzing)]
use crate::policy::conditional::is_named;
#[cfg(fuzzing)]
use crate::policy::content::at_unix_nanos;
use crate::policy::event_stream;
#[cfg(fuzzing)]
use crate::policy::message::Format;
use crate::policy::message::{self, REQUEST_ID, WEBHOOK_ID};
use crate::policy::websocket;
#[cfg(fuzzing)]
use crate::scenario::unix_nanos;
use http::request::Parts;
use hyper::Uri;
use hyper::header::HeaderMap;

impl Wire {
    /// The poll or fetch that has arrived: one that is under way and is equal to what was sent.
    pub(in crate::live) fn read_poll(
        &self,
        driver: &ClientDriver,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Request, Foreign> {
        let request = named(driver, headers)?;
        let sent = match request.ask {
            Ask::Events { .. } | Ask::Since { .. } | Ask::Newest { .. } => self.poll_head(&request),
            Ask::Event { event } => self.fetch_head(&request, event),
            Ask::Job { event } => self.job_head(&request, event),
            Ask::Stream { .. } | Ask::Delivery(_) => return Err(Foreign::Unknown),
        };
        let target = uri.path_and_query().map_or("", |target| target.as_str());
        let tag = headers.get(IF_NONE_MATCH).and_then(|tag| tag.to_str().ok());
        let as_sent = sent.start.split(' ').nth(1) == Some(target) && sent.value(IF_NONE_MATCH) == tag;
        if as_sent { Ok(request) } else { Err(Foreign::Altered) }
    }

    /// The request for a stream that has arrived: one that is under way and is equal to what was sent.
    pub(in crate::live) fn read_opening(
        &self,
        driver: &ClientDriver,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Request, Foreign> {
        let request = named(driver, headers)?;
        let Ask::Stream { resource, cursor, replay } = request.ask else { return Err(Foreign::Unknown) };
        let sent = self.stream_head(&request, (resource, cursor), replay);
        let target = uri.path_and_query().map_or("", |target| target.as_str());
        let is_sent = |name| sent.value(name) == headers.get(name).and_then(|value| value.to_str().ok());
        let as_sent = sent.start.split(' ').nth(1) == Some(target)
            && is_sent(event_stream::LAST_EVENT_ID)
            && is_sent(websocket::KEY);
        if as_sent { Ok(request) } else { Err(Foreign::Altered) }
    }

    /// The delivery that has arrived: one that is under way, to the member and of the first event with which it was sent.
    pub(in crate::live) fn read_delivery(
        &self,
        driver: &ClientDriver,
        head: &Parts,
    ) -> Result<Request, Foreign> {
        let request = named(driver, &head.headers)?;
        let Ask::Delivery(batch) = request.ask else { return Err(Foreign::Unknown) };
        let path = message::hook_path(request.exchange.party);
        let id = head.headers.get(WEBHOOK_ID).and_then(|id| id.to_str().ok());
        let as_sent = head.uri.path() == path && id == Some(&message::event_id(self.id(batch.first)));
        if as_sent { Ok(request) } else { Err(Foreign::Altered) }
    }

    /// The events of a body that somebody has sent.
    pub(in crate::live) fn read_content(&self, body: &[u8]) -> Result<Found, Fault> {
        found(self.payload.format, self.content.thin, body)
    }

    /// Whether these are the events of a delivery that was sent.
    pub(in crate::live) fn is_of(&self, request: &Request, found: &Found) -> bool {
        let Ask::Delivery(batch) = request.ask else { return false };
        batch.iter().map(|event| message::event_id(self.id(event))).eq(found.ids.iter().cloned())
    }

    /// The content of the answer to a poll; None if it is not a page, or not the expected one.
    pub(in crate::live) fn read_page(&self, request: &Request, body: &[u8]) -> Option<Answer> {
        if let Ask::Job { event } = request.ask {
            return self.read_job(event, body);
        }
        let Found { ids, has_more } = found(self.payload.format, false, body).ok()?;
        let has_more = has_more?;
        let id = |event: EventId| message::event_id(self.id(event));
        match request.ask {
            Ask::Events { resource, .. } if self.events.are_shuffled() => {
                return self.read_shown(&request.ask, resource, &ids, has_more);
            }
            Ask::Since { resource, .. } | Ask::Newest { resource, .. } => {
                return self.read_shown(&request.ask, resource, &ids, has_more);
            }
            Ask::Events { .. }
            | Ask::Event { .. }
            | Ask::Job { .. }
            | Ask::Stream { .. }
            | Ask::Delivery(_) => {}
        }
        let expected = match &request.ask {
            Ask::Events { resource, cursor, hold: _, conditional: _ } => {
                self.events.of(*resource).get(*cursor as usize..)?.get(..ids.len())?
            }
            Ask::Event { event } if ids.len() == 1 => std::slice::from_ref(event),
            Ask::Event { .. }
            | Ask::Job { .. }
            | Ask::Since { .. }
            | Ask::Newest { .. }
            | Ask::Stream { .. }
            | Ask::Delivery(_) => return None,
        };
        let as_asked = expected.iter().zip(&ids).all(|(&event, own)| id(event) == *own);
        as_asked.then_some(Answer::Page { events: ids.len() as u32, has_more })
    }
}

impl Wire {
    /// The answer to a poll from which exactly these events follow.
    fn read_shown(&self, ask: &Ask, resource: u32, ids: &[String], has_more: bool) -> Option<Answer> {
        let place = |id: &String| {
            let number = message::parse_event_id(id)?.checked_sub(1)?;
            let place = self.events.cursor_before(resource, number);
            let event = *self.events.of(resource).get(place as usize)?;
            (self.events.number(event) == number).then_some(place)
        };
        let page = Listing { places: ids.iter().map(place).collect::<Option<_>>()?, has_more };
        self.events.shown_by(ask, &page, self.page_size).map(|events| Answer::Shown { events })
    }
}

/// The value of a key of a query. Ids and numbers need no decoding.
pub(in crate::live) fn query<'a>(uri: &'a Uri, key: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// Why a request is not one of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::live) enum Foreign {
    /// It names no exchange.
    Unnamed,
    /// The exchange that it names is not open.
    Unknown,
    /// It differs from the request of the exchange that it names.
    Altered,
    /// The request of the exchange that it names has arrived already.
    Repeated,
}

impl Foreign {
    /// The status of the refusal.
    pub(in crate::live) const fn status(self) -> u16 {
        match self {
            Self::Unnamed | Self::Altered => 400,
            Self::Unknown => 404,
            Self::Repeated => 409,
        }
    }
}

/// The request under way that the headers name.
fn named(driver: &ClientDriver, headers: &HeaderMap) -> Result<Request, Foreign> {
    let id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let key = id.and_then(read_request_id).ok_or(Foreign::Unnamed)?;
    let exchanges = Channel::ALL.into_iter().filter_map(|channel| Exchange::of_key(channel, key));
    exchanges.into_iter().find_map(|exchange| driver.sent(exchange)).ok_or(Foreign::Unknown)
}

/// The two halves of a key, each of sixteen lower-case digits as they are written: no sign, and no other spelling.
fn read_request_id(text: &str) -> Option<(u64, u64)> {
    let (id, attempt) = text.split_once('-')?;
    let half = |half: &str| u64::from_str_radix(half, 16).ok();
    let key = (half(id)?, half(attempt)?);
    (message::request_id(key.0, key.1) == text).then_some(key)
}

/// For the fuzz target: every parser of what comes over the wire.
#[cfg(fuzzing)]
pub(in crate::live) fn read_anything(text: &str) {
    for format in [Format::Json, Format::Xml] {
        // What is read has ids, and the same again if it is read again.
        for thin in [false, true] {
            if let Ok(read) = found(format, thin, text.as_bytes()) {
                assert!(read.has_more.is_some() || read.ids.len() == 1);
                assert!(read.ids.iter().all(|id| !id.is_empty()));
            }
        }
    }
    let _ = (message::parse_event_id(text), message::parse_resource_id(text));
    if let Some((id, attempt)) = read_request_id(text) {
        assert_eq!(message::request_id(id, attempt), text);
    }
    let _ = (is_named(text, 1), unix_nanos(text).map(at_unix_nanos));
    if let Ok(uri) = text.parse::<Uri>() {
        let _ = (query(&uri, "after").and_then(message::parse_event_id), query(&uri, "wait"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::wire::request_id;
    use crate::policy::event_types::Wanted;
    use crate::policy::message::{Asked, Format, Payload};
    use crate::time::Span;
    use proptest::prelude::*;

    #[test]
    fn an_exchange_is_known_by_its_request_id() {
        let channel = Channel::Webhook;
        let exchange = Exchange { channel, party: 77, number: 4_000_000_000, part: 3 };
        let key = read_request_id(&request_id(&exchange)).unwrap();
        assert_eq!(Exchange::of_key(channel, key), Some(exchange));
        for other in ["somebody else's", "+7-+3", "7-3", "-", "00000000000000007-0000000000000003"] {
            assert_eq!(read_request_id(other), None, "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_or_refused(text: String, target in "/[ -~]{0,40}") {
            let _ = read_request_id(&text);
            if let Ok(uri) = target.parse::<Uri>() {
                let _ = (query(&uri, "after"), query(&uri, ""));
            }
        }

        #[test]
        fn ids_and_queries_read_back(id: u64, attempt: u64, number: u32, resource in 0_u32..100_000_000, limit: u32) {
            prop_assert_eq!(read_request_id(&message::request_id(id, attempt)), Some((id, attempt)));
            let payload = Payload { format: Format::Json, size_bytes: 300 };
            let types = Wanted::These(vec!["like".into(), "orders/create".into()]);
            let asked = Asked { resource: Some(resource), types: &types, after: number };
            let head = payload.poll_request(asked, limit, Span::from_secs(30), "");
            let uri: Uri = head.start.split(' ').nth(1).unwrap().parse().unwrap();
            prop_assert_eq!(query(&uri, "resource").and_then(message::parse_resource_id), Some(resource));
            prop_assert_eq!(query(&uri, "after").and_then(message::parse_event_id), Some(number));
            prop_assert_eq!(query(&uri, "types"), Some("like,orders/create"));
            prop_assert_eq!(query(&uri, "limit"), Some(&*limit.to_string()));
            prop_assert_eq!(query(&uri, "wait"), Some("30s"));
            prop_assert_eq!(query(&uri, "events"), None);
        }
    }
}
