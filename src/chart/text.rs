//! The width of a text, how it is shortened to fit, and how names and numbers are written in a sentence. The widths come
//! from the font itself, because the drawing library does not measure text.

use super::font;
use super::font::metrics::{UNITS_PER_EM, advance as advance_in_font};
use super::letters::Label;
use crate::study::human::count;

/// The width of a line of text, in pixels, for a font size in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|character| advance(character, bold)).sum::<f64>() * size / UNITS_PER_EM
}

/// The text, shortened with an ellipsis where it is wider than `room`.
pub(super) fn fit(text: &str, room: f64, size: f64, bold: bool) -> Label {
    if width(text, size, bold) <= room {
        return text.into();
    }
    let room = room - width("…", size, bold);
    let mut short = String::new();
    for character in text.chars() {
        short.push(character);
        if width(&short, size, bold) > room {
            short.pop();
            break;
        }
    }
    Label { shown: format!("{}…", short.trim_end()), full: Some(text.to_owned()) }
}

/// The text in lines of at most `room`; only a word that is wider by itself is shortened, and keeps the comma after it.
pub(super) fn wrap(text: &str, room: f64, size: f64, bold: bool) -> Vec<Label> {
    let mut lines: Vec<Label> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(Label { shown, full: None })
                if width(shown, size, bold) + width(" ", size, bold) + width(word, size, bold) <= room =>
            {
                shown.push(' ');
                shown.push_str(word);
            }
            _ => lines.push(fit_word(word, room, size, bold)),
        }
    }
    lines
}

/// As [`fit`], with the punctuation at the end of the word after the ellipsis.
fn fit_word(word: &str, room: f64, size: f64, bold: bool) -> Label {
    let core = word.trim_end_matches(['.', ',', ';', ':', ')']);
    let end = &word[core.len()..];
    let fitted = fit(core, room - width(end, size, bold), size, bold);
    Label { shown: fitted.shown + end, full: fitted.full.map(|_| word.to_owned()) }
}

/// The text with the space between a number and its unit made one at which no line ends.
pub(super) fn keep_units(text: &str) -> String {
    let mut kept = String::with_capacity(text.len() + 8);
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        kept.push_str(word);
        let Some(next) = words.peek() else { break };
        let unit = next.trim_end_matches(['.', ',', ';', ':', ')', '”']);
        let bound = UNITS.contains(&unit) && word.ends_with(|c: char| c.is_ascii_digit());
        kept.push(if bound { NO_BREAK_SPACE } else { ' ' });
    }
    kept
}

const NO_BREAK_SPACE: char = '\u{a0}';
const UNITS: [&str; 14] = ["ns", "µs", "ms", "s", "min", "h", "d", "%", "years", "B", "kB", "MB", "GB", "TB"];

/// `1 event`, `2 events`.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// The text without what a drawing cannot hold: control characters.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What is drawn as text needs these in XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The `font-family` of a chart: the embedded font, then what a page has.
pub(super) fn family() -> String {
    format!("{},system-ui,sans-serif", font::FAMILY)
}

/// The width of one character in units of the font. One that it lacks is taken from another font, about which nothing
/// is known; an ideograph is as wide as it is high.
fn advance(character: char, bold: bool) -> f64 {
    let other = if (character as u32) < 0x2e80 { 1_480.0 } else { UNITS_PER_EM };
    advance_in_font(character, bold).unwrap_or(other)
}

#[cfg(all(test, feature = "png"))]
mod tests {
    use super::*;
    use resvg::usvg;

    /// The width of a text as the PNG renderer lays it out.
    fn laid_out(text: &str, weight: u32) -> f64 {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><text y=\"90\" font-family=\"Inter\" font-size=\"100\" \
             font-weight=\"{weight}\" style=\"font-kerning:none\">{text}|</text></svg>"
        );
        let tree = usvg::Tree::from_str(&svg, &super::super::png::options()).unwrap();
        f64::from(tree.root().children()[0].bounding_box().width())
    }

    #[test]
    fn widths_are_those_of_the_embedded_font() {
        for (weight, bold) in [(400, false), (600, true)] {
            for text in [
                "How late did we learn of it?",
                "0123456789 28m29s",
                "poll-60s_(XYZ)",
                "1\u{202f}410 · 83.1 %",
                "опрос каждую минуту Đăng ký",
            ] {
                let (drawn, reckoned) = (laid_out(text, weight), width(&format!("{text}|"), 100.0, bold));
                assert!(
                    (drawn - reckoned).abs() < 0.04 * reckoned,
                    "{text}: {drawn} drawn, {reckoned} reckoned"
                );
            }
        }
    }

    #[test]
    fn a_long_name_ends_in_an_ellipsis_and_keeps_its_full_form() {
        let fitted = fit("webhook with a very long and telling name", 100.0, 12.0, true);
        assert!(fitted.shown.ends_with('…') && width(&fitted.shown, 12.0, true) <= 100.0, "{fitted:?}");
        assert_eq!(fitted.full.as_deref(), Some("webhook with a very long and telling name"));
        assert_eq!(fit("poll", 100.0, 12.0, true), "poll".into());
    }

    #[test]
    fn lines_are_broken_between_words() {
        let lines: Vec<String> =
            wrap("one two three four", 60.0, 12.0, false).into_iter().map(|line| line.shown).collect();
        assert!(lines.len() > 1 && lines.iter().all(|line| width(line, 12.0, false) <= 60.0));
        assert_eq!(lines.join(" "), "one two three four");
    }

    #[test]
    fn no_line_ends_between_a_number_and_its_unit() {
        let text = "slowest 20 ms with poll, 83.1 % (79.5 s), 3 polls";
        assert_eq!(keep_units(text), "slowest 20\u{a0}ms with poll, 83.1\u{a0}% (79.5\u{a0}s), 3 polls");
    }

    #[test]
    fn a_shortened_word_keeps_its_comma() {
        let lines = wrap("a WWWWWWWWWWWWWWWWWWWW, b", 100.0, 12.0, false);
        assert!(lines[1].shown.ends_with("…,"), "{lines:?}");
    }
}
