//! The summary for a terminal: the sentence, two tables, the checks and the next step, in at most 24 lines of 80 columns.
//!
//! It makes text and does not print it. Each client has a symbol as well as a colour.

mod checks;
mod head;
mod line;
mod predictions;
mod providers;
mod saturated;
mod tables;

use super::metric;
use crate::policy::channel::Opener;
use crate::scenario::{Client, Settling};
use crate::study::predict::{self, Effect};
use crate::study::summary::Engine;
use crate::study::{Results, answer};
use anstyle::{AnsiColor, Style as Colour};
use checks::{failures, folded, labelled, live_note};
use head::{header, question};
use line::{Line, width, wrap};
pub use predictions::predictions;
pub use providers::{provider, providers};
use saturated::saturated;
use tables::tables;

/// Whether the text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, which `anstream` takes out where they are not wanted.
    Colour,
}

/// The width that is used if the terminal's own is not known.
pub const COLUMNS: usize = 80;

/// The summary of a run whose report is in `folder`, for a terminal of so many columns (40 to [`COLUMNS`] are used).
/// What does not fit 24 lines is folded into a line that says so: first the checks, then clients beyond the fifth, then more
/// of them, but none that the sentence speaks of.
pub fn render(results: &Results, folder: &str, style: Style, columns: usize) -> String {
    let columns = columns.clamp(LEAST_COLUMNS, COLUMNS);
    let mut text = String::new();
    for line in lines(results, columns) {
        text += &line.render(style == Style::Colour, columns);
        text.push('\n');
    }
    for line in foot(results, folder, columns) {
        // A path or an option must not be cut; the terminal breaks the line.
        text += &line.render(style == Style::Colour, usize::MAX);
        text.push('\n');
    }
    text
}

/// The sentence alone, in one line, and a line for each claim that does not hold.
pub fn quiet(results: &Results) -> String {
    let failures = failures(&results.summary.expectations, COLUMNS);
    let failures = failures.iter().map(|line| format!("{}\n", line.render(false, COLUMNS).trim_start()));
    format!("{}\n", results.summary.answer) + &failures.collect::<String>()
}

/// All but the foot.
fn lines(results: &Results, columns: usize) -> Vec<Line> {
    let in_narrow = |lines: usize| (lines * COLUMNS).div_ceil(columns);
    let mut head = header(results, columns);
    head.extend(failures(&results.summary.expectations, columns));
    let asked = question(results, columns);
    let mut said = if asked.is_empty() { vec![Line::default()] } else { Vec::new() };
    let sentence = wrap(&metric::unbroken(&results.summary.answer), columns - 2).into_iter();
    let sentence: Vec<String> =
        sentence.take(in_narrow(SENTENCE_LINES)).map(|line| line.replace('\u{a0}', " ")).collect();
    said.extend(sentence.iter().map(|line| Line::of(format!(" {line}"), BOLD)));
    said.extend(saturated(results, &sentence.join(" "), columns));
    said.push(Line::default());

    let note = live_note(results, columns);
    let least = 1 + note.len();
    let checks = folded(&results.checks, &note, CHECK_LINES, columns);
    let foot = 2;
    head.extend(asked);
    head.extend(said);
    let used = |rows: usize| head.len() + tables(results, rows, columns).len() + foot;
    let fits = |rows: usize, checks: usize| used(rows) + checks <= in_narrow(LINES);
    // The clients that the sentence speaks of have their rows, however long that gets.
    let named = answer::named_clients(&results.summary, &results.scenario).len().max(1);
    let most = results.summary.clients.len().min(ROWS.max(named));
    let (rows, checks) = if fits(most, checks.len()) {
        (most, checks)
    } else {
        let rows = (named..=most).rev().find(|&rows| fits(rows, least)).unwrap_or(named);
        let room = in_narrow(LINES).saturating_sub(used(rows)).max(least);
        (rows, folded(&results.checks, &note, room, columns))
    };
    [head, tables(results, rows, columns), checks].concat()
}

fn foot(results: &Results, folder: &str, columns: usize) -> Vec<Line> {
    let report = format!("{}/index.html", folder.trim_end_matches('/'));
    let next = next_step(results);
    let mut lines = vec![Line::of(" report ", DIM).then(report, Colour::new())];
    // An option is never broken.
    if next.starts_with("--") {
        lines.push(Line::of(" next   ", DIM).then(next, Colour::new()));
    } else {
        lines.extend(labelled(" next   ", &next, columns));
    }
    lines
}

/// What to try after this run, from what it showed.
fn next_step(results: &Results) -> String {
    let summary = &results.summary;
    let clients = || results.scenario.clients.iter().zip(&summary.clients);
    let has = |config: &Client, effect: Effect| {
        predict::stability(&results.scenario, config).is_some_and(|overload| overload.effect == effect)
    };
    let hasty = clients().find(|(config, client)| !client.stable && has(config, Effect::NothingInTime));
    // More frequent polls would help, where the source answers them.
    let passes_over =
        |config| results.scenario.source.rate_limit.is_none() && has(config, Effect::PassedOver);
    let leaky = clients().find(|(config, client)| {
        client.events.lost > 0 && config.channels().all(|channel| channel.opener() == Opener::Source)
    });
    if let Some(speed) = answer::slower_speed(summary, &results.scenario) {
        format!("--speed {speed}: the engine was too late at this speed")
    } else if summary.events.occurred == 0 {
        "--set duration=..., long enough for something to happen".to_owned()
    } else if let Some((_, client)) = hasty {
        format!("give “{}” a longer timeout: answers are too late for it", line::cut(&client.name, 24))
    } else if let Some((_, feed)) = clients().find(|(config, client)| !client.stable && passes_over(config)) {
        format!("let “{}” ask more often: it misses what leaves the page", line::cut(&feed.name, 24))
    } else if let Some(client) = summary.clients.iter().find(|client| !client.stable) {
        format!("give “{}” less to do: it cannot keep up", line::cut(&client.name, 28))
    } else if let Some((_, client)) = leaky {
        let question = "does reconciling find the lost?";
        let option = format!("--set 'client.{}.reconcile=15m'", client.name);
        // An option that does not fit is not cut but described.
        match width(&option) + width(question) {
            0..=68 => format!("{option}: {question}"),
            _ => format!("reconcile = \"15m\" for the webhook: {question}"),
        }
    } else if summary.engine == Engine::Virtual && summary.replications == 1 {
        "--replications 30: does it hold for other seeds?".to_owned()
    } else if summary.engine == Engine::Virtual {
        // At a speed at which the run takes about half a minute.
        let speed = libm::pow(10.0, libm::floor(libm::log10((summary.duration_s / 30.0).max(1.0))));
        let speed = if speed > 1.0 { format!(" --speed {speed}") } else { String::new() };
        // A live run finds no warm-up.
        let warmup = match results.scenario.settling {
            Settling::Given => String::new(),
            Settling::ToFind | Settling::Found | Settling::NotFound => {
                format!(" --set warmup={}", results.scenario.warmup)
            }
        };
        format!("--live{speed}{warmup}: the same over real HTTP")
    } else {
        "without --live: the same in virtual time, to hold beside this".to_owned()
    }
}

const LEAST_COLUMNS: usize = 40;
const LINES: usize = 24;
const ROWS: usize = 5;
const SENTENCE_LINES: usize = 5;
const CHECK_LINES: usize = 4;

const BOLD: Colour = Colour::new().bold();
const DIM: Colour = Colour::new().dimmed();
const RED: Colour = AnsiColor::Red.on_default().bold();
const GREEN: Colour = AnsiColor::Green.on_default();

#[cfg(test)]
mod tests;
