//! Prediction for a thin webhook, where nothing fails or queues and the delays are constant.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, finite};
use super::given::{HookSetup, Workload};
use super::hooks::Hooks;
use super::times::{self, NEGLIGIBLE};
use crate::policy::delay::Delay;
use crate::scenario::FETCH_TIMEOUT;
use crate::study::summary::Theory;
use crate::theory::{fetch, poisson_tail_bound};
use crate::time::Span;

pub(super) fn forecast(setup: &HookSetup<'_>, workload: Workload, hooks: &Hooks) -> Forecast {
    let Some(times) = Times::of(setup).filter(|_| workload.poisson && is_free(setup, hooks)) else {
        return Forecast::default();
    };
    if setup.coalesce { by_cursor(setup, workload, &times) } else { by_id(setup, workload, &times) }
        .unwrap_or_default()
}

/// How long each part takes.
struct Times {
    notice: Span,
    /// A fetch, until the source reads its log.
    there: Span,
    /// A fetch, from then on.
    back: Span,
    /// From an event until the API shows it.
    later: Span,
}

impl Times {
    fn of(setup: &HookSetup<'_>) -> Option<Self> {
        let given = setup.given;
        let (notice, there) = (given.to_client.delay.constant()?, given.to_source.delay.constant()?);
        let back = given.source.service_time.constant()? + notice;
        let times = Self { notice, there, back, later: given.source.commit_delay? };
        (times.fetch() <= FETCH_TIMEOUT).then_some(times)
    }

    fn fetch(&self) -> Span {
        self.there + self.back
    }
}

fn is_free(setup: &HookSetup<'_>, hooks: &Hooks) -> bool {
    let given = setup.given;
    let no_queue = setup.workers == 0 && (setup.capacity == 0 || times::longest(setup.service_time) == 0.0);
    let api =
        given.source.failure_rate == 0.0 && given.source.capacity == 0 && given.source.rate_limit.is_none();
    let alone = setup.batch.is_none() && !setup.ordered && setup.reconcile.is_none();
    hooks.never_fail() && given.outages.is_empty() && no_queue && api && alone
}

/// Each event has its notice and its fetch, and a fetch more for each pause until the API shows it.
fn by_id(setup: &HookSetup<'_>, workload: Workload, times: &Times) -> Option<Forecast> {
    let early = times.later - (times.notice + times.there);
    let again = setup.fetch_again.map(|pause| pause + times.fetch());
    let repeats = match again {
        _ if early <= Span::ZERO => 0,
        Some(again) => (early.0 + again.0 - 1).div_euclid(again.0),
        None => return Some(Forecast::of(never(setup, workload))),
    };
    let latency = times.notice + times.fetch() + again.unwrap_or(Span::ZERO) * repeats;
    let mut theory = counts(setup, workload, 1.0 + repeats as f64);
    if !workload.settles(latency.as_secs_f64()) || !setup.given.run.drains(latency.as_secs_f64()) {
        return Some(Forecast::of(theory));
    }
    theory.empty_share = Some(repeats as f64 / (1.0 + repeats as f64));
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = Some(latency.as_secs_f64());
    theory.latency_s.stddev = Some(0.0);
    Some(Forecast::of(theory).with_distribution(Some(LatencyDistribution::Delay(Delay::Constant(latency)))))
}

/// Every fetch is too early, and none is repeated.
fn never(setup: &HookSetup<'_>, workload: Workload) -> Theory {
    let mut theory = counts(setup, workload, 1.0);
    theory.empty_share = Some(1.0);
    theory.delivered_share = Some(0.0);
    theory
}

/// One fetch at a time. The form needs events that the API shows when their notice arrives; of rare events the time between
/// the two does not matter, as long as a fetch is not too early.
fn by_cursor(setup: &HookSetup<'_>, workload: Workload, times: &Times) -> Option<Forecast> {
    let run = &setup.given.run;
    let rate_per_s = workload.rate_per_s / f64::from(run.resources);
    let apart_s = (times.notice - times.later).as_secs_f64().abs();
    let (fetch_s, back_s) = (times.fetch().as_secs_f64(), times.back.as_secs_f64());
    let in_time = times.later <= times.notice + times.there && rate_per_s * apart_s <= NEGLIGIBLE;
    let page = f64::from(setup.given.source.page_size);
    let one_page = poisson_tail_bound(rate_per_s * fetch_s, page) <= 1e-6;
    if !in_time || !one_page || !workload.settles(20.0 * fetch_s + 1.0 / rate_per_s) {
        return None;
    }
    let fetches = fetch::one_at_a_time(rate_per_s, fetch_s, back_s);
    let mut theory = counts(setup, workload, fetches.per_s / rate_per_s);
    let notice_s = times.notice.as_secs_f64();
    let longest_s = notice_s + fetch::longest_s(fetch_s, back_s);
    if run.drains(longest_s) {
        theory.delivered_share = Some(1.0);
        theory.latency_s.mean = finite(notice_s + fetches.after_notice_s);
        theory.latency_s.max = Some(longest_s);
    }
    Some(Forecast::of(theory))
}

/// The counts of requests, for so many fetches for each event.
fn counts(setup: &HookSetup<'_>, workload: Workload, fetches: f64) -> Theory {
    let mut theory = Theory::default();
    theory.requests.per_event = finite(1.0 + fetches);
    theory.requests.per_s = finite(f64::from(setup.given.members) * workload.rate_per_s * (1.0 + fetches));
    theory.attempts.per_event = Some(1.0);
    theory.attempts.duplicates_per_event = Some(0.0);
    theory
}
