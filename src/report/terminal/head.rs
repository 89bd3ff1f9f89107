//! The first lines in the terminal: what ran, and the question that the sentence answers.

use super::line::{self, Line, width, wrap};
use super::{BOLD, DIM};
use crate::policy::outage::Outage;
use crate::report::metric;
use crate::scenario::{self, Scenario};
use crate::study::summary::Engine;
use crate::study::{self, Results, answer, human};
use crate::time::Span;
use anstyle::Style as Colour;

/// The title, where it is more than the scenario's name: what the sentence answers.
pub(super) fn question(results: &Results, columns: usize) -> Vec<Line> {
    let (title, name) = (&results.scenario.title, &results.scenario.name);
    let lines = if title == name { Vec::new() } else { wrap(title, columns - 2) };
    let lines = lines.into_iter().take(TITLE_LINES).map(|line| Line::of(format!(" {line}"), Colour::new()));
    std::iter::once(Line::default()).chain(lines).filter(|_| title != name).collect()
}

/// The scenario's name and what ran, in as many lines as it needs.
pub(super) fn header(results: &Results, columns: usize) -> Vec<Line> {
    let (scenario, summary) = (&results.scenario, &results.summary);
    let rate = metric::rate(summary.events.rate_per_s);
    let events = metric::events(metric::per_run(summary.events.occurred, summary.replications));
    let mut parts = vec![
        answer::spoken(Span::from_secs_f64(summary.duration_s)),
        format!("{events}{} ({rate})", of_trace(scenario)),
        format!("seed {}", summary.seed),
    ];
    if summary.replications > 1 {
        parts.push(format!("{} replications", summary.replications));
    }
    parts.extend(summary.precision.as_ref().map(metric::precision));
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
    lines.extend(set_otherwise(results, columns));
    lines
}

/// How many events the trace has of which the run has a part; empty where it has all. A note may find no room.
fn of_trace(scenario: &Scenario) -> String {
    study::trace_events(scenario)
        .map_or_else(String::new, |(_, all)| format!(" of the trace's {}", human::count(all as u64)))
}

/// What was set otherwise than in the file, of which title and names speak, in as much as finds room in two lines.
fn set_otherwise(results: &Results, columns: usize) -> Vec<Line> {
    let Some(set) = scenario::set_otherwise(&results.scenario) else { return Vec::new() };
    let mut lines = wrap(&format!("set: {set}"), columns - 2);
    if lines.len() > SET_LINES {
        lines.truncate(SET_LINES);
        lines[SET_LINES - 1] = format!("{} …", line::cut(&lines[SET_LINES - 1], columns - 4));
    }
    lines.into_iter().map(|line| Line::of(format!(" {line}"), DIM)).collect()
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

const TITLE_LINES: usize = 2;
const SET_LINES: usize = 2;
