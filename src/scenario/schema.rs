//! The vocabulary as a JSON Schema (draft 2020-12), for editors. It describes single keys; only the reader checks rules
//! between several keys.

use super::declare::{Keys, Variants};
use super::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use super::units::{RATE_PATTERN, SIZE_PATTERN, SPAN_PATTERN};
use super::vocabulary::File;
use crate::figure::{Metric, by_status_pattern};
use crate::policy::delay::Delay;
use serde_json::{Map, Value, json};

/// The JSON Schema of a scenario file.
pub fn schema() -> Value {
    let mut schema = table(&File::TABLE);
    let span = json!({ "type": "string", "pattern": SPAN_PATTERN });
    let definitions = json!({
        "duration": described(span.clone(), "A duration: 250ms, 1.5s, 1m30s, 24h, 3d."),
        "positive_duration":
            described(json!({ "allOf": [span, { "pattern": "[1-9]" }] }), "A duration above zero."),
        "rate": described(
            json!({ "type": "string", "allOf": [{ "pattern": RATE_PATTERN }, { "pattern": "[1-9]" }] }),
            "A rate above zero: 10/h, 2.5/s.",
        ),
        "size": described(json!({ "type": "string", "pattern": SIZE_PATTERN }), "A size: 300B, 2KiB."),
        "distribution": tagged(&Delay::TAGGED),
    });
    let head = [
        ("$schema", json!("https://json-schema.org/draft/2020-12/schema")),
        ("title", json!("A pollhook scenario")),
        ("$defs", definitions),
    ];
    add(&mut schema, head);
    schema
}

fn table(table: &Table) -> Value {
    let mut schema = object(table.keys.iter(), None);
    if !table.one_of.is_empty() {
        let one_of = table.one_of.iter().map(|name| json!({ "required": [name] }));
        add(&mut schema, [("oneOf", one_of.collect())]);
    }
    schema
}

/// One schema for each variant, selected by the tag, so that an editor reports the errors of that variant only.
fn tagged(tagged: &'static Tagged) -> Value {
    let names: Vec<&str> = tagged.variants.iter().map(|variant| variant.name).collect();
    let tag = described(json!({ "enum": names }), tagged.about);
    let branches = tagged.variants.iter().map(|variant| {
        let is_it =
            json!({ "properties": { tagged.tag: { "const": variant.name } }, "required": [tagged.tag] });
        json!({ "if": is_it, "then": branch(tagged, variant) })
    });
    json!({
        "type": "object",
        "properties": { tagged.tag: tag },
        "required": [tagged.tag],
        "allOf": branches.collect::<Value>(),
    })
}

fn branch(tagged: &'static Tagged, variant: &'static Variant) -> Value {
    let tag = described(json!({ "const": variant.name }), variant.about);
    object(tagged.keys(variant), Some((tagged.tag, tag)))
}

fn object(keys: impl Iterator<Item = &'static Key>, tag: Option<(&str, Value)>) -> Value {
    let mut required: Vec<Value> = tag.iter().map(|(name, _)| json!(name)).collect();
    let mut properties: Map<String, Value> =
        tag.into_iter().map(|(name, tag)| (name.to_owned(), tag)).collect();
    for key in keys {
        properties.insert(key.name.to_owned(), property(key));
        if matches!(key.absent, Absent::Required) {
            required.push(json!(key.name));
        }
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn property(key: &'static Key) -> Value {
    let mut schema = described(shape(&key.shape), key.about);
    if let Absent::Default(toml) = key.absent
        && let Ok(table) = toml::from_str::<toml::Table>(&format!("default = {toml}"))
        && let Ok(Value::Object(default)) = serde_json::to_value(table)
    {
        add(&mut schema, default);
    }
    schema
}

fn shape(of: &'static Shape) -> Value {
    match of {
        Shape::Text { filled: false } => json!({ "type": "string" }),
        Shape::Text { filled: true } => json!({ "type": "string", "pattern": r"\S" }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Number { min, max } if max.is_finite() => {
            json!({ "type": "number", "minimum": min, "maximum": max })
        }
        Shape::Number { .. } => json!({ "type": "number" }),
        Shape::Factor => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Shape::Span { zero: true } => json!({ "$ref": "#/$defs/duration" }),
        Shape::Span { zero: false } => json!({ "$ref": "#/$defs/positive_duration" }),
        Shape::Rate { zero: true } => json!({ "type": "string", "pattern": RATE_PATTERN }),
        Shape::Rate { zero: false } => json!({ "$ref": "#/$defs/rate" }),
        Shape::Size { .. } => json!({ "$ref": "#/$defs/size" }),
        Shape::Choice { words, .. } => choice(words),
        Shape::Metric => {
            let paths: Vec<&str> = Metric::paths().collect();
            json!({ "anyOf": [{ "enum": paths }, { "type": "string", "pattern": by_status_pattern() }] })
        }
        Shape::Weights => json!({
            "type": "object",
            "minProperties": 1,
            "additionalProperties": { "type": "number", "exclusiveMinimum": 0 },
        }),
        Shape::List { of: item, min, max: usize::MAX } => {
            json!({ "type": "array", "items": shape(item), "minItems": min })
        }
        Shape::List { of: item, min, max } => {
            json!({ "type": "array", "items": shape(item), "minItems": min, "maxItems": max })
        }
        Shape::Table(inner) => table(inner),
        Shape::Tagged(inner) if inner.tag == Delay::TAGGED.tag => {
            json!({ "$ref": "#/$defs/distribution" })
        }
        Shape::Tagged(inner) => tagged(inner),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(shape).collect::<Value>() }),
    }
}

fn choice(words: &[(&str, &str)]) -> Value {
    let words = words.iter().map(|(word, about)| described(json!({ "const": word }), about));
    json!({ "type": "string", "oneOf": words.collect::<Value>() })
}

fn described(mut schema: Value, about: &str) -> Value {
    add(&mut schema, [("description", json!(about))]);
    schema
}

fn add<K: Into<String>>(schema: &mut Value, entries: impl IntoIterator<Item = (K, Value)>) {
    if let Some(schema) = schema.as_object_mut() {
        schema.extend(entries.into_iter().map(|(key, value)| (key.into(), value)));
    }
}
