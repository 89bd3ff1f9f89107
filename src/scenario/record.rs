//! A table of a scenario whose values have their types: what the reader makes of a file, and what a scenario is
//! turned into to be written. Its keys are those of the vocabulary; it does not know what they mean.

use super::problems::Place;
use crate::time::Span;

/// Keys and values, in the order of the vocabulary.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    /// The table's own place; None where it is a default.
    pub(crate) place: Option<Place>,
    /// Defaults are filled in. What was wrong, or follows from the rest, is left out.
    pub(crate) fields: Vec<(&'static str, Item)>,
}

/// A value and where it stands; a default stands nowhere.
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
    Table(Record),
}

/// The typed values of a record. Each is None where the key is left out; that a key has another type than the
/// one asked for contradicts the vocabulary, which every test of a scenario would show.
impl Record {
    /// A record that comes from no text.
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

    /// Where to point when something is wrong with a key: at its value, or at the table that lacks it.
    pub(crate) fn place_of(&self, key: &str) -> Option<Place> {
        self.item(key).and_then(|item| item.place).or(self.place)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.typed(key, |value| if let Value::Text(text) = value { Some(text.as_str()) } else { None })
    }

    pub(crate) fn flag(&self, key: &str) -> Option<bool> {
        self.typed(key, |value| if let Value::Flag(flag) = value { Some(*flag) } else { None })
    }

    pub(crate) fn count(&self, key: &str) -> Option<u64> {
        self.typed(key, |value| if let Value::Count(count) = value { Some(*count) } else { None })
    }

    /// A count whose shape allows no more than 32 bits.
    pub(crate) fn count_u32(&self, key: &str) -> Option<u32> {
        self.count(key).and_then(|count| u32::try_from(count).ok())
    }

    pub(crate) fn number(&self, key: &str) -> Option<f64> {
        self.typed(key, |value| if let Value::Number(number) = value { Some(*number) } else { None })
    }

    pub(crate) fn span(&self, key: &str) -> Option<Span> {
        self.typed(key, |value| if let Value::Span(span) = value { Some(*span) } else { None })
    }

    pub(crate) fn rate(&self, key: &str) -> Option<f64> {
        self.typed(key, |value| if let Value::Rate(rate) = value { Some(*rate) } else { None })
    }

    pub(crate) fn size(&self, key: &str) -> Option<u32> {
        self.typed(key, |value| if let Value::Size(size) = value { Some(*size) } else { None })
    }

    pub(crate) fn record(&self, key: &str) -> Option<&Self> {
        self.typed(key, |value| if let Value::Table(record) = value { Some(record) } else { None })
    }

    /// The tables of a list.
    pub(crate) fn records(&self, key: &str) -> impl Iterator<Item = &Self> {
        let items = self
            .typed(key, |value| if let Value::List(items) = value { Some(items.as_slice()) } else { None });
        items.unwrap_or_default().iter().filter_map(|item| match &item.value {
            Value::Table(record) => Some(record),
            _ => None,
        })
    }

    fn typed<'a, T>(&'a self, key: &str, typed: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let found = typed(value);
        debug_assert!(found.is_some(), "`{key}` is read as another type than its shape has: {value:?}");
        found
    }
}
