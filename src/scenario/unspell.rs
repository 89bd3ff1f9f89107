//! Reads the scenario of a `summary.json`: the inverse of [`resolved`](super::resolved).

use super::load::load_of_any_length;
use super::spell::{ORDER, WARMUP_FOUND, resolved, toml_key};
use super::{Problems, Scenario, Settling};
use crate::time::Span;
use serde_json::{Map, Value};
use thiserror::Error;

/// Why there is no such scenario.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum UnspellError {
    /// It is none of `summary.json`.
    #[error("its scenario is not one that a report has")]
    NoScenario,
    /// It is not valid.
    #[error("its scenario is not valid: {0}")]
    Invalid(Box<Problems>),
    /// It is valid, and says something else than what was read.
    #[error("its scenario has keys or values that this version does not write")]
    Other,
}

/// The scenario of a `summary.json`. `files` reads the text of a provider profile that a client names by its path.
///
/// # Errors
/// Where it is not what [`resolved`] makes of a valid scenario, number by number.
pub fn from_resolved(
    json: &Value,
    files: &dyn Fn(&str) -> Result<String, String>,
) -> Result<Scenario, UnspellError> {
    let fields = json.as_object().ok_or(UnspellError::NoScenario)?;
    let mut fields = fields.clone();
    let name = fields.remove("name");
    let found = if fields.contains_key("warmup") { fields.remove(WARMUP_FOUND) } else { None };
    let name = name.as_ref().and_then(Value::as_str).ok_or(UnspellError::NoScenario)?;
    let mut scenario = load_of_any_length(name, &lines(&fields).join("\n"), &[], files)
        .map_err(|problems| UnspellError::Invalid(Box::new(problems)))?;
    if let Some(found) = found {
        let found = found.as_f64().map(Span::from_secs_f64);
        scenario.settling = if found.is_some() { Settling::Found } else { Settling::NotFound };
        scenario.warmup = found.filter(|found| *found < scenario.duration).unwrap_or(Span::ZERO);
    }
    if resolved(&scenario) == *json { Ok(scenario) } else { Err(UnspellError::Other) }
}

/// The unit that the end of a name states.
#[derive(Clone, Copy)]
enum Unit {
    None,
    Seconds,
    PerSecond,
    Bytes,
}

/// The key of a scenario file, and the unit of its value.
fn unit_of<'a>(key: &'a str, value: &Value) -> (&'a str, Unit) {
    let is_quantity = value.is_number() || value.is_array();
    let ends = [("_per_s", Unit::PerSecond), ("_s", Unit::Seconds), ("_bytes", Unit::Bytes)];
    ends.into_iter()
        .filter(|_| is_quantity)
        .find_map(|(end, unit)| Some((key.strip_suffix(end)?, unit)))
        .unwrap_or((key, Unit::None))
}

fn toml(value: &Value, unit: Unit) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Number(number) => {
            let float = number.as_f64().unwrap_or_default();
            match unit {
                Unit::None => number.to_string(),
                Unit::Seconds => format!("\"{}\"", Span::from_secs_f64(float)),
                Unit::PerSecond => format!("\"{float}/s\""),
                Unit::Bytes => format!("\"{number}B\""),
            }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| toml(item, unit)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => format!("{{ {} }}", lines(fields).join(", ")),
    }
}

/// `key = value` for each field of a table.
fn lines(fields: &Map<String, Value>) -> Vec<String> {
    let order = |key: &str| fields.get(&format!("{key}{ORDER}")).and_then(Value::as_array);
    let is_order = |key: &str| key.strip_suffix(ORDER).is_some_and(|key| fields.contains_key(key));
    let written = fields.iter().filter(|(key, _)| !is_order(key)).map(|(key, value)| match value {
        // The names in it are the user's.
        Value::Object(weights) if key == "types" => {
            let names: Vec<&str> = match order(key) {
                Some(names) => names.iter().filter_map(Value::as_str).collect(),
                None => weights.keys().map(String::as_str).collect(),
            };
            let named = names.iter().filter_map(|name| Some((name, weights.get(*name)?)));
            let named = named.map(|(name, weight)| format!("{} = {weight}", toml_key(name)));
            format!("{key} = {{ {} }}", named.collect::<Vec<_>>().join(", "))
        }
        _ => {
            let (key, unit) = unit_of(key, value);
            format!("{} = {}", toml_key(key), toml(value, unit))
        }
    });
    written.collect()
}
