//! Whether the source still delivers to each member, or has disabled it.

use crate::model::exchange::{Answer, Request};
use crate::policy::disable::{Disable, Failure, Standing};
use crate::scenario::Webhook;
use crate::time::{Instant, Span};

/// The standing of all members. It is there only where the source may disable one.
#[derive(Clone, Debug)]
pub(super) struct Standings {
    rule: Disable,
    /// None: never.
    enable_after: Option<Span>,
    members: Vec<Standing>,
}

impl Standings {
    /// None where nothing disables a member.
    pub(super) fn of(webhook: &Webhook, members: u32) -> Option<Self> {
        (webhook.disable_after != Disable::Never).then(|| Self {
            rule: webhook.disable_after,
            enable_after: webhook.enable_after,
            members: vec![Standing::default(); members as usize],
        })
    }

    /// From when on a member gets deliveries: not later than `at` where it is not disabled then.
    pub(super) fn enabled(&self, member: u32) -> Instant {
        self.members[member as usize].enabled
    }

    /// An attempt ends; `is_last`: no retry follows where it has failed. Returns until when the member is disabled from
    /// now on, if this disables it. An attempt that was sent before it was last enabled says nothing.
    pub(super) fn ended(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        is_last: bool,
    ) -> Option<Instant> {
        let standing = &mut self.members[request.exchange.party as usize];
        let failure = Failure { at: now, is_gone: answer == Answer::Status(410), is_last };
        let failure = (!answer.acknowledges()).then_some(failure);
        standing.ended((self.rule, self.enable_after), (request.sent, now), failure)
    }
}
