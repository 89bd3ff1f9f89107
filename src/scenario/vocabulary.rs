//! Every key of a scenario file, declared once: its name, its form (what a file may say and what the program makes
//! of it), what its absence means, and one line of meaning. Reading, the errors, writing, the JSON Schema,
//! `--set`, the parameters of a report and their defaults all come from here.
//!
//! # To add a key
//! One field in the struct that uses it, and one line here: `pages: Pages, default(r#""all""#), "...";` in the
//! table of `PollSchedule`; for words a `choice!` of the enum as well. Take it off `planned`, and run
//! `UPDATE=1 cargo test --test scenarios`, which writes the schema and the reference of all keys. A key without a default
//! needs a value in `reference-frame.toml` (a test asks for it).
//!
//! # To add a kind of client
//! A variant of `Channel` and of `Kind`, a `table!` for the kind's struct, and one arm in [`Kind`]'s table below.
//! A process of arrivals or a distribution is one arm of its `tagged!`.
//!
//! # Profiles
//! A profile (`provider = "stripe"`) is a table of this vocabulary in a TOML file. Between parsing and checking,
//! `load` lays it under the client's table as it lays an override over the file: a key that the client does not
//! have takes the profile's value (`RawTable::entry`). So a profile is checked as a client is, and needs no Rust.
//!
//! # Why macros of our own
//! serde stops at the first error and loses the places inside a table with a tag (it buffers them); `eserde` goes
//! on, but knows paths instead of places; `toml-span` keeps places and leaves reading to hand-written code;
//! `schemars` writes a schema and nothing else. None of them writes values with their units, knows planned keys or
//! takes a value that is a duration or a table. These macros are 300 lines and need no dependency.

use super::checks;
use super::declare::*;
use super::form::{
    Chance, Count, Factor, Filled, Flag, Form, ListOf, Metric, Moment, Number, Placed, Positive, Rate, Seed,
    Size, Text, Time,
};
use super::mixed::{Interval, Limit, Reconcile, Whose};
use super::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use super::problems::{Place, Problem};
use super::record::{Record, Value};
use super::{Drain, Endpoint, Kind, LongPoll, Relation, SourceConfig, Stream, Webhook};
use crate::policy::arrivals::Arrivals;
use crate::policy::channel::Channel;
use crate::policy::delay::Delay;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::message::{Format, Payload};
use crate::policy::outage::Mode;
use crate::policy::paging::{LastPage, Pages};
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::time::Span;

partial! {
    /// The whole file.
    File {
        title: Filled, optional, "The question, in one line; by default the scenario's name.";
        about: Text, default(r#""""#), "The answer to expect, and why.";
        duration: Placed<Positive>, default(r#""1h""#), "Events occur in [0, duration).";
        warmup: Placed<Time>, default(r#""0s""#),
            "What happens before it counts in no figure; shorter than the duration.";
        drain: DrainForm, default(r#""auto""#),
            "After the duration the run goes on until every event is delivered or lost, at most this long.";
        seed: Seed, default("1"), "The root of all randomness.";
        replications: Placed<AtLeastOne>, default("1"), "Runs with draws of their own.";
        events: Events, required, "What happens at the source.";
        source: SourceConfig, default("{}"), "The provider's side.";
        network: GeneralNetwork, default("{}"), "Between the source and every client.";
        client: ListOf<Placed<ClientKeys>, 1>, required, "The contenders.";
        outage: ListOf<OutageKeys, 0>, default("[]"), "When a party is down.";
        answer: AnswerKeys, optional,
            "What the first sentence of the report is about; by default latency and requests of all clients.";
        expect: ListOf<ExpectKeys, 0>, default("[]"), "What is claimed of the result.";
    }
}

word_or! { DrainForm for Drain: Drain::Auto = "auto": "as long as it takes", or Drain::AtMost => Time }

partial! {
    /// `[events]`
    Events {
        resources: Placed<AtLeastOne>, default("1"),
            "Independent resources; each event belongs to one at random, and a poller asks for each by itself.";
        payload: Payload, default("{}"), "What an event looks like on the wire.";
        arrivals: Arrivals, required, "When events occur.";
    }
}

table! { Payload {
    format: Format, default(r#""json""#), "How an event is written.";
    size in size_bytes: Size<{ Payload::SMALLEST_BYTES }, MAX_PAYLOAD_BYTES>, default(r#""300B""#),
        "Size of one event, its envelope included.";
} }

choice! { Format { Json = "json": "application/json"; Xml = "xml": "application/xml"; } }

tagged! {
    Arrivals, tag "process": "The process that makes the events.",
    planned ["bursts", "mmpp", "diurnal", "self-exciting", "flash-crowd", "trace"], check checks::arrivals {
        "constant": "One event each period." => Constant {
            rate in rate_per_s: Rate, required, "Events on average.";
            first: Moment, derived(one_period), "When the first event occurs; by default after one period.";
        }
        "poisson": "Independent events: the gaps are exponential." => Poisson {
            rate in rate_per_s: Rate, required, "Events on average.";
        }
    }
}

fn one_period(arrivals: &Record) -> Option<Value> {
    arrivals.rate("rate").map(|per_s| Value::Span(Span::from_secs_f64(1.0 / per_s)))
}

table! { SourceConfig, planned ["rate_limit"] {
    service_time: Delay, default(r#""0s""#), "To answer one API request.";
    capacity: AnyCount, default("0"), "Requests worked on at once, more wait their turn; 0: unlimited.";
    page_size: AtLeastOne, default("100"), "Events that one response holds at most.";
    failure_rate: Chance, default("0.0"), "Chance that an API request is answered 503.";
} }

partial! {
    /// `[client.network]`; what it does not name is as for all.
    NetworkKeys {
        delay: Delay, optional, "One way, in both directions.";
        to_source: Delay, inherited(general_delay), "One way towards the source, in place of `delay`.";
        to_client: Delay, inherited(general_delay), "One way towards the client, in place of `delay`.";
        loss: Chance, optional, "Chance that a message is lost.";
        loss_to_source: Chance, inherited(general_loss),
            "Chance that a message towards the source is lost, in place of `loss`.";
        loss_to_client: Chance, inherited(general_loss),
            "Chance that a message towards the client is lost, in place of `loss`.";
    }
}

/// `[network]`: the same keys, and two of them have defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct GeneralNetwork(pub(crate) NetworkKeys);

impl Keys for GeneralNetwork {
    const TABLE: Table = Table {
        keys: {
            let &[delay, to_source, to_client, loss, loss_to_source, loss_to_client] = NetworkKeys::TABLE.keys else {
                panic!("[network] has six keys")
            };
            &[
                Key { absent: Absent::Default(GENERAL_DELAY), ..delay },
                to_source, to_client,
                Key { absent: Absent::Default(GENERAL_LOSS), ..loss },
                loss_to_source, loss_to_client,
            ]
        },
        ..NetworkKeys::TABLE
    };

    fn read_keys(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
        NetworkKeys::read_keys(record, problems).map(Self)
    }

    fn write_keys(&self) -> Record {
        self.0.write_keys()
    }
}

const GENERAL_DELAY: &str = r#""20ms""#;
const GENERAL_LOSS: &str = "0.0";

fn general_delay(_: &Record) -> Option<Value> {
    super::check::default_value(&<Delay as Form>::SHAPE, GENERAL_DELAY).map(|item| item.value)
}

fn general_loss(_: &Record) -> Option<Value> {
    super::check::default_value(&<Chance as Form>::SHAPE, GENERAL_LOSS).map(|item| item.value)
}

partial! {
    /// What clients of every kind have.
    ClientCommon {
        name: Placed<Filled>, optional,
            "Shown everywhere; by default the kind and the interval, such as `poll 60s`.";
        count: Placed<AtLeastOne>, default("1"), "That many alike, each with a phase and draws of its own.";
        network: NetworkKeys, default("{}"), "This client's own network; what it does not name is as for all.";
    }
}

/// Every kind of client: its channel, one line, and the struct that has its keys.
macro_rules! kinds {
    ($($kind:ident($keys:ty): $about:literal;)*) => {
        impl Variants for Kind {
            const TAGGED: Tagged = Tagged {
                tag: "kind",
                about: "The way of getting the events.",
                common: ClientCommon::TABLE.keys,
                variants: &[$(Variant {
                    name: Channel::$kind.name(),
                    about: $about,
                    keys: <$keys>::TABLE.keys,
                    planned: <$keys>::TABLE.planned,
                }),*],
                planned: PLANNED_KINDS,
            };

            fn read_variant(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
                let tag = record.text("kind")?;
                $(if tag == Channel::$kind.name() {
                    return <$keys>::read_keys(record, problems).map(Self::$kind);
                })*
                None
            }

            fn write_variant(&self) -> Record {
                match self { $(Self::$kind(keys) => keys.write_keys()),* }
            }
        }
    };
}

kinds! {
    Poll(PollSchedule): "The client asks.";
    LongPoll(LongPoll): "The client asks, and the source holds the request until there is an event.";
    Sse(Stream): "The client stays connected, and the source sends events as they occur.";
    Webhook(Webhook): "The source calls.";
}

const PLANNED_KINDS: &[&str] = &["websocket"];

/// One `[[client]]`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClientKeys {
    pub(crate) common: ClientCommon,
    pub(crate) kind: Option<Kind>,
}

impl Form for ClientKeys {
    type Of = Self;
    const SHAPE: Shape = Shape::Tagged(&Kind::TAGGED);

    fn read(value: &Value, _: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self> {
        let Value::Table(record) = value else { return None };
        let common = ClientCommon::read_keys(record, problems)?;
        Some(Self { common, kind: Kind::read_variant(record, problems) })
    }

    fn write(client: &Self) -> Value {
        let tag = client.kind.as_ref().map(|kind| ("kind", Value::Text(kind.name().to_owned())));
        let mut record = Record::of(tag);
        record.fields.extend(client.common.write_keys().fields);
        record.fields.extend(client.kind.iter().flat_map(|kind| kind.write_variant().fields));
        Value::Table(record)
    }
}

// How a poller asks. The keys that have defaults hold for the polls of `reconcile` too.
table! { PollSchedule, planned ["backoff", "order", "conditional", "on_limit"],
    check checks::schedule {
    interval: Interval, required, "The gap between two polls.";
    pacing: Pacing, default(r#""fixed-rate""#), "What the interval is measured between.";
    overrun: Overrun, default(r#""skip""#), "What becomes, at a fixed rate, of a tick that comes before the answer.";
    phase: PhaseForm, default(r#""random""#),
        "When the first poll starts.";
    jitter: Chance, default("0.0"),
        "How far a gap or a tick is moved, as a share of the interval; for ticks at most 0.5.";
    jitter_kind: JitterKind, default(r#""interval""#), "What jitter moves.";
    timeout: Positive, default(r#""30s""#), "A poll without an answer after this time has failed.";
    pages: Pages, default(r#""all""#), "How many pages a poll fetches.";
    last_page: LastPage, default(r#""flag""#), "How a poller knows that a page was the last.";
} }

choice! { Pages {
    All = "all": "it asks on at once until the last page has come";
    One = "one": "what is left waits for the next poll";
} }
choice! { LastPage {
    Flag = "flag": "the page says so";
    Short = "short": "it is not full; where the last event fills a page, an empty one tells";
} }

choice! { Pacing { FixedRate = "fixed-rate": "start to start"; FixedDelay = "fixed-delay": "end to start"; } }
choice! { Overrun {
    Skip = "skip": "it is left out; the poller waits for the next tick";
    Delay = "delay": "it is kept until the answer is there, and the schedule goes on from then";
} }
choice! { JitterKind {
    Interval = "interval": "each gap is drawn in interval × (1 ± jitter)";
    Tick = "tick": "each poll is moved about its own tick";
} }
word_or! { PhaseForm for Phase: Phase::Random = "random": "anywhere in the first interval", or Phase::At => Moment }

table! { LongPoll, check checks::long_poll {
    hold: Positive, default(r#""30s""#), "How long the source holds a request at most.";
    pause: Time, default(r#""0s""#), "Between a response and the next request.";
    timeout: Positive, derived(checks::long_poll_timeout),
        "A request without an answer after this time has failed; by default `hold` and 10 s more.";
} }

table! { Stream {
    heartbeat: Positive, default(r#""15s""#), "After this time the source sends a heartbeat.";
    heartbeat_when: HeartbeatWhen, default(r#""idle""#), "What a heartbeat waits for.";
    reconnect: Positive, default(r#""1s""#), "From a broken connection to the next, which replays what was missed.";
    timeout: Positive, default(r#""30s""#), "A connection that is not open after this time has failed.";
} }

choice! { HeartbeatWhen {
    Idle = "idle": "for nothing else to be sent meanwhile";
    Always = "always": "for the time alone";
} }

table! { Webhook, planned ["provider", "ordered", "batch", "thin", "coalesce", "disable_after", "security"],
    check checks::webhook {
    deadline: Positive, default(r#""10s""#), "An attempt without an answer after this time has failed.";
    retries: Retries, default(r#"["5s", "5m"]"#),
        "The delays before each further attempt, each from the failure before it; or how they grow.";
    retry_jitter: RetryJitter, default(r#""none""#), "How a retry is moved.";
    workers: AnyCount, default("0"), "Deliveries in flight at once, for all members together; 0: unlimited.";
    reconcile: Reconcile, default(r#""none""#),
        "A poll beside the hooks, at this interval, which finds what they lost.";
    endpoint: Endpoint, default("{}"), "The receiver.";
} }

choice! { RetryJitter {
    None = "none": "not at all";
    Full = "full": "anywhere between nothing and the delay";
    Equal = "equal": "half of the delay, and anywhere in the other half";
    Decorrelated = "decorrelated": "anywhere between the first delay and three times the one before";
} }

partial! {
    /// Delays that grow, as [`Retries::Exponential`] has them.
    Growing {
        first: Positive, required, "The first delay.";
        factor: Number<1, 1000>, required, "Each delay is this many times the one before.";
        max: Placed<Positive>, required, "No delay is longer.";
        attempts: Count<1, 1000>, required, "Attempts in all, the first included.";
    }
}

table! { Endpoint, check checks::endpoint {
    service_time: Delay, default(r#""0s""#), "The handler's time for one delivery; it answers at the end of it.";
    capacity: AnyCount, default("0"), "Handlers at work at once, for each member; 0: unlimited.";
    queue: Queue, default(r#""unlimited""#), "Deliveries that may wait for a handler; more are answered 503.";
    failure_rate: Chance, default("0.0"), "Chance that the handler fails: it answers 500, and the event is not held.";
    dedupe: Flag, default("true"), "Whether an event already held is recognised and answered at once, without the work.";
} }

word_or! { Queue for Option<u32>: None = "unlimited": "any number", or Some => AnyCount }

partial! {
    /// One `[[outage]]`.
    OutageKeys, one_of ["client", "party"] {
        client: Whose, optional,
            "The client whose side is down, by its name; or a list of names; or \"*\": all clients.";
        party: Party, optional, "The party that is down.";
        from: Placed<Moment>, required, "When the outage begins.";
        lasts as "for": Positive, required, "How long it lasts.";
        mode: Placed<Mode>, default(r#""refuse""#), "How the party fails meanwhile.";
    }
}

choice! { Mode {
    Refuse = "refuse": "connections fail at once";
    Hang = "hang": "no answer";
    Error = "error": "answers 503";
    Lose = "lose": "acknowledges, and loses what it got; only for a client that is called";
} }

/// A party that is no client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Party {
    Source,
}

choice! { Party { Source = "source": "the provider's API and its sending"; } }

partial! {
    /// `[answer]`
    AnswerKeys {
        client: Placed<Filled>, required, "The client that the sentence is about, by its name.";
        against: Placed<Filled>, optional, "The client that it is compared with.";
        metric: Metric, optional,
            "The path of the figure that answers the title, in the client's object of summary.json; \
             by default latency and requests.";
        yes_if: Placed<Relation>, optional,
            "Where the title asks for yes or no: how the client's figure is to that of `against` where the answer is yes.";
    }
}

choice! { Relation {
    Below = "below": "it is less";
    Above = "above": "it is more";
    Equal = "equal": "the two are about the same";
} }

partial! {
    /// One `[[expect]]`.
    ExpectKeys, one_of ["below", "above", "equals"] {
        client: Placed<Filled>, required, "The client, by its name.";
        metric: Metric, required, "The path of a figure in the client's object of summary.json.";
        below: Placed<Limit>, optional, "The figure is less than this; a duration where the figure is a time.";
        above: Placed<Limit>, optional, "The figure is more than this.";
        equals: Placed<Limit>, optional, "The figure is exactly this.";
    }
}

tagged! {
    Delay, tag "distribution": "How the times are spread.", check checks::delay {
        "constant": "Always the same." => Constant { value in 0: Time, required, "The time."; }
        "exponential": "Memoryless." => Exponential { mean: Positive, required, "The mean."; }
        "uniform": "Any time between two bounds alike." => Uniform {
            min: Time, required, "The least time.";
            max: Positive, required, "The greatest time, not below `min`.";
        }
        "lognormal": "The exponential of a normal variable." => Lognormal {
            median: Positive, required, "Half of all times are shorter.";
            sigma: Number<0, 10>, required, "Standard deviation of the logarithm.";
        }
        "pareto": "P(longer than t) = (min/t)^shape." => Pareto {
            min: Positive, required, "The least time.";
            shape: Factor, required, "Exponent of the tail; the mean is finite above 1, the variance above 2.";
        }
    }
}

pub(crate) type AnyCount = Count<0, { u32::MAX }>;
pub(crate) type AtLeastOne = Count<1, { u32::MAX }>;

/// The largest payload: 16 MiB, above what any provider sends.
const MAX_PAYLOAD_BYTES: u32 = 16 << 20;
