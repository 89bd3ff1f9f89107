//! Drawing the times of the events.

use super::{Arrivals, TURN};
use crate::policy::delay::exponential;
use crate::rng::{Purpose, Randomness, Stream};
use crate::time::{Instant, Span};

impl Arrivals {
    /// The times in [0, `duration`) at which events occur, in order. They depend on the process and the seed alone.
    pub fn times(&self, duration: Span, randomness: Randomness) -> Vec<Instant> {
        let end = Instant::START + duration;
        let before_end = |times_s: Box<dyn Iterator<Item = f64>>| {
            let times = times_s.map(|at_s| Instant::START + Span::from_secs_f64(at_s));
            times.take_while(|&at| at < end).collect()
        };
        let stream = randomness.stream(Purpose::Arrival);
        match *self {
            Self::Constant { rate_per_s, first } => (0..)
                .map(|k| first + Span::from_secs_f64(k as f64 / rate_per_s))
                .take_while(|&at| at < end)
                .collect(),
            Self::Trace { ref times } => times.iter().copied().take_while(|&at| at < end).collect(),
            Self::Poisson { rate_per_s } => before_end(Box::new(independent(stream, rate_per_s))),
            Self::Bursts { bursts_per_s, mean_size } => {
                let bursts = independent(stream, bursts_per_s).enumerate();
                before_end(Box::new(bursts.flat_map(move |(burst, at_s)| {
                    let size = geometric(stream.unit(burst as u64, SIZE), mean_size);
                    std::iter::repeat_n(at_s, size)
                })))
            }
            Self::Mmpp { rates_per_s, stays } => before_end(Box::new(two_states(stream, rates_per_s, stays))),
            Self::Diurnal { rate_per_s, amplitude, period } => {
                // Thinning (Lewis and Shedler 1979): of events at the highest rate, each is kept with the share of it that
                // the rate has at that time.
                let highest_per_s = rate_per_s * (1.0 + amplitude);
                let turn_s = period.as_secs_f64() / TURN;
                let all = independent(stream, highest_per_s).enumerate();
                let kept = all.filter(move |&(event, at_s)| {
                    let rate = 1.0 + amplitude * libm::sin(at_s / turn_s);
                    stream.unit(event as u64, KEPT) * (1.0 + amplitude) < rate
                });
                before_end(Box::new(kept.map(|(_, at_s)| at_s)))
            }
            Self::SelfExciting { background_per_s, offspring, decay } => {
                before_end(Box::new(self_exciting(stream, background_per_s, offspring, decay.as_secs_f64())))
            }
            Self::FlashCrowd { rate_per_s, at, factor, decay } => {
                let usual = before_end(Box::new(independent(stream, rate_per_s)));
                let decay_s = decay.as_secs_f64();
                let crowd = falling(stream, rate_per_s * (factor - 1.0), decay_s);
                let crowd: Vec<Instant> =
                    before_end(Box::new(crowd.map(move |since_s| at.as_secs_f64() + since_s)));
                let mut all = [usual, crowd].concat();
                all.sort_unstable();
                all
            }
        }
    }
}

/// Times of independent events.
fn independent(stream: Stream, rate_per_s: f64) -> impl Iterator<Item = f64> {
    (0..).scan(0.0, move |at_s, event| {
        *at_s += exponential(&mut stream.at(event, 0)) / rate_per_s;
        Some(*at_s)
    })
}

/// A geometric number, from 1 on, of that mean: the inverse of its distribution.
fn geometric(unit: f64, mean: f64) -> usize {
    if mean <= 1.0 {
        return 1;
    }
    // P(more than k) = (1 - 1/mean)^k.
    1 + (libm::log1p(-unit) / libm::log1p(-1.0 / mean)) as usize
}

/// Times of events whose rate depends on a state. It starts in its stationary state.
fn two_states(stream: Stream, rates_per_s: [f64; 2], stays: [Span; 2]) -> impl Iterator<Item = f64> {
    let stays_s = stays.map(Span::as_secs_f64);
    let mut state = usize::from(stream.unit(0, STATE) * (stays_s[0] + stays_s[1]) >= stays_s[0]);
    let (mut at_s, mut changes_s, mut stay, mut event) = (0.0, 0.0, 0, 0);
    let mut changes_after = move |state: usize| {
        stay += 1;
        exponential(&mut stream.at(stay, STATE)) * stays_s[state]
    };
    changes_s += changes_after(state);
    std::iter::from_fn(move || {
        loop {
            let gap_s = exponential(&mut stream.at(event, 0)) / rates_per_s[state];
            event += 1;
            // The rest of a gap that a change of state cuts off is drawn anew: an exponential gap has no memory.
            if at_s + gap_s < changes_s {
                at_s += gap_s;
                return Some(at_s);
            }
            at_s = changes_s;
            state = 1 - state;
            changes_s += changes_after(state);
        }
    })
}

/// Times of events each of which causes others. The process is old enough at time 0 to be stationary.
///
/// The part of the rate that comes of earlier events falls exponentially, so that the next event is the earlier of one
/// that occurs by itself and one that is caused, without rejections (Dassios and Zhao, Exact simulation of Hawkes process
/// with exponentially decaying intensity, 2013).
fn self_exciting(
    stream: Stream,
    background_per_s: f64,
    offspring: f64,
    decay_s: f64,
) -> impl Iterator<Item = f64> {
    let mut at_s = -AGE * decay_s / (1.0 - offspring);
    let mut caused_per_s = 0.0;
    let steps = (0..).map(move |event| {
        let mut draws = stream.at(event, 0);
        let by_itself_s = exponential(&mut draws) / background_per_s;
        let caused_s = falling_gap(exponential(&mut draws), caused_per_s, decay_s);
        let gap_s = caused_s.map_or(by_itself_s, |caused_s| by_itself_s.min(caused_s));
        caused_per_s = caused_per_s * libm::exp(-gap_s / decay_s) + offspring / decay_s;
        at_s += gap_s;
        at_s
    });
    steps.filter(|&at_s| at_s >= 0.0)
}

/// Times of events at a rate that falls exponentially from `rate_per_s` on; they end.
fn falling(stream: Stream, mut rate_per_s: f64, decay_s: f64) -> impl Iterator<Item = f64> {
    let mut event = 0;
    let mut at_s = 0.0;
    std::iter::from_fn(move || {
        let gap_s = falling_gap(exponential(&mut stream.at(event, CROWD)), rate_per_s, decay_s)?;
        event += 1;
        rate_per_s *= libm::exp(-gap_s / decay_s);
        at_s += gap_s;
        Some(at_s)
    })
}

/// The time until the next event at a rate that falls exponentially; None where there is none. `unit_exponential` is the
/// integral of the rate until then.
fn falling_gap(unit_exponential: f64, rate_per_s: f64, decay_s: f64) -> Option<f64> {
    let left = 1.0 - unit_exponential / (rate_per_s * decay_s);
    (left > 0.0).then(|| -decay_s * libm::log(left))
}

/// Draws of the arrivals beside those of the gaps: the attempt in their keys.
const SIZE: u64 = 1;
const KEPT: u64 = 1;
const STATE: u64 = 1;
const CROWD: u64 = 1;
/// The age of a self-exciting process at time 0, in times of decay of its clusters: e^-30 of its beginning is left.
pub(super) const AGE: f64 = 30.0;

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: [Arrivals; 6] = [
        Arrivals::Poisson { rate_per_s: 2.0 },
        Arrivals::Bursts { bursts_per_s: 0.5, mean_size: 4.0 },
        Arrivals::Mmpp { rates_per_s: [6.0, 0.0], stays: [Span::from_secs(5), Span::from_secs(10)] },
        Arrivals::Diurnal { rate_per_s: 2.0, amplitude: 0.8, period: Span::from_secs(100) },
        Arrivals::SelfExciting { background_per_s: 0.8, offspring: 0.6, decay: Span::from_secs(2) },
        Arrivals::FlashCrowd {
            rate_per_s: 2.0,
            at: Instant(50_000_000_000_000),
            factor: 5.0,
            decay: Span::from_secs(20_000),
        },
    ];

    /// Events in windows of so many seconds.
    fn counts(arrivals: Arrivals, seconds: i64, window_s: i64) -> Vec<f64> {
        let times = arrivals.times(Span::from_secs(seconds), Randomness::new(11, 0));
        assert!(times.is_sorted() && times[0] >= Instant::START);
        let mut counts = vec![0.0; (seconds / window_s) as usize];
        for at in times {
            counts[(at.as_secs_f64() / window_s as f64) as usize] += 1.0;
        }
        counts
    }

    fn mean_and_variance(counts: &[f64]) -> (f64, f64) {
        let n = counts.len() as f64;
        let mean = counts.iter().sum::<f64>() / n;
        (mean, counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / n)
    }

    /// The number of all events, with the spread that the dispersion of the process says.
    #[test]
    fn each_process_has_its_rate() {
        let seconds = 400_000;
        for arrivals in EVERY {
            let all: f64 = counts(arrivals.clone(), seconds, 100).iter().sum();
            let expected = arrivals.expected(Instant::START + Span::from_secs(seconds));
            let error = libm::sqrt(expected * arrivals.dispersion());
            assert!(
                (all - expected).abs() < 4.0 * error,
                "{arrivals:?}: {all}, expected {expected} ± {error}"
            );
        }
    }

    /// The variance of counts in long windows. That of a sample variance is near 2 variance²/n; clusters add to it.
    #[test]
    fn each_process_has_its_dispersion() {
        let (seconds, window_s) = (4_000_000, 2_000);
        for arrivals in EVERY.into_iter().filter(|arrivals| !matches!(arrivals, Arrivals::FlashCrowd { .. }))
        {
            let counts = counts(arrivals.clone(), seconds, window_s);
            let (mean, variance) = mean_and_variance(&counts);
            let (measured, dispersion) = (variance / mean, arrivals.dispersion());
            let four_errors = 4.0 * libm::sqrt(2.2 / counts.len() as f64);
            // The windows are not infinitely long: a cluster at an end is cut. It is one in 400 of the longest memory, 5 s.
            assert!(
                (measured / dispersion - 1.0).abs() < four_errors + 0.01,
                "{arrivals:?}: {measured}, expected {dispersion}"
            );
        }
    }

    /// The integral of the rate between two events is exponential with mean 1: of the process whose rate follows from time
    /// alone (Kolmogorov and Smirnov, at one in a thousand).
    #[test]
    fn rescaled_gaps_are_exponential() {
        for arrivals in [EVERY[3].clone(), EVERY[5].clone()] {
            let times = arrivals.times(Span::from_secs(100_000), Randomness::new(5, 0));
            let gap = |pair: &[Instant]| arrivals.expected(pair[1]) - arrivals.expected(pair[0]);
            let distance = distance_to_exponential(times.windows(2).map(gap).collect());
            assert!(distance < 1.949, "{arrivals:?}: {distance}");
        }
    }

    /// The same of the self-exciting process, whose rate follows from the events before.
    #[test]
    fn rescaled_gaps_of_a_self_exciting_process_are_exponential() {
        let (background_per_s, offspring, decay_s) = (0.2, 0.6, 1.0);
        let arrivals = Arrivals::SelfExciting { background_per_s, offspring, decay: Span::SECOND };
        let times = arrivals.times(Span::from_secs(100_000), Randomness::new(5, 0));
        let mut caused_per_s = 0.0;
        let gap = |pair: &[Instant]| {
            let gap_s = (pair[1] - pair[0]).as_secs_f64();
            caused_per_s += offspring / decay_s;
            let left_per_s = caused_per_s * libm::exp(-gap_s / decay_s);
            let integral = background_per_s * gap_s + (caused_per_s - left_per_s) * decay_s;
            caused_per_s = left_per_s;
            integral
        };
        // What the events before time 0 cause is over after the first hundred.
        let gaps: Vec<f64> = times.windows(2).map(gap).skip(100).collect();
        let distance = distance_to_exponential(gaps);
        assert!(distance < 1.949, "{distance}");
    }

    /// √n times the greatest distance between the distribution of the gaps and the exponential one.
    fn distance_to_exponential(mut gaps: Vec<f64>) -> f64 {
        gaps.sort_unstable_by(f64::total_cmp);
        let n = gaps.len() as f64;
        let distance = |(rank, &gap): (usize, &f64)| {
            let share = -libm::expm1(-gap);
            (share - rank as f64 / n).abs().max((share - (rank + 1) as f64 / n).abs())
        };
        libm::sqrt(n) * gaps.iter().enumerate().map(distance).fold(0.0, f64::max)
    }

    #[test]
    fn a_burst_of_mean_one_is_one_event() {
        assert_eq!((geometric(0.999, 1.0), geometric(0.0, 4.0), geometric(0.76, 4.0)), (1, 1, 5));
    }
}
