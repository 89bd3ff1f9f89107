//! Polls for jobs that the source does not keep up with.

use super::polls::{endless, keep, quota};
use super::{Effect, Overload, product, short, things};
use crate::policy::delay::Delay;
use crate::study::predict::given::PollSetup;
use crate::study::predict::times;
use crate::theory::md1::FixedService;
use crate::time::Span;

/// Why polls for jobs do not keep up: not even those that each job takes get through, or none gets through in time, or not all that
/// are due.
pub(super) fn jobs(polls: &PollSetup<'_>) -> Option<Overload> {
    let job = polls.given.run.job?;
    let grows = |why| Effect::LatenciesGrow.because(why);
    (endless(polls).or_else(|| quota(polls.given, 1.0)))
        .map(grows)
        .or_else(|| Load::of(polls, job)?.overload())
}

/// What the polls of jobs are for the source.
struct Load {
    capacity: f64,
    /// Of a poll. A 503 takes no time of a server, and what fails is asked again.
    work_s: f64,
    ends_per_s: f64,
    /// The polls that a job takes at least, however late they are.
    needed: f64,
    /// The polls that a job takes at least where none is late.
    due: f64,
    timeout_s: f64,
    /// The longest wait for a server that ends in time.
    patience_s: f64,
    /// The jobs that are open on average where each poll for them takes as long as the timeout.
    open: f64,
    /// All members have the same jobs.
    members: f64,
    /// The longest time from a poll of a job that times out to the next.
    cycle_s: f64,
}

impl Load {
    fn of(polls: &PollSetup<'_>, job: Delay) -> Option<Self> {
        let source = &polls.given.source;
        let members = f64::from(polls.given.members);
        let ends_per_s = polls.given.run.rate_per_s() * members;
        // The source decides what to answer when a poll arrives, before the poll waits for a server. So the first poll of a job that
        // takes longer than the interval is in vain however long it waits, and at least one more follows.
        let first_s = polls.interval.mean_s();
        let later_s = source.commit_delay.map_or(0.0, Span::as_secs_f64);
        let needed = 1.0 + times::longer(job, first_s + polls.given.to_source.delay.mean_s() - later_s);
        let longest_s = polls.backoff.map_or(first_s, |backoff| backoff.max.as_secs_f64().max(first_s));
        (source.capacity > 0).then(|| Self {
            capacity: f64::from(source.capacity),
            work_s: source.service_time.mean_s(),
            ends_per_s,
            needed,
            due: needed.max(job.mean_s() / longest_s),
            timeout_s: polls.timeout_s,
            patience_s: (polls.timeout_s - polls.given.trip_mean_s()).max(0.0),
            open: ends_per_s * (job.mean_s() + polls.timeout_s),
            members,
            cycle_s: polls.timeout_s.max(longest_s),
        })
    }

    fn overload(&self) -> Option<Overload> {
        (self.too_many(self.needed, Effect::LatenciesGrow))
            .or_else(|| self.too_late())
            .or_else(|| self.too_many(self.due, Effect::AsksLess))
    }

    fn too_many(&self, each: f64, effect: Effect) -> Option<Overload> {
        let busy = product(self.ends_per_s * each, self.work_s);
        (busy >= self.capacity).then(|| {
            effect.because(format!(
                "{} in a second, and {} of {} s for each {} at work: the source works on {}.",
                things(self.ends_per_s, "job ends", "jobs end"),
                things(each, "poll", "polls"),
                short(self.work_s),
                keep(each, busy),
                self.capacity
            ))
        })
    }

    /// The source also works on polls that have timed out. Where those of the jobs that are open take as long as the timeout, none
    /// is in time again and the queue never ends. It comes to that in any long run where some polls wait so long: the number of open
    /// jobs now and then exceeds its mean by three standard deviations.
    fn too_late(&self) -> Option<Overload> {
        let fast_s = self.work_s / self.capacity;
        let work_of_open_s = product(self.open + 3.0 * libm::sqrt(self.open * self.members), fast_s);
        let waits_so_long = || {
            let queue = FixedService::new(self.ends_per_s * self.due, fast_s);
            queue.is_none_or(|queue| 1.0 - queue.cdf(self.patience_s) > MOST_LATE)
        };
        (work_of_open_s >= self.cycle_s && waits_so_long()).then(|| {
            Effect::LatenciesGrow.because(format!(
                "{} at a time on average, and now and then so many that the source needs {} s for a poll of each: polls time out \
                 after {} s, and the source works on them all the same.",
                things(self.open, "job is open", "jobs are open"),
                short(work_of_open_s),
                short(self.timeout_s)
            ))
        })
    }
}

/// The most polls, as a share, that may wait longer than their timeout.
const MOST_LATE: f64 = 1e-4;
