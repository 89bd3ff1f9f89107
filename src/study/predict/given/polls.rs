//! A poll channel, as the closed forms read it.

use super::Given;
use crate::policy::backoff::Backoff;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::paging::{Order, Pages};
use crate::policy::schedule::{JitterKind, Overrun, Pacing, Phase, PollSchedule};
use crate::time::Span;

/// A poll channel of the client: its only channel, or the reconciling one of a webhook.
#[derive(Clone, Debug)]
pub(in crate::study::predict) struct PollSetup<'a> {
    pub(in crate::study::predict) given: &'a Given<'a>,
    pub(in crate::study::predict) interval: Delay,
    pub(in crate::study::predict) pacing: Pacing,
    pub(in crate::study::predict) overrun: Overrun,
    pub(in crate::study::predict) phase: Phase,
    pub(in crate::study::predict) jitter: f64,
    pub(in crate::study::predict) jitter_kind: JitterKind,
    pub(in crate::study::predict) timeout_s: f64,
    pub(in crate::study::predict) conditional: bool,
    /// The forms hold only where the interval does not depend on the events.
    pub(in crate::study::predict) backoff: Option<Backoff>,
    pub(in crate::study::predict) order: Order,
    pub(in crate::study::predict) cursor: Cursor,
    pub(in crate::study::predict) time_resolution: Option<Span>,
    pub(in crate::study::predict) overlap: Option<Span>,
    /// `last_page` is not here: the forms hold only where one page takes all events.
    pub(in crate::study::predict) pages: Pages,
}

impl<'a> Given<'a> {
    /// The poll channel with that schedule.
    pub(in crate::study::predict) fn polls(&'a self, schedule: &PollSchedule) -> PollSetup<'a> {
        let in_effect = schedule.at_source(self.source.rate_limit, self.run.resources);
        let PollSchedule {
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind,
            timeout,
            order,
            cursor,
            time_resolution,
            overlap,
            // It changes what is processed, and not what is known.
            dedupe: _,
            pages,
            last_page: _,
            on_limit: _,
            backoff,
            conditional,
        } = in_effect;
        PollSetup {
            given: self,
            interval,
            pacing,
            overrun,
            phase,
            jitter,
            jitter_kind,
            timeout_s: timeout.as_secs_f64(),
            conditional,
            backoff,
            order,
            cursor,
            time_resolution,
            overlap,
            pages,
        }
    }
}

impl PollSetup<'_> {
    /// The delays from the snapshot to the client: service and network. An event that the API shows later is as late as if
    /// the answer took longer. None where that delay is to be added to two random ones.
    pub(in crate::study::predict) fn answer(&self) -> Option<[Delay; 2]> {
        let (service, back, later) =
            (self.given.source.service_time, self.given.to_client.delay, self.given.source.commit_delay?);
        match (service, back) {
            (Delay::Constant(service), back) => Some([Delay::Constant(service + later), back]),
            (service, Delay::Constant(back)) => Some([service, Delay::Constant(back + later)]),
            (service, back) => (later == Span::ZERO).then_some([service, back]),
        }
    }

    /// The delays of a round trip: to the source, service, back.
    pub(in crate::study::predict) const fn trip(&self) -> [Delay; 3] {
        self.given.trip()
    }

    /// Poll loops: one for each member and resource.
    pub(in crate::study::predict) fn loops(&self) -> f64 {
        f64::from(self.given.members) * f64::from(self.given.run.resources)
    }

    /// Chance that a poll fails.
    pub(in crate::study::predict) fn failure(&self) -> f64 {
        1.0 - (1.0 - self.given.lost()) * (1.0 - self.given.source.failure_rate)
    }
}
