//! The polls of a client at a source that limits its requests.

use super::given::{PollSetup, Workload};
use super::poll_process::{self, PollProcess};
use super::times;
use crate::policy::limit::RateLimit;
use crate::scenario::Kind;
use crate::theory::{poisson_tail_bound, polling};

/// The process under the limit of the source. None where no closed form describes it: loops share a quota that does not
/// last, or fetches do, or polls are refused at random times.
pub(super) fn limit(process: PollProcess, polls: &PollSetup<'_>) -> Option<PollProcess> {
    let given = polls.given;
    let Some(limit) = given.source.rate_limit else { return Some(process) };
    if matches!(given.kind, Kind::Webhook(webhook) if webhook.thin) {
        return None;
    }
    let (window_s, requests) = (limit.per.as_secs_f64(), f64::from(limit.requests));
    let loops = f64::from(given.run.resources);
    // A loop has at most so many polls in a window.
    let spread_s = times::longest(given.to_source.delay) - times::shortest(given.to_source.delay);
    let most = libm::floor((window_s + spread_s) / poll_process::shortest_gap(polls)?) + 1.0;
    if loops * most <= requests {
        return Some(process);
    }
    if limit.not_modified_free && polls.conditional {
        return is_rarely_used(polls, &process, limit).then_some(process);
    }
    let regular = process.lattice_s.filter(|_| {
        process.steady
            && process.failure == 0.0
            && loops == 1.0
            && given.outages.is_empty()
            && given.source.outages.is_empty()
    });
    let interval_s = regular?;
    // Evenly spread, each window has as many polls as it may have, wherever they lie in it.
    if (interval_s * requests - window_s).abs() <= times::NEGLIGIBLE * window_s {
        return Some(process);
    }
    let cycle = polling::BurntQuota { interval_s, requests, window_s };
    // The time to the reset is told in whole seconds, and the next poll arrives a trip later. The long gaps differ by that.
    let told_s = 1.0 + process.longest_trip_s;
    if cycle.longest_s() <= interval_s + told_s || window_s < 60.0 * told_s {
        return None;
    }
    let windows = given.run.window_s() / window_s;
    let gaps = cycle.gaps().map(|(gap_s, number)| (gap_s, number * windows)).to_vec();
    Some(process.with_gaps(gaps, (requests + 1.0) * windows, given.run.window_s()))
}

/// Whether the polls that bring events stay within a limit that counts no others, but for a chance below 10^-6 in a
/// window. There are at most as many as events, of the window and of the gap before it.
fn is_rarely_used(polls: &PollSetup<'_>, process: &PollProcess, limit: RateLimit) -> bool {
    let Some(workload) = Workload::of(&polls.given.run) else { return false };
    let events = workload.rate_per_s * (limit.per.as_secs_f64() + process.longest_gap_s);
    let requests = f64::from(limit.requests);
    let is_within = match workload.poisson {
        true => poisson_tail_bound(events, requests + 1.0) <= 1e-6,
        false => events + 1.0 <= requests,
    };
    is_within && process.failure == 0.0
}
