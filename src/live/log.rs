//! The log of the events so far, which the public source answers with. A request that asks to wait is held until there
//! is an event (long polling, RFC 6202).

use super::body::Body;
use super::clock::Clock;
use super::jobs::{self, Found};
use super::problem::Problem;
use super::query;
use super::wire::{self, Wire, query as value};
use crate::model::events::EventId;
use crate::model::exchange::Ask;
use crate::model::listing::Listing;
use crate::policy::conditional::{self, IF_NONE_MATCH};
use crate::policy::content::{Event, at_unix_nanos};
use crate::policy::event_stream::LAST_EVENT_ID;
use crate::policy::event_types::Wanted;
use crate::policy::framing::Framing;
use crate::policy::job;
use crate::policy::message::{self, Payload};
use crate::policy::outage::Outages;
use crate::policy::paging::Order;
use crate::scenario::{Scenario, units, unix_nanos};
use crate::time::Instant;
use hyper::header::HeaderMap;
use hyper::{Response, Uri};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// The log of one source.
#[derive(Debug)]
pub(super) struct Log {
    /// Of all events, or of those that the client wants.
    pub(super) wire: Wire,
    pub(super) scenario: Arc<Scenario>,
    /// The source shows every event that it shows from this time on or earlier, and no other.
    pub(super) shown: watch::Receiver<Instant>,
    /// Room for requests that wait for an event.
    pub(super) held: Semaphore,
    /// Room for streams.
    pub(super) streams: Arc<Semaphore>,
    /// When the source is down.
    pub(super) outages: Outages,
}

/// Requests that may wait for an event at the same time.
pub(super) const MAX_HELD: usize = 100;
/// Streams that may be open at the same time, unless `serve` is told another number.
pub const MAX_STREAMS: u32 = 50;
/// The longest hold, in real time.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// For a request that would wait beyond them.
pub(super) fn no_more_held() -> Problem {
    let detail = format!("{MAX_HELD} requests wait for events, and no more are held; ask without wait");
    Problem::new(429, detail)
}

/// For a stream beyond them.
pub(super) fn no_more_streams(most: u32) -> Problem {
    let detail = format!("{most} streams are open, and no more are; ask for /events, or close one first");
    Problem::new(429, detail)
}

/// The types of event that a request names; None: all. A browser escapes the comma between them.
pub(super) fn types_of(uri: &Uri) -> Option<Vec<String>> {
    let types = value(uri, "types")?.replace("%2C", ",").replace("%2c", ",");
    Some(types.split(',').map(str::to_owned).collect())
}

/// A time of a run as RFC 3339 has it. A browser escapes its colons, and the sign of an offset.
fn time(text: &str) -> Option<Instant> {
    let text = text.replace("%3A", ":").replace("%3a", ":").replace("%2B", "+").replace("%2b", "+");
    unix_nanos(&text).map(at_unix_nanos)
}

/// What a request asks for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// Of the events of the types that it names.
    pub(super) wire: Wire,
    /// Which of these.
    pub(super) span: Stretch,
}

/// The part of the events that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) resource: u32,
    /// The id of the last event that is known already; 0 stands before the first.
    pub(super) after: u32,
    /// The time from which on events are asked for.
    pub(super) since: Instant,
    /// Whether it asks for what follows, or for the newest events.
    pub(super) order: Order,
    pub(super) limit: u32,
    /// How long to wait if there are no events after that one, in real time.
    pub(super) wait: Duration,
}

/// The events of a page.
#[derive(Clone, Debug)]
pub(super) struct Listed<'a> {
    pub(super) events: Vec<Event<'a>>,
    /// Whether more events follow.
    pub(super) has_more: bool,
    /// Whether the source shows events in the order in which they occur.
    pub(super) is_in_order: bool,
}

impl Asked {
    /// Reads the query of a request to `what`, which has the parameters `known`.
    pub(super) fn read(log: &Log, uri: &Uri, what: &str, known: &[&str]) -> Result<Self, Problem> {
        query::check(uri, what, known)?;
        let wire = log.wire_of(types_of(uri)).map_err(|detail| Problem::new(400, detail))?;
        let span = Stretch::read(wire.resources, wire.page_size, uri)?;
        Ok(Self { wire, span })
    }

    /// The same as the model has it.
    pub(super) fn ask(&self) -> Ask {
        let Stretch { resource, after, since, order, .. } = self.span;
        // A cursor of an earlier run may be after the end of this log.
        let cursor = self.wire.events.cursor_before(resource, after);
        match order {
            Order::Oldest => Ask::Since { resource, since, after: cursor },
            Order::Newest => Ask::Newest { resource, cursor, conditional: false },
        }
    }

    /// The page that answers it when the source shows the events of that time.
    fn page(&self, shown: Instant) -> Listing {
        let Stretch { resource, limit, .. } = self.span;
        let events = &self.wire.events;
        events.listing(&self.ask(), events.showing(shown, resource, 0), limit)
    }
}

impl Stretch {
    /// Reads a query to a source of that many resources, whose pages have at most that many events.
    pub(super) fn read(resources: u32, page_size: u32, uri: &Uri) -> Result<Self, Problem> {
        let refuse = |detail| Problem::new(400, detail);
        let resource = match value(uri, "resource") {
            None if resources == 1 => 0,
            None => return Err(refuse("name the resource: resource=res_00000000")),
            Some(id) => message::parse_resource_id(id)
                .filter(|&resource| resource < resources)
                .ok_or_else(|| refuse("there is no such resource; the first is res_00000000"))?,
        };
        let after = value(uri, "after").map_or(Some(0), message::parse_event_id);
        let after =
            after.ok_or_else(|| refuse("after is an event's id; evt_0000000000 stands before the first"))?;
        let limit = value(uri, "limit").map_or(Ok(page_size), str::parse);
        let limit = limit
            .ok()
            .filter(|&limit| limit > 0)
            .ok_or_else(|| refuse("limit is a number of events, at least 1"))?;
        let wait = value(uri, "wait").map_or(Some(Duration::ZERO), |wait| {
            let wait = units::span(wait).ok()?;
            Some(Duration::from_nanos(wait.0.unsigned_abs())).filter(|&wait| wait <= MAX_WAIT)
        });
        let wait = wait.ok_or_else(|| refuse("wait is a duration, 60s at most, such as wait=30s"))?;
        let since = value(uri, "since").map_or(Some(Instant::START), time);
        let since = since.ok_or_else(|| {
            refuse("since is a date and time, such as 2026-01-01T00:10:00Z; a run begins with the year 2026")
        })?;
        let order = match value(uri, "order") {
            None | Some("oldest") => Order::Oldest,
            Some("newest") => Order::Newest,
            Some(_) => return Err(refuse("order is oldest or newest")),
        };
        let follows = ["after", "since", "wait"].into_iter().find(|name| value(uri, name).is_some());
        if let (Order::Newest, Some(name)) = (order, follows) {
            let detail = format!(
                "order=newest shows the newest events, and {name} asks for what follows; leave one of them out"
            );
            return Err(Problem::new(400, detail));
        }
        Ok(Self { resource, after, since, order, limit: limit.min(page_size), wait })
    }

    /// The answer with those events to a request with those headers; 304 where they name it. The tag of a page is that of
    /// [`conditional`]. Where more events follow there is none: the page may stay as it is while news comes. Where events are
    /// shown out of order there is none either: the last event stays the last when one before it is shown.
    pub(super) fn answer(self, payload: Payload, listed: Listed<'_>, headers: &HeaderMap) -> Response<Body> {
        let Listed { events, has_more, is_in_order } = listed;
        let last = events.last().map_or(self.after, |event| event.number + 1);
        let is_tagged = is_in_order && !has_more;
        let mut tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|header| header.to_str().ok());
        if is_tagged && tags.any(|header| conditional::is_named(header, last)) {
            return wire::http_response(304, conditional::not_modified(last), String::new());
        }
        let body = payload.page(&events, has_more);
        let head = payload.ok(body.len() as u64);
        wire::http_response(200, if is_tagged { head.tagged(last) } else { head }, body)
    }

    /// The same for a stream. One of server-sent events may name the last event in a header.
    pub(super) fn resuming(self, framing: Framing, headers: &HeaderMap) -> Result<Self, Problem> {
        let named = headers.get(LAST_EVENT_ID).filter(|_| framing == Framing::EventStream);
        let Some(id) = named else { return Ok(self) };
        let id = id.to_str().ok().and_then(message::parse_event_id);
        let after =
            id.ok_or_else(|| Problem::new(400, "last-event-id is an event's id, such as evt_0000000001"))?;
        Ok(Self { after, ..self })
    }
}

impl Log {
    /// For a request that names these types of event; None: all.
    fn wire_of(&self, types: Option<Vec<String>>) -> Result<Wire, &'static str> {
        let Some(names) = types else { return Ok(self.wire.clone()) };
        let known = |name: &String| self.scenario.events.types.names().any(|known| known == name);
        if !names.iter().all(known) {
            return Err(
                "types is a list of types of event, such as types=like,comment; there is no such type",
            );
        }
        let events = self.wire.events.wanted(&self.scenario, &Wanted::These(names));
        let mut wire = self.wire.clone();
        wire.events = events;
        Ok(wire)
    }

    /// The events that are asked for. If there are none, it waits for one as long as the request allows.
    pub(super) async fn page(&self, asked: Asked, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
        let Asked { ref wire, span } = asked;
        let mut shown = self.shown.clone();
        let mut page = asked.page(*shown.borrow_and_update());
        if page.places.is_empty() && !span.wait.is_zero() {
            let _place = self.held.try_acquire().map_err(|_| no_more_held())?;
            let news = async {
                while page.places.is_empty() {
                    if shown.changed().await.is_err() {
                        // The run is over, and no event follows. The wait continues, otherwise the client would ask
                        // again at once.
                        std::future::pending::<()>().await;
                    }
                    page = asked.page(*shown.borrow_and_update());
                }
            };
            let _ = tokio::time::timeout(span.wait, news).await;
        }
        let of = wire.events.of(span.resource);
        let events = page.places.iter().map(|&place| wire.event(of[place as usize])).collect();
        let is_in_order = !wire.events.are_shuffled();
        Ok(span.answer(wire.payload, Listed { events, has_more: page.has_more, is_in_order }, headers))
    }

    /// The status of the job of that id.
    pub(super) fn job(&self, id: &str, clock: Clock) -> Result<Response<Body>, Problem> {
        let events = &self.wire.events;
        jobs::answer(self.scenario.events.job.is_some(), id, self.wire.payload, |number| {
            let event = events.place(number).ok_or_else(jobs::unknown)?;
            match events.job(clock.now(), event) {
                job::Status::Ended => Ok(Found::Ended(self.wire.event(event))),
                job::Status::Pending => Ok(Found::Pending),
                job::Status::Ahead => Err(jobs::unknown()),
            }
        })
    }

    /// The jobs that are under way.
    pub(super) fn jobs(&self, clock: Clock) -> Result<Response<Body>, Problem> {
        let (events, now) = (&self.wire.events, clock.now());
        let is_open = |&event: &EventId| events.job(now, event) == job::Status::Pending;
        let open = (0..events.occurred().len() as EventId).filter(is_open);
        let open = open.map(|event| (events.number(event), events.started(event)));
        jobs::list(self.scenario.events.job.is_some(), open)
    }
}
