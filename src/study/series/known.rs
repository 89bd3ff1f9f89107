//! How late the events became known: the share within a time.

use crate::measure::Latencies;
use crate::scenario::Scenario;
use crate::study::figures::Known;
use crate::study::predict;
use crate::study::summary::Summary;

/// Points of a curve at most.
const POINTS: usize = 300;

pub(super) fn known(scenario: &Scenario, summary: &Summary, latencies: &[Latencies]) -> Vec<Known> {
    let each = summary.clients.iter().zip(latencies).zip(&scenario.clients).enumerate();
    each.map(|(client, ((summary, latencies), config))| {
        let never_count = summary.events.occurred - summary.events.delivered;
        let share = |count: u64| count as f64 / summary.events.occurred.max(1) as f64;
        Known {
            client,
            occurred: summary.events.occurred,
            steps: steps(latencies).into_iter().map(|(latency_s, count)| (latency_s, share(count))).collect(),
            never: share(never_count),
            never_count,
            p50: summary.known_after_s.p50,
            p99: summary.known_after_s.p99,
            theory: predict::known_curve(scenario, config),
        }
    })
    .collect()
}

/// (latency in seconds, how many events within it): the latencies that occur, thinned out evenly by
/// rarity and by the logarithm of time so that neither a flat nor a steep part loses its shape.
fn steps(latencies: &Latencies) -> Vec<(f64, u64)> {
    if latencies.count == 0 {
        return Vec::new();
    }
    let (least, greatest) = (latencies.min.as_secs_f64(), latencies.max.as_secs_f64());
    let octaves = (libm::log10(greatest.max(1e-9)) - libm::log10(least.max(1e-9))).max(1e-9);
    // Evenly in -log10(1 - share), as the chart's axis is.
    let depth = |count: u64| -libm::log10(1.0 - (count as f64 - 0.5) / latencies.count as f64);
    let (share_step, time_step) = (depth(latencies.count) / POINTS as f64, octaves / POINTS as f64);
    let mut steps: Vec<(f64, u64)> = Vec::new();
    let mut kept = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (latency_s, count) in latencies.ranked().steps() {
        let place = (libm::log10(latency_s.max(1e-9)), depth(count));
        let last = count == latencies.count;
        if place.0 - kept.0 >= time_step || place.1 - kept.1 >= share_step || last {
            steps.push((latency_s, count));
            kept = place;
        }
    }
    steps
}
