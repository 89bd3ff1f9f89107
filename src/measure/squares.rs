//! An exact sum of squares. A variance is the small difference of two large sums, so with rounded sums equal values
//! would have a deviation.

use serde::{Deserialize, Serialize};

/// The sum of the squares of 64-bit numbers, in 192 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SumOfSquares {
    high: u64,
    low: u128,
}

impl SumOfSquares {
    /// Adds the square of one more number.
    #[inline]
    pub(super) fn record(&mut self, value: i64) {
        let size = u128::from(value.unsigned_abs());
        *self = self.plus(Self { high: 0, low: size * size });
    }

    /// The sum of the squares of both.
    #[inline]
    pub(super) const fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high.wrapping_add(other.high).wrapping_add(carry as u64), low }
    }

    const fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high.wrapping_sub(other.high).wrapping_sub(borrow as u64), low }
    }

    /// The variance of the population. There are `count` numbers, at least one, and they add up to `sum`.
    pub(super) fn variance(self, count: u64, sum: i128) -> f64 {
        // About q, the mean rounded down, the squares add up to S2 - nq² - 2qr, where r is the rest of the division.
        let (floor, rest) = (sum.div_euclid(i128::from(count)), sum.rem_euclid(i128::from(count)));
        let floor_size = floor.unsigned_abs();
        let cross = Self { high: 0, low: floor_size * rest.unsigned_abs() };
        let about_zero = self.minus(times(floor_size * floor_size, count));
        let about_floor = match floor < 0 {
            false => about_zero.minus(cross).minus(cross),
            true => about_zero.plus(cross).plus(cross),
        };
        let (count, rest) = (count as f64, rest as f64);
        (about_floor.as_f64() / count - (rest / count) * (rest / count)).max(0.0)
    }

    fn as_f64(self) -> f64 {
        const HIGH: f64 = (1_u128 << 64) as f64 * (1_u128 << 64) as f64;
        self.high as f64 * HIGH + self.low as f64
    }
}

/// The product of both.
const fn times(square: u128, count: u64) -> SumOfSquares {
    const WORD: u128 = u64::MAX as u128;
    let low = (square & WORD) * count as u128;
    let high = (square >> 64) * count as u128 + (low >> 64);
    SumOfSquares { high: (high >> 64) as u64, low: (high << 64) | (low & WORD) }
}
