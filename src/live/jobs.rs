//! `GET /jobs` and `GET /jobs/ID` of a source that anybody may ask, where events end jobs: a job has the id of its end, and
//! is answered as those of a client are.

use super::body::Body;
use super::problem::Problem;
use super::reply::json;
use super::wire;
use crate::policy::content::{Event, rfc_3339};
use crate::policy::message::{Payload, event_id, parse_event_id};
use crate::time::Instant;
use hyper::Response;
use serde_json::{Value, json};

/// A job that is known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Found<'a> {
    /// It is under way.
    Pending,
    /// It has ended with that event.
    Ended(Event<'a>),
}

/// Jobs that are listed.
const LISTED: usize = 100;

/// The status of the job of that id, which `find` finds by the number of its end. `are_there`: whether events end jobs.
pub(super) fn answer<'a>(
    are_there: bool,
    id: &str,
    payload: Payload,
    find: impl FnOnce(u32) -> Result<Found<'a>, Problem>,
) -> Result<Response<Body>, Problem> {
    check(are_there)?;
    let number = parse_event_id(id).and_then(|id| id.checked_sub(1)).ok_or_else(unknown)?;
    let end = match find(number)? {
        Found::Pending => None,
        Found::Ended(event) => Some(event),
    };
    Ok(wire::job_status(payload, end))
}

/// The first of the jobs that are under way, each with the number of its end and the time of its start.
pub(super) fn list(
    are_there: bool,
    mut open: impl Iterator<Item = (u32, Instant)>,
) -> Result<Response<Body>, Problem> {
    check(are_there)?;
    let job = |(number, started)| json!({ "id": event_id(number + 1), "status": "pending", "started": rfc_3339(started) });
    let jobs: Vec<Value> = open.by_ref().take(LISTED).map(job).collect();
    let list = json!({ "jobs": jobs, "has_more": open.next().is_some() });
    Ok(json(200, format!("{list:#}\n")))
}

/// No job of that id has started.
pub(super) fn unknown() -> Problem {
    Problem::new(404, "there is no job of that id; GET /jobs lists those that are under way")
}

fn check(are_there: bool) -> Result<(), Problem> {
    match are_there {
        true => Ok(()),
        false => Err(Problem::new(
            404,
            "the events of this scenario end no jobs; with --set events.job=1m each does, a minute after its start",
        )),
    }
}
