//! What was drawn, in order: paths and texts with their styles; neighbours of one style are joined. One drawing is written
//! as SVG several times, with different palettes. It does not depend on what the shapes mean.

use super::colours::{Palette, Role};
use super::letters::{Align, Label, Letters};
use super::path::{PathData, Place};
use super::stroke::{Hatch, Stroke};
use super::text::{clean, escape};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Units of the drawing for a pixel. Places are whole numbers, so a chart is drawn four times as large and shown at
/// its size.
pub(super) const UNITS: f64 = 4.0;

/// Pixels as whole units of the drawing.
pub(super) fn units(pixels: f64) -> i32 {
    libm::round(pixels * UNITS) as i32
}

/// The size of letters where an element names none, in units of the drawing.
pub(super) const USUAL_FONT_SIZE: i32 = 48;
/// The stroke width of a chart's outermost group, which most lines keep, in units of the drawing.
pub(super) const USUAL_STROKE_WIDTH: i32 = 4;

/// Shapes and words on top of one another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drawing {
    pieces: Vec<Piece>,
}

/// Neighbours of one style.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Path { paint: Paint, data: PathData },
    Words { letters: Letters, words: Vec<(Place, Label)> },
}

/// What a path is drawn with.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Paint {
    Filled(Stroke),
    /// With its width in units of the drawing.
    Line(Stroke, i32),
}

impl Drawing {
    pub(super) fn line(&mut self, points: &[Place], stroke: Stroke, width: i32) {
        self.path(Paint::Line(stroke, width)).line(points);
    }

    pub(super) fn polygon(&mut self, points: &[Place], stroke: Stroke) {
        self.path(Paint::Filled(stroke)).polygon(points);
    }

    pub(super) fn rectangle(&mut self, one: Place, other: Place, stroke: Stroke) {
        self.path(Paint::Filled(stroke)).rectangle(one, other);
    }

    pub(super) fn disc(&mut self, centre: Place, radius: i32, stroke: Stroke) {
        self.path(Paint::Filled(stroke)).circle(centre, radius);
    }

    pub(super) fn ring(&mut self, centre: Place, radius: i32, stroke: Stroke, width: i32) {
        self.path(Paint::Line(stroke, width)).circle(centre, radius);
    }

    pub(super) fn letters(&mut self, at: Place, label: Label, letters: Letters) {
        match self.pieces.last_mut() {
            Some(Piece::Words { letters: last, words }) if *last == letters => words.push((at, label)),
            _ => self.pieces.push(Piece::Words { letters, words: vec![(at, label)] }),
        }
    }

    /// The path that is drawn with this and grows.
    fn path(&mut self, paint: Paint) -> &mut PathData {
        let grows = matches!(self.pieces.last(), Some(Piece::Path { paint: last, .. }) if *last == paint);
        if !grows {
            self.pieces.push(Piece::Path { paint, data: PathData::default() });
        }
        match self.pieces.last_mut() {
            Some(Piece::Path { data, .. }) => data,
            Some(Piece::Words { .. }) | None => unreachable!("a path was put there"),
        }
    }

    /// The elements of an SVG. `prefix` makes the ids of the hatches unique on a page.
    pub(super) fn svg(&self, palette: Palette, prefix: &str) -> String {
        let mut out = self.patterns(palette, prefix);
        for piece in &self.pieces {
            match piece {
                Piece::Path { data, .. } if data.as_str().is_empty() => {}
                Piece::Path { paint, data } => {
                    _ = write!(
                        out,
                        "<path {} d=\"{}\"/>",
                        paint_attributes(*paint, palette, prefix),
                        data.as_str()
                    );
                }
                Piece::Words { letters, words } => {
                    let style = letter_attributes(*letters, palette);
                    match words.as_slice() {
                        [(at, label)] => _ = write!(out, "<text {style} {}", word(*at, label, *letters)),
                        words => {
                            _ = write!(out, "<g {style}>");
                            for (at, label) in words {
                                _ = write!(out, "<text {}", word(*at, label, *letters));
                            }
                            out.push_str("</g>");
                        }
                    }
                }
            }
        }
        out
    }

    /// The tiles of the hatched surfaces.
    fn patterns(&self, palette: Palette, prefix: &str) -> String {
        let hatched = self.pieces.iter().filter_map(|piece| match piece {
            Piece::Path { paint: Paint::Filled(stroke), .. } => Some((stroke.hatch, stroke.role)),
            Piece::Path { paint: Paint::Line(..), .. } | Piece::Words { .. } => None,
        });
        let hatched: BTreeSet<(Hatch, Role)> = hatched.collect();
        let mut text = String::new();
        for (hatch, role) in hatched {
            if let Some(lines) = hatch.lines() {
                _ = write!(
                    text,
                    "<pattern id=\"{}\" width=\"24\" height=\"24\" patternUnits=\"userSpaceOnUse\"><path stroke=\"{}\" stroke-width=\"6\" d=\"{lines}\"/></pattern>",
                    hatch_id(prefix, hatch, role),
                    palette.colour(role),
                );
            }
        }
        if text.is_empty() { text } else { format!("<defs>{text}</defs>") }
    }
}

fn paint_attributes(paint: Paint, palette: Palette, prefix: &str) -> String {
    let (mut text, stroke) = match paint {
        Paint::Filled(stroke) if stroke.hatch == Hatch::None => {
            (format!("fill=\"{}\"", palette.colour(stroke.role)), stroke)
        }
        Paint::Filled(stroke) => {
            (format!("fill=\"url(#{})\"", hatch_id(prefix, stroke.hatch, stroke.role)), stroke)
        }
        Paint::Line(stroke, width) => {
            let mut text = format!("stroke=\"{}\"", palette.colour(stroke.role));
            if width != USUAL_STROKE_WIDTH {
                _ = write!(text, " stroke-width=\"{width}\"");
            }
            if let Some(lengths) = stroke.dash.lengths() {
                _ = write!(text, " stroke-dasharray=\"{lengths}\"");
            }
            (text, stroke)
        }
    };
    if stroke.alpha < 1.0 {
        _ = write!(text, " opacity=\"{}\"", libm::round(stroke.alpha * 100.0) / 100.0);
    }
    text
}

fn letter_attributes(letters: Letters, palette: Palette) -> String {
    let mut text = format!("fill=\"{}\"", palette.colour(letters.role));
    let size = units(letters.size);
    if size != USUAL_FONT_SIZE {
        _ = write!(text, " font-size=\"{size}\"");
    }
    text.push_str(match letters.align {
        Align::Left => "",
        Align::Centre => " text-anchor=\"middle\"",
        Align::Right => " text-anchor=\"end\"",
    });
    if letters.bold {
        text.push_str(" font-weight=\"600\"");
    }
    text
}

/// The rest of a `<text>` after the attributes that it shares with others. Renderers place the middle of letters
/// differently, so the base line is stated.
fn word((x, y): Place, label: &Label, letters: Letters) -> String {
    let base_line = y + units(letters.size) * 36 / 100;
    let words = |text: &str| escape(&clean(text));
    let title = label.full.as_deref().map(|full| format!("<title>{}</title>", words(full)));
    format!("x=\"{x}\" y=\"{base_line}\">{}{}</text>", title.unwrap_or_default(), words(&label.shown))
}

fn hatch_id(prefix: &str, hatch: Hatch, role: Role) -> String {
    let name = match hatch {
        Hatch::None => "",
        Hatch::Rising => "rising",
        Hatch::Falling => "falling",
        Hatch::Crossed => "crossed",
        Hatch::Level => "level",
    };
    format!("{prefix}-{name}{}", role.variable().trim_start_matches("--chart"))
}

#[cfg(test)]
mod tests {
    use super::super::colours::Theme;
    use super::super::letters::{PLAIN, SMALL};
    use super::*;

    const LIGHT: Palette = Palette::Values(Theme::Light);

    #[test]
    fn neighbours_of_one_style_become_one_path() {
        let mut drawing = Drawing::default();
        let blue = Role::Client(0).stroke();
        drawing.line(&[(0, 0), (4, 0), (9, 0), (9, -5), (12, -7)], blue, 8);
        drawing.line(&[(1, 2), (1, 2), (3, 4)], blue, 8);
        let svg = "<path stroke=\"#0072B2\" stroke-width=\"8\" d=\"M0 0h9v-5l3-2M1 2l2 2\"/>";
        assert_eq!(drawing.svg(LIGHT, "c"), svg);
    }

    #[test]
    fn a_hatched_surface_brings_its_pattern() {
        let mut drawing = Drawing::default();
        drawing.rectangle((1, 2), (4, 6), Role::Client(1).stroke().hatch(Hatch::Rising).alpha(0.5));
        let svg = drawing.svg(Palette::Variables, "fates");
        assert!(svg.starts_with("<defs><pattern id=\"fates-rising-client-2\""), "{svg}");
        let path = "<path fill=\"url(#fates-rising-client-2)\" opacity=\"0.5\" d=\"M1 2h3v4h-3z\"/>";
        assert!(svg.contains("stroke=\"var(--chart-client-2)\"") && svg.ends_with(path), "{svg}");
    }

    #[test]
    fn words_of_one_style_state_it_once() {
        let mut drawing = Drawing::default();
        let letters = SMALL.align(Align::Right);
        drawing.letters((1, 0), "w".into(), letters);
        drawing.letters((2, 0), "w".into(), letters);
        let words = "<text x=\"1\" y=\"17\">w</text><text x=\"2\" y=\"17\">w</text>";
        let svg = format!("<g fill=\"#5A6572\" text-anchor=\"end\">{words}</g>");
        assert_eq!(drawing.svg(LIGHT, "c"), svg);
    }

    #[test]
    fn a_shortened_text_shows_its_full_form() {
        let mut drawing = Drawing::default();
        drawing.letters((8, 100), Label { shown: "lo…".to_owned(), full: Some("<long>".to_owned()) }, SMALL);
        let svg = "<text fill=\"#5A6572\" x=\"8\" y=\"117\"><title>&lt;long&gt;</title>lo…</text>";
        assert_eq!(drawing.svg(LIGHT, "c"), svg);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_text() {
        let mut drawing = Drawing::default();
        drawing.letters((5, 5), "<b> & \u{E001}\n".into(), PLAIN);
        let svg = drawing.svg(LIGHT, "c");
        assert!(svg.ends_with(">&lt;b&gt; &amp; \u{E001} </text>"), "{svg}");
    }
}
