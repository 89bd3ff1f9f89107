//! A webhook channel, as the closed forms read it.

use super::Given;
use crate::policy::batching::Batching;
use crate::policy::breaker::Breaker;
use crate::policy::delay::Delay;
use crate::policy::disable::Disable;
use crate::policy::outage::Mode;
use crate::policy::retry::{Retries, RetryJitter};
use crate::policy::schedule::PollSchedule;
use crate::policy::slow::SlowPenalty;
use crate::scenario::{Endpoint, Webhook};
use crate::time::Span;

/// A webhook channel of the client.
#[derive(Clone, Debug)]
pub(in crate::study::predict) struct HookSetup<'a> {
    pub(in crate::study::predict) given: &'a Given<'a>,
    pub(in crate::study::predict) deadline_s: f64,
    pub(in crate::study::predict) retries: &'a Retries,
    pub(in crate::study::predict) retry_jitter: RetryJitter,
    /// The `Retry-After` of every answer 503 or 429, where the sender honours it.
    pub(in crate::study::predict) retry_after: Option<Span>,
    /// 0: unlimited, as is the capacity.
    pub(in crate::study::predict) workers: u32,
    /// Whether the events of a member are delivered one after the other.
    pub(in crate::study::predict) ordered: bool,
    /// How events are collected that are sent together.
    pub(in crate::study::predict) batch: Option<Batching>,
    /// Whether a delivery only announces its events.
    pub(in crate::study::predict) thin: bool,
    /// Whether the client then fetches by cursor, one request at a time.
    pub(in crate::study::predict) coalesce: bool,
    /// The pause before a fetch is repeated that did not bring what was announced.
    pub(in crate::study::predict) fetch_again: Option<Span>,
    /// The forms hold only where no breaker opens.
    pub(in crate::study::predict) breaker: Option<Breaker>,
    /// The forms hold only where no attempt is slow.
    pub(in crate::study::predict) slow_penalty: Option<SlowPenalty>,
    /// The delay of the attempt after the last retry.
    pub(in crate::study::predict) redeliver_after: Option<Span>,
    /// `enable_after` is not here: the forms hold only where nothing is disabled.
    pub(in crate::study::predict) disable_after: Disable,
    pub(in crate::study::predict) service_time: Delay,
    pub(in crate::study::predict) capacity: u32,
    pub(in crate::study::predict) queue: Option<u32>,
    pub(in crate::study::predict) failure_rate: f64,
    pub(in crate::study::predict) dedupe: bool,
    /// How long an event is remembered that was processed; None: forever.
    pub(in crate::study::predict) dedupe_window_s: Option<f64>,
    pub(in crate::study::predict) reconcile: Option<&'a PollSchedule>,
    /// The age up to which a signature is accepted.
    pub(in crate::study::predict) tolerance_s: Option<f64>,
}

impl<'a> Given<'a> {
    /// The webhook channel with those settings.
    pub(in crate::study::predict) fn hooks(&'a self, webhook: &'a Webhook) -> HookSetup<'a> {
        let Webhook {
            provider: _,
            // Before the run begins.
            handshake: _,
            deadline,
            retries,
            retry_jitter,
            honour_retry_after,
            workers,
            ordered,
            batch,
            thin,
            coalesce,
            fetch_again,
            breaker,
            slow_penalty,
            disable_after,
            enable_after: _,
            redeliver_after,
            endpoint:
                Endpoint {
                    service_time,
                    capacity,
                    queue,
                    // The forms hold only where no queue is ever full.
                    overload_status: _,
                    retry_after,
                    failure_rate,
                    dedupe,
                    dedupe_window,
                },
            reconcile,
            security,
        } = webhook;
        HookSetup {
            given: self,
            deadline_s: deadline.as_secs_f64(),
            retries,
            retry_jitter: *retry_jitter,
            retry_after: retry_after.filter(|_| *honour_retry_after),
            workers: *workers,
            ordered: *ordered,
            batch: *batch,
            thin: *thin,
            coalesce: *coalesce,
            fetch_again: *fetch_again,
            breaker: *breaker,
            slow_penalty: *slow_penalty,
            disable_after: *disable_after,
            redeliver_after: *redeliver_after,
            service_time: *service_time,
            capacity: *capacity,
            queue: *queue,
            failure_rate: *failure_rate,
            dedupe: *dedupe,
            dedupe_window_s: dedupe_window.map(Span::as_secs_f64),
            reconcile: reconcile.as_ref(),
            tolerance_s: security.tolerance_s().map(|tolerance_s| tolerance_s as f64),
        }
    }
}

impl HookSetup<'_> {
    /// The delays of an attempt: to the client, handler, back.
    pub(in crate::study::predict) const fn parts(&self) -> [Delay; 3] {
        [self.given.to_client.delay, self.service_time, self.given.to_source.delay]
    }

    /// Attempts in all, that of the dead letters included. While nothing is disabled, it is like one more retry, except
    /// that it is not jittered.
    pub(in crate::study::predict) fn attempts(&self) -> u32 {
        self.retries.attempts() + u32::from(self.redeliver_after.is_some())
    }

    /// Whether any attempt may fail, by chance or in an outage. `late`: its answer always misses the deadline.
    pub(in crate::study::predict) fn may_fail(&self, late: bool) -> bool {
        self.may_fail_up(late) || !self.given.outages.is_empty()
    }

    /// Whether the source can disable the client. Where attempts fail in outages alone, no row of failures is longer than
    /// from the beginning of the first to the last attempt in the last.
    pub(in crate::study::predict) fn may_be_disabled(&self, late: bool) -> bool {
        let outages = self.given.outages;
        if self.disable_after == Disable::Never || !self.may_fail(late) {
            return false;
        }
        let by_chance = self.may_fail_up(late);
        match (self.disable_after, outages.first(), outages.last()) {
            _ if outages.iter().any(|outage| outage.mode == Mode::Gone) => true,
            (Disable::Gone, _, _) => false,
            (Disable::Unbroken(span), Some(first), Some(last)) if !by_chance => {
                (last.until - first.from).as_secs_f64() + self.deadline_s >= span.as_secs_f64()
            }
            _ => true,
        }
    }

    /// Whether an attempt may fail while the client is up.
    fn may_fail_up(&self, late: bool) -> bool {
        self.given.to_client.loss + self.given.to_source.loss + self.failure_rate > 0.0 || late
    }
}
