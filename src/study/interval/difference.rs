//! The interval of the difference of two clients in the same runs.
//!
//! Both have the same events in each run, so that most of what chance does to one it does to the other, too. The
//! difference is taken run by run, and scatters less than either figure alone.
//!
//! Percentiles are of the events of all runs together. Each has its own interval, which need not be as wide above as below;
//! the interval of their difference is made from both and from how the shares of events up to them vary together, by the
//! method of variance estimates recovery (Zou 2007, "Toward using confidence intervals to compare correlations").

use super::{Located, mean_and_error, scatter, student_975, weighted};
use crate::figure::{Combine, Figure};
use crate::study::summary::ClientSummary;
use crate::study::{PerReplication, Results, value};

/// The 95 % interval of a figure of one client less that of another, of one run. None with one replication, for an extreme
/// or a standard deviation, where some run has no such figure though it has what that is taken over, and where one of two
/// percentiles has no interval.
pub fn difference(results: &Results, [one, other]: [usize; 2], figure: Figure) -> Option<[f64; 2]> {
    if figure.quantile().is_some() {
        let located = |client: usize| {
            let mut own = results.percentiles.get(client)?.iter();
            own.find(|(percentile, _)| *percentile == figure).map(|(_, located)| located)
        };
        return of_percentiles(located(one)?, located(other)?);
    }
    difference_of_rows(&results.summary.clients, &results.replications, [one, other], figure)
}

/// The same from nothing but the figures of each replication. For a percentile it is that of the mean of its differences in
/// each of them, and None where some replication has no percentile or an infinite one.
pub fn difference_of_rows(
    clients: &[ClientSummary],
    rows: &PerReplication,
    [one, other]: [usize; 2],
    figure: Figure,
) -> Option<[f64; 2]> {
    if rows.len() < 2 {
        return None;
    }
    let apart = || {
        let each = |client: usize| rows.figure(client, figure).into_iter().collect::<Option<Vec<f64>>>();
        Some(each(one)?.iter().zip(&each(other)?).map(|(a, b)| a - b).collect::<Vec<f64>>())
    };
    let (centre, error) = match figure.combine() {
        Combine::Pooled if figure.quantile().is_some() => {
            let apart = apart().filter(|apart| apart.iter().all(|apart| apart.is_finite()))?;
            mean_and_error(&apart)
        }
        Combine::Same | Combine::Pooled | Combine::Extreme => return None,
        Combine::Sum => mean_and_error(&apart()?),
        Combine::Mean | Combine::Share => {
            let without = |client: usize| {
                let (values, weights) = weighted(rows, client, figure)?;
                without_each(&values, &weights)
            };
            let apart: Vec<f64> = without(one)?.iter().zip(&without(other)?).map(|(a, b)| a - b).collect();
            let whole = |client: usize| value::measured(clients.get(client)?, figure);
            (whole(one)? - whole(other)?, scatter(&apart))
        }
    };
    let reach = student_975(rows.len() as u32 - 1) * error;
    Some([centre - reach, centre + reach])
}

/// The interval of one percentile less another; None where an end of either is "never".
fn of_percentiles(one: &Located, other: &Located) -> Option<[f64; 2]> {
    if [one, other].iter().any(|located| !located.ends_s[1].is_finite()) {
        return None;
    }
    let together = 2.0 * correlation(&one.without, &other.without);
    // How far the difference reaches where the first reaches so far to one side, and the second to the other.
    let reach = |first: f64, second: f64| {
        libm::sqrt((first * first + second * second - together * first * second).max(0.0))
    };
    let below = |located: &Located| located.value_s - located.ends_s[0];
    let above = |located: &Located| located.ends_s[1] - located.value_s;
    let apart = one.value_s - other.value_s;
    Some([apart - reach(below(one), above(other)), apart + reach(above(one), below(other))])
}

/// The correlation of two lists of equal length; 0 where one of them does not vary.
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let apart = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (a, b) = (apart(one), apart(other));
    let size = libm::sqrt(sum(&a, &a) * sum(&b, &b));
    if size > 0.0 { (sum(&a, &b) / size).clamp(-1.0, 1.0) } else { 0.0 }
}

/// The weighted mean without each of the values; None where a single one has all the weight.
pub(super) fn without_each(values: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let weight: f64 = weights.iter().sum();
    let total: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
    let without = |(x, w): (&f64, &f64)| (weight - w > 0.0).then(|| (total - x * w) / (weight - w));
    values.iter().zip(weights).map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(value_s: f64, ends_s: [f64; 2], without: [f64; 3]) -> Located {
        Located { value_s, ends_s, without: without.to_vec() }
    }

    /// By hand: 3 and 4 make 5 where nothing ties them, 7 where they go against each other, and 1 where they go together.
    #[test]
    fn the_reach_of_a_difference_depends_on_what_both_have_in_common() {
        let one = located(10.0, [7.0, 13.0], [0.5, 0.4, 0.6]);
        let reach = |without| {
            let other = located(2.0, [-2.0, 6.0], without);
            of_percentiles(&one, &other).map(|[low, high]| (8.0 - low, high - 8.0)).expect("both are finite")
        };
        for (without, expected) in [([0.5, 0.5, 0.5], 5.0), ([0.5, 0.6, 0.4], 7.0), ([0.1, 0.0, 0.2], 1.0)] {
            let (below, above) = reach(without);
            assert!((below - expected).abs() < 1e-9 && (above - expected).abs() < 1e-9, "{below} {above}");
        }
    }

    /// A run without events has no mean latency, and takes nothing from the difference of the others.
    #[test]
    fn a_run_without_events_does_not_hide_a_difference() {
        let text = "seed = 3\nduration = \"1h\"\nreplications = 12\n[events]\narrivals = { process = \"poisson\", rate = \"1/h\" }\n\
            [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nkind = \"webhook\"\n";
        let scenario =
            crate::scenario::load("few", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let options = crate::sim::RunOptions::TO_THE_END;
        let results = crate::study::run(&scenario, options, false, || ()).expect("nobody stops it");
        let events = results.replications.figure(0, Figure::EventsOccurred);
        assert!(events.contains(&Some(0.0)) && events.iter().any(|events| *events > Some(1.0)), "{events:?}");
        let [low, high] = difference(&results, [0, 1], Figure::LatencyMean).expect("there is one");
        assert!(0.0 < low && low < 30.0 && 30.0 < high, "{low} to {high}");
    }

    #[test]
    fn each_side_is_as_wide_as_the_intervals_are_on_that_side() {
        let one = located(10.0, [7.0, 10.0], [0.5, 0.4, 0.6]);
        let other = located(2.0, [2.0, 6.0], [0.5; 3]);
        assert_eq!(of_percentiles(&one, &other), Some([3.0, 8.0]));
        let never = located(2.0, [2.0, f64::INFINITY], [0.5; 3]);
        assert_eq!(of_percentiles(&one, &never), None);
    }
}
