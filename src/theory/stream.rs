//! A connection that stays open: heartbeats, what the time until it is open adds, and how often it is cut while idle.

use super::gap::Gap;

/// Heartbeats a second on one connection where each waits for `period_s` without anything sent, events of that Poisson
/// rate and earlier heartbeats included: a gap of t between two events has floor(t/period) of them.
pub fn idle_heartbeats_per_s(rate_per_s: f64, period_s: f64) -> f64 {
    let mean = rate_per_s * period_s;
    // The limit of no events; exp_m1 keeps its digits near it.
    if mean == 0.0 { 1.0 / period_s } else { rate_per_s / libm::expm1(mean) }
}

/// What waiting for a connection that opens `open_s` after the first events count adds to the mean latency of events
/// that occur anywhere in `window_s`.
pub fn opening_adds_s(open_s: f64, window_s: f64) -> f64 {
    open_s * open_s / 2.0 / window_s
}

/// A connection on which only the events of a Poisson process are sent, and which is closed after a time without any. It is
/// open again a while later, and the events of that time are sent then, or lost.
///
/// The time from an opening to the next cut does not depend on what was before: one cut and opening follow the other as a
/// renewal process.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Events a second.
    pub rate_per_s: f64,
    /// The time without an event after which the connection is closed.
    pub idle_s: f64,
    /// The time from a cut until the connection is open again at the source.
    pub away: Gap,
}

impl Cut {
    /// The mean time from an opening to the next cut: the wait for the first gap of that length between events.
    pub fn open_s(&self) -> f64 {
        let mean = self.rate_per_s * self.idle_s;
        if mean == 0.0 { self.idle_s } else { libm::expm1(mean) / self.rate_per_s }
    }

    /// The mean time from one cut to the next.
    pub fn cycle_s(&self) -> f64 {
        self.open_s() + self.away.mean
    }

    /// The share of time in which it is closed, and so of the events that occur then.
    pub fn away_share(&self) -> f64 {
        self.away.mean / self.cycle_s()
    }

    /// The mean time for which an event waits for the connection, over all events.
    pub fn wait_mean_s(&self) -> f64 {
        self.away.second / 2.0 / self.cycle_s()
    }

    /// The variance of that time, in seconds squared.
    pub fn wait_variance_s2(&self) -> f64 {
        self.away.third / 3.0 / self.cycle_s() - self.wait_mean_s() * self.wait_mean_s()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without events it is cut each `idle_s`. With an event a minute on average and a minute's patience the wait for a
    /// gap of a minute takes e - 1 minutes.
    #[test]
    fn an_idle_connection_is_cut_again_and_again() {
        let cut = |rate_per_s, away_s| Cut { rate_per_s, idle_s: 60.0, away: Gap::fixed(away_s) };
        assert!((cut(0.0, 0.0).cycle_s() - 60.0).abs() < 1e-12);
        assert!((cut(1e-12, 0.0).cycle_s() - 60.0).abs() < 1e-6);
        assert!((cut(1.0 / 60.0, 0.0).open_s() - 60.0 * (std::f64::consts::E - 1.0)).abs() < 1e-9);
        let fixed = cut(1.0 / 60.0, 6.0);
        let cycle_s = 60.0 * (std::f64::consts::E - 1.0) + 6.0;
        assert!((fixed.away_share() - 6.0 / cycle_s).abs() < 1e-12);
        assert!((fixed.wait_mean_s() - 18.0 / cycle_s).abs() < 1e-12);
        let (mean_s, second_s2) = (18.0 / cycle_s, 72.0 / cycle_s);
        assert!((fixed.wait_variance_s2() - (second_s2 - mean_s * mean_s)).abs() < 1e-12);
    }

    #[test]
    fn idle_heartbeats_are_fewer_the_more_occurs() {
        // 0.02 events a second and 15 s.
        assert!((idle_heartbeats_per_s(0.02, 15.0) - 0.05717).abs() < 5e-6);
        // "every 15 seconds or so" (WHATWG HTML, server-sent events): 5,760 a day where nothing occurs.
        assert!((idle_heartbeats_per_s(0.0, 15.0) * 86_400.0 - 5760.0).abs() < 1e-9);
        assert!((idle_heartbeats_per_s(1e-12, 15.0) * 86_400.0 - 5760.0).abs() < 1e-6);
        assert!(idle_heartbeats_per_s(1.0, 15.0) < 1e-6);
    }

    #[test]
    fn an_event_of_the_opening_waits_for_half_of_it() {
        assert!((opening_adds_s(2.0, 100.0) - 0.02 * 1.0).abs() < 1e-15);
    }
}
