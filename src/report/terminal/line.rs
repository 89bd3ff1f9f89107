//! Lines of text that fit a terminal: measured in columns, shortened with an ellipsis, and coloured last, because a colour
//! code must not count as width.

use anstyle::Style as Colour;

/// One line: pieces of text, each with its colour.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Vec<(String, Colour)>);

impl Line {
    /// A line of one piece.
    pub(super) fn of(text: impl Into<String>, colour: Colour) -> Self {
        Self::default().then(text, colour)
    }

    /// The line with another piece at its end. Control characters become question marks.
    pub(super) fn then(mut self, text: impl Into<String>, colour: Colour) -> Self {
        let text = text.into().chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        self.0.push((text, colour));
        self
    }

    /// The line as written, at most so many columns wide and without blanks at its end.
    pub(super) fn render(&self, coloured: bool, columns: usize) -> String {
        let mut left = columns;
        let mut text = String::new();
        let last =
            self.0.iter().rposition(|(piece, _)| !piece.trim_end().is_empty()).map_or(0, |last| last + 1);
        for (number, (piece, colour)) in self.0[..last].iter().enumerate() {
            let piece = cut(if number + 1 == last { piece.trim_end() } else { piece }, left);
            left -= width(&piece);
            if coloured && !piece.is_empty() {
                text += &format!("{colour}{piece}{colour:#}");
            } else {
                text += &piece;
            }
        }
        text
    }
}

/// The text in at most that many columns, its last an ellipsis where something is left out.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut cut = String::new();
    for c in text.chars() {
        if width(&cut) + char_width(c) + 1 > columns {
            break;
        }
        cut.push(c);
    }
    if columns > 0 { cut + "…" } else { cut }
}

/// The text in exactly that many columns, beginning at the left.
pub(super) fn left(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    let blanks = columns - width(&text);
    text + &" ".repeat(blanks)
}

/// The text in exactly that many columns, ending at the right.
pub(super) fn right(text: &str, columns: usize) -> String {
    let text = cut(text, columns);
    " ".repeat(columns - width(&text)) + &text
}

/// The words in lines of at most that many columns; a word that is longer is cut.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => *line += &format!(" {word}"),
            _ => lines.push(cut(word, columns)),
        }
    }
    lines
}

/// Columns that the text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// East Asian wide characters and pictographs take two columns; what only marks the letter before it is counted
/// as one all the same, so that a line is never wider than it is thought to be.
fn char_width(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f => 2,
        0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f000..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_in_columns_whatever_its_colours() {
        let line = Line::of("a".repeat(70), Colour::new().bold()).then("網".repeat(20), Colour::new());
        let plain = line.render(false, 80);
        assert!(width(&plain) <= 80 && plain.ends_with('…'), "{plain}");
        assert_eq!(anstream::adapter::strip_str(&line.render(true, 80)).to_string(), plain);
        assert_eq!(Line::of("a\u{1b}[31m\nb  ", Colour::new()).render(false, 80), "a?[31m?b");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_cut() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abc…", "kl"]);
        assert_eq!((left("ab", 4), right("ab", 4)), ("ab  ".to_owned(), "  ab".to_owned()));
    }
}
