//! Durations, rates and sizes as text. A written value reads back as exactly the same value. This module
//! depends on neither keys nor ranges; an error says what is wrong with the text.

use crate::time::Span;

/// The pattern of a duration, for the JSON Schema.
pub(crate) const SPAN_PATTERN: &str = r"^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h|d))+$";
/// The pattern of a rate.
pub(crate) const RATE_PATTERN: &str = r"^[0-9]+(\.[0-9]+)?/(s|m|h|d)$";
/// The pattern of a size.
pub(crate) const SIZE_PATTERN: &str = r"^[0-9]+(\.[0-9]+)?(B|KB|KiB|MB|MiB)$";

/// Reads a duration: one or more numbers with units (`1m30s`), each with optional decimals (`1.5s`), rounded to the
/// nearest nanosecond.
///
/// # Errors
/// What is wrong with the text, as the end of a sentence about it.
pub fn span(text: &str) -> Result<Span, String> {
    if text.starts_with('-') {
        return Err("is negative".into());
    }
    let mut nanos = 0_i128;
    let mut rest = text;
    loop {
        let (number, after) = split_where(rest, |c| c.is_ascii_digit() || c == '.');
        let (unit, next) = split_where(after, char::is_alphabetic);
        if unit.is_empty() && !number.is_empty() && next.is_empty() {
            return Err(format!("has no unit after `{number}`"));
        }
        let size = size_of(&SPAN_UNITS, unit).filter(|_| !number.is_empty());
        let part = size.and_then(|size| decimal(number, size)).ok_or("is not a duration")?;
        nanos += part;
        if nanos > i128::from(Span::LONGEST.0) {
            return Err("is longer than 100 years".into());
        }
        rest = next;
        if rest.is_empty() {
            return Ok(Span(nanos as i64));
        }
    }
}

/// Reads a rate, in events per second.
pub(crate) fn rate(text: &str) -> Result<f64, String> {
    if text.starts_with('-') {
        return Err("is negative".into());
    }
    let (number, unit) = text.split_once('/').ok_or("is not a rate")?;
    let seconds = size_of(&RATE_UNITS, unit).ok_or_else(|| format!("has the unknown unit `/{unit}`"))?;
    if !is_decimal(number) {
        return Err("is not a rate".into());
    }
    let number: f64 = number.parse().map_err(|_| "is not a rate")?;
    Ok(number / seconds as f64)
}

/// Reads a size, in bytes.
pub(crate) fn size(text: &str) -> Result<u32, String> {
    if text.starts_with('-') {
        return Err("is negative".into());
    }
    let (number, unit) = split_where(text, |c| c.is_ascii_digit() || c == '.');
    if unit.is_empty() {
        return Err("has no unit".into());
    }
    let scale = size_of(&SIZE_UNITS, unit).ok_or_else(|| format!("has the unknown unit `{unit}`"))?;
    let bytes = decimal(number, scale).ok_or("is not a size")?;
    u32::try_from(bytes).map_err(|_| "is larger than 4 GiB".into())
}

/// Writes a rate as the shortest text that reads back as the same value.
pub(crate) fn spell_rate(per_s: f64) -> String {
    let exact = format!("{}/s", per_s);
    let rounded = RATE_UNITS.iter().map(|(unit, seconds)| {
        let number = libm::round(per_s * *seconds as f64 * 1e6) / 1e6;
        format!("{number}/{unit}")
    });
    rounded.filter(|text| rate(text) == Ok(per_s)).min_by_key(String::len).unwrap_or(exact)
}

/// Writes a size in the largest unit that divides it.
pub(crate) fn spell_size(bytes: u32) -> String {
    match bytes {
        0 => "0B".into(),
        _ if bytes.is_multiple_of(1 << 20) => format!("{}MiB", bytes >> 20),
        _ if bytes.is_multiple_of(1 << 10) => format!("{}KiB", bytes >> 10),
        _ => format!("{bytes}B"),
    }
}

fn split_where(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn size_of(units: &[(&str, i128)], unit: &str) -> Option<i128> {
    units.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size)
}

fn is_decimal(number: &str) -> bool {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A decimal number times an integer, rounded to the nearest integer, without floating point.
fn decimal(number: &str, times: i128) -> Option<i128> {
    if !is_decimal(number) {
        return None;
    }
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = &fraction[..fraction.len().min(MAX_DECIMALS)];
    let scale = 10_i128.pow(fraction.len() as u32);
    let whole = i128::from(whole.parse::<u64>().ok()?);
    let fraction = if fraction.is_empty() { 0 } else { fraction.parse::<i128>().ok()? };
    Some(whole * times + (fraction * times * 2 + scale) / (2 * scale))
}

/// The decimals that are read; later ones are far below a nanosecond in any unit.
const MAX_DECIMALS: usize = 18;

/// In nanoseconds.
const SPAN_UNITS: [(&str, i128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
];
/// In seconds.
const RATE_UNITS: [(&str, i128); 4] = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
/// In bytes.
const SIZE_UNITS: [(&str, i128); 5] =
    [("B", 1), ("KB", 1000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20)];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_composed_and_exact() {
        for (text, nanos) in [
            ("250ms", 250_000_000),
            ("1.5s", 1_500_000_000),
            ("1m30s", 90_000_000_000),
            ("3d", 259_200_000_000_000),
            ("0.0000000016s", 2),
            ("0s", 0),
        ] {
            assert_eq!(span(text), Ok(Span(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_the_reason() {
        for (text, reason) in [
            ("60", "has no unit after `60`"),
            ("-5s", "is negative"),
            ("", "is not a duration"),
            ("5 s", "is not a duration"),
            ("5.s", "is not a duration"),
            (".5s", "is not a duration"),
            ("5min", "is not a duration"),
            ("1m30", "has no unit after `30`"),
            ("36501d", "is longer than 100 years"),
            ("99999999999999999999d", "is not a duration"),
        ] {
            assert_eq!(span(text), Err(reason.to_owned()), "{text}");
        }
    }

    #[test]
    fn rates_and_sizes_have_units() {
        assert_eq!(rate("10/h"), Ok(10.0 / 3600.0));
        assert_eq!(rate("2.5/s"), Ok(2.5));
        for bad in ["10", "10/w", "-1/s", "1e3/s", "/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
        assert_eq!(size("2KiB"), Ok(2048));
        assert_eq!(size("1.5KB"), Ok(1500));
        for bad in ["300", "300b", "9999999MB", "-1B", "B"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_spelt_in_its_own_unit() {
        for text in ["12/h", "6721/d", "2.5/s", "1.4509/d", "60/s"] {
            assert_eq!(spell_rate(rate(text).unwrap()), text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_quantity_or_none(
            text in prop_oneof![any::<String>(), "-?[0-9.]{0,25}/?[a-zA-Z]{0,3}([0-9.]{1,4}[a-z]{1,2})?"],
        ) {
            if let Ok(span_read) = span(&text) {
                prop_assert_eq!(span(&span_read.to_string()), Ok(span_read));
            }
            if let Ok(bytes) = size(&text) {
                prop_assert_eq!(size(&spell_size(bytes)), Ok(bytes));
            }
            if let Ok(per_s) = rate(&text) {
                prop_assert!(per_s.is_finite() && per_s >= 0.0, "{}", per_s);
                prop_assert_eq!(rate(&spell_rate(per_s)), Ok(per_s));
            }
        }

        #[test]
        fn what_is_written_reads_back(nanos in 0..=Span::LONGEST.0, bytes: u32, per_s in 1e-12_f64..1e12) {
            prop_assert_eq!(span(&Span(nanos).to_string()), Ok(Span(nanos)));
            prop_assert_eq!(size(&spell_size(bytes)), Ok(bytes));
            prop_assert_eq!(rate(&spell_rate(per_s)), Ok(per_s));
        }
    }
}
