//! Figures of made-up runs for the tests of the charts: a day, a single event, a crowd of clients with long names,
//! times from microseconds to days, and nothing at all. A few lines of simulation make them, so that the series of
//! one run agree with each other.

mod run;
mod series;

use super::ClientLabel;
use crate::study::figures::*;
use run::Run;

/// A run to be charted.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) figures: Figures,
    pub(super) clients: Vec<ClientLabel>,
}

pub(super) fn all() -> Vec<Sample> {
    vec![
        day(),
        one_event(),
        crowd(),
        microseconds_to_days(),
        all_lost(),
        one_client(),
        millions(),
        overload(),
        nothing(),
    ]
}

/// Three clients over 24 h with an outage of half an hour.
pub(super) fn day() -> Sample {
    let down = (46_800.0, 48_600.0);
    let run = Run {
        events: arrivals(7, 12.0 / 3_600.0, 86_400.0),
        duration: 86_400.0,
        stretch: (45_600.0, 51_600.0),
    };
    let clients = vec![
        run.poll(0, "poll 60s", 60.0, 0.04, Some(down)),
        run.webhook(1, "webhook", 0.25, &STANDARD, Some(down), None),
        run.webhook(2, "webhook + poll 15m", 0.25, &STANDARD, Some(down), Some(900.0)),
    ];
    run.sample("day", clients, Some(down))
}

fn one_event() -> Sample {
    let run = Run { events: vec![1_830.0], duration: 3_600.0, stretch: (1_500.0, 2_100.0) };
    let clients = vec![
        run.poll(0, "poll 60s", 60.0, 0.04, None),
        run.webhook(1, "webhook", 0.02, &STANDARD, None, None),
    ];
    run.sample("one-event", clients, None)
}

fn crowd() -> Sample {
    let run = Run {
        events: arrivals(3, 60.0 / 3_600.0, 21_600.0),
        duration: 21_600.0,
        stretch: (7_000.0, 9_000.0),
    };
    let down = Some((7_200.0, 8_100.0));
    let clients = (0..10)
        .map(|client| {
            let name = format!("client {client} with a name that nobody would want to read twice & <again>");
            if client % 3 == 0 {
                run.poll(client, &name, 15.0 * f64::from(1 << client), 0.05, down)
            } else {
                let retries = if client % 3 == 1 { &STANDARD[..] } else { &[] };
                run.webhook(client, &name, 0.02 * client as f64, retries, down, None)
            }
        })
        .collect();
    run.sample("crowd", clients, down)
}

fn microseconds_to_days() -> Sample {
    let run = Run {
        events: arrivals(5, 0.001, 5.0 * 86_400.0),
        duration: 5.0 * 86_400.0,
        stretch: (40_000.0, 40_000.2),
    };
    let clients = vec![
        run.poll(0, "poll once a day", 86_400.0, 0.01, None),
        run.webhook(1, "webhook on loopback", 0.000_012, &[], None, None),
    ];
    run.sample("microseconds-to-days", clients, None)
}

fn all_lost() -> Sample {
    let run = Run { events: arrivals(9, 0.01, 3_600.0), duration: 3_600.0, stretch: (0.0, 900.0) };
    let down = Some((0.0, 3_600.0));
    let clients = vec![run.webhook(0, "webhook without retries", 0.02, &[], down, None)];
    run.sample("all-lost", clients, down)
}

pub(super) fn one_client() -> Sample {
    let run = Run { events: arrivals(4, 3.0, 120.0), duration: 120.0, stretch: (10.0, 20.0) };
    let clients = vec![run.poll(0, "poll 1s", 1.0, 0.03, None)];
    run.sample("one-client", clients, None)
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
    let start = 2_309_400.0;
    let mut run = Run {
        events: arrivals(8, 0.5, 600.0).into_iter().map(|event| event + start).collect(),
        duration: start + 900.0,
        stretch: (start + 200.0, start + 266.0),
    };
    run.events.insert(0, 1_000.0);
    let clients = vec![
        run.poll(0, "poll 1h", 3_600.0, 0.05, None),
        run.webhook(1, "one worker", 31.0, &STANDARD, Some((start + 210.0, start + 240.0)), None),
    ];
    run.sample("overload", clients, Some((start + 210.0, start + 240.0)))
}

fn nothing() -> Sample {
    let run = Run { events: Vec::new(), duration: 3_600.0, stretch: (0.0, 600.0) };
    let clients = vec![
        run.poll(0, "poll 60s", 60.0, 0.04, None),
        run.webhook(1, "webhook", 0.02, &STANDARD, None, None),
    ];
    run.sample("nothing", clients, None)
}

const STANDARD: [f64; 4] = [5.0, 300.0, 1_800.0, 7_200.0];

/// Numbers in [0, 1) that look drawn: a linear congruential generator.
fn draws(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    })
}

fn arrivals(seed: u64, rate_per_s: f64, duration: f64) -> Vec<f64> {
    let mut time = 0.0;
    draws(seed)
        .map(|draw| {
            time -= libm::log(1.0 - draw) / rate_per_s;
            time
        })
        .take_while(|time| *time < duration)
        .collect()
}
