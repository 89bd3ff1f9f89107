//! A key of a scenario file: its name, the shape of its value, what its absence means, and one line of help.
//! The tables of keys are in [`vocabulary`](super::vocabulary); reader, schema and reports use them.

use super::record::{Record, Value};
use crate::figure::Metric;

/// One key of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) absent: Absent,
    pub(crate) about: &'static str,
}

/// What the absence of a key means.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {
    /// An error.
    Required,
    /// This value, written in TOML.
    Default(&'static str),
    /// A value that follows from the rest of the table.
    Derived(fn(&Record) -> Option<Value>),
    /// No value, or one that follows from the rest of the scenario; the help text of the key says which.
    Optional,
}

/// The keys of a table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) keys: &'static [Key],
    /// Exactly one of these keys is required; empty: no such rule.
    pub(crate) one_of: &'static [&'static str],
}

/// A table whose other keys depend on one of them.
#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) tag: &'static str,
    pub(crate) about: &'static str,
    /// The keys of every variant.
    pub(crate) common: &'static [Key],
    pub(crate) variants: &'static [Variant],
}

/// One value of the tag and the keys that come with it.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) keys: &'static [Key],
}

/// The values that a key accepts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any string; not an empty one if `filled`.
    Text { filled: bool },
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count { min: u64, max: u64 },
    /// A number in [min, max].
    Number { min: f64, max: f64 },
    /// A number above zero.
    Factor,
    /// A duration; zero only if `zero`.
    Span { zero: bool },
    /// A rate; zero only if `zero`.
    Rate { zero: bool },
    /// A size in bytes.
    Size { min: u32, max: u32 },
    /// One of these words, each with its meaning.
    Choice { words: &'static [(&'static str, &'static str)] },
    /// The path of a figure of a client.
    Metric,
    /// A table of names that the file chooses, at least one, each with a number above zero.
    Weights,
    /// From `min` to `max` values of one shape.
    List { of: &'static Self, min: usize, max: usize },
    /// A table of these keys.
    Table(&'static Table),
    /// A table whose keys depend on its tag.
    Tagged(&'static Tagged),
    /// The first of these that the value looks like.
    Either(&'static [Self]),
}

impl Tagged {
    /// The variant of that name.
    pub(crate) fn variant(&self, name: &str) -> Option<&'static Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// The keys of a variant without the tag, the common ones first.
    pub(crate) fn keys(&self, variant: &'static Variant) -> impl Iterator<Item = &'static Key> + Clone {
        self.common.iter().chain(variant.keys)
    }
}

impl Shape {
    /// The shape in words, as the end of the sentence "expected ...".
    pub(crate) fn expectation(&self) -> String {
        match self {
            Self::Text { .. } => "a string".into(),
            Self::Flag => "true or false".into(),
            Self::Count { min, .. } => format!("a whole number, {min} or more"),
            Self::Number { min, max } if max.is_finite() => format!("a number from {min} to {max}"),
            Self::Number { min, .. } if min.is_finite() => format!("a number, {min} or more"),
            Self::Number { .. } => "a number".into(),
            Self::Factor => "a number above zero".into(),
            Self::Span { zero: true } => r#"a duration such as "250ms", "1m30s" or "24h""#.into(),
            Self::Span { zero: false } => {
                r#"a duration above zero, such as "250ms", "1m30s" or "24h""#.into()
            }
            Self::Rate { zero: true } => r#"a rate such as "10/h", "2.5/s" or "0/s""#.into(),
            Self::Rate { zero: false } => r#"a rate above zero, such as "10/h" or "2.5/s""#.into(),
            Self::Size { min, .. } => format!(r#"a size such as "300B" or "2KiB", at least "{min}B""#),
            Self::Choice { words, .. } => any_of(words.iter().map(|(word, _)| format!("{word:?}"))),
            Self::Weights => {
                "a table of names with a number above zero each, such as { like = 60, comment = 25 }".into()
            }
            Self::Metric => r#"a path such as "latency_s.p99" or "requests.total""#.into(),
            Self::List { of, min: 2, max: 2 } => format!("a list of two, each {}", of.expectation()),
            Self::List { of, .. } => format!("a list, each item {}", of.expectation()),
            Self::Table(table) => {
                format!("a table with the keys {}", all_of(table.keys.iter().map(|k| k.name)))
            }
            Self::Tagged(tagged) => {
                let names = tagged.variants.iter().map(|variant| format!("{:?}", variant.name));
                format!("a table with {} = {}", tagged.tag, any_of(names))
            }
            Self::Either(shapes) => any_of(shapes.iter().map(Self::expectation)),
        }
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(crate) fn any_of(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    match (items.pop(), items.is_empty()) {
        (Some(last), true) => last,
        (Some(last), false) => format!("{} or {last}", items.join(", ")),
        (None, _) => String::new(),
    }
}

/// `a`, `b`, `c`, as names of keys.
pub(crate) fn all_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The one of `names` that `wrong` is probably a misspelling of.
pub(crate) fn nearest<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    // One typing error, such as two exchanged letters, is accepted in a name of any length.
    let one_typo = |name: &str| strsim::damerau_levenshtein(&wrong, name) == 1 && name.len() > 2;
    let likeness = |name: &str| if one_typo(name) { 1.0 } else { strsim::jaro_winkler(&wrong, name) };
    names.filter(|name| likeness(name) > ALIKE).max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// The metric that `wrong` is probably a misspelling of.
pub(crate) fn nearest_metric(wrong: &str) -> Option<&'static str> {
    nearest(wrong, Metric::paths())
}

/// Similarity (Jaro-Winkler) above which a name is suggested: one typing error in a short name, two in a long one.
const ALIKE: f64 = 0.82;
