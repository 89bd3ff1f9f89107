//! Requests over time, for each client, by their result. There is one strip for each client, all on one scale and stacked
//! from zero, so that height is always traffic; a key above each strip names the parts with their numbers.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::stacks::{self, Part};
use super::stroke::Hatch;
use super::style::ClientStyle;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Bin, Figures, RequestBins, RequestsOverTime};
use crate::study::human::{count, duration, share};

/// Whether a client sent more requests than the sentence alone can tell of.
pub(super) fn says(figures: &Figures) -> bool {
    figures.requests.clients.iter().any(|client| total(client) > FEW)
}

/// Who connected once, and once more after a break, has no traffic that a chart could show.
const FEW: u64 = 2;

/// Whether a bar is drawn higher than its number.
pub(super) fn has_thin(figures: &Figures) -> bool {
    let clients = &figures.requests.clients;
    let bins = clients.iter().flat_map(|client| &client.bins);
    stacks::has_thin(&PARTS, bins, clients.len(), &Axis::counts(tallest(&figures.requests), 3))
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

/// The parts from the bottom up. The number of the useful ones includes the retries.
const PARTS: [Part<Bin>; 5] = [
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
    let span = span(requests);
    let layout = strips::Layout::new(subject, requests.clients.len(), span);
    for (place, client) in requests.clients.iter().enumerate() {
        let y = Axis::counts(tallest(requests), 3);
        let (mut plot, top) = layout.strip(canvas, subject, (place, client.client), y, span);
        let (bins, style) = (client.bins.as_slice(), subject.style(client.client));
        stacks::paint(&mut plot, &PARTS, bins, (requests.from_s, requests.bin_s), style);
        let mut taken = Vec::new();
        strips::mark_end(canvas, subject, &plot, top, &mut taken);
        strips::name_outages(canvas, subject, client.client, &plot, top, taken);
        let after = ("no requests", later(requests, client));
        stacks::key(canvas, subject, client.client, (plot.frame, layout), &told(client), after);
    }
    canvas.text((14.0, 14.0), format!("requests in {}", duration(requests.bin_s)), SMALL);
}

/// The time that is drawn.
fn span(requests: &RequestsOverTime) -> (f64, f64) {
    stacks::span(requests.from_s, requests.bin_s, requests.clients.iter().map(|client| client.bins.len()))
}

/// The parts that there are, each with its number.
fn told(client: &RequestBins) -> Vec<(&'static Part<Bin>, String)> {
    let parts = PARTS.iter().map(|part| (part, sum(client, part.told))).filter(|(_, number)| *number > 0);
    parts.map(|(part, number)| (part, format!("{} {}", count(number), part.name))).collect()
}

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
    bins.map(|bin| stacks::height(&PARTS, bin)).max().unwrap_or(0)
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
    let told = requests.clients.iter().filter(|client| subject.speaks_of(client.client)).collect();
    stacks::subtitle(told, total, |client| in_words(subject, client))
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
