//! Which members answer slowly, and are delayed or dropped for it.

use crate::model::exchange::{Answer, Request};
use crate::policy::share::Recent;
use crate::policy::slow::{SlowPenalty, Treatment};
use crate::scenario::Webhook;
use crate::time::Instant;

/// The attempts to all members. They are there only where the source has such a penalty.
#[derive(Clone, Debug)]
pub(super) struct Slow {
    rule: SlowPenalty,
    members: Vec<Recent>,
}

impl Slow {
    /// None where the source has no such penalty.
    pub(super) fn of(webhook: &Webhook, members: u32) -> Option<Self> {
        webhook.slow_penalty.map(|rule| Self { rule, members: vec![Recent::default(); members as usize] })
    }

    /// How a new delivery to a member is treated.
    pub(super) fn treats(&mut self, now: Instant, member: u32) -> Treatment {
        self.rule.treats(now, &mut self.members[member as usize])
    }

    /// An attempt ends. One without an answer counts as slow, however soon that was known.
    pub(super) fn ended(&mut self, now: Instant, request: &Request, answer: Answer) {
        let is_slow = !answer.is_response() || self.rule.is_slow(now - request.sent);
        self.members[request.exchange.party as usize].add(now, self.rule.window, is_slow);
    }
}
