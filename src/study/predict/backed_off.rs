//! Prediction for a poller that backs off: the chain of its intervals, at Poisson events. An interval is fixed before its
//! events occur, so that events lie uniformly in it.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{PollSetup, Workload};
use super::times::{self, NEGLIGIBLE};
use crate::policy::backoff::Backoff;
use crate::policy::cursor::Cursor;
use crate::policy::paging::Order;
use crate::policy::schedule::Pacing;
use crate::study::summary::Theory;
use crate::theory::backoff::BackedOff;
use crate::theory::{poisson_tail_bound, polling};
use crate::time::Span;

/// The polls of one loop, and what a figure of a run needs of them.
struct Chain {
    form: BackedOff,
    workload: Workload,
    /// Events per second of one loop.
    rate_per_s: f64,
    answer_s: f64,
    failure: f64,
    /// A gap between answered polls that is exceeded with a negligible chance.
    longest_s: f64,
    /// The time in which the interval grows to the longest.
    grows_s: f64,
}

pub(super) fn forecast(polls: &PollSetup<'_>, backoff: Backoff) -> Forecast {
    let Some(chain) = Chain::of(polls, backoff) else { return Forecast::default() };
    let Chain { form, workload, rate_per_s, answer_s, failure, longest_s, grows_s: _ } = &chain;
    let run = &polls.given.run;
    let mut theory = Theory::default();
    theory.requests.per_s = finite(form.polls_per_s() * polls.loops());
    theory.requests.per_event =
        finite(form.polls_per_s() * f64::from(run.resources) / workload.counted_per_s);
    theory.empty_share = finite(form.empty_share());
    let is_certain = *failure == 0.0;
    if is_certain && run.resources == 1 {
        let transform = form.mean(|gap_s| polling::empty_fixed(gap_s, *rate_per_s));
        let gap_s = form.mean(|gap_s| gap_s);
        theory.fresh_share = finite(polling::fresh_share(*rate_per_s, *answer_s, gap_s, transform));
    }
    if !run.drains(longest_s + answer_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = finite(form.wait_mean_s() + answer_s);
    if !is_certain {
        return Forecast::of(theory);
    }
    // The time to the end of a gap is uniform: E W² = E G³/(3 E G).
    let second = form.mean(|gap_s| gap_s * gap_s * gap_s) / (3.0 * form.mean(|gap_s| gap_s));
    let variance = second - form.wait_mean_s() * form.wait_mean_s();
    theory.latency_s.stddev = finite(libm::sqrt(variance.max(0.0)));
    let gaps = form.gaps().to_vec();
    Forecast::of(theory).with_distribution(Some(LatencyDistribution::PollGaps { gaps, delay_s: *answer_s }))
}

/// The spread of the mean latency. Events of one gap are late together, and no gap has more of them than the longest.
pub(super) fn spread(polls: &PollSetup<'_>, backoff: Backoff) -> Option<Spread> {
    let chain = Chain::of(polls, backoff)?;
    let members = f64::from(polls.given.members);
    let begins = chain.grows_s / chain.workload.window_s;
    (chain.failure == 0.0).then(|| Spread {
        cluster: (1.0 + chain.rate_per_s * chain.longest_s) * members,
        phase_s2: 0.0,
        bias_s: begins * chain.form.wait_mean_s(),
        edge: begins,
        attempts: 0,
    })
}

impl Chain {
    /// None where the intervals are no chain of their own: with jitter, with delays that vary or outlast the first interval,
    /// at a source that queues or limits, in outages, where messages are lost, where a page may not take all events, and
    /// in a run that is too short.
    fn of(polls: &PollSetup<'_>, backoff: Backoff) -> Option<Self> {
        let given = polls.given;
        let workload = Workload::of(&given.run).filter(|workload| workload.poisson)?;
        let first = polls.interval.constant()?;
        let trip_s = polls.trip().into_iter().map(times::constant).sum::<Option<f64>>()?;
        let answer_s = polls.answer()?.map(times::constant).into_iter().sum::<Option<f64>>()?;
        let is_alone = polls.jitter == 0.0
            && polls.order == Order::Oldest
            && polls.cursor == Cursor::Id
            && given.lost() == 0.0
            && given.outages.is_empty()
            && given.source.rate_limit.is_none()
            && given.source.commit_delay == Some(Span::ZERO)
            && (given.source.capacity == 0 || given.source.service_time.mean_s() == 0.0);
        if !is_alone || trip_s > first.as_secs_f64() || trip_s >= polls.timeout_s {
            return None;
        }
        let failure = polls.failure();
        // With a fixed delay a gap is as long as its answer takes, too, and a failure is answered at once.
        let added_s = match polls.pacing {
            Pacing::FixedRate => 0.0,
            Pacing::FixedDelay if failure == 0.0 || given.source.service_time.mean_s() == 0.0 => trip_s,
            Pacing::FixedDelay => return None,
        };
        let mut intervals_s = Vec::new();
        let mut steps = 0;
        loop {
            intervals_s.push(backoff.interval(first, steps).as_secs_f64() + added_s);
            let next = backoff.one_more(first, steps);
            if next == steps {
                break;
            }
            steps = next;
        }
        let rate_per_s = workload.rate_per_s / f64::from(given.run.resources);
        let runs =
            if failure > 0.0 { libm::ceil(libm::log(NEGLIGIBLE) / libm::log(failure)).max(1.0) } else { 1.0 };
        let longest_s = runs * intervals_s.last()?;
        let grows_s: f64 = intervals_s.iter().sum::<f64>() / (1.0 - failure);
        let page = f64::from(given.source.page_size);
        let fits = poisson_tail_bound(rate_per_s * longest_s, page + 1.0) <= 1e-6;
        let settles = workload.settles(5.0 * (grows_s + 1.0 / rate_per_s));
        let form = BackedOff::new(&intervals_s, rate_per_s, failure);
        (failure < 1.0 && fits && settles).then_some(Self {
            form,
            workload,
            rate_per_s,
            answer_s,
            failure,
            longest_s,
            grows_s,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{known_curve, outlook, predict, sample};
    use crate::figure::Figure;
    use crate::policy::backoff::Backoff;
    use crate::policy::outage::Outages;
    use crate::scenario::{Client, Kind, Scenario};
    use crate::time::Span;

    fn backing_off(change: impl FnOnce(&mut Scenario, &mut Client)) -> (Scenario, Client) {
        let mut scenario = sample::scenario(0.02);
        let mut client = sample::poller(1.0);
        let Kind::Poll(schedule) = &mut client.kind else { unreachable!() };
        schedule.backoff = Some(Backoff { factor: 2.0, max: Span::from_secs(64) });
        change(&mut scenario, &mut client);
        (scenario, client)
    }

    /// The values of a published table: 0.08046 polls a second, 81.7 % of them empty, and 17.86 s to the next.
    #[test]
    fn the_chain_of_intervals_is_predicted() {
        let (scenario, client) = backing_off(|_, client| {
            client.network.to_client.delay = sample::seconds(0.5);
        });
        let theory = predict(&scenario, &client);
        let near = |value: Option<f64>, expected: f64, within: f64| {
            assert!(
                value.is_some_and(|value| (value - expected).abs() < within),
                "{value:?}, not {expected}"
            );
        };
        near(theory.requests.per_s, 0.08046, 5e-6);
        near(theory.requests.per_event, 0.08046 / 0.02, 5e-4);
        near(theory.empty_share, 0.817, 5e-4);
        near(theory.latency_s.mean, 18.36, 5e-3);
        near(theory.latency_s.max, 64.5, 1e-9);
        assert_eq!(theory.age_s.mean, None, "the newest event is older where the gap is longer");
        // The distribution has the mean that the form says: the area above the curve.
        let curve = known_curve(&scenario, &client).expect("it is known");
        let area: f64 =
            curve.windows(2).map(|w| (w[1].0 - w[0].0) * (1.0 - f64::midpoint(w[0].1, w[1].1))).sum();
        near(Some(curve[0].0 + area), 18.36, 0.1);
    }

    #[test]
    fn what_breaks_the_chain_is_named() {
        let why = |change: fn(&mut Scenario, &mut Client)| {
            let (scenario, client) = backing_off(change);
            let outlook = outlook(&scenario, &client);
            let missing = outlook.missing.into_iter().find(|(figure, _)| *figure == Figure::LatencyMean);
            missing.map(|(_, reason)| reason).unwrap_or_default()
        };
        assert_eq!(why(|_, _| ()), "");
        assert_eq!(
            why(|_, client| client.outages = sample::outage()),
            "no form with this outage of the client"
        );
        assert_eq!(why(|scenario, _| scenario.source.page_size = 1), "no form with this source.page_size");
        let (scenario, client) = backing_off(|_, _| ());
        assert_eq!(client.outages, Outages::default());
        let missing = outlook(&scenario, &client).missing;
        let age =
            missing.iter().find(|(figure, _)| *figure == Figure::AgeMean).map(|(_, reason)| &reason[..]);
        assert_eq!(age, Some("no form with this backoff"));
    }
}
