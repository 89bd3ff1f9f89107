//! Figures as people read them: durations, counts, shares and ratios in at most three significant digits.
//!
//! The one place that decides how a number is spelt in a sentence, a table or a chart. It knows nothing of what
//! the number means; files for machines (`summary.json`, CSV) do not use it.

use super::summary::Reached;
use crate::figure::Unit;

/// A client's name as part of a sentence: in quotation marks where it would not be seen to be a name.
pub fn name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '+' | '/');
    let short = name.chars().count() <= NAME_CHARS;
    if short && name.chars().all(plain) { name.to_owned() } else { quoted(name) }
}

/// A client's name in quotation marks, no longer than one reads over.
pub fn quoted(name: &str) -> String {
    let short: String = name.chars().take(NAME_CHARS).collect();
    let rest = if name.chars().count() > NAME_CHARS { "…" } else { "" };
    format!("“{}{rest}”", short.trim_end())
}

const NAME_CHARS: usize = 28;

/// None of so many: `Neither`, `None of the three`.
pub fn none_of(number: usize) -> String {
    match number {
        0 | 1 => "None".to_owned(),
        2 => "Neither".to_owned(),
        _ => format!("None of the {}", in_words(number)),
    }
}

/// All of so many: `both`, `all three`.
pub fn all_of(number: usize) -> String {
    if number == 2 { "both".to_owned() } else { format!("all {}", in_words(number)) }
}

/// A small number in words.
fn in_words(number: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    WORDS.get(number).map_or_else(|| count(number as u64), |&word| word.to_owned())
}

/// Things in a row: `a`, `a and b`, `a, b and c`.
pub fn list(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// When a share of the events was known: a length of time, `never`, or a dash where there were too few events.
pub fn reached(reached: Option<Reached>) -> String {
    match reached {
        Some(Reached::After(seconds)) => duration(seconds),
        Some(Reached::Never) => "never".to_owned(),
        None => "–".to_owned(),
    }
}

/// A length of time, from nanoseconds to days: `250 ns`, `150 µs`, `20 ms`, `0.25 s`, `31.7 s`, `28m29s`,
/// `30 min`, `1h02m`, `2.3 d`. A negative length keeps its sign; what is not finite is a dash.
pub fn duration(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "–".to_owned();
    }
    if seconds < 0.0 {
        return format!("−{}", duration(-seconds));
    }
    // Rounding comes before the choice of the unit, so that 59m59.7s becomes 1 h and not 60m00s.
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

/// A number of things, its thousands set apart by narrow no-break spaces: `1 410`.
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

/// A part of a whole, given from 0 to 1, in per cent: `83.1 %`. Only nothing is `0 %` and only all is `100 %`;
/// what would round to them is `<0.1 %` or `>99.9 %`.
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

/// How many times one figure is the other: `127x`, `4.9x`, `1.02x`. Below 1.1 a third digit is kept, so that a small
/// difference is not called none; what is not finite is a dash.
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

/// A figure in the unit that it is declared with.
pub fn figure(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds if value == f64::INFINITY => "never".to_owned(),
        Unit::Seconds => duration(value),
        Unit::Share => share(value),
        Unit::PerSecond => format!("{}/s", amount(value)),
        Unit::Bytes => format!("{} B", number(value)),
        Unit::Count | Unit::PerEvent => number(value),
    }
}

/// A number of things, which need not be whole where it is an average.
pub fn number(number: f64) -> String {
    if number == libm::round(number) && (0.0..1e15).contains(&number) {
        count(number as u64)
    } else {
        amount(number)
    }
}

/// How often events occur, in the unit that gives a number of a humane size: `60/s`, `12.2/h`, `1.46/d`.
pub fn rate(per_s: f64) -> String {
    let (number, unit, _) = humane_rate(per_s);
    format!("{}/{unit}", amount(number))
}

/// The same in a sentence: `1.46 events a day`.
pub fn events_at(per_s: f64) -> String {
    let (number, _, each) = humane_rate(per_s);
    let s = if amount(number) == "1" { "" } else { "s" };
    format!("{} event{s} {each}", amount(number))
}

fn humane_rate(per_s: f64) -> (f64, &'static str, &'static str) {
    match per_s {
        _ if per_s >= 0.5 => (per_s, "s", "a second"),
        _ if per_s * 3600.0 >= 0.5 => (per_s * 3600.0, "h", "an hour"),
        _ => (per_s * 86_400.0, "d", "a day"),
    }
}

/// Any other amount, such as a rate: three significant digits, thousands set apart: `0.0278`, `12.1`, `1 440`.
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

/// From here on a duration is spelt in minutes and seconds.
const LONGEST_IN_SECONDS: f64 = 120.0;

/// Narrow and not broken at the end of a line.
const NARROW_SPACE: char = '\u{202f}';

/// `28m29s`, and without a rest `30 min`.
fn sexagesimal(total: u64, (large, small): (&str, &str), alone: &str) -> String {
    match (total / 60, total % 60) {
        (units, 0) => format!("{units} {alone}"),
        (units, rest) => format!("{units}{large}{rest:02}{small}"),
    }
}

/// At most three significant digits, no zeros at the end of a fraction.
fn significant(number: f64) -> String {
    let rounded = three_digits(number);
    trimmed(rounded, decimals(rounded))
}

/// The nearest number of three significant digits.
fn three_digits(number: f64) -> f64 {
    if number == 0.0 {
        return 0.0;
    }
    let unit = libm::pow(10.0, libm::floor(libm::log10(number.abs())) - 2.0);
    libm::round(number / unit) * unit
}

/// Decimals that three significant digits need.
fn decimals(number: f64) -> usize {
    if number == 0.0 {
        return 0;
    }
    // The tiny push keeps a rounded 0.1 from being taken for 0.0999....
    let magnitude = libm::floor(libm::log10(number.abs()) + 1e-9);
    libm::fmax(2.0 - magnitude, 0.0) as usize
}

fn trimmed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_three_digits_and_a_humane_unit() {
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
    fn several_are_told_apart_from_two() {
        assert_eq!([1, 2, 3, 13].map(none_of), ["None", "Neither", "None of the three", "None of the 13"]);
        assert_eq!([2, 3].map(all_of), ["both", "all three"]);
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!([&names[..1], &names[..2], &names].map(list), ["a", "a and b", "a, b and c"]);
    }

    #[test]
    fn a_rate_has_a_humane_unit() {
        assert_eq!(
            [60.0, 293.0 / 86_400.0, 1.46 / 86_400.0, 0.0].map(rate),
            ["60/s", "12.2/h", "1.46/d", "0/d"]
        );
        assert_eq!([1.0, 1.46 / 86_400.0].map(events_at), ["1 event a second", "1.46 events a day"]);
    }

    #[test]
    fn a_name_that_could_be_mistaken_is_quoted() {
        assert_eq!(name("webhook + poll 15m"), "webhook + poll 15m");
        assert_eq!(name("answers, then works"), "“answers, then works”");
        assert_eq!(name(&"long ".repeat(9)), "“long long long long long lon…”");
    }
}
