//! Each event of a live run beside its twin.

use crate::measure::Receipt;
use crate::scenario::Scenario;
use crate::study::Replication;
use crate::time::{Instant, Span};

/// One event for one member of a client in both engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its replication, from 0 on.
    pub replication: u32,
    /// The event, from 0 on in all that occurred.
    pub event: u32,
    /// The member, from 0 on.
    pub member: u32,
    /// When it was to occur.
    pub occurred: Instant,
    /// How long it took live until it was known; None: never.
    pub live: Option<Span>,
    /// The same in virtual time.
    pub simulated: Option<Span>,
}

impl Pair {
    /// How much later it was known live than in virtual time; None where one of them never knew it.
    pub fn gap(&self) -> Option<Span> {
        Some(self.live? - self.simulated?)
    }
}

/// The events of a client that count, replication by replication, those of the warm-up left out.
pub(super) fn pairs(
    scenario: &Scenario,
    client: usize,
    lived: &[Replication],
    simulated: &[Replication],
) -> Vec<Pair> {
    let from = Instant::START + scenario.warmup;
    let wanted = &scenario.clients[client];
    let mut pairs = Vec::new();
    for (replication, (live, virtual_)) in (0..).zip(lived.iter().zip(simulated)) {
        let events = live.events_of(scenario, wanted);
        let members = wanted.count as usize;
        let [live, virtual_] = [live, virtual_].map(|of| &of.records[client].receipts);
        for (place, &occurred) in events.occurred().iter().enumerate().filter(|(_, at)| **at >= from) {
            for member in 0..members {
                let of = |receipts: &[Receipt]| {
                    let held = receipts.get(place * members + member)?.held;
                    (held != Instant::NEVER).then(|| held - occurred)
                };
                pairs.push(Pair {
                    replication,
                    event: events.number(place as u32),
                    member: member as u32,
                    occurred,
                    live: of(live),
                    simulated: of(virtual_),
                });
            }
        }
    }
    pairs
}
