//! The checks of every run, as the report shows them: measured figures against closed forms, and that every request
//! ends exactly once.

use super::aggregate::Exchanges;
use super::expect::patience_s;
use super::predict::{self, Spread};
use super::summary::{ClientSummary, Summary};
use super::{Check, Verdict, human};
use crate::scenario::{Client, Scenario};

/// All checks of a run: theory where a form holds, then the requests. A run that was stopped early is not compared with
/// theory, because it lacks what was still under way, above all the slowest events.
pub(super) fn checks(scenario: &Scenario, summary: &Summary, exchanges: Exchanges) -> Vec<Check> {
    let counted = [Some(requests(exchanges)), frames(exchanges)].into_iter().flatten();
    if !summary.complete {
        return counted.collect();
    }
    // A live run that was later than the deadlines has retries that no theory predicts.
    let is_in_time = |client: &Client| late_s(summary) < patience_s(client);
    let each = || {
        let clients = scenario.clients.iter().zip(&summary.clients);
        clients.filter(|(client, measured)| measured.stable && is_in_time(client))
    };
    let latencies = each()
        .filter_map(|(client, measured)| latency(measured, predict::spread(scenario, client)?, summary));
    let empty = each().filter_map(|(client, measured)| empty_share(scenario, client, measured, summary));
    latencies.chain(empty).chain(counted).collect()
}

/// The greatest lateness of a live run, in seconds; a figure may differ from theory by that much. 0 in virtual time.
fn late_s(summary: &Summary) -> f64 {
    summary.live.as_ref().and_then(|live| live.lateness_s.max).unwrap_or(0.0)
}

/// Whether the mean latency is within four standard errors of theory. Three of the slowest events are added to that
/// tolerance: a run may have none or several of a rare event, which a standard error does not cover.
fn latency(measured: &ClientSummary, spread: Spread, summary: &Summary) -> Option<Check> {
    let theory = &measured.theory.latency_s;
    let (mean, expected, deviation) = (measured.latency_s.mean?, theory.mean?, theory.stddev?);
    let independent = measured.latency_s.count as f64 / spread.cluster;
    let slowest_s = measured.latency_s.max?;
    // A constant latency has no slow events. Anything slower than it counts.
    let rare_s = if deviation > 0.0 { slowest_s } else { (slowest_s - expected).max(0.0) };
    let variance_s2 =
        deviation * deviation / independent + spread.phase_s2 / f64::from(summary.replications.max(1));
    let reach = 4.0 * libm::sqrt(variance_s2) + 3.0 * rare_s / independent + spread.bias_s + late_s(summary);
    let (shown, wanted) = (human::duration(mean), human::duration(expected));
    // In virtual time a constant latency agrees to the nanosecond.
    let plus_minus = if reach > SHOWN_S { format!(" ± {}", human::duration(reach)) } else { String::new() };
    let text = format!("{}: mean {shown}, theory {wanted}{plus_minus}", measured.name);
    let tells = reach <= expected * TELLING || reach <= SHOWN_S;
    Some(judged(text, (mean - expected).abs() <= reach.max(SHOWN_S), tells))
}

/// Whether the share of empty polls is within four standard errors of theory.
fn empty_share(
    scenario: &Scenario,
    client: &Client,
    measured: &ClientSummary,
    summary: &Summary,
) -> Option<Check> {
    let expected = measured.theory.empty_share?;
    let polls = measured.requests.polls as f64;
    client.schedule().filter(|_| polls > 0.0)?;
    let share = measured.requests.empty_polls as f64 / polls;
    // All members of a client have the same events, so that their polls are empty together.
    let independent = polls / f64::from(client.count);
    // The first poll of each loop finds the events of a shorter time than later ones.
    let loops = f64::from(client.count)
        * f64::from(scenario.events.resources)
        * f64::from(summary.replications.max(1));
    // A poll that is late may find an event that the next poll would have found.
    let window_s = (scenario.duration - scenario.warmup).as_secs_f64();
    let late = late_s(summary) * polls / (loops * window_s);
    let reach = 4.0 * libm::sqrt(expected * (1.0 - expected) / independent) + loops / polls + late;
    let text = format!(
        "{}: empty {}, theory {} ± {}",
        measured.name,
        human::share(share),
        human::share(expected),
        human::share(reach)
    );
    let tells = reach <= expected * TELLING || reach <= TELLING_SHARE;
    Some(judged(text, (share - expected).abs() <= reach, tells))
}

/// Whether each request that was sent has ended. The two are counted in different places: by the sender, and by the
/// machine that takes the outcome.
fn requests(Exchanges { sent, ended, .. }: Exchanges) -> Check {
    let [sent_text, ended_text] = [sent, ended].map(human::count);
    let text = format!("{sent_text} requests sent, {ended_text} ended, with warm-up and drain");
    Check { text, verdict: if sent == ended { Verdict::Agrees } else { Verdict::Differs } }
}

/// The same for frames on streams; None without streams.
fn frames(Exchanges { pushed, landed, .. }: Exchanges) -> Option<Check> {
    let [pushed_text, landed_text] = [pushed, landed].map(human::count);
    let text = format!("{pushed_text} frames sent, {landed_text} arrived or dropped with their stream");
    let verdict = if pushed == landed { Verdict::Agrees } else { Verdict::Differs };
    (pushed > 0 || landed > 0).then_some(Check { text, verdict })
}

/// The verdict. A figure within a tolerance that is too large to contradict anything does not agree.
fn judged(text: String, within: bool, tells: bool) -> Check {
    match (within, tells) {
        (false, _) => Check { text, verdict: Verdict::Differs },
        (true, true) => Check { text, verdict: Verdict::Agrees },
        (true, false) => Check { text, verdict: Verdict::TooFewEvents },
    }
}

/// Differences up to this, in seconds, are due to rounding.
const SHOWN_S: f64 = 1e-6;
/// The largest tolerance that can contradict something, as a share of the figure.
const TELLING: f64 = 0.5;
/// A tolerance of the share of empty polls that can contradict any share, 0 and 1 included.
const TELLING_SHARE: f64 = 0.01;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::RunOptions;
    use crate::study::{self, Results};

    fn results(text: &str) -> Results {
        let scenario =
            crate::scenario::load("check", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        study::run(&scenario, RunOptions::TO_THE_END, false, || ()).expect("it is not stopped")
    }

    fn verdicts(results: &Results) -> Vec<(&str, Verdict)> {
        results.checks.iter().map(|check| (check.text.as_str(), check.verdict)).collect()
    }

    const BALANCED: Exchanges = Exchanges { sent: 5, ended: 5, pushed: 0, landed: 0 };

    #[test]
    fn a_request_that_never_ended_differs() {
        let exchanges = Exchanges { sent: 360, ended: 359, ..BALANCED };
        assert_eq!(requests(exchanges).text, "360 requests sent, 359 ended, with warm-up and drain");
        assert_eq!(requests(exchanges).verdict, Verdict::Differs);
        assert_eq!(requests(BALANCED).verdict, Verdict::Agrees);
        let verdict =
            |pushed, landed| frames(Exchanges { pushed, landed, ..BALANCED }).map(|check| check.verdict);
        assert_eq!(verdict(7, 6), Some(Verdict::Differs));
        assert_eq!((verdict(7, 7), verdict(0, 0)), (Some(Verdict::Agrees), None));
    }

    const POLL: &str = "[[client]]\nkind = \"poll\"\ninterval = \"60s\"\n";

    fn scenario(keys: &str, arrivals: &str, clients: &str) -> String {
        format!("seed = 7\n{keys}\n[events]\narrivals = {{ process = \"{arrivals} }}\n{clients}")
    }

    /// The first gap is shorter in each replication. Its effect on the mean does not decrease with the number of
    /// events.
    #[test]
    fn many_short_replications_agree() {
        let text = scenario("duration = \"10m\"\nreplications = 100", "poisson\", rate = \"600/h\"", POLL);
        let results = results(&text);
        assert_eq!(results.checks[0].verdict, Verdict::Agrees, "{:?}", results.checks);
    }

    #[test]
    fn members_with_one_phase_agree() {
        for phase in ["\"random\"", "\"7s\""] {
            let client = format!("{POLL}count = 5\nphase = {phase}\n");
            let results =
                results(&scenario("duration = \"6h\"", "constant\", rate = \"0.016129/s\"", &client));
            assert!(
                results.checks.iter().all(|check| check.verdict != Verdict::Differs),
                "{:?}",
                results.checks
            );
        }
    }

    /// With a handful of events no mean can contradict the theory, so that none confirms it.
    #[test]
    fn few_events_tell_nothing() {
        let client = "[network]\nloss = 0.3\n[[client]]\nkind = \"webhook\"\nretries = [\"5m\", \"1h\"]\n";
        let results = results(&scenario("duration = \"2h\"", "poisson\", rate = \"10/h\"", client));
        let verdicts = verdicts(&results);
        assert!(matches!(verdicts[..], [(_, Verdict::TooFewEvents), (_, Verdict::Agrees)]), "{verdicts:?}");
    }

    /// Events that were under way when a run was stopped are missing from its figures.
    #[test]
    fn a_run_that_was_stopped_is_compared_with_no_theory() {
        let mut results = results(&scenario("duration = \"6h\"", "poisson\", rate = \"600/h\"", POLL));
        assert_eq!(results.checks.len(), 3);
        results.summary.complete = false;
        assert_eq!(checks(&results.scenario, &results.summary, BALANCED).len(), 1);
    }

    /// Requests that timed out only because of the engine's lateness do not contradict theory.
    #[test]
    fn a_live_run_later_than_the_deadlines_is_compared_with_no_theory() {
        let mut results = results(&scenario("duration = \"6h\"", "poisson\", rate = \"600/h\"", POLL));
        let mut number = |late_s: f64| {
            let mut live = super::super::summary::Live::default();
            live.lateness_s.max = Some(late_s);
            results.summary.live = Some(live);
            checks(&results.scenario, &results.summary, BALANCED).len()
        };
        assert_eq!([29.0, 30.0].map(&mut number), [3, 1], "a poll waits for 30 s");
    }

    #[test]
    fn a_figure_that_is_wrong_differs() {
        let mut results = results(&scenario("duration = \"24h\"", "poisson\", rate = \"600/h\"", POLL));
        let latency = &mut results.summary.clients[0].latency_s;
        latency.mean = latency.mean.map(|mean| mean + 2.0);
        let checks = checks(&results.scenario, &results.summary, BALANCED);
        assert_eq!((checks[0].verdict, checks[1].verdict), (Verdict::Differs, Verdict::Agrees), "{checks:?}");
    }
}
