//! The clients: their names, the network of each, how it polls or is called.

use super::{Named, delay};
use crate::policy::delay::Delay;
use crate::policy::outage::Outages;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::scenario::check::default_value;
use crate::scenario::keys::{Absent, nearest};
use crate::scenario::problems::{Place, Problem};
use crate::scenario::record::{Item, Record, Value};
use crate::scenario::vocabulary::POLL;
use crate::scenario::words::{self, choice};
use crate::scenario::{Client, Endpoint, Kind, LinkConfig, Network, Webhook};
use crate::time::{Instant, Span};

/// All clients, in the order of the file.
pub(super) fn clients<'a>(run: &'a Record, problems: &mut Vec<Problem>) -> Vec<Named<'a>> {
    let mut clients: Vec<Named<'a>> = Vec::new();
    for record in run.records("client") {
        let name = record.text("name").unwrap_or_default();
        if !name.is_empty() && clients.iter().any(|other| other.name == name) {
            let message = format!("two clients are called {name:?}");
            problems.push(Problem::at(record.place_of("name"), message, "give one of them another `name`"));
        }
        if name == ALL {
            let message = format!("a client is called {ALL:?}, which means all clients");
            problems.push(Problem::at(record.place_of("name"), message, "give it another `name`"));
        }
        let count = record.count_u32("count").unwrap_or(1);
        let client = client(record, run.record("network"), problems);
        clients.push(Named { name, count, client });
    }
    clients
}

/// The number of the client of that name; `place` is where the name stands.
pub(super) fn of_that_name(
    name: &str,
    place: Option<Place>,
    clients: &[Named<'_>],
    problems: &mut Vec<Problem>,
) -> Option<usize> {
    let found = clients.iter().position(|client| client.name == name);
    // Where no client could be read at all, that is told already.
    if found.is_none() && !clients.is_empty() {
        let names = || clients.iter().map(|client| client.name);
        let help = nearest(name, names()).map_or_else(
            || {
                format!(
                    "the clients are {}",
                    names().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean {near:?}?"),
        );
        problems.push(Problem::at(place, format!("no client is called {name:?}"), help));
    }
    found
}

fn client(record: &Record, general: Option<&Record>, problems: &mut Vec<Problem>) -> Option<Client> {
    let network = record.record("network").and_then(|own| network(own, general?, problems));
    let kind = match record.text("kind")? {
        "poll" => schedule(record, problems).map(Kind::Poll),
        _ => webhook(record, problems).map(Kind::Webhook),
    };
    Some(Client {
        name: record.text("name")?.to_owned(),
        count: record.count_u32("count")?,
        network: network?,
        outages: Outages::default(),
        kind: kind?,
    })
}

/// What a client says of its network goes before what is said for all; in either table the key of one direction
/// goes before the key of both.
fn network(own: &Record, general: &Record, problems: &mut Vec<Problem>) -> Option<Network> {
    let mut leg = |delay_key: &'static str, loss_key: &'static str| -> Option<LinkConfig> {
        let (table, key) = first_of(own, general, [delay_key, "delay"])?;
        let delay = delay(table, key, problems);
        let (table, key) = first_of(own, general, [loss_key, "loss"])?;
        Some(LinkConfig { delay: delay?, loss: table.number(key)? })
    };
    let (to_source, to_client) = (leg("to_source", "loss_to_source"), leg("to_client", "loss_to_client"));
    Some(Network { to_source: to_source?, to_client: to_client? })
}

fn first_of<'a>(
    own: &'a Record,
    general: &'a Record,
    keys: [&'static str; 2],
) -> Option<(&'a Record, &'static str)> {
    let places = [own, general].into_iter().flat_map(|table| keys.map(|key| (table, key)));
    places.into_iter().find(|(table, key)| table.item(key).is_some())
}

fn schedule(record: &Record, problems: &mut Vec<Problem>) -> Option<PollSchedule> {
    let interval = delay(record, "interval", problems);
    if interval.is_some_and(|interval| interval == Delay::ZERO) {
        let message = "`interval` is zero";
        problems.push(Problem::at(
            record.place_of("interval"),
            message,
            "a poller needs a time between two polls",
        ));
    }
    let jitter = record.number("jitter")?;
    let jitter_kind = choice(words::JITTER_KIND, record.text("jitter_kind")?)?;
    let pacing = choice(words::PACING, record.text("pacing")?)?;
    let overrun = choice(words::OVERRUN, record.text("overrun")?)?;
    if pacing == Pacing::FixedDelay {
        let mut refuse = |key: &'static str, word: &str| {
            let message = format!("`{key}` is {word:?}, and `pacing` is \"fixed-delay\": there are no ticks");
            problems.push(Problem::at(record.place_of(key), message, format!("leave `{key}` out")));
        };
        if overrun == Overrun::Delay {
            refuse("overrun", "delay");
        }
        if jitter_kind == JitterKind::Tick {
            refuse("jitter_kind", "tick");
        }
    } else if jitter_kind == JitterKind::Tick {
        if jitter > 0.5 {
            let message = format!("`jitter` is {jitter}; of the kind \"tick\" it is at most 0.5");
            let help = "lower it, or the polls of two ticks would change places";
            problems.push(Problem::at(record.place_of("jitter"), message, help));
        }
        if interval.is_some_and(|interval| interval.constant().is_none()) {
            let message = "`jitter_kind` is \"tick\", and `interval` is a distribution";
            let help = "give a fixed interval, or jitter of the kind \"interval\"";
            problems.push(Problem::at(record.place_of("jitter_kind"), message, help));
        }
    }
    Some(PollSchedule {
        interval: interval?,
        pacing,
        overrun,
        phase: match record.value("phase")? {
            Value::Span(at) => Phase::At(Instant::START + *at),
            _ => Phase::Random,
        },
        jitter,
        jitter_kind,
        timeout: record.span("timeout")?,
    })
}

/// A poll at that interval, everything else being a poller's default.
fn reconciling_pull(interval: Span, problems: &mut Vec<Problem>) -> Option<PollSchedule> {
    let defaults = POLL.iter().filter_map(|key| match key.absent {
        Absent::Means(toml) => Some((key.name, default_value(&key.shape, toml)?)),
        Absent::Refused | Absent::Derived => None,
    });
    let mut record = Record { place: None, fields: defaults.collect() };
    record.fields.push(("interval", Item { place: None, value: Value::Span(interval) }));
    schedule(&record, problems)
}

fn webhook(record: &Record, problems: &mut Vec<Problem>) -> Option<Webhook> {
    let retries = retries(record, problems);
    let retry_jitter = choice(words::RETRY_JITTER, record.text("retry_jitter")?)?;
    if let Some(retries) = &retries {
        jitter_has_retries(record, retries, retry_jitter, problems);
    }
    let endpoint = record.record("endpoint").and_then(|endpoint| endpoint_of(endpoint, problems));
    let reconcile = match record.value("reconcile")? {
        Value::Span(interval) => Some(reconciling_pull(*interval, problems)?),
        _ => None,
    };
    Some(Webhook {
        deadline: record.span("deadline")?,
        retries: retries?,
        retry_jitter,
        workers: record.count_u32("workers")?,
        endpoint: endpoint?,
        reconcile,
    })
}

fn retries(record: &Record, problems: &mut Vec<Problem>) -> Option<Retries> {
    let retries = match record.value("retries")? {
        Value::List(delays) => Retries::List(
            delays
                .iter()
                .filter_map(|item| match item.value {
                    Value::Span(delay) => Some(delay),
                    _ => None,
                })
                .collect(),
        ),
        Value::Table(grown) => {
            let (first, max) = (grown.span("first")?, grown.span("max")?);
            if max < first {
                let message = format!("`max` is {max} and `first` is {first}");
                problems.push(Problem::at(
                    grown.place_of("max"),
                    message,
                    "make `max` no shorter than `first`",
                ));
            }
            Retries::Exponential {
                first,
                factor: grown.number("factor")?,
                max,
                attempts: grown.count_u32("attempts")?,
            }
        }
        other => unreachable!("the vocabulary has no retries such as {other:?}"),
    };
    let span_s: f64 = (1..retries.attempts()).filter_map(|n| retries.delay(n)).map(Span::as_secs_f64).sum();
    if span_s > LONGEST_RETRIES.as_secs_f64() {
        let message = format!("the retries go on for more than {LONGEST_RETRIES}");
        problems.push(Problem::at(
            record.place_of("retries"),
            message,
            "leave some out or shorten their delays",
        ));
    }
    Some(retries)
}

/// Jitter needs a retry to move, and decorrelated jitter has no use for a list: it draws each delay from the one
/// before, between the first and the longest.
fn jitter_has_retries(record: &Record, retries: &Retries, jitter: RetryJitter, problems: &mut Vec<Problem>) {
    let (message, help) = match (retries, jitter) {
        (_, RetryJitter::None) => return,
        (Retries::List(delays), _) if delays.is_empty() => {
            ("`retry_jitter` is set, and `retries` is empty", "leave it out, or give retries")
        }
        (Retries::List(delays), RetryJitter::Decorrelated) if delays.len() > 2 => (
            "`retry_jitter` is \"decorrelated\", which does not follow a list of `retries`",
            "give retries = { first, factor, max, attempts }",
        ),
        _ => return,
    };
    problems.push(Problem::at(record.place_of("retry_jitter"), message, help));
}

fn endpoint_of(record: &Record, problems: &mut Vec<Problem>) -> Option<Endpoint> {
    let capacity = record.count_u32("capacity")?;
    if let (0, Value::Count(_)) = (capacity, record.value("queue")?) {
        let message = "`queue` is a number, and `capacity` is unlimited: nothing ever waits";
        let help = "give a `capacity`, or leave `queue` out";
        problems.push(Problem::at(record.place_of("queue"), message, help));
    }
    Some(Endpoint {
        service_time: delay(record, "service_time", problems)?,
        capacity,
        queue: match record.value("queue")? {
            Value::Count(most) => Some(u32::try_from(*most).ok()?),
            _ => None,
        },
        failure_rate: record.number("failure_rate")?,
        dedupe: record.flag("dedupe")?,
    })
}

/// In place of a client's name: every client.
pub(super) const ALL: &str = "*";

/// A quarter of the longest time: whatever a run adds to it, its clock stays in range.
const LONGEST_RETRIES: Span = Span(Span::LONGEST.0 / 4);
