//! What happened to each event, one bar for each client: brought by a poll, by the first attempt, by a retry, by
//! reconciling, or never known. All bars have the same length, because every client has the same events.

use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::labels::nudge_apart;
use super::letters::{Align, NAME, SMALL};
use super::stroke::{Hatch, Stroke};
use super::style::ClientStyle;
use super::text::counted;
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Fate, Fates, Figures};
use crate::study::human::{count, list, share};

/// Whether not all events of every client had the same fate. Of duplicates alone it says nothing: full bars beside one
/// another look alike, and the chart of requests shows what they cost.
pub(super) fn says(figures: &Figures) -> bool {
    figures.fates.iter().any(|bar| bar.counts.len() > 1)
        || figures.fates.iter().any(|bar| bar.counts.iter().any(|(fate, _)| *fate == Fate::Lost))
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let bars: Vec<&Fates> = subject.figures.fates.iter().filter(|bar| total(bar) > 0).collect();
    let pitches: Vec<f64> = bars.iter().map(|bar| BAR + words_height(subject, bar)).collect();
    let height = 2.0 * MARGIN + libm::fmax(pitches.iter().sum(), 128.0) - 14.0;
    let body = draw((WIDTH, height), |canvas| {
        let mut top = MARGIN;
        for (bar, pitch) in bars.iter().zip(&pitches) {
            paint(canvas, subject, bar, top);
            top += pitch;
        }
    });
    Sketch { subtitle: subtitle(subject, &bars), description: description(subject, &bars), height, body }
}

const MARGIN: f64 = 14.0;
/// The name, the bar under it, and the gap to the next.
const BAR: f64 = 62.0;
/// From the height of one hairline to that of the next, and how far the first is below the bar.
const STEP: f64 = 4.0;
/// A part is drawn at least so wide.
const LEAST: f64 = 3.0;
/// Retries from this one on are one part.
const LAST_RETRY: u32 = 4;

/// Some events of a bar.
struct Part {
    name: String,
    number: u64,
    stroke: Stroke,
    /// Whether words can be read on it.
    solid: bool,
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, bar: &Fates, top: f64) {
    let (left, right) = (MARGIN, WIDTH - MARGIN);
    let style = subject.style(bar.client);
    canvas.symbol((left + 4.0, top + 8.0), style, 4.0);
    let name = NAME.role(style.stroke().role);
    canvas.text((left + 14.0, top + 8.0), name.fit(subject.name(bar.client), 420.0), name);
    let mut note = counted(total(bar), "event", "events");
    if bar.duplicates > 0 {
        note += &format!(" and {}", counted(bar.duplicates, "duplicate", "duplicates"));
    }
    canvas.text((right, top + 8.0), &note, SMALL.align(Align::Right));
    for (part, (from, to), inside) in placed(bar, style) {
        let (one, other) = ((from, top + 19.0), (to, top + 41.0));
        canvas.rectangle(one, other, part.stroke);
        if !part.solid {
            canvas.frame(one, other, part.stroke.role.stroke(), 0.75);
        }
        if inside {
            canvas.text((from + 7.0, top + 30.0), in_words(&part, total(bar)), SMALL.role(Role::Paper));
        }
    }
    paint_below(canvas, &below(bar, style), top + 41.0);
}

/// The parts with their ends, and whether their words stand on them.
fn placed(bar: &Fates, style: ClientStyle) -> impl Iterator<Item = (Part, (f64, f64), bool)> {
    let parts = parts(bar, style);
    let edges = edges(&parts, MARGIN, WIDTH - MARGIN);
    let total = total(bar);
    parts.into_iter().zip(edges).map(move |(part, (from, to))| {
        let inside = part.solid && SMALL.width(&in_words(&part, total)) + 14.0 < to - from;
        (part, (from, to), inside)
    })
}

/// The words of the parts that are too narrow for them, and the middles of these parts.
fn below(bar: &Fates, style: ClientStyle) -> Vec<(f64, String)> {
    let narrow = placed(bar, style).filter(|(_, _, inside)| !inside);
    let words: Vec<(f64, String, String)> = narrow
        .map(|(part, (from, to), _)| {
            let short = format!("{}: {}", part.name, count(part.number));
            ((from + to) / 2.0, in_words(&part, total(bar)), short)
        })
        .collect();
    // They stand in one row. If it is too long, it has no shares.
    let long: f64 = words.iter().map(|(_, long, _)| SMALL.width(long) + GAP).sum();
    let fits = long <= WIDTH - 2.0 * MARGIN;
    words.into_iter().map(|(x, long, short)| (x, if fits { long } else { short })).collect()
}

/// What the words under a bar need: a row, and above it a height for each hairline.
fn words_height(subject: &Subject<'_>, bar: &Fates) -> f64 {
    match below(bar, subject.style(bar.client)).len() {
        0 => 0.0,
        words => 16.0 + words as f64 * STEP,
    }
}

/// The words in a row, each with a hairline from its part: down, along and down, at a height of its own, so that
/// none crosses another or runs through words.
fn paint_below(canvas: &Canvas<'_>, words: &[(f64, String)], bar_bottom: f64) {
    let widths: Vec<f64> = words.iter().map(|(_, text)| SMALL.width(text)).collect();
    let wanted: Vec<f64> = words.iter().map(|(x, _)| *x).collect();
    let middles = nudge_apart(&wanted, &widths, GAP, (MARGIN, WIDTH - MARGIN));
    let row = bar_bottom + 4.0 + words.len() as f64 * STEP + 7.0;
    for (place, (((x, text), middle), width)) in words.iter().zip(middles).zip(widths).enumerate() {
        let end = x.clamp(middle - width / 2.0 + 4.0, libm::fmax(middle + width / 2.0 - 4.0, middle));
        // Lines to the left get lower from left to right, lines to the right from right to left, so that none cross.
        let height = if end <= *x { place } else { words.len() - 1 - place };
        let level = bar_bottom + 4.0 + height as f64 * STEP;
        let corners = [(*x, bar_bottom + 1.0), (*x, level), (end, level), (end, row - 7.0)];
        canvas.line(&corners, Role::Axis.stroke(), 1.0);
        canvas.text((middle, row), text, SMALL.align(Align::Centre).role(Role::Text));
    }
}

/// Between two words of a row.
const GAP: f64 = 12.0;

/// The parts of a bar in the order of the fates; late retries are taken together.
fn parts(bar: &Fates, style: ClientStyle) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let late =
        bar.counts.iter().filter(|(fate, _)| matches!(fate, Fate::Retry(n) if *n >= LAST_RETRY)).count() > 1;
    for &(fate, number) in &bar.counts {
        let part = part(fate, number, style, late);
        match parts.last_mut() {
            Some(last) if last.name == part.name => last.number += number,
            _ => parts.push(part),
        }
    }
    parts
}

fn part(fate: Fate, number: u64, style: ClientStyle, late_together: bool) -> Part {
    let stroke = style.stroke();
    let is_late = |retry: u32| retry >= LAST_RETRY && late_together;
    let (stroke, solid) = match fate {
        Fate::Streamed | Fate::Asked | Fate::FirstTry => (style.bar(), !style.is_hollow()),
        Fate::Retry(retry) if is_late(retry) => (stroke.alpha(0.25), false),
        Fate::Retry(retry) => (stroke.alpha(libm::fmax(0.25, 0.75 - 0.15 * f64::from(retry))), false),
        Fate::Reconciled => (stroke.hatch(Hatch::Rising), false),
        Fate::Pending => (Role::Muted.stroke().hatch(Hatch::Falling), false),
        Fate::Lost => (Role::Text.stroke().hatch(Hatch::Crossed), false),
    };
    let name = match fate {
        Fate::Retry(retry) if is_late(retry) => format!("{} and later", Fate::Retry(LAST_RETRY).words()),
        fate => fate.words(),
    };
    Part { name, number, stroke, solid }
}

/// Where each part begins and ends: as wide as its share, but never too narrow to be seen, and a hairline apart.
fn edges(parts: &[Part], left: f64, right: f64) -> Vec<(f64, f64)> {
    let total: u64 = parts.iter().map(|part| part.number).sum();
    let gap = 1.0;
    let room = right - left - gap * parts.len().saturating_sub(1) as f64;
    let wide: Vec<f64> =
        parts.iter().map(|part| libm::fmax(LEAST, part.number as f64 / total as f64 * room)).collect();
    // Narrow parts are widened to be seen; the others give up that width in proportion.
    let spare = |width: f64| libm::fmax(width - LEAST, 0.0);
    let excess = wide.iter().sum::<f64>() - room;
    let giving: f64 = wide.iter().copied().map(spare).sum();
    let mut x = left;
    wide.iter()
        .map(|&width| {
            let width = if giving > 0.0 { width - excess * spare(width) / giving } else { width };
            let edge = (x, x + width);
            x += width + gap;
            edge
        })
        .collect()
}

fn total(bar: &Fates) -> u64 {
    bar.counts.iter().map(|(_, number)| number).sum()
}

fn in_words(part: &Part, total: u64) -> String {
    format!("{}: {} ({})", part.name, count(part.number), share(part.number as f64 / total as f64))
}

fn subtitle(subject: &Subject<'_>, bars: &[&Fates]) -> String {
    let lost = |bar: &Fates| -> u64 {
        bar.counts.iter().filter(|(fate, _)| matches!(fate, Fate::Lost)).map(|(_, number)| number).sum()
    };
    let losers: Vec<String> = bars
        .iter()
        .filter(|bar| lost(bar) > 0)
        .map(|bar| format!("{}: {}", subject.named(bar.client), count(lost(bar))))
        .collect();
    let lost_words = match losers.as_slice() {
        [] => "No client lost any.".to_owned(),
        losers if losers.len() <= 3 => format!("Lost by {}.", losers.join(", by ")),
        losers => format!("{} of {} clients lost some.", losers.len(), bars.len()),
    };
    let spoken_of: Vec<&&Fates> = bars.iter().filter(|bar| subject.speaks_of(bar.client)).collect();
    let first_tries = spoken_of.iter().filter_map(|bar| {
        let first = bar.counts.iter().find(|(fate, _)| *fate == Fate::FirstTry)?;
        let part = share(first.1 as f64 / total(bar) as f64);
        Some(format!("{part} of the events of {}", subject.named(bar.client)))
    });
    let first_tries: Vec<String> = first_tries.collect();
    let first_tries =
        (!first_tries.is_empty()).then(|| format!("The first attempt brought {}.", list(&first_tries)));
    let again = spoken_of.iter().filter(|bar| bar.duplicates > 0).map(|bar| {
        let receipts = counted(bar.duplicates, "duplicate", "duplicates");
        format!("{} also received {receipts}.", subject.named(bar.client))
    });
    first_tries.into_iter().chain(again).chain([lost_words]).collect::<Vec<_>>().join(" ")
}

fn description(subject: &Subject<'_>, bars: &[&Fates]) -> String {
    let mut text = String::from("What happened to the events.");
    for bar in bars {
        let parts: Vec<String> =
            parts(bar, subject.style(bar.client)).iter().map(|part| in_words(part, total(bar))).collect();
        text += &format!(
            " {}: {}; duplicates {}.",
            subject.named(bar.client),
            parts.join(", "),
            count(bar.duplicates)
        );
    }
    text
}
