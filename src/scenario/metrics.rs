//! The figures that an expectation may name: every path to a number in a client's object of `summary.json`.
//! It knows the names only; the figures are made elsewhere, and a test holds the two together.

/// Every path that is always there. Beside them, `requests.by_status.` and an outcome is a figure.
pub(crate) const METRICS: &[&str] = &[
    "count",
    "requests.total",
    "requests.empty",
    "requests.non_empty",
    "requests.failed",
    "requests.retries",
    "requests.polls",
    "requests.empty_polls",
    "requests.drain",
    "requests.per_event",
    "requests.per_s",
    "bytes.to_source",
    "bytes.to_client",
    "bytes.total",
    "events.occurred",
    "events.delivered",
    "events.lost",
    "events.pending",
    "events.receipts",
    "events.duplicates",
    "events.out_of_order",
    "attempts.total",
    "attempts.per_event",
    "attempts.gave_up",
    "latency_s.count",
    "latency_s.mean",
    "latency_s.stddev",
    "latency_s.min",
    "latency_s.p50",
    "latency_s.p90",
    "latency_s.p95",
    "latency_s.p99",
    "latency_s.p999",
    "latency_s.max",
    "known_after_s.p50",
    "known_after_s.p95",
    "known_after_s.p99",
    "known_after_s.max",
    "known_within.1s",
    "known_within.10s",
    "known_within.1m",
    "known_within.10m",
    "known_within.1h",
    "age_s.mean",
    "fresh_share",
    "theory.latency_s.mean",
    "theory.latency_s.stddev",
    "theory.latency_s.p50",
    "theory.latency_s.p90",
    "theory.latency_s.p95",
    "theory.latency_s.p99",
    "theory.latency_s.p999",
    "theory.latency_s.max",
    "theory.requests.per_s",
    "theory.requests.per_event",
    "theory.empty_share",
    "theory.attempts.per_event",
    "theory.attempts.duplicates_per_event",
    "theory.delivered_share",
    "theory.age_s.mean",
    "theory.fresh_share",
];

/// The figures by outcome, as a JSON Schema pattern.
pub(crate) const BY_STATUS_PATTERN: &str =
    r"^requests\.by_status\.([1-5][0-9][0-9]|refused|timeout|unanswered)$";

/// Whether that path leads to a figure.
pub(crate) fn is_metric(path: &str) -> bool {
    METRICS.contains(&path) || path.strip_prefix("requests.by_status.").is_some_and(is_outcome)
}

/// Whether the figure at that path is a count that is summed over replications.
pub(crate) fn is_sum(path: &str) -> bool {
    let of = |parts: &[&str]| parts.iter().any(|part| path.starts_with(part));
    let is_rate = path.ends_with("per_event") || path.ends_with("per_s");
    of(&["requests.", "bytes.", "events.", "attempts.", "latency_s.count"]) && !is_rate
}

/// Whether the figure at that path is a time, so that its limit may be a duration.
pub(crate) fn is_time(path: &str) -> bool {
    path.contains("_s.") && !path.ends_with(".count")
}

fn is_outcome(status: &str) -> bool {
    let is_code = status.len() == 3 && status.parse::<u16>().is_ok_and(|code| (100..600).contains(&code));
    is_code || ["refused", "timeout", "unanswered"].contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::summary;
    use serde_json::Value;

    /// A client's object in which every figure is there.
    fn client() -> summary::ClientSummary {
        let figure = Some(1.0);
        summary::ClientSummary {
            name: "poll 60s".into(),
            kind: "poll".into(),
            count: 1,
            stable: true,
            unstable_because: None,
            requests: summary::Requests { per_event: figure, ..summary::Requests::default() },
            bytes: summary::Bytes::default(),
            events: summary::EventCounts::default(),
            attempts: summary::Attempts::default(),
            latency_s: summary::Latency {
                count: 1,
                mean: figure,
                stddev: figure,
                min: figure,
                p50: figure,
                p90: figure,
                p95: figure,
                p99: figure,
                p999: figure,
                max: figure,
            },
            known_within: ["1s", "10s", "1m", "10m", "1h"].map(|within| (within.to_owned(), 1.0)).into(),
            known_after_s: {
                let after = figure.map(summary::Reached::After);
                summary::KnownAfter { p50: after, p95: after, p99: after, max: after }
            },
            age_s: summary::Age { mean: figure },
            fresh_share: figure,
            interval: Value::Null,
            theory: summary::Theory {
                latency_s: summary::TheoryLatency {
                    mean: figure,
                    stddev: figure,
                    p50: figure,
                    p90: figure,
                    p95: figure,
                    p99: figure,
                    p999: figure,
                    max: figure,
                },
                requests: summary::TheoryRequests { per_s: figure, per_event: figure },
                empty_share: figure,
                attempts: summary::TheoryAttempts { per_event: figure, duplicates_per_event: figure },
                delivered_share: figure,
                age_s: summary::Age { mean: figure },
                fresh_share: figure,
            },
        }
    }

    fn numbers(prefix: &str, value: &Value, paths: &mut Vec<String>) {
        match value {
            Value::Number(_) => paths.push(prefix.to_owned()),
            Value::Object(fields) => {
                for (name, field) in fields {
                    let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                    numbers(&path, field, paths);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn the_list_has_every_figure_and_no_other() {
        let mut paths = Vec::new();
        numbers("", &serde_json::to_value(client()).expect("JSON"), &mut paths);
        let mut known: Vec<&str> = METRICS.to_vec();
        known.sort_unstable();
        paths.sort_unstable();
        assert_eq!(paths, known);
    }

    #[test]
    fn outcomes_are_figures_and_times_are_told_from_counts() {
        assert!(is_metric("requests.by_status.503") && is_metric("requests.by_status.timeout"));
        assert!(!is_metric("requests.by_status.999") && !is_metric("requests.by_status"));
        assert!(is_time("latency_s.p99") && is_time("theory.age_s.mean"));
        assert!(!is_time("requests.per_s") && !is_time("latency_s.count") && !is_time("known_within.1s"));
    }
}
