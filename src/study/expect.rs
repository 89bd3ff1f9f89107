//! What a scenario claims, held against the summary.

use super::interval::at;
use super::summary::{ExpectationResult, Summary};
use crate::scenario::{Bound, Scenario, is_sum, is_time};

/// One result for each expectation. A figure that is null upholds no claim. A claim is about one run: of a count
/// that is summed over replications it is held against the average, and a run that was stopped upholds or breaks none.
pub(super) fn results(scenario: &Scenario, summary: &Summary) -> Vec<ExpectationResult> {
    if !summary.complete {
        return Vec::new();
    }
    // A live run cannot uphold a claim about times that are shorter than its own lateness.
    let late_s = |metric: &str| {
        let lateness = summary.live.as_ref().map(|live| &live.lateness_s)?;
        if metric.ends_with(".max") { lateness.max } else { lateness.p99.or(lateness.max) }
    };
    let each = scenario.expectations.iter();
    each.map(|expectation| {
        let client = summary.clients.iter().find(|client| client.name == expectation.client);
        let value = client
            .and_then(|client| serde_json::to_value(client).ok())
            .and_then(|client| at(&client, &expectation.metric))
            // An outcome that did not occur has no entry, and is a count of none.
            .or_else(|| expectation.metric.starts_with("requests.by_status.").then_some(0.0));
        let runs = if is_sum(&expectation.metric) { f64::from(summary.replications) } else { 1.0 };
        let value = value.map(|sum| sum / runs);
        let (bound, limit) = match expectation.bound {
            Bound::Below(limit) => ("below", limit),
            Bound::Above(limit) => ("above", limit),
            Bound::Equals(limit) => ("equals", limit),
        };
        let late_s =
            Some(&expectation.metric).filter(|metric| is_time(metric)).and_then(|metric| late_s(metric));
        let slack = late_s.unwrap_or(0.0);
        let holds = value.is_some_and(|value| match expectation.bound {
            Bound::Below(limit) => value < limit + slack,
            Bound::Above(limit) => value > limit - slack,
            Bound::Equals(limit) => (value - limit).abs() <= slack,
        });
        let (client, metric) = (expectation.client.clone(), expectation.metric.clone());
        ExpectationResult { client, metric, bound: bound.into(), holds, value, limit }
    })
    .collect()
}
