//! A number with its unit: what can be put on a scale.

use super::units;
use crate::time::Span;

/// A value of a scenario that has a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    /// A duration.
    Time(Span),
    /// A rate, per second.
    Rate(f64),
    /// A size, in bytes.
    Size(u32),
    /// A number without a unit.
    Number(f64),
}

impl Quantity {
    /// Reads `250ms`, `10/h`, `2KiB` or `0.5`; None where the text is none of them.
    pub fn read(text: &str) -> Option<Self> {
        let number = || text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Number);
        let time = || units::span(text).ok().map(Self::Time);
        let rate = || units::rate(text).ok().map(Self::Rate);
        let size = || units::size(text).ok().map(Self::Size);
        number().or_else(time).or_else(rate).or_else(size)
    }

    /// In seconds, per second, in bytes, or as it is.
    pub fn amount(self) -> f64 {
        match self {
            Self::Time(span) => span.as_secs_f64(),
            Self::Rate(per_s) => per_s,
            Self::Size(bytes) => f64::from(bytes),
            Self::Number(number) => number,
        }
    }

    /// Whether both are of one unit.
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_size_is_read_with_its_unit() {
        for (text, amount) in [
            ("250ms", 0.25),
            ("1m30s", 90.0),
            ("10/h", 10.0 / 3600.0),
            ("2KiB", 2048.0),
            ("0.5", 0.5),
            ("-3", -3.0),
        ] {
            assert_eq!(Quantity::read(text).unwrap().amount(), amount, "{text}");
        }
        for text in ["", "x", "fixed-rate", "1/x", "inf"] {
            assert_eq!(Quantity::read(text), None, "{text}");
        }
    }
}
