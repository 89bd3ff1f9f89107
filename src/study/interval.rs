//! 95 % confidence intervals over replications: mean ± t · s/√R of each figure's values, one a replication
//! (theory 3.3). Percentiles are never averaged for the figure itself, only for its interval.

use super::summary::ClientSummary;
use serde_json::{Map, Value, json};

/// The figures that have an interval: those that do not grow with the length of the run.
const FIGURES: [&str; 18] = [
    "requests.per_event",
    "requests.per_s",
    "attempts.per_event",
    "latency_s.mean",
    "latency_s.min",
    "latency_s.p50",
    "latency_s.p90",
    "latency_s.p95",
    "latency_s.p99",
    "latency_s.p999",
    "latency_s.max",
    "known_within.1s",
    "known_within.10s",
    "known_within.1m",
    "known_within.10m",
    "known_within.1h",
    "age_s.mean",
    "fresh_share",
];

/// The intervals of one client from its summaries of single replications, nested as the figures are; empty with
/// fewer than two. A figure that some replication lacks has none.
pub(super) fn intervals(replications: &[ClientSummary]) -> Value {
    let mut intervals = Map::new();
    if replications.len() < 2 {
        return Value::Object(intervals);
    }
    let values: Vec<Value> = replications.iter().filter_map(|one| serde_json::to_value(one).ok()).collect();
    for path in FIGURES {
        let figures: Option<Vec<f64>> = values.iter().map(|one| at(one, path)).collect();
        let Some(figures) = figures else { continue };
        let (low, high) = interval(&figures);
        // None of these figures is negative, and a share is at most 1.
        let most =
            if path.starts_with("known_within") || path == "fresh_share" { 1.0 } else { f64::INFINITY };
        let (low, high) = (low.max(0.0), high.min(most));
        match path.split_once('.') {
            None => intervals.insert(path.into(), json!([low, high])),
            Some((group, name)) => {
                let group = intervals.entry(group).or_insert_with(|| json!({}));
                group.as_object_mut().and_then(|group| group.insert(name.into(), json!([low, high])))
            }
        };
    }
    Value::Object(intervals)
}

/// The number at a path such as `latency_s.p99`.
pub(super) fn at(value: &Value, path: &str) -> Option<f64> {
    path.split('.').try_fold(value, |value, key| value.get(key))?.as_f64()
}

fn interval(figures: &[f64]) -> (f64, f64) {
    let n = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / n;
    let variance = figures.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0);
    let reach = student_975(figures.len() as u32 - 1) * libm::sqrt(variance / n);
    (mean - reach, mean + reach)
}

/// The 97.5 % quantile of Student's t: tabled to five degrees of freedom, then by the expansion of Cornish and
/// Fisher in powers of 1/df (Abramowitz and Stegun 26.7.5), good to three digits from there on.
fn student_975(degrees_of_freedom: u32) -> f64 {
    const TABLE: [f64; 5] = [12.706, 4.303, 3.182, 2.776, 2.571];
    if let Some(&t) = TABLE.get(degrees_of_freedom as usize - 1) {
        return t;
    }
    let (z, df) = (1.959_964, f64::from(degrees_of_freedom));
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
