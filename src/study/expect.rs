//! What a scenario claims, held against the summary.

use super::human;
use super::summary::{ClientSummary, ExpectationResult, Live, Summary};
use super::value::value;
use crate::figure::{Combine, Figure, Metric, Unit};
use crate::scenario::{Bound, Client, Expectation, Scenario};
use crate::time::Span;

/// One result for each expectation. A figure that is null upholds no claim; without events no claim is decided but those
/// about a client's own requests. A claim is about one run: a count that is summed over replications is held against the
/// limit as their average, and a run that was stopped upholds or breaks none.
pub(super) fn results(scenario: &Scenario, summary: &Summary) -> Vec<ExpectationResult> {
    if !summary.complete {
        return Vec::new();
    }
    let each = scenario.expectations.iter();
    each.filter_map(|expectation| {
        let client = summary.clients.iter().find(|client| client.name == expectation.client)?;
        Some(result(expectation, client, scenario.client(&client.name)?, summary))
    })
    .collect()
}

fn result(
    expectation: &Expectation,
    client: &ClientSummary,
    config: &Client,
    summary: &Summary,
) -> ExpectationResult {
    let metric = Metric::find(&expectation.metric);
    let value = metric.as_ref().and_then(|metric| of_one_run(client, metric, summary.replications));
    let (bound, limit) = match expectation.bound {
        Bound::Below(limit) => ("below", limit),
        Bound::Above(limit) => ("above", limit),
        Bound::Equals(limit) => ("equals", limit),
    };
    let holds = value.is_some_and(|value| match expectation.bound {
        Bound::Below(limit) => value < limit,
        Bound::Above(limit) => value > limit,
        Bound::Equals(limit) => value == limit,
    });
    let needs_events = value.is_none() || !config.asks() || metric.as_ref().is_none_or(is_of_events);
    let undecided_because = if needs_events && summary.events.occurred == 0 {
        Some("no event occurred".to_owned())
    } else {
        let live = metric.as_ref().zip(summary.live.as_ref());
        live.and_then(|(metric, live)| too_late(metric, live, config, (value? - limit).abs()))
    };
    ExpectationResult {
        client: expectation.client.clone(),
        metric: expectation.metric.clone(),
        bound: bound.into(),
        holds: undecided_because.is_none().then_some(holds),
        undecided_because,
        value,
        limit,
    }
}

/// Why a live run was too late to decide a claim that it is so far from.
fn too_late(metric: &Metric, live: &Live, config: &Client, apart: f64) -> Option<String> {
    let late_s = late_s(metric, live);
    if late_s > 0.0 && apart <= late_s {
        let (late, apart) = (human::duration(late_s), human::duration(apart));
        return Some(format!("late by up to {late}, and {apart} from the limit"));
    }
    let patience_s = patience_s(config);
    let late_s = live.lateness_s.max.filter(|&late_s| late_s >= patience_s)?;
    let (late, patience) = (human::duration(late_s), human::duration(patience_s));
    Some(format!("late by up to {late}, and a request is given up after {patience}"))
}

/// The shortest time after which a request of the client, or one to it, is given up: an engine that is later than that
/// makes retries of its own.
pub(super) fn patience_s(client: &Client) -> f64 {
    let asked = client.asking().map(|asking| asking.timeout);
    let called = client.webhook().map(|webhook| webhook.deadline);
    [asked, called].into_iter().flatten().map(Span::as_secs_f64).fold(f64::INFINITY, f64::min)
}

/// Whether the figure tells of events, and not of requests that a client sends whatever occurs.
const fn is_of_events(metric: &Metric) -> bool {
    match metric {
        Metric::Measured(figure) => match figure {
            Figure::Count
            | Figure::RequestsTotal
            | Figure::RequestsEmpty
            | Figure::RequestsFailed
            | Figure::RequestsPolls
            | Figure::RequestsEmptyPolls
            | Figure::RequestsDrain
            | Figure::RequestsPerSecond
            | Figure::EmptyShare
            | Figure::FramesHeartbeats
            | Figure::FramesHeartbeatsPerSecond
            | Figure::BytesToSource
            | Figure::BytesToClient
            | Figure::BytesTotal => false,
            Figure::RequestsNonEmpty
            | Figure::RequestsRetries
            | Figure::RequestsPerEvent
            | Figure::FramesEvents
            | Figure::EventsOccurred
            | Figure::EventsDelivered
            | Figure::EventsLost
            | Figure::EventsPending
            | Figure::EventsReceipts
            | Figure::EventsDuplicates
            | Figure::EventsOutOfOrder
            | Figure::DeliveredShare
            | Figure::AttemptsTotal
            | Figure::AttemptsPerEvent
            | Figure::DuplicatesPerEvent
            | Figure::AttemptsGaveUp
            | Figure::LatencyCount
            | Figure::LatencyMean
            | Figure::LatencyStddev
            | Figure::LatencyMin
            | Figure::LatencyP50
            | Figure::LatencyP90
            | Figure::LatencyP95
            | Figure::LatencyP99
            | Figure::LatencyP999
            | Figure::LatencyMax
            | Figure::KnownWithin1s
            | Figure::KnownWithin10s
            | Figure::KnownWithin1m
            | Figure::KnownWithin10m
            | Figure::KnownWithin1h
            | Figure::KnownAfterP50
            | Figure::KnownAfterP95
            | Figure::KnownAfterP99
            | Figure::KnownAfterMax
            | Figure::AgeMean
            | Figure::FreshShare => true,
        },
        Metric::Predicted(_) | Metric::Answered(_) => false,
    }
}

/// The figure as one run has it: a sum over replications becomes their average.
pub(super) fn of_one_run(client: &ClientSummary, metric: &Metric, replications: u32) -> Option<f64> {
    let runs = match metric.combine() {
        Combine::Sum => f64::from(replications),
        Combine::Same | Combine::Mean | Combine::Share | Combine::Pooled | Combine::Extreme => 1.0,
    };
    value(client, metric).map(|figure| figure / runs)
}

/// By how much that figure of a live run may be wrong because the engine was late, in seconds: only times can be. The
/// latencies of a tail may be those that met the greatest lateness, a typical or a mean one hardly met more than 99 %
/// of them.
pub(super) fn late_s(metric: &Metric, live: &Live) -> f64 {
    let lateness = &live.lateness_s;
    let late_s = match metric {
        Metric::Measured(
            Figure::LatencyMax
            | Figure::LatencyP95
            | Figure::LatencyP99
            | Figure::LatencyP999
            | Figure::KnownAfterMax
            | Figure::KnownAfterP95
            | Figure::KnownAfterP99,
        ) => lateness.max,
        Metric::Measured(figure) if figure.unit() == Unit::Seconds => lateness.p99.or(lateness.max),
        Metric::Measured(_) | Metric::Predicted(_) | Metric::Answered(_) => None,
    };
    late_s.unwrap_or(0.0)
}

#[cfg(all(test, feature = "report"))]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::study::summary::Latency;

    /// A claim about a p99 of 0.25 s in a run whose engine was late by so much.
    fn claimed(bound: Bound, late_s: f64) -> Option<bool> {
        let mut summary = sample::summary(vec![sample::client("webhook", "webhook", [0.25; 3], 289)]);
        let mut scenario = sample::scenario(&[("webhook", true)]);
        let lateness_s = Latency { count: 1, max: Some(late_s), ..Latency::default() };
        summary.live = Some(Live { speed: 1.0, lateness_s, cpu_s: None, foreign_requests: 0 });
        let (client, metric) = ("webhook".into(), "latency_s.p99".into());
        scenario.expectations = vec![Expectation { client, metric, bound }];
        let [result] = &results(&scenario, &summary)[..] else { panic!("one claim") };
        assert_eq!(result.holds.is_none(), result.undecided_because.is_some());
        result.holds
    }

    #[test]
    fn a_late_engine_decides_nothing_within_its_lateness() {
        assert_eq!(claimed(Bound::Below(0.3), 0.01), Some(true));
        assert_eq!(claimed(Bound::Below(0.24), 0.02), None);
        assert_eq!(claimed(Bound::Below(0.26), 0.02), None);
        assert_eq!(claimed(Bound::Below(0.2), 0.02), Some(false));
        assert_eq!(claimed(Bound::Above(0.2), 0.02), Some(true));
        assert_eq!(claimed(Bound::Above(0.24), 0.02), None);
        assert_eq!(claimed(Bound::Equals(0.25), 0.02), None);
        assert_eq!(claimed(Bound::Equals(0.3), 0.02), Some(false));
        assert_eq!(claimed(Bound::Equals(0.25), 0.0), Some(true));
    }

    /// What is said of events is decided by none; a poller asks whatever occurs, and a webhook is silent without events.
    /// An engine that is later than a sender waits for its answer makes requests that no scenario asks for.
    #[test]
    fn an_engine_later_than_the_deadline_decides_nothing() {
        let decided = |late_s: f64| {
            let mut summary = sample::summary(vec![sample::client("webhook", "webhook", [0.25; 3], 2445)]);
            let mut scenario = sample::scenario(&[("webhook", true)]);
            let lateness_s = Latency { count: 1, max: Some(late_s), ..Latency::default() };
            summary.live = Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0 });
            let (client, metric) = ("webhook".into(), "requests.total".into());
            scenario.expectations = vec![Expectation { client, metric, bound: Bound::Below(1500.0) }];
            let result = results(&scenario, &summary).remove(0);
            (result.holds, result.undecided_because)
        };
        assert_eq!(decided(9.0), (Some(false), None));
        let because = "late by up to 8m44s, and a request is given up after 10 s";
        assert_eq!(decided(524.0), (None, Some(because.to_owned())));
    }

    #[test]
    fn without_events_only_a_clients_own_requests_decide_a_claim() {
        let kinds = [("poll 60s", "poll", false), ("webhook", "webhook", true)];
        let clients = kinds.map(|(name, kind, _)| {
            let mut client = sample::client(name, kind, [0.25; 3], 24);
            (client.latency_s, client.events) = (Latency::default(), Default::default());
            client
        });
        let mut summary = sample::summary(clients.into());
        let mut scenario = sample::scenario(&kinds.map(|(name, _, hook)| (name, hook)));
        let claim = |client: &str, metric: &str| Expectation {
            client: client.into(),
            metric: metric.into(),
            bound: Bound::Below(10.0),
        };
        scenario.expectations = [
            ("poll 60s", "latency_s.mean"),
            ("poll 60s", "events.lost"),
            ("poll 60s", "attempts.total"),
            ("poll 60s", "requests.total"),
            ("webhook", "requests.total"),
        ]
        .map(|(client, metric)| claim(client, metric))
        .into();
        summary.events.occurred = 0;
        let decided = |summary: &Summary| {
            let results = results(&scenario, summary);
            results.iter().map(|result| result.holds).collect::<Vec<_>>()
        };
        assert_eq!(decided(&summary), [None, None, None, Some(false), None]);
        let because = results(&scenario, &summary)[0].undecided_because.clone();
        assert_eq!(because.as_deref(), Some("no event occurred"));
        summary.events.occurred = 1;
        assert_eq!(decided(&summary)[0], Some(false), "too few events uphold no claim");
    }
}
