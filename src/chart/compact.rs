//! What plotters writes, made small: neighbouring shapes of one style become one path in relative coordinates, and
//! the colour indices of `stroke` become placeholders, hatches and dashes. It knows the five elements that plotters
//! draws with, and nothing of what they mean.

use super::path::{circle_path, move_path, points_path, rectangle_path, split_place};
use super::stroke::{DASHES, placeholder};
use super::text::FULL_TEXT;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The size of letters where an element names none, in units of the drawing.
pub(super) const USUAL_FONT_SIZE: i32 = 48;

/// The elements between the `<svg>` tags that plotters wrote. `prefix` makes the ids of the hatches unique on a page.
pub(super) fn compact(raw: &str, prefix: &str) -> String {
    let mut writer = Writer { prefix, ..Writer::default() };
    let mut lines = raw.lines();
    while let Some(line) = lines.next() {
        let element = Element(line);
        match element.name() {
            "polyline" => writer.stroke(&element, &points_path(element.text("points"), "")),
            "polygon" => writer.fill(&element, &points_path(element.text("points"), "z")),
            "rect" => writer.fill(
                &element,
                &rectangle_path(["x", "y", "width", "height"].map(|name| element.number(name))),
            ),
            "circle" if element.text("fill") == "none" => {
                writer.stroke(&element, &circle_path(["cx", "cy", "r"].map(|name| element.number(name))))
            }
            "circle" => {
                writer.fill(&element, &circle_path(["cx", "cy", "r"].map(|name| element.number(name))))
            }
            "text" => writer.letters(&element, lines.next().unwrap_or_default()),
            _ => {}
        }
    }
    writer.finish()
}

/// One line of plotters' output: a tag and its attributes.
struct Element<'a>(&'a str);

impl<'a> Element<'a> {
    fn name(&self) -> &'a str {
        self.0.trim_start_matches('<').split([' ', '>']).next().unwrap_or_default()
    }

    /// An attribute's value; empty where there is none.
    fn text(&self, attribute: &str) -> &'a str {
        let start = format!(" {attribute}=\"");
        let value = self.0.split_once(start.as_str()).map(|(_, rest)| rest);
        value.and_then(|rest| rest.split_once('"')).map_or("", |(value, _)| value)
    }

    fn number(&self, attribute: &str) -> i32 {
        self.text(attribute).parse().unwrap_or(0)
    }

    /// Dash, hatch and role of a colour.
    fn colour(&self, attribute: &str) -> (u8, u8, u8) {
        let code = u32::from_str_radix(self.text(attribute).trim_start_matches('#'), 16).unwrap_or(0);
        ((code >> 16) as u8, (code >> 8) as u8, code as u8)
    }
}

#[derive(Default)]
struct Writer<'a> {
    prefix: &'a str,
    out: String,
    /// The path that is still growing: its attributes, and its data.
    attributes: String,
    data: String,
    /// Where the pen is after a closed shape: where that began.
    closed_at: Option<(i32, i32)>,
    /// The words that stand next to each other in one style: its attributes, and the words with their own.
    style: String,
    words: Vec<String>,
    hatches: BTreeSet<(u8, u8)>,
}

impl Writer<'_> {
    fn stroke(&mut self, element: &Element<'_>, data: &str) {
        let (dash, _, role) = element.colour("stroke");
        let mut attributes = format!("stroke=\"{}\"", placeholder(role));
        match element.number("stroke-width") {
            USUAL_STROKE_WIDTH => {}
            width => _ = write!(attributes, " stroke-width=\"{width}\""),
        }
        if dash > 0 {
            _ = write!(attributes, " stroke-dasharray=\"{}\"", DASHES[usize::from(dash)]);
        }
        self.path(attributes, element, data);
    }

    fn fill(&mut self, element: &Element<'_>, data: &str) {
        let (_, hatch, role) = element.colour("fill");
        let attributes = if hatch == 0 {
            format!("fill=\"{}\"", placeholder(role))
        } else {
            self.hatches.insert((hatch, role));
            format!("fill=\"url(#{})\"", self.hatch_id(hatch, role))
        };
        self.path(attributes, element, data);
    }

    fn path(&mut self, mut attributes: String, element: &Element<'_>, data: &str) {
        let opacity: f64 = element.text("opacity").parse().unwrap_or(1.0);
        if opacity < 1.0 {
            _ = write!(attributes, " opacity=\"{}\"", libm::round(opacity * 100.0) / 100.0);
        }
        self.end_words();
        if attributes != self.attributes {
            self.end_path();
            self.attributes = attributes;
        }
        if !data.starts_with('M') {
            return;
        }
        let (place, rest) = split_place(data);
        match self.closed_at.filter(|_| !self.data.is_empty()) {
            Some(from) => self.data.push_str(&move_path(from, place)),
            None => _ = write!(self.data, "M{} {}", place.0, place.1),
        }
        self.data.push_str(rest);
        self.closed_at = rest.ends_with('z').then_some(place);
    }

    fn end_path(&mut self) {
        if !self.data.is_empty() {
            _ = write!(self.out, "<path {} d=\"{}\"/>", self.attributes, self.data);
        }
        self.attributes.clear();
        self.data.clear();
    }

    /// plotters states vertical positions in units of the font, which renderers take differently; here they are numbers.
    fn letters(&mut self, element: &Element<'_>, content: &str) {
        self.end_path();
        let size = libm::round(element.text("font-size").parse().unwrap_or(0.0)) as i32;
        let centred = element.text("dy") == "0.5ex";
        let y = element.number("y") + if centred { size * 36 / 100 } else { 0 };
        let (_, _, role) = element.colour("fill");
        let mut style = format!("fill=\"{}\"", placeholder(role));
        if size != USUAL_FONT_SIZE {
            _ = write!(style, " font-size=\"{size}\"");
        }
        if element.text("text-anchor") != "start" {
            _ = write!(style, " text-anchor=\"{}\"", element.text("text-anchor"));
        }
        if element.text("font-weight") == "bold" {
            style.push_str(" font-weight=\"600\"");
        }
        if style != self.style {
            self.end_words();
            self.style = style;
        }
        let content = match content.split_once(FULL_TEXT) {
            Some((short, full)) => format!("<title>{full}</title>{short}"),
            None => content.to_owned(),
        };
        self.words.push(format!(" x=\"{}\" y=\"{y}\">{content}</text>", element.number("x")));
    }

    fn end_words(&mut self) {
        let style = std::mem::take(&mut self.style);
        match self.words.as_slice() {
            [] => {}
            [alone] => _ = write!(self.out, "<text {style}{alone}"),
            many => {
                _ = write!(self.out, "<g {style}>");
                many.iter().for_each(|words| _ = write!(self.out, "<text{words}"));
                self.out.push_str("</g>");
            }
        }
        self.words.clear();
    }

    fn hatch_id(&self, hatch: u8, role: u8) -> String {
        format!("{}-hatch-{hatch}{role}", self.prefix)
    }

    fn finish(mut self) -> String {
        self.end_path();
        self.end_words();
        if self.hatches.is_empty() {
            return self.out;
        }
        let mut text = String::from("<defs>");
        for &(hatch, role) in &self.hatches {
            let lines = [
                "",
                "M-6 6 6-6M0 24 24 0M18 30 30 18",
                "M-6 18 6 30M0 0 24 24M18-6 30 6",
                "M0 24 24 0M0 0 24 24",
            ];
            _ = write!(
                text,
                "<pattern id=\"{}\" width=\"24\" height=\"24\" patternUnits=\"userSpaceOnUse\"><path stroke=\"{}\" stroke-width=\"6\" d=\"{}\"/></pattern>",
                self.hatch_id(hatch, role),
                placeholder(role),
                lines[usize::from(hatch)],
            );
        }
        text + "</defs>" + &self.out
    }
}

/// The stroke width of a chart's outermost group, which most lines keep, in units of the drawing.
pub(super) const USUAL_STROKE_WIDTH: i32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_style_become_one_path() {
        let line = |points: &str| {
            format!(
                "<polyline fill=\"none\" opacity=\"1\" stroke=\"#000005\" stroke-width=\"8\" points=\"{points}\"/>\n"
            )
        };
        let raw = line("0,0 4,0 9,0 9,-5 12,-7 ") + &line("1,2 1,2 3,4 ");
        let blue = placeholder(5);
        assert_eq!(
            compact(&raw, "c"),
            format!("<path stroke=\"{blue}\" stroke-width=\"8\" d=\"M0 0h9v-5l3-2M1 2l2 2\"/>")
        );
    }

    #[test]
    fn a_closed_shape_begins_where_it_is_shorter_to_say() {
        let bar = |x: i32| {
            format!(
                "<rect x=\"{x}\" y=\"136\" width=\"27\" height=\"4\" opacity=\"1\" fill=\"#000005\" stroke=\"none\"/>\n"
            )
        };
        let blue = placeholder(5);
        assert_eq!(
            compact(&(bar(249) + &bar(280)), "c"),
            format!("<path fill=\"{blue}\" d=\"M249 136h27v4h-27zm31 0h27v4h-27z\"/>")
        );
    }

    #[test]
    fn a_hatched_surface_brings_its_pattern() {
        let raw = "<rect x=\"1\" y=\"2\" width=\"3\" height=\"4\" opacity=\"0.5\" fill=\"#000106\" stroke=\"none\"/>";
        let text = compact(raw, "fates");
        assert!(text.starts_with("<defs><pattern id=\"fates-hatch-16\""), "{text}");
        assert!(
            text.ends_with("<path fill=\"url(#fates-hatch-16)\" opacity=\"0.5\" d=\"M1 2h3v4h-3z\"/>"),
            "{text}"
        );
    }

    #[test]
    fn words_of_one_style_state_it_once() {
        let word = |x: i32| {
            format!(
                "<text x=\"{x}\" y=\"0\" text-anchor=\"end\" font-size=\"48\" opacity=\"1\" fill=\"#000001\">\nw\n</text>\n"
            )
        };
        let stroke = placeholder(1);
        assert_eq!(
            compact(&(word(1) + &word(2)), "c"),
            format!(
                "<g fill=\"{stroke}\" text-anchor=\"end\"><text x=\"1\" y=\"0\">w</text><text x=\"2\" y=\"0\">w</text></g>"
            )
        );
    }

    #[test]
    fn a_shortened_text_shows_its_full_form() {
        let raw = format!(
            "<text x=\"8\" y=\"100\" dy=\"0.5ex\" text-anchor=\"start\" font-family=\"x\" font-size=\"50\" opacity=\"1\" fill=\"#000001\">\nlo…{FULL_TEXT}long\n</text>\n"
        );
        let stroke = placeholder(1);
        assert_eq!(
            compact(&raw, "c"),
            format!(
                "<text fill=\"{stroke}\" font-size=\"50\" x=\"8\" y=\"118\"><title>long</title>lo…</text>"
            )
        );
    }
}
