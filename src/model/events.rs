//! The stream of events. It is drawn once from the seed and does not depend on the clients, so all see the same events.

use super::listing::Commits;
use crate::policy::event_types::{TypeId, Wanted};
use crate::policy::job;
use crate::rng::{Purpose, Randomness};
use crate::scenario::Scenario;
use crate::time::{Instant, Span};
use std::ops::Range;
use std::sync::Arc;

/// An event's place in a list of events, counted from 0 in order of occurrence.
pub type EventId = u32;

/// The events of a replication, in order of time, and again by resource: all, or those of the types that a client wants.
///
/// A client's source has only the events that the client wants, and knows them by their places among these. Their numbers
/// in the whole stream are their names on the wire and in results.
#[derive(Clone, Debug)]
pub struct Events {
    occurred: Vec<Instant>,
    /// The resource of each; empty where there is only one.
    resource: Vec<u32>,
    /// The type of each; empty where there is only one.
    kind: Vec<TypeId>,
    /// The number of each in the whole stream; None: this is the whole stream.
    number: Option<Vec<u32>>,
    /// The index in `of_resource` at which the events of each resource begin; one entry more than resources.
    first: Vec<u32>,
    of_resource: Vec<EventId>,
    busiest_resource: u32,
    /// When the job started that each event ends; empty where events end no job.
    started: Vec<Instant>,
    /// How long after it occurs the source shows an event, unless each has a time of its own.
    commit_delay: Span,
    /// None where the source shows events in the order in which they occur.
    commits: Option<Commits>,
}

impl Events {
    /// Draws the events of one replication.
    pub fn draw(scenario: &Scenario, randomness: Randomness) -> Self {
        let mut occurred = scenario.events.arrivals.times(scenario.duration, randomness);
        occurred.shrink_to_fit();
        let (resources, types) = (scenario.events.resources, &scenario.events.types);
        let stream = randomness.stream(Purpose::Resource);
        let spread = if resources > 1 { occurred.len() as u64 } else { 0 };
        let resource = |event| (stream.unit(event, 0) * f64::from(resources)) as u32;
        let resource = (0..spread).map(resource).collect();
        let stream = randomness.stream(Purpose::EventType);
        let kind = |event| types.drawn(stream.unit(event, 0));
        let typed = if types.are_several() { occurred.len() as u64 } else { 0 };
        let mut events = Self::new(occurred, resource, (0..typed).map(kind).collect(), None, resources);
        events.busiest_resource =
            events.busy_resources().max_by_key(|&r| (events.of(r).len(), std::cmp::Reverse(r))).unwrap_or(0);
        if let Some(length) = scenario.events.job {
            let stream = randomness.stream(Purpose::Job);
            let started = |(event, &at): (u64, &Instant)| at - length.draw(|| stream.at(event, 0));
            events.started = (0..).zip(&events.occurred).map(started).collect();
        }
        let delay = scenario.source.commit_delay;
        if let Some(delay) = delay.constant() {
            events.commit_delay = delay;
            return events;
        }
        let stream = randomness.stream(Purpose::Commit);
        let shown = |(event, &at): (u64, &Instant)| at + delay.draw(|| stream.at(event, 0));
        let shown = (0..).zip(&events.occurred).map(shown).collect();
        events.with_commits(shown)
    }

    fn new(
        occurred: Vec<Instant>,
        resource: Vec<u32>,
        kind: Vec<TypeId>,
        number: Option<Vec<u32>>,
        resources: u32,
    ) -> Self {
        let resource_of = |event: usize| resource.get(event).map_or(0, |&r| r as usize);
        let mut first = vec![0; resources as usize + 1];
        for event in 0..occurred.len() {
            first[resource_of(event) + 1] += 1;
        }
        for r in 0..resources as usize {
            first[r + 1] += first[r];
        }
        let mut next = first.clone();
        let mut of_resource = vec![0; occurred.len()];
        for event in 0..occurred.len() {
            let next = &mut next[resource_of(event)];
            of_resource[*next as usize] = event as EventId;
            *next += 1;
        }
        Self {
            occurred,
            resource,
            kind,
            number,
            first,
            of_resource,
            busiest_resource: 0,
            started: Vec::new(),
            commit_delay: Span::ZERO,
            commits: None,
        }
    }

    /// The same, shown by the source from these times on.
    fn with_commits(self, at: Vec<Instant>) -> Self {
        let commits = Commits::new(at, (0..self.resources()).map(|resource| self.of(resource)));
        Self { commits: Some(commits), ..self }
    }

    /// Events of one resource, and when the source shows each.
    #[cfg(test)]
    pub(super) fn shown_at(occurred: Vec<Instant>, shown: Vec<Instant>) -> Self {
        Self::new(occurred, vec![], vec![], None, 1).with_commits(shown)
    }

    const fn resources(&self) -> u32 {
        self.first.len() as u32 - 1
    }

    /// The events that occur before `until`.
    pub fn before(&self, until: Instant) -> Self {
        let kept = self.occurred.partition_point(|&at| at < until);
        let occurred = self.occurred[..kept].to_vec();
        let resource = self.resource[..kept.min(self.resource.len())].to_vec();
        let kind = self.kind[..kept.min(self.kind.len())].to_vec();
        let number = self.number.as_ref().map(|number| number[..kept].to_vec());
        let cut = Self::new(occurred, resource, kind, number, self.resources());
        let started = self.started[..kept.min(self.started.len())].to_vec();
        let cut =
            Self { busiest_resource: self.busiest_resource, started, commit_delay: self.commit_delay, ..cut };
        match &self.commits {
            Some(commits) => cut.with_commits(commits.at_of(0..kept as EventId)),
            None => cut,
        }
    }

    /// The events of the types that somebody wants.
    pub fn wanted(self: &Arc<Self>, scenario: &Scenario, wanted: &Wanted) -> Arc<Self> {
        let Some(chosen) = scenario.events.types.chosen(wanted) else { return Arc::clone(self) };
        let is_wanted = |&event: &EventId| chosen[usize::from(self.kind(event))];
        let kept: Vec<EventId> = (0..self.occurred.len() as EventId).filter(is_wanted).collect();
        let of = |event: &EventId| *event as usize;
        let own = Self::new(
            kept.iter().map(|event| self.occurred[of(event)]).collect(),
            kept.iter().filter_map(|event| self.resource.get(of(event)).copied()).collect(),
            kept.iter().map(|event| self.kind(*event)).collect(),
            Some(kept.iter().map(|event| self.number(*event)).collect()),
            self.resources(),
        );
        let started = kept.iter().filter_map(|event| self.started.get(of(event)).copied()).collect();
        let own =
            Self { busiest_resource: self.busiest_resource, started, commit_delay: self.commit_delay, ..own };
        Arc::new(match &self.commits {
            Some(commits) => own.with_commits(commits.at_of(kept.into_iter())),
            None => own,
        })
    }

    /// When each event is scheduled to occur, in order.
    pub fn occurred(&self) -> &[Instant] {
        &self.occurred
    }

    /// When the job started that an event ends; the event itself where it ends none.
    pub fn started(&self, event: EventId) -> Instant {
        self.started.get(event as usize).copied().unwrap_or(self.occurred[event as usize])
    }

    /// The resource that an event belongs to.
    #[inline]
    pub fn resource(&self, event: EventId) -> u32 {
        self.resource.get(event as usize).copied().unwrap_or(0)
    }

    /// The type of an event.
    pub fn kind(&self, event: EventId) -> TypeId {
        self.kind.get(event as usize).copied().unwrap_or(0)
    }

    /// The number of an event in the whole stream, counted from 0.
    pub fn number(&self, event: EventId) -> u32 {
        self.number.as_ref().map_or(event, |number| number[event as usize])
    }

    /// The place of the event of that number; None where it is not among these.
    pub fn place(&self, number: u32) -> Option<EventId> {
        match &self.number {
            None => ((number as usize) < self.occurred.len()).then_some(number),
            Some(numbers) => numbers.binary_search(&number).ok().map(|place| place as EventId),
        }
    }

    /// The events of one resource, in order of time.
    #[inline]
    pub fn of(&self, resource: u32) -> &[EventId] {
        let (from, until) = (self.first[resource as usize], self.first[resource as usize + 1]);
        &self.of_resource[from as usize..until as usize]
    }

    /// The time from which the source shows an event.
    #[inline]
    pub fn shown_from(&self, event: EventId) -> Instant {
        match &self.commits {
            None => self.occurred[event as usize] + self.commit_delay,
            Some(commits) => commits.at(event),
        }
    }

    /// What the source says at that time of the job that an event ends.
    pub fn job(&self, now: Instant, event: EventId) -> job::Status {
        job::Status::at(now, self.started(event), self.shown_from(event))
    }

    /// The events of one resource in the order in which the source shows them.
    #[inline]
    pub fn in_order_of_showing(&self, resource: u32) -> &[EventId] {
        let (from, until) = (self.first[resource as usize], self.first[resource as usize + 1]);
        &self.all_in_order_of_showing()[from as usize..until as usize]
    }

    #[inline(always)]
    fn all_in_order_of_showing(&self) -> &[EventId] {
        self.commits.as_ref().map_or(&self.of_resource, Commits::order)
    }

    /// How many events of a resource the source shows at that time. It is fastest where that is `near`.
    #[inline(always)]
    pub fn showing(&self, now: Instant, resource: u32, near: u32) -> u32 {
        let (first, end) = (self.first[resource as usize], self.first[resource as usize + 1]);
        let order = self.all_in_order_of_showing();
        let is_shown = |number: u32| self.shown_from(order[number as usize]) <= now;
        let near = first + near;
        let as_many = near == first || is_shown(near - 1);
        if as_many && (near == end || !is_shown(near)) {
            return near - first;
        }
        let range = if as_many { near + 1..end } else { first..near - 1 };
        partition_point(range, as_many, is_shown) - first
    }

    /// Whether the source shows events in another order than they occur.
    #[inline]
    pub const fn are_shuffled(&self) -> bool {
        self.commits.is_some()
    }

    pub(super) const fn commits(&self) -> Option<&Commits> {
        self.commits.as_ref()
    }

    /// The index of the first event of a resource.
    pub(super) fn first_of(&self, resource: u32) -> u32 {
        self.first[resource as usize]
    }

    /// The resources that have events, in order.
    pub fn busy_resources(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.resources()).filter(|&r| self.first[r as usize] < self.first[r as usize + 1])
    }

    /// The resource with the most events of the whole stream; the first one where several have the same number. Charts
    /// show it of each client.
    pub const fn busiest_resource(&self) -> u32 {
        self.busiest_resource
    }

    /// The cursor after all events of a resource whose numbers are below that one.
    pub fn cursor_before(&self, resource: u32, number: u32) -> u32 {
        self.of(resource).partition_point(|&event| self.number(event) < number) as u32
    }
}

/// The first number of the range that does not belong to its beginning. It is sought in steps that double, from the start of
/// the range or from its end.
#[inline(never)]
fn partition_point(range: Range<u32>, from_start: bool, belongs: impl Fn(u32) -> bool) -> u32 {
    let Range { start: mut low, end: mut high } = range;
    let mut step = 1;
    while high - low > step {
        let probe = if from_start { low + step } else { high - step };
        match (belongs(probe), from_start) {
            (true, true) => low = probe + 1,
            (false, false) => high = probe,
            (true, false) => {
                low = probe + 1;
                break;
            }
            (false, true) => {
                high = probe;
                break;
            }
        }
        step = step.saturating_mul(2);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if belongs(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_event_stands_once_in_the_list_of_its_resource() {
        let at = |n| Instant(n);
        let events = Events::new(vec![at(1), at(2), at(3), at(4)], vec![2, 0, 2, 2], vec![], None, 4);
        assert_eq!(events.of(2), [0, 2, 3]);
        assert_eq!(events.of(0), [1]);
        assert!(events.of(1).is_empty() && events.of(3).is_empty());
        assert_eq!(events.busy_resources().collect::<Vec<_>>(), [0, 2]);
        assert_eq!((events.cursor_before(2, 3), events.cursor_before(2, 2)), (2, 1));
        assert_eq!(events.before(at(3)).of(2), [0]);
    }

    proptest! {
        /// Against a count of all, from every number that may have been shown before.
        #[test]
        fn what_is_shown_follows_from_the_time(
            mut occurred in prop::collection::vec(0_i64..40, 0..40),
            delays in prop::collection::vec(0_i64..20, 40),
            own in any::<bool>(),
            now in -1_i64..70,
            near in 0_usize..40,
        ) {
            occurred.sort_unstable();
            let shown = |(at, own_delay): (&i64, &i64)| Instant(at + if own { *own_delay } else { 5 });
            let shown: Vec<Instant> = occurred.iter().zip(&delays).map(shown).collect();
            let expected = shown.iter().filter(|&&at| at <= Instant(now)).count() as u32;
            let occurred: Vec<Instant> = occurred.into_iter().map(Instant).collect();
            let near = near.min(occurred.len()) as u32;
            let events = match own {
                true => Events::shown_at(occurred, shown.clone()),
                false => Events { commit_delay: Span(5), ..Events::new(occurred, vec![], vec![], None, 1) },
            };
            prop_assert_eq!(events.showing(Instant(now), 0, near), expected);
            let order = events.in_order_of_showing(0);
            prop_assert!(order.is_sorted_by_key(|&event| events.shown_from(event)) && order.len() == shown.len());
        }
    }

    #[test]
    fn who_wants_some_types_has_their_events_under_their_numbers() {
        let text = "duration = \"1000s\"\n[events]\ntypes = { like = 3, comment = 1 }\nresources = 2\n\
            arrivals = { process = \"constant\", rate = \"1/s\" }\n[[client]]\nkind = \"webhook\"\n";
        let scenario = crate::scenario::load("types", text, &[]).unwrap();
        let all = Arc::new(Events::draw(&scenario, Randomness::new(1, 0)));
        let comments = all.wanted(&scenario, &Wanted::These(vec!["comment".into()]));
        let likes = all.wanted(&scenario, &Wanted::These(vec!["like".into()]));
        assert_eq!(comments.occurred().len() + likes.occurred().len(), 999);
        // 250 of 1000 and four standard deviations of 13.7.
        assert!((195..=305).contains(&comments.occurred().len()), "{}", comments.occurred().len());
        for own in [&comments, &likes] {
            for place in 0..own.occurred().len() as u32 {
                let number = own.number(place);
                assert_eq!((own.place(number), own.kind(place)), (Some(place), all.kind(number)));
                assert_eq!(own.occurred()[place as usize], all.occurred()[number as usize]);
                assert_eq!(own.resource(place), all.resource(number));
            }
        }
        let is_one = |number: &u32| comments.place(*number).is_some() != likes.place(*number).is_some();
        assert!((0..999).all(|number| is_one(&number)));
        // Who wants all has the stream itself, and a choice of a choice keeps the numbers.
        assert!(Arc::ptr_eq(&all, &all.wanted(&scenario, &Wanted::All)));
        let again = comments.wanted(&scenario, &Wanted::These(vec!["comment".into()]));
        assert_eq!(
            (again.number(7), again.occurred().len()),
            (comments.number(7), comments.occurred().len())
        );
        let first = comments.before(comments.occurred()[1]);
        assert_eq!((first.number(0), first.occurred().len()), (comments.number(0), 1));
    }
}
