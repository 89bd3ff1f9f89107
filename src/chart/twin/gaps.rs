//! The gap of each event: the share of the events up to each.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::compared::staircase;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::letters::{Align, SMALL};
use super::super::plot::{Frame, Plot, room_for};
use super::super::{Sketch, WIDTH};
use super::{Shown, clients};
use crate::study::human::duration;
use crate::twin::{ClientTwin, Pair, Twin};

pub(super) fn sketch(twin: &Twin) -> Sketch {
    let shown = clients(twin);
    let height = libm::fmax(HEIGHT, end_labels_height(shown.len()) + 2.0 * MARGIN);
    let sorted: Vec<Vec<f64>> = shown.iter().map(|client| sorted_s(client.of)).collect();
    let body = draw((WIDTH, height), |canvas| paint(canvas, twin, &shown, &sorted));
    let sentence = |(client, sorted): (&Shown<'_>, &Vec<f64>)| {
        format!("{}: {}.", client.name, within(sorted, &[(0.5, "half"), (0.99, "99 %")]))
    };
    let subtitle = shown.iter().zip(&sorted).map(sentence).collect::<Vec<_>>().join(" ");
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

/// Infinite for an event that live never knew, negative infinite for one that virtual time never did, zero for one that
/// neither knew.
fn sorted_s(client: &ClientTwin) -> Vec<f64> {
    let gap = |pair: &Pair| match (pair.live, pair.simulated) {
        (Some(live), Some(simulated)) => (live - simulated).as_secs_f64(),
        (None, Some(_)) => f64::INFINITY,
        (Some(_), None) => f64::NEG_INFINITY,
        (None, None) => 0.0,
    };
    let mut sorted: Vec<f64> = client.pairs.iter().map(gap).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// `half within 0.2 ms, 99 % within 1.1 ms`, either way.
fn within(sorted: &[f64], shares: &[(f64, &str)]) -> String {
    let mut sizes: Vec<f64> = sorted.iter().map(|gap| gap.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = libm::ceil(share * sizes.len() as f64) as usize;
        let size = sizes.get(place.saturating_sub(1)).copied().unwrap_or_default();
        if size.is_finite() { duration(size) } else { "no time".to_owned() }
    };
    let part = |&(share, word): &(f64, &str)| format!("{word} within {}", at(share));
    shares.iter().map(part).collect::<Vec<_>>().join(", ")
}

const HEIGHT: f64 = 330.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 250.0;

fn paint(canvas: &Canvas<'_>, twin: &Twin, shown: &[Shown<'_>], sorted: &[Vec<f64>]) {
    let shares = Axis::shares();
    let right = WIDTH - LABELS;
    let frame = Frame { left: room_for(&shares, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let band = twin.band.mean.as_secs_f64();
    // Wide enough for the band, so that what stays inside it looks small.
    let all = sorted.iter().flatten().copied().chain([-2.0 * band, 2.0 * band]);
    let mut plot = Plot::new(canvas, frame, Axis::differences_from(all, band / 10.0), shares);
    let [low, high] = [-band, band].map(|at| plot.at((at, 0.0)).0);
    canvas.rectangle((low, frame.top), (high, frame.bottom), Role::Grid.stroke().alpha(0.6));
    plot.upright_axis("share of the events");
    plot.level_axis("time until known live, less that in virtual time");
    let zero = plot.at((0.0, 0.0)).0;
    canvas.line(&[(zero, frame.top), (zero, frame.bottom)], Role::Axis.stroke(), 1.5);
    canvas.text((right, frame.top - 16.0), "later live", SMALL.align(Align::Right));
    for (client, sorted) in shown.iter().zip(sorted) {
        let corners = staircase(sorted, plot.x.from, plot.x.to);
        plot.line(corners.into_iter(), client.style.stroke(), 2.0);
    }
    let labels = shown.iter().zip(sorted).map(|(client, sorted)| {
        let known = sorted.partition_point(|gap| *gap < f64::INFINITY) as f64 / sorted.len().max(1) as f64;
        EndLabel {
            end: (right, plot.at((plot.x.to, known)).1),
            style: client.style,
            name: &client.name,
            detail: within(sorted, &[(0.99, "99 %")]),
        }
    });
    end_labels(canvas, right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}
