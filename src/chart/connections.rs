//! The connections that the source holds open, over time. There is one strip for each client that keeps any, all on one
//! scale from zero: a line for the average in each step, and a band from the fewest to the most. A single connection has no
//! band, since its average says for which part of the step it was open.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::text::keep_units;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{ConnectionLine, Connections, ConnectionsOverTime, Figures};
use crate::study::human::{amount, count, list, share};

/// Whether the connections of some client are not always as many. The first step has the opening of all.
pub(super) fn says(figures: &Figures) -> bool {
    let is_level = |line: &ConnectionLine| {
        let most = f64::from(line.most);
        line.bins.iter().skip(1).all(|bin| bin.mean >= LEVEL * most)
    };
    figures.connections.clients.iter().any(|line| !is_level(line))
}

/// A line that stays above this part of its peak looks level.
const LEVEL: f64 = 0.98;

pub(super) fn has_bands(figures: &Figures) -> bool {
    figures.connections.clients.iter().any(|line| bands(line).next().is_some())
}

/// The bins with a band, and their places.
fn bands(line: &ConnectionLine) -> impl Iterator<Item = (usize, &Connections)> {
    let bins = line.bins.iter().enumerate();
    bins.filter(|(_, bin)| line.most > 1 && bin.least < bin.most)
}

pub(super) fn has_several(figures: &Figures) -> bool {
    figures.connections.clients.len() > 1
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let connections = &subject.figures.connections;
    let height = strips::Layout::new(subject, connections.clients.len(), connections.span_s).height();
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, connections));
    Sketch {
        subtitle: subtitle(subject, connections),
        description: description(subject, connections),
        height,
        body,
    }
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, connections: &ConnectionsOverTime) {
    let layout = strips::Layout::new(subject, connections.clients.len(), connections.span_s);
    let most = connections.clients.iter().map(|line| line.most).max().unwrap_or(0);
    for (place, line) in connections.clients.iter().enumerate() {
        let y = Axis::counts(most.into(), 3);
        let (mut plot, top) = layout.strip(canvas, subject, (place, line.client), y, connections.span_s);
        let style = subject.style(line.client);
        let (from_s, until_s) = connections.span_s;
        let ends = |bin: usize| {
            let begins = from_s + bin as f64 * connections.bin_s;
            (begins, libm::fmin(begins + connections.bin_s, until_s))
        };
        let step =
            |(place, bin): (usize, &Connections)| [(ends(place).0, bin.mean), (ends(place).1, bin.mean)];
        let steps = || line.bins.iter().enumerate().flat_map(step);
        plot.area(steps(), style.stroke().alpha(0.12));
        let band = |(place, bin): (usize, &Connections)| {
            [(ends(place).0, f64::from(bin.least)), (ends(place).1, f64::from(bin.most))]
        };
        plot.bars(bands(line).map(band), style.stroke().alpha(0.25));
        plot.line(steps(), style.stroke(), 1.5);
        strips::name_outages(canvas, subject, line.client, &plot, top, Vec::new());
        let (number, how_long) = open(line);
        let words = keep_units(&format!("{number} open, {how_long}"));
        let (x, y) = strips::name(canvas, subject, line.client, (plot.frame, layout), SMALL.width(&words));
        canvas.text((x, y), words, SMALL);
    }
    canvas.text((14.0, 14.0), "connections open at the source", SMALL);
}

/// How many and for how long: `1` and `95.5 % of the time`, or `954 of 1 000` and `on average`.
fn open(line: &ConnectionLine) -> (String, String) {
    let most = f64::from(line.most);
    match line.most {
        _ if line.mean >= most => (count(line.most.into()), "all the time".to_owned()),
        0 | 1 => (count(line.most.into()), format!("{} of the time", share(line.mean))),
        _ => (format!("{} of {}", amount(line.mean), count(line.most.into())), "on average".to_owned()),
    }
}

/// `1 by stream, 99.3 % of the time`.
fn in_words(subject: &Subject<'_>, line: &ConnectionLine) -> String {
    let (number, how_long) = open(line);
    format!("{number} by {}, {how_long}", subject.named(line.client))
}

fn subtitle(subject: &Subject<'_>, connections: &ConnectionsOverTime) -> String {
    let mut told: Vec<&ConnectionLine> = connections.clients.iter().collect();
    if told.len() > 3 && told.iter().any(|line| subject.speaks_of(line.client)) {
        told.retain(|line| subject.speaks_of(line.client));
    }
    if told.len() > 3 {
        told.sort_by(|one, other| share_open(other).total_cmp(&share_open(one)));
        let (most, least) = (told[0], told[told.len() - 1]);
        return format!(
            "Steadiest: {}. Least steady: {}.",
            in_words(subject, most),
            in_words(subject, least)
        );
    }
    let parts: Vec<String> = told.into_iter().map(|line| in_words(subject, line)).collect();
    format!("{}.", parts.join("; "))
}

fn share_open(line: &ConnectionLine) -> f64 {
    line.mean / f64::from(line.most.max(1))
}

fn description(subject: &Subject<'_>, connections: &ConnectionsOverTime) -> String {
    let mut text = String::from("Connections that the source holds open, over time.");
    for line in &connections.clients {
        text += &format!(" {}.", in_words(subject, line));
    }
    let keeps = |client: &usize| connections.clients.iter().any(|line| line.client == *client);
    let others = (0..subject.clients.len()).filter(|client| !keeps(client));
    let others: Vec<String> = others.map(|client| subject.named(client)).collect();
    match others.as_slice() {
        [] => text,
        [_] => format!("{text} {} keeps none.", list(&others)),
        _ => format!("{text} {} keep none.", list(&others)),
    }
}
