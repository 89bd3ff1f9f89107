//! What a scenario claims, held against the summary.

use super::interval::at;
use super::summary::{ExpectationResult, Summary};
use crate::scenario::{Bound, Scenario, is_sum};

/// One result for each expectation. A figure that is null upholds no claim. A claim is about one run: of a count
/// that is summed over replications it is held against the average.
pub(super) fn results(scenario: &Scenario, summary: &Summary) -> Vec<ExpectationResult> {
    let each = scenario.expectations.iter();
    each.map(|expectation| {
        let client = summary.clients.iter().find(|client| client.name == expectation.client);
        let value = client
            .and_then(|client| serde_json::to_value(client).ok())
            .and_then(|client| at(&client, &expectation.metric));
        let runs = if is_sum(&expectation.metric) { f64::from(summary.replications) } else { 1.0 };
        let value = value.map(|sum| sum / runs);
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
        let (client, metric) = (expectation.client.clone(), expectation.metric.clone());
        ExpectationResult { client, metric, bound: bound.into(), holds, value, limit }
    })
    .collect()
}
