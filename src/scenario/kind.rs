//! The kinds of client and the keys of each.

use super::provider::Provider;
use crate::policy::batching::Batching;
use crate::policy::breaker::Breaker;
use crate::policy::channel::Channel;
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::handshake::Handshake;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::reconnect::ReconnectJitter;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::PollSchedule;
use crate::policy::security::Security;
use crate::policy::slow::SlowPenalty;
use crate::time::Span;

/// How a client gets the events.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// The client asks at an interval.
    Poll(PollSchedule),
    /// The client asks, and the source holds the request until there is an event.
    LongPoll(LongPoll),
    /// The client stays connected, and the source sends each event when it occurs.
    Sse(Stream),
    /// The same over a WebSocket.
    WebSocket(Stream),
    /// The source sends each event to the endpoint of the client.
    Webhook(Box<Webhook>),
}

/// `kind = "long-poll"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LongPoll {
    /// Longest time for which the source holds a request; above zero.
    pub hold: Span,
    /// Time between a response and the next request.
    pub pause: Span,
    /// Time after which a proxy in front of the source answers 504 to a request that the source holds; None: never.
    pub idle_timeout: Option<Span>,
    /// A request that has no answer after this time has failed; longer than `hold`.
    pub timeout: Span,
}

impl LongPoll {
    /// The shortest time from a failed request to the next one. Without it a client would ask a source that refuses in an
    /// endless loop. A choice of this model: RFC 6202 leaves it to the client.
    pub(crate) const AFTER_FAILURE: Span = Span::SECOND;

    /// The shortest time between two requests that bring no event.
    pub(super) fn empty_gap(&self) -> Span {
        let whole = self.hold + self.pause;
        self.idle_timeout.map_or(whole, |idle| whole.min(idle + self.pause.max(Self::AFTER_FAILURE)))
    }
}

/// `kind = "sse"` and `kind = "websocket"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stream {
    /// Time after which the source sends a heartbeat; None: it sends none.
    pub heartbeat: Option<Span>,
    /// When a heartbeat is sent.
    pub heartbeat_when: HeartbeatWhen,
    /// Time after which a proxy in front of the source closes a stream on which the source sends nothing; None: never.
    pub idle_timeout: Option<Span>,
    /// Whether the source sends first what the client missed; otherwise what the source shows while it is not connected is lost.
    pub replay: bool,
    /// Time from the loss of a stream, or from a failure to open one, to the next request; above zero.
    pub reconnect: Span,
    /// Random change of that time.
    pub reconnect_jitter: ReconnectJitter,
    /// A stream that is not open after this time has failed; above zero.
    pub timeout: Span,
}

/// `kind = "webhook"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Webhook {
    /// The provider profile of which some of the other keys have their values.
    pub provider: Option<Provider>,
    /// What the source asks of the endpoint's URL when it is registered.
    pub handshake: Handshake,
    /// An attempt that has no answer after this time has failed.
    pub deadline: Span,
    /// The delays after which a failed delivery is tried again.
    pub retries: Retries,
    /// Random change of each retry delay.
    pub retry_jitter: RetryJitter,
    /// Whether the sender waits at least as long as the `Retry-After` of an answer tells it to.
    pub honour_retry_after: bool,
    /// Deliveries in flight at the same time, for all members together; 0: unlimited.
    pub workers: u32,
    /// Whether a member gets its events one after the other: the next one is first sent when the one before is
    /// acknowledged or given up.
    pub ordered: bool,
    /// How events are collected that are sent together; None: each is sent alone, at once.
    pub batch: Option<Batching>,
    /// Whether a delivery only announces its events, and the client fetches them.
    pub thin: bool,
    /// With `thin`: whether the client fetches all that is new, one request at a time; otherwise each event by its id.
    pub coalesce: bool,
    /// With `thin`: the pause before a fetch that did not bring what was announced is repeated; None: it is not.
    pub fetch_again: Option<Span>,
    /// When the sender leaves a member alone for a while; None: never.
    pub breaker: Option<Breaker>,
    /// What the source does to a member that answers slowly; None: nothing.
    pub slow_penalty: Option<SlowPenalty>,
    /// What makes the source disable a member that fails.
    pub disable_after: Disable,
    /// Time after which a disabled member is enabled again; None: never.
    pub enable_after: Option<Span>,
    /// Time after which a delivery that was given up is sent once more; None: never.
    pub redeliver_after: Option<Span>,
    /// The server that receives the deliveries.
    pub endpoint: Endpoint,
    /// A poll beside the webhook that finds the events that the webhook missed.
    pub reconcile: Option<PollSchedule>,
    /// How a delivery shows that it is the source's.
    pub security: Security,
}

/// The server of a webhook client.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// Time that the handler takes for one delivery, until it answers.
    pub service_time: Delay,
    /// Handlers that work at the same time, for each member; 0: unlimited.
    pub capacity: u32,
    /// Deliveries that may wait for a handler; others are answered `overload_status`; None: unlimited.
    pub queue: Option<u32>,
    /// The status of those answers: 503 or 429.
    pub overload_status: u16,
    /// The time in `Retry-After` of every answer 503 or 429, in whole seconds; None: without the header.
    pub retry_after: Option<Span>,
    /// Probability that the handler fails (it answers 500, and the client does not have the event): 0 to 1.
    pub failure_rate: f64,
    /// Whether a delivery of an event that the client already has is answered at once, without the work.
    pub dedupe: bool,
    /// How long the client remembers an event that it has processed; None: forever.
    pub dedupe_window: Option<Span>,
}

impl Kind {
    /// The main channel of the client.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Poll(_) => Channel::Poll,
            Self::LongPoll(_) => Channel::LongPoll,
            Self::Sse(_) => Channel::Sse,
            Self::WebSocket(_) => Channel::WebSocket,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// The name in a scenario file.
    pub const fn name(&self) -> &'static str {
        self.channel().name()
    }
}
