//! HTTP bytes over time, for each client, by what they brought. There is one strip for each client, all on one scale and
//! stacked from zero, as in the chart of requests. Only what that chart does not say is a reason to show this one: frames on
//! streams are no requests, and a request for nothing may be much lighter than one that brings events.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::stacks::{self, Part};
use super::stroke::Hatch;
use super::style::ClientStyle;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{BytesBin, BytesBins, BytesOverTime, Figures};
use crate::study::human::{duration, share, size};

/// Whether bytes say more than requests.
pub(super) fn says(figures: &Figures) -> bool {
    figures.bytes.say_more && tallest(&figures.bytes) > 0
}

/// Whether a bar is drawn higher than its number.
pub(super) fn has_thin(figures: &Figures) -> bool {
    let clients = &figures.bytes.clients;
    let bins = clients.iter().flat_map(|client| &client.bins);
    stacks::has_thin(&PARTS, bins, clients.len(), &Axis::sizes(tallest(&figures.bytes), 3))
}

pub(super) fn has_heartbeats(figures: &Figures) -> bool {
    figures.bytes.clients.iter().any(|client| sum(client, |bin| bin.heartbeats) > 0)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let bytes = &subject.figures.bytes;
    let height = strips::Layout::new(subject, bytes.clients.len(), span(bytes)).height();
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, bytes));
    Sketch { subtitle: subtitle(subject, bytes), description: description(subject, bytes), height, body }
}

const PARTS: [Part<BytesBin>; 4] = [
    Part {
        name: "with events",
        of: |bin| bin.useful,
        told: |bin| bin.useful,
        stroke: ClientStyle::bar,
        pale: false,
    },
    Part {
        name: "heartbeats",
        of: |bin| bin.heartbeats,
        told: |bin| bin.heartbeats,
        stroke: |style| style.stroke().hatch(Hatch::Rising),
        pale: true,
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

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, bytes: &BytesOverTime) {
    let span = span(bytes);
    let layout = strips::Layout::new(subject, bytes.clients.len(), span);
    for (place, client) in bytes.clients.iter().enumerate() {
        let y = Axis::sizes(tallest(bytes), 3);
        let (mut plot, top) = layout.strip(canvas, subject, (place, client.client), y, span);
        let style = subject.style(client.client);
        stacks::paint(&mut plot, &PARTS, &client.bins, (bytes.from_s, bytes.bin_s), style);
        strips::name_outages(canvas, subject, client.client, &plot, top, Vec::new());
        let key = ("no bytes", None);
        stacks::key(canvas, subject, client.client, (plot.frame, layout), &told(client), key);
    }
    canvas.text((14.0, 14.0), format!("bytes in {}", duration(bytes.bin_s)), SMALL);
}

/// The time that is drawn.
fn span(bytes: &BytesOverTime) -> (f64, f64) {
    stacks::span(bytes.from_s, bytes.bin_s, bytes.clients.iter().map(|client| client.bins.len()))
}

/// The parts that there are, each with its size.
fn told(client: &BytesBins) -> Vec<(&'static Part<BytesBin>, String)> {
    let parts = PARTS.iter().map(|part| (part, sum(client, part.told))).filter(|(_, bytes)| *bytes > 0);
    parts.map(|(part, bytes)| (part, format!("{} {}", size(bytes as f64), part.name))).collect()
}

fn sum(client: &BytesBins, part: fn(&BytesBin) -> u64) -> u64 {
    client.bins.iter().map(part).sum()
}

/// The greatest number of bytes in one bin of one client.
fn tallest(bytes: &BytesOverTime) -> u64 {
    let bins = bytes.clients.iter().flat_map(|client| &client.bins);
    bins.map(BytesBin::total).max().unwrap_or(0)
}

/// `145 kB by stream, 31.2 % of it heartbeats`.
fn in_words(subject: &Subject<'_>, client: &BytesBins) -> String {
    let (total, name) = (client.total(), subject.named(client.client));
    let kinds = PARTS[1..].iter().map(|part| (part.name, sum(client, part.of)));
    let kinds: Vec<(&str, u64)> = kinds.filter(|(_, bytes)| *bytes > 0).collect();
    let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
    let for_nothing = match names.as_slice() {
        _ if total == 0 => String::new(),
        [] => ", all with events".to_owned(),
        [rest @ .., last] => {
            let names =
                if rest.is_empty() { (*last).to_owned() } else { format!("{} or {last}", rest.join(", ")) };
            let bytes: u64 = kinds.iter().map(|(_, bytes)| bytes).sum();
            format!(", {} of it {names}", share(bytes as f64 / total as f64))
        }
    };
    format!("{} by {name}{for_nothing}", size(total as f64))
}

fn subtitle(subject: &Subject<'_>, bytes: &BytesOverTime) -> String {
    let told = bytes.clients.iter().filter(|client| subject.speaks_of(client.client)).collect();
    stacks::subtitle(told, BytesBins::total, |client| in_words(subject, client))
}

fn description(subject: &Subject<'_>, bytes: &BytesOverTime) -> String {
    let mut text = format!("HTTP bytes in each {}.", duration(bytes.bin_s));
    for client in &bytes.clients {
        let parts = PARTS.iter().map(|part| format!("{} {}", size(sum(client, part.told) as f64), part.name));
        let parts: Vec<String> = parts.collect();
        text += &format!(" {}: {}.", subject.named(client.client), parts.join(", "));
    }
    text
}
