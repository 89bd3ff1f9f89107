//! The gap between both engines: of the mean and of each percentile, with its interval and its verdict.
//!
//! The events are given: virtual time is exact for them, and what is left to chance is the machine. Events of a live run are
//! not independent, because a machine that is late for a moment is late for all events of that moment. So the unit is a batch
//! of consecutive events, at least twenty of them (batch means).

use super::{Band, Pair};
use crate::measure::nearest_rank;
use crate::rng::{Purpose, Randomness};
use crate::study::{jackknife_error, mean_and_error, student};
use crate::time::Span;

/// What of the latencies is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// The mean of the events that both engines brought.
    Mean,
    /// The time within which this share of all events was known, by nearest rank.
    Percentile(f64),
    /// The longest of all.
    Max,
}

impl Measure {
    /// The events that its interval takes at least; None for a measure that has none.
    pub fn events_needed(self) -> Option<usize> {
        match self {
            Self::Mean => Some(BATCHES),
            // The last digits of a product must not decide.
            Self::Percentile(share) => Some(libm::ceil(BEYOND / (1.0 - share) - 1e-6) as usize),
            // No run shows what the next event adds to it.
            Self::Max => None,
        }
    }

    /// Every measure, in the order of a table.
    pub const ALL: [Self; 6] = [
        Self::Mean,
        Self::Percentile(0.5),
        Self::Percentile(0.9),
        Self::Percentile(0.95),
        Self::P99,
        Self::Max,
    ];
    /// The tail that is judged.
    pub const P99: Self = Self::Percentile(0.99);

    /// Its name in `twin.json`.
    pub fn name(self) -> String {
        match self {
            Self::Mean => "mean".to_owned(),
            Self::Percentile(share) => format!("p{:.0}", share * 100.0),
            Self::Max => "max".to_owned(),
        }
    }

    /// The band within which the engines agree; None for a measure that is only shown.
    pub fn band(self, band: Band) -> Option<Span> {
        match self {
            Self::Mean => Some(band.mean),
            measure if measure == Self::P99 => Some(band.p99),
            Self::Percentile(_) | Self::Max => None,
        }
    }
}

/// One measure in both engines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// What is compared.
    pub measure: Measure,
    /// Live in seconds; infinite for never.
    pub live_s: f64,
    /// The same in virtual time.
    pub simulated_s: f64,
    /// The 90 % interval of `live_s - simulated_s`; None where too few events can tell, and of the longest.
    pub interval_s: Option<[f64; 2]>,
    /// Whether it lies within the band; None for a measure that is only shown.
    pub verdict: Option<Equivalence>,
}

impl Gap {
    /// Whether neither engine ever reaches it.
    pub const fn is_never_in_both(&self) -> bool {
        self.live_s.is_infinite() && self.simulated_s.is_infinite()
    }

    /// Live less virtual time; zero where neither ever knew.
    pub fn gap_s(&self) -> f64 {
        if self.live_s == self.simulated_s { 0.0 } else { self.live_s - self.simulated_s }
    }
}

/// Whether both engines agree, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Equivalence {
    /// The whole interval lies inside the band.
    Within,
    /// It lies across an end of the band, or there are too few events.
    CannotTell,
    /// It lies outside.
    Beyond,
}

impl Equivalence {
    /// Its name in `twin.json`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::CannotTell => "cannot tell",
            Self::Beyond => "beyond",
        }
    }

    fn of(interval_s: Option<[f64; 2]>, gap_s: f64, band_s: f64) -> Self {
        match interval_s {
            Some([low, high]) if low > -band_s && high < band_s => Self::Within,
            Some([low, high]) if low > band_s || high < -band_s => Self::Beyond,
            // One engine brought so many events and the other did not.
            None if gap_s.is_infinite() => Self::Beyond,
            Some(_) | None => Self::CannotTell,
        }
    }
}

/// Batches at least, of one event or more.
const BATCHES: usize = 20;
/// Events beyond a percentile at least, for its interval.
const BEYOND: f64 = 10.0;

/// Every measure of a client that so many events support.
pub(super) fn gaps(pairs: &[Pair], band: Band) -> Vec<Gap> {
    let batches = Batches::of(pairs);
    Measure::ALL.into_iter().filter_map(|measure| gap(&batches, measure, band)).collect()
}

/// The mean gap in seconds; None without events that both engines brought.
pub(super) fn mean_s(pairs: &[Pair]) -> Option<f64> {
    let gaps: Vec<f64> = pairs.iter().filter_map(|pair| Some(pair.gap()?.as_secs_f64())).collect();
    (!gaps.is_empty()).then(|| gaps.iter().sum::<f64>() / gaps.len() as f64)
}

fn gap(batches: &Batches, measure: Measure, band: Band) -> Option<Gap> {
    let [live_s, simulated_s] = batches.both(measure)?;
    let mut gap = Gap { measure, live_s, simulated_s, interval_s: None, verdict: None };
    let is_enough = batches.is_enough_for(measure);
    gap.interval_s = is_enough.then(|| batches.interval(&gap)).flatten();
    gap.verdict = measure.band(band).map(|band| {
        if is_enough && gap.is_never_in_both() && batches.know_the_same() {
            Equivalence::Within
        } else {
            Equivalence::of(gap.interval_s, gap.gap_s(), band.as_secs_f64())
        }
    });
    Some(gap)
}

/// The events of a client in both engines, each with the batch that it belongs to.
struct Batches {
    count: usize,
    events: Vec<Twins>,
    /// How late each was known, sorted, live and in virtual time; infinite for never.
    sorted: [Vec<f64>; 2],
}

/// One event in both engines, in seconds.
struct Twins {
    batch: usize,
    live_s: f64,
    simulated_s: f64,
}

impl Batches {
    /// Consecutive events, replication by replication; each replication has as many batches as its part of all events.
    fn of(pairs: &[Pair]) -> Self {
        let each = pairs.chunk_by(|a, b| a.replication == b.replication);
        let parts = |own: &[Pair]| (BATCHES * own.len()).div_ceil(pairs.len());
        let batches: Vec<&[Pair]> = each.flat_map(|own| even(own, parts(own))).collect();
        let seconds = |latency: Option<Span>| latency.map_or(f64::INFINITY, Span::as_secs_f64);
        let events: Vec<Twins> = (batches.iter().enumerate())
            .flat_map(|(batch, pairs)| pairs.iter().map(move |pair| (batch, pair)))
            .map(|(batch, pair)| Twins {
                batch,
                live_s: seconds(pair.live),
                simulated_s: seconds(pair.simulated),
            })
            .collect();
        let sorted = |of: fn(&Twins) -> f64| {
            let mut sorted: Vec<f64> = events.iter().map(of).collect();
            sorted.sort_by(f64::total_cmp);
            sorted
        };
        let sorted = [sorted(|event| event.live_s), sorted(|event| event.simulated_s)];
        Self { count: batches.len(), events, sorted }
    }

    /// A measure of both engines; None with too few events for it.
    fn both(&self, measure: Measure) -> Option<[f64; 2]> {
        match measure {
            Measure::Mean => {
                let both = || self.events.iter().filter(|event| event.is_in_both());
                let count = both().count() as f64;
                let mean = |of: fn(&Twins) -> f64| both().map(of).sum::<f64>() / count;
                (count > 0.0).then(|| [mean(|event| event.live_s), mean(|event| event.simulated_s)])
            }
            Measure::Percentile(share) => {
                let [live, simulated] = &self.sorted;
                Some([quantile(live, share)?, quantile(simulated, share)?])
            }
            Measure::Max => {
                let [live, simulated] = &self.sorted;
                Some([*live.last()?, *simulated.last()?])
            }
        }
    }

    fn is_enough_for(&self, measure: Measure) -> bool {
        measure.events_needed().is_some_and(|needed| self.events.len() >= needed.max(BATCHES))
    }

    /// Whether every event that one engine never knew is one that the other never knew.
    fn know_the_same(&self) -> bool {
        self.events.iter().all(|event| event.live_s.is_finite() == event.simulated_s.is_finite())
    }

    fn interval(&self, gap: &Gap) -> Option<[f64; 2]> {
        let centre = Some(gap.gap_s()).filter(|centre| centre.is_finite() && !gap.is_never_in_both())?;
        match gap.measure {
            Measure::Mean => self.of_the_mean(centre),
            Measure::Percentile(share) => self.of_a_percentile(share, centre),
            Measure::Max => None,
        }
    }

    /// By leaving out one batch after the other.
    fn of_the_mean(&self, centre: f64) -> Option<[f64; 2]> {
        let mut sums = vec![(0.0, 0.0); self.count];
        for event in self.events.iter().filter(|event| event.is_in_both()) {
            let (count, sum) = &mut sums[event.batch];
            *count += 1.0;
            *sum += event.live_s - event.simulated_s;
        }
        let (count, sum) = sums.iter().fold((0.0, 0.0), |(count, sum), own| (count + own.0, sum + own.1));
        let without = |own: &(f64, f64)| (count > own.0).then(|| (sum - own.1) / (count - own.0));
        let without: Vec<f64> = sums.iter().map(without).collect::<Option<_>>()?;
        let reach = self.student() * jackknife_error(&without);
        Some([centre - reach, centre + reach])
    }

    /// By what other moments of this machine would have made of the same events: blocks of consecutive gaps, drawn again and
    /// again, are put on them (a block bootstrap). Where a machine is late in stretches that are nearly as long as a block,
    /// the interval is too narrow.
    fn of_a_percentile(&self, share: f64, centre: f64) -> Option<[f64; 2]> {
        let late: Vec<f64> = self.events.iter().map(Twins::gap_s).collect();
        let events = late.len();
        let block = events.div_ceil(BATCHES);
        let stream = Randomness::new(0, 0).stream(Purpose::Resample);
        let mut live = vec![0.0; events];
        let mut again = |number: u64| {
            let mut draws = stream.at(number, 0);
            for (block, simulated) in live.chunks_mut(block).zip(self.events.chunks(block)) {
                let from = (draws.unit() * events as f64) as usize;
                for (place, (live, event)) in block.iter_mut().zip(simulated).enumerate() {
                    *live = event.simulated_s + late[(from + place) % events];
                }
            }
            let place = nearest_rank(share, events as u64) as usize - 1;
            let (_, nearest, _) = live.select_nth_unstable_by(place, f64::total_cmp);
            Some(*nearest).filter(|time| time.is_finite())
        };
        let all: Vec<f64> = (0..RESAMPLES).map(&mut again).collect::<Option<_>>()?;
        let (_, error_of_mean) = mean_and_error(&all);
        let reach = self.student() * error_of_mean * libm::sqrt(RESAMPLES as f64);
        Some([centre - reach, centre + reach])
    }

    fn student(&self) -> f64 {
        student(NINETY, self.count as u32 - 1)
    }
}

impl Twins {
    /// How much later it was known live; infinite where it never was, zero where virtual time never knew it.
    fn gap_s(&self) -> f64 {
        if self.simulated_s.is_finite() { self.live_s - self.simulated_s } else { 0.0 }
    }

    fn is_in_both(&self) -> bool {
        self.live_s.is_finite() && self.simulated_s.is_finite()
    }
}

/// How often the gaps are drawn again.
const RESAMPLES: u64 = 100;
/// The 95 % quantile of the normal distribution: both ends together leave out 10 %.
const NINETY: f64 = 1.644_854;

/// So many consecutive parts, as even as can be; fewer where there are fewer events.
fn even(pairs: &[Pair], parts: usize) -> impl Iterator<Item = &[Pair]> {
    let parts = parts.min(pairs.len());
    (0..parts).map(move |part| &pairs[part * pairs.len() / parts..(part + 1) * pairs.len() / parts])
}

/// The nearest rank of a share of sorted times; None with fewer than 1/(1 - share).
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let events = sorted.len() as f64;
    if events * (1.0 - share) < 1.0 - 1e-9 {
        return None;
    }
    sorted.get(nearest_rank(share, sorted.len() as u64) as usize - 1).copied()
}
