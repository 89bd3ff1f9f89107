//! The generator: an open loop, in which events occur at their scheduled times, however fast the consumers are.

use super::client_driver::ClientDriver;
use super::clock::Clock;
use crate::measure::Latencies;
use crate::model::events::Events;
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A time in which the generator makes no event.
#[derive(Clone, Copy, Debug)]
pub struct Stall {
    /// When it begins.
    pub from: Instant,
    /// How long it lasts.
    pub length: Span,
}

/// Makes every event occur for every client that wants it, on its own thread; returns how late each was. Ends early when `stop`
/// becomes true.
pub(super) fn generate(
    events: &Events,
    drivers: &[(Arc<ClientDriver>, Arc<Events>)],
    clock: Clock,
    stall: Option<Stall>,
    stop: &AtomicBool,
    notice: impl Fn(u32),
) -> Latencies {
    let mut lateness = Latencies::default();
    for (event, &at) in (0..).zip(events.occurred()) {
        let at_least = match stall {
            Some(stall) if stall.from <= at && at < stall.from + stall.length => stall.from + stall.length,
            _ => at,
        };
        while clock.now() < at_least {
            if stop.load(Ordering::Relaxed) {
                return lateness;
            }
            clock.block_until(at_least);
        }
        if stop.load(Ordering::Relaxed) {
            return lateness;
        }
        lateness.record(clock.now() - at);
        for (driver, own) in drivers {
            if let Some(place) = own.place(event) {
                driver.occur(place);
            }
        }
        notice(event);
    }
    for (driver, _) in drivers {
        driver.all_occurred();
    }
    lateness
}
