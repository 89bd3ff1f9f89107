//! The verdict on one figure: what its values in the replications of two runs say of the difference.
//!
//! The unit of inference is the replication, never the event: polls and outages tie events together.

use super::chance::{Estimate, by_coins, mean, ratio};
use super::{Pairing, Verdict};
use crate::figure::Better;

/// What is said of one figure of one client.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Judged {
    pub(super) base: Option<f64>,
    pub(super) other: Option<f64>,
    pub(super) difference: Option<f64>,
    pub(super) interval: Option<(f64, f64)>,
    pub(super) ratio_interval: Option<(f64, f64)>,
    pub(super) n: usize,
    pub(super) agree: Option<usize>,
    pub(super) verdict: Verdict,
    pub(super) needed: Option<u64>,
    /// The chance of such a verdict by luck; 1 for one that names no change.
    pub(super) chance: f64,
}

/// The chance of a wrong word that is accepted.
pub(super) const LEVEL: f64 = 0.05;

/// Compares the values of one figure in the replications of BASE and OTHER, which have at least one each. A value is
/// infinite for never.
pub(super) fn judge(
    base: &[Option<f64>],
    other: &[Option<f64>],
    better: Better,
    pairing: Pairing,
    margin: f64,
) -> Judged {
    let paired = pairing != Pairing::Independent;
    let n = base.len().min(other.len());
    let (base, other) = if paired { (&base[..n], &other[..n]) } else { (base, other) };
    let blank = Judged {
        base: None,
        other: None,
        difference: None,
        interval: None,
        ratio_interval: None,
        n,
        agree: None,
        verdict: Verdict::NotComparable,
        needed: None,
        chance: 1.0,
    };
    let judged = Judged { base: mean_of(base), other: mean_of(other), ..blank };
    let (Some(base), Some(other)) = (complete(base), complete(other)) else { return judged };
    if base == other {
        let exact = judged.base.is_some_and(f64::is_finite);
        return Judged {
            difference: exact.then_some(0.0),
            interval: (exact && n > 1).then_some((0.0, 0.0)),
            ratio_interval: (exact && n > 1 && judged.base != Some(0.0)).then_some((1.0, 1.0)),
            agree: paired.then_some(n),
            verdict: Verdict::SameBytes,
            ..judged
        };
    }
    // One run of other events: nothing says how much the figure scatters.
    let is_blind = pairing == Pairing::Independent && n < 2;
    if base.iter().chain(&other).any(|value| value.is_infinite()) {
        return of_never(&base, &other, better, if is_blind { None } else { Some(paired) }, judged);
    }
    let difference = Estimate::of(&base, &other, 1.0, paired);
    let above = Estimate::of(&base, &other, 1.0 + margin, paired);
    let below = Estimate::of(&base, &other, 1.0 - margin, paired);
    let (verdict, chance) = match () {
        () if is_blind => (Verdict::CannotTell, 1.0),
        () if above.low() > 0.0 => (moved(better, true), 2.0 * above.chance_above()),
        () if below.high() < 0.0 => (moved(better, false), 2.0 * below.chance_below()),
        () if above.high() <= 0.0 && below.low() >= 0.0 => (Verdict::Same, 1.0),
        () => (Verdict::CannotTell, 1.0),
    };
    let sign = |value: f64| (value > 0.0) as i8 - (value < 0.0) as i8;
    let agree = base.iter().zip(&other).filter(|(b, o)| sign(*o - *b) == sign(difference.mean)).count();
    Judged {
        difference: Some(difference.mean),
        interval: (n > 1).then(|| (difference.low(), difference.high())),
        ratio_interval: (n > 1).then(|| ratio(&base, &other, paired)).flatten(),
        agree: paired.then_some(agree),
        needed: (verdict == Verdict::CannotTell && n > 1)
            .then(|| needed(&difference, [&above, &below], n))
            .flatten(),
        verdict,
        chance,
        ..judged
    }
}

/// The values of all replications; None where one has none.
fn complete(values: &[Option<f64>]) -> Option<Vec<f64>> {
    values.iter().copied().collect()
}

/// Their mean; None where one has none.
pub(super) fn mean_of(values: &[Option<f64>]) -> Option<f64> {
    complete(values).map(|values| mean(&values))
}

/// Where a figure is never reached in some replications it has no mean, so that replications are counted in which it
/// comes later. `paired`: None where nothing can be told of two runs.
fn of_never(base: &[f64], other: &[f64], better: Better, paired: Option<bool>, judged: Judged) -> Judged {
    let Some(paired) = paired else { return Judged { verdict: Verdict::CannotTell, ..judged } };
    // Strangers are paired in their order, which is as good as any.
    let pairs = || base.iter().zip(other);
    let rose = pairs().filter(|(b, o)| o > b).count();
    let fell = pairs().filter(|(b, o)| o < b).count();
    let most = rose.max(fell);
    let chance = 2.0 * by_coins(most, rose + fell);
    // One run is exact for its seed.
    let is_told = (judged.n == 1 && paired) || chance <= LEVEL;
    let verdict = if is_told { moved(better, rose > fell) } else { Verdict::CannotTell };
    let chance = if judged.n == 1 { 0.0 } else { chance };
    Judged { agree: paired.then_some(most), verdict, chance: if is_told { chance } else { 1.0 }, ..judged }
}

const fn moved(better: Better, up: bool) -> Verdict {
    match (better, up) {
        (Better::Neutral, _) => Verdict::Differs,
        (Better::Lower, true) | (Better::Higher, false) => Verdict::Worse,
        (Better::Lower, false) | (Better::Higher, true) => Verdict::Better,
    }
}

/// About how many replications would decide, if they scatter as these do and the mean stays where it is.
fn needed(difference: &Estimate, [above, below]: [&Estimate; 2], n: usize) -> Option<u64> {
    // From the estimate to the nearer end of the margin.
    let away = above.mean.abs().min(below.mean.abs());
    let times = difference.reach() / away;
    let needed = libm::ceil(n as f64 * times * times);
    (needed.is_finite() && needed <= MOST).then(|| (needed as u64).max(n as u64 + 1))
}

/// More replications than that are no advice.
const MOST: f64 = 1e6;

/// Whether a change beyond `limit` is established; None where it cannot be told. `chance`: of such a result by luck.
pub(super) fn beyond(
    base: &[Option<f64>],
    other: &[Option<f64>],
    pairing: Pairing,
    limit: &super::gate::Limit,
) -> Option<(Option<bool>, f64)> {
    let paired = pairing != Pairing::Independent;
    let n = base.len().min(other.len());
    let (base, other) = if paired { (&base[..n], &other[..n]) } else { (base, other) };
    let (base, other) = (complete(base)?, complete(other)?);
    let up = limit.above;
    if base.iter().chain(&other).any(|value| value.is_infinite()) {
        let pairs = || base.iter().zip(&other);
        let over = |b: f64, o: f64| {
            let change = match (b.is_infinite(), o.is_infinite()) {
                (true, true) => 0.0,
                (true, false) => f64::NEG_INFINITY,
                (false, true) => f64::INFINITY,
                (false, false) => o - b * limit.times() - limit.plus(),
            };
            if up { change > 0.0 } else { change < 0.0 }
        };
        let beyond = pairs().filter(|(b, o)| over(**b, **o)).count();
        let chance = by_coins(beyond, n);
        let verdict = match (n, beyond) {
            (1, _) if !paired => None,
            (1, beyond) => Some(beyond == 1),
            (_, 0) => Some(false),
            _ if chance <= LEVEL / 2.0 => Some(true),
            _ => None,
        };
        return Some((verdict, if n == 1 { 0.0 } else { chance }));
    }
    let mut estimate = Estimate::of(&base, &other, limit.times(), paired);
    estimate.mean -= limit.plus();
    if !paired && n < 2 {
        // Deterministic figures are the same for every seed; of others one run says nothing.
        return Some((if base == other { Some(false) } else { None }, 1.0));
    }
    let (holds, inside, chance) = if up {
        (estimate.low() > 0.0, estimate.high() <= 0.0, estimate.chance_above())
    } else {
        (estimate.high() < 0.0, estimate.low() >= 0.0, estimate.chance_below())
    };
    Some((
        if holds {
            Some(true)
        } else if inside {
            Some(false)
        } else {
            None
        },
        chance,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    fn verdict(base: &[f64], other: &[f64], better: Better, pairing: Pairing) -> Judged {
        judge(&some(base), &some(other), better, pairing, 0.01)
    }

    #[test]
    fn each_mark_has_a_pair_that_triggers_it() {
        let base = [100.0, 110.0, 90.0, 105.0, 95.0, 101.0];
        let plus = |add: f64| base.map(|value| value + add);
        let same = Pairing::SameEvents;
        assert_eq!(verdict(&base, &base, Better::Lower, same).verdict, Verdict::SameBytes);
        assert_eq!(verdict(&base, &plus(5.0), Better::Lower, same).verdict, Verdict::Worse);
        assert_eq!(verdict(&base, &plus(-5.0), Better::Lower, same).verdict, Verdict::Better);
        assert_eq!(verdict(&base, &plus(5.0), Better::Higher, same).verdict, Verdict::Better);
        assert_eq!(verdict(&base, &plus(5.0), Better::Neutral, same).verdict, Verdict::Differs);
        assert_eq!(verdict(&base, &plus(0.5), Better::Lower, same).verdict, Verdict::Same);
        let apart = verdict(&base, &plus(5.0), Better::Lower, Pairing::Independent);
        assert_eq!((apart.verdict, apart.agree), (Verdict::CannotTell, None));
        assert!(apart.needed.is_some_and(|needed| needed > 6), "{apart:?}");
        assert_eq!(judge(&[None], &[Some(1.0)], Better::Lower, same, 0.01).verdict, Verdict::NotComparable);
    }

    #[test]
    fn one_run_is_exact_for_its_seed_and_says_nothing_of_other_events() {
        let exact = verdict(&[10.0], &[11.0], Better::Lower, Pairing::SingleRun);
        assert_eq!((exact.verdict, exact.interval, exact.n), (Verdict::Worse, None, 1));
        assert_eq!(
            verdict(&[10.0], &[11.0], Better::Lower, Pairing::Independent).verdict,
            Verdict::CannotTell
        );
    }

    #[test]
    fn never_is_no_number() {
        let (base, never) = ([1.0; 7], [f64::INFINITY; 7]);
        let judged = verdict(&base, &never, Better::Lower, Pairing::SameEvents);
        assert_eq!((judged.verdict, judged.difference, judged.agree), (Verdict::Worse, None, Some(7)));
        let four = verdict(&base[..4], &never[..4], Better::Lower, Pairing::SameEvents);
        assert_eq!(four.verdict, Verdict::CannotTell);
    }

    #[test]
    fn a_base_of_zero_has_no_margin() {
        let zero = [0.0; 4];
        assert_eq!(
            verdict(&zero, &[1.0, 2.0, 1.0, 2.0], Better::Lower, Pairing::SameEvents).verdict,
            Verdict::Worse
        );
        let seldom = verdict(&zero, &[0.0, 0.0, 1.0, 0.0], Better::Lower, Pairing::SameEvents);
        assert_eq!(seldom.verdict, Verdict::CannotTell);
    }
}
