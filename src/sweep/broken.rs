//! The claims of the scenario, `[[expect]]`, that do not hold at some settings.

use super::{Point, Sweep};
use crate::figure::{Metric, Unit};
use crate::study::human;
use crate::study::summary::ExpectationResult;

/// A claim that does not hold at a setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The place of the claim in the scenario.
    pub claim: usize,
    /// The place of the setting in [`Sweep::points`].
    pub point: usize,
    /// The client, as charts and sentences call it.
    pub client: String,
    /// The path of the figure.
    pub metric: String,
    /// What it is.
    pub value: String,
    /// What it was to be: `below 25 s`.
    pub expected: String,
}

/// All of them, setting by setting.
pub fn broken(sweep: &Sweep) -> Vec<Broken> {
    let names = sweep.shown_names();
    let at = |(point, Point { ran, .. }): (usize, &Point)| {
        let names = &names;
        let broken = ran.summary.expectations.iter().enumerate();
        broken
            .filter(|(_, result)| result.holds == Some(false))
            .map(|(claim, result)| {
                let client = ran.summary.clients.iter().position(|client| client.name == result.client);
                let client = client.and_then(|place| names.get(place)).unwrap_or(&result.client).clone();
                let ExpectationResult { metric, bound, value, limit, .. } = result;
                let unit = Metric::find(metric).map_or(Unit::Count, |metric| metric.unit());
                let bound = if bound == "equals" { "equal to" } else { bound };
                let expected = format!("{bound} {}", human::figure(unit, *limit));
                let value = value.map_or_else(|| "unknown".to_owned(), |value| human::figure(unit, value));
                Broken { claim, point, client, metric: metric.clone(), value, expected }
            })
            .collect::<Vec<_>>()
    };
    sweep.points.iter().enumerate().flat_map(at).collect()
}

/// A sentence for each claim, with the first setting at which it does not hold.
pub(super) fn sentences(sweep: &Sweep) -> Vec<String> {
    let all = broken(sweep);
    let mut claims: Vec<usize> = all.iter().map(|broken| broken.claim).collect();
    claims.sort_unstable();
    claims.dedup();
    let told = claims.iter().take(NAMED).filter_map(|claim| {
        let mut own = all.iter().filter(|broken| broken.claim == *claim);
        let Broken { point, client, metric, value, expected, .. } = own.next()?;
        Some(format!(
            "The [[expect]] that {} has {metric} {expected} does not hold at {} ({value}){}.",
            human::name(client),
            super::answer::setting(sweep, &sweep.points[*point]),
            others(own.count())
        ))
    });
    let more = claims.len().saturating_sub(NAMED);
    let rest = match more {
        0 => None,
        1 => Some("One more [[expect]] does not hold at some setting.".to_owned()),
        _ => Some(format!("{more} more [[expect]] do not hold at some setting.")),
    };
    told.chain(rest).collect()
}

/// Claims that are named.
const NAMED: usize = 3;

fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " and at one other setting".to_owned(),
        _ => format!(" and at {} other settings", human::count(count as u64)),
    }
}
