//! What cursors lose and read again, for Poisson events and polls that take all pages. Numbers are means for one poll. Knows
//! no poller.
//!
//! `rate_per_s` is λ; `resolution_s` is the unit w of the times that a cursor of time has, of which a poll meets any
//! part equally often.

/// Events lost by a poller that asks for what is later than its last event: those of the same unit as the poll and after it,
/// where one of that unit came before it. With u uniform in the unit it is the mean of (1 - e^(-λu)) λ(w - u).
pub fn lost_in_a_unit(rate_per_s: f64, resolution_s: f64) -> f64 {
    let events = rate_per_s * resolution_s;
    events / 2.0 - 1.0 - libm::expm1(-events) / events
}

/// Events that come again to a poller that asks from the unit of its last event on, or from `overlap_s` before that on:
/// the last one, λw/2 others of its unit, and those of the overlap.
pub fn read_again(rate_per_s: f64, resolution_s: f64, overlap_s: f64) -> f64 {
    1.0 + rate_per_s * (resolution_s / 2.0 + overlap_s)
}

/// Events lost by a poller that asks for what follows its last event, where each event is shown after a time of its own,
/// exponential with mean m that is much shorter than the interval: those that are not shown yet while a later one is. With
/// F the distribution of that time, λ ∫ (1 - F(x)) (1 - e^(-λ ∫_0^x F)) dx; here with z = x/m.
pub fn lost_by_late_commits(rate_per_s: f64, mean_s: f64) -> f64 {
    let events = rate_per_s * mean_s;
    let hidden = |z: f64| libm::exp(-z);
    let passed = |z: f64| -libm::expm1(-events * (z + libm::expm1(-z)));
    // Simpson's rule; beyond z = 40 nothing is hidden.
    const STEPS: u32 = 20_000;
    let step = 40.0 / f64::from(STEPS);
    let weight = |i: u32| match i {
        0 | STEPS => 1.0,
        i if i.is_multiple_of(2) => 2.0,
        _ => 4.0,
    };
    let at = |i: u32| f64::from(i) * step;
    let sum: f64 = (0..=STEPS).map(|i| weight(i) * hidden(at(i)) * passed(at(i))).sum();
    events * sum * step / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64, tolerance: f64) {
        assert!((left - right).abs() <= tolerance, "{left} against {right}");
    }

    #[test]
    fn few_events_in_a_unit_lose_the_square_of_their_number() {
        near(lost_in_a_unit(0.5, 1.0), 0.25 - 1.0 + (1.0 - libm::exp(-0.5)) / 0.5, 1e-15);
        near(lost_in_a_unit(1.0, 0.01), 1e-4 / 6.0, 1e-7);
        near(read_again(0.5, 1.0, 60.0), 31.25, 1e-12);
    }

    /// For few events: λm ∫ e^-z λm (z - 1 + e^-z) dz = (λm)²/2. For many, all that are hidden are passed but those of the
    /// latest moment.
    #[test]
    fn late_commits_lose_what_is_hidden() {
        near(lost_by_late_commits(1.0, 1e-3), 0.5e-6, 1e-9);
        let many = lost_by_late_commits(1e6, 1.0);
        assert!(many < 1e6 && many > 0.99e6, "{many}");
    }
}
