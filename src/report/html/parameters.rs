//! All parameters of the run, under the part of it that they belong to. Defaults that several clients share stand once.

use crate::scenario::{self, Parameter};
use std::collections::BTreeMap;

/// A parameter without the part of the run that it belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    pub(super) is_default: bool,
    /// Of a value of a provider profile: where it is from.
    pub(super) mark: Option<String>,
}

/// The parameters of each part, the parts in the order in which they come first.
pub(super) fn groups<'a>(parameters: &'a [Parameter], clients: &[String]) -> Vec<(String, Vec<Row<'a>>)> {
    let shared = shared(parameters, clients);
    let mut groups: Vec<(String, Vec<Row<'_>>)> = Vec::new();
    for Parameter { path, value, is_default, mark } in parameters {
        let (group, key) = path.rsplit_once('.').unwrap_or(("", path));
        let row = Row { key, value, is_default: *is_default, mark: mark.map(scenario::Mark::name) };
        let common =
            common(group, clients).filter(|group| *is_default && shared.contains_key(&(group.clone(), key)));
        let group = common.unwrap_or_else(|| group.to_owned());
        match groups.iter_mut().find(|(known, _)| *known == group) {
            // A shared default comes again with each client.
            Some((_, rows)) if rows.contains(&row) => {}
            Some((_, rows)) => rows.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    groups
}

/// The defaults that are the same wherever a client has them, of a run with several clients.
fn shared<'a>(parameters: &'a [Parameter], clients: &[String]) -> BTreeMap<(String, &'a str), &'a str> {
    let mut values: BTreeMap<(String, &str), Vec<&str>> = BTreeMap::new();
    for parameter in parameters.iter().filter(|parameter| parameter.is_default) {
        let Some((group, key)) = parameter.path.rsplit_once('.') else { continue };
        if let Some(group) = common(group, clients) {
            values.entry((group, key)).or_default().push(&parameter.value);
        }
    }
    let same = values
        .into_iter()
        .filter(|(_, values)| values.len() >= FEW && values.iter().all(|value| *value == values[0]));
    same.map(|(place, values)| (place, values[0])).collect()
}

/// With fewer clients each has its own lines.
const FEW: usize = 4;

/// The part of any client that a part of a client is: `client.NAME.network` is `every client: network`.
fn common(group: &str, clients: &[String]) -> Option<String> {
    let own = group.strip_prefix("client.")?;
    let rest = |name: &String| {
        own.strip_prefix(name.as_str()).filter(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    // A name may have dots: the longest is meant.
    let rest = clients.iter().filter_map(rest).min_by_key(|rest| rest.len())?;
    Some(rest.strip_prefix('.').map_or_else(|| EVERY.to_owned(), |part| format!("{EVERY}: {part}")))
}

/// The heading of what is the same for all clients that have it.
const EVERY: &str = "clients that do not set it";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_defaults_stand_once_and_what_is_set_stays_with_its_client() {
        let names: Vec<String> = ["a", "a.b", "c", "d"].map(str::to_owned).into();
        let parameter = |path: &str, value: &str, is_default| Parameter {
            path: path.to_owned(),
            value: value.to_owned(),
            is_default,
            mark: None,
        };
        let mut parameters = vec![parameter("source.limit", "1", true)];
        for name in &names {
            let at = |key: &str| format!("client.{name}.{key}");
            parameters.push(parameter(&at("interval"), name, false));
            parameters.push(parameter(&at("network.loss"), "0.0", true));
            // Differs: it stays.
            parameters.push(parameter(&at("deadline"), name, true));
        }
        let groups = groups(&parameters, &names);
        let told: Vec<String> = groups
            .iter()
            .map(|(group, rows)| {
                let keys: Vec<String> = rows.iter().map(|row| format!("{}={}", row.key, row.value)).collect();
                format!("{group} [{}]", keys.join(" "))
            })
            .collect();
        assert_eq!(
            told,
            [
                "source [limit=1]",
                "client.a [interval=a deadline=a]",
                "clients that do not set it: network [loss=0.0]",
                "client.a.b [interval=a.b deadline=a.b]",
                "client.c [interval=c deadline=c]",
                "client.d [interval=d deadline=d]",
            ]
        );
    }
}
