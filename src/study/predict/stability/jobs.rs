//! Polls for jobs that the source does not keep up with.

use super::polls::{endless, keep, quota};
use super::{Effect, Overload, product, short, things};
use crate::policy::delay::Delay;
use crate::study::predict::given::PollSetup;
use crate::study::predict::times;
use crate::time::Span;

/// Why polls for jobs do not keep up: not even those that each job takes get through, or none gets through in time. Where not all
/// that are due do, jobs are asked for less often.
pub(super) fn jobs(polls: &PollSetup<'_>) -> Option<Overload> {
    let job = polls.given.run.job?;
    let why = (endless(polls).or_else(|| quota(polls.given, 1.0)))
        .or_else(|| too_many(polls, job))
        .or_else(|| too_late(polls, job));
    why.map(|why| Effect::LatenciesGrow.because(why))
}

/// The source decides what to answer when a poll arrives, before the poll waits for a server. So the first poll of a job that takes
/// longer than the interval is in vain however long it waits, and at least one more follows.
fn too_many(polls: &PollSetup<'_>, job: Delay) -> Option<String> {
    let (capacity, work_s) = servers(polls)?;
    let ends_per_s = polls.given.run.rate_per_s() * f64::from(polls.given.members);
    let each = 1.0 + in_vain(polls, job);
    let busy = product(ends_per_s * each, work_s);
    (busy >= capacity).then(|| {
        format!(
            "{} in a second, and {} of {} s for each {} at work: the source works on {capacity}.",
            things(ends_per_s, "job ends", "jobs end"),
            things(each, "poll", "polls"),
            short(work_s),
            keep(each, busy)
        )
    })
}

/// The source also works on polls that have timed out. Where those of the jobs that are open then take as long as the timeout, none
/// is in time again and the queue never ends; it comes to that where polls wait for each other even without it. The number of open
/// jobs exceeds its mean by three standard deviations in any long run; all members have the same jobs.
fn too_late(polls: &PollSetup<'_>, job: Delay) -> Option<String> {
    let (capacity, work_s) = servers(polls)?;
    let members = f64::from(polls.given.members);
    let ends_per_s = polls.given.run.rate_per_s() * members;
    let first_s = polls.interval.mean_s();
    let longest_s = polls.backoff.map_or(first_s, |backoff| backoff.max.as_secs_f64().max(first_s));
    let due = (1.0 + in_vain(polls, job)).max(job.mean_s() / longest_s);
    let cycle_s = polls.timeout_s.max(longest_s);
    let open = ends_per_s * (job.mean_s() + polls.timeout_s);
    let work_of_open_s = product(open + 3.0 * libm::sqrt(open * members), work_s) / capacity;
    let waits = product(ends_per_s * due, work_s) >= capacity;
    (waits && work_of_open_s >= cycle_s).then(|| {
        format!(
            "{} at a time on average, and now and then so many that the source needs {} s for a poll of each: polls time out after \
             {} s, and the source works on them all the same.",
            things(open, "job is open", "jobs are open"),
            short(work_of_open_s),
            short(polls.timeout_s)
        )
    })
}

/// The chance that a job's end is not shown yet when its first poll arrives.
fn in_vain(polls: &PollSetup<'_>, job: Delay) -> f64 {
    let later_s = polls.given.source.commit_delay.map_or(0.0, Span::as_secs_f64);
    times::longer(job, polls.interval.mean_s() + polls.given.to_source.delay.mean_s() - later_s)
}

/// The servers of the source, and how long a poll takes one of them. A 503 takes no time of a server, and what fails is asked again.
fn servers(polls: &PollSetup<'_>) -> Option<(f64, f64)> {
    let source = &polls.given.source;
    (source.capacity > 0).then(|| (f64::from(source.capacity), source.service_time.mean_s()))
}
