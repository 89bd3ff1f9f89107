//! Predictions: which closed form of [`theory`](crate::theory) holds for a client of a scenario, and its result.
//!
//! A figure is predicted only where its form holds for exactly the keys of the scenario, and is None otherwise.
//!
//! Layers, each of which uses only those before it: `times` (properties of a delay), `given` (the inputs of the forms),
//! `distribution` and `forecast` (their results); for polls `herd`, `poll_process`, `poll_outages`, `backed_off`, `poll`, `poll_cursor`, `poll_feed`, and `jobs` for polls until a job has ended; for webhooks
//! `hooks`, `queueing`, `ordered`, `batched`, `thin`, `hook_outages`, and `webhook`, which includes reconciling polls; `stability` uses all, and `obstacles` tries all.
//!
//! A chance of at most 10^-4 is neglected, such as that of an exponential delay longer than the interval. A page that
//! overflows, or a queue that forms, is neglected only up to 10^-6. A source with an outage is not predicted.

mod backed_off;
mod batched;
mod distribution;
mod forecast;
mod given;
mod herd;
mod hook_outages;
mod hooks;
mod jobs;
mod long_poll;
mod obstacles;
mod ordered;
mod poll;
mod poll_cursor;
mod poll_feed;
mod poll_limits;
mod poll_outages;
mod poll_process;
mod queueing;
#[cfg(test)]
mod sample;
mod stability;
mod stream;
mod thin;
mod times;
mod webhook;

use super::summary::Theory;
use crate::policy::arrivals::Arrivals;
use crate::policy::outage::Outages;
use crate::policy::schedule::PollSchedule;
use crate::scenario::{Client, Drain, Kind, Scenario};
use crate::time::Span;
use forecast::Forecast;
use given::Given;

pub use forecast::Spread;
pub use obstacles::{Outlook, outlook};
pub use stability::{Effect, Overload, stability};

/// The predictions of closed forms for a client; None for each figure without one.
///
/// `requests.per_event` is divided by events counted once for each member, `empty_share` by all polls, failed ones
/// included. `latency_s.max` is the least upper bound, where there is one.
pub fn predict(scenario: &Scenario, client: &Client) -> Theory {
    forecast(&Given::of(scenario, client)).theory
}

/// How far the mean latency of a run may be from the predicted one. None where that is not known, for example where
/// deliveries queue.
pub fn spread(scenario: &Scenario, client: &Client) -> Option<Spread> {
    let given = Given::of(scenario, client);
    match given.kind {
        Kind::Poll(schedule) => match given.run.job {
            None => poll::spread(&given.polls(schedule)),
            Some(job) => jobs::spread(&given.polls(schedule), job),
        },
        Kind::LongPoll(config) => long_poll::spread(&given, config),
        Kind::Sse(config) | Kind::WebSocket(config) => stream::spread(&given, config),
        Kind::Webhook(webhook) => webhook::spread(&given.hooks(webhook)),
    }
}

/// The predicted share of all events that the client holds within a latency, as at most 100 points (latency in seconds,
/// share). Both increase; the points are evenly spaced in the logarithm, and a step has two. None where the
/// distribution is not known.
pub fn known_curve(scenario: &Scenario, client: &Client) -> Option<Vec<(f64, f64)>> {
    forecast(&Given::of(scenario, client)).distribution.map(|distribution| distribution.curve())
}

/// Predicted cost and freshness of a fixed-interval poller in the place of `reference`: (requests per day, mean latency
/// in seconds), for intervals from a second to a day. It has the members, the network and the outages of `reference`,
/// and no page limit; the source has no outage. An interval without a closed form is left out. Empty where events are more
/// frequent at some times and the client has outages.
pub fn polling_curve(scenario: &Scenario, reference: &Client) -> Vec<(f64, f64)> {
    // The form is for events that are as likely in an outage as at any other time.
    if !scenario.events.arrivals.is_steady() && !reference.outages.0.is_empty() {
        return Vec::new();
    }
    let mut calm = scenario.clone();
    calm.source_outages = Outages::default();
    calm.source.page_size = u32::MAX;
    calm.events.arrivals = Arrivals::Poisson { rate_per_s: scenario.events.arrivals.rate_per_s() };
    calm.drain = Drain::Auto;
    let points = (0..=INTERVALS).filter_map(|i| {
        let interval_s = libm::pow(86_400.0, f64::from(i) / f64::from(INTERVALS));
        let kind = Kind::Poll(steady(Span::from_secs_f64(interval_s)));
        let client = Client { kind, ..reference.clone() };
        let theory = predict(&calm, &client);
        Some((theory.requests.per_s? * 86_400.0, theory.latency_s.mean?))
    });
    points.collect()
}

/// A poller at a fixed interval. It gives up a request after 30 s, the default, or at its next tick.
fn steady(interval: Span) -> PollSchedule {
    PollSchedule { timeout: interval.min(Span::from_secs(30)), ..PollSchedule::every(interval) }
}

fn forecast(given: &Given<'_>) -> Forecast {
    if !given.source.outages.is_empty() {
        return Forecast::default();
    }
    match given.kind {
        Kind::Poll(schedule) => match given.run.job {
            None => poll::forecast(&given.polls(schedule)),
            Some(job) => jobs::forecast(&given.polls(schedule), job),
        },
        Kind::LongPoll(config) => long_poll::forecast(given, config),
        Kind::Sse(config) | Kind::WebSocket(config) => stream::forecast(given, config),
        Kind::Webhook(webhook) => webhook::forecast(&given.hooks(webhook)),
    }
}

/// Number of steps of [`polling_curve`] from a second to a day.
const INTERVALS: u32 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use sample::{poller, scenario, webhook};

    #[test]
    fn polling_costs_a_day_over_the_interval_and_brings_half_of_it() {
        let mut scenario = scenario(0.01);
        let mut reference = poller(7.0);
        reference.network.to_client.delay = sample::seconds(0.05);
        reference.count = 2;
        let curve = polling_curve(&scenario, &reference);
        assert_eq!(curve.len(), 61);
        let (cost, mean) = curve[0];
        assert!((cost - 172_800.0).abs() < 1e-6 && (mean - 0.55).abs() < 1e-9, "{cost} {mean}");
        let (cost, mean) = curve[60];
        assert!((cost - 2.0).abs() < 1e-6 && (mean - 43_200.05).abs() < 1e-6, "{cost} {mean}");
        // Outages of the source and the page size do not change it, and the reference may be a webhook.
        scenario.source_outages = sample::outage();
        scenario.source.page_size = 1;
        let mut hook = webhook();
        hook.count = 2;
        hook.network = reference.network;
        assert_eq!(polling_curve(&scenario, &hook), curve);
        // At a rate that changes, an outage meets more or fewer events than its share of the time.
        let period = Span::from_secs(86_400);
        scenario.events.arrivals = Arrivals::Diurnal { rate_per_s: 0.01, amplitude: 0.9, period };
        assert_eq!(polling_curve(&scenario, &hook).len(), 61);
        hook.outages = sample::outage();
        assert!(polling_curve(&scenario, &hook).is_empty());
    }

    #[test]
    fn an_outage_of_the_source_ends_all_prediction() {
        let mut scenario = scenario(0.01);
        let client = poller(10.0);
        assert!(predict(&scenario, &client).latency_s.mean.is_some());
        scenario.source_outages = sample::outage();
        assert_eq!(predict(&scenario, &client), Theory::default());
        assert_eq!(known_curve(&scenario, &webhook()), None);
    }
}
