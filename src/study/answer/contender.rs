//! A client as the sentence sees it: its word, and the figures that are compared.

use super::alike;
use super::exception::{OwnOutage, own_outage};
use super::pair::{Group, group};
use super::words::things;
use crate::figure::{Figure, Metric};
use crate::scenario::{Client, Scenario, SourceConfig};
use crate::study::expect::late_s;
use crate::study::human;
use crate::study::summary::{ClientSummary, Live, Reached, Summary};
use crate::time::Span;

/// A client of the sentence.
#[derive(Clone, Debug)]
pub(super) struct Contender<'a> {
    /// `Polling`, `Webhooks`, or the client's name where that would not tell it from another.
    pub(super) word: String,
    /// Its index in the scenario.
    pub(super) index: usize,
    pub(super) config: &'a Client,
    pub(super) source: &'a SourceConfig,
    pub(super) summary: &'a ClientSummary,
    pub(super) outage: Option<OwnOutage>,
    /// Number of replications that its counts are sums of.
    pub(super) runs: u32,
    pub(super) live: Option<&'a Live>,
    /// Events per second that occurred, of those that it wants.
    pub(super) event_rate_per_s: f64,
    /// Between two of its polls, where it is fixed.
    pub(super) interval: Option<Span>,
    /// Of the arrivals.
    pub(super) dispersion: f64,
    /// Whether all events belong to one resource, so that one poll can bring all.
    pub(super) one_resource: bool,
    /// Whether it asks for each of its jobs by itself.
    pub(super) asks_for_jobs: bool,
}

impl Contender<'_> {
    pub(super) fn silent(&self) -> bool {
        self.summary.events.delivered == 0
    }

    pub(super) fn never(&self) -> u64 {
        self.summary.events.lost + self.summary.events.pending
    }

    /// The count of one run.
    pub(super) fn per_run(&self, count: u64) -> f64 {
        count as f64 / f64::from(self.runs)
    }

    pub(super) fn requests(&self) -> f64 {
        self.per_run(self.summary.requests.total)
    }

    pub(super) fn requests_text(&self) -> String {
        things(self.requests(), "request", self.runs)
    }

    /// By how many seconds that figure may be wrong because the engine was late.
    pub(super) fn late_s(&self, metric: &Metric) -> f64 {
        self.live.map_or(0.0, |live| late_s(metric, live))
    }

    /// The events that occurred, in all runs together; the members of a client have the same.
    pub(super) fn independent_events(&self) -> f64 {
        self.each_event() / self.dispersion
    }

    /// Events that occurred, each counted once, not for each member.
    pub(super) fn each_event(&self) -> f64 {
        self.summary.events.occurred as f64 / f64::from(self.config.count.max(1))
    }

    /// Whether the difference of two values is within 2 % or within the lateness of the engine.
    pub(super) fn too_close(&self, figure: Figure, a: f64, b: f64) -> bool {
        alike(a, b) || (a - b).abs() <= self.late_s(&Metric::Measured(figure))
    }

    pub(super) fn mean_s(&self) -> f64 {
        self.summary.latency_s.mean.unwrap_or(f64::INFINITY)
    }

    /// The time within which half of all events were known, in seconds, infinite for never. With too few events, the
    /// mean latency.
    pub(super) fn typical_s(&self) -> f64 {
        self.summary.known_after_s.p50.map_or_else(|| self.mean_s(), Reached::seconds)
    }

    /// Share of the events that it did not hold when the run ended.
    pub(super) fn never_share(&self) -> f64 {
        self.never() as f64 / self.summary.events.occurred.max(1) as f64
    }
}

pub(super) fn contenders<'a>(summary: &'a Summary, scenario: &'a Scenario) -> Vec<Contender<'a>> {
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
            source: &scenario.source,
            summary: client,
            outage: own_outage(config, scenario),
            runs: summary.replications.max(1),
            live: summary.live.as_ref(),
            event_rate_per_s: wanted_per_s(summary, config, client),
            interval: interval(config, client, scenario),
            // That of a random part of the events.
            dispersion: 1.0
                + scenario.events.types.share(&config.types) * (scenario.events.arrivals.dispersion() - 1.0),
            one_resource: scenario.events.resources == 1,
            asks_for_jobs: scenario.asks_for_jobs(config),
        })
        .collect()
}

/// Events per second that occurred, of those that the client wants.
fn wanted_per_s(summary: &Summary, config: &Client, client: &ClientSummary) -> f64 {
    let of_each = client.events.occurred as f64 / f64::from(config.count.max(1));
    summary.events.rate_per_s * (of_each / summary.events.occurred.max(1) as f64)
}

/// The fixed interval that a poller kept; None where it has none, or where it was refused for asking too often.
fn interval(client: &Client, summary: &ClientSummary, scenario: &Scenario) -> Option<Span> {
    let limit = scenario.source.rate_limit;
    let is_refused = limit.is_some() && summary.requests.by_status.contains_key("429");
    let in_effect = client.schedule()?.at_source(limit, scenario.events.resources);
    in_effect.steady().filter(|_| !is_refused)
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
