//! One line of the reference with its comment.

use super::has_tables;
use crate::policy::delay::Delay;
use crate::scenario::declare::Variants;
use crate::scenario::keys::{Absent, Key, Shape};

/// A line with the help text of its key as a comment: its meaning, other possible values, and each word with its
/// meaning on a separate line.
pub(super) fn line(shown: &str, about: &str, key: &Key) -> String {
    let mut what = about.trim_end_matches('.').to_owned();
    let words = words(&key.shape);
    if takes_distribution(&key.shape) {
        what += "; or a distribution";
    }
    match (&key.shape, words) {
        (Shape::Either(shapes), [(word, meaning)]) => {
            let other = shapes.iter().find(|shape| !matches!(shape, Shape::Choice { .. }));
            let other = other.map_or("another value", |other| noun(other));
            what += &format!("; {word:?}: {meaning}; or {other}");
        }
        (_, []) => {}
        (_, [(word, meaning)]) => what += &format!("; {word:?}: {meaning}"),
        _ => {}
    }
    if matches!(key.absent, Absent::Required) && !has_tables(&key.shape) {
        what += "; no default";
    }
    if words.len() > 1 {
        what += ":";
    }
    let mut text = beside(shown, &what);
    if words.len() > 1 {
        words.iter().for_each(|(word, meaning)| text += &beside("", &format!("  {word:?}: {meaning}")));
    }
    text
}

/// A line and its comment, broken into as many lines as necessary.
pub(super) fn beside(shown: &str, comment: &str) -> String {
    let column = COLUMN.max(shown.chars().count() + 2);
    let mut text = format!("{shown:column$}#");
    let mut width = column + 1;
    let indent = " ".repeat(comment.len() - comment.trim_start().len());
    text += &indent;
    for word in comment.trim_end_matches('.').split_whitespace() {
        if width + 1 + word.chars().count() > WIDTH {
            text += &format!("\n{:COLUMN$}#{indent}", "");
            width = COLUMN + 1 + indent.len();
        }
        text += &format!(" {word}");
        width += 1 + word.chars().count();
    }
    text + "\n"
}

/// The words that a value may be.
fn words(shape: &Shape) -> &'static [(&'static str, &'static str)] {
    match shape {
        Shape::Choice { words, .. } => words,
        Shape::Either(shapes) => shapes.iter().map(words).find(|words| !words.is_empty()).unwrap_or(&[]),
        _ => &[],
    }
}

/// Whether a value may be a distribution.
fn takes_distribution(shape: &Shape) -> bool {
    match shape {
        Shape::Tagged(tagged) => tagged.tag == Delay::TAGGED.tag,
        Shape::Either(shapes) => shapes.iter().any(takes_distribution),
        _ => false,
    }
}

/// The type of a value, with its article.
fn noun(shape: &Shape) -> &'static str {
    match shape {
        Shape::Span { .. } => "a duration",
        Shape::Count { .. } | Shape::Number { .. } | Shape::Factor => "a number",
        Shape::Text { .. } | Shape::Choice { .. } | Shape::Metric => "a string",
        Shape::Flag => "true or false",
        Shape::Rate { .. } => "a rate",
        Shape::Size { .. } => "a size",
        Shape::List { .. } => "a list",
        Shape::Table(_) | Shape::Tagged(_) | Shape::Weights => "a table",
        Shape::Either(_) => "another value",
    }
}

/// The column at which comments begin.
const COLUMN: usize = 31;
/// The longest line, in characters.
const WIDTH: usize = 120;
