//! Which events a page has: a function of what was asked and of how many events the source shows. So an answer carries no
//! more than that number, and the source and the client of either engine read the same from it.
//!
//! A place is the index of an event among those of its resource, in order of time.

use super::events::{EventId, Events};
use super::exchange::Ask;
use crate::time::Instant;

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The places of its events, in order.
    pub places: Vec<u32>,
    /// Whether there are more events than it holds.
    pub has_more: bool,
}

/// The order in which the source shows events, where that is not the order in which they occur.
#[derive(Clone, Debug, Default)]
pub(super) struct Commits {
    /// For each event, the time from which the source shows it.
    at: Vec<Instant>,
    /// For each place, in the order of resources: how many events of the resource are shown before it.
    rank: Vec<u32>,
    /// For each number of shown events but none, in the order of resources: one more than the last place among them.
    reach: Vec<u32>,
    /// The events of a resource in the order in which the source shows them, in the order of resources.
    order: Vec<EventId>,
}

impl Commits {
    /// `at` of each event, and the events of each resource.
    pub(super) fn new<'a>(at: Vec<Instant>, resources: impl Iterator<Item = &'a [EventId]>) -> Self {
        let mut commits = Self { at, ..Self::default() };
        for events in resources {
            let first = commits.rank.len();
            let mut order: Vec<u32> = (0..events.len() as u32).collect();
            order.sort_by_key(|&place| (commits.at[events[place as usize] as usize], place));
            commits.rank.resize(first + events.len(), 0);
            let mut reach = 0;
            for (rank, &place) in (0..).zip(&order) {
                commits.rank[first + place as usize] = rank;
                reach = reach.max(place + 1);
                commits.reach.push(reach);
                commits.order.push(events[place as usize]);
            }
        }
        commits
    }

    /// The time from which the source shows an event.
    pub(super) fn at(&self, event: EventId) -> Instant {
        self.at[event as usize]
    }

    /// The events in the order of resources and of showing.
    pub(super) fn order(&self) -> &[EventId] {
        &self.order
    }

    /// For the events that are kept of all.
    pub(super) fn at_of(&self, kept: impl Iterator<Item = EventId>) -> Vec<Instant> {
        kept.map(|event| self.at(event)).collect()
    }
}

impl Events {
    /// The page that answers a poll when the source shows so many events of its resource.
    pub fn listing(&self, ask: &Ask, shown: u32, page_size: u32) -> Listing {
        let (resource, from) = match *ask {
            Ask::Events { resource, cursor, hold: _, conditional: _ } => (resource, cursor),
            Ask::Since { resource, since, after } => (resource, self.place_at(resource, since).max(after)),
            Ask::Newest { resource, cursor: _, conditional: _ } => {
                let is_shown = |place: &u32| self.rank(resource, *place) < shown;
                let newest = (0..self.reach(resource, shown)).rev().filter(is_shown);
                let mut places: Vec<u32> = newest.take(page_size as usize).collect();
                places.reverse();
                return Listing { places, has_more: false };
            }
            Ask::Event { .. } | Ask::Job { .. } | Ask::Stream { .. } | Ask::Delivery(_) => {
                return Listing::default();
            }
        };
        let mut listed =
            (from..self.reach(resource, shown)).filter(|&place| self.rank(resource, place) < shown);
        let places = listed.by_ref().take(page_size as usize).collect();
        Listing { places, has_more: listed.next().is_some() }
    }

    /// The number of shown events from which the given page follows; None if it follows from none.
    pub fn shown_by(&self, ask: &Ask, page: &Listing, page_size: u32) -> Option<u32> {
        let resource = match *ask {
            Ask::Events { resource, .. } | Ask::Since { resource, .. } | Ask::Newest { resource, .. } => {
                resource
            }
            Ask::Event { .. } | Ask::Job { .. } | Ask::Stream { .. } | Ask::Delivery(_) => return None,
        };
        let least = page.places.iter().map(|&place| self.rank(resource, place) + 1).max().unwrap_or(0);
        let most = if page.has_more { self.of(resource).len() as u32 } else { least };
        (least..=most).find(|&shown| self.listing(ask, shown, page_size) == *page)
    }

    /// The first place of a resource that is not before that time.
    pub fn place_at(&self, resource: u32, time: Instant) -> u32 {
        let occurred = self.occurred();
        self.of(resource).partition_point(|&event| occurred[event as usize] < time) as u32
    }

    /// How many events of the resource the source shows before that of a place.
    fn rank(&self, resource: u32, place: u32) -> u32 {
        match self.commits() {
            Some(commits) => commits.rank[(self.first_of(resource) + place) as usize],
            None => place,
        }
    }

    /// One more than the last place that is shown.
    fn reach(&self, resource: u32, shown: u32) -> u32 {
        match self.commits() {
            Some(commits) if shown > 0 => commits.reach[(self.first_of(resource) + shown - 1) as usize],
            Some(_) | None => shown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;
    use proptest::prelude::*;

    /// Events a second apart, each shown after its own delay.
    fn events(delays_s: &[i64]) -> Events {
        let at = |second| Instant::START + Span::from_secs(second);
        let occurred: Vec<Instant> = (0..delays_s.len() as i64).map(at).collect();
        let shown = occurred.iter().zip(delays_s).map(|(&at, &delay)| at + Span::from_secs(delay)).collect();
        Events::shown_at(occurred, shown)
    }

    fn after(cursor: u32) -> Ask {
        Ask::Events { resource: 0, cursor, hold: Span::ZERO, conditional: false }
    }

    #[test]
    fn a_page_has_what_is_shown_and_no_more() {
        // Shown at 5, 1, 2, 9 and 4 seconds.
        let events = events(&[5, 0, 0, 6, 0]);
        let page = |ask: &Ask, shown| events.listing(ask, shown, 2);
        let of = |places: &[u32], has_more| Listing { places: places.to_vec(), has_more };
        assert_eq!(page(&after(0), 0), of(&[], false));
        assert_eq!(page(&after(0), 2), of(&[1, 2], false));
        assert_eq!(page(&after(0), 3), of(&[1, 2], true));
        assert_eq!(page(&after(0), 4), of(&[0, 1], true));
        assert_eq!(page(&after(3), 4), of(&[4], false));
        assert_eq!(page(&after(3), 5), of(&[3, 4], false));
        let since = Ask::Since { resource: 0, since: Instant::START + Span::from_secs(2), after: 0 };
        assert_eq!(page(&since, 4), of(&[2, 4], false));
        assert_eq!(page(&Ask::Since { resource: 0, since: Instant::START, after: 2 }, 4), of(&[2, 4], false));
        let newest = Ask::Newest { resource: 0, cursor: 0, conditional: false };
        assert_eq!(page(&newest, 3), of(&[2, 4], false));
        assert_eq!(events.in_order_of_showing(0), [1, 2, 4, 0, 3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

        /// What a client reads of a page is what the source answered, as far as the page tells it.
        #[test]
        fn a_page_tells_what_is_shown(
            delays in proptest::collection::vec(0_i64..8, 1..12),
            shown in 0_u32..12,
            from in 0_u32..12,
            page_size in 1_u32..5,
        ) {
            let events = events(&delays);
            let (shown, from) = (shown.min(delays.len() as u32), from.min(delays.len() as u32));
            let since = Instant::START + Span::from_secs(i64::from(from));
            for ask in [after(from), Ask::Since { resource: 0, since, after: 0 }] {
                let page = events.listing(&ask, shown, page_size);
                let told = events.shown_by(&ask, &page, page_size).expect("it follows from what was shown");
                prop_assert!(told <= shown);
                prop_assert_eq!(events.listing(&ask, told, page_size), page);
            }
        }
    }
}
