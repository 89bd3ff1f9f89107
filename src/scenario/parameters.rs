//! The parameters of a run as a list that marks the values that are defaults.

use super::check::default_value;
use super::declare::Keys;
use super::describe::describe;
use super::keys::{Absent, Key, Shape};
use super::provider::Mark;
use super::record::{Record, Value};
use super::spell::plain;
use super::vocabulary::File;
use super::{Client, Scenario};

/// One parameter of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its path, as in an override: `client.poll 60s.interval`.
    pub path: String,
    /// Its value as in a scenario file, strings without quotes.
    pub value: String,
    /// Whether the value is the default.
    pub is_default: bool,
    /// Of a value of a provider profile: where it is from.
    pub mark: Option<Mark>,
}

/// All parameters of the run, in the order of the vocabulary, without title, about, names and claims.
pub fn parameters(scenario: &Scenario) -> Vec<Parameter> {
    let mut parameters = described(scenario, default_of);
    scenario.clients.iter().for_each(|client| mark(client, &mut parameters));
    parameters
}

/// The same without saying which of them are defaults or a provider's, which takes most of the time.
pub(super) fn values(scenario: &Scenario) -> Vec<Parameter> {
    described(scenario, |_, _| None)
}

/// How the value of an absent key in a record is found; None: it has none.
type Defaults = fn(&'static Key, &Record) -> Option<Value>;

fn described(scenario: &Scenario, defaults: Defaults) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    let run = describe(scenario);
    collect(&run, &mut File::TABLE.keys.iter(), ("", defaults), &mut parameters);
    parameters.retain(|parameter| {
        let path = parameter.path.as_str();
        !["title", "about"].contains(&path) && !path.starts_with("answer.") && !path.starts_with("expect.")
    });
    parameters
}

/// Marks the values that a client has from its provider profile; the profile itself is its name.
fn mark(client: &Client, parameters: &mut [Parameter]) {
    let Some(provider) = client.webhook().and_then(|webhook| webhook.provider.as_ref()) else { return };
    let path = |key: &str| format!("client.{}.{key}", client.name);
    let own = path("provider");
    parameters.iter_mut().filter(|one| one.path == own).for_each(|one| one.value.clone_from(&provider.name));
    for figure in &provider.figures {
        let (key, inside) = (path(&figure.key), path(&figure.key) + ".");
        let of_figure = parameters.iter_mut().filter(|one| one.path == key || one.path.starts_with(&inside));
        of_figure.for_each(|one| one.mark = Some(figure.mark));
    }
}

/// The parameters of a record and of its tables. A value that may also have another shape than a table is one parameter.
fn collect(
    record: &Record,
    keys: &mut dyn Iterator<Item = &'static Key>,
    (prefix, defaults): (&str, Defaults),
    parameters: &mut Vec<Parameter>,
) {
    for key in keys {
        let Some(value) = record.value(key.name) else { continue };
        let path = format!("{prefix}{}", key.name);
        match (&key.shape, value) {
            (Shape::Table(table), Value::Table(inner)) => {
                collect(inner, &mut table.keys.iter(), (&format!("{path}."), defaults), parameters);
            }
            (Shape::Tagged(_), Value::Table(_)) => {
                let default = defaults(key, record);
                collect_tagged(&key.shape, value, default.as_ref(), (&path, defaults), parameters);
            }
            (Shape::List { of, .. }, Value::List(items))
                if matches!(of, Shape::Table(_) | Shape::Tagged(_)) =>
            {
                for (number, item) in items.iter().enumerate() {
                    let name = match &item.value {
                        Value::Table(member) => member.text("name").map(str::to_owned),
                        _ => None,
                    };
                    let path = format!("{path}.{}", name.unwrap_or_else(|| number.to_string()));
                    collect_tagged(of, &item.value, None, (&path, defaults), parameters);
                }
            }
            _ if key.name == "name" => {}
            _ => {
                let default = defaults(key, record);
                let is_default = default.is_some_and(|default| default == *value);
                parameters.push(Parameter { path, value: plain(value), is_default, mark: None });
            }
        }
    }
}

/// The parameters of a plain or tagged table, which may have a default; a tag comes first.
fn collect_tagged(
    shape: &Shape,
    value: &Value,
    default: Option<&Value>,
    (path, defaults): (&str, Defaults),
    parameters: &mut Vec<Parameter>,
) {
    let Value::Table(record) = value else { return };
    let inside = format!("{path}.");
    match shape {
        Shape::Table(table) => collect(record, &mut table.keys.iter(), (&inside, defaults), parameters),
        Shape::Tagged(tagged) => {
            let tag = record.text(tagged.tag).unwrap_or_default();
            let path = format!("{inside}{}", tagged.tag);
            let is_default = match default {
                Some(Value::Table(default)) => default.text(tagged.tag) == Some(tag),
                Some(_) | None => false,
            };
            parameters.push(Parameter { path, value: tag.to_owned(), is_default, mark: None });
            if let Some(variant) = tagged.variant(tag) {
                collect(record, &mut tagged.keys(variant), (&inside, defaults), parameters);
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
