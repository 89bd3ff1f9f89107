//! The results of one client.

use super::{Age, KnownAfter, Latency, Theory};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The results of one client. With `count` or `resources` above 1, counts are sums over all of them.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct ClientSummary {
    /// Its name in the scenario.
    pub name: String,
    /// Its kind in the scenario, such as `poll` or `webhook`.
    pub kind: String,
    /// Number of identical clients: `count` of the scenario.
    pub count: u32,
    /// False where the load exceeds what can be served, so that mean latencies grow with the length of the run. It is
    /// judged from the scenario by mean rates.
    pub stable: bool,
    /// Why it is not stable, in a sentence with numbers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unstable_because: Option<String>,
    /// Requests sent in [warmup, duration).
    pub requests: Requests,
    /// `requests.empty_polls` divided by `requests.polls`; None for a client that does not poll.
    #[serde(default)]
    pub empty_share: Option<f64>,
    /// What those requests cost, as the source counts them.
    #[serde(default)]
    pub calls: Calls,
    /// Frames received on streams; all zero for a client without streams.
    #[serde(default)]
    pub frames: Frames,
    /// HTTP bytes of those requests and their answers, headers included.
    pub bytes: Bytes,
    /// Events by outcome: occurred = delivered + lost + pending.
    pub events: EventCounts,
    /// `events.delivered` divided by `events.occurred`; None without events.
    #[serde(default)]
    pub delivered_share: Option<f64>,
    /// Webhook deliveries, those sent after `duration` included.
    pub attempts: Attempts,
    /// The time from an event's occurrence until the client holds it.
    pub latency_s: Latency,
    /// Share of all events that the client held within a time; lost ones count as never held. None without events. The
    /// keys are `1s`, `10s`, `1m`, `10m` and `1h`.
    pub known_within: BTreeMap<String, Option<f64>>,
    /// Times within which the client held a share of all events; lost ones count as never held.
    #[serde(default)]
    pub known_after_s: KnownAfter,
    /// Age of information.
    pub age_s: Age,
    /// Share of time in which the client holds every event that has occurred.
    pub fresh_share: Option<f64>,
    /// What it took until the first event could arrive. In no other figure, but for the requests that open streams.
    #[serde(default)]
    pub setup: Setup,
    /// Seconds of [warmup, duration) in which the source sent the client nothing, because it had disabled it after
    /// failures; the mean of its members. None for a client without webhooks.
    #[serde(default)]
    pub disabled_s: Option<f64>,
    /// What the sender held back because of how its receiver had answered.
    #[serde(default)]
    pub held_back: HeldBack,
    /// Requests of attackers, of all attacks together. What got in counts in no other figure.
    #[serde(default)]
    pub attacked: Attacks,
    /// Each attack on the endpoint, in the scenario's order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attacks: Vec<Attacked>,
    /// 95 % confidence intervals [low, high] under the names of the figures; empty with one replication.
    pub interval: serde_json::Value,
    /// Predictions of closed forms under the names of the figures; null where no form holds.
    pub theory: Theory,
}

/// What setting a client up costs, once and before the run begins: registering the URL of a webhook, opening a stream,
/// nothing for a poller.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Setup {
    /// Requests: the registration, and the handshake of the source.
    pub requests: u64,
    /// Times that something goes to the other side and back: each request, and the handshake of TLS.
    pub round_trips: u64,
    /// HTTP bytes in both directions, headers included.
    pub bytes: u64,
    /// Seconds from the first message until the first event can arrive: with `count`, at the slowest member.
    pub first_event_after_s: f64,
}

/// What a sender held back of the deliveries that were due in [warmup, duration).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct HeldBack {
    /// Deliveries that were sent later, because the receiver answered slowly.
    pub delayed: u64,
    /// Deliveries that were given up unsent, because the receiver answered too slowly.
    pub dropped: u64,
    /// Deliveries that were due while a breaker was open; a retry that waits counts again.
    pub waited: u64,
    /// How often a breaker opened.
    pub opened: u64,
    /// Seconds for which breakers were open; the mean of its members.
    pub open_s: f64,
}

/// Requests of attackers. `sent` = `accepted` + `refused` + `unanswered`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Attacks {
    /// Requests sent in [warmup, duration).
    pub sent: u64,
    /// Those that the endpoint took for the source's.
    pub accepted: u64,
    /// Those that it refused.
    pub refused: u64,
    /// Those of which nothing is known, because they got no answer.
    pub unanswered: u64,
    /// HTTP bytes of the requests and their answers.
    #[serde(default)]
    pub bytes: AttackBytes,
    /// Seconds for which they held a connection, all together; in a live run real seconds, whatever its speed.
    #[serde(default)]
    pub held_s: f64,
}

/// HTTP bytes between attackers and an endpoint, headers included.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttackBytes {
    /// What the endpoint took in.
    pub to_client: u64,
    /// What it answered.
    pub to_attacker: u64,
}

/// The requests of one attack, sent in [warmup, duration). `sent` = `accepted` + `refused` + `unanswered` = the sum
/// of `by_status`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Attacked {
    /// Its kind in the scenario, such as `forge`.
    pub kind: String,
    /// How old a replayed delivery was at least.
    pub after_s: f64,
    /// Requests of the attacker.
    pub sent: u64,
    /// Those that the endpoint took for the source's.
    pub accepted: u64,
    /// Those that it refused.
    pub refused: u64,
    /// Those of which nothing is known, because they got no answer.
    pub unanswered: u64,
    /// By HTTP status, or `refused`, `closed`, `timeout`.
    pub by_status: BTreeMap<String, u64>,
    /// HTTP bytes of the requests and their answers.
    #[serde(default)]
    pub bytes: AttackBytes,
    /// Seconds for which they held a connection, all together; in a live run real seconds, whatever its speed.
    #[serde(default)]
    pub held_s: f64,
}

impl Attacked {
    /// How those were answered that did not get in: the statuses, in order.
    pub fn refused_with(&self) -> impl Iterator<Item = &str> {
        self.by_status.keys().map(String::as_str).filter(|status| matches!(status.parse(), Ok(300_u16..=599)))
    }
}

/// Requests of one client. `total` = `empty` + `non_empty` + `failed` = the sum of `by_status`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Requests {
    /// Requests sent in [warmup, duration).
    pub total: u64,
    /// Those answered 2xx or 304 that brought no event that the client did not have.
    pub empty: u64,
    /// Those answered 2xx that brought at least one new event.
    pub non_empty: u64,
    /// Those refused, timed out or answered otherwise.
    pub failed: u64,
    /// By HTTP status, or `refused`, `closed` (before an answer), `timeout`, `unanswered` (its sender went down, or the run ended).
    pub by_status: BTreeMap<String, u64>,
    /// Of `total`, deliveries that were not the first attempt.
    pub retries: u64,
    /// Of `total`, polls: all requests of a poller, and the reconciling polls of a webhook with `reconcile`.
    pub polls: u64,
    /// Of `polls`, those answered 2xx or 304 that brought no new event.
    pub empty_polls: u64,
    /// Requests sent after `duration`; not in `total`.
    pub drain: u64,
    /// `total` divided by the events that occurred; None without events.
    pub per_event: Option<f64>,
    /// `total` per second of [warmup, duration).
    pub per_s: f64,
}

impl Requests {
    /// Whether at least 10 requests, and more than a tenth of `total`, were sent after `duration`, so that `total`
    /// alone would mislead.
    pub const fn has_long_drain(&self) -> bool {
        self.drain >= 10 && self.drain * 10 > self.total
    }
}

/// Requests as the source counts them.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// Of `requests.total`, those that the source bills: those that `source.billing` does not leave free.
    pub billed: u64,
}

/// Frames received on streams, of those sent in [warmup, duration).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Frames {
    /// Events.
    pub events: u64,
    /// Heartbeats.
    pub heartbeats: u64,
    /// `heartbeats` per second of that time.
    pub heartbeats_per_s: f64,
}

/// HTTP bytes. A request counts when it is sent, an answer when it is received.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bytes {
    /// From the client to the source.
    pub to_source: u64,
    /// From the source to the client.
    pub to_client: u64,
    /// Both.
    pub total: u64,
}

/// Events by outcome, counted once for each of the `count` clients.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventCounts {
    /// Events that occurred in [warmup, duration).
    pub occurred: u64,
    /// Those that the client holds when the run ends.
    pub delivered: u64,
    /// Those that the client can never hold: the sender gave up, or the client acknowledged and lost them.
    pub lost: u64,
    /// Those that are neither when the run ends.
    pub pending: u64,
    /// Deliveries that the client received. Each is the first of its event, or a duplicate, or of an event that a
    /// reconciling poll had found.
    pub receipts: u64,
    /// Of `receipts`, those of events that the client already held.
    pub duplicates: u64,
    /// Of `duplicates`, those that were processed like new events: their side effects happened again.
    #[serde(default)]
    pub processed_again: u64,
    /// Events received later than an event that occurred after them.
    pub out_of_order: u64,
}

/// Webhook deliveries.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq)]
#[non_exhaustive]
pub struct Attempts {
    /// Requests of all deliveries of the events counted.
    pub total: u64,
    /// `total` divided by the events that occurred; 0 for a client without webhooks, None without events.
    pub per_event: Option<f64>,
    /// Duplicates divided by the events that occurred; None without events.
    #[serde(default)]
    pub duplicates_per_event: Option<f64>,
    /// Deliveries that the sender gave up and sent once more, from its dead letters.
    #[serde(default)]
    pub redelivered: u64,
    /// Deliveries that the sender gave up for good: after its last attempt, or because they were due while it had disabled
    /// the client.
    pub gave_up: u64,
}
