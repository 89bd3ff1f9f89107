//! Long polls that the source does not answer in time.

use super::{Effect, Overload, product, short, things};
use crate::scenario;
use crate::study::predict::given::Given;

/// More answers than the source works on. An event is an answer to each member at once, and the end of a hold may be: where the last
/// of them is later than the timeout, it was for nothing, and its loop comes again. Where the answers of one event are in time but
/// events are too frequent, one answer brings several.
pub(super) fn answers(given: &Given<'_>, config: &scenario::LongPoll) -> Option<Overload> {
    let scenario::LongPoll { hold: _, pause: _, idle_timeout: _, timeout } = config;
    let source = &given.source;
    let (capacity, timeout_s) = (f64::from(source.capacity), timeout.as_secs_f64());
    let (members, service_s) = (f64::from(given.members) * given.worked(), source.service_time.mean_s());
    let loops = members * f64::from(given.run.resources);
    if source.capacity == 0 || loops <= capacity {
        return None;
    }
    let work_s = product(loops, service_s) / capacity;
    if work_s > timeout_s {
        return Some(Effect::LatenciesGrow.because(format!(
            "{} long polls wait together, and the source needs {} s to answer them: the last ones time out after {} s.",
            short(loops),
            short(work_s),
            short(timeout_s)
        )));
    }
    let answers_per_s = given.run.rate_per_s() * members;
    let busy = product(answers_per_s, service_s);
    (busy >= capacity).then(|| {
        Effect::AsksLess.because(format!(
            "{} of {} s each would keep {} at work, and the source works on {capacity}.",
            things(answers_per_s, "answer a second", "answers a second"),
            short(service_s),
            things(busy, "request", "requests")
        ))
    })
}
