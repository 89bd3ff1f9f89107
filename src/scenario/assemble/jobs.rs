//! Rules for polling until done: what has no effect where a client asks for each job by itself.

use super::clients;
use crate::policy::cursor::Cursor;
use crate::policy::limit::OnLimit;
use crate::policy::paging::{LastPage, Order, Pages};
use crate::policy::schedule::{Phase, PollSchedule};
use crate::scenario::problems::Problem;
use crate::scenario::record::{Record, Value};
use crate::scenario::{Kind, Scenario};

pub(super) fn check(scenario: &Scenario, run: &Record, problems: &mut Vec<Problem>) {
    if scenario.events.job.is_none() {
        return;
    }
    if scenario.events.resources > 1 {
        let message = "`resources` is more than 1, and events end jobs, each of which is asked for by itself";
        let place = run.place_at(&["events", "resources"]);
        problems.push(Problem::at(place, message, "leave `resources` out, or `job`"));
    }
    if !scenario.clients.iter().any(|client| matches!(client.kind, Kind::Poll(_))) {
        let message = "`job` is given, and no client polls: others are told of an event, whatever it ends";
        let place = run.place_at(&["events", "job"]);
        problems.push(Problem::at(place, message, "add a client of kind \"poll\", or leave `job` out"));
    }
    for (client, table) in scenario.clients.iter().zip(clients::tables(run)) {
        let Kind::Poll(schedule) = &client.kind else { continue };
        for (key, why) in without_effect(schedule) {
            let place = match &table.value {
                Value::Table(keys) => keys.place_of(key),
                _ => table.place,
            };
            let message =
                format!("`{key}` of {:?} is set, and it asks for each job by itself: {why}", client.name);
            problems.push(Problem::at(place, message, format!("leave `{key}` out, or `job` of the events")));
        }
    }
}

/// The keys that are set and have no effect, each with why.
fn without_effect(schedule: &PollSchedule) -> impl Iterator<Item = (&'static str, &'static str)> {
    let PollSchedule {
        interval: _,
        pacing: _,
        overrun: _,
        phase,
        jitter: _,
        jitter_kind: _,
        timeout: _,
        order,
        cursor,
        // Without a cursor of time they are refused.
        time_resolution: _,
        overlap: _,
        dedupe: _,
        pages,
        last_page,
        on_limit,
        backoff: _,
        conditional,
    } = schedule;
    let one = "there is one result";
    let found = [
        (*phase != Phase::Random, "phase", "it does so first one `interval` after the start"),
        (*order != Order::Oldest, "order", one),
        (*cursor != Cursor::Id, "cursor", one),
        (*order == Order::Oldest && *pages != Pages::All, "pages", one),
        (*last_page != LastPage::Flag, "last_page", one),
        (*on_limit != OnLimit::Wait, "on_limit", "how many are under way changes all the time"),
        (*conditional, "conditional", "a status is as short as an answer 304"),
    ];
    found.into_iter().filter(|found| found.0).map(|(_, key, why)| (key, why))
}
