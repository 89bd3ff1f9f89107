//! Which side's CPU time a request counts for.

use crate::{TURN, load, options};
use pollhook::live;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use std::sync::{Arc, PoisonError};

/// Deliveries are the source's work, reconciling polls the client's. Here there are hardly any deliveries, so neither
/// side has most of the work.
#[test]
#[cfg(target_os = "linux")]
fn reconciling_polls_are_the_work_of_the_client() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let scenario = load(
        "duration = \"3s\"\ndrain = \"1s\"\n[events]\narrivals = { process = \"constant\", rate = \"1/s\" }\n\
         [[client]]\nkind = \"webhook\"\ncount = 4\nreconcile = \"2ms\"\n",
    );
    let randomness = Randomness::new(3, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let run = live::run(&scenario, &events, randomness, &options(), |_| (), |_| ()).unwrap();
    let cpu = run.cpu.unwrap();
    assert!(cpu.client > 0.25 * (cpu.client + cpu.source), "{cpu:?}");
}
