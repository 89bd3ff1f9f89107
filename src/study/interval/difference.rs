//! The interval of the difference of two clients in the same runs.
//!
//! Both have the same events in each run, so that most of what chance does to one it does to the other, too. The
//! difference is taken run by run, and scatters less than either figure alone.

use super::{mean_and_error, scatter, student_975};
use crate::figure::{Combine, Figure};
use crate::study::{Results, value};

/// The 95 % interval of a figure of one client less that of another, of one run. None with one replication, for a
/// percentile or an extreme, and where some run has no such figure.
pub fn difference(results: &Results, [one, other]: [usize; 2], figure: Figure) -> Option<[f64; 2]> {
    let each = |client: usize, figure: Figure| -> Option<Vec<f64>> {
        results.replications.figure(client, figure).into_iter().collect()
    };
    let (a, b) = (each(one, figure)?, each(other, figure)?);
    if a.len() < 2 || a.len() != b.len() {
        return None;
    }
    let (centre, error) = match figure.combine() {
        Combine::Same | Combine::Pooled | Combine::Extreme => return None,
        Combine::Sum => {
            let apart: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a - b).collect();
            mean_and_error(&apart)
        }
        Combine::Mean | Combine::Share => {
            let weights = |client: usize| match figure.per() {
                Some(per) => each(client, per),
                None => Some(vec![1.0; a.len()]),
            };
            let without = [(one, &a), (other, &b)]
                .map(|(client, values)| weights(client).and_then(|weights| without_each(values, &weights)));
            let [Some(without_a), Some(without_b)] = without else { return None };
            let apart: Vec<f64> = without_a.iter().zip(&without_b).map(|(a, b)| a - b).collect();
            let whole = |client: usize| value::measured(&results.summary.clients[client], figure);
            (whole(one)? - whole(other)?, scatter(&apart))
        }
    };
    let reach = student_975(a.len() as u32 - 1) * error;
    Some([centre - reach, centre + reach])
}

/// The weighted mean without each of the values; None where a single one has all the weight.
pub(super) fn without_each(values: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let weight: f64 = weights.iter().sum();
    let total: f64 = values.iter().zip(weights).map(|(x, w)| x * w).sum();
    let without = |(x, w): (&f64, &f64)| (weight - w > 0.0).then(|| (total - x * w) / (weight - w));
    values.iter().zip(weights).map(without).collect()
}
