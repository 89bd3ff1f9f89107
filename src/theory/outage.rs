//! Effect of outages of the client on its latency, exact for events that occur uniformly in time: the gaps of a
//! poller that does not poll during an outage, and deliveries followed through the outages attempt by attempt. In the
//! simple cases it equals the formulas of [`retry`](super::retry). Knows no scenario.

use super::deliveries::{Odds, Timing};
use super::steps::Steps;

/// The gap between the snapshots before and after a time in which no poll can succeed, for a fixed interval and a
/// random phase: the two possible lengths (seconds), each with its chance. It is k + 1 intervals where k ticks fall
/// into that time.
pub fn blocked_gaps(interval_s: f64, blocked_s: f64) -> [(f64, f64); 2] {
    let ticks = blocked_s / interval_s;
    let fewer = libm::floor(ticks);
    let one_more = ticks - fewer;
    [((fewer + 1.0) * interval_s, 1.0 - one_more), ((fewer + 2.0) * interval_s, one_more)]
}

/// A time in which the receiver is down: [`from_s`, `until_s`) of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Down {
    /// When it begins.
    pub from_s: f64,
    /// When it is over.
    pub until_s: f64,
    /// Chance that the sender of a request that arrives in the outage learns of it before the deadline: by a refused
    /// connection or a 503.
    pub tells: f64,
}

/// A run in which the receiver of the deliveries has outages.
#[derive(Clone, Debug, PartialEq)]
pub struct InterruptedRun {
    /// Events and requests before it count in no figure.
    pub warmup_s: f64,
    /// Events occur in [0, `duration_s`), uniformly.
    pub duration_s: f64,
    /// From the sending of an attempt until the sender learns that the receiver is down.
    pub failure_known_s: f64,
    /// In order, without overlap.
    pub downs: Vec<Down>,
}

/// Expected course of the deliveries, on average for each event in [warmup, duration).
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Attempts.
    pub attempts: f64,
    /// Receipts of an event that was held already.
    pub duplicates: f64,
    /// Attempts sent in [warmup, duration), of all events.
    pub sent: f64,
    /// Latency until the event is held; the total is the share of events that are ever held.
    pub held: Steps,
}

/// Follows deliveries with constant times through the outages. None where there are too many combinations of
/// failures to follow.
pub fn deliveries_through(odds: Odds, timing: &Timing, run: &InterruptedRun) -> Option<Outcome> {
    let mut outcome = Outcome { attempts: 0.0, duplicates: 0.0, sent: 0.0, held: Steps::new(Vec::new()) };
    let mut held = Vec::new();
    let first =
        |from_s, until_s| Piece { from_s, until_s, offset_s: 0.0, attempt: 0, missing: 1.0, held: 0.0 };
    let mut pieces = vec![first(0.0, run.warmup_s), first(run.warmup_s, run.duration_s)];
    let events = 1.0 / (run.duration_s - run.warmup_s);
    let mut steps = 0;
    while let Some(piece) = pieces.pop() {
        steps += 1;
        if steps > MAX_STEPS {
            return None;
        }
        let counts = piece.from_s >= run.warmup_s;
        let reached = (piece.missing + piece.held) * events;
        outcome.sent += reached * piece.sent_within(run.warmup_s, run.duration_s);
        if counts {
            outcome.attempts += reached * piece.length_s();
        }
        for (part, down) in piece.split(timing.to_client_s, &run.downs) {
            if counts && down.is_none() {
                let weight = events * part.length_s();
                outcome.duplicates += part.held * odds.works_again() * weight;
                held.push((part.offset_s + timing.to_client_s, part.missing * odds.works() * weight));
            }
            let Some(delay_s) = timing.delays_s.get(part.attempt) else { continue };
            let (reported, timed_out, reported_s) = match down {
                None => {
                    let (reported, timed_out) = odds.failures(part.missing, part.held);
                    (reported, timed_out, timing.answer_s)
                }
                Some(down) => {
                    let reported = odds.arrives() * down.tells;
                    let of = |share: f64| (part.missing * share, part.held * share);
                    (of(reported), of(1.0 - reported), run.failure_known_s)
                }
            };
            for ((missing, held), failure_s) in [(reported, reported_s), (timed_out, timing.deadline_s)] {
                if missing + held > NEGLIGIBLE {
                    let offset_s = part.offset_s + failure_s + delay_s;
                    pieces.push(Piece { offset_s, attempt: part.attempt + 1, missing, held, ..part });
                }
            }
        }
    }
    outcome.held = Steps::new(held);
    Some(outcome)
}

/// Deliveries of the events in [`from_s`, `until_s`) that have reached the same attempt through the same failures.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from_s: f64,
    until_s: f64,
    /// From the occurrence to the sending of the attempt.
    offset_s: f64,
    /// Counted from 0.
    attempt: usize,
    /// Chance that the attempt is made and the event is not held by then, and that it is made and the event is held.
    missing: f64,
    held: f64,
}

impl Piece {
    fn length_s(&self) -> f64 {
        self.until_s - self.from_s
    }

    /// Length of the part of [`from_s`, `until_s`) whose events send this attempt in the given time.
    fn sent_within(&self, from_s: f64, until_s: f64) -> f64 {
        let (first, last) = (self.from_s + self.offset_s, self.until_s + self.offset_s);
        (last.min(until_s) - first.max(from_s)).max(0.0)
    }

    /// Splits it by whether the attempt arrives while the receiver is up or in one of its outages.
    fn split(self, to_client_s: f64, downs: &[Down]) -> Vec<(Self, Option<&Down>)> {
        let ahead_s = self.offset_s + to_client_s;
        let mut parts = Vec::new();
        let mut from_s = self.from_s;
        let mut part = |until_s: f64, down| {
            let until_s = until_s.clamp(from_s, self.until_s);
            if until_s > from_s {
                parts.push((Self { from_s, until_s, ..self }, down));
                from_s = until_s;
            }
        };
        for down in downs {
            part(down.from_s - ahead_s, None);
            part(down.until_s - ahead_s, Some(down));
        }
        part(self.until_s, None);
        parts
    }
}

/// Chances below this are not followed.
const NEGLIGIBLE: f64 = 1e-12;
/// Most pieces that are followed.
const MAX_STEPS: usize = 50_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::deliveries::deliveries;
    use crate::theory::retry;

    const SVIX: [f64; 7] = [5.0, 300.0, 1800.0, 7200.0, 18_000.0, 36_000.0, 36_000.0];
    const SURE: Odds =
        Odds { request_lost: 0.0, handler_fails: 0.0, again_fails: 0.0, answer_late: 0.0, again_late: 0.0 };

    fn near(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-9 * right.abs().max(1.0), "{left} against {right}");
    }

    /// A run whose counted events all occur in the outage: it begins at the warm-up and ends at the duration.
    fn outage(length_s: f64) -> InterruptedRun {
        let until_s = 1e6 + length_s;
        InterruptedRun {
            warmup_s: 1e6,
            duration_s: until_s,
            failure_known_s: 0.0,
            downs: vec![Down { from_s: 1e6, until_s, tells: 1.0 }],
        }
    }

    /// An hour and 36 hours.
    #[test]
    fn an_outage_alone_follows_the_formulas() {
        let timing = Timing { to_client_s: 0.0, answer_s: 0.0, deadline_s: 10.0, delays_s: SVIX.to_vec() };
        let offsets = retry::offsets(&SVIX, 0.0);
        for hours in [1.0, 36.0] {
            let length_s = hours * 3600.0;
            let outcome = deliveries_through(SURE, &timing, &outage(length_s)).unwrap();
            near(outcome.attempts, retry::outage_attempts(length_s, &offsets));
            near(1.0 - outcome.held.total(), retry::outage_lost(length_s, &offsets));
            near(outcome.held.mean().unwrap(), retry::outage_latency_mean(length_s, &offsets).unwrap());
        }
    }

    #[test]
    fn without_an_outage_it_is_any_delivery() {
        let odds = Odds {
            request_lost: 0.2,
            handler_fails: 0.15,
            again_fails: 0.0,
            answer_late: 0.1,
            again_late: 0.1,
        };
        let timing =
            Timing { to_client_s: 0.2, answer_s: 0.5, deadline_s: 10.0, delays_s: vec![3.0, 7.0, 20.0] };
        let calm = InterruptedRun { downs: Vec::new(), ..outage(1000.0) };
        let (outcome, plain) = (deliveries_through(odds, &timing, &calm).unwrap(), deliveries(odds, &timing));
        near(outcome.attempts, plain.attempts);
        near(outcome.duplicates, plain.duplicates);
        near(outcome.held.mean().unwrap(), plain.held.mean().unwrap());
        near(outcome.held.total(), plain.held.total());
        // Attempts by events before the warm-up make up for those that are sent too late.
        near(outcome.sent, plain.attempts);
    }

    /// One retry after 100 s, down for 50 s of 1,000: the sender learns of a failed delivery 2 s after sending it, so the
    /// retry follows 102 s after it.
    #[test]
    fn a_reported_failure_is_retried_sooner_than_a_timeout() {
        let timing = Timing { to_client_s: 1.0, answer_s: 2.0, deadline_s: 10.0, delays_s: vec![100.0] };
        let down = Down { from_s: 500.0, until_s: 550.0, tells: 1.0 };
        let run =
            InterruptedRun { warmup_s: 0.0, duration_s: 1000.0, failure_known_s: 2.0, downs: vec![down] };
        let outcome = deliveries_through(SURE, &timing, &run).unwrap();
        assert_eq!(outcome.held.parts().len(), 2);
        near(outcome.held.cdf(1.0), 0.95);
        near(outcome.held.parts()[1].0, 103.0);
        near(outcome.attempts, 1.05);
        // Silence costs the whole deadline.
        let hangs = InterruptedRun { downs: vec![Down { tells: 0.0, ..down }], ..run };
        near(deliveries_through(SURE, &timing, &hangs).unwrap().held.parts()[1].0, 111.0);
    }

    #[test]
    fn a_poller_misses_the_ticks_of_the_outage() {
        assert_eq!(blocked_gaps(60.0, 1800.0), [(1860.0, 1.0), (1920.0, 0.0)]);
        let [(short, often), (long, rarely)] = blocked_gaps(10.0, 14.0);
        assert_eq!((short, long), (20.0, 30.0));
        near(rarely, 0.4);
        near(often, 0.6);
        // A mean gap of T + B, whatever the ratio.
        near(short * often + long * rarely, 24.0);
    }
}
