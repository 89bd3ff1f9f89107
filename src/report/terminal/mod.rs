//! The summary that a terminal gets: the sentence, a table, how much was known when, the checks and the next
//! step, in at most 24 lines of 80 columns.
//!
//! It makes text and prints nothing. A client is told by its symbol as well as by its colour.

mod line;
mod tables;

use super::metric;
use crate::study::answer;
use crate::study::human;
use crate::study::summary::{Engine, ExpectationResult};
use crate::study::{Check, Results, Verdict};
use crate::time::Span;
use anstyle::{AnsiColor, Style as Colour};
use line::{COLUMNS, Line, left, width, wrap};
use tables::tables;

/// Whether the text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, which `anstream` takes out where they are not wanted.
    Colour,
}

/// The summary of a run whose report is in `folder`. What does not fit is folded into a line that says so: first
/// the checks, then clients beyond the fifth, then more of them.
pub fn render(results: &Results, folder: &str, style: Style) -> String {
    let mut text = String::new();
    for line in lines(results, folder) {
        text += &line.render(style == Style::Colour);
        text.push('\n');
    }
    text
}

/// The sentence alone, in one line, and a line for each claim that does not hold.
pub fn quiet(results: &Results) -> String {
    let failures = failures(&results.summary.expectations);
    let failures = failures.iter().map(|line| format!("{}\n", line.render(false).trim_start()));
    format!("{}\n", results.summary.answer) + &failures.collect::<String>()
}

fn lines(results: &Results, folder: &str) -> Vec<Line> {
    let mut head = vec![header(results)];
    head.extend(failures(&results.summary.expectations));
    head.push(Line::default());
    let sentence = wrap(&metric::unbroken(&results.summary.answer), COLUMNS - 2).into_iter();
    head.extend(
        sentence.take(SENTENCE_LINES).map(|line| Line::of(format!(" {}", line.replace('\u{a0}', " ")), BOLD)),
    );
    head.push(Line::default());
    let foot = foot(results, folder);

    let clients = results.summary.clients.len();
    let note = live_note(results);
    let least = 1 + usize::from(note.is_some());
    let checks = folded(&results.checks, note.clone(), CHECK_LINES);
    // Two tables with their heads, and the blank lines after them.
    let fixed = head.len() + foot.len() + 4;
    let folded_row = |rows| usize::from(rows < clients);
    let fits = |rows: usize, checks: usize| fixed + 2 * rows + folded_row(rows) + checks <= LINES;
    let most = clients.min(ROWS);
    let (rows, checks) = if fits(most, checks.len()) {
        (most, checks)
    } else {
        let rows = (1..=most).rev().find(|&rows| fits(rows, least)).unwrap_or(1);
        let room = LINES.saturating_sub(fixed + 2 * rows + folded_row(rows)).max(least);
        (rows, folded(&results.checks, note, room))
    };
    let tables = tables(results, rows);
    [head, tables, checks, foot].concat()
}

fn header(results: &Results) -> Line {
    let (scenario, summary) = (&results.scenario, &results.summary);
    let rate = metric::rate(summary.events.rate_per_s);
    let mut parts = vec![
        answer::spoken(Span::from_secs_f64(summary.duration_s)),
        format!("{} ({rate})", metric::events(summary.events.occurred)),
        format!("seed {}", summary.seed),
    ];
    if summary.replications > 1 {
        parts.push(format!("{} replications", summary.replications));
    }
    if summary.engine == Engine::Live {
        parts.push("live".to_owned());
    }
    if !summary.complete {
        parts.insert(0, "stopped early".to_owned());
    }
    parts.extend(outages(results));
    Line::of(line::cut(&scenario.name, 24), BOLD).then(format!("  {}", parts.join("  ")), DIM)
}

/// `down 13:00-13:30`, with who it is where not all clients are, or how many outages there are.
fn outages(results: &Results) -> Option<String> {
    let scenario = &results.scenario;
    let mut down: Vec<(String, _)> =
        scenario.source_outages.0.iter().map(|outage| ("source".to_owned(), *outage)).collect();
    let first = &scenario.clients.first()?.outages;
    if scenario.clients.iter().all(|client| client.outages == *first) {
        down.extend(first.0.iter().map(|outage| (String::new(), *outage)));
    } else {
        for client in &scenario.clients {
            down.extend(client.outages.0.iter().map(|outage| (client.name.clone(), *outage)));
        }
    }
    match &down[..] {
        [] => None,
        [(who, outage)] => {
            let (from, until) = (outage.from.as_secs_f64(), outage.until.as_secs_f64());
            let times = format!("down {}-{}", metric::clock(from), metric::clock(until));
            Some(if who.is_empty() { times } else { format!("{who} {times}") })
        }
        several => Some(format!("{} outages", several.len())),
    }
}

/// The expectations that do not hold, each with its limit beside it; at most [`FAILURE_LINES`] lines.
fn failures(expectations: &[ExpectationResult]) -> Vec<Line> {
    let failed: Vec<&ExpectationResult> =
        expectations.iter().filter(|expectation| !expectation.holds).collect();
    let shown = if failed.len() > FAILURE_LINES { FAILURE_LINES - 1 } else { failed.len() };
    let mut lines: Vec<Line> = failed[..shown]
        .iter()
        .map(|failed| {
            let value = metric::value(&failed.metric, failed.value);
            let limit = metric::value(&failed.metric, Some(failed.limit));
            let text = format!(" {} {}, expected {} {limit}", failed.metric, value, failed.bound);
            Line::of(format!(" FAILS {}", line::cut(&failed.client, 24)), RED).then(text, BOLD)
        })
        .collect();
    if shown < failed.len() {
        lines.push(Line::of(format!(" FAILS and {} more expectations", failed.len() - shown), RED));
    }
    lines
}

/// Failed checks first, the others as far as there is room, and how many were left out. One line at least, so
/// that no check is passed over in silence.
fn folded(checks: &[Check], note: Option<Line>, room: usize) -> Vec<Line> {
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| check.verdict);
    let notes: Vec<Line> =
        note.into_iter().take(room.saturating_sub(usize::from(!checks.is_empty()))).collect();
    let room = room - notes.len();
    let shown = if sorted.len() > room { room.saturating_sub(1) } else { sorted.len() };
    let mut lines: Vec<Line> =
        sorted[..shown].iter().map(|check| checked(&check.text, check.verdict)).collect();
    let rest = &sorted[shown..];
    if !rest.is_empty() {
        let failed = rest.iter().filter(|check| check.verdict == Verdict::Differs).count();
        let (more, plural) = (if shown > 0 { "more " } else { "" }, if rest.len() == 1 { "" } else { "s" });
        lines.push(match failed {
            0 => checked(&format!("{} {more}check{plural}, in the report", rest.len()), Verdict::Agrees),
            _ => checked(
                &format!("{failed} of {} {more}check{plural}, in the report", rest.len()),
                Verdict::Differs,
            ),
        });
    }
    lines.extend(notes);
    lines
}

fn checked(text: &str, verdict: Verdict) -> Line {
    let (said, colour) = match verdict {
        Verdict::Agrees => ("     ok", GREEN),
        Verdict::Differs => ("  FAILS", RED),
        Verdict::TooFewEvents => (" too few events to tell", DIM),
    };
    Line::of(" check  ", DIM).then(left(text, COLUMNS - 8 - said.len()), Colour::new()).then(said, colour)
}

fn live_note(results: &Results) -> Option<Line> {
    let live = results.summary.live.as_ref()?;
    let late = |value: Option<f64>, what: &str| value.map(|late| format!("{} {what}", human::duration(late)));
    let parts = [late(live.lateness_s.p99, "at p99"), late(live.lateness_s.max, "at most")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let text = format!("the engine was late by {}; speed {}", parts.join(", "), human::ratio(live.speed));
    Some(Line::of(" live   ", DIM).then(text, Colour::new()))
}

fn foot(results: &Results, folder: &str) -> Vec<Line> {
    let report = format!("{}/index.html", folder.trim_end_matches('/'));
    vec![
        Line::of(" report ", DIM).then(report, Colour::new()),
        Line::of(" next   ", DIM).then(next_step(results), Colour::new()),
    ]
}

/// What to try after this run, from what it showed.
fn next_step(results: &Results) -> String {
    let summary = &results.summary;
    let leaky = (results.scenario.clients.iter().zip(&summary.clients)).find(|(config, client)| {
        client.events.lost > 0 && config.webhook().is_some_and(|webhook| webhook.reconcile.is_none())
    });
    if summary.events.occurred == 0 {
        "--set duration=..., long enough for something to happen".to_owned()
    } else if let Some(client) = summary.clients.iter().find(|client| !client.stable) {
        format!("give “{}” less to do: it cannot keep up", line::cut(&client.name, 28))
    } else if let Some((_, client)) = leaky {
        let question = "does reconciling find the lost?";
        let option = format!("--set 'client.{}.reconcile=15m'", client.name);
        // An option that is cut would be a wrong one.
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
        format!("--live{speed}: the same over real HTTP")
    } else {
        "without --live: the same in virtual time, to hold beside this".to_owned()
    }
}

const LINES: usize = 24;
const ROWS: usize = 5;
const SENTENCE_LINES: usize = 5;
const FAILURE_LINES: usize = 3;
const CHECK_LINES: usize = 4;

const BOLD: Colour = Colour::new().bold();
const DIM: Colour = Colour::new().dimmed();
const RED: Colour = AnsiColor::Red.on_default().bold();
const GREEN: Colour = AnsiColor::Green.on_default();

#[cfg(test)]
mod tests;
