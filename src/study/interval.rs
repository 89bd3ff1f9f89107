//! 95 % confidence intervals: mean ± t · s/√R of a figure's values in R replications.
//!
//! Only means and shares have an interval. The values of a percentile or an extreme in single replications do not vary
//! around the figure of all events together.

use crate::figure::{Figure, Unit};
use serde_json::{Map, Value, json};

/// The intervals of one client, nested as the figures in `summary.json`. `replications`: its figures in each
/// replication, in the order of [`Figure::ALL`]. Empty with fewer than two. A figure that is null in some replication
/// has no interval.
pub(super) fn intervals(replications: &[&[Option<f64>]]) -> Value {
    let mut intervals = Map::new();
    if replications.len() < 2 {
        return Value::Object(intervals);
    }
    for (index, figure) in
        Figure::ALL.iter().enumerate().filter(|(_, figure)| figure.combine().has_interval())
    {
        let values: Option<Vec<f64>> = replications.iter().map(|one| one[index]).collect();
        let Some(values) = values else { continue };
        let (low, high) = interval(&values);
        // None of these figures is negative, and a share is at most 1.
        let max = if figure.unit() == Unit::Share { 1.0 } else { f64::INFINITY };
        let interval = json!([low.max(0.0), high.min(max)]);
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

fn interval(figures: &[f64]) -> (f64, f64) {
    let (mean, error) = mean_and_error(figures);
    let reach = student_975(figures.len() as u32 - 1) * error;
    (mean - reach, mean + reach)
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
    fn the_interval_is_centred_on_the_mean() {
        let (low, high) = interval(&[1.0, 2.0, 3.0]);
        assert!((low + high - 4.0).abs() < 1e-12 && (high - 2.0 - 4.303 / libm::sqrt(3.0)).abs() < 1e-9);
    }
}
