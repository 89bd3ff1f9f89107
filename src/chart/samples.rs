//! Runs of small scenarios for the tests of the charts: the shipped ones, a single event, a crowd of clients with long names,
//! times from microseconds to days, and nothing at all.

use super::{ClientLabel, labels};
use crate::scenario;
use crate::sim::RunOptions;
use crate::study::figures::{Figures, OutageBand};
use crate::study::{self, Results};
use std::sync::OnceLock;

/// A run to be charted.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) figures: Figures,
    pub(super) clients: Vec<ClientLabel>,
}

/// Every sample, run once for all tests.
pub(super) fn all() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(every)
}

fn every() -> Vec<Sample> {
    let shipped = scenario::shipped().iter().map(|one| run(one.name, one.text));
    let others = [
        one_event(),
        crowd(),
        microseconds_to_days(),
        all_lost(),
        one_client(),
        millions(),
        overload(),
        three_runs(),
        handshakes(),
        nothing(),
    ];
    shipped.chain(others).collect()
}

/// What a run of this scenario has to show.
pub(super) fn run(name: &'static str, text: &str) -> Sample {
    let scenario = match scenario::load(name, text, &[]) {
        Ok(scenario) => scenario,
        Err(problems) => panic!("{name}: {problems}"),
    };
    let Results { figures, scenario, .. } =
        study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("nobody stops it");
    Sample { name, figures, clients: labels(&scenario) }
}

/// Three clients over 24 h with an outage of half an hour.
pub(super) fn day() -> Sample {
    run("day", include_str!("../../scenarios/day.toml"))
}

/// Webhooks that are set up in different ways, beside a poller and a stream.
pub(super) fn handshakes() -> Sample {
    run(
        "handshakes",
        r#"
        duration = "6h"
        [events]
        arrivals = { process = "poisson", rate = "20/h" }
        [[client]]
        kind = "poll"
        interval = "60s"
        [[client]]
        kind = "sse"
        [[client]]
        name = "no handshake"
        kind = "webhook"
        [[client]]
        name = "challenge, https"
        kind = "webhook"
        handshake = "challenge-get"
        security = { scheme = "signature", https = true }
        "#,
    )
}

fn one_event() -> Sample {
    run(
        "one-event",
        r#"
        duration = "1h"
        [events]
        arrivals = { process = "constant", rate = "1/h", first = "30m30s" }
        [[client]]
        kind = "poll"
        interval = "60s"
        [[client]]
        kind = "webhook"
        "#,
    )
}

fn crowd() -> Sample {
    let clients: String = (0..10)
        .map(|client| {
            let name = format!("client {client} with a name that nobody would want to read twice & <again>");
            let keys = match client % 3 {
                0 => format!("kind = \"poll\"\ninterval = \"{}s\"", 15 << client),
                1 => "kind = \"webhook\"\nendpoint = { failure_rate = 0.05 }".to_owned(),
                _ => {
                    format!("kind = \"webhook\"\nretries = []\nnetwork = {{ delay = \"{}ms\" }}", 20 * client)
                }
            };
            format!("[[client]]\nname = \"{name}\"\n{keys}\n")
        })
        .collect();
    run(
        "crowd",
        &format!(
            "duration = \"6h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"60/h\" }}\n{clients}\
             [[outage]]\nclient = \"*\"\nfrom = \"2h\"\nfor = \"15m\"\n"
        ),
    )
}

fn microseconds_to_days() -> Sample {
    run(
        "microseconds-to-days",
        r#"
        duration = "5d"
        [events]
        arrivals = { process = "poisson", rate = "0.001/s" }
        [network]
        delay = "12us"
        [[client]]
        name = "poll once a day"
        kind = "poll"
        interval = "1d"
        [[client]]
        name = "webhook on loopback"
        kind = "webhook"
        "#,
    )
}

fn all_lost() -> Sample {
    run(
        "all-lost",
        r#"
        duration = "1h"
        [events]
        arrivals = { process = "poisson", rate = "0.01/s" }
        [[client]]
        name = "webhook without retries"
        kind = "webhook"
        retries = []
        [[outage]]
        client = "webhook without retries"
        from = "0s"
        for = "1h"
        "#,
    )
}

pub(super) fn one_client() -> Sample {
    run(
        "one-client",
        r#"
        duration = "2m"
        [events]
        arrivals = { process = "poisson", rate = "3/s" }
        [[client]]
        kind = "poll"
        interval = "1s"
        "#,
    )
}

/// A day of millions of requests, whose numbers are as wide as they get, with outages over one another and names that
/// look like parts of a sentence.
fn millions() -> Sample {
    let mut sample = day();
    sample.name = "millions";
    for (client, name) in
        sample.clients.iter_mut().zip(["poll, 60s", "опрос каждую минуту", "Đăng ký webhook"])
    {
        name.clone_into(&mut client.name);
    }
    let figures = &mut sample.figures;
    for bin in figures.requests.clients.iter_mut().flat_map(|client| &mut client.bins) {
        for part in [&mut bin.useful, &mut bin.empty, &mut bin.failed, &mut bin.retries] {
            *part *= 9_876;
        }
    }
    for line in &mut figures.break_even.lines {
        line.measured_per_h *= 1e4;
        line.points.iter_mut().for_each(|point| *point = (point.0 * 1e4, point.1 * 1e4));
    }
    figures.break_even.here_per_h *= 1e4;
    figures.break_even.crossing = None;
    for bar in &mut figures.fates {
        bar.counts.iter_mut().for_each(|(_, number)| *number *= 4_567);
    }
    if let Some(free) = figures.trade_off.points.last_mut() {
        free.requests_per_day = 0.0;
    }
    figures.outages.push(OutageBand { client: None, span_s: (47_400.0, 52_000.0) });
    figures.outages.push(OutageBand { client: Some(1), span_s: (20_000.0, 40_000.0) });
    figures.outages.push(OutageBand { client: None, span_s: (30_000.0, 44_000.0) });
    sample
}

/// More events at once than have room over one another, late in a long run.
fn overload() -> Sample {
    run(
        "overload",
        r#"
        duration = "27d4h"
        [events]
        arrivals = { process = "constant", rate = "20/m", first = "27d" }
        [[client]]
        kind = "poll"
        interval = "1h"
        [[client]]
        name = "one worker"
        kind = "webhook"
        workers = 1
        endpoint = { service_time = "9s" }
        "#,
    )
}

/// Ends long after its events.
pub(super) fn burst() -> Sample {
    run("burst", include_str!("../../scenarios/burst.toml"))
}

/// Webhooks alone, and of each delivery several attempts.
pub(super) fn late_answer() -> Sample {
    run("late-answer", include_str!("../../scenarios/late-answer.toml"))
}

/// Three runs in which a subscriber that is tried once misses events.
pub(super) fn three_runs() -> Sample {
    run(
        "three-runs",
        r#"
        duration = "2h"
        replications = 3
        [events]
        arrivals = { process = "poisson", rate = "60/h" }
        [[client]]
        kind = "poll"
        interval = "60s"
        [[client]]
        kind = "webhook"
        retries = []
        endpoint = { failure_rate = 0.1 }
        "#,
    )
}

/// No event occurs.
pub(super) fn nothing() -> Sample {
    run(
        "nothing",
        r#"
        duration = "1h"
        [events]
        arrivals = { process = "poisson", rate = "0.001/d" }
        [[client]]
        kind = "poll"
        interval = "60s"
        [[client]]
        kind = "webhook"
        "#,
    )
}
