//! What chance does to a difference of means, by Student's t: paired where both runs have the same events, Welch's
//! where they have not.

use crate::study::{mean_and_error, student_975};

/// An estimate of a mean, and how far it scatters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Estimate {
    pub(super) mean: f64,
    error: f64,
    degrees_of_freedom: u32,
}

impl Estimate {
    /// The mean of `other - times * base`. `paired`: both have one value for each of the same replications. One
    /// replication has no error: it is exact for its seed.
    pub(super) fn of(base: &[f64], other: &[f64], times: f64, paired: bool) -> Self {
        if paired {
            let differences: Vec<f64> = base.iter().zip(other).map(|(b, o)| o - times * b).collect();
            let (mean, error) = spread(&differences);
            return Self { mean, error, degrees_of_freedom: differences.len().saturating_sub(1) as u32 };
        }
        let ((base_mean, base_error), (other_mean, other_error)) = (spread(base), spread(other));
        let [b, o] = [times * base_error, other_error].map(|error| error * error);
        let share = |square: f64, n: usize| square * square / (n.saturating_sub(1).max(1) as f64);
        let scatter = share(b, base.len()) + share(o, other.len());
        // Welch and Satterthwaite. Rounded down, which makes the interval wider.
        let df = if scatter > 0.0 { (b + o) * (b + o) / scatter } else { 1.0 };
        Self {
            mean: other_mean - times * base_mean,
            error: libm::sqrt(b + o),
            degrees_of_freedom: libm::floor(df).max(1.0) as u32,
        }
    }

    /// Half of the 95 % interval.
    pub(super) fn reach(&self) -> f64 {
        if self.error == 0.0 { 0.0 } else { student_975(self.degrees_of_freedom.max(1)) * self.error }
    }

    /// The least value of the 95 % interval.
    pub(super) fn low(&self) -> f64 {
        self.mean - self.reach()
    }

    /// The greatest value of the 95 % interval.
    pub(super) fn high(&self) -> f64 {
        self.mean + self.reach()
    }

    /// The chance of an estimate this far above zero or farther where the truth is zero.
    pub(super) fn chance_above(&self) -> f64 {
        if self.error == 0.0 {
            return if self.mean > 0.0 { 0.0 } else { 1.0 };
        }
        let outside = (1.0 - within(self.mean / self.error, self.degrees_of_freedom.max(1))) / 2.0;
        if self.mean > 0.0 { outside } else { 1.0 - outside }
    }

    /// The chance of an estimate this far below zero or farther where the truth is zero.
    pub(super) fn chance_below(&self) -> f64 {
        Self { mean: -self.mean, ..*self }.chance_above()
    }
}

/// The mean of at least one value.
pub(super) fn mean(values: &[f64]) -> f64 {
    spread(values).0
}

fn spread(values: &[f64]) -> (f64, f64) {
    match values {
        [] => (0.0, 0.0),
        [one] => (*one, 0.0),
        // Equal values have their mean without the error of a division.
        [first, rest @ ..] if rest.iter().all(|value| value == first) => (*first, 0.0),
        values => mean_and_error(values),
    }
}

/// The probability that Student's t lies within ±t, in closed form (Abramowitz and Stegun 26.7.3 and 26.7.4).
fn within(t: f64, degrees_of_freedom: u32) -> f64 {
    let df = f64::from(degrees_of_freedom);
    let angle = libm::atan(t.abs() / libm::sqrt(df));
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let odd = degrees_of_freedom % 2 == 1;
    let mut term = if odd { cosine } else { 1.0 };
    let mut sum = if degrees_of_freedom == 1 { 0.0 } else { term };
    let mut k = if odd { 3 } else { 2 };
    while k < degrees_of_freedom {
        let k_f = f64::from(k);
        term *= cosine * cosine * (k_f - 1.0) / k_f;
        sum += term;
        k += 2;
    }
    let part = if odd { 2.0 / std::f64::consts::PI * (angle + sine * sum) } else { sine * sum };
    part.clamp(0.0, 1.0)
}

/// Which of several statements hold together at `level` (Holm): the chance of each being made by luck, in their order.
pub(super) fn holm(chances: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|&a, &b| chances[a].total_cmp(&chances[b]));
    let mut holds = vec![false; chances.len()];
    for (rank, &place) in order.iter().enumerate() {
        if chances[place] > level / (chances.len() - rank) as f64 {
            break;
        }
        holds[place] = true;
    }
    holds
}

/// The chance that so many of `n` fair coins, or more, fall on one side.
pub(super) fn by_coins(of_one_side: usize, n: usize) -> f64 {
    let mut chance = libm::pow(0.5, n as f64);
    let mut sum = 0.0;
    for heads in 0..=n {
        if heads >= of_one_side {
            sum += chance;
        }
        chance *= (n - heads) as f64 / (heads + 1) as f64;
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probability_within_a_published_quantile_is_its_level() {
        for (df, t, level) in [
            (1, 12.706, 0.95),
            (2, 4.303, 0.95),
            (3, 5.841, 0.99),
            (4, 2.776, 0.95),
            (9, 2.262, 0.95),
            (10, 3.169, 0.99),
            (30, 2.042, 0.95),
            (120, 1.980, 0.95),
        ] {
            assert!((within(t, df) - level).abs() < 2e-4, "{df}: {}", within(t, df));
        }
    }

    /// Welch's example of two samples: t and df from the definition, worked by hand.
    #[test]
    fn a_paired_difference_and_one_of_strangers() {
        let (base, other) = ([1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 5.0, 6.0]);
        let paired = Estimate::of(&base, &other, 1.0, true);
        // Differences 1, 1, 2, 2: mean 1.5, s = 0.57735, error 0.288675, t(3) = 3.182.
        assert!((paired.mean - 1.5).abs() < 1e-12 && (paired.reach() - 3.182 * 0.288_675).abs() < 1e-4);
        let apart = Estimate::of(&base, &other, 1.0, false);
        // Variances 5/3 and 10/3: error sqrt(5/12 + 10/12) = 1.118, df = 1.25² / (0.0579 + 0.2315) = 5.4 -> 5.
        assert_eq!(apart.degrees_of_freedom, 5);
        assert!((apart.reach() - 2.571 * 1.118_034).abs() < 1e-3);
    }

    #[test]
    fn holm_holds_the_least_first_and_stops() {
        assert_eq!(holm(&[0.01, 0.04, 0.03], 0.05), [true, false, false]);
        assert_eq!(holm(&[0.01, 0.02, 0.04], 0.05), [true, true, true]);
        assert_eq!(holm(&[], 0.05), Vec::<bool>::new());
    }

    #[test]
    fn six_coins_of_one_side_are_seldom() {
        assert!((by_coins(6, 6) - 1.0 / 64.0).abs() < 1e-15 && (by_coins(0, 6) - 1.0).abs() < 1e-12);
        assert!((by_coins(5, 6) - 7.0 / 64.0).abs() < 1e-12);
    }
}
