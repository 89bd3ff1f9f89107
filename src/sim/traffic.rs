//! How much a client sends: the dimensions of the agenda, and the steps of a run.

use super::agenda::Agenda;
use crate::scenario::{Client, Scenario};
use crate::time::Span;

/// What all members send and receive.
struct Traffic {
    interval_s: f64,
    polls_per_s: f64,
    events_per_s: f64,
}

impl Traffic {
    fn of(scenario: &Scenario, client: &Client) -> Self {
        let members = f64::from(client.count);
        let interval_s = client.asking().map_or(f64::INFINITY, |asking| asking.every_s);
        Self {
            interval_s,
            polls_per_s: members * f64::from(scenario.events.resources) / interval_s,
            events_per_s: members * scenario.events.arrivals.rate_per_s(),
        }
    }
}

/// About how many polls a client sends in a run and how many events it receives, whatever brings them.
pub(super) fn requests(scenario: &Scenario, client: &Client) -> f64 {
    let Traffic { interval_s: _, polls_per_s, events_per_s } = Traffic::of(scenario, client);
    (polls_per_s + events_per_s) * scenario.duration.as_secs_f64()
}

/// An agenda with dimensions for the traffic of a client, at three entries for each request.
pub(super) fn agenda<T: Copy + Default, const LANES: usize>(
    scenario: &Scenario,
    client: &Client,
) -> Agenda<T, LANES> {
    let Traffic { interval_s, polls_per_s, events_per_s } = Traffic::of(scenario, client);
    let deliveries_per_s = client.webhook().map_or(0.0, |_| events_per_s);
    let gap_s = 1.0 / (3.0 * (polls_per_s + deliveries_per_s)).max(1e-6);
    let reach_s = if interval_s.is_finite() { interval_s } else { 100.0 * gap_s };
    Agenda::new(Span::from_secs_f64(2.0 * gap_s), Span::from_secs_f64(1.1 * reach_s))
}
