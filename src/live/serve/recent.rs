//! The newest events that a source without an end shows.

use crate::live::lock;
use crate::policy::content::Event;
use crate::policy::event_types::{EventTypes, TypeId};
use crate::time::Instant;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use tokio::sync::watch;

/// Events that are kept.
pub(super) const KEPT: usize = 10_000;

/// An event that has occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Happening {
    /// Counted from 0.
    pub(super) number: u32,
    pub(super) resource: u32,
    pub(super) kind: TypeId,
    pub(super) occurred: Instant,
}

impl Happening {
    /// The event as it stands on the wire.
    pub(super) fn event(self, types: &EventTypes) -> Event<'_> {
        let Self { number, resource, kind, occurred } = self;
        Event { number, resource, kind: types.name(kind), occurred }
    }
}

/// The newest events that are shown.
#[derive(Debug)]
pub(super) struct Recent {
    kept: Mutex<Kept>,
    /// The id of the newest event; 0 before the first. It is told of again with each event that is shown.
    newest: watch::Sender<u32>,
}

#[derive(Debug, Default)]
struct Kept {
    /// In the order in which they were shown.
    shown: VecDeque<Happening>,
    /// How many were shown before the first of them.
    before: u64,
    /// For each number how many were shown before that event. Pages are in order of occurrence, as numbers are.
    places: BTreeMap<u32, u64>,
    /// Of each resource and type the event with the highest number that is no longer kept.
    forgotten: BTreeMap<(u32, TypeId), Happening>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { kept: Mutex::default(), newest: watch::channel(0).0 }
    }
}

/// Events right after that id, or that place, are no longer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

impl Kept {
    fn at(&self, place: u64) -> Option<Happening> {
        self.shown.get(usize::try_from(place.checked_sub(self.before)?).ok()?).copied()
    }

    /// Whether any of the last events that are no longer kept is such a one.
    fn has_forgotten(&self, is_such: impl Fn(&Happening) -> bool) -> bool {
        self.forgotten.values().any(is_such)
    }

    /// The number of events that were ever shown.
    fn ever(&self) -> u64 {
        self.before + self.shown.len() as u64
    }

    /// The events from that number on whose places are below `end`, in order.
    fn from(&self, number: u32, end: u64) -> impl DoubleEndedIterator<Item = Happening> {
        let places = self.places.range(number..).map(|(_, &place)| place);
        places.filter(move |&place| place < end).filter_map(|place| self.at(place))
    }
}

impl Recent {
    /// The source shows the next event.
    pub(super) fn push(&self, event: Happening) {
        let mut kept = lock(&self.kept);
        let place = kept.ever();
        kept.shown.push_back(event);
        kept.places.insert(event.number, place);
        if kept.shown.len() > KEPT
            && let Some(first) = kept.shown.pop_front()
        {
            kept.before += 1;
            kept.places.remove(&first.number);
            let last = kept.forgotten.entry((first.resource, first.kind)).or_insert(first);
            *last = first.max(*last);
        }
        drop(kept);
        self.newest.send_modify(|newest| *newest = (*newest).max(event.number + 1));
    }

    /// Tells of each new event.
    pub(super) fn newest(&self) -> watch::Receiver<u32> {
        self.newest.subscribe()
    }

    /// The event with that number, if it is kept.
    pub(super) fn get(&self, number: u32) -> Option<Happening> {
        let kept = lock(&self.kept);
        kept.at(*kept.places.get(&number)?)
    }

    /// The last `limit` of the wanted events, in order.
    pub(super) fn newest_of(&self, limit: usize, is_wanted: impl Fn(&Happening) -> bool) -> Vec<Happening> {
        let kept = lock(&self.kept);
        let mut listed: Vec<Happening> = kept.from(0, u64::MAX).rev().filter(is_wanted).take(limit).collect();
        listed.reverse();
        listed
    }

    /// Whether all wanted events from that time on are kept. From the start on, those that are kept are all that are asked
    /// for.
    pub(super) fn since(&self, since: Instant, is_wanted: impl Fn(&Happening) -> bool) -> Result<(), Gone> {
        let kept = lock(&self.kept);
        let is_gone = kept.has_forgotten(|last| last.occurred >= since && is_wanted(last));
        if since > Instant::START && is_gone { Err(Gone) } else { Ok(()) }
    }

    /// Whether an event of that number may have been shown, and is no longer kept.
    pub(super) fn has_forgotten(&self, number: u32) -> bool {
        let kept = lock(&self.kept);
        !kept.places.contains_key(&number) && kept.has_forgotten(|last| number <= last.number)
    }

    /// At most `limit` of the wanted events after an id, and whether there are more; 0 stands before the first that is
    /// kept. An id of an earlier source may be after all events, and none follows it.
    pub(super) fn after(
        &self,
        id: u32,
        limit: usize,
        is_wanted: impl Fn(&Happening) -> bool,
    ) -> Result<(Vec<Happening>, bool), Gone> {
        self.after_until(id, u64::MAX, limit, is_wanted)
    }

    /// The same of those whose places are below `end`.
    pub(super) fn after_until(
        &self,
        id: u32,
        end: u64,
        limit: usize,
        is_wanted: impl Fn(&Happening) -> bool,
    ) -> Result<(Vec<Happening>, bool), Gone> {
        let kept = lock(&self.kept);
        if id > 0 && kept.has_forgotten(|last| id <= last.number && is_wanted(last)) {
            return Err(Gone);
        }
        let mut listed = kept.from(id, end).filter(is_wanted);
        let page = listed.by_ref().take(limit).collect();
        Ok((page, listed.next().is_some()))
    }

    /// The number of events that were ever shown, which is the place of the next one.
    pub(super) fn ever(&self) -> u64 {
        lock(&self.kept).ever()
    }

    /// At most `limit` of the events from a place on, in the order in which they were shown.
    pub(super) fn shown(&self, place: u64, limit: usize) -> Result<Vec<Happening>, Gone> {
        let kept = lock(&self.kept);
        let from = place.checked_sub(kept.before).ok_or(Gone)? as usize;
        Ok(kept.shown.range(from.min(kept.shown.len())..).take(limit).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(events: &[Happening]) -> Vec<u32> {
        events.iter().map(|event| event.number + 1).collect()
    }

    #[test]
    fn pages_go_on_after_an_id_and_old_events_are_gone() {
        let recent = Recent::default();
        let of = |resource: u32| move |event: &Happening| event.resource == resource;
        assert_eq!(recent.after(0, 5, |_| true), Ok((vec![], false)));
        let last = KEPT as u32 + 5;
        for number in 0..last {
            recent.push(Happening {
                number,
                resource: number % 2,
                kind: 0,
                occurred: Instant(number.into()),
            });
        }
        // The events with the ids 1 to 5 are gone; the one with id 6 is of resource 1.
        let (page, has_more) = recent.after(0, 2, of(1)).unwrap();
        assert_eq!((ids(&page), has_more), (vec![6, 8], true));
        let (page, _) = recent.after(5, 2, of(0)).unwrap();
        assert_eq!(ids(&page), [7, 9]);
        assert_eq!(recent.after(4, 2, of(0)), Err(Gone));
        let (page, has_more) = recent.after(last - 2, 2, |_| true).unwrap();
        assert_eq!((ids(&page), has_more), (vec![last - 1, last], false));
        assert_eq!(recent.after(last + 7, 2, |_| true), Ok((vec![], false)));
        let newest = recent.newest_of(2, of(1));
        assert_eq!((ids(&newest), recent.newest_of(0, of(1))), (vec![last - 3, last - 1], vec![]));
        // The last one that is gone occurred at 4.
        let since = |at, resource| recent.since(Instant(at), of(resource));
        assert_eq!([0, 4, 5].map(|at| since(at, 0)), [Ok(()), Err(Gone), Ok(())]);
        assert_eq!([3, 4].map(|at| since(at, 1)), [Err(Gone), Ok(())]);
        assert_eq!(recent.get(4), None);
        assert_eq!(recent.get(5).map(|event| event.number), Some(5));
        assert_eq!((recent.get(last), *recent.newest().borrow()), (None, last));
        assert_eq!([4, 5, last].map(|number| recent.has_forgotten(number)), [true, false, false]);
        let shown = |place, limit| recent.shown(place, limit).map(|events| ids(&events));
        assert_eq!(shown(5, 2), Ok(vec![6, 7]));
        assert_eq!((shown(4, 2), shown(recent.ever(), 2)), (Err(Gone), Ok(vec![])));
    }

    #[test]
    fn who_asks_for_rare_events_has_missed_none_that_are_kept() {
        let recent = Recent::default();
        let is_rare = |number: u32| [7, 9, 6_000].contains(&number);
        for number in 0..KEPT as u32 + 20 {
            let kind = TypeId::from(is_rare(number));
            recent.push(Happening { number, resource: 0, kind, occurred: Instant(number.into()) });
        }
        let after = |id: u32| recent.after(id, 5, |event| event.kind == 1).map(|(page, _)| ids(&page));
        // The ids of those that are gone are 8 and 10.
        assert_eq!([7, 8, 9, 10].map(after), [Err(Gone), Err(Gone), Err(Gone), Ok(vec![6_001])]);
        assert_eq!(recent.after(19, 5, |_| true), Err(Gone));
    }

    #[test]
    fn what_is_shown_out_of_order_is_paged_in_order() {
        let recent = Recent::default();
        let push = |number: u32| {
            recent.push(Happening { number, resource: 0, kind: 0, occurred: Instant(number.into()) });
        };
        [1, 0, 4, 2].into_iter().for_each(push);
        let (page, has_more) = recent.after(0, 3, |_| true).unwrap();
        assert_eq!((ids(&page), has_more), (vec![1, 2, 3], true));
        let opened = recent.ever();
        [3, 5].into_iter().for_each(push);
        assert_eq!(ids(&recent.after(2, 9, |_| true).unwrap().0), [3, 4, 5, 6]);
        assert_eq!(ids(&recent.newest_of(2, |_| true)), [5, 6]);
        // A stream has what was shown before it was opened, and then what is shown.
        assert_eq!(ids(&recent.after_until(2, opened, 9, |_| true).unwrap().0), [3, 5]);
        assert_eq!(recent.shown(opened, 9).map(|events| ids(&events)), Ok(vec![4, 6]));
    }
}
