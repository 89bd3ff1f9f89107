//! Driver 1: virtual time. Runs a client's world as fast as the machine can, to the same end every time.
//!
//! Knows the model and the measurement, and neither a socket nor a clock. What is its own is the agenda, the
//! carrying of messages by the network model, and the shortcut for polls that need not be worked.

mod agenda;
mod drive;
mod shortcut;

pub use drive::limit;

use crate::measure::{Frame, Record, Recorder, TraceFilter};
use crate::model::events::Events;
use crate::policy::message::Sizes;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Whether polls that bring nothing may be counted instead of worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Wherever the figures are the same either way, and there are polls enough for it to pay.
    Shortest,
    /// Wherever the figures are the same either way.
    Shortcut,
    /// Work every poll.
    Plain,
}

/// How a run is to be gone about. Nothing here changes a figure.
#[derive(Clone, Copy, Debug)]
pub struct Control<'a> {
    /// Which polls are worked.
    pub path: Path,
    /// Raised by whoever wants the run to end early.
    pub stop: &'a AtomicBool,
}

impl Control<'_> {
    /// The quickest way, to the end.
    pub const TO_THE_END: Self = Self::to_the_end(Path::Shortest);

    /// That way, to the end.
    pub const fn to_the_end(path: Path) -> Self {
        static GO_ON: AtomicBool = AtomicBool::new(false);
        Self { path, stop: &GO_ON }
    }
}

/// Runs one client through one replication; None where it was stopped before its end.
pub fn run(
    scenario: &Scenario,
    client: &Client,
    events: &Arc<Events>,
    randomness: Randomness,
    control: Control<'_>,
) -> Option<Record> {
    let recorder = recorder(scenario, client, events);
    let short = match control.path {
        Path::Shortest => shortcut::applies(scenario, client) && shortcut::pays(scenario, client),
        Path::Shortcut => shortcut::applies(scenario, client),
        Path::Plain => false,
    };
    if short {
        return Some(shortcut::run(scenario, client, events, randomness, recorder));
    }
    drive::run(scenario, client, events, randomness, recorder, control.stop)
}

/// The measurement of one client of a scenario, the same for both engines.
pub fn recorder(scenario: &Scenario, client: &Client, events: &Events) -> Recorder {
    let frame = Frame {
        from: Instant::START + scenario.warmup,
        until: Instant::START + scenario.duration,
        bin: bin_width(scenario.duration - scenario.warmup),
        members: client.count,
    };
    Recorder::new(frame, events.occurred().len(), TraceFilter { resource: busiest_resource(events) })
}

/// The sizes of a scenario's messages.
pub fn sizes(scenario: &Scenario) -> Sizes {
    Sizes::new(scenario.events.payload, scenario.events.resources, scenario.source.page_size)
}

/// The resource with the most events, the first of them where several have as many.
pub fn busiest_resource(events: &Events) -> u32 {
    events.busy_resources().max_by_key(|&r| (events.of(r).len(), std::cmp::Reverse(r))).unwrap_or(0)
}

/// A width at which `length` has at most 144 bins: ten minutes of a day, a second of two minutes.
pub fn bin_width(length: Span) -> Span {
    const BINS: i64 = 144;
    const STEPS_S: [i64; 17] =
        [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
    let human = STEPS_S.into_iter().map(Span::from_secs).find(|&step| step * BINS >= length);
    let below_a_second = (0..9).map(|power| Span(libm::pow(10.0, f64::from(power)) as i64));
    let fine = below_a_second.flat_map(|unit| [unit, unit * 2, unit * 5]).find(|&step| step * BINS >= length);
    let days = (length.0 / BINS / Span::from_secs(86_400).0) + 1;
    fine.or(human).unwrap_or(Span::from_secs(86_400) * days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_human_steps() {
        for (length_s, bin_s) in
            [(86_400.0, 600.0), (144.0, 1.0), (10.0, 0.1), (3_600.0, 30.0), (0.001, 1e-5)]
        {
            let bin = bin_width(Span::from_secs_f64(length_s));
            assert_eq!(bin, Span::from_secs_f64(bin_s), "{length_s}");
        }
        assert_eq!(bin_width(Span::from_secs(86_400 * 1000)), Span::from_secs(86_400 * 7));
    }
}
