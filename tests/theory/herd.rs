//! Many pollers that ask at the same moment (closed form: the mean wait of requests in phase), and what spreads them.

use crate::{near, only};
use pollhook::theory::queue;

/// An event at each half minute and polls at each full one, so that every event waits 30 s for the herd.
fn herd(count: u32, capacity: u32, service_ms: u32, keys: &str) -> String {
    format!(
        "duration = \"1h\"\nseed = 1\n[events]\n\
         arrivals = {{ process = \"constant\", rate = \"1/m\", first = \"30s\" }}\n[network]\ndelay = \"0s\"\n\
         [source]\ncapacity = {capacity}\nservice_time = \"{service_ms}ms\"\n\
         [[client]]\nkind = \"poll\"\ninterval = \"60s\"\nphase = \"0s\"\ncount = {count}\n{keys}"
    )
}

#[test]
fn a_herd_waits_for_itself() {
    for (count, capacity, service_ms) in [(1000, 1, 20), (1000, 7, 20), (7, 3, 1500), (3, 0, 1500)] {
        let client = only(&herd(count, capacity, service_ms, ""));
        let service_s = f64::from(service_ms) / 1e3;
        let wait_s = match capacity {
            0 => 0.0,
            servers => queue::in_phase_mean(count, servers, service_s),
        };
        near("mean", client.latency_s.mean, 30.0 + wait_s + service_s, 1e-9);
        let last_s = f64::from((count - 1).checked_div(capacity).unwrap_or(0)) * service_s;
        near("max", client.latency_s.max, 30.0 + last_s + service_s, 1e-9);
    }
}

/// Jitter about the tick spreads each herd over 2jT = 12 s, of which the source needs 20: the last waits 8 s, and the mean is
/// half of it. Events are far from the polls, so that the jitter changes nothing else.
#[test]
fn jitter_about_the_tick_spreads_a_herd_and_no_more() {
    let of = |jitter: f64| {
        let client = only(&herd(1000, 1, 20, &format!("jitter = {jitter}\njitter_kind = \"tick\"\n")));
        client.latency_s.mean
    };
    let error = |jitter: f64| 4.0 * 60.0 * jitter / libm::sqrt(3.0 * 60_000.0);
    near("within 12 s", of(0.1), 30.0 + 4.0 + 0.02, error(0.1) + 0.02);
    // Over 48 s the source is busy for five twelfths of the time, and nearly nobody waits.
    near("within 48 s", of(0.4), 30.0 + 0.02 + queue::single_mean(1000.0 / 48.0, 0.02, 4e-4), error(0.4));
}

/// A fixed delay starts at the answer. So the queue itself spreads the herd, and nobody waits a second time: the 1,000 ask at
/// all moments of the 20 s that the source took for them, and 20 ms later each minute.
#[test]
fn a_herd_with_a_fixed_delay_meets_once() {
    let client = only(&herd(1000, 1, 20, "pacing = \"fixed-delay\"\n"));
    let (spread, later, answered) = (500.5, 29.5, 1.0);
    near("mean", client.latency_s.mean, 30.0 + 0.02 * (spread + later + answered), 1e-6);
}
