//! The deliveries of a webhook by themselves, where none waits for another: chances, times and what comes of them.
//! What that means for a client's figures is the business of [`webhook`](super::webhook).

use super::given::{HookSetup, Run};
use super::times;
use crate::policy::delay::Delay;
use crate::policy::retry::RetryJitter;
use crate::theory::deliveries::{Deliveries, Odds, Timing, deliveries};

/// The deliveries of a webhook by themselves.
pub(super) struct Hooks {
    pub(super) odds: Odds,
    pub(super) timing: Timing,
    pub(super) worked: Deliveries,
    /// Out, handler, back.
    pub(super) parts: [Delay; 3],
    /// Whether the answer to a handler's work always comes after the deadline.
    pub(super) late: bool,
    /// Whether every time in it is constant, so that the steps of `worked` are real.
    pub(super) exact: bool,
    /// Whether the mean latency of `worked` is right.
    pub(super) mean_holds: bool,
    /// From the occurrence to the last attempt's end, hardly ever exceeded.
    pub(super) longest_s: f64,
}

impl Hooks {
    /// None where the answer comes now in time, now too late: then the chance is not known.
    pub(super) fn of(setup: &HookSetup<'_>) -> Option<Self> {
        let parts = setup.parts();
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
        let attempts = setup.retries.attempts();
        let fails = setup.may_fail(late);
        let jitter = if fails && attempts > 1 { setup.retry_jitter } else { RetryJitter::None };
        let first_brings_it = odds.request_lost + odds.handler_fails == 0.0;
        let longest_s = if fails {
            setup.retries.span().as_secs_f64() + f64::from(attempts) * deadline_s.max(longest_trip_s)
        } else {
            longest_trip_s
        };
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

    /// Expected attempts per event and member that are sent in the window, by the events that occur in it. Those of
    /// late events fall after it, those of events before the warm-up into it.
    pub(super) fn sent_in_window(&self, run: &Run) -> Option<f64> {
        let (duration_s, warmup_s) = (run.duration_s, run.warmup_s);
        // With random times the sum below holds while it is linear in them.
        let linear = warmup_s == 0.0 && self.longest_s < duration_s && self.mean_holds;
        if !(self.exact || self.never_fail() || linear) {
            return None;
        }
        let counted = |offset_s: f64| (duration_s - offset_s.max(warmup_s)).max(0.0);
        let sum: f64 = self.worked.sent.iter().map(|(offset, expected)| expected * counted(*offset)).sum();
        Some(sum / (duration_s - warmup_s))
    }
}

/// The chances of an attempt. An answer that is always late comes in time only without the work, for a duplicate
/// that is recognised.
fn odds(setup: &HookSetup<'_>, late: bool) -> Odds {
    let (out, back) = (&setup.given.to_client, &setup.given.to_source);
    let ways_s = times::longest(out.delay) + times::longest(back.delay);
    let recognised = setup.dedupe && ways_s < setup.deadline_s;
    Odds {
        request_lost: out.loss,
        handler_fails: setup.failure_rate,
        answer_late: if late { 1.0 } else { back.loss },
        again_late: if late && !recognised { 1.0 } else { back.loss },
    }
}

/// The delays between attempts; the mean where they are moved.
fn delays_s(setup: &HookSetup<'_>) -> Vec<f64> {
    let share = match setup.retry_jitter {
        RetryJitter::None | RetryJitter::Decorrelated => 1.0,
        RetryJitter::Full => 0.5,
        RetryJitter::Equal => 0.75,
    };
    let delay = |attempt| setup.retries.delay(attempt).map(|delay| share * delay.as_secs_f64());
    (1..setup.retries.attempts()).map_while(delay).collect()
}
