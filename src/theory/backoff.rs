//! Polling with back-off of a source of Poisson events. Knows no poller's configuration.

/// Intervals that grow from one poll in a row that finds nothing to the next, and are the first again after a poll that
/// finds an event; a poll that fails changes nothing. The state is the number of the interval. It lasts for K intervals T, until
/// a poll is answered: K is geometric. In that time there is no event with chance p = E e^(-λ K T).
#[derive(Clone, Debug, PartialEq)]
pub struct BackedOff {
    /// Each interval in seconds, and the share of polls that it follows.
    gaps: Vec<(f64, f64)>,
    /// Chance that a poll fails.
    failure: f64,
}

impl BackedOff {
    /// The stationary shares: each interval is as frequent as the one before times its chance of no event, and
    /// the last is kept until there is one.
    pub fn new(intervals_s: &[f64], rate_per_s: f64, failure: f64) -> Self {
        let none = |interval_s: f64| {
            let chance = libm::exp(-rate_per_s * interval_s);
            (1.0 - failure) * chance / (1.0 - failure * chance)
        };
        let mut gaps = Vec::new();
        let mut weight = 1.0;
        for (i, &interval_s) in intervals_s.iter().enumerate() {
            let stays = if i + 1 == intervals_s.len() { 1.0 - none(interval_s) } else { 1.0 };
            gaps.push((interval_s, weight / stays));
            weight *= none(interval_s);
        }
        let all: f64 = gaps.iter().map(|gap| gap.1).sum();
        gaps.iter_mut().for_each(|gap| gap.1 /= all);
        Self { gaps, failure }
    }

    /// Polls per second: the reciprocal of the mean interval.
    pub fn polls_per_s(&self) -> f64 {
        1.0 / self.mean(|gap_s| gap_s)
    }

    /// Share of polls that are answered and find nothing: those after which the interval is not the first.
    pub fn empty_share(&self) -> f64 {
        (1.0 - self.failure) * (1.0 - self.gaps[0].1)
    }

    /// Mean time from an event to the next poll that is answered, E G^2 / (2 E G) with G = K T: an interval is fixed
    /// before its events occur.
    pub fn wait_mean_s(&self) -> f64 {
        let once = self.mean(|gap_s| gap_s * gap_s) / (2.0 * self.mean(|gap_s| gap_s));
        once * (1.0 + self.failure) / (1.0 - self.failure)
    }

    /// Each interval in seconds, and the share of polls that it follows.
    pub fn gaps(&self) -> &[(f64, f64)] {
        &self.gaps
    }

    /// The mean of a function of the interval, over the polls.
    pub fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        self.gaps.iter().map(|&(gap_s, share)| share * of(gap_s)).sum()
    }
}
