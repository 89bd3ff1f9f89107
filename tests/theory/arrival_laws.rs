//! Each arrival process against its laws: the mean and the variance of the number of events in windows of several lengths,
//! and the times between events, which are exponential for every process once time is stretched by its intensity.
//!
//! The laws are written here a second time, from the literature and not from `policy::arrivals`. Each check is also held
//! against a process that is a tenth faster, which it must refuse: a test that cannot fail tells nothing.

use pollhook::policy::arrivals::Arrivals;
use pollhook::rng::Randomness;
use pollhook::time::{Instant, Span};
use std::f64::consts::PI;

/// Every process. None of them is Poisson in disguise: states, rhythm and crowd change within a window.
fn every() -> [Arrivals; 8] {
    every_faster(1.0)
}

/// Every process with all its rates multiplied.
fn every_faster(times: f64) -> [Arrivals; 8] {
    let span = Span::from_secs;
    [
        Arrivals::Constant { rate_per_s: 2.0 * times, first: Instant::START },
        Arrivals::Poisson { rate_per_s: 2.0 * times },
        Arrivals::Bursts { bursts_per_s: 0.5 * times, mean_size: 4.0 },
        Arrivals::Mmpp { rates_per_s: [6.0 * times, 0.5 * times], stays: [span(5), span(10)] },
        Arrivals::Diurnal { rate_per_s: 2.0 * times, amplitude: 0.8, period: span(30) },
        Arrivals::SelfExciting { background_per_s: 0.8 * times, offspring: 0.6, decay: span(2) },
        Arrivals::FlashCrowd {
            rate_per_s: 1.0 * times,
            at: Instant::START + span(4),
            factor: 9.0,
            decay: span(15),
        },
        Arrivals::Trace { times: (0..100_000).map(|at| Instant::START + span(at) / 2).collect() },
    ]
}

/// The integral of the rate over [0, t), where the rate follows from time alone, or is the mean.
fn mean(arrivals: &Arrivals, t: f64) -> f64 {
    match *arrivals {
        Arrivals::Constant { rate_per_s, .. } => libm::ceil(t * rate_per_s),
        Arrivals::Poisson { rate_per_s } => rate_per_s * t,
        Arrivals::Bursts { bursts_per_s, mean_size } => bursts_per_s * mean_size * t,
        Arrivals::Mmpp { rates_per_s: [one, other], stays } => {
            let [first, second] = stays.map(Span::as_secs_f64);
            t * (one * first + other * second) / (first + second)
        }
        Arrivals::Diurnal { rate_per_s, amplitude, period } => {
            let turns = 2.0 * PI / period.as_secs_f64();
            rate_per_s * (t + amplitude / turns * (1.0 - libm::cos(turns * t)))
        }
        Arrivals::SelfExciting { background_per_s, offspring, .. } => {
            background_per_s * t / (1.0 - offspring)
        }
        Arrivals::FlashCrowd { rate_per_s, at, factor, decay } => {
            let (since, decay) = ((t - at.as_secs_f64()).max(0.0), decay.as_secs_f64());
            rate_per_s * (t + (factor - 1.0) * decay * (1.0 - libm::exp(-since / decay)))
        }
        Arrivals::Trace { ref times } => times.iter().filter(|at| at.as_secs_f64() < t).count() as f64,
    }
}

/// The variance of the number of events in [0, t).
fn variance(arrivals: &Arrivals, t: f64) -> f64 {
    match *arrivals {
        Arrivals::Constant { .. } | Arrivals::Trace { .. } => 0.0,
        Arrivals::Poisson { .. } | Arrivals::Diurnal { .. } | Arrivals::FlashCrowd { .. } => {
            mean(arrivals, t)
        }
        // The mean square of a geometric size with p = 1/m is (2 - p)/p².
        Arrivals::Bursts { bursts_per_s, mean_size } => {
            bursts_per_s * t * (2.0 - 1.0 / mean_size) * mean_size * mean_size
        }
        // Fischer and Meier-Hellstern, The Markov-modulated Poisson process cookbook, 1993.
        Arrivals::Mmpp { rates_per_s: [one, other], stays } => {
            let [leaves, enters] = stays.map(|stay| 1.0 / stay.as_secs_f64());
            let both = leaves + enters;
            let apart = (one - other) * (one - other);
            let memory = t - (1.0 - libm::exp(-both * t)) / both;
            mean(arrivals, t) + 2.0 * leaves * enters * apart / (both * both * both) * memory
        }
        // Hawkes, Spectra of some self-exciting and mutually exciting point processes, 1971.
        Arrivals::SelfExciting { offspring, decay, .. } => {
            let cluster = 1.0 / (1.0 - offspring);
            let fades = (1.0 - offspring) / decay.as_secs_f64() * t;
            let square = cluster * cluster;
            mean(arrivals, t) * (square + (1.0 - square) * (1.0 - libm::exp(-fades)) / fades)
        }
    }
}

/// The number of events in [0, t) in each of so many replications.
fn counts(arrivals: &Arrivals, t: i64, replications: u32) -> Vec<f64> {
    let count = |replication| {
        let times = arrivals.times(Span::from_secs(t), Randomness::new(17, replication));
        assert!(times.is_sorted() && times.iter().all(|at| (0.0..t as f64).contains(&at.as_secs_f64())));
        times.len() as f64
    };
    (0..replications).map(count).collect()
}

/// How many standard errors the mean number of events is from that of the law: the error is that of the law's variance,
/// which clusters make larger than the number of events alone would.
fn errors_of_mean(counts: &[f64], law: &Arrivals, t: f64) -> f64 {
    let n = counts.len() as f64;
    let measured = counts.iter().sum::<f64>() / n;
    let error = libm::sqrt(variance(law, t) / n);
    // Of what does not vary, only the very number is right.
    (measured - mean(law, t)).abs() / if error > 0.0 { error } else { 1e-9 }
}

/// The same of the variance; its error follows from the fourth moment of the sample.
fn errors_of_variance(counts: &[f64], law: &Arrivals, t: f64) -> f64 {
    let n = counts.len() as f64;
    let middle = counts.iter().sum::<f64>() / n;
    let moment = |power: f64| counts.iter().map(|count| libm::pow(count - middle, power)).sum::<f64>() / n;
    let (second, fourth) = (moment(2.0), moment(4.0));
    let error = libm::sqrt((fourth - second * second) / n);
    (second - variance(law, t)).abs() / if error > 0.0 { error } else { 1e-9 }
}

const WINDOWS: [i64; 3] = [3, 10, 60];

#[test]
fn each_process_has_its_mean_in_every_window() {
    for (arrivals, faster) in every().iter().zip(&every_faster(1.1)) {
        for t in WINDOWS {
            let counts = counts(arrivals, t, 10_000);
            let errors = errors_of_mean(&counts, arrivals, t as f64);
            assert!(errors < 4.0, "{arrivals:?} in {t} s: {errors} standard errors");
            // A recorded trace has no rate, and two periods more or less are one event in ten only from 5 s on.
            let is_refutable = !matches!(arrivals, Arrivals::Trace { .. }) && t >= 10;
            let errors = errors_of_mean(&counts, faster, t as f64);
            assert!(!is_refutable || errors > 6.0, "{faster:?} in {t} s: a wrong rate passes with {errors}");
        }
    }
}

#[test]
fn each_process_has_its_dispersion_in_every_window() {
    for arrivals in &every() {
        for t in WINDOWS {
            let counts = counts(arrivals, t, 10_000);
            let errors = errors_of_variance(&counts, arrivals, t as f64);
            assert!(errors < 4.0, "{arrivals:?} in {t} s: {errors} standard errors");
            // Where events cluster, independent ones of the same rate are told from them.
            let dispersion = variance(arrivals, t as f64) / mean(arrivals, t as f64);
            let independent = Arrivals::Poisson { rate_per_s: mean(arrivals, t as f64) / t as f64 };
            let errors = errors_of_variance(&counts, &independent, t as f64);
            assert!(
                (0.9..1.3).contains(&dispersion) || errors > 8.0,
                "{arrivals:?} in {t} s: {dispersion}, {errors}"
            );
        }
    }
}

/// The times between events, stretched by the intensity that the events before give: independent exponential times of mean 1
/// (Meyer 1971, Papangelou 1972).
fn rescaled(law: &Arrivals, times: &[Instant]) -> Vec<f64> {
    let at_s: Vec<f64> = std::iter::once(0.0).chain(times.iter().map(|at| at.as_secs_f64())).collect();
    let gaps = || at_s.windows(2).map(|pair| pair[1] - pair[0]);
    match *law {
        Arrivals::Poisson { .. } | Arrivals::Diurnal { .. } | Arrivals::FlashCrowd { .. } => {
            at_s.windows(2).map(|pair| mean(law, pair[1]) - mean(law, pair[0])).collect()
        }
        Arrivals::Constant { rate_per_s, .. } => gaps().map(|gap| gap * rate_per_s).collect(),
        // Those of a burst have no time between them.
        Arrivals::Bursts { bursts_per_s, .. } => {
            gaps().filter(|gap| *gap > 0.0).map(|gap| gap * bursts_per_s).collect()
        }
        Arrivals::Mmpp { rates_per_s, stays } => {
            let leaves = stays.map(|stay| 1.0 / stay.as_secs_f64());
            // How likely each state is, given the events so far.
            let mut states = [leaves[1], leaves[0]].map(|rate| rate / (leaves[0] + leaves[1]));
            gaps()
                .map(|gap| {
                    let quiet = without_an_event(states, rates_per_s, leaves, gap);
                    let survives = quiet[0] + quiet[1];
                    let event = [quiet[0] * rates_per_s[0], quiet[1] * rates_per_s[1]];
                    states = event.map(|likely| likely / (event[0] + event[1]));
                    -libm::log(survives)
                })
                .collect()
        }
        Arrivals::SelfExciting { background_per_s, offspring, decay } => {
            let decay_s = decay.as_secs_f64();
            let mut caused_per_s = 0.0;
            let stretched = gaps().map(|gap| {
                let left_per_s = caused_per_s * libm::exp(-gap / decay_s);
                let integral = background_per_s * gap + (caused_per_s - left_per_s) * decay_s;
                caused_per_s = left_per_s + offspring / decay_s;
                integral
            });
            // What the events before time 0 cause is over after the first hundred.
            stretched.collect::<Vec<f64>>().split_off(100)
        }
        Arrivals::Trace { .. } => Vec::new(),
    }
}

/// How likely each state is after a gap in which nothing occurs, which has the density of the states before: those times the
/// exponential of (Q - Λ)·gap.
fn without_an_event(states: [f64; 2], rates: [f64; 2], leaves: [f64; 2], gap: f64) -> [f64; 2] {
    let ([a, d], [b, c]) = ([-leaves[0] - rates[0], -leaves[1] - rates[1]], leaves);
    let (middle, half) = ((a + d) / 2.0, (a - d) / 2.0);
    let root = libm::sqrt(half * half + b * c);
    let (even, odd) = (libm::cosh(root * gap), libm::sinh(root * gap) / root);
    let decay = libm::exp(middle * gap);
    let [one, other] = states;
    [
        decay * (one * (even + odd * half) + other * odd * c),
        decay * (one * odd * b + other * (even - odd * half)),
    ]
}

/// √n times the greatest distance between the distribution of a sample and this one (Kolmogorov and Smirnov): above 1.949
/// once in a thousand samples.
fn distance(mut sample: Vec<f64>, distribution: impl Fn(f64) -> f64) -> f64 {
    sample.sort_unstable_by(f64::total_cmp);
    let n = sample.len() as f64;
    let apart = sample.iter().enumerate().map(|(rank, &value)| {
        let share = distribution(value);
        (share - rank as f64 / n).abs().max((share - (rank + 1) as f64 / n).abs())
    });
    libm::sqrt(n) * apart.fold(0.0, f64::max)
}

#[test]
fn rescaled_gaps_of_each_process_are_exponential_and_independent() {
    let exponential = |gap: f64| -libm::expm1(-gap);
    for (arrivals, faster) in every().iter().zip(&every_faster(1.1)) {
        let times = arrivals.times(Span::from_secs(50_000), Randomness::new(5, 0));
        let gaps = rescaled(arrivals, &times);
        match arrivals {
            Arrivals::Constant { .. } => {
                // The first occurs at time 0, and then one each period.
                assert!(gaps[0] == 0.0 && gaps[1..].iter().all(|gap| (gap - 1.0).abs() < 1e-6));
                continue;
            }
            Arrivals::Trace { times: recorded } => {
                assert_eq!(times, recorded[..]);
                continue;
            }
            Arrivals::Poisson { .. }
            | Arrivals::Bursts { .. }
            | Arrivals::Mmpp { .. }
            | Arrivals::Diurnal { .. }
            | Arrivals::SelfExciting { .. }
            | Arrivals::FlashCrowd { .. } => {}
        }
        let n = gaps.len() as f64;
        assert!(n > 20_000.0, "{arrivals:?}: {n} gaps");
        let pairs = gaps.windows(2).map(|pair| (pair[0] - 1.0) * (pair[1] - 1.0));
        let correlation = pairs.sum::<f64>() / n;
        assert!(correlation.abs() < 4.0 / libm::sqrt(n), "{arrivals:?}: {correlation}");
        let apart = distance(gaps, exponential);
        assert!(apart < 1.949, "{arrivals:?}: {apart}");
        let wrong = distance(rescaled(faster, &times), exponential);
        assert!(wrong > 2.5, "{faster:?}: a wrong rate passes with {wrong}");
    }
}

/// P(at most k) = 1 - (1 - p)^k. The distance of a distribution with steps is smaller than that of a continuous one.
#[test]
fn the_sizes_of_bursts_are_geometric() {
    let bursts = Arrivals::Bursts { bursts_per_s: 0.5, mean_size: 4.0 };
    let times = bursts.times(Span::from_secs(100_000), Randomness::new(5, 0));
    let sizes: Vec<f64> = times.chunk_by(|one, other| one == other).map(|burst| burst.len() as f64).collect();
    let n = sizes.len() as f64;
    let apart = |mean: f64| {
        let steps = (1..60).map(|size| {
            let measured = sizes.iter().filter(|own| **own <= f64::from(size)).count() as f64 / n;
            (measured - (1.0 - libm::pow(1.0 - 1.0 / mean, f64::from(size)))).abs()
        });
        libm::sqrt(n) * steps.fold(0.0, f64::max)
    };
    assert!(apart(4.0) < 1.949, "{}", apart(4.0));
    assert!(apart(4.2) > 2.5, "a wrong mean passes with {}", apart(4.2));
}
