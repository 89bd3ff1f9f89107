//! Bars of several parts in bins of time, stacked from zero, and the key above a strip of them, with the number of each part.
//! What the parts are, and how their numbers are written, the charts decide.

use super::Subject;
use super::axis::Axis;
use super::canvas::Canvas;
use super::letters::SMALL;
use super::plot::{Frame, Plot};
use super::strips;
use super::stroke::Stroke;
use super::style::ClientStyle;

/// A part of the stack, from the bottom up; `B` is what one bin holds.
pub(super) struct Part<B> {
    pub(super) name: &'static str,
    pub(super) of: fn(&B) -> u64,
    /// The number in the key.
    pub(super) told: fn(&B) -> u64,
    pub(super) stroke: fn(ClientStyle) -> Stroke,
    /// Whether its stroke is too pale to stand out from the paper without a line around it.
    pub(super) pale: bool,
}

/// The time that is drawn: that of the client with the most bins, of which the first begins at `from_s`.
pub(super) fn span(from_s: f64, bin_s: f64, bins: impl Iterator<Item = usize>) -> (f64, f64) {
    (from_s, from_s + bins.max().unwrap_or(0) as f64 * bin_s)
}

/// The totals of the clients in words; of many, the most and the fewest.
pub(super) fn subtitle<C>(
    mut clients: Vec<&C>,
    total: impl Fn(&C) -> u64,
    in_words: impl Fn(&C) -> String,
) -> String {
    if clients.len() > 3 {
        clients.sort_by_key(|client| std::cmp::Reverse(total(client)));
        let (most, fewest) = (clients[0], clients[clients.len() - 1]);
        return format!("Most: {}. Fewest: {}.", in_words(most), in_words(fewest));
    }
    let parts: Vec<String> = clients.into_iter().map(in_words).collect();
    format!("{}.", parts.join("; "))
}

/// The height of a bin.
pub(super) fn height<B>(parts: &[Part<B>], bin: &B) -> u64 {
    parts.iter().map(|part| (part.of)(bin)).sum()
}

/// How much is one pixel high in strips of so many clients with this upright axis.
fn pixel(y: &Axis, strips: usize) -> f64 {
    (y.to - y.from) / strips::height(strips)
}

/// Of a bar of less than a pixel, the part that is drawn for the whole. None for any other bar.
fn largest_of_thin<'p, B>(parts: &'p [Part<B>], bin: &B, pixel: f64) -> Option<&'p Part<B>> {
    let total = height(parts, bin);
    let largest = parts.iter().max_by_key(|part| (part.of)(bin));
    largest.filter(|_| total > 0 && (total as f64) < pixel)
}

/// Whether a bar is drawn higher than its number, in strips of so many clients with this upright axis.
pub(super) fn has_thin<'b, B: 'b>(
    parts: &[Part<B>],
    mut bins: impl Iterator<Item = &'b B>,
    strips: usize,
    y: &Axis,
) -> bool {
    let pixel = pixel(y, strips);
    bins.any(|bin| largest_of_thin(parts, bin, pixel).is_some())
}

/// The bars of one strip, whose first bin begins at `from_s`.
pub(super) fn paint<B>(
    plot: &mut Plot<'_, '_>,
    parts: &[Part<B>],
    bins: &[B],
    (from_s, bin_s): (f64, f64),
    style: ClientStyle,
) {
    let mut floors = vec![0; bins.len()];
    let pixel = (plot.y.to - plot.y.from) / (plot.frame.bottom - plot.frame.top);
    // A narrow gap between the bars, if they are wide enough for it.
    let gap = if bins.len() <= 150 { bin_s * 0.12 } else { 0.0 };
    for part in parts {
        let bars = bins.iter().zip(&mut floors).enumerate().filter_map(|(index, (bin, floor))| {
            let (bottom, height) = (*floor, (part.of)(bin));
            *floor += height;
            let left = from_s + index as f64 * bin_s;
            let (bottom, top) = match largest_of_thin(parts, bin, pixel) {
                Some(largest) if largest.name == part.name => (0.0, pixel),
                Some(_) => return None,
                None => (bottom as f64, *floor as f64),
            };
            (height > 0).then(|| [(left + gap / 2.0, bottom), (left + bin_s - gap / 2.0, top)])
        });
        let bars: Vec<[(f64, f64); 2]> = bars.collect();
        plot.bars(bars.iter().copied(), (part.stroke)(style));
        if part.pale {
            paint_edges(plot, &bars, style);
        }
    }
}

/// A line around pale bars: where they stand side by side, one along their tops.
fn paint_edges(plot: &mut Plot<'_, '_>, bars: &[[(f64, f64); 2]], style: ClientStyle) {
    let touch =
        |one: &[(f64, f64); 2], other: &[(f64, f64); 2]| other[0].0 - one[1].0 < 1e-9 * other[0].0.abs();
    for run in bars.chunk_by(touch) {
        let (first, last) = (run[0][0], run[run.len() - 1]);
        let tops = run.iter().flat_map(|[(left, _), (right, top)]| [(*left, *top), (*right, *top)]);
        let corners = std::iter::once(first).chain(tops).chain([(last[1].0, last[0].1)]);
        plot.line(corners, style.stroke(), 0.75);
    }
}

/// The key: each part with a piece of its fill and its words, and what is said after them. Without parts it is `nothing`.
pub(super) fn key<B>(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: usize,
    place: (Frame, strips::Layout),
    parts: &[(&Part<B>, String)],
    (nothing, after): (&'static str, Option<String>),
) {
    let style = subject.style(client);
    let width = |words: &str| SWATCH + SMALL.width(words) + PART_GAP;
    let room = parts.iter().map(|(_, words)| width(words)).chain(after.as_deref().map(width)).sum();
    let (mut left, y) = strips::name(canvas, subject, client, place, room);
    if parts.is_empty() {
        canvas.text((left, y), nothing, SMALL);
    }
    for (part, words) in parts {
        let (one, other) = ((left, y - 4.5), (left + 9.0, y + 4.5));
        canvas.rectangle(one, other, (part.stroke)(style));
        if part.pale {
            canvas.frame(one, other, style.stroke(), 1.0);
        }
        canvas.text((left + SWATCH, y), words.as_str(), SMALL);
        left += width(words);
    }
    if let Some(after) = after {
        canvas.text((left, y), after, SMALL);
    }
}

/// From the left of a piece to its words.
const SWATCH: f64 = 14.0;
/// Between the words of a part and the next part.
const PART_GAP: f64 = 14.0;
