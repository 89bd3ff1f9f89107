//! The deliveries of a webhook, where none waits for another: the chances and times of their attempts.
//! [`webhook`](super::webhook) derives a client's figures from them.

use super::given::{HookSetup, Run, Workload};
use super::times;
use crate::policy::delay::Delay;
use crate::policy::retry::RetryJitter;
use crate::policy::slow::SlowPenalty;
use crate::theory::deliveries::{Deliveries, Odds, Timing, deliveries};
use crate::time::Span;

/// The deliveries of a webhook that do not wait for each other.
pub(super) struct Hooks {
    pub(super) odds: Odds,
    pub(super) timing: Timing,
    pub(super) worked: Deliveries,
    /// The delays of an attempt: to the client, handler, back.
    pub(super) parts: [Delay; 3],
    /// Whether the answer to a handler's work always misses the deadline.
    pub(super) late: bool,
    /// Whether all times are constant, so that `worked` has the exact distribution.
    pub(super) exact: bool,
    /// Whether the mean latency of `worked` is exact.
    pub(super) mean_holds: bool,
    /// From the occurrence to the end of the last attempt, in seconds; exceeded with a negligible chance.
    pub(super) longest_s: f64,
}

impl Hooks {
    /// None where an answer may be in time or late: then the chance is not known. The same where a signature may be too
    /// old when it arrives (signatures have whole seconds), and where the source
    /// may disable the client or leave it alone for a while.
    pub(super) fn of(setup: &HookSetup<'_>) -> Option<Self> {
        let parts = setup.parts();
        if setup.tolerance_s.is_some_and(|tolerance_s| times::longest(parts[0]) + 1.0 > tolerance_s) {
            return None;
        }
        let deadline_s = setup.deadline_s;
        let longest_trip_s: f64 = parts.into_iter().map(times::longest).sum();
        let constant = parts.iter().all(|part| part.constant().is_some());
        let late = constant && longest_trip_s > deadline_s;
        if longest_trip_s >= deadline_s && !late {
            return None;
        }
        let odds = odds(setup, late);
        let timing = Timing {
            to_client_s: parts[0].mean_s(),
            answer_s: parts.iter().map(Delay::mean_s).sum(),
            deadline_s,
            delays_s: delays_s(setup),
        };
        let may_be_slow = |penalty: SlowPenalty| {
            setup.may_fail(late) || longest_trip_s > penalty.over.as_secs_f64() || setup.capacity > 0
        };
        if setup.may_be_disabled(late)
            || setup.breaker.is_some() && setup.may_fail(late)
            || setup.slow_penalty.is_some_and(may_be_slow)
        {
            return None;
        }
        let attempts = setup.attempts();
        let fails = setup.may_fail(late);
        let jitter =
            if fails && setup.retries.attempts() > 1 { setup.retry_jitter } else { RetryJitter::None };
        let first_brings_it = odds.request_lost + odds.handler_fails == 0.0;
        let longest_s = if fails {
            let span = setup.retries.span() + setup.redeliver_after.unwrap_or(Span::ZERO);
            span.as_secs_f64() + f64::from(attempts) * deadline_s.max(longest_trip_s)
        } else {
            longest_trip_s
        };
        // Of a duplicate that is forgotten the handler may fail, or its answer may be late, unlike of one that is known.
        let forgets = setup.dedupe && setup.dedupe_window_s.is_some_and(|window_s| window_s < longest_s);
        if forgets && (setup.failure_rate > 0.0 || late) {
            return None;
        }
        Some(Self {
            odds,
            worked: deliveries(odds, &timing),
            timing,
            parts,
            late,
            exact: constant && jitter == RetryJitter::None,
            mean_holds: first_brings_it || jitter != RetryJitter::Decorrelated,
            longest_s,
        })
    }

    pub(super) fn never_fail(&self) -> bool {
        self.odds.request_lost == 0.0 && self.odds.handler_fails == 0.0 && self.odds.answer_late == 0.0
    }

    /// Expected attempts per second and member in [warmup, duration). Retries of late events are sent after it, retries
    /// of events before the warm-up are sent in it.
    pub(super) fn sent_per_s(&self, run: &Run, workload: Workload) -> Option<f64> {
        let (duration_s, warmup_s) = (run.duration_s, run.warmup_s);
        // With random delays the sum below is exact only while it is linear in them.
        let linear = warmup_s == 0.0 && self.longest_s < duration_s && self.mean_holds && workload.poisson;
        if self.never_fail() {
            return Some(workload.counted_per_s * self.worked.attempts);
        }
        if !(self.exact || linear) {
            return None;
        }
        let sent = |offset_s: f64| run.events(warmup_s - offset_s, duration_s - offset_s);
        let sum: f64 = self.worked.sent.iter().map(|(offset, expected)| expected * sent(*offset)).sum();
        Some(sum / run.window_s())
    }
}

/// The chances of an attempt. Where a handler's answer is always late, only a recognised duplicate, which takes no
/// work, is answered in time.
fn odds(setup: &HookSetup<'_>, late: bool) -> Odds {
    let (out, back) = (&setup.given.to_client, &setup.given.to_source);
    let ways_s = times::longest(out.delay) + times::longest(back.delay);
    // An answer exactly at the deadline counts. The sum of two fractions of a second may be off by less than half a nanosecond.
    let recognised = setup.dedupe && ways_s < setup.deadline_s + 5e-10;
    Odds {
        request_lost: out.loss,
        handler_fails: setup.failure_rate,
        // A recognised duplicate takes no handler that could fail.
        again_fails: if setup.dedupe { 0.0 } else { setup.failure_rate },
        answer_late: if late { 1.0 } else { back.loss },
        again_late: if late && !recognised { 1.0 } else { back.loss },
    }
}

/// The delays between attempts; their means where they are jittered.
fn delays_s(setup: &HookSetup<'_>) -> Vec<f64> {
    let share = match setup.retry_jitter {
        RetryJitter::None | RetryJitter::Decorrelated => 1.0,
        RetryJitter::Full => 0.5,
        RetryJitter::Equal => 0.75,
    };
    let delay = |attempt| setup.retries.delay(attempt).map(|delay| share * delay.as_secs_f64());
    let last = setup.redeliver_after.map(Span::as_secs_f64);
    (1..setup.retries.attempts()).map_while(delay).chain(last).collect()
}
