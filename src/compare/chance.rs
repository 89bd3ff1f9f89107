//! What chance does to a difference of means, by Student's t: paired where both runs have the same events, Welch's
//! where they have not.

use crate::study::{mean_and_error, student_975};

/// The mean of so many values, and its standard error.
#[derive(Clone, Copy, Debug)]
struct Sample {
    mean: f64,
    error: f64,
    n: usize,
}

impl Sample {
    fn of(values: &[f64]) -> Self {
        let (mean, error) = spread(values);
        Self { mean, error, n: values.len() }
    }
}

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
        Self::of_strangers(Sample::of(base), Sample::of(other), times)
    }

    /// The same of two runs with other events.
    fn of_strangers(base: Sample, other: Sample, times: f64) -> Self {
        let [b, o] = [times * base.error, other.error].map(|error| error * error);
        let share = |square: f64, n: usize| square * square / (n.saturating_sub(1).max(1) as f64);
        let scatter = share(b, base.n) + share(o, other.n);
        // Welch and Satterthwaite. Rounded down, which makes the interval wider.
        let df = if scatter > 0.0 { (b + o) * (b + o) / scatter } else { 1.0 };
        Self {
            mean: other.mean - times * base.mean,
            error: libm::sqrt(b + o),
            degrees_of_freedom: libm::floor(df + ROUNDING).max(1.0) as u32,
        }
    }

    /// Whether it may be zero: whether its 95 % interval contains it.
    fn may_be_zero(&self) -> bool {
        self.low() <= 0.0 && self.high() >= 0.0
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

/// The 95 % interval of the mean of `other` divided by that of `base` (Fieller 1954): all ratios r for which the mean of
/// `other - r * base` may be zero. So it scatters with both, and contains 1 + margin where that difference may be
/// the margin. None where the mean of `base` may be zero: ratios without bound are possible then, and those that are not, if
/// there are any, lie between others that are.
pub(super) fn ratio(base: &[f64], other: &[f64], paired: bool) -> Option<(f64, f64)> {
    let (base_mean, other_mean) = (mean(base), mean(other));
    if paired {
        let together = covariance((base, base_mean), (other, other_mean));
        return fieller(Sample::of(base), Sample::of(other), together, base.len().saturating_sub(1) as u32);
    }
    let (base, other) = (Sample::of(base), Sample::of(other));
    if base.error == 0.0 || other.error == 0.0 {
        // That of the one which scatters, whatever the ratio.
        let df = Estimate::of_strangers(base, other, 1.0).degrees_of_freedom;
        return fieller(base, other, 0.0, df);
    }
    ratio_of_strangers(base, other)
}

/// With so many degrees of freedom for every ratio, in closed form.
fn fieller(base: Sample, other: Sample, together: f64, degrees_of_freedom: u32) -> Option<(f64, f64)> {
    let ratio = other.mean / base.mean;
    let t = student_975(degrees_of_freedom.max(1));
    let [of_base, of_other] = [base.error, other.error].map(|error| error * error);
    let times = (t / base.mean) * (t / base.mean);
    let rest = 1.0 - times * of_base;
    if !ratio.is_finite() || rest <= 0.0 {
        return None;
    }
    let of_difference = of_other - 2.0 * ratio * together + ratio * ratio * of_base;
    let square = of_difference - times * (of_other * of_base - together * together);
    let reach = (t / base.mean).abs() * libm::sqrt(square.max(0.0)) / rest;
    let centre = (ratio - times * together) / rest;
    // No figure is negative.
    Some(((centre - reach).max(0.0), (centre + reach).max(0.0)))
}

/// Of runs with other events the degrees of freedom follow the ratio that is tested, in steps: the ends are the outermost
/// ratios that the test leaves possible. Ratios are told by the angle whose tangent they are in units of the two
/// errors, so that those without bound are at a right angle.
fn ratio_of_strangers(base: Sample, other: Sample) -> Option<(f64, f64)> {
    let of_angle = |angle: f64| libm::tan(angle) * other.error / base.error;
    let is_possible = |angle: f64| Estimate::of_strangers(base, other, of_angle(angle)).may_be_zero();
    // At a right angle nothing of OTHER is left.
    let alone = Estimate { mean: base.mean, error: base.error, degrees_of_freedom: base.n as u32 - 1 };
    if alone.may_be_zero() {
        return None;
    }
    let right = std::f64::consts::FRAC_PI_2;
    let estimate = libm::atan((other.mean / base.mean).max(0.0) * base.error / other.error);
    let end = |outermost: f64| {
        let at = |step: u32| outermost + (estimate - outermost) * f64::from(step) / f64::from(STEPS);
        let first = (0..STEPS).find(|&step| is_possible(at(step))).unwrap_or(STEPS);
        if first == 0 {
            return outermost;
        }
        let (mut outside, mut inside) = (at(first - 1), at(first));
        for _ in 0..HALVINGS {
            let middle = (outside + inside) / 2.0;
            if is_possible(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    };
    // No figure is negative.
    Some((of_angle(end(0.0)), of_angle(end(right))))
}

/// What arithmetic may take from a whole number of degrees of freedom.
const ROUNDING: f64 = 1e-9;
/// Between the outermost ratio and the estimate; the degrees of freedom have fewer steps where they matter.
const STEPS: u32 = 512;
/// To the last digits of an angle.
const HALVINGS: u32 = 50;

/// The covariance of two means.
fn covariance((one, one_mean): (&[f64], f64), (other, other_mean): (&[f64], f64)) -> f64 {
    let n = one.len() as f64;
    let products = one.iter().zip(other).map(|(a, b)| (a - one_mean) * (b - other_mean));
    products.sum::<f64>() / (n * (n - 1.0))
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
    use crate::rng::{Purpose, Randomness};

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

    /// By hand, with a base that is known the ends are those of OTHER, divided by it.
    #[test]
    fn a_ratio_scatters_with_both_of_its_parts() {
        let known = ratio(&[2.0; 4], &[2.0, 3.0, 5.0, 6.0], true).unwrap();
        let reach = 3.182 * libm::sqrt(10.0 / 12.0) / 2.0;
        assert!(
            (known.0 - (2.0 - reach)).abs() < 1e-4 && (known.1 - (2.0 + reach)).abs() < 1e-4,
            "{known:?}"
        );
        // Ten times as much in every run is ten times as much, however the runs differ.
        let base = [1.0, 2.0, 3.0, 4.0, 3.5];
        let (low, high) = ratio(&base, &base.map(|value| 10.0 * value), true).unwrap();
        assert!((low - 10.0).abs() < 1e-6 && (high - 10.0).abs() < 1e-6, "{low} to {high}");
        assert_eq!(ratio(&[0.0, 1.0, 0.0], &[1.0, 2.0, 3.0], true), None, "nothing may be zero");
        assert_eq!(ratio(&[0.0; 3], &[1.0, 2.0, 3.0], false), None);
    }

    /// The ends are where the test of a margin begins to hold.
    #[test]
    fn an_interval_of_a_ratio_agrees_with_the_test_of_its_ends() {
        let (base, other) = ([10.0, 12.0, 9.0, 11.0, 10.5, 9.5], [31.0, 35.0, 28.0, 36.0, 30.0, 29.0]);
        let (low, high) = ratio(&base, &other, true).unwrap();
        let at = |times: f64| Estimate::of(&base, &other, times, true);
        assert!(at(low).low().abs() < 1e-9 && at(high).high().abs() < 1e-9, "{low} to {high}");
    }

    /// Of runs with other events, too, where the degrees of freedom are others at 1 than at the estimate.
    #[test]
    fn an_interval_of_a_ratio_of_strangers_contains_what_the_test_leaves_possible() {
        let (base, other) = ([12.4, 12.7, 9.8], [28.9, 20.1, 31.7]);
        assert!(Estimate::of(&base, &other, 1.01, false).may_be_zero());
        let (low, high) = ratio(&base, &other, false).unwrap();
        assert!(low < 1.01 && (3.0..5.0).contains(&high), "{low} to {high}");
        let stream = Randomness::new(6, 0).stream(Purpose::Resample);
        let mut none = 0;
        for pair in 0..500 {
            let mut draws = stream.at(pair, 0);
            let mut some = |runs: usize, by: f64| -> Vec<f64> {
                (0..runs).map(|_| by * (1.0 + 2.0 * draws.unit() * draws.unit())).collect()
            };
            let (base, other) = (some(2 + pair as usize % 4, 10.0), some(2 + pair as usize % 3, 15.0));
            let Some((low, high)) = ratio(&base, &other, false) else {
                none += 1;
                continue;
            };
            for times in (1..400).map(|k| f64::from(k) / 50.0) {
                if Estimate::of(&base, &other, times, false).may_be_zero() {
                    assert!(low <= times && times <= high, "{times}: {low} to {high}");
                }
            }
            for (end, outside) in [(low, low * (1.0 - 1e-6)), (high, high * (1.0 + 1e-6))] {
                assert!(
                    end == 0.0 || !Estimate::of(&base, &other, outside, false).may_be_zero(),
                    "{outside}: {low} to {high}"
                );
            }
        }
        assert!(none < 250, "{none} of 500 have a base that may be zero");
    }

    /// A thousand pairs of twelve runs each, OTHER ten times BASE: 95 ± 2.8 % (four standard errors) contain 10. The
    /// interval of the difference, divided by the mean of BASE, contains it in 99 % where the runs are paired, and in 85 %
    /// where they are not.
    #[test]
    fn an_interval_of_a_ratio_contains_it() {
        let stream = Randomness::new(5, 0).stream(Purpose::Resample);
        let run = |pair: u64, place: u64| {
            let mut draws = stream.at(pair, place);
            (0..4).map(|_| draws.unit()).sum::<f64>() / 2.0
        };
        let contains = |paired: bool| {
            let count = (0..1_000).filter(|&pair| {
                let base: Vec<f64> = (0..12).map(|place| run(pair, place)).collect();
                let of_other = |place: u64| {
                    if paired {
                        base[place as usize] + run(pair, 100 + place) - 1.0
                    } else {
                        run(pair, 100 + place)
                    }
                };
                let other: Vec<f64> = (0..12).map(|place| 10.0 * of_other(place)).collect();
                let (low, high) = ratio(&base, &other, paired).expect("the base is far from zero");
                (low..=high).contains(&10.0)
            });
            count.count() as f64 / 1_000.0
        };
        for paired in [true, false] {
            let share = contains(paired);
            assert!((share - 0.95).abs() < 0.028, "paired {paired}: {share}");
        }
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
