//! A scenario as a record again, with every parameter in it: the opposite of assembling. What is written about a
//! scenario, be it TOML, JSON or a table, is written from this.

use super::record::{Item, Record, Value};
use super::words::{self, word};
use super::{
    AnswerConfig, Bound, Client, Drain, Endpoint, Expectation, Kind, Network, Scenario, SourceConfig, Webhook,
};
use crate::policy::arrivals::Arrivals;
use crate::policy::delay::Delay;
use crate::policy::outage::{Outage, Outages};
use crate::policy::retry::Retries;
use crate::policy::schedule::{Phase, PollSchedule};
use crate::time::{Instant, Span};

/// Every parameter of a scenario, under the keys of the vocabulary. What is said for all clients of the network
/// stands with each client.
pub(crate) fn describe(scenario: &Scenario) -> Record {
    let events = &scenario.events;
    let payload = Record::of([
        ("format", text(word(words::FORMAT, events.payload.format))),
        ("size", Value::Size(events.payload.size_bytes)),
    ]);
    let fields = [
        ("title", text(&scenario.title)),
        ("about", text(&scenario.about)),
        ("duration", Value::Span(scenario.duration)),
        ("warmup", Value::Span(scenario.warmup)),
        (
            "drain",
            match scenario.drain {
                Drain::Auto => text("auto"),
                Drain::AtMost(most) => Value::Span(most),
            },
        ),
        ("seed", Value::Count(scenario.seed)),
        ("replications", count(scenario.replications)),
        (
            "events",
            Value::Table(Record::of([
                ("resources", count(events.resources)),
                ("payload", Value::Table(payload)),
                ("arrivals", Value::Table(arrivals(&events.arrivals))),
            ])),
        ),
        ("source", Value::Table(source(&scenario.source))),
        ("client", list(scenario.clients.iter().map(client))),
        ("outage", list(outages(scenario))),
    ];
    let answer = scenario.answer.iter().map(|config| ("answer", Value::Table(answer(config))));
    let expect = ("expect", list(scenario.expectations.iter().map(expectation)));
    Record::of(fields.into_iter().chain(answer).chain([expect]))
}

fn arrivals(arrivals: &Arrivals) -> Record {
    match *arrivals {
        Arrivals::Constant { rate_per_s, first } => Record::of([
            ("process", text("constant")),
            ("rate", Value::Rate(rate_per_s)),
            ("first", since_start(first)),
        ]),
        Arrivals::Poisson { rate_per_s } => {
            Record::of([("process", text("poisson")), ("rate", Value::Rate(rate_per_s))])
        }
    }
}

fn source(source: &SourceConfig) -> Record {
    Record::of([
        ("service_time", delay(&source.service_time)),
        ("capacity", count(source.capacity)),
        ("page_size", count(source.page_size)),
        ("failure_rate", Value::Number(source.failure_rate)),
    ])
}

fn client(client: &Client) -> Record {
    let (kind, own) = match &client.kind {
        Kind::Poll(poll) => ("poll", schedule(poll)),
        Kind::Webhook(hook) => ("webhook", webhook(hook)),
    };
    let mut record = Record::of([
        ("kind", text(kind)),
        ("name", text(&client.name)),
        ("count", count(client.count)),
        ("network", Value::Table(network(&client.network))),
    ]);
    record.fields.extend(own.fields);
    record
}

fn network(network: &Network) -> Record {
    Record::of([
        ("to_source", delay(&network.to_source.delay)),
        ("to_client", delay(&network.to_client.delay)),
        ("loss_to_source", Value::Number(network.to_source.loss)),
        ("loss_to_client", Value::Number(network.to_client.loss)),
    ])
}

fn schedule(schedule: &PollSchedule) -> Record {
    Record::of([
        ("interval", delay(&schedule.interval)),
        ("pacing", text(word(words::PACING, schedule.pacing))),
        ("overrun", text(word(words::OVERRUN, schedule.overrun))),
        (
            "phase",
            match schedule.phase {
                Phase::Random => text("random"),
                Phase::At(at) => since_start(at),
            },
        ),
        ("jitter", Value::Number(schedule.jitter)),
        ("jitter_kind", text(word(words::JITTER_KIND, schedule.jitter_kind))),
        ("timeout", Value::Span(schedule.timeout)),
    ])
}

fn webhook(webhook: &Webhook) -> Record {
    let reconcile =
        webhook.reconcile.as_ref().map_or_else(|| text("none"), |schedule| delay(&schedule.interval));
    Record::of([
        ("deadline", Value::Span(webhook.deadline)),
        ("retries", retries(&webhook.retries)),
        ("retry_jitter", text(word(words::RETRY_JITTER, webhook.retry_jitter))),
        ("workers", count(webhook.workers)),
        ("reconcile", reconcile),
        ("endpoint", Value::Table(endpoint(&webhook.endpoint))),
    ])
}

fn retries(retries: &Retries) -> Value {
    match retries {
        Retries::List(delays) => {
            let delays = delays.iter().map(|delay| Item { place: None, value: Value::Span(*delay) });
            Value::List(delays.collect())
        }
        Retries::Exponential { first, factor, max, attempts } => Value::Table(Record::of([
            ("first", Value::Span(*first)),
            ("factor", Value::Number(*factor)),
            ("max", Value::Span(*max)),
            ("attempts", count(*attempts)),
        ])),
    }
}

fn endpoint(endpoint: &Endpoint) -> Record {
    Record::of([
        ("service_time", delay(&endpoint.service_time)),
        ("capacity", count(endpoint.capacity)),
        ("queue", endpoint.queue.map_or_else(|| text("unlimited"), count)),
        ("failure_rate", Value::Number(endpoint.failure_rate)),
        ("dedupe", Value::Flag(endpoint.dedupe)),
    ])
}

/// Of the source first, then of each client.
fn outages(scenario: &Scenario) -> impl Iterator<Item = Record> {
    let of = |whose: (&'static str, Value), outages: &Outages| {
        let records = outages.0.iter().map(|outage| outage_of(whose.clone(), outage));
        records.collect::<Vec<_>>()
    };
    let of_source = of(("party", text("source")), &scenario.source_outages);
    let of_clients =
        scenario.clients.iter().flat_map(move |client| of(("client", text(&client.name)), &client.outages));
    of_source.into_iter().chain(of_clients)
}

fn outage_of(whose: (&'static str, Value), outage: &Outage) -> Record {
    Record::of([
        whose,
        ("from", since_start(outage.from)),
        ("for", Value::Span(outage.until - outage.from)),
        ("mode", text(word(words::OUTAGE_MODE, outage.mode))),
    ])
}

fn answer(answer: &AnswerConfig) -> Record {
    let others = [("against", &answer.against), ("metric", &answer.metric)];
    let others = others.into_iter().filter_map(|(key, value)| Some((key, text(value.as_deref()?))));
    Record::of(std::iter::once(("client", text(&answer.client))).chain(others))
}

fn expectation(expectation: &Expectation) -> Record {
    let bound = match expectation.bound {
        Bound::Below(limit) => ("below", Value::Number(limit)),
        Bound::Above(limit) => ("above", Value::Number(limit)),
        Bound::Equals(limit) => ("equals", Value::Number(limit)),
    };
    Record::of([("client", text(&expectation.client)), ("metric", text(&expectation.metric)), bound])
}

fn delay(delay: &Delay) -> Value {
    let spread = match *delay {
        Delay::Constant(span) => return Value::Span(span),
        Delay::Exponential { mean } => {
            Record::of([("distribution", text("exponential")), ("mean", Value::Span(mean))])
        }
        Delay::Uniform { min, max } => Record::of([
            ("distribution", text("uniform")),
            ("min", Value::Span(min)),
            ("max", Value::Span(max)),
        ]),
        Delay::Lognormal { median, sigma } => Record::of([
            ("distribution", text("lognormal")),
            ("median", Value::Span(median)),
            ("sigma", Value::Number(sigma)),
        ]),
        Delay::Pareto { min, shape } => Record::of([
            ("distribution", text("pareto")),
            ("min", Value::Span(min)),
            ("shape", Value::Number(shape)),
        ]),
    };
    Value::Table(spread)
}

fn list(records: impl Iterator<Item = Record>) -> Value {
    Value::List(records.map(|record| Item { place: None, value: Value::Table(record) }).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn count(count: u32) -> Value {
    Value::Count(u64::from(count))
}

fn since_start(at: Instant) -> Value {
    let span: Span = at - Instant::START;
    Value::Span(span)
}
