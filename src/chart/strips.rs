//! Small charts under one another, one for each client, on one scale and one axis of time. It knows how they are laid
//! out and how an outage looks on them, and leaves their content to the charts that use them.

use super::Subject;
use super::WIDTH;
use super::axis::{Axis, moments_title};
use super::canvas::{Align, Canvas, NAME, SMALL};
use super::ink::{Hatch, Role};
use super::plot::{Frame, Plot};

/// Pixels from the top of one strip to the top of the next.
pub(super) fn pitch(strips: usize) -> f64 {
    match strips {
        0..=2 => 132.0,
        3 | 4 => 104.0,
        _ => 78.0,
    }
}

/// The height of a chart of so many strips.
pub(super) fn height(strips: usize) -> f64 {
    TOP + strips.max(1) as f64 * pitch(strips) + BOTTOM
}

/// The strip in that place, counted from 0.
pub(super) fn frame(place: usize, strips: usize) -> Frame {
    let top = TOP + place as f64 * pitch(strips);
    Frame { left: LEFT, top, right: WIDTH - NAMES, bottom: top + pitch(strips) - GAP }
}

/// The axis of time that all strips share.
pub(super) fn time_axis(span_s: (f64, f64)) -> Axis {
    Axis::moments(span_s, 8)
}

/// The axes of one strip: upright lines everywhere, labels of time under the last only.
pub(super) fn axes(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, is_last: bool) {
    plot.upright_axis("");
    if is_last {
        plot.level_axis(&moments_title(&plot.x));
    } else {
        let Frame { left, right, bottom, .. } = plot.frame;
        canvas.line(&[(left, bottom), (right, bottom)], Role::Axis.ink(), 1.0);
    }
}

/// The name right of a strip and rows of small print under it.
pub(super) fn name(canvas: &Canvas<'_>, subject: &Subject<'_>, client: usize, frame: Frame) -> (f64, f64) {
    let x = frame.right + 18.0;
    let style = subject.style(client);
    canvas.symbol((x + 4.0, frame.top + 6.0), style, 4.0);
    let letters = NAME.role(style.ink().role);
    canvas.text((x + 14.0, frame.top + 6.0), &letters.fit(subject.name(client), WIDTH - x - 18.0), letters);
    (x, frame.top + 22.0)
}

/// Hatches the times at which the client, or the source, was down.
pub(super) fn outages(canvas: &Canvas<'_>, subject: &Subject<'_>, client: usize, plot: &Plot<'_, '_>) {
    hatch_outages(canvas, subject, client, plot, (plot.frame.top, plot.frame.bottom));
}

/// The same between two heights.
pub(super) fn hatch_outages(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: usize,
    plot: &Plot<'_, '_>,
    (top, bottom): (f64, f64),
) {
    let Frame { left, right, .. } = plot.frame;
    for outage in &subject.figures.outages {
        let applies = outage.client.is_none_or(|down| down == client);
        let (from, to) = outage.span_s;
        if !applies || to <= plot.x.from || from >= plot.x.to {
            continue;
        }
        let (from, to) = (plot.at((from, plot.y.from)).0, plot.at((to, plot.y.from)).0);
        let (from, to) = (libm::fmax(from, left), libm::fmin(libm::fmax(to, from + 1.5), right));
        canvas.rectangle((from, top), (to, bottom), Role::Axis.ink().hatch(Hatch::Falling).alpha(0.7));
        let word = if outage.client.is_none() { "source down" } else { "down" };
        if SMALL.width(word) + 8.0 < to - from {
            let middle = (from + to) / 2.0;
            let half = SMALL.width(word) / 2.0 + 4.0;
            canvas.rectangle((middle - half, top + 1.0), (middle + half, top + 15.0), Role::Paper.ink());
            canvas.text((middle, top + 8.0), word, SMALL.align(Align::Centre));
        }
    }
}

/// Room for the unit above the first strip.
const TOP: f64 = 34.0;
const BOTTOM: f64 = 30.0;
const GAP: f64 = 22.0;
const LEFT: f64 = 62.0;
const NAMES: f64 = 206.0;
