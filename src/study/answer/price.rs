//! The exception where the client with the better figure has a worse one elsewhere: freshness against requests.

use super::Contender;
use super::compared::{Measure, times};
use super::exception::tail;
use super::words::in_sentence;
use crate::figure::{Figure, Metric, Unit};
use crate::study::human;
use crate::study::summary::Reached;

/// `But polling knew later: ...`, where the client with the better figure is later or sends more requests. None where
/// it is not. `figures` are the values of `metric` for the two clients.
pub(super) fn price(metric: &Metric, pair: [&Contender<'_>; 2], figures: [f64; 2]) -> Option<String> {
    let [one, other] = pair;
    let lower_is_better = metric.better().is_lower()?;
    let [first, second] = figures;
    let told_apart = match metric {
        Metric::Measured(figure) => !one.too_close(*figure, first, second),
        Metric::Predicted(_) | Metric::Answered(_) => return None,
    };
    let winner_first = (first < second) == lower_is_better;
    let (winner, loser) = if winner_first { (one, other) } else { (other, one) };
    match metric.unit() {
        Unit::Seconds => {
            let typical = || told_apart.then(|| later(winner, loser)).flatten();
            let worst = || {
                let whom = format!(" with {}", in_sentence(&winner.word));
                (told_apart && is_of_most_events(metric)).then(|| tail(winner, loser, &whom)).flatten()
            };
            let dearer = || told_apart.then(|| dearer(winner, loser)).flatten();
            typical().or_else(worst).or_else(dearer)
        }
        Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes if is_cost(metric) => {
            // Of two that cost the same, either may be later.
            let equal = || if told_apart { None } else { later(loser, winner) };
            later(winner, loser).or_else(equal)
        }
        Unit::Count | Unit::PerEvent | Unit::PerSecond | Unit::Bytes | Unit::Share => None,
    }
}

/// Whether the figure is a latency that says nothing of the slowest events.
const fn is_of_most_events(metric: &Metric) -> bool {
    matches!(metric, Metric::Measured(Figure::KnownAfterP50 | Figure::LatencyP50 | Figure::LatencyMean))
}

/// Whether the figure is a cost: requests or bytes.
const fn is_cost(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Measured(
            Figure::RequestsTotal
                | Figure::RequestsEmpty
                | Figure::RequestsPerEvent
                | Figure::RequestsPerSecond
                | Figure::CallsBilled
                | Figure::BytesToSource
                | Figure::BytesToClient
                | Figure::BytesTotal
        )
    )
}

fn later(client: &Contender<'_>, other: &Contender<'_>) -> Option<String> {
    let measure = Measure::of(client, other);
    let [own_s, other_s] = measure.times.map(Reached::seconds);
    (own_s > other_s && !client.too_close(measure.figure, own_s, other_s)).then(|| {
        let [own, others] = measure.times.map(|time| human::reached(Some(time)));
        let whom = in_sentence(&client.word);
        let times = times(own_s, other_s);
        match measure.figure {
            Figure::KnownAfterP50 => {
                format!("But {whom} knew the typical event later: {own} against {others}{times}.")
            }
            _ => format!("But {whom} knew later on average: {own} against {others}{times}."),
        }
    })
}

fn dearer(client: &Contender<'_>, other: &Contender<'_>) -> Option<String> {
    let (own, others) = (client.requests(), other.requests());
    (own > others && !super::alike(own, others)).then(|| {
        let ratio =
            if others > 0.0 { format!(" ({} more)", human::ratio(own / others)) } else { String::new() };
        format!(
            "But {} took {} against {}{ratio}.",
            in_sentence(&client.word),
            client.requests_text(),
            human::number(others)
        )
    })
}
