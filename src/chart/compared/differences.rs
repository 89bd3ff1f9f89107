//! How much later or sooner OTHER knew each event than BASE: the share of the events up to each difference.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::letters::{Align, SMALL};
use super::super::plot::{Frame, Plot, room_for};
use super::super::{Sketch, WIDTH};
use super::{Shown, clients, sentences};
use crate::compare::{Comparison, Paired, Pictured};
use crate::study::human::{duration, share, time};

pub(super) fn says(comparison: &Comparison) -> bool {
    comparison.pictured.iter().any(differs)
}

/// An event that both knew after the same time has no difference.
fn differs(client: &Pictured) -> bool {
    client.paired.as_ref().is_some_and(|paired| paired.most.is_some())
}

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let shown = clients(comparison, differs);
    let height = libm::fmax(HEIGHT, end_labels_height(shown.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| paint(canvas, &shown));
    let told = shown.iter().filter_map(|client| Some((client, client.of.paired.as_ref()?)));
    let subtitle = sentences(told.map(|(client, paired)| {
        let most = paired.most.as_ref().map_or_else(String::new, |(event, [before, now])| {
            format!(
                "; the largest difference has {} ({} into the run): {} instead of {}",
                event.id,
                duration(event.occurred_s),
                time(*now),
                time(*before)
            )
        });
        format!("{}: {}{most}.", client.name, parts(paired))
    }));
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

/// `later for 12 % of the events, sooner for 80 %`.
fn parts(paired: &Paired) -> String {
    let all = paired.sorted_s.len().max(1) as f64;
    let (later, sooner) = paired.later_and_sooner();
    let part = |number: usize| share(number as f64 / all);
    format!("later for {}, sooner for {}", part(later), part(sooner))
}

const HEIGHT: f64 = 330.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 250.0;

fn paint(canvas: &Canvas<'_>, shown: &[Shown<'_>]) {
    let all = || shown.iter().filter_map(|client| Some((client, client.of.paired.as_ref()?)));
    let shares = Axis::shares();
    let right = WIDTH - LABELS;
    let frame = Frame { left: room_for(&shares, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let axis = Axis::differences(all().flat_map(|(_, paired)| paired.sorted_s.iter().copied()));
    let mut plot = Plot::new(canvas, frame, axis, shares);
    plot.upright_axis("share of the events");
    plot.level_axis("time until known in OTHER, less that in BASE");
    let zero = plot.at((0.0, 0.0)).0;
    canvas.line(&[(zero, frame.top), (zero, frame.bottom)], Role::Axis.stroke(), 1.5);
    let beside =
        |x: f64, word: &str, align: Align| canvas.text((x, frame.top - 16.0), word, SMALL.align(align));
    // Away from the title of the axis, which begins at the left end.
    if zero - frame.left > 220.0 {
        beside(zero - 8.0, "sooner", Align::Right);
    }
    if right - zero > 60.0 && right - frame.left > 220.0 {
        beside(right, "later", Align::Right);
    }
    let mut rings = Vec::new();
    for (client, paired) in all() {
        let corners = staircase(&paired.sorted_s, plot.x.from, plot.x.to);
        plot.line(corners.into_iter(), client.style.stroke(), 2.0);
        if let Some((_, [before, now])) = &paired.most {
            let difference = now - before;
            let below = paired.sorted_s.partition_point(|other| *other < difference) as f64;
            rings.push((plot.at((difference, below / paired.sorted_s.len() as f64)), client.style));
        }
    }
    for (at, style) in rings {
        canvas.ring(at, 6.0, style.stroke(), 1.5);
    }
    let labels = all().map(|(client, paired)| EndLabel {
        end: (right, plot.at((plot.x.to, last(paired))).1),
        style: client.style,
        name: &client.name,
        detail: parts(paired),
    });
    end_labels(canvas, right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}

/// The share of the events that OTHER did not lose alone.
fn last(paired: &Paired) -> f64 {
    let never = paired.sorted_s.partition_point(|difference| *difference < f64::INFINITY);
    never as f64 / paired.sorted_s.len().max(1) as f64
}

/// The corners of the curve of sorted differences, at most about a thousand: the first and the last of every stretch.
pub(in super::super) fn staircase(sorted_s: &[f64], from: f64, to: f64) -> Vec<(f64, f64)> {
    let all = sorted_s.len();
    let first = sorted_s.partition_point(|difference| *difference == f64::NEG_INFINITY);
    let end = sorted_s.partition_point(|difference| *difference < f64::INFINITY);
    let share = |number: usize| number as f64 / all.max(1) as f64;
    let mut level = share(first);
    let mut corners = vec![(from, 0.0), (from, level)];
    let step = (all / 500).max(1);
    let mut place = first;
    while place < end {
        let difference = sorted_s[place];
        // Events of one difference are one step.
        let same = sorted_s.partition_point(|other| *other <= difference);
        corners.extend([(difference, level), (difference, share(same))]);
        level = share(same);
        place = same.max((place + step).min(end - 1));
    }
    corners.push((to, level));
    corners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_begins_and_ends_with_what_one_report_alone_never_knew() {
        let never = f64::INFINITY;
        let sorted_s = vec![-never, -2.0, -2.0, 0.0, never];
        let corners = staircase(&sorted_s, -10.0, 10.0);
        let expected =
            [(-10.0, 0.0), (-10.0, 0.2), (-2.0, 0.2), (-2.0, 0.6), (0.0, 0.6), (0.0, 0.8), (10.0, 0.8)];
        assert_eq!(corners, expected);
        let many: Vec<f64> = (0..100_000).map(f64::from).collect();
        let corners = staircase(&many, -1.0, 1e5);
        assert!(corners.len() < 1_100 && corners.is_sorted_by(|a, b| a.0 <= b.0 && a.1 <= b.1));
        assert_eq!(corners.last(), Some(&(1e5, 1.0)));
    }

    #[test]
    fn parts_are_of_all_events() {
        let paired = Paired { sorted_s: vec![-1.0, 0.0, 0.0, 3.0], most: None };
        assert_eq!(parts(&paired), "later for 25.0 %, sooner for 25.0 %");
    }
}
