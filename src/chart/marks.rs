//! The requests of one swim lane: a symbol for each, by its kind and its result, and the words for the symbols. Events and
//! their waiting times are drawn in `lanes`.

use super::canvas::{Canvas, Point};
use super::colours::Role;
use super::labels::claim;
use super::letters::SMALL;
use super::plot::{Frame, Plot};
use super::strips;
use super::style::Shape;
use crate::study::figures::{Figures, Lane, Mark, MarkKind};

/// Whether a request of the lanes was under way for so long that its line can be seen.
pub(super) fn has_flights(figures: &Figures) -> bool {
    figures.lanes.as_ref().is_some_and(|lanes| {
        let visible = (lanes.span_s.1 - lanes.span_s.0) / 100.0;
        lanes.lanes.iter().flat_map(|lane| &lane.marks).any(|mark| mark.ended_s - mark.sent_s > visible)
    })
}

/// Whether the lanes show a request of a client's own.
pub(super) fn has_polls(figures: &Figures) -> bool {
    has(figures, &[MarkKind::AskedInVain, MarkKind::AskedAndGot])
}

/// Whether the lanes show a connection that stays.
pub(super) fn has_connections(figures: &Figures) -> bool {
    has(figures, &[MarkKind::Connected])
}

/// Whether the lanes show a delivery.
pub(super) fn has_deliveries(figures: &Figures) -> bool {
    has(figures, &[MarkKind::Delivery, MarkKind::Retry, MarkKind::Duplicate, MarkKind::Unacknowledged])
}

/// Whether the lanes show a failure.
pub(super) fn has_failures(figures: &Figures) -> bool {
    has(figures, &[MarkKind::AskedAndFailed, MarkKind::FailedAttempt, MarkKind::NotKept])
}

/// Whether the lanes show a delivery that brought an event without an answer in time.
pub(super) fn has_unacknowledged(figures: &Figures) -> bool {
    has(figures, &[MarkKind::Unacknowledged])
}

fn has(figures: &Figures, kinds: &[MarkKind]) -> bool {
    let lanes = figures.lanes.iter().flat_map(|lanes| &lanes.lanes);
    lanes.flat_map(|lane| &lane.marks).any(|mark| kinds.contains(&mark.kind))
}

pub(super) fn paint_marks(
    canvas: &Canvas<'_>,
    (lane, from_s): (&Lane, f64),
    plot: &Plot<'_, '_>,
    baseline: f64,
    role: Role,
) {
    let room = (plot.frame.right - plot.frame.left) / lane.marks.len().max(1) as f64;
    let radius = (room * 0.42).clamp(1.5, 4.0);
    for mark in &lane.marks {
        let (sent, ended) = (plot.at((mark.sent_s, 0.0)).0, plot.at((mark.ended_s, 0.0)).0);
        if ended - sent > radius + 1.5 {
            canvas.line(&[(sent, baseline), (ended, baseline)], role.stroke(), 1.5);
        }
    }
    // The more important marks are drawn last, over the others.
    let mut marks: Vec<&Mark> = lane.marks.iter().collect();
    marks.sort_by_key(|mark| mark.kind);
    let (empty, others): (Vec<&Mark>, Vec<&Mark>) =
        marks.into_iter().partition(|mark| mark.kind == MarkKind::AskedInVain);
    // There may be very many of these. All their insides, then all their rings, make only two paths.
    let centres: Vec<Point> = empty.iter().map(|mark| (plot.at((mark.sent_s, 0.0)).0, baseline)).collect();
    centres.iter().for_each(|centre| canvas.disc(*centre, radius, Role::Paper.stroke()));
    centres.iter().for_each(|centre| canvas.ring(*centre, radius - 0.5, role.stroke(), 1.25));
    // A connection that was opened before the stretch is only a line.
    let is_seen = |mark: &&Mark| mark.kind != MarkKind::Connected || mark.sent_s >= from_s;
    for mark in others.into_iter().filter(is_seen) {
        paint_mark(canvas, (plot.at((mark.sent_s, 0.0)).0, baseline), mark.kind, radius, role);
    }
}

fn paint_mark(canvas: &Canvas<'_>, at: (f64, f64), kind: MarkKind, radius: f64, role: Role) {
    let stroke = role.stroke();
    match kind {
        MarkKind::AskedInVain => canvas.shape(at, Shape::Circle, radius, stroke, true),
        MarkKind::AskedAndGot => canvas.shape(at, Shape::Circle, radius + 0.5, stroke, false),
        MarkKind::Connected => canvas.shape(at, Shape::Square, radius, stroke, true),
        MarkKind::Streamed => canvas.shape(at, Shape::TriangleDown, radius, stroke, false),
        MarkKind::Delivery => canvas.shape(at, Shape::Triangle, radius, stroke, false),
        MarkKind::Retry => canvas.shape(at, Shape::Triangle, radius + 0.5, stroke, true),
        MarkKind::Duplicate => {
            canvas.shape((at.0, at.1 - radius * 0.8), Shape::Triangle, radius, stroke, true);
            canvas.shape((at.0, at.1 + radius * 0.8), Shape::Triangle, radius, stroke, true);
        }
        MarkKind::Unacknowledged => {
            canvas.shape(at, Shape::Triangle, radius + 1.0, stroke, false);
            canvas.cross(at, libm::fmax(radius, 2.5), Role::Text.stroke());
        }
        MarkKind::AskedAndFailed | MarkKind::FailedAttempt | MarkKind::NotKept => {
            canvas.cross(at, libm::fmax(radius, 2.5), Role::Text.stroke());
        }
    }
}

/// What each kind of mark is, and each retry, on paper of its own, written once under one of them where there is room.
/// `taken` is where other words stand already: the numbers of a delivery's attempts, beside which retries have none.
pub(super) fn paint_words(
    canvas: &Canvas<'_>,
    lane: &Lane,
    plot: &Plot<'_, '_>,
    baseline: f64,
    mut taken: Vec<(f64, f64)>,
) {
    let Frame { left, right, .. } = plot.frame;
    let numbered = taken.is_empty();
    for kind in KINDS {
        let mut named = None;
        for mark in lane.marks.iter().filter(|mark| mark.kind == kind) {
            // One word for each kind, and one for each later attempt.
            if named.is_some_and(|attempt| mark.attempt <= attempt || !numbered) {
                continue;
            }
            let word = word(mark, numbered);
            let half = SMALL.width(&word) / 2.0 + 4.0;
            let x = plot.at((mark.sent_s, 0.0)).0;
            if x - half >= left && x + half <= right && claim(&mut taken, (x - half, x + half)) {
                strips::boxed(canvas, (x, baseline + WORDS), &word);
                named = Some(mark.attempt);
            }
        }
    }
}

/// From the line of the requests down to the words under it.
pub(super) const WORDS: f64 = 17.0;

/// The rare kinds look for room first.
const KINDS: [MarkKind; 11] = [
    MarkKind::NotKept,
    MarkKind::Duplicate,
    MarkKind::Retry,
    MarkKind::Unacknowledged,
    MarkKind::FailedAttempt,
    MarkKind::AskedAndFailed,
    MarkKind::Connected,
    MarkKind::Streamed,
    MarkKind::Delivery,
    MarkKind::AskedAndGot,
    MarkKind::AskedInVain,
];

/// What the request was; of an attempt after the first, which retry it is, where they are numbered.
fn word(mark: &Mark, numbered: bool) -> String {
    let retry = if numbered { mark.attempt.saturating_sub(1) } else { 0 };
    let request = mark.channel.words().request;
    match mark.kind {
        MarkKind::AskedInVain => format!("empty {request}"),
        MarkKind::AskedAndGot => format!("useful {request}"),
        MarkKind::AskedAndFailed => format!("failed {request}"),
        MarkKind::Connected => "connected".to_owned(),
        MarkKind::Streamed => "event received".to_owned(),
        MarkKind::Delivery => "delivered".to_owned(),
        MarkKind::Retry if retry == 0 => "retry delivered".to_owned(),
        MarkKind::Retry => format!("retry {retry} due: delivered"),
        MarkKind::Duplicate => "duplicate".to_owned(),
        MarkKind::NotKept => "acknowledged, lost".to_owned(),
        MarkKind::Unacknowledged => "delivered, unacknowledged".to_owned(),
        MarkKind::FailedAttempt if retry > 0 => format!("retry {retry} failed"),
        MarkKind::FailedAttempt => "failed attempt".to_owned(),
    }
}
