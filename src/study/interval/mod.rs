//! 95 % confidence intervals over R replications, by Student's t, each around the very figure that it stands beside.
//!
//! * A mean or a share of a run is a ratio of totals: replications with more events weigh more in it. The jackknife tells
//!   how far such a ratio scatters: it leaves out one replication after the other. Where all weigh the same it is the
//!   usual mean ± t · s/√R. The standard deviation scatters by the same means.
//! * A count is a sum of replications: R times their mean, with R times its error.
//! * A percentile is of all events together; `percentile` says how far it scatters.
//! * An extreme has none: replications only ever make it greater, and no run shows what the next one adds.
//!
//! A single run has no intervals. What ties its events together - a poll that brings several, a queue, an outage - makes
//! them scatter more than independent ones, and the run does not say by how much.

mod difference;
mod parts;
mod percentile;
mod withheld;

use super::summary::{ClientSummary, Reached};
use super::{PerReplication, value};
use crate::figure::{Combine, Figure, Unit};
use crate::measure::Latencies;
use crate::scenario::{Client, Scenario};
pub use difference::{difference, difference_of_rows};
pub(super) use parts::{Part, Parts};
pub(super) use percentile::Located;
use serde_json::{Map, Value, json};
pub use withheld::{ends, why_none};

/// What intervals of one client are made from.
pub(super) struct Basis<'a> {
    /// The client over all replications.
    pub(super) whole: &'a ClientSummary,
    /// Its index in the scenario.
    pub(super) client: usize,
    /// The figures of each replication.
    pub(super) rows: &'a PerReplication,
    /// See [`percentiles`].
    pub(super) percentiles: &'a [(Figure, Located)],
}

/// The percentiles of a client that have an interval. `latencies`: those of all replications; `parts`: those of groups of
/// them; `tied`: see [`tied`].
pub(super) fn percentiles(latencies: &Latencies, parts: &Parts, tied: f64) -> Vec<(Figure, Located)> {
    let ranked = latencies.ranked();
    let located = |figure: Figure| {
        let of = |part: &Part| taken_over(figure, part.occurred, part.latencies.count);
        let located = percentile::percentile(&ranked, parts.each(), figure.quantile()?, tied, of);
        Some((figure, located?))
    };
    Figure::ALL.iter().copied().filter_map(located).collect()
}

/// How many of a client's events count as one that is independent: those of a burst come together, and members have the
/// same.
pub(super) fn tied(scenario: &Scenario, client: &Client) -> f64 {
    let Scenario { events, .. } = scenario;
    let more = events.types.share(&client.types) * (events.arrivals.dispersion() - 1.0);
    f64::from(client.count.max(1)) * (1.0 + more).max(1.0)
}

/// The intervals of one client, nested as the figures in `summary.json`; empty with fewer than two replications.
pub(super) fn intervals(basis: &Basis<'_>) -> Value {
    let mut intervals = Map::new();
    if basis.rows.len() < 2 {
        return Value::Object(intervals);
    }
    for &figure in Figure::ALL {
        let Some(ends) = basis.interval(figure) else { continue };
        let interval = json!(ends);
        match figure.path().split_once('.') {
            None => intervals.insert(figure.path().into(), interval),
            Some((group, name)) => {
                let group = intervals.entry(group).or_insert_with(|| json!({}));
                group.as_object_mut().and_then(|group| group.insert(name.into(), interval))
            }
        };
    }
    Value::Object(intervals)
}

impl Basis<'_> {
    fn interval(&self, figure: Figure) -> Option<[Reached; 2]> {
        let centre = value::measured(self.whole, figure).filter(|value| value.is_finite())?;
        let runs = self.rows.len();
        let error = match figure.combine() {
            Combine::Same | Combine::Extreme => return None,
            Combine::Sum => {
                let (_, error) = mean_and_error(&self.each(figure)?);
                runs as f64 * error
            }
            Combine::Mean | Combine::Share => {
                let (values, weights) = weighted(self.rows, self.client, figure)?;
                jackknife(&values, &weights)?
            }
            Combine::Pooled => match figure.quantile() {
                Some(_) => {
                    let located = self.percentiles.iter().find(|(percentile, _)| *percentile == figure);
                    return located.map(|(_, located)| located.ends());
                }
                None => self.deviation()?,
            },
        };
        let reach = student_975(runs as u32 - 1) * error;
        // None of these figures is negative, and a share is at most 1.
        let max = if figure.unit() == Unit::Share { 1.0 } else { f64::INFINITY };
        Some([(centre - reach).max(0.0), (centre + reach).min(max)].map(Reached::After))
    }

    /// A figure of each replication; None where some replication has none.
    fn each(&self, figure: Figure) -> Option<Vec<f64>> {
        self.rows.figure(self.client, figure).into_iter().collect()
    }

    /// The standard error of the standard deviation of all latencies, by leaving out one replication after the other.
    fn deviation(&self) -> Option<f64> {
        let of = |figure: Figure| self.rows.figure(self.client, figure);
        let moments = |(count, (mean, deviation)): (Option<f64>, (Option<f64>, Option<f64>))| {
            let count = count?;
            let (mean, deviation) = mean.zip(deviation).unwrap_or((0.0, 0.0));
            Some([count, count * mean, count * (mean * mean + deviation * deviation)])
        };
        let about = of(Figure::LatencyMean).into_iter().zip(of(Figure::LatencyStddev));
        let each = of(Figure::LatencyCount).into_iter().zip(about);
        let each = each.map(moments).collect::<Option<Vec<[f64; 3]>>>()?;
        let total = each.iter().fold([0.0; 3], |sum, one| [0, 1, 2].map(|k: usize| sum[k] + one[k]));
        let without = |one: &[f64; 3]| {
            let [count, sum, squares] = [0, 1, 2].map(|k: usize| total[k] - one[k]);
            (count > 0.0).then(|| libm::sqrt((squares / count - (sum / count) * (sum / count)).max(0.0)))
        };
        Some(scatter(&each.iter().map(without).collect::<Option<Vec<f64>>>()?))
    }
}

/// How many events a percentile is taken over, of those that occurred and those that were known.
pub(super) fn taken_over(percentile: Figure, occurred: u64, known: u64) -> u64 {
    if percentile.per() == Some(Figure::EventsOccurred) { occurred } else { known }
}

/// A ratio of a client in each replication, and its weight: how many of what it is taken over. A replication without any has
/// no ratio, and no weight. None where another has none.
fn weighted(rows: &PerReplication, client: usize, figure: Figure) -> Option<(Vec<f64>, Vec<f64>)> {
    let weights = match figure.per() {
        Some(per) => rows.figure(client, per).into_iter().collect::<Option<Vec<f64>>>()?,
        None => vec![1.0; rows.len()],
    };
    let own = rows.figure(client, figure).into_iter().zip(&weights);
    let own = own.map(|(value, &weight)| value.or_else(|| (weight == 0.0).then_some(0.0)));
    Some((own.collect::<Option<_>>()?, weights))
}

/// The standard error of the mean of two or more values with these weights, by leaving out one after the other. None
/// where a single one has all the weight.
fn jackknife(values: &[f64], weights: &[f64]) -> Option<f64> {
    difference::without_each(values, weights).map(|without| scatter(&without))
}

/// The standard error of a figure from its values without each of two or more replications.
pub fn scatter(without: &[f64]) -> f64 {
    let n = without.len() as f64;
    let mean = without.iter().sum::<f64>() / n;
    let squares: f64 = without.iter().map(|x| (x - mean) * (x - mean)).sum();
    libm::sqrt(squares * (n - 1.0) / n)
}

/// The mean of two or more values, and its standard error s/√n.
pub fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    (mean, libm::sqrt(variance / n))
}

/// The 97.5 % quantile of Student's t distribution. Up to five degrees of freedom from a table, above by the expansion
/// of Cornish and Fisher in powers of 1/df (Abramowitz and Stegun 26.7.5), which is right to three digits there.
pub fn student_975(degrees_of_freedom: u32) -> f64 {
    const TABLE: [f64; 5] = [12.706, 4.303, 3.182, 2.776, 2.571];
    if let Some(&t) = TABLE.get(degrees_of_freedom as usize - 1) {
        return t;
    }
    student(1.959_964, degrees_of_freedom)
}

/// The quantile of Student's t distribution that is as rare as `z` of the normal one, by the same expansion. For four
/// standard errors it needs about twenty degrees of freedom.
pub fn student(z: f64, degrees_of_freedom: u32) -> f64 {
    let df = f64::from(degrees_of_freedom);
    let (z2, z3) = (z * z, z * z * z);
    let first = (z3 + z) / 4.0;
    let second = z * (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / 96.0;
    let third = z * (3.0 * z3 * z3 + 19.0 * z2 * z2 + 17.0 * z2 - 15.0) / 384.0;
    z + first / df + second / (df * df) + third / (df * df * df)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_student_s_t() {
        for (df, t) in [(1, 12.706), (5, 2.571), (6, 2.447), (9, 2.262), (29, 2.045), (1000, 1.962)] {
            assert!((student_975(df) - t).abs() < 0.002, "{df}: {}", student_975(df));
        }
    }

    #[test]
    fn equal_weights_make_it_the_usual_error_of_a_mean() {
        let values = [1.0, 2.0, 4.0, 9.0];
        let error = jackknife(&values, &[3.0; 4]).unwrap();
        assert!((error - mean_and_error(&values).1).abs() < 1e-12);
        assert_eq!(jackknife(&values, &[0.0, 0.0, 5.0, 0.0]), None);
    }
}
