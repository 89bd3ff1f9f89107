//! Compares the claims of a scenario, `[[expect]]`, with the summary.

use super::aggregate::KNOWN_WITHIN;
use super::human;
use super::replication::window_s;
use super::summary::{ClientSummary, ExpectationResult, Live, Summary};
use super::value::value;
use crate::figure::{Combine, Figure, Lateness, Metric, Unit, WithEvents};
use crate::measure::Latencies;
use crate::scenario::{Bound, Client, Expectation, Scenario};
use crate::time::Span;

/// One result for each expectation.
///
/// A figure that is null fails every claim. A claim is about one run: of a count that is summed over replications the
/// average is compared. A run that was stopped decides nothing. A run without events decides only claims about the
/// requests that a client sends by itself: those that hold, and those that more requests could not mend.
///
/// `latencies`: of each client, in the scenario's order.
pub(super) fn results(
    scenario: &Scenario,
    summary: &Summary,
    latencies: &[Latencies],
) -> Vec<ExpectationResult> {
    if !summary.complete {
        return Vec::new();
    }
    let each = scenario.expectations.iter();
    each.filter_map(|expectation| {
        let index = summary.clients.iter().position(|client| client.name == expectation.client)?;
        let claimed = Claimed {
            client: &summary.clients[index],
            config: scenario.clients.get(index)?,
            latencies: latencies.get(index),
            window_s: window_s(scenario) * f64::from(summary.replications),
        };
        Some(result(expectation, &claimed, summary))
    })
    .collect()
}

/// The client of a claim.
struct Claimed<'a> {
    client: &'a ClientSummary,
    config: &'a Client,
    latencies: Option<&'a Latencies>,
    /// The length of [warmup, duration) of all replications, in seconds.
    window_s: f64,
}

fn result(expectation: &Expectation, claimed: &Claimed<'_>, summary: &Summary) -> ExpectationResult {
    let (client, config) = (claimed.client, claimed.config);
    let metric = Metric::find(&expectation.metric);
    let value = metric.as_ref().and_then(|metric| of_one_run(client, metric, summary.replications));
    let (bound, limit) = match expectation.bound {
        Bound::Below(limit) => ("below", limit),
        Bound::Above(limit) => ("above", limit),
        Bound::Equals(limit) => ("equals", limit),
    };
    let holds = value.is_some_and(|value| match expectation.bound {
        Bound::Below(_) => value < limit,
        Bound::Above(_) => value > limit,
        Bound::Equals(_) => value == limit,
    });
    let is_judged = summary.events.occurred > 0
        || metric.as_ref().zip(value).is_some_and(|(metric, value)| match metric.with_events() {
            WithEvents::Unchanged => true,
            WithEvents::Needed => false,
            // Missed for certain only where more requests could not mend it.
            WithEvents::Grows => config.asks() && (holds || value > limit),
            WithEvents::Shrinks => config.asks() && holds,
        });
    let undecided_because = if !is_judged {
        Some("no event occurred".to_owned())
    } else {
        let live = metric.as_ref().zip(summary.live.as_ref());
        live.and_then(|(metric, live)| too_late(metric, live, claimed, (value? - limit).abs()))
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

/// Why a live run was too late to decide a claim; `apart` is the distance of the figure from the limit.
fn too_late(metric: &Metric, live: &Live, claimed: &Claimed<'_>, apart: f64) -> Option<String> {
    let unanswered = claimed.client.attacked.unanswered;
    if unanswered > 0 && matches!(metric, Metric::Measured(figure) if figure.is_of_attackers()) {
        return Some(format!("{} requests of attackers got no answer", human::count(unanswered)));
    }
    let doubt = doubt(metric, live, claimed);
    if doubt > 0.0 && apart <= doubt {
        let late = human::duration(live.lateness_s.max.unwrap_or(0.0));
        return Some(match metric.unit() {
            Unit::Seconds => {
                let (late, apart) = (human::duration(doubt), human::duration(apart));
                format!("late by up to {late}, and {apart} from the limit")
            }
            Unit::Share => format!("late by up to {late}, which may change it by {}", human::share(doubt)),
            Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes => {
                format!("late by up to {late}, and near the limit")
            }
        });
    }
    let patience_s = patience_s(claimed.config);
    let late_s = live.lateness_s.max.filter(|&late_s| late_s >= patience_s)?;
    let (late, patience) = (human::duration(late_s), human::duration(patience_s));
    Some(format!("late by up to {late}, and a request is given up after {patience}"))
}

/// The shortest time, in seconds, after which a request from or to the client is given up. An engine that is later than
/// that causes retries which the scenario does not ask for.
pub(super) fn patience_s(client: &Client) -> f64 {
    let asked = client.asking().map(|asking| asking.timeout);
    let called = client.webhook().map(|webhook| webhook.deadline);
    [asked, called].into_iter().flatten().map(Span::as_secs_f64).fold(f64::INFINITY, f64::min)
}

/// The figure of one run: a sum over replications becomes their average.
pub(super) fn of_one_run(client: &ClientSummary, metric: &Metric, replications: u32) -> Option<f64> {
    let runs = match metric.combine() {
        Combine::Sum => f64::from(replications),
        Combine::Same | Combine::Mean | Combine::Share | Combine::Pooled | Combine::Extreme => 1.0,
    };
    value(client, metric).map(|figure| figure / runs)
}

/// By how many seconds that figure of a live run may be wrong because the engine was late; 0 for what is no time.
pub(super) fn late_s(metric: &Metric, live: &Live) -> f64 {
    let lateness = &live.lateness_s;
    let late_s = match metric {
        Metric::Measured(figure) => match figure.lateness() {
            Lateness::Typical => lateness.p99.or(lateness.max),
            Lateness::Tail => lateness.max,
            Lateness::Unmoved | Lateness::Within | Lateness::PerEvent => None,
        },
        Metric::Predicted(_) | Metric::Answered(_) => None,
    };
    late_s.unwrap_or(0.0)
}

/// How much that figure of a live run may be wrong because the engine was late.
fn doubt(metric: &Metric, live: &Live, claimed: &Claimed<'_>) -> f64 {
    let Metric::Measured(figure) = metric else { return 0.0 };
    let max_s = live.lateness_s.max.unwrap_or(0.0);
    match figure.lateness() {
        Lateness::Unmoved => 0.0,
        Lateness::Typical | Lateness::Tail => late_s(metric, live),
        Lateness::Within => movable(*figure, max_s, claimed),
        Lateness::PerEvent => {
            let members = f64::from(claimed.client.count);
            let events_per_s = claimed.client.events.occurred as f64 / members / claimed.window_s;
            (events_per_s * max_s).min(1.0)
        }
    }
}

/// The share of the events whose latency is so near the time of that figure that lateness may have moved it across.
fn movable(figure: Figure, late_s: f64, claimed: &Claimed<'_>) -> f64 {
    let time = |&&(name, _): &&(&str, Span)| figure.path().strip_prefix("known_within.") == Some(name);
    let within_s = KNOWN_WITHIN.iter().find(time).map(|(_, within)| within.as_secs_f64());
    let (Some(within_s), Some(latencies)) = (within_s, claimed.latencies) else { return 1.0 };
    let ranked = latencies.ranked();
    let up_to =
        |time_s: f64| ranked.steps().take_while(|step| step.0 <= time_s).last().map_or(0, |step| step.1);
    let near = up_to(within_s + late_s) - up_to(within_s - late_s);
    near as f64 / claimed.client.events.occurred.max(1) as f64
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
        summary.live =
            Some(Live { speed: 1.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
        let (client, metric) = ("webhook".into(), "latency_s.p99".into());
        scenario.expectations = vec![Expectation { client, metric, bound }];
        let [result] = &results(&scenario, &summary, &[])[..] else { panic!("one claim") };
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

    /// Half of the events take 0.9 s and half 1.2 s.
    #[test]
    fn a_late_engine_decides_no_share_that_it_may_have_moved() {
        let mut scenario = sample::scenario(&[("webhook", true)]);
        let mut latencies = Latencies::default();
        (0..100).for_each(|event| latencies.record(Span::from_millis(if event < 50 { 900 } else { 1200 })));
        let mut decided = |metric: &str, bound: Bound, late_s: f64| {
            let mut client = sample::client("webhook", "webhook", [0.25; 3], 289);
            client.events.occurred = 100;
            client.known_within = [("1s".to_owned(), Some(0.5))].into();
            client.fresh_share = Some(0.5);
            let mut summary = sample::summary(vec![client]);
            let lateness_s = Latency { count: 1, max: Some(late_s), ..Latency::default() };
            summary.live =
                Some(Live { speed: 1.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
            let (client, metric) = ("webhook".into(), metric.into());
            scenario.expectations = vec![Expectation { client, metric, bound }];
            results(&scenario, &summary, &[latencies.clone()]).remove(0).holds
        };
        assert_eq!(decided("known_within.1s", Bound::Above(0.95), 0.05), Some(false));
        assert_eq!(decided("known_within.1s", Bound::Above(0.95), 0.25), None);
        assert_eq!(decided("known_within.1s", Bound::Above(0.4), 0.05), Some(true));
        assert_eq!(decided("known_within.1s", Bound::Above(0.4), 0.15), None);
        assert_eq!(decided("fresh_share", Bound::Above(0.9), 0.001), Some(false));
        assert_eq!(decided("fresh_share", Bound::Above(0.9), 1e6), None);
    }

    /// An engine that is later than a sender waits for its answer causes requests that the scenario does not ask for.
    #[test]
    fn an_engine_later_than_the_deadline_decides_nothing() {
        let decided = |late_s: f64| {
            let mut summary = sample::summary(vec![sample::client("webhook", "webhook", [0.25; 3], 2445)]);
            let mut scenario = sample::scenario(&[("webhook", true)]);
            let lateness_s = Latency { count: 1, max: Some(late_s), ..Latency::default() };
            summary.live =
                Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
            let (client, metric) = ("webhook".into(), "requests.total".into());
            scenario.expectations = vec![Expectation { client, metric, bound: Bound::Below(1500.0) }];
            let result = results(&scenario, &summary, &[]).remove(0);
            (result.holds, result.undecided_because)
        };
        assert_eq!(decided(9.0), (Some(false), None));
        let because = "late by up to 8m44s, and a request is given up after 10 s";
        assert_eq!(decided(524.0), (None, Some(because.to_owned())));
    }

    /// A poller sends requests without events, a webhook does not.
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
            let results = results(&scenario, summary, &[]);
            results.iter().map(|result| result.holds).collect::<Vec<_>>()
        };
        assert_eq!(decided(&summary), [None, None, None, Some(false), None]);
        let because = results(&scenario, &summary, &[])[0].undecided_because.clone();
        assert_eq!(because.as_deref(), Some("no event occurred"));
        summary.events.occurred = 1;
        assert_eq!(decided(&summary)[0], Some(false), "too few events uphold no claim");
    }

    /// A run without events is often one that is too short. It fails no claim that events or more requests could mend.
    #[test]
    fn without_events_too_few_requests_break_no_claim() {
        let text = include_str!("../../scenarios/friendfeed.toml");
        let short = ["duration=1ms".parse().expect("a key and a value")];
        let scenario = crate::scenario::load("friendfeed", text, &short).expect("it is valid");
        let run = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let expectations = run.expect("nobody stops it").summary.expectations;
        let missed: Vec<_> = expectations.iter().filter(|result| result.holds == Some(false)).collect();
        assert!(missed.is_empty(), "{missed:?}");
        let held =
            expectations.iter().filter(|result| result.holds == Some(true)).map(|result| &*result.metric);
        assert_eq!(held.collect::<Vec<_>>(), ["requests.total"], "fewer than 2 910 000");
    }

    /// A poll a minute and an event in 27 years: the 1,440 polls of the day are empty.
    #[test]
    fn a_poller_is_judged_by_its_requests_without_events() {
        let claim = |metric: &str, bound: &str| {
            format!("[[expect]]\nclient = \"poll\"\nmetric = \"{metric}\"\n{bound}\n")
        };
        let claims = [
            ("requests.total", "below = 1000", Some(false)),
            ("requests.total", "equals = 1440", Some(true)),
            ("requests.total", "equals = 1500", None),
            ("empty_share", "above = 0.9", Some(true)),
            ("empty_share", "below = 0.9", None),
            ("count", "above = 1", Some(false)),
            ("theory.requests.per_s", "above = 1", Some(false)),
            ("events.lost", "equals = 0", None),
        ];
        let text = "duration = \"24h\"\n[events]\narrivals = { process = \"poisson\", rate = \"0.0001/d\" }\n[[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"60s\"\n".to_owned()
            + &claims.map(|(metric, bound, _)| claim(metric, bound)).concat();
        let scenario =
            crate::scenario::load("quiet", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let run = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let results = run.expect("nobody stops it").summary.expectations;
        assert_eq!(
            results.iter().map(|result| result.holds).collect::<Vec<_>>(),
            claims.map(|claim| claim.2)
        );
    }
}
