//! Carries out the effects of a world for [`ClientDriver`](super::ClientDriver).

use super::timers::Timers;
use super::{Arrival, UnderWay};
use crate::live::stream::Streams;
use crate::measure::Recorder;
use crate::model::exchange::{Answer, Exchange, Frame, Reaction, Request};
use crate::model::{Observation, Outbox, Side, Timer};
use crate::time::Instant;
use std::collections::BTreeMap;
use tokio::sync::mpsc;

/// The parts of the driver that the effects of one call change.
pub(super) struct Effects<'a> {
    pub(super) timers: &'a mut Timers,
    pub(super) under_way: &'a mut BTreeMap<Exchange, UnderWay>,
    pub(super) streams: &'a mut Streams,
    pub(super) recorder: &'a mut Option<Recorder>,
    pub(super) sends: &'a mpsc::UnboundedSender<Request>,
    /// HTTP bytes of the exchange that ends in this call: to the source, to the client.
    pub(super) bytes: (u64, u64),
}

impl Outbox for Effects<'_> {
    fn wake(&mut self, at: Instant, timer: Timer) {
        self.timers.set(at, timer);
    }

    fn send(&mut self, request: Request) {
        self.under_way.insert(request.exchange, UnderWay { request, arrival: Arrival::Awaited });
        if let Some(recorder) = self.recorder {
            recorder.sent();
        }
        // The receiver is gone only when the run has ended; then nothing waits for an answer either.
        let _ = self.sends.send(request);
    }

    fn reply(&mut self, at: Instant, request: &Request, reaction: Reaction) {
        // Its exchange may have ended already; then no task waits for the reaction.
        let Some(exchange) = self.under_way.get_mut(&request.exchange) else { return };
        if let Arrival::Taken(taker) = std::mem::replace(&mut exchange.arrival, Arrival::ReactedTo(reaction))
        {
            // The task that received the request ended if the connection broke; the sender has noticed that.
            let _ = taker.send((at, reaction));
        }
        if reaction == Reaction::Answer(Answer::Opened) {
            self.streams.open(at, request.exchange);
        }
    }

    fn push(&mut self, frame: Frame) {
        let is_sent = self.streams.push(frame);
        if let Some(recorder) = self.recorder {
            recorder.pushed();
            recorder.dropped(u64::from(!is_sent));
        }
    }

    fn close(&mut self, at: Instant, stream: &Exchange, by: Side) {
        let dropped = self.streams.close(at, stream, by);
        if let Some(recorder) = self.recorder {
            recorder.dropped(dropped);
        }
    }

    fn observe(&mut self, observation: Observation) {
        let Some(recorder) = self.recorder else { return };
        let bytes = match observation {
            // A stream is opened long before it ends.
            Observation::Ended { exchange, answer: Answer::Opened, .. } => {
                self.streams.bytes(&exchange).unwrap_or(self.bytes)
            }
            Observation::Ended { .. } | Observation::Arrived { .. } => self.bytes,
            Observation::Connected { .. }
            | Observation::Disconnected { .. }
            | Observation::Received { .. }
            | Observation::Delivered { .. }
            | Observation::Announced { .. }
            | Observation::ReceivedAgain { .. }
            | Observation::ProcessedAgain { .. }
            | Observation::Redelivered { .. }
            | Observation::GaveUp { .. }
            | Observation::Disabled { .. }
            | Observation::HeldBack { .. }
            | Observation::BreakerOpens { .. }
            | Observation::Missed { .. }
            | Observation::BreakerCloses { .. } => (0, 0),
        };
        recorder.observe(observation, bytes);
    }
}
