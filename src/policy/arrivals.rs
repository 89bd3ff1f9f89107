//! When events occur.

use super::delay::exponential;
use crate::rng::{Purpose, Randomness};
use crate::time::{Instant, Span};

/// The arrival process of the events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arrivals {
    /// One event each period.
    Constant {
        /// Events per second, above zero.
        rate_per_s: f64,
        /// When the first occurs.
        first: Instant,
    },
    /// Independent events: the gaps are exponential.
    Poisson {
        /// Events per second on average, above zero.
        rate_per_s: f64,
    },
}

impl Arrivals {
    /// The long-run number of events per second.
    pub const fn rate_per_s(&self) -> f64 {
        match *self {
            Self::Constant { rate_per_s, .. } | Self::Poisson { rate_per_s } => rate_per_s,
        }
    }

    /// The expected number of events in [0, `until`): of periodic events their exact number.
    pub fn expected(&self, until: Instant) -> f64 {
        match *self {
            Self::Constant { rate_per_s, first } => {
                let is_before = |k: f64| first + Span::from_secs_f64(k / rate_per_s) < until;
                let mut events = libm::ceil((until - first).as_secs_f64() * rate_per_s).max(0.0);
                // The quotient is rounded, and the time of each event to a nanosecond.
                while events > 0.0 && !is_before(events - 1.0) {
                    events -= 1.0;
                }
                while is_before(events) {
                    events += 1.0;
                }
                events
            }
            Self::Poisson { rate_per_s } => rate_per_s * (until - Instant::START).as_secs_f64().max(0.0),
        }
    }

    /// The times in [0, `duration`) at which events occur, in order. They depend on the process and the seed alone.
    pub fn times(&self, duration: Span, randomness: Randomness) -> Vec<Instant> {
        let end = Instant::START + duration;
        match *self {
            Self::Constant { rate_per_s, first } => (0..)
                .map(|k| first + Span::from_secs_f64(k as f64 / rate_per_s))
                .take_while(|&at| at < end)
                .collect(),
            Self::Poisson { rate_per_s } => {
                let stream = randomness.stream(Purpose::Arrival);
                let mut at_s = 0.0;
                (0..)
                    .map(|event| {
                        at_s += exponential(&mut stream.at(event, 0)) / rate_per_s;
                        Instant::START + Span::from_secs_f64(at_s)
                    })
                    .take_while(|&at| at < end)
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_number_of_periodic_events_is_exact() {
        let none = Randomness::new(1, 0);
        for (rate_per_s, first_s) in
            [(10.0 / 3600.0, 360.0), (0.5, 0.0), (7.0, 0.1), (1.0 / 3.0, 3.0), (1e-9, 1e9)]
        {
            let arrivals =
                Arrivals::Constant { rate_per_s, first: Instant::START + Span::from_secs_f64(first_s) };
            for duration_s in [0.0, 1.0, 6.0, 359.0, 3600.0, 3600.1] {
                let duration = Span::from_secs_f64(duration_s);
                let events = arrivals.times(duration, none).len() as f64;
                assert_eq!(arrivals.expected(Instant::START + duration), events, "{arrivals:?} {duration_s}");
            }
        }
        let poisson = Arrivals::Poisson { rate_per_s: 0.5 };
        assert_eq!(poisson.expected(Instant::START + Span::from_secs(10)), 5.0);
    }

    #[test]
    fn constant_events_occur_once_a_period() {
        let arrivals = Arrivals::Constant { rate_per_s: 10.0 / 3600.0, first: Instant(360_000_000_000) };
        let times = arrivals.times(Span::from_secs(3600), Randomness::new(0, 0));
        assert_eq!(times.len(), 9);
        assert_eq!(times[8], Instant(9 * 360_000_000_000));
    }

    /// A period of 304 years is longer than the range of time; no event follows the first.
    #[test]
    fn a_period_beyond_the_range_of_time_ends() {
        let rate_per_s = 0.000_009 / 86_400.0;
        let arrivals = Arrivals::Constant { rate_per_s, first: Instant(5) };
        assert_eq!(arrivals.times(Span::LONGEST, Randomness::new(0, 0)), [Instant(5)]);
    }

    /// Counts in windows have a variance equal to their mean, as in every Poisson process.
    #[test]
    fn poisson_counts_have_equal_mean_and_variance() {
        let (rate_per_s, seconds) = (2.0, 200_000);
        let times = Arrivals::Poisson { rate_per_s }.times(Span::from_secs(seconds), Randomness::new(3, 0));
        let mut counts = vec![0.0; seconds as usize / 5];
        for at in &times {
            counts[(at.as_secs_f64() / 5.0) as usize] += 1.0;
        }
        let n = counts.len() as f64;
        let mean = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / n;
        assert!((mean - 10.0).abs() < 4.0 * libm::sqrt(10.0 / n), "{mean}");
        // The variance of a sample variance of a Poisson variable of mean m is (2 m^2 + m)/n.
        assert!((variance - 10.0).abs() < 4.0 * libm::sqrt(210.0 / n), "{variance}");
    }
}
