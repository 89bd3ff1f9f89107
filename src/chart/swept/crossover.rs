//! Which client is the best at every setting of two varied paths: a map for freshness above one for cost.

use super::Subject;
use super::cells::{Cells, how_of_crossing};
use crate::chart::canvas::{Canvas, draw};
use crate::chart::colours::Role;
use crate::chart::document::Chart;
use crate::chart::letters::{Align, NAME, SMALL};
use crate::chart::{Sketch, WIDTH};
use crate::figure::Unit;
use crate::study::human;
use crate::sweep::{Best, View, counted, told};

/// A map, and the figure that it is of.
struct Panel<'s> {
    view: &'s View,
    best: &'s [Best],
    cells: Cells,
}

/// None where one client is the best everywhere, in both figures.
pub(super) fn chart(subject: &Subject<'_>) -> Option<Chart> {
    let sweep = subject.sweep;
    let cells = Cells::of(sweep)?;
    let mut top = LEGEND;
    let mut panels = Vec::new();
    for (view, best) in sweep.judged() {
        let cells = cells.at(top + HEAD);
        top = cells.bottom() + FOOT;
        panels.push(Panel { view, best, cells });
    }
    let varies = panels.iter().any(|panel| counted(panel.best).0.len() > 1);
    if !varies {
        return None;
    }
    let height = top + 24.0;
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, &panels));
    let sentences: Vec<String> =
        panels.iter().filter_map(|panel| told(sweep, panel.view, panel.best)).collect();
    let subtitle = format!("{}.", human::capitalised(&sentences.join("; ")));
    let description = panels.iter().map(|panel| spoken(subject, panel)).collect::<Vec<_>>().join(". ");
    let figure = if cells.has_figures {
        ", and how many times better its figure is than the next one. Same: two or more are within 2 %, or not told apart"
    } else {
        ". White: several are about the same"
    };
    let how = format!(
        "A cell for each setting, in the colour and with the symbol of the client that is best there{figure}. The \
         stronger the colour, the greater the difference.{}",
        how_of_crossing(sweep)
    );
    let sketch = Sketch { subtitle, description, height, body };
    Some(Chart::with_words("crossover", "The sweep", title(&sweep.views), &how, sketch))
}

/// Room for the names of the clients.
const LEGEND: f64 = 34.0;
/// Room above a map, for what it is of and the path of its rows.
const HEAD: f64 = 46.0;
/// Room below it, for the values of its columns.
const FOOT: f64 = 34.0;

const fn title(views: &[View; 2]) -> &'static str {
    match (views[0].metric.unit(), views[1].metric.unit()) {
        (Unit::Seconds, Unit::PerEvent | Unit::PerSecond | Unit::Count) => {
            "Who is fresher, and who sends fewer requests?"
        }
        _ => "Who is better, and where?",
    }
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, panels: &[Panel<'_>]) {
    legend(canvas, subject, panels);
    for panel in panels {
        map(canvas, subject, panel);
    }
    if let Some(last) = panels.last() {
        last.cells.write_columns(canvas, subject.sweep);
    }
}

/// The clients that are the best somewhere, in the order of the scenario.
fn legend(canvas: &Canvas<'_>, subject: &Subject<'_>, panels: &[Panel<'_>]) {
    let wins = |client: usize| {
        panels
            .iter()
            .flat_map(|panel| panel.best)
            .any(|best| matches!(best, Best::One { client: own, .. } if *own == client))
    };
    let shown: Vec<usize> = (0..subject.clients.len()).filter(|client| wins(*client)).collect();
    let room = (WIDTH - 28.0) / shown.len().max(1) as f64;
    let mut x = 14.0;
    for client in shown {
        let (name, style) = &subject.clients[client];
        let letters = NAME.role(style.stroke().role);
        let label = letters.fit(name, room - 34.0);
        let width = letters.width(&label.shown);
        canvas.symbol((x + 5.0, 14.0), *style, 4.5);
        canvas.text((x + 16.0, 14.0), label, letters);
        x += libm::fmin(width + 44.0, room);
    }
}

fn map(canvas: &Canvas<'_>, subject: &Subject<'_>, panel: &Panel<'_>) {
    let sweep = subject.sweep;
    let [one, _] = sweep.grid.vary.as_slice() else { return };
    let cells = panel.cells;
    canvas.text((14.0, cells.top - 32.0), NAME.fit(&head(panel.view), WIDTH - 28.0), NAME);
    canvas.text((14.0, cells.top - 14.0), SMALL.fit(&one.path, WIDTH - 28.0), SMALL);
    cells.write_values(canvas, sweep);
    for (point, best) in sweep.points.iter().zip(panel.best) {
        let (corner, opposite) = cells.corners(point);
        match best {
            Best::One { client, times } => {
                let stroke = subject.style(*client).stroke().alpha(strength(*times));
                canvas.rectangle(corner, opposite, stroke);
            }
            Best::Several | Best::Unknown => canvas.frame(corner, opposite, Role::Grid.stroke(), 1.0),
        }
    }
    cells.draw_crossing(canvas, sweep);
    if !cells.has_figures {
        return;
    }
    for (point, best) in sweep.points.iter().zip(panel.best) {
        let (corner, opposite) = cells.corners(point);
        let middle = ((corner.0 + opposite.0) / 2.0, (corner.1 + opposite.1) / 2.0);
        let letters = SMALL.role(Role::Text);
        let (words, style) = match best {
            Best::One { client, times } if times.is_finite() => {
                (human::ratio(*times), Some(subject.style(*client)))
            }
            Best::One { client, .. } => (String::new(), Some(subject.style(*client))),
            Best::Several => ("same".to_owned(), None),
            Best::Unknown => ("–".to_owned(), None),
        };
        let Some(style) = style else {
            canvas.text(middle, words, letters.align(Align::Centre));
            continue;
        };
        // The symbol and the figure together stand in the middle.
        let width = letters.width(&words);
        let left = middle.0 - (width + 14.0) / 2.0;
        canvas.symbol((left + 4.0, middle.1), style, 4.0);
        canvas.text((left + 14.0, middle.1), letters.fit(&words, cells.width - 20.0), letters);
    }
}

/// From a ratio to an opacity that letters can be read on; the strongest from a hundred times on.
fn strength(times: f64) -> f64 {
    0.08 + 0.34 * (libm::log10(times) / 2.0).clamp(0.0, 1.0)
}

/// What a map is of.
fn head(view: &View) -> String {
    let question = match view.metric.unit() {
        Unit::Seconds => "Who is fresher?",
        Unit::PerEvent | Unit::PerSecond | Unit::Count if view.path.starts_with("requests.") => {
            "Who sends fewer requests?"
        }
        Unit::Bytes => "Who sends fewer bytes?",
        Unit::PerEvent | Unit::PerSecond | Unit::Count | Unit::Share => "Who is better?",
    };
    format!("{question}  {}", view.path)
}

/// The best client of every setting, in words.
fn spoken(subject: &Subject<'_>, panel: &Panel<'_>) -> String {
    let each = subject.sweep.points.iter().zip(panel.best).map(|(point, best)| {
        let who = match best {
            Best::One { client, .. } => subject.clients[*client].0.as_str(),
            Best::Several => "about the same",
            Best::Unknown => "unknown",
        };
        format!("{} at {}", who, point.values.join(" and "))
    });
    format!("{}: {}", panel.view.path, each.collect::<Vec<_>>().join("; "))
}
