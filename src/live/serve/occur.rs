//! Events without end: the scenario's, and when its duration is over those of its next replication.

use super::recent::Happening;
use crate::live::clock::Clock;
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::Scenario;
use crate::time::{Instant, Span};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What becomes of an event, in this order where it is at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// The job starts that it ends, at that time.
    Starts(Instant),
    /// It occurs, and the API shows it if it is not committed later.
    Occurs { shows: bool },
    /// The API shows it.
    Shows,
}

/// What is to come, the next first.
type Agenda = BinaryHeap<Reverse<(Instant, Step, Happening)>>;

/// Calls `act` for each step of each event when it is due. Ends only when there is no id left for another event.
pub(super) async fn for_ever(scenario: Scenario, clock: Clock, act: impl Fn(Step, Happening)) {
    let (mut agenda, mut first) = (Agenda::new(), 0);
    for replication in 0.. {
        let from = drawn_at(&scenario, replication);
        until(from, &mut agenda, clock, &act).await;
        clock.sleep_until(from).await;
        match stretch(&scenario, replication, first, &mut agenda) {
            Some(next) => first = next,
            None => break,
        }
    }
    until(Instant::NEVER, &mut agenda, clock, &act).await;
}

/// Takes the steps that are due before that time.
async fn until(end: Instant, agenda: &mut Agenda, clock: Clock, act: impl Fn(Step, Happening)) {
    while let Some(&Reverse((at, step, event))) = agenda.peek()
        && at < end
    {
        clock.sleep_until(at).await;
        agenda.pop();
        act(step, event);
    }
}

/// When a replication begins: they follow each other.
fn start_of(scenario: &Scenario, replication: u32) -> Instant {
    Instant::START + scenario.duration * i64::from(replication)
}

/// When the events of a replication are drawn: when it begins, or with jobs when the one before it begins, in which most of
/// those have started that end early in it.
fn drawn_at(scenario: &Scenario, replication: u32) -> Instant {
    start_of(scenario, replication.saturating_sub(u32::from(scenario.events.job.is_some())))
}

/// Adds the events of one replication, in its place; the first has that number. Returns the number after the last; None where
/// there are no such numbers.
fn stretch(scenario: &Scenario, replication: u32, first: u32, agenda: &mut Agenda) -> Option<u32> {
    let events = Events::draw(scenario, Randomness::new(scenario.seed, replication));
    let next = u32::try_from(events.occurred().len()).ok()?.checked_add(first)?;
    let offset: Span = start_of(scenario, replication) - Instant::START;
    for (event, &at) in (0..).zip(events.occurred()) {
        let (number, resource, kind) = (first + event, events.resource(event), events.kind(event));
        let happening = Happening { number, resource, kind, occurred: at + offset };
        if scenario.events.job.is_some() {
            let started = events.started(event) + offset;
            let known = started.max(drawn_at(scenario, replication));
            agenda.push(Reverse((known, Step::Starts(started), happening)));
        }
        let shown = events.shown_from(event) + offset;
        let shows = shown <= happening.occurred;
        agenda.push(Reverse((happening.occurred, Step::Occurs { shows }, happening)));
        if !shows {
            agenda.push(Reverse((shown, Step::Shows, happening)));
        }
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(keys: &str) -> Scenario {
        let text = format!(
            "duration = \"10s\"\nseed = 3\n{keys}[events]\nresources = 3\n\
             arrivals = {{ process = \"poisson\", rate = \"2/s\" }}\n[[client]]\nkind = \"webhook\"\n"
        );
        crate::scenario::load("it", &text, &[]).unwrap()
    }

    /// The steps of the first replications, in order.
    fn steps(scenario: &Scenario, replications: u32) -> Vec<(Instant, Step, Happening)> {
        let mut agenda = Agenda::new();
        let add = |first, replication| stretch(scenario, replication, first, &mut agenda).unwrap();
        (0..replications).fold(0, add);
        let mut steps: Vec<_> = agenda.into_iter().map(|Reverse(step)| step).collect();
        steps.sort_unstable();
        steps
    }

    #[test]
    fn stretches_follow_each_other_and_differ() {
        let scenario = load("");
        let drawn = Events::draw(&scenario, Randomness::new(3, 0));
        let all: Vec<Happening> = steps(&scenario, 2).into_iter().map(|(_, _, event)| event).collect();
        let (first, second) = all.split_at(drawn.occurred().len());
        assert!(first.iter().map(|event| event.occurred).eq(drawn.occurred().iter().copied()));
        assert!(all.iter().zip(0..).all(|(event, number)| event.number == number && event.resource < 3));
        assert!(all.is_sorted_by_key(|event| event.occurred));
        let middle = Instant::START + scenario.duration;
        assert!(first.iter().all(|event| event.occurred < middle));
        assert!(second.iter().all(|event| event.occurred >= middle));
        let shifted: Vec<Instant> = second.iter().map(|event| event.occurred - scenario.duration).collect();
        assert!(!shifted.iter().copied().eq(first.iter().map(|event| event.occurred)));
    }

    #[test]
    fn an_event_that_is_committed_later_is_shown_later() {
        let drawn = load("source.commit_delay = { distribution = \"exponential\", mean = \"3s\" }\n");
        let shown_of = |scenario: &Scenario| -> Vec<u32> {
            let shows = |step| matches!(step, Step::Shows | Step::Occurs { shows: true });
            let steps = steps(scenario, 2).into_iter();
            steps.filter(|&(_, step, _)| shows(step)).map(|(_, _, event)| event.number).collect()
        };
        let order = shown_of(&drawn);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(0..order.len() as u32), "each once");
        assert!(!order.is_sorted(), "in order of commit");
        assert!(
            shown_of(&load("")).is_sorted() && shown_of(&load("source.commit_delay = \"3s\"\n")).is_sorted()
        );
        let late =
            |&(at, step, event): &(Instant, Step, Happening)| step == Step::Shows && at > event.occurred;
        assert!(steps(&drawn, 1).iter().any(late));
    }
}
