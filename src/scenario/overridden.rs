//! Overrides that change what the file refers to. A client that an override renames keeps what the file says of it. A client
//! that is removed, or whose kind makes a claim meaningless, is an error of the override and not of the file, and the help
//! says how to correct it.

use super::Client;
use super::Scenario;
use super::assemble::clients;
use super::document::{Raw, RawTable, RawValue};
use super::problems::{Place, Problem};
use crate::figure::{Figure, Metric};

/// A client in the file, before overrides. Its place identifies it: an override that replaces the client has another place.
pub(super) struct Before {
    place: Option<Place>,
    name: String,
    kind: Option<String>,
}

/// The clients of a document before overrides.
pub(super) fn before(document: &Raw) -> Vec<Before> {
    let before = |(raw, client): (&Raw, &RawTable)| {
        let kind = client.text("kind").map(str::to_owned);
        Before { place: raw.place, name: client.client_name().unwrap_or_default(), kind }
    };
    tables(document, "client").map(before).collect()
}

/// The name that a client had in the file.
pub(super) fn name_in_file<'a>(before: &'a [Before], client: &Raw) -> Option<&'a str> {
    before.iter().find(|was| was.place == client.place).map(|was| was.name.as_str())
}

/// Renames the clients to which the file (which ends at `end`) refers, where an override has renamed them. A default name
/// follows the interval, so that `client.poll 60s.interval=5m` renames a client, too. An override may use either name.
pub(super) fn follow_names(before: &[Before], document: &mut Raw, end: usize) {
    let now: Vec<(String, Option<String>)> = tables(document, "client")
        .filter_map(|(raw, client)| {
            Some((client.client_name()?, name_in_file(before, raw).map(str::to_owned)))
        })
        .collect();
    let rename = |value: &mut Raw| {
        let in_file = value.place.is_some_and(|place| place.end <= end);
        let RawValue::Text(name) = &mut value.value else { return };
        let was = now.iter().find(|(_, was)| was.as_deref() == Some(name));
        if let Some((new, _)) = was.filter(|_| in_file || !now.iter().any(|(now, _)| now == name)) {
            name.clone_from(new);
        }
    };
    let Some(file) = document.table_mut() else { return };
    for (key, value) in &mut file.0 {
        let keys: &[&str] = match key.name.as_str() {
            "outage" | "expect" => &["client"],
            "answer" => &["client", "against"],
            _ => continue,
        };
        for reference in members(value).flat_map(|member| references(member, keys)) {
            rename(reference);
        }
    }
}

/// The values of those keys, and the members of those that are lists.
fn references<'a>(table: &'a mut Raw, keys: &'static [&str]) -> impl Iterator<Item = &'a mut Raw> {
    let entries = table.table_mut().into_iter().flat_map(|table| &mut table.0);
    entries.filter(|(key, _)| keys.contains(&key.name.as_str())).flat_map(|(_, value)| members(value))
}

/// The members of a list; of any other value, itself.
fn members(raw: &mut Raw) -> impl Iterator<Item = &mut Raw> {
    if !matches!(raw.value, RawValue::List(_)) {
        return std::slice::from_mut(raw).iter_mut();
    }
    match &mut raw.value {
        RawValue::List(items) => items.iter_mut(),
        _ => Default::default(),
    }
}

/// Changes the help of each unknown client in the file (which ends at `end`) if an override removed that client.
pub(super) fn tell_removed(before: &[Before], end: usize, problems: &mut [Problem]) {
    for problem in problems {
        let in_file = problem.place.is_some_and(|place| place.end <= end);
        if in_file && before.iter().any(|client| problem.message == clients::unknown(&client.name)) {
            let help = "an override removes it: also override the tables that refer to it, or remove the claims \
                        with --set expect=[]";
            problem.help = Some(help.to_owned());
        }
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
        let now =
            tables(document, "client").find(|(_, table)| table.client_name().as_ref() == Some(&client.name));
        let place = now.and_then(|(raw, _)| raw.place);
        let was = before.iter().find(|was| was.place == place || was.name == client.name);
        let is_other = was.and_then(|was| was.kind.as_deref()).is_some_and(|was| was != client.kind.name());
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
        | Figure::AttemptsRedelivered
        | Figure::AttemptsGaveUp
        | Figure::DisabledSeconds
        | Figure::RequestsRetries => !client.is_called(),
        Figure::EventsReceipts | Figure::EventsDuplicates | Figure::EventsProcessedAgain => {
            !client.may_duplicate()
        }
        Figure::DuplicatesPerEvent => !client.channels().any(|channel| channel.may_duplicate()),
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
