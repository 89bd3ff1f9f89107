//! The schema and the reference of all keys, as they are published.

use crate::{folder, load_shipped};
use pollhook::scenario::{self, load, parameters};
use std::fs;

#[test]
fn the_committed_schema_is_the_one_of_the_program() {
    let path = folder("scenarios/scenario.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&scenario::schema()).expect("JSON");
        fs::write(&path, text + "\n").expect("a writable folder");
    }
    let committed: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).expect("the schema")).expect("JSON");
    assert!(committed == scenario::schema(), "out of date: run with UPDATE=1");
}

#[test]
fn the_committed_reference_is_what_the_declarations_say() {
    let path = folder("scenarios/reference.toml");
    let reference = scenario::reference();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &reference).expect("a writable folder");
    }
    assert!(fs::read_to_string(&path).expect("the reference") == reference, "out of date: run with UPDATE=1");
    load("reference", &reference, &[]).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_reference_shows_every_key_with_its_default() {
    let reference = scenario::find("reference").expect("the reference");
    let mut keys = Vec::new();
    names_of_keys(&scenario::schema(), &mut keys);
    let shown = |key: &str| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        reference.text.match_indices(key).any(|(at, _)| {
            let (before, after) = (&reference.text[..at], &reference.text[at + key.len()..]);
            let is_header = before.ends_with(['[', '.']);
            !before.ends_with(is_part) && (after.starts_with(" = ") || is_header && after.starts_with(']'))
        })
    };
    let missing: Vec<&String> = keys.iter().filter(|key| !shown(key)).collect();
    assert!(keys.len() > 60 && missing.is_empty(), "{missing:?}");
    let chosen: Vec<String> = parameters(&load_shipped(reference))
        .into_iter()
        .filter(|parameter| !parameter.is_default)
        .map(|parameter| parameter.path)
        .collect();
    insta::assert_snapshot!("reference-chosen", chosen.join("\n"));
}

fn names_of_keys(schema: &serde_json::Value, keys: &mut Vec<String>) {
    match schema {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                if let ("properties", Some(properties)) = (name.as_str(), field.as_object()) {
                    keys.extend(
                        properties.keys().filter(|key| !keys.contains(key)).cloned().collect::<Vec<_>>(),
                    );
                }
                names_of_keys(field, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| names_of_keys(item, keys)),
        _ => {}
    }
}
