//! Whether two clients differ in a figure at a setting, and which of them has less of it.
//!
//! They have the same events in each replication, so that the difference is taken run by run: it may be far from zero where
//! the interval of each overlaps with that of the other.

use super::{Point, View};
use crate::figure::Metric;
use crate::study::answer::alike;
use crate::study::difference_of_rows;
use std::cmp::Ordering;

/// How the figure of one client compares with that of another. Equal: about the same, as in the first sentence of a run, or
/// as far as the replications tell. None where one of them has no such figure.
pub(super) fn compared(point: &Point, one: &View, other: &View) -> Option<Ordering> {
    let (own, next) = (point.value(one)?, point.value(other)?);
    let told_apart = !alike(own, next) && is_beyond_chance(point, one, other, own < next);
    Some(if told_apart { own.total_cmp(&next) } else { Ordering::Equal })
}

/// Whether the interval of the difference has the sign of the difference alone. Without one, whether the two intervals are
/// apart; a single run is exact for its seed.
fn is_beyond_chance(point: &Point, one: &View, other: &View, is_less: bool) -> bool {
    if let Some([low, high]) = difference(point, one, other) {
        return if is_less { high < 0.0 } else { low > 0.0 };
    }
    match (point.interval(one), point.interval(other)) {
        (Some(one), Some(other)) => one.1 < other.0 || other.1 < one.0,
        (None, _) | (_, None) => true,
    }
}

fn difference(point: &Point, one: &View, other: &View) -> Option<[f64; 2]> {
    let Metric::Measured(figure) = one.metric else { return None };
    let ran = &point.ran;
    let ends = difference_of_rows(&ran.summary.clients, &ran.rows, [one.client, other.client], figure)?;
    ends.iter().all(|end| end.is_finite()).then_some(ends)
}
