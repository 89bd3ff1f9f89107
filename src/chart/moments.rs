//! How an axis of time, and a sentence about it, spells instants of the run: with the precision of the axis's steps,
//! so that no two labels are equal, and in one notation. It knows no scales and no pixels.

use crate::study::human::{count, duration};

/// What decides the spelling of every instant of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Moments {
    /// Between two labels.
    pub(super) step: f64,
    /// Whether days are counted: the axis goes beyond the first one.
    days: bool,
    /// Where the steps are tiny against the time since the start of the run, labels count from here.
    pub(super) origin: Option<f64>,
}

impl Moments {
    /// The spelling for a stretch with labels so far apart.
    pub(super) fn new((from, to): (f64, f64), step: f64) -> Self {
        let tiny = step < 1.0 && (from >= MINUTE || step < 1e-3 && from > 100.0 * step);
        // A power of ten no shorter than the stretch, so that three digits tell the labels apart.
        let coarse = libm::pow(10.0, libm::ceil(libm::log10(to - from) - 1e-9));
        let origin = tiny.then(|| libm::floor(from / coarse + 1e-9) * coarse);
        Self { step, days: to > DAY * 1.000_001, origin }
    }

    /// What stands below the axis at this instant.
    pub(super) fn label(self, seconds: f64) -> String {
        match self.origin {
            Some(origin) => format!("+{}", duration(libm::fmax(seconds - origin, 0.0))),
            None => self.in_words(seconds),
        }
    }

    /// The instant in a sentence, counted from the start of the run.
    pub(super) fn in_words(self, seconds: f64) -> String {
        if self.step >= MINUTE { self.to_the_minute(seconds) } else { self.to_the_second(seconds) }
    }

    /// The title of the axis.
    pub(super) fn title(self) -> String {
        match self.origin {
            Some(origin) => format!("time since {} into the run", self.in_words(origin)),
            None => "time since the start of the run".to_owned(),
        }
    }

    /// `45 min`, `6 h`, `6h15m`; beyond the first day `27 d 17:30`.
    fn to_the_minute(self, seconds: f64) -> String {
        let minutes = libm::round(seconds / MINUTE) as u64;
        let (day, rest) = self.split(minutes, 1_440);
        let (hour, minute) = (rest / 60, rest % 60);
        match day {
            Some(day) if rest == 0 && self.step >= HOUR => format!("{day} d"),
            Some(day) if minute == 0 && self.step >= HOUR => format!("{day} d {hour} h"),
            Some(day) => format!("{day} d {hour:02}:{minute:02}"),
            // A time that would round to zero keeps its own unit.
            None if rest == 0 => duration(seconds),
            None if minute == 0 => format!("{hour} h"),
            None if hour == 0 => format!("{minute} min"),
            None => format!("{hour}h{minute:02}m"),
        }
    }

    /// `31.5 s`, `28m29s`, `13h35m10s`; beyond the first day `27 d 17:30:10`. Fractions as the step needs them.
    fn to_the_second(self, seconds: f64) -> String {
        let decimals = libm::ceil(-libm::log10(libm::fmin(self.step, 1.0)) - 1e-9) as usize;
        if seconds < 2.0 * MINUTE {
            let short = decimals > 0 && self.step < 1e-3 || seconds < 1.0;
            return if short { duration(seconds) } else { fraction(seconds, decimals) + " s" };
        }
        // In units of the last decimal, so that rounding carries into the minutes.
        let unit = libm::pow(10.0, decimals as f64);
        let (minutes, rest) = carried(seconds, unit);
        let width = if decimals > 0 { decimals + 3 } else { 2 };
        let second = format!("{rest:0width$.decimals$}");
        let (day, minutes) = self.split(minutes, 1_440);
        let (hour, minute) = (minutes / 60, minutes % 60);
        match day {
            Some(day) => format!("{day} d {hour:02}:{minute:02}:{second}"),
            None if hour > 0 => format!("{hour}h{minute:02}m{second}s"),
            None if rest == 0.0 => format!("{minute} min"),
            None => format!("{minute}m{second}s"),
        }
    }

    /// The day, where days are counted and one is over, and what is left.
    fn split(self, number: u64, in_a_day: u64) -> (Option<String>, u64) {
        let day = number / in_a_day;
        if self.days && day > 0 { (Some(count(day)), number % in_a_day) } else { (None, number) }
    }
}

/// Minutes and the seconds left over, rounded to so many parts of a second.
fn carried(seconds: f64, parts: f64) -> (u64, f64) {
    let whole = libm::round(seconds * parts);
    let minutes = libm::floor(whole / (parts * MINUTE));
    (minutes as u64, (whole - minutes * parts * MINUTE) / parts)
}

/// Without zeros at its end.
fn fraction(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;

#[cfg(test)]
mod tests {
    use super::super::axis::Axis;
    use super::*;

    #[test]
    fn labels_of_an_axis_are_never_equal() {
        let starts = [0.0, 0.03, 0.7, 9.99, 59.5, 119.0, 3_599.0, 7_205.3, 48_912.7, 86_399.0, 129_000.1];
        let late = [2_308_000.0, 1_886.0 * DAY + 7.0, 20_000.0 * DAY];
        let lengths =
            [1e-4, 3e-3, 0.04, 0.4, 1.0, 2.5, 9.0, 66.0, 150.0, 2_400.0, 6_000.0, 40_000.0, 86_400.0];
        let long = [1.3 * DAY, 5.0 * DAY, 40.0 * DAY, 1_886.0 * DAY];
        for from in starts.into_iter().chain(late) {
            for length in lengths.into_iter().chain(long) {
                for most in [5, 7, 8] {
                    let axis = Axis::moments((from, from + length), most);
                    let mut labels: Vec<&str> = axis.ticks.iter().map(|tick| tick.label.as_str()).collect();
                    let count = labels.len();
                    labels.sort_unstable();
                    labels.dedup();
                    assert!(count >= 2 && labels.len() == count, "{from} and {length} more: {labels:?}");
                }
            }
        }
    }

    #[test]
    fn an_instant_has_the_precision_of_the_steps() {
        for (span, step, seconds, text) in [
            ((48_900.0, 48_975.0), 10.0, 48_910.0, "13h35m10s"),
            ((127_000.0, 129_600.0), 300.0, 127_200.0, "1 d 11:20"),
            ((2_309_400.0, 2_316_600.0), 1_200.0, 2_309_400.0, "26 d 17:30"),
            ((0.0, 259_200.0), 43_200.0, 129_600.0, "1 d 12 h"),
            ((0.0, 86_400.0), 10_800.0, 86_400.0, "24 h"),
            ((86_000.0, 86_000.4), 0.1, 86_000.3, "23h53m20.3s"),
            ((0.0, 10.0), 2.0, 9.99, "10 s"),
            ((300.0, 420.0), 20.0, 359.9, "6 min"),
        ] {
            assert_eq!(Moments::new(span, step).in_words(seconds), text);
        }
    }
}
