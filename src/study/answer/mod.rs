//! The report's first sentence: which client was sooner, by how much and at what cost, and its most important
//! exception.
//!
//! Every number in it is a figure of the summary. From the scenario come only the kinds of the clients, the question of
//! `[answer]`, and an outage that explains a long tail.

mod asked;
mod chance;
mod clause;
mod compared;
mod exception;
mod kept_out;
mod lateness;
mod price;
mod words;

use super::expect::{late_s, of_one_run};
use super::summary::{ClientSummary, Live, Reached, Summary};
use super::{PerReplication, human};
use crate::figure::{Figure, Metric};
use crate::policy::channel::Opener;
use crate::scenario::{AnswerConfig, Client, Scenario};
use crate::time::Span;
use compared::compared;
use exception::{OwnOutage, duplicates, missed, own_outage, unstable};
use lateness::late;
pub use lateness::{caution, slower_speed};
use std::fmt;
pub(crate) use words::spoken;
use words::{called_alike, in_sentence, things};

/// The first sentence of a report, and its exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The result, for example which client was sooner, by what ratio and with how many requests.
    pub sentence: String,
    /// The most important fact against it, where there is one.
    pub exception: Option<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        self.exception.iter().try_for_each(|exception| write!(f, " {exception}"))
    }
}

/// The first sentence for a summary. It answers `[answer]` of the scenario. Without that table it compares the freshest
/// poller with the freshest webhook; of one kind alone, the freshest with the slowest client. `rows` are the figures of
/// each replication, from which it counts in how many of them one client was sooner.
pub fn answer(summary: &Summary, scenario: &Scenario, rows: &PerReplication) -> Answer {
    let clients = contenders(summary, scenario);
    if summary.events.occurred == 0 {
        return Answer { sentence: nothing_happened(summary, &clients), exception: None };
    }
    let answer = asked::asked(summary, scenario, rows).unwrap_or_else(|| {
        without_figure(scenario, of_latency_and_requests(summary, scenario, &clients, rows))
    });
    if summary.complete {
        return answer;
    }
    let said = answer.sentence.trim_end_matches('.');
    Answer { sentence: format!("{said}, in a run that was stopped early."), ..answer }
}

/// Says that the run has no such figure, where `[answer]` names one.
fn without_figure(scenario: &Scenario, answer: Answer) -> Answer {
    let Some(metric) = scenario.answer.as_ref().and_then(|config| config.metric.as_deref()) else {
        return answer;
    };
    let missing = format!("The run gives no `{metric}`, which the scenario asks for.");
    let exception = [Some(missing), answer.exception].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Answer { sentence: answer.sentence, exception: Some(exception) }
}

/// The answer to a question that names no figure.
fn of_latency_and_requests(
    summary: &Summary,
    scenario: &Scenario,
    clients: &[Contender<'_>],
    rows: &PerReplication,
) -> Answer {
    match asked_pair(clients, scenario).or_else(|| pair(clients)) {
        None => alone(clients),
        Some((a, b)) if a.silent() && b.silent() => {
            Answer { sentence: nobody_knew(summary, clients), exception: None }
        }
        Some((a, b)) if a.silent() || b.silent() => {
            let (a, b) = called_alike(a, b);
            if a.silent() { only(&b, &a) } else { only(&a, &b) }
        }
        Some((a, b)) => {
            let (a, b) = called_alike(a, b);
            compared(&a, &b, clients, rows)
        }
    }
}

/// The indices of the two clients that the sentence compares; None where it does not compare two.
pub fn compared_clients(summary: &Summary, scenario: &Scenario) -> Option<[usize; 2]> {
    if scenario.answer.as_ref().is_some_and(AnswerConfig::is_of_all) {
        return kept_out::pair(summary, scenario);
    }
    let clients = contenders(summary, scenario);
    let (a, b) = asked_pair(&clients, scenario).or_else(|| pair(&clients))?;
    Some([a.index, b.index])
}

/// The figure that `[answer]` names; None where the sentence compares latency and requests.
pub fn asked_figure(scenario: &Scenario) -> Option<Metric> {
    Metric::find(scenario.answer.as_ref()?.metric.as_deref()?)
}

/// A client's figure of one run with its unit, as the sentence spells it.
pub fn told(client: &ClientSummary, metric: &Metric, replications: u32) -> Option<String> {
    of_one_run(client, metric, replications).map(|value| human::figure(metric.unit(), value))
}

/// A client of the sentence.
#[derive(Clone, Debug)]
struct Contender<'a> {
    /// `Polling`, `Webhooks`, or the client's name where that would not tell it from another.
    word: String,
    /// Its index in the scenario.
    index: usize,
    config: &'a Client,
    summary: &'a ClientSummary,
    outage: Option<OwnOutage>,
    /// Number of replications that its counts are sums of.
    runs: u32,
    live: Option<&'a Live>,
    /// Events per second that occurred.
    event_rate_per_s: f64,
    /// Of the arrivals.
    dispersion: f64,
    /// Whether all events belong to one resource, so that one poll can bring all.
    one_resource: bool,
    /// Whether it asks for each of its jobs by itself.
    asks_for_jobs: bool,
}

impl Contender<'_> {
    fn silent(&self) -> bool {
        self.summary.events.delivered == 0
    }

    fn never(&self) -> u64 {
        self.summary.events.lost + self.summary.events.pending
    }

    /// The count of one run.
    fn per_run(&self, count: u64) -> f64 {
        count as f64 / f64::from(self.runs)
    }

    fn requests(&self) -> f64 {
        self.per_run(self.summary.requests.total)
    }

    fn requests_text(&self) -> String {
        things(self.requests(), "request", self.runs)
    }

    /// By how many seconds that figure may be wrong because the engine was late.
    fn late_s(&self, metric: &Metric) -> f64 {
        self.live.map_or(0.0, |live| late_s(metric, live))
    }

    /// The events that occurred, in all runs together; the members of a client have the same.
    fn independent_events(&self) -> f64 {
        self.each_event() / self.dispersion
    }

    /// Events that occurred, each counted once, not for each member.
    fn each_event(&self) -> f64 {
        self.summary.events.occurred as f64 / f64::from(self.config.count.max(1))
    }

    /// Whether the difference of two values is within 2 % or within the lateness of the engine.
    fn too_close(&self, figure: Figure, a: f64, b: f64) -> bool {
        alike(a, b) || (a - b).abs() <= self.late_s(&Metric::Measured(figure))
    }

    fn mean_s(&self) -> f64 {
        self.summary.latency_s.mean.unwrap_or(f64::INFINITY)
    }

    /// The time within which half of all events were known, in seconds, infinite for never. With too few events, the
    /// mean latency.
    fn typical_s(&self) -> f64 {
        self.summary.known_after_s.p50.map_or_else(|| self.mean_s(), Reached::seconds)
    }

    /// Share of the events that it did not hold when the run ended.
    fn never_share(&self) -> f64 {
        self.never() as f64 / self.summary.events.occurred.max(1) as f64
    }
}

fn contenders<'a>(summary: &'a Summary, scenario: &'a Scenario) -> Vec<Contender<'a>> {
    let words: Vec<Option<String>> = scenario.clients.iter().map(|client| word(client, scenario)).collect();
    let is_shared = |word: &String| words.iter().flatten().filter(|other| *other == word).count() > 1;
    (scenario.clients.iter().zip(&summary.clients).enumerate())
        .map(|(index, (config, client))| Contender {
            word: words[index]
                .clone()
                .filter(|word| !is_shared(word))
                .unwrap_or_else(|| human::quoted(&config.name)),
            index,
            config,
            summary: client,
            outage: own_outage(config, scenario),
            runs: summary.replications.max(1),
            live: summary.live.as_ref(),
            event_rate_per_s: summary.events.rate_per_s,
            // That of a random part of the events.
            dispersion: 1.0
                + scenario.events.types.share(&config.types) * (scenario.events.arrivals.dispersion() - 1.0),
            one_resource: scenario.events.resources == 1,
            asks_for_jobs: scenario.asks_for_jobs(config),
        })
        .collect()
}

/// A client's name in the sentence by its kind, such as `Polling`. None where the kind would not tell it from another
/// client.
fn word(client: &Client, scenario: &Scenario) -> Option<String> {
    let subject = client.kind.channel().words().subject;
    let is_hook = |other: &Client| group(other) == Group::Hooks;
    match group(client) {
        Group::Polls | Group::Streams | Group::Hooks => Some(subject.to_owned()),
        Group::Reconciled if scenario.clients.iter().any(is_hook) => None,
        Group::Reconciled => Some(format!("{subject} with reconciling")),
    }
}

/// Clients by their channels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Polls,
    Streams,
    Hooks,
    Reconciled,
}

fn group(client: &Client) -> Group {
    match (client.kind.channel().opener(), client.reconciles()) {
        (Opener::Client, _) if client.kind.channel().stays_connected() => Group::Streams,
        (Opener::Client, _) => Group::Polls,
        (Opener::Source, false) => Group::Hooks,
        (Opener::Source, true) => Group::Reconciled,
    }
}

/// The two clients that `[answer]` names.
fn asked_pair<'c, 'a>(
    clients: &'c [Contender<'a>],
    scenario: &Scenario,
) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let config = scenario.answer.as_ref()?;
    let of = |name: &str| clients.iter().find(|client| client.summary.name == name);
    of(&config.client).zip(config.against.as_deref().and_then(of))
}

/// The two clients to compare without `[answer]`; None with one client.
fn pair<'c, 'a>(clients: &'c [Contender<'a>]) -> Option<(&'c Contender<'a>, &'c Contender<'a>)> {
    let freshest = |groups: &[Group]| {
        let mut best: Option<&Contender<'_>> = None;
        for client in clients.iter().filter(|client| groups.contains(&group(client.config))) {
            if best.is_none_or(|best| fresher(client, best)) {
                best = Some(client);
            }
        }
        best
    };
    let hooks = freshest(&[Group::Hooks]).or_else(|| freshest(&[Group::Reconciled]));
    let sides = [freshest(&[Group::Polls]), hooks, freshest(&[Group::Streams])];
    let sides: Vec<_> = sides.into_iter().flatten().collect();
    if let [_, _, ..] = sides[..] {
        let best =
            sides.iter().copied().reduce(|best, side| if fresher(side, best) { side } else { best })?;
        let slowest = (sides.iter().copied().filter(|side| !std::ptr::eq(*side, best)))
            .reduce(|slowest, side| if fresher(slowest, side) { side } else { slowest })?;
        let in_order = best.index < slowest.index;
        return Some(if in_order { (best, slowest) } else { (slowest, best) });
    }
    let best = freshest(&[Group::Polls, Group::Streams, Group::Hooks, Group::Reconciled])?;
    let slowest = (clients.iter().filter(|client| !std::ptr::eq(*client, best)))
        .reduce(|slowest, client| if fresher(slowest, client) { client } else { slowest })?;
    Some((best, slowest))
}

/// Whether `a` was better than `b`: by the typical event, then by the events not held, then by requests.
fn fresher(a: &Contender<'_>, b: &Contender<'_>) -> bool {
    match (a.silent(), b.silent()) {
        (true, _) => false,
        (false, true) => true,
        (false, false) if a.too_close(Figure::KnownAfterP50, a.typical_s(), b.typical_s()) => {
            (a.never(), a.summary.requests.total) < (b.never(), b.summary.requests.total)
        }
        (false, false) => a.typical_s() < b.typical_s(),
    }
}

fn only(winner: &Contender<'_>, loser: &Contender<'_>) -> Answer {
    let events = things(loser.per_run(loser.summary.events.occurred), "event", loser.runs);
    let (verb, when) = if loser.summary.events.lost > 0 {
        ("never learnt of", "")
    } else {
        ("did not know", " when the run ended")
    };
    Answer {
        sentence: format!("Only {} told you anything: {}.", in_sentence(&winner.word), own_figures(winner)),
        exception: Some(format!(
            "{} {verb} any of {events}{when}, after {}.",
            loser.word,
            loser.requests_text()
        )),
    }
}

fn alone(clients: &[Contender<'_>]) -> Answer {
    let Some(client) = clients.first() else {
        return Answer { sentence: "No client took part.".to_owned(), exception: None };
    };
    if client.silent() {
        let sentence = format!(
            "{} told you nothing: none of {} was held at the end, after {}.",
            client.word,
            things(client.per_run(client.summary.events.occurred), "event", client.runs),
            client.requests_text()
        );
        return Answer { sentence, exception: None };
    }
    let missed = (client.never() > 0).then(|| missed(client));
    let sentence = format!("{} told you: {}.", client.word, own_figures(client));
    Answer {
        sentence,
        exception: unstable(client).or(missed).or_else(|| late(client)).or_else(|| duplicates(client)),
    }
}

/// The latency and requests of one client, without a comparison.
fn own_figures(client: &Contender<'_>) -> String {
    let typical = match client.summary.known_after_s.p50 {
        Some(Reached::Never) => "typical event never".to_owned(),
        Some(Reached::After(seconds)) => format!("typical event after {}", human::duration(seconds)),
        None => format!("on average after {}", human::duration(client.mean_s())),
    };
    let requests = &client.summary.requests;
    let empty = if requests.polls > 0 {
        let share = requests.empty_polls as f64 / requests.polls as f64;
        format!(", {} of the polls empty", human::share(share))
    } else {
        String::new()
    };
    format!("{typical}, with {}{empty}", client.requests_text())
}

fn nothing_happened(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let length = spoken(Span::from_secs_f64(summary.duration_s));
    if !summary.complete {
        return format!("The run was stopped after {length}, before an event counted.");
    }
    let said = format!("No event occurred in {length}, so nothing can be said of freshness");
    match clients.iter().max_by_key(|client| client.summary.requests.total) {
        Some(client) if client.summary.requests.total > 0 => {
            format!("{said}; {} took {} to learn it.", in_sentence(&client.word), client.requests_text())
        }
        _ => format!("{said}; no request was sent."),
    }
}

fn nobody_knew(summary: &Summary, clients: &[Contender<'_>]) -> String {
    let requests = clients.iter().map(Contender::requests).sum();
    let events = summary.events.occurred as f64 / f64::from(summary.replications.max(1));
    format!(
        "No client learnt of any event: of {} none was held at the end, after {}.",
        things(events, "event", summary.replications),
        things(requests, "request", summary.replications)
    )
}

/// The values of a figure for both clients in each replication that has it for both.
fn run_by_run(
    one: &Contender<'_>,
    other: &Contender<'_>,
    figure: Figure,
    rows: &PerReplication,
) -> Vec<(f64, f64)> {
    let [a, b] = [one, other].map(|client| rows.figure(client.index, figure));
    a.into_iter().zip(b).filter_map(|(a, b)| a.zip(b)).collect()
}

/// Whether two figures are within 2 % of each other, which the sentence calls equal.
pub(super) fn alike(a: f64, b: f64) -> bool {
    a == b || (a.max(b) <= 1.02 * a.min(b))
}

#[cfg(all(test, feature = "report"))]
mod tests;
