//! What differs between two scenarios, by path.

use super::Renamed;
use serde_json::Value;
use std::collections::BTreeMap;

/// One parameter that differs; None where a scenario does not have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// As `--set` names it: `client.poll 60s.interval_s`.
    pub path: String,
    /// In BASE.
    pub base: Option<Value>,
    /// In OTHER.
    pub other: Option<Value>,
}

impl Change {
    /// Whether it can change a figure; words about the scenario, seeds and claims cannot.
    pub fn is_of_the_model(&self) -> bool {
        let top = self.path.split('.').next().unwrap_or_default();
        let is_a_name = top == "client" && self.path.ends_with(".name");
        !is_a_name && !["answer", "expect", "name", "replications", "seed", "title"].contains(&top)
    }
}

/// The parameters that differ, in order of their paths. A client that only one scenario has is one change.
pub(super) fn changes(base: &Value, other: &Value) -> Vec<Change> {
    let [base_leaves, other_leaves] = [base, other].map(|scenario| {
        let mut leaves = BTreeMap::new();
        flatten(scenario, String::new(), &mut leaves);
        leaves
    });
    let [base_clients, other_clients] = [base, other].map(clients);
    let mut changes: Vec<Change> = Vec::new();
    for client in base_clients.iter().filter(|client| !other_clients.contains(client)) {
        changes.push(Change { path: format!("client.{client}"), base: Some("present".into()), other: None });
    }
    for client in other_clients.iter().filter(|client| !base_clients.contains(client)) {
        changes.push(Change { path: format!("client.{client}"), base: None, other: Some("present".into()) });
    }
    // A name may have dots: of `a` and `a.b` the longer is meant.
    let owner = |path: &str| {
        let names = base_clients.iter().chain(&other_clients);
        let own = names.filter(|name| path.starts_with(&format!("client.{name}.")));
        own.max_by_key(|name| name.len()).cloned()
    };
    let is_of_both = |name: String| base_clients.contains(&name) && other_clients.contains(&name);
    let of_one_only = |path: &str| owner(path).is_some_and(|name| !is_of_both(name));
    let mut paths: Vec<&String> = base_leaves.keys().chain(other_leaves.keys()).collect();
    paths.sort_unstable();
    paths.dedup();
    let leaves: Vec<Change> = (paths.into_iter())
        // The text of a scenario says what was set otherwise, which is here as well.
        .filter(|path| *path != "about" && !of_one_only(path))
        .filter(|path| base_leaves.get(*path) != other_leaves.get(*path))
        .map(|path| Change {
            path: path.clone(),
            base: base_leaves.get(path).map(|value| (*value).clone()),
            other: other_leaves.get(path).map(|value| (*value).clone()),
        })
        .collect();
    changes.extend(in_words_and_numbers(leaves));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// A time that is `none` or `forever` in one scenario has another key than one in seconds: `reconcile` and `reconcile_s`
/// are one parameter.
fn in_words_and_numbers(mut leaves: Vec<Change>) -> Vec<Change> {
    let [words, numbers] = ["", "_s"]
        .map(|end| leaves.iter().map(|change| format!("{}{end}", change.path)).collect::<Vec<String>>());
    for (place, in_seconds) in numbers.iter().enumerate() {
        let Some(number) = words.iter().position(|path| path == in_seconds) else { continue };
        let word = leaves[place].clone();
        let number = &mut leaves[number];
        if number.base.is_none() && word.other.is_none() {
            number.base = word.base;
        } else if number.other.is_none() && word.base.is_none() {
            number.other = word.other;
        } else {
            continue;
        }
        leaves[place].path.clear();
    }
    leaves.retain(|change| !change.path.is_empty());
    leaves
}

/// The same with the clients that have another name.
pub(super) fn with_names(mut changes: Vec<Change>, renamed: &[Renamed]) -> Vec<Change> {
    changes.extend(renamed.iter().map(Renamed::change));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// Whether both scenarios draw the same events, so that what chance does to a replication of one it does to that of the
/// other.
pub(super) fn have_the_same_events(base: &Value, other: &Value) -> bool {
    ["seed", "events", "duration_s"].iter().all(|key| base[key] == other[key])
}

/// Whether both count the same of them, which a warm-up decides: only then a difference of two runs is none of events.
pub(super) fn count_the_same(base: &Value, other: &Value) -> bool {
    have_the_same_events(base, other) && base["warmup_s"] == other["warmup_s"]
}

/// The warm-up of a scenario in seconds, given or found.
pub(super) fn warm_up_s(scenario: &Value) -> f64 {
    scenario["warmup_s"].as_f64().unwrap_or_default()
}

fn clients(scenario: &Value) -> Vec<String> {
    let clients = scenario["client"].as_array().into_iter().flatten();
    clients.filter_map(|client| client["name"].as_str().map(str::to_owned)).collect()
}

fn flatten<'v>(value: &'v Value, path: String, leaves: &mut BTreeMap<String, &'v Value>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                flatten(value, below(key), leaves);
            }
        }
        // Tables of one kind: clients by name, outages and the like by number.
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (number, item) in items.iter().enumerate() {
                let name = item["name"].as_str().map_or_else(|| (number + 1).to_string(), str::to_owned);
                flatten(item, below(&name), leaves);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        _ => {
            leaves.insert(path, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn changes_are_named_by_path_and_a_new_client_is_one() {
        let base = json!({ "seed": 1, "client": [{ "name": "a", "interval_s": 60, "retries_s": [1, 2] }],
            "outage": [], "events": { "arrivals": { "rate_per_s": 1 } } });
        let other = json!({ "seed": 2, "client": [{ "name": "a", "interval_s": 30, "retries_s": [1, 2] },
            { "name": "b", "interval_s": 9 }], "outage": [{ "for_s": 5 }],
            "events": { "arrivals": { "rate_per_s": 1 } } });
        let changes = changes(&base, &other);
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["client.a.interval_s", "client.b", "outage.1.for_s", "seed"]);
        assert_eq!(changes.iter().filter(|change| change.is_of_the_model()).count(), 3);
        let [word, number] = [json!({ "reconcile": "none" }), json!({ "reconcile_s": 300 })];
        for (base, other) in [(&word, &number), (&number, &word)] {
            let own = super::changes(base, other);
            assert_eq!(own.len(), 1, "one parameter: {own:?}");
            assert_eq!(
                (&own[0].base, &own[0].other),
                (
                    &base.as_object().unwrap().values().next().cloned(),
                    &other.as_object().unwrap().values().next().cloned()
                )
            );
            assert_eq!(own[0].path, "reconcile_s");
        }
        let dotted = |names: &[&str], seconds: u32| {
            let clients: Vec<Value> =
                names.iter().map(|name| json!({ "name": name, "interval_s": seconds })).collect();
            json!({ "client": clients })
        };
        let own = super::changes(&dotted(&["a", "a.b"], 1), &dotted(&["a.b"], 2));
        let paths: Vec<&str> = own.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["client.a", "client.a.b.interval_s"]);
        assert!(!have_the_same_events(&base, &other) && have_the_same_events(&base, &base));
    }
}
