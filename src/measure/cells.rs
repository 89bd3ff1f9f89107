//! Counters of latencies that lie close together, as narrow as those of a histogram of three significant digits.

use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Cells for each doubling of the latency, as in a histogram of three significant digits.
const CELLS: usize = 1 << CELL_BITS;
const CELL_BITS: u32 = 10;

/// Doublings up to the greatest 63-bit value; the first octave holds 0 to `CELLS` - 1.
const OCTAVES: usize = 64 - CELL_BITS as usize;

/// Cells by octave; an octave without latencies takes no memory.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(into = "Vec<Cell>", from = "Vec<Cell>")]
pub(super) struct Cells([Option<Box<[Cell; CELLS]>>; OCTAVES]);

/// Latencies that lie close together, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cell {
    pub(super) count: u64,
    pub(super) min: i64,
    pub(super) max: i64,
}

impl Cell {
    const EMPTY: Self = Self { count: 0, min: i64::MAX, max: i64::MIN };

    pub(super) const fn of(latency: i64) -> Self {
        Self { count: 1, min: latency, max: latency }
    }

    /// The latency of that rank in the cell, from 1 on: exact at both ends, evenly spaced between them.
    pub(super) fn at(&self, rank: u64) -> Span {
        let (rank, count) = (i128::from(rank), i128::from(self.count));
        let width = i128::from(self.max) - i128::from(self.min);
        Span(self.min + (width * (rank - 1) / (count - 1).max(1)) as i64)
    }

    /// How many of its ranks have a latency of at most that.
    pub(super) fn up_to(&self, latency: Span) -> u64 {
        match latency.0 {
            below if below < self.min => 0,
            within if within < self.max => {
                let (above, width) =
                    (i128::from(within) - i128::from(self.min), i128::from(self.max) - i128::from(self.min));
                // The greatest rank whose latency, rounded down, is not greater.
                (((above + 1) * i128::from(self.count - 1) - 1).div_euclid(width) + 1) as u64
            }
            _ => self.count,
        }
    }
}

impl From<Cells> for Vec<Cell> {
    fn from(cells: Cells) -> Self {
        cells.iter().collect()
    }
}

impl From<Vec<Cell>> for Cells {
    fn from(cells: Vec<Cell>) -> Self {
        let mut all = Self::new();
        cells.into_iter().for_each(|cell| all.add(cell));
        all
    }
}

impl Cells {
    pub(super) const fn new() -> Self {
        Self([const { None }; OCTAVES])
    }

    #[inline]
    pub(super) fn add(&mut self, more: Cell) {
        let latency = more.min.max(0) as u64;
        let octave = (u64::BITS - latency.leading_zeros()).saturating_sub(CELL_BITS);
        let cell = (latency >> octave.saturating_sub(1)) as usize % CELLS;
        let cells = self.0[octave as usize].get_or_insert_with(|| Box::new([Cell::EMPTY; CELLS]));
        cells[cell].count += more.count;
        cells[cell].min = cells[cell].min.min(more.min);
        cells[cell].max = cells[cell].max.max(more.max);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Cell> {
        self.0.iter().flatten().flat_map(|cells| cells.iter()).copied().filter(|cell| cell.count > 0)
    }
}
