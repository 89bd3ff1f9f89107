//! The summary for a terminal: the sentence, two tables, the checks and the next step, in at most 24 lines of 80 columns.
//!
//! It makes text and does not print it. Each client has a symbol as well as a colour.

mod line;
mod tables;

use super::metric;
use crate::policy::channel::Opener;
use crate::policy::outage::Outage;
use crate::study::answer;
use crate::study::human;
use crate::study::summary::{Engine, ExpectationResult};
use crate::study::{self, Check, Results, Verdict};
use crate::time::Span;
use anstyle::{AnsiColor, Style as Colour};
use line::{Line, left, width, wrap};
use tables::tables;

/// Whether the text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours, which `anstream` takes out where they are not wanted.
    Colour,
}

/// Columns of a terminal that nobody asked.
pub const COLUMNS: usize = 80;

/// The summary of a run whose report is in `folder`, for a terminal of so many columns (40 to [`COLUMNS`] are used).
/// What does not fit is folded into a line that says so: first the checks, then clients beyond the fifth, then more of
/// them.
pub fn render(results: &Results, folder: &str, style: Style, columns: usize) -> String {
    let columns = columns.clamp(LEAST_COLUMNS, COLUMNS);
    let mut text = String::new();
    for line in lines(results, columns) {
        text += &line.render(style == Style::Colour, columns);
        text.push('\n');
    }
    for line in foot(results, folder, columns) {
        // A path or an option that is cut would be a wrong one; the terminal breaks it.
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
    let sentence = sentence.take(in_narrow(SENTENCE_LINES));
    said.extend(sentence.map(|line| Line::of(format!(" {}", line.replace('\u{a0}', " ")), BOLD)));
    said.push(Line::default());

    let note = live_note(results, columns);
    let least = 1 + note.len();
    let checks = folded(&results.checks, &note, CHECK_LINES, columns);
    let foot = 2;
    // The question goes where there is no room for it.
    let least_lines =
        head.len() + asked.len() + said.len() + tables(results, 1, columns).len() + foot + least;
    if least_lines <= in_narrow(LINES) {
        head.extend(asked);
    } else if !asked.is_empty() {
        head.push(Line::default());
    }
    head.extend(said);
    let used = |rows: usize| head.len() + tables(results, rows, columns).len() + foot;
    let fits = |rows: usize, checks: usize| used(rows) + checks <= in_narrow(LINES);
    let most = results.summary.clients.len().min(ROWS);
    let (rows, checks) = if fits(most, checks.len()) {
        (most, checks)
    } else {
        let rows = (1..=most).rev().find(|&rows| fits(rows, least)).unwrap_or(1);
        let room = in_narrow(LINES).saturating_sub(used(rows)).max(least);
        (rows, folded(&results.checks, &note, room, columns))
    };
    [head, tables(results, rows, columns), checks].concat()
}

/// The title, where it is more than the scenario's name: what the sentence answers.
fn question(results: &Results, columns: usize) -> Vec<Line> {
    let (title, name) = (&results.scenario.title, &results.scenario.name);
    let lines = if title == name { Vec::new() } else { wrap(title, columns - 2) };
    let lines = lines.into_iter().take(TITLE_LINES).map(|line| Line::of(format!(" {line}"), Colour::new()));
    std::iter::once(Line::default()).chain(lines).filter(|_| title != name).collect()
}

/// The scenario's name and what ran, in as many lines as it needs.
fn header(results: &Results, columns: usize) -> Vec<Line> {
    let (scenario, summary) = (&results.scenario, &results.summary);
    let rate = metric::rate(summary.events.rate_per_s);
    let events = metric::events(metric::per_run(summary.events.occurred, summary.replications));
    let mut parts = vec![
        answer::spoken(Span::from_secs_f64(summary.duration_s)),
        format!("{events} ({rate})"),
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
    let mut name = line::cut(&scenario.name, 24);
    let mut lines = Vec::new();
    let mut text = String::new();
    for part in parts {
        let part = format!("  {part}");
        if !text.is_empty() && width(&name) + width(&text) + width(&part) > columns {
            lines.push(Line::of(std::mem::take(&mut name), BOLD).then(std::mem::take(&mut text), DIM));
        }
        text += &part;
    }
    lines.push(Line::of(name, BOLD).then(text, DIM));
    lines
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
    let of_source = scenario.source_outages.0.len();
    // An outage of several clients is one.
    let mut of_clients: Vec<&Outage> = Vec::new();
    for (_, outage) in &down[of_source..] {
        if !of_clients.contains(&outage) {
            of_clients.push(outage);
        }
    }
    let (who, outage) = down.first()?;
    match (of_source + of_clients.len(), down.len()) {
        (1, parties) => {
            let (from, until) = (outage.from.as_secs_f64(), outage.until.as_secs_f64());
            let times = format!("down {}-{}", metric::clock(from), metric::clock(until));
            Some(match who.as_str() {
                "" => times,
                _ if parties > 1 => format!("{parties} clients {times}"),
                who => format!("{who} {times}"),
            })
        }
        (several, _) => Some(format!("{several} outages")),
    }
}

/// The expectations that do not hold, each with its limit beside it and at most [`FAILURES`] of them, then those that
/// this run cannot decide.
fn failures(expectations: &[ExpectationResult], columns: usize) -> Vec<Line> {
    let of = |holds: Option<bool>| expectations.iter().filter(move |claim| claim.holds == holds);
    let open: Vec<&ExpectationResult> = of(None).collect();
    let failed = of(Some(false)).count();
    let mut told: Vec<Vec<Line>> = of(Some(false)).map(|claim| vec![failure(claim)]).collect();
    if told.len() > FAILURES {
        told.truncate(FAILURES - 1);
        let more = failed - (FAILURES - 1);
        told.push(vec![Line::of(format!(" FAILS and {more} more expectations"), RED)]);
    }
    // What is undecided for one reason is told at once; of several reasons the first.
    let one_reason = open.windows(2).all(|pair| pair[0].undecided_because == pair[1].undecided_because);
    if let Some(first) = open.first() {
        let claim = format!("{} {} {}", line::cut(&first.client, 24), first.metric, bound(first));
        let all = if open.len() == expectations.len() { "all " } else { "" };
        let what = match open.len() {
            1 => claim,
            several if one_reason => format!("{all}{several} expectations"),
            several => format!("{several} expectations, such as {claim}"),
        };
        told.push(undecided(&what, first, columns));
    }
    told.concat()
}

fn failure(failed: &ExpectationResult) -> Line {
    let value = metric::value(&failed.metric, failed.value);
    let text = format!(" {} {value}, expected {}", failed.metric, bound(failed));
    Line::of(format!(" FAILS {}", line::cut(&failed.client, 24)), RED).then(text, BOLD)
}

/// What this run cannot decide, and why, in as many lines as that takes.
fn undecided(what: &str, claim: &ExpectationResult, columns: usize) -> Vec<Line> {
    let because = claim.undecided_because.as_deref().unwrap_or_default();
    labelled(" undecided: ", &format!("{what}: {because}"), columns)
}

fn bound(expectation: &ExpectationResult) -> String {
    format!("{} {}", expectation.bound, metric::value(&expectation.metric, Some(expectation.limit)))
}

/// Failed checks first, the others as far as there is room, and how many were left out. One line at least, so
/// that no check is passed over in silence.
fn folded(checks: &[Check], note: &[Line], room: usize, columns: usize) -> Vec<Line> {
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| check.verdict);
    let notes: Vec<Line> =
        note.iter().take(room.saturating_sub(usize::from(!checks.is_empty()))).cloned().collect();
    let room = room - notes.len();
    let shown = if sorted.len() > room { room.saturating_sub(1) } else { sorted.len() };
    let mut lines: Vec<Line> =
        sorted[..shown].iter().map(|check| checked(&check.text, check.verdict, columns)).collect();
    let rest = &sorted[shown..];
    if !rest.is_empty() {
        // The first of them is the worst.
        let verdict = rest[0].verdict;
        let alike = rest.iter().filter(|check| check.verdict == verdict).count();
        let of = if alike < rest.len() { format!("{alike} of ") } else { String::new() };
        let (more, plural) = (if shown > 0 { "more " } else { "" }, if rest.len() == 1 { "" } else { "s" });
        let text = format!("{of}{} {more}check{plural}, in the report", rest.len());
        lines.push(checked(&text, verdict, columns));
    }
    lines.extend(notes);
    lines
}

fn checked(text: &str, verdict: Verdict, columns: usize) -> Line {
    let (said, colour) = match verdict {
        Verdict::Agrees => ("     ok", GREEN),
        Verdict::Differs => ("  FAILS", RED),
        Verdict::TooFewEvents => (" too few events to tell", DIM),
    };
    let room = columns - 8 - said.len();
    Line::of(" check  ", DIM).then(left(&with_short_name(text, room), room), Colour::new()).then(said, colour)
}

/// A statement of a client in so many columns: its name is cut before its figures are.
fn with_short_name(text: &str, columns: usize) -> String {
    match text.rsplit_once(": ") {
        Some((name, figures)) if width(text) > columns && width(figures) + 6 < columns => {
            format!("{}: {figures}", line::cut(name, columns - width(figures) - 2))
        }
        _ => text.to_owned(),
    }
}

fn live_note(results: &Results, columns: usize) -> Vec<Line> {
    let noted = study::notes(&results.scenario);
    let mut lines: Vec<Line> = noted.iter().flat_map(|note| labelled(" note   ", note, columns)).collect();
    if let Some(live) = &results.summary.live {
        let text = format!("{}; speed {}", metric::lateness(live), human::ratio(live.speed));
        lines.extend(labelled(" live   ", &text, columns));
    }
    lines
}

/// A text beside its label, in as many lines as it needs.
fn labelled(label: &str, text: &str, columns: usize) -> Vec<Line> {
    let blank = " ".repeat(width(label));
    let lines = wrap(text, columns - width(label)).into_iter().enumerate();
    lines
        .map(|(number, line)| {
            Line::of(if number == 0 { label } else { &blank }, DIM).then(line, Colour::new())
        })
        .collect()
}

fn foot(results: &Results, folder: &str, columns: usize) -> Vec<Line> {
    let report = format!("{}/index.html", folder.trim_end_matches('/'));
    let next = next_step(results);
    let mut lines = vec![Line::of(" report ", DIM).then(report, Colour::new())];
    // An option goes whole.
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
    let leaky = (results.scenario.clients.iter().zip(&summary.clients)).find(|(config, client)| {
        client.events.lost > 0 && config.channels().all(|channel| channel.opener() == Opener::Source)
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

const LEAST_COLUMNS: usize = 40;
const LINES: usize = 24;
const ROWS: usize = 5;
const TITLE_LINES: usize = 2;
const SENTENCE_LINES: usize = 5;
const FAILURES: usize = 3;
const CHECK_LINES: usize = 4;

const BOLD: Colour = Colour::new().bold();
const DIM: Colour = Colour::new().dimmed();
const RED: Colour = AnsiColor::Red.on_default().bold();
const GREEN: Colour = AnsiColor::Green.on_default();

#[cfg(test)]
mod tests;
