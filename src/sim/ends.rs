//! The outboxes of the first and of the last moment of a run.

use crate::model::exchange::{Exchange, Frame, Reaction, Request};
use crate::model::{Observation, Outbox, Side, Timer};
use crate::time::Instant;

/// Collects the first timers of a world.
#[derive(Default)]
pub(super) struct Beginning(Vec<(Instant, Timer)>);

impl Beginning {
    /// Hands over each, in any order.
    pub(super) fn each(self, set: impl FnMut(Instant, Timer)) {
        let mut set = set;
        self.0.into_iter().for_each(|(at, timer)| set(at, timer));
    }

    /// In order of time, as they enter the agenda best.
    pub(super) fn in_order(mut self) -> Vec<(Instant, Timer)> {
        self.0.sort_by_key(|&(at, _)| at);
        self.0
    }
}

impl Outbox for Beginning {
    fn wake(&mut self, at: Instant, timer: Timer) {
        self.0.push((at, timer));
    }

    fn send(&mut self, _: Request) {
        unreachable!("nothing is sent before the first timer");
    }

    fn reply(&mut self, _: Instant, _: &Request, _: Reaction) {
        unreachable!("nothing was asked before the first timer");
    }

    fn push(&mut self, _: Frame) {
        unreachable!("no stream is open before the first timer");
    }

    fn close(&mut self, _: Instant, _: &Exchange, _: Side) {
        unreachable!("no stream is open before the first timer");
    }

    fn observe(&mut self, _: Observation) {
        unreachable!("nothing happens before the first timer");
    }
}

/// Records how exchanges end at the end of the run, and drops all other effects.
pub(super) struct Closing<F> {
    pub(super) observe: F,
}

impl<F: FnMut(Observation)> Outbox for Closing<F> {
    fn wake(&mut self, _: Instant, _: Timer) {}

    fn send(&mut self, _: Request) {}

    fn reply(&mut self, _: Instant, _: &Request, _: Reaction) {}

    fn push(&mut self, _: Frame) {}

    fn close(&mut self, _: Instant, _: &Exchange, _: Side) {}

    fn observe(&mut self, observation: Observation) {
        (self.observe)(observation);
    }
}
