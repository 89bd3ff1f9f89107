//! Lengths of time.

use super::count;
use super::digits::{significant, three_digits, trimmed};
use crate::study::summary::Reached;

/// The time within which a share of the events was known: a duration, `never`, or a dash with too few events.
pub fn reached(reached: Option<Reached>) -> String {
    match reached {
        Some(Reached::After(seconds)) => duration(seconds),
        Some(Reached::Never) => "never".to_owned(),
        None => "–".to_owned(),
    }
}

/// A duration, from nanoseconds to days: `250 ns`, `150 µs`, `20 ms`, `0.25 s`, `31.7 s`, `28m29s`, `30 min`, `1h02m`,
/// `2.3 d`. A negative duration keeps its sign. A dash where it is not finite.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "–".to_owned();
    }
    if seconds < 0.0 {
        return format!("−{}", duration(-seconds));
    }
    // The number is rounded before the unit is chosen, so that 59m59.7s becomes 1 h and not 60m00s.
    let whole = libm::round(seconds);
    let minutes = libm::round(seconds / 60.0);
    let rounded = three_digits(seconds);
    if seconds == 0.0 {
        "0 s".to_owned()
    } else if rounded < 1e-6 {
        format!("{} ns", significant(seconds * 1e9))
    } else if rounded < 1e-3 {
        format!("{} µs", significant(seconds * 1e6))
    } else if rounded < 0.1 {
        format!("{} ms", significant(seconds * 1e3))
    } else if rounded < LONGEST_IN_SECONDS {
        format!("{} s", significant(seconds))
    } else if whole < 3_600.0 {
        sexagesimal(whole as u64, ("m", "s"), "min")
    } else if minutes < 1_440.0 {
        sexagesimal(minutes as u64, ("h", "m"), "h")
    } else {
        let days = seconds / 86_400.0;
        if days < 9.95 {
            format!("{} d", trimmed(days, 1))
        } else {
            format!("{} d", count(days.round() as u64))
        }
    }
}

/// From this many seconds on, a duration is spelt in minutes and seconds.
const LONGEST_IN_SECONDS: f64 = 120.0;

/// `28m29s`; `30 min` where the smaller unit is 0.
fn sexagesimal(total: u64, (large, small): (&str, &str), alone: &str) -> String {
    match (total / 60, total % 60) {
        (units, 0) => format!("{units} {alone}"),
        (units, rest) => format!("{units}{large}{rest:02}{small}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_three_digits_and_a_readable_unit() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (2.5e-7, "250 ns"),
            (0.00015, "150 µs"),
            (0.000_999_9, "1 ms"),
            (0.02, "20 ms"),
            (0.1, "0.1 s"),
            (0.25, "0.25 s"),
            (0.2504, "0.25 s"),
            (1.0, "1 s"),
            (31.74, "31.7 s"),
            (59.96, "60 s"),
            (119.4, "119 s"),
            (119.7, "2 min"),
            (1_709.0, "28m29s"),
            (1_800.0, "30 min"),
            (2_105.0, "35m05s"),
            (3_599.7, "1 h"),
            (3_720.0, "1h02m"),
            (86_390.0, "1 d"),
            (86_400.0 * 2.3, "2.3 d"),
            (86_400.0 * 45.2, "45 d"),
            (-5.0, "−5 s"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }
}
