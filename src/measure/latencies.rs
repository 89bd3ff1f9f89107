//! Latencies in little memory: each by itself while they are few, in narrow cells when they are many.
//!
//! While they take no more room than a histogram would, every latency is kept, and every percentile is exact. After
//! that they stand in cells of three significant digits; a cell knows its least and greatest latency, so a figure
//! that many events share (one transit of the network) stays exact, and another is off by less than its cell is wide.

use super::squares::SumOfSquares;
use crate::time::Span;
use hdrhistogram::Histogram;

/// Latencies that are kept each by itself: 128 KiB, less than a histogram of a day in three digits takes.
const MAX_EXACT: usize = 16_384;

/// Cells to each doubling of the latency, as a histogram of three significant digits has them.
const CELLS: usize = 1 << CELL_BITS;
const CELL_BITS: u32 = 10;

/// Doublings up to all that 63 bits can hold; the first holds 0 to `CELLS` - 1.
const OCTAVES: usize = 64 - CELL_BITS as usize;

/// Latencies, and beside them what is exact for any number of them.
#[derive(Clone, Debug)]
pub struct Latencies {
    kept: Kept,
    /// How many.
    pub count: u64,
    /// Their exact sum in nanoseconds.
    pub sum: i128,
    squares: SumOfSquares,
    /// The least.
    pub min: Span,
    /// The greatest.
    pub max: Span,
    /// How many were below zero, which only a live run can see.
    pub negative: u64,
}

#[derive(Clone, Debug)]
enum Kept {
    Each(Vec<i64>),
    Cells(Box<Cells>),
}

/// Cells by octave; an octave in which no latency lies takes no room.
#[derive(Clone, Debug)]
struct Cells([Option<Box<[Cell; CELLS]>>; OCTAVES]);

/// Latencies next to each other, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    count: u64,
    min: i64,
    max: i64,
}

impl Default for Latencies {
    fn default() -> Self {
        let (min, max) = (Span(i64::MAX), Span(i64::MIN));
        Self {
            kept: Kept::Each(Vec::new()),
            count: 0,
            sum: 0,
            squares: SumOfSquares::default(),
            min,
            max,
            negative: 0,
        }
    }
}

impl Latencies {
    /// Takes down one latency.
    pub fn record(&mut self, latency: Span) {
        self.keep(Cell::of(latency.0));
        self.count += 1;
        self.sum += i128::from(latency.0);
        self.squares.record(latency.0);
        self.min = self.min.min(latency);
        self.max = self.max.max(latency);
        self.negative += u64::from(latency.0 < 0);
    }

    /// Adds the latencies of another replication.
    pub fn add(&mut self, other: &Self) {
        match &other.kept {
            Kept::Each(each) => each.iter().for_each(|&latency| self.keep(Cell::of(latency))),
            Kept::Cells(cells) => {
                self.in_cells();
                cells.iter().for_each(|cell| self.keep(cell));
            }
        }
        self.count += other.count;
        self.sum += other.sum;
        self.squares = self.squares.plus(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.negative += other.negative;
    }

    /// Mean in seconds.
    pub fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e9)
    }

    /// Standard deviation in seconds, of these latencies as a whole population.
    pub fn stddev_s(&self) -> Option<f64> {
        (self.count > 0).then(|| libm::sqrt(self.squares.variance(self.count, self.sum)) / 1e9)
    }

    /// All of them in order, to read percentiles from.
    pub fn ranked(&self) -> Ranked {
        let cells: Vec<Cell> = match &self.kept {
            Kept::Cells(cells) => cells.iter().collect(),
            Kept::Each(each) => {
                let mut each = each.clone();
                each.sort_unstable();
                let runs = each.chunk_by(|a, b| a == b);
                runs.map(|run| Cell { count: run.len() as u64, ..Cell::of(run[0]) }).collect()
            }
        };
        let mut until = 0;
        let numbered = cells.into_iter().map(|cell| {
            until += cell.count;
            (until, cell)
        });
        Ranked { cells: numbered.collect() }
    }

    /// As a histogram of three significant digits in nanoseconds; negative latencies stand in it as 0.
    pub fn histogram(&self) -> Histogram<u64> {
        // It grows with the latencies recorded, up to all that 64 bits can hold.
        let mut histogram =
            Histogram::new(3).expect("three significant digits are a resolution that a histogram takes");
        for (_, cell) in self.ranked().cells {
            let recorded = histogram.record_n(cell.min.max(0) as u64, cell.count);
            recorded.expect("a histogram that grows takes every latency");
        }
        histogram
    }

    /// Only of one latency, or of cells when this is in cells, too.
    #[inline]
    fn keep(&mut self, cell: Cell) {
        if let Kept::Each(each) = &mut self.kept {
            if each.len() < MAX_EXACT {
                each.push(cell.min);
                return;
            }
            self.in_cells();
        }
        if let Kept::Cells(cells) = &mut self.kept {
            cells.add(cell);
        }
    }

    fn in_cells(&mut self) {
        if let Kept::Each(each) = &self.kept {
            let mut cells = Box::new(Cells([const { None }; OCTAVES]));
            each.iter().for_each(|&latency| cells.add(Cell::of(latency)));
            self.kept = Kept::Cells(cells);
        }
    }
}

impl Cell {
    const EMPTY: Self = Self { count: 0, min: i64::MAX, max: i64::MIN };

    const fn of(latency: i64) -> Self {
        Self { count: 1, min: latency, max: latency }
    }

    /// The latency of that rank in it, from 1 on: exact at both ends, evenly spaced between them.
    fn at(&self, rank: u64) -> Span {
        let (rank, count) = (i128::from(rank), i128::from(self.count));
        let width = i128::from(self.max) - i128::from(self.min);
        Span(self.min + (width * (rank - 1) / (count - 1).max(1)) as i64)
    }
}

impl Cells {
    #[inline]
    fn add(&mut self, more: Cell) {
        let latency = more.min.max(0) as u64;
        let octave = (u64::BITS - latency.leading_zeros()).saturating_sub(CELL_BITS);
        let cell = (latency >> octave.saturating_sub(1)) as usize % CELLS;
        let cells = self.0[octave as usize].get_or_insert_with(|| Box::new([Cell::EMPTY; CELLS]));
        cells[cell].count += more.count;
        cells[cell].min = cells[cell].min.min(more.min);
        cells[cell].max = cells[cell].max.max(more.max);
    }

    fn iter(&self) -> impl Iterator<Item = Cell> {
        self.0.iter().flatten().flat_map(|cells| cells.iter()).copied().filter(|cell| cell.count > 0)
    }
}

/// Latencies in order.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Each with the rank of its last latency.
    cells: Vec<(u64, Cell)>,
}

impl Ranked {
    /// How many.
    pub fn count(&self) -> u64 {
        self.cells.last().map_or(0, |&(until, _)| until)
    }

    /// The latency of that rank, from 1 for the least; None beyond them all.
    pub fn at(&self, rank: u64) -> Option<Span> {
        let index = self.cells.partition_point(|&(until, _)| until < rank);
        let (until, cell) = self.cells.get(index)?;
        Some(cell.at(rank + cell.count - until))
    }

    /// The percentile by nearest rank in seconds, for `quantile` from 0 to 1; None where there are no latencies.
    pub fn quantile_s(&self, quantile: f64) -> Option<f64> {
        self.at(nearest_rank(quantile, self.count())).map(Span::as_secs_f64)
    }

    /// Each latency that occurs in seconds, with the number of those that are not greater; from many that lie close
    /// together it is the greatest.
    pub fn steps(&self) -> impl Iterator<Item = (f64, u64)> {
        self.cells.iter().map(|&(until, cell)| (Span(cell.max).as_secs_f64(), until))
    }
}

/// The rank of a quantile (from 0 to 1, to nine decimals) among `count`: the least whole number that is not less than
/// `quantile` × `count`, and 1 at least.
pub fn nearest_rank(quantile: f64, count: u64) -> u64 {
    const PARTS: u128 = 1_000_000_000;
    let parts = libm::round(quantile * PARTS as f64) as u128;
    ((parts * u128::from(count)).div_ceil(PARTS) as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(latencies: impl IntoIterator<Item = i64>) -> Latencies {
        let mut all = Latencies::default();
        latencies.into_iter().for_each(|latency| all.record(Span(latency)));
        all
    }

    /// Thirds of a millisecond, so that no cell's edge is met, in no order.
    fn mixed(count: i64) -> impl Iterator<Item = i64> {
        (0..count).map(move |index| (index * 7_919 % count + 1) * 333_333)
    }

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

    #[test]
    fn few_latencies_are_exact() {
        let ranked = of(mixed(MAX_EXACT as i64)).ranked();
        for rank in 1..=MAX_EXACT as u64 {
            assert_eq!(ranked.at(rank), Some(Span(rank as i64 * 333_333)));
        }
        assert_eq!(ranked.at(MAX_EXACT as u64 + 1), None);
        assert_eq!(Latencies::default().ranked().quantile_s(0.5), None);
    }

    #[test]
    fn many_latencies_are_within_a_cell_and_their_ends_exact() {
        let many = of(mixed(100_000));
        let ranked = many.ranked();
        for rank in 1..=100_000 {
            let (exact, shown) = (rank * 333_333, ranked.at(rank as u64).unwrap().0);
            assert!((shown - exact).abs() <= exact / 1000, "{rank}: {shown} for {exact}");
        }
        assert_eq!((ranked.at(1), ranked.at(100_000)), (Some(many.min), Some(many.max)));
    }

    /// 20 ms lies within a cell of the histogram, whose upper edge is 20.004863 ms.
    #[test]
    fn what_many_events_share_is_exact() {
        let transit = 20_000_000;
        let ranked = of(mixed(50_000).map(|late| late + transit).chain([transit; 60_000])).ranked();
        assert_eq!(ranked.at(55_000), Some(Span(transit)));
        assert_eq!(ranked.at(60_000), Some(Span(transit)));
    }

    #[test]
    fn adding_is_recording_both() {
        for (a, b) in [(10, 20), (10_000, 10_000), (40_000, 10), (10, 40_000), (20_000, 30_000)] {
            let mut sum = of(mixed(a));
            sum.add(&of(mixed(b)));
            let all = of(mixed(a).chain(mixed(b)));
            assert_eq!((sum.count, sum.sum, sum.min, sum.max), (all.count, all.sum, all.min, all.max));
            let (sum, all) = (sum.ranked(), all.ranked());
            assert!((1..=sum.count()).all(|rank| sum.at(rank) == all.at(rank)), "{a} + {b}");
        }
    }

    #[test]
    fn cells_are_those_of_the_histogram() {
        let mut expected = Histogram::<u64>::new(3).unwrap();
        let all =
            || mixed(30_000).chain((0..60).map(|bits| 1_i64 << bits)).chain([-5, 0, 2047, 2048, i64::MAX]);
        all().for_each(|latency| expected.record(latency.max(0) as u64).unwrap());
        let latencies = of(all());
        assert_eq!(latencies.histogram(), expected);
        assert_eq!(latencies.ranked().cells.len(), expected.iter_recorded().count());
        assert_eq!((latencies.negative, latencies.min), (1, Span(-5)));
    }

    #[test]
    fn equal_latencies_do_not_deviate() {
        for (nanoseconds, count) in [(20_000_000, 3), (1_363_200_000_001, 100_000), (i64::MAX, 1000), (-7, 9)]
        {
            let mut all = of(std::iter::repeat_n(nanoseconds, count));
            all.add(&of([nanoseconds; 5]));
            assert_eq!(all.stddev_s(), Some(0.0), "{count} of {nanoseconds} ns");
        }
    }

    /// However far from zero: 1 s and 3 s more than 290 years, twice.
    #[test]
    fn the_deviation_keeps_its_digits_far_from_zero() {
        let far = 290 * 31_557_600 * 1_000_000_000;
        for mean in [-far, 0, far] {
            let mut both = of([mean - 1_000_000_000]);
            both.add(&of([mean + 1_000_000_000]));
            assert_eq!(both.stddev_s(), Some(1.0), "about {mean} ns");
        }
        assert_eq!(of([-far, far]).stddev_s(), Some(far as f64 / 1e9));
        assert_eq!(of([0, 1]).stddev_s(), Some(5e-10));
    }

    #[test]
    fn mean_and_deviation_are_exact() {
        let latencies = of((1..=1000).map(|millis| millis * 1_000_000));
        assert_eq!(latencies.mean_s(), Some(0.5005));
        assert!((latencies.stddev_s().unwrap() - libm::sqrt((1e6 - 1.0) / 12.0) / 1e3).abs() < 1e-9);
        assert_eq!(latencies.ranked().quantile_s(0.99), Some(0.99));
    }
}
