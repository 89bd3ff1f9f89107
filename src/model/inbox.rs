//! The inbox: which events the members of a client hold. Only the inbox decides whether an event is new to a member.

use super::events::EventId;

/// One bit for each pair of event and member.
#[derive(Clone, Debug)]
pub(super) struct Inbox {
    members: u32,
    held: Vec<u64>,
}

impl Inbox {
    pub(super) const fn new(members: u32) -> Self {
        Self { members, held: Vec::new() }
    }

    /// Whether a member holds an event.
    pub(super) fn holds(&self, event: EventId, member: u32) -> bool {
        let (word, bit) = self.place(event, member);
        self.held.get(word).is_some_and(|held| held & bit != 0)
    }

    /// A channel brings an event to a member. Returns whether the event is new to it.
    pub(super) fn take(&mut self, event: EventId, member: u32) -> bool {
        let (word, bit) = self.place(event, member);
        if word >= self.held.len() {
            self.held.resize(word + 1, 0);
        }
        let new = self.held[word] & bit == 0;
        self.held[word] |= bit;
        new
    }

    fn place(&self, event: EventId, member: u32) -> (usize, u64) {
        let index = event as usize * self.members as usize + member as usize;
        (index / 64, 1 << (index % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_twice_is_new_once_for_each_member() {
        let mut inbox = Inbox::new(3);
        assert!(!inbox.holds(70, 2));
        assert!(inbox.take(70, 2) && inbox.take(70, 1) && !inbox.take(70, 2));
        assert!(inbox.holds(70, 2) && !inbox.holds(70, 0) && !inbox.holds(69, 2));
    }
}
