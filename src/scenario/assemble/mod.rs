//! The second half of reading: it makes a [`Scenario`] from the checked content of a file. Here are the rules between
//! different tables: references by name, a warm-up shorter than the duration, the size of the run. Single tables are
//! checked before; nothing here reads text.

mod attacks;
pub(super) mod clients;
mod jobs;
mod limits;
mod outages;
mod types;

use super::declare::Keys;
use super::form::At;
use super::mixed::{ALL, Limit, is_time};
use super::problems::{Place, Problem};
use super::record::Record;
use super::vocabulary::{AnswerKeys, Events, ExpectKeys, File};
use super::{AnswerConfig, Bound, Client, EventsConfig, Expectation, Scenario, Settling, Warmup};
use crate::figure::{Better, Metric};
use crate::policy::arrivals::Arrivals;
use crate::time::{Instant, Span};

/// The scenario of that name; errors are added to `problems`. None means that there is an error; a scenario with an
/// error must not be used.
pub(crate) fn assemble(name: &str, run: &Record, problems: &mut Vec<Problem>) -> Option<Scenario> {
    let file = File::read_keys(run, problems)?;
    let duration = duration(file.duration, problems);
    let warmup = warmup(file.warmup, duration, problems);
    let events = file.events.and_then(|events| events_config(events, run, duration, problems));
    let network = file.network.unwrap_or_default().0;
    let mut clients = clients::clients(file.client.unwrap_or_default(), &network, problems);
    let outages = file.outage.unwrap_or_default();
    let source_outages = outages::outages(outages, duration, &mut clients, problems);
    attacks::attacks(file.attack.unwrap_or_default(), duration, &mut clients, problems);
    let answer = file.answer.and_then(|keys| answer(keys, &clients, problems));
    let expect = file.expect.unwrap_or_default().into_iter();
    let expectations = expect.filter_map(|keys| expectation(keys, &clients, problems)).collect();
    if let Some(events) = &events {
        types::check(&events.types, &clients, problems);
        types::check_size(&events.types, events.payload, run, problems);
        clients::check_signatures(events.payload, &clients, problems);
    }
    limits::check(run, duration, events.as_ref(), &clients, problems);
    limits::check_numbers(run, file.replications, events.as_ref(), &clients, problems);
    let scenario = Scenario {
        name: name.to_owned(),
        title: unbroken(file.title.as_deref().unwrap_or(name)),
        about: file.about?.split("\n\n").map(unbroken).collect::<Vec<_>>().join("\n\n"),
        duration: duration?,
        warmup: warmup?.0,
        settling: warmup?.1,
        drain: file.drain?,
        seed: file.seed?,
        replications: file.replications?.value,
        events: events?,
        source: file.source?,
        source_outages,
        clients: clients.into_iter().map(|client| client.client).collect::<Option<_>>()?,
        answer,
        expectations,
    };
    clients::check_spreading(&scenario, run, problems);
    clients::check_commits(&scenario, run, problems);
    jobs::check(&scenario, run, problems);
    limits::check_requests(&scenario, run, problems);
    Some(scenario)
}

/// A client during assembly: its name is known even if its other keys are wrong.
struct Named {
    name: String,
    /// The place of its table.
    place: Option<Place>,
    count: At<u32>,
    /// The place of the types that it wants.
    types: Option<Place>,
    client: Option<Client>,
}

fn duration(duration: Option<At<Span>>, problems: &mut Vec<Problem>) -> Option<Span> {
    let At { value: duration, place } = duration?;
    if duration > LONGEST_RUN {
        let message = format!("`duration` is {duration}; the longest run is {LONGEST_RUN}");
        problems.push(Problem::at(place, message, "shorten it"));
    }
    Some(duration)
}

fn warmup(
    warmup: Option<At<Warmup>>,
    duration: Option<Span>,
    problems: &mut Vec<Problem>,
) -> Option<(Span, Settling)> {
    let At { value: warmup, place } = warmup?;
    let warmup = match warmup {
        Warmup::Auto => return Some((Span::ZERO, Settling::ToFind)),
        Warmup::Given(warmup) => warmup,
    };
    if let Some(duration) = duration.filter(|duration| warmup >= *duration) {
        let message = format!("`warmup` is {warmup}, and the run ends after {duration}");
        let help = "make it shorter than `duration`: otherwise no event counts";
        problems.push(Problem::at(place, message, help));
    }
    Some((warmup, Settling::Given))
}

fn events_config(
    events: Events,
    run: &Record,
    duration: Option<Span>,
    problems: &mut Vec<Problem>,
) -> Option<EventsConfig> {
    let arrivals = events.arrivals?;
    if let (&Arrivals::Constant { first, .. }, Some(duration)) = (&arrivals, duration)
        && first - Instant::START >= duration
    {
        let first = first - Instant::START;
        let message =
            format!("no event occurs: the first is due after {first}, the run ends after {duration}");
        problems.push(Problem::at(
            run.place_at(&["events", "arrivals", "first"]),
            message,
            "give an earlier `first`, a higher `rate` or a longer `duration`",
        ));
    }
    if let (&Arrivals::FlashCrowd { at, .. }, Some(duration)) = (&arrivals, duration)
        && at - Instant::START >= duration
    {
        let message = format!("the crowd comes after {}, the run ends after {duration}", at - Instant::START);
        let place = run.place_at(&["events", "arrivals", "at"]);
        problems.push(Problem::at(place, message, "give an earlier `at`, or another process"));
    }
    if let (Arrivals::Trace { times }, Some(duration)) = (&arrivals, duration)
        && let Some(first) =
            times.first().map(|first| *first - Instant::START).filter(|first| *first >= duration)
    {
        let message = format!(
            "no event occurs: the first of the trace is due after {first}, the run ends after {duration}"
        );
        let place = run.place_at(&["events", "arrivals", "times"]);
        problems.push(Problem::at(place, message, "give a longer `duration`, or a higher `speed`"));
    }
    Some(EventsConfig {
        resources: events.resources?.value,
        types: events.types?.value,
        payload: events.payload?,
        arrivals,
        job: events.job?,
    })
}

fn answer(keys: AnswerKeys, clients: &[Named], problems: &mut Vec<Problem>) -> Option<AnswerConfig> {
    if let Some(yes_if) = keys.yes_if.as_ref().filter(|_| keys.against.is_none() || keys.metric.is_none()) {
        let message = "`yes_if` compares a figure of two clients, and `against` or `metric` is missing";
        problems.push(Problem::at(yes_if.place, message, "name both"));
    }
    let metric = keys.metric.as_deref().and_then(Metric::find);
    for name in keys.client.iter().chain(&keys.against) {
        attacks::check_claim(metric.as_ref(), name, clients, problems);
    }
    let client = keys.client.and_then(|name| match name.value == ALL {
        true => of_all(name, metric, keys.against.is_none(), problems),
        false => clients::named(name, clients, problems),
    });
    let place = keys.against.as_ref().and_then(|against| against.place);
    let against = keys.against.and_then(|name| clients::named(name, clients, problems));
    if client.is_some() && client == against {
        let message = "`client` and `against` are the same client";
        problems.push(Problem::at(place, message, "name another, or leave `against` out"));
    }
    let yes_if = keys.yes_if.map(|yes_if| yes_if.value);
    Some(AnswerConfig { client: client?, against, metric: keys.metric, yes_if })
}

/// A sentence about all clients.
fn of_all(
    name: At<String>,
    metric: Option<Metric>,
    alone: bool,
    problems: &mut Vec<Problem>,
) -> Option<String> {
    let has_best = match metric {
        Some(Metric::Measured(figure)) => figure.better() != Better::Neutral,
        Some(Metric::Predicted(_) | Metric::Answered(_)) | None => false,
    };
    if alone && has_best {
        return Some(name.value);
    }
    let message = format!(
        "`client` is {ALL:?}, which is for a metric of which less or more is better, without `against`"
    );
    problems.push(Problem::at(
        name.place,
        message,
        "name one client, or a metric such as \"requests.total\"",
    ));
    None
}

fn expectation(keys: ExpectKeys, clients: &[Named], problems: &mut Vec<Problem>) -> Option<Expectation> {
    if let Some(name) = &keys.client {
        attacks::check_claim(keys.metric.as_deref().and_then(Metric::find).as_ref(), name, clients, problems);
    }
    let client = keys.client.and_then(|name| clients::named(name, clients, problems));
    let metric = keys.metric?;
    let (key, limit, bound): (_, _, fn(f64) -> Bound) = match (keys.below, keys.above, keys.equals) {
        (Some(limit), _, _) => ("below", limit, Bound::Below),
        (None, Some(limit), _) => ("above", limit, Bound::Above),
        (None, None, Some(limit)) => ("equals", limit, Bound::Equals),
        (None, None, None) => return None,
    };
    let limit = match limit.value {
        // Of a time: in seconds, as summary.json has it.
        Limit::Number(number) => number,
        Limit::Time(span) if is_time(&metric) => span.as_secs_f64(),
        Limit::Time(_) => {
            let message = format!("`{key}` is a duration, and `{metric}` is not a time");
            problems.push(Problem::at(limit.place, message, "give a number"));
            return None;
        }
    };
    Some(Expectation { client: client?, metric, bound: bound(limit) })
}

/// A paragraph without the line breaks of the file: each output breaks it at its own width.
pub(crate) fn unbroken(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Half of the longest time, so that the clock stays in range when a run continues after its duration.
const LONGEST_RUN: Span = Span(Span::LONGEST.0 / 2);
