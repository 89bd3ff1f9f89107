//! The share of the events known within a time, of OTHER over BASE, on one scale.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::letters::{Align, SMALL};
use super::super::plot::{Frame, Plot, room_for};
use super::super::stroke::{Dash, Hatch};
use super::super::{Sketch, WIDTH};
use super::{Shown, clients, sentences};
use crate::compare::{Comparison, Lateness, Pictured};
use crate::study::human;

pub(super) fn says(comparison: &Comparison) -> bool {
    comparison.pictured.iter().any(differs)
}

fn differs(client: &Pictured) -> bool {
    client.known.as_ref().is_some_and(|[base, other]| base != other)
}

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let shown = clients(comparison, differs);
    let height = libm::fmax(HEIGHT, end_labels_height(shown.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| paint(canvas, &shown));
    let [base, other] = [&comparison.sides[0].name, &comparison.sides[1].name].map(|name| human::name(name));
    let subtitle = sentences(shown.iter().filter_map(|client| {
        let [before, now] = client.of.known.as_ref()?;
        let lost = match [before, now].map(Lateness::never) {
            [0, 0] => String::new(),
            [before, now] => format!("; never known {now}, before {before}"),
        };
        let [before, now] =
            [before, now].map(|late| late.at(0.5).map_or_else(|| "–".to_owned(), human::time));
        let times = if before == now {
            format!("{now} in both")
        } else {
            format!("{now} in {other}, {before} in {base}")
        };
        Some(format!("{}: the typical event is known after {times}{lost}.", client.name))
    }));
    // The tables have the means of all of them.
    let is_of_several = comparison.sides.iter().any(|side| side.replications > 1);
    let subtitle = if is_of_several { format!("One run of each. {subtitle}") } else { subtitle };
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 230.0;
const SHELF: f64 = 66.0;

fn sides<'s>(shown: &'s [Shown<'_>]) -> impl Iterator<Item = (&'s Shown<'s>, &'s Lateness, bool)> {
    // BASE first, so that OTHER lies over it.
    [false, true].into_iter().flat_map(move |is_other| {
        shown.iter().filter_map(move |client| {
            Some((client, &client.of.known.as_ref()?[usize::from(is_other)], is_other))
        })
    })
}

fn paint(canvas: &Canvas<'_>, shown: &[Shown<'_>]) {
    let has_shelf = sides(shown).any(|(_, late, _)| late.never() > 0);
    let shelf_right = WIDTH - LABELS;
    let shelf_left = shelf_right - SHELF;
    let right = if has_shelf { shelf_left - 12.0 } else { shelf_right };
    let events = sides(shown).map(|(_, late, _)| late.sorted_s.len()).max().unwrap_or(0);
    let shares = Axis::nines(events as u64);
    let frame = Frame { left: room_for(&shares, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let times = sides(shown).flat_map(|(_, late, _)| late.sorted_s.iter().copied());
    let mut plot = Plot::new(canvas, frame, Axis::log_time(times), shares);
    plot.upright_axis("share of all events known");
    plot.level_axis("time since the event occurred");
    for (client, late, is_other) in sides(shown) {
        let (stroke, width) = if is_other {
            (client.style.stroke(), 2.25)
        } else {
            (client.style.stroke().dash(Dash::Fine), 1.25)
        };
        let corners = staircase(late, plot.x.from, plot.x.to);
        plot.line(corners.into_iter(), stroke, width);
    }
    if has_shelf {
        paint_shelf(canvas, shown, &plot, (shelf_left, shelf_right));
    }
    let labels = shown.iter().filter_map(|client| {
        let [before, now] = client.of.known.as_ref()?;
        let level = |late: &Lateness| 1.0 - late.never() as f64 / late.sorted_s.len().max(1) as f64;
        let [was, is] = [before, now].map(|late| late.at(0.99).map_or_else(|| "–".to_owned(), human::time));
        Some(EndLabel {
            end: (shelf_right, plot.at((plot.x.to, level(now))).1),
            style: client.style,
            name: &client.name,
            detail: format!("99 %: {is}, before {was}"),
        })
    });
    end_labels(canvas, shelf_right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}

/// Hanging from the top: what was never known, of each client BASE on the left and OTHER on the right.
fn paint_shelf(canvas: &Canvas<'_>, shown: &[Shown<'_>], plot: &Plot<'_, '_>, (left, right): (f64, f64)) {
    let Frame { top, bottom, .. } = plot.frame;
    canvas.rectangle((left, top), (right, bottom), Role::Grid.stroke().alpha(0.45));
    canvas.line(&[(left, bottom), (right, bottom)], Role::Axis.stroke(), 1.0);
    canvas.text(((left + right) / 2.0, bottom + 14.0), "never", SMALL.align(Align::Centre));
    let slot = (right - left) / shown.len() as f64;
    for (place, client) in shown.iter().enumerate() {
        let middle = left + (place as f64 + 0.5) * slot;
        for (late, x) in client.of.known.iter().flatten().zip([middle - 5.0, middle + 1.0]) {
            let never = late.never() as f64 / late.sorted_s.len().max(1) as f64;
            let level = plot.at((plot.x.to, 1.0 - never)).1;
            let stroke =
                if x < middle { client.style.stroke().hatch(Hatch::Rising) } else { client.style.stroke() };
            if never > 0.0 {
                canvas.rectangle((x, top), (x + 4.0, level), stroke);
            }
        }
    }
}

/// The corners of the curve, at most some hundred: all of the rarest events, and fewer of the usual ones.
fn staircase(late: &Lateness, from: f64, to: f64) -> Vec<(f64, f64)> {
    let (all, known) = (late.sorted_s.len(), late.sorted_s.len() - late.never());
    let mut corners = vec![(from, 0.0)];
    let mut level = 0.0;
    let mut place = 0;
    while place < known {
        let time = late.sorted_s[place];
        let share = (place + 1) as f64 / all as f64;
        corners.extend([(time, level), (time, share)]);
        level = share;
        // A step is a small part of what lies above it.
        let next = place + 1 + (all - place).min(place.max(1)) / 150;
        place = if place + 1 < known { next.min(known - 1) } else { known };
    }
    corners.push((to, level));
    corners
}
