//! NeXosim: one model for all pollers and their source, which is faster than a model for each. Three scheduled events a
//! poll.

use crate::work::{DELAY_NS, INTERVAL_NS, Pollers, Totals, Work};
use nexosim::model::{Context, Model, schedulable};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DELAY: Duration = Duration::from_nanos(DELAY_NS as u64);
/// From an answer to the next poll.
const PAUSE: Duration = Duration::from_nanos((INTERVAL_NS - 2 * DELAY_NS) as u64);

#[derive(Serialize, Deserialize)]
struct Bench {
    #[serde(skip)]
    pollers: Pollers,
    /// The first time of each event.
    #[serde(skip)]
    occurs_ns: Vec<i64>,
    #[serde(skip)]
    phases_ns: Vec<i64>,
    /// Where the last poller leaves what all have computed.
    #[serde(skip)]
    totals: Arc<Mutex<Option<Totals>>>,
}

#[Model]
impl Bench {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>) {
        let at = |ns: i64| Duration::from_nanos(ns as u64);
        for &occurs_ns in &self.occurs_ns {
            cx.schedule_event(at(occurs_ns), schedulable!(Self::occur), ()).expect("the future");
        }
        for (poller, &phase_ns) in (0_u32..).zip(&self.phases_ns) {
            cx.schedule_event(at(phase_ns.max(1)), schedulable!(Self::tick), poller).expect("the future");
        }
    }

    #[nexosim(schedulable)]
    fn occur(&mut self) {
        self.pollers.occur();
    }

    #[nexosim(schedulable)]
    fn tick(&mut self, poller: u32, cx: &Context<Self>) {
        if self.pollers.asks(poller) {
            cx.schedule_event(DELAY, schedulable!(Self::arrives), poller).expect("the future");
        } else if self.pollers.are_done() {
            *self.totals.lock().expect("one thread") = Some(self.pollers.totals());
        }
    }

    #[nexosim(schedulable)]
    fn arrives(&mut self, poller: u32, cx: &Context<Self>) {
        self.pollers.arrives(poller);
        cx.schedule_event(DELAY, schedulable!(Self::answered), poller).expect("the future");
    }

    #[nexosim(schedulable)]
    fn answered(&mut self, poller: u32, cx: &Context<Self>) {
        self.pollers.answered(poller);
        cx.schedule_event(PAUSE, schedulable!(Self::tick), poller).expect("the future");
    }
}

pub fn run(work: &Work) -> Totals {
    let totals = Arc::new(Mutex::new(None));
    let model = Bench {
        pollers: Pollers::new(work),
        occurs_ns: work.input.occurs_ns.clone(),
        phases_ns: work.input.phases_ns.clone(),
        totals: Arc::clone(&totals),
    };
    let mailbox = Mailbox::new();
    let bench = SimInit::with_num_threads(1).add_model(model, mailbox, "bench");
    let mut simulation = bench.init(MonotonicTime::EPOCH).expect("it begins");
    simulation.run().expect("it ends");
    totals.lock().expect("one thread").take().expect("every poller is done")
}
