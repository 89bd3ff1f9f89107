//! A figure at every setting of two varied paths, as a map: darker is less of it.

use super::Subject;
use super::cells::{Cells, how_of_crossing};
use crate::chart::canvas::{Canvas, draw};
use crate::chart::colours::Role;
use crate::chart::document::Chart;
use crate::chart::letters::{Align, SMALL};
use crate::chart::{Sketch, WIDTH};
use crate::figure::Better;
use crate::study::human;
use crate::sweep::{Keeps, Point, View};

/// None where a path has a single value, or nothing is known of the figure.
pub(super) fn chart(
    subject: &Subject<'_>,
    view: &View,
    (name, title): (&'static str, &'static str),
) -> Option<Chart> {
    let sweep = subject.sweep;
    let known: Vec<(&Point, f64)> =
        sweep.points.iter().filter_map(|point| Some((point, point.value(view)?))).collect();
    let cells = Cells::of(sweep).filter(|_| !known.is_empty())?;
    let height = cells.bottom() + 52.0;
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
    let line = how_of_crossing(sweep);
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
    let [one, _] = sweep.grid.vary.as_slice() else { return };
    let Cells { width, has_figures, .. } = cells;
    canvas.text((14.0, 14.0), SMALL.fit(&one.path, WIDTH - 28.0), SMALL);
    cells.write_values(canvas, sweep);
    cells.write_columns(canvas, sweep);
    let shades = Shades::of(sweep.points.iter().filter_map(|point| point.value(view)));
    for point in &sweep.points {
        let (corner, opposite) = cells.corners(point);
        let alpha = point.value(view).map_or(0.0, |value| shades.alpha(value));
        canvas.rectangle(corner, opposite, subject.style(view.client).stroke().alpha(alpha));
    }
    cells.draw_crossing(canvas, sweep);
    for (place, point) in sweep.points.iter().enumerate() {
        let (corner, opposite) = cells.corners(point);
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
