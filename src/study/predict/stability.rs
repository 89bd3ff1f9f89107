//! Whether a client's load can be served. Where it cannot, queues and mean latencies grow with the length of the run, or part of the
//! events is turned away or passed over, and a report must say so.

mod answers;
mod connects;
mod hooks;
mod jobs;
mod polls;

use super::given::Given;
use super::times;
use crate::scenario::{Client, Kind, Scenario};
use crate::study::human;

/// Why a client cannot keep up, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Overload {
    /// The reason, in a sentence with the numbers.
    pub because: String,
    /// What comes of it.
    pub effect: Effect,
}

/// What comes of a load that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// A queue grows, and with it the latencies, for as long as the run lasts.
    LatenciesGrow,
    /// Polls wait for each other, so that the client asks less often than it is set to. Its latencies are longer, and do not grow.
    AsksLess,
    /// The endpoint refuses what its queue cannot hold.
    TurnedAway,
    /// The client never asks for part of the events.
    PassedOver,
    /// Every request times out, or nearly every one.
    NothingInTime,
}

impl Effect {
    const fn because(self, because: String) -> Overload {
        Overload { because, effect: self }
    }
}

/// Why the load exceeds what can be served, in a sentence with the numbers. None where it does not, as far as mean
/// rates tell. A load equal to what can be served exceeds it, because the queue of random arrivals then grows without
/// end.
///
/// - A poller: more events than its pages bring, more polls than the source works on or answers in time, or an interval without a
///   finite mean. A poller of a feed: more events than its page shows, in the gap between polls of most events.
/// - A stream: more connects than the source works on before their timeout, or more events than frames arrive before one is lost and
///   breaks it. Else frames never make it unstable: the model has no bandwidth, and a scenario's delays have a finite mean, so that
///   frames do not queue.
/// - A webhook: more attempts than its workers or handlers work on, so that its queue grows or stays full, or more events
///   than its line of ordered deliveries lets through.
/// - A poller of jobs: more of them than the source works on polls for, or more polls at once than it answers in time.
/// - Whoever asks: answers that take longer than the timeout. More events than the requests that the source answers in each window can bring.
/// - A long poller: more answers than the source works on, or more at once than in time.
pub fn stability(scenario: &Scenario, client: &Client) -> Option<Overload> {
    let given = Given::of(scenario, client);
    let grows = |why| Effect::LatenciesGrow.because(why);
    if let Some(why) = never_in_time(&given) {
        return Some(Effect::NothingInTime.because(why));
    }
    match given.kind {
        Kind::Poll(schedule) if given.run.job.is_some() => jobs::jobs(&given.polls(schedule)),
        Kind::Poll(schedule) => polls::polling(&given.polls(schedule)),
        Kind::LongPoll(config) => (polls::quota(&given, polls::page_size(&given)).map(grows))
            .or_else(|| answers::answers(&given, config)),
        Kind::Sse(config) | Kind::WebSocket(config) => {
            (connects::connects(&given, config).or_else(|| connects::breaks(&given, config))).map(grows)
        }
        Kind::Webhook(webhook) => {
            let setup = given.hooks(webhook);
            let reconciling = setup.reconcile.and_then(|schedule| polls::polling(&given.polls(schedule)));
            reconciling.or_else(|| hooks::hooks(&setup)).or_else(|| hooks::fetches(&setup).map(grows))
        }
    }
}

/// No answer is in time, or hardly one, even of an idle source. Without a request of its own a webhook learns of events all the
/// same.
fn never_in_time(given: &Given<'_>) -> Option<String> {
    let timeout_s = match given.kind {
        Kind::Poll(schedule) => schedule.timeout,
        Kind::LongPoll(config) => config.timeout,
        Kind::Sse(config) | Kind::WebSocket(config) => config.timeout,
        Kind::Webhook(_) => return None,
    }
    .as_secs_f64();
    let trip = given.trip();
    let shortest_s: f64 = trip.into_iter().map(times::shortest).sum();
    if shortest_s > timeout_s {
        return Some(format!(
            "An answer takes {} s at least, and every request times out after {} s.",
            short(shortest_s),
            short(timeout_s)
        ));
    }
    // An answer is in time only if each part of its way leaves time for the others, which are independent of it. Sums of seconds are
    // exact to the nanosecond.
    let left_s = timeout_s - shortest_s + 1e-9;
    let most: f64 = trip.into_iter().map(|part| times::cdf(part, left_s + times::shortest(part))).product();
    (most < SELDOM).then(|| {
        format!(
            "An answer takes {} s on average, and a request times out after {} s: fewer than 1 in {} is in time.",
            short(given.trip_mean_s()),
            short(timeout_s),
            short(1.0 / SELDOM)
        )
    })
}

/// The share of answers in time that is hardly one.
const SELDOM: f64 = 0.01;

/// A rate times a mean time. 0 at rate 0, even where the mean is infinite.
fn product(rate_per_s: f64, mean_s: f64) -> f64 {
    if rate_per_s > 0.0 { rate_per_s * mean_s } else { 0.0 }
}

/// How many things, with what they do.
fn things(number: f64, one: &str, many: &str) -> String {
    let number = short(number);
    let things = if number == "1" { one } else { many };
    format!("{number} {things}")
}

/// A number with about three digits; ∞ for the mean of a heavy tail.
fn short(value: f64) -> String {
    if value.is_infinite() {
        return "∞".to_owned();
    }
    if value >= 1000.0 {
        return human::count(libm::round(value) as u64);
    }
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else if value >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests;
