//! Single values: whether a value has its shape and is in its range, and the error message if not.
//! [`check`](super::check) handles tables and lists.

use super::document::{Raw, RawValue};
use super::keys::{Shape, nearest, nearest_metric};
use super::record::Value;
use super::units;
use crate::figure::Metric;
use crate::time::Span;

/// A value that is neither table nor list; or its error, as the end of the sentence "`key` ...".
pub(crate) fn simple(raw: &RawValue, shape: &Shape) -> Result<Value, String> {
    match (shape, raw) {
        (Shape::Text { filled: true }, RawValue::Text(text)) if text.trim().is_empty() => {
            Err("is empty".into())
        }
        (Shape::Text { .. }, RawValue::Text(text)) => match text.chars().find(|&c| misleads(c)) {
            Some(control) => Err(format!("has the control character {control:?}")),
            None => Ok(Value::Text(text.clone())),
        },
        (Shape::Flag, RawValue::Flag(flag)) => Ok(Value::Flag(*flag)),
        (Shape::Count { min, max }, RawValue::Integer(number)) => count(*number, *min, *max),
        (Shape::Number { .. } | Shape::Factor, RawValue::Integer(number)) => number_in(*number as f64, shape),
        (Shape::Number { .. } | Shape::Factor, RawValue::Float(number)) => number_in(*number, shape),
        (Shape::Span { zero }, RawValue::Text(text)) => match quoted(text, units::span(text))? {
            Span::ZERO if !zero => Err("is zero".into()),
            span => Ok(Value::Span(span)),
        },
        (Shape::Rate { zero }, RawValue::Text(text)) => match quoted(text, units::rate(text))? {
            rate if rate > 0.0 || *zero => Ok(Value::Rate(rate)),
            _ => Err("is zero".into()),
        },
        (Shape::Size { min, max }, RawValue::Text(text)) => match quoted(text, units::size(text))? {
            size if size < *min => Err(format!("is below the smallest size, {}", units::spell_size(*min))),
            size if size > *max => Err(format!("is above the largest size, {}", units::spell_size(*max))),
            size => Ok(Value::Size(size)),
        },
        (Shape::Choice { words }, RawValue::Text(text)) if words.iter().any(|(word, _)| word == text) => {
            Ok(Value::Text(text.clone()))
        }
        (Shape::Choice { .. }, RawValue::Text(text)) => Err(format!("is {text:?}")),
        (Shape::Metric, RawValue::Text(path)) if Metric::find(path).is_some() => {
            Ok(Value::Text(path.clone()))
        }
        (Shape::Metric, RawValue::Text(path)) => Err(format!("{path:?} is not a figure of a client")),
        (Shape::List { .. }, RawValue::List(items)) if items.is_empty() => Err("is empty".into()),
        (Shape::List { .. }, RawValue::List(items)) if items.len() == 1 => Err("has one item".into()),
        (Shape::List { .. }, RawValue::List(items)) => Err(format!("has {} items", items.len())),
        _ => Err(of_other_type(raw, shape)),
    }
}

/// What a value is whose type its shape does not have, as the end of the sentence "`key` ...".
pub(crate) fn of_other_type(raw: &RawValue, shape: &Shape) -> String {
    match raw {
        // "Is a whole number" could be read as what it ought to be.
        RawValue::Integer(number) if shape.takes_span() => format!("is {number}, without a unit"),
        RawValue::Float(number) if shape.takes_span() => format!("is {number}, without a unit"),
        other => format!("is {}", other.type_name()),
    }
}

/// The help for a value that does not have its shape.
pub(crate) fn help_for(raw: &Raw, shape: &Shape, name: &str) -> String {
    let near = match (shape, &raw.value) {
        (Shape::Metric, RawValue::Text(path)) => nearest_metric(path),
        (shape, RawValue::Text(text)) => nearest(text, shape.words()),
        _ => None,
    };
    match (near, &raw.value) {
        _ if matches!((shape, &raw.value), (Shape::List { .. }, RawValue::Table(_))) => {
            format!("a list of tables has double brackets: write [[{name}]]")
        }
        (Some(near), _) => format!("did you mean {near:?}?"),
        (None, RawValue::Integer(number)) if *number > 0 && shape.takes_span() => {
            format!("a duration has a unit: write \"{number}s\" for seconds")
        }
        _ => format!("expected {}", shape.expectation()),
    }
}

impl Shape {
    /// Whether a value has the type of this shape, whether or not it is valid.
    pub(crate) fn looks_like(&self, raw: &RawValue) -> bool {
        match (self, raw) {
            (Self::Choice { words, .. }, RawValue::Text(text)) => words.iter().any(|(word, _)| word == text),
            (
                Self::Text { .. } | Self::Span { .. } | Self::Rate { .. } | Self::Size { .. } | Self::Metric,
                RawValue::Text(_),
            )
            | (Self::Flag, RawValue::Flag(_))
            | (Self::Count { .. }, RawValue::Integer(_))
            | (Self::Number { .. } | Self::Factor, RawValue::Integer(_) | RawValue::Float(_))
            | (Self::List { .. }, RawValue::List(_))
            | (Self::Table(_) | Self::Tagged(_) | Self::Weights, RawValue::Table(_)) => true,
            _ => false,
        }
    }

    /// Whether a value of this shape is neither table nor list.
    pub(crate) const fn is_simple(&self) -> bool {
        !matches!(
            self,
            Self::List { .. } | Self::Table(_) | Self::Tagged(_) | Self::Weights | Self::Either(_)
        )
    }

    /// The words that a value may be.
    fn words(&self) -> Box<dyn Iterator<Item = &'static str>> {
        match self {
            Self::Choice { words, .. } => Box::new(words.iter().map(|(word, _)| *word)),
            Self::Either(shapes) => {
                let words: Vec<_> = shapes.iter().flat_map(Self::words).collect();
                Box::new(words.into_iter())
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    /// Whether a value may be a duration.
    fn takes_span(&self) -> bool {
        match self {
            Self::Span { .. } => true,
            Self::Either(shapes) => shapes.iter().any(Self::takes_span),
            _ => false,
        }
    }
}

/// Whether a character is invisible and could make one name look like another: control characters, and those that change
/// the direction of the text (UAX 9).
fn misleads(c: char) -> bool {
    let changes_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    changes_direction || c.is_control() && !c.is_ascii_whitespace()
}

fn quoted<T>(text: &str, read: Result<T, String>) -> Result<T, String> {
    read.map_err(|fault| format!("{text:?} {fault}"))
}

fn count(number: i128, min: u64, max: u64) -> Result<Value, String> {
    match u64::try_from(number) {
        Ok(count) if count < min => Err(format!("is {count}")),
        Ok(count) if count <= max => Ok(Value::Count(count)),
        Ok(_) => Err(format!("is above the largest number, {max}")),
        Err(_) if number < 0 => Err("is negative".into()),
        Err(_) => Err(format!("is above the largest number, {max}")),
    }
}

fn number_in(number: f64, shape: &Shape) -> Result<Value, String> {
    let inside = match shape {
        Shape::Number { min, max } => *min <= number && number <= *max,
        _ => number > 0.0,
    };
    if inside && number.is_finite() { Ok(Value::Number(number)) } else { Err(format!("is {number}")) }
}
