//! A coordinate system on the paper: plotters maps values to places, and draws lines, areas and bars between them.
//! It knows axes and their labels, but neither clients nor what the values mean.

use super::axis::{Axis, Tick};
use super::backend::{Element, Form, Paper};
use super::canvas::{Canvas, Point, sure};
use super::colours::Role;
use super::drawing::{UNITS, units};
use super::labels::claim;
use super::letters::{Align, SMALL};
use super::stroke::Stroke;
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;

/// The part of the paper that the values take, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// Two axes on a part of the paper.
pub(super) struct Plot<'c, 'a> {
    canvas: &'c Canvas<'a>,
    chart: ChartContext<'a, Paper<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    pub(super) frame: Frame,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// From the left edge of the paper to an upright axis: what its widest label needs, and at least so much.
pub(super) fn room_for(axis: &Axis, least: f64) -> f64 {
    let widest = axis.ticks.iter().map(|tick| SMALL.width(&tick.label)).fold(0.0, libm::fmax);
    libm::fmax(least, widest + LABEL_GAP + 6.0)
}

/// Between the labels of an upright axis and the axis.
const LABEL_GAP: f64 = 7.0;

impl<'c, 'a> Plot<'c, 'a> {
    /// A coordinate system in this frame.
    pub(super) fn new(canvas: &'c Canvas<'a>, frame: Frame, x: Axis, y: Axis) -> Self {
        let area = canvas.part(frame.left, frame.top, frame.right, frame.bottom);
        let chart = sure(
            ChartBuilder::on(&area)
                .build_cartesian_2d(x.unit(x.from)..x.unit(x.to), y.unit(y.from)..y.unit(y.to)),
        );
        Self { canvas, chart, frame, x, y }
    }

    /// Where a value stands on the paper.
    pub(super) fn at(&self, (x, y): (f64, f64)) -> Point {
        let (x, y) = self.chart.backend_coord(&self.units((x, y)));
        (f64::from(x) / UNITS, f64::from(y) / UNITS)
    }

    /// A line through values.
    pub(super) fn line(&mut self, values: impl Iterator<Item = (f64, f64)>, stroke: Stroke, width: f64) {
        self.form(values, Form::Line { stroke, width: units(width) });
    }

    /// The area between values and the lower end of the axis.
    pub(super) fn area(&mut self, values: impl Iterator<Item = (f64, f64)>, stroke: Stroke) {
        let mut corners: Vec<(f64, f64)> = values.collect();
        let (Some(first), Some(last)) = (corners.first(), corners.last()) else { return };
        corners.extend([(last.0, self.y.from), (first.0, self.y.from)]);
        self.form(corners.into_iter(), Form::Polygon(stroke));
    }

    /// Rectangles between two corners each.
    pub(super) fn bars(&mut self, corners: impl Iterator<Item = [(f64, f64); 2]>, stroke: Stroke) {
        self.form(corners.flatten(), Form::Rectangles(stroke));
    }

    /// Hairlines at the ticks of the upright axis, their labels left of it, and its title above them.
    pub(super) fn upright_axis(&self, title: &str) {
        for tick in &self.y.ticks {
            let (_, y) = self.at((self.x.from, tick.at));
            self.canvas.line(&[(self.frame.left, y), (self.frame.right, y)], Role::Grid.stroke(), 1.0);
        }
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for tick in by_rank(&self.y.ticks) {
            let (_, y) = self.at((self.x.from, tick.at));
            if claim(&mut taken, (y - 7.0, y + 7.0)) {
                self.canvas.text((self.frame.left - LABEL_GAP, y), &tick.label, SMALL.align(Align::Right));
            }
        }
        if !title.is_empty() {
            self.canvas.text((self.frame.left, self.frame.top - 16.0), title, SMALL);
        }
    }

    /// Hairlines at the ticks of the level axis, the labels that find room below it, and its title under them.
    pub(super) fn level_axis(&self, title: &str) {
        let bottom = self.frame.bottom;
        self.level_hairlines();
        self.canvas.line(&[(self.frame.left, bottom), (self.frame.right, bottom)], Role::Axis.stroke(), 1.0);
        let mut taken: Vec<(f64, f64)> = Vec::new();
        for tick in by_rank(&self.x.ticks) {
            let (x, _) = self.at((tick.at, self.y.from));
            let half = SMALL.width(&tick.label) / 2.0;
            // A label at an end of the axis moves inwards, so that it is not cut off.
            let x = x.clamp(half + 4.0, libm::fmax(self.canvas.width - half - 4.0, half + 4.0));
            if claim(&mut taken, (x - half - 5.0, x + half + 5.0)) {
                self.canvas.text((x, bottom + 14.0), &tick.label, SMALL.align(Align::Centre));
            }
        }
        let middle = (self.frame.left + self.frame.right) / 2.0;
        self.canvas.text((middle, bottom + 32.0), title, SMALL.align(Align::Centre));
    }

    /// Upright hairlines at the ticks of the level axis.
    pub(super) fn level_hairlines(&self) {
        for tick in &self.x.ticks {
            let (x, _) = self.at((tick.at, self.y.from));
            self.canvas.line(&[(x, self.frame.top), (x, self.frame.bottom)], Role::Grid.stroke(), 1.0);
        }
    }

    fn form(&mut self, values: impl Iterator<Item = (f64, f64)>, form: Form) {
        let element = Element { points: values.map(|value| self.units(value)).collect(), form };
        sure(self.chart.draw_series(std::iter::once(element)));
    }

    fn units(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.unit(x), self.y.unit(y))
    }
}

/// The width of the line in that place of so many: the first are the widest, so that one that is the same as a
/// later one still shows on both sides of it.
pub(super) fn line_width(place: usize, lines: usize) -> f64 {
    let before_last = lines.saturating_sub(place + 1) as f64;
    1.75 + libm::fmin(before_last * 0.7, 2.1)
}

fn by_rank(ticks: &[Tick]) -> Vec<&Tick> {
    let mut sorted: Vec<&Tick> = ticks.iter().collect();
    sorted.sort_by_key(|tick| tick.rank);
    sorted
}
