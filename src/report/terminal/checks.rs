//! What was claimed and checked, in a few lines of the terminal: expectations that fail or cannot be decided, the checks,
//! and how a live run went.

use super::line::{self, Line, left, width, wrap};
use super::{BOLD, DIM, GREEN, RED};
use crate::report::disabled::disabled;
use crate::report::held_back;
use crate::report::metric;
use crate::study::human;
use crate::study::summary::ExpectationResult;
use crate::study::{self, Check, Results, Verdict};
use anstyle::Style as Colour;

/// The expectations that do not hold, each with its limit beside it and at most [`FAILURES`] of them, then those that
/// this run cannot decide.
pub(super) fn failures(expectations: &[ExpectationResult], columns: usize) -> Vec<Line> {
    let of = |holds: Option<bool>| expectations.iter().filter(move |claim| claim.holds == holds);
    let open: Vec<&ExpectationResult> = of(None).collect();
    let failed = of(Some(false)).count();
    let mut told: Vec<Vec<Line>> = of(Some(false)).map(|claim| vec![failure(claim)]).collect();
    if told.len() > FAILURES {
        told.truncate(FAILURES - 1);
        let more = failed - (FAILURES - 1);
        told.push(vec![Line::of(format!(" FAILS and {more} more expectations"), RED)]);
    }
    // Expectations that are undecided for one reason share a line. If there are several reasons, it has the first.
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
pub(super) fn folded(checks: &[Check], note: &[Line], room: usize, columns: usize) -> Vec<Line> {
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
        Verdict::Agrees => ("     ok".to_owned(), GREEN),
        Verdict::Differs => ("  FAILS".to_owned(), RED),
        Verdict::TooFewEvents | Verdict::TooShort | Verdict::TooLate => {
            (format!(" {}", verdict.undecided().unwrap_or_default()), DIM)
        }
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

pub(super) fn live_note(results: &Results, columns: usize) -> Vec<Line> {
    let disabled = disabled(results).map(|clients| format!("disabled after failures: {clients}"));
    let noted: Vec<String> = disabled
        .into_iter()
        .chain(held_back::slow(&results.summary))
        .chain(held_back::broken(results))
        .chain(study::notes(&results.scenario))
        .collect();
    let mut lines: Vec<Line> = noted.iter().flat_map(|note| labelled(" note   ", note, columns)).collect();
    if let Some(live) = &results.summary.live {
        let text = format!("{}; speed {}", metric::lateness(live), human::ratio(live.speed));
        lines.extend(labelled(" live   ", &text, columns));
    }
    lines
}

/// A text beside its label, in as many lines as it needs.
pub(super) fn labelled(label: &str, text: &str, columns: usize) -> Vec<Line> {
    let blank = " ".repeat(width(label));
    let lines = wrap(text, columns - width(label)).into_iter().enumerate();
    lines
        .map(|(number, line)| {
            Line::of(if number == 0 { label } else { &blank }, DIM).then(line, Colour::new())
        })
        .collect()
}

/// Expectations that fail, at most.
const FAILURES: usize = 3;
