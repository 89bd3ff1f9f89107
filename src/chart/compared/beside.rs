//! The event with the largest difference: how BASE and OTHER came to know it, on one axis of time since it occurred.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::letters::{NAME, SMALL};
use super::super::plot::{Frame, Plot};
use super::super::story::{LEAST_S, paint_lane};
use super::super::style::Shape;
use super::super::text::clean;
use super::super::{Sketch, WIDTH};
use super::{Shown, clients, sentences};
use crate::compare::{Beside, Comparison, Pictured};
use crate::study::figures::{Asked, MarkKind, Told};
use crate::study::human::{self, duration};

pub(super) fn says(comparison: &Comparison) -> bool {
    comparison.pictured.iter().any(differs)
}

fn differs(client: &Pictured) -> bool {
    client.beside.is_some()
}

/// Clients that are told.
const MOST: usize = 3;

fn shown(comparison: &Comparison) -> Vec<Shown<'_>> {
    let mut shown = clients(comparison, differs);
    shown.truncate(MOST);
    shown
}

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let shown = shown(comparison);
    let height = shown.len().max(1) as f64 * CLIENT + BELOW;
    let names = [0, 1].map(|side: usize| clean(&comparison.sides[side].name));
    let body = draw((WIDTH, height), |canvas| paint(canvas, &names, &shown));
    let told = each(&shown).map(|(client, beside)| {
        let [base, other] = &beside.told;
        let known = |told: &Told, name: &str| match told.story.known_after_s {
            Some(known) => format!("known after {} in {}", duration(known), human::name(name)),
            None => format!("never known in {}", human::name(name)),
        };
        format!(
            "{}: {}, {} into the run, is {} and {}.",
            client.name,
            other.event,
            duration(other.story.occurred_s),
            known(other, &names[1]),
            known(base, &names[0])
        )
    });
    let subtitle = sentences(told);
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

fn each<'s>(shown: &'s [Shown<'_>]) -> impl Iterator<Item = (&'s Shown<'s>, &'s Beside)> {
    shown.iter().filter_map(|client| Some((client, client.of.beside.as_ref()?)))
}

/// Times that differ by less than that factor stand on a linear axis.
const NEAR: f64 = 40.0;

/// Height of a client: its name and two lanes.
const CLIENT: f64 = HEADING + 2.0 * LANE + 10.0;
const HEADING: f64 = 26.0;
const LANE: f64 = 78.0;
/// From the top of a lane to its line.
const BASELINE: f64 = 40.0;
/// Room for the axis.
const BELOW: f64 = 44.0;
const LEFT: f64 = 120.0;
const RIGHT: f64 = 24.0;

fn paint(canvas: &Canvas<'_>, names: &[String; 2], shown: &[Shown<'_>]) {
    let times = || {
        each(shown).flat_map(|(_, beside)| &beside.told).flat_map(|told| {
            let attempts = told.story.attempts.iter().flat_map(|one| [one.sent_after_s, one.ended_after_s]);
            attempts.chain(told.story.known_after_s).filter(|time| *time >= LEAST_S)
        })
    };
    let asked = || each(shown).flat_map(|(_, beside)| &beside.told).flat_map(|told| &told.asked);
    let (least, greatest) = (times().fold(f64::INFINITY, libm::fmin), times().fold(LEAST_S, libm::fmax));
    // Times of about one size are seen best from zero on; others need a scale on which each delay has room.
    let x = if greatest < NEAR * least {
        Axis::moments((0.0, 1.04 * greatest), 7)
    } else {
        Axis::log_time(times().chain(asked().map(|one| one.sent_after_s).filter(|time| *time >= LEAST_S)))
    };
    let frame = Frame { left: LEFT, top: 4.0, right: WIDTH - RIGHT, bottom: canvas.height - BELOW };
    let plot = Plot::new(canvas, frame, x, Axis::shares());
    plot.level_axis("time since the event occurred");
    for (place, (client, beside)) in each(shown).enumerate() {
        let top = 4.0 + place as f64 * CLIENT;
        let role = client.style.stroke().role;
        // The lines of the axis end below the words.
        canvas.rectangle((LEFT - 2.0, top), (WIDTH, top + HEADING), Role::Paper.stroke());
        canvas.symbol((16.0, top + 12.0), client.style, 4.0);
        let letters = NAME.role(role);
        let [_, other] = &beside.told;
        let words = format!("{}, {} into the run", other.event, duration(other.story.occurred_s));
        let name = letters.fit(&client.name, WIDTH - 80.0 - SMALL.width(&words));
        let end = 26.0 + letters.width(&name.shown) + 12.0;
        canvas.text((26.0, top + 12.0), name, letters);
        canvas.text((end, top + 12.0), words, SMALL);
        for (side, told) in beside.told.iter().enumerate() {
            let baseline = top + HEADING + side as f64 * LANE + BASELINE;
            let title = ["BASE", "OTHER"][side];
            canvas.text((12.0, baseline - 8.0), title, NAME.role(Role::Text));
            canvas.text((12.0, baseline + 8.0), SMALL.fit(&names[side], LEFT - 24.0), SMALL);
            paint_lane(canvas, role, &told.story, &plot, baseline);
            for asked in &told.asked {
                paint_asked(canvas, &plot, role, asked, baseline);
            }
        }
    }
}

fn paint_asked(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, role: Role, asked: &Asked, baseline: f64) {
    let x = |after_s: f64| plot.at((after_s, 0.0)).0;
    let at = (x(asked.sent_after_s), baseline);
    let line = |width: f64| canvas.line(&[at, (x(asked.ended_after_s), baseline)], role.stroke(), width);
    match asked.kind {
        MarkKind::AskedInVain => {
            canvas.disc(at, 3.5, Role::Paper.stroke());
            canvas.ring(at, 3.5, role.stroke(), 1.25);
        }
        MarkKind::AskedAndGot => {
            line(1.25);
            canvas.disc(at, 3.5, role.stroke());
        }
        MarkKind::AskedAndFailed => canvas.cross(at, 4.0, Role::Text.stroke()),
        MarkKind::Connected => {
            line(1.25);
            canvas.shape(at, Shape::Square, 4.0, role.stroke(), false);
        }
        MarkKind::Streamed => canvas.shape(at, Shape::TriangleDown, 4.5, role.stroke(), false),
        // The deliveries are the lane's.
        MarkKind::Delivery
        | MarkKind::Retry
        | MarkKind::Duplicate
        | MarkKind::NotKept
        | MarkKind::Unacknowledged
        | MarkKind::FailedAttempt => {}
    }
}
