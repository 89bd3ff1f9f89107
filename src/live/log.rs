//! The shared log of events, for anybody: as it has occurred so far, and held where there is nothing yet and the one
//! who asks is willing to wait (long polling, RFC 6202).

use super::body::Body;
use super::reply::Refusal;
use super::wire::{Wire, query};
use crate::policy::message;
use crate::policy::outage::Outages;
use crate::scenario::units;
use hyper::{Response, Uri};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// The log of one source.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) wire: Wire,
    /// How many events have occurred.
    pub(super) occurred: watch::Receiver<u32>,
    /// Room for requests that wait for an event.
    pub(super) held: Semaphore,
    /// Room for streams.
    pub(super) streams: Arc<Semaphore>,
    /// When the source is down.
    pub(super) outages: Outages,
}

/// Requests that wait for an event at once.
pub(super) const MAX_HELD: usize = 100;
/// Streams that are open to anybody at once.
pub(super) const MAX_STREAMS: usize = 50;
/// How long a request is held at most, in real time.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// What somebody asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    resource: u32,
    /// Events of the resource that are known already.
    cursor: u32,
    limit: u32,
    /// How long to wait where there are no others, in real time.
    wait: Duration,
}

impl Asked {
    /// Reads a query.
    pub(super) fn read(wire: &Wire, uri: &Uri) -> Result<Self, Refusal> {
        let refuse = |detail| Refusal::new(400, detail);
        let resource = match query(uri, "resource") {
            None if wire.resources == 1 => 0,
            None => return Err(refuse("name the resource: resource=res_00000000")),
            Some(id) => message::parse_resource_id(id)
                .filter(|&resource| resource < wire.resources)
                .ok_or_else(|| refuse("there is no such resource; the first is res_00000000"))?,
        };
        let after = query(uri, "after").map_or(Some(0), message::parse_event_id);
        let after =
            after.ok_or_else(|| refuse("after is an event's id; evt_0000000000 stands before the first"))?;
        let cursor = cursor_after(wire, resource, after);
        let limit = query(uri, "limit").map_or(Ok(wire.page_size), str::parse);
        let limit = limit
            .ok()
            .filter(|&limit| limit > 0)
            .ok_or_else(|| refuse("limit is a number of events, at least 1"))?;
        let wait = query(uri, "wait").map_or(Some(Duration::ZERO), |wait| {
            let wait = units::span(wait).ok()?;
            Some(Duration::from_nanos(wait.0.unsigned_abs())).filter(|&wait| wait <= MAX_WAIT)
        });
        let wait = wait.ok_or_else(|| refuse("wait is a duration, 60s at most, such as wait=30s"))?;
        Ok(Self { resource, cursor, limit: limit.min(wire.page_size), wait })
    }

    /// The same, but for the events after the one of that id.
    pub(super) fn after(self, wire: &Wire, id: u32) -> Self {
        Self { cursor: cursor_after(wire, self.resource, id), ..self }
    }

    /// The resource, and how many of its events are known.
    pub(super) const fn place(self) -> (u32, u32) {
        (self.resource, self.cursor)
    }
}

/// How many events of a resource come before those after that id; 0 stands before the first.
fn cursor_after(wire: &Wire, resource: u32, id: u32) -> u32 {
    if id == 0 { 0 } else { wire.events.cursor_after(resource, id - 1) }
}

impl Log {
    /// The events after the cursor. Where there are none the answer waits for one, as long as the request says.
    pub(super) async fn page(&self, asked: Asked) -> Result<Response<Body>, Refusal> {
        let Asked { resource, cursor, limit, wait } = asked;
        let listed = self.wire.events.of(resource);
        let known_of = |occurred: u32| listed.partition_point(|&event| event < occurred) as u32;
        let mut occurred = self.occurred.clone();
        let mut known = known_of(*occurred.borrow_and_update());
        if known <= cursor && !wait.is_zero() {
            let _place = self.held.try_acquire().map_err(|_| {
                Refusal::new(429, "100 requests wait for events, and no more are held; ask without wait")
            })?;
            let news = async {
                while known_of(*occurred.borrow_and_update()) <= cursor {
                    if occurred.changed().await.is_err() {
                        // The run is over, and nothing more will occur: the wait takes its time nevertheless, or
                        // whoever asks would ask again at once.
                        std::future::pending::<()>().await;
                    }
                }
            };
            let _ = tokio::time::timeout(wait, news).await;
            known = known_of(*self.occurred.borrow());
        }
        // What lies beyond the end of the log is its end: a cursor may be older than the run.
        let cursor = cursor.min(known);
        let events = (known - cursor).min(limit);
        Ok(self.wire.page(resource, cursor, events, known - cursor > events))
    }
}
