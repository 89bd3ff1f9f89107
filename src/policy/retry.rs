//! When a failed delivery is retried, and when the sender gives up.

use crate::rng::Draws;
use crate::time::Span;

/// The delays between the attempts of a delivery. Each starts at the failure before it.
#[derive(Clone, Debug, PartialEq)]
pub enum Retries {
    /// A list of delays; there is one attempt more than delays.
    List(Vec<Span>),
    /// Delays that grow by a factor.
    Exponential {
        /// The first delay, above zero.
        first: Span,
        /// The ratio of each delay to the one before, at least 1.
        factor: f64,
        /// No delay is longer.
        max: Span,
        /// Attempts in all, the first included; at least 1.
        attempts: u32,
    },
}

/// How a delay is randomised so that deliveries that failed together are not retried together
/// (names and formulas: Brooker, "Exponential backoff and jitter", AWS Architecture Blog 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryJitter {
    /// Not at all.
    None,
    /// Uniform between zero and the delay.
    Full,
    /// Uniform between half of the delay and the delay.
    Equal,
    /// Uniform between the first delay and three times the previous one, at most `max` of the schedule.
    Decorrelated,
}

impl Retries {
    /// Attempts in all, the first included.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::List(delays) => delays.len() as u32 + 1,
            Self::Exponential { attempts, .. } => *attempts,
        }
    }

    /// The delay after the failure of attempt `failed_attempt` (counted from 1), before jitter.
    /// None where the sender gives up.
    pub fn delay(&self, failed_attempt: u32) -> Option<Span> {
        match self {
            Self::List(delays) => delays.get(failed_attempt as usize - 1).copied(),
            Self::Exponential { attempts, .. } if failed_attempt >= *attempts => None,
            Self::Exponential { first, factor, max, .. } => {
                let grown = libm::pow(*factor, f64::from(failed_attempt - 1));
                Some(Span::from_secs_f64((first.as_secs_f64() * grown).min(max.as_secs_f64())))
            }
        }
    }

    /// The delay after the failure of that attempt, with jitter. `previous` is the delay before it, with its jitter;
    /// zero after the first attempt.
    pub fn next(
        &self,
        jitter: RetryJitter,
        failed_attempt: u32,
        previous: Span,
        draws: impl FnOnce() -> Draws,
    ) -> Option<Span> {
        let delay = self.delay(failed_attempt)?;
        Some(match jitter {
            RetryJitter::None => delay,
            RetryJitter::Full => delay.scaled(draws().unit()),
            RetryJitter::Equal => delay / 2 + (delay - delay / 2).scaled(draws().unit()),
            RetryJitter::Decorrelated => {
                let first = self.delay(1)?;
                let reach = (previous.max(first) * 3 - first).scaled(draws().unit());
                (first + reach).min(self.max())
            }
        })
    }

    /// The upper bound of every delay, jitter included: `max`, or the longest of a list.
    fn max(&self) -> Span {
        match self {
            Self::List(delays) => delays.iter().copied().max().unwrap_or(Span::ZERO),
            Self::Exponential { max, .. } => *max,
        }
    }

    /// The upper bound of every delay, with jitter of that kind.
    pub fn longest(&self, jitter: RetryJitter) -> Span {
        match jitter {
            // They shorten delays.
            RetryJitter::None | RetryJitter::Full | RetryJitter::Equal => {
                (1..self.attempts()).filter_map(|attempt| self.delay(attempt)).max().unwrap_or(Span::ZERO)
            }
            RetryJitter::Decorrelated => self.max(),
        }
    }

    /// The sum of all delays before jitter: an outage that lasts longer loses events.
    pub fn span(&self) -> Span {
        (1..self.attempts()).filter_map(|attempt| self.delay(attempt)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Randomness};

    /// The schedule that Svix documents: the fourth attempt is 35 min 5 s after the first, the last one
    /// 27 h 35 min 5 s.
    #[test]
    fn the_span_of_a_documented_schedule() {
        let svix = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map(Span::from_secs);
        let retries = Retries::List(svix.to_vec());
        assert_eq!((1..=3).filter_map(|n| retries.delay(n)).sum::<Span>(), Span::from_secs(2105));
        assert_eq!(retries.span(), Span::from_secs(99_305));
        assert_eq!(retries.attempts(), 8);
        assert_eq!(retries.delay(8), None);
    }

    #[test]
    fn exponential_delays_grow_to_their_limit_and_end() {
        let retries = Retries::Exponential {
            first: Span::from_secs(3),
            factor: 3.0,
            max: Span::from_secs(60),
            attempts: 5,
        };
        let delays: Vec<i64> = (1..9).map_while(|n| retries.delay(n)).map(|d| d.0 / 1_000_000_000).collect();
        assert_eq!(delays, [3, 9, 27, 60]);
    }

    /// With two attempts there is one delay, and it is drawn up to three times the first.
    #[test]
    fn decorrelated_jitter_is_capped_by_max_alone() {
        let (first, max) = (Span::from_secs(10), Span::from_secs(25));
        let retries = Retries::Exponential { first, factor: 2.0, max, attempts: 2 };
        let stream = Randomness::new(1, 0).stream(Purpose::RetryJitter);
        let draw = |id| retries.next(RetryJitter::Decorrelated, 1, Span::ZERO, || stream.at(id, 1)).unwrap();
        let delays: Vec<Span> = (0..1000).map(draw).collect();
        assert_eq!(delays.iter().max(), Some(&max));
        assert!(delays.iter().filter(|&&delay| delay > first && delay < max).count() > 500);
    }

    #[test]
    fn each_jitter_stays_in_its_bounds() {
        let retries = Retries::List([10, 20, 40].map(Span::from_secs).to_vec());
        let stream = Randomness::new(1, 0).stream(Purpose::RetryJitter);
        for id in 0..10_000 {
            let next = |jitter, previous| retries.next(jitter, 2, previous, || stream.at(id, 2)).unwrap();
            assert_eq!(next(RetryJitter::None, Span::ZERO), Span::from_secs(20));
            assert!(next(RetryJitter::Full, Span::ZERO) <= Span::from_secs(20));
            let equal = next(RetryJitter::Equal, Span::ZERO);
            assert!(equal >= Span::from_secs(10) && equal <= Span::from_secs(20));
            let decorrelated = next(RetryJitter::Decorrelated, Span::from_secs(15));
            assert!(decorrelated >= Span::from_secs(10) && decorrelated <= Span::from_secs(40));
        }
    }
}
