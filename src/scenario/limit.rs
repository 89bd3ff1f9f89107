//! How long a run may last, and how often a client may ask in that time.

use super::{Client, Drain, Kind, Scenario, Stream};
use crate::time::{Instant, Span};

/// The latest possible end of a run, whatever is still pending. A drain of `auto` is limited as well, so that a run in
/// which nothing can ever arrive ends: ten times the duration, and after the last outage a whole retry schedule and ten
/// polls.
pub fn limit(scenario: &Scenario, client: &Client) -> Instant {
    let end = Instant::START + scenario.duration;
    match scenario.drain {
        Drain::AtMost(drain) => end + drain,
        Drain::Auto => {
            let outages = scenario.source_outages.0.iter().chain(&client.outages.0);
            let up = outages.map(|outage| outage.until).fold(end, Instant::max);
            let retrying = client.webhook().map_or(Span::ZERO, |webhook| {
                let attempts = i64::from(webhook.retries.attempts());
                let collecting = webhook.batch.map_or(Span::ZERO, |batch| batch.wait);
                let pause = webhook.breaker.map_or(Span::ZERO, |breaker| breaker.pause);
                let each = webhook.retries.longest(webhook.retry_jitter) + webhook.deadline + pause;
                let slow = webhook.slow_penalty.map(|penalty| penalty.delay);
                let later: Span =
                    [webhook.enable_after, webhook.redeliver_after, slow].into_iter().flatten().sum();
                (collecting + each * attempts + webhook.deadline + later).min(Span::LONGEST)
            });
            // A first poll that is due only after the end still brings the events.
            let polling = client.asking().map_or(Span::ZERO, |asking| {
                let each = Span::from_secs_f64(asking.every_s) + asking.timeout;
                (asking.first - Instant::START + each * 10).min(Span::LONGEST)
            });
            let refused = scenario.source.rate_limit.map_or(Span::ZERO, |limit| limit.per * 10);
            // Of a time that is drawn, nearly all are shorter than forty means.
            let commit_delay = scenario.source.commit_delay;
            let shown = Span::from_secs_f64((40.0 * commit_delay.mean_s()).min(Span::LONGEST.as_secs_f64()));
            up + commit_delay.constant().unwrap_or(shown)
                + refused.min(Span::LONGEST)
                + (scenario.duration * 10).min(Span::LONGEST)
                + retrying
                + polling
        }
    }
}

impl Client {
    /// The shortest typical time between two requests of one loop, or two frames of one stream: at least half of those
    /// times are as long. None: it sends none.
    pub(super) fn shortest_gap(&self) -> Option<Span> {
        match &self.kind {
            Kind::Poll(schedule) => Some(schedule.interval.median()),
            Kind::LongPoll(long_poll) => Some(long_poll.empty_gap()),
            Kind::Sse(stream) | Kind::WebSocket(stream) => {
                let Stream {
                    heartbeat,
                    heartbeat_when: _,
                    idle_timeout: _,
                    replay: _,
                    reconnect,
                    reconnect_jitter,
                    timeout: _,
                } = stream;
                // Between two cuts of an idle stream there is the time to reconnect, of which jitter leaves at least half
                // mostly.
                let (shortest, range) = reconnect_jitter.range(*reconnect);
                let typical = shortest + range / 2;
                Some(heartbeat.map_or(typical, |heartbeat| heartbeat.min(typical)))
            }
            Kind::Webhook(webhook) => {
                let polls = webhook.reconcile.as_ref().map(|schedule| schedule.interval.median());
                polls.into_iter().chain(webhook.fetch_again).min()
            }
        }
    }
}
