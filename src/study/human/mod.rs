//! Numbers for people: durations, counts, shares and ratios in at most three significant digits.
//!
//! All sentences, tables and charts spell numbers with these functions. Files for machines (`summary.json`, CSV) do
//! not.

mod digits;
mod time;
mod words;

use crate::figure::Unit;
use digits::{significant, three_digits, trimmed};

pub use time::{duration, reached};
pub use words::{all_of, capitalised, clause, list, name, none_of, quoted, uncapitalised};

/// A count, with narrow no-break spaces between thousands: `1 410`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(NARROW_SPACE);
        }
        text.push(digit);
    }
    text
}

/// A share, given from 0 to 1, in per cent: `83.1 %`. Only exactly 0 is `0 %` and only exactly 1 is `100 %`; values
/// that would round to them are `<0.1 %` and `>99.9 %`.
pub fn share(part: f64) -> String {
    if !part.is_finite() {
        "–".to_owned()
    } else if part <= 0.0 {
        "0 %".to_owned()
    } else if part >= 1.0 {
        "100 %".to_owned()
    } else if part < 0.0005 {
        "<0.1 %".to_owned()
    } else if part >= 0.9995 {
        ">99.9 %".to_owned()
    } else {
        format!("{:.1} %", part * 100.0)
    }
}

/// A ratio: `127x`, `4.9x`, `1.02x`. Near 1 it has a third digit, so that a small difference is seen. A dash where it
/// is not finite.
pub fn ratio(times: f64) -> String {
    if !times.is_finite() {
        "–".to_owned()
    } else if times >= 9.95 {
        format!("{}x", count(three_digits(times).round() as u64))
    } else if (0.9..1.095).contains(&times) {
        format!("{}x", trimmed(times, 2))
    } else if times >= 0.1 {
        format!("{}x", trimmed(times, 1))
    } else {
        format!("{}x", significant(times))
    }
}

/// A figure with its declared unit.
pub fn figure(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => time(value),
        Unit::Share => share(value),
        Unit::PerSecond => format!("{}/s", amount(value)),
        Unit::Bytes => format!("{} B", number(value)),
        Unit::Count | Unit::PerEvent => number(value),
    }
}

/// An amount of bytes in at most three digits, in units of a thousand each: `8 B`, `145 kB`, `12.3 MB`.
pub fn size(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut number, mut unit) = (bytes, 0);
    // It is rounded before the unit is chosen, so that 999 999 B are 1 MB.
    while three_digits(number) >= 1e3 && unit + 1 < UNITS.len() {
        (number, unit) = (number / 1e3, unit + 1);
    }
    format!("{} {}", amount(number), UNITS[unit])
}

/// Seconds until something happens; infinite for never.
pub fn time(seconds: f64) -> String {
    if seconds == f64::INFINITY { "never".to_owned() } else { duration(seconds) }
}

/// A count that may be an average, and so not whole.
pub fn number(number: f64) -> String {
    if number == libm::round(number) && (0.0..1e15).contains(&number) {
        count(number as u64)
    } else {
        amount(number)
    }
}

/// A rate of events, per second, hour or day, whichever gives a number of readable size: `60/s`, `12.2/h`, `1.46/d`.
pub fn rate(per_s: f64) -> String {
    let (number, unit, _) = readable_rate(per_s);
    format!("{}/{unit}", amount(number))
}

/// The same in a sentence: `1.46 events a day`.
pub fn events_at(per_s: f64) -> String {
    let (number, _, each) = readable_rate(per_s);
    let s = if amount(number) == "1" { "" } else { "s" };
    format!("{} event{s} {each}", amount(number))
}

fn readable_rate(per_s: f64) -> (f64, &'static str, &'static str) {
    match per_s {
        _ if per_s >= 0.5 => (per_s, "s", "a second"),
        _ if per_s * 3600.0 >= 0.5 => (per_s * 3600.0, "h", "an hour"),
        _ => (per_s * 86_400.0, "d", "a day"),
    }
}

/// Any other number, such as a rate, in three significant digits: `0.0278`, `12.1`, `1 440`.
pub fn amount(number: f64) -> String {
    if !number.is_finite() {
        "–".to_owned()
    } else if number < 0.0 {
        format!("−{}", amount(-number))
    } else if number >= 999.5 {
        count(number.round() as u64)
    } else {
        significant(number)
    }
}

/// A narrow space at which a line is not broken.
const NARROW_SPACE: char = '\u{202f}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_410, "1\u{202f}410"), (1_234_567, "1\u{202f}234\u{202f}567")]
        {
            assert_eq!(count(number), text);
        }
    }

    #[test]
    fn a_share_is_nothing_or_all_only_where_it_is() {
        for (part, text) in [
            (0.0, "0 %"),
            (0.0004, "<0.1 %"),
            (0.0005, "0.1 %"),
            (0.831, "83.1 %"),
            (0.9994, "99.9 %"),
            (0.9996, ">99.9 %"),
            (1.0, "100 %"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(share(part), text, "{part}");
        }
    }

    #[test]
    fn a_ratio_keeps_what_makes_it_differ_from_one() {
        for (times, text) in [
            (127.3, "127x"),
            (9.97, "10x"),
            (4.88, "4.9x"),
            (4.0, "4x"),
            (1.231, "1.2x"),
            (1.02, "1.02x"),
            (1.0, "1x"),
            (0.25, "0.2x"),
            (0.012, "0.012x"),
            (1_273.0, "1\u{202f}270x"),
        ] {
            assert_eq!(ratio(times), text, "{times}");
        }
    }

    #[test]
    fn an_amount_has_three_digits() {
        for (number, text) in
            [(0.0, "0"), (0.02778, "0.0278"), (12.13, "12.1"), (1_440.2, "1\u{202f}440"), (-3.0, "−3")]
        {
            assert_eq!(amount(number), text, "{number}");
        }
    }

    #[test]
    fn a_size_has_three_digits_and_its_unit() {
        for (bytes, text) in [
            (0.0, "0 B"),
            (8.0, "8 B"),
            (999.0, "999 B"),
            (1_000.0, "1 kB"),
            (145_231.0, "145 kB"),
            (999_499.0, "999 kB"),
            (999_999.0, "1 MB"),
            (12_345_678.0, "12.3 MB"),
            (5e15, "5\u{202f}000 TB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }

    #[test]
    fn a_rate_has_a_readable_unit() {
        assert_eq!(
            [60.0, 293.0 / 86_400.0, 1.46 / 86_400.0, 0.0].map(rate),
            ["60/s", "12.2/h", "1.46/d", "0/d"]
        );
        assert_eq!([1.0, 1.46 / 86_400.0].map(events_at), ["1 event a second", "1.46 events a day"]);
    }
}
