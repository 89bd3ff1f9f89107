//! The stream of events. It is drawn once from the seed and does not depend on the clients, so all see the same events.

use crate::rng::{Purpose, Randomness};
use crate::scenario::Scenario;
use crate::time::Instant;

/// An event's number, counted from 0 in order of occurrence.
pub type EventId = u32;

/// All events of a replication, in order of time, and again by resource.
#[derive(Clone, Debug)]
pub struct Events {
    occurred: Vec<Instant>,
    resource: Vec<u32>,
    /// The index in `of_resource` at which the events of each resource begin; one entry more than resources.
    first: Vec<u32>,
    of_resource: Vec<EventId>,
}

impl Events {
    /// Draws the events of one replication.
    pub fn draw(scenario: &Scenario, randomness: Randomness) -> Self {
        let occurred = scenario.events.arrivals.times(scenario.duration, randomness);
        let resources = scenario.events.resources;
        let stream = randomness.stream(Purpose::Resource);
        let resource = (0..occurred.len() as u64)
            .map(
                |event| {
                    if resources == 1 { 0 } else { (stream.unit(event, 0) * f64::from(resources)) as u32 }
                },
            )
            .collect();
        Self::new(occurred, resource, resources)
    }

    fn new(occurred: Vec<Instant>, resource: Vec<u32>, resources: u32) -> Self {
        let mut first = vec![0; resources as usize + 1];
        for &r in &resource {
            first[r as usize + 1] += 1;
        }
        for r in 0..resources as usize {
            first[r + 1] += first[r];
        }
        let mut next = first.clone();
        let mut of_resource = vec![0; occurred.len()];
        for (event, &r) in resource.iter().enumerate() {
            of_resource[next[r as usize] as usize] = event as EventId;
            next[r as usize] += 1;
        }
        Self { occurred, resource, first, of_resource }
    }

    /// The events that occur before `until`.
    pub fn before(&self, until: Instant) -> Self {
        let kept = self.occurred.partition_point(|&at| at < until);
        let resources = self.first.len() as u32 - 1;
        Self::new(self.occurred[..kept].to_vec(), self.resource[..kept].to_vec(), resources)
    }

    /// When each event is scheduled to occur, in order.
    pub fn occurred(&self) -> &[Instant] {
        &self.occurred
    }

    /// The resource that an event belongs to.
    #[inline]
    pub fn resource(&self, event: EventId) -> u32 {
        self.resource[event as usize]
    }

    /// The events of one resource, in order of time.
    #[inline]
    pub fn of(&self, resource: u32) -> &[EventId] {
        let (from, until) = (self.first[resource as usize], self.first[resource as usize + 1]);
        &self.of_resource[from as usize..until as usize]
    }

    /// The resources that have events, in order.
    pub fn busy_resources(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.first.len() as u32 - 1).filter(|&r| self.first[r as usize] < self.first[r as usize + 1])
    }

    /// The resource with the most events; the first one where several have the same number.
    pub fn busiest_resource(&self) -> u32 {
        self.busy_resources().max_by_key(|&r| (self.of(r).len(), std::cmp::Reverse(r))).unwrap_or(0)
    }

    /// The cursor just after an event: the number of events of the resource up to and including it.
    pub fn cursor_after(&self, resource: u32, event: EventId) -> u32 {
        self.of(resource).partition_point(|&other| other <= event) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_once_in_the_list_of_its_resource() {
        let at = |n| Instant(n);
        let events = Events::new(vec![at(1), at(2), at(3), at(4)], vec![2, 0, 2, 2], 4);
        assert_eq!(events.of(2), [0, 2, 3]);
        assert_eq!(events.of(0), [1]);
        assert!(events.of(1).is_empty() && events.of(3).is_empty());
        assert_eq!(events.busy_resources().collect::<Vec<_>>(), [0, 2]);
        assert_eq!((events.cursor_after(2, 2), events.cursor_after(2, 1)), (2, 1));
        assert_eq!(events.before(at(3)).of(2), [0]);
    }
}
