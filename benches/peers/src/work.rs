//! What every engine computes, and the decisions of a poller and of its source for those that have none of their own.

use hdrhistogram::Histogram;
use pollhook::Span;
use pollhook::model::events::Events;
use pollhook::rng::{Purpose, Randomness};
use pollhook::scenario::{self, Scenario};
use std::sync::Arc;

/// From a poll of a poller to its next one.
pub const INTERVAL_NS: i64 = 60_000_000_000;
/// One way.
pub const DELAY_NS: i64 = 20_000_000;

/// Pollers of a fixed interval, each with its own phase, over one Poisson stream of events.
pub struct Work {
    pub scenario: Scenario,
    pub events: Arc<Events>,
    pub randomness: Randomness,
    /// When each event occurs, and when each poller asks first. The same for all engines.
    pub input: Arc<Input>,
}

#[derive(Default)]
pub struct Input {
    pub occurs_ns: Vec<i64>,
    pub phases_ns: Vec<i64>,
    pub ends_ns: i64,
}

/// What must be equal.
#[derive(Clone, PartialEq)]
pub struct Totals {
    pub polls: u64,
    /// Of each event and poller, to three digits.
    pub latencies: Histogram<u64>,
    pub latency_sum_ns: i128,
}

impl Work {
    pub fn new(pollers: u32, hours: u32) -> Self {
        let text = format!(
            "duration = \"{hours}h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"4/h\" }}\n\
             [network]\ndelay = \"20ms\"\n[[client]]\nkind = \"poll\"\ninterval = \"60s\"\ncount = {pollers}\n"
        );
        let scenario = scenario::load("peers", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let randomness = Randomness::new(scenario.seed, 0);
        let events = Arc::new(Events::draw(&scenario, randomness));
        let phases = randomness.stream(Purpose::Phase);
        let phase = |poller: u32| Span(INTERVAL_NS).scaled(phases.unit(u64::from(poller), 0)).0;
        let input = Input {
            occurs_ns: events.occurred().iter().map(|at| at.0).collect(),
            phases_ns: (0..pollers).map(phase).collect(),
            ends_ns: scenario.duration.0,
        };
        Self { scenario, events, randomness, input: Arc::new(input) }
    }
}

impl Totals {
    pub fn new() -> Self {
        let latencies = Histogram::new(3).expect("three digits");
        Self { polls: 0, latencies, latency_sum_ns: 0 }
    }

    pub fn record(&mut self, latency_ns: i64) {
        self.latencies.record(latency_ns as u64).expect("it grows");
        self.latency_sum_ns += i128::from(latency_ns);
    }
}

/// All pollers and their source, without a clock: for engines that bring only the clock.
#[derive(Default)]
pub struct Pollers {
    input: Arc<Input>,
    each: Vec<Poller>,
    /// Events that have occurred.
    occurred: u32,
    /// Pollers that ask no more.
    done: usize,
    totals: Option<Totals>,
}

#[derive(Clone, Copy)]
struct Poller {
    due_ns: i64,
    /// Events that it has.
    has: u32,
    /// Events that the answer to its last poll has.
    answered: u32,
}

impl Pollers {
    pub fn new(work: &Work) -> Self {
        let input = Arc::clone(&work.input);
        let each = input.phases_ns.iter().map(|&due_ns| Poller { due_ns, has: 0, answered: 0 }).collect();
        Self { input, each, occurred: 0, done: 0, totals: Some(Totals::new()) }
    }

    pub fn occur(&mut self) {
        self.occurred += 1;
    }

    /// Whether a poller asks now. After the end it asks until it has all events.
    #[inline]
    pub fn asks(&mut self, poller: u32) -> bool {
        let Poller { due_ns, has, .. } = self.each[poller as usize];
        let asks = due_ns < self.input.ends_ns || has < self.input.occurs_ns.len() as u32;
        self.totals.as_mut().expect("until the end").polls += u64::from(asks);
        self.done += usize::from(!asks);
        asks
    }

    /// Its poll is at the source.
    #[inline]
    pub fn arrives(&mut self, poller: u32) {
        let own = &mut self.each[poller as usize];
        own.answered = self.occurred - own.has;
    }

    /// The answer is back.
    #[inline]
    pub fn answered(&mut self, poller: u32) {
        let own = &mut self.each[poller as usize];
        let now_ns = own.due_ns + 2 * DELAY_NS;
        let totals = self.totals.as_mut().expect("until the end");
        for occurs_ns in &self.input.occurs_ns[own.has as usize..][..own.answered as usize] {
            totals.record(now_ns - occurs_ns);
        }
        own.has += own.answered;
        own.due_ns += INTERVAL_NS;
    }

    pub fn are_done(&self) -> bool {
        self.done == self.each.len()
    }

    pub fn totals(&mut self) -> Totals {
        self.totals.take().expect("asked for once")
    }
}
