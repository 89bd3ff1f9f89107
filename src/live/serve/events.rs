//! `GET /events`, `GET /stream` and `GET /socket` of a source that runs by itself; queries and answers are those of a live run.

use super::jobs::Jobs;
use super::recent::{Gone, Happening, Recent};
use crate::live::body::Body;
use crate::live::log::{Listed, MAX_HELD, Stretch, no_more_held, no_more_streams, types_of};
use crate::live::problem::Problem;
use crate::live::query;
use crate::live::stream::{HEARTBEAT_AFTER, Opening, Outlet};
use crate::policy::event_types::EventTypes;
use crate::policy::framing::Framing;
use crate::policy::message::Payload;
use crate::policy::paging::Order;
use crate::scenario::Scenario;
use hyper::body::Incoming;
use hyper::header::HeaderMap;
use hyper::{Request, Response, Uri};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Events that are looked up at once for a stream.
const AT_ONCE: usize = 64;

/// The events as anybody may ask for them.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) recent: Arc<Recent>,
    pub(super) payload: Payload,
    pub(super) resources: u32,
    pub(super) page_size: u32,
    pub(super) types: EventTypes,
    pub(super) jobs: Jobs,
    /// Whether events are shown in the order in which they occur.
    is_in_order: bool,
    held: Semaphore,
    streams: Arc<Semaphore>,
    /// Streams that may be open at the same time.
    most: u32,
}

/// What a request asks for.
#[derive(Clone, Debug)]
struct Asked {
    /// For each type whether its events are wanted.
    of: Vec<bool>,
    stretch: Stretch,
}

impl Asked {
    fn wants(&self, event: &Happening) -> bool {
        let is_named = self.of.get(usize::from(event.kind)).copied().unwrap_or(true);
        event.resource == self.stretch.resource && is_named
    }
}

/// The answer to who asks for what follows a forgotten event. Silence about the events between would be a loss.
fn gone(_: Gone) -> Problem {
    Problem::new(
        410,
        "the events right after that one are no longer kept; ask without after and since for the oldest",
    )
}

impl Published {
    pub(super) fn new(recent: Arc<Recent>, scenario: &Scenario, most: u32) -> Self {
        let (held, streams) = (Semaphore::new(MAX_HELD), Arc::new(Semaphore::new(most as usize)));
        let (events, page_size) = (&scenario.events, scenario.source.page_size);
        let (payload, resources, types) = (events.payload, events.resources, events.types.clone());
        let is_in_order = scenario.source.commit_delay.constant().is_some();
        let jobs = Jobs::new(events.job.is_some());
        Self { recent, payload, resources, page_size, types, jobs, is_in_order, held, streams, most }
    }

    /// The events that are asked for. If there are none, it waits for one as long as the request allows.
    pub(super) async fn page(&self, uri: &Uri, headers: &HeaderMap) -> Result<Response<Body>, Problem> {
        let asked = self.asked(uri, "/events", query::OF_EVENTS)?;
        let mut newest = self.recent.newest();
        newest.borrow_and_update();
        let mut found = match asked.stretch.order {
            Order::Oldest => self.after(&asked)?,
            Order::Newest => {
                (self.recent.newest_of(asked.stretch.limit as usize, |event| asked.wants(event)), false)
            }
        };
        if found.0.is_empty() && !asked.stretch.wait.is_zero() {
            let _place = self.held.try_acquire().map_err(|_| no_more_held())?;
            let news = async {
                while found.0.is_empty() && newest.changed().await.is_ok() {
                    found = self.after(&asked)?;
                }
                Ok(())
            };
            tokio::time::timeout(asked.stretch.wait, news).await.unwrap_or(Ok(()))?;
        }
        let events = found.0.into_iter().map(|event| event.event(&self.types)).collect();
        let listed = Listed { events, has_more: found.1, is_in_order: self.is_in_order };
        Ok(asked.stretch.answer(self.payload, listed, headers))
    }

    /// The source shows an event.
    pub(super) fn show(&self, event: Happening) {
        self.recent.push(event);
        self.jobs.end(event);
    }

    /// `GET /jobs` and, with an id, `GET /jobs/ID`.
    pub(super) fn jobs(&self, uri: &Uri, id: Option<&str>) -> Result<Response<Body>, Problem> {
        query::check(uri, "this path", &[])?;
        match id {
            Some(id) => self.jobs.answer(id, self.payload, &self.recent, &self.types),
            None => self.jobs.list(),
        }
    }

    fn asked(&self, uri: &Uri, what: &str, known: &[&str]) -> Result<Asked, Problem> {
        query::check(uri, what, known)?;
        let stretch = Stretch::read(self.resources, self.page_size, uri)?;
        let named = types_of(uri);
        let known: Vec<&str> = self.types.names().collect();
        if let Some(unknown) = named.iter().flatten().find(|name| !known.contains(&name.as_str())) {
            return Err(Problem::no_such("the source", unknown, &known));
        }
        let is_named = |name: &str| named.as_ref().is_none_or(|named| named.iter().any(|one| one == name));
        Ok(Asked { of: self.types.names().map(is_named).collect(), stretch })
    }

    fn after(&self, asked: &Asked) -> Result<(Vec<Happening>, bool), Problem> {
        let Stretch { after, since, limit, .. } = asked.stretch;
        self.recent.since(since, |event| asked.wants(event)).map_err(gone)?;
        let is_wanted = |event: &Happening| event.occurred >= since && asked.wants(event);
        self.recent.after(after, limit as usize, is_wanted).map_err(gone)
    }

    /// The events after the one that is asked for, and each further one when it is shown.
    pub(super) fn stream(
        &self,
        request: &mut Request<Incoming>,
        framing: Framing,
    ) -> Result<Response<Body>, Problem> {
        let uri = request.uri();
        let Asked { of, stretch } = self.asked(uri, uri.path(), query::OF_STREAM)?;
        let asked = Asked { of, stretch: stretch.resuming(framing, request.headers())? };
        let opening = Opening::of(framing, request)?;
        self.after(&asked)?;
        let place = self.place()?;
        let (outlet, answer) = opening.accept(self.payload, Some(place));
        let follower = Follower {
            recent: Arc::clone(&self.recent),
            payload: self.payload,
            types: self.types.clone(),
            asked,
            sent: Instant::now(),
        };
        tokio::spawn(async move {
            tokio::select! {
                ended = follower.run(&outlet) => if ended == Err(Gone) {
                    outlet.cut();
                },
                () = outlet.closed() => {}
            }
        });
        Ok(answer)
    }

    /// A place for a stream, until it is dropped.
    pub(super) fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| no_more_streams(self.most))
    }
}

struct Follower {
    recent: Arc<Recent>,
    payload: Payload,
    types: EventTypes,
    asked: Asked,
    /// When something was last sent.
    sent: Instant,
}

impl Follower {
    /// Waits for a slow reader. One that is slower than the events are kept is to be cut, and is told so when it asks again.
    async fn run(mut self, outlet: &Outlet) -> Result<(), Gone> {
        let mut newest = self.recent.newest();
        let opened = self.recent.ever();
        let (mut after, mut has_more) = (self.asked.stretch.after, true);
        while has_more {
            let wants = |event: &Happening| self.asked.wants(event);
            let (events, more) = self.recent.after_until(after, opened, AT_ONCE, wants)?;
            after = events.last().map_or(after, |event| event.number + 1);
            has_more = more;
            if !self.send(events, outlet).await {
                return Ok(());
            }
        }
        let mut place = opened;
        loop {
            newest.borrow_and_update();
            let events = self.recent.shown(place, AT_ONCE)?;
            if !events.is_empty() {
                place += events.len() as u64;
                if !self.send(events, outlet).await {
                    return Ok(());
                }
                continue;
            }
            match tokio::time::timeout_at(self.sent + HEARTBEAT_AFTER, newest.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Ok(()),
                Err(_) => {
                    self.sent = Instant::now();
                    if !outlet.heartbeat().await {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Sends those of the events that are asked for. False if the reader has left.
    async fn send(&mut self, events: Vec<Happening>, outlet: &Outlet) -> bool {
        // What is shown late may be before the event that the reader named.
        let follows = |event: &Happening| event.number >= self.asked.stretch.after;
        for event in events.into_iter().filter(|event| follows(event) && self.asked.wants(event)) {
            self.sent = Instant::now();
            if !outlet.event(self.payload, event.event(&self.types)).await {
                return false;
            }
        }
        true
    }
}
