//! The drawing area of one chart, in pixels: shapes, text and the clients' symbols, drawn with plotters. Scales and data
//! are the business of `plot`.

use super::backend::{Element, Form, Paper};
use super::colours::Role;
use super::drawing::{Drawing, units};
use super::letters::{Label, Letters};
use super::path::Place;
use super::stroke::Stroke;
use super::style::{ClientStyle, Shape};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};

/// A place in pixels: from the left, from the top.
pub(super) type Point = (f64, f64);

/// plotters' area on this paper.
pub(super) type Area<'a> = DrawingArea<Paper<'a>, Shift>;

/// The paper while it is drawn on.
pub(super) struct Canvas<'a> {
    area: Area<'a>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Draws a chart of this size.
pub(super) fn draw((width, height): (f64, f64), paint: impl FnOnce(&Canvas<'_>)) -> Drawing {
    let mut drawing = Drawing::default();
    let paper = Paper::new(&mut drawing, (units(width) as u32, units(height) as u32));
    let canvas = Canvas { area: paper.into_drawing_area(), width, height };
    paint(&canvas);
    drop(canvas);
    drawing
}

/// The result of drawing. It cannot fail: every size was chosen here, and every element is ours.
pub(super) fn sure<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("elements of our own are drawn without fail")
}

impl<'a> Canvas<'a> {
    /// The part of the paper that a coordinate system is put on.
    pub(super) fn part(&self, left: f64, top: f64, right: f64, bottom: f64) -> Area<'a> {
        self.area.clone().shrink((units(left), units(top)), (units(right - left), units(bottom - top)))
    }

    pub(super) fn line(&self, points: &[Point], stroke: Stroke, width: f64) {
        self.form(points, Form::Line { stroke, width: units(width) });
    }

    pub(super) fn polygon(&self, points: &[Point], stroke: Stroke) {
        self.form(points, Form::Polygon(stroke));
    }

    /// A filled rectangle between two corners; one that is thinner than a quarter of a pixel is not drawn.
    pub(super) fn rectangle(&self, one: Point, other: Point, stroke: Stroke) {
        self.form(&[one, other], Form::Rectangles(stroke));
    }

    /// The line around a rectangle, inside it.
    pub(super) fn frame(&self, (left, top): Point, (right, bottom): Point, stroke: Stroke, width: f64) {
        let half = width / 2.0;
        let (left, top, right, bottom) = (left + half, top + half, right - half, bottom - half);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)];
        self.line(&corners, stroke, width);
    }

    pub(super) fn disc(&self, centre: Point, radius: f64, stroke: Stroke) {
        self.form(&[centre], Form::Disc { stroke, radius: units(radius) });
    }

    pub(super) fn ring(&self, centre: Point, radius: f64, stroke: Stroke, width: f64) {
        self.form(&[centre], Form::Ring { stroke, radius: units(radius), width: units(width) });
    }

    pub(super) fn text(&self, at: Point, text: impl Into<Label>, letters: Letters) {
        self.form(&[at], Form::Words { label: text.into(), letters });
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

    fn form(&self, points: &[Point], form: Form) {
        let points = points.iter().copied().map(place).collect();
        sure(self.area.draw(&Element { points, form }));
    }
}

fn place((x, y): Point) -> Place {
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

#[cfg(test)]
mod tests {
    use super::super::colours::{Palette, Theme};
    use super::*;

    /// The corners of each shape go the same way round as a circle does: those of one path fill what they share.
    #[test]
    fn every_shape_goes_the_same_way_round() {
        for shape in [Shape::Triangle, Shape::TriangleDown, Shape::Diamond, Shape::Square] {
            let corners = outline((50.0, 50.0), shape, 6.0);
            let pairs = corners.iter().zip(corners.iter().cycle().skip(1));
            let area: f64 = pairs.map(|((x, y), (to_x, to_y))| x * to_y - to_x * y).sum();
            assert!(area > 0.0, "{shape:?} goes round against the clock");
        }
    }

    #[test]
    fn a_shape_has_the_role_it_was_given() {
        let drawing = draw((100.0, 50.0), |canvas| {
            canvas.disc((10.0, 10.0), 2.0, Role::Client(1).stroke());
            canvas.rectangle((1.0, 1.0), (1.0, 9.0), Role::Text.stroke());
        });
        let svg = "<path fill=\"#C04A00\" d=\"M32 40a8 8 0 1 1 16 0 8 8 0 1 1-16 0z\"/>";
        assert_eq!(drawing.svg(Palette::Values(Theme::Light), "c"), svg);
    }
}
