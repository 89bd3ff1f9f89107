//! What plotters writes, made small: neighbouring shapes of one style become one path in relative coordinates, and
//! the colour indices of `ink` become placeholders, hatches and dashes. It knows the five elements that plotters
//! draws with, and nothing of what they mean.

use super::ink::{DASHES, placeholder};
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
            "polyline" => writer.stroke(&element, &points_path(&element, "")),
            "polygon" => writer.fill(&element, &points_path(&element, "z")),
            "rect" => writer.fill(&element, &rectangle_path(&element)),
            "circle" if element.text("fill") == "none" => writer.stroke(&element, &circle_path(&element)),
            "circle" => writer.fill(&element, &circle_path(&element)),
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
        let opacity = element.text("opacity");
        if opacity != "1" {
            _ = write!(attributes, " opacity=\"{opacity}\"");
        }
        if attributes != self.attributes {
            self.end_path();
            self.attributes = attributes;
        }
        self.data.push_str(data);
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
        _ = write!(self.out, "<text x=\"{}\" y=\"{y}\" fill=\"{}\"", element.number("x"), placeholder(role));
        if size != USUAL_FONT_SIZE {
            _ = write!(self.out, " font-size=\"{size}\"");
        }
        if element.text("text-anchor") != "start" {
            _ = write!(self.out, " text-anchor=\"{}\"", element.text("text-anchor"));
        }
        if element.text("font-weight") == "bold" {
            self.out.push_str(" font-weight=\"600\"");
        }
        match content.split_once(FULL_TEXT) {
            Some((short, full)) => _ = write!(self.out, "><title>{full}</title>{short}</text>"),
            None => _ = write!(self.out, ">{content}</text>"),
        }
    }

    fn hatch_id(&self, hatch: u8, role: u8) -> String {
        format!("{}-hatch-{hatch}{role}", self.prefix)
    }

    fn finish(mut self) -> String {
        self.end_path();
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

fn points_path(element: &Element<'_>, end: &str) -> String {
    let points = element.text("points").split(' ').filter_map(|point| {
        let (x, y) = point.split_once(',')?;
        Some((x.parse().ok()?, y.parse().ok()?))
    });
    relative_path(points) + end
}

/// `M`, then steps: horizontal and vertical ones in their own short form, and those that go on in one of these
/// directions joined to one.
fn relative_path(mut points: impl Iterator<Item = (i32, i32)>) -> String {
    let Some((mut x, mut y)) = points.next() else { return String::new() };
    let mut path = format!("M{x} {y}");
    let mut steps: Vec<(i32, i32)> = Vec::new();
    for (next_x, next_y) in points {
        let step = (next_x - x, next_y - y);
        (x, y) = (next_x, next_y);
        match (step, steps.last_mut()) {
            ((0, 0), _) => {}
            ((dx, 0), Some((last, 0))) if (dx > 0) == (*last > 0) => *last += dx,
            ((0, dy), Some((0, last))) if (dy > 0) == (*last > 0) => *last += dy,
            (step, _) => steps.push(step),
        }
    }
    let mut command = ' ';
    for (dx, dy) in steps {
        let next = if dy == 0 {
            'h'
        } else if dx == 0 {
            'v'
        } else {
            'l'
        };
        if next != command {
            path.push(next);
            command = next;
        } else if (if next == 'v' { dy } else { dx }) >= 0 {
            path.push(' ');
        }
        _ = match next {
            'h' => write!(path, "{dx}"),
            'v' => write!(path, "{dy}"),
            _ => write!(path, "{dx}{}{dy}", if dy >= 0 { " " } else { "" }),
        };
    }
    path
}

fn rectangle_path(element: &Element<'_>) -> String {
    let (x, y, width, height) =
        (element.number("x"), element.number("y"), element.number("width"), element.number("height"));
    format!("M{x} {y}h{width}v{height}h{}z", -width)
}

fn circle_path(element: &Element<'_>) -> String {
    let (x, y, r) = (element.number("cx"), element.number("cy"), element.number("r"));
    format!("M{} {y}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 {} 0z", x - r, 2 * r, -2 * r)
}

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
    fn a_step_back_is_not_joined_with_a_step_forth() {
        assert_eq!(relative_path([(0, 0), (5, 0), (2, 0), (2, 3)].into_iter()), "M0 0h5-3v3");
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
    fn a_shortened_text_shows_its_full_form() {
        let raw = format!(
            "<text x=\"8\" y=\"100\" dy=\"0.5ex\" text-anchor=\"start\" font-family=\"x\" font-size=\"50\" opacity=\"1\" fill=\"#000001\">\nlo…{FULL_TEXT}long\n</text>\n"
        );
        let ink = placeholder(1);
        assert_eq!(
            compact(&raw, "c"),
            format!("<text x=\"8\" y=\"118\" fill=\"{ink}\" font-size=\"50\"><title>long</title>lo…</text>")
        );
    }
}
