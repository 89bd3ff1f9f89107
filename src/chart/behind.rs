//! How far behind each client was over time: the age of the oldest event that it did not know. There is one strip for each
//! client, all on one linear scale from zero, so that recoveries at the same speed have the same slope. Clients that
//! hardly ever catch up have a scale of their own where they would press the lines of all others flat.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::letters::SMALL;
use super::stroke::Dash;
use super::text::keep_units;
use super::{Sketch, Subject, WIDTH, strips};
use crate::study::figures::{Behind, BehindLine, Figures};
use crate::study::human::duration;

/// Whether one client was further behind than another, or at one time further than usual. What every client always is
/// behind, the chart of how late tells better.
pub(super) fn says(figures: &Figures) -> bool {
    let lines = &figures.behind.clients;
    let most = greatest(&figures.behind);
    let differs = lines.iter().any(|line| most > UNLIKE * age(line));
    most > 0.0 && (differs || lines.iter().any(|line| age(line) > OUTSTANDING * usual(line)))
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

/// The greatest age of the clients that those that stay behind would hide on one scale.
fn hidden(behind: &Behind) -> Option<f64> {
    let worst = behind.clients.iter().filter_map(|line| line.worst).map(|worst| worst.1);
    let (stays, others): (Vec<f64>, Vec<f64>) = worst.partition(|age| *age >= stays_from(behind));
    let least = stays.iter().copied().fold(f64::INFINITY, libm::fmin);
    let others = others.into_iter().fold(0.0, libm::fmax);
    (others > 0.0 && least.is_finite() && least > FLAT * others).then_some(others)
}

/// A client whose oldest unknown event gets so old is one that stays behind.
fn stays_from(behind: &Behind) -> f64 {
    (behind.span_s.1 - behind.span_s.0) / 2.0
}

/// A line so many times lower than its axis shows nothing.
const FLAT: f64 = 12.0;

/// The greatest age that the strip of this client has room for.
fn room(behind: &Behind, line: &BehindLine) -> f64 {
    match hidden(behind) {
        Some(others) if !has_own_scale(behind, line) => others,
        _ => greatest(behind),
    }
}

fn has_own_scale(behind: &Behind, line: &BehindLine) -> bool {
    hidden(behind).is_some() && age(line) >= stays_from(behind)
}

pub(super) fn has_one_scale(figures: &Figures) -> bool {
    hidden(&figures.behind).is_none()
}

pub(super) fn has_two_scales(figures: &Figures) -> bool {
    !has_one_scale(figures)
}

const NOTHING: &str = "No client was ever behind.";

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, behind: &Behind) {
    let layout = strips::Layout::new(subject, behind.clients.len(), behind.span_s);
    for (place, line) in behind.clients.iter().enumerate() {
        let y = Axis::durations(room(behind, line), 3);
        let (mut plot, top) = layout.strip(canvas, subject, (place, line.client), y, behind.span_s);
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
        let (x, y) = strips::name(canvas, subject, line.client, (plot.frame, layout), SMALL.width(&words));
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
            let scale = if has_own_scale(behind, line) { " (other scale)" } else { "" };
            keep_units(&format!("worst {} at {when}{still}{scale}", duration(age)))
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
    let (mut spoken, others): (Vec<&BehindLine>, Vec<&BehindLine>) =
        behind.clients.iter().partition(|line| subject.speaks_of(line.client));
    spoken.sort_by(|one, other| age(one).total_cmp(&age(other)));
    let (Some(least), Some(most)) = (spoken.first(), spoken.last()) else { return NOTHING.to_owned() };
    let of_pair = of_pair(subject, behind, [least, most]);
    // A client that the report does not compare may draw the highest line.
    let furthest = others.into_iter().max_by(|one, other| age(one).total_cmp(&age(other)));
    match furthest.filter(|line| age(line) > UNLIKE * age(most)) {
        Some(line) if age(most) > 0.0 => {
            format!("{of_pair} Furthest behind was {}: {}.", subject.named(line.client), duration(age(line)))
        }
        Some(line) => format!("At worst, {} was {} behind.", subject.named(line.client), duration(age(line))),
        None => of_pair,
    }
}

/// Of the clients that the report compares, the one that was least behind and the one that was most.
fn of_pair(subject: &Subject<'_>, behind: &Behind, [least, most]: [&BehindLine; 2]) -> String {
    let Some((time, worst)) = most.worst.filter(|worst| worst.1 > 0.0) else { return NOTHING.to_owned() };
    let growing = if most.growing { ", and still growing" } else { "" };
    let when = format!("{} into the run{growing}", strips::instant(behind.span_s, time));
    let [most_name, least_name] = [most, least].map(|line| subject.named(line.client));
    let [worst, other] = [worst, age(least)].map(duration);
    if least.client == most.client {
        format!("At worst {worst}, {when}, with {most_name}.")
    } else if worst == other {
        format!("At worst, {most_name} and {least_name} were both {worst} behind ({when}).")
    } else if age(least) > 0.0 {
        format!("At worst, {most_name} was {worst} behind ({when}), and {least_name} was {other}.")
    } else {
        format!("At worst, {most_name} was {worst} behind ({when}); {least_name} never was.")
    }
}

/// The greatest age of a line.
fn age(line: &BehindLine) -> f64 {
    line.worst.map_or(0.0, |worst| worst.1)
}

fn description(subject: &Subject<'_>, behind: &Behind) -> String {
    let mut text = String::from("Age of the oldest event not yet known, over time.");
    for line in &behind.clients {
        text += &format!(" {}: {}.", subject.named(line.client), worst_text(behind, line));
    }
    text
}
