//! When events occur.

mod draw;

use crate::time::{Instant, Span};
use std::sync::Arc;

/// The arrival process of the events.
#[derive(Clone, Debug, PartialEq)]
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
    /// Bursts at independent times. The events of a burst occur at the same moment, and their number is geometric.
    Bursts {
        /// Bursts per second on average, above zero.
        bursts_per_s: f64,
        /// Mean number of events in a burst, at least 1.
        mean_size: f64,
    },
    /// Two states that take turns, for exponential times; in each, events occur independently at its own rate
    /// (a Markov-modulated Poisson process).
    Mmpp {
        /// Events per second in each state; one of them may be 0.
        rates_per_s: [f64; 2],
        /// Mean time that each state lasts.
        stays: [Span; 2],
    },
    /// Independent events at a rate that rises and falls: rate × (1 + amplitude × sin(2πt/period)).
    Diurnal {
        /// Events per second, averaged over a period; above zero.
        rate_per_s: f64,
        /// From 0 to 1.
        amplitude: f64,
        /// The length of a period.
        period: Span,
    },
    /// Each event causes further ones, after exponential times (a Hawkes process). Others occur by themselves.
    SelfExciting {
        /// Events per second that occur by themselves, above zero.
        background_per_s: f64,
        /// Mean number of events that an event causes directly, below 1.
        offspring: f64,
        /// Mean time after which an event that another causes follows it.
        decay: Span,
    },
    /// Independent events. From one moment on there are many more, and the number falls back exponentially.
    FlashCrowd {
        /// Events per second before, above zero.
        rate_per_s: f64,
        /// When the crowd comes.
        at: Instant,
        /// The rate at that moment, as a multiple of the rate before; at least 1.
        factor: f64,
        /// The time in which the additional rate falls to 1/e.
        decay: Span,
    },
    /// Recorded events, each at its own time.
    Trace {
        /// When each occurs, in order; there is at least one.
        times: Arc<[Instant]>,
    },
}

impl Arrivals {
    /// The number of events per second in the long run; of a trace, until its last event.
    pub fn rate_per_s(&self) -> f64 {
        match *self {
            Self::Constant { rate_per_s, .. }
            | Self::Poisson { rate_per_s }
            | Self::Diurnal { rate_per_s, .. }
            | Self::FlashCrowd { rate_per_s, .. } => rate_per_s,
            Self::Bursts { bursts_per_s, mean_size } => bursts_per_s * mean_size,
            Self::Mmpp { rates_per_s: [one, other], stays } => {
                let [first, second] = stays.map(Span::as_secs_f64);
                (one * first + other * second) / (first + second)
            }
            Self::SelfExciting { background_per_s, offspring, .. } => background_per_s / (1.0 - offspring),
            Self::Trace { ref times } => {
                let last_s = times.last().map_or(0.0, |last| last.as_secs_f64());
                times.len() as f64 / if last_s > 0.0 { last_s } else { 1.0 }
            }
        }
    }

    /// The expected number of events in [0, `until`): of periodic events their exact number.
    pub fn expected(&self, until: Instant) -> f64 {
        let until_s = (until - Instant::START).as_secs_f64().max(0.0);
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
            Self::Diurnal { rate_per_s, amplitude, period } => {
                let turn_s = period.as_secs_f64() / TURN;
                rate_per_s * (until_s + amplitude * turn_s * (1.0 - libm::cos(until_s / turn_s)))
            }
            Self::FlashCrowd { rate_per_s, at, factor, decay } => {
                let (since_s, decay_s) = ((until - at).as_secs_f64().max(0.0), decay.as_secs_f64());
                rate_per_s * (until_s - (factor - 1.0) * decay_s * libm::expm1(-since_s / decay_s))
            }
            Self::Poisson { .. } | Self::Bursts { .. } | Self::Mmpp { .. } | Self::SelfExciting { .. } => {
                self.rate_per_s() * until_s
            }
            Self::Trace { ref times } => times.partition_point(|&at| at < until) as f64,
        }
    }

    /// Whether events are as likely at any time as at any other.
    pub const fn is_steady(&self) -> bool {
        match self {
            Self::Constant { .. }
            | Self::Poisson { .. }
            | Self::Bursts { .. }
            | Self::Mmpp { .. }
            | Self::SelfExciting { .. } => true,
            Self::Diurnal { .. } | Self::FlashCrowd { .. } | Self::Trace { .. } => false,
        }
    }

    /// The expected number of random draws for the events in [0, `until`).
    pub fn draws(&self, until: Instant) -> f64 {
        let until_s = (until - Instant::START).as_secs_f64().max(0.0);
        let beside = match *self {
            Self::Constant { .. }
            | Self::Poisson { .. }
            | Self::Bursts { .. }
            | Self::FlashCrowd { .. }
            | Self::Trace { .. } => 0.0,
            Self::Mmpp { stays: [one, other], .. } => 2.0 * until_s / (one + other).as_secs_f64(),
            Self::Diurnal { rate_per_s, amplitude, .. } => rate_per_s * amplitude * until_s,
            Self::SelfExciting { offspring, decay, .. } => {
                self.rate_per_s() * draw::AGE * decay.as_secs_f64() / (1.0 - offspring)
            }
        };
        self.expected(until) + beside
    }

    /// The variance of the number of events in a long time, divided by its mean: 1 for independent events, more where
    /// they cluster. The number of events divided by it is how many independent ones tell as much.
    pub fn dispersion(&self) -> f64 {
        match *self {
            // Fewer than 1 for periodic events, which tell no more of a client than independent ones.
            Self::Constant { .. } | Self::Poisson { .. } | Self::Diurnal { .. } | Self::FlashCrowd { .. } => {
                1.0
            }
            // E X²/E X of a geometric X.
            Self::Bursts { mean_size, .. } => 2.0 * mean_size - 1.0,
            // Fischer and Meier-Hellstern, The Markov-modulated Poisson process cookbook, 1993.
            Self::Mmpp { rates_per_s: [one, other], stays } => {
                let [leaves, enters] = stays.map(|stay| 1.0 / stay.as_secs_f64());
                let changes = leaves + enters;
                let apart = (one - other) * (one - other);
                1.0 + 2.0 * leaves * enters * apart / (changes * changes * changes * self.rate_per_s())
            }
            // Hawkes, Spectra of some self-exciting and mutually exciting point processes, 1971.
            Self::SelfExciting { offspring, .. } => 1.0 / ((1.0 - offspring) * (1.0 - offspring)),
            Self::Trace { ref times } => counted_dispersion(times),
        }
    }
}

/// The dispersion of the numbers of events in √n stretches of equal length, at least 1.
fn counted_dispersion(times: &[Instant]) -> f64 {
    let stretches = (libm::sqrt(times.len() as f64) as usize).max(1);
    let last = times.last().map_or(1, |last| last.0).max(1);
    let mut counts = vec![0.0; stretches];
    for at in times {
        let stretch = (i128::from(at.0) * stretches as i128 / i128::from(last)) as usize;
        counts[stretch.min(stretches - 1)] += 1.0;
    }
    let mean = times.len() as f64 / stretches as f64;
    let variance: f64 =
        counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / stretches as f64;
    (variance / mean).max(1.0)
}

/// A turn of the circle.
const TURN: f64 = 2.0 * std::f64::consts::PI;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Randomness;

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
    fn recorded_events_occur_at_their_times_until_the_end() {
        let times: Vec<Instant> = [0, 5, 5, 8, 20].map(|at| Instant(at * 1_000_000_000)).to_vec();
        let trace = Arrivals::Trace { times: times.clone().into() };
        for (replication, seconds, events) in [(0, 100, 5), (3, 100, 5), (0, 20, 4), (0, 5, 1)] {
            let drawn = trace.times(Span::from_secs(seconds), Randomness::new(7, replication));
            assert_eq!(drawn, times[..events], "{seconds}");
            assert_eq!(trace.expected(Instant::START + Span::from_secs(seconds)), events as f64);
        }
        assert_eq!(trace.rate_per_s(), 0.25);
        // Two stretches of 10 s with 4 events and 1: a mean of 2.5 and a variance of 2.25. A hundred at one moment cluster.
        assert_eq!(trace.dispersion(), 1.0);
        let burst: Vec<Instant> = (0..100).map(|n| Instant(i64::from(n > 98) * 1_000_000_000)).collect();
        assert!(Arrivals::Trace { times: burst.into() }.dispersion() > 50.0);
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
