//! Parts of a run: some of its replications, run elsewhere, and their results together.
//!
//! A part keeps what each replication adds to the sums, and the sums are made again replication by replication. So the
//! results of all parts are those of one run, to the last bit. What runs along time is of one replication, which is
//! simulated again.

use super::Results;
use super::aggregate::{Aggregate, Reduced, Tally};
use super::replication::replicate_until_stopped;
use super::run::{REPLICATIONS_AT_ONCE, results};
use crate::parallel;
use crate::scenario::Scenario;
use crate::sim::RunOptions;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// One of several parts of a run: `2/4` is the second of four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// From 1 to `of`.
    number: u32,
    of: u32,
}

impl Shard {
    /// None where there is no such part.
    pub fn new(number: u32, of: u32) -> Option<Self> {
        (1..=of).contains(&number).then_some(Self { number, of })
    }

    /// Its number, from 1 on.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// How many there are.
    pub const fn of(self) -> u32 {
        self.of
    }

    /// Every so many-th of that many replications, so that all parts have about as much to do.
    pub fn replications(self, all: u32) -> impl Iterator<Item = u32> {
        (self.number - 1..all).step_by(self.of as usize)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (number, of) = text.split_once('/')?;
            Some((number.trim().parse::<u32>().ok()?, of.trim().parse::<u32>().ok()?))
        };
        let (number, of) =
            read().ok_or("a part is K/N with two whole numbers, such as 1/4 for the first of four")?;
        Self::new(number, of).ok_or_else(|| match of {
            0 => "N is the number of parts, 1 or more: 1/4 is the first of four".to_owned(),
            _ => format!("there is no part {number} of {of}: K is from 1 to {of}"),
        })
    }
}

/// Runs the replications of a part in virtual time and passes on what each adds, in order. `done` is called once for each
/// client of each replication. False where it was stopped: the part is not whole then.
///
/// # Errors
/// The first of `keep`.
pub fn run_shard<E>(
    scenario: &Scenario,
    shard: Shard,
    options: RunOptions<'_>,
    done: impl Fn() + Sync,
    mut keep: impl FnMut(Tally) -> Result<(), E>,
) -> Result<bool, E> {
    let numbers: Vec<u32> = shard.replications(scenario.replications).collect();
    for chunk in numbers.chunks(REPLICATIONS_AT_ONCE) {
        let ended = parallel::map(chunk.to_vec(), |number| {
            let (replication, stopped_at) = replicate_until_stopped(scenario, number, options, &done)?;
            stopped_at.is_none().then(|| Reduced::of(scenario, number, replication, None).into_tally())
        });
        for tally in ended {
            let Some(tally) = tally else { return Ok(false) };
            keep(tally)?;
        }
    }
    Ok(true)
}

/// Why parts make no run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MergeError<E> {
    /// A part cannot be read.
    #[error(transparent)]
    Part(#[from] E),
    /// It is not the next replication of the run.
    #[error("replication {0} is missing or in the wrong place")]
    OutOfOrder(u32),
    /// The replication that is shown has other figures than its part says.
    #[error("replication {0} has other figures here than in its part; was it written by another build?")]
    Differs(u32),
    /// It was stopped.
    #[error("stopped; nothing was merged and nothing is written")]
    Stopped,
}

/// The results of a run from what each of its replications adds, in order and all of them. `shown`: the replication that is
/// shown along time, from 0 on; it is simulated again.
///
/// # Errors
/// Where one is missing, or the one that is shown is not what its part says.
pub fn merge<E>(
    scenario: &Scenario,
    shown: u32,
    options: RunOptions<'_>,
    all_rows: bool,
    tallies: impl Iterator<Item = Result<Tally, E>>,
) -> Result<Results, MergeError<E>> {
    let again = replicate_until_stopped(scenario, shown, options, &|| ());
    let (again, None) = again.ok_or(MergeError::Stopped)? else { return Err(MergeError::Stopped) };
    let again = Reduced::of(scenario, shown, again, None);
    let mut all = Aggregate::showing(shown, options.scratch);
    let mut tallies = tallies;
    for number in 0..scenario.replications {
        let tally = tallies.next().ok_or(MergeError::OutOfOrder(number + 1))??;
        if tally.number() != number || !tally.fits(scenario) {
            return Err(MergeError::OutOfOrder(number + 1));
        }
        if number == shown && !tally.is_like(&again) {
            return Err(MergeError::Differs(number + 1));
        }
        all.add_tally(tally);
    }
    all.show(again);
    results(all, None, all_rows).ok_or(MergeError::Stopped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::run_to_show;
    use std::convert::Infallible;

    #[test]
    fn every_replication_is_in_one_part() {
        for (of, all) in [(1, 1), (3, 10), (4, 4), (7, 30)] {
            let shards = (1..=of).map(|number| Shard::new(number, of).unwrap());
            let mut numbers: Vec<u32> = shards.flat_map(|shard| shard.replications(all)).collect();
            numbers.sort_unstable();
            assert_eq!(numbers, (0..all).collect::<Vec<_>>());
        }
        for (wrong, why) in [
            ("0/4", "K is from 1 to 4"),
            ("5/4", "there is no part 5 of 4: K is from 1 to 4"),
            ("1", "K/N"),
            ("1/0", "N is the number of parts, 1 or more"),
            ("a/b", "K/N"),
            ("1/4/2", "K/N"),
            ("-1/4", "two whole numbers"),
        ] {
            let error = wrong.parse::<Shard>().unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        assert_eq!("2/4".parse::<Shard>().unwrap().to_string(), "2/4");
    }

    fn scenario(replications: u32) -> Scenario {
        let text = format!(
            "duration = \"1h\"\nwarmup = \"5m\"\nreplications = {replications}\n[events]\n\
             arrivals = {{ process = \"bursts\", rate = \"30/h\", mean_size = 4 }}\n[network]\nloss = 0.1\n\
             [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n[[client]]\nkind = \"webhook\"\ncount = 3\n"
        );
        crate::scenario::load("parts", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
    }

    fn tallies(scenario: &Scenario, shard: Shard) -> Vec<Tally> {
        let mut kept = Vec::new();
        let keep = |tally| {
            kept.push(tally);
            Ok::<(), Infallible>(())
        };
        assert_eq!(run_shard(scenario, shard, RunOptions::TO_THE_END, || (), keep), Ok(true));
        kept
    }

    fn all_of(scenario: &Scenario, of: u32) -> Vec<Tally> {
        let mut all: Vec<Tally> =
            (1..=of).flat_map(|number| tallies(scenario, Shard::new(number, of).unwrap())).collect();
        all.sort_by_key(Tally::number);
        all
    }

    #[test]
    fn all_parts_together_are_the_run() {
        for (replications, of) in [(1, 1), (7, 3), (20, 4)] {
            let scenario = scenario(replications);
            let shown = replications / 2;
            let whole = run_to_show(&scenario, shown, RunOptions::TO_THE_END, false, || ()).unwrap();
            let parts = all_of(&scenario, of).into_iter().map(Ok::<_, Infallible>);
            let merged = merge(&scenario, shown, RunOptions::TO_THE_END, false, parts).unwrap();
            assert_eq!(merged.summary, whole.summary);
            assert_eq!(merged.summary.replication, shown + 1);
            assert_eq!(merged.replications, whole.replications);
            assert_eq!(merged.rows, whole.rows);
            assert_eq!(merged.checks, whole.checks);
            assert_eq!(merged.histograms, whole.histograms);
        }
    }

    #[test]
    fn a_replication_that_is_missing_doubled_or_another_one_s_is_found() {
        let scenario = scenario(6);
        let all = all_of(&scenario, 2);
        let merged = |tallies: Vec<Tally>| {
            let tallies = tallies.into_iter().map(Ok::<_, Infallible>);
            merge(&scenario, 0, RunOptions::TO_THE_END, false, tallies).map(|_| ())
        };
        assert!(merged(all.clone()).is_ok());
        let without = |number: usize| [&all[..number], &all[number + 1..]].concat();
        assert!(matches!(merged(without(5)), Err(MergeError::OutOfOrder(6))));
        assert!(matches!(merged(without(2)), Err(MergeError::OutOfOrder(3))));
        let doubled = [&all[..3], &all[2..]].concat();
        assert!(matches!(merged(doubled), Err(MergeError::OutOfOrder(4))));
        let mut other = all.clone();
        let mut seed = scenario.clone();
        seed.seed = 99;
        other[0] = all_of(&seed, 1).swap_remove(0);
        assert!(matches!(merged(other), Err(MergeError::Differs(1))));
    }
}
