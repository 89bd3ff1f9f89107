//! A connection that stays open: heartbeats, and what the time until it is open adds.

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

#[cfg(test)]
mod tests {
    use super::*;

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
