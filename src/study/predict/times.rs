//! Properties of a [`Delay`] that closed forms use: moments, quantiles, and the transform E e^(-sX).

use crate::policy::delay::Delay;
use crate::theory::gap::Gap;

/// A chance that is neglected.
pub(super) const NEGLIGIBLE: f64 = 1e-4;

/// The moments, in seconds; infinite or not a number where a heavy tail has none.
pub(super) fn moments(delay: Delay) -> Gap {
    match delay {
        Delay::Constant(span) => Gap::fixed(span.as_secs_f64()),
        Delay::Exponential { mean } => Gap::exponential(mean.as_secs_f64()),
        Delay::Uniform { min, max } => Gap::uniform(min.as_secs_f64(), max.as_secs_f64()),
        Delay::Lognormal { median, sigma } => {
            let moment = |k: f64| libm::pow(median.as_secs_f64(), k) * libm::exp(k * k * sigma * sigma / 2.0);
            Gap { mean: moment(1.0), second: moment(2.0), third: moment(3.0) }
        }
        Delay::Pareto { min, shape } => {
            let moment = |k: f64| {
                if shape > k { shape * libm::pow(min.as_secs_f64(), k) / (shape - k) } else { f64::INFINITY }
            };
            Gap { mean: moment(1.0), second: moment(2.0), third: moment(3.0) }
        }
    }
}

/// The quantile of `share` (0 to 1), in seconds.
pub(super) fn quantile(delay: Delay, share: f64) -> f64 {
    match delay {
        Delay::Constant(span) => span.as_secs_f64(),
        Delay::Exponential { mean } => -mean.as_secs_f64() * libm::log1p(-share),
        Delay::Uniform { min, max } => min.as_secs_f64() + share * (max - min).as_secs_f64(),
        Delay::Lognormal { median, sigma } => {
            median.as_secs_f64() * libm::exp(sigma * normal_quantile(share))
        }
        Delay::Pareto { min, shape } => min.as_secs_f64() * libm::pow(1.0 - share, -1.0 / shape),
    }
}

/// The chance that the delay is at most that time.
pub(super) fn cdf(delay: Delay, time_s: f64) -> f64 {
    match delay {
        Delay::Constant(span) => f64::from(u8::from(time_s >= span.as_secs_f64())),
        Delay::Exponential { mean } => -libm::expm1(-time_s.max(0.0) / mean.as_secs_f64()),
        Delay::Uniform { min, max } if max > min => {
            ((time_s - min.as_secs_f64()) / (max - min).as_secs_f64()).clamp(0.0, 1.0)
        }
        Delay::Uniform { min, .. } => f64::from(u8::from(time_s >= min.as_secs_f64())),
        Delay::Lognormal { median, sigma } if sigma > 0.0 => {
            if time_s <= 0.0 {
                0.0
            } else {
                normal_cdf(libm::log(time_s / median.as_secs_f64()) / sigma)
            }
        }
        Delay::Lognormal { median, .. } => f64::from(u8::from(time_s >= median.as_secs_f64())),
        Delay::Pareto { min, shape } => {
            let min = min.as_secs_f64();
            if time_s <= min { 0.0 } else { 1.0 - libm::pow(min / time_s, shape) }
        }
    }
}

/// The chance that the delay is longer than that time.
pub(super) fn longer(delay: Delay, time_s: f64) -> f64 {
    match delay {
        Delay::Exponential { mean } => libm::exp(-time_s.max(0.0) / mean.as_secs_f64()),
        other => 1.0 - cdf(other, time_s),
    }
}

/// By how much the delay is longer than that time, from zero on, on average: E (X - t)+; infinite where the mean is.
pub(super) fn excess(delay: Delay, time_s: f64) -> f64 {
    let mean_s = delay.mean_s();
    if time_s <= 0.0 || mean_s.is_infinite() {
        return mean_s - time_s.min(0.0);
    }
    match delay {
        Delay::Constant(span) => (span.as_secs_f64() - time_s).max(0.0),
        Delay::Exponential { .. } => mean_s * libm::exp(-time_s / mean_s),
        Delay::Uniform { min, max } if max > min => {
            let (min_s, max_s) = (min.as_secs_f64(), max.as_secs_f64());
            let beyond_s = (max_s - time_s).max(0.0);
            if time_s <= min_s { mean_s - time_s } else { beyond_s * beyond_s / 2.0 / (max_s - min_s) }
        }
        Delay::Uniform { min, .. } => (min.as_secs_f64() - time_s).max(0.0),
        Delay::Lognormal { median, sigma } if sigma > 0.0 => {
            let deviations = libm::log(median.as_secs_f64() / time_s) / sigma;
            mean_s * normal_cdf(deviations + sigma) - time_s * normal_cdf(deviations)
        }
        Delay::Lognormal { median, .. } => (median.as_secs_f64() - time_s).max(0.0),
        Delay::Pareto { min, shape } => {
            let min_s = min.as_secs_f64();
            let beyond_s = time_s.max(min_s);
            (min_s - time_s).max(0.0) + beyond_s * libm::pow(min_s / beyond_s, shape) / (shape - 1.0)
        }
    }
}

/// The integral of the excess from one time, not negative, to a later one: half of E (X - t)+² at the first less that at the
/// other. Infinite where the mean is.
pub(super) fn excess_integral(delay: Delay, from_s: f64, until_s: f64) -> f64 {
    let half = |square: &dyn Fn(f64) -> f64| (square(from_s) - square(until_s)) / 2.0;
    let single = |at_s: f64| half(&|time_s| (at_s - time_s).max(0.0) * (at_s - time_s).max(0.0));
    match delay {
        Delay::Constant(span) => single(span.as_secs_f64()),
        Delay::Exponential { mean } => {
            let mean_s = mean.as_secs_f64();
            -mean_s * mean_s * libm::exp(-from_s / mean_s) * libm::expm1((from_s - until_s) / mean_s)
        }
        Delay::Uniform { min, max } if max > min => {
            let (min_s, max_s) = (min.as_secs_f64(), max.as_secs_f64());
            half(&|time_s| {
                let (least, most) = ((min_s - time_s).max(0.0), (max_s - time_s).max(0.0));
                // The third power of the one less that of the other, divided by what they differ by.
                let over = if least > 0.0 { 1.0 } else { most / (max_s - min_s) };
                over * (most * most + most * least + least * least) / 3.0
            })
        }
        Delay::Uniform { min, .. } => single(min.as_secs_f64()),
        Delay::Lognormal { median, sigma } if sigma > 0.0 => {
            let Gap { mean, second, .. } = moments(delay);
            half(&|time_s| {
                let deviations = libm::log(median.as_secs_f64() / time_s) / sigma;
                second * normal_cdf(deviations + 2.0 * sigma)
                    - 2.0 * time_s * mean * normal_cdf(deviations + sigma)
                    + time_s * time_s * normal_cdf(deviations)
            })
        }
        Delay::Lognormal { median, .. } => single(median.as_secs_f64()),
        Delay::Pareto { min, shape } => {
            let min_s = min.as_secs_f64();
            let (low_s, high_s) = (until_s.min(min_s), from_s.max(min_s));
            let straight =
                if from_s < low_s { (low_s - from_s) * excess(delay, (low_s + from_s) / 2.0) } else { 0.0 };
            if until_s <= high_s {
                return straight;
            }
            // Of min^shape t^(1 - shape)/(shape - 1): without the difference of two powers, for a tail without a variance.
            let (ratio, power) = (libm::log(until_s / high_s), 2.0 - shape);
            let grown = if power == 0.0 { ratio } else { libm::expm1(power * ratio) / power };
            straight + high_s * excess(delay, high_s) * grown
        }
    }
}

/// A time that is exceeded with a [`NEGLIGIBLE`] chance at most. With a heavy tail, the part beyond it also adds only
/// such a share to the mean. Infinite where the mean is infinite.
pub(super) fn longest(delay: Delay) -> f64 {
    match delay {
        Delay::Uniform { max, .. } => max.as_secs_f64(),
        Delay::Constant(_) | Delay::Exponential { .. } => quantile(delay, 1.0 - NEGLIGIBLE),
        // The share of the mean beyond t is 1 - Φ(ln(t/median)/sigma - sigma).
        Delay::Lognormal { sigma, .. } => quantile(delay, 1.0 - NEGLIGIBLE) * libm::exp(sigma * sigma),
        // It is (min/t)^(shape - 1).
        Delay::Pareto { min, shape } if shape > 1.0 => {
            min.as_secs_f64() * libm::pow(NEGLIGIBLE, -1.0 / (shape - 1.0))
        }
        Delay::Pareto { .. } => f64::INFINITY,
    }
}

/// A time that is exceeded with a chance of 10^-9 at most. None for a power-law tail, which exceeds any such time by
/// far.
pub(super) fn limit(delay: Delay) -> Option<f64> {
    match delay {
        Delay::Constant(_) | Delay::Uniform { .. } => bound(delay),
        Delay::Exponential { .. } | Delay::Lognormal { .. } => Some(quantile(delay, 1.0 - 1e-9)),
        Delay::Pareto { .. } => None,
    }
}

/// Whether the tail is so light that the third moment of a gap decides the spread of a mean, and the fourth can be
/// neglected.
pub(super) fn is_light(delay: Delay) -> bool {
    match delay {
        Delay::Constant(_) | Delay::Exponential { .. } | Delay::Uniform { .. } => true,
        Delay::Lognormal { sigma, .. } => sigma <= 0.5,
        Delay::Pareto { shape, .. } => shape >= 6.0,
    }
}

/// A time that the delay falls below with a [`NEGLIGIBLE`] chance at most.
pub(super) fn shortest(delay: Delay) -> f64 {
    match delay {
        Delay::Uniform { min, .. } => min.as_secs_f64(),
        other => quantile(other, NEGLIGIBLE),
    }
}

/// The longest time possible, in seconds; None where there is none.
pub(super) fn bound(delay: Delay) -> Option<f64> {
    match delay {
        Delay::Constant(span) => Some(span.as_secs_f64()),
        Delay::Uniform { max, .. } => Some(max.as_secs_f64()),
        Delay::Exponential { .. } | Delay::Lognormal { .. } | Delay::Pareto { .. } => None,
    }
}

/// The time in seconds, where it is constant.
pub(super) fn constant(delay: Delay) -> Option<f64> {
    delay.constant().map(|span| span.as_secs_f64())
}

/// E e^(-sX); s in 1/s may be negative. None where it is infinite or has no simple form.
pub(super) fn transform(delay: Delay, s: f64) -> Option<f64> {
    match delay {
        Delay::Constant(span) => Some(libm::exp(-s * span.as_secs_f64())),
        Delay::Exponential { mean } => {
            let divisor = 1.0 + s * mean.as_secs_f64();
            (divisor > 0.0).then(|| 1.0 / divisor)
        }
        Delay::Uniform { min, max } => {
            let middle = libm::exp(-s * (min + max).as_secs_f64() / 2.0);
            Some(middle * crate::theory::polling::sinh_over(s * (max - min).as_secs_f64() / 2.0))
        }
        Delay::Lognormal { .. } | Delay::Pareto { .. } => None,
    }
}

fn normal_cdf(x: f64) -> f64 {
    libm::erfc(-x / std::f64::consts::SQRT_2) / 2.0
}

fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal_cdf(middle) < share { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    fn all() -> [Delay; 5] {
        let second = Span::SECOND;
        [
            Delay::Constant(second),
            Delay::Exponential { mean: second },
            Delay::Uniform { min: second, max: Span::from_secs(3) },
            Delay::Lognormal { median: second, sigma: 0.5 },
            Delay::Pareto { min: second, shape: 6.0 },
        ]
    }

    #[test]
    fn moments_agree_with_the_delays_own() {
        for delay in all() {
            let moments = moments(delay);
            assert!((moments.mean - delay.mean_s()).abs() < 1e-12, "{delay:?}");
            assert!((moments.variance() - delay.variance_s2()).abs() < 1e-9, "{delay:?}");
        }
        assert!(moments(Delay::Pareto { min: Span::SECOND, shape: 2.0 }).second.is_infinite());
    }

    #[test]
    fn a_quantile_is_where_the_distribution_reaches_its_share() {
        for delay in &all()[1..] {
            for share in [0.001, 0.5, 0.9999] {
                let reached = cdf(*delay, quantile(*delay, share));
                assert!((reached - share).abs() < 1e-9, "{delay:?} {share} {reached}");
            }
            assert!(shortest(*delay) < longest(*delay));
        }
        assert!((normal_quantile(0.975) - 1.959_964).abs() < 1e-6);
    }

    /// The excess falls by the chance to be longer, from the mean on.
    #[test]
    fn the_excess_is_what_is_left_of_the_mean() {
        for delay in all() {
            let step_s = 1e-3;
            let steps = 40_000;
            let below = (0..steps).map(|i| longer(delay, (f64::from(i) + 0.5) * step_s) * step_s);
            let mut left = delay.mean_s();
            for (i, part) in (0..steps).zip(below) {
                left -= part;
                if i % 500 == 499 {
                    let excess = excess(delay, f64::from(i + 1) * step_s);
                    assert!((excess - left).abs() < 1e-5, "{delay:?} {i}: {excess} {left}");
                }
            }
        }
    }

    /// Its integral over any time, within a bend and across it, is what the parts of it add up to.
    #[test]
    fn the_excess_adds_up() {
        let second = Span::SECOND;
        let narrow = Delay::Uniform { min: second, max: Span(second.0 + 1) };
        let more = [0.02, 0.0].map(|sigma| Delay::Lognormal { median: second, sigma });
        let heavy = [1.5, 2.0].map(|shape| Delay::Pareto { min: second, shape });
        for delay in all().into_iter().chain(more).chain(heavy).chain([narrow]) {
            for (from_s, until_s) in
                [(0.0, 0.4), (0.2, 1.9), (0.0, 7.0), (0.95, 1.04), (1.3, 2.8), (4.0, 9.0)]
            {
                let parts = 4000;
                let step_s = (until_s - from_s) / f64::from(parts);
                let middle = |i: u32| from_s + (f64::from(i) + 0.5) * step_s;
                let sum: f64 = (0..parts).map(|i| excess(delay, middle(i)) * step_s).sum();
                let integral = excess_integral(delay, from_s, until_s);
                assert!((integral - sum).abs() < 1e-6, "{delay:?} {from_s} {until_s}: {integral} {sum}");
            }
        }
    }

    #[test]
    fn a_transform_begins_with_the_mean() {
        for delay in all() {
            if let Some(value) = transform(delay, 1e-5) {
                assert!((1.0 - value - 1e-5 * delay.mean_s()).abs() < 1e-9, "{delay:?}");
            }
        }
        assert_eq!(transform(Delay::Exponential { mean: Span::SECOND }, -1.0), None);
    }
}
