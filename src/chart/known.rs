//! The share of the events known within a time, for each client. The axis stretches the last percents, because clients
//! differ most in their rare late events. A column at the right shows what was never known: a lost event has no latency,
//! and a chart without it would make the client that lost it look better.

use super::axis::Axis;
use super::canvas::{Canvas, Point, draw};
use super::colours::Role;
use super::labels::{EndLabel, Places, end_labels, end_labels_height, same_line};
use super::letters::{Align, NAME, SMALL};
use super::plot::{Frame, Plot, line_width, room_for};
use super::stroke::{Dash, Hatch};
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Figures, Known};
use crate::study::human::{self, amount, count, duration, share};
use crate::study::summary::Reached;

/// Whether not every event became known after the same time with every client: one upright line for all says less than
/// the number beside the client's name.
pub(super) fn says(figures: &Figures) -> bool {
    let times = || figures.known.iter().flat_map(|curve| &curve.steps).map(|step| step.0);
    let (least, greatest) = (times().fold(f64::INFINITY, libm::fmin), times().fold(0.0, libm::fmax));
    greatest > ALIKE * least || figures.known.iter().any(|curve| curve.never_count > 0)
}

/// Times that are closer together than this ratio are one on the axis.
const ALIKE: f64 = 1.01;

/// Whether some client never knew something; only then there is a place for it.
pub(super) fn has_shelf(figures: &Figures) -> bool {
    figures.known.iter().any(|curve| curve.never_count > 0)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let curves = &subject.figures.known;
    let height = libm::fmax(HEIGHT, end_labels_height(curves.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| {
        paint(canvas, subject, curves);
    });
    Sketch { subtitle: subtitle(subject, curves), description: description(subject, curves), height, body }
}

/// Where two curves meet after one of them has led so far that it is seen: the latency and the share known within it.
pub(super) fn meeting(one: &Known, other: &Known) -> Option<(f64, f64)> {
    let mut times: Vec<f64> = one.steps.iter().chain(&other.steps).map(|step| step.0).collect();
    times.sort_by(f64::total_cmp);
    let shares = Axis::nines(one.occurred.max(other.occurred));
    let height = |curve: &Known, time: f64| shares.unit(within(curve, time)) / shares.unit(shares.to);
    let mut leader = 0.0;
    for time in times {
        let lead = height(one, time) - height(other, time);
        if lead.abs() > NOTICEABLE {
            if leader * lead < 0.0 {
                return Some((time, libm::fmax(within(one, time), within(other, time))));
            }
            leader = lead;
        }
    }
    None
}

const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 28.0;
/// Of more clients than that, only those of the caption have their typical event written beside their curve.
const CROWD: usize = 5;
/// A lead of less than this part of the chart's height is not seen.
const NOTICEABLE: f64 = 0.01;
/// Before so few events are known, a curve is not to be told from the edge of the chart.
const FEW: f64 = 0.002;
/// Where the next step of the axis is so many times later than the last event, the axis ends halfway.
const EMPTY_END: f64 = 4.0;

/// From before the first events that are seen until after the last.
fn time_axis(curves: &[Known]) -> Axis {
    let steps = curves.iter().flat_map(|curve| &curve.steps);
    let times = || steps.clone().filter(|step| step.1 >= FEW).map(|step| step.0);
    let last = times().fold(0.0, libm::fmax);
    let axis = Axis::log_time(times());
    let to = if axis.to > EMPTY_END * last && last > 0.0 { 2.0 * last } else { axis.to };
    let from = axis.from;
    axis.cut_to(from, to)
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, curves: &[Known]) {
    let has_shelf = has_shelf(subject.figures);
    let shelf_width = libm::fmax(50.0, 14.0 * curves.len() as f64 + 12.0);
    let shelf_right = WIDTH - LABELS;
    let shelf_left = shelf_right - shelf_width;
    let right = if has_shelf { shelf_left - 12.0 } else { shelf_right };
    let events = curves.iter().map(|curve| curve.occurred).max().unwrap_or(0);
    let shares = Axis::nines(events);
    let frame = Frame { left: room_for(&shares, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, time_axis(curves), shares);
    plot.upright_axis("share of all events known");
    plot.level_axis("time since the event occurred");
    for (place, curve) in curves.iter().enumerate() {
        let width = line_width(place, curves.len());
        plot.line(staircase(curve, plot.x.from, plot.x.to), subject.style(curve.client).line(), width);
    }
    for curve in curves {
        paint_theory(&mut plot, curve);
    }
    if has_shelf {
        paint_shelf(canvas, subject, curves, &plot, (shelf_left, shelf_right));
    }
    paint_notes(canvas, subject, curves, &plot);
    let labels = curves.iter().enumerate().map(|(place, curve)| EndLabel {
        end: (shelf_right, plot.at((plot.x.to, 1.0 - curve.never)).1),
        style: subject.style(curve.client),
        name: subject.name(curve.client),
        detail: match curves[..place].iter().find(|other| is_one_line(other, curve)) {
            Some(other) => same_line(subject.name(other.client)),
            None => detail(subject, curve),
        },
    });
    end_labels(canvas, shelf_right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}

/// Whether one curve covers the other.
fn is_one_line(one: &Known, other: &Known) -> bool {
    one.steps == other.steps && one.never_count == other.never_count
}

/// Room for the names to the right of the shelf.
const LABELS: f64 = 214.0;

/// Over the measured curve, in the colour of text: where both agree the dots lie on the line.
fn paint_theory(plot: &mut Plot<'_, '_>, curve: &Known) {
    let Some(theory) = &curve.theory else { return };
    let stroke = Role::Text.stroke().dash(Dash::Dotted);
    let (from, to) = (plot.x.from, plot.x.to);
    plot.line(theory.iter().copied().filter(|point| (from..=to).contains(&point.0)), stroke, 1.5);
}

/// Hanging from the top: what each client never knew, as deep as its curve stays below all.
fn paint_shelf(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    curves: &[Known],
    plot: &Plot<'_, '_>,
    (left, right): (f64, f64),
) {
    let Frame { top, bottom, .. } = plot.frame;
    canvas.rectangle((left, top), (right, bottom), Role::Grid.stroke().alpha(0.45));
    canvas.line(&[(left, bottom), (right, bottom)], Role::Axis.stroke(), 1.0);
    canvas.text(((left + right) / 2.0, bottom + 14.0), "never", SMALL.align(Align::Centre));
    let slot = (right - left) / curves.len() as f64;
    for (place, curve) in curves.iter().enumerate() {
        let middle = left + (place as f64 + 0.5) * slot;
        let style = subject.style(curve.client);
        let (end, level) = plot.at((plot.x.to, 1.0 - curve.never));
        if curve.never > 0.0 {
            canvas.line(&[(end, level), (right, level)], style.line().alpha(0.6), 1.0);
            canvas.rectangle(
                (middle - 5.0, top),
                (middle + 5.0, level),
                style.stroke().hatch(Hatch::Crossed),
            );
        }
        canvas.symbol((middle, level), style, 3.5);
    }
}

/// The clients' symbols at half of the events and at 99 %, and a ring where the first two curves meet.
fn paint_notes(canvas: &Canvas<'_>, subject: &Subject<'_>, curves: &[Known], plot: &Plot<'_, '_>) {
    let mut places = Places::default();
    for curve in curves {
        let corners: Vec<Point> =
            staircase(curve, plot.x.from, plot.x.to).map(|corner| plot.at(corner)).collect();
        for pair in corners.windows(2) {
            let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
            let middle = ((x + to_x) / 2.0, (y + to_y) / 2.0);
            places.reserve(middle, (to_x - x).abs() / 2.0 + 2.0, (to_y - y).abs() / 2.0 + 2.0);
        }
        for (reached, part) in [(curve.p50, 0.5), (curve.p99, 0.99)] {
            let Some(Reached::After(time)) = reached else { continue };
            let at = plot.at((time, part));
            canvas.symbol(at, subject.style(curve.client), 4.0);
            places.reserve_symbol(at, 5.0);
        }
    }
    let Frame { left, top, right, bottom } = plot.frame;
    let crowd = curves.len() > CROWD;
    let named = curves.iter().filter(|curve| !crowd || subject.speaks_of(curve.client));
    let mut medians = medians(named, plot);
    let is_told = |clients: &[usize]| clients.iter().any(|client| subject.speaks_of(*client));
    medians.sort_by_key(|(.., clients)| !is_told(clients));
    for (text, at, clients) in medians {
        // Clients whose symbols lie on each other share one text.
        let role = match clients.as_slice() {
            [client] => subject.style(*client).stroke().role,
            _ => Role::Text,
        };
        let (bounds, rows) = ([left, top, right, bottom], [(text.into(), NAME.role(role))]);
        // The sentence does not speak of the others, so that theirs are left out where they would be a tangle.
        if !places.write_clear(canvas, at, bounds, &rows) && is_told(&clients) {
            places.write(canvas, at, bounds, &rows);
        }
    }
    if let Some((one, other)) = leading_pair(subject, curves)
        && let Some(meeting) = meeting(one, other)
    {
        let at = plot.at(meeting);
        canvas.ring(at, 7.0, Role::Text.stroke(), 1.25);
        let text = format!("curves meet at {}", duration(meeting.0));
        places.reserve(at, 8.0, 8.0);
        places.write(canvas, at, [left, top, right, bottom], &[(text.into(), SMALL.role(Role::Text))]);
    }
}

/// The typical latencies as text, where they stand, and whose they are; equal texts once.
fn medians<'k>(
    curves: impl Iterator<Item = &'k Known>,
    plot: &Plot<'_, '_>,
) -> Vec<(String, Point, Vec<usize>)> {
    let mut medians: Vec<(String, Point, Vec<usize>)> = Vec::new();
    for curve in curves {
        let Some(Reached::After(time)) = curve.p50 else { continue };
        let text = duration(time);
        match medians.iter_mut().find(|(other, ..)| *other == text) {
            Some((.., clients)) => clients.push(curve.client),
            None => medians.push((text, plot.at((time, 0.5)), vec![curve.client])),
        }
    }
    medians
}

/// The curves of the two clients that the report's first sentence compares.
fn leading_pair<'k>(subject: &Subject<'_>, curves: &'k [Known]) -> Option<(&'k Known, &'k Known)> {
    let (one, other) = subject.leading_pair()?;
    let of = |client| curves.iter().find(|curve| curve.client == client);
    Some((of(one)?, of(other)?))
}

/// The corners of the curve from the lower left, along the whole axis.
fn staircase(curve: &Known, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
    let mut level = 0.0;
    let steps = curve.steps.iter().flat_map(move |&(time, part)| {
        let before = (time, level);
        level = part;
        [before, (time, part)]
    });
    std::iter::once((from, 0.0)).chain(steps).chain(std::iter::once((to, 1.0 - curve.never)))
}

/// The share known within a time.
fn within(curve: &Known, time: f64) -> f64 {
    let steps = curve.steps.partition_point(|step| step.0 <= time);
    steps.checked_sub(1).map_or(0.0, |last| curve.steps[last].1)
}

/// How many events a client never knew, of one run.
fn missed(subject: &Subject<'_>, curve: &Known) -> String {
    match subject.figures.runs {
        0 | 1 => count(curve.never_count),
        runs => format!("{} a run", amount(curve.never_count as f64 / f64::from(runs))),
    }
}

fn detail(subject: &Subject<'_>, curve: &Known) -> String {
    let never = format!("never {}", missed(subject, curve));
    match (curve.p99, curve.steps.last()) {
        (Some(Reached::After(p99)), _) if curve.never_count > 0 => {
            format!("99 % {} · {never}", duration(p99))
        }
        (_, Some(slowest)) if curve.never_count == 0 => format!("slowest {}", duration(slowest.0)),
        _ => never,
    }
}

fn subtitle(subject: &Subject<'_>, curves: &[Known]) -> String {
    let curves: Vec<&Known> = curves.iter().filter(|curve| subject.speaks_of(curve.client)).collect();
    let mut sentences = Vec::new();
    for (what, value) in [
        ("The typical event", (|curve: &Known| curve.p50) as fn(&Known) -> Option<Reached>),
        ("99 % of the events are known after", |curve| curve.p99),
    ] {
        sentences.extend(extremes(subject, &curves, value).map(|text| format!("{what}: {text}.")));
    }
    sentences.push(never(subject));
    sentences.join(" ")
}

/// The least and the greatest of a figure, with whose they are. Never is the greatest of all.
fn extremes(
    subject: &Subject<'_>,
    curves: &[&Known],
    value: fn(&Known) -> Option<Reached>,
) -> Option<String> {
    let mut known: Vec<(Reached, String)> =
        curves.iter().filter_map(|curve| Some((value(curve)?, subject.named(curve.client)))).collect();
    known.sort_by(|one, other| one.0.seconds().total_cmp(&other.0.seconds()));
    let (least, greatest) = (known.first()?, known.last()?);
    let [sooner, later] = [least.0, greatest.0].map(|reached| human::reached(Some(reached)));
    Some(if known.len() == 1 {
        format!("{sooner} with {}", least.1)
    } else if sooner == later && known.len() == subject.figures.known.len() {
        format!("{sooner} with every client")
    } else if sooner == later {
        let names: Vec<String> = known.iter().map(|(_, name)| name.clone()).collect();
        format!("{sooner} with {}", human::list(&names))
    } else {
        let ratio = greatest.0.seconds() / least.0.seconds();
        let times = Some(human::ratio(ratio))
            .filter(|times| ratio.is_finite() && times != human::ratio(1.0).as_str());
        let times = times.map_or_else(String::new, |times| format!(" ({times})"));
        format!("{sooner} with {}, {later} with {}{times}", least.1, greatest.1)
    })
}

/// Which clients never knew some events. It is said of all clients, whichever two the other sentences compare: a loss
/// must not be left out.
fn never(subject: &Subject<'_>) -> String {
    let curves = &subject.figures.known;
    let losers: Vec<String> = curves
        .iter()
        .filter(|curve| curve.never_count > 0)
        .map(|curve| {
            format!("{}: {} ({})", subject.named(curve.client), missed(subject, curve), share(curve.never))
        })
        .collect();
    match losers.as_slice() {
        [] if curves.len() > 1 => "No client missed an event.".to_owned(),
        [] => "No event was missed.".to_owned(),
        losers if losers.len() <= 3 => format!("Never known: {}.", losers.join(", ")),
        losers => format!("{} of {} clients missed events.", losers.len(), curves.len()),
    }
}

fn description(subject: &Subject<'_>, curves: &[Known]) -> String {
    let mut text = String::from("Share of events known within a time.");
    for curve in curves {
        let (second, minute) = (share(within(curve, 1.0)), share(within(curve, 60.0)));
        text += &format!(
            " {}: {second} within 1 s, {minute} within 1 min, {}; never: {}.",
            subject.named(curve.client),
            curve.steps.last().map_or_else(
                || "none ever known".to_owned(),
                |last| format!("the last within {}", duration(last.0))
            ),
            missed(subject, curve),
        );
    }
    if let Some((one, other)) = leading_pair(subject, curves)
        && let Some((time, _)) = meeting(one, other)
    {
        text += &format!(
            " The curves of {} and {} meet at {}.",
            subject.named(one.client),
            subject.named(other.client),
            duration(time)
        );
    }
    text
}
