//! What the freshness of each client costs: requests a day against mean latency, with the curve that a poller follows when
//! its interval changes. Which clients are dominated is decided in `study::series`.

mod words;

use super::axis::Axis;
use super::canvas::{Canvas, Point, draw};
use super::colours::Role;
use super::labels::Places;
use super::letters::{Label, Letters, NAME, SMALL};
use super::plot::{Frame, Plot, room_for};
use super::stroke::{Dash, Stroke};
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Figures, TradeOff, TradeOffPoint};
use words::{description, in_figures, subtitle};

/// Whether clients differ in what they cost and in what they bring: where one of the two is the same for all, there is
/// nothing to trade.
pub(super) fn says(figures: &Figures) -> bool {
    let places: Vec<&TradeOffPoint> =
        figures.trade_off.points.iter().filter(|point| has_place(point)).collect();
    let differs = |of: fn(&TradeOffPoint) -> f64| {
        let all = || places.iter().map(|point| of(point));
        all().fold(0.0, libm::fmax) > ALIKE * all().fold(f64::INFINITY, libm::fmin)
    };
    differs(|point| point.requests_per_day)
        && (differs(|point| point.mean_s) || differs(|point| 1.0 - point.never))
}

/// Figures closer together than this ratio are one on the axes.
const ALIKE: f64 = 1.01;

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let figures = &subject.figures.trade_off;
    let body = draw((WIDTH, HEIGHT), |canvas| {
        paint(canvas, subject, figures);
    });
    Sketch {
        subtitle: subtitle(subject, figures),
        description: description(subject, &figures.points),
        height: HEIGHT,
        body,
    }
}

const HEIGHT: f64 = 400.0;

/// Whether the scales, which are logarithmic and so have no zero, have a place for it.
fn has_place(point: &TradeOffPoint) -> bool {
    point.requests_per_day > 0.0 && point.mean_s > 0.0
}

/// Whether a part of the curve of polling lies among the clients.
pub(super) fn has_polling(figures: &Figures) -> bool {
    let figures = &figures.trade_off;
    let points: Vec<&TradeOffPoint> = figures.points.iter().filter(|point| has_place(point)).collect();
    let (x, y) = axes(&points);
    figures.polling.iter().filter(|point| inside(&x, &y, point)).count() > 1
}

/// The curve of polling is context, so it stretches the axes only a little beyond the clients.
fn axes(points: &[&TradeOffPoint]) -> (Axis, Axis) {
    let near = |values: &mut dyn Iterator<Item = f64>| {
        let (least, greatest) = values.fold((f64::INFINITY, 0.0), |(least, greatest), value| {
            (libm::fmin(least, value), libm::fmax(greatest, value))
        });
        [least / 2.0, greatest * 2.0]
    };
    let x = Axis::log_amount(near(&mut points.iter().map(|point| point.requests_per_day)).into_iter());
    let y = Axis::log_time(near(&mut points.iter().map(|point| point.mean_s)).into_iter());
    (x, y)
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, figures: &TradeOff) {
    let points: Vec<&TradeOffPoint> = figures.points.iter().filter(|point| has_place(point)).collect();
    let (x, y) = axes(&points);
    let left = room_for(&y, 62.0);
    let frame = Frame { left, top: 30.0, right: WIDTH - 24.0, bottom: HEIGHT - 48.0 };
    let mut plot = Plot::new(canvas, frame, x, y);
    plot.upright_axis("mean latency");
    plot.level_axis("requests a day");
    let mut places = Places::default();
    paint_polling(&mut plot, &figures.polling, &mut places);
    for point in &points {
        let at = plot.at((point.requests_per_day, point.mean_s));
        let style = subject.style(point.client);
        paint_whiskers(canvas, &plot, point, stroke(subject, point), &mut places);
        canvas.shape(at, style.shape(), 6.0, stroke(subject, point), style.is_hollow());
        if point.never > 0.0 {
            canvas.ring(at, 10.0, Role::Text.stroke().dash(Dash::Fine), 1.25);
        }
        places.reserve_symbol(at, 11.0);
    }
    paint_better(canvas, &plot, &points, &mut places);
    // Clients at one place share their figures.
    let mut groups: Vec<Vec<&TradeOffPoint>> = Vec::new();
    for point in points {
        match groups.iter_mut().find(|group| in_figures(group[0]) == in_figures(point)) {
            Some(group) => group.push(point),
            None => groups.push(vec![point]),
        }
    }
    for group in &groups {
        paint_label(canvas, subject, &plot, group, &mut places);
    }
    let symbols: Vec<Point> =
        groups.iter().map(|group| plot.at((group[0].requests_per_day, group[0].mean_s))).collect();
    paint_curve_label(canvas, &plot, &figures.polling, &symbols, &mut places);
}

fn stroke(subject: &Subject<'_>, point: &TradeOffPoint) -> Stroke {
    if point.dominated { Role::Muted.stroke() } else { subject.style(point.client).stroke() }
}

/// The 95 % intervals of a point, as far as they lie within the axes.
fn paint_whiskers(
    canvas: &Canvas<'_>,
    plot: &Plot<'_, '_>,
    point: &TradeOffPoint,
    stroke: Stroke,
    places: &mut Places,
) {
    let mut line = |ends: [(f64, f64); 2]| {
        let [from, to] = ends.map(|end| plot.at(end));
        canvas.line(&[from, to], stroke, 1.5);
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        places.reserve(middle, (to.0 - from.0).abs() / 2.0 + 2.0, (to.1 - from.1).abs() / 2.0 + 2.0);
    };
    let [requests, mean] = point.intervals;
    if let Some([low, high]) = requests {
        let x = |value: f64| value.clamp(plot.x.from, plot.x.to);
        line([low, high].map(|end| (x(end), point.mean_s)));
    }
    if let Some([low, high]) = mean {
        let y = |value: f64| value.clamp(plot.y.from, plot.y.to);
        line([low, high].map(|end| (point.requests_per_day, y(end))));
    }
}

/// Which way is better, in the corner that is best or as near to it as no client stands in the way.
fn paint_better(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, points: &[&TradeOffPoint], places: &mut Places) {
    let Frame { left, bottom, .. } = plot.frame;
    let y = bottom - 12.0;
    let is_free = |x: &f64| {
        points
            .iter()
            .map(|point| plot.at((point.requests_per_day, point.mean_s)))
            .all(|at| (at.0 - x - 62.0).abs() > 84.0 || (at.1 - y + 9.0).abs() > 22.0)
    };
    let Some(x) = [0.0, 160.0, 320.0, 480.0].map(|away| left + 12.0 + away).into_iter().find(is_free) else {
        return;
    };
    let stroke = Role::Muted.stroke();
    canvas.line(&[(x + 16.0, y - 16.0), (x, y)], stroke, 1.25);
    canvas.line(&[(x, y - 7.0), (x, y), (x + 7.0, y)], stroke, 1.25);
    canvas.text((x + 22.0, y - 9.0), "cheaper and fresher", SMALL);
    places.reserve((x + 70.0, y - 9.0), 80.0, 12.0);
}

fn paint_polling(plot: &mut Plot<'_, '_>, curve: &[(f64, f64)], places: &mut Places) {
    let shown: Vec<(f64, f64)> =
        curve.iter().filter(|point| inside(&plot.x, &plot.y, point)).copied().collect();
    plot.line(shown.iter().copied(), Role::Muted.stroke().dash(Dash::Dotted), 2.0);
    // The line between two points of the curve is taken, too.
    for pair in shown.windows(2) {
        let (one, other) = (plot.at(pair[0]), plot.at(pair[1]));
        for part in 0..8 {
            let part = f64::from(part) / 8.0;
            let at = (one.0 + (other.0 - one.0) * part, one.1 + (other.1 - one.1) * part);
            places.reserve(at, 3.0, 3.0);
        }
    }
}

fn inside(x: &Axis, y: &Axis, point: &(f64, f64)) -> bool {
    (x.from..=x.to).contains(&point.0) && (y.from..=y.to).contains(&point.1)
}

/// The words for the curve, where they find room, best without a hairline to it: so far from every symbol that they are
/// not taken for the name of a client.
fn paint_curve_label(
    canvas: &Canvas<'_>,
    plot: &Plot<'_, '_>,
    curve: &[(f64, f64)],
    symbols: &[Point],
    places: &mut Places,
) {
    let shown: Vec<Point> =
        curve.iter().filter(|point| inside(&plot.x, &plot.y, point)).map(|point| plot.at(*point)).collect();
    let is_free = |(x, y): &Point| symbols.iter().all(|other| libm::hypot(x - other.0, y - other.1) > APART);
    let Frame { left, top, right, bottom } = plot.frame;
    let rows = [("polling at other intervals".into(), SMALL)];
    // From the middle outwards.
    let mut free: Vec<Point> = shown.iter().copied().filter(is_free).collect();
    let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
    let away = |(x, y): &Point| libm::hypot(x - middle.0, y - middle.1);
    free.sort_by(|one, other| away(one).total_cmp(&away(other)));
    let bounds = [left, top, right, bottom];
    if !free.iter().any(|at| places.write_beside(canvas, *at, bounds, &rows)) {
        free.iter().any(|at| places.write_clear(canvas, *at, bounds, &rows));
    }
}

/// So far from a symbol words are not taken for its name.
const APART: f64 = 40.0;

fn paint_label(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    plot: &Plot<'_, '_>,
    group: &[&TradeOffPoint],
    places: &mut Places,
) {
    let Frame { left, top, right, bottom } = plot.frame;
    let names = group.iter().map(|point| {
        let role = if point.dominated { Role::Muted } else { subject.style(point.client).stroke().role };
        let letters = NAME.role(role);
        (letters.fit(subject.name(point.client), 170.0), letters)
    });
    let mut rows: Vec<(Label, Letters)> = names.collect();
    rows.push((in_figures(group[0]).into(), SMALL));
    let at = plot.at((group[0].requests_per_day, group[0].mean_s));
    let bounds = [left, top, right, bottom];
    let names = &rows[..group.len()];
    // A name alone is better than a hairline that is lost among others, and that is better than no name.
    let written =
        places.write_clear(canvas, at, bounds, &rows) || places.write_clear(canvas, at, bounds, names);
    if !written {
        places.write(canvas, at, bounds, names);
    }
}
