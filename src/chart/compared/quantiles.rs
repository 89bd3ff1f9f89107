//! By how much later or sooner OTHER knows than BASE, at each quantile, with a band.

use super::super::axis::Axis;
use super::super::canvas::{Canvas, draw};
use super::super::colours::Role;
use super::super::labels::{EndLabel, end_labels, end_labels_height};
use super::super::plot::{Frame, Plot, room_for};
use super::super::stroke::{Dash, Hatch};
use super::super::style::ClientStyle;
use super::super::{Sketch, WIDTH};
use super::{Shown, clients, sentences};
use crate::compare::{Comparison, LEAST_RUNS_OF_A_BAND, Pictured, Quantile, Shift};
use crate::study::human;

pub(super) fn says(comparison: &Comparison) -> bool {
    comparison.pictured.iter().any(differs)
}

fn differs(client: &Pictured) -> bool {
    client.shift.as_ref().is_some_and(|shift| shift.quantiles.iter().any(|one| one.difference_s != 0.0))
}

pub(super) fn sketch(comparison: &Comparison) -> Sketch {
    let shown = clients(comparison, differs);
    let height = libm::fmax(HEIGHT, end_labels_height(shown.len()) + 2.0 * MARGIN);
    let body = draw((WIDTH, height), |canvas| paint(canvas, &shown));
    let all = || shown.iter().filter_map(|client| Some((client, client.of.shift.as_ref()?)));
    let told = all().filter_map(|(client, shift)| {
        let parts: Vec<String> = [("the typical event", 0.5), ("at 99 %", 0.99)]
            .into_iter()
            .filter_map(|(name, share)| Some(format!("{name} {}", in_words(at(shift, share)?))))
            .collect();
        (!parts.is_empty()).then(|| format!("{}: {}.", client.name, parts.join(", ")))
    });
    let runs = all().next().map_or_else(String::new, |(_, shift)| format!(" {}", runs(comparison, shift)));
    let subtitle = sentences(told) + &runs;
    Sketch { description: subtitle.clone(), subtitle, height, body }
}

/// Of how many runs the quantiles are, and why they have no band.
fn runs(comparison: &Comparison, shift: &Shift) -> String {
    let fewest = shift.replications[0].min(shift.replications[1]);
    let sides = &comparison.sides;
    let has_more = sides.iter().all(|side| side.replications > 1);
    match fewest {
        _ if shift.has_band => format!("The events of {fewest} runs of each, taken together."),
        1 if has_more && sides.iter().any(|side| side.is_live) => {
            "One run of each: no band, because a report keeps the events of one run, and a live run cannot be run again."
                .to_owned()
        }
        1 if has_more => {
            "One run of each: no band, because a report keeps the events of one run, and these were not run again."
                .to_owned()
        }
        1 => "One run of each: no band, because it does not show how much chance does.".to_owned(),
        runs => format!(
            "The events of {runs} runs of each, taken together: no band, because fewer than {LEAST_RUNS_OF_A_BAND} do not \
             show how much chance does."
        ),
    }
}

/// The quantile of that share; None in a tail.
fn at(shift: &Shift, share: f64) -> Option<&Quantile> {
    let quantile = shift.quantiles.iter().find(|quantile| quantile.share >= share - 1e-9)?;
    (!quantile.is_tail).then_some(quantile)
}

/// `5.2 s later (4.9 s to 5.5 s)`.
fn in_words(quantile: &Quantile) -> String {
    let one = |difference_s: f64| match difference_s {
        0.0 => "the same".to_owned(),
        late if late == f64::INFINITY => "never any more".to_owned(),
        late if late == f64::NEG_INFINITY => "never before".to_owned(),
        late if late > 0.0 => format!("{} later", human::duration(late)),
        late => format!("{} sooner", human::duration(-late)),
    };
    let band = match quantile.band {
        None => String::new(),
        Some((low, high)) if low == high => String::new(),
        // Of one direction, which is said already.
        Some((low, high)) if low * high > 0.0 && (low + high).is_finite() => {
            let (near, far) = if low > 0.0 { (low, high) } else { (-high, -low) };
            format!(" ({} to {})", human::duration(near), human::duration(far))
        }
        Some((low, high)) => format!(" ({} to {})", one(low), one(high)),
    };
    one(quantile.difference_s) + &band
}

const HEIGHT: f64 = 340.0;
const MARGIN: f64 = 28.0;
/// Room for the names at the right.
const LABELS: f64 = 230.0;

fn paint(canvas: &Canvas<'_>, shown: &[Shown<'_>]) {
    let all = || shown.iter().filter_map(|client| Some((client, client.of.shift.as_ref()?)));
    let quantiles = || all().flat_map(|(_, shift)| &shift.quantiles);
    let ends = quantiles().flat_map(|one| {
        let (low, high) = one.band.unwrap_or((0.0, 0.0));
        [one.difference_s, low, high]
    });
    let y = Axis::differences(ends);
    let end = quantiles().map(|one| one.share).fold(0.5, libm::fmax);
    let x = Axis::nines(libm::ceil(0.5 / (1.0 - end)) as u64);
    let right = WIDTH - LABELS;
    let frame = Frame { left: room_for(&y, 62.0), top: MARGIN, right, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, x, y);
    plot.upright_axis("OTHER less BASE: above zero later, below sooner");
    plot.level_axis("share of all events known");
    let zero = plot.at((0.0, 0.0)).1;
    for (client, shift) in all() {
        paint_band(canvas, &plot, client.style, &shift.quantiles);
    }
    canvas.line(&[(frame.left, zero), (right, zero)], Role::Axis.stroke(), 1.5);
    for (client, shift) in all() {
        for part in shift.quantiles.chunk_by(|one, other| one.is_tail == other.is_tail) {
            let dash = if part[0].is_tail { Dash::Fine } else { Dash::None };
            // A part begins where the one before it ended.
            let before = shift.quantiles.iter().rev().find(|one| one.share < part[0].share);
            let line = before.into_iter().chain(part).map(|one| (one.share, one.difference_s));
            plot.line(line, client.style.stroke().dash(dash), 2.0);
        }
    }
    let labels = all().filter_map(|(client, shift)| {
        let last = shift.quantiles.last()?;
        let detail = at(shift, 0.5).map_or_else(String::new, |half| {
            let words = in_words(half);
            format!("typical: {}", words.split(" (").next().unwrap_or_default())
        });
        let end = (right, plot.at((1.0, last.difference_s)).1);
        Some(EndLabel { end, style: client.style, name: &client.name, detail })
    });
    end_labels(canvas, right + 16.0, (MARGIN - 14.0, canvas.height - 14.0), labels.collect());
}

/// Between the ends of the band, hatched in the tails.
fn paint_band(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, style: ClientStyle, quantiles: &[Quantile]) {
    for part in quantiles.chunk_by(|one, other| one.is_tail == other.is_tail) {
        let Some(first) = part.first() else { continue };
        let stroke = match first.is_tail {
            true => style.stroke().hatch(Hatch::Rising).alpha(0.55),
            false => style.stroke().alpha(0.22),
        };
        // A part begins where the one before it ended.
        let before = quantiles.iter().rev().find(|one| one.share < first.share);
        let ends = |pick: fn((f64, f64)) -> f64| {
            let all = before.into_iter().chain(part);
            all.filter_map(move |one| Some(plot.at((one.share, pick(one.band?))))).collect::<Vec<_>>()
        };
        let (low, mut high) = (ends(|band| band.0), ends(|band| band.1));
        high.reverse();
        let corners = [low, high].concat();
        if corners.len() > 3 {
            canvas.polygon(&corners, stroke);
        }
    }
}
