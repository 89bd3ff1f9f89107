//! Rules for the keys of a webhook that only announces events.

use super::SHORTEST;
use crate::scenario::Webhook;
use crate::scenario::problems::Problem;
use crate::scenario::record::{Record, Value};
use crate::time::Span;

/// A client that fetches looks again after a second.
pub(crate) fn fetch_again(record: &Record) -> Option<Value> {
    let Value::Flag(thin) = record.value("thin")? else { return None };
    Some(if *thin { Value::Span(Span::SECOND) } else { Value::Text("never".to_owned()) })
}

/// What says how a client fetches has no effect where it fetches nothing. A notice is known by its ids for good.
pub(super) fn fetches(webhook: &Webhook, record: &Record, problems: &mut Vec<Problem>) {
    let mut refuse = |key: &'static str, message: String, help: &str| {
        problems.push(Problem::at(record.place_of(key), message, help));
    };
    let fetches_nothing =
        |key: &str| format!("`{key}` is given, and `thin` is false: the client fetches nothing");
    if !webhook.thin && !webhook.coalesce {
        let help = "set `thin` to true, or leave `coalesce` out";
        refuse("coalesce", fetches_nothing("coalesce"), help);
    }
    if !webhook.thin && webhook.fetch_again.is_some() {
        let help = "set `thin` to true, or leave `fetch_again` out";
        refuse("fetch_again", fetches_nothing("fetch_again"), help);
    }
    if webhook.fetch_again.is_some_and(|pause| pause < SHORTEST) {
        let message = format!("`fetch_again` is less than {SHORTEST}");
        refuse("fetch_again", message, "make it longer");
    }
    if webhook.thin && webhook.endpoint.dedupe_window.is_some() {
        let message =
            "`endpoint.dedupe_window` is given, and `thin` is true: a notice has no work to do twice";
        refuse("endpoint", message.to_owned(), "leave `dedupe_window` out");
    }
}
