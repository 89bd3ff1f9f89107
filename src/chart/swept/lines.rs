//! A figure of each client along one varied path, with its interval, what theory predicts, and where polling and being
//! called cost the same.

use super::{MANY, Subject, axis_of, spread, title_of};
use crate::chart::axis::Axis;
use crate::chart::canvas::{Canvas, draw};
use crate::chart::colours::Role;
use crate::chart::document::Chart;
use crate::chart::labels::{EndLabel, end_labels, end_labels_height};
use crate::chart::letters::{Align, SMALL};
use crate::chart::plot::{Frame, Plot, line_width, room_for};
use crate::chart::stroke::Dash;
use crate::chart::{Sketch, WIDTH};
use crate::study::human;
use crate::sweep::{View, crossings};

/// A figure of one client at each setting: (where on the axis, value, interval, theory).
struct Line {
    view: View,
    points: Vec<Place>,
}

struct Place {
    x: f64,
    value: f64,
    interval: Option<(f64, f64)>,
    theory: Option<f64>,
}

impl Line {
    /// Whether the figure is the same at every setting, as that of a client which nothing is varied of.
    fn stays(&self) -> bool {
        self.points
            .windows(2)
            .all(|pair| (pair[0].value, pair[0].interval) == (pair[1].value, pair[1].interval))
    }
}

/// None with a single setting, and where nothing is known of the figure.
pub(super) fn chart(
    subject: &Subject<'_>,
    view: &View,
    (name, title): (&'static str, &'static str),
) -> Option<Chart> {
    let lines: Vec<Line> = subject.views(view).into_iter().map(|view| line(subject, view)).collect();
    let lines: Vec<Line> = lines.into_iter().filter(|line| !line.points.is_empty()).collect();
    if subject.sweep.points.len() < 2 || lines.is_empty() {
        return None;
    }
    let height = libm::fmax(380.0, end_labels_height(lines.len()) + 60.0);
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, view, &lines));
    let mut told: Vec<String> = lines.iter().map(|line| spoken(subject, line)).collect();
    // What does not change stands last.
    told.sort_by_key(|told| told.ends_with(STAYS));
    let subtitle = format!(
        "{} along {}: {}.",
        view.path,
        subject.sweep.grid.vary[0].path,
        told[..told.len().min(NAMED)].join("; ")
    );
    let sketch = Sketch { subtitle, description: told.join("; "), height, body };
    Some(Chart::with_words(name, "The sweep", title, &how(subject, &lines), sketch))
}

/// Of a client whose figure is the same at both ends.
const STAYS: &str = " at both ends";
/// Values of the path that the axis names.
const NAMES: usize = 16;
/// Clients that the sentence names.
const NAMED: usize = 4;
/// Room for the names at the right.
const LABELS: f64 = 206.0;

fn line(subject: &Subject<'_>, view: View) -> Line {
    let axis = named(subject);
    let place = |point: &crate::sweep::Point| {
        let (x, _) = axis.get(point.number - 1)?;
        let value = point.value(&view).filter(|value| value.is_finite())?;
        Some(Place { x: *x, value, interval: point.interval(&view), theory: point.theory(&view) })
    };
    let mut points: Vec<Place> = subject.sweep.points.iter().filter_map(place).collect();
    points.sort_by(|one, other| one.x.total_cmp(&other.x));
    Line { view, points }
}

/// Where each value of the path is on the axis, and its name: by its amount, or in the order given where it has none.
fn named(subject: &Subject<'_>) -> Vec<(f64, String)> {
    let vary = &subject.sweep.grid.vary[0];
    match vary.amounts() {
        Some(amounts) => {
            amounts.iter().zip(&vary.values).map(|((_, amount), value)| (*amount, value.clone())).collect()
        }
        None => vary.values.iter().enumerate().map(|(place, value)| (place as f64, value.clone())).collect(),
    }
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, view: &View, lines: &[Line]) {
    let limit = limit(subject, view);
    let values = lines.iter().flat_map(|line| &line.points).flat_map(|place| {
        let (low, high) = place.interval.unwrap_or((place.value, place.value));
        [Some(place.value), Some(low).filter(|low| *low > 0.0), Some(high), place.theory]
            .into_iter()
            .flatten()
    });
    let values: Vec<f64> = values.chain(limit).collect();
    let y = axis_of(view.metric.unit(), &values);
    let frame =
        Frame { left: room_for(&y, 62.0), top: 46.0, right: WIDTH - LABELS, bottom: canvas.height - 48.0 };
    let names = named(subject);
    let ticks: Vec<(f64, String)> =
        spread(names.len(), NAMES).into_iter().map(|at| names[at].clone()).collect();
    let mut plot = Plot::new(canvas, frame, Axis::named(&ticks), y);
    plot.upright_axis("");
    plot.level_axis(&subject.sweep.grid.vary[0].path);
    canvas.text((14.0, 14.0), title_of(view), SMALL);
    // The band of what stays the same would hide that of what changes.
    for line in lines.iter().filter(|line| !line.stays()) {
        band(canvas, subject, &plot, line);
    }
    let in_order = |stays: bool| lines.iter().enumerate().filter(move |(_, line)| line.stays() == stays);
    for (place, line) in in_order(true).chain(in_order(false)) {
        let style = subject.style(line.view.client);
        let theory = line.points.iter().filter_map(|place| Some((place.x, place.theory?)));
        plot.line(
            line.points.iter().map(|place| (place.x, place.value)),
            style.line(),
            line_width(place, lines.len()),
        );
        plot.line(theory, Role::Text.stroke().dash(Dash::Dotted), 1.5);
    }
    for line in lines.iter().filter(|line| line.stays()) {
        bar(canvas, subject, &plot, line);
    }
    for line in lines.iter().filter(|line| has_symbols(line)) {
        for place in &line.points {
            canvas.symbol(plot.at((place.x, place.value)), subject.style(line.view.client), 3.5);
        }
    }
    if let Some(limit) = limit {
        let (x, y) = plot.at((plot.x.to, limit));
        canvas.line(&[(frame.left, y), (x, y)], Role::Text.stroke().dash(Dash::Fine), 1.25);
        let words = format!("limit {}", human::figure(view.metric.unit(), limit));
        // Below it where a line runs through the place above.
        let starts = lines.iter().filter_map(|line| line.points.first());
        let is_taken =
            starts.map(|place| plot.at((place.x, place.value)).1).any(|at| (y - 20.0..y).contains(&at));
        let beside = if is_taken { 9.0 } else { -9.0 };
        canvas.text((frame.left + 6.0, y + beside), &words, SMALL.role(Role::Text));
    }
    chosen(canvas, subject, view, &plot, lines);
    crossing(canvas, subject, &plot);
    let label = |line: &Line| {
        let last = line.points.last()?;
        let detail = human::figure(view.metric.unit(), last.value);
        let (name, style) = &subject.clients[line.view.client];
        Some(EndLabel { end: plot.at((last.x, last.value)), style: *style, name, detail })
    };
    end_labels(
        canvas,
        frame.right + 24.0,
        (14.0, canvas.height - 14.0),
        lines.iter().filter_map(label).collect(),
    );
}

/// So many symbols would be a chain that hides what is below them.
fn has_symbols(line: &Line) -> bool {
    line.points.len() <= MANY
}

fn band(canvas: &Canvas<'_>, subject: &Subject<'_>, plot: &Plot<'_, '_>, line: &Line) {
    let ends: Vec<(f64, (f64, f64))> =
        line.points.iter().filter_map(|place| Some((place.x, place.interval?))).collect();
    let low = ends.iter().map(|(x, (low, _))| plot.at((*x, *low)));
    let high = ends.iter().rev().map(|(x, (_, high))| plot.at((*x, *high)));
    let corners: Vec<(f64, f64)> = low.chain(high).collect();
    if corners.len() > 2 {
        canvas.polygon(&corners, subject.style(line.view.client).stroke().alpha(0.16));
    }
}

/// The interval at the last setting, for a figure that is the same at all.
fn bar(canvas: &Canvas<'_>, subject: &Subject<'_>, plot: &Plot<'_, '_>, line: &Line) {
    let Some((x, (low, high))) = line.points.last().and_then(|place| Some((place.x, place.interval?))) else {
        return;
    };
    let stroke = subject.style(line.view.client).stroke();
    let ends = [low, high].map(|end| plot.at((x, end)));
    canvas.line(&ends, stroke, 1.5);
    for (x, y) in ends {
        canvas.line(&[(x - 4.0, y), (x + 4.0, y)], stroke, 1.5);
    }
}

/// The limit of the first wish, where the chart shows its figure.
fn limit(subject: &Subject<'_>, view: &View) -> Option<f64> {
    let wish = subject.sweep.asked.wishes.first()?;
    (wish.aim.metric == view.metric).then_some(wish.limit)
}

fn chosen(canvas: &Canvas<'_>, subject: &Subject<'_>, view: &View, plot: &Plot<'_, '_>, lines: &[Line]) {
    let found = subject.sweep.found.as_ref().and_then(|found| found.chosen);
    let Some(point) = found.map(|place| &subject.sweep.points[place]) else { return };
    let x = named(subject)[point.number - 1].0;
    for line in lines.iter().filter(|line| line.view.client == view.client) {
        for place in line.points.iter().filter(|place| place.x == x) {
            canvas.ring(plot.at((x, place.value)), 8.0, Role::Text.stroke(), 1.5);
        }
    }
}

fn crossing(canvas: &Canvas<'_>, subject: &Subject<'_>, plot: &Plot<'_, '_>) {
    let Frame { left, top, right, bottom } = plot.frame;
    for crossing in crossings(subject.sweep) {
        let (x, _) = plot.at((crossing.at, plot.y.from));
        canvas.line(&[(x, top - 6.0), (x, bottom)], Role::Muted.stroke().dash(Dash::Fine), 1.0);
        let words = "λ = 1/T";
        let half = SMALL.width(words) / 2.0;
        canvas.text((x.clamp(left + half, right - half), top - 14.0), words, SMALL.align(Align::Centre));
    }
}

fn spoken(subject: &Subject<'_>, line: &Line) -> String {
    let unit = line.view.metric.unit();
    let name = human::name(&subject.clients[line.view.client].0);
    match (line.points.first(), line.points.last()) {
        (Some(first), Some(last)) => {
            let [first, last] = [first, last].map(|place| human::figure(unit, place.value));
            if first == last {
                format!("{name} {first}{STAYS}")
            } else {
                format!("{name} from {first} to {last}")
            }
        }
        _ => name,
    }
}

fn how(subject: &Subject<'_>, lines: &[Line]) -> String {
    let places = || lines.iter().flat_map(|line| &line.points);
    let has_interval = |stays: bool| {
        let own = lines.iter().filter(|line| line.stays() == stays);
        own.flat_map(|line| &line.points).any(|place| place.interval.is_some())
    };
    let settings = lines.iter().map(|line| line.points.len()).max().unwrap_or(0);
    let many = if settings > MANY { format!("Each line joins {settings} settings.") } else { String::new() };
    let sentences = [
        ("Each symbol: one setting.", lines.iter().any(has_symbols)),
        (many.as_str(), !many.is_empty()),
        ("Shaded: the 95 % interval.", has_interval(false)),
        ("Bar at the end: that of a figure which is the same at all settings.", has_interval(true)),
        ("Dotted: what theory predicts.", places().any(|place| place.theory.is_some())),
        (
            "Ringed: the setting that was found.",
            subject.sweep.found.as_ref().is_some_and(|found| found.chosen.is_some()),
        ),
        (
            "λ = 1/T: one event in each interval on average, and one poll for each event.",
            !crossings(subject.sweep).is_empty(),
        ),
    ];
    let shown: Vec<&str> =
        sentences.iter().filter(|(_, is_shown)| *is_shown).map(|(text, _)| *text).collect();
    shown.join(" ")
}
