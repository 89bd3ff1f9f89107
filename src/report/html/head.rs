//! The top of the page: what ran, the answer, what a reader must be warned of, and five numbers for each client.
//!
//! It knows the words of these parts and nothing of how they look.

use super::Mark;
use super::proof::Proof;
use crate::report::metric;
use crate::scenario::Client;
use crate::study::answer;
use crate::study::human;
use crate::study::summary::{ClientSummary, Engine, Latency, Reached};
use crate::study::{Results, Verdict};
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

/// A figure with a small print.
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
        format!("{} ({rate})", metric::events(summary.events.occurred)),
        format!("seed {}", summary.seed),
    ];
    if summary.replications > 1 {
        facts.push(format!("{} replications", human::count(summary.replications.into())));
    }
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
    for failed in proof.expectations.iter().filter(|expectation| !expectation.holds) {
        let text =
            format!("{}: {} is {}, expected {}.", failed.client, failed.metric, failed.value, failed.limit);
        notices.push(Notice { title: "An expectation does not hold".to_owned(), text, bad: true });
    }
    for failed in results.checks.iter().filter(|check| check.verdict == Verdict::Differs) {
        notices.push(Notice { title: "A check fails".to_owned(), text: failed.text.clone(), bad: true });
    }
    if !summary.complete {
        let text = "The run was stopped before its end; the figures cover what was measured until then.";
        notices.push(Notice { title: "Stopped early".to_owned(), text: text.to_owned(), bad: true });
    }
    for client in summary.clients.iter().filter(|client| !client.stable) {
        let because = client.unstable_because.as_deref().unwrap_or("the load exceeds what can be served");
        let text = format!(
            "{}: {}. Its latencies grow with the length of the run and say little in themselves.",
            client.name,
            because.trim_end_matches('.')
        );
        notices.push(Notice { title: "Cannot keep up".to_owned(), text, bad: false });
    }
    if let Some(live) = &summary.live {
        let Latency { p50, p99, max, .. } = live.lateness_s;
        let [p50, p99, max] = [p50, p99, max].map(duration);
        let cpu = live.cpu_s.map_or(String::new(), |cpu| {
            let (source, client) = (human::duration(cpu.source), human::duration(cpu.client));
            format!(" CPU: source {source}, clients {client}.")
        });
        let text = format!(
            "At {} speed the engine itself did things late by {p50} (half of them), {p99} (99 %), {max} at most, in the \
             scenario's time; latencies below that are its own.{cpu}",
            human::ratio(live.speed)
        );
        notices.push(Notice { title: "Live run".to_owned(), text, bad: false });
    }
    notices
}

/// The headings of the five numbers.
pub(super) fn columns(results: &Results) -> [&'static str; 5] {
    let requests = if per_day(results) { "Requests a day" } else { "Requests" };
    [requests, "Typical latency", "99 % within", "Never known", "Duplicates"]
}

/// Five numbers for each client.
pub(super) fn contenders(results: &Results, marks: &[Mark]) -> Vec<Contender> {
    let clients = &results.summary.clients;
    let figures: Vec<[Option<f64>; 5]> =
        clients.iter().map(|client| figures(client, per_day(results))).collect();
    // What is never known is infinitely late, and best of nothing.
    let best = |column: usize, own: Option<f64>| {
        let own = own.filter(|own| own.is_finite());
        let others = || figures.iter().filter_map(|row| row[column]);
        own.is_some_and(|own| others().all(|other| own <= other) && others().any(|other| own < other))
    };
    (clients.iter().zip(&figures).zip(&results.scenario.clients).enumerate())
        .map(|(place, ((client, row), config))| {
            let mark = marks
                .get(place)
                .cloned()
                .unwrap_or_else(|| Mark { variable: "--chart-text".to_owned(), symbol: '●' });
            let values = values(client, row);
            let notes = notes(client);
            let numbers = std::array::from_fn(|column| Number {
                value: values[column].clone(),
                note: metric::unbroken(&notes[column]),
                best: best(column, row[column]),
            });
            Contender {
                name: client.name.clone(),
                about: way(config),
                variable: mark.variable,
                symbol: mark.symbol,
                numbers,
            }
        })
        .collect()
}

/// The way of getting the events, and how many do it.
fn way(client: &Client) -> String {
    let way = match (client.webhook(), client.schedule()) {
        (None, _) => "the client asks",
        (Some(_), None) => "the source calls",
        (Some(_), Some(_)) => "the source calls, the client asks now and then",
    };
    if client.count > 1 {
        format!("{way}; {} alike", human::count(client.count.into()))
    } else {
        way.to_owned()
    }
}

/// Requests, typical latency and 99th percentile of all events, never, duplicates; the last for webhooks only.
fn figures(client: &ClientSummary, per_day: bool) -> [Option<f64>; 5] {
    let requests = if per_day { client.requests.per_s * 86_400.0 } else { client.requests.total as f64 };
    let events = &client.events;
    let never = (events.occurred > 0).then_some((events.lost + events.pending) as f64);
    let duplicates = (client.kind != "poll" && events.receipts > 0).then_some(events.duplicates as f64);
    let known = &client.known_after_s;
    let [p50, p99] = [known.p50, known.p99].map(|reached| reached.map(Reached::seconds));
    [Some(requests), p50, p99, never, duplicates]
}

fn values(client: &ClientSummary, [requests, _, _, never, duplicates]: &[Option<f64>; 5]) -> [String; 5] {
    let count =
        |number: &Option<f64>| number.map_or_else(dash, |number| human::count(libm::round(number) as u64));
    let known = &client.known_after_s;
    let [p50, p99] = [known.p50, known.p99].map(human::reached);
    [count(requests), p50, p99, count(never), count(duplicates)]
}

fn notes(client: &ClientSummary) -> [String; 5] {
    let empty = metric::empty_share(&client.requests);
    let empty = empty
        .map_or_else(|| "no polls".to_owned(), |share| format!("{} of polls empty", human::share(share)));
    let latency = &client.latency_s;
    let mean = latency.mean.map_or_else(String::new, |mean| {
        let interval =
            interval(client, "/latency_s/mean").map(|ends| <[f64; 2]>::from(ends).map(human::duration));
        let interval = interval.map_or_else(String::new, |[low, high]| format!(", 95 % {low} to {high}"));
        format!("mean {}{interval}", human::duration(mean))
    });
    let of_those = match client.known_after_s.max {
        Some(Reached::Never) => "the rest ",
        _ => "",
    };
    let most =
        latency.max.map_or_else(String::new, |max| format!("{of_those}at most {}", human::duration(max)));
    let lost = match (client.events.lost, client.events.pending) {
        _ if client.events.occurred == 0 => "no events".to_owned(),
        (_, 0) => format!("of {}", human::count(client.events.occurred)),
        (_, pending) => {
            format!("of {}, {} pending", human::count(client.events.occurred), human::count(pending))
        }
    };
    let receipts = match client.kind.as_str() {
        "poll" => "polls have none".to_owned(),
        _ if client.events.receipts == 0 => "none received".to_owned(),
        _ => format!("of {} received", human::count(client.events.receipts)),
    };
    [empty, mean, most, lost, receipts]
}

/// The 95 % interval of the figure at that pointer, with several replications.
fn interval(client: &ClientSummary, pointer: &str) -> Option<(f64, f64)> {
    let pair = client.interval.pointer(pointer)?.as_array()?;
    Some((pair.first()?.as_f64()?, pair.get(1)?.as_f64()?))
}

/// A rate a day says something of a run that is no fraction of an hour.
fn per_day(results: &Results) -> bool {
    results.summary.duration_s >= 3600.0
}

fn duration(seconds: Option<f64>) -> String {
    seconds.map_or_else(dash, human::duration)
}

fn dash() -> String {
    "–".to_owned()
}
