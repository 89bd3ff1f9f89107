//! Each figure as the end of a sentence that begins with its client: `each event cost 60.3 requests`.
//!
//! One template for each figure; the compiler asks for that of a new one.

use super::Contender;
use super::words::repeated;
use crate::figure::{Figure, Metric};
use crate::study::human;

/// The value of the figure in words.
pub(super) fn clause(client: &Contender<'_>, metric: &Metric, value: f64) -> String {
    match metric {
        Metric::Measured(Figure::AttemptsTotal) => {
            format!("{}{}", measured(Figure::AttemptsTotal, value), after_the_end(client))
        }
        Metric::Measured(Figure::EventsLost) => lost(client, value),
        Metric::Measured(figure) => measured(*figure, value),
        Metric::Predicted(figure) => format!("by theory {}", measured(*figure, value)),
        Metric::Answered(outcome) => format!("{} ended with {outcome}", of(value, "request")),
    }
}

/// A number of lost events says little without the number of all.
fn lost(client: &Contender<'_>, value: f64) -> String {
    let all = client.per_run(client.summary.events.occurred);
    if value > 0.0 && all > value {
        let were = if value == 1.0 { "was" } else { "were" };
        format!("{} of {} {were} lost", human::number(value), of(all, "event"))
    } else {
        measured(Figure::EventsLost, value)
    }
}

fn measured(figure: Figure, value: f64) -> String {
    let text = human::figure(figure.unit(), value);
    let were = if value == 0.0 || value == 1.0 { "was" } else { "were" };
    let times = if value == 1.0 { "once".to_owned() } else { format!("{text} times") };
    match figure {
        Figure::Count => format!("{} took part", of(value, "client")),
        Figure::RequestsTotal => format!("{} {were} sent", of(value, "request")),
        Figure::RequestsEmpty => format!("{} brought nothing new", of(value, "request")),
        Figure::RequestsNonEmpty => format!("{} brought something new", of(value, "request")),
        Figure::RequestsFailed => format!("{} failed", of(value, "request")),
        Figure::RequestsRetries => format!("{} {were} sent again", of(value, "delivery")),
        Figure::RequestsPolls => format!("{} {were} sent", of(value, "poll")),
        Figure::RequestsEmptyPolls => format!("{} found nothing", of(value, "poll")),
        Figure::RequestsDrain => format!("{} {were} sent after the end", of(value, "request")),
        Figure::RequestsPerEvent => format!("each event cost {}", of(value, "request")),
        Figure::RequestsPerSecond => format!("requests were sent at a rate of {text}"),
        Figure::EmptyShare => format!("{text} of the polls found nothing"),
        Figure::CallsBilled => format!("{} {were} billed", of(value, "call")),
        Figure::FramesEvents => format!("{} came on a stream", of(value, "event")),
        Figure::FramesHeartbeats => format!("{} {were} sent", of(value, "heartbeat")),
        Figure::FramesHeartbeatsPerSecond => format!("heartbeats were sent at a rate of {text}"),
        Figure::BytesToSource => format!("{text} went to the source"),
        Figure::BytesToClient => format!("{text} went to the client"),
        Figure::BytesTotal => format!("{text} went over the wire"),
        Figure::EventsOccurred => format!("{} occurred", of(value, "event")),
        Figure::EventsDelivered | Figure::LatencyCount => format!("{} came", of(value, "event")),
        Figure::EventsLost => format!("{} {were} lost", of(value, "event")),
        Figure::EventsPending => format!("{} {were} still missing at the end", of(value, "event")),
        Figure::EventsReceipts => format!("{} {were} received", of(value, "delivery")),
        Figure::EventsDuplicates => format!("{} came", of(value, "duplicate")),
        Figure::EventsProcessedAgain => format!("{} {were} processed again", of(value, "delivery")),
        Figure::EventsOutOfOrder => format!("{} came out of order", of(value, "event")),
        Figure::DeliveredShare => format!("{text} of the events came"),
        Figure::AttemptsTotal => format!("{} {were} sent", of(value, "delivery")),
        Figure::AttemptsPerEvent => format!("each event was sent {times}"),
        Figure::DuplicatesPerEvent => format!("each event came again {times}"),
        Figure::AttemptsRedelivered => {
            format!("{} {were} given up and sent once more", of(value, "delivery"))
        }
        Figure::AttemptsGaveUp => format!("{} {were} given up", of(value, "delivery")),
        Figure::LatencyMean => format!("an event was known after {text} on average"),
        Figure::LatencyStddev => format!("the standard deviation of the latency was {text}"),
        Figure::LatencyMin => format!("the quickest event was known after {text}"),
        Figure::LatencyP50 => format!("half of the events that came were known within {text}"),
        Figure::LatencyP90 => format!("90 % of the events that came were known within {text}"),
        Figure::LatencyP95 => format!("95 % of the events that came were known within {text}"),
        Figure::LatencyP99 => format!("99 % of the events that came were known within {text}"),
        Figure::LatencyP999 => format!("99.9 % of the events that came were known within {text}"),
        Figure::LatencyMax => format!("the slowest event that came was known after {text}"),
        Figure::KnownWithin1s => format!("{text} of the events were known within 1 s"),
        Figure::KnownWithin10s => format!("{text} of the events were known within 10 s"),
        Figure::KnownWithin1m => format!("{text} of the events were known within 1 min"),
        Figure::KnownWithin10m => format!("{text} of the events were known within 10 min"),
        Figure::KnownWithin1h => format!("{text} of the events were known within 1 h"),
        Figure::KnownAfterP50 => known_after(value, "the typical event was", "half of the events"),
        Figure::KnownAfterP95 => known_after(value, "95 % of the events were", "95 % of the events"),
        Figure::KnownAfterP99 => known_after(value, "99 % of the events were", "99 % of the events"),
        Figure::KnownAfterMax if value.is_infinite() => "not every event became known".to_owned(),
        Figure::KnownAfterMax => format!("the slowest event was known after {text}"),
        Figure::AgeMean => format!("the newest event held was {text} old on average"),
        Figure::DisabledSeconds if value == 0.0 => "the source never stopped sending".to_owned(),
        Figure::DisabledSeconds => format!("the source sent nothing for {text}"),
        Figure::FreshShare => format!("every event was known during {text} of the time"),
        Figure::SetupRequests => format!("{} set it up", of(value, "request")),
        Figure::SetupRoundTrips => format!("setting it up took {}", of(value, "round trip")),
        Figure::SetupBytes => format!("setting it up took {text}"),
        Figure::SetupFirstEvent => format!("the first event could arrive after {text}"),
        Figure::HeldBackDelayed => format!("{} {were} delayed for slow answers", of(value, "delivery")),
        Figure::HeldBackDropped => format!("{} {were} dropped for slow answers", of(value, "delivery")),
        Figure::HeldBackWaited => format!("{} waited for a breaker", of(value, "delivery")),
        Figure::HeldBackOpened => format!("its breaker opened {}", of(value, "time")),
        Figure::HeldBackOpen => format!("its breaker was open for {text}"),
        Figure::AttackedSent => format!("{} {were} sent by attackers", of(value, "request")),
        Figure::AttackedAccepted => format!("{} of attackers got in", of(value, "request")),
        Figure::AttackedRefused => format!("{} of attackers {were} kept out", of(value, "request")),
        Figure::AttackedBytesToClient => format!("attackers sent {text}"),
        Figure::AttackedBytesToAttacker => format!("attackers were answered with {text}"),
        Figure::AttackedHeld => format!("attackers held connections for {text}"),
        Figure::AttackedUnanswered => format!("{} of attackers got no answer", of(value, "request")),
    }
}

fn known_after(seconds: f64, events: &str, share: &str) -> String {
    if seconds.is_finite() {
        format!("{events} known after {}", human::duration(seconds))
    } else {
        format!("fewer than {share} ever became known")
    }
}

/// A number of things: `no event`, `1 delivery`, `60.3 requests`.
fn of(number: f64, thing: &str) -> String {
    if number == 0.0 {
        return format!("no {thing}");
    }
    let text = human::number(number);
    match thing.strip_suffix('y') {
        _ if number == 1.0 => format!("{text} {thing}"),
        Some(stem) => format!("{text} {stem}ies"),
        None => format!("{text} {thing}s"),
    }
}

/// `: one poll every 15 min, and 1.46 events a day`, which explains the share of empty polls and the requests for each
/// event. Empty for any other figure, and where the poller has no fixed interval, polls several resources or
/// asks for jobs.
pub(super) fn when(client: &Contender<'_>, metric: &Metric) -> String {
    let is_explained = matches!(metric, Metric::Measured(Figure::EmptyShare | Figure::RequestsPerEvent));
    match client.interval {
        Some(interval) if client.one_resource && !client.asks_for_jobs && is_explained => {
            let events = human::events_at(client.event_rate_per_s);
            format!(": one poll every {}, and {events}", repeated(interval))
        }
        _ => String::new(),
    }
}

/// How many of the deliveries were sent after the end, where they are many and all requests are deliveries.
fn after_the_end(client: &Contender<'_>) -> String {
    let (requests, attempts) = (&client.summary.requests, client.summary.attempts.total);
    let is_told = requests.polls == 0 && attempts == requests.total + requests.drain;
    if !is_told || !client.summary.requests.has_long_drain() {
        return String::new();
    }
    format!(", {} of them after the end", human::number(client.per_run(requests.drain)))
}

/// Whether a handler worked on each attempt, duplicates included. A batch is one attempt, and several events.
pub(super) fn is_all_handled(client: &Contender<'_>) -> bool {
    let events = &client.summary.events;
    let alone = client.config.webhook().is_none_or(|webhook| webhook.batch.is_none());
    alone && events.receipts == client.summary.attempts.total && events.processed_again == events.duplicates
}
