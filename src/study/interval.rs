//! 95 % confidence intervals over R replications, by Student's t, each around the very figure that it stands beside.
//!
//! A mean or a share of a run is a ratio of totals: replications with more events weigh more in it. The jackknife tells
//! how far such a ratio scatters: it leaves out one replication after the other. Where all weigh the same it is the
//! usual mean ± t · s/√R. Other figures have no interval: those of single replications do not vary around a percentile
//! or an extreme of all events together.

use super::summary::ClientSummary;
use super::value;
use crate::figure::{Figure, Unit};
use serde_json::{Map, Value, json};

/// The intervals of one client, nested as the figures in `summary.json`. `whole`: the client over all replications;
/// `replications`: its figures in each, in the order of [`Figure::ALL`]. Empty with fewer than two. A figure that is
/// null in some replication has no interval.
pub(super) fn intervals(whole: &ClientSummary, replications: &[&[Option<f64>]]) -> Value {
    let mut intervals = Map::new();
    if replications.len() < 2 {
        return Value::Object(intervals);
    }
    for &figure in Figure::ALL.iter().filter(|figure| figure.combine().has_interval()) {
        let all =
            |of: Figure| -> Option<Vec<f64>> { replications.iter().map(|one| one[of.index()]).collect() };
        let weights = figure.per().map_or_else(|| Some(vec![1.0; replications.len()]), all);
        let (Some(values), Some(weights)) = (all(figure), weights) else { continue };
        let (Some(centre), Some(error)) = (value::measured(whole, figure), jackknife(&values, &weights))
        else {
            continue;
        };
        let reach = student_975(values.len() as u32 - 1) * error;
        // None of these figures is negative, and a share is at most 1.
        let max = if figure.unit() == Unit::Share { 1.0 } else { f64::INFINITY };
        let interval = json!([(centre - reach).max(0.0), (centre + reach).min(max)]);
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

/// The standard error of the mean of two or more values with these weights, by leaving out one after the other. None
/// where a single one has all the weight.
fn jackknife(values: &[f64], weights: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let weight: f64 = weights.iter().sum();
    let total: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
    if weights.iter().any(|w| weight - w <= 0.0) {
        return None;
    }
    let without: Vec<f64> = values.iter().zip(weights).map(|(x, w)| (total - x * w) / (weight - w)).collect();
    let mean = without.iter().sum::<f64>() / n;
    let squares: f64 = without.iter().map(|x| (x - mean) * (x - mean)).sum();
    Some(libm::sqrt(squares * (n - 1.0) / n))
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
pub(super) fn student(z: f64, degrees_of_freedom: u32) -> f64 {
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
