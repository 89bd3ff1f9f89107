//! Latency by percentile, for each client: what an unlucky event has to expect. The axis gives every further nine
//! the same room, because the rare cases are the ones that differ.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::labels::{EndLabel, end_labels, end_labels_height, nothing};
use super::plot::{Frame, Plot, line_width, room_for};
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Known, Percentiles};
use crate::study::human::{count, duration, share};
use crate::study::summary::Reached;

pub(super) fn sketch(subject: &Subject<'_>) -> Option<Sketch> {
    let curves: Vec<&Percentiles> =
        subject.figures.percentiles.iter().filter(|curve| !curve.points.is_empty()).collect();
    let height = libm::fmax(HEIGHT, end_labels_height(curves.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| {
        if curves.is_empty() {
            nothing(canvas, NOTHING);
        } else {
            paint(canvas, subject, &curves);
        }
    });
    Some(Sketch {
        subtitle: subtitle(subject, &curves),
        description: description(subject, &curves),
        height,
        body,
    })
}

const HEIGHT: f64 = 340.0;
const MARGIN: f64 = 30.0;
/// Room for the names at the right.
const LABELS: f64 = 206.0;
const NOTHING: &str = "No event was delivered, so there is no latency.";

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, curves: &[&Percentiles]) {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let rarest = points().map(|point| point.0).fold(0.0, libm::fmax);
    let x = Axis::nines(rarest);
    let y =
        Axis::log_time(points().map(|point| point.1).chain(curves.iter().filter_map(|curve| curve.max_s)));
    let left = room_for(&y, 62.0);
    let frame = Frame { left, top: MARGIN, right: WIDTH - LABELS, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, x, y);
    plot.upright_axis("latency");
    plot.level_axis("share of the delivered events that were as fast or faster");
    for (place, curve) in curves.iter().enumerate() {
        let width = line_width(place, curves.len());
        plot.line(staircase(&curve.points), subject.style(curve.client).line(), width);
    }
    let labels = curves.iter().filter_map(|curve| {
        let style = subject.style(curve.client);
        let end = plot.at(*curve.points.last()?);
        canvas.symbol(end, style, 4.0);
        Some(EndLabel { end, style, name: subject.name(curve.client), detail: detail(subject, curve) })
    });
    end_labels(canvas, frame.right + 24.0, (8.0, canvas.height - 14.0), labels.collect());
}

/// The rarest case that every client has enough events for, and its words.
fn rarest_common(curves: &[&Percentiles]) -> Option<(f64, String)> {
    let reach = curves.iter().filter_map(|curve| curve.points.last()).map(|point| point.0);
    let reach = reach.min_by(f64::total_cmp)?;
    let cases = [(0.999, 1_000), (0.99, 100), (0.9, 10), (0.5, 2)];
    let (quantile, one_in) = cases.into_iter().find(|(quantile, _)| *quantile <= reach + 1e-9)?;
    Some((quantile, format!("One event in {}", count(one_in))))
}

/// The corners of a curve: each latency holds from its quantile to the next one.
fn staircase(points: &[(f64, f64)]) -> impl Iterator<Item = (f64, f64)> {
    let mut level = points.first().map_or(0.0, |point| point.1);
    points.iter().flat_map(move |&(quantile, latency)| {
        let before = (quantile, level);
        level = latency;
        [before, (quantile, latency)]
    })
}

/// What lies beyond the curve: its greatest latency, and the events that have none.
fn detail(subject: &Subject<'_>, curve: &Percentiles) -> String {
    let slowest = curve.max_s.map(|max| format!("slowest {}", duration(max)));
    let never = known(subject, curve).map_or(0, |known| known.never_count);
    let never = (never > 0).then(|| format!("never {}", count(never)));
    [slowest, never].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn known<'f>(subject: &Subject<'f>, curve: &Percentiles) -> Option<&'f Known> {
    subject.figures.known.iter().find(|known| known.client == curve.client)
}

/// The latency at a quantile, as far as the curve reaches: the exact one where the run has it, and elsewhere that of
/// the step which covers it.
fn at(subject: &Subject<'_>, curve: &Percentiles, quantile: f64) -> Option<f64> {
    // Where all events were delivered, those of all events are the exact ones.
    let known = known(subject, curve).filter(|known| known.never_count == 0);
    let exact = if quantile == 0.5 {
        known.and_then(|known| known.p50)
    } else if quantile == 0.99 {
        known.and_then(|known| known.p99)
    } else {
        None
    };
    let exact = exact.map(Reached::seconds);
    let reaches = curve.points.last().is_some_and(|last| last.0 >= quantile - 1e-9);
    let after = curve.points.partition_point(|point| point.0 <= quantile + 1e-9);
    let step = after.checked_sub(1).map(|place| curve.points[place].1);
    exact.or(step).filter(|_| reaches)
}

fn subtitle(subject: &Subject<'_>, curves: &[&Percentiles]) -> String {
    let named = |value: f64, client: usize| {
        let value = if value.is_finite() { duration(value) } else { "never".to_owned() };
        format!("{value} with {}", subject.named(client))
    };
    // The curves are of what was delivered; a sentence on the unlucky event is of all.
    let missed =
        |curve: &Percentiles, share: f64| known(subject, curve).is_some_and(|known| known.never > share);
    let ends = |values: Vec<(f64, usize)>| {
        let least = values.iter().copied().min_by(|one, other| one.0.total_cmp(&other.0));
        let greatest = values.iter().copied().max_by(|one, other| one.0.total_cmp(&other.0));
        match (least, greatest) {
            (Some(least), Some(greatest)) if least.1 != greatest.1 => {
                format!("{}, {}", named(least.0, least.1), named(greatest.0, greatest.1))
            }
            (Some(least), _) => named(least.0, least.1),
            _ => String::new(),
        }
    };
    let Some((quantile, words)) = rarest_common(curves) else {
        return if curves.is_empty() { NOTHING.to_owned() } else { "Too few events to tell.".to_owned() };
    };
    let or_never = |curve: &Percentiles, value: f64, share: f64| {
        (if missed(curve, share) { f64::INFINITY } else { value }, curve.client)
    };
    let unlucky = curves
        .iter()
        .filter_map(|curve| Some(or_never(curve, at(subject, curve, quantile)?, 1.0 - quantile)));
    let unlucky = unlucky.collect();
    let slowest = curves.iter().filter_map(|curve| Some(or_never(curve, curve.max_s?, 0.0))).collect();
    format!("{words} takes at least {}. The slowest of all: {}.", ends(unlucky), ends(slowest))
}

fn description(subject: &Subject<'_>, curves: &[&Percentiles]) -> String {
    let mut text = String::from("Latency by percentile, delivered events only.");
    for curve in curves {
        let quantiles = [0.5, 0.9, 0.99, 0.999].into_iter();
        let within = quantiles.filter_map(|quantile| {
            let value = at(subject, curve, quantile)?;
            Some(format!("{} within {}", share(quantile), duration(value)))
        });
        let parts: Vec<String> = within
            .chain(curve.max_s.map(|max| format!("all within {}", duration(max))))
            .chain(known(subject, curve).map(|known| format!("never {}", count(known.never_count))))
            .collect();
        text += &format!(" {}: {}.", subject.named(curve.client), parts.join(", "));
    }
    text
}
