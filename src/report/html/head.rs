//! The top of the page: what ran, the answer, the warnings, and five numbers for each client.
//!
//! It decides the words of these parts, not how they look.

use super::Mark;
use super::proof::Proof;
use crate::figure::{Figure as Declared, Metric, Unit};
use crate::policy::channel::{Channel, Opener};
use crate::policy::framing::Framing;
use crate::report::disabled::disabled;
use crate::report::held_back;
use crate::report::metric;
use crate::scenario::{Client, Scenario};
use crate::study::answer;
use crate::study::human;
use crate::study::predict::{self, Effect};
use crate::study::summary::{ClientSummary, Engine, Reached};
use crate::study::{self, Results, Verdict};
use crate::time::Span;

/// Something to know before the figures are believed.
pub(super) struct Notice {
    pub(super) title: String,
    pub(super) text: String,
    /// Whether it is about a failure.
    pub(super) bad: bool,
}

/// A client's row of five numbers.
pub(super) struct Contender {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) variable: String,
    pub(super) symbol: char,
    pub(super) numbers: [Number; 5],
}

/// A figure with a note in small print.
pub(super) struct Number {
    pub(super) value: String,
    pub(super) note: String,
    /// Whether no other client has a smaller one, and some other a greater.
    pub(super) best: bool,
}

/// What ran: length, events, seed, engine, version.
pub(super) fn facts(results: &Results) -> Vec<String> {
    let summary = &results.summary;
    let rate = metric::rate(summary.events.rate_per_s);
    let mut facts = vec![
        answer::spoken(Span::from_secs_f64(summary.duration_s)),
        format!(
            "{} ({rate})",
            metric::events(metric::per_run(summary.events.occurred, summary.replications))
        ),
        format!("seed {}", summary.seed),
    ];
    if summary.replications > 1 {
        facts
            .push(format!("{} replications, figures for one run", human::count(summary.replications.into())));
    }
    facts.extend(summary.precision.as_ref().map(metric::precision));
    facts.push(match summary.engine {
        Engine::Virtual => "virtual time".to_owned(),
        Engine::Live => "live, over HTTP".to_owned(),
    });
    facts.push(format!("pollhook {}", summary.version));
    facts
}

/// What a reader must know before anything else, the worst first.
pub(super) fn notices(results: &Results, proof: &Proof) -> Vec<Notice> {
    let summary = &results.summary;
    let mut notices = Vec::new();
    for failed in proof.expectations.iter().filter(|expectation| expectation.holds == Some(false)) {
        let text =
            format!("{}: {} is {}, expected {}.", failed.client, failed.metric, failed.value, failed.limit);
        notices.push(Notice { title: "An expectation does not hold".to_owned(), text, bad: true });
    }
    let undecided = || proof.expectations.iter().filter(|expectation| expectation.holds.is_none());
    if let Some(first) = undecided().next() {
        let (number, all) = (undecided().count(), proof.expectations.len());
        let text = format!("This run cannot decide {number} of {all} expectations: {}.", first.undecided);
        notices.push(Notice { title: "Undecided".to_owned(), text, bad: false });
    }
    for failed in results.checks.iter().filter(|check| check.verdict == Verdict::Differs) {
        notices.push(Notice { title: "A check fails".to_owned(), text: failed.text.clone(), bad: true });
    }
    if !summary.complete {
        let text = "The run was stopped before its end; the figures cover what was measured until then.";
        notices.push(Notice { title: "Stopped early".to_owned(), text: text.to_owned(), bad: true });
    }
    if let Some(precision) = summary.precision.as_ref().filter(|precision| !precision.is_reached()) {
        let has = precision.half_width.map_or_else(
            || "has no interval".to_owned(),
            |half_width| format!("is known to ±{}", human::share(half_width)),
        );
        let text = format!(
            "After {} runs {} of “{}” {has}, and was to be known to ±{}.",
            human::count(summary.replications.into()),
            precision.figure,
            precision.client,
            human::share(precision.wanted)
        );
        notices.push(Notice { title: "Not as precise as asked".to_owned(), text, bad: false });
    }
    let clients = results.scenario.clients.iter().zip(&summary.clients);
    for (config, client) in clients.filter(|(_, client)| !client.stable) {
        let because = client.unstable_because.as_deref().unwrap_or("the load exceeds what can be served");
        let because = human::clause(because);
        let effect = predict::stability(&results.scenario, config).map(|overload| overload.effect);
        let grows = match effect {
            Some(Effect::NothingInTime) => "It learns of next to nothing.",
            Some(Effect::PassedOver) => "Its latencies are those of the events that it saw.",
            Some(Effect::AsksLess) => {
                "Its polls wait for each other, so that it asks less often than it is set to, and knows events later."
            }
            Some(Effect::TurnedAway) => {
                "Its latencies are those of the events that got in; the longer the retries, the later they are."
            }
            Some(Effect::LatenciesGrow) | None => {
                "Its latencies grow with the length of the run, so they hold for this length only."
            }
        };
        let text = format!("{}: {because}. {grows}", client.name);
        notices.push(Notice { title: "Cannot keep up".to_owned(), text, bad: false });
    }
    if let Some(clients) = disabled(results) {
        let text = format!("After failures the source sent nothing to {clients}.");
        notices.push(Notice { title: "Disabled".to_owned(), text, bad: false });
    }
    for text in held_back::slow(summary) {
        notices.push(Notice { title: "Slow answers".to_owned(), text: sentence(&text), bad: false });
    }
    for text in held_back::broken(results) {
        notices.push(Notice { title: "Circuit breaker".to_owned(), text: sentence(&text), bad: false });
    }
    if let Some(text) = study::warm_up_note(&results.scenario) {
        notices.push(Notice { title: "Warm-up".to_owned(), text: sentence(&text), bad: false });
    }
    if let Some(text) = study::cut_off(&results.scenario) {
        notices.push(Notice { title: "Not the whole trace".to_owned(), text, bad: false });
    }
    for text in study::seed_dependence(&results.scenario) {
        notices.push(Notice { title: "Depends on the seed".to_owned(), text, bad: false });
    }
    if let Some(values) = study::modelled(&results.scenario) {
        let text = format!("Chosen values, because the provider does not publish them: {values}.");
        notices.push(Notice { title: "Modelled".to_owned(), text, bad: false });
    }
    if let Some(text) = answer::caution(summary, &results.scenario) {
        notices.push(Notice { title: "Too fast for this machine".to_owned(), text, bad: true });
    }
    if let Some(live) = &summary.live {
        let cpu = live.cpu_s.map_or(String::new(), |cpu| {
            let (source, client) = (human::duration(cpu.source), human::duration(cpu.client));
            format!(" CPU: source {source}, clients {client}.")
        });
        let text = format!(
            "At {} speed {}, in the scenario's time; the engine itself may cause latencies up to that.{cpu}",
            human::ratio(live.speed),
            metric::lateness(live)
        );
        notices.push(Notice { title: "Live run".to_owned(), text, bad: false });
    }
    notices
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    text[..1].to_uppercase() + &text[1..] + "."
}

/// The headings of the five numbers.
pub(super) fn columns(results: &Results) -> [&'static str; 5] {
    let requests = if results.summary.replications > 1 { "Requests a run" } else { "Requests" };
    [requests, "Typical latency", "99 % within", "Never known", "Duplicates"]
}

/// Five numbers for each client.
pub(super) fn contenders(results: &Results, marks: &[Mark]) -> Vec<Contender> {
    let clients = results.summary.clients.iter().zip(&results.scenario.clients);
    let runs = results.summary.replications;
    let tells_drain = results.summary.clients.iter().any(|client| client.requests.has_long_drain());
    let rows: Vec<[Figure; 5]> =
        clients.clone().map(|(client, config)| figures(client, config, runs)).collect();
    // Of figures that are partly the engine's own none is the best.
    let compares = answer::caution(&results.summary, &results.scenario).is_none();
    (clients.zip(&rows).enumerate())
        .map(|(place, ((client, config), row))| {
            let mark = marks.get(place).cloned().unwrap_or_else(Mark::unknown);
            let notes = notes(client, config, &results.scenario, (runs, tells_drain));
            let numbers = std::array::from_fn(|column| Number {
                value: row[column].text.clone(),
                note: metric::unbroken(&notes[column]),
                best: compares && row[column].is_best_of(rows.iter().map(|row| &row[column])),
            });
            let (name, about) = (client.name.clone(), way(config));
            Contender { name, about, variable: mark.variable, symbol: mark.symbol, numbers }
        })
        .collect()
}

/// A number to compare, and how it is shown; None is not there.
struct Figure {
    value: Option<f64>,
    text: String,
}

impl Figure {
    fn of(value: Option<f64>, spell: impl FnOnce(f64) -> String) -> Self {
        Self { value, text: value.map_or_else(metric::dash, spell) }
    }

    /// Whether no other is less, and some other is more. Two that a reader sees as one are a tie. What is never known
    /// is infinitely late, and best of nothing.
    fn is_best_of<'a>(&self, all: impl Iterator<Item = &'a Self> + Clone) -> bool {
        let Some(own) = self.value.filter(|own| own.is_finite()) else { return false };
        let mut others =
            all.filter(|other| other.text != self.text).filter_map(|other| other.value).peekable();
        others.peek().is_some() && others.all(|other| own < other)
    }
}

/// Who begins an exchange, and how many do it.
fn way(client: &Client) -> String {
    let framing = client.kind.channel().framing();
    let is_held = !client.kind.channel().is_answered_at_once();
    let asks = |channel: Channel| channel.opener() == Opener::Client;
    let mut channels = client.channels();
    let way = match (channels.next().is_some_and(asks), channels.any(asks)) {
        (true, _) => match framing {
            Some(Framing::EventStream) => "the client stays connected (server-sent events)",
            Some(Framing::WebSocket) => "the client stays connected (WebSocket)",
            None if is_held => "the client asks, the source holds the request",
            None => "the client asks",
        },
        (false, false) => "the source calls",
        (false, true) if client.is_thin() => "the source calls, the client fetches",
        (false, true) => "the source calls, the client also polls",
    };
    if client.count > 1 {
        format!("{way}; {} members", human::count(client.count.into()))
    } else {
        way.to_owned()
    }
}

/// Requests, typical latency and 99th percentile of all events, never, and duplicates of those who may get any.
fn figures(client: &ClientSummary, config: &Client, runs: u32) -> [Figure; 5] {
    let events = &client.events;
    let count =
        |number: Option<u64>| Figure::of(number.map(|sum| metric::per_run(sum, runs)), metric::number);
    let reached = |reached: Option<Reached>| Figure {
        value: reached.map(Reached::seconds),
        text: human::reached(reached),
    };
    // A poll brings no delivery that could be counted beside what comes again.
    let duplicates = config.may_duplicate() && (events.receipts > 0 || !config.is_called());
    [
        count(Some(client.requests.total)),
        reached(client.known_after_s.p50),
        reached(client.known_after_s.p99),
        count((events.occurred > 0).then_some(events.lost + events.pending)),
        count(duplicates.then_some(events.duplicates)),
    ]
}

/// The small print. Where many requests of any client were sent after the end, each says how many.
fn notes(
    client: &ClientSummary,
    config: &Client,
    scenario: &Scenario,
    (runs, tells_drain): (u32, bool),
) -> [String; 5] {
    let count = |sum: u64| metric::number(metric::per_run(sum, runs));
    let latency = &client.latency_s;
    let sure = |figure: Declared| {
        metric::interval(client, figure, runs).map_or_else(String::new, |ends| format!("95 % {ends}"))
    };
    let mean = latency.mean.map_or_else(String::new, |mean| format!("mean {}", human::duration(mean)));
    let mean = joined(&[sure(Declared::KnownAfterP50), mean]);
    let of_those = match client.known_after_s.max {
        Some(Reached::Never) => "the rest ",
        _ => "",
    };
    let most =
        latency.max.map_or_else(String::new, |max| format!("{of_those}at most {}", human::duration(max)));
    let most = joined(&[sure(Declared::KnownAfterP99), most]);
    let lost = match (client.events.lost, client.events.pending) {
        _ if client.events.occurred == 0 => "no events".to_owned(),
        (_, 0) => format!("of {}", count(client.events.occurred)),
        (_, pending) => format!("of {}, {} pending", count(client.events.occurred), count(pending)),
    };
    let receipts = if !config.may_duplicate() {
        format!("none with {}", config.kind.channel().words().requests)
    } else if !config.channels().any(Channel::may_duplicate) {
        match client.events.processed_again {
            0 => "came again".to_owned(),
            again => format!("came again, {} processed again", count(again)),
        }
    } else if client.events.receipts == 0 {
        "none received".to_owned()
    } else {
        let again = match client.events.processed_again {
            0 => String::new(),
            again => format!(", {} processed again", count(again)),
        };
        format!("of {} received{again}", count(client.events.receipts))
    };
    // The figure of the first sentence is shown here, too.
    let deliveries = Metric::Measured(Declared::AttemptsTotal);
    let asked = answer::asked_figure(scenario)
        .filter(|metric| !is_shown(metric) && (*metric != deliveries || client.attempts.total > 0));
    let counted = asked.as_ref() == Some(&deliveries)
        && client.attempts.total == client.requests.total + client.requests.drain;
    let which = if counted { "of them" } else { "more" };
    let drain = (tells_drain && client.requests.drain > 0).then_some(client.requests.drain);
    let drain = drain.map_or_else(String::new, |drain| format!("{} {which} after the end", count(drain)));
    let requests = joined(&[requests_note(client, scenario.duration, runs), drain]);
    let none = if config.kind.channel().stays_connected() { "no heartbeats" } else { "no polls" };
    let own = if requests.is_empty() { none } else { &requests };
    let bytes = bytes_note(client, tells_drain);
    let mut notes = [joined(&[own.to_owned(), bytes.clone()]), mean, most, lost, receipts];
    if let Some((asked, told)) =
        asked.as_ref().and_then(|asked| answer::told(client, asked, runs).map(|told| (asked, told)))
    {
        let label = metric::label(asked);
        match asked.unit() {
            Unit::Seconds => {
                notes[1] = format!("{label} {told}, {}", notes[1]).trim_end_matches(", ").to_owned()
            }
            Unit::Count | Unit::PerEvent => {
                notes[0] = joined(&[metric::counted(&told, &label), requests, bytes]);
            }
            Unit::PerSecond | Unit::Bytes | Unit::Share => {
                notes[0] = joined(&[format!("{label} {told}"), requests, bytes]);
            }
        }
    }
    notes
}

/// The texts that there are, one after the other.
fn joined(texts: &[String]) -> String {
    texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", ")
}

/// Whether that figure is one of the five, or in small print beside them.
fn is_shown(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Measured(
            Declared::RequestsTotal
                | Declared::EmptyShare
                | Declared::LatencyMean
                | Declared::LatencyMax
                | Declared::KnownAfterP50
                | Declared::KnownAfterP99
                | Declared::KnownAfterMax
                | Declared::EventsLost
                | Declared::EventsDuplicates
        )
    )
}

/// How many that is a day, where the run is of another length, how many polls brought nothing, how many requests failed
/// where a client asks and they are many, and how many heartbeats came.
fn requests_note(client: &ClientSummary, duration: Span, runs: u32) -> String {
    let empty = metric::empty_share(&client.requests);
    let empty = empty.map(|share| format!("{} of polls empty", human::share(share)));
    // For a run shorter than an hour a rate per day would mislead.
    let a_day = duration.as_secs_f64() >= 3600.0 && duration != Span::from_secs(86_400);
    let a_day = a_day.then(|| format!("{} a day", human::amount(client.requests.per_s * 86_400.0)));
    let beats = (client.frames.heartbeats > 0).then(|| match client.frames.heartbeats {
        1 => "1 heartbeat".to_owned(),
        sum => format!("{} heartbeats", metric::number(metric::per_run(sum, runs))),
    });
    let failed = client.requests.failed as f64 / client.requests.total as f64;
    let failed =
        (failed >= MANY && client.attempts.total == 0).then(|| format!("{} failed", human::share(failed)));
    joined(&[a_day, empty, failed, beats].map(Option::unwrap_or_default))
}

/// A part of the requests that is worth a word.
const MANY: f64 = 0.1;

/// `549 B an event`: the bytes of both directions, without those of requests after the end.
fn bytes_note(client: &ClientSummary, tells_drain: bool) -> String {
    let events = client.events.occurred;
    let bytes = || human::amount(client.bytes.total as f64 / events as f64);
    let until = if tells_drain { " until the end" } else { "" };
    if events > 0 { format!("{} B an event{until}", bytes()) } else { String::new() }
}
