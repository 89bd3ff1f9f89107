//! Figures of made-up runs for the tests of the charts: a day, a single event, a crowd of clients with long names,
//! times from microseconds to days, and nothing at all. A few lines of simulation make them, so that the series of
//! one run agree with each other.

use super::{ClientKind, ClientLabel};
use crate::study::figures::*;
use crate::study::summary::Reached;

/// A run to be charted.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) figures: Figures,
    pub(super) clients: Vec<ClientLabel>,
}

pub(super) fn all() -> Vec<Sample> {
    vec![day(), one_event(), crowd(), microseconds_to_days(), all_lost(), one_client(), nothing()]
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

fn one_client() -> Sample {
    let run = Run { events: arrivals(4, 3.0, 120.0), duration: 120.0, stretch: (10.0, 20.0) };
    let clients = vec![run.poll(0, "poll 1s", 1.0, 0.03, None)];
    run.sample("one-client", clients, None)
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

struct Run {
    events: Vec<f64>,
    duration: f64,
    stretch: (f64, f64),
}

/// What one client experienced.
struct Experience {
    label: ClientLabel,
    client: usize,
    held: Vec<Option<f64>>,
    fates: Vec<Fate>,
    marks: Vec<Mark>,
    interval: Option<f64>,
    round_trip: f64,
}

fn is_down(down: Option<(f64, f64)>, time: f64) -> bool {
    down.is_some_and(|(from, to)| (from..to).contains(&time))
}

impl Run {
    fn poll(
        &self,
        client: usize,
        name: &str,
        interval: f64,
        round_trip: f64,
        down: Option<(f64, f64)>,
    ) -> Experience {
        let mut held = vec![None; self.events.len()];
        let mut marks = Vec::new();
        for tick in 0..(self.duration / interval) as u64 + 2 {
            let sent_s = (tick as f64 + 0.37) * interval;
            let new: Vec<usize> =
                (0..held.len()).filter(|&e| held[e].is_none() && self.events[e] <= sent_s).collect();
            let kind = if is_down(down, sent_s) {
                MarkKind::FailedPoll
            } else if new.is_empty() {
                MarkKind::EmptyPoll
            } else {
                MarkKind::UsefulPoll
            };
            if kind == MarkKind::UsefulPoll {
                new.iter().for_each(|&event| held[event] = Some(sent_s + round_trip));
            }
            marks.push(Mark { sent_s, ended_s: sent_s + round_trip, kind });
        }
        let fates =
            held.iter().map(|held| if held.is_some() { Fate::Polled } else { Fate::Pending }).collect();
        let label = ClientLabel { name: name.to_owned(), kind: ClientKind::Poll };
        Experience { label, client, held, fates, marks, interval: Some(interval), round_trip }
    }

    fn webhook(
        &self,
        client: usize,
        name: &str,
        transit: f64,
        retries: &[f64],
        down: Option<(f64, f64)>,
        sweep: Option<f64>,
    ) -> Experience {
        let mut luck = draws(client as u64 + 11);
        let (mut held, mut fates, mut marks) = (Vec::new(), Vec::new(), Vec::new());
        for &event in &self.events {
            let mut sent_s = event;
            let (mut when, mut fate) = (None, Fate::Lost);
            for attempt in 0..=retries.len() {
                let fails = is_down(down, sent_s) || luck.next().unwrap_or(0.0) < 0.01;
                let kind = match (fails, attempt) {
                    (true, _) => MarkKind::FailedAttempt,
                    (false, 0) => MarkKind::Delivery,
                    (false, _) => MarkKind::Retry,
                };
                marks.push(Mark { sent_s, ended_s: sent_s + transit, kind });
                if !fails {
                    when = Some(sent_s + transit);
                    fate = if attempt == 0 { Fate::FirstTry } else { Fate::Retry(attempt as u32) };
                    break;
                }
                sent_s += retries.get(attempt).copied().unwrap_or(0.0);
            }
            if let Some(interval) = sweep {
                let mut swept = libm::ceil(event / interval) * interval;
                while is_down(down, swept) {
                    swept += interval;
                }
                if when.is_none_or(|when| swept + 0.1 < when) {
                    if let Some(mark) = marks.last_mut().filter(|mark| mark.kind == MarkKind::Retry) {
                        mark.kind = MarkKind::Duplicate;
                    }
                    (when, fate) = (Some(swept + 0.1), Fate::Swept);
                    marks.push(Mark { sent_s: swept, ended_s: swept + 0.1, kind: MarkKind::UsefulPoll });
                }
            }
            held.push(when);
            fates.push(fate);
        }
        if let Some(interval) = sweep {
            let ticks = (0..(self.duration / interval) as u64).map(|tick| tick as f64 * interval);
            marks.extend(ticks.map(|sent_s| Mark {
                sent_s,
                ended_s: sent_s + 0.1,
                kind: MarkKind::EmptyPoll,
            }));
        }
        marks.sort_by(|one, other| one.sent_s.total_cmp(&other.sent_s));
        let label = ClientLabel { name: name.to_owned(), kind: ClientKind::Webhook };
        Experience { label, client, held, fates, marks, interval: None, round_trip: transit }
    }

    fn sample(&self, name: &'static str, clients: Vec<Experience>, down: Option<(f64, f64)>) -> Sample {
        let outages = down.map(|span_s| OutageBand { client: (clients.len() > 1).then_some(1), span_s });
        let figures = Figures {
            lanes: Some(self.lanes(&clients)),
            known: clients.iter().map(|client| self.known(client)).collect(),
            percentiles: clients.iter().map(|client| self.percentiles(client)).collect(),
            requests: self.requests(&clients),
            behind: self.behind(&clients),
            break_even: self.break_even(&clients),
            trade_off: self.trade_off(&clients),
            fates: clients.iter().map(|client| self.fates(client)).collect(),
            outages: outages
                .into_iter()
                .flat_map(|band| {
                    (0..clients.len()).map(move |client| OutageBand { client: Some(client), ..band.clone() })
                })
                .collect(),
        };
        Sample { name, figures, clients: clients.into_iter().map(|client| client.label).collect() }
    }

    /// Latencies of the delivered events, rising.
    fn latencies(&self, client: &Experience) -> Vec<f64> {
        let pairs = self.events.iter().zip(&client.held);
        let mut latencies: Vec<f64> = pairs.filter_map(|(event, held)| Some((*held)? - event)).collect();
        latencies.sort_by(f64::total_cmp);
        latencies
    }

    fn lanes(&self, clients: &[Experience]) -> Lanes {
        let inside = |time: f64| (self.stretch.0..self.stretch.1).contains(&time);
        let shown: Vec<usize> = (0..self.events.len()).filter(|&event| inside(self.events[event])).collect();
        Lanes {
            span_s: self.stretch,
            chosen_because: "the clients were furthest apart in it".to_owned(),
            left_out: String::new(),
            events_s: shown.iter().map(|&event| self.events[event]).collect(),
            lanes: clients
                .iter()
                .map(|client| Lane {
                    client: client.client,
                    marks: client.marks.iter().filter(|mark| inside(mark.sent_s)).copied().collect(),
                    held_s: shown.iter().map(|&event| client.held[event]).collect(),
                })
                .collect(),
        }
    }

    fn known(&self, client: &Experience) -> Known {
        let latencies = self.latencies(client);
        let total = self.events.len().max(1) as f64;
        let every = latencies.len().div_ceil(600).max(1);
        let steps = (0..latencies.len())
            .filter(|place| place % every == 0 || place + 1 == latencies.len())
            .map(|place| (latencies[place], (place + 1) as f64 / total))
            .collect();
        let never = self.events.len() - latencies.len();
        let theory = client.interval.map(|interval| {
            (1..=200)
                .map(|k| (client.round_trip + interval * f64::from(k) / 200.0, f64::from(k) / 200.0))
                .collect()
        });
        let quantile = |q: f64, least: usize| (latencies.len() >= least).then(|| at(&latencies, q));
        Known {
            client: client.client,
            steps,
            never: never as f64 / total,
            never_count: never as u64,
            p50: quantile(0.5, 20).map(Reached::After),
            p99: quantile(0.99, 250).map(Reached::After),
            theory,
        }
    }

    fn percentiles(&self, client: &Experience) -> Percentiles {
        let latencies = self.latencies(client);
        let reach = 1.0 - 1.0 / latencies.len().max(1) as f64;
        let nines = -libm::log10(libm::fmax(1.0 - reach, 1e-6));
        let points = (0..200)
            .map(|k| 1.0 - libm::pow(10.0, -nines * f64::from(k) / 199.0))
            .filter(|_| !latencies.is_empty())
            .map(|q| (q, at(&latencies, q)))
            .collect();
        Percentiles { client: client.client, points, max_s: latencies.last().copied() }
    }

    fn requests(&self, clients: &[Experience]) -> RequestsOverTime {
        let bin_s = self.duration / 96.0;
        let bins = |client: &Experience| {
            let mut bins = vec![Bin::default(); 96];
            for mark in &client.marks {
                let Some(bin) = bins.get_mut((mark.sent_s / bin_s) as usize) else { continue };
                match mark.kind {
                    MarkKind::UsefulPoll | MarkKind::Delivery => bin.useful += 1,
                    MarkKind::EmptyPoll | MarkKind::Duplicate => bin.empty += 1,
                    MarkKind::FailedPoll | MarkKind::FailedAttempt => bin.failed += 1,
                    MarkKind::Retry => bin.retries += 1,
                }
            }
            RequestBins { client: client.client, bins }
        };
        RequestsOverTime { from_s: 0.0, bin_s, clients: clients.iter().map(bins).collect() }
    }

    fn behind(&self, clients: &[Experience]) -> Behind {
        let line = |client: &Experience| {
            let points: Vec<(f64, f64)> = (0..600)
                .map(|step| {
                    let now = self.duration * f64::from(step) / 599.0;
                    let unknown = self
                        .events
                        .iter()
                        .zip(&client.held)
                        .filter(|(event, held)| **event <= now && held.is_none_or(|held| held > now));
                    (now, unknown.map(|(event, _)| now - event).fold(0.0, libm::fmax))
                })
                .collect();
            let worst = points.iter().copied().max_by(|one, other| one.1.total_cmp(&other.1));
            BehindLine {
                client: client.client,
                points,
                worst: worst.filter(|worst| worst.1 > 0.0),
                growing: false,
            }
        };
        Behind { span_s: (0.0, self.duration), clients: clients.iter().map(line).collect() }
    }

    fn break_even(&self, clients: &[Experience]) -> BreakEven {
        let here_per_h = self.events.len() as f64 / self.duration * 3_600.0;
        let cost = |client: &Experience, rate: f64| match client.interval {
            Some(interval) => 3_600.0 / interval,
            None => rate * 1.01 + if client.label.name.contains('+') { 4.0 } else { 0.0 },
        };
        let lines = clients
            .iter()
            .map(|client| BreakEvenLine {
                client: client.client,
                points: (0..=40)
                    .map(|k| libm::pow(10.0, f64::from(k) / 8.0 - 1.0))
                    .map(|rate| (rate, cost(client, rate)))
                    .collect(),
                measured_per_h: client.marks.len() as f64 / self.duration * 3_600.0,
            })
            .collect();
        let crossing = clients.len().gt(&1).then(|| Crossing {
            clients: (0, 1),
            events_per_h: cost(&clients[0], 1.0) / 1.01,
            requests_per_h: cost(&clients[0], 1.0),
        });
        BreakEven { here_per_h, lines, crossing }
    }

    fn trade_off(&self, clients: &[Experience]) -> TradeOff {
        let days = self.duration / 86_400.0;
        let mut points: Vec<TradeOffPoint> = clients
            .iter()
            .filter_map(|client| {
                let latencies = self.latencies(client);
                let mean_s = latencies.iter().sum::<f64>() / latencies.len() as f64;
                let never = 1.0 - latencies.len() as f64 / self.events.len().max(1) as f64;
                let requests_per_day = client.marks.len() as f64 / days;
                (!latencies.is_empty()).then_some(TradeOffPoint {
                    client: client.client,
                    requests_per_day,
                    mean_s,
                    p99_s: None,
                    never,
                    dominated: false,
                })
            })
            .collect();
        let all = points.clone();
        for point in &mut points {
            point.dominated = all.iter().any(|other| {
                other.client != point.client
                    && other.requests_per_day <= point.requests_per_day
                    && other.mean_s < point.mean_s
                    && other.never <= point.never
            });
        }
        let polling =
            (0..60).map(|k| libm::pow(10.0, f64::from(k) / 10.0)).map(|t| (86_400.0 / t, t / 2.0)).collect();
        TradeOff { points, polling }
    }

    fn fates(&self, client: &Experience) -> Fates {
        let mut counts: Vec<(Fate, u64)> = Vec::new();
        let mut fates = client.fates.clone();
        fates.sort();
        for fate in fates {
            match counts.last_mut() {
                Some((last, number)) if *last == fate => *number += 1,
                _ => counts.push((fate, 1)),
            }
        }
        let duplicates = client.marks.iter().filter(|mark| mark.kind == MarkKind::Duplicate).count() as u64;
        Fates { client: client.client, counts, duplicates }
    }
}

fn at(sorted: &[f64], q: f64) -> f64 {
    sorted[((sorted.len() as f64 * q) as usize).min(sorted.len() - 1)]
}
