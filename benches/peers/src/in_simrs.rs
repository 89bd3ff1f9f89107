//! simrs: one component for all pollers and their source. Three scheduled events a poll.

use crate::work::{DELAY_NS, INTERVAL_NS, Pollers, Totals, Work};
use simrs::{Component, ComponentId, Executor, Key, Scheduler, Simulation, State};
use std::time::Duration;

const DELAY: Duration = Duration::from_nanos(DELAY_NS as u64);
/// From an answer to the next poll.
const PAUSE: Duration = Duration::from_nanos((INTERVAL_NS - 2 * DELAY_NS) as u64);

#[derive(Debug)]
enum Event {
    Occurs,
    Tick(u32),
    Arrives(u32),
    Answered(u32),
}

struct Bench {
    pollers: Key<Pollers>,
}

impl Component for Bench {
    type Event = Event;

    fn process_event(
        &self,
        own: ComponentId<Event>,
        event: &Event,
        scheduler: &mut Scheduler,
        state: &mut State,
    ) {
        let pollers = state.get_mut(self.pollers).expect("it is there");
        match *event {
            Event::Occurs => pollers.occur(),
            Event::Tick(poller) => {
                if pollers.asks(poller) {
                    scheduler.schedule(DELAY, own, Event::Arrives(poller));
                }
            }
            Event::Arrives(poller) => {
                pollers.arrives(poller);
                scheduler.schedule(DELAY, own, Event::Answered(poller));
            }
            Event::Answered(poller) => {
                pollers.answered(poller);
                scheduler.schedule(PAUSE, own, Event::Tick(poller));
            }
        }
    }
}

pub fn run(work: &Work) -> Totals {
    let mut simulation = Simulation::default();
    let pollers = simulation.state.insert(Pollers::new(work));
    let bench = simulation.add_component(Bench { pollers });
    let at = |ns: i64| Duration::from_nanos(ns as u64);
    for &occurs_ns in &work.input.occurs_ns {
        simulation.schedule(at(occurs_ns), bench, Event::Occurs);
    }
    for (poller, &phase_ns) in (0..).zip(&work.input.phases_ns) {
        simulation.schedule(at(phase_ns), bench, Event::Tick(poller));
    }
    simulation.execute(Executor::unbound());
    simulation.state.get_mut(pollers).expect("it is there").totals()
}
