//! Requests since the first message of the set-up, for each client: a webhook begins with those that set it up, and a
//! poller sends some all the time, so the lines cross.

use super::axis::Axis;
use super::canvas::{Canvas, draw};
use super::colours::Role;
use super::labels::{EndLabel, Places, end_labels, end_labels_height, same_line};
use super::letters::SMALL;
use super::plot::{Frame, Plot, line_width, room_for};
use super::text::counted;
use super::{Sketch, Subject, WIDTH};
use crate::study::figures::{Figures, PaysOff, SetUpCosts, SetUpLine};
use crate::study::human::{amount, duration};

/// Where setting up takes more than to name a URL, and is paid back.
pub(super) fn says(figures: &Figures) -> bool {
    figures.set_up.is_told && paid(&figures.set_up).next().is_some()
}

pub(super) fn sketch(subject: &Subject<'_>) -> Sketch {
    let costs = &subject.figures.set_up;
    let height = libm::fmax(HEIGHT, end_labels_height(costs.lines.len()) + 60.0);
    let body = draw((WIDTH, height), |canvas| paint(canvas, subject, costs));
    Sketch { subtitle: subtitle(subject, costs), description: description(subject, costs), height, body }
}

const HEIGHT: f64 = 320.0;
/// Room for the names at the right.
const LABELS: f64 = 206.0;
/// The time that is drawn is so many times that after which the last client has paid for itself.
const BEYOND: f64 = 2.5;

fn paid(costs: &SetUpCosts) -> impl Iterator<Item = (&SetUpLine, &PaysOff)> {
    costs.lines.iter().filter_map(|line| Some((line, line.pays_off.as_ref()?)))
}

fn at(line: &SetUpLine, seconds: f64) -> (f64, f64) {
    (seconds, line.set_up + line.per_s * seconds)
}

fn paint(canvas: &Canvas<'_>, subject: &Subject<'_>, costs: &SetUpCosts) {
    let last_s = BEYOND * paid(costs).map(|(_, paid)| paid.after_s).fold(0.0, libm::fmax);
    let most = costs.lines.iter().map(|line| at(line, last_s).1).fold(1.0, libm::fmax);
    let y = Axis::counts(libm::ceil(most) as u64, 5);
    let frame =
        Frame { left: room_for(&y, 48.0), top: 34.0, right: WIDTH - LABELS, bottom: canvas.height - 48.0 };
    let mut plot = Plot::new(canvas, frame, Axis::durations(last_s, 6).cut_to(0.0, last_s), y);
    plot.upright_axis("");
    plot.level_axis("time since the set-up began");
    canvas.text((14.0, 14.0), "requests so far, set-up included", SMALL);
    let mut places = Places::default();
    for (place, line) in costs.lines.iter().enumerate() {
        let width = line_width(place, costs.lines.len());
        plot.line([at(line, 0.0), at(line, last_s)].into_iter(), subject.style(line.client).line(), width);
        for step in 0..=80 {
            places.reserve(plot.at(at(line, last_s * f64::from(step) / 80.0)), 3.0, 3.0);
        }
    }
    for (line, paid) in paid(costs) {
        let crossing = plot.at(at(line, paid.after_s));
        canvas.ring(crossing, 6.0, Role::Text.stroke(), 1.25);
        places.reserve(crossing, 7.0, 7.0);
    }
    let Frame { left, top, right, bottom } = frame;
    // Clients that send alike are paid back at the same moment, which is told once.
    let mut told = Vec::new();
    for (line, paid) in paid(costs) {
        let words = format!("paid back after {}", duration(paid.after_s));
        if told.contains(&words) {
            continue;
        }
        told.push(words.clone());
        let label = (words.into(), SMALL.role(Role::Text));
        places.write(canvas, plot.at(at(line, paid.after_s)), [left, top, right, bottom], &[label]);
    }
    let labels = costs.lines.iter().enumerate().map(|(place, line)| EndLabel {
        end: plot.at(at(line, last_s)),
        style: subject.style(line.client),
        name: subject.name(line.client),
        detail: match costs.lines[..place].iter().find(|other| in_words(other) == in_words(line)) {
            Some(other) => same_line(subject.name(other.client)),
            None => in_words(line),
        },
    });
    end_labels(canvas, right + 24.0, (14.0, canvas.height - 14.0), labels.collect());
}

/// `2 at first, then 0.5 an hour`.
fn in_words(line: &SetUpLine) -> String {
    let then = format!("{} an hour", amount(line.per_s * 3600.0));
    if line.set_up > 0.0 { format!("{} at first, then {then}", amount(line.set_up)) } else { then }
}

fn subtitle(subject: &Subject<'_>, costs: &SetUpCosts) -> String {
    let dearest = |is_told: &dyn Fn(usize) -> bool| {
        let told = paid(costs).filter(|(line, _)| is_told(line.client));
        told.max_by(|one, other| one.0.set_up.total_cmp(&other.0.set_up))
    };
    let told = dearest(&|client| subject.speaks_of(client)).or_else(|| dearest(&|_| true));
    let Some((line, pays)) = told else { return "It never does.".to_owned() };
    format!(
        "Setting up {} takes {}. Against {}, it pays for itself {}.",
        subject.named(line.client),
        counted(libm::round(line.set_up) as u64, "request", "requests"),
        subject.named(pays.against),
        pays.words()
    )
}

fn description(subject: &Subject<'_>, costs: &SetUpCosts) -> String {
    let mut text = String::from("Requests since the set-up began, set-up included.");
    for line in &costs.lines {
        let pays = line.pays_off.as_ref().map_or_else(String::new, |pays| {
            format!("; it pays for itself {} against {}", pays.words(), subject.named(pays.against))
        });
        text += &format!(" {}: {}{pays}.", subject.named(line.client), in_words(line));
    }
    text
}
