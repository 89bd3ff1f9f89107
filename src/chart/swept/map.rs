//! A figure at every setting of two varied paths, as a map: darker is less of it.

use super::{Subject, spread};
use crate::chart::canvas::{Canvas, draw};
use crate::chart::colours::Role;
use crate::chart::document::Chart;
use crate::chart::letters::{Align, SMALL};
use crate::chart::stroke::Dash;
use crate::chart::{Sketch, WIDTH};
use crate::figure::Better;
use crate::study::human;
use crate::sweep::{Keeps, Point, View, one_event_an_interval};

const TOP: f64 = 30.0;
const LEFT: f64 = 96.0;
const RIGHT: f64 = 14.0;

/// The cells of a map.
#[derive(Clone, Copy)]
struct Cells {
    width: f64,
    height: f64,
    /// Whether a cell has room for its figure.
    has_figures: bool,
}

impl Cells {
    /// None where there are too few values for a map, or too many to see one.
    fn of(rows: usize, columns: usize) -> Option<Self> {
        if !(2..=MOST).contains(&columns) || !(2..=MOST).contains(&rows) {
            return None;
        }
        let has_figures = columns <= COLUMNS && rows <= ROWS;
        let height = if has_figures { 34.0 } else { (LOW / rows as f64).clamp(6.0, 34.0) };
        Some(Self { width: (WIDTH - LEFT - RIGHT) / columns as f64, height, has_figures })
    }

    /// The upper left corner and the opposite one.
    fn corners(self, (row, column): (usize, usize)) -> ((f64, f64), (f64, f64)) {
        let corner = (LEFT + column as f64 * self.width, TOP + row as f64 * self.height);
        let gap = if self.has_figures { 2.0 } else { 1.0 };
        (corner, (corner.0 + self.width - gap, corner.1 + self.height - gap))
    }
}

/// More cells have no room for their figures.
const COLUMNS: usize = 12;
const ROWS: usize = 40;
/// More cells cannot be told apart.
const MOST: usize = 100;
/// The height of all rows where they have no figures.
const LOW: f64 = 360.0;

/// None where a path has a single value, or nothing is known of the figure.
pub(super) fn chart(
    subject: &Subject<'_>,
    view: &View,
    (name, title): (&'static str, &'static str),
) -> Option<Chart> {
    let sweep = subject.sweep;
    let [one, other] = sweep.grid.vary.as_slice() else { return None };
    let known: Vec<(&Point, f64)> =
        sweep.points.iter().filter_map(|point| Some((point, point.value(view)?))).collect();
    let cells = Cells::of(one.values.len(), other.values.len()).filter(|_| !known.is_empty())?;
    let height = TOP + cells.height * one.values.len() as f64 + 52.0;
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, view, cells));
    let (least, most) =
        (known.iter().min_by(|a, b| a.1.total_cmp(&b.1))?, known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?);
    let told = |(point, value): &(&Point, f64)| {
        format!("{} at {}", human::figure(view.metric.unit(), *value), point.values.join(" and "))
    };
    let subtitle =
        format!("{} of {}: from {} to {}.", view.path, human::name(&view.name), told(least), told(most));
    let each = known.iter().map(told).collect::<Vec<_>>().join("; ");
    let sketch = Sketch { subtitle, description: each, height, body };
    let better = match view.metric.better() {
        Better::Lower => "The darker, the lower, and lower is better.",
        Better::Higher => "The darker, the lower; higher is better.",
        Better::Neutral => "The darker, the lower.",
    };
    let line = match one_event_an_interval(sweep) {
        Some(_) => " Dotted: λ = 1/T, one event in each interval on average, and one poll for each event.",
        None => "",
    };
    let kept = if sweep.found.is_some() {
        " Framed: the settings that keep the wish; twice: the one that was found."
    } else {
        ""
    };
    let room = if cells.has_figures { "" } else { ", too small for its figure" };
    Some(Chart::with_words(
        name,
        "The sweep",
        title,
        &format!("A cell for each setting{room}. {better}{kept}{line}"),
        sketch,
    ))
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, view: &View, cells: Cells) {
    let sweep = subject.sweep;
    let [one, other] = sweep.grid.vary.as_slice() else { return };
    let Cells { width, height, has_figures } = cells;
    let bottom = TOP + height * one.values.len() as f64;
    canvas.text((14.0, 14.0), SMALL.fit(&one.path, WIDTH - 28.0), SMALL);
    canvas.text(
        ((LEFT + WIDTH - RIGHT) / 2.0, bottom + 36.0),
        SMALL.fit(&other.path, WIDTH - LEFT),
        SMALL.align(Align::Centre),
    );
    let named = |count: usize, size: f64, room: f64| spread(count, (size * count as f64 / room) as usize);
    for row in named(one.values.len(), height, 16.0) {
        let y = TOP + (row as f64 + 0.5) * height;
        canvas.text((LEFT - 8.0, y), SMALL.fit(&one.values[row], LEFT - 20.0), SMALL.align(Align::Right));
    }
    let room = libm::fmax(width - 4.0, NAME);
    for column in named(other.values.len(), width, NAME + 4.0) {
        let x = LEFT + (column as f64 + 0.5) * width;
        canvas.text((x, bottom + 14.0), SMALL.fit(&other.values[column], room), SMALL.align(Align::Centre));
    }
    let shades = Shades::of(sweep.points.iter().filter_map(|point| point.value(view)));
    let corners = |point: &Point| {
        let place = point.number - 1;
        cells.corners((place / other.values.len(), place % other.values.len()))
    };
    for point in &sweep.points {
        let (corner, opposite) = corners(point);
        let alpha = point.value(view).map_or(0.0, |value| shades.alpha(value));
        canvas.rectangle(corner, opposite, subject.style(view.client).stroke().alpha(alpha));
    }
    crossing(canvas, subject, cells);
    for (place, point) in sweep.points.iter().enumerate() {
        let (corner, opposite) = corners(point);
        if has_figures {
            let words = point
                .value(view)
                .map_or_else(|| "–".to_owned(), |value| human::figure(view.metric.unit(), value));
            let middle = ((corner.0 + opposite.0) / 2.0, (corner.1 + opposite.1) / 2.0);
            canvas.text(middle, SMALL.fit(&words, width - 6.0), SMALL.role(Role::Text).align(Align::Centre));
        }
        let Some(found) = &sweep.found else { continue };
        if found.keeps[place] == Keeps::Yes {
            canvas.frame(corner, opposite, Role::Text.stroke(), if has_figures { 1.0 } else { 0.5 });
        }
        if found.chosen == Some(place) {
            // Outside of a cell that has no room inside.
            let inner = if has_figures { 3.0 } else { -3.0 };
            let (corner, opposite) =
                ((corner.0 + inner, corner.1 + inner), (opposite.0 - inner, opposite.1 - inner));
            canvas.frame(corner, opposite, Role::Text.stroke(), 1.5);
        }
    }
}

/// Room for the name of a value, where cells are narrower.
const NAME: f64 = 52.0;

/// The line λ = 1/T, where interval and event rate are varied: on it one event occurs in each interval.
fn crossing(canvas: &Canvas<'_>, subject: &Subject<'_>, cells: Cells) {
    let sweep = subject.sweep;
    let (Some(product), [one, other]) = (one_event_an_interval(sweep), sweep.grid.vary.as_slice()) else {
        return;
    };
    let (Some(rows), Some(columns)) = (one.amounts(), other.amounts()) else { return };
    let [rows, columns] =
        [rows, columns].map(|all| all.iter().map(|(_, amount)| *amount).collect::<Vec<f64>>());
    let spot = |step: usize| {
        let column = step as f64 / STEPS as f64;
        let row = place(&rows, product / amount(&columns, column)?)?;
        Some((LEFT + (column + 0.5) * cells.width, TOP + (row + 0.5) * cells.height))
    };
    let line: Vec<(f64, f64)> = (0..=(columns.len() - 1) * STEPS).filter_map(spot).collect();
    canvas.line(&line, Role::Muted.stroke().dash(Dash::Fine), 1.5);
}

/// Steps of the line in each column.
const STEPS: usize = 16;

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

/// From values to opacities that letters can be read on.
struct Shades {
    least: f64,
    greatest: f64,
    is_log: bool,
}

impl Shades {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let (least, greatest) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, 0.0), |(least, greatest), value| {
                (libm::fmin(least, value), libm::fmax(greatest, value))
            });
        Self { least, greatest, is_log: least > 0.0 && greatest > super::WIDE * least }
    }

    /// The darkest for the least value; nothing for a time that never came.
    fn alpha(&self, value: f64) -> f64 {
        let place = |value: f64| if self.is_log { libm::log10(value) } else { value };
        let span = place(self.greatest) - place(self.least);
        if !value.is_finite() || span <= 0.0 {
            return 0.0;
        }
        0.05 + 0.4 * (1.0 - (place(value) - place(self.least)) / span)
    }
}
