//! Writes a scenario: as a complete scenario file, as the JSON of `summary.json`, and as a list of parameters that marks
//! the values that are defaults.

use super::Scenario;
use super::check::default_value;
use super::declare::Keys;
use super::describe::describe;
use super::keys::{Absent, Key, Shape};
use super::record::{Item, Record, Value};
use super::units::{spell_rate, spell_size};
use super::vocabulary::File;
use std::fmt::Write;

/// One parameter of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its path, as in an override: `client.poll 60s.interval`.
    pub path: String,
    /// Its value as in a scenario file, strings without quotes.
    pub value: String,
    /// Whether the value is the default.
    pub is_default: bool,
}

/// The scenario with all defaults, for `summary.json`: durations in seconds with names that end in
/// `_s`, rates per second (`_per_s`), sizes in bytes (`_bytes`).
pub fn resolved(scenario: &Scenario) -> serde_json::Value {
    let mut json = json_table(&describe(scenario));
    if let Some(json) = json.as_object_mut() {
        json.insert("name".into(), scenario.name.clone().into());
    }
    json
}

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

/// All parameters of the run, in the order of the vocabulary, without title, about, names and claims.
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
        Value::Table(record) => {
            let fields =
                record.fields.iter().map(|(key, item)| format!("{key} = {}", toml_value(&item.value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A value in the parameter table of a report.
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

/// The parameters of a record and of its tables. A value that may also have another shape than a table is one parameter.
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

/// The parameters of a plain or tagged table; a tag comes first.
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

/// The value of an absent key in that record; None: it has none.
fn default_of(key: &'static Key, record: &Record) -> Option<Value> {
    match key.absent {
        Absent::Default(toml) => default_value(&key.shape, toml).map(|item| item.value),
        Absent::Derived(from) => from(record),
        Absent::Optional | Absent::Required => None,
    }
}
