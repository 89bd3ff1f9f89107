//! The time window in which events and requests count, and its time bins. The same for both engines.

use super::{Recorder, TraceFilter};
use crate::model::events::Events;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};

/// The time window of a measurement, and its resolution.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Events and requests count from this time on.
    pub from: Instant,
    /// The end of the window. Later requests belong to the drain.
    pub until: Instant,
    /// The width of a time bin.
    pub bin: Span,
    /// The number of members of the client.
    pub members: u32,
}

impl Window {
    /// The number of time bins.
    pub const fn bins(&self) -> usize {
        let length = self.until.0 - self.from.0;
        ((length + self.bin.0 - 1) / self.bin.0) as usize
    }
}

/// A recorder for one client of a scenario.
pub fn recorder(scenario: &Scenario, client: &Client, events: &Events) -> Recorder {
    recorder_until(Instant::START + scenario.duration, scenario, client, events)
}

/// A recorder for a run that is stopped at `until`.
pub fn recorder_until(until: Instant, scenario: &Scenario, client: &Client, events: &Events) -> Recorder {
    let from = Instant::START + scenario.warmup;
    let window = Window {
        from,
        until: until.min(Instant::START + scenario.duration).max(from + Span(1)),
        bin: bin_width(scenario.duration - scenario.warmup),
        members: client.count,
    };
    let filter = TraceFilter { resource: events.busiest_resource() };
    Recorder::new(window, events.occurred().len(), filter, scenario.source.billing.tariff())
}

/// The least round width at which `length` has at most 144 bins: ten minutes for a day, a second for two minutes.
fn bin_width(length: Span) -> Span {
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
