//! The sizes of messages on the wire, which the virtual-time engine counts. Each is computed from the text that the live
//! engine sends.

use super::conditional::not_modified;
use super::content::Event;
use super::cursor::Cursor;
use super::event_types::Wanted;
use super::framing::{FrameSizes, Framing};
use super::message::{
    Asked, Content, Delivery, Payload, acknowledgement, busy, hook_path, problem, request_id,
};
use super::paging::Order;
use super::security::Security;
use crate::time::{Instant, Span};

/// The sizes in bytes of a scenario's messages, including their heads, computed once.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    poll: u64,
    fetch: u64,
    /// Head of the answer to a poll, without the digits of `content-length`: of the last page, and of a page that is
    /// not the last.
    page: [u64; 2],
    /// Body of a page without events, likewise.
    body: [u64; 2],
    /// The answer to a poll that finds nothing, by far the most frequent one: as a page, and as 304.
    nothing: [u64; 2],
    /// Between two events of a page.
    between: u64,
    /// What an event adds to the body of an answer to a poll.
    page_item: u64,
    delivery: DeliverySize,
    acknowledgement: u64,
    frames: FrameSizes,
}

/// The size of a delivery, with its head.
#[derive(Clone, Copy, Debug)]
enum DeliverySize {
    /// Of an event.
    One(u64),
    /// Of a list.
    List {
        /// Its head, without the digits of `content-length`.
        head: u64,
        /// What a scheme adds to the body.
        added: u64,
        /// One event.
        item: u64,
    },
}

/// What a client has that the sizes of its messages depend on.
#[derive(Clone, Copy, Debug)]
pub struct Spoken<'a> {
    /// The types that it asks for.
    pub types: &'a Wanted,
    /// The longest hold of a long poll.
    pub hold: Span,
    /// What a delivery carries to show that it is the source's.
    pub security: &'a Security,
    /// What the body of a delivery is.
    pub content: Content,
    /// Whether what was announced is fetched by its id.
    pub by_id: bool,
    /// Whether polls ask for jobs.
    pub of_jobs: bool,
    /// Which events polls ask for.
    pub order: Order,
    /// How polls say what the client has.
    pub cursor: Cursor,
    /// Whether polls are conditional.
    pub conditional: bool,
    /// How its streams are written, if it opens any.
    pub framing: Option<Framing>,
    /// Whether the request for a stream names the last event.
    pub replay: bool,
}

impl Sizes {
    /// The sizes for `resources` and `page_size` of the scenario.
    pub fn new(payload: Payload, resources: u32, page_size: u32, client: Spoken<'_>) -> Self {
        let Spoken {
            types,
            hold,
            security,
            content,
            by_id,
            of_jobs,
            order,
            cursor,
            conditional,
            framing,
            replay,
        } = client;
        let resource = (resources > 1).then_some(0);
        let asked = Asked { resource, types, after: 0 };
        let pending = payload.pending_job().len() as u64;
        let empty_body = |has_more| if of_jobs { pending } else { payload.empty_page_bytes(has_more) };
        let page = |has_more| {
            let body = empty_body(has_more);
            let head = payload.ok(body);
            let head = if conditional { head.tagged(0) } else { head };
            head.bytes() - digits(body)
        };
        let first = Event { number: 0, resource: 0, kind: "", occurred: Instant::START };
        let item = if content.thin { payload.notice(first).len() as u64 } else { payload.size_bytes.into() };
        let poll = match order {
            _ if of_jobs => payload.job_request(0, &request_id(0, 0)),
            Order::Oldest if cursor.is_time() => {
                payload.since_request(asked, Instant::START, page_size, &request_id(0, 0))
            }
            Order::Oldest => payload.poll_request(asked, page_size, hold, &request_id(0, 0)),
            Order::Newest => payload.newest_request(asked, page_size, &request_id(0, 0)),
        };
        let poll = if conditional { poll.if_none_match(0) } else { poll }.bytes();
        Self {
            poll,
            fetch: if by_id { payload.event_request(0, &request_id(0, 0)).bytes() } else { poll },
            page: [page(false), page(true)],
            nothing: [page(false) + digits(empty_body(false)) + empty_body(false), not_modified(0).bytes()],
            body: [empty_body(false), empty_body(true)],
            between: payload.page_parts(false).1.len() as u64,
            page_item: u64::from(payload.size_bytes)
                + if of_jobs { payload.ended_job("").len() as u64 - pending } else { 0 },
            delivery: {
                let (path, request_id) = (hook_path(0), request_id(0, 0));
                let added = security.added();
                let delivery = Delivery {
                    media_type: payload.delivery_media_type(content),
                    scheme_names_event: security.scheme().names_event(),
                    body_bytes: item + added.body,
                    ..payload.plain_delivery(&path, 0, 0, &request_id)
                };
                let body = delivery.body_bytes;
                let head = Payload::delivery_request(delivery).bytes() + added.url + added.head;
                match content.list {
                    false => DeliverySize::One(head + body),
                    true => DeliverySize::List { head: head - digits(body), added: added.body, item },
                }
            },
            acknowledgement: acknowledgement().bytes(),
            frames: framing.map(|framing| framing.sizes(payload, asked, replay)).unwrap_or_default(),
        }
    }

    /// A poll.
    pub const fn poll(&self) -> u64 {
        self.poll
    }

    /// A fetch of what was announced.
    pub const fn fetch(&self) -> u64 {
        self.fetch
    }

    /// The answer to a poll.
    #[inline(always)]
    pub fn page(&self, events: u32, has_more: bool) -> u64 {
        if events == 0 && !has_more {
            return self.nothing[0];
        }
        let body = self.list_body(events, self.page_item, has_more);
        self.page[usize::from(has_more)] + digits(body) + body
    }

    #[inline]
    fn list_body(&self, events: u32, item: u64, has_more: bool) -> u64 {
        let events = u64::from(events);
        let between = self.between * events.saturating_sub(1);
        self.body[usize::from(has_more)] + events * item + between
    }

    /// An attempt of a delivery of so many events. A list of events is a page that is the last.
    #[inline]
    pub fn delivery(&self, events: u32) -> u64 {
        match self.delivery {
            DeliverySize::One(size) => size,
            DeliverySize::List { head, added, item } => {
                let body = self.list_body(events, item, false) + added;
                head + digits(body) + body
            }
        }
    }

    /// Its streams.
    pub const fn frames(&self) -> &FrameSizes {
        &self.frames
    }

    /// An answer with this status that carries no events.
    pub fn status(&self, status: u16) -> u64 {
        if status == 200 {
            return self.acknowledgement;
        }
        if status == 304 {
            return self.nothing[1];
        }
        let (head, body) = problem(status);
        head.bytes() + body.len() as u64
    }

    /// The same with the header `retry-after`.
    pub fn busy(&self, status: u16, retry_after_s: u32) -> u64 {
        let (head, body) = busy(status, retry_after_s);
        head.bytes() + body.len() as u64
    }
}

/// How many decimal digits a number has.
fn digits(number: u64) -> u64 {
    u64::from(number.checked_ilog10().unwrap_or(0)) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::message::Format;

    /// As long as any.
    const REQUEST_ID: &str = "0123456789abcdef-0123456789abcdef";

    #[test]
    fn sizes_are_those_of_the_messages() {
        for format in [Format::Json, Format::Xml] {
            let payload = Payload { format, size_bytes: 300 };
            let sizes = |list, thin| {
                let content = Content { list, thin };
                Sizes::new(
                    payload,
                    1,
                    100,
                    Spoken {
                        types: &Wanted::All,
                        hold: Span::ZERO,
                        security: &Security::OPEN,
                        content,
                        by_id: thin,
                        of_jobs: false,
                        order: Order::Oldest,
                        cursor: Cursor::Id,
                        conditional: false,
                        framing: None,
                        replay: true,
                    },
                )
            };
            let whole = sizes(false, false);
            assert_eq!(sizes(true, true).fetch(), payload.event_request(7, REQUEST_ID).bytes());
            assert_eq!(whole.fetch(), whole.poll());
            let of_delivery = |body: String, content| {
                let media_type = payload.delivery_media_type(content);
                let plain = payload.plain_delivery("/hooks/00000000", 0, 0, REQUEST_ID);
                let body_bytes = body.len() as u64;
                Payload::delivery_request(Delivery { media_type, body_bytes, ..plain }).bytes() + body_bytes
            };
            let event = Event { number: 7, resource: 0, kind: "like", occurred: Instant(7) };
            for (events, has_more) in [(0, false), (1, false), (3, true)] {
                let body = payload.page(&vec![event; events], has_more);
                let answer = payload.ok(body.len() as u64).bytes() + body.len() as u64;
                assert_eq!(whole.page(events as u32, has_more), answer);
            }
            for (list, thin, events) in
                [(false, false, 1), (false, true, 1), (true, false, 1), (true, false, 40), (true, true, 3)]
            {
                let content = Content { list, thin };
                let body = payload.delivery(&vec![event; events], content);
                let whole = of_delivery(body, content);
                assert_eq!(sizes(list, thin).delivery(events as u32), whole, "{list} {thin}");
            }
        }
    }
}
