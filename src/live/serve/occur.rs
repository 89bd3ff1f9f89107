//! Events without end: the scenario's, and when its duration is over those of its next replication.

use super::recent::Happening;
use crate::live::clock::Clock;
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::Scenario;
use crate::time::{Instant, Span};

/// Calls `happen` for each event when it occurs. Ends only when there is no id left for another event.
pub(super) async fn for_ever(scenario: Scenario, clock: Clock, happen: impl Fn(Happening)) {
    let mut first = 0;
    for replication in 0.. {
        let start = start_of(&scenario, replication);
        clock.sleep_until(start).await;
        let events = stretch(&scenario, replication, first);
        let Some(next) = u32::try_from(events.len()).ok().and_then(|events| events.checked_add(first)) else {
            return;
        };
        for event in events {
            clock.sleep_until(event.occurred).await;
            happen(event);
        }
        first = next;
    }
}

/// When a replication begins: they follow each other.
fn start_of(scenario: &Scenario, replication: u32) -> Instant {
    Instant::START + scenario.duration * i64::from(replication)
}

/// The events of one replication, in its place; the first has that number.
fn stretch(scenario: &Scenario, replication: u32, first: u32) -> Vec<Happening> {
    let events = Events::draw(scenario, Randomness::new(scenario.seed, replication));
    let offset: Span = start_of(scenario, replication) - Instant::START;
    let place = |(number, &at): (u32, &Instant)| Happening {
        number: first.saturating_add(number),
        resource: events.resource(number),
        kind: events.kind(number),
        occurred: at + offset,
    };
    (0..).zip(events.occurred()).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_follow_each_other_and_differ() {
        let text = "duration = \"10s\"\nseed = 3\n[events]\nresources = 3\n\
                    arrivals = { process = \"poisson\", rate = \"2/s\" }\n[[client]]\nkind = \"webhook\"\n";
        let scenario = crate::scenario::load("it", text, &[]).unwrap();
        let first = stretch(&scenario, 0, 0);
        let second = stretch(&scenario, 1, first.len() as u32);
        let drawn = Events::draw(&scenario, Randomness::new(3, 0));
        assert!(first.iter().map(|event| event.occurred).eq(drawn.occurred().iter().copied()));
        let all: Vec<Happening> = first.iter().chain(&second).copied().collect();
        assert!(all.iter().zip(0..).all(|(event, number)| event.number == number && event.resource < 3));
        assert!(all.is_sorted_by_key(|event| event.occurred));
        let middle = Instant::START + scenario.duration;
        assert!(first.iter().all(|event| event.occurred < middle));
        assert!(second.iter().all(|event| event.occurred >= middle));
        let shifted: Vec<Instant> = second.iter().map(|event| event.occurred - scenario.duration).collect();
        assert!(!shifted.iter().copied().eq(first.iter().map(|event| event.occurred)));
    }
}
