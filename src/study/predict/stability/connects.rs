//! Streams that the source does not connect in time.

use super::{product, short};
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
