//! Streams that the source does not connect in time, or that break before they have brought enough.

use super::{product, short, things};
use crate::scenario;
use crate::study::predict::given::Given;

/// More connects than the source can work on before their timeout. All connect at the start, and again after a failure
/// of the source. Those that time out are worked on all the same, and come again after `timeout` and `reconnect`. While
/// work of more than one timeout is left then, none of them is ever in time.
pub(super) fn connects(given: &Given<'_>, config: &scenario::Stream) -> Option<String> {
    let scenario::Stream {
        heartbeat: _,
        heartbeat_when: _,
        idle_timeout: _,
        replay: _,
        reconnect,
        // The bound is of the longest time to reconnect.
        reconnect_jitter: _,
        timeout,
    } = config;
    let source = &given.source;
    let (timeout_s, capacity) = (timeout.as_secs_f64(), f64::from(source.capacity));
    let streams = f64::from(given.members) * f64::from(given.run.resources);
    let work_s = product(streams * given.worked(), source.service_time.mean_s()) / capacity;
    (capacity > 0.0 && work_s >= 2.0 * timeout_s + reconnect.as_secs_f64()).then(|| {
        format!(
            "{} streams connect together, and the source needs {} s for them: those that time out after {} s come again \
             before it is done.",
            short(streams),
            short(work_s),
            short(timeout_s)
        )
    })
}

/// More events than its streams bring. A stream breaks at the first frame that is lost, and the next one repeats what the client
/// does not have: even of a long backlog, each brings so many events as there are frames before one that is lost. Without `replay`
/// there is no backlog.
pub(super) fn breaks(given: &Given<'_>, config: &scenario::Stream) -> Option<String> {
    let scenario::Stream {
        heartbeat: _,
        heartbeat_when: _,
        // A proxy that cuts idle streams cuts none that has a backlog.
        idle_timeout: _,
        replay,
        reconnect,
        reconnect_jitter,
        timeout,
    } = config;
    let lost = given.to_client.loss;
    let brings = (1.0 - lost) / lost;
    let (shortest, range) = reconnect_jitter.range(*reconnect);
    let pause_s = shortest.as_secs_f64() + range.as_secs_f64() / 2.0;
    // A request that is lost, or whose answer is, ends at its timeout.
    let opens = (1.0 - given.lost()) * (1.0 - given.source.failure_rate);
    let ask_s = pause_s + given.lost() * timeout.as_secs_f64() + opens * given.trip_mean_s();
    let resources = f64::from(given.run.resources);
    let allowed_s = given
        .source
        .rate_limit
        .map_or(0.0, |limit| limit.per.as_secs_f64() * resources / f64::from(limit.requests));
    let apart_s = ask_s.max(allowed_s) / opens;
    let events = given.run.rate_per_s() / resources * apart_s;
    (*replay && events >= brings).then(|| {
        format!(
            "{} before a stream breaks at a lost one, and until the next one is open, {} s later, {}.",
            things(brings, "frame arrives", "frames arrive"),
            short(apart_s),
            things(events, "event occurs", "events occur")
        )
    })
}
