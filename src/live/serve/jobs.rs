//! The jobs that are under way, of a source that has no end.

use super::recent::{Happening, Recent};
use crate::live::body::Body;
use crate::live::jobs::{self, Found};
use crate::live::lock;
use crate::live::problem::Problem;
use crate::policy::event_types::EventTypes;
use crate::policy::message::Payload;
use crate::time::Instant;
use hyper::Response;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// The jobs that have started and whose ends are not shown.
#[derive(Debug)]
pub(super) struct Jobs {
    /// Whether events end jobs.
    pub(super) are_there: bool,
    /// By the number of the end, with the time of the start.
    open: Mutex<BTreeMap<u32, Instant>>,
}

impl Jobs {
    pub(super) fn new(are_there: bool) -> Self {
        Self { are_there, open: Mutex::default() }
    }

    /// The job starts that an event ends.
    pub(super) fn start(&self, end: Happening, at: Instant) {
        lock(&self.open).insert(end.number, at);
    }

    /// The source shows an event, and keeps it among the recent ones by now.
    pub(super) fn end(&self, end: Happening) {
        lock(&self.open).remove(&end.number);
    }

    /// `GET /jobs/ID`.
    pub(super) fn answer(
        &self,
        id: &str,
        payload: Payload,
        recent: &Recent,
        types: &EventTypes,
    ) -> Result<Response<Body>, Problem> {
        jobs::answer(self.are_there, id, payload, |number| match recent.get(number) {
            Some(end) => Ok(Found::Ended(end.event(types))),
            None if lock(&self.open).contains_key(&number) => Ok(Found::Pending),
            None if recent.has_forgotten(number) => {
                Err(Problem::new(410, "that job has ended, and its end is no longer kept"))
            }
            None => Err(jobs::unknown()),
        })
    }

    /// `GET /jobs`.
    pub(super) fn list(&self) -> Result<Response<Body>, Problem> {
        let open = lock(&self.open);
        jobs::list(self.are_there, open.iter().map(|(&number, &started)| (number, started)))
    }
}
