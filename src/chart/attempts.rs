//! Several attempts of one delivery in a swim lane: a line below them connects them, and each has its number and its
//! result. Other requests are drawn in `marks`.

use super::canvas::Canvas;
use super::colours::Role;
use super::letters::SMALL;
use super::marks::WORDS;
use super::plot::{Frame, Plot};
use super::strips;
use crate::study::figures::{Lane, Lanes, Mark, MarkKind};

/// Whether a lane has several attempts of the delivery that the stretch was chosen for.
pub(super) fn are_shown(lanes: &Lanes) -> bool {
    lanes.lanes.iter().any(|lane| of_chosen(lane).count() > 1)
}

fn of_chosen(lane: &Lane) -> impl Iterator<Item = &Mark> {
    lane.marks.iter().filter(|mark| mark.chosen)
}

/// Ties the attempts under the line on which the requests stand. Returns the stretches that the words take.
pub(super) fn paint(
    canvas: &Canvas<'_>,
    lane: &Lane,
    plot: &Plot<'_, '_>,
    baseline: f64,
    role: Role,
) -> Vec<(f64, f64)> {
    let groups = groups(of_chosen(lane), |mark| plot.at((mark.sent_s, 0.0)).0);
    let attempts = of_chosen(lane).count();
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return Vec::new() };
    if attempts < 2 {
        return Vec::new();
    }
    let Frame { left, right, .. } = plot.frame;
    let (top, thread) = (baseline + 5.0, baseline + 9.0);
    canvas.line(&[(first.from, thread), (last.to, thread)], role.stroke(), 1.25);
    for mark in of_chosen(lane) {
        let (x, _) = plot.at((mark.sent_s, 0.0));
        canvas.line(&[(x, top), (x, thread)], role.stroke(), 1.25);
    }
    let place = |group: &Group, words: &str| {
        let half = SMALL.width(words) / 2.0 + 4.0;
        let middle =
            ((group.from + group.to) / 2.0).clamp(left + half, libm::fmax(right - half, left + half));
        (middle - half, middle + half)
    };
    let mut taken: Vec<(f64, f64)> = groups.iter().map(|group| place(group, &group.numbers())).collect();
    for (at, group) in groups.iter().enumerate() {
        // The result stands beside the number, if the numbers of the others leave room.
        let words = group.in_words();
        let (from, to) = place(group, &words);
        let others = taken.iter().enumerate().filter(|(other, _)| *other != at);
        let is_free = others.map(|(_, other)| other).all(|other| to <= other.0 || from >= other.1);
        let shown = if is_free { words } else { group.numbers() };
        taken[at] = place(group, &shown);
        strips::boxed(canvas, ((taken[at].0 + taken[at].1) / 2.0, baseline + WORDS), &shown);
    }
    taken
}

/// Attempts so near to one another that their numbers would touch.
struct Group {
    from: f64,
    to: f64,
    attempts: (u32, u32),
    /// What came of them; None where that differs.
    kind: Option<MarkKind>,
}

/// Numbers that are closer than this touch.
const NEAR: f64 = 16.0;

fn groups<'m>(marks: impl Iterator<Item = &'m Mark>, x: impl Fn(&Mark) -> f64) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for mark in marks {
        let (at, attempt, kind) = (x(mark), mark.attempt, mark.kind);
        match groups.last_mut() {
            Some(group) if at - group.to < NEAR => {
                group.to = at;
                group.attempts.1 = attempt;
                group.kind = group.kind.filter(|before| *before == kind);
            }
            _ => groups.push(Group { from: at, to: at, attempts: (attempt, attempt), kind: Some(kind) }),
        }
    }
    groups
}

impl Group {
    /// `3`, `1, 2`, `4–7`.
    fn numbers(&self) -> String {
        match self.attempts {
            (first, last) if first == last => first.to_string(),
            (first, last) if first + 1 == last => format!("{first}, {last}"),
            (first, last) => format!("{first}–{last}"),
        }
    }

    /// `1, 2 failed`.
    fn in_words(&self) -> String {
        let numbers = self.numbers();
        match self.kind {
            Some(MarkKind::Unacknowledged) => format!("{numbers} delivered, unacknowledged"),
            Some(MarkKind::FailedAttempt) => format!("{numbers} failed"),
            Some(MarkKind::Delivery | MarkKind::Retry) => format!("{numbers} delivered"),
            Some(MarkKind::NotKept) => format!("{numbers} acknowledged, lost"),
            Some(MarkKind::Duplicate) => format!("{numbers}: duplicate"),
            Some(
                MarkKind::AskedInVain
                | MarkKind::AskedAndGot
                | MarkKind::AskedAndFailed
                | MarkKind::Connected
                | MarkKind::Streamed,
            )
            | None => numbers,
        }
    }
}
