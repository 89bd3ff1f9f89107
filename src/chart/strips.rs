//! Small charts below one another, one for each client, on one scale and one time axis. This module decides their layout
//! and how an outage looks; the charts that use it draw the content.

use super::Subject;
use super::WIDTH;
use super::axis::{Axis, moments};
use super::canvas::{Canvas, Point};
use super::colours::Role;
use super::labels::claim;
use super::letters::{Align, NAME, SMALL};
use super::plot::{Frame, Plot, room_for};
use super::stroke::{Dash, Hatch};
use crate::study::figures::OutageBand;

/// How strips of so many clients are laid out.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    strips: usize,
    /// Above each strip, for words about moments: inside they would stand on what is drawn. Zero where there are none.
    words: f64,
    /// The height of what stands above all strips.
    above: f64,
}

impl Layout {
    /// For strips that show this stretch of the run.
    pub(super) fn new(subject: &Subject<'_>, strips: usize, (from, to): (f64, f64)) -> Self {
        let outage = |outage: &OutageBand| outage.span_s.1 > from && outage.span_s.0 < to;
        let has_words = shows_drain(subject, (from, to)) || subject.figures.outages.iter().any(outage);
        Self { strips, words: if has_words { WORDS } else { 0.0 }, above: 0.0 }
    }

    /// The same below something else of that height.
    pub(super) fn below(self, above: f64) -> Self {
        Self { above, ..self }
    }

    /// The height of the chart.
    pub(super) fn height(self) -> f64 {
        TOP + self.above + self.strips.max(1) as f64 * self.pitch() + BOTTOM
    }

    /// The strip in that place, counted from 0, with this upright axis.
    fn frame(self, place: usize, y: &Axis) -> Frame {
        let above = TOP + self.above + NAME_ROW + place as f64 * self.pitch();
        Frame {
            left: room_for(y, LEFT),
            top: above + self.words,
            right: WIDTH - RIGHT,
            bottom: above + self.pitch() - NAME_ROW - GAP,
        }
    }

    /// The strip in that place, for that client, with its axes and the hatched times at which the client was down; and the
    /// upper end of the room for words above it.
    pub(super) fn strip<'c, 'd>(
        self,
        canvas: &'c Canvas<'d>,
        subject: &Subject<'_>,
        (place, client): (usize, usize),
        y: Axis,
        span_s: (f64, f64),
    ) -> (Plot<'c, 'd>, f64) {
        let frame = self.frame(place, &y);
        let top = self.top(frame);
        let plot = Plot::new(canvas, frame, time_axis(span_s), y);
        axes(canvas, &plot, place + 1 == self.strips);
        hatch_outages(canvas, subject, client, &plot, (top, frame.bottom));
        (plot, top)
    }

    /// The upper end of the room for words above a strip.
    pub(super) fn top(self, frame: Frame) -> f64 {
        frame.top - self.words
    }

    /// Pixels from the top of one strip to the top of the next.
    fn pitch(self) -> f64 {
        NAME_ROW + height(self.strips) + GAP + self.words
    }
}

/// The height of each of so many strips.
pub(super) const fn height(strips: usize) -> f64 {
    let pitch = match strips {
        0..=2 => 146.0,
        3 | 4 => 118.0,
        _ => 92.0,
    };
    pitch - NAME_ROW - GAP
}

/// The axis of time that all strips share.
pub(super) fn time_axis(span_s: (f64, f64)) -> Axis {
    Axis::moments(span_s, TIMES)
}

/// An instant on it as a sentence spells it.
pub(super) fn instant(span_s: (f64, f64), seconds: f64) -> String {
    moments(span_s, TIMES).in_words(seconds)
}

/// The axes of one strip: hairlines everywhere, labels of time under the last only.
pub(super) fn axes(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, is_last: bool) {
    plot.upright_axis("");
    if is_last {
        plot.level_axis(&moments((plot.x.from, plot.x.to), TIMES).title());
    } else {
        plot.level_hairlines();
        let Frame { left, right, bottom, .. } = plot.frame;
        canvas.line(&[(left, bottom), (right, bottom)], Role::Axis.stroke(), 1.0);
    }
}

/// The name above a strip, at its left end, where a narrow screen shows it: where what follows it stands. The small
/// print needs so much room.
pub(super) fn name(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: usize,
    (frame, layout): (Frame, Layout),
    small_print: f64,
) -> Point {
    let (x, y) = (frame.left, layout.top(frame) - 12.0);
    let style = subject.style(client);
    canvas.symbol((x + 4.0, y), style, 4.0);
    let letters = NAME.role(style.stroke().role);
    let room = libm::fmax(frame.right - x - 14.0 - small_print - NAME_GAP, 60.0);
    let label = letters.fit(subject.name(client), room);
    let end = x + 14.0 + letters.width(&label.shown) + NAME_GAP;
    canvas.text((x + 14.0, y), label, letters);
    (end, y)
}

/// Between a name and its small print.
const NAME_GAP: f64 = 16.0;

/// Whether the events end within that stretch. The rest of a last bin is no drain.
fn shows_drain(subject: &Subject<'_>, (from, to): (f64, f64)) -> bool {
    let end = subject.figures.events_end_s;
    end > from && to - end > (to - from) / 100.0
}

/// Marks the end of the events, from this height, where the plot goes on after it; what is drawn later is of the drain.
pub(super) fn mark_end(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    plot: &Plot<'_, '_>,
    top: f64,
    taken: &mut Vec<(f64, f64)>,
) {
    let Frame { right, bottom, .. } = plot.frame;
    let end = subject.figures.events_end_s;
    if shows_drain(subject, (plot.x.from, plot.x.to)) {
        let (x, _) = plot.at((end, plot.y.from));
        canvas.line(&[(x, top), (x, bottom)], Role::Text.stroke().dash(Dash::Fine), 1.0);
        let half = SMALL.width(EVENTS_END) / 2.0 + 4.0;
        let middle = libm::fmin(x + half + 3.0, right - half);
        boxed(canvas, (middle, top + 7.0), EVENTS_END);
        claim(taken, (middle - half, middle + half));
    }
}

const EVENTS_END: &str = "events end";

/// Hatches the times at which the client, or the source, was down, between two heights.
pub(super) fn hatch_outages(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: usize,
    plot: &Plot<'_, '_>,
    (top, bottom): (f64, f64),
) {
    for (word, (from, to)) in outages(subject, client, plot) {
        // Where both are down the lines cross.
        let hatch = if word == SOURCE_DOWN { Hatch::Rising } else { Hatch::Falling };
        canvas.rectangle((from, top), (to, bottom), Role::Axis.stroke().hatch(hatch).alpha(0.7));
    }
}

/// Says at the top of the hatched times, where nothing else is drawn, who was down. `taken` is where other words stand already.
pub(super) fn name_outages(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: usize,
    plot: &Plot<'_, '_>,
    top: f64,
    mut taken: Vec<(f64, f64)>,
) {
    let mut outages = outages(subject, client, plot);
    // Those with the least room are placed first.
    let spare = |(word, (from, to)): &(&str, (f64, f64))| to - from - SMALL.width(word);
    outages.sort_by(|one, other| spare(one).total_cmp(&spare(other)));
    let few = outages.len() <= FEW;
    let ends: Vec<(f64, f64)> = outages.iter().map(|(_, span)| *span).collect();
    for (word, (from, to)) in outages {
        let half = SMALL.width(word) / 2.0 + 4.0;
        let is_narrow = 2.0 * half > to - from;
        if is_narrow && !few {
            continue;
        }
        // In the middle if that is free; beside the word of another outage otherwise. One that is narrower than its
        // word has it in its middle.
        let Frame { left, right, .. } = plot.frame;
        let parts: &[f64] = if is_narrow { &[0.5] } else { &[0.5, 0.0, 1.0, 0.25, 0.75] };
        let places = parts.iter().map(|part| from + half + part * (to - from - 2.0 * half));
        let mut places =
            places.map(|middle| middle.clamp(left + half, libm::fmax(right - half, left + half)));
        if let Some(middle) = places.find(|middle| claim(&mut taken, (middle - half, middle + half))) {
            boxed(canvas, (middle, top + 7.0), word);
        }
        // The end is marked because it explains what follows: retries reach their receiver, polls catch up.
        let back = if word == SOURCE_DOWN { "source back" } else { "receiver back" };
        let half = SMALL.width(back) / 2.0 + 4.0;
        let middle = to + half + 2.0;
        let is_free = ends.iter().all(|other| other.1 <= to || other.0 >= middle + half);
        if is_free && middle + half <= plot.frame.right && claim(&mut taken, (middle - half, middle + half)) {
            boxed(canvas, (middle, top + 7.0), back);
        }
    }
}

/// A word on paper of its own, so that it can be read on hatching and over lines.
pub(super) fn boxed(canvas: &Canvas<'_>, (x, y): Point, word: &str) {
    let half = SMALL.width(word) / 2.0 + 3.0;
    canvas.rectangle((x - half, y - 7.5), (x + half, y + 7.5), Role::Paper.stroke());
    canvas.text((x, y), word, SMALL.align(Align::Centre));
}

/// The outages that this client feels and the plot shows: whose they are, and from where to where.
fn outages(subject: &Subject<'_>, client: usize, plot: &Plot<'_, '_>) -> Vec<(&'static str, (f64, f64))> {
    let Frame { left, right, .. } = plot.frame;
    let felt =
        subject.figures.outages.iter().filter(|outage| outage.client.is_none_or(|down| down == client));
    felt.filter(|outage| outage.span_s.1 > plot.x.from && outage.span_s.0 < plot.x.to)
        .map(|outage| {
            let [from, to] = [outage.span_s.0, outage.span_s.1].map(|time| plot.at((time, plot.y.from)).0);
            let word = if outage.client.is_none() { SOURCE_DOWN } else { "down" };
            (word, (libm::fmax(from, left), libm::fmin(libm::fmax(to, from + 1.5), right)))
        })
        .collect()
}

/// Of more outages than that, those that are narrower than their words are not named: they would be a row of nothing
/// but that.
const FEW: usize = 6;
const SOURCE_DOWN: &str = "source down";
/// How many times the axis names at most.
const TIMES: usize = 8;
/// Room for the unit above the first strip.
const TOP: f64 = 26.0;
const BOTTOM: f64 = 30.0;
const GAP: f64 = 22.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 24.0;
/// The name and its small print above a strip.
const NAME_ROW: f64 = 20.0;
/// Between them and the strip, where words about moments are written.
const WORDS: f64 = 18.0;
