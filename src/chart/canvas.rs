//! The paper of one chart, in pixels: shapes, letters and the clients' symbols at a place, all drawn by plotters.
//! It knows nothing of scales or data; `plot` puts those on it.

use super::compact::compact;
use super::stroke::{Role, Stroke};
use super::style::{ClientStyle, Shape};
use super::text;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Units of the drawing for a pixel. plotters places in whole numbers, so a chart is drawn four times as large and
/// shown at its size.
pub(super) const UNITS: f64 = 4.0;

/// A place in pixels: from the left, from the top.
pub(super) type Point = (f64, f64);

/// plotters' area on this paper.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The paper while it is drawn on.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Where letters stand from their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// How letters look. They stand with their middle at the height given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letters {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) role: Role,
    pub(super) align: Align,
}

/// The usual letters.
pub(super) const PLAIN: Letters = Letters { size: 12.0, bold: false, role: Role::Text, align: Align::Left };
/// Letters of the second rank.
pub(super) const SMALL: Letters = Letters { size: 11.0, bold: false, role: Role::Muted, align: Align::Left };
/// A name.
pub(super) const NAME: Letters = Letters { size: 12.0, bold: true, role: Role::Text, align: Align::Left };

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
    pub(super) fn fit(self, text: &str, room: f64) -> String {
        text::fit(text, room, self.size, self.bold)
    }
}

/// Draws a chart of this size and returns its elements, the colours still to be filled in.
pub(super) fn draw(name: &str, (width, height): (f64, f64), paint: impl FnOnce(&Canvas<'_>)) -> String {
    let mut raw = String::new();
    let area =
        SVGBackend::with_string(&mut raw, (units(width) as u32, units(height) as u32)).into_drawing_area();
    let canvas = Canvas { area, width, height };
    paint(&canvas);
    sure(canvas.area.present());
    drop(canvas);
    compact(&raw, name)
}

/// The result of drawing. It cannot fail: the drawing goes into a string, and every size was chosen here.
pub(super) fn sure<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("a drawing into a string does not fail")
}

/// Pixels as whole units of the drawing.
pub(super) fn units(pixels: f64) -> i32 {
    libm::round(pixels * UNITS) as i32
}

impl<'a> Canvas<'a> {
    /// The part of the paper that a coordinate system is put on.
    pub(super) fn part(&self, left: f64, top: f64, right: f64, bottom: f64) -> Area<'a> {
        self.area.clone().shrink((units(left), units(top)), (units(right - left), units(bottom - top)))
    }

    pub(super) fn line(&self, points: &[Point], stroke: Stroke, width: f64) {
        let style = stroke.colour().stroke_width(units(width) as u32);
        sure(self.area.draw(&PathElement::new(self.places(points), style)));
    }

    pub(super) fn polygon(&self, points: &[Point], stroke: Stroke) {
        sure(self.area.draw(&Polygon::new(self.places(points), stroke.fill())));
    }

    /// A filled rectangle between two corners; one that is thinner than a quarter of a pixel is not drawn.
    pub(super) fn rectangle(&self, one: Point, other: Point, stroke: Stroke) {
        let corners = [place(one), place(other)];
        if corners[0].0 != corners[1].0 && corners[0].1 != corners[1].1 {
            sure(self.area.draw(&Rectangle::new(corners, stroke.fill())));
        }
    }

    /// The line around a rectangle, inside it.
    pub(super) fn frame(&self, (left, top): Point, (right, bottom): Point, stroke: Stroke, width: f64) {
        let half = width / 2.0;
        let (left, top, right, bottom) = (left + half, top + half, right - half, bottom - half);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
        self.line(&corners, stroke, width);
    }

    pub(super) fn disc(&self, centre: Point, radius: f64, stroke: Stroke) {
        sure(self.area.draw(&Circle::new(place(centre), units(radius), stroke.fill())));
    }

    pub(super) fn ring(&self, centre: Point, radius: f64, stroke: Stroke, width: f64) {
        let style = stroke.colour().stroke_width(units(width) as u32);
        sure(self.area.draw(&Circle::new(place(centre), units(radius), style)));
    }

    pub(super) fn text(&self, at: Point, text: &str, letters: Letters) {
        let (x, y) = place(at);
        sure(self.area.draw(&Text::new(text::clean(text), (x, y), letter_style(letters))));
    }

    /// A client's symbol, on a little paper of its own so that it stands out from lines.
    pub(super) fn symbol(&self, at: Point, style: ClientStyle, radius: f64) {
        self.shape(at, style.shape(), radius, style.stroke(), style.is_hollow());
    }

    /// A shape of about the same weight for each kind.
    pub(super) fn shape(&self, at: Point, shape: Shape, radius: f64, stroke: Stroke, hollow: bool) {
        let paper = Role::Paper.stroke();
        if shape == Shape::Circle {
            if hollow {
                self.disc(at, radius, paper);
                self.ring(at, radius - 0.5, stroke, 1.25);
            } else {
                self.disc(at, radius, stroke);
            }
            return;
        }
        let mut outline = outline(at, shape, radius);
        if hollow {
            self.polygon(&outline, paper);
            outline.push(outline[0]);
            outline.push(outline[1]);
            self.line(&outline, stroke, 1.25);
        } else {
            self.polygon(&outline, stroke);
        }
    }

    /// Two strokes: something failed.
    pub(super) fn cross(&self, (x, y): Point, radius: f64, stroke: Stroke) {
        for slope in [-radius, radius] {
            self.line(&[(x - radius, y - slope), (x + radius, y + slope)], stroke, 1.5);
        }
    }

    fn places(&self, points: &[Point]) -> Vec<(i32, i32)> {
        points.iter().copied().map(place).collect()
    }
}

fn place((x, y): Point) -> (i32, i32) {
    (units(x), units(y))
}

fn outline((x, y): Point, shape: Shape, radius: f64) -> Vec<Point> {
    let corners: &[Point] = match shape {
        Shape::Circle => &[],
        Shape::Triangle => &[(0.0, -1.15), (1.1, 0.85), (-1.1, 0.85)],
        Shape::TriangleDown => &[(0.0, 1.15), (-1.1, -0.85), (1.1, -0.85)],
        Shape::Diamond => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
        Shape::Square => &[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    };
    corners.iter().map(|(dx, dy)| (x + dx * radius, y + dy * radius)).collect()
}

fn letter_font(letters: Letters) -> FontDesc<'static> {
    // plotters writes the size divided by 1.24.
    let style = if letters.bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::SansSerif, letters.size * UNITS * 1.24, style)
}

fn letter_style(letters: Letters) -> TextStyle<'static> {
    let side = match letters.align {
        Align::Left => HPos::Left,
        Align::Centre => HPos::Center,
        Align::Right => HPos::Right,
    };
    let style = TextStyle::from(letter_font(letters));
    TextStyle { color: letters.role.stroke().colour().to_backend_color(), ..style }
        .pos(Pos::new(side, VPos::Center))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_text() {
        let drawing = draw("c", (100.0, 50.0), |canvas| canvas.text((5.0, 5.0), "<b> & \u{E001}\n", PLAIN));
        assert!(drawing.ends_with(">&lt;b&gt; &amp;   </text>"), "{drawing}");
    }

    #[test]
    fn a_shape_has_the_ink_it_was_given() {
        let drawing = draw("c", (100.0, 50.0), |canvas| {
            canvas.disc((10.0, 10.0), 2.0, Role::Client(1).stroke());
            canvas.rectangle((1.0, 1.0), (1.0, 9.0), Role::Text.stroke());
        });
        let orange = super::super::stroke::fill_in(&drawing, Some(super::super::stroke::Theme::Light));
        assert_eq!(orange, "<path fill=\"#C04A00\" d=\"M32 40a8 8 0 1 0 16 0 8 8 0 1 0-16 0z\"/>");
    }
}
