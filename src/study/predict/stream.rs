//! Prediction for a client that stays connected, over a network with constant delays, without losses and outages: each
//! event takes one delay from the source to the client. Where a proxy cuts idle connections, an event that occurs while the
//! client is not connected waits for it, or is lost.

use super::distribution::LatencyDistribution;
use super::forecast::{Forecast, Spread, finite};
use super::given::{Given, Workload};
use super::times::{self, NEGLIGIBLE};
use crate::policy::heartbeat::HeartbeatWhen;
use crate::scenario;
use crate::study::summary::Theory;
use crate::theory::gap::Gap;
use crate::theory::stream::{self, Cut};
use crate::time::Span;

pub(super) fn forecast(given: &Given<'_>, config: &scenario::Stream) -> Forecast {
    let Some(connected) = Connected::of(given, config) else { return Forecast::default() };
    let Connected { workload, open_s, back_s, cut, longest_away_s, replay } = connected;
    let resources = f64::from(given.run.resources);
    let loops = f64::from(given.members) * resources;
    let mut theory = Theory::default();
    theory.frames.heartbeats_per_s = heartbeats_per_s(given, config, &connected).map(|each| loops * each);
    // Each stream connects at the start, and after each cut.
    let first = if given.run.warmup_s == 0.0 { 1.0 } else { 0.0 };
    let connects_per_s = first / workload.window_s + cut.map_or(0.0, |cut| 1.0 / cut.cycle_s());
    theory.requests.per_s = finite(connects_per_s * loops);
    theory.requests.per_event = finite(connects_per_s * resources / workload.counted_per_s);
    // Without `replay` a stream begins with what occurs after its request has arrived: what is earlier is lost, and not late. A
    // connection that opens later than that has to wait for a server.
    let early_s =
        if replay || times::constant(given.source.service_time) != Some(0.0) { open_s } else { 0.0 };
    let drains = given.run.drains(back_s + open_s + longest_away_s);
    if let Some(cut) = cut {
        let waits =
            if replay { [cut.wait_mean_s(), cut.wait_variance_s2(), longest_away_s] } else { [0.0; 3] };
        let [wait_s, variance_s2, longest_s] = waits;
        if drains {
            theory.delivered_share = finite(if replay { 1.0 } else { 1.0 - cut.away_share() });
            theory.latency_s.mean = finite(back_s + wait_s);
            theory.latency_s.stddev = finite(libm::sqrt(variance_s2));
            theory.latency_s.max = Some(back_s + early_s.max(longest_s));
        }
        return Forecast::of(theory);
    }
    if workload.poisson {
        // The limit of polling without pause: the client's state is as old as the frame's delay.
        theory.fresh_share = Some(libm::exp(-workload.rate_per_s * back_s));
        if workload.settles(1.0 / workload.rate_per_s) {
            theory.age_s.mean = finite(1.0 / workload.rate_per_s + back_s);
        }
    }
    if !drains {
        return Forecast::of(theory);
    }
    theory.delivered_share = Some(1.0).filter(|_| replay || open_s == 0.0);
    theory.latency_s.mean = Some(back_s);
    theory.latency_s.stddev = Some(0.0);
    Forecast::of(theory)
        .with_distribution(Some(LatencyDistribution::Delay(given.to_client.delay)))
        .with_max(Some(back_s + early_s))
}

/// The spread of the mean latency, which is due to the events that occur before the connections are open, and to those
/// that occur while they are cut.
pub(super) fn spread(given: &Given<'_>, config: &scenario::Stream) -> Option<Spread> {
    let Connected { workload, open_s, cut, longest_away_s, .. } = Connected::of(given, config)?;
    // Twice as much, because the number of these few events varies.
    let opening_s = 2.0 * stream::opening_adds_s(open_s, workload.window_s);
    let edge = open_s / workload.window_s;
    // All members have the same events, and are cut together. The number of events of a cut varies, and so does that of the
    // cuts.
    let of_cut = |cut: Cut| 1.0 + cut.rate_per_s * longest_away_s;
    let cluster = f64::from(given.members) * cut.map_or(1.0, of_cut);
    let first_s = cut.map_or(0.0, |cut| 2.0 * cut.wait_mean_s() * cut.cycle_s() / workload.window_s);
    Some(Spread { cluster, phase_s2: 0.0, bias_s: opening_s + first_s, edge, attempts: 0 })
}

/// A client whose connections open at the start, and never break but where they are idle.
#[derive(Clone, Copy)]
struct Connected {
    workload: Workload,
    /// From the end of the warm-up until the connections are open at the source, in seconds; 0 if they are open then.
    open_s: f64,
    /// The delay from the source to the client, in seconds.
    back_s: f64,
    /// How a proxy cuts each connection; None: it never does.
    cut: Option<Cut>,
    /// The longest time for which it is closed, in seconds.
    longest_away_s: f64,
    replay: bool,
}

impl Connected {
    fn of(given: &Given<'_>, config: &scenario::Stream) -> Option<Self> {
        let scenario::Stream {
            heartbeat,
            heartbeat_when,
            idle_timeout,
            replay,
            reconnect,
            reconnect_jitter,
            timeout,
        } = *config;
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
        // A heartbeat that is due as the patience of the proxy ends passes.
        let is_kept = |idle: Span| heartbeat.is_some_and(|heartbeat| heartbeat <= idle);
        let (shortest, range) = reconnect_jitter.range(reconnect);
        let shortest_s = back_s + shortest.as_secs_f64() + opening_s;
        let cut = idle_timeout.filter(|&idle| !is_kept(idle)).map(|idle| Cut {
            rate_per_s: workload.rate_per_s / f64::from(given.run.resources),
            idle_s: idle.as_secs_f64(),
            away: Gap::uniform(shortest_s, shortest_s + range.as_secs_f64()),
        });
        // An idle time that is longer than any between two events never ends.
        let cut = cut.filter(|cut| workload.window_s > NEGLIGIBLE * NEGLIGIBLE * cut.open_s());
        // Heartbeats at fixed times, and events at fixed times, have another process of cuts. With `replay` off, nothing
        // waits for a server after its request has arrived.
        let form = cut.is_none_or(|cut| {
            workload.poisson
                && (heartbeat.is_none() || heartbeat_when == HeartbeatWhen::Idle)
                && (replay || times::constant(source.service_time) == Some(0.0))
                && workload.settles(cut.cycle_s())
        });
        let longest_away_s = cut.map_or(0.0, |_| shortest_s + range.as_secs_f64());
        let holds = never_breaks && in_time && soon && form;
        holds.then_some(Self { workload, open_s, back_s, cut, longest_away_s, replay })
    }
}

/// Heartbeats per second of one connection.
fn heartbeats_per_s(given: &Given<'_>, config: &scenario::Stream, connected: &Connected) -> Option<f64> {
    let Connected { workload, cut, .. } = *connected;
    let Some(period) = config.heartbeat.filter(|_| cut.is_none()) else { return Some(0.0) };
    let period_s = period.as_secs_f64();
    let per_s = match config.heartbeat_when {
        HeartbeatWhen::Always => 1.0 / period_s,
        HeartbeatWhen::Idle if workload.poisson => {
            stream::idle_heartbeats_per_s(workload.rate_per_s / f64::from(given.run.resources), period_s)
        }
        HeartbeatWhen::Idle => return None,
    };
    finite(per_s).filter(|_| workload.settles(period_s))
}
