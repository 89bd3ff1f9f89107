//! What a source says of a job, and when a client first asks for one that it started: one interval after the start, and not
//! before the run.

use super::schedule::{Pacing, PollSchedule, Tick};
use crate::rng::Randomness;
use crate::time::{Instant, Span};

/// How far a job is for who asks the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It has not started: nobody can know its id.
    Ahead,
    /// It is under way, or has ended and the source does not show it yet.
    Pending,
    /// The source shows the event that it ends with.
    Ended,
}

impl Status {
    /// At that time, of a job that started at `started` and whose end the source shows from `shown` on.
    pub fn at(now: Instant, started: Instant, shown: Instant) -> Self {
        if shown <= now {
            Self::Ended
        } else if started <= now {
            Self::Pending
        } else {
            Self::Ahead
        }
    }
}

/// The first tick of a job that is in the run, and the steps by which its interval has grown by then. A job that started
/// before the run was asked for before, by polls that took the time `trip` each.
pub fn first(
    schedule: &PollSchedule,
    randomness: Randomness,
    job: u64,
    started: Instant,
    trip: Span,
) -> (Tick, u16) {
    let trip = match schedule.pacing {
        Pacing::FixedRate => Span::ZERO,
        Pacing::FixedDelay => trip,
    };
    let mut steps = 0;
    let mut tick = schedule.tick(randomness, job, 0, started + schedule.gap(randomness, job, 0));
    while tick.start < Instant::START {
        let next = match (schedule.backoff, schedule.interval.constant()) {
            (Some(backoff), Some(first)) => backoff.one_more(first, steps),
            (Some(_) | None, _) => steps,
        };
        let present = schedule.after_steps(next);
        if next == steps {
            tick.due = tick.due + left_out(tick.due, trip + Span::from_secs_f64(present.interval.mean_s()));
        }
        steps = next;
        tick = present.following(randomness, job, Tick { due: tick.due + trip, ..tick });
    }
    (tick, steps)
}

/// Of the time until the run, the whole intervals that need not be worked one by one: a job may have started a century ago.
fn left_out(due: Instant, interval: Span) -> Span {
    let intervals = (Instant::START - due).0 / interval.0.max(1);
    interval * (intervals - WORKED).max(0)
}

/// The intervals before the run that are worked one by one, so that random ones are as they are in the long run.
const WORKED: i64 = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::backoff::Backoff;
    use crate::policy::delay::Delay;
    use crate::policy::schedule::JitterKind;

    fn at(seconds: f64) -> Instant {
        Instant::START + Span::from_secs_f64(seconds)
    }

    fn first_of(schedule: &PollSchedule, started_s: f64) -> (f64, u16) {
        let (tick, steps) = first(schedule, Randomness::new(1, 0), 7, at(started_s), Span::SECOND);
        ((tick.start - Instant::START).as_secs_f64(), steps)
    }

    #[test]
    fn a_job_ends_when_the_source_shows_its_end() {
        let at = |now| Status::at(Instant(now), Instant(3), Instant(5));
        assert_eq!([2, 3, 4, 5].map(at), [Status::Ahead, Status::Pending, Status::Pending, Status::Ended]);
    }

    #[test]
    fn a_job_is_asked_for_from_its_start_on() {
        let schedule = PollSchedule::every(Span::from_secs(10));
        assert_eq!(first_of(&schedule, 3.0), (13.0, 0));
        assert_eq!(first_of(&schedule, -4.0), (6.0, 0));
        assert_eq!(first_of(&schedule, -10.0), (0.0, 0));
        assert_eq!(first_of(&schedule, -24.0), (6.0, 0));
        // Four billion seconds ago, and no more work for that.
        assert_eq!(first_of(&schedule, -4_000_000_003.0), (7.0, 0));
        // From end to start, ticks are eleven seconds apart.
        let waiting = PollSchedule { pacing: Pacing::FixedDelay, ..schedule };
        assert_eq!(first_of(&waiting, -24.0), (8.0, 0));
        assert_eq!(first_of(&waiting, -10.0 - 1.1e9), (0.0, 0));
    }

    #[test]
    fn an_interval_has_grown_since_the_start() {
        let backoff = Some(Backoff { factor: 2.0, max: Span::from_secs(8) });
        let schedule = PollSchedule { backoff, ..PollSchedule::every(Span::from_secs(1)) };
        assert_eq!(first_of(&schedule, 3.0), (4.0, 0));
        // Ticks 1, 3, 7, 15, 23, 31 s after the start.
        assert_eq!(first_of(&schedule, -2.0), (1.0, 1));
        assert_eq!(first_of(&schedule, -7.5), (7.5, 3));
        assert_eq!(first_of(&schedule, -16.0), (7.0, 3));
        assert_eq!(first_of(&schedule, -800_000_016.0), (7.0, 3));
    }

    /// Of a job of the past, the next poll is as far away as any time is from the next poll: on average half an interval
    /// and what the jitter adds.
    #[test]
    fn random_gaps_are_as_in_the_long_run() {
        let fixed = PollSchedule::every(Span::from_secs(10));
        let jittered = PollSchedule { jitter: 0.5, ..fixed.clone() };
        let ticks = PollSchedule { jitter_kind: JitterKind::Tick, ..jittered.clone() };
        let memoryless =
            PollSchedule { interval: Delay::Exponential { mean: Span::from_secs(10) }, ..fixed.clone() };
        for (schedule, mean_s) in [(fixed, 5.0), (jittered, 5.416), (memoryless, 10.0), (ticks, 5.833)] {
            let jobs = 20_000;
            let wait = |job: u64| {
                let started = at(-5000.0 - job as f64 * 0.37);
                let (tick, _) = first(&schedule, Randomness::new(3, 0), job, started, Span::ZERO);
                (tick.start - Instant::START).as_secs_f64()
            };
            let mean = (0..jobs).map(wait).sum::<f64>() / jobs as f64;
            assert!((mean - mean_s).abs() < 0.3, "{schedule:?}: {mean}");
        }
    }
}
