//! The gap between two snapshots of a poller, by its moments.
//!
//! An event waits for the rest of the gap in which it occurs, and more events fall into a longer gap. So mean and
//! variance of a poller's latency follow from the first three moments of the gap. Knows no poller.

/// Raw moments of a gap: E G, E G^2 and E G^3, in seconds, seconds squared and cubed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// E G, above zero.
    pub mean: f64,
    /// E G^2.
    pub second: f64,
    /// E G^3.
    pub third: f64,
}

impl Gap {
    /// Always `seconds`.
    pub const fn fixed(seconds: f64) -> Self {
        Self { mean: seconds, second: seconds * seconds, third: seconds * seconds * seconds }
    }

    /// Exponential: a memoryless poller.
    pub const fn exponential(mean: f64) -> Self {
        Self { mean, second: 2.0 * mean * mean, third: 6.0 * mean * mean * mean }
    }

    /// Uniform in [`min`, `max`].
    pub const fn uniform(min: f64, max: f64) -> Self {
        Self {
            mean: (min + max) / 2.0,
            second: (min * min + min * max + max * max) / 3.0,
            third: (min + max) * (min * min + max * max) / 4.0,
        }
    }

    /// The variance.
    pub const fn variance(&self) -> f64 {
        self.second - self.mean * self.mean
    }

    /// Each gap times an independent uniform variable in [1 - `share`, 1 + `share`]: jitter of the interval.
    pub const fn jittered(self, share: f64) -> Self {
        let square = share * share;
        Self {
            second: self.second * (1.0 + square / 3.0),
            third: self.third * (1.0 + square),
            mean: self.mean,
        }
    }

    /// The sum of this gap and an independent time.
    pub const fn plus(self, other: Self) -> Self {
        Self {
            mean: self.mean + other.mean,
            second: self.second + 2.0 * self.mean * other.mean + other.second,
            third: self.third + 3.0 * self.second * other.mean + 3.0 * self.mean * other.second + other.third,
        }
    }

    /// Gaps between the polls that succeed, where polls fail independently with chance `failure` (below 1) and the
    /// gaps are independent: the sum of K gaps, K geometric.
    pub const fn thinned(self, failure: f64) -> Self {
        if failure == 0.0 {
            return self;
        }
        let success = 1.0 - failure;
        let number = 1.0 / success;
        let number_second = (1.0 + failure) / (success * success);
        let number_third = (1.0 + 4.0 * failure + failure * failure) / (success * success * success);
        let variance = self.variance();
        let skew = self.third - 3.0 * self.mean * self.second + 2.0 * self.mean * self.mean * self.mean;
        Self {
            mean: number * self.mean,
            second: number * variance + number_second * self.mean * self.mean,
            third: number * skew
                + 3.0 * number_second * self.mean * variance
                + number_third * self.mean * self.mean * self.mean,
        }
    }

    /// Every snapshot shifted by an independent time X of that variance, without overtaking: a random delay on the
    /// way to the source, or jitter of the tick. The gap becomes G + X' - X, with the same mean.
    pub const fn moved(self, variance: f64) -> Self {
        Self {
            mean: self.mean,
            second: self.second + 2.0 * variance,
            third: self.third + 6.0 * variance * self.mean,
        }
    }

    /// Mean wait of an event for the next snapshot: E G^2 / (2 E G).
    pub const fn wait_mean(&self) -> f64 {
        self.second / (2.0 * self.mean)
    }

    /// Variance of that wait: E G^3 / (3 E G) minus the square of its mean.
    pub const fn wait_variance(&self) -> f64 {
        self.third / (3.0 * self.mean) - self.wait_mean() * self.wait_mean()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9 * right.abs().max(1.0)
    }

    /// T = 10 s.
    #[test]
    fn a_fixed_interval_waits_half_and_every_jitter_costs() {
        let fixed = Gap::fixed(10.0);
        assert!(near(fixed.wait_mean(), 5.0) && near(fixed.wait_variance(), 100.0 / 12.0));
        assert!(near(fixed.jittered(0.5).wait_mean(), 5.0 * (1.0 + 0.25 / 3.0)));
        assert!(near(fixed.jittered(0.5).wait_mean(), Gap::uniform(5.0, 15.0).wait_mean()));
        assert!(near(fixed.jittered(0.5).wait_variance(), Gap::uniform(5.0, 15.0).wait_variance()));
        assert!(near(fixed.moved(25.0 / 3.0).wait_mean(), 5.0 + 0.25 * 10.0 / 3.0));
        assert!(near(Gap::uniform(0.0, 20.0).wait_mean(), 20.0 / 3.0));
        assert!(near(Gap::exponential(10.0).wait_mean(), 10.0));
        assert!(near(Gap::exponential(10.0).wait_variance(), 100.0));
    }

    /// d1 uniform in (0, 6) and d2 of mean 1.5; then, end to start, exponential d1 and d2 of means 1 and 2.
    #[test]
    fn random_delays_before_the_snapshot_cost_their_variance() {
        assert!(near(Gap::fixed(10.0).moved(3.0).wait_mean() + 1.5, 6.8));
        let gap = Gap::fixed(10.0).plus(Gap::exponential(1.0)).plus(Gap::exponential(2.0));
        assert!(near(gap.wait_mean(), (169.0 + 5.0) / 26.0));
    }

    /// Every fifth poll fails; and a memoryless poller that fails stays memoryless.
    #[test]
    fn failing_polls_stretch_the_gap() {
        assert!(near(Gap::fixed(10.0).thinned(0.2).wait_mean(), 7.5));
        let (thinned, slower) = (Gap::exponential(10.0).thinned(0.5), Gap::exponential(20.0));
        assert!(near(thinned.second, slower.second) && near(thinned.third, slower.third));
    }
}
