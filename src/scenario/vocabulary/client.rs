//! The keys of `[[client]]`: those of every kind, the table of kinds, and the keys of the kinds that ask or stay connected.

use super::{AtLeastOne, NetworkKeys};
use crate::policy::backoff::Backoff;
use crate::policy::channel::Channel;
use crate::policy::cursor::Cursor;
use crate::policy::event_types::Wanted;
use crate::policy::heartbeat::HeartbeatWhen;
use crate::policy::limit::OnLimit;
use crate::policy::paging::{LastPage, Order, Pages};
use crate::policy::reconnect::ReconnectJitter;
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::scenario::declare::{Keys, Variants, optional, value};
use crate::scenario::form::{Chance, Factor, Filled, Flag, Form, ListOf, Moment, Placed, Positive, Time};
use crate::scenario::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use crate::scenario::mixed::Interval;
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::scenario::{Kind, LongPoll, Stream, Webhook, checks};
use crate::time::Span;

partial! {
    /// Keys of every kind of client.
    ClientCommon {
        name: Placed<Filled>, optional,
            "Name in all results; by default the kind and the interval, such as `poll 60s`.";
        count: Placed<AtLeastOne>, default("1"), "Number of identical members, each with its own phase and random draws.";
        types: Placed<WantedForm>, default(r#""all""#),
            "Types of event that the client subscribes to or asks for; no other event is one of this client.";
        network: NetworkKeys, default("{}"), "The network of this client; a key that is absent has the value of `[network]`.";
    }
}

word_or! { WantedForm for Wanted: Wanted::All = "all": "every type", or Wanted::These => ListOf<Filled, 1> }

/// Every kind of client: its channel, the struct that has its keys, and one line of help.
macro_rules! kinds {
    ($($kind:ident($keys:ty): $about:literal;)*) => {
        impl Variants for Kind {
            const TAGGED: Tagged = Tagged {
                tag: "kind",
                about: "How the client gets the events.",
                common: ClientCommon::TABLE.keys,
                variants: &[$(Variant {
                    name: Channel::$kind.name(),
                    about: $about,
                    keys: <$keys>::TABLE.keys,
                }),*],
            };

            fn read_variant(record: &Record, problems: &mut Vec<Problem>) -> Option<Self> {
                let tag = record.text("kind")?;
                $(if tag == Channel::$kind.name() {
                    return <$keys>::read_keys(record, problems).map(|keys| Self::$kind(keys.into()));
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
    Poll(PollSchedule): "The client asks at an interval.";
    LongPoll(LongPoll): "The client asks, and the source holds the request until there is an event (RFC 6202).";
    Sse(Stream): "The client stays connected, and the source sends each event when it occurs (server-sent events).";
    WebSocket(Stream): "The same over a WebSocket (RFC 6455): smaller frames, and heartbeats that the client answers.";
    Webhook(Webhook): "The source sends each event to the endpoint of the client.";
}

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

// How a client polls. The polls of `reconcile` use the defaults of these keys.
table! { PollSchedule, check checks::schedule {
    interval: Interval, required, "Time between two polls.";
    pacing: Pacing, default(r#""fixed-rate""#), "How the interval is measured.";
    overrun: Overrun, default(r#""skip""#),
        "With fixed-rate pacing: what happens to a tick that is due before the answer has arrived.";
    phase: PhaseForm, default(r#""random""#), "Time of the first poll.";
    jitter: Chance, default("0.0"),
        "Random change of the interval, as a share of it: 0 to 1; at most 0.5 if `jitter_kind` is \"tick\".";
    jitter_kind: JitterKind, default(r#""interval""#), "What jitter changes.";
    timeout: Positive, default(r#""30s""#), "A poll that has no answer after this time has failed.";
    order: Order, default(r#""oldest""#), "Which events a poll asks for.";
    cursor: Cursor, default(r#""id""#),
        "How the client says what it has, to get what follows. The further pages of a poll follow each other whatever it is.";
    time_resolution: NoTime, derived(checks::polling::time_resolution),
        "Of what the times of a cursor are whole multiples; by default 1 ms where the cursor is a time.";
    overlap: NoTime, derived(checks::polling::overlap),
        "How far before its last event the client asks again; by default 1 min with `cursor` \"time-overlap\".";
    dedupe: Flag, default("true"), "Whether the client knows an event that it gets again; otherwise it processes it again.";
    pages: Pages, derived(checks::polling::pages), "Pages that a poll fetches; by default all, or one of the newest.";
    last_page: LastPage, default(r#""flag""#), "How the client detects the last page.";
    on_limit: OnLimit, default(r#""wait""#), "What the client does about the `rate_limit` of the source.";
    backoff: NoBackoff, default(r#""none""#),
        "How the interval grows after each poll that finds nothing; it is `interval` again after one that finds events.";
    conditional: Flag, default("false"),
        "Whether the client sends the ETag that it has, and is answered 304 without a body where nothing is new.";
} }

word_or! { NoBackoff for Option<Backoff>: None = "none": "it does not grow", or Some => Backoff }

table! { Backoff, check checks::backoff {
    factor: Factor, required, "What the interval is multiplied by; above 1.";
    max: Positive, required, "The longest interval.";
} }

choice! { OnLimit {
    Wait = "wait": "it asks until it is refused, and then as soon as the source allows it";
    Spread = "spread": "it polls no more often than the limit allows, so that the requests last for the window while each poll takes one page";
} }

choice! { Order {
    Oldest = "oldest": "those after the last one that it has (a cursor), the oldest first";
    Newest = "newest": "the newest that a page holds, as a feed shows them; what leaves the page between two polls is lost";
} }
choice! { Cursor {
    Id = "id": "by the id of its last event; ids follow the order of the events";
    Time = "time": "by the time of its last event: it asks for later ones";
    TimeInclusive = "time-inclusive": "by that time: it asks for events of that time and later ones";
    TimeOverlap = "time-overlap": "by that time: it asks for what occurred `overlap` before and later";
} }
word_or! { NoTime for Option<Span>: None = "none": "no such time", or Some => Positive }
choice! { Pages {
    All = "all": "all, one after another without waiting";
    One = "one": "one; the next poll fetches the next page";
} }
choice! { LastPage {
    Flag = "flag": "by the flag `has_more` of the page";
    Short = "short": "a page that is not full is the last; after a full page it asks once more";
} }

choice! { Pacing {
    FixedRate = "fixed-rate": "from start to start";
    FixedDelay = "fixed-delay": "from the end of a poll to the start of the next";
} }
choice! { Overrun {
    Skip = "skip": "it is left out; the client waits for the next tick";
    Delay = "delay": "the poll starts when the answer has arrived, and the schedule continues from there";
} }
choice! { JitterKind {
    Interval = "interval": "each interval is drawn from interval × (1 ± jitter)";
    Tick = "tick": "each poll is moved by at most jitter × interval from its own tick";
} }
word_or! { PhaseForm for Phase: Phase::Random = "random": "uniform in the first interval", or Phase::At => Moment }

table! { LongPoll, check checks::long_poll {
    hold: Positive, default(r#""30s""#), "Longest time for which the source holds a request.";
    pause: Time, default(r#""0s""#), "Time between a response and the next request.";
    idle_timeout: NoTime, default(r#""none""#),
        "Time after which a proxy in front of the source answers 504 to a request that the source holds.";
    timeout: Positive, derived(checks::long_poll_timeout),
        "A request that has no answer after this time has failed; longer than `hold`; by default `hold` + 10 s.";
} }

table! { Stream, check checks::stream {
    heartbeat: NoTime, default(r#""15s""#), "Time after which the source sends a heartbeat.";
    heartbeat_when: HeartbeatWhen, default(r#""idle""#), "When a heartbeat is sent.";
    idle_timeout: NoTime, default(r#""none""#),
        "Time after which a proxy in front of the source closes a connection on which the source sends nothing.";
    replay: Flag, default("true"),
        "Whether the source first sends the events that the client missed; otherwise what the source shows while it is not connected is lost.";
    reconnect: Positive, default(r#""1s""#), "Time from the loss of a connection to the next request.";
    reconnect_jitter: ReconnectJitter, default(r#""none""#), "Random change of that time.";
    timeout: Positive, default(r#""30s""#), "A connection that is not open after this time has failed.";
} }

choice! { ReconnectJitter {
    None = "none": "none";
    Full = "full": "uniform between zero and the time";
    Equal = "equal": "uniform between half of the time and the time";
} }

choice! { HeartbeatWhen {
    Idle = "idle": "only when nothing else was sent in that time";
    Always = "always": "at a fixed interval, whatever else is sent";
} }
