//! What the freshness of each client costs: requests a day against mean latency, with the curve that a poller follows when
//! its interval changes. Which clients are dominated is decided in `study::series`.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::labels::Places;
use super::letters::{NAME, SMALL};
use super::plot::{Frame, Plot, room_for};
use super::stroke::{Dash, Stroke};
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Figures, TradeOff, TradeOffPoint};
use crate::study::human::{amount, duration, list, share};
use crate::study::summary::Reached;

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
const NOTHING: &str = "No event was delivered, so no request bought freshness.";

/// Whether the scales, which are logarithmic and so have no zero, have a place for it.
fn has_place(point: &TradeOffPoint) -> bool {
    point.requests_per_day > 0.0 && point.mean_s > 0.0
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, figures: &TradeOff) {
    let points: Vec<&TradeOffPoint> = figures.points.iter().filter(|point| has_place(point)).collect();
    // The curve of polling is context: it may not stretch the axes far beyond the clients.
    let near = |values: &mut dyn Iterator<Item = f64>| {
        let (least, greatest) = values.fold((f64::INFINITY, 0.0), |(least, greatest), value| {
            (libm::fmin(least, value), libm::fmax(greatest, value))
        });
        [least / 2.0, greatest * 2.0]
    };
    let x = Axis::log_amount(near(&mut points.iter().map(|point| point.requests_per_day)).into_iter());
    let y = Axis::log_time(near(&mut points.iter().map(|point| point.mean_s)).into_iter());
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
        canvas.shape(at, style.shape(), 6.0, stroke(subject, point), style.is_hollow());
        if point.never > 0.0 {
            canvas.ring(at, 10.0, Role::Text.stroke().dash(Dash::Fine), 1.25);
        }
        places.reserve(at, 11.0, 11.0);
    }
    paint_better(canvas, &plot, &points, &mut places);
    for point in &points {
        paint_label(canvas, subject, &plot, point, &mut places);
    }
    if !figures.polling.is_empty() {
        paint_curve_label(canvas, &plot, &figures.polling, &mut places);
    }
}

fn stroke(subject: &Subject<'_>, point: &TradeOffPoint) -> Stroke {
    if point.dominated { Role::Muted.stroke() } else { subject.style(point.client).stroke() }
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
    let inside = |point: &&(f64, f64)| inside(plot, point);
    let shown: Vec<(f64, f64)> = curve.iter().filter(inside).copied().collect();
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

fn inside(plot: &Plot<'_, '_>, (x, y): &(f64, f64)) -> bool {
    (plot.x.from..=plot.x.to).contains(x) && (plot.y.from..=plot.y.to).contains(y)
}

fn paint_curve_label(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, curve: &[(f64, f64)], places: &mut Places) {
    let shown: Vec<&(f64, f64)> = curve.iter().filter(|point| inside(plot, point)).collect();
    let Some(middle) = shown.get(shown.len() / 4) else { return };
    let Frame { left, top, right, bottom } = plot.frame;
    places.write(
        canvas,
        plot.at(**middle),
        [left, top, right, bottom],
        &[("polling at other intervals".into(), SMALL)],
    );
}

fn paint_label(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    plot: &Plot<'_, '_>,
    point: &TradeOffPoint,
    places: &mut Places,
) {
    let Frame { left, top, right, bottom } = plot.frame;
    let role = if point.dominated { Role::Muted } else { subject.style(point.client).stroke().role };
    let name = NAME.role(role);
    let label = name.fit(subject.name(point.client), 170.0);
    let figures = in_figures(point);
    let rows = [(label, name), (figures.into(), SMALL)];
    let at = plot.at((point.requests_per_day, point.mean_s));
    let written = places.write(canvas, at, [left, top, right, bottom], &rows);
    if !written {
        places.write(canvas, at, [left, top, right, bottom], &rows[..1]);
    }
}

fn in_figures(point: &TradeOffPoint) -> String {
    let mut text = format!("{} a day, {}", amount(point.requests_per_day), duration(point.mean_s));
    if point.never > 0.0 {
        text += &format!(", never {}", share(point.never));
    }
    text
}

fn subtitle(subject: &Subject<'_>, figures: &TradeOff) -> String {
    let points = &figures.points;
    let mut sentences = vec![best(subject, figures)];
    sentences.extend(others_compared(subject, figures));
    let missing: Vec<String> = points
        .iter()
        .filter(|point| !has_place(point))
        .map(|point| format!("{} ({})", subject.named(point.client), in_figures(point)))
        .collect();
    if !missing.is_empty() {
        sentences.push(format!("Not drawn, because the scale has no zero: {}.", missing.join(", ")));
    }
    if figures.with_drain {
        sentences.push("Requests after the end of the events are included.".to_owned());
    }
    sentences.extend(unlike_the_median(subject, points));
    let unlearnt = |client: &usize| {
        subject.figures.known.iter().any(|known| known.client == *client && known.steps.is_empty())
    };
    let unlearnt: Vec<String> =
        (0..subject.clients.len()).filter(unlearnt).map(|client| subject.named(client)).collect();
    if !unlearnt.is_empty() {
        sentences.push(format!("Not drawn, because no event was ever known: {}.", unlearnt.join(", ")));
    }
    sentences.join(" ")
}

/// The clients that the report's first sentence compares, where they are neither the cheapest nor the freshest.
fn others_compared(subject: &Subject<'_>, figures: &TradeOff) -> Option<String> {
    let (one, other) = subject.figures.compared?;
    let best = chosen(figures).map(|(cheap, fresh)| [cheap.client, fresh.client])?;
    let points = [one, other].into_iter().filter(|client| !best.contains(client));
    let points = points.filter_map(|client| figures.points.iter().find(|point| point.client == client));
    let told: Vec<String> =
        points.map(|point| format!("{}: {}", subject.named(point.client), in_figures(point))).collect();
    (!told.is_empty()).then(|| format!("{}.", told.join("; ")))
}

/// Why the mean that is drawn says something else than the median that the report begins with.
fn unlike_the_median(subject: &Subject<'_>, points: &[TradeOffPoint]) -> Option<String> {
    points.iter().filter(|point| subject.speaks_of(point.client)).find_map(|point| {
        let known = subject.figures.known.iter().find(|known| known.client == point.client)?;
        let Some(Reached::After(median)) = known.p50 else { return None };
        (point.mean_s > UNLIKE * median).then(|| {
            format!(
                "A few very late events make the mean of {} {}, though half are known within {}.",
                subject.named(point.client),
                duration(point.mean_s),
                duration(median)
            )
        })
    })
}

/// A mean so many times the median needs a word.
const UNLIKE: f64 = 3.0;

/// Who is cheapest and who is freshest, of the clients that missed the fewest events; who is as good as they are.
fn best(subject: &Subject<'_>, figures: &TradeOff) -> String {
    let TradeOff { points, cheapest, freshest, .. } = figures;
    let Some((cheap, fresh)) = chosen(figures) else { return NOTHING.to_owned() };
    let named = |client: usize| subject.named(client);
    let whole = whole(figures);
    if points.len() == 1 {
        return format!("{}: {}.", named(cheap.client), in_figures(cheap));
    }
    if figures.fullest.len() == 1 {
        let missed = if cheap.never > 0.0 { "the fewest events" } else { "no event" };
        return format!("Only {} missed {missed}: {}.", named(cheap.client), in_figures(cheap));
    }
    if cheapest.contains(&fresh.client) {
        let (name, told) = (named(fresh.client), in_figures(fresh));
        let others = |clients: &[usize]| {
            let others = clients.iter().filter(|client| **client != fresh.client);
            others.map(|client| named(*client)).collect::<Vec<_>>()
        };
        let (as_cheap, as_fresh) = (others(cheapest), others(freshest));
        return match (as_cheap.is_empty(), as_fresh.is_empty()) {
            (true, true) => format!("{whole}{name} is both the cheapest and the freshest: {told}."),
            (false, true) => {
                format!("{whole}{name} is the freshest, and as cheap as {}: {told}.", list(&as_cheap))
            }
            (true, false) => {
                format!("{whole}{name} is the cheapest, and as fresh as {}: {told}.", list(&as_fresh))
            }
            (false, false) if as_cheap == as_fresh => {
                let all = [vec![name], as_cheap].concat();
                format!("{whole}{} cost and bring the same: {told}.", list(&all))
            }
            (false, false) => format!(
                "{whole}{name} is as cheap as {} and as fresh as {}: {told}.",
                list(&as_cheap),
                list(&as_fresh)
            ),
        };
    }
    format!(
        "{whole}Cheapest is {} ({}), freshest {} ({}).",
        named(cheap.client),
        in_figures(cheap),
        named(fresh.client),
        in_figures(fresh),
    )
}

/// The cheapest and the freshest; of several that are alike the one that does best in the other figure.
fn chosen(figures: &TradeOff) -> Option<(&TradeOffPoint, &TradeOffPoint)> {
    let point = |client: &usize| figures.points.iter().find(|point| point.client == *client);
    let of = |clients: &[usize], other: fn(&TradeOffPoint) -> f64| {
        clients.iter().filter_map(point).min_by(|a, b| other(a).total_cmp(&other(b)))
    };
    Some((
        of(&figures.cheapest, |point| point.mean_s)?,
        of(&figures.freshest, |point| point.requests_per_day)?,
    ))
}

/// Of whom that is said, where it is not of all.
fn whole(figures: &TradeOff) -> &'static str {
    let misses =
        |client: &usize| figures.points.iter().any(|point| point.client == *client && point.never > 0.0);
    if figures.fullest.len() == figures.points.len() {
        ""
    } else if figures.fullest.iter().any(misses) {
        "Of those that missed the fewest events: "
    } else {
        "Of those that missed no event: "
    }
}

fn description(subject: &Subject<'_>, points: &[TradeOffPoint]) -> String {
    let mut text = String::from("Requests a day against mean latency.");
    for point in points {
        let dominated = if point.dominated { "; another client is better" } else { "" };
        text += &format!(" {}: {}{dominated}.", subject.named(point.client), in_figures(point));
    }
    text
}
