//! The report's first sentence: which client was sooner, by how much and at what cost, and its most important
//! exception.
//!
//! Every number in it is a figure of the summary. From the scenario come only the kinds of the clients, the question of
//! `[answer]`, and an outage that explains a long tail.

mod alone;
mod asked;
mod best;
mod chance;
mod clause;
mod compared;
mod contender;
mod exception;
mod figures;
mod kept_out;
mod lateness;
mod pair;
mod price;
mod why_lost;
mod words;

use super::expect::of_one_run;
use super::summary::{ClientSummary, Summary};
use super::{PerReplication, human};
use crate::figure::{Figure, Metric};
use crate::scenario::{AnswerConfig, Scenario};
use alone::{alone, nobody_knew, nothing_happened, only};
use compared::compared;
use contender::{Contender, contenders};
pub use lateness::{caution, slower_speed};
use pair::{asked_pair, pair};
use std::fmt;
use words::called_alike;
#[cfg(feature = "report")]
pub(crate) use words::spoken;

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
        return match asked_figure(scenario)? {
            kept_out::KEPT_OUT => kept_out::pair(summary, scenario),
            metric => best::pair(&metric, summary, scenario),
        };
    }
    let clients = contenders(summary, scenario);
    let (a, b) = asked_pair(&clients, scenario).or_else(|| pair(&clients))?;
    Some([a.index, b.index])
}

/// The indices of the clients that the sentence names; those that it compares come first.
pub fn named_clients(summary: &Summary, scenario: &Scenario) -> Vec<usize> {
    let mut named: Vec<usize> = compared_clients(summary, scenario).into_iter().flatten().collect();
    let is_of_all = scenario.answer.as_ref().is_some_and(AnswerConfig::is_of_all);
    if let Some(metric) = asked_figure(scenario).filter(|metric| is_of_all && *metric != kept_out::KEPT_OUT) {
        let mut others = best::named(&metric, summary, scenario);
        others.retain(|client| !named.contains(client));
        named.extend(others);
    }
    named
}

/// The figure that `[answer]` names; None where the sentence compares latency and requests.
pub fn asked_figure(scenario: &Scenario) -> Option<Metric> {
    Metric::find(scenario.answer.as_ref()?.metric.as_deref()?)
}

/// A client's figure of one run with its unit, as the sentence spells it.
pub fn told(client: &ClientSummary, metric: &Metric, replications: u32) -> Option<String> {
    of_one_run(client, metric, replications).map(|value| human::figure(metric.unit(), value))
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
pub fn alike(a: f64, b: f64) -> bool {
    a == b || (a.max(b) <= 1.02 * a.min(b))
}

#[cfg(all(test, feature = "report"))]
mod tests;
