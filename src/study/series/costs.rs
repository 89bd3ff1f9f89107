//! What it costs: requests against event rate, and requests against freshness.

use crate::scenario::Scenario;
use crate::study::figures::{BreakEven, BreakEvenLine, Crossing, TradeOff, TradeOffPoint};
use crate::study::predict;
use crate::study::summary::{ClientSummary, Summary};

const HOUR_S: f64 = 3600.0;
const DAY_S: f64 = 86_400.0;

/// Polls do not depend on the event rate, deliveries are proportional to it; both at the rates measured here.
struct Cost {
    polls_per_h: f64,
    deliveries_per_event: f64,
}

impl Cost {
    fn of(client: &ClientSummary, summary: &Summary) -> Self {
        let replications = f64::from(summary.replications.max(1));
        let window_h = client.requests.total as f64 / client.requests.per_s.max(f64::MIN_POSITIVE) / HOUR_S;
        let hours =
            if client.requests.total > 0 { window_h } else { summary.duration_s / HOUR_S * replications };
        let deliveries = (client.requests.total - client.requests.polls) as f64;
        Self {
            polls_per_h: client.requests.polls as f64 / hours,
            deliveries_per_event: deliveries / summary.events.occurred.max(1) as f64,
        }
    }

    fn requests_per_h(&self, events_per_h: f64) -> f64 {
        self.polls_per_h + self.deliveries_per_event * events_per_h
    }
}

pub(super) fn break_even(scenario: &Scenario, summary: &Summary) -> BreakEven {
    // What was measured belongs to the rate that occurred; without events the configured one is all there is.
    let occurred_per_s = summary.events.rate_per_s;
    let configured_per_s = scenario.events.arrivals.rate_per_s();
    let here_per_h = HOUR_S * if occurred_per_s > 0.0 { occurred_per_s } else { configured_per_s };
    let costs: Vec<Cost> = summary.clients.iter().map(|client| Cost::of(client, summary)).collect();
    // A receiver in overload is tried more often than it would be at another rate: that says nothing of a crossing.
    let steady = summary.clients.iter().all(|client| client.stable);
    let crossing = crossing(&costs).filter(|_| steady);
    let reach = crossing.as_ref().map_or(here_per_h, |crossing| crossing.events_per_h);
    let (low, high) = (here_per_h.min(reach) / 30.0, here_per_h.max(reach) * 30.0);
    let rates: Vec<f64> = (0..=40).map(|i| low * libm::pow(high / low, f64::from(i) / 40.0)).collect();
    let lines =
        costs.iter().zip(&summary.clients).enumerate().map(|(client, (cost, measured))| BreakEvenLine {
            client,
            points: rates.iter().map(|&rate| (rate, cost.requests_per_h(rate))).collect(),
            measured_per_h: measured.requests.per_s * HOUR_S,
        });
    BreakEven { here_per_h, lines: lines.collect(), crossing }
}

/// Where the first poller and the first webhook send alike.
fn crossing(costs: &[Cost]) -> Option<Crossing> {
    let poller = costs.iter().position(|cost| cost.polls_per_h > 0.0 && cost.deliveries_per_event == 0.0)?;
    let webhook = costs.iter().position(|cost| cost.deliveries_per_event > 0.0)?;
    let spare_per_h = costs[poller].polls_per_h - costs[webhook].polls_per_h;
    let events_per_h = spare_per_h / costs[webhook].deliveries_per_event;
    let requests_per_h = costs[poller].polls_per_h;
    (events_per_h > 0.0).then_some(Crossing { clients: (poller, webhook), events_per_h, requests_per_h })
}

pub(super) fn trade_off(scenario: &Scenario, summary: &Summary) -> TradeOff {
    let place = |(client, measured): (usize, &ClientSummary)| {
        let missing = measured.events.occurred - measured.events.delivered;
        Some(TradeOffPoint {
            client,
            requests_per_day: measured.requests.per_s * DAY_S,
            mean_s: measured.latency_s.mean?,
            p99_s: measured.latency_s.p99,
            never: missing as f64 / measured.events.occurred.max(1) as f64,
            dominated: false,
        })
    };
    let mut points: Vec<TradeOffPoint> = summary.clients.iter().enumerate().filter_map(place).collect();
    let others = points.clone();
    for point in &mut points {
        point.dominated = others.iter().any(|other| dominates(other, point));
    }
    let poller = scenario.clients.iter().find(|client| client.webhook().is_none());
    let polling = poller.map_or_else(Vec::new, |client| predict::polling_curve(scenario, client));
    TradeOff { points, polling }
}

fn dominates(other: &TradeOffPoint, point: &TradeOffPoint) -> bool {
    let figures = |p: &TradeOffPoint| [p.requests_per_day, p.mean_s, p.never];
    let pairs = || figures(other).into_iter().zip(figures(point));
    pairs().all(|(a, b)| a <= b) && pairs().any(|(a, b)| a < b)
}
