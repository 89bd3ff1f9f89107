//! Batches: events that wait to be sent together, and how many events each delivery has.

use crate::model::Outbox;
use crate::model::events::EventId;
use crate::model::exchange::Batch;
use crate::policy::batching::Batching;
use crate::time::Instant;

/// The batches of one client. All members get the same.
#[derive(Clone, Debug)]
pub(super) struct Batches {
    batching: Batching,
    /// The events that wait, and when they are sent.
    open: Option<(Batch, Instant)>,
    /// Whether the timer is set. It may be due earlier than the batch that waits.
    is_set: bool,
    /// For each event with which a batch begins that was sent: how many events it has.
    sent: Vec<u32>,
}

impl Batches {
    pub(super) const fn new(batching: Batching) -> Self {
        Self { batching, open: None, is_set: false, sent: Vec::new() }
    }

    /// An event occurs. Returns the first event of the batch if it is full.
    pub(super) fn occur(&mut self, now: Instant, event: EventId, out: &mut impl Outbox) -> Option<EventId> {
        let (batch, due) = match self.open {
            Some((Batch { first, events }, due)) => (Batch { first, events: events + 1 }, Some(due)),
            None => (Batch { first: event, events: 1 }, None),
        };
        let due = self.batching.due(now, due);
        self.open = Some((batch, due));
        if self.batching.is_full(batch.events) {
            return self.close();
        }
        if !std::mem::replace(&mut self.is_set, true) {
            out.wake(due, super::sender::timer(DUE));
        }
        None
    }

    /// The timer is due. Returns the first event of the batch if its wait is over.
    pub(super) fn due(&mut self, now: Instant, out: &mut impl Outbox) -> Option<EventId> {
        match self.open {
            Some((_, due)) if due > now => {
                out.wake(due, super::sender::timer(DUE));
                None
            }
            Some(_) | None => {
                self.is_set = false;
                self.close()
            }
        }
    }

    /// The events of the batch that begins with an event.
    pub(super) fn of(&self, first: EventId) -> u32 {
        self.sent[first as usize]
    }

    fn close(&mut self) -> Option<EventId> {
        let (Batch { first, events }, _) = self.open.take()?;
        self.sent.resize(first as usize + 1, 0);
        self.sent[first as usize] = events;
        Some(first)
    }
}

/// The number of the timer of the batch that waits.
pub(super) const DUE: u32 = u32::MAX - 1;
