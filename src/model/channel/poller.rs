//! A client that only polls, for a driver that works one of its loops after the other.
//!
//! No event occurs there: what the source shows follows from the time at which a poll arrives, so that a loop may run ahead
//! of the others.

use super::poll::{self, Polls};
use super::{Machine, Shared};
use crate::model::exchange::{Answer, Ask, Request};
use crate::model::{Outbox, World};
use crate::policy::channel::Channel;
use crate::time::Instant;

/// The polls of a world, and their source.
pub struct Poller<'a> {
    polls: &'a mut Polls,
    shared: &'a mut Shared,
}

impl World {
    /// Its polls; None where it has none. For a client that has no other channel, in place of [`Self::handle`].
    pub fn poller(&mut self) -> Option<Poller<'_>> {
        let Self { shared, machines } = self;
        let Some(Machine::Poll(polls)) = &mut machines[Channel::Poll as usize] else { return None };
        Some(Poller { polls, shared })
    }
}

impl Poller<'_> {
    /// A tick of a loop is due.
    #[inline(always)]
    pub fn tick(&mut self, now: Instant, poll_loop: u32, out: &mut impl Outbox) {
        self.polls.tick(now, poll_loop, self.shared, out);
    }

    /// A poll arrives at the source, before or after those that arrived by now.
    #[inline(always)]
    pub fn arrives(&mut self, now: Instant, request: &Request, out: &mut impl Outbox) {
        let shared = &mut *self.shared;
        if let Ask::Events { resource, .. } | Ask::Since { resource, .. } | Ask::Newest { resource, .. } =
            request.ask
        {
            shared.source.show_at(now, &shared.events, resource);
        }
        poll::arrives(now, request, shared, out);
    }

    /// A poll ends.
    #[inline(always)]
    pub fn answered(&mut self, now: Instant, request: &Request, answer: Answer, out: &mut impl Outbox) {
        self.polls.answered(now, request, answer, self.shared, out);
    }
}
