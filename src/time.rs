//! Time as integer nanoseconds: [`Instant`] is a point on the clock of a run, [`Span`] a length of time.
//!
//! Both are signed, so that a difference that is negative by mistake is visible. Sums and products saturate at the
//! ends of the range, 292 years, and never wrap: in a queue that grows without end, times are late and never early.
//! This module knows no wall clock; a driver passes the time in.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Sub};

/// A point in time, in nanoseconds since the run began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(pub i64);

impl Instant {
    /// The moment at which the run begins.
    pub const START: Self = Self(0);
    /// Later than every moment that a run can reach.
    pub const NEVER: Self = Self(i64::MAX);

    /// Seconds since the run began.
    pub fn as_secs_f64(self) -> f64 {
        Span(self.0).as_secs_f64()
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// One second.
    pub const SECOND: Self = Self(1_000_000_000);
    /// The longest time that a scenario may use: a hundred years of 365 days. The sum of two is within the range of
    /// the integer (292 years).
    pub const LONGEST: Self = Self(36_500 * 86_400 * 1_000_000_000);

    /// The whole number of nanoseconds nearest to `seconds`. NaN becomes zero, and a value out of range the nearest
    /// end of it.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self(libm::round(seconds * 1e9) as i64)
    }

    /// A whole number of seconds.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds * Self::SECOND.0)
    }

    /// A whole number of milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1_000_000)
    }

    /// The whole seconds of a length that is not negative, at most [`u32::MAX`].
    pub fn whole_secs(self) -> u32 {
        u32::try_from((self.0 / Self::SECOND.0).max(0)).unwrap_or(u32::MAX)
    }

    /// This length in seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// This length times `factor`, to the nearest nanosecond.
    pub fn scaled(self, factor: f64) -> Self {
        Self(libm::round(self.0 as f64 * factor) as i64)
    }
}

/// The exact spelling that a scenario accepts: `1m30s`, `250ms`, `1d`, `0s`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(i64, &str); 7] = [
            (86_400_000_000_000, "d"),
            (3_600_000_000_000, "h"),
            (60_000_000_000, "m"),
            (1_000_000_000, "s"),
            (1_000_000, "ms"),
            (1_000, "us"),
            (1, "ns"),
        ];
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0.abs();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (size, unit) in UNITS {
            if rest >= size && !(unit == "d" && rest % size != 0) {
                write!(f, "{}{unit}", rest / size)?;
                rest %= size;
            }
        }
        Ok(())
    }
}

impl Add<Span> for Instant {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Instant {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

impl Sub for Instant {
    type Output = Span;
    fn sub(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Mul<i64> for Span {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl Div<i64> for Span {
    type Output = Self;
    fn div(self, by: i64) -> Self {
        Self(self.0 / by)
    }
}

impl std::iter::Sum for Span {
    fn sum<I: Iterator<Item = Self>>(spans: I) -> Self {
        spans.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_spelt_as_a_scenario_spells_it() {
        for (nanos, text) in [
            (0, "0s"),
            (90_000_000_000, "1m30s"),
            (250_000_000, "250ms"),
            (86_400_000_000_000, "1d"),
            (129_600_000_000_000, "36h"),
            (1_500_000, "1ms500us"),
            (-5, "-5ns"),
        ] {
            assert_eq!(Span(nanos).to_string(), text);
        }
    }

    #[test]
    fn time_stops_at_the_ends_of_its_range() {
        let century = Span::LONGEST;
        assert_eq!(Instant::START + century + century + century, Instant::NEVER);
        assert_eq!(century * 3, Span(i64::MAX));
        assert_eq!(Instant::NEVER - Instant(-1), Span(i64::MAX));
        assert_eq!(Span(i64::MIN) - century, Span(i64::MIN));
    }

    #[test]
    fn seconds_round_to_the_nearest_nanosecond() {
        assert_eq!(Span::from_secs_f64(0.1), Span(100_000_000));
        assert_eq!(Span::from_secs_f64(-0.1), Span(-100_000_000));
        assert_eq!(Span::from_secs_f64(f64::NAN), Span::ZERO);
    }
}
