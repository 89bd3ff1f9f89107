//! A webhook delivery computed attempt by attempt, with every kind of failure and the time that each takes.
//!
//! Exact where attempts fail independently and nothing queues. It follows how likely each attempt is, how late it
//! is, and whether the event is held by then. In the simple cases it equals the formulas of
//! [`retry`](super::retry). Knows no endpoint and no schedule, only their numbers.

use super::steps::Steps;

/// Chance that an attempt fails, by kind of failure; each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Odds {
    /// The request is lost: the endpoint receives nothing, and the sender times out.
    pub request_lost: f64,
    /// The handler fails: the event is not held.
    pub handler_fails: f64,
    /// The same for an event that is held already; 0 where the endpoint recognises duplicates, which take no handler.
    pub again_fails: f64,
    /// The answer does not arrive in time, whether the handler succeeds or fails; 1 for an endpoint that is always late.
    pub answer_late: f64,
    /// The same for the acknowledgement of an event that is held already; less where the endpoint recognises duplicates.
    pub again_late: f64,
}

/// How long things take, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Timing {
    /// From the sending of an attempt to its arrival.
    pub to_client_s: f64,
    /// From the sending of an attempt to the answer that the handler has failed.
    pub answer_s: f64,
    /// From the sending of an attempt to its failure where no answer comes.
    pub deadline_s: f64,
    /// From each failure to the attempt after it; there is one attempt more than delays.
    pub delays_s: Vec<f64>,
}

/// The expected course of one delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Deliveries {
    /// Attempts, on average.
    pub attempts: f64,
    /// Receipts of an event that was held already, on average.
    pub duplicates: f64,
    /// Latency until the event is held; the total is the share of events that are ever held.
    pub held: Steps,
    /// Expected attempts by the time since the occurrence at which they are sent; the total is `attempts`.
    pub sent: Vec<(f64, f64)>,
}

/// Computes one delivery. Where delays are random, `timing` may have their means: then the mean of `held` is
/// right, and its single steps are not.
pub fn deliveries(odds: Odds, timing: &Timing) -> Deliveries {
    let (mut held, mut sent) = (Vec::new(), Vec::new());
    let (mut attempts, mut duplicates) = (0.0, 0.0);
    let mut front = vec![Reached { missing: 1.0, held: 0.0 }];
    let mut delays_s = 0.0;
    for attempt in 0..=timing.delays_s.len() {
        for (late, reached) in front.iter().enumerate() {
            let offset =
                delays_s + late as f64 * timing.deadline_s + (attempt - late) as f64 * timing.answer_s;
            attempts += reached.missing + reached.held;
            duplicates += reached.held * odds.works_again();
            sent.push((offset, reached.missing + reached.held));
            held.push((offset + timing.to_client_s, reached.missing * odds.works()));
        }
        front = after(&front, odds);
        delays_s += timing.delays_s.get(attempt).copied().unwrap_or(0.0);
        if front.iter().all(|reached| reached.missing + reached.held < 1e-15) {
            break;
        }
    }
    sent.retain(|&(_, expected)| expected > 0.0);
    Deliveries { attempts, duplicates, held: Steps::new(held), sent }
}

/// Chances that the next attempt is made, by whether the event is held by then.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    missing: f64,
    held: f64,
}

/// One attempt later. The index counts the failures that took the whole deadline.
fn after(front: &[Reached], odds: Odds) -> Vec<Reached> {
    let mut next = vec![Reached::default(); front.len() + 1];
    for (late, reached) in front.iter().enumerate() {
        let (reported, timed_out) = odds.failures(reached.missing, reached.held);
        for (index, (missing, held)) in [(late, reported), (late + 1, timed_out)] {
            next[index].missing += missing;
            next[index].held += held;
        }
    }
    next
}

impl Odds {
    /// Chance that a request reaches the endpoint.
    pub(super) fn arrives(&self) -> f64 {
        1.0 - self.request_lost
    }

    /// Chance that a request reaches the endpoint and its handler succeeds.
    pub(super) fn works(&self) -> f64 {
        self.arrives() * (1.0 - self.handler_fails)
    }

    /// The same for an event that is held already: its delivery is received as a duplicate.
    pub(super) fn works_again(&self) -> f64 {
        self.arrives() * (1.0 - self.again_fails)
    }

    /// Chances that an attempt fails, from the chances that it is made, split by whether the event is held before it
    /// (`missing`, `held`). The first pair is for a failure that the sender learns of, the second for a timeout;
    /// each pair is split by whether the event is held after the attempt.
    pub(super) fn failures(&self, missing: f64, held: f64) -> ((f64, f64), (f64, f64)) {
        let of = |handler_fails: f64, late: f64| {
            let fails = self.arrives() * handler_fails;
            (fails * (1.0 - late), self.request_lost + fails * late)
        };
        let (reported, silent) = of(self.handler_fails, self.answer_late);
        let (reported_again, silent_again) = of(self.again_fails, self.again_late);
        let held_timed_out = missing * self.works() * self.answer_late
            + held * (silent_again + self.works_again() * self.again_late);
        ((missing * reported, held * reported_again), (missing * silent, held_timed_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::retry;

    fn near(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-12 * right.abs().max(1.0), "{left} against {right}");
    }

    fn timing(delays_s: &[f64]) -> Timing {
        Timing { to_client_s: 0.2, answer_s: 0.5, deadline_s: 10.0, delays_s: delays_s.to_vec() }
    }

    #[test]
    fn lost_requests_follow_the_formulas() {
        let timing = timing(&[5.0, 30.0, 120.0, 600.0]);
        let odds = Odds {
            request_lost: 0.3,
            handler_fails: 0.0,
            again_fails: 0.0,
            answer_late: 0.0,
            again_late: 0.0,
        };
        let worked = deliveries(odds, &timing);
        near(worked.attempts, retry::attempts(0.3, 4));
        near(worked.held.total(), retry::delivered_share(0.3, 4));
        let offsets = retry::offsets(&timing.delays_s, 10.0);
        near(worked.held.mean().unwrap(), retry::latency_mean(0.3, &offsets, 0.2));
        assert_eq!(worked.duplicates, 0.0);
        near(worked.sent.iter().map(|part| part.1).sum(), worked.attempts);
    }

    #[test]
    fn lost_answers_make_duplicates() {
        let odds = Odds {
            request_lost: 0.1,
            handler_fails: 0.0,
            again_fails: 0.0,
            answer_late: 0.15,
            again_late: 0.15,
        };
        let worked = deliveries(odds, &timing(&[1.0, 1.0, 1.0]));
        near(worked.duplicates, retry::duplicates(0.1, 0.15, 3));
        near(worked.held.total(), 1.0 - 1e-4);
    }

    #[test]
    fn a_failing_handler_costs_its_answer_not_the_deadline() {
        let odds = Odds {
            request_lost: 0.0,
            handler_fails: 0.25,
            again_fails: 0.25,
            answer_late: 0.0,
            again_late: 0.0,
        };
        let worked = deliveries(odds, &timing(&[2.0]));
        assert_eq!(worked.held.parts().len(), 2);
        near(worked.held.parts()[1].0, 0.5 + 2.0 + 0.2);
        near(worked.attempts, 1.25);
    }

    /// An endpoint that always answers too late: every attempt is made, and all but the first are duplicates;
    /// recognising duplicates ends it at the second.
    #[test]
    fn answers_that_are_always_late() {
        let odds = Odds {
            request_lost: 0.0,
            handler_fails: 0.0,
            again_fails: 0.0,
            answer_late: 1.0,
            again_late: 1.0,
        };
        let worked = deliveries(odds, &timing(&[1.0, 1.0]));
        assert_eq!((worked.attempts, worked.duplicates, worked.held.total()), (3.0, 2.0, 1.0));
        let worked = deliveries(Odds { again_late: 0.0, ..odds }, &timing(&[1.0, 1.0]));
        assert_eq!((worked.attempts, worked.duplicates), (2.0, 1.0));
    }

    /// A recognised duplicate is answered 200 without a handler that could fail.
    #[test]
    fn a_recognised_duplicate_does_not_fail() {
        let odds = Odds {
            request_lost: 0.1,
            handler_fails: 0.2,
            again_fails: 0.0,
            answer_late: 0.3,
            again_late: 0.3,
        };
        let worked = deliveries(odds, &timing(&[1.0]));
        let held = 0.9 * 0.8 * 0.3;
        near(worked.duplicates, held * 0.9);
        near(worked.attempts, 1.0 + 0.1 + 0.9 * 0.2 + held);
        let unrecognised = deliveries(Odds { again_fails: 0.2, ..odds }, &timing(&[1.0]));
        near(unrecognised.duplicates, held * 0.9 * 0.8);
        let failing = |again_fails| deliveries(Odds { again_fails, ..odds }, &timing(&[1.0, 1.0])).attempts;
        // The third attempt: after a held second one, it is made only where the request or the answer was lost.
        near(failing(0.2) - failing(0.0), held * 0.9 * 0.2 * 0.7);
    }

    /// All kinds of failure together, against 600,000 simulated deliveries; tolerances of four standard errors.
    #[test]
    fn failures_of_every_kind() {
        let odds = Odds {
            request_lost: 0.2,
            handler_fails: 0.15,
            again_fails: 0.15,
            answer_late: 0.1,
            again_late: 0.1,
        };
        let worked = deliveries(odds, &timing(&[3.0, 7.0]));
        for (value, simulated, tolerance) in [
            (worked.attempts, 1.5379, 0.004),
            (worked.duplicates, 0.0791, 0.0016),
            (worked.held.total(), 0.9674, 0.001),
            (worked.held.mean().unwrap(), 4.098, 0.04),
        ] {
            assert!((value - simulated).abs() < tolerance, "{value} against {simulated}");
        }
    }
}
