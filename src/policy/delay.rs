//! How long something takes: a fixed time or a distribution of times.
//!
//! The samplers use `libm`, so that a seed gives the same times on every machine.

use crate::rng::Draws;
use crate::time::Span;

/// A length of time, fixed or drawn anew each time it is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// Always the same.
    Constant(Span),
    /// Memoryless, with this mean.
    Exponential {
        /// Mean, above zero.
        mean: Span,
    },
    /// Uniform between two bounds.
    Uniform {
        /// Least time, not negative.
        min: Span,
        /// Greatest time, not below `min`.
        max: Span,
    },
    /// The exponential of a normal variable.
    Lognormal {
        /// Median, above zero.
        median: Span,
        /// Standard deviation of the logarithm, not negative and at most 10.
        sigma: f64,
    },
    /// A power-law tail: P(longer than t) = (min/t)^shape.
    Pareto {
        /// Least time, above zero.
        min: Span,
        /// Exponent of the tail, above zero; the mean is finite above 1, the variance above 2.
        shape: f64,
    },
}

impl Delay {
    /// No delay.
    pub const ZERO: Self = Self::Constant(Span::ZERO);

    /// One time from the distribution. A constant takes no draw, and no time is longer than [`Span::LONGEST`].
    #[inline(always)]
    pub fn draw(&self, draws: impl FnOnce() -> Draws) -> Span {
        match self {
            Self::Constant(span) => *span,
            random => random.sample(&mut draws()),
        }
    }

    /// One time from the distribution, taking what it needs from `draws`.
    pub(crate) fn sample(&self, draws: &mut Draws) -> Span {
        let span = match *self {
            Self::Constant(span) => span,
            Self::Exponential { mean } => mean.scaled(exponential(draws)),
            Self::Uniform { min, max } => min + (max - min).scaled(draws.unit()),
            Self::Lognormal { median, sigma } => median.scaled(libm::exp(sigma * normal(draws))),
            Self::Pareto { min, shape } => min.scaled(libm::pow(1.0 - draws.unit(), -1.0 / shape)),
        };
        span.min(Span::LONGEST)
    }

    /// The mean in seconds; infinite for a Pareto tail of shape 1 or less.
    pub fn mean_s(&self) -> f64 {
        match *self {
            Self::Constant(span) => span.as_secs_f64(),
            Self::Exponential { mean } => mean.as_secs_f64(),
            Self::Uniform { min, max } => (min + max).as_secs_f64() / 2.0,
            Self::Lognormal { median, sigma } => median.as_secs_f64() * libm::exp(sigma * sigma / 2.0),
            Self::Pareto { min, shape } if shape > 1.0 => min.as_secs_f64() * shape / (shape - 1.0),
            Self::Pareto { .. } => f64::INFINITY,
        }
    }

    /// The variance in seconds squared; infinite for a Pareto tail of shape 2 or less.
    pub fn variance_s2(&self) -> f64 {
        match *self {
            Self::Constant(_) => 0.0,
            Self::Exponential { mean } => mean.as_secs_f64() * mean.as_secs_f64(),
            Self::Uniform { min, max } => (max - min).as_secs_f64() * (max - min).as_secs_f64() / 12.0,
            Self::Lognormal { sigma, .. } => (libm::exp(sigma * sigma) - 1.0) * self.mean_s() * self.mean_s(),
            Self::Pareto { min, shape } if shape > 2.0 => {
                let min = min.as_secs_f64();
                min * min * shape / ((shape - 1.0) * (shape - 1.0) * (shape - 2.0))
            }
            Self::Pareto { .. } => f64::INFINITY,
        }
    }

    /// The median: half of the times are as long or longer.
    pub fn median(&self) -> Span {
        match *self {
            Self::Constant(span) => span,
            Self::Exponential { mean } => mean.scaled(std::f64::consts::LN_2),
            Self::Uniform { min, max } => min + (max - min) / 2,
            Self::Lognormal { median, sigma: _ } => median,
            Self::Pareto { min, shape } => min.scaled(libm::pow(2.0, 1.0 / shape)),
        }
    }

    /// The fixed time; None for a distribution.
    pub const fn constant(&self) -> Option<Span> {
        match *self {
            Self::Constant(span) => Some(span),
            Self::Exponential { .. }
            | Self::Uniform { .. }
            | Self::Lognormal { .. }
            | Self::Pareto { .. } => None,
        }
    }
}

/// An exponential variable of mean 1. The argument of the logarithm is in (0, 1]: never zero.
pub(crate) fn exponential(draws: &mut Draws) -> f64 {
    -libm::log(1.0 - draws.unit())
}

/// A standard normal variable (Box and Muller 1958, the cosine half).
fn normal(draws: &mut Draws) -> f64 {
    let radius = libm::sqrt(2.0 * exponential(draws));
    radius * libm::cos(2.0 * std::f64::consts::PI * draws.unit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Randomness};

    #[test]
    fn each_distribution_has_its_mean_and_variance() {
        let second = Span::SECOND;
        for delay in [
            Delay::Constant(second),
            Delay::Exponential { mean: second },
            Delay::Uniform { min: second, max: Span::from_secs(3) },
            Delay::Lognormal { median: second, sigma: 0.5 },
            Delay::Pareto { min: second, shape: 6.0 },
        ] {
            let stream = Randomness::new(1, 0).stream(Purpose::DelayToSource);
            let n = 400_000_u64;
            let times: Vec<f64> = (0..n).map(|i| delay.draw(|| stream.at(i, 0)).as_secs_f64()).collect();
            let longer = times.iter().filter(|&&time| time >= delay.median().as_secs_f64()).count() as f64;
            let half = delay.constant().map_or(0.5, |_| 1.0);
            assert!(
                (longer / n as f64 - half).abs() <= 4.0 * 0.5 / libm::sqrt(n as f64),
                "{delay:?}: median"
            );
            let mean = times.iter().sum::<f64>() / n as f64;
            let variance = times.iter().map(|t| (t - mean) * (t - mean)).sum::<f64>() / n as f64;
            let four_errors = 4.0 * libm::sqrt(delay.variance_s2() / n as f64);
            assert!((mean - delay.mean_s()).abs() <= four_errors, "{delay:?}: mean {mean}");
            assert!(
                (variance - delay.variance_s2()).abs() <= 0.05 * delay.variance_s2(),
                "{delay:?}: {variance}"
            );
        }
    }
}
