//! A TOML text as a tree of values with their places. Unlike the parser's types, it can be changed, which overrides need.
//! Except for the name of a client, it does not depend on the meaning of a key.

use super::problems::{Place, Problem};
use toml::de::{DeTable, DeValue};

/// A value and its place; a default has none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Raw {
    pub(crate) place: Option<Place>,
    pub(crate) value: RawValue,
}

/// A TOML value, as far as a scenario uses them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RawValue {
    Text(String),
    Integer(i128),
    Float(f64),
    Flag(bool),
    Time,
    List(Vec<Raw>),
    Table(RawTable),
}

/// Keys and values in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RawTable(pub(crate) Vec<(RawKey, Raw)>);

/// A key and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RawKey {
    pub(crate) name: String,
    pub(crate) place: Option<Place>,
}

/// Parses `text`, which begins at `start` among the sources; or returns all syntax errors.
pub(crate) fn parse(text: &str, start: usize) -> Result<Raw, Vec<Problem>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let place = Some(Place { start, end: start });
        return Ok(Raw { place, value: RawValue::Table(raw_table(table.get_ref(), Some(start))) });
    }
    let problem = |error: toml::de::Error| Problem {
        message: format!("not TOML: {}", error.message()),
        help: None,
        place: error.span().map(|span| Place { start: start + span.start, end: start + span.end }),
    };
    let mut problems: Vec<Problem> = errors.into_iter().map(problem).collect();
    // A text that ends inside a thousand brackets gives one error, not a thousand.
    problems.dedup();
    Err(problems)
}

/// Parses a single value; None if `text` is not a TOML value. Without `start` the value has no place.
pub(crate) fn parse_value(text: &str, start: Option<usize>) -> Option<Raw> {
    let value = DeValue::parse(text).ok()?;
    Some(raw(value.get_ref(), value.span(), start))
}

impl Raw {
    /// The table, if the value is one.
    pub(crate) fn table_mut(&mut self) -> Option<&mut RawTable> {
        match &mut self.value {
            RawValue::Table(table) => Some(table),
            _ => None,
        }
    }
}

impl RawTable {
    /// The value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&Raw> {
        self.0.iter().find(|(key, _)| key.name == name).map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Raw> {
        self.0.iter_mut().find(|(key, _)| key.name == name).map(|(_, value)| value)
    }

    /// The text of a key.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value {
            RawValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key; a missing one is added with that place and value.
    pub(crate) fn entry(&mut self, name: &str, place: Option<Place>, new: RawValue) -> &mut Raw {
        let found = self.0.iter().position(|(key, _)| key.name == name);
        let index = found.unwrap_or_else(|| {
            let key = RawKey { name: name.to_owned(), place };
            self.0.push((key, Raw { place, value: new }));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    /// The name of a client: its `name`, or its provider or kind and its poll interval, as written in the file.
    pub(crate) fn client_name(&self) -> Option<String> {
        if self.get("name").is_some() {
            return self.text("name").map(str::to_owned);
        }
        let how_often = |key: &str| match &self.get(key)?.value {
            RawValue::Text(text) if text != "none" => Some(text.clone()),
            RawValue::Table(table) => table.text("distribution").map(str::to_owned),
            _ => None,
        };
        let provider = match self.get("provider").map(|provider| &provider.value) {
            Some(RawValue::Text(provider)) => Some(file_stem(provider)),
            Some(RawValue::Table(provider)) => provider.text("name"),
            _ => None,
        };
        let kind = self.text("kind")?;
        Some(match (provider.unwrap_or(kind), how_often("interval"), how_often("reconcile")) {
            (what, Some(interval), _) => format!("{what} {interval}"),
            (what, None, Some(reconcile)) => format!("{what} + poll {reconcile}"),
            (what, None, None) => what.to_owned(),
        })
    }
}

impl RawValue {
    /// The type of the value, with its article.
    pub(crate) const fn type_name(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Flag(_) => "a boolean",
            Self::Time => "a date or time",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// The name of a file, without folder and ending.
pub(crate) fn file_stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn raw_table(table: &DeTable<'_>, start: Option<usize>) -> RawTable {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let name = key.get_ref().to_string();
            let key = RawKey { name, place: placed(key.span(), start) };
            (key, raw(value.get_ref(), value.span(), start))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.place);
    RawTable(entries)
}

fn raw(value: &DeValue<'_>, span: std::ops::Range<usize>, start: Option<usize>) -> Raw {
    let value = match value {
        DeValue::String(text) => RawValue::Text(text.to_string()),
        DeValue::Integer(number) => {
            // A number that does not fit becomes the largest, which no key accepts.
            RawValue::Integer(i128::from_str_radix(number.as_str(), number.radix()).unwrap_or(i128::MAX))
        }
        DeValue::Float(number) => RawValue::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => RawValue::Flag(*flag),
        DeValue::Datetime(_) => RawValue::Time,
        DeValue::Array(items) => {
            RawValue::List(items.iter().map(|item| raw(item.get_ref(), item.span(), start)).collect())
        }
        DeValue::Table(table) => RawValue::Table(raw_table(table, start)),
    };
    Raw { place: placed(span, start), value }
}

fn placed(span: std::ops::Range<usize>, start: Option<usize>) -> Option<Place> {
    start.map(|start| Place { start: start + span.start, end: start + span.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> RawTable {
        match parse(text, 0).expect("TOML").value {
            RawValue::Table(table) => table,
            _ => unreachable!("a document is a table"),
        }
    }

    #[test]
    fn a_client_is_named_by_what_it_does() {
        for (text, name) in [
            ("kind = 'poll'\ninterval = '60s'", Some("poll 60s")),
            ("kind = 'poll'\ninterval = { distribution = 'uniform' }", Some("poll uniform")),
            ("kind = 'webhook'", Some("webhook")),
            ("kind = 'webhook'\nprovider = 'stripe'", Some("stripe")),
            ("kind = 'webhook'\nprovider = '../my/shop.toml'\nreconcile = '15m'", Some("shop + poll 15m")),
            ("kind = 'webhook'\nprovider = { name = 'mine' }", Some("mine")),
            ("kind = 'webhook'\nreconcile = '15m'", Some("webhook + poll 15m")),
            ("kind = 'webhook'\nreconcile = 'none'", Some("webhook")),
            ("kind = 'webhook'\nname = 'mine'", Some("mine")),
            ("interval = '60s'", None),
        ] {
            assert_eq!(table(text).client_name().as_deref(), name, "{text}");
        }
    }

    #[test]
    fn every_fault_of_syntax_is_found() {
        let problems = parse("a = \nb = 1\nc = [1,,2]\n", 0).unwrap_err();
        assert!(problems.len() >= 2, "{problems:?}");
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "[source]\ncapacity = 3\n";
        let source = table(text).get("source").cloned().expect("source");
        let place = source.place.expect("a place");
        assert_eq!(&text[place.start..place.end], "[source]");
    }
}
