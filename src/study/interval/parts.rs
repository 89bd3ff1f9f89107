//! The latencies of a client in groups of consecutive replications, from which intervals of percentiles are made.
//!
//! There are at most [`MOST`] groups, so that they take no more memory the more replications there are. Their size depends
//! on the number of replications alone.

use crate::measure::Latencies;

/// Replications are joined two by two when there are more groups than that. From there on sixteen at least remain,
/// of which Student's t asks hardly more than of many.
const MOST: usize = 32;

/// What one group of replications measured of a client.
#[derive(Clone, Debug, Default)]
pub(in crate::study) struct Part {
    pub(super) latencies: Latencies,
    pub(super) occurred: u64,
}

impl Part {
    pub(in crate::study) const fn new(latencies: Latencies, occurred: u64) -> Self {
        Self { latencies, occurred }
    }

    fn add(&mut self, other: &Self) {
        self.latencies.add(&other.latencies);
        self.occurred += other.occurred;
    }
}

/// The groups of one client.
#[derive(Clone, Debug)]
pub(in crate::study) struct Parts {
    each: Vec<Part>,
    /// Replications of every group but the last.
    size: u32,
    /// Replications of the last group.
    in_last: u32,
}

impl Default for Parts {
    fn default() -> Self {
        Self { each: Vec::new(), size: 1, in_last: 1 }
    }
}

impl Parts {
    /// Adds the next replication.
    pub(in crate::study) fn add(&mut self, replication: Part) {
        if self.in_last < self.size
            && let Some(last) = self.each.last_mut()
        {
            last.add(&replication);
            self.in_last += 1;
            return;
        }
        if self.each.len() == MOST {
            self.join();
        }
        self.each.push(replication);
        self.in_last = 1;
    }

    pub(super) fn each(&self) -> &[Part] {
        &self.each
    }

    /// Joins the groups, all of which are full, two by two.
    fn join(&mut self) {
        let mut joined: Vec<Part> = Vec::with_capacity(MOST);
        for (index, part) in std::mem::take(&mut self.each).into_iter().enumerate() {
            match joined.last_mut() {
                Some(first) if index % 2 == 1 => first.add(&part),
                _ => joined.push(part),
            }
        }
        self.each = joined;
        self.size *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replication_is_in_one_group_and_groups_are_few() {
        for (replications, groups) in [(1, 1), (2, 2), (32, 32), (33, 17), (64, 32), (65, 17), (1_000, 32)] {
            let mut parts = Parts::default();
            (1..=replications).for_each(|number| parts.add(Part::new(Latencies::default(), number)));
            let sum: u64 = parts.each().iter().map(|part| part.occurred).sum();
            assert_eq!(sum, replications * (replications + 1) / 2, "{replications}");
            assert_eq!(parts.each().len(), groups, "{replications}");
        }
    }
}
