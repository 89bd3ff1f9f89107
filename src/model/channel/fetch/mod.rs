//! Fetching what notices announce. A thin webhook tells only the ids of events; the client then asks the source for the
//! events: for what follows the last event that it has (`by_cursor`, one request at a time), or for each by its id
//! (`by_id`).
//!
//! Where a fetch does not bring what was announced, because it failed or the API does not show the event yet, the
//! client looks again after a pause, or does not.

mod by_cursor;
mod by_id;

use super::Shared;
use crate::model::exchange::{Answer, Request};
use crate::model::{Arrival, Outbox, Side, Timer};
use crate::policy::channel::Channel;
use crate::policy::outage::Outages;
use crate::scenario::{Client, FETCH_TIMEOUT, Scenario, Webhook};
use crate::time::{Instant, Span};
use by_cursor::ByCursor;
use by_id::ById;
pub(super) use by_id::arrives;

/// The fetches of one client.
#[derive(Clone, Debug)]
pub(in crate::model) enum Fetches {
    ByCursor(ByCursor),
    ById(ById),
}

/// When a client asks, and asks again.
#[derive(Clone, Debug)]
struct Habit {
    /// The pause before it looks again; None: it does not.
    again: Option<Span>,
    outages: Outages,
}

impl Fetches {
    /// None where the client gets the events themselves.
    pub(super) fn new(webhook: &Webhook, scenario: &Scenario, client: &Client) -> Option<Self> {
        let habit = Habit { again: webhook.fetch_again, outages: client.outages.of_requests() };
        let loops = client.count as usize * scenario.events.resources as usize;
        let by_cursor = webhook.coalesce;
        webhook.thin.then(|| match by_cursor {
            true => Self::ByCursor(ByCursor::new(habit, loops)),
            false => Self::ById(ById::new(habit)),
        })
    }

    /// A timer is due: notices have arrived, or the client looks again.
    pub(super) fn due(&mut self, now: Instant, number: u32, shared: &mut Shared, out: &mut impl Outbox) {
        if number != NEWS {
            return match self {
                Self::ByCursor(fetches) => fetches.look_again(now, number, shared, out),
                Self::ById(fetches) => fetches.look_again(now, number, shared, out),
            };
        }
        for (member, batch) in shared.inbox.news() {
            match self {
                Self::ByCursor(fetches) => fetches.announced(now, member, batch, shared, out),
                Self::ById(fetches) => fetches.announced(now, member, batch, shared, out),
            }
        }
    }

    /// The exchange of a fetch ends.
    pub(super) fn answered(
        &mut self,
        now: Instant,
        request: &Request,
        answer: Answer,
        shared: &mut Shared,
        out: &mut impl Outbox,
    ) {
        match self {
            Self::ByCursor(fetches) => fetches.answered(now, request, answer, shared, out),
            Self::ById(fetches) => fetches.answered(now, request, answer, shared, out),
        }
    }
}

impl Habit {
    fn deadline(&self, now: Instant) -> Instant {
        self.outages.deadline_before_outage(now, now + FETCH_TIMEOUT)
    }

    /// The answer to a fetch; one that an outage of the client ended has none.
    fn answer(request: &Request, answer: Answer) -> Answer {
        if request.is_cut_off(answer, FETCH_TIMEOUT) { Answer::Aborted } else { answer }
    }

    /// When the client looks again after a fetch that did not bring what was announced; after an outage of its own, as
    /// soon as it is up.
    fn again(&self, now: Instant, answer: Answer) -> Option<Instant> {
        let pause = self.again?;
        Some(match answer {
            Answer::Aborted => self.outages.up_from(now + Span(1)),
            _ => self.outages.up_from(now + pause.max(answer.retry_after())),
        })
    }
}

/// A notice has arrived: wakes the fetches of the client.
pub(super) fn wake(now: Instant, out: &mut impl Outbox) {
    out.wake(now, timer(NEWS));
}

const fn timer(number: u32) -> Timer {
    Timer { channel: Channel::Fetch, side: Side::Client, number }
}

/// In place of the number of what the client looks for again: notices have arrived.
const NEWS: u32 = u32::MAX;

/// Fetches are numbered from here, so that none has the draws or the name of a reconciling poll.
const FIRST: u32 = 1 << 31;

const BY: Arrival = Arrival::fetched(Channel::Fetch);
