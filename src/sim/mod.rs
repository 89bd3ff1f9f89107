//! Driver 1: virtual time. Runs a client's world as fast as the machine can, to the same end every time.
//!
//! Knows the model and the measurement, and neither a socket nor a clock. What is its own is the agenda, the
//! carrying of messages by the network model, and the shortcut for polls that need not be worked.

mod agenda;
mod drive;
mod shortcut;

pub use drive::limit;

use crate::measure::{Record, Recorder, TraceFilter, Window};
use crate::model::events::Events;
use crate::policy::message::Sizes;
use crate::rng::Randomness;
use crate::scenario::{Client, Drain, Scenario};
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Run options. None of them changes a figure.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions<'a> {
    /// Which polls are worked.
    pub path: Path,
    /// Raised by whoever wants the run to end early.
    pub stop: &'a AtomicBool,
}

impl RunOptions<'_> {
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
    options: RunOptions<'_>,
) -> Option<Record> {
    let mut session = Session::new(scenario, client, events, randomness, options.path);
    for until in slices(scenario, session.limit()) {
        if options.stop.load(Ordering::Relaxed) {
            return None;
        }
        session.advance(until);
    }
    Some(session.finish(None))
}

/// One client on its way through one replication. Sessions that are advanced together can be ended together.
pub struct Session<'a> {
    scenario: &'a Scenario,
    client: &'a Client,
    events: &'a Arc<Events>,
    randomness: Randomness,
    /// None: the shortcut, which takes it all at the end.
    running: Option<drive::Running>,
}

impl<'a> Session<'a> {
    /// At the start of the run.
    pub fn new(
        scenario: &'a Scenario,
        client: &'a Client,
        events: &'a Arc<Events>,
        randomness: Randomness,
        path: Path,
    ) -> Self {
        let short = match path {
            Path::Shortest => shortcut::applies(scenario, client) && shortcut::pays(scenario, client),
            Path::Shortcut => shortcut::applies(scenario, client),
            Path::Plain => false,
        };
        let recorder = || recorder(scenario, client, events);
        let running = (!short).then(|| drive::Running::new(scenario, client, events, randomness, recorder()));
        Self { scenario, client, events, randomness, running }
    }

    /// When it is over at the latest.
    pub fn limit(&self) -> Instant {
        self.running.as_ref().map_or(Instant::START + self.scenario.duration, drive::Running::limit)
    }

    /// Goes on to that time.
    pub fn advance(&mut self, until: Instant) {
        if let Some(running) = &mut self.running {
            running.advance(until);
        }
    }

    /// What was measured, by the end or by the time to which it was advanced.
    pub fn finish(self, stopped: Option<Instant>) -> Record {
        let Self { scenario, client, events, randomness, running } = self;
        if let Some(running) = running {
            return running.finish(stopped.unwrap_or(Instant::NEVER));
        }
        match stopped {
            None => {
                let recorder = recorder(scenario, client, events);
                shortcut::run(scenario, client, events, randomness, recorder)
            }
            Some(at) => {
                let recorder = recorder_until(at, scenario, client, events);
                let (duration, drain) = (at - Instant::START, Drain::AtMost(Span::ZERO));
                let cut = Scenario { duration, drain, ..scenario.clone() };
                shortcut::run(&cut, client, &events.before(at), randomness, recorder)
            }
        }
    }
}

/// The times to which a run is advanced, one after the other, so that it can be stopped between them: steps of the
/// duration, and ever longer ones of what comes after.
pub fn slices(scenario: &Scenario, limit: Instant) -> impl Iterator<Item = Instant> + use<> {
    const STEPS: i64 = 256;
    const AFTER: i32 = 24;
    let (duration, end) = (scenario.duration, Instant::START + scenario.duration);
    let drain = (limit - end).max(Span::ZERO);
    let during = (1..STEPS).map(move |step| Instant::START + Span(duration.0 / STEPS * step));
    let after = (0..AFTER).map(move |step| end + Span(drain.0 >> (AFTER - step)));
    during.chain(after).chain([limit.max(end)])
}

/// The measurement of one client of a scenario, the same for both engines.
pub fn recorder(scenario: &Scenario, client: &Client, events: &Events) -> Recorder {
    recorder_until(Instant::START + scenario.duration, scenario, client, events)
}

/// The same for a run that was stopped: requests count until then.
fn recorder_until(until: Instant, scenario: &Scenario, client: &Client, events: &Events) -> Recorder {
    let from = Instant::START + scenario.warmup;
    let window = Window {
        from,
        until: until.min(Instant::START + scenario.duration).max(from + Span(1)),
        bin: bin_width(scenario.duration - scenario.warmup),
        members: client.count,
    };
    Recorder::new(window, events.occurred().len(), TraceFilter { resource: busiest_resource(events) })
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
