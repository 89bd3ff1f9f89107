//! How outages of the client change the gaps between its polls. The form needs Poisson events, which are equally likely
//! at any moment, and constant delays. Outages near each other, or near the ends of [warmup, duration), have no form
//! here.

use super::given::{PollSetup, Run, Workload};
use super::poll_process::PollProcess;
use super::times;
use crate::policy::outage::Outage;
use crate::policy::schedule::Phase;
use crate::theory::outage::blocked_gaps;

/// The process of a poller with its outages. A poll that is under way when an outage begins fails, and ticks within the
/// outage are skipped. None where there are outages and the form does not hold.
pub(super) fn interrupt(calm: PollProcess, polls: &PollSetup<'_>, workload: Workload) -> Option<PollProcess> {
    let outages = polls.given.outages;
    if outages.is_empty() {
        return Some(calm);
    }
    let interval_s = calm.lattice_s.filter(|_| calm.steady && calm.failure == 0.0 && workload.poisson)?;
    let trip_s = polls.trip().map(times::constant).into_iter().sum::<Option<f64>>()?;
    if polls.phase != Phase::Random || !well_apart(&polls.given.run, outages, interval_s, trip_s) {
        return None;
    }
    let down_s: f64 = outages.iter().map(length_s).sum();
    let mut gaps: Vec<(f64, f64)> = outages
        .iter()
        .flat_map(|outage| blocked_gaps(interval_s, length_s(outage) + trip_s))
        .filter(|&(_, chance)| chance > 0.0)
        .collect();
    let long_s: f64 = gaps.iter().map(|(gap_s, chance)| gap_s * chance).sum();
    gaps.push((interval_s, (workload.window_s - long_s) / interval_s));
    let polls = (workload.window_s - down_s) / interval_s;
    Some(calm.with_gaps(gaps, polls, workload.window_s))
}

/// Whether there is at least one whole interval before, between and after the outages, within [warmup, duration).
fn well_apart(run: &Run, outages: &[Outage], interval_s: f64, trip_s: f64) -> bool {
    let before_s = interval_s + trip_s;
    let mut free_from_s = run.warmup_s;
    // A poller that is down sends nothing, whatever the mode.
    for Outage { from, until, mode: _ } in outages {
        if from.as_secs_f64() < free_from_s + before_s {
            return false;
        }
        free_from_s = until.as_secs_f64() + interval_s;
    }
    free_from_s <= run.duration_s
}

pub(super) fn length_s(outage: &Outage) -> f64 {
    (outage.until - outage.from).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{near, outage, poller, scenario};
    use super::super::{known_curve, predict};
    use crate::study::summary::Theory;
    use crate::theory::retry;
    use crate::time::Span;

    /// An outage of a minute, T = 10 s, no delay: six ticks are missed, so one gap of 70 s in 1,000.
    #[test]
    fn a_poller_catches_up_within_an_interval() {
        let mut scenario = scenario(0.01);
        scenario.duration = Span::from_secs(1000);
        let mut client = poller(10.0);
        client.outages = outage();
        let theory = predict(&scenario, &client);
        near(theory.latency_s.mean, (93.0 * 100.0 + 4900.0) / 2000.0, 1e-9);
        near(theory.requests.per_s, 0.094, 1e-12);
        near(theory.latency_s.max, 70.0, 1e-9);
        near(theory.latency_s.p50, 500.0 / 94.0, 1e-9);
        let empty = (93.0 * libm::exp(-0.1) + libm::exp(-0.7)) / 94.0;
        near(theory.empty_share, empty, 1e-12);
        // The events of the outage itself wait for its rest and half an interval.
        let events_of_it = (4900.0 / 2.0 - 100.0 / 2.0) / 60.0;
        near(Some(events_of_it), retry::outage_polling_mean(60.0, 10.0, 0.0) + 5.0, 1e-9);
        assert!(known_curve(&scenario, &client).is_some());
        // At the edge of the run, or when polls fail by themselves, there is no form.
        scenario.duration = Span::from_secs(125);
        assert_eq!(predict(&scenario, &client).latency_s.mean, None);
        scenario.duration = Span::from_secs(1000);
        scenario.source.failure_rate = 0.1;
        assert_eq!(predict(&scenario, &client), Theory::default());
    }
}
