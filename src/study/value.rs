//! Reads each declared figure from a client's results.

use super::summary::{ClientSummary, Reached, Theory};
use crate::figure::{Figure, Metric};

/// The figure of one client; infinite for "never", None where it is null.
pub fn value(client: &ClientSummary, metric: &Metric) -> Option<f64> {
    match metric {
        Metric::Measured(figure) => measured(client, *figure),
        Metric::Predicted(figure) => predicted(&client.theory, *figure),
        // An outcome that did not occur has no entry, and counts 0.
        Metric::Answered(outcome) => {
            Some(client.requests.by_status.get(&outcome.to_string()).map_or(0.0, |&requests| requests as f64))
        }
    }
}

/// A measured figure.
pub(super) fn measured(client: &ClientSummary, figure: Figure) -> Option<f64> {
    let ClientSummary {
        requests,
        calls,
        frames,
        bytes,
        events,
        attempts,
        latency_s,
        known_after_s,
        setup,
        ..
    } = client;
    let count = |number: u64| Some(number as f64);
    let within = |name: &str| client.known_within.get(name).copied().flatten();
    let after = |reached: Option<Reached>| reached.map(Reached::seconds);
    match figure {
        Figure::Count => Some(f64::from(client.count)),
        Figure::RequestsTotal => count(requests.total),
        Figure::RequestsEmpty => count(requests.empty),
        Figure::RequestsNonEmpty => count(requests.non_empty),
        Figure::RequestsFailed => count(requests.failed),
        Figure::RequestsRetries => count(requests.retries),
        Figure::RequestsPolls => count(requests.polls),
        Figure::RequestsEmptyPolls => count(requests.empty_polls),
        Figure::RequestsDrain => count(requests.drain),
        Figure::RequestsPerEvent => requests.per_event,
        Figure::RequestsPerSecond => Some(requests.per_s),
        Figure::EmptyShare => client.empty_share,
        Figure::CallsBilled => count(calls.billed),
        Figure::FramesEvents => count(frames.events),
        Figure::FramesHeartbeats => count(frames.heartbeats),
        Figure::FramesHeartbeatsPerSecond => Some(frames.heartbeats_per_s),
        Figure::BytesToSource => count(bytes.to_source),
        Figure::BytesToClient => count(bytes.to_client),
        Figure::BytesTotal => count(bytes.total),
        Figure::EventsOccurred => count(events.occurred),
        Figure::EventsDelivered => count(events.delivered),
        Figure::EventsLost => count(events.lost),
        Figure::EventsPending => count(events.pending),
        Figure::EventsReceipts => count(events.receipts),
        Figure::EventsDuplicates => count(events.duplicates),
        Figure::EventsProcessedAgain => count(events.processed_again),
        Figure::EventsOutOfOrder => count(events.out_of_order),
        Figure::DeliveredShare => client.delivered_share,
        Figure::AttemptsTotal => count(attempts.total),
        Figure::AttemptsPerEvent => attempts.per_event,
        Figure::DuplicatesPerEvent => attempts.duplicates_per_event,
        Figure::AttemptsRedelivered => count(attempts.redelivered),
        Figure::AttemptsGaveUp => count(attempts.gave_up),
        Figure::LatencyCount => count(latency_s.count),
        Figure::LatencyMean => latency_s.mean,
        Figure::LatencyStddev => latency_s.stddev,
        Figure::LatencyMin => latency_s.min,
        Figure::LatencyP50 => latency_s.p50,
        Figure::LatencyP90 => latency_s.p90,
        Figure::LatencyP95 => latency_s.p95,
        Figure::LatencyP99 => latency_s.p99,
        Figure::LatencyP999 => latency_s.p999,
        Figure::LatencyMax => latency_s.max,
        Figure::KnownWithin1s => within("1s"),
        Figure::KnownWithin10s => within("10s"),
        Figure::KnownWithin1m => within("1m"),
        Figure::KnownWithin10m => within("10m"),
        Figure::KnownWithin1h => within("1h"),
        Figure::KnownAfterP50 => after(known_after_s.p50),
        Figure::KnownAfterP95 => after(known_after_s.p95),
        Figure::KnownAfterP99 => after(known_after_s.p99),
        Figure::KnownAfterMax => after(known_after_s.max),
        Figure::AgeMean => client.age_s.mean,
        Figure::FreshShare => client.fresh_share,
        Figure::SetupRequests => count(setup.requests),
        Figure::SetupRoundTrips => count(setup.round_trips),
        Figure::SetupBytes => count(setup.bytes),
        Figure::SetupFirstEvent => Some(setup.first_event_after_s),
        Figure::DisabledSeconds => client.disabled_s,
        Figure::HeldBackDelayed => count(client.held_back.delayed),
        Figure::HeldBackDropped => count(client.held_back.dropped),
        Figure::HeldBackWaited => count(client.held_back.waited),
        Figure::HeldBackOpened => count(client.held_back.opened),
        Figure::HeldBackOpen => Some(client.held_back.open_s),
        Figure::AttackedSent => count(client.attacked.sent),
        Figure::AttackedAccepted => count(client.attacked.accepted),
        Figure::AttackedRefused => count(client.attacked.refused),
        Figure::AttackedUnanswered => count(client.attacked.unanswered),
        Figure::AttackedBytesToClient => count(client.attacked.bytes.to_client),
        Figure::AttackedBytesToAttacker => count(client.attacked.bytes.to_attacker),
        Figure::AttackedHeld => Some(client.attacked.held_s),
    }
}

/// The prediction for a figure; None for figures that are not declared with `theory`.
pub fn predicted(theory: &Theory, figure: Figure) -> Option<f64> {
    let Theory { latency_s, requests, empty_share, frames, attempts, delivered_share, age_s, fresh_share } =
        theory;
    match figure {
        Figure::RequestsPerEvent => requests.per_event,
        Figure::RequestsPerSecond => requests.per_s,
        Figure::EmptyShare => *empty_share,
        Figure::FramesHeartbeatsPerSecond => frames.heartbeats_per_s,
        Figure::DeliveredShare => *delivered_share,
        Figure::AttemptsPerEvent => attempts.per_event,
        Figure::DuplicatesPerEvent => attempts.duplicates_per_event,
        Figure::LatencyMean => latency_s.mean,
        Figure::LatencyStddev => latency_s.stddev,
        Figure::LatencyP50 => latency_s.p50,
        Figure::LatencyP90 => latency_s.p90,
        Figure::LatencyP95 => latency_s.p95,
        Figure::LatencyP99 => latency_s.p99,
        Figure::LatencyP999 => latency_s.p999,
        Figure::LatencyMax => latency_s.max,
        Figure::AgeMean => age_s.mean,
        Figure::FreshShare => *fresh_share,
        Figure::Count
        | Figure::RequestsTotal
        | Figure::RequestsEmpty
        | Figure::RequestsNonEmpty
        | Figure::RequestsFailed
        | Figure::RequestsRetries
        | Figure::RequestsPolls
        | Figure::RequestsEmptyPolls
        | Figure::RequestsDrain
        | Figure::CallsBilled
        | Figure::FramesEvents
        | Figure::FramesHeartbeats
        | Figure::BytesToSource
        | Figure::BytesToClient
        | Figure::BytesTotal
        | Figure::EventsOccurred
        | Figure::EventsDelivered
        | Figure::EventsLost
        | Figure::EventsPending
        | Figure::EventsReceipts
        | Figure::EventsDuplicates
        | Figure::EventsProcessedAgain
        | Figure::EventsOutOfOrder
        | Figure::AttemptsTotal
        | Figure::AttemptsRedelivered
        | Figure::AttemptsGaveUp
        | Figure::LatencyCount
        | Figure::LatencyMin
        | Figure::KnownWithin1s
        | Figure::KnownWithin10s
        | Figure::KnownWithin1m
        | Figure::KnownWithin10m
        | Figure::KnownWithin1h
        | Figure::KnownAfterP50
        | Figure::KnownAfterP95
        | Figure::KnownAfterP99
        | Figure::KnownAfterMax
        | Figure::SetupRequests
        | Figure::SetupRoundTrips
        | Figure::SetupBytes
        | Figure::SetupFirstEvent
        | Figure::DisabledSeconds
        | Figure::HeldBackDelayed
        | Figure::HeldBackDropped
        | Figure::HeldBackWaited
        | Figure::HeldBackOpened
        | Figure::HeldBackOpen
        | Figure::AttackedSent
        | Figure::AttackedAccepted
        | Figure::AttackedRefused
        | Figure::AttackedUnanswered
        | Figure::AttackedBytesToClient
        | Figure::AttackedBytesToAttacker
        | Figure::AttackedHeld => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Status;
    use crate::study::summary::{
        Age, AttackBytes, Attacks, Attempts, Bytes, Calls, EventCounts, Frames, HeldBack, KnownAfter,
        Latency, Requests, Setup, TheoryAttempts, TheoryFrames, TheoryLatency, TheoryRequests,
    };
    use serde_json::Value;

    /// A client's object in which no figure is null and no two are equal.
    fn client() -> ClientSummary {
        let mut next = 0_u32;
        let mut number = || {
            next += 1;
            next
        };
        macro_rules! filled {
            ($of:ident { $($count:ident)* ; $($share:ident)* }) => {
                $of { $($count: number().into(),)* $($share: Some(f64::from(number()) + 0.5),)* ..$of::default() }
            };
        }
        let requests = Requests {
            per_s: 0.125,
            ..filled!(Requests { total empty non_empty failed retries polls empty_polls drain; per_event })
        };
        let calls = filled!(Calls { billed; });
        let frames = Frames { heartbeats_per_s: 0.0625, ..filled!(Frames { events heartbeats; }) };
        let bytes = filled!(Bytes { to_source to_client total; });
        let events = filled!(EventCounts { occurred delivered lost pending receipts duplicates processed_again out_of_order; });
        let attempts = filled!(Attempts { total redelivered gave_up; per_event duplicates_per_event });
        let latency_s = filled!(Latency { count; mean stddev min p50 p90 p95 p99 p999 max });
        let theory = Theory {
            latency_s: filled!(TheoryLatency { ; mean stddev p50 p90 p95 p99 p999 max }),
            requests: filled!(TheoryRequests { ; per_s per_event }),
            frames: filled!(TheoryFrames { ; heartbeats_per_s }),
            attempts: filled!(TheoryAttempts { ; per_event duplicates_per_event }),
            age_s: filled!(Age { ; mean }),
            ..filled!(Theory { ; empty_share delivered_share fresh_share })
        };
        let mut after = || Some(Reached::After(f64::from(number())));
        let known_after_s = KnownAfter { p50: after(), p95: after(), p99: after(), max: after() };
        let known_within = ["1s", "10s", "1m", "10m", "1h"]
            .map(|within| (within.to_owned(), Some(f64::from(number()))))
            .into();
        ClientSummary {
            name: "poll 60s".into(),
            kind: "poll".into(),
            count: number(),
            stable: true,
            unstable_because: None,
            requests,
            empty_share: Some(0.25),
            calls,
            frames,
            bytes,
            events,
            delivered_share: Some(0.375),
            attempts,
            latency_s,
            known_within,
            known_after_s,
            age_s: filled!(Age { ; mean }),
            fresh_share: Some(0.75),
            setup: Setup { first_event_after_s: 0.875, ..filled!(Setup { requests round_trips bytes; }) },
            disabled_s: Some(1234.5),
            held_back: HeldBack { open_s: 987.5, ..filled!(HeldBack { delayed dropped waited opened; }) },
            attacked: Attacks {
                bytes: filled!(AttackBytes { to_client to_attacker; }),
                held_s: 4321.5,
                ..filled!(Attacks { sent accepted refused; })
            },
            attacks: Vec::new(),
            interval: Value::Null,
            theory,
        }
    }

    fn numbers(prefix: &str, value: &Value, paths: &mut Vec<(String, f64)>) {
        match value {
            Value::Number(number) => paths.push((prefix.to_owned(), number.as_f64().expect("a number"))),
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
    fn every_number_of_a_client_is_a_declared_figure_and_found() {
        let client = client();
        let mut found = Vec::new();
        numbers("", &serde_json::to_value(&client).expect("JSON"), &mut found);
        let mut declared: Vec<(String, f64)> = Metric::paths()
            .map(|path| (path.to_owned(), value(&client, &Metric::find(path).unwrap()).expect(path)))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        declared.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(declared, found);
        assert_eq!(value(&client, &Metric::Answered(Status::Http(503))), Some(0.0));
    }
}
