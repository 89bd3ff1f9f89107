//! Requests of the drain by time. A drain may last for years, so its bins become wider instead of more.

use super::BinCounts;
use std::collections::BTreeMap;

/// The bins that have any requests, at most [`DrainBins::MAX`].
#[derive(Clone, Debug)]
pub(super) struct DrainBins {
    counts: BTreeMap<i64, BinCounts>,
    /// How many bins are joined into one: a power of two.
    joined: i64,
}

impl Default for DrainBins {
    fn default() -> Self {
        Self { counts: BTreeMap::new(), joined: 1 }
    }
}

impl DrainBins {
    /// Bins at most.
    const MAX: usize = 1 << 14;

    /// The counts of the bin of that number, or of those that it is joined with.
    pub(super) fn at(&mut self, bin: i64) -> &mut BinCounts {
        while self.counts.len() >= Self::MAX && !self.counts.contains_key(&self.first(bin)) {
            self.joined *= 2;
            for (bin, counts) in std::mem::take(&mut self.counts) {
                let first = self.first(bin);
                self.counts.entry(first).or_default().add(counts);
            }
        }
        let first = self.first(bin);
        self.counts.entry(first).or_default()
    }

    /// The first of the bins that this one is joined with.
    const fn first(&self, bin: i64) -> i64 {
        bin - bin % self.joined
    }

    pub(super) fn into_counts(self) -> BTreeMap<i64, BinCounts> {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Outcome;

    #[test]
    fn a_long_drain_has_wider_bins_and_loses_no_request() {
        let mut bins = DrainBins::default();
        for bin in 0..100_000 {
            bins.at(bin).count(Outcome::Failed, false);
        }
        let counts = bins.into_counts();
        assert!(counts.len() <= DrainBins::MAX && counts.len() > DrainBins::MAX / 4, "{}", counts.len());
        assert_eq!(counts.values().map(BinCounts::total).sum::<u64>(), 100_000);
        assert!(counts.iter().all(|(bin, counts)| bin % 8 == 0 && counts.total() == 8));
    }
}
