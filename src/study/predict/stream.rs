//! Prediction for a client that stays connected, over a network with constant delays, without losses and outages: each
//! event takes one delay from the source to the client.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{Given, Workload};
use super::times::{self, NEGLIGIBLE};
use crate::policy::heartbeat::HeartbeatWhen;
use crate::scenario;
use crate::study::summary::Theory;
use crate::theory::stream;
use crate::time::Span;

pub(super) fn forecast(given: &Given<'_>, config: &scenario::Stream) -> Forecast {
    let Some(Connected { workload, open_s, back_s }) = Connected::of(given, config) else {
        return Forecast::default();
    };
    let resources = f64::from(given.run.resources);
    let loops = f64::from(given.members) * resources;
    let mut theory = Theory::default();
    theory.frames.heartbeats_per_s = heartbeats_per_s(given, config, workload).map(|each| loops * each);
    // Each stream connects once, at the start.
    let connects = if given.run.warmup_s == 0.0 { 1.0 } else { 0.0 };
    theory.requests.per_s = finite(connects * loops / workload.window_s);
    theory.requests.per_event = finite(connects * resources / (workload.window_s * workload.counted_per_s));
    if workload.poisson {
        // The limit of polling without pause: the client's state is as old as the frame's delay.
        theory.fresh_share = Some(libm::exp(-workload.rate_per_s * back_s));
        if workload.settles(1.0 / workload.rate_per_s) {
            theory.age_s.mean = finite(1.0 / workload.rate_per_s + back_s);
        }
    }
    let max_s = back_s + open_s;
    if !given.run.drains(max_s) {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0);
    theory.latency_s.mean = Some(back_s);
    theory.latency_s.stddev = Some(0.0);
    theory.latency_s.max = Some(max_s);
    Forecast::of(theory).with_distribution(Some(LatencyDistribution::Delay(given.to_client.delay)))
}

/// The spread of the mean latency, which is due to the events that occur before the connections are open.
pub(super) fn spread(given: &Given<'_>, config: &scenario::Stream) -> Option<Spread> {
    let Connected { workload, open_s, .. } = Connected::of(given, config)?;
    // Twice as much, because the number of these few events varies.
    let bias_s = 2.0 * stream::opening_adds_s(open_s, workload.window_s);
    let edge = open_s / workload.window_s;
    Some(Spread { cluster: f64::from(given.members), phase_s2: 0.0, bias_s, edge, attempts: 0 })
}

/// A client whose connections open once and never break.
struct Connected {
    workload: Workload,
    /// From the end of the warm-up until the connections are open at the source, in seconds; 0 if they are open then.
    open_s: f64,
    /// The delay from the source to the client, in seconds.
    back_s: f64,
}

impl Connected {
    fn of(given: &Given<'_>, config: &scenario::Stream) -> Option<Self> {
        let scenario::Stream { heartbeat: _, heartbeat_when: _, reconnect: _, timeout } = config;
        let workload = Workload::of(&given.run)?;
        let source = &given.source;
        let never_breaks = given.to_source.loss == 0.0
            && given.to_client.loss == 0.0
            && source.failure_rate == 0.0
            && source.capacity == 0
            && source.commit_delay == Some(Span::ZERO)
            && source.rate_limit.is_none()
            && source.outages.is_empty()
            && given.outages.is_empty();
        let back_s = times::constant(given.to_client.delay)?;
        let opening_s = times::constant(given.to_source.delay)? + times::constant(source.service_time)?;
        let in_time = opening_s + back_s <= timeout.as_secs_f64();
        let open_s = (opening_s - given.run.warmup_s).max(0.0);
        // So few events occur before the connections are open that they are neglected.
        let soon = open_s <= NEGLIGIBLE * workload.window_s;
        (never_breaks && in_time && soon).then_some(Self { workload, open_s, back_s })
    }
}

/// Heartbeats per second of one connection.
fn heartbeats_per_s(given: &Given<'_>, config: &scenario::Stream, workload: Workload) -> Option<f64> {
    let period_s = config.heartbeat.as_secs_f64();
    let per_s = match config.heartbeat_when {
        HeartbeatWhen::Always => 1.0 / period_s,
        HeartbeatWhen::Idle if workload.poisson => {
            stream::idle_heartbeats_per_s(workload.rate_per_s / f64::from(given.run.resources), period_s)
        }
        HeartbeatWhen::Idle => return None,
    };
    finite(per_s).filter(|_| workload.settles(period_s))
}
