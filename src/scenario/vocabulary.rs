//! Every key of a scenario file: its shape, its default and one line of meaning, and the keys of the format that
//! are not built yet. The one place to add a key; what a key does stands in the module that uses its value.

use super::keys::Absent::{Derived, Means, Refused};
use super::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use crate::policy::message::Payload;

/// The whole file.
pub(crate) const SCENARIO: Table = table(&[
    key("title", Shape::Text { filled: true }, Derived,
        "The question, in one line; by default the scenario's name."),
    key("about", TEXT, Means(r#""""#), "The answer to expect, and why."),
    key("duration", POSITIVE, Means(r#""1h""#), "Events occur in [0, duration)."),
    key("warmup", SPAN, Means(r#""0s""#),
        "What happens before it counts in no figure; shorter than the duration."),
    key("drain", Shape::Either(&[AUTO, SPAN]), Means(r#""auto""#), DRAIN_ABOUT),
    key("seed", Shape::Count { least: 0, most: u64::MAX }, Means("1"), "The root of all randomness."),
    key("replications", AT_LEAST_ONE, Means("1"), "Runs with draws of their own."),
    key("events", Shape::Table(&EVENTS), Refused, "What happens at the source."),
    key("source", Shape::Table(&SOURCE), Means("{}"), "The provider's side."),
    key("network", Shape::Table(&NETWORK), Means("{}"), "Between the source and every client."),
    key("client", Shape::List { of: &Shape::Tagged(&CLIENT), least: 1 }, Refused, "The contenders."),
    key("outage", Shape::List { of: &Shape::Table(&OUTAGE), least: 0 }, Means("[]"), "When a party is down."),
    key("answer", Shape::Table(&ANSWER), Derived,
        "What the first sentence of the report is about; by default latency and requests of all clients."),
    key("expect", Shape::List { of: &Shape::Table(&EXPECT), least: 0 }, Means("[]"),
        "What is claimed of the result."),
]);

const EVENTS: Table = table(&[
    key("resources", AT_LEAST_ONE, Means("1"),
        "Independent resources; each event belongs to one at random, and a poller asks for each by itself."),
    key("payload", Shape::Table(&PAYLOAD), Means("{}"), "What an event looks like on the wire."),
    key("arrivals", Shape::Tagged(&ARRIVALS), Refused, "When events occur."),
]);

pub(crate) const PAYLOAD: Table = table(&[
    key("format", Shape::Choice(&[("json", "application/json"), ("xml", "application/xml")]), Means(r#""json""#),
        "How an event is written."),
    key("size", Shape::Size { least: MIN_PAYLOAD_BYTES, most: MAX_PAYLOAD_BYTES }, Means(r#""300B""#),
        "Size of one event, its envelope included."),
]);

const ARRIVALS: Tagged = Tagged {
    tag: "process",
    about: "The process that makes the events.",
    common: &[],
    variants: &[
        variant("constant", "One event each period.", &[
            key("rate", Shape::Rate, Refused, "Events on average."),
            key("first", SPAN, Derived, "When the first event occurs; by default after one period."),
        ]),
        variant("poisson", "Independent events: the gaps are exponential.", &[
            key("rate", Shape::Rate, Refused, "Events on average."),
        ]),
    ],
    planned: &["bursts", "mmpp", "diurnal", "self-exciting", "flash-crowd", "trace"],
};

const SOURCE: Table = Table {
    planned: &["rate_limit"],
    ..table(&[
        key("service_time", DELAY, Means(r#""0s""#), "To answer one API request."),
        key("capacity", COUNT, Means("0"), "Requests worked on at once, more wait their turn; 0: unlimited."),
        key("page_size", AT_LEAST_ONE, Means("100"), "Events that one response holds at most."),
        key("failure_rate", CHANCE, Means("0.0"), "Chance that an API request is answered 503."),
    ])
};

/// Defaults of the network, here and for a client that says nothing of its own.
pub(crate) const NETWORK: Table = table(NETWORK_KEYS);
const NETWORK_KEYS: &[Key] = &network(Means(r#""20ms""#), Means("0.0"));
const CLIENT_NETWORK: Table = table(CLIENT_NETWORK_KEYS);
const CLIENT_NETWORK_KEYS: &[Key] = &network(Derived, Derived);

const fn network(delay: Absent, loss: Absent) -> [Key; 6] {
    [
        key("delay", DELAY, delay, "One way, in both directions."),
        key("to_source", DELAY, Derived, "One way towards the source, in place of `delay`."),
        key("to_client", DELAY, Derived, "One way towards the client, in place of `delay`."),
        key("loss", CHANCE, loss, "Chance that a message is lost."),
        key("loss_to_source", CHANCE, Derived,
            "Chance that a message towards the source is lost, in place of `loss`."),
        key("loss_to_client", CHANCE, Derived,
            "Chance that a message towards the client is lost, in place of `loss`."),
    ]
}

const CLIENT: Tagged = Tagged {
    tag: "kind",
    about: "The way of getting the events.",
    common: &[
        key("name", Shape::Text { filled: true }, Derived,
            "Shown everywhere; by default the kind and the interval, such as `poll 60s`."),
        key("count", AT_LEAST_ONE, Means("1"), "That many alike, each with a phase and draws of its own."),
        key("network", Shape::Table(&CLIENT_NETWORK), Means("{}"),
            "This client's own network; what it does not name is as for all."),
    ],
    variants: &[
        Variant {
            planned: &["backoff", "pages", "last_page", "order", "conditional", "on_limit"],
            ..variant("poll", "The client asks.", POLL)
        },
        Variant {
            planned: &["provider", "ordered", "batch", "thin", "coalesce", "disable_after", "security"],
            ..variant("webhook", "The source calls.", WEBHOOK)
        },
    ],
    planned: &["long-poll", "sse", "websocket"],
};

/// How a poller asks. The keys that have defaults hold for the polls of `reconcile` too.
pub(crate) const POLL: &[Key] = &[
    key("interval", Shape::Either(&[POSITIVE, DISTRIBUTION]), Refused, "The gap between two polls."),
    key("pacing", Shape::Choice(PACING), Means(r#""fixed-rate""#), "What the interval is measured between."),
    key("overrun", Shape::Choice(OVERRUN), Means(r#""skip""#),
        "What becomes, at a fixed rate, of a tick that comes before the answer."),
    key("phase", Shape::Either(&[RANDOM, SPAN]), Means(r#""random""#),
        "When the first poll starts: anywhere in the first interval, or at this time."),
    key("jitter", CHANCE, Means("0.0"),
        "How far a gap or a tick is moved, as a share of the interval; for ticks at most 0.5."),
    key("jitter_kind", Shape::Choice(JITTER_KIND), Means(r#""interval""#), "What jitter moves."),
    key("timeout", POSITIVE, Means(r#""30s""#), "A poll without an answer after this time has failed."),
];

const PACING: &[(&str, &str)] = &[("fixed-rate", "start to start"), ("fixed-delay", "end to start")];
const OVERRUN: &[(&str, &str)] = &[
    ("skip", "it is left out; the poller waits for the next tick"),
    ("delay", "it is kept until the answer is there, and the schedule goes on from then"),
];
const JITTER_KIND: &[(&str, &str)] = &[
    ("interval", "each gap is drawn in interval × (1 ± jitter)"),
    ("tick", "each poll is moved about its own tick"),
];

pub(crate) const WEBHOOK: &[Key] = &[
    key("deadline", POSITIVE, Means(r#""10s""#), "An attempt without an answer after this time has failed."),
    key("retries", RETRIES, Means(r#"["5s", "5m"]"#),
        "The delays before each further attempt, each from the failure before it; or how they grow."),
    key("retry_jitter", Shape::Choice(RETRY_JITTER), Means(r#""none""#), "How a retry is moved."),
    key("workers", COUNT, Means("0"),
        "Deliveries in flight at once, for all members together; 0: unlimited."),
    key("reconcile", Shape::Either(&[NONE, POSITIVE]), Means(r#""none""#),
        "A poll beside the hooks, at this interval, which finds what they lost."),
    key("endpoint", Shape::Table(&ENDPOINT), Means("{}"), "The receiver."),
];

const RETRIES: Shape = Shape::Either(&[Shape::List { of: &SPAN, least: 0 }, Shape::Table(&EXPONENTIAL_RETRIES)]);
const EXPONENTIAL_RETRIES: Table = table(&[
    key("first", POSITIVE, Refused, "The first delay."),
    key("factor", Shape::Number { least: 1.0, most: 1000.0 }, Refused,
        "Each delay is this many times the one before."),
    key("max", POSITIVE, Refused, "No delay is longer."),
    key("attempts", Shape::Count { least: 1, most: 1000 }, Refused, "Attempts in all, the first included."),
]);
const RETRY_JITTER: &[(&str, &str)] = &[
    ("none", "not at all"),
    ("full", "anywhere between nothing and the delay"),
    ("equal", "half of the delay, and anywhere in the other half"),
    ("decorrelated", "anywhere between the first delay and three times the one before"),
];

const ENDPOINT: Table = table(&[
    key("service_time", DELAY, Means(r#""0s""#),
        "The handler's time for one delivery; it answers at the end of it."),
    key("capacity", COUNT, Means("0"), "Handlers at work at once, for each member; 0: unlimited."),
    key("queue", Shape::Either(&[UNLIMITED, COUNT]), Means(r#""unlimited""#),
        "Deliveries that may wait for a handler; more are answered 503."),
    key("failure_rate", CHANCE, Means("0.0"),
        "Chance that the handler fails: it answers 500, and the event is not held."),
    key("dedupe", Shape::Flag, Means("true"),
        "Whether an event already held is recognised and answered at once, without the work."),
]);

pub(crate) const OUTAGE: Table = Table {
    one_of: &["client", "party"],
    ..table(&[
        key("client", Shape::Either(&[NAME, NAMES]), Derived,
            "The client whose side is down, by its name; or a list of names; or \"*\": all clients."),
        key("party", Shape::Choice(&[("source", "the provider's API and its sending")]), Derived,
            "The party that is down."),
        key("from", SPAN, Refused, "When the outage begins."),
        key("for", POSITIVE, Refused, "How long it lasts."),
        key("mode", Shape::Choice(OUTAGE_MODE), Means(r#""refuse""#), "How the party fails meanwhile."),
    ])
};
const OUTAGE_MODE: &[(&str, &str)] =
    &[("refuse", "connections fail at once"), ("hang", "no answer"), ("error", "answers 503")];

const ANSWER: Table = table(&[
    key("client", NAME, Refused, "The client that the sentence is about, by its name."),
    key("against", NAME, Derived, "The client that it is compared with."),
    key("metric", Shape::Metric, Derived,
        "The path of the figure that answers the title, in the client's object of summary.json; \
         by default latency and requests."),
]);

const EXPECT: Table = Table {
    one_of: &["below", "above", "equals"],
    ..table(&[
        key("client", NAME, Refused, "The client, by its name."),
        key("metric", Shape::Metric, Refused, "The path of a figure in the client's object of summary.json."),
        key("below", LIMIT, Derived, "The figure is less than this; a duration where the figure is a time."),
        key("above", LIMIT, Derived, "The figure is more than this."),
        key("equals", LIMIT, Derived, "The figure is exactly this."),
    ])
};
const LIMIT: Shape = Shape::Either(&[SPAN, Shape::Number { least: f64::NEG_INFINITY, most: f64::INFINITY }]);

/// A fixed time, or a distribution of times.
const DELAY: Shape = Shape::Either(&[SPAN, DISTRIBUTION]);
const DISTRIBUTION: Shape = Shape::Tagged(&DISTRIBUTIONS);
pub(crate) const DISTRIBUTIONS: Tagged = Tagged {
    tag: "distribution",
    about: "How the times are spread.",
    common: &[],
    variants: &[
        variant("constant", "Always the same.", &[key("value", SPAN, Refused, "The time.")]),
        variant("exponential", "Memoryless.", &[key("mean", POSITIVE, Refused, "The mean.")]),
        variant("uniform", "Any time between two bounds alike.", &[
            key("min", SPAN, Refused, "The least time."),
            key("max", POSITIVE, Refused, "The greatest time, not below `min`."),
        ]),
        variant("lognormal", "The exponential of a normal variable.", &[
            key("median", POSITIVE, Refused, "Half of all times are shorter."),
            key("sigma", Shape::Number { least: 0.0, most: 10.0 }, Refused,
                "Standard deviation of the logarithm."),
        ]),
        variant("pareto", "P(longer than t) = (min/t)^shape.", &[
            key("min", POSITIVE, Refused, "The least time."),
            key("shape", Shape::Factor, Refused,
                "Exponent of the tail; the mean is finite above 1, the variance above 2."),
        ]),
    ],
    planned: &[],
};

const TEXT: Shape = Shape::Text { filled: false };
const NAME: Shape = Shape::Text { filled: true };
const NAMES: Shape = Shape::List { of: &NAME, least: 1 };
const SPAN: Shape = Shape::Span { zero: true };
const POSITIVE: Shape = Shape::Span { zero: false };
const CHANCE: Shape = Shape::Number { least: 0.0, most: 1.0 };
const COUNT: Shape = Shape::Count { least: 0, most: u32::MAX as u64 };
const AT_LEAST_ONE: Shape = Shape::Count { least: 1, most: u32::MAX as u64 };
const AUTO: Shape = Shape::Choice(&[("auto", "as long as it takes")]);
const RANDOM: Shape = Shape::Choice(&[("random", "anywhere in the first interval")]);
const NONE: Shape = Shape::Choice(&[("none", "not at all")]);
const UNLIMITED: Shape = Shape::Choice(&[("unlimited", "any number")]);
const DRAIN_ABOUT: &str =
    "After the duration the run goes on until every event is delivered or lost, at most this long.";

/// The smallest payload: an event's envelope (its id, time and resource) needs this much.
pub(crate) const MIN_PAYLOAD_BYTES: u32 = Payload::SMALLEST_BYTES;
/// The largest payload: 16 MiB, above what any provider sends.
const MAX_PAYLOAD_BYTES: u32 = 16 << 20;

const fn key(name: &'static str, shape: Shape, absent: Absent, about: &'static str) -> Key {
    Key { name, shape, absent, about }
}

const fn table(keys: &'static [Key]) -> Table {
    Table { keys, planned: &[], one_of: &[] }
}

const fn variant(name: &'static str, about: &'static str, keys: &'static [Key]) -> Variant {
    Variant { name, about, keys, planned: &[] }
}
