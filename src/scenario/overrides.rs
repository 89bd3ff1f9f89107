//! Overrides: `PATH=VALUE`, applied to the document before it is checked, so that they obey the same rules and their
//! errors are shown at their own text.

use super::document::{self, Raw, RawTable, RawValue};
use super::keys::nearest;
use super::overridden::{Before, name_in_file};
use super::problems::{Place, Problem, Sources};
use std::str::FromStr;

/// A value that replaces one of the scenario, such as `client.poll 60s.interval=5s`.
///
/// Members of a list are named by their index from 0 (`outage.0.for=1h`), clients also by their names: that in the file, or
/// that which the overrides before give them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The keys that lead to the value, joined by dots.
    pub path: String,
    /// A TOML value. Any other text is used as a string, so that `5/s` needs no quotes.
    pub value: String,
}

/// The text is not an override.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not PATH=VALUE, such as seed=7 or client.webhook.deadline=5s")]
pub struct OverrideError(String);

impl FromStr for Override {
    type Err = OverrideError;

    fn from_str(text: &str) -> Result<Self, OverrideError> {
        let parts = text.split_once('=').map(|(path, value)| (path.trim(), value.trim()));
        let (path, value) =
            parts.filter(|(path, _)| !path.is_empty()).ok_or_else(|| OverrideError(text.to_owned()))?;
        Ok(Self { path: path.to_owned(), value: value.to_owned() })
    }
}

/// Applies an override to the document, and adds its text to the sources. `before`: the clients of the file.
pub(super) fn apply(
    document: &mut Raw,
    set: &Override,
    before: &[Before],
    sources: &mut Sources,
) -> Result<(), Problem> {
    let start = sources.add("--set", format!("{}={}", set.path, set.value));
    let value_start = start + set.path.len() + 1;
    let place = Some(Place { start: value_start, end: value_start + set.value.len() });
    let mut value = document::parse_value(&set.value, Some(value_start))
        .unwrap_or_else(|| Raw { place, value: RawValue::Text(set.value.clone()) });
    value.place = place;
    let path = Path { rest: &set.path, start, before };
    *path.walk(document)? = value;
    Ok(())
}

/// The rest of a path, and its start among the sources.
#[derive(Clone, Copy)]
struct Path<'a> {
    rest: &'a str,
    start: usize,
    before: &'a [Before],
}

impl<'a> Path<'a> {
    /// The value at the end of the path; missing tables and a missing last key are added.
    fn walk(self, raw: &'a mut Raw) -> Result<&'a mut Raw, Problem> {
        let own = self.rest;
        match &mut raw.value {
            RawValue::List(items) => {
                let (index, length) = self.member(items)?;
                let member = &mut items[index];
                match self.after(length) {
                    Some(next) => next.walk(member),
                    None => Ok(member),
                }
            }
            RawValue::Table(table) => {
                let length = own.find('.').unwrap_or(own.len());
                let key = &own[..length];
                let next = self.after(length);
                let missing = RawValue::Table(RawTable::default());
                let value = table.entry(key, self.place(length), missing);
                match next {
                    Some(next) => next.walk(value),
                    None => Ok(value),
                }
            }
            other => {
                let message = format!(
                    "`{own}` does not exist: the value before it is {}, not a table",
                    other.type_name()
                );
                Err(Problem::at(
                    self.place(own.len()),
                    message,
                    "shorten the path, or set the value as a whole",
                ))
            }
        }
    }

    /// The member of a list that the path begins with, and the length of its name. A name may contain dots
    /// and spaces: the longest that matches is used, and of two clients that which has the name in the file.
    fn member(self, items: &[Raw]) -> Result<(usize, usize), Problem> {
        let names: Vec<Option<String>> = items.iter().map(name_of).collect();
        let in_file = items.iter().map(|item| name_in_file(self.before, item));
        let all = names.iter().map(Option::as_deref).enumerate().chain(in_file.enumerate());
        let named = all.filter_map(|(index, name)| {
            let rest = self.rest.strip_prefix(name.filter(|name| !name.is_empty())?)?;
            (rest.is_empty() || rest.starts_with('.')).then_some((index, self.rest.len() - rest.len()))
        });
        if let Some(found) = named.max_by_key(|(_, length)| *length) {
            return Ok(found);
        }
        let length = self.rest.find('.').unwrap_or(self.rest.len());
        let number: Option<usize> = self.rest[..length].parse().ok();
        number.filter(|number| *number < items.len()).map(|number| (number, length)).ok_or_else(|| {
            let message = format!("nothing is called `{}` here", &self.rest[..length]);
            let names: Vec<&str> = names.iter().flatten().map(String::as_str).collect();
            let help =
                match (nearest(&self.rest[..length], names.iter().copied()), names.as_slice(), items.len()) {
                    (Some(near), ..) => format!("did you mean `{near}`?"),
                    (None, [], 0) => "the list is empty".to_owned(),
                    (None, [], 1) => "the only member is 0".to_owned(),
                    (None, [], count) => format!("the members are 0 to {}", count - 1),
                    (None, names, _) => format!("there are `{}`", names.join("`, `")),
                };
            Problem::at(self.place(length), message, help)
        })
    }

    /// The path after its first `length` bytes and the dot; None at its end.
    fn after(self, length: usize) -> Option<Self> {
        let rest = self.rest.get(length + 1..)?;
        Some(Self { rest, start: self.start + length + 1, before: self.before })
    }

    const fn place(self, length: usize) -> Option<Place> {
        Some(Place { start: self.start, end: self.start + length })
    }
}

fn name_of(raw: &Raw) -> Option<String> {
    match &raw.value {
        RawValue::Table(table) => table.client_name(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::overridden;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// Any override is applied or refused, and a value at a new path is there.
        #[test]
        fn any_path_is_laid_over_or_refused(
            set in prop_oneof![any::<String>(), "((client|poll 1|5s|a|b|0|1|name|[.]|\u{e9})[.]{0,2}){0,6}=[ -~]{0,10}"],
            key in "[a-z]{1,8}",
            value in 0_i64..1000,
        ) {
            if let Ok(set) = set.parse::<Override>() {
                let mut sources = Sources::default();
                let start = sources.add("a.toml", CLIENTS);
                let mut document = document::parse(CLIENTS, start).expect("TOML");
                let before = overridden::before(&document);
                let _ = apply(&mut document, &set, &before, &mut sources);
            }
            let set = after("", &format!("{key}.x.{key}={value}")).expect("set");
            prop_assert_eq!(self::value(&set, &[&key, "x", &key]), &RawValue::Integer(value.into()));
        }
    }

    fn after(text: &str, set: &str) -> Result<Raw, Problem> {
        let mut sources = Sources::default();
        let start = sources.add("a.toml", text);
        let mut document = document::parse(text, start).expect("TOML");
        let before = overridden::before(&document);
        apply(&mut document, &set.parse().expect("an override"), &before, &mut sources)?;
        Ok(document)
    }

    fn value<'a>(raw: &'a Raw, path: &[&str]) -> &'a RawValue {
        path.iter().fold(&raw.value, |value, key| match value {
            RawValue::Table(table) => &table.get(key).expect("the key").value,
            RawValue::List(items) => &items[key.parse::<usize>().expect("a number")].value,
            _ => unreachable!("{value:?} has no members"),
        })
    }

    const CLIENTS: &str =
        "[[client]]\nkind = 'poll'\ninterval = '1.5s'\n[[client]]\nname = 'a.b'\nkind = 'webhook'\n";

    #[test]
    fn clients_are_found_by_names_with_dots_and_spaces() {
        let set = after(CLIENTS, "client.poll 1.5s.interval=5s").expect("set");
        assert_eq!(value(&set, &["client", "0", "interval"]), &RawValue::Text("5s".into()));
        let set = after(CLIENTS, "client.a.b.endpoint.capacity=4").expect("set");
        assert_eq!(value(&set, &["client", "1", "endpoint", "capacity"]), &RawValue::Integer(4));
        let set = after(CLIENTS, "client.1.retries=[]").expect("set");
        assert_eq!(value(&set, &["client", "1", "retries"]), &RawValue::List(Vec::new()));
    }

    #[test]
    fn tables_are_added_where_they_are_missing() {
        let set = after("", "events.arrivals.rate=5/s").expect("set");
        assert_eq!(value(&set, &["events", "arrivals", "rate"]), &RawValue::Text("5/s".into()));
    }

    #[test]
    fn a_path_to_nowhere_is_refused() {
        for (set, message) in [
            ("client.hook.deadline=1s", "nothing is called `hook` here"),
            ("client.2.deadline=1s", "nothing is called `2` here"),
            ("client.0.kind.x=1", "`x` does not exist: the value before it is a string, not a table"),
        ] {
            assert_eq!(after(CLIENTS, set).unwrap_err().message, message, "{set}");
        }
        assert!("seed".parse::<Override>().is_err() && "=7".parse::<Override>().is_err());
    }
}
