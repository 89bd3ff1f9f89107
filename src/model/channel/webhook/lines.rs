//! Ordered delivery: each member has a line, and only the delivery at its head is under way. One that fails blocks those
//! behind it until it is acknowledged or given up (head-of-line blocking).

use std::collections::VecDeque;

/// The lines of all members.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<Line>);

/// The line of one member.
#[derive(Clone, Debug, Default)]
struct Line {
    /// Whether a delivery is under way.
    is_busy: bool,
    /// Deliveries behind it, in order of occurrence.
    behind: VecDeque<u32>,
}

impl Lines {
    pub(super) fn new(members: u32) -> Self {
        Self(vec![Line::default(); members as usize])
    }

    /// A delivery joins the line. Returns whether it is the head.
    pub(super) fn join(&mut self, member: u32, delivery: u32) -> bool {
        let line = &mut self.0[member as usize];
        if std::mem::replace(&mut line.is_busy, true) {
            line.behind.push_back(delivery);
            return false;
        }
        true
    }

    /// The head has left. Returns the next one.
    pub(super) fn next(&mut self, member: u32) -> Option<u32> {
        let line = &mut self.0[member as usize];
        let next = line.behind.pop_front();
        line.is_busy = next.is_some();
        next
    }
}
