//! Overrides that break the file: they rename a client that the file refers to, or change its kind so that a claim has no
//! meaning. The error is then in the override and not in the file, and the help says how to correct it.

use super::Client;
use super::Scenario;
use super::assemble::clients;
use super::document::{Raw, RawTable, RawValue};
use super::problems::Problem;
use crate::figure::{Figure, Metric};

/// A client in the file, before overrides.
pub(super) struct Before {
    name: String,
    kind: Option<String>,
}

/// The clients of a document before overrides.
pub(super) fn before(document: &Raw) -> Vec<Before> {
    let before = |client: &RawTable| {
        let kind = client.text("kind").map(str::to_owned);
        Before { name: client.client_name().unwrap_or_default(), kind }
    };
    tables(document, "client").map(|(_, client)| before(client)).collect()
}

/// Changes the help of each unknown client in the file (which ends at `end`) if an override renamed or removed that client.
pub(super) fn tell_renamed(before: &[Before], document: &Raw, end: usize, problems: &mut [Problem]) {
    let now: Vec<Option<String>> =
        tables(document, "client").map(|(_, client)| client.client_name()).collect();
    for problem in problems {
        let in_file = problem.place.is_some_and(|place| place.end <= end);
        let named = |client: &Before| problem.message == clients::unknown(&client.name);
        let Some(index) = before.iter().position(named).filter(|_| in_file) else { continue };
        let stays = |name: &String| !before.iter().any(|client| client.name == *name);
        let what = match now.get(index).cloned().flatten().filter(stays) {
            Some(new) if now.len() == before.len() => format!(
                "an override renames it to {new:?}: restore the name with --set \"client.{index}.name={}\"",
                before[index].name
            ),
            _ => "an override removes it: also override the tables that refer to it".to_owned(),
        };
        problem.help = Some(format!("{what}, or remove the claims with --set expect=[]"));
    }
}

/// Refuses each claim of the file (which ends at `end`) whose figure has no meaning for the client, because an override
/// changed its kind: the claim would always hold or always fail.
pub(super) fn tell_of_other_kind(
    before: &[Before],
    document: &Raw,
    end: usize,
    scenario: &Scenario,
    problems: &mut Vec<Problem>,
) {
    for (claim, keys) in tables(document, "expect") {
        let Some(client) = keys.text("client").and_then(|name| scenario.client(name)) else { continue };
        let was = before.iter().find(|was| was.name == client.name).and_then(|was| was.kind.as_deref());
        let is_other = was.is_some_and(|was| was != client.kind.name());
        let Some(metric) = keys.text("metric").filter(|_| is_other) else { continue };
        let in_file = claim.place.is_some_and(|place| place.end <= end);
        if in_file && Metric::find(metric).is_some_and(|metric| is_meaningless(&metric, client)) {
            let (name, kind) = (&client.name, client.kind.name());
            let message = format!("`{metric}` has no meaning for {name:?}, which is of kind {kind:?}");
            let help = "an override changes its kind: remove the claims with --set expect=[], or claim another figure";
            problems.push(Problem::at(keys.get("metric").and_then(|metric| metric.place), message, help));
        }
    }
}

/// Whether a figure counts something that the client's channels never do.
fn is_meaningless(metric: &Metric, client: &Client) -> bool {
    let (Metric::Measured(figure) | Metric::Predicted(figure)) = metric else { return false };
    match figure {
        Figure::AttemptsTotal
        | Figure::AttemptsPerEvent
        | Figure::AttemptsGaveUp
        | Figure::RequestsRetries => !client.is_called(),
        Figure::EventsReceipts | Figure::EventsDuplicates | Figure::DuplicatesPerEvent => {
            !client.channels().any(|channel| channel.may_duplicate())
        }
        Figure::RequestsPolls | Figure::RequestsEmptyPolls | Figure::EmptyShare => !client.asks(),
        _ => false,
    }
}

/// The tables of a list of tables.
fn tables<'a>(document: &'a Raw, key: &str) -> impl Iterator<Item = (&'a Raw, &'a RawTable)> + use<'a> {
    let table = |raw: &'a Raw| match &raw.value {
        RawValue::Table(table) => Some((raw, table)),
        _ => None,
    };
    let list = match &document.value {
        RawValue::Table(file) => file.get(key),
        _ => None,
    };
    let items = match list.map(|list| &list.value) {
        Some(RawValue::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().filter_map(table)
}
