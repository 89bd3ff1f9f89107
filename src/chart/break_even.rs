//! Requests per hour against event rate, for each client: the requests of a poller depend on time, those of a webhook on
//! the number of events, so the lines cross. The lines are computed in `study::series`.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::labels::{EndLabel, Places, end_labels, end_labels_height, same_line};
use super::letters::{Align, SMALL};
use super::plot::{Frame, Plot, line_width, room_for};
use super::stroke::Dash;
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{BreakEven, BreakEvenLine, Figures};
use crate::study::human::amount;

/// The question needs a client whose requests depend on the events, and one whose requests depend on time.
pub(super) fn says(figures: &Figures) -> bool {
    let BreakEven { here_per_h, lines, .. } = &figures.break_even;
    *here_per_h > 0.0 && lines.iter().any(pays_by_the_event) && lines.iter().any(pays_by_the_clock)
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let figures = &subject.figures.break_even;
    let height = libm::fmax(HEIGHT, end_labels_height(figures.lines.len()) + 60.0);
    let body = draw((WIDTH, height), |canvas| {
        paint(canvas, subject, figures);
    });
    Sketch { subtitle: subtitle(subject, figures), description: description(subject, figures), height, body }
}

const HEIGHT: f64 = 380.0;
/// Room for the names at the right.
const LABELS: f64 = 206.0;

fn pays_by_the_event(line: &BreakEvenLine) -> bool {
    matches!(line.points.as_slice(), [first, .., last] if last.1 > first.1)
}

/// At the lowest of the rates drawn it still sends.
fn pays_by_the_clock(line: &BreakEvenLine) -> bool {
    matches!(line.points.as_slice(), [first, .., last] if first.1 > 0.0 && last.1 < 2.0 * first.1)
}

/// Whether the scale, which is logarithmic and so has no zero, has a place for it.
fn has_place(line: &BreakEvenLine) -> bool {
    line.points.iter().any(|point| point.1 > 0.0)
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, figures: &BreakEven) {
    let points = || figures.lines.iter().flat_map(|line| &line.points);
    let rates = points().map(|point| point.0).chain([figures.here_per_h]);
    let costs = points().map(|point| point.1).chain(figures.lines.iter().map(|line| line.measured_per_h));
    let (least, greatest) = rates.clone().fold((f64::INFINITY, 0.0), |(least, greatest), rate| {
        (libm::fmin(least, rate), libm::fmax(greatest, rate))
    });
    // The lines end at the edge, beside their names.
    let x = Axis::log_amount(rates).cut_to(least, greatest);
    let y = Axis::log_amount(costs);
    let left = room_for(&y, 62.0);
    let frame = Frame { left, top: 46.0, right: WIDTH - LABELS, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, x, y);
    plot.upright_axis("");
    plot.level_axis("events an hour");
    canvas.text((14.0, 14.0), "requests an hour", SMALL);
    for (place, line) in figures.lines.iter().enumerate() {
        let width = line_width(place, figures.lines.len());
        let positive = line.points.iter().copied().filter(|point| point.1 > 0.0);
        plot.line(positive, subject.style(line.client).line(), width);
    }
    paint_here(canvas, subject, figures, &plot);
    paint_crossing(canvas, figures, &plot);
    let in_run = |line: &BreakEvenLine| format!("{} an hour in this run", amount(line.measured_per_h));
    let lines: Vec<&BreakEvenLine> = figures.lines.iter().filter(|line| has_place(line)).collect();
    let labels = lines.iter().enumerate().filter_map(|(place, line)| {
        let end = plot.at(*line.points.last()?);
        let is_same = |other: &&&BreakEvenLine| other.points == line.points && in_run(other) == in_run(line);
        let detail = match lines[..place].iter().find(is_same) {
            Some(other) => same_line(subject.name(other.client)),
            None => in_run(line),
        };
        Some(EndLabel { end, style: subject.style(line.client), name: subject.name(line.client), detail })
    });
    end_labels(canvas, frame.right + 24.0, (14.0, canvas.height - 14.0), labels.collect());
}

/// The scenario's own rate, and what was measured there.
fn paint_here(canvas: &Canvas<'_>, subject: &Subject<'_>, figures: &BreakEven, plot: &Plot<'_, '_>) {
    if figures.here_per_h <= 0.0 {
        return;
    }
    let Frame { left, top, right, bottom } = plot.frame;
    let (x, _) = plot.at((figures.here_per_h, plot.y.from));
    canvas.line(&[(x, top - 6.0), (x, bottom)], Role::Text.stroke().dash(Dash::Fine), 1.0);
    let text = format!("this run: {} an hour", amount(figures.here_per_h));
    let letters = SMALL.role(Role::Text).align(Align::Centre);
    let half = letters.width(&text) / 2.0;
    canvas.text((x.clamp(left + half, right - half), top - 14.0), &text, letters);
    for line in figures.lines.iter().filter(|line| line.measured_per_h > 0.0) {
        canvas.symbol(plot.at((figures.here_per_h, line.measured_per_h)), subject.style(line.client), 5.0);
    }
}

fn paint_crossing(canvas: &Canvas<'_>, figures: &BreakEven, plot: &Plot<'_, '_>) {
    let Some(crossing) = &figures.crossing else { return };
    let mut places = Places::default();
    for line in &figures.lines {
        for pair in line.points.windows(2) {
            places.reserve_line(plot.at(pair[0]), plot.at(pair[1]), 3.0);
        }
        places.reserve(plot.at((figures.here_per_h, line.measured_per_h)), 7.0, 7.0);
    }
    let (here, middle) =
        (plot.at((figures.here_per_h, plot.y.from)).0, (plot.frame.top + plot.frame.bottom) / 2.0);
    places.reserve((here, middle), 2.0, (plot.frame.bottom - plot.frame.top) / 2.0);
    let at = plot.at((crossing.events_per_h, crossing.requests_per_h));
    canvas.ring(at, 7.0, Role::Text.stroke(), 1.25);
    places.reserve(at, 7.0, 7.0);
    let Frame { left, top, right, bottom } = plot.frame;
    let text = format!("equal at {} an hour", amount(crossing.events_per_h));
    places.write(canvas, at, [left, top, right, bottom], &[(text.into(), SMALL.role(Role::Text))]);
}

fn subtitle(subject: &Subject<'_>, figures: &BreakEven) -> String {
    let mut sentences = Vec::new();
    if let Some(crossing) = &figures.crossing {
        let (one, other) = crossing.clients;
        sentences.push(format!(
            "{} and {} send equally many requests at {} events an hour.",
            subject.named(one),
            subject.named(other),
            amount(crossing.events_per_h)
        ));
    }
    let lines = spoken_of(subject, figures);
    let rate = |line: &&BreakEvenLine, unit: &str| {
        format!("{}{unit} with {}", amount(line.measured_per_h), subject.named(line.client))
    };
    let told = match lines.as_slice() {
        [fewest, others @ ..] if !others.is_empty() => {
            let first = rate(fewest, " requests an hour");
            let others = if others.len() < NAMED { others } else { &others[others.len() - 1..] };
            Some([vec![first], others.iter().map(|line| rate(line, "")).collect()].concat())
        }
        _ => None,
    };
    if let Some(told) = told {
        let here = amount(figures.here_per_h);
        let drain = if figures.with_drain { ", those after the end included" } else { "" };
        sentences.push(format!("At the {here} events an hour of this run: {}{drain}.", told.join(", ")));
    }
    if !figures.overloaded.is_empty() {
        let names: Vec<String> = figures.overloaded.iter().map(|&client| subject.named(client)).collect();
        sentences.push(format!("Not drawn, because overloaded at that rate: {}.", names.join(", ")));
    }
    let missing: Vec<String> =
        figures.lines.iter().filter(|line| !has_place(line)).map(|line| subject.named(line.client)).collect();
    if !missing.is_empty() {
        sentences.push(format!("Not drawn, because the scale has no zero: {}.", missing.join(", ")));
    }
    sentences.join(" ")
}

/// The lines of the clients that the report's first sentence compares, and of one that pays by the clock and one that
/// pays by the event where that leaves them out, by their requests.
fn spoken_of<'f>(subject: &Subject<'_>, figures: &'f BreakEven) -> Vec<&'f BreakEvenLine> {
    let mut lines: Vec<_> = figures.lines.iter().filter(|line| subject.speaks_of(line.client)).collect();
    let kinds: [fn(&BreakEvenLine) -> bool; 2] = [pays_by_the_clock, pays_by_the_event];
    for is_of_kind in kinds {
        if !lines.iter().any(|line| is_of_kind(line)) {
            lines.extend(figures.lines.iter().find(|line| is_of_kind(line)));
        }
    }
    lines.sort_by(|one, other| one.measured_per_h.total_cmp(&other.measured_per_h));
    lines
}

/// Of more clients the sentence names those with the fewest and with the most requests.
const NAMED: usize = 3;

fn description(subject: &Subject<'_>, figures: &BreakEven) -> String {
    let mut text = format!("Requests an hour at {} events an hour.", amount(figures.here_per_h));
    for line in &figures.lines {
        text += &format!(" {}: {}.", subject.named(line.client), amount(line.measured_per_h));
    }
    if let Some(crossing) = &figures.crossing {
        text += &format!(
            " {} and {} send equally many requests at {} events an hour.",
            subject.named(crossing.clients.0),
            subject.named(crossing.clients.1),
            amount(crossing.events_per_h)
        );
    }
    text
}
