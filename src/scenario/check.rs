//! The first half of reading: it checks a document against the vocabulary. In the result every key is known, every value
//! has its shape and is in its range, and defaults are filled in. Rules between several keys follow in the second half.

use super::document::{self, Raw, RawKey, RawTable, RawValue};
use super::keys::{Absent, Key, Shape, Table, Tagged, Variant, all_of, any_of, nearest};
use super::problems::{Place, Problem};
use super::record::{Item, Record, Value};
use super::values::{help_for, of_other_type, simple};

/// The document as a record of `table`; errors are added to `problems`.
pub(crate) fn check(document: &Raw, table: &'static Table, problems: &mut Vec<Problem>) -> Record {
    let mut checker = Checker { problems };
    match &document.value {
        RawValue::Table(raw) => checker.table(raw, document.place, table, ""),
        _ => Record::default(),
    }
}

/// The value of a default that is written in TOML.
pub(crate) fn default_value(shape: &'static Shape, toml: &str) -> Option<Item> {
    let raw = document::parse_value(toml, None)?;
    let mut problems = Vec::new();
    let item = Checker { problems: &mut problems }.value(&raw, shape, "default");
    debug_assert!(problems.is_empty(), "the default {toml} is wrong: {problems:?}");
    item
}

struct Checker<'a> {
    problems: &'a mut Vec<Problem>,
}

impl Checker<'_> {
    fn problem(&mut self, place: Option<Place>, message: String, help: String) {
        self.problems.push(Problem::at(place, message, help));
    }

    /// A value of that shape; messages call it `name`.
    fn value(&mut self, raw: &Raw, shape: &'static Shape, name: &str) -> Option<Item> {
        let value = match (shape, &raw.value) {
            (Shape::Either(shapes), _) => {
                let Some(fitting) = shapes.iter().find(|shape| shape.looks_like(&raw.value)) else {
                    let message = match &raw.value {
                        RawValue::Text(text) => format!("`{name}` is {text:?}"),
                        other => format!("`{name}` {}", of_other_type(other, shape)),
                    };
                    self.problem(raw.place, message, help_for(raw, shape, name));
                    return None;
                };
                // The help lists all alternatives, not only the one that the value looks like.
                let before = self.problems.len();
                let item = self.value(raw, fitting, name);
                if let ([problem], true) = (&mut self.problems[before..], fitting.is_simple()) {
                    problem.help = Some(help_for(raw, shape, name));
                }
                return item;
            }
            (Shape::Table(table), RawValue::Table(raw_table)) => {
                Value::Table(self.table(raw_table, raw.place, table, name))
            }
            (Shape::Tagged(tagged), RawValue::Table(raw_table)) => {
                Value::Table(self.tagged(raw_table, raw.place, tagged, name)?)
            }
            (Shape::Weights, RawValue::Table(raw_table)) => self.weights(raw_table, raw.place, name)?,
            (Shape::List { of, min, max }, RawValue::List(items)) if (*min..=*max).contains(&items.len()) => {
                let number = |n: usize| format!("{name}[{n}]");
                let items = items.iter().enumerate().map(|(n, item)| self.value(item, of, &number(n)));
                Value::List(items.collect::<Vec<_>>().into_iter().flatten().collect())
            }
            _ => match simple(&raw.value, shape) {
                Ok(value) => value,
                Err(fault) => {
                    self.problem(raw.place, format!("`{name}` {fault}"), help_for(raw, shape, name));
                    return None;
                }
            },
        };
        Some(Item { place: raw.place, value })
    }

    /// Names and their numbers; each fault is reported at its own place.
    fn weights(&mut self, raw: &RawTable, place: Option<Place>, name: &str) -> Option<Value> {
        if raw.0.is_empty() {
            self.problem(
                place,
                format!("`{name}` is empty"),
                format!("expected {}", Shape::Weights.expectation()),
            );
            return None;
        }
        let weights = raw.0.iter().map(|(key, value)| {
            let Some(Item { value: Value::Number(weight), .. }) =
                self.value(value, &Shape::Factor, &key.name)
            else {
                return None;
            };
            Some((key.name.clone(), weight))
        });
        let weights: Vec<Option<(String, f64)>> = weights.collect();
        weights.into_iter().collect::<Option<_>>().map(Value::Weights)
    }

    fn table(&mut self, raw: &RawTable, place: Option<Place>, table: &'static Table, name: &str) -> Record {
        self.one_of(raw, place, table.one_of);
        let known = table.keys.iter().map(|key| key.name);
        for (key, _) in raw.0.iter().filter(|(key, _)| !known.clone().any(|name| name == key.name)) {
            self.unknown(key, known.clone());
        }
        Record { place, fields: self.fields(raw, place, table.keys.iter(), name) }
    }

    fn tagged(
        &mut self,
        raw: &RawTable,
        place: Option<Place>,
        tagged: &'static Tagged,
        name: &str,
    ) -> Option<Record> {
        let Some(variant) = self.variant(raw, place, tagged) else {
            // The common keys are still read, so that references to a client of an unknown kind are valid.
            return Some(Record { place, fields: self.fields(raw, place, tagged.common.iter(), name) });
        };
        let keys = tagged.keys(variant);
        let known = std::iter::once(tagged.tag).chain(keys.clone().map(|key| key.name));
        for (key, _) in raw.0.iter().filter(|(key, _)| !known.clone().any(|name| name == key.name)) {
            match tagged.variants.iter().find(|other| other.keys.iter().any(|k| k.name == key.name)) {
                Some(other) => self.problem(
                    key.place,
                    format!("`{}` does not go with {} = {:?}", key.name, tagged.tag, variant.name),
                    format!(
                        "it is a key of {} = {:?}; here are {}",
                        tagged.tag,
                        other.name,
                        all_of(known.clone())
                    ),
                ),
                None => self.unknown(key, known.clone()),
            }
        }
        let tag = Item { place: raw.get(tagged.tag)?.place, value: Value::Text(variant.name.to_owned()) };
        let mut fields = vec![(tagged.tag, tag)];
        fields.extend(self.fields(raw, place, keys, name));
        Some(Record { place, fields })
    }

    /// The variant that the tag selects.
    fn variant(
        &mut self,
        raw: &RawTable,
        place: Option<Place>,
        tagged: &'static Tagged,
    ) -> Option<&'static Variant> {
        let names = tagged.variants.iter().map(|variant| variant.name);
        let expected = format!("expected {}", any_of(names.clone().map(|name| format!("{name:?}"))));
        let Some(found) = raw.get(tagged.tag) else {
            self.problem(place, format!("`{}` is missing", tagged.tag), expected);
            return None;
        };
        let RawValue::Text(word) = &found.value else {
            let message = format!("`{}` is {}", tagged.tag, found.value.type_name());
            self.problem(found.place, message, expected);
            return None;
        };
        if let Some(variant) = tagged.variant(word) {
            return Some(variant);
        }
        let help = nearest(word, names).map_or(expected, |near| format!("did you mean {near:?}?"));
        self.problem(found.place, format!("unknown {} {word:?}", tagged.tag), help);
        None
    }

    /// The values of `keys`, with defaults filled in.
    fn fields(
        &mut self,
        raw: &RawTable,
        place: Option<Place>,
        keys: impl Iterator<Item = &'static Key> + Clone,
        name: &str,
    ) -> Vec<(&'static str, Item)> {
        let mut fields = Vec::new();
        for key in keys.clone() {
            let item = match (raw.get(key.name), key.absent) {
                (Some(value), _) => self.value(value, &key.shape, key.name),
                (None, Absent::Default(toml)) => default_value(&key.shape, toml),
                (None, Absent::Derived(_) | Absent::Optional) => None,
                // A misspelt key is reported once, not also as missing.
                (None, Absent::Required) if is_misspelt(key, raw, keys.clone()) => None,
                (None, Absent::Required) => {
                    let whose = if name.is_empty() { String::new() } else { format!(" in `{name}`") };
                    let help = format!("expected {}", key.shape.expectation());
                    self.problem(place, format!("`{}` is missing{whose}", key.name), help);
                    None
                }
            };
            fields.extend(item.map(|item| (key.name, item)));
        }
        fields
    }

    fn one_of(&mut self, raw: &RawTable, place: Option<Place>, names: &[&'static str]) {
        let given: Vec<_> = raw.0.iter().filter(|(key, _)| names.contains(&key.name.as_str())).collect();
        match given.as_slice() {
            [] if !names.is_empty() => {
                let names = any_of(names.iter().map(|name| format!("`{name}`")));
                self.problem(place, format!("{names} is missing"), "give exactly one of them".into());
            }
            [(first, _), (second, _), ..] => {
                let message = format!("`{}` and `{}` exclude each other", first.name, second.name);
                self.problem(second.place, message, "leave one of them out".into());
            }
            _ => {}
        }
    }

    fn unknown<'a>(&mut self, key: &RawKey, known: impl Iterator<Item = &'a str> + Clone) {
        let help = nearest(&key.name, known.clone()).map_or_else(
            || format!("the keys here are {}", all_of(known)),
            |near| format!("did you mean `{near}`?"),
        );
        self.problem(key.place, format!("unknown key `{}`", key.name), help);
    }
}

/// Whether the table has an unknown key that is probably a misspelling of this one.
fn is_misspelt(key: &Key, raw: &RawTable, keys: impl Iterator<Item = &'static Key> + Clone) -> bool {
    let known = keys.map(|key| key.name);
    let mut unknown = raw.0.iter().filter(|(other, _)| !known.clone().any(|name| name == other.name));
    unknown.any(|(other, _)| nearest(&other.name, known.clone()) == Some(key.name))
}
