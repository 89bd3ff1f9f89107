//! Prediction for a poller that asks for each of its jobs until it has ended. Its polls have their times from the start of
//! the job, so that what they find depends on its length alone, and on no other event.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{PollSetup, Workload};
use super::times;
use crate::policy::delay::Delay;
use crate::policy::schedule::Pacing;
use crate::study::summary::Theory;
use crate::theory::jobs::UntilDone;

/// The polls of a job.
struct Asked {
    polls: UntilDone,
    /// From the arrival of the poll that finds the end to that of its answer, and the time that the API shows the end later.
    answer_s: f64,
    /// How much later than it was sent a poll arrives, less the time that the API shows the end later.
    arrives_s: f64,
    /// The longest latency.
    max_s: f64,
}

pub(super) fn forecast(polls: &PollSetup<'_>, job: Delay) -> Forecast {
    let Some(asked) = Asked::of(polls, job) else { return Forecast::default() };
    let Asked { polls: form, answer_s, arrives_s, max_s } = &asked;
    let run = &polls.given.run;
    let mut theory = Theory::default();
    // The polls before the run, and those of jobs that end after it, are in no figure.
    let longer = |time_s: f64| times::longer(job, time_s);
    let excess = |time_s: f64| times::excess(job, time_s);
    let before_s = form.before_end_s(*arrives_s, excess);
    let (after_s, last_s) = (form.after_end_s(*arrives_s, longer, excess), form.lag_mean_s() - arrives_s);
    let (cut_s, unfound_s) = if run.warmup_s > 0.0 {
        (0.0, 0.0)
    } else if *arrives_s < 0.0 {
        (after_s, last_s)
    } else {
        // No poll is under way when the run begins: a job that it would have found is asked for once more.
        (last_s, after_s)
    };
    let workload = Workload::of(run).filter(|workload| workload.poisson);
    if let Some(workload) = workload.filter(|_| times::longest(job) <= run.window_s()) {
        let per_event = form.polls_mean() - (before_s + cut_s) / workload.window_s;
        let members = f64::from(polls.given.members);
        theory.requests.per_event = finite(per_event);
        theory.requests.per_s = finite(per_event * workload.counted_per_s * members);
        // Where the number of polls scatters more than a geometric one does, so does the share.
        let variance = form.polls_square() - form.polls_mean() * form.polls_mean();
        if variance <= 1.01 * form.polls_mean() * (form.polls_mean() - 1.0) + 1e-9 {
            let found = 1.0 - unfound_s / workload.window_s;
            theory.empty_share = finite(1.0 - found / per_event).map(|share| share.max(0.0));
        }
    }
    if !run.drains(*max_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = finite(form.lag_mean_s() + answer_s);
    // Of a constant length every job is found alike: a single step, which the general search would place only nearly.
    let alike = job.constant().is_some();
    let mean_s = form.lag_mean_s();
    let square = if alike {
        mean_s * mean_s
    } else {
        form.lag_square_s2(longer, excess, |from_s, until_s| times::excess_integral(job, from_s, until_s))
    };
    theory.latency_s.stddev = finite(libm::sqrt((square - mean_s * mean_s).max(0.0)));
    let distribution = (!alike).then(|| LatencyDistribution::Jobs {
        polls: form.clone(),
        job,
        delay_s: *answer_s,
        max_s: *max_s,
    });
    Forecast::of(theory).with_distribution(distribution).with_max(Some(*max_s))
}

/// The spread of the mean latency: each job has a length of its own, and all members ask for it at the same times.
pub(super) fn spread(polls: &PollSetup<'_>, job: Delay) -> Option<Spread> {
    Asked::of(polls, job).map(|_| Spread {
        cluster: f64::from(polls.given.members),
        phase_s2: 0.0,
        bias_s: 0.0,
        edge: 0.0,
        attempts: 0,
    })
}

impl Asked {
    /// None where the times of polls do not follow from the start of the job: with jitter, with delays that vary or outlast
    /// the first interval, at a source that queues, limits or fails, in outages, and where messages are lost; and where a job
    /// may take thousands of polls.
    fn of(polls: &PollSetup<'_>, job: Delay) -> Option<Self> {
        let given = polls.given;
        let first = polls.interval.constant()?;
        let [there_s, service_s, back_s] = polls.trip().map(times::constant);
        let (there_s, trip_s) = (there_s?, there_s? + service_s? + back_s?);
        let later_s = given.source.commit_delay?.as_secs_f64();
        let is_alone = polls.jitter == 0.0
            && polls.failure() == 0.0
            && given.outages.is_empty()
            && given.source.rate_limit.is_none()
            && (given.source.capacity == 0 || given.source.service_time.mean_s() == 0.0);
        if !is_alone || trip_s > first.as_secs_f64() || trip_s >= polls.timeout_s {
            return None;
        }
        let added_s = match polls.pacing {
            Pacing::FixedRate => 0.0,
            Pacing::FixedDelay => trip_s,
        };
        let mut steps = 0;
        let mut sent_s = 0.0;
        let mut longest_s: f64 = 0.0;
        let arrivals = (0..MOST_POLLS).map(|number| {
            let interval = polls.backoff.map_or(first, |backoff| backoff.interval(first, steps));
            let gap_s = interval.as_secs_f64() + if number == 0 { 0.0 } else { added_s };
            longest_s = longest_s.max(gap_s);
            steps = polls.backoff.map_or(0, |backoff| backoff.one_more(first, steps));
            sent_s += gap_s;
            sent_s + there_s - later_s
        });
        let form = UntilDone::new(
            arrivals,
            job.mean_s(),
            |time_s| times::longer(job, time_s),
            |time_s| times::excess(job, time_s),
        )?;
        let answer_s = trip_s - there_s + later_s;
        // A job without a bound may be longer than any that the form looks at.
        let grown_s =
            polls.backoff.map_or(longest_s, |backoff| backoff.longest(first).as_secs_f64() + added_s);
        let longest_s = if times::bound(job).is_some() { 0.0 } else { grown_s };
        let max_s = form.lag_max_s(times::quantile(job, 0.0)).max(longest_s) + answer_s;
        Some(Self { polls: form, answer_s, arrives_s: there_s - later_s, max_s })
    }
}

/// The most polls of a job that are looked at.
const MOST_POLLS: u32 = 4000;
