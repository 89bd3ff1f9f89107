//! The checks of every run, as the report shows them: measured figures against closed forms, and that every request
//! ends exactly once.

mod theory;

use super::aggregate::Exchanges;
use super::expect::patience_s;
use super::summary::Summary;
use super::{Beside, Check, PerReplication, Verdict, human};
use crate::measure::Latencies;
use crate::scenario::Scenario;
use theory::Compared;

/// What the summary does not have. Without it fewer figures can be compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Detail<'a> {
    /// Of each client.
    pub(super) latencies: &'a [Latencies],
    pub(super) rows: Option<&'a PerReplication>,
}

/// All checks of a run: theory where a form holds, then the requests. A run that was stopped early is not compared with
/// theory, because it lacks what was still under way, above all the slowest events.
pub(super) fn checks(
    scenario: &Scenario,
    summary: &Summary,
    exchanges: Exchanges,
    detail: Detail<'_>,
) -> Vec<Check> {
    let counted = [Some(requests(exchanges)), frames(exchanges)].into_iter().flatten();
    if !summary.complete {
        return counted.collect();
    }
    let compared: Vec<Compared<'_>> = (0..summary.clients.len())
        .filter(|&index| compares(scenario, summary, index))
        .map(|index| Compared::of(scenario, summary, index, detail))
        .collect();
    let mut checks: Vec<Check> = compared.iter().flat_map(Compared::differing).collect();
    checks.extend(compared.iter().filter_map(Compared::mean));
    checks.extend(compared.iter().filter_map(Compared::empty_share));
    checks.extend(compared.iter().filter_map(Compared::agreeing));
    checks.extend(counted);
    checks
}

/// Every figure that a form predicts, beside its prediction.
pub(super) fn beside_theory(scenario: &Scenario, summary: &Summary, detail: Detail<'_>) -> Vec<Beside> {
    let clients = 0..summary.clients.len();
    let each = clients.map(|index| (index, Compared::of(scenario, summary, index, detail)));
    each.flat_map(|(index, compared)| {
        let compares = summary.complete && compares(scenario, summary, index);
        compared.all(index, compares).collect::<Vec<_>>()
    })
    .collect()
}

/// Whether a client is compared with theory: it can keep up, and no request timed out because a live run was late, after
/// which there are retries that no theory predicts.
fn compares(scenario: &Scenario, summary: &Summary, client: usize) -> bool {
    summary.clients[client].stable && late_s(summary) < patience_s(&scenario.clients[client])
}

/// The greatest lateness of a live run, in seconds; a figure may differ from theory by that much. 0 in virtual time.
fn late_s(summary: &Summary) -> f64 {
    summary.live.as_ref().and_then(|live| live.lateness_s.max).unwrap_or(0.0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Figure;
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

    /// A share of 0.4 % with a tolerance of 0.7 %: no empty poll at all would pass.
    #[test]
    fn a_tolerance_as_large_as_the_figure_tells_nothing() {
        let results = results(&scenario("duration = \"24h\"", "poisson\", rate = \"331/h\"", POLL));
        let empty = results.checks.iter().find(|check| check.text.contains("empty")).expect("a form");
        assert_eq!(empty.verdict, Verdict::TooFewEvents, "{empty:?}");
    }

    /// The first poll, at time 0, is always empty: one of twenty in each replication, however many these are.
    #[test]
    fn a_short_run_tells_nothing_of_empty_polls() {
        let client = "[[client]]\nkind = \"poll\"\ninterval = \"30s\"\nphase = \"0s\"\n";
        let results = results(&scenario(
            "duration = \"10m\"\nreplications = 40",
            "poisson\", rate = \"1200/h\"",
            client,
        ));
        let empty = results.checks.iter().find(|check| check.text.contains("empty")).expect("a form");
        assert_eq!(empty.verdict, Verdict::TooShort, "{empty:?}");
    }

    /// Where 0.06 heartbeats are expected in twenty runs, none at all is no contradiction.
    #[test]
    fn rare_heartbeats_contradict_nothing() {
        for (heartbeat, expected) in [("14s", Verdict::TooFewEvents), ("2s", Verdict::Agrees)] {
            let client = format!("[[client]]\nkind = \"sse\"\nheartbeat = \"{heartbeat}\"\n");
            let text =
                scenario("duration = \"1h\"\nreplications = 20", "poisson\", rate = \"3600/h\"", &client);
            let results = results(&text);
            let row = |row: &&Beside| row.figure == Figure::FramesHeartbeatsPerSecond;
            let beats = results.beside_theory.iter().find(row).expect("a form");
            assert_eq!(beats.verdict, Some(expected), "{beats:?}");
        }
    }

    /// The first polls of a herd wait for each other, how long is a matter of chance: no longest latency is known.
    #[test]
    fn the_first_polls_of_a_herd_contradict_nothing() {
        let client = "[source]\nservice_time = \"100ms\"\ncapacity = 1\n[[client]]\nkind = \"poll\"\ninterval = \"10s\"\n\
                      pacing = \"fixed-delay\"\ncount = 80\n";
        let results = results(&scenario(
            "duration = \"20m\"\nreplications = 20",
            "poisson\", rate = \"1800/h\"",
            client,
        ));
        assert_eq!(results.summary.clients[0].theory.latency_s.max, None);
        assert!(results.checks.iter().all(|check| check.verdict != Verdict::Differs), "{:?}", results.checks);
    }

    /// Every figure that a form predicts is compared where the run can tell it.
    #[test]
    fn a_long_poller_is_compared_with_theory() {
        let client = "[[client]]\nkind = \"long-poll\"\nhold = \"1m\"\n";
        let text = scenario("duration = \"1h\"\nreplications = 20", "poisson\", rate = \"60/h\"", client);
        let mut results = results(&text);
        let others = |checks: &[Check]| checks.iter().any(|check| check.text.contains("other figures agree"));
        assert!(others(&results.checks), "{:?}", results.checks);
        assert!(results.checks[0].text.contains("mean"), "{:?}", results.checks);
        let requests = &mut results.summary.clients[0].requests;
        requests.per_s *= 1.5;
        let rows = Detail { latencies: &[], rows: Some(&results.replications) };
        let checks = checks(&results.scenario, &results.summary, BALANCED, rows);
        assert_eq!(checks[0].verdict, Verdict::Differs, "{checks:?}");
        assert!(checks[0].text.contains("per second"), "{checks:?}");
    }

    /// Events that were under way when a run was stopped are missing from its figures.
    #[test]
    fn a_run_that_was_stopped_is_compared_with_no_theory() {
        let mut results = results(&scenario("duration = \"6h\"", "poisson\", rate = \"600/h\"", POLL));
        assert_eq!(results.checks.len(), 4);
        results.summary.complete = false;
        assert_eq!(checks(&results.scenario, &results.summary, BALANCED, Detail::default()).len(), 1);
    }

    /// A single run cannot tell how much its number of requests varies, and a stopped one tells nothing.
    #[test]
    fn every_predicted_figure_has_a_verdict_where_the_run_can_be_compared() {
        let text = scenario("duration = \"6h\"", "poisson\", rate = \"600/h\"", POLL);
        let mut results = results(&text);
        let verdict = |results: &Results, figure: Figure| {
            let detail = Detail { latencies: &[], rows: Some(&results.replications) };
            let all = beside_theory(&results.scenario, &results.summary, detail);
            let row = all.iter().find(|row| row.figure == figure).expect("it is predicted");
            (row.verdict, row.reach.is_some())
        };
        assert_eq!(verdict(&results, Figure::LatencyMean), (Some(Verdict::Agrees), true));
        assert_eq!(verdict(&results, Figure::LatencyMax), (Some(Verdict::Agrees), false));
        assert_eq!(verdict(&results, Figure::RequestsPerSecond), (Some(Verdict::TooFewEvents), false));
        results.summary.clients[0].latency_s.mean = Some(40.0);
        assert_eq!(verdict(&results, Figure::LatencyMean), (Some(Verdict::Differs), true));
        results.summary.complete = false;
        assert_eq!(verdict(&results, Figure::LatencyMean), (None, false));
    }

    /// Requests that timed out only because of the engine's lateness do not contradict theory.
    #[test]
    fn a_live_run_later_than_the_deadlines_is_compared_with_no_theory() {
        let mut results = results(&scenario("duration = \"6h\"", "poisson\", rate = \"600/h\"", POLL));
        let mut number = |late_s: f64| {
            let mut live = super::super::summary::Live::default();
            live.lateness_s.max = Some(late_s);
            results.summary.live = Some(live);
            checks(&results.scenario, &results.summary, BALANCED, Detail::default()).len()
        };
        assert_eq!([29.0, 30.0].map(&mut number), [3, 1], "a poll waits for 30 s");
    }

    #[test]
    fn a_figure_that_is_wrong_differs() {
        let mut results = results(&scenario("duration = \"24h\"", "poisson\", rate = \"600/h\"", POLL));
        let latency = &mut results.summary.clients[0].latency_s;
        latency.mean = latency.mean.map(|mean| mean + 2.0);
        let checks = checks(&results.scenario, &results.summary, BALANCED, Detail::default());
        let failed = checks.iter().filter(|check| check.verdict == Verdict::Differs);
        assert_eq!(failed.map(|check| &*check.text).collect::<Vec<_>>(), [&checks[0].text], "{checks:?}");
    }
}
