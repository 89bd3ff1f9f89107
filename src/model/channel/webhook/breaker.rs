//! Circuit breakers: after several failures in a row the sender leaves a member alone for a pause, and then tries one delivery
//! (Nygard, *Release It!*, 2007). What is due in the meantime is held.

use crate::model::exchange::{Answer, Request};
use crate::policy::breaker::{Breaker, Opens};
use crate::policy::share::Recent;
use crate::scenario::Webhook;
use crate::time::Instant;
use std::collections::VecDeque;

/// The breakers of all members. They are there only where the sender has one.
#[derive(Clone, Debug)]
pub(super) struct Breakers {
    rule: Breaker,
    members: Vec<Member>,
}

#[derive(Clone, Debug, Default)]
struct Member {
    state: State,
    /// The attempts so far, where their share opens the breaker.
    recent: Recent,
    /// Deliveries that are due and not sent, first in, first out.
    held: VecDeque<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything is sent; so many attempts have failed since the last success.
    Closed { failures: u32 },
    /// Nothing is sent.
    Open,
    /// The pause is over: the next delivery is sent to try.
    HalfOpen,
    /// That delivery is under way.
    Trying(u32),
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// What the end of an attempt, or of a pause, changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The breaker opens until then.
    Opens(Instant),
    /// It closes.
    Closes,
}

impl Breakers {
    /// None where the sender has no breaker.
    pub(super) fn of(webhook: &Webhook, members: u32) -> Option<Self> {
        webhook.breaker.map(|rule| Self { rule, members: vec![Member::default(); members as usize] })
    }

    /// A delivery is due. Returns whether it may be sent; otherwise it is held.
    pub(super) fn admits(&mut self, member: u32, delivery: u32) -> bool {
        let own = &mut self.members[member as usize];
        match own.state {
            State::Closed { .. } => true,
            State::HalfOpen => {
                own.state = State::Trying(delivery);
                true
            }
            State::Open | State::Trying(_) => {
                own.held.push_back(delivery);
                false
            }
        }
    }

    /// An attempt ends. Any success closes the breaker. Failures of attempts that were under way when it opened change
    /// nothing.
    pub(super) fn ended(
        &mut self,
        now: Instant,
        request: &Request,
        delivery: u32,
        answer: Answer,
    ) -> Option<Change> {
        let own = &mut self.members[request.exchange.party as usize];
        if let (Opens::Share(share), State::Closed { .. }) = (self.rule.opens, own.state) {
            own.recent.add(now, share.window, !answer.acknowledges());
        }
        let opens = match own.state {
            State::Closed { .. } if answer.acknowledges() => {
                own.state = State::default();
                return None;
            }
            _ if answer.acknowledges() => {
                own.state = State::default();
                return Some(Change::Closes);
            }
            State::Closed { failures } => {
                own.state = State::Closed { failures: failures + 1 };
                match self.rule.opens {
                    Opens::InARow(most) => failures + 1 >= most,
                    Opens::Share(share) => own.recent.exceeds(now, share),
                }
            }
            State::Trying(tried) => tried == delivery,
            State::Open | State::HalfOpen => false,
        };
        opens.then(|| {
            own.state = State::Open;
            own.recent = Recent::default();
            Change::Opens(now + self.rule.pause)
        })
    }

    /// The pause of a member is over. Returns the delivery to try, if one is held.
    pub(super) fn paused(&mut self, member: u32) -> Option<u32> {
        let own = &mut self.members[member as usize];
        if own.state != State::Open {
            return None;
        }
        own.state = State::HalfOpen;
        own.held.pop_front()
    }

    /// All deliveries to a member that are held.
    pub(super) fn release(&mut self, member: u32) -> VecDeque<u32> {
        std::mem::take(&mut self.members[member as usize].held)
    }
}
