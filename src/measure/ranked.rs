//! Percentiles by nearest rank.

use super::cells::Cell;
use crate::time::Span;

/// Latencies in order of size.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Each cell with the rank of its last latency.
    cells: Vec<(u64, Cell)>,
}

impl Ranked {
    /// From cells in order, without overlap.
    pub(super) fn of(cells: Vec<Cell>) -> Self {
        let mut until = 0;
        let numbered = cells.into_iter().map(|cell| {
            until += cell.count;
            (until, cell)
        });
        Self { cells: numbered.collect() }
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().map(|(_, cell)| cell)
    }

    /// How many.
    pub fn count(&self) -> u64 {
        self.cells.last().map_or(0, |&(until, _)| until)
    }

    /// The latency of that rank, from 1 for the least; None for a rank above the count.
    pub fn at(&self, rank: u64) -> Option<Span> {
        let index = self.cells.partition_point(|&(until, _)| until < rank);
        let (until, cell) = self.cells.get(index)?;
        Some(cell.at(rank + cell.count - until))
    }

    /// The percentile by nearest rank in seconds, for a `quantile` from 0 to 1; None where there are no latencies.
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        self.at(nearest_rank(quantile, self.count())).map(Span::as_secs_f64)
    }

    /// The steps of the cumulative distribution: a latency in seconds, and the number of latencies up to it. One step for
    /// each cell, at its greatest latency.
    pub fn steps(&self) -> impl Iterator<Item = (f64, u64)> {
        self.cells.iter().map(|&(until, cell)| (Span(cell.max).as_secs_f64(), until))
    }
}

/// The nearest rank of a quantile (from 0 to 1, to nine decimals) among `count`: the least whole number that is not less
/// than `quantile` × `count`, and at least 1.
pub fn nearest_rank(quantile: f64, count: u64) -> u64 {
    const PARTS: u128 = 1_000_000_000;
    let parts = libm::round(quantile * PARTS as f64) as u128;
    ((parts * u128::from(count)).div_ceil(PARTS) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_whole_numbers() {
        for (quantile, count, rank) in [
            (0.5, 29, 15),
            (0.5, 2, 1),
            (0.95, 20, 19),
            (0.95, 140, 133),
            (0.99, 100, 99),
            (0.999, 1001, 1000),
        ] {
            assert_eq!(nearest_rank(quantile, count), rank, "{quantile} of {count}");
        }
        for count in 1..=100_000 {
            assert_eq!(nearest_rank(0.5, count), count.div_ceil(2), "{count}");
            assert_eq!(nearest_rank(0.95, count), (count * 19).div_ceil(20), "{count}");
        }
        assert_eq!(nearest_rank(1.0, u64::MAX), u64::MAX);
    }
}
