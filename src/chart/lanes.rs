//! Swim lanes of one stretch of the run: who calls whom, and how long each event waits until a client knows it. The
//! stretch and what is left out of it were chosen where the figures were made, and are stated.

use super::axis::{Axis, moments_title};
use super::canvas::{Align, Canvas, NAME, SMALL, draw};
use super::ink::{Hatch, Role};
use super::labels::{claim, nothing};
use super::plot::{Frame, Plot};
use super::style::Shape;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Lane, Lanes, Mark, MarkKind};
use crate::study::human::{count, duration};

pub(super) fn sketch(subject: &Subject<'_>) -> Option<Sketch> {
    let lanes = subject.figures.lanes.as_ref()?;
    let height = SOURCE_BOTTOM + lanes.lanes.len().max(1) as f64 * LANE + 46.0;
    let body = draw("lanes", (WIDTH, height), |canvas| {
        if lanes.events_s.is_empty() && lanes.lanes.iter().all(|lane| lane.marks.is_empty()) {
            nothing(canvas, "Nothing happened in this stretch.");
        } else {
            paint(canvas, subject, lanes);
        }
    });
    Some(Sketch {
        subtitle: subtitle(subject, lanes),
        description: description(subject, lanes),
        height,
        body,
    })
}

/// Room for the names at the left.
const NAMES: f64 = 158.0;
const SOURCE_BOTTOM: f64 = 44.0;
/// Height of a lane.
const LANE: f64 = 94.0;
/// From the top of a lane to the line on which its requests stand.
const BASELINE: f64 = 66.0;
/// Bars of waiting events that find room above each other.
const BAR_ROWS: usize = 9;
const BAR_PITCH: f64 = 5.0;

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, lanes: &Lanes) {
    let frame = Frame { left: NAMES, top: 8.0, right: WIDTH - 24.0, bottom: canvas.height - 46.0 };
    let unused = Axis::shares();
    let plot = Plot::new(canvas, frame, Axis::moments(lanes.span_s, 7), unused);
    plot.level_axis(&moments_title(&plot.x));
    paint_events(canvas, lanes, &plot);
    for (place, lane) in lanes.lanes.iter().enumerate() {
        let top = SOURCE_BOTTOM + place as f64 * LANE;
        strips::hatch_outages(canvas, subject, lane.client, &plot, (top + 4.0, top + LANE - 4.0));
        let style = subject.style(lane.client);
        let baseline = top + BASELINE;
        canvas.line(&[(frame.left, baseline), (frame.right, baseline)], style.ink().alpha(0.35), 1.0);
        paint_waits(canvas, lanes, lane, &plot, baseline, style.ink().role);
        paint_marks(canvas, lane, &plot, baseline, style.ink().role);
        paint_words(canvas, lane, &plot, baseline);
        paint_name(canvas, subject, lanes, lane, top);
    }
}

/// The source's own lane: a diamond for each event, and a hairline through the lanes where they are few.
fn paint_events(canvas: &Canvas<'_>, lanes: &Lanes, plot: &Plot<'_, '_>) {
    let Frame { left, right, bottom, .. } = plot.frame;
    let y = 24.0;
    canvas.line(&[(left, y), (right, y)], Role::Axis.ink(), 1.0);
    let few = lanes.events_s.len() <= 60;
    for &event in lanes.events_s.iter().filter(|_| few) {
        let (x, _) = plot.at((event, 0.0));
        canvas.line(&[(x, y), (x, bottom)], Role::Axis.ink().alpha(0.45), 0.75);
    }
    let radius = if few { 4.0 } else { 2.5 };
    for &event in &lanes.events_s {
        canvas.shape((plot.at((event, 0.0)).0, y), Shape::Diamond, radius, Role::Text.ink(), false);
    }
    canvas.text((14.0, y - 6.0), "source", NAME);
    canvas.text((14.0, y + 8.0), &counted(lanes.events_s.len() as u64, "event", "events"), SMALL);
}

/// A bar from each event until the client knew it; beyond the stretch it runs to the edge.
fn paint_waits(
    canvas: &Canvas<'_>,
    lanes: &Lanes,
    lane: &Lane,
    plot: &Plot<'_, '_>,
    baseline: f64,
    role: Role,
) {
    let right = plot.frame.right;
    let mut row_ends = [f64::NEG_INFINITY; BAR_ROWS];
    for (&event, held) in lanes.events_s.iter().zip(&lane.held_s) {
        let from = plot.at((event, 0.0)).0;
        let to = held.map_or(right, |held| libm::fmax(plot.at((held, 0.0)).0, from + 1.5));
        let earliest =
            (0..BAR_ROWS).min_by(|one, other| row_ends[*one].total_cmp(&row_ends[*other])).unwrap_or(0);
        let row = (0..BAR_ROWS).find(|row| row_ends[*row] + 2.0 <= from).unwrap_or(earliest);
        row_ends[row] = libm::fmax(row_ends[row], to);
        let y = baseline - 9.0 - row as f64 * BAR_PITCH;
        let ink = match held {
            Some(_) => role.ink().alpha(0.55),
            None => Role::Text.ink().hatch(Hatch::Crossed),
        };
        canvas.rectangle((from, y - 1.75), (to, y + 1.75), ink);
    }
}

fn paint_marks(canvas: &Canvas<'_>, lane: &Lane, plot: &Plot<'_, '_>, baseline: f64, role: Role) {
    let room = (plot.frame.right - plot.frame.left) / lane.marks.len().max(1) as f64;
    let radius = (room * 0.42).clamp(1.5, 4.0);
    for mark in &lane.marks {
        let (sent, ended) = (plot.at((mark.sent_s, 0.0)).0, plot.at((mark.ended_s, 0.0)).0);
        if ended - sent > radius + 1.5 {
            canvas.line(&[(sent, baseline), (ended, baseline)], role.ink(), 1.5);
        }
    }
    // What matters more is drawn over what matters less.
    let mut marks: Vec<&Mark> = lane.marks.iter().collect();
    marks.sort_by_key(|mark| mark.kind);
    for mark in marks {
        paint_mark(canvas, (plot.at((mark.sent_s, 0.0)).0, baseline), mark.kind, radius, role);
    }
}

fn paint_mark(canvas: &Canvas<'_>, at: (f64, f64), kind: MarkKind, radius: f64, role: Role) {
    let ink = role.ink();
    match kind {
        MarkKind::EmptyPoll => canvas.shape(at, Shape::Circle, radius, ink, true),
        MarkKind::UsefulPoll => canvas.shape(at, Shape::Circle, radius + 0.5, ink, false),
        MarkKind::Delivery => canvas.shape(at, Shape::Triangle, radius, ink, false),
        MarkKind::Retry => canvas.shape(at, Shape::Triangle, radius + 0.5, ink, true),
        MarkKind::Duplicate => {
            canvas.shape((at.0, at.1 - radius * 0.8), Shape::Triangle, radius, ink, true);
            canvas.shape((at.0, at.1 + radius * 0.8), Shape::Triangle, radius, ink, true);
        }
        MarkKind::FailedPoll | MarkKind::FailedAttempt => {
            canvas.cross(at, libm::fmax(radius, 2.5), Role::Text.ink());
        }
    }
}

/// What each kind of mark is, written once under one of them where there is room.
fn paint_words(canvas: &Canvas<'_>, lane: &Lane, plot: &Plot<'_, '_>, baseline: f64) {
    let Frame { left, right, .. } = plot.frame;
    let mut taken = Vec::new();
    for kind in KINDS {
        let word = word(kind);
        let half = SMALL.width(word) / 2.0 + 4.0;
        for mark in lane.marks.iter().filter(|mark| mark.kind == kind) {
            let x = plot.at((mark.sent_s, 0.0)).0;
            if x - half >= left && x + half <= right && claim(&mut taken, (x - half, x + half)) {
                canvas.text((x, baseline + 15.0), word, SMALL.align(Align::Centre));
                break;
            }
        }
    }
}

/// The rare kinds look for room first.
const KINDS: [MarkKind; 7] = [
    MarkKind::Duplicate,
    MarkKind::Retry,
    MarkKind::FailedAttempt,
    MarkKind::FailedPoll,
    MarkKind::Delivery,
    MarkKind::UsefulPoll,
    MarkKind::EmptyPoll,
];

fn word(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::EmptyPoll => "empty poll",
        MarkKind::UsefulPoll => "poll with news",
        MarkKind::FailedPoll => "failed poll",
        MarkKind::Delivery => "delivered",
        MarkKind::Retry => "retry delivered",
        MarkKind::Duplicate => "duplicate",
        MarkKind::FailedAttempt => "failed try",
    }
}

fn paint_name(canvas: &Canvas<'_>, subject: &Subject<'_>, lanes: &Lanes, lane: &Lane, top: f64) {
    let style = subject.style(lane.client);
    let y = top + 26.0;
    canvas.symbol((18.0, y), style, 4.0);
    let name = NAME.role(style.ink().role);
    canvas.text((28.0, y), &name.fit(subject.name(lane.client), NAMES - 42.0), name);
    for (row, text) in tallies(lanes, lane).iter().enumerate() {
        canvas.text((28.0, y + 15.0 + row as f64 * 14.0), text, SMALL);
    }
}

/// What the client sent or was sent in the stretch, in up to three rows.
fn tallies(lanes: &Lanes, lane: &Lane) -> Vec<String> {
    let number =
        |kinds: &[MarkKind]| lane.marks.iter().filter(|mark| kinds.contains(&mark.kind)).count() as u64;
    let polls = number(&[MarkKind::EmptyPoll, MarkKind::UsefulPoll, MarkKind::FailedPoll]);
    let tries = number(&[MarkKind::Delivery, MarkKind::Retry, MarkKind::Duplicate, MarkKind::FailedAttempt]);
    let failed = number(&[MarkKind::FailedPoll, MarkKind::FailedAttempt]);
    let never = lanes.events_s.iter().zip(&lane.held_s).filter(|(_, held)| held.is_none()).count() as u64;
    let mut rows = Vec::new();
    if polls > 0 {
        rows.push(format!(
            "{}, {} useful",
            counted(polls, "poll", "polls"),
            count(number(&[MarkKind::UsefulPoll]))
        ));
    }
    if tries > 0 {
        rows.push(counted(tries, "delivery try", "delivery tries"));
    }
    if failed + never > 0 {
        let never = if never > 0 { format!(", {} never known", count(never)) } else { String::new() };
        rows.push(format!("{} failed{never}", count(failed)));
    }
    rows
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// The longest wait of an event of the stretch; None where one was never known.
fn longest_wait(lanes: &Lanes, lane: &Lane) -> Option<f64> {
    lanes
        .events_s
        .iter()
        .zip(&lane.held_s)
        .try_fold(0.0, |longest, (event, held)| held.map(|held| libm::fmax(longest, held - event)))
}

fn subtitle(subject: &Subject<'_>, lanes: &Lanes) -> String {
    let (from, to) = lanes.span_s;
    let mut sentences = vec![format!(
        "{} to {} into the run, chosen because {}.",
        duration(from),
        duration(to),
        lanes.chosen_because
    )];
    if !lanes.events_s.is_empty() && lanes.lanes.len() <= 4 {
        let waits: Vec<String> = lanes
            .lanes
            .iter()
            .map(|lane| {
                let wait = longest_wait(lanes, lane).map_or_else(|| "for ever".to_owned(), duration);
                format!("{wait} with {}", subject.name(lane.client))
            })
            .collect();
        sentences.push(format!("The longest wait: {}.", waits.join(", ")));
    }
    if !lanes.left_out.is_empty() {
        sentences.push(format!("Left out: {}.", lanes.left_out));
    }
    sentences.join(" ")
}

fn description(subject: &Subject<'_>, lanes: &Lanes) -> String {
    let mut text = format!("{} in the stretch.", counted(lanes.events_s.len() as u64, "event", "events"));
    for lane in &lanes.lanes {
        let wait = longest_wait(lanes, lane).map_or_else(
            || "some never known".to_owned(),
            |wait| format!("the longest wait {}", duration(wait)),
        );
        let mut parts = tallies(lanes, lane);
        parts.push(wait);
        text += &format!(" {}: {}.", subject.name(lane.client), parts.join(", "));
    }
    text
}
