//! The traits of types that are read from a table of a file, and the functions that read one key. The macros of
//! `macros.rs` implement the traits.

use super::form::Form;
use super::keys::{Absent, Shape, Table, Tagged};
use super::problems::{Place, Problem};
use super::record::{Record, Value};

/// A type that is read from a table of a file.
pub(crate) trait Keys: Sized {
    /// The keys of the table.
    const TABLE: Table;
    /// The content of the table; None if a part is wrong, which is then in `problems`.
    fn read_keys(record: &Record, problems: &mut Vec<Problem>) -> Option<Self>;
    /// The table with every key that has a value.
    fn write_keys(&self) -> Record;
}

/// A type that is read from a table whose keys depend on a tag.
pub(crate) trait Variants: Sized {
    /// The tag and the variants.
    const TAGGED: Tagged;
    /// As [`Keys::read_keys`], for the variant that the tag selects.
    fn read_variant(record: &Record, problems: &mut Vec<Problem>) -> Option<Self>;
    /// The table, with its tag first.
    fn write_variant(&self) -> Record;
}

impl<T: Keys> Form for T {
    type Of = T;
    const SHAPE: Shape = Shape::Table(&T::TABLE);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<T> {
        match value {
            Value::Table(record) => T::read_keys(record, problems),
            _ => None,
        }
    }

    fn write(value: &T) -> Value {
        Value::Table(value.write_keys())
    }
}

/// The value of a key that always has one; None: it is wrong or missing, which is reported.
pub(crate) fn value<F: Form>(
    record: &Record,
    key: &'static str,
    absent: Absent,
    problems: &mut Vec<Problem>,
) -> Option<F::Of> {
    match (given::<F>(record, key, problems), absent) {
        (Given::Nothing, Absent::Derived(from)) => F::read(&from(record)?, record.place, problems),
        (Given::Value(value), _) => Some(value),
        (Given::Nothing | Given::Wrong, _) => None,
    }
}

/// The value of a key that may be absent; None only if it is wrong.
pub(crate) fn optional<F: Form>(
    record: &Record,
    key: &'static str,
    problems: &mut Vec<Problem>,
) -> Option<Option<F::Of>> {
    match given::<F>(record, key, problems) {
        Given::Value(value) => Some(Some(value)),
        Given::Nothing => Some(None),
        Given::Wrong => None,
    }
}

enum Given<T> {
    Value(T),
    Nothing,
    Wrong,
}

fn given<F: Form>(record: &Record, key: &'static str, problems: &mut Vec<Problem>) -> Given<F::Of> {
    let Some(value) = record.value(key) else { return Given::Nothing };
    F::read(value, record.place_of(key), problems).map_or(Given::Wrong, Given::Value)
}
