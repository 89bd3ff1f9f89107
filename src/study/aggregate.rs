//! Combines replications, one after the other, for both engines. Each replication adds only a few figures to the memory
//! used.

use super::PerReplication;
use super::interval::{self, Basis, Located, Part, Parts};
use super::replication::{Replication, first_counted, stopped};
use super::summarise::{summary, without_theory};
use super::value;
use crate::figure::Figure;
use crate::measure::{AttackCounts, Freshness, HeldBackSums, Latencies, Ledger, Record, RequestCounts};
use crate::model::events::Events;
use crate::model::set_up::SetUp;
use crate::scenario::{Client, Scenario};
use crate::scratch;
use crate::study::summary::ClientSummary;
use crate::time::{Instant, Span};
use serde::{Deserialize, Serialize};

/// What a replication adds to the figures of a run. It is all that is kept of one, except the first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tally {
    number: u32,
    /// Events that count.
    occurred: u64,
    /// For each client the measurements that can be added up, and the figures of this replication alone.
    clients: Vec<(Measured, Vec<Option<f64>>)>,
}

impl Tally {
    /// Which replication it is of, from 0 on.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// Whether it has a place for each client of the scenario and for each figure.
    pub(super) fn fits(&self, scenario: &Scenario) -> bool {
        let is_whole = |(_, figures): &(Measured, Vec<Option<f64>>)| figures.len() == Figure::ALL.len();
        self.clients.len() == scenario.clients.len() && self.clients.iter().all(is_whole)
    }

    /// Whether it has the figures of that replication.
    pub(super) fn is_like(&self, reduced: &Reduced) -> bool {
        let figures = |tally: &Self| -> Vec<Vec<Option<f64>>> {
            tally.clients.iter().map(|(_, figures)| figures.clone()).collect()
        };
        self.occurred == reduced.tally.occurred && figures(self) == figures(&reduced.tally)
    }
}

/// The results of one replication.
#[derive(Clone, Debug)]
pub struct Reduced {
    /// Cut at the time at which the run was stopped.
    scenario: Scenario,
    replication: Replication,
    is_whole: bool,
    tally: Tally,
}

impl Reduced {
    /// Measures the replication of that number, from 0 on. `stopped_at`: when it was stopped early.
    pub fn of(
        scenario: &Scenario,
        number: u32,
        replication: Replication,
        stopped_at: Option<Instant>,
    ) -> Self {
        let (scenario, replication) = match stopped_at {
            None => (scenario.clone(), replication),
            Some(at) => stopped(scenario, &replication, at),
        };
        let each = scenario.clients.iter().zip(&replication.records);
        let clients = each.map(|(client, record)| {
            let events = replication.events_of(&scenario, client);
            let measured = Measured::of(&scenario, client, &events, record);
            let alone = without_theory(&scenario, client, &measured, 1);
            let figures = Figure::ALL.iter().map(|&figure| value::measured(&alone, figure)).collect();
            (measured, figures)
        });
        let clients = clients.collect();
        let events = &replication.events;
        let occurred = (events.occurred().len() - first_counted(&scenario, events)) as u64;
        let tally = Tally { number, occurred, clients };
        Self { scenario, replication, is_whole: stopped_at.is_none(), tally }
    }

    /// Of each client, the figures of this replication alone.
    pub(super) fn into_figures(self) -> Vec<Vec<Option<f64>>> {
        self.tally.clients.into_iter().map(|(_, figures)| figures).collect()
    }

    /// What it adds, without what runs along time.
    pub(super) fn into_tally(self) -> Tally {
        self.tally
    }
}

/// The replications so far.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    /// The one of the number `wanted`; until it is there, the first complete one. Of the others only sums are kept.
    shown: Option<Shown>,
    wanted: u32,
    sums: Vec<Measured>,
    /// For each client.
    parts: Vec<Parts>,
    occurred: u64,
    rows: PerReplication,
    replications: u32,
    cut_short: Option<Box<Reduced>>,
}

/// The replication that is shown along time.
#[derive(Clone, Debug)]
struct Shown {
    scenario: Scenario,
    replication: Replication,
    number: u32,
}

/// The combined numbers of a run.
pub(super) struct Total {
    pub(super) scenario: Scenario,
    /// The replication that is shown along time, and its number.
    pub(super) shown: Replication,
    pub(super) shown_number: u32,
    pub(super) clients: Vec<ClientSummary>,
    /// For each client the percentiles that have an interval.
    pub(super) percentiles: Vec<Vec<(Figure, Located)>>,
    pub(super) latencies: Vec<Latencies>,
    pub(super) rows: PerReplication,
    /// Events that count, of all replications.
    pub(super) occurred: u64,
    pub(super) replications: u32,
    pub(super) is_complete: bool,
    pub(super) exchanges: Exchanges,
}

impl Aggregate {
    /// No replication yet. The one of that number, from 0 on, will be shown along time. What does not fit into memory
    /// goes to the scratch.
    pub fn showing(wanted: u32, scratch: Option<scratch::Open>) -> Self {
        Self { wanted, rows: PerReplication::in_scratch(scratch), ..Self::default() }
    }

    /// Of so many replications the run is to be.
    pub(super) fn of(&mut self, replications: u32) {
        if let Some(shown) = &mut self.shown {
            shown.scenario.replications = replications;
        }
    }

    /// Adds a replication. One that was stopped early counts only where there is no complete one, because it would
    /// weigh as much as a complete one.
    pub fn add(&mut self, reduced: Reduced) {
        if reduced.is_whole {
            self.count(reduced);
        } else {
            self.cut_short.get_or_insert_with(|| Box::new(reduced));
        }
    }

    /// The combined numbers; None where no replication had begun.
    pub(super) fn total(mut self) -> Option<Total> {
        let whole = self.replications;
        if self.shown.is_none()
            && let Some(reduced) = self.cut_short.take()
        {
            self.count(*reduced);
        }
        let Shown { scenario, replication: shown, number: shown_number } = self.shown?;
        let each = scenario.clients.iter().zip(self.sums.iter().zip(&self.parts)).enumerate();
        let (clients, percentiles) = each
            .map(|(index, (client, (sum, parts)))| {
                let mut whole = summary(&scenario, client, sum, self.replications);
                let tied = interval::tied(&scenario, client);
                let percentiles = interval::percentiles(&sum.latencies, parts, tied);
                let basis =
                    Basis { whole: &whole, client: index, rows: &self.rows, percentiles: &percentiles };
                whole.interval = interval::intervals(&basis);
                (whole, percentiles)
            })
            .unzip();
        let mut exchanges = Exchanges::default();
        self.sums.iter().for_each(|sum| exchanges.add(sum.exchanges));
        Some(Total {
            exchanges,
            clients,
            percentiles,
            latencies: self.sums.into_iter().map(|sum| sum.latencies).collect(),
            rows: self.rows,
            occurred: self.occurred,
            replications: self.replications,
            is_complete: whole == scenario.replications,
            scenario,
            shown,
            shown_number,
        })
    }

    fn count(&mut self, reduced: Reduced) {
        let Reduced { scenario, replication, tally, .. } = reduced;
        let number = tally.number;
        self.add_tally(tally);
        if self.shown.is_none() || number == self.wanted {
            self.shown = Some(Shown { scenario, replication, number });
        }
    }

    /// Adds what a whole replication adds.
    pub(super) fn add_tally(&mut self, tally: Tally) {
        let Tally { number, occurred, clients } = tally;
        self.occurred += occurred;
        self.sums.resize_with(clients.len(), Measured::default);
        self.parts.resize_with(clients.len(), Parts::default);
        let (measured, figures): (Vec<Measured>, Vec<_>) = clients.into_iter().unzip();
        for (measured, (sum, parts)) in measured.into_iter().zip(self.sums.iter_mut().zip(&mut self.parts)) {
            sum.add(&measured);
            parts.add(Part::new(measured.latencies, measured.ledger.occurred));
        }
        self.rows.push(number, &figures);
        self.replications += 1;
    }

    /// Shows that replication where something runs along time, and does not add it.
    pub(super) fn show(&mut self, reduced: Reduced) {
        let Reduced { scenario, replication, tally, .. } = reduced;
        self.shown = Some(Shown { scenario, replication, number: tally.number });
    }
}

/// Requests of the whole run, warm-up and drain included.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Exchanges {
    /// Requests, counted when they were sent.
    pub(super) sent: u64,
    /// Requests, counted when they ended for their sender.
    pub(super) ended: u64,
    /// Frames on streams, counted when they were sent.
    pub(super) pushed: u64,
    /// Frames, counted when they arrived or were dropped with their stream.
    pub(super) landed: u64,
}

impl Exchanges {
    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.ended += other.ended;
        self.pushed += other.pushed;
        self.landed += other.landed;
    }
}

/// The measurements of one client that can be added up over replications.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Measured {
    pub(super) exchanges: Exchanges,
    pub(super) requests: RequestCounts,
    pub(super) ledger: Ledger,
    pub(super) latencies: Latencies,
    pub(super) freshness: Freshness,
    /// The time in [warmup, duration) in which the source had disabled the client, of all its members.
    pub(super) disabled: Span,
    /// What the sender held back, of all members.
    pub(super) held_back: HeldBackSums,
    pub(super) known_within: [u64; KNOWN_WITHIN.len()],
    pub(super) attacks: Vec<AttackCounts>,
    pub(super) set_up: SetUp,
}

/// The keys of `known_within` in `summary.json`, and their times.
pub(super) const KNOWN_WITHIN: [(&str, Span); 5] = [
    ("1s", Span::from_secs(1)),
    ("10s", Span::from_secs(10)),
    ("1m", Span::from_secs(60)),
    ("10m", Span::from_secs(600)),
    ("1h", Span::from_secs(3600)),
];

impl Measured {
    fn of(scenario: &Scenario, client: &Client, events: &Events, record: &Record) -> Self {
        let members = client.count as usize;
        let first = first_counted(scenario, events);
        let occurred = events.occurred();
        let counted = &record.receipts[first * members..];
        let mut measured = Self {
            exchanges: Exchanges {
                sent: record.sent,
                ended: record.ended,
                pushed: record.pushed,
                landed: record.landed,
            },
            requests: record.requests.clone(),
            attacks: record.attacks.clone(),
            set_up: record.set_up,
            ledger: Ledger::of(occurred.len() - first, counted, client.count, client.found()),
            ..Self::default()
        };
        for (index, receipt) in counted.iter().enumerate() {
            if receipt.by.is_some() {
                let latency = receipt.held - occurred[first + index / members];
                measured.latencies.record(latency);
                for (known, (_, within)) in measured.known_within.iter_mut().zip(KNOWN_WITHIN) {
                    *known += u64::from(latency <= within);
                }
            }
        }
        let (from, until) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
        for member in 0..members {
            let own = record.receipts.iter().skip(member).step_by(members);
            measured.freshness.add(&Freshness::of(occurred, own, from, until));
        }
        measured.held_back = record.held_back.within(from, until);
        measured.disabled = record.disabled.iter().map(|disabled| disabled.within(from, until)).sum();
        measured
    }

    fn add(&mut self, other: &Self) {
        self.exchanges.add(other.exchanges);
        self.requests.add(&other.requests);
        self.ledger.add(&other.ledger);
        self.latencies.add(&other.latencies);
        self.freshness.add(&other.freshness);
        self.set_up.add(&other.set_up);
        self.disabled = self.disabled + other.disabled;
        self.held_back.add(other.held_back);
        self.attacks.resize_with(other.attacks.len(), AttackCounts::default);
        self.attacks.iter_mut().zip(&other.attacks).for_each(|(sum, more)| sum.add(more));
        for (known, more) in self.known_within.iter_mut().zip(other.known_within) {
            *known += more;
        }
    }
}
