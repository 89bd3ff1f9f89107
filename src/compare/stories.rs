//! The event with the largest difference between two reports, and how each came to know it. A report does not keep that, so
//! that one replication of each is run again.

use super::{Report, Single};
use crate::study::Again;
use crate::study::figures::Told;

/// One event in BASE and OTHER.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// How BASE and OTHER came to know it.
    pub told: [Told; 2],
}

/// Requests and events of all clients in the replications that are run again, at most: a second of work.
const MOST: f64 = 1e6;
/// The same of one replication, which is run again by itself.
const MOST_OF_ONE: f64 = 4e6;
/// Replications that are run again at most.
const REPLICATIONS: f64 = 200.0;

impl Report {
    /// About how many requests and events a replication of it has.
    fn size(&self) -> f64 {
        let sizes = self.summary.clients.iter().map(|client| client.requests.total + client.events.occurred);
        sizes.sum::<u64>() as f64 / f64::from(self.summary.replications.max(1))
    }

    /// How many replications of it are worth running again; 0 where one is too large.
    pub fn replications_again(&self) -> u32 {
        let size = self.size().max(1.0);
        let several = (MOST / size).min(REPLICATIONS) as u32;
        several.max(u32::from(size <= MOST_OF_ONE)).min(self.summary.replications)
    }

    /// Takes what was run again, or why nothing was, where it is the same run.
    pub fn take_again(&mut self, again: Result<Again, String>) {
        let again = again.and_then(|again| {
            if self.is_like(&again) {
                Ok(again)
            } else {
                Err("this program measures other figures for its scenario".to_owned())
            }
        });
        if let (None, Ok(again)) = (&self.single.events, &again) {
            self.single.events = again.rows().map(|rows| Single::of_rows(&rows, &self.summary));
        }
        self.single.again = Some(again);
    }

    fn is_like(&self, again: &Again) -> bool {
        self.summary.clients.iter().enumerate().all(|(place, client)| {
            let kept = self.replications.get(&client.name).map_or(&[][..], |rows| rows);
            kept.len() >= again.figures(place).len()
                && again.figures(place).zip(kept).all(|(new, old)| new == old)
        })
    }
}

/// The story of the event of a client whose latencies differ most, in both; None where none differs.
pub(super) fn beside(runs: [&Again; 2], clients: [usize; 2]) -> Option<Beside> {
    let [base, other] = [0, 1].map(|side| runs[side].events(clients[side]));
    let mut most: Option<(u32, f64)> = None;
    for (event, before) in &base {
        let Some(now) = other.get(event) else { continue };
        let difference = if now == before { 0.0 } else { (now - before).abs() };
        if difference > most.map_or(0.0, |most| most.1) {
            most = Some((*event, difference));
        }
    }
    let (event, _) = most?;
    let told = |side: usize, until_s: f64| runs[side].told(clients[side], event, until_s);
    // Who never knew it is shown for as long as the other had to wait, or tried.
    let until_s = [0, 1].into_iter().filter_map(|side| told(side, 0.0)).fold(0.0, |until_s, told| {
        let tried = told.story.attempts.iter().map(|attempt| attempt.ended_after_s);
        tried.chain(told.story.known_after_s).fold(until_s, libm::fmax)
    });
    Some(Beside { told: [told(0, until_s)?, told(1, until_s)?] })
}
