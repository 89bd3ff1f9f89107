//! How much a client sends and for how long: the dimensions of the agenda, and the limit of a run.

use super::agenda::Agenda;
use crate::scenario::{Client, Drain, Scenario};
use crate::time::{Instant, Span};

/// The latest possible end of a run, whatever is still pending. A drain of `auto` is limited as well, so that a run in
/// which nothing can ever arrive ends: ten times the duration, and after the last outage a whole retry schedule and ten
/// polls.
pub fn limit(scenario: &Scenario, client: &Client) -> Instant {
    let end = Instant::START + scenario.duration;
    match scenario.drain {
        Drain::AtMost(drain) => end + drain,
        Drain::Auto => {
            let outages = scenario.source_outages.0.iter().chain(&client.outages.0);
            let up = outages.map(|outage| outage.until).fold(end, Instant::max);
            let retrying = client.webhook().map_or(Span::ZERO, |webhook| {
                let attempts = i64::from(webhook.retries.attempts());
                ((webhook.retries.longest() + webhook.deadline) * attempts).min(Span::LONGEST)
            });
            // A first poll that is due only after the end still brings the events.
            let polling = client.asking().map_or(Span::ZERO, |asking| {
                let each = Span::from_secs_f64(asking.every_s) + asking.timeout;
                (asking.first - Instant::START + each * 10).min(Span::LONGEST)
            });
            up + (scenario.duration * 10).min(Span::LONGEST) + retrying + polling
        }
    }
}

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
