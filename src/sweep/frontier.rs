//! The settings that no other one beats in both freshness and cost (Pareto).

use super::{Point, View};

/// The places of the points that no other is as good as in both figures and better in one, by rising cost. Of equal ones
/// the first. A point without one of the figures, or with a time that never came, is on no frontier. Empty where neither way
/// of a figure is better.
pub fn frontier(points: &[Point], fresh: &View, cost: &View) -> Vec<usize> {
    let sign =
        |view: &View| view.metric.better().is_lower().map(|is_lower| if is_lower { 1.0 } else { -1.0 });
    let (Some(of_fresh), Some(of_cost)) = (sign(fresh), sign(cost)) else { return Vec::new() };
    let of = |point: &Point| {
        let value = (point.value(cost)? * of_cost, point.value(fresh)? * of_fresh);
        (value.0.is_finite() && value.1.is_finite()).then_some(value)
    };
    let mut all: Vec<(usize, (f64, f64))> =
        points.iter().enumerate().filter_map(|(place, point)| Some((place, of(point)?))).collect();
    all.sort_by(|one, other| one.1.0.total_cmp(&other.1.0).then(one.1.1.total_cmp(&other.1.1)));
    let mut best = f64::INFINITY;
    all.into_iter()
        .filter(|(_, (_, fresh))| {
            let is_better = *fresh < best;
            best = libm::fmin(best, *fresh);
            is_better
        })
        .map(|(place, _)| place)
        .collect()
}
