//! The reference of all keys, `scenarios/reference.toml`. A frame has the tables and the keys without a default; every
//! other key is added with its default, and each key gets the help text of its declaration as a comment.

mod line;

use super::declare::Keys;
use super::keys::{Absent, Key, Shape, Tagged};
use super::vocabulary::File;
use line::{beside, line};
use std::collections::BTreeSet;

/// The text of the reference.
pub fn reference() -> String {
    let frame = include_str!("../reference-frame.toml");
    let (head, tables) = frame.split_once("\n\n").unwrap_or(("", frame));
    let mut described = BTreeSet::new();
    let tables = tables.split("\n\n").map(|table| written(&Block::of(table), &mut described));
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

    /// The parts of the name of the table.
    fn path(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.header.trim_matches(['[', ']']).split('.').filter(|part| !part.is_empty())
    }

    /// The lines of a key, including those that are commented out.
    fn of_key(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().copied().filter(move |line| split(line).0 == name)
    }
}

/// The key and the value of a line.
fn split(line: &str) -> (&str, &str) {
    line.trim_start_matches("# ").split_once(" = ").unwrap_or((line, ""))
}

/// A table with all its keys. A key that an earlier table describes is not described again, and its default is left out.
fn written(block: &Block<'_>, described: &mut BTreeSet<(&'static str, &'static str)>) -> String {
    let (key, shape) = at(block.path());
    let mut text = match key.filter(|key| described.insert(("table", key.name))) {
        Some(key) => line(block.header, key.about, key),
        None if block.header.is_empty() => String::new(),
        None => format!("{}\n", block.header),
    };
    for (of, key) in keys(block, key, shape, &mut text) {
        let is_new = !described.contains(&(of, key.name));
        let default = match key.absent {
            Absent::Default(toml) if is_new && !has_tables(&key.shape) => {
                Some(format!("{} = {toml}", key.name))
            }
            Absent::Default(_) | Absent::Required | Absent::Derived(_) | Absent::Optional => None,
        };
        let (commented, given): (Vec<&str>, Vec<&str>) =
            block.of_key(key.name).partition(|line| line.starts_with('#'));
        let mut commented = commented.into_iter();
        // A key without a value that every scenario could have is described where its example is.
        let given = given.first().map(|line| (*line).to_owned()).or(default);
        let given = given.or_else(|| if is_new { commented.next().map(str::to_owned) } else { None });
        if let Some(shown) = given {
            text +=
                &if described.insert((of, key.name)) { line(&shown, key.about, key) } else { shown + "\n" };
        }
        commented.for_each(|line| text += &format!("{line}\n"));
    }
    if let Shape::Tagged(tagged) = shape {
        text += &alternatives(block, tagged);
    }
    text
}

/// The keys of a table, each with the name of its table or variant. The tag of a tagged table is written to `text`.
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

/// The variants that are commented out, with their keys.
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

/// The key that a header names, and the shape of its table.
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

/// Whether a value is written as a separate table.
fn has_tables(shape: &Shape) -> bool {
    match shape {
        Shape::Table(_) | Shape::Tagged(_) => true,
        Shape::List { of, .. } => has_tables(of),
        _ => false,
    }
}
