//! What chance does to a difference. The figures of a run are exact for its seed; a sentence that names a winner or says
//! yes must hold for other seeds, too.
//!
//! [`reach`] is three standard errors of the difference of two clients. Five replications or more show how the difference
//! scatters. With fewer it is estimated from what a run has: a count of n independent events scatters by √n, a mean by
//! stddev/√n, a share by √(p(1 - p)/n). Events that depend on each other scatter more, for which three errors leave room.
//! What is rare and did not happen in the run, such as a long outage without an event in it, is not in the estimate.

use super::{Contender, PerReplication, run_by_run};
use crate::figure::{Figure, Metric, Unit};
use crate::policy::channel::Opener;
use crate::policy::schedule::PollSchedule;
use crate::study::interval::mean_and_error;

/// By how much two clients' figures may differ because of the seed alone.
pub(super) fn reach(
    metric: &Metric,
    [a, b]: [&Contender<'_>; 2],
    [own, other]: [f64; 2],
    rows: &PerReplication,
) -> f64 {
    let Metric::Measured(figure) = *metric else { return 0.0 };
    if !own.is_finite() || !other.is_finite() {
        return 0.0;
    }
    if let Some(error) = over_replications(&run_by_run(a, b, figure, rows)) {
        return ERRORS * error;
    }
    let error = if scatters_with_the_events(figure, a, b) {
        // The clients have the events in common, so that only what they make of them differs.
        of_events(figure.unit(), a, (own - other).abs())
    } else {
        libm::hypot(of_one(figure, a, own), of_one(figure, b, other))
    };
    ERRORS * error
}

/// Whether a difference of that size, in figures of that size, is known closely enough to be called slight.
pub(super) fn is_slight(reach: f64, [own, other]: [f64; 2]) -> bool {
    reach <= SLIGHT * own.max(other)
}

/// The standard error of the mean difference; None for too few replications.
fn over_replications(pairs: &[(f64, f64)]) -> Option<f64> {
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).filter(|apart| apart.is_finite()).collect();
    (differences.len() >= ENOUGH).then(|| mean_and_error(&differences).1)
}

fn scatters_with_the_events(figure: Figure, a: &Contender<'_>, b: &Contender<'_>) -> bool {
    let is_of_events = match figure.unit() {
        _ if figure.is_of_attackers() || is_of_set_up(figure) => false,
        Unit::Count | Unit::PerSecond | Unit::Bytes => [a, b].iter().all(|client| is_called(client)),
        Unit::PerEvent => {
            [a, b].iter().all(|client| is_called(client)) || [a, b].iter().all(|client| is_paced(client))
        }
        Unit::Seconds | Unit::Share => false,
    };
    is_of_events || figure == Figure::AgeMean
}

const fn is_of_set_up(figure: Figure) -> bool {
    matches!(figure, Figure::SetupRequests | Figure::SetupRoundTrips | Figure::SetupBytes)
}

/// The standard error of one client's figure in one run.
fn of_one(figure: Figure, client: &Contender<'_>, value: f64) -> f64 {
    let n = client.independent_events();
    let stddev_s = client.summary.latency_s.stddev.unwrap_or(value);
    match figure {
        // A schedule is the same for every seed.
        Figure::Count | Figure::RequestsTotal | Figure::RequestsPolls | Figure::RequestsPerSecond
            if is_paced(client) =>
        {
            0.0
        }
        // An attacker sends at his rate, and a scheme takes every request of a kind or none.
        _ if figure.is_of_attackers() => 0.0,
        // A handshake has the same messages for every seed.
        _ if is_of_set_up(figure) => 0.0,
        Figure::LatencyMean => stddev_s / libm::sqrt(n),
        Figure::EmptyShare => of_share(value, client.summary.requests.polls as f64),
        // The median of a uniform latency scatters by its value/√n; one that is constant does not scatter.
        _ if figure.unit() == Unit::Seconds => value.min(2.0 * stddev_s) / libm::sqrt(n),
        _ if figure.unit() == Unit::Share => of_share(value, n),
        _ => of_events(figure.unit(), client, value),
    }
}

/// A number that comes of events. Of fewer things than events each is an event of its own, such as a loss.
fn of_events(unit: Unit, client: &Contender<'_>, value: f64) -> f64 {
    let n = client.independent_events();
    let causes = if unit == Unit::Count { n.min(value * f64::from(client.runs)) } else { n };
    if causes > 0.0 { value / libm::sqrt(causes) } else { 0.0 }
}

/// The 1/n is for a share of none or all, which a few more events may change.
fn of_share(share: f64, n: f64) -> f64 {
    let n = n.max(1.0);
    libm::sqrt((share * (1.0 - share)).max(0.0) / n) + 1.0 / n
}

fn is_called(client: &Contender<'_>) -> bool {
    client.config.is_called() && !client.config.reconciles()
}

/// Whether it asks at a constant interval, whatever happens; for jobs it does so for each.
fn is_paced(client: &Contender<'_>) -> bool {
    let constant = client.config.schedule().and_then(PollSchedule::steady);
    client.config.kind.channel().opener() == Opener::Client && constant.is_some() && !client.asks_for_jobs
}

/// Standard errors of a difference that chance makes in one of 400 runs.
const ERRORS: f64 = 3.0;
/// Replications that show by themselves how much a figure scatters.
const ENOUGH: usize = 5;
/// A tenth of a figure: what is less may be called about the same.
const SLIGHT: f64 = 0.1;
