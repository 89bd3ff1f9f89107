//! How far behind each client was over time: the age of the oldest event that it did not know. One strip a client, on
//! one linear scale from zero, so that a recovery is the same slope everywhere.

use super::axis::Axis;
use super::canvas::{Align, Canvas, SMALL, draw};
use super::ink::{Dash, Role};
use super::labels::nothing;
use super::plot::Plot;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Behind, BehindLine};
use crate::study::human::duration;

pub(super) fn sketch(subject: &Subject<'_>) -> Option<Sketch> {
    let behind = &subject.figures.behind;
    let height = strips::height(behind.clients.len());
    let body = draw("behind", (WIDTH, height), |canvas| {
        if greatest(behind) > 0.0 {
            paint(canvas, subject, behind);
        } else {
            nothing(canvas, NOTHING);
        }
    });
    Some(Sketch {
        subtitle: subtitle(subject, behind),
        description: description(subject, behind),
        height,
        body,
    })
}

const NOTHING: &str = "No client was ever behind.";

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, behind: &Behind) {
    let count = behind.clients.len();
    for (place, line) in behind.clients.iter().enumerate() {
        let frame = strips::frame(place, count);
        let y = Axis::durations(greatest(behind), 3);
        let mut plot = Plot::new(canvas, frame, strips::time_axis(behind.span_s), y);
        strips::axes(canvas, &plot, place + 1 == count);
        strips::outages(canvas, subject, line.client, &plot);
        let style = subject.style(line.client);
        plot.area(line.points.iter().copied(), style.ink().alpha(0.22));
        plot.line(line.points.iter().copied(), style.ink().dash(Dash::None), 1.25);
        if let Some((time, age)) = line.worst.filter(|worst| worst.1 > 0.0) {
            paint_worst(canvas, &plot, (time, age), style.ink().role);
        }
        let (x, y) = strips::name(canvas, subject, line.client, frame);
        canvas.text((x, y), &worst_text(line), SMALL);
    }
    canvas.text((14.0, 14.0), "age of the oldest event not known", SMALL);
}

/// A dot and the age at the worst moment, beside the peak where it is not in its way.
fn paint_worst(canvas: &Canvas<'_>, plot: &Plot<'_, '_>, worst: (f64, f64), role: Role) {
    let (x, y) = plot.at(worst);
    canvas.disc((x, y), 3.0, role.ink());
    let text = duration(worst.1);
    let width = SMALL.width(&text);
    let (left, align) =
        if x + 8.0 + width < plot.frame.right { (x + 8.0, Align::Left) } else { (x - 8.0, Align::Right) };
    canvas.text((left, libm::fmax(y, plot.frame.top + 4.0)), &text, SMALL.align(align).role(Role::Text));
}

fn worst_text(line: &BehindLine) -> String {
    match line.worst {
        Some((time, age)) if age > 0.0 => format!("worst {}, {} into the run", duration(age), duration(time)),
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
        .map(|line| line.worst.map_or((0.0, 0.0, line.client), |(time, age)| (age, time, line.client)))
        .collect();
    worst.sort_by(|one, other| one.0.total_cmp(&other.0));
    match (worst.first(), worst.last()) {
        (Some(least), Some(most)) if least.2 != most.2 && most.0 > 0.0 => format!(
            "At worst, {} was {} behind ({} into the run), {} {}.",
            subject.name(most.2),
            duration(most.0),
            duration(most.1),
            subject.name(least.2),
            duration(least.0),
        ),
        (_, Some(most)) if most.0 > 0.0 => {
            format!(
                "At worst {}, {} into the run, with {}.",
                duration(most.0),
                duration(most.1),
                subject.name(most.2)
            )
        }
        _ => NOTHING.to_owned(),
    }
}

fn description(subject: &Subject<'_>, behind: &Behind) -> String {
    let mut text = String::from("Age of the oldest event not yet known, over time.");
    for line in &behind.clients {
        text += &format!(" {}: {}.", subject.name(line.client), worst_text(line));
    }
    text
}
