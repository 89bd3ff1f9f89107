//! Our own backend for plotters. plotters maps values to places; the elements drawn there are ours, because a backend for
//! colours cannot express a role, a dash or a hatch.

use super::drawing::Drawing;
use super::letters::{Label, Letters};
use super::path::Place;
use super::stroke::Stroke;
use plotters::element::{Drawable, PointCollection};
use plotters_backend::{BackendColor, BackendCoord, DrawingBackend, DrawingErrorKind};

/// A drawing while plotters draws on it.
pub(super) struct Paper<'d> {
    drawing: &'d mut Drawing,
    /// In units of the drawing.
    size: (u32, u32),
}

impl<'d> Paper<'d> {
    pub(super) fn new(drawing: &'d mut Drawing, size: (u32, u32)) -> Self {
        Self { drawing, size }
    }
}

/// Why an element of plotters' own is not drawn.
#[derive(Debug, thiserror::Error)]
#[error("a chart is written in several themes, so it takes elements that name a role, and no colours")]
pub(super) struct NoColours;

impl DrawingBackend for Paper<'_> {
    type ErrorType = NoColours;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<NoColours>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<NoColours>> {
        Ok(())
    }

    /// Every shape of plotters' own comes to this.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result<(), DrawingErrorKind<NoColours>> {
        Err(DrawingErrorKind::DrawingError(NoColours))
    }
}

/// A form at one or more places, given as values of a coordinate system or as places on the paper.
pub(super) struct Element<C> {
    pub(super) points: Vec<C>,
    pub(super) form: Form,
}

/// What is drawn at the places; lengths are in units of the drawing.
pub(super) enum Form {
    Line {
        stroke: Stroke,
        width: i32,
    },
    Polygon(Stroke),
    /// Between each two places.
    Rectangles(Stroke),
    Disc {
        stroke: Stroke,
        radius: i32,
    },
    Ring {
        stroke: Stroke,
        radius: i32,
        width: i32,
    },
    Words {
        label: Label,
        letters: Letters,
    },
}

impl<'a, C> PointCollection<'a, C> for &'a Element<C> {
    type Point = &'a C;
    type IntoIter = std::slice::Iter<'a, C>;

    fn point_iter(self) -> Self::IntoIter {
        self.points.iter()
    }
}

impl<C> Drawable<Paper<'_>> for Element<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        places: I,
        paper: &mut Paper<'_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<NoColours>> {
        let places: Vec<Place> = places.collect();
        let drawing = &mut *paper.drawing;
        match &self.form {
            Form::Line { stroke, width } => drawing.line(&places, *stroke, *width),
            Form::Polygon(stroke) => drawing.polygon(&places, *stroke),
            Form::Rectangles(stroke) => {
                places.chunks_exact(2).for_each(|pair| drawing.rectangle(pair[0], pair[1], *stroke));
            }
            Form::Disc { stroke, radius } => {
                places.iter().for_each(|at| drawing.disc(*at, *radius, *stroke));
            }
            Form::Ring { stroke, radius, width } => {
                places.iter().for_each(|at| drawing.ring(*at, *radius, *stroke, *width));
            }
            Form::Words { label, letters } => {
                places.iter().for_each(|at| drawing.letters(*at, label.clone(), *letters));
            }
        }
        Ok(())
    }
}
