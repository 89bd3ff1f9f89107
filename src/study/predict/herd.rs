//! Polls that wait for a server of the source: those of many members or resources of one client, which ask it together.

use super::given::PollSetup;
use super::times;
use crate::policy::schedule::{Pacing, Phase};
use crate::scenario::Kind;
use crate::theory::{herd, poisson_tail_bound, queue};

/// How long polls wait for a server.
#[derive(Clone, Debug, Default)]
pub(super) struct Waits {
    /// (seconds, share of the polls); empty where none waits.
    pub(super) shares: Vec<(f64, f64)>,
    pub(super) mean_s: f64,
    /// The longest wait; None where only a chance tells it.
    pub(super) bound_s: Option<f64>,
    /// A wait that is exceeded with a negligible chance.
    pub(super) longest_s: f64,
    /// The longest wait of the first polls of all loops, where only these wait.
    pub(super) at_first_s: f64,
    /// The variance of the mean over one replication, because its phases are drawn once.
    pub(super) phase_s2: f64,
}

impl Waits {
    /// No poll waits.
    fn none() -> Self {
        Self { bound_s: Some(0.0), ..Self::default() }
    }

    pub(super) fn variance_s2(&self) -> f64 {
        self.shares
            .iter()
            .map(|(wait_s, share)| share * (wait_s - self.mean_s) * (wait_s - self.mean_s))
            .sum()
    }

    /// E e^(-λW).
    pub(super) fn transform(&self, rate_per_s: f64) -> f64 {
        match self.shares.is_empty() {
            true => 1.0,
            false => self.shares.iter().map(|(wait_s, share)| share * libm::exp(-rate_per_s * wait_s)).sum(),
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.shares.is_empty()
    }
}

/// The waits of the polls of a client; None where no form tells them. A form needs that each loop asks at a fixed interval, or so
/// long after each answer, that every poll is worked on for the same time, and that all of them are answered before they are due again.
pub(super) fn waits(polls: &PollSetup<'_>) -> Option<Waits> {
    let given = polls.given;
    let (source, loops) = (&given.source, polls.loops());
    let idle = times::longest(source.service_time) == 0.0;
    if source.capacity == 0 || idle || loops <= f64::from(source.capacity) || are_rare(polls) {
        return Some(Waits::none());
    }
    let (service_s, interval_s) = (times::constant(source.service_time)?, times::constant(polls.interval)?);
    let there_s = times::constant(given.to_source.delay)?;
    let loops = given.members.checked_mul(given.run.resources)?;
    if !are_alike(polls) {
        return None;
    }
    let last_s = herd::last_s(loops, source.capacity, service_s);
    let waits = match (polls.pacing, polls.phase) {
        // The first poll of a loop is answered when a server has worked on all before it, and the next follows so much later: the
        // loops never meet again, where the last is worked on before the first returns.
        (Pacing::FixedDelay, _) => {
            let back_s = times::constant(given.to_client.delay)?;
            let is_over = last_s <= interval_s + there_s + back_s;
            return is_over.then(|| Waits { at_first_s: last_s, ..Waits::none() });
        }
        (Pacing::FixedRate, Phase::At(_)) => Waits {
            shares: herd::together(loops, source.capacity, service_s),
            mean_s: queue::in_phase_mean(loops, source.capacity, service_s),
            bound_s: Some(last_s),
            longest_s: last_s,
            at_first_s: 0.0,
            phase_s2: 0.0,
        },
        (Pacing::FixedRate, Phase::Random) if source.capacity == 1 => {
            let queue = herd::Phases::new(loops, service_s, interval_s)?;
            let shares = queue.waits();
            let mut waits = Waits { mean_s: queue.mean_s(), shares, ..Waits::default() };
            waits.longest_s = longest_s(&waits.shares);
            // At most so much: as if all loops waited alike.
            waits.phase_s2 = waits.variance_s2();
            waits
        }
        (Pacing::FixedRate, Phase::Random) => return None,
    };
    let back_s = times::longest(given.to_client.delay);
    (there_s + waits.longest_s + service_s + back_s <= interval_s).then_some(waits)
}

/// Whether all servers are busy with a chance below 10^-6. The number busy that loops with phases of their own find is
/// less spread than a Poisson variable; jitter may bring a few more together, for which twice the load is more than enough.
fn are_rare(polls: &PollSetup<'_>) -> bool {
    let source = &polls.given.source;
    let busy = 2.0 * polls.loops() * source.service_time.mean_s() / polls.interval.mean_s();
    polls.phase == Phase::Random
        && asks_alone(polls)
        && polls.given.outages.is_empty()
        && source.rate_limit.is_none()
        && poisson_tail_bound(busy, f64::from(source.capacity)) <= 1e-6
}

/// Whether every poll of every loop is worked on, and none but these.
fn are_alike(polls: &PollSetup<'_>) -> bool {
    let given = polls.given;
    polls.jitter == 0.0
        && given.lost() == 0.0
        && given.source.failure_rate == 0.0
        && given.source.rate_limit.is_none()
        && given.outages.is_empty()
        && asks_alone(polls)
}

/// Whether the client has no other requests to the source: those of reconciling polls come beside others.
const fn asks_alone(polls: &PollSetup<'_>) -> bool {
    matches!(polls.given.kind, Kind::Poll(_))
}

/// The wait that a negligible share exceeds.
fn longest_s(shares: &[(f64, f64)]) -> f64 {
    let mut above = 0.0;
    let longest = shares.iter().rev().find(|(_, share)| {
        above += share;
        above > times::NEGLIGIBLE
    });
    longest.map_or(0.0, |wait| wait.0)
}
