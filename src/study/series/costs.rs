//! The costs: requests against event rate, and requests against freshness.

use crate::figure::{Figure, Metric};
use crate::policy::arrivals::Arrivals;
use crate::policy::channel::{Channel, Opener, Pace};
use crate::scenario::{Client, Scenario};
use crate::study::answer::alike;
use crate::study::expect::late_s;
use crate::study::figures::{BreakEven, BreakEvenLine, Crossing, TradeOff, TradeOffPoint};
use crate::study::interval;
use crate::study::predict;
use crate::study::replication::window_s;
use crate::study::summary::{ClientSummary, Live, Requests, Summary};

const HOUR_S: f64 = 3600.0;
const DAY_S: f64 = 86_400.0;

/// Whether requests that are sent after the end of the events count as costs, because they are many.
fn with_drain(summary: &Summary) -> bool {
    summary.clients.iter().any(|client| client.requests.has_long_drain())
}

/// The requests of a client that count as its cost, per second of the time in which events occur.
pub(super) fn sent_per_s(requests: &Requests, scenario: &Scenario, summary: &Summary) -> f64 {
    if !with_drain(summary) {
        return requests.per_s;
    }
    let sent = requests.total + requests.drain;
    sent as f64 / (window_s(scenario) * f64::from(summary.replications.max(1)))
}

/// What a client sends at any event rate: by the clock, and for each event; both as measured here.
struct Cost {
    by_clock_per_h: f64,
    per_event: f64,
}

impl Cost {
    /// None where a measurement at one event rate says nothing about another rate: a channel depends on both at once,
    /// each break of a connection costs a request, or the client cannot keep up.
    fn of(scenario: &Scenario, client: &Client, measured: &ClientSummary, summary: &Summary) -> Option<Self> {
        let scales = |channel: Channel| match scenario.pace(client, channel) {
            Pace::Clock | Pace::Events => true,
            Pace::Both | Pace::Breaks => false,
        };
        // How many events a batch has depends on the rate.
        let batched = client.webhook().is_some_and(|webhook| webhook.batch.is_some());
        if !client.channels().all(scales) || batched || !measured.stable {
            return None;
        }
        let requests = &measured.requests;
        let replications = f64::from(summary.replications.max(1));
        let hours = if requests.total > 0 {
            requests.total as f64 / requests.per_s.max(f64::MIN_POSITIVE) / HOUR_S
        } else {
            summary.duration_s / HOUR_S * replications
        };
        let called = if with_drain(summary) {
            measured.attempts.total as f64
        } else {
            (requests.total - requests.polls) as f64
        };
        let occurred = summary.events.occurred.max(1) as f64;
        if scenario.asks_for_jobs(client) {
            return Some(Self { by_clock_per_h: 0.0, per_event: requests.polls as f64 / occurred });
        }
        Some(Self { by_clock_per_h: requests.polls as f64 / hours, per_event: called / occurred })
    }

    fn requests_per_h(&self, events_per_h: f64) -> f64 {
        self.by_clock_per_h + self.per_event * events_per_h
    }
}

pub(super) fn break_even(
    scenario: &Scenario,
    summary: &Summary,
    compared: Option<(usize, usize)>,
) -> BreakEven {
    // The measured requests belong to the measured rate. Without events only the configured rate is known.
    let occurred_per_s = summary.events.rate_per_s;
    let configured_per_s = scenario.events.arrivals.rate_per_s();
    let here_per_h = HOUR_S * if occurred_per_s > 0.0 { occurred_per_s } else { configured_per_s };
    let each = || scenario.clients.iter().zip(&summary.clients);
    let costs: Vec<Option<Cost>> =
        each().map(|(client, measured)| Cost::of(scenario, client, measured, summary)).collect();
    let crossing = crossing(scenario, &costs, compared);
    let reach = crossing.as_ref().map_or(here_per_h, |crossing| crossing.events_per_h);
    let (low, high) = (here_per_h.min(reach) / 30.0, here_per_h.max(reach) * 30.0);
    let rates: Vec<f64> = (0..=40).map(|i| low * libm::pow(high / low, f64::from(i) / 40.0)).collect();
    let lines = each().zip(&costs).enumerate().filter(|(_, ((_, measured), _))| measured.stable);
    let lines = lines.filter_map(|(index, ((client, measured), cost))| {
        let points = match cost {
            Some(cost) => rates.iter().map(|&rate| (rate, cost.requests_per_h(rate))).collect(),
            None => predicted(scenario, client, &rates)?,
        };
        let measured_per_h = sent_per_s(&measured.requests, scenario, summary) * HOUR_S;
        Some(BreakEvenLine { client: index, points, measured_per_h })
    });
    let mut lines: Vec<BreakEvenLine> = lines.collect();
    // Without a webhook's line there is nothing to break even with.
    if !lines.iter().any(|line| scenario.clients[line.client].is_called()) {
        lines.clear();
    }
    let overloaded = summary.clients.iter().enumerate().filter(|(_, client)| !client.stable);
    BreakEven {
        here_per_h,
        lines,
        crossing,
        overloaded: overloaded.map(|(index, _)| index).collect(),
        with_drain: with_drain(summary),
    }
}

/// Requests an hour at other event rates by the closed form; None where it does not reach all of them.
fn predicted(scenario: &Scenario, client: &Client, rates_per_h: &[f64]) -> Option<Vec<(f64, f64)>> {
    // At other rates clusters of events would be others, too.
    if scenario.events.arrivals.dispersion() > 1.0 {
        return None;
    }
    let at = |&rate: &f64| {
        let mut scenario = scenario.clone();
        scenario.events.arrivals = Arrivals::Poisson { rate_per_s: rate / HOUR_S };
        Some((rate, predict::predict(&scenario, client).requests.per_s? * HOUR_S))
    };
    rates_per_h.iter().map(at).collect()
}

/// Where a client that goes by the clock alone and one that goes by the events send alike: of the two that the report's
/// first sentence compares, or else the first of each.
fn crossing(
    scenario: &Scenario,
    costs: &[Option<Cost>],
    compared: Option<(usize, usize)>,
) -> Option<Crossing> {
    let first = |wanted: &dyn Fn(&[Pace]) -> bool| {
        let pace = |client: &Client| {
            client.channels().map(|channel| scenario.pace(client, channel)).collect::<Vec<_>>()
        };
        let named = compared.into_iter().flat_map(|(one, other)| [one, other]);
        let mut places = named.chain(0..scenario.clients.len());
        places.find_map(|place| {
            let cost = costs[place].as_ref()?;
            wanted(&pace(&scenario.clients[place])).then_some((place, cost))
        })
    };
    let (clocked, by_clock) = first(&|paces| paces == [Pace::Clock])?;
    let (driven, by_events) = first(&|paces| paces.contains(&Pace::Events))?;
    let spare_per_h = by_clock.by_clock_per_h - by_events.by_clock_per_h;
    let events_per_h = spare_per_h / by_events.per_event;
    (events_per_h > 0.0 && events_per_h.is_finite()).then_some(Crossing {
        clients: (clocked, driven),
        events_per_h,
        requests_per_h: by_clock.by_clock_per_h,
    })
}

pub(super) fn trade_off(scenario: &Scenario, summary: &Summary) -> TradeOff {
    let place = |(client, measured): (usize, &ClientSummary)| {
        let missing = measured.events.occurred - measured.events.delivered;
        let ends = |figure: Figure, times: f64| {
            interval(measured, figure).map(|ends| ends.map(|end| end.seconds() * times))
        };
        Some(TradeOffPoint {
            client,
            requests_per_day: sent_per_s(&measured.requests, scenario, summary) * DAY_S,
            mean_s: measured.latency_s.mean?,
            intervals: [
                // Those of the drain have none.
                ends(Figure::RequestsPerSecond, DAY_S).filter(|_| !with_drain(summary)),
                ends(Figure::LatencyMean, 1.0),
            ],
            p99_s: measured.latency_s.p99,
            never: missing as f64 / measured.events.occurred.max(1) as f64,
            dominated: false,
        })
    };
    let mut points: Vec<TradeOffPoint> = summary.clients.iter().enumerate().filter_map(place).collect();
    let late_s = summary.live.as_ref().map_or(0.0, mean_late_s);
    let others = points.clone();
    for point in &mut points {
        point.dominated = others.iter().any(|other| dominates(other, point, late_s));
    }
    let asks = |client: &&Client| client.kind.channel().opener() == Opener::Client;
    let poller = scenario.clients.iter().find(asks);
    let polling = poller.map_or_else(Vec::new, |client| predict::polling_curve(scenario, client));
    let [fullest, cheapest, freshest] = best(&points, late_s);
    TradeOff { points, fullest, cheapest, freshest, polling, with_drain: with_drain(summary) }
}

/// By how much a mean latency of a live run may be wrong.
fn mean_late_s(live: &Live) -> f64 {
    late_s(&Metric::Measured(Figure::LatencyMean), live)
}

/// Requests, mean and never, each with the difference below which two values count as equal.
fn figures(point: &TradeOffPoint, late_s: f64) -> [(f64, f64); 3] {
    [(point.requests_per_day, 0.0), (point.mean_s, late_s), (point.never, 0.0)]
}

/// Whether `other` is no worse than `point` in any figure and better in one, as far as the run can tell.
fn dominates(other: &TradeOffPoint, point: &TradeOffPoint, late_s: f64) -> bool {
    let pairs = || figures(other, late_s).into_iter().zip(figures(point, late_s));
    let tie = |a: f64, b: f64, within: f64| alike(a, b) || (a - b).abs() <= within;
    pairs().all(|((a, within), (b, _))| a <= b || tie(a, b, within))
        && pairs().any(|((a, within), (b, _))| a < b && !tie(a, b, within))
}

/// Who missed the fewest events, and of these the cheapest and the freshest; several where they are alike.
fn best(points: &[TradeOffPoint], late_s: f64) -> [Vec<usize>; 3] {
    let all: Vec<&TradeOffPoint> = points.iter().collect();
    let fullest = least_of(&all, |point| point.never, 0.0);
    let cheapest = least_of(&fullest, |point| point.requests_per_day, 0.0);
    let freshest = least_of(&fullest, |point| point.mean_s, late_s);
    [fullest, cheapest, freshest].map(|points| points.iter().map(|point| point.client).collect())
}

/// The points that have the least of a figure, or as good as that.
fn least_of<'a>(
    points: &[&'a TradeOffPoint],
    figure: fn(&TradeOffPoint) -> f64,
    late_s: f64,
) -> Vec<&'a TradeOffPoint> {
    let least = points.iter().map(|point| figure(point)).fold(f64::INFINITY, f64::min);
    let is_least = |value: f64| alike(value, least) || value - least <= late_s;
    points.iter().copied().filter(|point| is_least(figure(point))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(figures: &[[f64; 3]]) -> Vec<TradeOffPoint> {
        let point = |(client, &[requests_per_day, mean_s, never]): (usize, &[f64; 3])| TradeOffPoint {
            client,
            requests_per_day,
            mean_s,
            intervals: [None, None],
            p99_s: None,
            never,
            dominated: false,
        };
        figures.iter().enumerate().map(point).collect()
    }

    #[test]
    fn what_looks_the_same_beats_nothing() {
        let [one, alike, dearer] =
            &points(&[[1412.0, 0.02, 0.0], [1430.0, 0.0201, 0.0], [1440.0, 0.02, 0.0]])[..]
        else {
            panic!("three points")
        };
        assert!(!dominates(one, alike, 0.0) && !dominates(alike, one, 0.0));
        assert!(!dominates(one, dearer, 0.0), "two per cent are no difference");
    }

    #[test]
    fn a_client_that_misses_events_beats_no_client_that_does_not() {
        let points = points(&[[600.0, 0.02, 0.04], [1440.0, 30.0, 0.0], [1500.0, 31.0, 0.04]]);
        let beats = |one: usize, other: usize| dominates(&points[one], &points[other], 0.0);
        assert_eq!([beats(0, 1), beats(0, 2), beats(1, 2)], [false, true, true]);
        assert_eq!(best(&points, 0.0), [vec![1], vec![1], vec![1]]);
    }

    #[test]
    fn a_mean_within_the_lateness_of_a_live_run_is_no_fresher() {
        let points = points(&[[600.0, 0.9, 0.0], [600.0, 1.6, 0.0]]);
        assert!(dominates(&points[0], &points[1], 0.5) && !dominates(&points[0], &points[1], 1.0));
        assert_eq!(best(&points, 1.0), [vec![0, 1], vec![0, 1], vec![0, 1]]);
        assert_eq!(best(&points, 0.5), [vec![0, 1], vec![0, 1], vec![0]]);
    }

    /// A poll by the clock and a delivery for each event cross; a request that is held until there is an event is not a
    /// level line, and crosses nothing here.
    #[test]
    fn a_held_request_costs_what_the_closed_form_says() {
        let text = "duration = \"6h\"\n[events]\narrivals = { process = \"poisson\", rate = \"60/h\" }\n\
            [[client]]\nkind = \"long-poll\"\nname = \"held\"\n[[client]]\nkind = \"webhook\"\n";
        let scenario = crate::scenario::load("costs", text, &[]).expect("it is valid");
        let options = crate::sim::RunOptions::TO_THE_END;
        let results = crate::study::run(&scenario, options, false, || ()).expect("it is not stopped");
        let figures = results.figures.break_even;
        assert_eq!(figures.crossing, None);
        let held = &figures.lines[0].points;
        assert!(held[0].1 > 100.0, "some requests without any event: {held:?}");
        assert!(held[40].1 > 10.0 * held[0].1, "and more with more: {held:?}");
    }

    /// One request opens the stream, however many events come on it.
    #[test]
    fn a_stream_costs_the_same_requests_at_any_event_rate() {
        let text = "duration = \"6h\"\n[events]\narrivals = { process = \"poisson\", rate = \"60/h\" }\n\
            [[client]]\nkind = \"sse\"\n[[client]]\nkind = \"webhook\"\n";
        let scenario = crate::scenario::load("costs", text, &[]).expect("it is valid");
        let options = crate::sim::RunOptions::TO_THE_END;
        let results = crate::study::run(&scenario, options, false, || ()).expect("it is not stopped");
        let line = &results.figures.break_even.lines[0];
        let level = line.points.iter().all(|&(_, per_h)| (per_h - line.measured_per_h).abs() < 1e-9);
        assert!(line.client == 0 && level, "{line:?}");
    }
}
