//! Freshness over time: the age of information, the share of time in which no event was missing, and the age of the
//! oldest missing event. Computed from when events occurred and when they were held.

use super::Receipt;
use crate::time::{Instant, Span};
use serde::{Deserialize, Serialize};

/// Integrals over the time [`from`, `until`) for one member, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Freshness {
    /// The age of information (now minus the occurrence of the newest event held), times time.
    pub age: f64,
    /// The time in which at least one event was held; `age` is averaged over it.
    pub held: f64,
    /// The time in which every event that had occurred was held.
    pub fresh: f64,
    /// The length of [`from`, `until`).
    pub total: f64,
}

impl Freshness {
    /// The freshness of one member. `receipts` are its own, one for each event in `occurred`.
    pub fn of<'a>(
        occurred: &[Instant],
        receipts: impl DoubleEndedIterator<Item = &'a Receipt> + ExactSizeIterator + Clone,
        from: Instant,
        until: Instant,
    ) -> Self {
        let total = (until - from).0 as f64;
        let missing: i64 = missing_periods(occurred, receipts.clone())
            .map(|(begin, end)| (end.min(until) - begin.max(from)).0.max(0))
            .sum();
        let (age, held) = age(occurred, receipts, from, until);
        Self { age, held, fresh: total - missing as f64, total }
    }

    /// Adds another member or replication.
    pub fn add(&mut self, other: &Self) {
        self.age += other.age;
        self.held += other.held;
        self.fresh += other.fresh;
        self.total += other.total;
    }

    /// Mean age of information in seconds; None where no event was ever held.
    pub fn mean_age_s(&self) -> Option<f64> {
        (self.held > 0.0).then(|| self.age / self.held / 1e9)
    }

    /// Share of time in which no event was missing; None where `total` is zero.
    pub fn fresh_share(&self) -> Option<f64> {
        (self.total > 0.0).then(|| self.fresh / self.total)
    }
}

/// The periods in which at least one event that had occurred was not held, in order and without overlap.
fn missing_periods<'a>(
    occurred: &[Instant],
    receipts: impl Iterator<Item = &'a Receipt>,
) -> impl Iterator<Item = (Instant, Instant)> {
    let mut waits = occurred.iter().copied().zip(receipts.map(|receipt| receipt.held)).peekable();
    std::iter::from_fn(move || {
        let (begin, mut end) = waits.next()?;
        while let Some((_, held)) = waits.next_if(|&(occurred, _)| occurred <= end) {
            end = end.max(held);
        }
        Some((begin, end))
    })
}

/// The integral of the age of information, and the time over which it is taken.
fn age<'a>(
    occurred: &[Instant],
    receipts: impl DoubleEndedIterator<Item = &'a Receipt> + ExactSizeIterator + Clone,
    from: Instant,
    until: Instant,
) -> (f64, f64) {
    let held = receipts.map(|receipt| receipt.held).zip(occurred.iter().copied());
    let (mut age, mut time) = (0.0, 0.0);
    let mut newest: Option<Instant> = None;
    let mut now = from;
    for (at, occurred) in in_order(held).chain([(until, Instant::START)]) {
        let next = at.clamp(from, until);
        if let Some(newest) = newest {
            let (young, old) = ((now - newest).0 as f64, (next - newest).0 as f64);
            age += (young + old) / 2.0 * (next - now).0 as f64;
            time += (next - now).0 as f64;
        }
        if at >= until {
            break;
        }
        now = next;
        newest = newest.max(Some(occurred));
    }
    (age, time)
}

/// Times of holding and occurrence, which come in the order of events, in the order of holding. Most events are held in the
/// order in which they occur: only those are kept and sorted that a later one overtakes.
fn in_order(
    held: impl DoubleEndedIterator<Item = (Instant, Instant)> + Clone,
) -> impl Iterator<Item = (Instant, Instant)> {
    let (mut overtaken, mut first) = (Vec::new(), (Instant::NEVER, Instant::NEVER));
    for entry in held.clone().rev() {
        if entry > first {
            overtaken.push(entry);
        } else {
            first = entry;
        }
    }
    // Both have their next entry at the end.
    let mut left_out = overtaken.clone();
    overtaken.sort_unstable_by(|one, other| other.cmp(one));
    let mut others = held.filter(move |entry| left_out.pop_if(|next| next == entry).is_none()).peekable();
    std::iter::from_fn(move || match (others.peek(), overtaken.last()) {
        (Some(next), Some(late)) if late < next => overtaken.pop(),
        (None, Some(_)) => overtaken.pop(),
        (Some(_), _) | (None, None) => others.next(),
    })
}

/// The age of the oldest event that a member does not hold, as a line. For each of `steps` equal parts of
/// [`from`, `until`): the greatest age in it, and the time at which it was reached (the middle where it is zero).
pub fn age_of_oldest_unknown<'a>(
    occurred: &[Instant],
    receipts: impl Iterator<Item = &'a Receipt>,
    (from, until): (Instant, Instant),
    steps: usize,
) -> Vec<(Instant, Span)> {
    let width = ((until - from).0 as f64 / steps as f64).max(1.0);
    let middle = |step: usize| from + Span((width * (step as f64 + 0.5)) as i64);
    let mut greatest: Vec<(Instant, Span)> = (0..steps).map(|step| (middle(step), Span::ZERO)).collect();
    let mut oldest_until = Instant::START;
    // An event counts only while it is the oldest one missing: from the time at which all before it are held.
    for (&occurred, receipt) in occurred.iter().zip(receipts) {
        let (begin, end) = (occurred.max(oldest_until).max(from), receipt.held.min(until));
        oldest_until = oldest_until.max(receipt.held);
        if end <= begin {
            continue;
        }
        let step = |at: Instant| (((at - from).0 as f64 / width) as usize).min(steps - 1);
        let last = step(Instant(end.0 - 1));
        for (index, slot) in greatest.iter_mut().enumerate().take(last + 1).skip(step(begin)) {
            let step_end = from + Span((width * (index + 1) as f64) as i64);
            let reached = end.min(step_end);
            if reached - occurred > slot.1 {
                *slot = (reached, reached - occurred);
            }
        }
    }
    greatest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Arrival;
    use proptest::prelude::*;

    fn receipts(held: &[i64]) -> Vec<Receipt> {
        held.iter()
            .map(|&at| Receipt { held: Instant(at), by: Some(Arrival::POLL), ..Receipt::default() })
            .collect()
    }

    #[test]
    fn overlapping_waits_count_once() {
        let occurred = [Instant(10), Instant(12), Instant(30)];
        let member = receipts(&[20, 15, 35]);
        let freshness = Freshness::of(&occurred, member.iter(), Instant(0), Instant(100));
        assert_eq!(freshness.fresh, 85.0);
        let late = Freshness::of(&occurred, member.iter(), Instant(18), Instant(32));
        assert_eq!((late.fresh, late.total), (10.0, 14.0));
    }

    #[test]
    fn age_grows_by_one_and_falls_to_the_age_of_what_came() {
        // Nothing is held before 15. Then the event of 12 arrives before that of 10, so the age is 3.
        let occurred = [Instant(10), Instant(12)];
        let member = receipts(&[20, 15]);
        let freshness = Freshness::of(&occurred, member.iter(), Instant(0), Instant(25));
        // From 15 to 25 the newest event held is that of 12: ages 3 to 13.
        assert_eq!((freshness.age, freshness.held), (80.0, 10.0));
    }

    proptest! {
        #[test]
        fn events_in_order_of_holding_are_sorted(held in prop::collection::vec((0_i64..20, 0_i64..20), 0..40)) {
            let held: Vec<_> = held.into_iter().map(|(held, at)| (Instant(held), Instant(at))).collect();
            let mut sorted = held.clone();
            sorted.sort_unstable();
            prop_assert_eq!(in_order(held.into_iter()).collect::<Vec<_>>(), sorted);
        }
    }

    #[test]
    fn the_oldest_unknown_event_ages_until_it_is_held() {
        let occurred = [Instant(0), Instant(10)];
        let member = receipts(&[40, 20]);
        let line = age_of_oldest_unknown(&occurred, member.iter(), (Instant(0), Instant(100)), 10);
        let points: Vec<(i64, i64)> = line.iter().map(|(at, age)| (at.0, age.0)).collect();
        let falls = [(45, 0), (55, 0), (65, 0), (75, 0), (85, 0), (95, 0)];
        assert_eq!(points, [&[(10, 10), (20, 20), (30, 30), (40, 40)][..], &falls].concat());
    }
}
