//! Prediction for a long poller, where the delays of the network are constant and nothing fails.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{Given, Workload};
use crate::scenario;
use crate::study::summary::Theory;
use crate::theory::long_poll::LongPoll;
use crate::theory::poisson_tail_bound;
use crate::time::Span;

pub(super) fn forecast(given: &Given<'_>, config: &scenario::LongPoll) -> Forecast {
    let Some((workload, process)) = holds(given, config) else { return Forecast::default() };
    let resources = f64::from(given.run.resources);
    let mut theory = Theory::default();
    theory.requests.per_s = finite(process.requests_per_s() * f64::from(given.members) * resources);
    theory.requests.per_event = finite(process.requests_per_s() * resources / workload.rate_per_s);
    theory.empty_share = finite(process.empty_share());
    if given.run.resources == 1 {
        theory.fresh_share = finite(process.fresh_share());
        theory.age_s.mean = finite(process.age_of_information());
    }
    if !given.run.drains(process.latency_max() + process.hold_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = finite(process.latency_mean());
    theory.latency_s.stddev = finite(libm::sqrt(process.latency_variance()));
    Forecast::of(theory).with_distribution(Some(LatencyDistribution::LongPoll(process)))
}

/// The spread of the mean latency. The events of a gap come at independent times of it; all members have the same gaps.
/// The first gap is shorter.
pub(super) fn spread(given: &Given<'_>, config: &scenario::LongPoll) -> Option<Spread> {
    let (workload, process) = holds(given, config)?;
    let edge = process.gap_s / workload.window_s;
    let bias_s = edge * process.gap_s;
    Some(Spread { cluster: f64::from(given.members), phase_s2: 0.0, bias_s, edge, attempts: 0 })
}

/// The workload and the process of one loop, where all answers take equally long and one page takes all events that
/// wait.
fn holds(given: &Given<'_>, config: &scenario::LongPoll) -> Option<(Workload, LongPoll)> {
    let scenario::LongPoll { hold, pause, idle_timeout, timeout } = config;
    let workload = Workload::of(&given.run)?;
    let source = &given.source;
    let certain = given.to_source.loss == 0.0
        && given.to_client.loss == 0.0
        && source.failure_rate == 0.0
        && source.capacity == 0
        && source.commit_delay == Some(Span::ZERO)
        && source.rate_limit.is_none()
        && source.outages.is_empty()
        && given.outages.is_empty()
        && idle_timeout.is_none_or(|idle| idle >= *hold);
    let [there, service, back] = given.trip().map(|delay| delay.constant().map(|span| span.as_secs_f64()));
    let delay_s = service? + back?;
    let process = LongPoll {
        rate_per_s: workload.rate_per_s / f64::from(given.run.resources),
        hold_s: hold.as_secs_f64(),
        gap_s: delay_s + pause.as_secs_f64() + there?,
        delay_s,
    };
    let answered = hold.as_secs_f64() + there? + delay_s <= timeout.as_secs_f64();
    let page = f64::from(source.page_size);
    let one_page = poisson_tail_bound(process.rate_per_s * process.gap_s, page + 1.0) <= 1e-6;
    let settled = workload.settles(process.gap_s + process.hold_s);
    (certain && workload.poisson && answered && one_page && settled).then_some((workload, process))
}
