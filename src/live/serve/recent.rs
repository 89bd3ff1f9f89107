//! The newest events of a source that has no end.

use crate::live::lock;
use crate::policy::content::Event;
use crate::policy::event_types::{EventTypes, TypeId};
use crate::time::Instant;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::sync::watch;

/// Events that are kept.
pub(super) const KEPT: usize = 10_000;

/// An event that has occurred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// The newest events, in order.
#[derive(Debug)]
pub(super) struct Recent {
    kept: Mutex<VecDeque<Happening>>,
    /// When the last event occurred that is no longer kept.
    forgotten: Mutex<Option<Instant>>,
    /// The id of the newest event; 0 before the first.
    newest: watch::Sender<u32>,
}

impl Default for Recent {
    fn default() -> Self {
        Self { kept: Mutex::default(), forgotten: Mutex::default(), newest: watch::channel(0).0 }
    }
}

/// Events right after that id are no longer kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

impl Recent {
    /// The next event has occurred.
    pub(super) fn push(&self, event: Happening) {
        let mut kept = lock(&self.kept);
        kept.push_back(event);
        if kept.len() > KEPT {
            *lock(&self.forgotten) = kept.pop_front().map(|event| event.occurred);
        }
        drop(kept);
        self.newest.send_replace(event.number + 1);
    }

    /// Tells of each new event.
    pub(super) fn newest(&self) -> watch::Receiver<u32> {
        self.newest.subscribe()
    }

    /// The event with that number, if it is kept.
    pub(super) fn get(&self, number: u32) -> Option<Happening> {
        let kept = lock(&self.kept);
        let first = kept.front()?.number;
        kept.get(number.checked_sub(first)? as usize).copied()
    }

    /// The last `limit` of the wanted events, in order.
    pub(super) fn newest_of(&self, limit: usize, is_wanted: impl Fn(&Happening) -> bool) -> Vec<Happening> {
        let kept = lock(&self.kept);
        let mut listed: Vec<Happening> =
            kept.iter().rev().filter(|event| is_wanted(event)).take(limit).copied().collect();
        listed.reverse();
        listed
    }

    /// Whether all events from that time on are kept. From the start on, those that are kept are all that are asked for.
    pub(super) fn since(&self, since: Instant) -> Result<(), Gone> {
        let is_gone = since > Instant::START && lock(&self.forgotten).is_some_and(|last| last >= since);
        if is_gone { Err(Gone) } else { Ok(()) }
    }

    /// At most `limit` of the wanted events after an id, and whether there are more; 0 stands before the first that is
    /// kept. An id of an earlier source may be after all events, and none follows it.
    pub(super) fn after(
        &self,
        id: u32,
        limit: usize,
        is_wanted: impl Fn(&Happening) -> bool,
    ) -> Result<(Vec<Happening>, bool), Gone> {
        let kept = lock(&self.kept);
        let first = kept.front().map_or(0, |event| event.number);
        if id > 0 && id < first {
            return Err(Gone);
        }
        let from = (id.saturating_sub(first) as usize).min(kept.len());
        let mut listed = kept.range(from..).filter(|event| is_wanted(event)).copied();
        let page = listed.by_ref().take(limit).collect();
        Ok((page, listed.next().is_some()))
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
        assert_eq!([0, 4, 5].map(|at| recent.since(Instant(at))), [Ok(()), Err(Gone), Ok(())]);
        assert_eq!(recent.get(4), None);
        assert_eq!(recent.get(5).map(|event| event.number), Some(5));
        assert_eq!((recent.get(last), *recent.newest().borrow()), (None, last));
    }
}
