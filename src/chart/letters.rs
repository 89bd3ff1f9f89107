//! Styles of text, and a text that may have been shortened to fit. It draws nothing.

use super::colours::Role;
use super::text;

/// Where letters stand from their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// How letters look. They stand with their middle at the height given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letters {
    /// In pixels.
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) role: Role,
    pub(super) align: Align,
}

/// The usual letters.
pub(super) const PLAIN: Letters = Letters { size: 13.0, bold: false, role: Role::Text, align: Align::Left };
/// Letters of the second rank.
pub(super) const SMALL: Letters = Letters { size: 12.0, bold: false, role: Role::Muted, align: Align::Left };
/// A name.
pub(super) const NAME: Letters = Letters { size: 13.0, bold: true, role: Role::Text, align: Align::Left };

/// A text as it is shown, and the whole of it, which becomes its tooltip, where that was too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) shown: String,
    pub(super) full: Option<String>,
}

impl Letters {
    pub(super) const fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(super) const fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    pub(super) fn width(self, text: &str) -> f64 {
        text::width(text, self.size, self.bold)
    }

    /// The text, shortened to this room.
    pub(super) fn fit(self, text: &str, room: f64) -> Label {
        text::fit(text, room, self.size, self.bold)
    }

    /// The text in lines of at most this room.
    pub(super) fn wrap(self, text: &str, room: f64) -> Vec<Label> {
        text::wrap(text, room, self.size, self.bold)
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self { shown: text.to_owned(), full: None }
    }
}

impl From<&String> for Label {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Label {
    fn from(shown: String) -> Self {
        Self { shown, full: None }
    }
}
