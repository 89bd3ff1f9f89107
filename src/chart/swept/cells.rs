//! The cells of a map: one for each setting of two varied paths, with the values beside them, and the line λ = 1/T.

use super::spread;
use crate::chart::WIDTH;
use crate::chart::canvas::{Canvas, Point};
use crate::chart::colours::Role;
use crate::chart::letters::{Align, SMALL};
use crate::chart::stroke::Dash;
use crate::sweep::{self, Sweep, one_event_an_interval};

/// The rows are the values of the first path, the columns those of the second.
#[derive(Clone, Copy)]
pub(super) struct Cells {
    /// Where the first row begins.
    pub(super) top: f64,
    pub(super) width: f64,
    height: f64,
    rows: usize,
    columns: usize,
    /// Whether a cell has room for its figure.
    pub(super) has_figures: bool,
}

const TOP: f64 = 30.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 14.0;
/// More cells have no room for their figures.
const COLUMNS: usize = 12;
const ROWS: usize = 40;
/// More cells cannot be told apart.
const MOST: usize = 100;
/// The height of all rows where they have no figures.
const LOW: f64 = 360.0;
/// Room for the name of a value, where cells are narrower.
const NAME: f64 = 52.0;

impl Cells {
    /// None where there are not two paths, too few values for a map, or too many to see one.
    pub(super) fn of(sweep: &Sweep) -> Option<Self> {
        let [one, other] = sweep.grid.vary.as_slice() else { return None };
        let (rows, columns) = (one.values.len(), other.values.len());
        if !(2..=MOST).contains(&columns) || !(2..=MOST).contains(&rows) {
            return None;
        }
        let has_figures = columns <= COLUMNS && rows <= ROWS;
        let height = if has_figures { 34.0 } else { (LOW / rows as f64).clamp(6.0, 34.0) };
        let width = (WIDTH - LEFT - RIGHT) / columns as f64;
        Some(Self { top: TOP, width, height, rows, columns, has_figures })
    }

    /// The same cells elsewhere.
    pub(super) const fn at(self, top: f64) -> Self {
        Self { top, ..self }
    }

    pub(super) fn bottom(self) -> f64 {
        self.top + self.height * self.rows as f64
    }

    /// The upper left corner and the opposite one of the cell of a setting.
    pub(super) fn corners(self, setting: &sweep::Point) -> (Point, Point) {
        let place = setting.number - 1;
        let (row, column) = (place / self.columns, place % self.columns);
        let corner = (LEFT + column as f64 * self.width, self.top + row as f64 * self.height);
        let gap = if self.has_figures { 2.0 } else { 1.0 };
        (corner, (corner.0 + self.width - gap, corner.1 + self.height - gap))
    }

    /// Writes the values of both paths beside the cells.
    pub(super) fn write_values(self, canvas: &Canvas<'_>, sweep: &Sweep) {
        let [one, other] = sweep.grid.vary.as_slice() else { return };
        let named = |count: usize, size: f64, room: f64| spread(count, (size * count as f64 / room) as usize);
        for row in named(one.values.len(), self.height, 16.0) {
            let y = self.top + (row as f64 + 0.5) * self.height;
            let letters = SMALL.align(Align::Right);
            canvas.text((LEFT - 8.0, y), SMALL.fit(&one.values[row], LEFT - 20.0), letters);
        }
        let room = libm::fmax(self.width - 4.0, NAME);
        for column in named(other.values.len(), self.width, NAME + 4.0) {
            let x = LEFT + (column as f64 + 0.5) * self.width;
            let letters = SMALL.align(Align::Centre);
            canvas.text((x, self.bottom() + 14.0), SMALL.fit(&other.values[column], room), letters);
        }
    }

    /// Writes the path of the columns under their values.
    pub(super) fn write_columns(self, canvas: &Canvas<'_>, sweep: &Sweep) {
        let Some(other) = sweep.grid.vary.last() else { return };
        let at = ((LEFT + WIDTH - RIGHT) / 2.0, self.bottom() + 36.0);
        canvas.text(at, SMALL.fit(&other.path, WIDTH - LEFT), SMALL.align(Align::Centre));
    }

    /// The line λ = 1/T, where interval and event rate are varied: on it one event occurs in each interval.
    pub(super) fn draw_crossing(self, canvas: &Canvas<'_>, sweep: &Sweep) {
        let (Some(product), [one, other]) = (one_event_an_interval(sweep), sweep.grid.vary.as_slice()) else {
            return;
        };
        let (Some(rows), Some(columns)) = (one.amounts(), other.amounts()) else { return };
        let [rows, columns] =
            [rows, columns].map(|all| all.iter().map(|(_, amount)| *amount).collect::<Vec<f64>>());
        let spot = |step: usize| {
            let column = step as f64 / STEPS as f64;
            let row = place(&rows, product / amount(&columns, column)?)?;
            Some((LEFT + (column + 0.5) * self.width, self.top + (row + 0.5) * self.height))
        };
        let line: Vec<Point> = (0..=(columns.len() - 1) * STEPS).filter_map(spot).collect();
        for piece in line.split(|at| self.is_on_figure(*at)).filter(|piece| piece.len() > 1) {
            canvas.line(piece, Role::Muted.stroke().dash(Dash::Fine), 1.5);
        }
    }

    /// Whether the figure of a cell stands there, or may.
    fn is_on_figure(self, (x, y): Point) -> bool {
        let from_middle =
            |place: f64, size: f64| (place / size - libm::floor(place / size) - 0.5).abs() * size;
        let (half_width, half_height) = (libm::fmin(0.36 * self.width, 38.0), 9.0);
        self.has_figures
            && from_middle(x - LEFT, self.width) < half_width
            && from_middle(y - self.top, self.height) < half_height
    }
}

/// What the line means, where it is drawn.
pub(super) fn how_of_crossing(sweep: &Sweep) -> &'static str {
    match one_event_an_interval(sweep) {
        Some(_) => " Dotted: λ = 1/T, one event in each interval on average, and one poll for each event.",
        None => "",
    }
}

/// Steps of the line in each column.
const STEPS: usize = 32;

/// The amount at a place between the values, by equal ratios.
fn amount(values: &[f64], place: f64) -> Option<f64> {
    let before = (place as usize).min(values.len() - 2);
    let (one, other) = (values[before], values[before + 1]);
    (one > 0.0 && other > 0.0).then(|| one * libm::pow(other / one, place - before as f64))
}

/// The place of an amount between the values; None where it is beyond their ends.
fn place(values: &[f64], amount: f64) -> Option<f64> {
    values.windows(2).enumerate().find_map(|(before, pair)| {
        let part = libm::log(amount / pair[0]) / libm::log(pair[1] / pair[0]);
        (0.0..=1.0).contains(&part).then_some(before as f64 + part)
    })
}
