//! Counting ticks: those of all loops, and those that are not empty polls.

use crate::measure::Recorder;
use crate::time::{Instant, Span};

/// Numbers of ticks that are not empty polls: the polls that bring events, and the ticks that are skipped while one
/// fetches its further pages.
pub(super) struct NotEmpty {
    /// Later ticks belong to the drain, which has no empty polls.
    pub(super) end: Instant,
    pub(super) warmup: u64,
    pub(super) bins: Vec<u64>,
}

impl NotEmpty {
    pub(super) fn count(&mut self, tick: Instant, recorder: &mut Recorder) {
        if tick >= self.end {
            return;
        }
        if recorder.warms_up(tick) {
            self.warmup += 1;
        } else {
            self.bins[recorder.bin(tick)] += 1;
        }
    }
}

/// The number of ticks of all loops in the warm-up, and in each bin. No tick comes after `end`.
pub(super) fn ticks_by_bin(
    phases: impl Iterator<Item = Instant>,
    interval: Span,
    recorder: &Recorder,
    end: Instant,
) -> (u64, Vec<u64>) {
    // A loop of interval T has ceil((b - phase)/T) ticks before b = qT + rest: q of them, and one more if its phase is
    // below `rest`. So one pass over the loops is enough for all bins.
    let edges = recorder.bin_edges().map(|edge| edge.min(end));
    let edges: Vec<(i64, i64)> =
        edges.map(|b| (b.0.div_euclid(interval.0), b.0.rem_euclid(interval.0))).collect();
    let mut rests: Vec<i64> = edges.iter().map(|&(_, rest)| rest).collect();
    rests.sort_unstable();
    rests.dedup();
    // below[i]: loops whose phase is below rests[i] and not below rests[i - 1].
    let mut below = vec![0_u64; rests.len() + 1];
    let (mut loops, mut late) = (0_u64, Vec::new());
    for phase in phases {
        if phase.0 < interval.0 {
            loops += 1;
            below[rests.partition_point(|&rest| rest <= phase.0)] += 1;
        } else {
            late.push(phase);
        }
    }
    let before = |&(q, rest): &(i64, i64)| {
        let among = rests.partition_point(|&other| other < rest);
        let regular = q as u64 * loops + below[..=among].iter().sum::<u64>();
        let edge = q * interval.0 + rest;
        regular
            + late
                .iter()
                .map(|phase| ((edge - phase.0).max(0) + interval.0 - 1).div_euclid(interval.0) as u64)
                .sum::<u64>()
    };
    let before: Vec<u64> = edges.iter().map(before).collect();
    (before[0], before.windows(2).map(|pair| pair[1] - pair[0]).collect())
}
