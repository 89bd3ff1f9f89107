//! The distribution of a client's latency, where it is known: one variant for each closed form. It gives quantiles and
//! the curve of the share held within a time.

use super::times;
use crate::policy::delay::Delay;
use crate::theory::jobs::UntilDone;
use crate::theory::long_poll::LongPoll;
use crate::theory::md1::FixedService;
use crate::theory::polling::FixedPoll;
use crate::theory::queue::Markov;
use crate::theory::reconcile;
use crate::theory::steps::Steps;
use crate::theory::{self, polling};

/// A distribution of the latency in seconds over all events that occur.
#[derive(Clone, Debug)]
pub(super) enum LatencyDistribution {
    /// A webhook with constant delays: a step for each attempt.
    Steps(Steps),
    /// A webhook that never fails: the delay to the client.
    Delay(Delay),
    /// A poller at a fixed interval, with the chance that a poll fails and a constant delay of the answer.
    Poll(FixedPoll),
    /// The same without failures; the delay of the answer is a constant plus an exponential one.
    PollExponential { interval_s: f64, shift_s: f64, mean_s: f64 },
    /// Pollers at a fixed interval that wait for a server of the source, as (seconds, share of the polls), and a constant delay of
    /// the answer.
    PollWaits { interval_s: f64, waits: Vec<(f64, f64)>, delay_s: f64 },
    /// A poller with gaps of several lengths (seconds, number of such gaps) and a constant delay of the answer.
    PollGaps { gaps: Vec<(f64, f64)>, delay_s: f64 },
    /// Polls until a job has ended, and a constant delay of the answer.
    Jobs { polls: UntilDone, job: Delay, delay_s: f64, max_s: f64 },
    /// A long poller over a network with constant delays.
    LongPoll(LongPoll),
    /// A wait in a queue plus a constant delay.
    Wait { delay_s: f64, queue: Queue },
    /// A webhook with constant delays, and reconciling polls.
    Reconciled { hook: Steps, poll: FixedPoll },
}

/// A queue whose wait has a known distribution.
#[derive(Clone, Debug)]
pub(super) enum Queue {
    /// One server with a fixed service time, M/D/1.
    Fixed(FixedService),
    /// Exponential service times, M/M/c.
    Markov(Markov),
}

impl Queue {
    pub(super) fn cdf(&self, wait_s: f64) -> f64 {
        match self {
            Self::Fixed(queue) => queue.cdf(wait_s),
            Self::Markov(queue) => queue.cdf(wait_s),
        }
    }

    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        match self {
            Self::Fixed(queue) => theory::quantile(share, |wait| queue.cdf(wait)),
            Self::Markov(queue) => Some(queue.quantile(share)),
        }
    }
}

impl LatencyDistribution {
    /// Share of all events that the client holds within that time.
    pub(super) fn cdf(&self, latency_s: f64) -> f64 {
        match self {
            Self::Steps(steps) => steps.cdf(latency_s),
            Self::Delay(delay) => times::cdf(*delay, latency_s),
            Self::Poll(poll) => poll.cdf(latency_s),
            Self::PollExponential { interval_s, shift_s, mean_s } => {
                polling::exponential_answer_cdf(*interval_s, *mean_s, latency_s - shift_s)
            }
            Self::PollWaits { interval_s, waits, delay_s } => {
                polling::waits_cdf(*interval_s, waits, latency_s - delay_s)
            }
            Self::PollGaps { gaps, delay_s } => polling::gaps_cdf(gaps, latency_s - delay_s),
            Self::Jobs { polls, job, delay_s, max_s: _ } => {
                polls.lag_cdf(latency_s - delay_s, |time_s| times::longer(*job, time_s))
            }
            Self::LongPoll(process) => process.cdf(latency_s),
            Self::Wait { delay_s, queue } => queue.cdf(latency_s - delay_s),
            Self::Reconciled { hook, poll } => reconcile::cdf(hook, *poll, latency_s),
        }
    }

    /// The latency within which the client holds `share` (below 1) of the events that it holds in the end.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        match self {
            Self::Steps(steps) => steps.quantile(share),
            Self::Delay(delay) => Some(times::quantile(*delay, share)),
            Self::Poll(poll) => Some(poll.quantile(share)),
            Self::LongPoll(process) => Some(process.quantile(share)),
            Self::Wait { delay_s, queue } => queue.quantile(share).map(|wait| delay_s + wait),
            Self::PollExponential { .. }
            | Self::PollWaits { .. }
            | Self::PollGaps { .. }
            | Self::Jobs { .. }
            | Self::Reconciled { .. } => {
                let found = theory::quantile(share, |latency| self.cdf(latency))?;
                // The search ends near a step. The exact place of the step is the quantile.
                let near = |step: &&(f64, f64)| (step.0 - found).abs() <= 1e-9 * found;
                Some(self.steps().iter().find(near).map_or(found, |step| step.0))
            }
        }
    }

    /// The least upper bound of the latency, where a single attempt or interval determines it.
    pub(super) fn max(&self) -> Option<f64> {
        match self {
            Self::Steps(steps) => match steps.parts() {
                [(latency, _)] => Some(*latency),
                [] | [_, _, ..] => None,
            },
            Self::Delay(delay) => times::bound(*delay),
            Self::Poll(poll) => poll.max(),
            Self::PollGaps { gaps, delay_s } => {
                Some(gaps.iter().map(|gap| gap.0).fold(0.0, f64::max) + delay_s)
            }
            Self::Jobs { max_s, .. } => Some(*max_s),
            Self::LongPoll(process) => Some(process.latency_max()),
            Self::Reconciled { hook, poll } if hook.total() < 1.0 => poll.max(),
            Self::Reconciled { .. }
            | Self::PollExponential { .. }
            | Self::PollWaits { .. }
            | Self::Wait { .. } => None,
        }
    }

    /// (latency, share held within it) on a logarithmic grid, with both ends of the largest steps.
    pub(super) fn curve(&self) -> Vec<(f64, f64)> {
        let mut corners = self.steps().to_vec();
        corners.sort_by(|a, b| b.1.total_cmp(&a.1));
        corners.truncate(MAX_STEPS);
        let mut points: Vec<(f64, f64)> = corners
            .iter()
            .flat_map(|&(at, _)| [(at, self.cdf(at * (1.0 - 1e-12))), (at, self.cdf(at))])
            .collect();
        if !matches!(self, Self::Steps(_) | Self::Delay(Delay::Constant(_))) {
            let high = self.max().or_else(|| self.quantile(0.9999)).unwrap_or(1.0);
            let low = self.quantile(0.001).unwrap_or(0.0).max(high * 1e-6);
            points.extend((0..=GRID).map(|i| {
                let at = if i == GRID {
                    high
                } else {
                    low * libm::pow(high / low, f64::from(i) / f64::from(GRID))
                };
                (at, self.cdf(at))
            }));
        }
        points.retain(|point| point.0 > 0.0);
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        points
    }

    /// The latencies with a positive chance, and that chance.
    fn steps(&self) -> &[(f64, f64)] {
        match self {
            Self::Steps(steps) | Self::Reconciled { hook: steps, .. } => steps.parts(),
            Self::Delay(_)
            | Self::Poll(_)
            | Self::PollExponential { .. }
            | Self::PollWaits { .. }
            | Self::PollGaps { .. }
            | Self::Jobs { .. }
            | Self::LongPoll(_)
            | Self::Wait { .. } => &[],
        }
    }
}

/// Steps of the grid of a curve.
const GRID: u32 = 59;
/// Steps of a distribution that a curve shows, with two points each.
const MAX_STEPS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn rises(points: &[(f64, f64)]) -> bool {
        points.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].1 + 1e-12)
    }

    #[test]
    fn every_curve_rises_and_is_short() {
        let poll = FixedPoll { interval_s: 300.0, failure: 0.0, delay_s: 0.1 };
        let steps = Steps::new(vec![(0.25, 0.9), (5.25, 0.07)]);
        let distributions = [
            LatencyDistribution::Steps(steps.clone()),
            LatencyDistribution::Poll(poll),
            LatencyDistribution::Poll(FixedPoll { failure: 0.3, ..poll }),
            LatencyDistribution::PollGaps { gaps: vec![(60.0, 1400.0), (1860.0, 1.0)], delay_s: 0.05 },
            LatencyDistribution::PollWaits {
                interval_s: 10.0,
                waits: vec![(0.0, 0.4), (1.0, 0.4), (2.0, 0.2)],
                delay_s: 1.0,
            },
            LatencyDistribution::PollExponential { interval_s: 10.0, shift_s: 0.2, mean_s: 0.5 },
            LatencyDistribution::Wait {
                delay_s: 0.0,
                queue: Queue::Markov(Markov::new(2, 1.0, 1.0).unwrap()),
            },
            LatencyDistribution::Wait {
                delay_s: 0.1,
                queue: Queue::Fixed(FixedService::new(0.8, 1.0).unwrap()),
            },
            LatencyDistribution::Reconciled { hook: steps, poll },
        ];
        for distribution in distributions {
            let curve = distribution.curve();
            assert!(rises(&curve) && curve.len() <= 100, "{distribution:?}: {curve:?}");
            for share in [0.5, 0.9, 0.99] {
                let latency = distribution.quantile(share).unwrap();
                assert!(
                    distribution.cdf(latency) >= share * curve.last().unwrap().1 - 1e-6,
                    "{distribution:?} {share}"
                );
            }
        }
    }

    #[test]
    fn a_lossy_webhook_ends_below_one_and_a_poll_lifts_it() {
        let steps = Steps::new(vec![(0.25, 0.97)]);
        let curve = LatencyDistribution::Steps(steps.clone()).curve();
        assert_eq!(curve, [(0.25, 0.0), (0.25, 0.97)]);
        let reconciled = LatencyDistribution::Reconciled {
            hook: steps,
            poll: FixedPoll { interval_s: 300.0, failure: 0.0, delay_s: 0.1 },
        };
        assert_eq!(reconciled.quantile(0.5), Some(0.25));
        assert_eq!(reconciled.max(), Some(300.1));
        assert_eq!(reconciled.curve().last(), Some(&(300.1, 1.0)));
    }
}
