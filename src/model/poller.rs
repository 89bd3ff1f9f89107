//! The polling client: one loop for each member and resource, one request at a time in each.

use super::exchange::{Answer, Poll, Request};
use super::{Observation, Outbox, Timer};
use crate::policy::outage::Outages;
use crate::policy::schedule::{PollSchedule, Tick};
use crate::rng::Randomness;
use crate::time::Instant;

/// All poll loops of one client.
#[derive(Clone, Debug)]
pub(super) struct Poller {
    schedule: PollSchedule,
    outages: Outages,
    randomness: Randomness,
    loops: Vec<Loop>,
}

/// One loop.
#[derive(Clone, Copy, Debug)]
struct Loop {
    tick: Tick,
    /// Events of its resource that it has fetched.
    cursor: u32,
    /// Whether the poll that was sent at the tick's start waits for its answer.
    asking: bool,
}

impl Poller {
    pub(super) fn new(
        schedule: &PollSchedule,
        outages: &Outages,
        randomness: Randomness,
        loops: u32,
    ) -> Self {
        let first = |poll_loop| Loop {
            tick: schedule.first(randomness, u64::from(poll_loop)),
            cursor: 0,
            asking: false,
        };
        Self {
            schedule: schedule.clone(),
            outages: outages.clone(),
            randomness,
            loops: (0..loops).map(first).collect(),
        }
    }

    pub(super) fn begin(&self, out: &mut impl Outbox) {
        for (poll_loop, state) in self.loops.iter().enumerate() {
            out.wake(state.tick.start, Timer::Poll(poll_loop as u32));
        }
    }

    /// The cursor of a loop.
    #[inline]
    pub(super) fn cursor(&self, poll_loop: u32) -> u32 {
        self.loops[poll_loop as usize].cursor
    }

    /// A tick has come: asks, unless the client is down.
    #[inline]
    pub(super) fn tick(&mut self, now: Instant, poll_loop: u32, out: &mut impl Outbox) {
        let state = &mut self.loops[poll_loop as usize];
        let up = self.outages.up_from(now);
        if up > now {
            state.tick = self.schedule.resume(self.randomness, u64::from(poll_loop), state.tick, up);
            out.wake(state.tick.start, Timer::Poll(poll_loop));
            return;
        }
        state.tick.start = now;
        state.asking = true;
        let poll = Poll { poll_loop, cursor: state.cursor, number: state.tick.number };
        out.send(now, Request::Poll(poll), now + self.schedule.timeout);
    }

    /// The answer is there, or will not come. Returns how many events it brought and from which cursor on; the
    /// caller knows which of them are new. A client that was down meanwhile never sees the answer.
    #[inline]
    pub(super) fn answered(&mut self, now: Instant, poll: Poll, answer: Answer) -> Arrived {
        let state = &mut self.loops[poll.poll_loop as usize];
        let sent = state.tick.start;
        state.asking = false;
        let answer = if self.outages.touch(sent, now) { Answer::Aborted } else { answer };
        let events = match answer {
            Answer::Page { events, .. } => events,
            _ => 0,
        };
        state.cursor += events;
        state.tick = self.schedule.next(self.randomness, u64::from(poll.poll_loop), state.tick, now);
        Arrived { sent, answer, events, next: state.tick.start.max(now) }
    }

    /// Ends every exchange that is under way, unanswered.
    pub(super) fn abort(&mut self, now: Instant, out: &mut impl Outbox) {
        for (poll_loop, state) in self.loops.iter_mut().enumerate() {
            if std::mem::take(&mut state.asking) {
                let sent = state.tick.start;
                let number = state.tick.number;
                let poll = Poll { poll_loop: poll_loop as u32, cursor: state.cursor, number };
                out.observe(Observation::Ended {
                    request: Request::Poll(poll),
                    sent,
                    ended: now,
                    answer: Answer::Aborted,
                    new: 0,
                });
            }
        }
    }
}

/// What a poll came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrived {
    pub(super) sent: Instant,
    pub(super) answer: Answer,
    pub(super) events: u32,
    /// When the loop asks next.
    pub(super) next: Instant,
}
