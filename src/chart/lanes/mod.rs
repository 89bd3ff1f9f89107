//! Swim lanes of one part of the run: who calls whom, and how long each event waits until a client knows it. Which part is
//! shown and what is left out is decided in `study::series::lanes`, and the sentence below the title states it.

mod words;

use super::axis::{Axis, moments};
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::labels::claim;
use super::letters::{Label, Letters, NAME, SMALL};
use super::marks::{paint_marks, paint_words};
use super::plot::{Frame, Plot};
use super::stroke::{Hatch, WAITING};
use super::style::Shape;
use super::text::counted;
use super::{Sketch, Subject, WIDTH, attempts, strips};
use crate::study::figures::{Figures, Held, Lane, Lanes};
use crate::study::human::count;
use words::{description, subtitle, tallies};

/// Whether something was traced, and happened.
pub(super) fn says(figures: &Figures) -> bool {
    let happened =
        |lanes: &Lanes| !lanes.events_s.is_empty() || lanes.lanes.iter().any(|lane| !lane.marks.is_empty());
    figures.lanes.as_ref().is_some_and(happened)
}

/// Whether a party was down in the stretch that is shown.
pub(super) fn has_outages(figures: &Figures) -> bool {
    let Some((from, to)) = figures.lanes.as_ref().map(|lanes| lanes.span_s) else { return false };
    figures.outages.iter().any(|outage| outage.span_s.1 > from && outage.span_s.0 < to)
}

/// Whether a client never knew the event for which the stretch was chosen.
pub(super) fn misses_chosen(lanes: &Lanes) -> bool {
    lanes.lanes.iter().any(|lane| lane.held.get(lanes.chosen) == Some(&Held::Never))
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let none = Lanes::default();
    let lanes = subject.figures.lanes.as_ref().unwrap_or(&none);
    let height = SOURCE_BOTTOM + lanes.lanes.len().max(1) as f64 * LANE + 46.0;
    let body = draw((WIDTH, height), |canvas| {
        paint(canvas, subject, lanes);
    });
    Sketch { subtitle: subtitle(subject, lanes), description: description(subject, lanes), height, body }
}

/// Room for the names at the left.
const NAMES: f64 = 172.0;
const SOURCE_BOTTOM: f64 = 44.0;
/// Height of a lane.
const LANE: f64 = 104.0;
/// From the top of a lane to the line on which its requests stand.
const BASELINE: f64 = 74.0;
/// Bars of waiting events that find room above each other.
const BAR_ROWS: usize = 9;
const BAR_PITCH: f64 = 5.0;
/// Times that the axis names at most.
const TIMES: usize = 7;

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, lanes: &Lanes) {
    let frame = Frame { left: NAMES, top: 8.0, right: WIDTH - 24.0, bottom: canvas.height - 46.0 };
    let unused = Axis::shares();
    let plot = Plot::new(canvas, frame, Axis::moments(lanes.span_s, TIMES), unused);
    plot.level_axis(&moments(lanes.span_s, TIMES).title());
    paint_events(canvas, lanes, &plot);
    strips::mark_end(canvas, subject, &plot, frame.top, &mut Vec::new());
    for (place, lane) in lanes.lanes.iter().enumerate() {
        let top = SOURCE_BOTTOM + place as f64 * LANE;
        strips::hatch_outages(canvas, subject, lane.client, &plot, (top + 4.0, top + LANE - 4.0));
        let style = subject.style(lane.client);
        let baseline = top + BASELINE;
        canvas.line(&[(frame.left, baseline), (frame.right, baseline)], style.stroke().alpha(0.35), 1.0);
        let unseen = paint_waits(canvas, lanes, lane, &plot, baseline, style.stroke().role);
        paint_marks(canvas, (lane, lanes.span_s.0), &plot, baseline, style.stroke().role);
        let taken = attempts::paint(canvas, lane, &plot, baseline, style.stroke().role);
        paint_words(canvas, lane, &plot, baseline, taken);
        let taken = unseen.map(|unseen| paint_unseen(canvas, &plot, top, unseen));
        strips::name_outages(canvas, subject, lane.client, &plot, top + 4.0, taken.into_iter().collect());
        paint_name(canvas, subject, lane, top);
    }
}

/// The source's own lane: a diamond for each event, and a hairline through the lanes where they are few.
fn paint_events(canvas: &Canvas<'_>, lanes: &Lanes, plot: &Plot<'_, '_>) {
    let Frame { left, right, bottom, .. } = plot.frame;
    let y = 24.0;
    canvas.line(&[(left, y), (right, y)], Role::Axis.stroke(), 1.0);
    let few = lanes.events_s.len() <= 60;
    for &event in lanes.events_s.iter().filter(|_| few) {
        let (x, _) = plot.at((event, 0.0));
        canvas.line(&[(x, y), (x, bottom)], Role::Axis.stroke().alpha(0.45), 0.75);
    }
    let radius = if few { 4.0 } else { 2.5 };
    for &event in &lanes.events_s {
        canvas.shape((plot.at((event, 0.0)).0, y), Shape::Diamond, radius, Role::Text.stroke(), false);
    }
    let is_ringed = misses_chosen(lanes) || attempts::are_shown(lanes);
    let chosen = lanes.events_s.get(lanes.chosen).filter(|_| is_ringed);
    if let Some(&chosen) = chosen {
        let (x, _) = plot.at((chosen, 0.0));
        canvas.line(&[(x, y), (x, bottom)], Role::Text.stroke().alpha(0.6), 1.0);
        canvas.ring((x, y), 8.0, Role::Text.stroke(), 1.25);
    }
    canvas.text((14.0, y - 6.0), "source", NAME);
    canvas.text((14.0, y + 8.0), counted(lanes.events_s.len() as u64, "event", "events"), SMALL);
}

/// A bar from each event until the client knew it; beyond the stretch it runs to the edge. Those that find no room are
/// counted: where the first of them begins, and how many they are.
fn paint_waits(
    canvas: &Canvas<'_>,
    lanes: &Lanes,
    lane: &Lane,
    plot: &Plot<'_, '_>,
    baseline: f64,
    role: Role,
) -> Option<(f64, u64)> {
    let right = plot.frame.right;
    let bars = lanes.events_s.iter().zip(&lane.held).enumerate().filter_map(|(event, (&occurred, held))| {
        let from = plot.at((occurred, 0.0)).0;
        let to = match held {
            Held::At(held_s) => libm::fmax(plot.at((*held_s, 0.0)).0, from + 1.5),
            Held::Never => right,
            Held::Unwanted => return None,
        };
        Some(Bar { event, from, to, held: *held })
    });
    let mut unseen: Option<(f64, u64)> = None;
    for (Bar { from, to, held, .. }, row) in rows(bars.collect(), lanes.chosen) {
        let Some(row) = row else {
            let (first, number) = unseen.unwrap_or((from, 0));
            unseen = Some((libm::fmin(first, from), number + 1));
            continue;
        };
        let y = baseline - 9.0 - row as f64 * BAR_PITCH;
        let stroke = match held {
            Held::At(_) | Held::Unwanted => role.stroke().alpha(WAITING),
            Held::Never => Role::Text.stroke().hatch(Hatch::Crossed),
        };
        canvas.rectangle((from, y - 1.75), (to, y + 1.75), stroke);
    }
    unseen
}

/// The wait of one event.
#[derive(Clone, Copy, Debug)]
struct Bar {
    event: usize,
    from: f64,
    to: f64,
    held: Held,
}

/// The bars, each with its row, counted from the requests up; None where there is no room. The event for which the stretch
/// was chosen takes its row first, then what never came: these must be seen.
fn rows(mut bars: Vec<Bar>, chosen: usize) -> Vec<(Bar, Option<usize>)> {
    bars.sort_by_key(|bar| (bar.event != chosen, bar.held != Held::Never));
    let mut rows: [Vec<(f64, f64)>; BAR_ROWS] = Default::default();
    let row = |bar: Bar| {
        let row = rows.iter_mut().position(|taken| claim(taken, (bar.from, bar.to + 2.0)));
        (bar, row)
    };
    bars.into_iter().map(row).collect()
}

/// Says above the bars how many more are not drawn, and returns the stretch that the words take.
fn paint_unseen(
    canvas: &Canvas<'_>,
    plot: &Plot<'_, '_>,
    top: f64,
    (from, number): (f64, u64),
) -> (f64, f64) {
    let words = format!("+ {} more waiting", count(number));
    let half = SMALL.width(&words) / 2.0 + 3.0;
    let middle = libm::fmin(from + half, plot.frame.right - half);
    strips::boxed(canvas, (middle, top + 11.0), &words);
    (middle - half, middle + half)
}

fn paint_name(canvas: &Canvas<'_>, subject: &Subject<'_>, lane: &Lane, top: f64) {
    let style = subject.style(lane.client);
    let y = top + 16.0;
    canvas.symbol((18.0, y), style, 4.0);
    let name = NAME.role(style.stroke().role);
    let names = two_lines(name, subject.name(lane.client), NAMES - 42.0);
    let below = y + names.len() as f64 * 15.0 + 1.0;
    for (row, label) in names.into_iter().enumerate() {
        canvas.text((28.0, y + row as f64 * 15.0), label, name);
    }
    // A number and what it counts stay on one line.
    let words = tallies(lane).iter().map(|tally| tally.replace(' ', "\u{a0}")).collect::<Vec<_>>();
    let rows = SMALL.wrap(&words.join(", "), NAMES - 48.0);
    for (row, text) in rows.into_iter().enumerate() {
        canvas.text((28.0, below + row as f64 * 15.0), text, SMALL);
    }
}

/// A name in one line or two; what does not fit into the second is in the tooltip alone.
fn two_lines(letters: Letters, name: &str, room: f64) -> Vec<Label> {
    let lines = letters.wrap(name, room);
    if lines.iter().all(|line| line.full.is_none()) && lines.len() <= 2 {
        return lines;
    }
    let first = lines.first().map_or_else(String::new, |line| line.shown.clone());
    let rest = match name.strip_prefix(&first) {
        Some(rest) => rest.trim_start().to_owned(),
        // The first word is too wide by itself.
        None => return vec![letters.fit(name, room)],
    };
    let second = letters.fit(&rest, room).shown;
    [first, second].map(|shown| Label { shown, full: Some(name.to_owned()) }).into()
}

#[cfg(test)]
mod tests;
