//! The quantiles of the live latencies over those of virtual time.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::plot::{Frame, Plot, room_for};
use super::super::stroke::Dash;
use super::super::{Sketch, WIDTH};
use super::{Shown, clients};
use crate::study::human::time;
use crate::time::Span;
use crate::twin::{Measure, Pair, Twin};

pub(super) fn sketch(twin: &Twin) -> Sketch {
    let shown = clients(twin);
    let height = libm::fmax(HEIGHT, end_labels_height(shown.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| paint(canvas, twin, &shown));
    let sentence = |client: &Shown<'_>| {
        let gap = client.of.gap(TOLD)?;
        let [live, simulated] = [gap.live_s, gap.simulated_s].map(time);
        Some(format!("{}: half of the events within {live} live, {simulated} in virtual time.", client.name))
    };
    let subtitle = shown.iter().filter_map(sentence).collect::<Vec<_>>().join(" ");
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

const TOLD: Measure = Measure::Percentile(0.5);

const HEIGHT: f64 = 460.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 250.0;

/// The quantiles of a client in virtual time and live, the same share at the same place; only those that both reach.
fn points(pairs: &[Pair]) -> Vec<(f64, f64)> {
    let sorted = |of: fn(&Pair) -> Option<Span>| {
        let mut known: Vec<f64> = pairs.iter().filter_map(of).map(Span::as_secs_f64).collect();
        known.sort_by(f64::total_cmp);
        known
    };
    let [live, simulated] = [sorted(|pair| pair.live), sorted(|pair| pair.simulated)];
    let both = live.len().min(simulated.len());
    let step = (both / MOST).max(1);
    // Every one of the rare late events.
    let places = (0..both).filter(|place| place % step == 0 || place + MOST / 4 >= both);
    places.map(|place| (simulated[place], live[place])).collect()
}

/// Points of a line, about.
const MOST: usize = 400;

fn paint(canvas: &Canvas<'_>, twin: &Twin, shown: &[Shown<'_>]) {
    let lines: Vec<Vec<(f64, f64)>> = shown.iter().map(|client| points(&client.of.pairs)).collect();
    let all = || lines.iter().flatten().flat_map(|(simulated, live)| [*simulated, *live]);
    let times = Axis::log_time(all());
    let right = WIDTH - LABELS;
    let frame = Frame { left: room_for(&times, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, times.clone(), times);
    let band = twin.band.p99.as_secs_f64();
    let (from, to) = (plot.x.from, plot.x.to);
    let along = || (0..=100).map(|step| from * libm::pow(to / from, f64::from(step) / 100.0));
    let edge = |at: f64| plot.at((at, (at - band).max(from)));
    let other = |at: f64| plot.at((at, (at + band).min(to)));
    let outline: Vec<_> =
        along().map(other).chain(along().map(edge).collect::<Vec<_>>().into_iter().rev()).collect();
    canvas.polygon(&outline, Role::Grid.stroke().alpha(0.6));
    plot.upright_axis("known live within");
    plot.level_axis("known in virtual time within");
    plot.line([(from, from), (to, to)].into_iter(), Role::Axis.stroke().dash(Dash::Fine), 1.25);
    for (client, line) in shown.iter().zip(&lines) {
        plot.line(line.iter().copied(), client.style.stroke(), 2.0);
    }
    for client in shown {
        let at = |measure: Measure| {
            let gap = client.of.gap(measure)?;
            let both = (gap.simulated_s, gap.live_s);
            (both.0.is_finite() && both.1.is_finite()).then(|| plot.at(both))
        };
        if let Some(at) = at(TOLD) {
            canvas.symbol(at, client.style, 5.0);
        }
        if let Some(at) = at(Measure::P99) {
            canvas.ring(at, 6.0, client.style.stroke(), 1.5);
        }
    }
    let labels = shown.iter().zip(&lines).map(|(client, line)| {
        let end = line.last().map_or(0.0, |last| plot.at(*last).1);
        let tail = client.of.gap(Measure::P99).map_or_else(String::new, |gap| {
            format!("99 %: {} live, {} virtual", time(gap.live_s), time(gap.simulated_s))
        });
        EndLabel { end: (f64::NEG_INFINITY, end), style: client.style, name: &client.name, detail: tail }
    });
    end_labels(canvas, right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}
