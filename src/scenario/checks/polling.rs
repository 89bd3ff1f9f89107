//! Rules between the keys that say which events a poll asks for.

use crate::policy::cursor::Cursor;
use crate::policy::paging::{Order, Pages};
use crate::policy::schedule::PollSchedule;
use crate::scenario::problems::Problem;
use crate::scenario::record::{Record, Value};
use crate::time::Span;

/// Who asks for the newest events asks once.
pub(crate) fn pages(record: &Record) -> Option<Value> {
    let pages = if record.text("order")? == "newest" { "one" } else { "all" };
    Some(Value::Text(pages.to_owned()))
}

/// The times of most APIs have milliseconds.
pub(crate) fn time_resolution(record: &Record) -> Option<Value> {
    let by_id = record.text("cursor")? == "id";
    Some(if by_id { none() } else { Value::Span(Span::from_millis(1)) })
}

/// A minute is longer than most transactions.
pub(crate) fn overlap(record: &Record) -> Option<Value> {
    let overlaps = record.text("cursor")? == "time-overlap";
    Some(if overlaps { Value::Span(Span::from_secs(60)) } else { none() })
}

fn none() -> Value {
    Value::Text("none".to_owned())
}

/// What has no effect, or would ask for the same page for ever.
pub(super) fn asks(schedule: &PollSchedule, record: &Record, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &'static str, message: &str, help: &str| {
        problems.push(Problem::at(record.place_of(key), message, help));
    };
    let PollSchedule { order, cursor, time_resolution, overlap, dedupe, pages, conditional, .. } = schedule;
    if *order == Order::Newest {
        if *pages == Pages::All {
            refuse(
                "pages",
                "`pages` is \"all\", and `order` is \"newest\": a feed has no further page",
                "leave `pages` out",
            );
        }
        if *cursor != Cursor::Id {
            let message =
                "`cursor` is a time, and `order` is \"newest\": a feed is asked for without a cursor";
            refuse("cursor", message, "leave one of them out");
        }
    } else if !dedupe && !cursor.asks_again() {
        let message = "`dedupe` is false, and no poll asks for what the client has";
        refuse(
            "dedupe",
            message,
            "leave it out, or give a `cursor` that asks again: \"time-inclusive\" or \"time-overlap\"",
        );
    }
    if cursor.is_time() && *conditional {
        let message =
            "`conditional` is true, and `cursor` is a time: the tag of an answer is the id of its last event";
        refuse("conditional", message, "leave `conditional` out, or set `cursor` to \"id\"");
    }
    if cursor.asks_again() && *pages == Pages::One {
        let message = "`pages` is \"one\", and `cursor` asks again: a page full of what the client has would be the last for ever";
        refuse("pages", message, "leave `pages` out");
    }
    match time_resolution {
        Some(_) if !cursor.is_time() => {
            refuse("time_resolution", "`time_resolution` is given, and `cursor` is \"id\"", "leave it out");
        }
        None if cursor.is_time() => {
            refuse(
                "time_resolution",
                "`time_resolution` is \"none\", and `cursor` is a time",
                "give a time, such as \"1ms\"",
            );
        }
        Some(_) | None => {}
    }
    match overlap {
        Some(_) if *cursor != Cursor::TimeOverlap => {
            refuse("overlap", "`overlap` is given, and `cursor` is not \"time-overlap\"", "leave it out");
        }
        None if *cursor == Cursor::TimeOverlap => {
            refuse(
                "overlap",
                "`overlap` is \"none\", and `cursor` is \"time-overlap\"",
                "give a time, such as \"1m\"",
            );
        }
        Some(_) | None => {}
    }
}
