//! Where theory says that polling and being called cost the same: at one event per interval, λ = 1/T. Below that event rate
//! polls are mostly empty, and a webhook sends fewer requests; above it one poll brings several events.

use super::{Grid, Vary};
use crate::scenario::{Kind, Scenario};

/// The place on the axis of a varied path.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// Which path, by its place.
    pub path: usize,
    /// The value of the path, in its unit's base: seconds or per second.
    pub at: f64,
    /// The poller.
    pub client: String,
}

/// The crossings on the axes of the varied paths: of the interval of a poller, and of a constant or Poisson event rate with
/// the interval of each poller that is not varied.
pub fn crossings(base: &Scenario, grid: &Grid) -> Vec<Crossing> {
    let mut found = Vec::new();
    for (path, one) in grid.vary.iter().enumerate() {
        for (place, client) in base.clients.iter().enumerate() {
            let Kind::Poll(schedule) = &client.kind else { continue };
            let is_interval = |one: &Vary| one.key_of(place, &client.name) == Some("interval");
            let resources = f64::from(base.events.resources);
            let at = if is_interval(one) && !grid.vary.iter().any(|one| one.path == RATE) {
                resources / base.events.arrivals.rate_per_s()
            } else if one.path == RATE && !grid.vary.iter().any(is_interval) {
                resources / schedule.interval.mean_s()
            } else {
                continue;
            };
            if reaches(one, at) {
                found.push(Crossing { path, at, client: client.name.clone() });
            }
        }
    }
    found
}

/// Where the interval of a poller and the event rate are both varied: their product at one event per interval. It is the
/// number of resources, since a poller asks for each by itself.
pub fn one_event_an_interval(base: &Scenario, grid: &Grid) -> Option<f64> {
    let [one, other] = grid.vary.as_slice() else { return None };
    let is_interval = |vary: &Vary| {
        let mut pollers =
            base.clients.iter().enumerate().filter(|(_, client)| matches!(client.kind, Kind::Poll(_)));
        pollers.any(|(place, client)| vary.key_of(place, &client.name) == Some("interval"))
    };
    let are_both = |a: &Vary, b: &Vary| is_interval(a) && b.path == RATE;
    (are_both(one, other) || are_both(other, one)).then(|| f64::from(base.events.resources))
}

/// The path of the event rate.
const RATE: &str = "events.arrivals.rate";

/// Whether a value is between the least and the greatest that a path takes.
fn reaches(one: &Vary, at: f64) -> bool {
    let Some(amounts) = one.amounts() else { return false };
    let values = || amounts.iter().map(|(_, amount)| *amount);
    values().fold(f64::INFINITY, f64::min) <= at && at <= values().fold(0.0, f64::max)
}
