//! The story of one event for each webhook: when each attempt was sent, how it ended, and when the event was known. Time
//! is since the event occurred, on a logarithmic scale, because each delay is a multiple of the one before.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::letters::{NAME, SMALL};
use super::plot::{Frame, Plot};
use super::strips;
use super::stroke::{Hatch, WAITING};
use super::style::Shape;
use super::text::counted;
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Attempt, AttemptEnd, Figures, Story};
use crate::study::human::duration;

/// Whether a delivery took more than one attempt.
pub(super) fn says(figures: &Figures) -> bool {
    !figures.stories.is_empty()
}

/// Whether a party of a story was down.
pub(super) fn has_outages(figures: &Figures) -> bool {
    figures.stories.iter().any(|story| !story.down_s.is_empty())
}

/// Whether an attempt brought an event without an answer in time.
pub(super) fn has_unacknowledged(figures: &Figures) -> bool {
    let mut attempts = figures.stories.iter().flat_map(|story| &story.attempts);
    attempts.any(|attempt| attempt.end == AttemptEnd::Unacknowledged)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let stories = &subject.figures.stories;
    let height = stories.len().max(1) as f64 * LANE + BELOW;
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, stories));
    Sketch { subtitle: subtitle(subject, stories), description: description(subject, stories), height, body }
}

/// Height of the lane of one story.
const LANE: f64 = 96.0;
/// Room for the axis.
const BELOW: f64 = 44.0;
/// From the top of a lane to the line on which its attempts stand.
const BASELINE: f64 = 54.0;
const LEFT: f64 = 24.0;
/// Attempts that are closer than this share their words.
const NEAR: f64 = 12.0;

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, stories: &[Story]) {
    let times = stories.iter().flat_map(|story| {
        let attempts =
            story.attempts.iter().flat_map(|attempt| [attempt.sent_after_s, attempt.ended_after_s]);
        attempts.chain(story.known_after_s)
    });
    let x = Axis::log_time(times.filter(|time| *time >= LEAST_S));
    let frame = Frame { left: LEFT, top: 4.0, right: WIDTH - LEFT, bottom: canvas.height - BELOW };
    let plot = Plot::new(canvas, frame, x, Axis::shares());
    plot.level_axis("time since the event occurred");
    for (place, story) in stories.iter().enumerate() {
        paint_story(canvas, subject, story, &plot, 4.0 + place as f64 * LANE);
    }
}

/// Shorter times are at the left edge: an attempt at once is sent after no time at all.
pub(super) const LEAST_S: f64 = 1e-3;

fn paint_story(canvas: &Canvas<'_>, subject: &Subject<'_>, story: &Story, plot: &Plot<'_, '_>, top: f64) {
    let style = subject.style(story.client);
    let role = style.stroke().role;
    canvas.symbol((LEFT + 4.0, top + 10.0), style, 4.0);
    let words = format!("{}, {} into the run", story.because, duration(story.occurred_s));
    let letters = NAME.role(role);
    let name = letters.fit(subject.name(story.client), WIDTH - 2.0 * LEFT - 32.0 - SMALL.width(&words));
    let end = LEFT + 14.0 + letters.width(&name.shown) + 12.0;
    canvas.text((LEFT + 14.0, top + 10.0), name, letters);
    canvas.text((end, top + 10.0), words, SMALL);
    paint_lane(canvas, role, story, plot, top + BASELINE);
}

/// The attempts of one event along the line at that height, and the bar until it was known above them.
pub(super) fn paint_lane(canvas: &Canvas<'_>, role: Role, story: &Story, plot: &Plot<'_, '_>, baseline: f64) {
    let x = |after_s: f64| plot.at((after_s, 0.0)).0;
    for &(from, until) in story.down_s.iter().filter(|(_, until)| *until > plot.x.from) {
        let (from, to) = (x(from), x(until));
        let stroke = Role::Axis.stroke().hatch(Hatch::Falling).alpha(0.7);
        canvas.rectangle((from, baseline - 30.0), (to, baseline + 9.0), stroke);
    }
    canvas.line(&[(plot.frame.left, baseline), (plot.frame.right, baseline)], role.stroke().alpha(0.35), 1.0);
    let last = story.attempts.last().map_or(0.0, |attempt| attempt.ended_after_s);
    let bar = |to: f64, stroke| {
        canvas.rectangle((plot.frame.left, baseline - 12.0), (x(to), baseline - 8.0), stroke);
    };
    let (at, known) = match story.known_after_s {
        Some(known) => {
            bar(known, role.stroke().alpha(WAITING));
            let how = if story.found { "found by a poll" } else { "known" };
            (x(known), format!("{how} after {}", duration(known)))
        }
        None => {
            bar(last, Role::Text.stroke().hatch(Hatch::Crossed));
            (x(last), "never known".to_owned())
        }
    };
    let half = SMALL.width(&known) / 2.0 + 4.0;
    let middle = at.clamp(plot.frame.left + half, plot.frame.right - half);
    strips::boxed(canvas, (middle, baseline - 20.0), &known);
    for attempt in &story.attempts {
        paint_attempt(canvas, (x(attempt.sent_after_s), baseline), attempt, role);
    }
    paint_words(canvas, story, plot, baseline + 19.0);
}

fn paint_attempt(canvas: &Canvas<'_>, at: (f64, f64), attempt: &Attempt, role: Role) {
    match attempt.end {
        AttemptEnd::Delivered => canvas.shape(at, Shape::Triangle, 5.0, role.stroke(), false),
        AttemptEnd::Again => canvas.shape(at, Shape::Triangle, 4.5, role.stroke(), true),
        AttemptEnd::Unacknowledged => {
            canvas.shape(at, Shape::Triangle, 5.0, role.stroke(), false);
            canvas.cross(at, 4.0, Role::Text.stroke());
        }
        AttemptEnd::Failed | AttemptEnd::NotKept => canvas.cross(at, 4.0, Role::Text.stroke()),
    }
}

/// Attempts that are close together, and end alike.
struct Group<'s> {
    from: f64,
    to: f64,
    first: u32,
    last: u32,
    status: &'s str,
}

impl Group<'_> {
    /// `4–7: refused`.
    fn in_words(&self) -> String {
        format!("{}: {}", self.numbers(), self.status)
    }

    fn numbers(&self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            format!("{}–{}", self.first, self.last)
        }
    }
}

/// The number and the end of each attempt, under it; where there is no room for both, the number.
fn paint_words(canvas: &Canvas<'_>, story: &Story, plot: &Plot<'_, '_>, y: f64) {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for attempt in &story.attempts {
        let at = plot.at((attempt.sent_after_s, 0.0)).0;
        match groups.last_mut() {
            Some(group) if at - group.to < NEAR && group.status == attempt.status => {
                (group.to, group.last) = (at, attempt.number);
            }
            _ => groups.push(Group {
                from: at,
                to: at,
                first: attempt.number,
                last: attempt.number,
                status: &attempt.status,
            }),
        }
    }
    let Frame { left, right, .. } = plot.frame;
    let stretch = |group: &Group<'_>, words: &str| {
        let half = SMALL.width(words) / 2.0 + 4.0;
        let middle = ((group.from + group.to) / 2.0).clamp(left + half, right - half);
        (middle - half, middle + half)
    };
    // The last is the most important, then the first.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&place| (place + 1 != groups.len(), place));
    // Each of the others has its number before any has more.
    let mut taken: Vec<Option<((f64, f64), String)>> = vec![None; groups.len()];
    for (number, in_full) in [(1, true), (groups.len(), false), (groups.len(), true)] {
        for &place in order.iter().take(number) {
            let group = &groups[place];
            let words = if in_full { group.in_words() } else { group.numbers() };
            if taken[place].as_ref().is_some_and(|(_, own)| own.len() >= words.len()) {
                continue;
            }
            let (from, to) = stretch(group, &words);
            let others = (0..groups.len()).filter(|other| *other != place);
            let mut others = others.filter_map(|other| taken[other].as_ref());
            if others.all(|((start, end), _)| to <= *start || from >= *end) {
                taken[place] = Some(((from, to), words));
            }
        }
    }
    for ((from, to), words) in taken.into_iter().flatten() {
        strips::boxed(canvas, ((from + to) / 2.0, y), &words);
    }
}

/// `5 attempts, known after 35 min`.
fn in_words(story: &Story) -> String {
    let attempts = counted(story.attempts.len() as u64, "attempt", "attempts");
    let over_s = story.attempts.last().map_or(0.0, |attempt| attempt.ended_after_s);
    match story.known_after_s {
        Some(known) if story.found => format!("{attempts}, found by a poll after {}", duration(known)),
        Some(known) => format!("{attempts}, known after {}", duration(known)),
        None => format!("{attempts} in {}, never known", duration(over_s)),
    }
}

fn subtitle(subject: &Subject<'_>, stories: &[Story]) -> String {
    let mut told: Vec<&Story> = stories.iter().filter(|story| subject.speaks_of(story.client)).collect();
    if told.is_empty() {
        told = stories.iter().take(2).collect();
    }
    let told =
        told.iter().take(3).map(|story| format!("{}: {}", subject.named(story.client), in_words(story)));
    format!("{}.", told.collect::<Vec<_>>().join("; "))
}

fn description(subject: &Subject<'_>, stories: &[Story]) -> String {
    let mut text = String::from("Every attempt to deliver one event.");
    for story in stories {
        let each = story.attempts.iter().map(|attempt| {
            format!("attempt {} after {} {}", attempt.number, duration(attempt.sent_after_s), attempt.status)
        });
        let each: Vec<String> = each.take(20).collect();
        text += &format!(
            " {}, {}: {} ({}).",
            subject.named(story.client),
            story.because,
            in_words(story),
            each.join(", ")
        );
    }
    text
}
