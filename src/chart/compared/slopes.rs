//! From three reports on: how figures go from one to the next.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::letters::{Align, SMALL};
use super::super::plot::{Frame, Plot, room_for};
use super::super::style::client_styles;
use super::super::{Sketch, WIDTH, text};
use crate::compare::{Comparison, Row, Verdict};
use crate::policy::channel::Channel;
use crate::study::human;

pub(super) fn says(comparison: &Comparison) -> bool {
    !lines(comparison).is_empty()
}

/// A figure of a client in all reports after BASE.
struct Line<'c> {
    rows: Vec<&'c Row>,
}

impl Line<'_> {
    fn name(&self) -> String {
        text::clean(&format!("{}, {}", self.rows[0].client, self.rows[0].figure.path()))
    }

    fn ratios(&self) -> impl Iterator<Item = f64> {
        std::iter::once(1.0).chain(self.rows.iter().filter_map(|row| row.ratio()))
    }

    fn weight(&self) -> f64 {
        self.ratios().map(|ratio| libm::log(ratio).abs()).fold(0.0, libm::fmax)
    }
}

/// More lines than that are not told apart.
const MOST: usize = 8;

/// The figures that are known to change in some report and have a ratio in each, those with the largest changes.
fn lines(comparison: &Comparison) -> Vec<Line<'_>> {
    let others = comparison.sides.len() - 1;
    if others < 2 {
        return Vec::new();
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    for first in comparison.rows_of(1) {
        if !first.is_of_the_three() {
            continue;
        }
        let same = |row: &&Row| row.client == first.client && row.figure == first.figure;
        let has_ratio = |row: &&Row| row.ratio().is_some_and(|ratio| ratio > 0.0);
        let rows: Vec<&Row> = comparison.rows.iter().filter(same).filter(has_ratio).collect();
        if rows.len() == others && rows.iter().any(|row| row.verdict.is_a_change()) {
            lines.push(Line { rows });
        }
    }
    lines.sort_by(|one, other| other.weight().total_cmp(&one.weight()));
    lines.truncate(MOST);
    lines
}

const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 290.0;

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let lines = lines(comparison);
    let height = libm::fmax(HEIGHT, end_labels_height(lines.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| paint(canvas, comparison, &lines));
    let told = |line: &Line<'_>| {
        let values = std::iter::once(line.rows[0].base).chain(line.rows.iter().map(|row| row.other));
        let values: Vec<String> = (values.zip(&comparison.sides))
            .map(|(value, side)| {
                format!("{} in {}", line.rows[0].in_words(value), human::name(&text::clean(&side.name)))
            })
            .collect();
        format!("{}: {}", line.name(), values.join(", "))
    };
    let subtitle =
        lines.first().map_or_else(String::new, |line| format!("The largest change: {}.", told(line)));
    let description = lines.iter().map(told).collect::<Vec<_>>().join("; ");
    Sketch { subtitle, description, height, body }
}

fn paint(canvas: &Canvas<'_>, comparison: &Comparison, lines: &[Line<'_>]) {
    let margin = comparison.margin;
    let ends = lines.iter().flat_map(Line::ratios).chain([1.0 - 2.0 * margin, 1.0 + 2.0 * margin]);
    let y = Axis::ratios(ends);
    let right = WIDTH - LABELS;
    let frame = Frame { left: room_for(&y, 62.0), top: MARGIN, right, bottom: canvas.height - 34.0 };
    let runs = comparison.sides.len();
    let last = (runs - 1) as f64;
    let mut plot = Plot::new(canvas, frame, Axis::shares().cut_to(0.0, 1.0), y);
    plot.upright_axis("divided by BASE");
    let x = |run: usize| run as f64 / last;
    let band = [1.0 + margin, 1.0 - margin].map(|ratio| plot.at((0.0, ratio)).1);
    canvas.rectangle((frame.left, band[0]), (right, band[1]), Role::Muted.stroke().alpha(0.25));
    for (run, side) in comparison.sides.iter().enumerate() {
        let at = plot.at((x(run), plot.y.from)).0;
        canvas.line(&[(at, frame.top), (at, frame.bottom)], Role::Grid.stroke(), 1.0);
        let room = (right - frame.left) / last - 10.0;
        let align = match run {
            0 => Align::Left,
            run if run + 1 == runs => Align::Right,
            _ => Align::Centre,
        };
        canvas.text((at, frame.bottom + 16.0), SMALL.fit(&text::clean(&side.name), room), SMALL.align(align));
    }
    // Each line its own colour and symbol: a client may have several.
    let styles = client_styles(&vec![Channel::Poll; lines.len()]);
    let names: Vec<String> = lines.iter().map(Line::name).collect();
    for (line, style) in lines.iter().zip(&styles) {
        let points: Vec<(f64, f64)> = line.ratios().enumerate().map(|(run, ratio)| (x(run), ratio)).collect();
        plot.line(points.iter().copied(), style.stroke(), 2.0);
        for (row, point) in line.rows.iter().zip(&points[1..]) {
            if let Some((low, high)) = row.ratio_interval.filter(|ends| ends.0 > 0.0) {
                let [low, high] =
                    [low, high].map(|end| plot.at((point.0, end.clamp(plot.y.from, plot.y.to))));
                canvas.line(&[low, high], style.stroke().alpha(0.6), 1.5);
            }
            let is_open = matches!(row.verdict, Verdict::CannotTell);
            canvas.symbol(plot.at(*point), *style, if is_open { 2.5 } else { 4.0 });
        }
        canvas.symbol(plot.at(points[0]), *style, 4.0);
    }
    let labels = lines.iter().zip(&styles).zip(&names).map(|((line, style), name)| {
        let row = line.rows[line.rows.len() - 1];
        EndLabel {
            end: (right, plot.at((1.0, row.ratio().unwrap_or(1.0))).1),
            style: *style,
            name,
            detail: format!("{}, in BASE {}", row.in_words(row.other), row.in_words(row.base)),
        }
    });
    end_labels(canvas, right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}
