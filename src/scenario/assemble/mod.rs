//! The second half of reading: a record of the whole file becomes a [`Scenario`]. Here is what depends on several
//! keys: names that refer to each other, a warm-up within the duration, the size of the run. What a single value
//! may be is settled before; nothing here reads text.

mod clients;
mod limits;
mod outages;

use super::problems::Problem;
use super::record::{Record, Value};
use super::words::{self, choice};
use super::{AnswerConfig, Bound, Client, Drain, EventsConfig, Expectation, Scenario, SourceConfig, metrics};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::message::Payload;
use crate::time::{Instant, Span};

/// The scenario of that name; what is wrong goes to `problems`. None means that there is a problem, and with a
/// problem the scenario is worth nothing.
pub(crate) fn assemble(name: &str, run: &Record, problems: &mut Vec<Problem>) -> Option<Scenario> {
    let duration = duration(run, problems);
    let warmup = warmup(run, duration, problems);
    let events = run.record("events").and_then(|events| events_config(events, duration, problems));
    let source = run.record("source").and_then(|source| source_config(source, problems));
    let mut clients = clients::clients(run, problems);
    let source_outages = outages::outages(run, duration, &mut clients, problems);
    let answer = run.record("answer").and_then(|record| answer(record, &clients, problems));
    let expectations = expectations(run, &clients, problems);
    limits::check(run, duration, events.as_ref(), &clients, problems);
    limits::check_numbers(run, events.as_ref(), &clients, problems);
    Some(Scenario {
        name: name.to_owned(),
        title: unbroken(run.text("title").unwrap_or(name)),
        about: run.text("about")?.split("\n\n").map(unbroken).collect::<Vec<_>>().join("\n\n"),
        duration: duration?,
        warmup: warmup?,
        drain: match run.value("drain")? {
            Value::Span(most) => Drain::AtMost(*most),
            _ => Drain::Auto,
        },
        seed: run.count("seed")?,
        replications: run.count_u32("replications")?,
        events: events?,
        source: source?,
        source_outages,
        clients: clients.into_iter().map(|client| client.client).collect::<Option<_>>()?,
        answer,
        expectations,
    })
}

/// A client while a scenario is put together: its name holds even where something else of it is wrong.
struct Named<'a> {
    name: &'a str,
    count: u32,
    client: Option<Client>,
}

fn duration(run: &Record, problems: &mut Vec<Problem>) -> Option<Span> {
    let duration = run.span("duration")?;
    if duration > LONGEST_RUN {
        let message = format!("`duration` is {duration}; a run is at most {LONGEST_RUN}");
        problems.push(Problem::at(run.place_of("duration"), message, "shorten it"));
    }
    Some(duration)
}

fn warmup(run: &Record, duration: Option<Span>, problems: &mut Vec<Problem>) -> Option<Span> {
    let warmup = run.span("warmup")?;
    if let Some(duration) = duration.filter(|duration| warmup >= *duration) {
        let message = format!("`warmup` is {warmup}, and the run is over after {duration}");
        let help = "make it shorter than `duration`, or nothing is left to count";
        problems.push(Problem::at(run.place_of("warmup"), message, help));
    }
    Some(warmup)
}

fn events_config(
    events: &Record,
    duration: Option<Span>,
    problems: &mut Vec<Problem>,
) -> Option<EventsConfig> {
    let payload = events.record("payload");
    let arrivals = events.record("arrivals").and_then(|record| arrivals(record, duration, problems));
    Some(EventsConfig {
        resources: events.count_u32("resources")?,
        payload: Payload {
            format: choice(words::FORMAT, payload?.text("format")?)?,
            size_bytes: payload?.size("size")?,
        },
        arrivals: arrivals?,
    })
}

fn arrivals(record: &Record, duration: Option<Span>, problems: &mut Vec<Problem>) -> Option<Arrivals> {
    let rate_per_s = record.rate("rate")?;
    if record.text("process")? == "poisson" {
        return Some(Arrivals::Poisson { rate_per_s });
    }
    let first = record.span("first").unwrap_or_else(|| Span::from_secs_f64(1.0 / rate_per_s));
    if let Some(duration) = duration.filter(|duration| first >= *duration) {
        let message =
            format!("no event occurs: the first is due after {first}, the run is over after {duration}");
        problems.push(Problem::at(
            record.place_of("first"),
            message,
            "give an earlier `first`, a higher `rate` or a longer `duration`",
        ));
    }
    Some(Arrivals::Constant { rate_per_s, first: Instant::START + first })
}

fn source_config(source: &Record, problems: &mut Vec<Problem>) -> Option<SourceConfig> {
    Some(SourceConfig {
        service_time: delay(source, "service_time", problems)?,
        capacity: source.count_u32("capacity")?,
        page_size: source.count_u32("page_size")?,
        failure_rate: source.number("failure_rate")?,
    })
}

/// A fixed time or a distribution.
fn delay(record: &Record, key: &str, problems: &mut Vec<Problem>) -> Option<Delay> {
    let spread = match record.value(key)? {
        Value::Span(span) => return Some(Delay::Constant(*span)),
        Value::Table(spread) => spread,
        other => unreachable!("the vocabulary has no delay such as {other:?}"),
    };
    Some(match spread.text("distribution")? {
        "constant" => Delay::Constant(spread.span("value")?),
        "exponential" => Delay::Exponential { mean: spread.span("mean")? },
        "lognormal" => Delay::Lognormal { median: spread.span("median")?, sigma: spread.number("sigma")? },
        "pareto" => Delay::Pareto { min: spread.span("min")?, shape: spread.number("shape")? },
        _ => {
            let (min, max) = (spread.span("min")?, spread.span("max")?);
            if min > max {
                let message = format!("`min` is {min} and `max` is {max}");
                problems.push(Problem::at(
                    spread.place_of("min"),
                    message,
                    "make `min` no longer than `max`",
                ));
            }
            Delay::Uniform { min, max }
        }
    })
}

fn answer(record: &Record, clients: &[Named<'_>], problems: &mut Vec<Problem>) -> Option<AnswerConfig> {
    let client = named(record, "client", clients, problems);
    let against = named(record, "against", clients, problems);
    if client.is_some() && client == against {
        let message = "`client` and `against` are the same client";
        problems.push(Problem::at(
            record.place_of("against"),
            message,
            "name another, or leave `against` out",
        ));
    }
    Some(AnswerConfig { client: client?, against, metric: record.text("metric").map(str::to_owned) })
}

/// The name under a key, which is that of a client.
fn named(record: &Record, key: &str, clients: &[Named<'_>], problems: &mut Vec<Problem>) -> Option<String> {
    let name = record.text(key)?;
    clients::of_that_name(name, record.place_of(key), clients, problems).map(|_| name.to_owned())
}

fn expectations(run: &Record, clients: &[Named<'_>], problems: &mut Vec<Problem>) -> Vec<Expectation> {
    let records = run.records("expect");
    records.filter_map(|record| expectation(record, clients, problems)).collect()
}

fn expectation(record: &Record, clients: &[Named<'_>], problems: &mut Vec<Problem>) -> Option<Expectation> {
    let client = named(record, "client", clients, problems);
    let metric = record.text("metric")?;
    let (key, bound): (_, fn(f64) -> Bound) =
        [("below", Bound::Below as _), ("above", Bound::Above as _), ("equals", Bound::Equals as _)]
            .into_iter()
            .find(|(key, _)| record.value(key).is_some())?;
    let limit = match record.value(key)? {
        Value::Number(number) => *number,
        Value::Span(span) if metrics::is_time(metric) => span.as_secs_f64(),
        _ => {
            let message = format!("`{key}` is a duration, and `{metric}` is no time");
            problems.push(Problem::at(record.place_of(key), message, "give a number"));
            return None;
        }
    };
    Some(Expectation { client: client?, metric: metric.to_owned(), bound: bound(limit) })
}

/// A paragraph without the line breaks that it has in the file: whoever shows it breaks it anew.
fn unbroken(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Half of the longest time: whatever a run adds to its duration, its clock stays in range.
const LONGEST_RUN: Span = Span(Span::LONGEST.0 / 2);
