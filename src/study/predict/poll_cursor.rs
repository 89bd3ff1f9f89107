//! Prediction for a poller that keeps a time as its cursor, or polls a source that shows events out of order: what it passes
//! over. All else is as with an id at a source that shows events at once, for which [`poll`] has the forms.

use super::forecast::{Forecast, Spread, finite};
use super::given::{Given, PollSetup, Source, Workload};
use super::poll;
use super::poll_process::{PollProcess, shortest_gap};
use super::times;
use crate::policy::cursor::Cursor;
use crate::policy::delay::Delay;
use crate::policy::paging::{Order, Pages};
use crate::policy::schedule::{JitterKind, Phase};
use crate::study::summary::Theory;
use crate::theory::{cursor, poisson_tail_bound};
use crate::time::Span;

/// None where the poller is another one.
pub(super) fn forecast(polls: &PollSetup<'_>) -> Option<Forecast> {
    let calm = at_once(polls);
    let by_id = by_id(polls, &calm);
    let (workload, process) = holds(polls, &by_id)?;
    let rate_per_s = workload.rate_per_s / f64::from(polls.given.run.resources);
    let Some(lost) = lost(polls, rate_per_s, &process) else {
        let polls_alone = poll::requests(&by_id, workload, &process);
        return Some(Forecast::of(Theory { empty_share: None, ..polls_alone }));
    };
    let commits = polls.given.source.commits;
    if lost.events == 0.0 && commits.constant().is_some() {
        return Some(poll::forecast(&by_id));
    }
    let mut theory = poll::requests(&by_id, workload, &process);
    if lost.events > 0.0 {
        // A poll may find nothing because it passes over all that occurred.
        theory.empty_share = None;
    }
    let longest_s = process.longest_gap_s + process.longest_trip_s + times::limit(commits)?;
    if polls.given.run.drains(longest_s) {
        theory.delivered_share = finite(1.0 - lost.events * process.polls_per_s / rate_per_s);
        if lost.events == 0.0 && poll::waits_uniformly(&by_id, workload, &process) {
            // From when they are shown, events are as random as they were.
            let mean_s = process.answer_mean_s() + commits.mean_s();
            let variance_s2 = process.answer_variance_s2() + commits.variance_s2();
            theory.latency_s.mean = finite(process.gap.wait_mean() + mean_s);
            theory.latency_s.stddev = finite(libm::sqrt(process.gap.wait_variance() + variance_s2));
        }
    }
    Some(Forecast::of(theory))
}

/// How far the figures scatter; None where the poller is another one.
pub(super) fn spread(polls: &PollSetup<'_>) -> Option<Spread> {
    let calm = at_once(polls);
    let by_id = by_id(polls, &calm);
    let (workload, process) = holds(polls, &by_id)?;
    let lost = lost(polls, workload.rate_per_s / f64::from(polls.given.run.resources), &process)?;
    if lost.events == 0.0 {
        return poll::spread(&by_id);
    }
    // Only of the share that is lost: the deviation of a latency is not known.
    let members = f64::from(polls.given.members);
    Some(Spread { cluster: lost.cluster * members, phase_s2: 0.0, bias_s: 0.0, edge: 0.0, attempts: 0 })
}

/// What a poll passes over on average.
struct Lost {
    events: f64,
    /// At least E X²/E X of the number X of events that it passes over.
    cluster: f64,
}

const NOTHING: Lost = Lost { events: 0.0, cluster: 1.0 };

/// None where no form tells it.
fn lost(polls: &PollSetup<'_>, rate_per_s: f64, process: &PollProcess) -> Option<Lost> {
    let unit_s = polls.time_resolution.map_or(0.0, Span::as_secs_f64);
    let overlap_s = polls.overlap.map_or(0.0, Span::as_secs_f64);
    match (polls.cursor, polls.given.source.commits) {
        (Cursor::Id | Cursor::TimeInclusive | Cursor::TimeOverlap, Delay::Constant(_)) => Some(NOTHING),
        (Cursor::Time, Delay::Constant(_)) => {
            let meets_all_parts = polls.jitter_kind == JitterKind::Interval
                && polls.phase == Phase::Random
                && polls.jitter * process.gap.mean >= 3.0 * unit_s
                && shortest_gap(polls)? >= unit_s;
            let events = cursor::lost_in_a_unit(rate_per_s, unit_s);
            meets_all_parts.then_some(Lost { events, cluster: 1.0 + rate_per_s * unit_s })
        }
        // What is shown after that time is as rare as 10^-9.
        (Cursor::TimeOverlap, commits) => (overlap_s >= times::limit(commits)?).then_some(NOTHING),
        (Cursor::Id | Cursor::Time | Cursor::TimeInclusive, Delay::Exponential { mean }) => {
            let mean_s = mean.as_secs_f64();
            let is_short = shortest_gap(polls)? >= 20.0 * mean_s && unit_s <= mean_s / 1000.0;
            let events = cursor::lost_by_late_commits(rate_per_s, mean_s);
            is_short.then_some(Lost { events, cluster: 1.0 + 2.0 * rate_per_s * mean_s })
        }
        (
            Cursor::Id | Cursor::Time | Cursor::TimeInclusive,
            Delay::Uniform { .. } | Delay::Lognormal { .. } | Delay::Pareto { .. },
        ) => None,
    }
}

/// The same source, but that it shows events in their order.
fn at_once<'a>(polls: &PollSetup<'a>) -> Given<'a> {
    let shown = polls.given.source.commit_delay.unwrap_or(Span::ZERO);
    let source = Source { commit_delay: Some(shown), commits: Delay::Constant(shown), ..polls.given.source };
    Given { source, ..polls.given.clone() }
}

/// The same poller, but that it keeps an id.
fn by_id<'a>(polls: &PollSetup<'a>, calm: &'a Given<'a>) -> PollSetup<'a> {
    PollSetup { given: calm, cursor: Cursor::Id, time_resolution: None, overlap: None, ..polls.clone() }
}

/// Poisson events and polls that all succeed, with room on a page for what comes again, too.
fn holds(polls: &PollSetup<'_>, by_id: &PollSetup<'_>) -> Option<(Workload, PollProcess)> {
    let (workload, process) = poll::holds(by_id)?;
    let again_s =
        [polls.time_resolution, polls.overlap].into_iter().flatten().map(Span::as_secs_f64).sum::<f64>();
    let reach_s = process.longest_gap_s + again_s + times::limit(polls.given.source.commits)?;
    let events = workload.rate_per_s / f64::from(polls.given.run.resources) * reach_s;
    let is_one_page = poisson_tail_bound(events, f64::from(polls.given.source.page_size) + 1.0) <= 1e-6;
    let regular = workload.poisson && process.failure == 0.0 && process.gaps.is_none();
    let settled = workload.settles(process.gap.mean);
    let asks = polls.order == Order::Oldest && polls.pages == Pages::All;
    (regular && settled && asks && is_one_page).then_some((workload, process))
}
