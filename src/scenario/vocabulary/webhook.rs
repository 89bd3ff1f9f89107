//! The keys of `kind = "webhook"` and of its endpoint.

use super::failing::{Never, NoBreaker, NoPenalty, NotSent, Overload, Window};
use super::{AnyCount, AtLeastOne};
use super::provider::ProviderForm;
use crate::policy::batching::{BatchKind, Batching};
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::handshake::Handshake;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::security::{Format, Replay, Security};
use crate::scenario::declare::{Keys, Variants, optional, value};
use crate::scenario::form::{Chance, Count, Filled, Flag, Form, Number, Placed, Positive};
use crate::scenario::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use crate::scenario::mixed::Reconcile;
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::scenario::{Endpoint, Webhook, checks};
use crate::time::Span;

table! { Webhook,
    check checks::webhook {
    provider: ProviderForm, optional,
        "A provider profile, whose values are the defaults of these keys: a name (`pollhook providers`) or the path of a file.";
    handshake: Handshake, default(r#""none""#),
        "What the source asks of a URL when it is registered: what that costs is in the figures of `setup`.";
    deadline: Positive, default(r#""10s""#), "An attempt that has no answer after this time has failed.";
    retries: Retries, default(r#"["5s", "5m"]"#),
        "Delays before the retries, each from the failure of the attempt before; or a table for exponential backoff.";
    retry_jitter: RetryJitter, default(r#""none""#), "Random change of each retry delay.";
    honour_retry_after: Flag, default("true"),
        "Whether the next attempt waits at least as long as the receiver's `Retry-After` says.";
    workers: AnyCount, default("0"),
        "Deliveries in flight at the same time, for all `count` members together; 0: unlimited.";
    ordered: Flag, default("false"),
        "Whether an event is first sent when the one before is acknowledged or given up: it waits for all retries.";
    batch: Batch, default(r#""none""#),
        "Events that the source sends together, in one delivery; its body is a list.";
    thin: Flag, default("false"),
        "Whether a delivery only tells the ids of its events; the client then fetches them from the API.";
    coalesce: Flag, default("true"),
        "With `thin`: whether the client fetches all that is new, one request at a time; otherwise each event by its id.";
    fetch_again: FetchAgain, derived(checks::fetching::fetch_again),
        "With `thin`: pause after a fetch that did not bring what was announced; by default 1 s.";
    reconcile: Reconcile, default(r#""none""#),
        "Also poll at this interval, to find events that the webhook missed.";
    breaker: NoBreaker, default(r#""none""#),
        "A circuit breaker: after `failures` in a row a member is sent nothing for `pause`, then one delivery to try.";
    slow_penalty: NoPenalty, default(r#""none""#),
        "What the source does while too many attempts at a member are slow: it delays or drops its new deliveries.";
    disable_after: Disable, default(r#""never""#),
        "When the source sends a failing member nothing more: after a time in which every attempt failed, or after so many in a row. Except with \"never\", an answer 410 does so at once.";
    enable_after: Never, default(r#""never""#),
        "Time from then until somebody enables the deliveries again. What is due in between is given up.";
    redeliver_after: Never, default(r#""never""#),
        "Time after which what was given up is sent once more, without retries; it begins when the receiver is enabled.";
    security: Security, default(r#"{ scheme = "none" }"#),
        "How a delivery shows that it is the source's; the endpoint refuses others.";
    endpoint: Endpoint, default("{}"), "The server of the client, which receives the deliveries.";
} }

word_or! { Batch for Option<Batching>: None = "none": "each event has its own delivery", or Some => Batching }

table! { Batching {
    kind: BatchKind, default(r#""window""#), "What `wait` counts from.";
    wait: Positive, required, "Time for which events are collected.";
    max: MaxEvents, default(r#""unlimited""#), "A batch of so many events is sent at once.";
} }

choice! { BatchKind {
    Window = "window": "from the first event of the batch";
    Tick = "tick": "from the start of the run: what has occurred is sent at each multiple of it";
    Debounce = "debounce": "from the last event: the batch is sent after a pause of that length";
} }

word_or! { MaxEvents for Option<u32>: None = "unlimited": "any number", or Some => AtLeastOne }

choice! { Handshake {
    None = "none": "nothing";
    Ping = "ping": "a test message that has to be answered 2xx";
    ChallengeGet = "challenge-get": "a GET whose `hub.challenge` has to come back: WebSub, Facebook";
    ChallengePost = "challenge-post": "a POST of type `url_verification` whose `challenge` has to come back: Slack";
    Options = "options": "an OPTIONS whose answer has to allow the origin of the source: CloudEvents";
} }

word_or! { FetchAgain for Option<Span>: None = "never": "the client does not look again", or Some => Positive }

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
    queue: Queue, default(r#""unlimited""#), "Deliveries that may wait for a handler; others are answered `overload_status`.";
    overload_status: Overload, default("503"), "How a full queue answers: 503 or 429.";
    retry_after: NotSent, default(r#""none""#),
        "Whole seconds that the endpoint asks the sender to wait, in the header `Retry-After` of every answer 503 or 429.";
    failure_rate: Chance, default("0.0"),
        "Probability that the handler fails: it answers 500, and the client does not have the event.";
    dedupe: Flag, default("true"),
        "Whether a delivery of an event that the client already has is answered at once, without the work.";
    dedupe_window: Window, default(r#""forever""#),
        "How long the client remembers an event that it has processed; a delivery after that is processed again.";
} }

word_or! { Queue for Option<u32>: None = "unlimited": "any number", or Some => AnyCount }

tagged! { Security, tag "scheme": "What a delivery carries to show that it is the source's.",
    check checks::security {
    "none": "Nothing: the endpoint takes whatever comes to its URL." => None {
        https: Flag, default("false"), HTTPS;
    }
    "token": "A secret in the URL." => Token {
        token_name: Filled, default(r#""auth""#), "Name of the URL parameter that carries the secret.";
        secrets: Secrets, default("1"), SECRETS;
        https: Flag, default("false"), HTTPS;
    }
    "basic": "A user and a password in the header `authorization` (Basic Auth)." => Basic {
        secrets: Secrets, default("1"), SECRETS;
        https: Flag, default("false"), HTTPS;
    }
    "signature": "A signature of the delivery." => Signature {
        format: Format, default(r#""standard-webhooks""#), "What is signed, and how it is sent.";
        tolerance: Tolerance, derived(checks::tolerance),
            "Age up to which a signature is accepted, in whole seconds; by default that of the libraries of the format.";
        replay: Replay, derived(checks::replay),
            "What the endpoint does with an id that it has accepted before; by default it refuses it, if the format has ids.";
        secrets: Secrets, default("1"), SECRETS;
        https: Flag, default("false"), HTTPS;
    }
} }

const SECRETS: &str = "Secrets that the endpoint accepts; with 2, the source changes to the second in the middle of the run.";

const HTTPS: &str = "Whether deliveries come over TLS: an eavesdropper sees nothing of them. Bytes are those of HTTP all the same.";

type Secrets = Count<1, 2>;

choice! { Format {
    StandardWebhooks = "standard-webhooks": "the Standard Webhooks specification; Svix and many others";
    Github = "github": "GitHub";
    Facebook = "facebook": "Facebook and the other services of Meta";
    Zalo = "zalo": "Zalo Official Accounts; of JSON payloads only";
    Stripe = "stripe": "Stripe";
    Slack = "slack": "Slack";
    Shopify = "shopify": "Shopify";
    Twilio = "twilio": "Twilio";
    Square = "square": "Square";
    Mailgun = "mailgun": "Mailgun; of JSON payloads only";
    Websub = "websub": "WebSub; signed with SHA-256";
    Dropbox = "dropbox": "Dropbox";
    Notion = "notion": "Notion";
} }

word_or! { Tolerance for Option<Span>: None = "none": "any age", or Some => Positive }

choice! { Replay {
    Refuse = "refuse": "refuses it, unless it is a retry that the source has under way";
    Accept = "accept": "keeps no ids";
} }
