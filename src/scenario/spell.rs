//! Writes a scenario: as a complete scenario file, and as the JSON of `summary.json`.

use super::describe::describe;
use super::record::{Item, Record, Value};
use super::units::{spell_rate, spell_size};
use super::{Scenario, Settling};
use std::fmt::Write;

/// The scenario with all defaults, for `summary.json`: durations in seconds with names that end in
/// `_s`, rates per second (`_per_s`), sizes in bytes (`_bytes`). A warm-up that was found stands beside its key,
/// `"warmup": "auto"`.
pub fn resolved(scenario: &Scenario) -> serde_json::Value {
    let mut json = json_table(&describe(scenario));
    if let Some(json) = json.as_object_mut() {
        json.insert("name".into(), scenario.name.clone().into());
        match scenario.settling {
            Settling::Found => {
                json.insert(WARMUP_FOUND.into(), scenario.warmup.as_secs_f64().into());
            }
            Settling::NotFound => {
                json.insert(WARMUP_FOUND.into(), serde_json::Value::Null);
            }
            Settling::Given | Settling::ToFind => {}
        }
    }
    json
}

/// Where `warmup` is `"auto"`: its length in seconds; null where none was found.
pub(super) const WARMUP_FOUND: &str = "warmup_s";

/// A scenario file with every parameter. It loads to an equal scenario.
pub fn to_toml(scenario: &Scenario) -> String {
    let run = describe(scenario);
    let mut toml = String::new();
    let tables = |item: &Item| matches!(item.value, Value::Table(_) | Value::List(_));
    for (key, item) in run.fields.iter().filter(|(_, item)| !tables(item)) {
        push_line(&mut toml, key, &item.value);
    }
    for (key, item) in &run.fields {
        match &item.value {
            Value::Table(record) => push_table(&mut toml, &format!("[{key}]"), record),
            Value::List(members) => members.iter().for_each(|member| {
                if let Value::Table(record) = &member.value {
                    push_table(&mut toml, &format!("[[{key}]]"), record);
                }
            }),
            _ => {}
        }
    }
    toml
}

fn push_table(toml: &mut String, header: &str, record: &Record) {
    toml.push('\n');
    toml.push_str(header);
    toml.push('\n');
    for (key, item) in &record.fields {
        push_line(toml, key, &item.value);
    }
}

fn push_line(toml: &mut String, key: &str, value: &Value) {
    writeln!(toml, "{key} = {}", toml_value(value)).expect("writing to a string does not fail");
}

/// A value in TOML, on one line unless a string has several.
fn toml_value(value: &Value) -> String {
    match value {
        Value::Text(text) => toml::Value::String(text.clone()).to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Count(count) => count.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Span(_) | Value::Rate(_) | Value::Size(_) => format!("\"{}\"", plain(value)),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| toml_value(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Weights(weights) => {
            let fields = weights.iter().map(|(name, weight)| format!("{} = {weight:?}", toml_key(name)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Table(record) => {
            let fields =
                record.fields.iter().map(|(key, item)| format!("{key} = {}", toml_value(&item.value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A key in TOML, in quotes where it needs them.
pub(super) fn toml_key(name: &str) -> String {
    let is_bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { name.to_owned() } else { format!("{name:?}") }
}

/// A value in the parameter table of a report.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Span(span) => span.to_string(),
        Value::Rate(per_s) => spell_rate(*per_s),
        Value::Size(bytes) => spell_size(*bytes),
        Value::List(items) if items.is_empty() => "none".into(),
        Value::List(items) => items.iter().map(|item| plain(&item.value)).collect::<Vec<_>>().join(", "),
        Value::Weights(weights) => {
            weights.iter().map(|(name, weight)| format!("{name} {weight}")).collect::<Vec<_>>().join(", ")
        }
        Value::Table(record) => {
            record.fields.iter().map(|(_, item)| plain(&item.value)).collect::<Vec<_>>().join(" ")
        }
        Value::Flag(_) | Value::Count(_) | Value::Number(_) => toml_value(value),
    }
}

fn json_table(record: &Record) -> serde_json::Value {
    let name = |key: &str, value: &Value| match key {
        // The limit of a claim: the path of its figure states the unit.
        "below" | "above" | "equals" => key.to_owned(),
        _ => format!("{key}{}", suffix(value)),
    };
    let fields = record.fields.iter().map(|(key, item)| (name(key, &item.value), json(&item.value)));
    let orders = record.fields.iter().filter_map(|(key, item)| match &item.value {
        Value::Weights(weights) if weights.len() > 1 => {
            Some((format!("{key}{ORDER}"), weights.iter().map(|(name, _)| name.as_str()).collect()))
        }
        _ => None,
    });
    serde_json::Value::Object(fields.chain(orders).collect())
}

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Flag(flag) => (*flag).into(),
        Value::Count(count) => (*count).into(),
        Value::Number(number) | Value::Rate(number) => (*number).into(),
        Value::Span(span) => span.as_secs_f64().into(),
        Value::Size(bytes) => (*bytes).into(),
        Value::List(items) => items.iter().map(|item| json(&item.value)).collect::<Vec<_>>().into(),
        Value::Weights(weights) => {
            let weights = weights.iter().map(|(name, weight)| (name.clone(), (*weight).into()));
            serde_json::Value::Object(weights.collect())
        }
        Value::Table(record) => json_table(record),
    }
}

/// The end of the name of a list of names, in the order that draws depend on and that an object does not keep.
pub(super) const ORDER: &str = "_order";

/// The end of a name that states the unit of its value.
fn suffix(value: &Value) -> &'static str {
    match value {
        Value::Span(_) => "_s",
        Value::Rate(_) => "_per_s",
        Value::Size(_) => "_bytes",
        Value::List(items) => match items.first().map(|item| &item.value) {
            Some(Value::Table(_)) => "",
            Some(first) => suffix(first),
            None => "",
        },
        _ => "",
    }
}
