//! A scenario written down: as a complete scenario file, as the JSON of `summary.json`, and as a list of
//! parameters in which what was left at its default is told from what was chosen.

use super::Scenario;
use super::check::default_value;
use super::declare::Keys;
use super::describe::describe;
use super::keys::{Absent, Key, Shape};
use super::record::{Item, Record, Value};
use super::units::{spell_rate, spell_size};
use super::vocabulary::File;
use std::fmt::Write;

/// One parameter that shaped a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// As an override names it: `client.poll 60s.interval`.
    pub path: String,
    /// As a scenario file spells it, texts without their quotes.
    pub value: String,
    /// Whether a scenario that says nothing of it has the same value.
    pub is_default: bool,
}

/// The scenario with every default filled in, for `summary.json`: durations in seconds under names that end in
/// `_s`, rates per second (`_per_s`), sizes in bytes (`_bytes`).
pub fn resolved(scenario: &Scenario) -> serde_json::Value {
    let mut json = json_table(&describe(scenario));
    if let Some(json) = json.as_object_mut() {
        json.insert("name".into(), scenario.name.clone().into());
    }
    json
}

/// A scenario file in which every parameter is spelled out. It loads to an equal scenario.
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

/// Everything that shaped the run, in the order of the vocabulary; title and about, names and claims excepted.
pub fn parameters(scenario: &Scenario) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let run = describe(scenario);
    collect(&run, &mut File::TABLE.keys.iter(), "", &mut parameters);
    parameters.retain(|parameter| {
        let path = parameter.path.as_str();
        !["title", "about"].contains(&path) && !path.starts_with("answer.") && !path.starts_with("expect.")
    });
    parameters
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

/// A value in TOML, on one line as far as its texts are.
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
        Value::Table(record) => {
            let fields =
                record.fields.iter().map(|(key, item)| format!("{key} = {}", toml_value(&item.value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A value as a reader wants to see it.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Span(span) => span.to_string(),
        Value::Rate(per_s) => spell_rate(*per_s),
        Value::Size(bytes) => spell_size(*bytes),
        Value::List(items) if items.is_empty() => "none".into(),
        Value::List(items) => items.iter().map(|item| plain(&item.value)).collect::<Vec<_>>().join(", "),
        Value::Table(record) => {
            record.fields.iter().map(|(_, item)| plain(&item.value)).collect::<Vec<_>>().join(" ")
        }
        Value::Flag(_) | Value::Count(_) | Value::Number(_) => toml_value(value),
    }
}

fn json_table(record: &Record) -> serde_json::Value {
    let fields =
        record.fields.iter().map(|(key, item)| (format!("{key}{}", suffix(&item.value)), json(&item.value)));
    serde_json::Value::Object(fields.collect())
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
        Value::Table(record) => json_table(record),
    }
}

/// What a name ends in, so that it tells the unit of its value.
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

/// The parameters of a record. Tables are entered; a value that may be a table among other shapes is one parameter.
fn collect(
    record: &Record,
    keys: &mut dyn Iterator<Item = &'static Key>,
    prefix: &str,
    parameters: &mut Vec<Parameter>,
) {
    for key in keys {
        let Some(value) = record.value(key.name) else { continue };
        let path = format!("{prefix}{}", key.name);
        match (&key.shape, value) {
            (Shape::Table(table), Value::Table(inner)) => {
                collect(inner, &mut table.keys.iter(), &format!("{path}."), parameters);
            }
            (Shape::Tagged(_), Value::Table(_)) => collect_tagged(&key.shape, value, &path, parameters),
            (Shape::List { of, .. }, Value::List(items))
                if matches!(of, Shape::Table(_) | Shape::Tagged(_)) =>
            {
                for (number, item) in items.iter().enumerate() {
                    let name = match &item.value {
                        Value::Table(member) => member.text("name").map(str::to_owned),
                        _ => None,
                    };
                    let path = format!("{path}.{}", name.unwrap_or_else(|| number.to_string()));
                    collect_tagged(of, &item.value, &path, parameters);
                }
            }
            _ if key.name == "name" => {}
            _ => {
                let default = default_of(key, record);
                let is_default = default.is_some_and(|default| default == *value);
                parameters.push(Parameter { path, value: plain(value), is_default });
            }
        }
    }
}

/// The parameters of a table that is tagged, the tag first, or that is not.
fn collect_tagged(shape: &Shape, value: &Value, path: &str, parameters: &mut Vec<Parameter>) {
    let Value::Table(record) = value else { return };
    let inside = format!("{path}.");
    match shape {
        Shape::Table(table) => collect(record, &mut table.keys.iter(), &inside, parameters),
        Shape::Tagged(tagged) => {
            let tag = record.text(tagged.tag).unwrap_or_default();
            let path = format!("{inside}{}", tagged.tag);
            parameters.push(Parameter { path, value: tag.to_owned(), is_default: false });
            if let Some(variant) = tagged.variant(tag) {
                collect(record, &mut tagged.keys(variant), &inside, parameters);
            }
        }
        _ => {}
    }
}

/// What a key that is absent means in that record; None: nothing by itself.
fn default_of(key: &'static Key, record: &Record) -> Option<Value> {
    match key.absent {
        Absent::Default(toml) => default_value(&key.shape, toml).map(|item| item.value),
        Absent::Derived(from) => from(record),
        Absent::Optional | Absent::Required => None,
    }
}
