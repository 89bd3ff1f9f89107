//! Requests over time, for each client, by their result. There is one strip for each client, all on one scale and stacked
//! from zero, so that height is always traffic; a key above each strip names the parts with their numbers.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::plot::{Frame, Plot};
use super::stroke::{Hatch, Stroke};
use super::style::ClientStyle;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Bin, Figures, RequestBins, RequestsOverTime};
use crate::study::human::{count, duration, share};

/// Whether a request was sent.
pub(super) fn says(figures: &Figures) -> bool {
    tallest(&figures.requests) > 0
}

/// Whether a delivery brought an event and its sender received no answer in time.
pub(super) fn has_unacknowledged(figures: &Figures) -> bool {
    figures.requests.clients.iter().any(|client| sum(client, |bin| bin.unacknowledged) > 0)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let requests = &subject.figures.requests;
    let height = strips::Layout::new(subject, requests.clients.len(), span(requests)).height();
    let body = draw((WIDTH, height), |canvas| {
        paint(canvas, subject, requests);
    });
    Sketch {
        subtitle: subtitle(subject, requests),
        description: description(subject, requests),
        height,
        body,
    }
}

/// A part of the stack, from the bottom up.
struct Part {
    name: &'static str,
    of: fn(&Bin) -> u64,
    /// The number in the key. That of the useful ones includes the retries.
    told: fn(&Bin) -> u64,
    stroke: fn(ClientStyle) -> Stroke,
    /// Whether its stroke is too pale to stand out from the paper without a line around it.
    pale: bool,
}

const PARTS: [Part; 5] = [
    Part {
        name: "useful",
        of: |bin| bin.useful,
        told: Bin::brought_news,
        stroke: ClientStyle::bar,
        pale: false,
    },
    Part {
        name: "of them by retry",
        of: |bin| bin.retries,
        told: |bin| bin.retries,
        stroke: |style| style.stroke().hatch(Hatch::Rising),
        pale: false,
    },
    Part {
        name: "unacknowledged",
        of: |bin| bin.unacknowledged,
        told: |bin| bin.unacknowledged,
        stroke: |style| style.stroke().hatch(Hatch::Crossed),
        pale: false,
    },
    Part {
        name: "empty",
        of: |bin| bin.empty,
        told: |bin| bin.empty,
        stroke: |style| style.stroke().alpha(0.3),
        pale: true,
    },
    Part {
        name: "failed",
        of: |bin| bin.failed,
        told: |bin| bin.failed,
        stroke: |_| super::colours::Role::Text.stroke().hatch(Hatch::Crossed),
        pale: false,
    },
];

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, requests: &RequestsOverTime) {
    let strips = requests.clients.len();
    let span = span(requests);
    let layout = strips::Layout::new(subject, strips, span);
    for (place, client) in requests.clients.iter().enumerate() {
        let y = Axis::counts(tallest(requests), 3);
        let frame = layout.frame(place, &y);
        let top = layout.top(frame);
        let mut plot = Plot::new(canvas, frame, strips::time_axis(span), y);
        strips::axes(canvas, &plot, place + 1 == strips);
        strips::hatch_outages(canvas, subject, client.client, &plot, (top, frame.bottom));
        paint_stack(&mut plot, requests, client, subject.style(client.client));
        let mut taken = Vec::new();
        strips::mark_end(canvas, subject, &plot, top, &mut taken);
        strips::name_outages(canvas, subject, client.client, &plot, top, taken);
        paint_key(canvas, subject, client, (frame, layout), later(requests, client));
    }
    canvas.text((14.0, 14.0), format!("requests in {}", duration(requests.bin_s)), SMALL);
}

/// The time that is drawn.
fn span(requests: &RequestsOverTime) -> (f64, f64) {
    let bins = requests.clients.iter().map(|client| client.bins.len()).max().unwrap_or(0);
    (requests.from_s, requests.from_s + bins as f64 * requests.bin_s)
}

fn paint_stack(
    plot: &mut Plot<'_, '_>,
    requests: &RequestsOverTime,
    client: &RequestBins,
    style: ClientStyle,
) {
    let mut floors = vec![0; client.bins.len()];
    // A narrow gap between the bars, if they are wide enough for it.
    let gap = if client.bins.len() <= 150 { requests.bin_s * 0.12 } else { 0.0 };
    for part in &PARTS {
        let bars = client.bins.iter().zip(&mut floors).enumerate().filter_map(|(index, (bin, floor))| {
            let (bottom, height) = (*floor, (part.of)(bin));
            *floor += height;
            let left = requests.from_s + index as f64 * requests.bin_s;
            (height > 0).then(|| {
                [(left + gap / 2.0, bottom as f64), (left + requests.bin_s - gap / 2.0, *floor as f64)]
            })
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

/// The key: each part with a piece of its fill and its number.
fn paint_key(
    canvas: &Canvas<'_>,
    subject: &Subject<'_>,
    client: &RequestBins,
    place: (Frame, strips::Layout),
    later: Option<String>,
) {
    let style = subject.style(client.client);
    let parts = PARTS.iter().map(|part| (part, sum(client, part.told))).filter(|(_, number)| *number > 0);
    let parts: Vec<(&Part, String)> =
        parts.map(|(part, number)| (part, format!("{} {}", count(number), part.name))).collect();
    let width = |words: &str| SWATCH + SMALL.width(words) + PART_GAP;
    let room = parts.iter().map(|(_, words)| width(words)).chain(later.as_deref().map(width)).sum();
    let (mut left, y) = strips::name(canvas, subject, client.client, place, room);
    if parts.is_empty() {
        canvas.text((left, y), "no requests", SMALL);
    }
    for (part, words) in parts {
        let (one, other) = ((left, y - 4.5), (left + 9.0, y + 4.5));
        canvas.rectangle(one, other, (part.stroke)(style));
        if part.pale {
            canvas.frame(one, other, style.stroke(), 1.0);
        }
        let next = left + width(&words);
        canvas.text((left + SWATCH, y), words, SMALL);
        left = next;
    }
    if let Some(later) = later {
        canvas.text((left, y), later, SMALL);
    }
}

/// From the left of a piece to its words.
const SWATCH: f64 = 14.0;
/// Between the words of a part and the next part.
const PART_GAP: f64 = 14.0;

fn sum(client: &RequestBins, part: fn(&Bin) -> u64) -> u64 {
    client.all().map(part).sum()
}

/// `1 023 come later, until 35 min`: what is sent after the time that is drawn.
fn later(requests: &RequestsOverTime, client: &RequestBins) -> Option<String> {
    let (last, _) = client.later.last()?;
    let number: u64 =
        PARTS.iter().map(|part| client.later.iter().map(|(_, bin)| (part.of)(bin)).sum::<u64>()).sum();
    Some(format!("{} come later, until {}", count(number), duration(libm::ceil(last + requests.bin_s))))
}

fn total(client: &RequestBins) -> u64 {
    PARTS.iter().map(|part| sum(client, part.of)).sum()
}

/// The greatest number of requests in one bin of one client.
fn tallest(requests: &RequestsOverTime) -> u64 {
    let bins = requests.clients.iter().flat_map(|client| &client.bins);
    bins.map(|bin| PARTS.iter().map(|part| (part.of)(bin)).sum()).max().unwrap_or(0)
}

/// `1 410 by poll 60s, 83.1 % empty or failed`.
fn in_words(subject: &Subject<'_>, client: &RequestBins) -> String {
    let total = total(client);
    let name = subject.named(client.client);
    if total == 0 {
        return format!("none by {name}");
    }
    let part = |number: u64| share(number as f64 / total as f64);
    let after = match client.drain {
        0 => String::new(),
        drain => format!(" ({} of them after the end)", count(drain)),
    };
    let waste = match sum(client, |bin| bin.empty + bin.failed) {
        0 => "none empty or failed".to_owned(),
        waste => format!("{} empty or failed", part(waste)),
    };
    let late = match sum(client, |bin| bin.unacknowledged) {
        0 => String::new(),
        late => format!(", {} delivered but not acknowledged in time", part(late)),
    };
    format!("{} by {name}{after}, {waste}{late}", count(total))
}

fn subtitle(subject: &Subject<'_>, requests: &RequestsOverTime) -> String {
    let mut clients: Vec<&RequestBins> =
        requests.clients.iter().filter(|client| subject.speaks_of(client.client)).collect();
    if clients.len() > 3 {
        clients.sort_by_key(|client| std::cmp::Reverse(total(client)));
        let (most, fewest) = (clients[0], clients[clients.len() - 1]);
        return format!("Most: {}. Fewest: {}.", in_words(subject, most), in_words(subject, fewest));
    }
    let parts: Vec<String> = clients.iter().map(|client| in_words(subject, client)).collect();
    format!("{}.", parts.join("; "))
}

fn description(subject: &Subject<'_>, requests: &RequestsOverTime) -> String {
    let mut text = format!("Requests in each {}.", duration(requests.bin_s));
    for client in &requests.clients {
        let parts: Vec<String> =
            PARTS.iter().map(|part| format!("{} {}", count(sum(client, part.told)), part.name)).collect();
        let later = later(requests, client).map_or_else(String::new, |later| format!("; {later}"));
        text += &format!(" {}: {}{later}.", subject.named(client.client), parts.join(", "));
    }
    text
}
