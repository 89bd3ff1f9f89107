//! Streams. The client opens one for each member and resource, and again whenever it breaks. The source sends events on it
//! as they occur, and first those that the client missed.
//!
//! A side that goes down closes its streams at that time. The exception is a source that hangs: it keeps them, sends
//! nothing, and sends the missed events when it is back. A lost frame breaks the stream, since frames behind it are not
//! waited for; the client reconnects and asks for the events that it does not have. A proxy beside the source may close a
//! stream on which the source sends nothing for a while. Without `replay` a stream begins with what occurs after its
//! request has arrived, and the events before that which the client does not have are missed.

mod receiver;
mod sender;
#[cfg(test)]
mod tests;

use super::Shared;
use crate::model::events::EventId;
use crate::model::exchange::{Answer, Exchange, Frame, Request};
use crate::model::{Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario, Stream};
use crate::time::Instant;
use receiver::Receiver;
use sender::Sender;

/// All streams of one client, with both sides.
#[derive(Clone, Debug)]
pub(in crate::model) struct Streams {
    receiver: Receiver,
    sender: Sender,
}

impl Streams {
    pub(super) fn new(
        channel: Channel,
        config: &Stream,
        scenario: &Scenario,
        client: &Client,
        randomness: Randomness,
    ) -> Self {
        let loops = client.count as usize * scenario.events.resources as usize;
        Self {
            receiver: Receiver::new(channel, config, &client.outages, loops, randomness),
            sender: Sender::new(channel, config, &scenario.source_outages, loops),
        }
    }

    pub(super) const fn channel(&self) -> Channel {
        self.receiver.channel()
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        self.receiver.begin(out);
        self.sender.begin(out);
    }

    /// The client's side: a timer of a loop is due.
    pub(super) fn look(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        self.receiver.look(now, number, shared, out);
    }

    /// The client's side: its request has opened a stream, or has failed.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &Shared,
        out: &mut impl Outbox,
    ) {
        let from = self.sender.from(request.exchange.party);
        self.receiver.answered(now, request, answer, from, shared, out);
    }

    /// The client's side: a frame arrives.
    pub(super) fn frame(&mut self, now: Instant, frame: &Frame, shared: &mut Shared, out: &mut impl Outbox) {
        self.receiver.frame(now, frame, shared, out);
    }

    /// The client's side: a stream broke.
    pub(super) fn lost(&mut self, now: Instant, stream: &Exchange, out: &mut impl Outbox) {
        self.receiver.lost(now, stream, out);
    }

    /// The source's side: a client asks for a stream.
    pub(super) fn arrives(
        &mut self,
        now: Instant,
        request: &Request,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        self.sender.arrives(now, request, shared, out);
    }

    /// The source's side: an event has occurred.
    pub(super) fn occur(&mut self, now: Instant, event: EventId, shared: &Shared, out: &mut impl Outbox) {
        self.sender.occur(now, event, shared, out);
    }

    /// The source's side: a timer is due.
    pub(super) fn due(&mut self, now: Instant, number: u32, shared: &Shared, out: &mut impl Outbox) {
        self.sender.due(now, number, shared, out);
    }

    /// The source's side: the client has closed a stream, or it broke.
    pub(super) fn client_left(&mut self, now: Instant, stream: &Exchange, out: &mut impl Outbox) {
        self.sender.client_left(now, stream, out);
    }
}

const fn timer(channel: Channel, side: Side, number: u32) -> Timer {
    Timer { channel, side, number }
}
