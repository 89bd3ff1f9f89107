//! The inbox: which events the members of a client hold, and which were announced to them. Only the inbox decides whether
//! an event is new to a member.

use super::events::EventId;
use super::exchange::Batch;
use crate::time::Instant;

/// One bit for each pair of event and member.
#[derive(Clone, Debug)]
pub(super) struct Inbox {
    members: u32,
    held: Vec<u64>,
    announced: Vec<u64>,
    /// What was announced and not looked at: members and events.
    news: Vec<(u32, Batch)>,
    /// When each pair of event and member was last processed; None: for a client that never forgets.
    processed: Option<Vec<Instant>>,
}

impl Inbox {
    /// `forgets`: the client asks when it processed an event.
    pub(super) fn new(members: u32, forgets: bool) -> Self {
        let processed = forgets.then(Vec::new);
        Self { members, held: Vec::new(), announced: Vec::new(), news: Vec::new(), processed }
    }

    /// Whether a member holds an event.
    pub(super) fn holds(&self, event: EventId, member: u32) -> bool {
        let (word, bit) = self.place(event, member);
        self.held.get(word).is_some_and(|held| held & bit != 0)
    }

    /// When a member last processed an event that it holds; the start of the run where that is not kept.
    pub(super) fn processed(&self, event: EventId, member: u32) -> Instant {
        let processed =
            self.processed.as_ref().and_then(|processed| processed.get(self.index(event, member)));
        processed.copied().unwrap_or(Instant::START)
    }

    /// A member processes an event, for the first time or again.
    pub(super) fn process(&mut self, now: Instant, event: EventId, member: u32) {
        let index = self.index(event, member);
        if let Some(processed) = &mut self.processed {
            if index >= processed.len() {
                processed.resize(index + 1, Instant::START);
            }
            processed[index] = now;
        }
    }

    /// A channel brings an event to a member. Returns whether the event is new to it.
    pub(super) fn take(&mut self, now: Instant, event: EventId, member: u32) -> bool {
        let (word, bit) = self.place(event, member);
        if word >= self.held.len() {
            self.held.resize(word + 1, 0);
        }
        let new = self.held[word] & bit == 0;
        self.held[word] |= bit;
        if new {
            self.process(now, event, member);
        }
        new
    }

    /// A notice tells a member of events.
    pub(super) fn announce(&mut self, batch: Batch, member: u32) {
        for event in batch.iter() {
            let (word, bit) = self.place(event, member);
            if word >= self.announced.len() {
                self.announced.resize(word + 1, 0);
            }
            self.announced[word] |= bit;
        }
        self.news.push((member, batch));
    }

    /// Whether a member holds an event, or was told of it.
    pub(super) fn knows(&self, event: EventId, member: u32) -> bool {
        let (word, bit) = self.place(event, member);
        self.holds(event, member) || self.announced.get(word).is_some_and(|announced| announced & bit != 0)
    }

    /// What was announced since the last look.
    pub(super) fn news(&mut self) -> Vec<(u32, Batch)> {
        std::mem::take(&mut self.news)
    }

    fn place(&self, event: EventId, member: u32) -> (usize, u64) {
        let index = self.index(event, member);
        (index / 64, 1 << (index % 64))
    }

    const fn index(&self, event: EventId, member: u32) -> usize {
        event as usize * self.members as usize + member as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_is_new_once_for_each_member() {
        let mut inbox = Inbox::new(3, false);
        let at = Instant::START;
        assert!(!inbox.holds(70, 2));
        assert!(inbox.take(at, 70, 2) && inbox.take(at, 70, 1) && !inbox.take(at, 70, 2));
        assert!(inbox.holds(70, 2) && !inbox.holds(70, 0) && !inbox.holds(69, 2));
        inbox.announce(Batch { first: 68, events: 2 }, 0);
        assert!(inbox.knows(69, 0) && inbox.knows(70, 2) && !inbox.knows(70, 0) && !inbox.holds(69, 0));
        assert_eq!((inbox.news().len(), inbox.news().len()), (1, 0));
    }

    /// What comes again and is not processed again does not refresh the memory.
    #[test]
    fn the_time_is_that_of_the_last_processing() {
        let mut inbox = Inbox::new(2, true);
        assert!(inbox.take(Instant(5), 3, 1) && !inbox.take(Instant(9), 3, 1));
        assert_eq!(inbox.processed(3, 1), Instant(5));
        inbox.process(Instant(12), 3, 1);
        assert_eq!((inbox.processed(3, 1), inbox.processed(3, 0)), (Instant(12), Instant::START));
    }
}
