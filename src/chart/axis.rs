//! Scales and their ticks: which values an axis names, and how it writes them. It works with values, not with pixels;
//! which labels have room is decided in `plot`.

use super::moments::Moments;
use crate::study::human;

/// How values become lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    Log,
    /// Differences of both signs: linear up to this size and logarithmic beyond.
    Signed(f64),
    /// Quantiles, by the logarithm of what lies above: 90 %, 99 % and 99.9 % are equally far apart.
    Nines,
}

/// One dimension of a chart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    scale: Scale,
    /// The ends as values.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<Tick>,
}

/// One value that the axis names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
    /// Where room is short, the labels of low rank stay: 0, 1, 2.
    pub(super) rank: u8,
}

impl Axis {
    /// Times from below the least to above the greatest of `values`, in steps that people count in.
    pub(super) fn log_time(values: impl Iterator<Item = f64>) -> Self {
        let (least, greatest) = positive_range(values).unwrap_or((0.1, 86_400.0));
        let last = LADDER.len() - 1;
        let first = LADDER.iter().rposition(|step| step.0 <= least * 1.0001).unwrap_or(0).min(last - 1);
        let end = LADDER.iter().position(|step| step.0 >= greatest * 0.9999).unwrap_or(last).max(first + 1);
        let rungs = &LADDER[first..=end];
        let mut ticks: Vec<Tick> =
            rungs.iter().map(|&(at, label, rank)| Tick { at, label: label.to_owned(), rank }).collect();
        if rungs.len() <= 4 {
            for pair in rungs.windows(2) {
                ticks.extend(
                    [2.0, 3.0, 5.0]
                        .map(|times| pair[0].0 * times)
                        .into_iter()
                        .filter(|at| *at < pair[1].0 * 0.9)
                        .map(|at| Tick { at, label: human::duration(at), rank: 2 }),
                );
            }
        }
        Self { scale: Scale::Log, from: rungs[0].0, to: rungs[rungs.len() - 1].0, ticks }
    }

    /// Amounts from below the least to above the greatest of `values`, in powers of ten.
    pub(super) fn log_amount(values: impl Iterator<Item = f64>) -> Self {
        let (least, greatest) = positive_range(values).unwrap_or((1.0, 100.0));
        let first = libm::floor(libm::log10(least) + 1e-9) as i32;
        let end = (libm::ceil(libm::log10(greatest) - 1e-9) as i32).max(first + 1);
        let decade = |power: i32| libm::pow(10.0, f64::from(power));
        let mut ticks: Vec<Tick> = (first..=end)
            .map(|power| Tick {
                at: decade(power),
                label: human::amount(decade(power)),
                rank: (power % 2 != 0).into(),
            })
            .collect();
        if end - first <= 2 {
            for power in first..end {
                ticks.extend([2.0, 5.0].map(|times| {
                    let at = times * decade(power);
                    Tick { at, label: human::amount(at), rank: 2 }
                }));
            }
        }
        Self { scale: Scale::Log, from: decade(first), to: decade(end), ticks }
    }

    /// Ratios about 1, from below the least to above the greatest of `values`, in steps that are as fine as they need.
    pub(super) fn ratios(values: impl Iterator<Item = f64>) -> Self {
        let (least, greatest) = positive_range(values).unwrap_or((0.5, 2.0));
        let reach = libm::fmax(greatest, 1.0 / least).clamp(1.02, 1e9);
        let steps: &[f64] = match reach {
            reach if reach <= 1.06 => &[1.01, 1.02, 1.05, 1.1],
            reach if reach <= 1.5 => &[1.05, 1.1, 1.25, 1.5],
            reach if reach <= 10.0 => &[1.25, 2.0, 5.0, 10.0],
            _ => &[2.0, 10.0, 100.0, 1e3, 1e4, 1e6, 1e9],
        };
        let end = |far: f64| steps.iter().copied().find(|step| *step >= far).unwrap_or(1e9);
        let (from, to) = (1.0 / end(libm::fmax(1.0 / least, 1.0)), end(libm::fmax(greatest, 1.0)));
        let both = steps.iter().flat_map(|step| [1.0 / step, *step]).chain([1.0]);
        let ticks = both
            .filter(|at| (from * 0.999..=to * 1.001).contains(at))
            .map(|at| Tick { at, label: format!("{}x", human::amount(at)), rank: u8::from(at != 1.0) })
            .collect();
        Self { scale: Scale::Log, from, to, ticks }
    }

    /// Differences of time about zero, from below the least to above the greatest of `values`. Three decades of them are
    /// told apart, and what is smaller stands at zero.
    pub(super) fn differences(values: impl Iterator<Item = f64>) -> Self {
        let ends = both_ends(values);
        Self::differences_between(ends, libm::fmax(libm::fmax(-ends.0, ends.1), 1e-6) / 1_000.0)
    }

    /// The same where a difference of so much is already to be told from zero.
    pub(super) fn differences_from(values: impl Iterator<Item = f64>, near: f64) -> Self {
        Self::differences_between(both_ends(values), near)
    }

    fn differences_between((least, greatest): (f64, f64), near: f64) -> Self {
        let rung =
            |far: f64| LADDER.iter().find(|step| step.0 >= far * 0.9999).unwrap_or(&LADDER[LADDER.len() - 1]);
        let near = rung(near).0;
        let end = |far: f64| libm::fmax(rung(far).0, near);
        let (from, to) = (-end(-least), end(greatest));
        let mut ticks = vec![Tick { at: 0.0, label: "0".to_owned(), rank: 0 }];
        for &(at, label, rank) in LADDER.iter().filter(|step| step.0 >= near) {
            ticks.extend(
                [(at, '+'), (-at, '−')]
                    .into_iter()
                    .filter(|(at, _)| (from..=to).contains(at))
                    .map(|(at, sign)| Tick { at, label: format!("{sign}{label}"), rank: rank + 1 }),
            );
        }
        Self { scale: Scale::Signed(near), from, to, ticks }
    }

    /// The same scale from one value to another, without the ticks outside.
    pub(super) fn cut_to(mut self, from: f64, to: f64) -> Self {
        self.ticks.retain(|tick| (from..=to).contains(&tick.at));
        Self { from, to, ..self }
    }

    /// A stretch of the run, at most so many labels.
    pub(super) fn moments((from, to): (f64, f64), most: usize) -> Self {
        let (from, to) = stretch((from, to));
        let moments = moments((from, to), most);
        let step = moments.step;
        let first = libm::ceil(from / step - 1e-6) as i64;
        let last = libm::floor(to / step + 1e-6) as i64;
        let ticks = (first..=last)
            .map(|index| index as f64 * step)
            .map(|at| Tick { at, label: moments.label(at), rank: 0 })
            .collect();
        Self { scale: Scale::Linear, from, to, ticks }
    }

    /// Lengths of time from zero to above `greatest`.
    pub(super) fn durations(greatest: f64, most: usize) -> Self {
        let greatest = if greatest > 0.0 { greatest } else { 1.0 };
        Self::from_zero(greatest, time_step(greatest / most as f64), human::duration)
    }

    /// Whole numbers from zero to above `greatest`.
    pub(super) fn counts(greatest: u64, most: usize) -> Self {
        let greatest = greatest.max(1) as f64;
        let step = decimal_step(greatest / most as f64).max(1.0);
        Self::from_zero(greatest, step, |at| human::count(libm::round(at) as u64))
    }

    /// Amounts from zero to above `greatest`.
    pub(super) fn amounts(greatest: f64, most: usize) -> Self {
        let greatest = if greatest > 0.0 { greatest } else { 1.0 };
        Self::from_zero(greatest, decimal_step(greatest / most as f64), human::amount)
    }

    /// Bytes from zero to above `greatest`.
    pub(super) fn sizes(greatest: u64, most: usize) -> Self {
        let greatest = greatest.max(1) as f64;
        Self::from_zero(greatest, decimal_step(greatest / most as f64).max(1.0), human::size)
    }

    /// Values with the names that they were given; on a logarithmic scale where they are above zero and far apart.
    pub(super) fn named(values: &[(f64, String)]) -> Self {
        let all = || values.iter().map(|(at, _)| *at);
        let (least, greatest) =
            (all().fold(f64::INFINITY, libm::fmin), all().fold(f64::NEG_INFINITY, libm::fmax));
        let scale = if least > 0.0 && greatest > 8.0 * least { Scale::Log } else { Scale::Linear };
        let tick = |(at, label): &(f64, String)| {
            let rank = u8::from(*at != least && *at != greatest);
            Tick { at: *at, label: label.clone(), rank }
        };
        let (from, to) = stretch((least, greatest));
        Self { scale, from, to, ticks: values.iter().map(tick).collect() }
    }

    /// From nothing to all.
    pub(super) fn shares() -> Self {
        let ticks = [0.0, 0.25, 0.5, 0.75, 1.0];
        let ticks = ticks.map(|at| Tick { at, label: format!("{} %", at * 100.0), rank: 0 }).to_vec();
        Self { scale: Scale::Linear, from: 0.0, to: 1.0, ticks }
    }

    /// Shares of so many events: each further nine has the same room, and the last event has half of its own above it.
    pub(super) fn nines(events: u64) -> Self {
        let to = (1.0 - 0.5 / events.max(5) as f64).min(1.0 - 1e-9);
        let mut ticks =
            vec![(0.0, "0 %".to_owned(), 0), (0.5, "50 %".to_owned(), 0), (to, "100 %".to_owned(), 0)];
        let mut rest = 0.1;
        for nines in 1_usize.. {
            if 1.0 - rest > to {
                break;
            }
            ticks.push((1.0 - rest, format!("{:.*} %", nines.saturating_sub(2), (1.0 - rest) * 100.0), 0));
            rest /= 10.0;
        }
        let ticks = ticks.into_iter().map(|(at, label, rank)| Tick { at, label, rank }).collect();
        Self { scale: Scale::Nines, from: 0.0, to, ticks }
    }

    /// The place of a value on the axis, in units of its own; what lies beyond an end is put there.
    pub(super) fn unit(&self, value: f64) -> f64 {
        let value = value.clamp(self.from, self.to);
        match self.scale {
            Scale::Linear => value,
            Scale::Log => libm::log10(value),
            Scale::Signed(near) => libm::copysign(libm::log10(1.0 + value.abs() / near), value),
            Scale::Nines => -libm::log10(1.0 - value),
        }
    }

    fn from_zero(greatest: f64, step: f64, label: impl Fn(f64) -> String) -> Self {
        let steps = libm::ceil(greatest / step - 1e-6).max(1.0) as u64;
        let tick = |at: f64| Tick { at, label: label(at), rank: 0 };
        let ticks = (0..=steps).map(|index| tick(index as f64 * step)).collect();
        Self { scale: Scale::Linear, from: 0.0, to: steps as f64 * step, ticks }
    }
}

/// Zero, and the finite values farthest below and above it.
fn both_ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values
        .filter(|value| value.is_finite())
        .fold((0.0, 0.0), |(least, greatest), value| (libm::fmin(least, value), libm::fmax(greatest, value)))
}

/// How such an axis of moments spells instants, for its title and for the sentences about it.
pub(super) fn moments(span: (f64, f64), most: usize) -> Moments {
    let (from, to) = stretch(span);
    Moments::new((from, to), time_step((to - from) / most as f64))
}

/// A stretch that has a length.
fn stretch((from, to): (f64, f64)) -> (f64, f64) {
    (from, if to > from { to } else { from + 1.0 })
}

/// The least and the greatest of the positive values.
fn positive_range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|value| value.is_finite() && *value > 0.0).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((least, greatest)) => Some((libm::fmin(least, value), libm::fmax(greatest, value))),
    })
}

/// The least step of time, as people count it, that is no shorter than this.
fn time_step(least: f64) -> f64 {
    const STEPS: [f64; 19] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0,
        10_800.0, 21_600.0, 43_200.0, 86_400.0, 172_800.0,
    ];
    if least <= 0.5 {
        return decimal_step(least);
    }
    let days = || decimal_step(least / 86_400.0) * 86_400.0;
    STEPS.into_iter().find(|step| *step >= least * 0.9999).unwrap_or_else(days)
}

/// The least of 1, 2 and 5 times a power of ten that is no less than this.
fn decimal_step(least: f64) -> f64 {
    let decade = libm::pow(10.0, libm::floor(libm::log10(libm::fmax(least, 1e-9)) + 1e-9));
    [1.0, 2.0, 5.0, 10.0]
        .map(|times| times * decade)
        .into_iter()
        .find(|step| *step >= least * 0.9999)
        .unwrap_or(least)
}

/// The times that a logarithmic axis names, with their rank.
const LADDER: [(f64, &str, u8); 21] = [
    (1e-9, "1 ns", 0),
    (1e-8, "10 ns", 1),
    (1e-7, "100 ns", 2),
    (1e-6, "1 µs", 0),
    (1e-5, "10 µs", 1),
    (1e-4, "100 µs", 2),
    (1e-3, "1 ms", 0),
    (1e-2, "10 ms", 1),
    (0.1, "100 ms", 2),
    (1.0, "1 s", 0),
    (10.0, "10 s", 1),
    (60.0, "1 min", 0),
    (600.0, "10 min", 1),
    (3_600.0, "1 h", 0),
    (36_000.0, "10 h", 2),
    (86_400.0, "1 d", 0),
    (864_000.0, "10 d", 1),
    (8_640_000.0, "100 d", 1),
    (31_536_000.0, "1 year", 0),
    (315_360_000.0, "10 years", 1),
    (3_153_600_000.0, "100 years", 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn a_logarithmic_axis_names_the_times_that_people_use() {
        let axis = Axis::log_time([0.25, 2_105.0].into_iter());
        assert_eq!(labels(&axis), ["100 ms", "1 s", "10 s", "1 min", "10 min", "1 h"]);
        assert_eq!((axis.from, axis.to), (0.1, 3_600.0));
    }

    #[test]
    fn one_value_still_has_an_axis() {
        for value in [0.0, 1e-12, 0.02, 1.0, 1e12] {
            let axis = Axis::log_time([value].into_iter());
            assert!(axis.from < axis.to && axis.ticks.len() >= 2, "{value}");
            let axis = Axis::log_amount([value].into_iter());
            assert!(axis.from < axis.to && axis.ticks.len() >= 2, "{value}");
        }
    }

    #[test]
    fn a_day_is_cut_into_hours() {
        assert_eq!(
            labels(&Axis::moments((0.0, 86_400.0), 8)),
            ["0 s", "3 h", "6 h", "9 h", "12 h", "15 h", "18 h", "21 h", "24 h"]
        );
        assert_eq!(
            labels(&Axis::moments((20_700.0, 24_300.0), 5)),
            ["5h45m", "6 h", "6h15m", "6h30m", "6h45m"]
        );
    }

    #[test]
    fn tiny_steps_late_in_a_run_count_from_the_stretch() {
        let axis = Axis::moments((86_000.0, 86_000.4), 4);
        assert_eq!(labels(&axis), ["+0 s", "+0.1 s", "+0.2 s", "+0.3 s", "+0.4 s"]);
        let title = moments((86_000.0, 86_000.4), 4).title();
        assert_eq!(title, "time since 23h53m20.0s into the run");
    }

    #[test]
    fn counts_are_whole_and_reach_above_the_greatest() {
        assert_eq!(labels(&Axis::counts(1, 4)), ["0", "1"]);
        assert_eq!(labels(&Axis::counts(37, 4)), ["0", "10", "20", "30", "40"]);
    }

    #[test]
    fn differences_have_both_signs_and_as_much_room_as_they_need() {
        let axis = Axis::differences([-25.0, 0.0, 0.5, f64::INFINITY].into_iter());
        assert_eq!((axis.from, axis.to), (-60.0, 1.0));
        assert_eq!(labels(&axis)[..5], ["0", "+100 ms", "−100 ms", "+1 s", "−1 s"]);
        assert!(axis.unit(-1.0) < axis.unit(0.0) && axis.unit(0.0) == 0.0 && axis.unit(0.9) < axis.unit(1.0));
        let one_sided = Axis::differences([2.0, 3.0].into_iter());
        assert!(one_sided.from < 0.0 && one_sided.to == 10.0, "{one_sided:?}");
    }

    #[test]
    fn each_nine_is_one_step() {
        let axis = Axis::nines(2_000);
        assert_eq!(labels(&axis), ["0 %", "50 %", "100 %", "90 %", "99 %", "99.9 %"]);
        assert_eq!(labels(&Axis::nines(20)), ["0 %", "50 %", "100 %", "90 %"]);
        assert_eq!(labels(&Axis::nines(0)), ["0 %", "50 %", "100 %", "90 %"]);
        assert!((axis.unit(0.99) - 2.0).abs() < 1e-9 && axis.unit(1.0) > axis.unit(1_999.0 / 2_000.0));
    }
}
