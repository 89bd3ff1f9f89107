//! How far behind each client was over time: the age of the oldest event that it did not know. There is one strip for each
//! client, all on one linear scale from zero, so that recoveries at the same speed have the same slope.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::plot::Plot;
use super::stroke::Dash;
use super::text::keep_units;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Behind, BehindLine, Figures};
use crate::study::human::duration;

/// Whether one client was further behind than another, or at one time further than usual. What every client always is
/// behind, the chart of how late tells better.
pub(super) fn says(figures: &Figures) -> bool {
    let lines = &figures.behind.clients;
    let worst = |line: &BehindLine| line.worst.map_or(0.0, |worst| worst.1);
    let most = greatest(&figures.behind);
    let differs = lines.iter().any(|line| most > UNLIKE * worst(line));
    most > 0.0 && (differs || lines.iter().any(|line| worst(line) > OUTSTANDING * usual(line)))
}

/// The middle one of the ages at which the client is behind at all.
fn usual(line: &BehindLine) -> f64 {
    let mut ages: Vec<f64> = line.points.iter().map(|point| point.1).filter(|age| *age > 0.0).collect();
    ages.sort_by(f64::total_cmp);
    ages.get(ages.len() / 2).copied().unwrap_or(0.0)
}

/// Two clients whose worst are so many times apart differ to the eye.
const UNLIKE: f64 = 1.5;
/// A worst so many times the usual stands out.
const OUTSTANDING: f64 = 2.0;

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let behind = &subject.figures.behind;
    let height = strips::Layout::new(subject, behind.clients.len(), behind.span_s).height();
    let body = draw((WIDTH, height), |canvas| {
        paint(canvas, subject, behind);
    });
    Sketch { subtitle: subtitle(subject, behind), description: description(subject, behind), height, body }
}

const NOTHING: &str = "No client was ever behind.";

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, behind: &Behind) {
    let count = behind.clients.len();
    let layout = strips::Layout::new(subject, count, behind.span_s);
    for (place, line) in behind.clients.iter().enumerate() {
        let y = Axis::durations(greatest(behind), 3);
        let frame = layout.frame(place, &y);
        let top = layout.top(frame);
        let mut plot = Plot::new(canvas, frame, strips::time_axis(behind.span_s), y);
        strips::axes(canvas, &plot, place + 1 == count);
        strips::hatch_outages(canvas, subject, line.client, &plot, (top, frame.bottom));
        let style = subject.style(line.client);
        plot.area(line.points.iter().copied(), style.stroke().alpha(0.12));
        plot.line(line.points.iter().copied(), style.stroke().dash(Dash::None), 1.25);
        // The words beside the strip say how high it is; at the peak the line would run through them.
        if let Some(worst) = line.worst.filter(|worst| worst.1 > 0.0) {
            canvas.disc(plot.at(worst), 3.0, style.stroke());
        }
        let mut taken = Vec::new();
        strips::mark_end(canvas, subject, &plot, top, &mut taken);
        strips::name_outages(canvas, subject, line.client, &plot, top, taken);
        let words = worst_text(behind, line);
        let (x, y) = strips::name(canvas, subject, line.client, (frame, layout), SMALL.width(&words));
        canvas.text((x, y), words, SMALL);
    }
    canvas.text((14.0, 14.0), "age of the oldest event not known", SMALL);
}

fn worst_text(behind: &Behind, line: &BehindLine) -> String {
    match line.worst {
        Some((time, age)) if age > 0.0 => {
            let when = strips::instant(behind.span_s, time);
            let still = match &line.ended_by {
                _ if line.growing => ", and still growing".to_owned(),
                Some(cause) => format!(", when {cause} catches up"),
                None => String::new(),
            };
            keep_units(&format!("worst {} at {when}{still}", duration(age)))
        }
        _ => "never behind".to_owned(),
    }
}

fn greatest(behind: &Behind) -> f64 {
    let ages = behind
        .clients
        .iter()
        .flat_map(|line| line.points.iter().map(|point| point.1).chain(line.worst.map(|worst| worst.1)));
    ages.fold(0.0, libm::fmax)
}

fn subtitle(subject: &Subject<'_>, behind: &Behind) -> String {
    let mut worst: Vec<(f64, f64, usize)> = behind
        .clients
        .iter()
        .filter(|line| subject.speaks_of(line.client))
        .map(|line| line.worst.map_or((0.0, 0.0, line.client), |(time, age)| (age, time, line.client)))
        .collect();
    worst.sort_by(|one, other| one.0.total_cmp(&other.0));
    match (worst.first(), worst.last()) {
        (Some(least), Some(most)) if least.2 != most.2 && most.0 > 0.0 => format!(
            "At worst, {} was {} behind ({} into the run), and {} was {}.",
            subject.named(most.2),
            duration(most.0),
            strips::instant(behind.span_s, most.1),
            subject.named(least.2),
            duration(least.0),
        ),
        (_, Some(most)) if most.0 > 0.0 => {
            format!(
                "At worst {}, {} into the run, with {}.",
                duration(most.0),
                strips::instant(behind.span_s, most.1),
                subject.named(most.2)
            )
        }
        _ => NOTHING.to_owned(),
    }
}

fn description(subject: &Subject<'_>, behind: &Behind) -> String {
    let mut text = String::from("Age of the oldest event not yet known, over time.");
    for line in &behind.clients {
        text += &format!(" {}: {}.", subject.named(line.client), worst_text(behind, line));
    }
    text
}
