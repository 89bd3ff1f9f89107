//! What the network of a live run adds to the one of the scenario.
//!
//! It is measured on round trips, not on the events whose gaps are judged: a poll and its answer, a delivery and its
//! acknowledgement.

use crate::measure::{Record, Status, Traced};
use crate::model::exchange::Exchange;
use crate::study::Replication;
use crate::time::Span;
use std::collections::BTreeMap;

/// What loopback and the machine add to each delay of the scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calibration {
    /// Added to a message, either way: half of the median by which a round trip takes longer live than in virtual time. Zero
    /// where there was none to measure.
    pub each_way: Span,
    /// How many round trips it is the median of.
    pub round_trips: u64,
}

/// Measures it on the requests that both engines have kept, and that went the same way in both.
pub(super) fn calibrated(lived: &[Replication], simulated: &[Replication]) -> Calibration {
    let mut longer: Vec<Span> = (lived.iter().zip(simulated))
        .flat_map(|(live, simulated)| live.records.iter().zip(&simulated.records))
        .flat_map(|(live, simulated)| longer(live, simulated))
        .collect();
    longer.sort_unstable();
    let median = longer.get(longer.len().saturating_sub(1) / 2).copied().unwrap_or_default();
    Calibration { each_way: (median / 2).max(Span::ZERO), round_trips: longer.len() as u64 }
}

fn longer(live: &Record, simulated: &Record) -> Vec<Span> {
    let twins: BTreeMap<Exchange, &Traced> = simulated.trace.iter().map(|one| (one.exchange, one)).collect();
    let took = |traced: &Traced| traced.ended - traced.sent;
    let measured = live.trace.iter().filter(|traced| traced.exchange.channel.is_answered_at_once());
    measured
        .filter_map(|traced| {
            let twin = twins.get(&traced.exchange)?;
            let is_same = (twin.status, twin.events) == (traced.status, traced.events);
            let is_answered = matches!(twin.status, Status::Http(_));
            (is_same && is_answered).then(|| took(traced) - took(twin))
        })
        .collect()
}
