//! A queue of entries that arrive in order, as a ring buffer that grows.

/// Entries, first in, first out.
///
/// It is faster than `VecDeque` in the agenda: an entry need not go through memory on its way from the registers, and an
/// empty queue still has a place to read from, so that no step needs to test whether it is empty.
#[derive(Clone, Debug)]
pub(super) struct Lane<E> {
    /// A power of two of places. The queue takes `length` of them from `first` on, and wraps round the end.
    ring: Vec<E>,
    first: usize,
    length: usize,
}

impl<E: Copy + Default> Lane<E> {
    pub(super) fn new() -> Self {
        Self { ring: vec![E::default(); 4], first: 0, length: 0 }
    }

    #[inline(always)]
    pub(super) const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The first entry; an arbitrary one where the queue is empty.
    #[inline(always)]
    pub(super) fn front(&self) -> &E {
        &self.ring[self.first]
    }

    /// Removes the first entry. There must be one.
    #[inline(always)]
    pub(super) fn pop_front(&mut self) -> E {
        debug_assert!(!self.is_empty(), "an empty lane has no first entry");
        let entry = *self.front();
        self.first = self.place(1);
        self.length -= 1;
        entry
    }

    #[inline(always)]
    pub(super) fn push_back(&mut self, entry: E) {
        if self.length == self.ring.len() {
            self.grow();
        }
        let place = self.place(self.length);
        self.ring[place] = entry;
        self.length += 1;
    }

    #[inline(always)]
    const fn place(&self, number: usize) -> usize {
        (self.first + number) & (self.ring.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        self.ring.rotate_left(self.first);
        self.first = 0;
        self.ring.resize(2 * self.length, E::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    proptest! {
        #[test]
        fn a_lane_is_a_queue(steps in prop::collection::vec(0..5_u8, 0..200)) {
            let (mut lane, mut queue) = (Lane::new(), VecDeque::new());
            for (number, step) in steps.into_iter().enumerate() {
                if step < 3 {
                    lane.push_back(number);
                    queue.push_back(number);
                } else if let Some(first) = queue.pop_front() {
                    prop_assert_eq!(lane.pop_front(), first);
                }
                prop_assert_eq!(lane.is_empty(), queue.is_empty());
                if let Some(first) = queue.front() {
                    prop_assert_eq!(lane.front(), first);
                }
            }
        }
    }
}
