//! The keys of `[events]`, `[source]` and `[network]`, and of the distributions of durations.

use super::{AnyCount, AtLeastOne};
use crate::policy::arrivals::Arrivals;
use crate::policy::billing::{Billing, Free};
use crate::policy::delay::Delay;
use crate::policy::event_types::EventTypes;
use crate::policy::limit::RateLimit;
use crate::policy::message::{Format, Payload};
use crate::scenario::declare::{Keys, Variants, optional, value};
use crate::scenario::form::{
    Chance, Count, Factor, Filled, Flag, Form, ListOf, Moment, Number, PairOf, Placed, Positive, Rate, RateOrNone, Size, Time,
};
use crate::scenario::keys::{Absent, Key, Shape, Table, Tagged, Variant};
use crate::scenario::mixed::NoDelay;
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Record, Value};
use crate::scenario::{SourceConfig, check, checks};
use crate::time::{Instant, Span};
use std::sync::Arc;

partial! {
    /// `[events]`
    Events {
        resources: Placed<AtLeastOne>, default("1"),
            "Independent resources; each event belongs to a random one, and a client that polls asks for each separately.";
        types: Placed<EventTypes>, default("{ event = 1.0 }"),
            "Types of event, each with its weight; every event is of a random one.";
        payload: Payload, default("{}"), "Format and size of an event on the wire.";
        arrivals: Arrivals, required, "The random process that produces the events.";
        job: NoDelay, default(r#""none""#),
            "Each event is the end of a job that the client started so long before, even before the run; a client of kind \"poll\" \
             asks for each job by itself, first one `interval` after its start.";
    }
}

table! { Payload {
    format: Format, default(r#""json""#), "Format of an event.";
    size in size_bytes: Size<{ Payload::SMALLEST_BYTES }, MAX_PAYLOAD_BYTES>, default(r#""300B""#),
        "Size of one event, including its envelope.";
} }

choice! { Format { Json = "json": "application/json"; Xml = "xml": "application/xml"; } }

tagged! {
    Arrivals, tag "process": "The process that produces the events.",
    check checks::arrivals {
        "constant": "One event per period." => Constant {
            rate in rate_per_s: Rate, required, "Mean number of events per unit of time.";
            first: Moment, derived(one_period), "Time of the first event; by default one period after the start.";
        }
        "poisson": "Independent events, with exponential times between them." => Poisson {
            rate in rate_per_s: Rate, required, "Mean number of events per unit of time.";
        }
        "bursts": "Bursts of events at the same moment, at independent times." => Bursts {
            rate in bursts_per_s: Rate, required, "Mean number of bursts per unit of time.";
            mean_size: Number<1, 1_000_000>, required, "Mean number of events in a burst; the number is geometric.";
        }
        "mmpp": "Two states that take turns, each with its own rate of independent events." => Mmpp {
            rates in rates_per_s: PairOf<RateOrNone>, required, "Events per unit of time in each state; one may be 0.";
            stays: PairOf<Positive>, required, "Mean time that each state lasts.";
        }
        "diurnal": "Independent events; their rate rises and falls as a sine." => Diurnal {
            rate in rate_per_s: Rate, required, "Mean number of events per unit of time.";
            amplitude: Chance, required, "How far the rate rises above its mean and falls below it, as a share of it.";
            period: Positive, required, "The time after which the rate is the same again.";
        }
        "self-exciting": "Each event causes further ones (a Hawkes process)." => SelfExciting {
            rate in background_per_s: Rate, required, "Events per unit of time that no other causes.";
            offspring: Chance, required, "Mean number of events that an event causes directly; below 1.";
            decay: Positive, required, "Mean time after which a caused event follows.";
        }
        "flash-crowd": "Independent events, and from one moment on many more, fewer and fewer." => FlashCrowd {
            rate in rate_per_s: Rate, required, "Mean number of events per unit of time before.";
            at: Moment, required, "When the crowd comes.";
            factor: Number<1, 1_000_000>, required, "The rate at that moment, as a multiple of the rate before.";
            decay: Positive, required, "Time in which the additional rate falls to 1/e.";
        }
        "trace": "Recorded events." => Trace {
            times: Times, derived(no_times), "When each event occurs; those of `file` if left out.";
        } after {
            file: Filled, "File of the times, relative to the folder of the scenario, or `-` for standard input: one in each line, in seconds or as a date and time; dates, and numbers above 100 million (Unix time), count from the earliest.";
            column: Filled, "Column of the times, of a file that is CSV.";
            speed: Factor, "How many times as fast the events occur as they were recorded; 1 if left out.";
        }
    }
}

/// A trace has its times or a file of them; `trace::apply` refuses one that has neither.
const fn no_times(_: &Record) -> Option<Value> {
    None
}

/// Times since the run began, in any order.
struct Times;

impl Form for Times {
    type Of = Arc<[Instant]>;
    const SHAPE: Shape = <ListOf<Moment, 1> as Form>::SHAPE;

    fn read(value: &Value, place: Option<Place>, problems: &mut Vec<Problem>) -> Option<Self::Of> {
        let mut times = ListOf::<Moment, 1>::read(value, place, problems)?;
        times.sort_unstable();
        Some(times.into())
    }

    fn write(times: &Self::Of) -> Value {
        ListOf::<Moment, 1>::write(&times.to_vec())
    }
}

fn one_period(arrivals: &Record) -> Option<Value> {
    arrivals.rate("rate").map(|per_s| Value::Span(Span::from_secs_f64(1.0 / per_s)))
}

table! { SourceConfig {
    service_time: Delay, default(r#""0s""#), "Time to answer one API request.";
    capacity: AnyCount, default("0"),
        "API requests processed at the same time, for each client separately; others queue; 0: unlimited.";
    page_size: AtLeastOne, default("100"), "Maximum number of events in one response.";
    failure_rate: Chance, default("0.0"), "Probability that an API request is answered 503.";
    commit_delay: Delay, default(r#""0s""#),
        "Time from an event until the API shows it (to polls and streams); webhooks do not wait for it. If it is drawn, each event has its own, so that a later one may be shown before.";
    rate_limit: NoLimit, default(r#""none""#),
        "API requests answered to each member of a client, of all its resources together; others are answered 429.";
    billing: Billing, default("{}"), "What counts as a call, for the figure `calls.billed`; nothing else depends on it.";
} }

table! { Billing, check checks::billing {
    free: ListOf<Free, 0>, default(r#"["limited", "failed", "deliveries"]"#),
        "Requests that are not billed. One that brings events or opens a stream is, unless it is a delivery.";
} }

choice! { Free {
    NotModified = "not-modified": "answered 304 (to `conditional` polls)";
    Empty = "empty": "answered with a page without events, or 404";
    Limited = "limited": "answered 429 (`rate_limit`)";
    Failed = "failed": "answered with another error, or not at all";
    Deliveries = "deliveries": "sent by the source, whatever became of them";
} }

word_or! { NoLimit for Option<RateLimit>: None = "none": "all are answered", or Some => RateLimit }

table! { RateLimit {
    requests: Count<1, 1_000_000_000>, required, "Requests in each window.";
    per: Positive, required, "Length of a window; the first begins with the run.";
    not_modified_free: Flag, default("false"), "Whether an answer 304 (to `conditional` polls) does not count.";
} }

partial! {
    /// `[client.network]`; a key that is absent has the value of `[network]`.
    NetworkKeys {
        delay: Delay, optional, "One-way delay, in both directions.";
        to_source: Delay, inherited(general_delay), "One-way delay towards the source; overrides `delay`.";
        to_client: Delay, inherited(general_delay), "One-way delay towards the client; overrides `delay`.";
        loss: Chance, optional, "Probability that a message is lost, in both directions.";
        loss_to_source: Chance, inherited(general_loss),
            "Probability that a message towards the source is lost; overrides `loss`.";
        loss_to_client: Chance, inherited(general_loss),
            "Probability that a message towards the client is lost; overrides `loss`.";
    }
}

/// `[network]`: the same keys, but `delay` and `loss` have defaults.
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
    check::default_value(&<Delay as Form>::SHAPE, GENERAL_DELAY).map(|item| item.value)
}

fn general_loss(_: &Record) -> Option<Value> {
    check::default_value(&<Chance as Form>::SHAPE, GENERAL_LOSS).map(|item| item.value)
}

tagged! {
    Delay, tag "distribution": "The distribution of the durations.", check checks::delay {
        "constant": "Always the same duration." => Constant { value in 0: Time, required, "The duration."; }
        "exponential": "Exponential (memoryless)." => Exponential { mean: Positive, required, "The mean."; }
        "uniform": "Uniform between two bounds." => Uniform {
            min: Time, required, "The lower bound.";
            max: Positive, required, "The upper bound, not below `min`.";
        }
        "lognormal": "Lognormal: the logarithm is normally distributed." => Lognormal {
            median: Positive, required, "The median.";
            sigma: Number<0, 10>, required, "Standard deviation of the logarithm.";
        }
        "pareto": "Pareto: P(longer than t) = (min/t)^shape for t of at least min." => Pareto {
            min: Positive, required, "The lower bound.";
            shape: Factor, required, "Exponent of the tail; the mean is finite above 1, the variance above 2.";
        }
    }
}

/// The largest payload: 16 MiB, above what any provider sends.
const MAX_PAYLOAD_BYTES: u32 = 16 << 20;
