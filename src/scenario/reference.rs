//! The reference of all keys, `scenarios/reference.toml`: a frame that has the tables and what has no default, filled with
//! every other key and its default, and beside each key what its declaration says of it.

use super::declare::{Keys, Variants};
use super::keys::{Absent, Key, Shape, Tagged};
use super::vocabulary::File;
use crate::policy::delay::Delay;
use std::collections::BTreeSet;

/// The text of the reference.
pub fn reference() -> String {
    let frame = include_str!("reference-frame.toml");
    let (head, tables) = frame.split_once("\n\n").unwrap_or(("", frame));
    let mut told = BTreeSet::new();
    let tables = tables.split("\n\n").map(|table| written(&Block::of(table), &mut told));
    let tables: Vec<String> = tables.collect();
    format!("{head}\n\n{}", tables.join("\n"))
}

/// A table of the frame.
struct Block<'a> {
    header: &'a str,
    lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    fn of(table: &'a str) -> Self {
        let mut lines: Vec<&str> = table.lines().collect();
        let has_header = lines.first().is_some_and(|line| line.starts_with('['));
        let header = if has_header { lines.remove(0) } else { "" };
        Self { header, lines }
    }

    /// The names of the tables on the way to this one.
    fn path(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header.trim_matches(['[', ']']).split('.').filter(|part| !part.is_empty())
    }

    /// The lines of a key, with those that are commented out.
    fn of_key(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().copied().filter(move |line| split(line).0 == name)
    }
}

/// The key and the value of a line.
fn split(line: &str) -> (&str, &str) {
    line.trim_start_matches("# ").split_once(" = ").unwrap_or((line, ""))
}

/// A table with every key that it has. What was told of a key in an earlier table is not told again, nor is its default.
fn written(block: &Block<'_>, told: &mut BTreeSet<(&'static str, &'static str)>) -> String {
    let (key, shape) = at(block.path());
    let mut text = match key.filter(|key| told.insert(("table", key.name))) {
        Some(key) => line(block.header, key.about, key),
        None if block.header.is_empty() => String::new(),
        None => format!("{}\n", block.header),
    };
    for (of, key) in keys(block, key, shape, &mut text) {
        let is_new = !told.contains(&(of, key.name));
        let default = match key.absent {
            Absent::Default(toml) if is_new && !has_tables(&key.shape) => {
                Some(format!("{} = {toml}", key.name))
            }
            Absent::Default(_) | Absent::Required | Absent::Derived(_) | Absent::Optional => None,
        };
        let (commented, given): (Vec<&str>, Vec<&str>) =
            block.of_key(key.name).partition(|line| line.starts_with('#'));
        if let Some(shown) = given.first().map(|line| (*line).to_owned()).or(default) {
            text += &if told.insert((of, key.name)) { line(&shown, key.about, key) } else { shown + "\n" };
        }
        commented.iter().for_each(|line| text += &format!("{line}\n"));
    }
    if let Shape::Tagged(tagged) = shape {
        text += &alternatives(block, tagged);
    }
    text
}

/// The keys of a table, each with what it is a key of; the tag of a table that has one is written at once.
fn keys(
    block: &Block<'_>,
    header: Option<&'static Key>,
    shape: &'static Shape,
    text: &mut String,
) -> Vec<(&'static str, &'static Key)> {
    match shape {
        Shape::Table(table) => {
            table.keys.iter().map(|key| (header.map_or("", |key| key.name), key)).collect()
        }
        Shape::Tagged(tagged) => {
            let chosen = block.of_key(tagged.tag).find(|line| !line.starts_with('#'));
            let variant = chosen.and_then(|line| tagged.variant(split(line).1.trim_matches('"')));
            let (Some(chosen), Some(variant)) = (chosen, variant) else { return Vec::new() };
            *text += &beside(chosen, &format!("{}; no default", variant.about.trim_end_matches('.')));
            let common = tagged.common.iter().map(|key| (tagged.tag, key));
            common.chain(variant.keys.iter().map(|key| (variant.name, key))).collect()
        }
        _ => Vec::new(),
    }
}

/// The variants that are commented out, with the keys that come with them.
fn alternatives(block: &Block<'_>, tagged: &'static Tagged) -> String {
    let mut text = String::new();
    let mut variant = None;
    for shown in block.lines.iter().filter(|line| line.starts_with('#')) {
        let (name, value) = split(shown);
        if name == tagged.tag {
            variant = tagged.variant(value.trim_matches('"'));
            text += &variant.map_or_else(String::new, |variant| beside(shown, variant.about));
        } else if let Some(key) = variant.and_then(|variant| variant.keys.iter().find(|key| key.name == name))
        {
            text += &line(shown, key.about, key);
        }
    }
    text
}

/// The key that a header names, and what its table may be.
fn at<'a>(path: impl Iterator<Item = &'a str>) -> (Option<&'static Key>, &'static Shape) {
    const FILE: Shape = Shape::Table(&File::TABLE);
    let (mut found, mut shape): (Option<&'static Key>, &'static Shape) = (None, &FILE);
    for name in path {
        let key = match shape {
            Shape::Table(table) => table.keys.iter().find(|key| key.name == name),
            Shape::Tagged(tagged) => tagged
                .common
                .iter()
                .chain(tagged.variants.iter().flat_map(|variant| variant.keys))
                .find(|key| key.name == name),
            _ => None,
        };
        let Some(key) = key else { break };
        found = Some(key);
        shape = match &key.shape {
            Shape::List { of, .. } => of,
            other => other,
        };
    }
    (found, shape)
}

/// Whether the key's value is written as a table of its own.
fn has_tables(shape: &Shape) -> bool {
    match shape {
        Shape::Table(_) | Shape::Tagged(_) => true,
        Shape::List { of, .. } => has_tables(of),
        _ => false,
    }
}

/// A line with what there is to say of its key beside it: its meaning, what else may stand there, and each word with its
/// meaning on a line of its own.
fn line(shown: &str, about: &str, key: &Key) -> String {
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
        _ => what += ":",
    }
    if matches!(key.absent, Absent::Required) && !has_tables(&key.shape) {
        what += "; no default";
    }
    let mut text = beside(shown, &what);
    if words.len() > 1 {
        words.iter().for_each(|(word, meaning)| text += &beside("", &format!("  {word:?}: {meaning}")));
    }
    text
}

/// A line and its comment, in as many lines as that takes.
fn beside(shown: &str, comment: &str) -> String {
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

/// The words that may stand for a value.
fn words(shape: &Shape) -> &'static [(&'static str, &'static str)] {
    match shape {
        Shape::Choice { words, .. } => words,
        Shape::Either(shapes) => shapes.iter().map(words).find(|words| !words.is_empty()).unwrap_or(&[]),
        _ => &[],
    }
}

fn takes_distribution(shape: &Shape) -> bool {
    match shape {
        Shape::Tagged(tagged) => tagged.tag == Delay::TAGGED.tag,
        Shape::Either(shapes) => shapes.iter().any(takes_distribution),
        _ => false,
    }
}

/// What a value is, in a word or two.
fn noun(shape: &Shape) -> &'static str {
    match shape {
        Shape::Span { .. } => "a duration",
        Shape::Count { .. } | Shape::Number { .. } | Shape::Factor => "a number",
        Shape::Text { .. } | Shape::Choice { .. } | Shape::Metric => "a text",
        Shape::Flag => "true or false",
        Shape::Rate => "a rate",
        Shape::Size { .. } => "a size",
        Shape::List { .. } => "a list",
        Shape::Table(_) | Shape::Tagged(_) => "a table",
        Shape::Either(_) => "another value",
    }
}

/// Where comments begin, and where they break.
const COLUMN: usize = 31;
const WIDTH: usize = 120;
