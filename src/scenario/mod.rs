//! A scenario: what happens, who wants to know, and what goes wrong. Resolved and valid.
//!
//! These are the types that the rest of the program works with. Whoever holds a [`Scenario`] may rely on it:
//! names are resolved, defaults filled in, every value is possible. They know nothing of TOML; reading a file
//! is the business of [`load()`], and nothing is checked twice.

mod assemble;
mod check;
mod checks;
#[macro_use]
mod declare;
mod describe;
mod document;
mod form;
mod keys;
mod load;
mod mixed;
mod overridden;
mod overrides;
mod problems;
mod record;
mod reference;
mod schema;
mod shipped;
mod spell;
pub(crate) mod units;
mod values;
#[rustfmt::skip]
mod vocabulary;

pub use load::{MAX_FILE_BYTES, load};
pub use overrides::{Override, OverrideError};
pub use problems::Problems;
pub use reference::reference;
pub use schema::schema;
pub use shipped::{Shipped, find, nearest, shipped, template};
pub use spell::{Parameter, parameters, resolved, to_toml};

use crate::policy::arrivals::Arrivals;
use crate::policy::channel::{Channel, Opener};
use crate::policy::delay::Delay;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::message::Payload;
use crate::policy::outage::Outages;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{Phase, PollSchedule};
use crate::policy::sizes::Sizes;
use crate::time::{Instant, Span};

/// One run, described.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scenario {
    /// What the report folder is called: the file's name without its ending, or the shipped scenario's name.
    pub name: String,
    /// The question, in one line.
    pub title: String,
    /// What to expect and why; paragraphs are apart by an empty line and have no other breaks.
    pub about: String,
    /// Events occur in [0, duration).
    pub duration: Span,
    /// What happens before it counts in no figure. Below `duration`.
    pub warmup: Span,
    /// How long the run goes on after `duration`.
    pub drain: Drain,
    /// The root of all randomness.
    pub seed: u64,
    /// Runs with draws of their own, at least 1.
    pub replications: u32,
    /// What happens at the source.
    pub events: EventsConfig,
    /// The provider's side.
    pub source: SourceConfig,
    /// When the source is down.
    pub source_outages: Outages,
    /// The contenders, in the order of the file; at least one, and no two of one name.
    pub clients: Vec<Client>,
    /// What the report's first sentence is about; None: latency and requests, as for any scenario.
    pub answer: Option<AnswerConfig>,
    /// What is claimed about the result.
    pub expectations: Vec<Expectation>,
}

/// How long a run goes on after its duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drain {
    /// Until every event is delivered or lost.
    Auto,
    /// The same, but not longer than this.
    AtMost(Span),
}

/// `[events]`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventsConfig {
    /// Independent resources, at least 1; each event belongs to one at random, and a poller asks for each by itself.
    pub resources: u32,
    /// What an event weighs.
    pub payload: Payload,
    /// When events occur.
    pub arrivals: Arrivals,
}

/// `[source]`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SourceConfig {
    /// To answer one API request.
    pub service_time: Delay,
    /// Requests worked on at once; 0: unlimited.
    pub capacity: u32,
    /// Events that one response holds at most; at least 1.
    pub page_size: u32,
    /// Chance that an API request is answered 503: 0 to 1.
    pub failure_rate: f64,
}

/// One `[[client]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Client {
    /// Unique in the scenario, shown everywhere.
    pub name: String,
    /// That many alike, each with a phase and draws of its own; at least 1.
    pub count: u32,
    /// Between this client and the source.
    pub network: Network,
    /// When this client is down.
    pub outages: Outages,
    /// The way of getting the events.
    pub kind: Kind,
}

/// How often a loop of a client asks.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Asking {
    /// When the first request is sent, where that is fixed; at the start otherwise.
    pub first: Instant,
    /// Between two requests that bring nothing, on average, in seconds.
    pub every_s: f64,
    /// After this time a request without an answer has failed.
    pub timeout: Span,
}

impl Asking {
    fn of(schedule: &PollSchedule) -> Self {
        let first = match schedule.phase {
            Phase::At(at) => at,
            Phase::Random => Instant::START,
        };
        Self { first, every_s: schedule.interval.mean_s(), timeout: schedule.timeout }
    }
}

/// `[network]`, or a client's own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Network {
    /// From the client to the source.
    pub to_source: LinkConfig,
    /// From the source to the client.
    pub to_client: LinkConfig,
}

/// One direction of the network.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LinkConfig {
    /// How long a message is under way.
    pub delay: Delay,
    /// Chance that a message is lost: 0 to 1.
    pub loss: f64,
}

/// A way of getting the events.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// The client asks.
    Poll(PollSchedule),
    /// The client asks, and the source holds the request until there is an event.
    LongPoll(LongPoll),
    /// The client stays connected, and the source sends events as they occur.
    Sse(Stream),
    /// The source calls.
    Webhook(Webhook),
}

/// `kind = "long-poll"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LongPoll {
    /// How long the source holds a request at most; above zero.
    pub hold: Span,
    /// Between a response and the next request.
    pub pause: Span,
    /// A request without an answer after this time has failed; longer than `hold`.
    pub timeout: Span,
}

/// `kind = "sse"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stream {
    /// The source sends a heartbeat after this time; above zero.
    pub heartbeat: Span,
    /// What it waits for.
    pub heartbeat_when: HeartbeatWhen,
    /// From when a stream broke, or could not be opened, to when the client asks for another; above zero.
    pub reconnect: Span,
    /// A stream that is not open after this time has failed; above zero.
    pub timeout: Span,
}

/// `kind = "webhook"`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Webhook {
    /// An attempt without an answer after this time has failed.
    pub deadline: Span,
    /// When a failed delivery is tried again.
    pub retries: Retries,
    /// How a retry is moved.
    pub retry_jitter: RetryJitter,
    /// Deliveries in flight at once, for all members together; 0: unlimited.
    pub workers: u32,
    /// The receiver.
    pub endpoint: Endpoint,
    /// A poll beside the hooks, which finds what they lost.
    pub reconcile: Option<PollSchedule>,
}

/// The receiver of a webhook.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Endpoint {
    /// The handler's time for one delivery; its answer is sent at the end of it.
    pub service_time: Delay,
    /// Handlers at work at once, for each member; 0: unlimited.
    pub capacity: u32,
    /// Deliveries that may wait for a handler, more are answered 503; None: unlimited.
    pub queue: Option<u32>,
    /// Chance that the handler fails (answer 500, the event is not held): 0 to 1.
    pub failure_rate: f64,
    /// Whether a delivery of an event already held is recognised and answered at once, without the work.
    pub dedupe: bool,
}

/// `[answer]`: the figure that answers the title's question.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AnswerConfig {
    /// The client that the sentence is about.
    pub client: String,
    /// The client that it is held against; None: no other.
    pub against: Option<String>,
    /// A path in the client's object of `summary.json`, such as `requests.per_event`; None: latency and requests.
    pub metric: Option<String>,
    /// How the client's figure is to that of `against` where the title's question is answered yes; None: the title
    /// does not ask for yes or no.
    pub yes_if: Option<Relation>,
}

/// How one figure is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Less.
    Below,
    /// More.
    Above,
    /// About the same.
    Equal,
}

/// One `[[expect]]`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// The client of that name.
    pub client: String,
    /// A path in the client's object of `summary.json`, such as `latency_s.p99`.
    pub metric: String,
    /// What must hold of it.
    pub bound: Bound,
}

/// What an expectation demands of a figure. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bound {
    /// Less than this.
    Below(f64),
    /// More than this.
    Above(f64),
    /// Exactly this.
    Equals(f64),
}

impl Scenario {
    /// The sizes of a client's messages on the wire.
    pub fn sizes(&self, client: &Client) -> Sizes {
        Sizes::new(self.events.payload, self.events.resources, self.source.page_size, client.hold())
    }

    /// The client of that name.
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }
}

impl Kind {
    /// The channel through which events come first of all.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Poll(_) => Channel::Poll,
            Self::LongPoll(_) => Channel::LongPoll,
            Self::Sse(_) => Channel::Sse,
            Self::Webhook(_) => Channel::Webhook,
        }
    }

    /// As a scenario spells it.
    pub const fn name(&self) -> &'static str {
        self.channel().name()
    }
}

impl Client {
    /// Whether one of its channels asks the source.
    pub fn asks(&self) -> bool {
        self.channels().any(|channel| channel.opener() == Opener::Client)
    }

    /// Whether one of its channels is called by the source.
    pub fn is_called(&self) -> bool {
        self.channels().any(|channel| channel.opener() == Opener::Source)
    }

    /// The channels that feed the client, the main one first.
    pub fn channels(&self) -> impl Iterator<Item = Channel> + use<> {
        std::iter::once(self.kind.channel()).chain(self.reconciles().then_some(Channel::Poll))
    }

    /// Whether a poll beside its hooks finds what they lost.
    pub fn reconciles(&self) -> bool {
        self.webhook().is_some_and(|webhook| webhook.reconcile.is_some())
    }

    /// How the client polls, whether as its only way or beside its hooks.
    pub const fn schedule(&self) -> Option<&PollSchedule> {
        match &self.kind {
            Kind::Poll(schedule) => Some(schedule),
            Kind::LongPoll(_) | Kind::Sse(_) => None,
            Kind::Webhook(webhook) => webhook.reconcile.as_ref(),
        }
    }

    /// How long the source may hold a request of the client's until there is an event; zero: not at all.
    pub const fn hold(&self) -> Span {
        match &self.kind {
            Kind::LongPoll(long_poll) => long_poll.hold,
            Kind::Poll(_) | Kind::Sse(_) | Kind::Webhook(_) => Span::ZERO,
        }
    }

    /// How the client's loops ask; None: it asks nothing.
    pub fn asking(&self) -> Option<Asking> {
        match &self.kind {
            Kind::Poll(schedule) => Some(Asking::of(schedule)),
            Kind::LongPoll(LongPoll { hold, pause, timeout }) => Some(Asking {
                first: Instant::START,
                every_s: (*hold + *pause).as_secs_f64(),
                timeout: *timeout,
            }),
            // It asks while it is not connected, and something is on its way as often as there is a heartbeat.
            Kind::Sse(Stream { heartbeat, heartbeat_when: _, reconnect, timeout }) => Some(Asking {
                first: Instant::START,
                every_s: heartbeat.max(reconnect).as_secs_f64(),
                timeout: *timeout,
            }),
            Kind::Webhook(webhook) => webhook.reconcile.as_ref().map(Asking::of),
        }
    }

    /// The webhook, where the client has one.
    pub const fn webhook(&self) -> Option<&Webhook> {
        match &self.kind {
            Kind::Poll(_) | Kind::LongPoll(_) | Kind::Sse(_) => None,
            Kind::Webhook(webhook) => Some(webhook),
        }
    }
}
