//! Latencies in little memory: one by one while they are few, in narrow cells when they are many.
//!
//! While they take no more memory than a histogram, every latency is kept, and every percentile is exact. After that
//! they are counted in [`Cells`] of three significant digits. A cell keeps its least and greatest latency, so a latency
//! that many events share (one transit of the network) stays exact, and the error of any other is less than the width
//! of its cell.

use super::cells::{Cell, Cells};
use super::ranked::Ranked;
use super::squares::SumOfSquares;
use crate::time::Span;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Latencies that are kept one by one at most: 128 KiB, less than a histogram of three digits for a day takes.
const MAX_EXACT: usize = 16_384;

/// The latencies of a client, with sums that are exact for any number of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Latencies {
    kept: Kept,
    /// How many.
    pub count: u64,
    /// Their exact sum in nanoseconds.
    pub sum: i128,
    squares: SumOfSquares,
    /// The least; the greatest value of a [`Span`] where there are none.
    pub min: Span,
    /// The greatest; the least value of a [`Span`] where there are none.
    pub max: Span,
    /// How many are below zero, which happens only in a live run.
    pub negative: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Kept {
    Each(Vec<i64>),
    Cells(Box<Cells>),
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
    /// Records one latency.
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

    /// Mean in seconds; None where there are no latencies.
    pub fn mean_s(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64 / 1e9)
    }

    /// Standard deviation of the population in seconds; None where there are no latencies.
    pub fn stddev_s(&self) -> Option<f64> {
        (self.count > 0).then(|| libm::sqrt(self.squares.variance(self.count, self.sum)) / 1e9)
    }

    /// How many are not above a latency; within a cell, as if they were evenly spaced.
    pub fn up_to(&self, latency: Span) -> u64 {
        match &self.kept {
            Kept::Each(each) => each.iter().filter(|&&own| own <= latency.0).count() as u64,
            Kept::Cells(cells) => cells.iter().map(|cell| cell.up_to(latency)).sum(),
        }
    }

    /// All latencies in order, for percentiles.
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
        Ranked::of(cells)
    }

    /// A histogram of three significant digits, in nanoseconds; negative latencies count as 0.
    pub fn histogram(&self) -> Histogram<u64> {
        // This histogram resizes itself, up to the greatest 64-bit value.
        let mut histogram =
            Histogram::new(3).expect("three significant digits are a resolution that a histogram takes");
        for cell in self.ranked().cells() {
            let recorded = histogram.record_n(cell.min.max(0) as u64, cell.count);
            recorded.expect("a histogram that grows takes every latency");
        }
        histogram
    }

    /// Keeps a cell. One of several latencies is allowed only where `kept` has cells already.
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
            let mut cells = Box::new(Cells::new());
            each.iter().for_each(|&latency| cells.add(Cell::of(latency)));
            self.kept = Kept::Cells(cells);
        }
    }
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
        let ranked =
            of(mixed(50_000).map(|late| late + transit).chain(std::iter::repeat_n(transit, 60_000))).ranked();
        assert_eq!(ranked.at(55_000), Some(Span(transit)));
        assert_eq!(ranked.at(60_000), Some(Span(transit)));
    }

    #[test]
    fn as_many_are_up_to_a_latency_as_its_rank_says() {
        for count in [100, 50_000] {
            let all = of(mixed(count));
            let ranked = all.ranked();
            for rank in (1..=count as u64).step_by(37) {
                assert_eq!(all.up_to(ranked.at(rank).unwrap()), rank, "of {count}");
            }
            assert_eq!((all.up_to(Span(0)), all.up_to(Span(i64::MAX))), (0, count as u64));
        }
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
        assert_eq!(latencies.ranked().cells().count(), expected.iter_recorded().count());
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
