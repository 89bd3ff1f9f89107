//! Polling until a job has ended. Knows no poller's configuration, and of the length of a job only its distribution.

/// The polls of a job, in seconds from its start. A poll finds the end if it arrives then or later.
#[derive(Clone, Debug, PartialEq)]
pub struct UntilDone {
    /// When each poll arrives, and the chance that the job is longer: that another follows. The last chance is negligible.
    polls: Vec<(f64, f64)>,
    /// The mean length.
    mean_s: f64,
}

impl UntilDone {
    /// Of polls that arrive at these times, which increase, until the excess (the mean time of a job beyond a time) is
    /// negligible. None where it never is.
    pub fn new(
        arrivals_s: impl Iterator<Item = f64>,
        mean_s: f64,
        longer: impl Fn(f64) -> f64,
        excess_s: impl Fn(f64) -> f64,
    ) -> Option<Self> {
        let mut polls = Vec::new();
        for arrival_s in arrivals_s {
            let is_last = excess_s(arrival_s) <= NEGLIGIBLE * mean_s;
            polls.push((arrival_s, if is_last { 0.0 } else { longer(arrival_s) }));
            if is_last {
                return Some(Self { polls, mean_s });
            }
        }
        None
    }

    /// Polls of a job on average: the first, and one more for each that comes too early.
    pub fn polls_mean(&self) -> f64 {
        1.0 + self.polls.iter().map(|poll| poll.1).sum::<f64>()
    }

    /// The mean square of their number: the sum of 2k - 1 over the chances that there are k or more.
    pub fn polls_square(&self) -> f64 {
        let more = (2..).zip(&self.polls).map(|(k, poll)| f64::from(2 * k - 1) * poll.1);
        1.0 + more.sum::<f64>()
    }

    /// Mean time from the end to the arrival of the poll that finds it: that of the arrival less the mean length.
    pub fn lag_mean_s(&self) -> f64 {
        let mut at_s = self.polls.first().map_or(0.0, |poll| poll.0);
        at_s += self.polls.windows(2).map(|pair| (pair[1].0 - pair[0].0) * pair[0].1).sum::<f64>();
        at_s - self.mean_s
    }

    /// The mean square of that time. Of the ends between two polls at p and q it is (q-p)² P(L > p) less twice the integral
    /// of (q-l) P(L > l), which is (q-p) times the excess over p less the integral of the excess.
    pub fn lag_square_s2(
        &self,
        longer: impl Fn(f64) -> f64,
        excess_s: impl Fn(f64) -> f64,
        excess_integral_s2: impl Fn(f64, f64) -> f64,
    ) -> f64 {
        let mut before_s = 0.0;
        let mut square = 0.0;
        for &(arrival_s, _) in self.polls.iter().filter(|poll| poll.0 > 0.0) {
            let gap_s = arrival_s - before_s;
            let chance = if before_s == 0.0 { 1.0 } else { longer(before_s) };
            let integral = excess_integral_s2(before_s, arrival_s);
            square += gap_s * gap_s * chance - 2.0 * (gap_s * excess_s(before_s) - integral);
            before_s = arrival_s;
        }
        square
    }

    /// The share of jobs whose end is found within that time after it.
    pub fn lag_cdf(&self, lag_s: f64, longer: impl Fn(f64) -> f64) -> f64 {
        if lag_s < 0.0 {
            return 0.0;
        }
        let mut before = (0.0, 1.0);
        let mut share = 0.0;
        for &(arrival_s, chance) in &self.polls {
            let from_s = arrival_s - lag_s;
            let at_least = if from_s <= before.0 { before.1 } else { longer(from_s) };
            share += (at_least - chance).max(0.0);
            before = (arrival_s, chance);
        }
        share
    }

    /// The longest time between an end and the poll that finds it, of jobs that take at least `shortest_s`.
    pub fn lag_max_s(&self, shortest_s: f64) -> f64 {
        let mut before = (shortest_s, 1.0);
        let mut longest_s: f64 = 0.0;
        for &(arrival_s, chance) in self.polls.iter().filter(|poll| poll.0 >= shortest_s) {
            if before.1 > chance {
                longest_s = longest_s.max(arrival_s - before.0);
            }
            before = (arrival_s, chance);
        }
        longest_s
    }

    /// The time by which the polls of a job come before its end, summed over them, on average: where `early_s` says when they
    /// are sent, less when they arrive.
    pub fn before_end_s(&self, early_s: f64, excess_s: impl Fn(f64) -> f64) -> f64 {
        self.polls.iter().map(|poll| excess_s(poll.0 - early_s)).sum()
    }

    /// The time by which the polls of a job are sent after its end, summed over them, on average. A poll that is sent at s
    /// after one that arrives at p adds E(s - L; p < L < s).
    pub fn after_end_s(
        &self,
        early_s: f64,
        longer: impl Fn(f64) -> f64,
        excess_s: impl Fn(f64) -> f64,
    ) -> f64 {
        let mut before_s = 0.0;
        let mut sum_s = 0.0;
        for &(arrival_s, _) in &self.polls {
            let (sent_s, asked) = (arrival_s - early_s, if before_s > 0.0 { longer(before_s) } else { 1.0 });
            if sent_s > before_s {
                sum_s += (sent_s - before_s) * asked - excess_s(before_s) + excess_s(sent_s);
            }
            before_s = arrival_s;
        }
        sum_s
    }
}

/// Polls at a fixed interval of a job of exponential length, without delays: their mean number, 1/(1 - e^(-T/m)).
pub fn memoryless_polls(interval_s: f64, mean_s: f64) -> f64 {
    -1.0 / libm::expm1(-interval_s / mean_s)
}

/// The mean time from the end of such a job to the poll that finds it: T/(1 - e^(-T/m)) - m.
pub fn memoryless_lag_s(interval_s: f64, mean_s: f64) -> f64 {
    interval_s * memoryless_polls(interval_s, mean_s) - mean_s
}

/// A share of the mean length that is neglected.
const NEGLIGIBLE: f64 = 1e-8;

#[cfg(test)]
mod tests {
    use super::*;

    fn every(interval_s: f64, mean_s: f64) -> UntilDone {
        let arrivals = (1..5000).map(|k| f64::from(k) * interval_s);
        let longer = |time_s: f64| libm::exp(-time_s / mean_s);
        UntilDone::new(arrivals, mean_s, longer, |time_s| mean_s * longer(time_s)).unwrap()
    }

    #[test]
    fn of_memoryless_jobs_the_sums_have_closed_forms() {
        for (interval_s, mean_s) in [(1.0, 20.0), (10.0, 20.0), (20.0, 20.0), (60.0, 20.0)] {
            let polls = every(interval_s, mean_s);
            let longer = |time_s: f64| libm::exp(-time_s / mean_s);
            let near = |value: f64, expected: f64| {
                assert!((value - expected).abs() < 1e-5 * expected, "{interval_s}: {value} {expected}");
            };
            near(polls.polls_mean(), memoryless_polls(interval_s, mean_s));
            near(polls.lag_mean_s(), memoryless_lag_s(interval_s, mean_s));
            // The number is geometric.
            let none = libm::exp(-interval_s / mean_s);
            near(polls.polls_square(), (1.0 + none) / ((1.0 - none) * (1.0 - none)));
            // The lag is the interval less an exponential time that is shorter than it.
            let square =
                interval_s * interval_s / (1.0 - none) - 2.0 * mean_s * (interval_s / (1.0 - none) - mean_s);
            let excess = |time_s| mean_s * longer(time_s);
            let integral = |from_s, until_s| mean_s * mean_s * (longer(from_s) - longer(until_s));
            near(polls.lag_square_s2(longer, excess, integral), square);
            for share in [0.1, 0.5, 0.99] {
                let lag_s = share * interval_s;
                let expected = (libm::exp(lag_s / mean_s) - 1.0) * none / (1.0 - none);
                near(polls.lag_cdf(lag_s, longer), expected);
            }
            near(polls.lag_max_s(0.0), interval_s);
            // Each poll that is too early is so by the rest of a memoryless time.
            near(polls.before_end_s(0.0, excess), mean_s * none / (1.0 - none));
            // Without delays the only poll after the end is the one that finds it.
            near(polls.after_end_s(0.0, longer, excess), polls.lag_mean_s());
        }
    }

    /// Polls 10 s apart that are under way for 8 s: of a fifth of the jobs the last is sent after the end, 1 s on average.
    /// Where an end is shown 25 s late, the poll that finds it is sent 30 s after it, and those before it 10 s less each.
    #[test]
    fn polls_under_way_at_the_end_were_sent_before_it() {
        let mean_s = 1000.0;
        let polls = every(10.0, mean_s);
        let longer = |time_s: f64| libm::exp(-f64::max(time_s, 0.0) / mean_s);
        let excess = |time_s: f64| mean_s * longer(time_s) - f64::min(time_s, 0.0);
        let near = |value: f64, expected: f64| {
            assert!((value - expected).abs() < 0.02 * expected, "{value} {expected}");
        };
        near(polls.after_end_s(8.0, longer, excess), 0.2);
        near(polls.after_end_s(-25.0, longer, excess), 30.0 + 20.0 + 10.0 + 1.25);
    }

    /// A job of 25 s, asked for at 10, 20 and 30 s, or at 1, 3, 7, 15 and 31 s.
    #[test]
    fn a_job_of_known_length_is_found_by_a_known_poll() {
        let length_s = 25.0;
        let longer = |time_s: f64| f64::from(u8::from(length_s > time_s));
        let excess = |time_s: f64| f64::max(length_s - time_s, 0.0);
        let fixed = (1..9).map(|k| 10.0 * f64::from(k));
        let fixed = UntilDone::new(fixed, length_s, longer, excess).unwrap();
        assert_eq!((fixed.polls_mean(), fixed.polls_square(), fixed.lag_mean_s()), (3.0, 9.0, 5.0));
        assert_eq!((fixed.lag_cdf(4.9, longer), fixed.lag_cdf(5.1, longer)), (0.0, 1.0));
        assert_eq!(fixed.lag_max_s(length_s), 5.0);
        let grown = (1..9).map(|k| f64::from((1 << k) - 1));
        let grown = UntilDone::new(grown, length_s, longer, excess).unwrap();
        assert_eq!((grown.polls_mean(), grown.lag_mean_s()), (5.0, 6.0));
        assert_eq!(UntilDone::new([10.0].into_iter(), length_s, longer, excess), None);
    }
}
