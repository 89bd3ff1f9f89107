//! The interval of a percentile that is taken from the events of all replications together.
//!
//! The share of events up to the percentile is a ratio of totals, and the jackknife over groups of replications tells how
//! far it scatters. As far above and below lie the ranks whose latencies are the ends (Woodruff 1952). So events may
//! depend on each other within a replication, as they do in a burst, a queue or an outage. With independent events
//! these are the ranks of order statistics.

use super::difference::without_each;
use super::parts::Part;
use super::{scatter, student_975};
use crate::measure::Ranked;
use crate::study::summary::Reached;
use crate::time::Span;

/// The independent events beyond a percentile that its interval needs. With fewer, replications without any make it too
/// narrow: of bursts of four events on average, three beyond p99, an interval contained it in 81 % of the runs.
const BEYOND: f64 = 10.0;

/// The number of independent events from which on a percentile has an interval.
pub(super) fn events_needed(quantile: f64) -> u64 {
    libm::round(BEYOND / quantile.min(1.0 - quantile)) as u64
}

/// A percentile of all replications together, and how far it scatters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::study) struct Located {
    /// The percentile, in seconds.
    pub(super) value_s: f64,
    /// The ends of its interval in seconds, infinite for "never".
    pub(super) ends_s: [f64; 2],
    /// The share of events up to the percentile, without each of the groups of replications.
    pub(super) without: Vec<f64>,
}

impl Located {
    pub(super) fn ends(&self) -> [Reached; 2] {
        self.ends_s.map(|end| if end.is_finite() { Reached::After(end) } else { Reached::Never })
    }
}

/// The interval of the latency that `quantile` of the events have at most. `all`: the latencies of all
/// replications; `of`: the events of a group that the percentile is taken over, of which those without a latency were
/// never known; `tied`: how many of them count as one that is independent. None with fewer than two groups, with too few
/// events, for "never", and where an end lies beyond all events.
pub(super) fn percentile(
    all: &Ranked,
    parts: &[Part],
    quantile: f64,
    tied: f64,
    of: impl Fn(&Part) -> u64,
) -> Option<Located> {
    let weights: Vec<f64> = parts.iter().map(|part| of(part) as f64).collect();
    let events: u64 = parts.iter().map(&of).sum();
    if parts.len() < 2 || (events as f64) < tied * events_needed(quantile) as f64 {
        return None;
    }
    let at = |rank: u64| all.at(rank);
    let centre = at(crate::measure::nearest_rank(quantile, events))?;
    let without = |limit: Span| {
        let share = |part: &Part| match of(part) {
            0 => 0.0,
            events => part.latencies.up_to(limit) as f64 / events as f64,
        };
        without_each(&parts.iter().map(share).collect::<Vec<f64>>(), &weights)
    };
    let reach = |without: &[f64]| student_975(parts.len() as u32 - 1) * scatter(without) * events as f64;
    // Many events may have this very latency. How far the percentile can lie below it depends on those below it.
    let (below, up_to) = (without(centre - Span(1))?, without(centre)?);
    let rank = quantile * events as f64;
    // The last digits of a product must not decide between two ranks.
    let low = libm::floor(rank - reach(&below) + 1e-6);
    let high = libm::ceil(rank + reach(&up_to) - 1e-6);
    if low < 1.0 || high > events as f64 {
        return None;
    }
    let reached = |rank: f64| at(rank as u64).map_or(f64::INFINITY, Span::as_secs_f64);
    let ends_s = [reached(low), reached(high.max(low))];
    Some(Located { value_s: centre.as_secs_f64(), ends_s, without: up_to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Latencies;

    fn part(latencies: impl IntoIterator<Item = i64>, occurred: u64) -> Part {
        let mut part = Part::new(Latencies::default(), occurred);
        latencies.into_iter().for_each(|millis| part.latencies.record(Span::from_millis(millis)));
        part
    }

    fn of(parts: &[Part], quantile: f64) -> Option<[f64; 2]> {
        let mut all = Latencies::default();
        parts.iter().for_each(|part| all.add(&part.latencies));
        percentile(&all.ranked(), parts, quantile, 1.0, |part| part.occurred).map(|located| located.ends_s)
    }

    /// Of the 40 events of ten groups one and three in turn take above a second.
    #[test]
    fn its_ends_are_as_many_ranks_away_as_the_share_scatters() {
        let group =
            |(number, slow): (i64, i64)| part((0..40).map(|n| n * 10 + number + n / (40 - slow) * 1_000), 40);
        let parts: Vec<Part> = (0..10).map(|number| group((number, 1 + number % 2 * 2))).collect();
        let error = 0.025 / 3.0;
        let reach = 2.262 * error * 400.0;
        let mut all = Latencies::default();
        parts.iter().for_each(|part| all.add(&part.latencies));
        let rank = |rank: f64| all.ranked().at(rank as u64).unwrap().as_secs_f64();
        let ends = [rank(libm::floor(380.0 - reach)), rank(libm::ceil(380.0 + reach))];
        assert_eq!(of(&parts, 0.95), Some(ends));
    }

    #[test]
    fn what_all_events_have_is_certain_and_what_some_never_get_is_never() {
        let alike: Vec<Part> = (0..10).map(|_| part(std::iter::repeat_n(20, 40), 40)).collect();
        assert_eq!(of(&alike, 0.5), Some([0.02, 0.02]));
        // One event in twenty is never known: the percentile is the greatest latency, and perhaps never.
        let losing: Vec<Part> = (0..10).map(|group| part(0..40 - group % 5, 40)).collect();
        let [low, high] = of(&losing, 0.95).unwrap();
        assert!(low < 0.04 && high.is_infinite(), "{low} to {high}");
    }

    #[test]
    fn few_events_and_single_runs_have_none() {
        let parts = |groups: usize, events: i64| {
            (0..groups).map(|_| part(0..events, events as u64)).collect::<Vec<Part>>()
        };
        assert_eq!((events_needed(0.5), events_needed(0.99), events_needed(0.999)), (20, 1_000, 10_000));
        assert!(of(&parts(10, 100), 0.99).is_some());
        assert!(of(&parts(10, 99), 0.99).is_none());
        assert!(of(&parts(1, 10_000), 0.5).is_none());
    }
}
