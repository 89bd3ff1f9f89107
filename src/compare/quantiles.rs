//! By how much each quantile of the latency differs between two reports, with a band from replications that are drawn again
//! (the bootstrap). What is drawn is the replication, never the event, because polls and outages tie events together.

use super::{Lateness, Pairing};
use crate::measure::nearest_rank;
use crate::parallel;
use crate::rng::{Purpose, Randomness, Stream};
use crate::study::student_975;

/// The differences of one client, quantile by quantile.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// In order of their shares.
    pub quantiles: Vec<Quantile>,
    /// Replications of each report, of which the quantiles are.
    pub replications: [usize; 2],
    /// Whether there is a band: fewer than six replications do not show how much a quantile scatters.
    pub has_band: bool,
}

/// One quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The share of the events that were known within it.
    pub share: f64,
    /// OTHER's less BASE's, in seconds; infinite where one report never knew so many events.
    pub difference_s: f64,
    /// The 95 % band; in a tail, the widest that any draw gave.
    pub band: Option<(f64, f64)>,
    /// Whether fewer than ten events lie beyond it, so that the band says little.
    pub is_tail: bool,
}

/// Fewer replications than that make no band.
pub const LEAST: usize = 6;
/// Fewer events beyond a quantile than that are its tail.
const BEYOND: f64 = 10.0;
/// How often the replications are drawn again.
const DRAWS: u64 = 400;

/// The shift of one client, from its events in the replications of BASE and OTHER. None where a report has none.
/// `seed` is that of the draws.
pub(super) fn shift(
    base: &[Lateness],
    other: &[Lateness],
    pairing: Pairing,
    (seed, client): (u64, u64),
) -> Option<Shift> {
    let both = [Pooled::new(base), Pooled::new(other)];
    let fewest = both.iter().map(|pooled| pooled.sorted.len()).min()?;
    if fewest == 0 {
        return None;
    }
    let shares = shares(fewest);
    let once = |pooled: &Pooled| pooled.quantiles(&vec![1; pooled.sizes.len()], &shares);
    let differences = subtracted(&once(&both[0]), &once(&both[1]));
    let replications = [base.len(), other.len()];
    let has_band = replications.iter().all(|own| *own >= LEAST);
    let draws = if has_band { drawn(&both, &shares, pairing, (seed, client)) } else { Vec::new() };
    // The bootstrap of few is too narrow by that much.
    let stretch = if has_band { stretch(replications[0].min(replications[1])) } else { 1.0 };
    let quantile = |place: usize| {
        let (share, difference_s) = (shares[place], differences[place]);
        let is_tail = share.min(1.0 - share) * (fewest as f64) < BEYOND;
        let mut all: Vec<f64> = draws.iter().map(|draw| draw[place]).collect();
        all.sort_by(f64::total_cmp);
        let skipped = if is_tail { 0 } else { all.len() / 40 };
        let ends = (!all.is_empty()).then(|| (all[skipped], all[all.len() - 1 - skipped]));
        let away = |end: f64| {
            if end.is_finite() && difference_s.is_finite() {
                difference_s + (end - difference_s) * stretch
            } else {
                end
            }
        };
        let band = ends.map(|(low, high)| (away(low), away(high)));
        Quantile { share, difference_s, band, is_tail }
    };
    Some(Shift { quantiles: (0..shares.len()).map(quantile).collect(), replications, has_band })
}

/// By how much the spread of so many draws falls short of a Student's t interval over as many values.
fn stretch(replications: usize) -> f64 {
    let n = replications as f64;
    student_975(replications as u32 - 1) / 1.959_964 * libm::sqrt(n / (n - 1.0))
}

/// The shares that are drawn: each percent, and from 90 % on a twentieth of the way to the next nine, up to half an event
/// from the end.
fn shares(events: usize) -> Vec<f64> {
    let end = 1.0 - 0.5 / events as f64;
    let low = (1..90).map(|percent| f64::from(percent) / 100.0);
    let nines = (20..).map(|step| 1.0 - libm::pow(10.0, -f64::from(step) / 20.0));
    low.chain(nines.take_while(|share| *share < end)).filter(|share| *share < end).chain([end]).collect()
}

/// The events of all replications of a report.
struct Pooled {
    /// Sorted, each with its replication.
    sorted: Vec<(f64, usize)>,
    /// The events of each replication.
    sizes: Vec<usize>,
}

impl Pooled {
    fn new(replications: &[Lateness]) -> Self {
        let all = replications.iter().enumerate();
        let mut sorted: Vec<(f64, usize)> =
            all.flat_map(|(number, own)| own.sorted_s.iter().map(move |late| (*late, number))).collect();
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        Self { sorted, sizes: replications.iter().map(|own| own.sorted_s.len()).collect() }
    }

    /// The quantiles of these rising shares, where each replication counts so many times. By nearest rank.
    fn quantiles(&self, times: &[u64], shares: &[f64]) -> Vec<f64> {
        let total: u64 = self.sizes.iter().zip(times).map(|(size, times)| *size as u64 * times).sum();
        let mut events = self.sorted.iter();
        let (mut below, mut at) = (0, f64::INFINITY);
        let quantile = |share: &f64| {
            while below < nearest_rank(*share, total) {
                let Some((late, number)) = events.next() else { break };
                let weight = times[*number];
                if weight > 0 {
                    (below, at) = (below + weight, *late);
                }
            }
            at
        };
        shares.iter().map(quantile).collect()
    }
}

/// OTHER's less BASE's; what neither ever knew is the same in both.
fn subtracted(base: &[f64], other: &[f64]) -> Vec<f64> {
    base.iter().zip(other).map(|(base, other)| if base == other { 0.0 } else { other - base }).collect()
}

/// The differences in each draw. With the same events a replication is drawn for both.
fn drawn(both: &[Pooled; 2], shares: &[f64], pairing: Pairing, (seed, client): (u64, u64)) -> Vec<Vec<f64>> {
    let stream = Randomness::new(seed, 0).stream(Purpose::Resample);
    parallel::map((0..DRAWS).collect(), |draw| {
        let key = client * DRAWS + draw;
        let times = |side: usize| times(stream, (key, side as u64), both[side].sizes.len());
        let base = times(0);
        let other = if pairing == Pairing::Independent { times(1) } else { base.clone() };
        subtracted(&both[0].quantiles(&base, shares), &both[1].quantiles(&other, shares))
    })
}

/// How often each of so many replications is drawn.
fn times(stream: Stream, (key, side): (u64, u64), replications: usize) -> Vec<u64> {
    let mut draws = stream.at(key, side);
    let mut times = vec![0; replications];
    for _ in 0..replications {
        times[((draws.unit() * replications as f64) as usize).min(replications - 1)] += 1;
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(values: &[f64]) -> Lateness {
        Lateness { sorted_s: values.to_vec() }
    }

    #[test]
    fn quantiles_are_by_nearest_rank_and_count_a_replication_as_often_as_it_is_drawn() {
        let pooled = Pooled::new(&[late(&[1.0, 3.0]), late(&[2.0, 4.0])]);
        assert_eq!(pooled.quantiles(&[1, 1], &[0.25, 0.26, 0.5, 1.0]), [1.0, 2.0, 2.0, 4.0]);
        assert_eq!(pooled.quantiles(&[2, 0], &[0.25, 0.5, 0.75, 1.0]), [1.0, 1.0, 3.0, 3.0]);
        assert_eq!(pooled.quantiles(&[0, 2], &[0.01]), [2.0]);
    }

    #[test]
    fn never_is_beyond_every_time_and_equal_to_itself() {
        let never = f64::INFINITY;
        let shift = shift(&[late(&[1.0, never])], &[late(&[1.0, 5.0])], Pairing::SingleRun, (1, 0)).unwrap();
        let last = shift.quantiles.last().unwrap();
        assert_eq!((last.difference_s, last.band, shift.has_band), (-never, None, false));
        assert_eq!(subtracted(&[never], &[never]), [0.0]);
    }

    #[test]
    fn fewer_than_six_replications_have_no_band_and_the_ends_are_tails() {
        let one = |shift: f64| late(&(1..=50).map(|number| f64::from(number) + shift).collect::<Vec<_>>());
        let of = |runs: usize| {
            let all = |add: f64| (0..runs).map(|run| one(run as f64 * 0.1 + add)).collect::<Vec<_>>();
            shift(&all(0.0), &all(3.0), Pairing::SameEvents, (1, 0)).unwrap()
        };
        assert!(!of(5).has_band && of(5).quantiles.iter().all(|quantile| quantile.band.is_none()));
        let six = of(6);
        // Each draw has the same replications in both, so that the shift is exact.
        assert!(six.quantiles.iter().all(|quantile| (quantile.difference_s - 3.0).abs() < 1e-9));
        for quantile in &six.quantiles {
            let (low, high) = quantile.band.unwrap();
            assert!((low - 3.0).abs() < 1e-9 && (high - 3.0).abs() < 1e-9, "{quantile:?}");
            // 300 events: ten of them are 3.3 %.
            assert_eq!(quantile.is_tail, quantile.share < 0.0333 || quantile.share > 0.9667, "{quantile:?}");
        }
    }
}
