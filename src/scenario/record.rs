//! A table of a scenario with typed values: the result of checking a file, and the first step of writing a scenario.
//! Its keys are those of the vocabulary; it does not depend on their meaning.

use super::problems::Place;
use crate::time::Span;

/// Keys and values, in the order of the vocabulary.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// The place of the table; None if it is a default.
    pub(crate) place: Option<Place>,
    /// Defaults are filled in. Invalid values, and values that follow from others, are left out.
    pub(crate) fields: Vec<(&'static str, Item)>,
}

/// A value and its place; a default has none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) place: Option<Place>,
    pub(crate) value: Value,
}

/// A value of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    Count(u64),
    Number(f64),
    Span(Span),
    /// Per second.
    Rate(f64),
    /// In bytes.
    Size(u32),
    List(Vec<Item>),
    /// Names and numbers.
    Weights(Vec<(String, f64)>),
    Table(Record),
}

impl Record {
    /// A record that does not come from a text.
    pub(crate) fn of(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name, Item { place: None, value }));
        Self { place: None, fields: fields.collect() }
    }

    pub(crate) fn item(&self, key: &str) -> Option<&Item> {
        self.fields.iter().find(|(name, _)| *name == key).map(|(_, item)| item)
    }

    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.item(key).map(|item| &item.value)
    }

    /// The place to show for an error of a key: its value, or the table if the key is absent.
    pub(crate) fn place_of(&self, key: &str) -> Option<Place> {
        self.item(key).and_then(|item| item.place).or(self.place)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.typed(key, |value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })
    }

    pub(crate) fn rate(&self, key: &str) -> Option<f64> {
        self.typed(key, |value| if let Value::Rate(rate) = value { Some(*rate) } else { None })
    }

    pub(crate) fn record(&self, key: &str) -> Option<&Self> {
        self.typed(key, |value| if let Value::Table(record) = value { Some(record) } else { None })
    }

    /// The place of a key in nested tables.
    pub(crate) fn place_at(&self, path: &[&str]) -> Option<Place> {
        match path {
            [] => self.place,
            [key] => self.place_of(key),
            [table, rest @ ..] => self.record(table)?.place_at(rest),
        }
    }

    fn typed<'a, T>(&'a self, key: &str, typed: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let found = typed(value);
        debug_assert!(found.is_some(), "`{key}` is read as another type than its shape has: {value:?}");
        found
    }
}
