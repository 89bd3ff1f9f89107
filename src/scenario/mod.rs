//! A scenario: the events, the clients and the faults of a run, resolved and valid.
//!
//! These are the types that the rest of the program works with. In a [`Scenario`] all names are resolved, all
//! defaults are filled in, and every value is in its range. The types do not depend on TOML: [`load()`] reads a file,
//! and nothing is checked twice.

mod assemble;
mod check;
mod checks;
mod claims;
mod client;
mod declare;
mod describe;
mod document;
mod form;
mod keys;
mod kind;
mod limit;
mod load;
#[macro_use]
mod macros;
mod mixed;
mod otherwise;
mod overridden;
mod overrides;
mod parameters;
mod problems;
mod provider;
mod quantity;
mod record;
mod reference;
mod schema;
mod shipped;
mod spell;
mod trace;
pub(crate) mod units;
mod unspell;
mod values;
#[rustfmt::skip]
mod vocabulary;

pub use claims::{AnswerConfig, Bound, Expectation, Relation};
pub(crate) use client::FETCH_TIMEOUT;
pub use client::{Asking, Client, Found, LinkConfig, Network};
pub(crate) use keys::nearest as nearest_name;
pub use kind::{Endpoint, Kind, LongPoll, Stream, Webhook};
pub use limit::limit;
pub use load::{MAX_FILE_BYTES, load, load_with_files};
pub use otherwise::{is_of_the_run, set_otherwise, tell_otherwise};
pub use overrides::{Override, OverrideError};
pub use parameters::{Parameter, parameters};
pub use problems::Problems;
pub use provider::{Fact, Mark, Profile, Provider};
pub use quantity::Quantity;
pub use reference::reference;
pub use schema::schema;
pub use shipped::{Shipped, find, find_profile, nearest, nearest_profile, profiles, shipped, template};
pub use spell::{resolved, to_toml};
#[cfg(feature = "live")]
pub(crate) use trace::unix_nanos;
pub use units::span;
pub use unspell::{UnspellError, from_resolved};

use crate::policy::arrivals::Arrivals;
use crate::policy::billing::Billing;
use crate::policy::channel::{Channel, Pace};
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::event_types::EventTypes;
use crate::policy::limit::RateLimit;
use crate::policy::message::Payload;
use crate::policy::outage::Outages;
use crate::policy::paging::Order;
use crate::policy::sizes::{Sizes, Spoken};
use crate::time::Span;

/// A complete description of a run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scenario {
    /// Name of the report folder: the file's name without its ending, or the shipped scenario's name.
    pub name: String,
    /// The question, in one line.
    pub title: String,
    /// The expected answer and its reason; an empty line separates paragraphs, and there are no other line breaks.
    pub about: String,
    /// Events occur in [0, duration).
    pub duration: Span,
    /// Events and requests before this time count in no figure. Less than `duration`; zero until it is found.
    pub warmup: Span,
    /// Whether the warm-up is given or found.
    pub settling: Settling,
    /// How long the run continues after `duration`.
    pub drain: Drain,
    /// Seed of all random draws.
    pub seed: u64,
    /// Number of runs, each with its own random draws; at least 1.
    pub replications: u32,
    /// The events that occur at the source.
    pub events: EventsConfig,
    /// The provider: its API and its limits.
    pub source: SourceConfig,
    /// Times at which the source is down.
    pub source_outages: Outages,
    /// The clients to compare, in the order of the file; at least one, with distinct names.
    pub clients: Vec<Client>,
    /// Subject of the report's first sentence; None: latency and requests of all clients.
    pub answer: Option<AnswerConfig>,
    /// Claims about the result.
    pub expectations: Vec<Expectation>,
}

impl Scenario {
    /// As it was written: a warm-up that was found is to be found again.
    #[must_use]
    pub fn as_written(&self) -> Self {
        match self.settling {
            Settling::Given => self.clone(),
            Settling::ToFind | Settling::Found | Settling::NotFound => {
                Self { warmup: Span::ZERO, settling: Settling::ToFind, ..self.clone() }
            }
        }
    }
}

/// Where the length of the warm-up is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settling {
    /// The scenario gives it.
    Given,
    /// It is to be found before the run.
    ToFind,
    /// It was found.
    Found,
    /// There is none, because the run never settles or has too few events.
    NotFound,
}

/// `warmup` of a scenario file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warmup {
    /// To be found.
    Auto,
    /// So long.
    Given(Span),
}

/// How long a run continues after its duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drain {
    /// Until every event is delivered or lost.
    Auto,
    /// Until then, but at most this long.
    AtMost(Span),
}

/// `[events]`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EventsConfig {
    /// Independent resources, at least 1; each event belongs to a random one, and a client that polls asks for each
    /// separately.
    pub resources: u32,
    /// The types of events, with their weights.
    pub types: EventTypes,
    /// Format and size of an event on the wire.
    pub payload: Payload,
    /// The process that produces the events.
    pub arrivals: Arrivals,
    /// How long before its event the client has started the job that the event ends; None: events end no jobs.
    pub job: Option<Delay>,
}

/// `[source]`
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SourceConfig {
    /// Time to answer one API request.
    pub service_time: Delay,
    /// API requests processed at the same time, for each client separately; 0: unlimited.
    pub capacity: u32,
    /// Maximum number of events in one response; at least 1.
    pub page_size: u32,
    /// Probability that an API request is answered 503: 0 to 1.
    pub failure_rate: f64,
    /// Time from an event until the API shows it; webhooks do not wait for it.
    pub commit_delay: Delay,
    /// API requests that it answers to each member of a client in a window; None: all.
    pub rate_limit: Option<RateLimit>,
    /// Which requests it bills. Nothing but the bill depends on it.
    pub billing: Billing,
}

impl Scenario {
    /// The sizes of a client's messages on the wire, in bytes.
    pub fn sizes(&self, client: &Client) -> Sizes {
        let (payload, resources) = (self.events.payload, self.events.resources);
        let by_id = client.webhook().is_some_and(|webhook| webhook.thin && !webhook.coalesce);
        let (types, hold, security) = (&client.types, client.hold(), client.security());
        let (order, cursor, conditional) = match &client.kind {
            Kind::Poll(schedule) => (schedule.order, schedule.cursor, schedule.conditional),
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => {
                (Order::Oldest, Cursor::Id, false)
            }
        };
        let (content, framing) = (client.content(), client.kind.channel().framing());
        let of_jobs = self.asks_for_jobs(client);
        let replay = client.is_replayed();
        let spoken = Spoken {
            types,
            hold,
            security,
            content,
            by_id,
            of_jobs,
            order,
            cursor,
            conditional,
            framing,
            replay,
        };
        Sizes::new(payload, resources, self.source.page_size, spoken)
    }

    /// Whether a client asks for each of its jobs by itself.
    pub const fn asks_for_jobs(&self, client: &Client) -> bool {
        self.events.job.is_some() && matches!(client.kind, Kind::Poll(_))
    }

    /// What determines how many requests a channel of a client sends: of polls for jobs the jobs.
    pub const fn pace(&self, client: &Client, channel: Channel) -> Pace {
        if self.asks_for_jobs(client) { Pace::Events } else { channel.pace() }
    }

    /// The client of that name.
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.name == name)
    }
}
