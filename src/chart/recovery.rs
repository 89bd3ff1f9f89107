//! The time around an outage. Above, how many events wait, for all clients on one scale; below, a strip for each client
//! with the requests that were sent and the events that arrived. Where the line of arrivals stays far below the bars,
//! requests keep a receiver busy without bringing anything.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::letters::SMALL;
use super::plot::{Frame, Plot, line_width, room_for};
use super::strips::{self, Layout};
use super::stroke::Dash;
use super::text::{counted, keep_units};
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Figures, Recovery, RecoveryBin, RecoveryLine};
use crate::study::human::{count, duration, list, share};

/// Whether a webhook saw an outage.
pub(super) fn says(figures: &Figures) -> bool {
    figures.recovery.is_some()
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let none = Recovery::default();
    let recovery = subject.figures.recovery.as_ref().unwrap_or(&none);
    let height = layout(subject, recovery).height();
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, recovery));
    Sketch {
        subtitle: subtitle(subject, recovery),
        description: description(subject, recovery),
        height,
        body,
    }
}

/// The height of the plot of waiting events, with its axis and the words above it.
const WAITING: f64 = 226.0;

fn layout(subject: &Subject<'_>, recovery: &Recovery) -> Layout {
    Layout::new(subject, recovery.clients.len(), recovery.span_s).below(WAITING)
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, recovery: &Recovery) {
    paint_waiting(canvas, subject, recovery);
    let layout = layout(subject, recovery);
    for (place, line) in recovery.clients.iter().enumerate() {
        let y = Axis::counts(tallest(recovery), 3);
        let (mut plot, top) = layout.strip(canvas, subject, (place, line.client), y, recovery.span_s);
        let style = subject.style(line.client);
        let ends = |bin: usize| {
            let from = recovery.span_s.0 + bin as f64 * recovery.bin_s;
            (from, (from + recovery.bin_s).min(recovery.span_s.1))
        };
        let bars = line.bins.iter().enumerate().filter(|(_, bin)| bin.sent > 0);
        let bars = bars.map(|(bin, counts)| [(ends(bin).0, 0.0), (ends(bin).1, counts.sent as f64)]);
        plot.bars(bars, style.stroke().alpha(0.3));
        let outline = |of: fn(&RecoveryBin) -> u64| {
            let steps = line.bins.iter().enumerate();
            corners(steps.flat_map(move |(bin, counts)| {
                let height = of(counts) as f64;
                [(ends(bin).0, height), (ends(bin).1, height)]
            }))
        };
        plot.line(outline(|bin| bin.sent).into_iter(), style.stroke(), 0.75);
        plot.line(outline(|bin| bin.arrived).into_iter(), Role::Text.stroke(), 1.75);
        let mut taken = Vec::new();
        strips::mark_end(canvas, subject, &plot, top, &mut taken);
        strips::name_outages(canvas, subject, line.client, &plot, top, taken);
        let words = strip_words(recovery, line);
        let (x, y) = strips::name(canvas, subject, line.client, (plot.frame, layout), SMALL.width(&words));
        canvas.text((x, y), words, SMALL);
    }
    let per = duration(recovery.bin_s);
    let words = format!("requests sent (bars) and new events (line) in {per}");
    canvas.text((14.0, WAITING + 14.0), words, SMALL);
}

/// The events that wait, one line for each client.
fn paint_waiting(canvas: &Canvas<'_>, subject: &Subject<'_>, recovery: &Recovery) {
    let most = recovery.clients.iter().filter_map(worst).map(|(_, most)| most).max().unwrap_or(0);
    let y = Axis::counts(most, 4);
    let frame = Frame { left: room_for(&y, 62.0), top: 32.0, right: WIDTH - 24.0, bottom: WAITING - 42.0 };
    let mut plot = Plot::new(canvas, frame, strips::time_axis(recovery.span_s), y);
    strips::axes(canvas, &plot, true);
    canvas.text((14.0, 14.0), "events that wait", SMALL);
    let (x, _) = plot.at((recovery.ended_s, 0.0));
    canvas.line(&[(x, frame.top), (x, frame.bottom)], Role::Text.stroke().dash(Dash::Fine), 1.0);
    for (place, line) in recovery.clients.iter().enumerate() {
        let width = line_width(place, recovery.clients.len());
        let points = corners(line.waiting.iter().map(|(at, waiting)| (*at, *waiting as f64)));
        plot.line(points.into_iter(), subject.style(line.client).line(), width);
    }
    for line in &recovery.clients {
        if let Some((at, high)) = worst(line).filter(|(_, high)| *high * SEEN > most) {
            canvas.symbol(plot.at((at, high as f64)), subject.style(line.client), 4.5);
        }
    }
    let half = SMALL.width(OVER) / 2.0 + 4.0;
    strips::boxed(canvas, ((x + half + 2.0).min(frame.right - half), frame.top + 8.0), OVER);
}

/// The points of a line without those in the middle of a level stretch, which are most of them.
fn corners(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for point in points {
        match kept.as_mut_slice() {
            [.., before, last] if before.1 == last.1 && last.1 == point.1 => *last = point,
            _ => kept.push(point),
        }
    }
    kept
}

/// A line whose highest point is less than this part of the highest of all has no symbol there.
const SEEN: u64 = 10;
const OVER: &str = "outage over";

/// When most events waited, and how many.
fn worst(line: &RecoveryLine) -> Option<(f64, u64)> {
    line.waiting.iter().copied().max_by(|one, other| one.1.cmp(&other.1).then(other.0.total_cmp(&one.0)))
}

fn sums(recovery: &Recovery, line: &RecoveryLine) -> (u64, u64) {
    let bins = line.bins.iter().enumerate();
    let later =
        bins.filter(|(bin, _)| recovery.span_s.0 + (*bin as f64 + 1.0) * recovery.bin_s > recovery.ended_s);
    later.fold((0, 0), |(sent, failed), (_, bin)| (sent + bin.sent, failed + bin.failed))
}

fn strip_words(recovery: &Recovery, line: &RecoveryLine) -> String {
    let most = worst(line).map_or(0, |(_, most)| most);
    let (sent, failed) = sums(recovery, line);
    let never = if line.never > 0 { format!(", {} never came", count(line.never)) } else { String::new() };
    let waited = if most > 0 { format!("up to {} waited, ", count(most)) } else { String::new() };
    keep_units(&format!("{waited}then {} sent, {} failed{never}", count(sent), count(failed)))
}

fn tallest(recovery: &Recovery) -> u64 {
    let bins = recovery.clients.iter().flat_map(|line| &line.bins);
    bins.map(|bin| bin.sent.max(bin.arrived)).max().unwrap_or(0)
}

fn subtitle(subject: &Subject<'_>, recovery: &Recovery) -> String {
    let spoken = || recovery.clients.iter().filter(|line| subject.speaks_of(line.client));
    let most = spoken().max_by_key(|line| (worst(line).map_or(0, |(_, most)| most), sums(recovery, line)));
    let Some(line) = most.filter(|line| worst(line).is_some_and(|(_, most)| most > 0)) else {
        return "No event waited.".to_owned();
    };
    let (sent, failed) = sums(recovery, line);
    let waited = counted(worst(line).map_or(0, |(_, most)| most), "event", "events");
    let caught_up = line.caught_up_s.map_or_else(
        || "none of them when the outage was over".to_owned(),
        |after_s| format!("the last of them came {} after the outage", duration(after_s)),
    );
    let failed = match (sent, failed) {
        (0, _) => String::new(),
        (_, 0) => ", and none failed".to_owned(),
        (sent, failed) => {
            format!(", of which {} brought nothing and failed", share(failed as f64 / sent as f64))
        }
    };
    let mut text = format!(
        "With {}, up to {waited} waited; {caught_up}. From its end on, {} sent{failed}.",
        subject.named(line.client),
        if sent == 1 { "1 request was".to_owned() } else { format!("{} requests were", count(sent)) },
    );
    // That those of the outage have come is no recovery where as many wait again.
    if let Some(again) = waiting_again(recovery, line) {
        text += &format!(" At the end of this chart, {} others waited.", count(again));
    }
    let never = spoken().filter(|line| line.never > 0);
    let never = never.map(|line| format!("{} of {}", count(line.never), subject.named(line.client)));
    let never: Vec<String> = never.collect();
    if !never.is_empty() {
        text += &format!(" Never came: {}.", list(&never));
    }
    text
}

/// How many wait at the end of the chart, if those of the outage had come by then and these are many.
fn waiting_again(recovery: &Recovery, line: &RecoveryLine) -> Option<u64> {
    let (_, last) = *line.waiting.last()?;
    let (_, most) = worst(line)?;
    let have_come = line.caught_up_s.is_some_and(|after_s| recovery.ended_s + after_s < recovery.span_s.1);
    (have_come && last * SEEN > most).then_some(last)
}

fn description(subject: &Subject<'_>, recovery: &Recovery) -> String {
    let mut text = String::from("Around the outage: events that wait, requests sent and events that arrive.");
    for line in &recovery.clients {
        text += &format!(" {}: {}.", subject.named(line.client), strip_words(recovery, line));
    }
    text
}
