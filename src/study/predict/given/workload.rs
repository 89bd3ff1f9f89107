//! The events of a run, as the closed forms assume them.

use super::Run;
use crate::policy::arrivals::Arrivals;
use crate::scenario::Drain;
use crate::time::{Instant, Span};

/// The stationary stream of events that the closed forms assume.
#[derive(Clone, Copy, Debug)]
pub(in crate::study::predict) struct Workload {
    /// Events per second, of all resources.
    pub(in crate::study::predict) rate_per_s: f64,
    /// Events per second of [warmup, duration): of periodic events the number that occur in it, divided by its length.
    pub(in crate::study::predict) counted_per_s: f64,
    /// Whether they are a Poisson process; periodic otherwise.
    pub(in crate::study::predict) poisson: bool,
    /// The length of [warmup, duration), in seconds.
    pub(in crate::study::predict) window_s: f64,
}

impl Workload {
    /// None where the rate is not constant, as where the first event is later than one period after the warm-up, or where
    /// events cluster. A random part of a Poisson process is one; of periodic events it is neither periodic nor Poisson.
    pub(in crate::study::predict) fn of(run: &Run) -> Option<Self> {
        let rate_per_s = run.rate_per_s();
        let poisson = match run.arrivals {
            Arrivals::Constant { .. } if run.share < 1.0 => return None,
            Arrivals::Constant { first, .. }
                if first.as_secs_f64() > run.warmup_s + 1.000_001 / rate_per_s =>
            {
                return None;
            }
            Arrivals::Constant { .. } => false,
            Arrivals::Poisson { .. } => true,
            // No form is for events that cluster, or at a rate that changes.
            Arrivals::Bursts { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::SelfExciting { .. }
            | Arrivals::FlashCrowd { .. }
            | Arrivals::Trace { .. } => return None,
        };
        let window_s = run.window_s();
        let counted_per_s =
            if poisson { rate_per_s } else { run.events(run.warmup_s, run.duration_s) / window_s };
        Some(Self { rate_per_s, counted_per_s, poisson, window_s })
    }

    /// Whether averages over time are near their limits: the window is at least twenty times as long as the memory of
    /// the process.
    pub(in crate::study::predict) fn settles(&self, memory_s: f64) -> bool {
        self.window_s >= 20.0 * memory_s
    }
}

impl Run {
    /// The length of [warmup, duration), in seconds.
    pub(in crate::study::predict) const fn window_s(&self) -> f64 {
        self.duration_s - self.warmup_s
    }

    /// Events per second that the client wants, in the long run.
    pub(in crate::study::predict) fn rate_per_s(&self) -> f64 {
        self.share * self.arrivals.rate_per_s()
    }

    /// The expected number of events between two times, in seconds from the start.
    pub(in crate::study::predict) fn events(&self, from_s: f64, until_s: f64) -> f64 {
        let before = |at_s: f64| self.arrivals.expected(Instant::START + Span::from_secs_f64(at_s.max(0.0)));
        self.share * (before(until_s) - before(from_s))
    }

    /// Whether the drain is long enough for what takes that many seconds.
    pub(in crate::study::predict) fn drains(&self, longest_s: f64) -> bool {
        match self.drain {
            Drain::Auto => true,
            Drain::AtMost(limit) => longest_s <= limit.as_secs_f64(),
        }
    }
}
