//! The keys of `kind = "webhook"` and of its endpoint.

use super::AnyCount;
use crate::policy::delay::Delay;
use crate::policy::retry::{Retries, RetryJitter};
use crate::scenario::declare::{Keys, optional, value};
use crate::scenario::form::{Chance, Count, Flag, Form, Number, Placed, Positive};
use crate::scenario::keys::{Absent, Key, Shape, Table};
use crate::scenario::mixed::Reconcile;
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::scenario::{Endpoint, Webhook, checks};

table! { Webhook, planned ["provider", "ordered", "batch", "thin", "coalesce", "disable_after", "security"],
    check checks::webhook {
    deadline: Positive, default(r#""10s""#), "An attempt that has no answer after this time has failed.";
    retries: Retries, default(r#"["5s", "5m"]"#),
        "Delays before the retries, each from the failure of the attempt before; or a table for exponential backoff.";
    retry_jitter: RetryJitter, default(r#""none""#), "Random change of each retry delay.";
    workers: AnyCount, default("0"),
        "Deliveries in flight at the same time, for all `count` members together; 0: unlimited.";
    reconcile: Reconcile, default(r#""none""#),
        "Also poll at this interval, to find events that the webhook missed.";
    endpoint: Endpoint, default("{}"), "The server of the client, which receives the deliveries.";
} }

choice! { RetryJitter {
    None = "none": "no change";
    Full = "full": "uniform between zero and the delay";
    Equal = "equal": "half of the delay, plus a uniform part of the other half";
    Decorrelated = "decorrelated": "uniform between the first delay and three times the delay before, at most the longest";
} }

partial! {
    /// Exponential backoff, as in [`Retries::Exponential`].
    Growing {
        first: Positive, required, "The first delay.";
        factor: Number<1, 1000>, required, "Each delay is this many times the one before.";
        max: Placed<Positive>, required, "The longest delay.";
        attempts: Count<1, 1000>, required, "Maximum number of attempts, including the first.";
    }
}

table! { Endpoint, check checks::endpoint {
    service_time: Delay, default(r#""0s""#), "Time that the handler takes for one delivery, until it answers.";
    capacity: AnyCount, default("0"), "Handlers that work at the same time, for each member; 0: unlimited.";
    queue: Queue, default(r#""unlimited""#), "Deliveries that may wait for a handler; others are answered 503.";
    failure_rate: Chance, default("0.0"),
        "Probability that the handler fails: it answers 500, and the client does not have the event.";
    dedupe: Flag, default("true"),
        "Whether a delivery of an event that the client already has is answered at once, without the work.";
} }

word_or! { Queue for Option<u32>: None = "unlimited": "any number", or Some => AnyCount }
