//! The words of the first sentence: names, lengths of time and counts.

use super::Contender;
use crate::study::human;
use crate::time::Span;

/// A whole number of days (from two on), hours, minutes or seconds: `30 min`. Any other length as
/// [`human::duration`] spells it.
pub(crate) fn spoken(span: Span) -> String {
    let units = [(86_400, 2, "d"), (3600, 1, "h"), (60, 1, "min"), (1, 1, "s")];
    let whole = units.into_iter().find_map(|(seconds, least, unit)| {
        let size = seconds * Span::SECOND.0;
        (span.0 >= least * size && span.0 % size == 0)
            .then(|| format!("{} {unit}", human::count((span.0 / size) as u64)))
    });
    whole.unwrap_or_else(|| human::duration(span.as_secs_f64()))
}

/// The same after `every`: `minute`, `30 min`.
pub(super) fn repeated(span: Span) -> String {
    let unit = [(1, "second"), (60, "minute"), (3600, "hour")];
    let whole = unit.into_iter().find(|(seconds, _)| span == Span::from_secs(*seconds));
    whole.map_or_else(|| spoken(span), |(_, unit)| unit.to_owned())
}

pub(super) fn named(word: &str) -> bool {
    word.starts_with('“')
}

/// A client's word in the middle of a sentence. A name keeps its capitals: WebSockets.
pub(super) fn in_sentence(word: &str) -> String {
    if named(word) || word.chars().skip(1).any(char::is_uppercase) {
        return word.to_owned();
    }
    human::uncapitalised(word)
}

/// The two clients of a sentence. Both have their names as words where one has.
pub(super) fn called_alike<'a>(one: &Contender<'a>, other: &Contender<'a>) -> (Contender<'a>, Contender<'a>) {
    let (mut one, mut other) = (one.clone(), other.clone());
    if named(&one.word) || named(&other.word) {
        for client in [&mut one, &mut other] {
            client.word = human::quoted(&client.summary.name);
        }
    }
    (one, other)
}

/// A number of things of one run: `289 requests`; `53.4 requests a run` for the average of several.
pub(super) fn things(number: f64, thing: &str, runs: u32) -> String {
    let (s, each) = (if number == 1.0 { "" } else { "s" }, if runs > 1 { " a run" } else { "" });
    format!("{} {thing}{s}{each}", human::number(number))
}

/// `this run` or `these 30 runs`.
pub(super) fn these_runs(runs: u32) -> String {
    if runs > 1 { format!("these {} runs", human::count(runs.into())) } else { "this run".to_owned() }
}

/// Why chance decides: `9 events are too few`.
pub(super) fn too_few(client: &Contender<'_>) -> String {
    match client.each_event() {
        1.0 => "one event is too few".to_owned(),
        events => format!("{} events are too few", human::number(events)),
    }
}
