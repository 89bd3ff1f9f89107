//! How much a client sends: the dimensions of the agenda.

use super::agenda::Agenda;
use crate::scenario::{Client, Scenario};
use crate::time::Span;

/// An agenda with dimensions for the traffic of a client, at three entries for each request.
pub(super) fn agenda<T: Copy + Default, const LANES: usize>(
    scenario: &Scenario,
    client: &Client,
) -> Agenda<T, LANES> {
    let members = f64::from(client.count);
    let interval_s = client.asking().map_or(f64::INFINITY, |asking| asking.every_s);
    let polls_per_s = members * f64::from(scenario.events.resources) / interval_s;
    let deliveries_per_s = match client.webhook() {
        Some(_) => members * scenario.events.arrivals.rate_per_s(),
        None => 0.0,
    };
    let gap_s = 1.0 / (3.0 * (polls_per_s + deliveries_per_s)).max(1e-6);
    let reach_s = if interval_s.is_finite() { interval_s } else { 100.0 * gap_s };
    Agenda::new(Span::from_secs_f64(2.0 * gap_s), Span::from_secs_f64(1.1 * reach_s))
}
