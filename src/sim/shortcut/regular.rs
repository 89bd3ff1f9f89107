//! The conditions under which the shortcut holds.

use crate::model::exchange::Answer;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::paging::{LastPage, Order, Pages};
use crate::policy::schedule::{Overrun, Pacing, Phase, PollSchedule};
use crate::scenario::{Client, EventsConfig, Kind, LinkConfig, Network, Scenario, SourceConfig};
use crate::time::{Instant, Span};

/// A poller whose polls all take the same time and are answered before the next tick.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regular {
    pub(super) interval: Span,
    pub(super) phase: Phase,
    pub(super) pages: Pages,
    pub(super) last_page: LastPage,
    pub(super) conditional: bool,
    /// From the sending of a request to its arrival at the source.
    pub(super) there: Span,
    /// From that arrival to the arrival of the answer at the client.
    pub(super) back: Span,
}

impl Regular {
    /// None where the shortcut does not hold. Every key of the scenario is named, so that a new key does not compile
    /// until it is decided whether the shortcut holds with it. A key that cannot disturb a poll is bound to `_`.
    pub(super) fn of(scenario: &Scenario, client: &Client) -> Option<Self> {
        let Scenario {
            name: _,
            title: _,
            about: _,
            duration: _,
            warmup: _,
            settling: _,
            drain: _,
            seed: _,
            replications: _,
            events: EventsConfig { resources: _, types: _, payload: _, arrivals: _, job },
            source:
                SourceConfig {
                    service_time,
                    capacity,
                    page_size: _,
                    failure_rate,
                    commit_delay,
                    rate_limit,
                    billing: _,
                },
            source_outages,
            clients: _,
            answer: _,
            expectations: _,
        } = scenario;
        let Client {
            name: _,
            count: _,
            types: _,
            network: Network { to_source, to_client, overhead },
            outages,
            attacks: _,
            kind,
        } = client;
        let LinkConfig { delay: there, loss: lost_there } = to_source;
        let LinkConfig { delay: back, loss: lost_back } = to_client;
        let schedule = match kind {
            Kind::Poll(schedule) => schedule,
            Kind::LongPoll(_) | Kind::Sse(_) | Kind::WebSocket(_) | Kind::Webhook(_) => return None,
        };
        // Without jitter `jitter_kind` has no effect.
        let PollSchedule {
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind: _,
            timeout,
            order,
            cursor,
            // Without a cursor of time they have no effect.
            time_resolution: _,
            overlap: _,
            dedupe: _,
            pages,
            last_page,
            // Without a limit it has no effect.
            on_limit: _,
            backoff,
            conditional,
        } = schedule;
        // Only the further pages of a poll can last beyond the next tick.
        let stays_on_ticks = match (pages, overrun) {
            (Pages::One, Overrun::Skip | Overrun::Delay) | (Pages::All, Overrun::Skip) => true,
            (Pages::All, Overrun::Delay) => false,
        };
        let undisturbed = stays_on_ticks
            // Each job has ticks of its own.
            && job.is_none()
            // A page of the newest events passes over others.
            && *order == Order::Oldest
            && *cursor == Cursor::Id
            && *pacing == Pacing::FixedRate
            && *jitter == 0.0
            && *capacity == 0
            && *failure_rate == 0.0
            && *commit_delay == Delay::ZERO
            && rate_limit.is_none()
            && backoff.is_none()
            && *lost_there == 0.0
            && *lost_back == 0.0
            && outages.0.is_empty()
            && source_outages.0.is_empty();
        let regular = Self {
            interval: interval.constant()?,
            phase: *phase,
            pages: *pages,
            last_page: *last_page,
            conditional: *conditional,
            there: there.constant()? + *overhead,
            back: service_time.constant()? + back.constant()? + *overhead,
        };
        let trip = regular.there + regular.back;
        (undisturbed && trip <= regular.interval && trip <= *timeout).then_some(regular)
    }

    /// The answer to a poll that finds nothing.
    pub(super) const fn nothing(&self) -> Answer {
        if self.conditional { Answer::NOT_MODIFIED } else { Answer::Page { events: 0, has_more: false } }
    }

    /// The number of the first tick at or after `at`, for a loop with that phase.
    pub(super) fn first_tick(&self, phase: Instant, at: Instant) -> i64 {
        ((at - phase).0 + self.interval.0 - 1).div_euclid(self.interval.0)
    }
}
