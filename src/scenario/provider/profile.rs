//! A profile, read and checked.

use crate::policy::retry::Retries;
use crate::scenario::assemble::unbroken;
use crate::scenario::check::check;
use crate::scenario::declare::Keys;
use crate::scenario::document::{self, Raw, RawKey, RawTable, RawValue};
use crate::scenario::keys::{Key, all_of};
use crate::scenario::problems::{Problem, Problems, Sources};
use crate::scenario::provider::Mark;
use crate::scenario::record::{Record, Value};
use crate::scenario::spell::plain;
use crate::scenario::vocabulary::{FactKeys, Facts, ProfileKeys};

/// How a provider delivers its webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// The file's name without its ending.
    pub name: String,
    /// The provider, and the part of it that the profile describes.
    pub title: String,
    /// What is special about it.
    pub about: String,
    /// What is known of it, in the order of the vocabulary.
    pub facts: Vec<Fact>,
}

/// One fact of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// Its key in `[facts]`.
    pub key: &'static str,
    /// What the key means.
    pub about: &'static str,
    /// The fact in a few words, or the value of the key of a webhook client.
    pub value: String,
    /// The same for a table: of a list of delays, their number and sum.
    pub short: String,
    /// Where the fact is from.
    pub mark: Mark,
    /// The document; of a modelled figure, the reason for its value.
    pub source: String,
    /// What the document says beyond the value.
    pub text: Option<String>,
    /// Whether it is the default of a key of a webhook client.
    pub is_default: bool,
}

impl Profile {
    /// Reads the profile of that name.
    ///
    /// # Errors
    /// All errors of the text, each with its place.
    pub fn load(name: &str, text: &str) -> Result<Self, Problems> {
        let mut sources = Sources::default();
        let start = sources.add(format!("{name}.toml"), text);
        let document = match document::parse(text, start) {
            Ok(document) => document,
            Err(problems) => return Err(Problems::of_syntax(sources, problems)),
        };
        let mut problems = Vec::new();
        let profile = Self::read(name, &document, &mut problems);
        profile.filter(|_| problems.is_empty()).ok_or_else(|| Problems::new(sources, problems))
    }

    /// The fact of that key.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.key == key)
    }

    /// Reads a parsed profile; errors are added to `problems`.
    pub(super) fn read(name: &str, document: &Raw, problems: &mut Vec<Problem>) -> Option<Self> {
        let record = check(document, &ProfileKeys::TABLE, problems);
        let keys = ProfileKeys::read_keys(&record, problems)?;
        let facts = record.record("facts")?;
        let webhook = defaults(document);
        for (key, _) in webhook.into_iter().flat_map(|table| &table.0) {
            if facts.item(&key.name).is_none() {
                problems.push(unmarked(key));
            }
        }
        let mut all = Vec::new();
        for key in Facts::TABLE.keys {
            let given = webhook.is_some_and(|table| table.get(key.name).is_some());
            let default = record.record("webhook").filter(|_| given).and_then(|table| table.value(key.name));
            if given && default.is_none() {
                // The value is wrong, which is reported.
                continue;
            }
            let retries = keys.webhook.as_ref().filter(|_| given && key.name == "retries");
            let short = retries.map(|webhook| summary(&webhook.retries));
            all.extend(fact(key, facts, default, short, problems));
        }
        let about = unbroken(&keys.about?);
        Some(Self { name: name.to_owned(), title: keys.title?, about, facts: all })
    }
}

/// The error of a key of `[webhook]` without a fact.
fn unmarked(key: &RawKey) -> Problem {
    let name = &key.name;
    let possible = Facts::TABLE.keys.iter().map(|fact| fact.name);
    let (message, help) = if possible.clone().any(|fact| fact == name) {
        (format!("`{name}` has no mark"), format!("add {name} = {{ mark, source }} to [facts]"))
    } else {
        let help = format!("what a profile knows is {}", all_of(possible));
        (format!("`{name}` is not the provider's"), help)
    };
    Problem::at(key.place, message, help)
}

/// The table `[webhook]` of a profile.
pub(super) fn defaults(document: &Raw) -> Option<&RawTable> {
    let RawValue::Table(file) = &document.value else { return None };
    match &file.get("webhook")?.value {
        RawValue::Table(table) => Some(table),
        _ => None,
    }
}

/// The fact of a key; `default` is the value of that key in `[webhook]`, and `short` what a table shows of it.
fn fact(
    key: &'static Key,
    facts: &Record,
    default: Option<&Value>,
    short: Option<String>,
    problems: &mut Vec<Problem>,
) -> Option<Fact> {
    let name = key.name;
    let FactKeys { value, mark, source, text } = FactKeys::read_keys(facts.record(name)?, problems)?;
    let Some(shown) = value.clone().or_else(|| default.map(plain)) else {
        let message = format!("the fact `{name}` has no value");
        let help = format!("add `value`, or `{name}` to [webhook]");
        problems.push(Problem::at(facts.place_of(name), message, help));
        return None;
    };
    let short = value.or(short).unwrap_or_else(|| shown.clone());
    Some(Fact {
        key: name,
        about: key.about,
        value: shown,
        short,
        mark: mark?,
        source: unbroken(&source?),
        text: text.as_deref().map(unbroken),
        is_default: default.is_some(),
    })
}

/// The number of retries, and the time until the last.
fn summary(retries: &Retries) -> String {
    let (number, sum_s) = (retries.attempts() - 1, retries.span().as_secs_f64());
    match number {
        0 => "none".to_owned(),
        _ if sum_s < 3600.0 => format!("{number} in {:.0} min", sum_s / 60.0),
        _ => format!("{number} in {:.1} h", sum_s / 3600.0),
    }
}
