//! A scenario in both engines, paired by event: how far a live run is from virtual time, and whether that lies within a
//! band.
//!
//! Both engines have the same events, phases and draws, so that each event of the live run has its twin. That no difference
//! is seen would prove nothing: the band is given beforehand, and the engines agree where the whole 90 % interval of a gap
//! lies inside it, which is an equivalence test at 5 % (two one-sided tests, Schuirmann 1987).

mod answer;
mod calibrate;
mod gaps;
mod pairs;
#[cfg(test)]
mod tests;

pub use calibrate::Calibration;
pub use gaps::{Equivalence, Gap, Measure};
pub use pairs::Pair;

use crate::policy::channel::Channel;
use crate::scenario::Scenario;
use crate::sim::RunOptions;
use crate::study::summary::Live;
use crate::study::{Replication, replicate};
use crate::time::Span;

/// How large a gap may be, in the time of the scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// Of the means.
    pub mean: Span,
    /// Of the 99th percentiles.
    pub p99: Span,
}

impl Band {
    /// That of the mean in real time; the tail has twice as much. At `speed` it is as many times as wide.
    pub fn new(mean: Span, speed: f64) -> Self {
        let mean = mean.scaled(speed);
        Self { mean, p99: mean * 2 }
    }
}

/// A scenario that ran in both engines.
#[derive(Clone, Debug)]
pub struct Twin {
    /// The scenario.
    pub scenario: Scenario,
    /// How many replications ran live to their end.
    pub replications: u32,
    /// How the live runs went.
    pub live: Live,
    /// What the network of the live run adds to the one of the scenario. Virtual time has it, too.
    pub network: Calibration,
    /// How large a gap may be.
    pub band: Band,
    /// In the scenario's order.
    pub clients: Vec<ClientTwin>,
}

/// A client in both engines.
#[derive(Clone, Debug)]
pub struct ClientTwin {
    /// Its name.
    pub name: String,
    /// Its main channel.
    pub channel: Channel,
    /// Every event and member, replication by replication in the order of occurrence.
    pub pairs: Vec<Pair>,
    /// The gap of each measure.
    pub gaps: Vec<Gap>,
    /// The gap of the means in seconds where virtual time has the network of the scenario alone; None without events.
    pub uncalibrated_s: Option<f64>,
    /// Requests in the window: live, and in virtual time.
    pub requests: [u64; 2],
}

impl Twin {
    /// Runs the twin of each live replication, from the first on.
    pub fn new(scenario: &Scenario, lived: &[Replication], live: Live, band: Band) -> Self {
        let plain = simulated(scenario, lived.len());
        let network = calibrate::calibrated(lived, &plain);
        let mut calibrated = scenario.clone();
        for client in &mut calibrated.clients {
            client.network.overhead = network.each_way;
        }
        let simulated = simulated(&calibrated, lived.len());
        let clients = (scenario.clients.iter().enumerate())
            .map(|(place, client)| {
                let pairs = |of: &[Replication]| pairs::pairs(scenario, place, lived, of);
                let (paired, uncalibrated) = (pairs(&simulated), pairs(&plain));
                ClientTwin {
                    name: client.name.clone(),
                    channel: client.kind.channel(),
                    gaps: gaps::gaps(&paired, band),
                    pairs: paired,
                    uncalibrated_s: gaps::mean_s(&uncalibrated),
                    requests: [requests(lived, place), requests(&simulated, place)],
                }
            })
            .collect();
        let replications = lived.len() as u32;
        Self { scenario: scenario.clone(), replications, live, network, band, clients }
    }

    /// The worst of its clients'.
    pub fn verdict(&self) -> Equivalence {
        self.clients.iter().map(ClientTwin::verdict).max().unwrap_or(Equivalence::CannotTell)
    }

    /// The first sentence, and what speaks against it; empty where nothing does.
    pub fn answer(&self) -> (String, String) {
        (answer::sentence(self), answer::exception(self))
    }
}

impl ClientTwin {
    /// The worst of its gaps'.
    pub fn verdict(&self) -> Equivalence {
        self.gaps.iter().filter_map(|gap| gap.verdict).max().unwrap_or(Equivalence::CannotTell)
    }

    /// The gap of that measure.
    pub fn gap(&self, measure: Measure) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.measure == measure)
    }

    /// Events that only one engine brought: live, and virtual time.
    pub fn known_by_one(&self) -> [usize; 2] {
        let only = |one: fn(&Pair) -> bool| self.pairs.iter().filter(|pair| one(pair)).count();
        [
            only(|pair| pair.live.is_some() && pair.simulated.is_none()),
            only(|pair| pair.live.is_none() && pair.simulated.is_some()),
        ]
    }
}

fn simulated(scenario: &Scenario, replications: usize) -> Vec<Replication> {
    let run = |number: usize| replicate(scenario, number as u32, RunOptions::TO_THE_END, &|| ());
    (0..replications).filter_map(run).collect()
}

fn requests(replications: &[Replication], client: usize) -> u64 {
    replications.iter().map(|replication| replication.records[client].requests.total()).sum()
}
