//! Prediction for a poller of a feed: it asks for the newest events, and what leaves the page between two polls is lost.

use super::forecast::{Forecast, Spread, finite};
use super::given::{PollSetup, Workload};
use super::poll::{requests, stationary};
use super::poll_process::PollProcess;
use crate::policy::paging::Order;
use crate::policy::schedule::Phase;
use crate::theory::feed;
use crate::time::Span;

/// For Poisson events at a fixed interval.
pub(super) fn forecast(polls: &PollSetup<'_>) -> Forecast {
    let Some((workload, process, interval_s)) = holds(polls) else { return Forecast::default() };
    let run = &polls.given.run;
    let resources = f64::from(run.resources);
    let mut theory = requests(polls, workload, &process);
    let later_s = polls.given.source.commit_delay.map_or(0.0, Span::as_secs_f64);
    if run.drains(process.longest_gap_s + process.longest_trip_s + later_s) {
        let (mean, page) = (workload.rate_per_s / resources * interval_s, polls.given.source.page_size);
        let answer_s = process.answer_mean_s();
        theory.delivered_share = finite(feed::seen_share(mean, page, workload.window_s / interval_s));
        // The ends of the run are in the share, and not in the wait.
        if workload.settles(interval_s) {
            theory.latency_s.mean = finite(interval_s * feed::wait(mean, page) + answer_s);
        }
    }
    Forecast::of(theory)
}

/// How far the share of the events that are seen scatters. The deviation of a latency is not known.
pub(super) fn spread(polls: &PollSetup<'_>) -> Option<Spread> {
    let (workload, _, interval_s) = holds(polls)?;
    let mean = workload.rate_per_s / f64::from(polls.given.run.resources) * interval_s;
    let cluster = feed::cluster(mean, polls.given.source.page_size).max(1.0);
    let members = f64::from(polls.given.members);
    Some(Spread { cluster: cluster * members, phase_s2: 0.0, bias_s: 0.0, edge: 0.0, attempts: 0 })
}

fn holds(polls: &PollSetup<'_>) -> Option<(Workload, PollProcess, f64)> {
    let (workload, process) = stationary(polls)?;
    let interval_s = process.lattice_s.filter(|_| process.failure == 0.0 && process.gaps.is_none())?;
    let is_feed = polls.order == Order::Newest && polls.phase == Phase::Random;
    (is_feed && workload.poisson && workload.window_s >= interval_s)
        .then_some((workload, process, interval_s))
}

#[cfg(test)]
mod tests {
    use super::super::{predict, sample};
    use crate::policy::delay::Delay;
    use crate::policy::paging::Order;
    use crate::scenario::{Drain, Kind};
    use crate::time::Span;

    /// What the source shows after the drain is never seen, and nobody has counted it.
    #[test]
    fn a_drain_that_ends_before_events_are_shown_has_no_form() {
        let mut scenario = sample::scenario(0.1);
        let mut client = sample::poller(10.0);
        let Kind::Poll(schedule) = &mut client.kind else { unreachable!() };
        schedule.order = Order::Newest;
        scenario.source.commit_delay = Delay::Constant(Span::from_secs(60));
        for (seconds, is_known) in [(30, false), (90, true)] {
            scenario.drain = Drain::AtMost(Span::from_secs(seconds));
            assert_eq!(predict(&scenario, &client).delivered_share.is_some(), is_known, "{seconds}");
        }
    }
}
