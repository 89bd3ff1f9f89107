//! A figure at every setting of two varied paths, as a map: darker is less of it.

use super::Subject;
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
const ROW: f64 = 34.0;

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
    let fits = (2..=COLUMNS).contains(&other.values.len()) && (2..=ROWS).contains(&one.values.len());
    if !fits || known.is_empty() {
        return None;
    }
    let height = TOP + ROW * one.values.len() as f64 + 52.0;
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, view));
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
    let line = match one_event_an_interval(&sweep.base, &sweep.grid) {
        Some(_) => {
            " Dotted: λ = 1/T, one event in each interval; below it a poll costs fewer requests than a webhook."
        }
        None => "",
    };
    let kept = if sweep.found.is_some() {
        " Framed: the settings that keep the wish; twice: the one that was found."
    } else {
        ""
    };
    Some(Chart::with_words(
        name,
        "The sweep",
        title,
        &format!("A cell for each setting. {better}{kept}{line}"),
        sketch,
    ))
}

/// More cells would be too small for their figures.
const COLUMNS: usize = 12;
const ROWS: usize = 40;

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, view: &View) {
    let sweep = subject.sweep;
    let [one, other] = sweep.grid.vary.as_slice() else { return };
    let width = (WIDTH - LEFT - RIGHT) / other.values.len() as f64;
    let bottom = TOP + ROW * one.values.len() as f64;
    canvas.text((14.0, 14.0), SMALL.fit(&one.path, WIDTH - 28.0), SMALL);
    canvas.text(
        ((LEFT + WIDTH - RIGHT) / 2.0, bottom + 36.0),
        SMALL.fit(&other.path, WIDTH - LEFT),
        SMALL.align(Align::Centre),
    );
    for (row, value) in one.values.iter().enumerate() {
        let y = TOP + (row as f64 + 0.5) * ROW;
        canvas.text((LEFT - 8.0, y), SMALL.fit(value, LEFT - 20.0), SMALL.align(Align::Right));
    }
    for (column, value) in other.values.iter().enumerate() {
        let x = LEFT + (column as f64 + 0.5) * width;
        canvas.text((x, bottom + 14.0), SMALL.fit(value, width - 4.0), SMALL.align(Align::Centre));
    }
    let shades = Shades::of(sweep.points.iter().filter_map(|point| point.value(view)));
    let cell = |point: &Point| {
        let (row, column) =
            ((point.number - 1) / other.values.len(), (point.number - 1) % other.values.len());
        let corner = (LEFT + column as f64 * width, TOP + row as f64 * ROW);
        (corner, (corner.0 + width - 2.0, corner.1 + ROW - 2.0))
    };
    for point in &sweep.points {
        let (corner, opposite) = cell(point);
        let alpha = point.value(view).map_or(0.0, |value| shades.alpha(value));
        canvas.rectangle(corner, opposite, subject.style(view.client).stroke().alpha(alpha));
    }
    crossing(canvas, subject, width);
    for (place, point) in sweep.points.iter().enumerate() {
        let (corner, opposite) = cell(point);
        let words = point
            .value(view)
            .map_or_else(|| "–".to_owned(), |value| human::figure(view.metric.unit(), value));
        let middle = ((corner.0 + opposite.0) / 2.0, (corner.1 + opposite.1) / 2.0);
        canvas.text(middle, SMALL.fit(&words, width - 6.0), SMALL.role(Role::Text).align(Align::Centre));
        let Some(found) = &sweep.found else { continue };
        if found.keeps[place] == Keeps::Yes {
            canvas.frame(corner, opposite, Role::Text.stroke(), 1.0);
        }
        if found.chosen == Some(place) {
            let inner = 3.0;
            let (corner, opposite) =
                ((corner.0 + inner, corner.1 + inner), (opposite.0 - inner, opposite.1 - inner));
            canvas.frame(corner, opposite, Role::Text.stroke(), 1.5);
        }
    }
}

/// The line λ = 1/T, where interval and event rate are varied: on it one event occurs in each interval.
fn crossing(canvas: &Canvas<'_>, subject: &Subject<'_>, width: f64) {
    let sweep = subject.sweep;
    let (Some(product), [one, other]) =
        (one_event_an_interval(&sweep.base, &sweep.grid), sweep.grid.vary.as_slice())
    else {
        return;
    };
    let (Some(rows), Some(columns)) = (one.amounts(), other.amounts()) else { return };
    let [rows, columns] =
        [rows, columns].map(|all| all.iter().map(|(_, amount)| *amount).collect::<Vec<f64>>());
    let spot = |step: usize| {
        let column = step as f64 / STEPS as f64;
        let row = place(&rows, product / amount(&columns, column)?)?;
        Some((LEFT + (column + 0.5) * width, TOP + (row + 0.5) * ROW))
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
