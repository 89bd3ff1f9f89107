//! The series of a made-up run, from what its clients experienced.

use super::Sample;
use super::run::{Experience, Run};
use crate::study::figures::*;
use crate::study::summary::Reached;

impl Run {
    pub(super) fn sample(
        &self,
        name: &'static str,
        clients: Vec<Experience>,
        down: Option<(f64, f64)>,
    ) -> Sample {
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
