//! The sentence for every shape of result.

use super::*;
use crate::report::sample;
use crate::scenario::AnswerConfig;
use crate::study::summary::{KnownAfter, Latency};

/// The answer over 267 events of clients given as (name, kind, [p50, p99, max], requests).
fn answer_of(
    rows: &[(&str, &str, [f64; 3], u64)],
    change: impl FnOnce(&mut Summary, &mut Scenario),
) -> String {
    let clients =
        rows.iter().map(|&(name, kind, latency_s, n)| sample::client(name, kind, latency_s, n)).collect();
    let mut summary = sample::summary(clients);
    let names: Vec<(&str, bool)> = rows.iter().map(|row| (row.0, row.1 == "webhook")).collect();
    let mut scenario = sample::scenario(&names);
    change(&mut summary, &mut scenario);
    answer(&summary, &scenario, &[]).to_string()
}

const POLL: (&str, &str, [f64; 3], u64) = ("poll 60s", "poll", [31.7, 1709.0, 1806.0], 1410);
const HOOK: (&str, &str, [f64; 3], u64) = ("webhook", "webhook", [0.25, 0.25, 0.3], 289);

fn hook(latency_s: [f64; 3], requests: u64) -> (&'static str, &'static str, [f64; 3], u64) {
    ("webhook", "webhook", latency_s, requests)
}

fn silence(client: &mut ClientSummary, lost: bool) {
    client.latency_s = Default::default();
    client.known_after_s = Default::default();
    client.events.delivered = 0;
    (client.events.lost, client.events.pending) = if lost { (267, 0) } else { (0, 267) };
}

fn outage_of_day(scenario: &mut Scenario) {
    let day = sample::day();
    for client in &mut scenario.clients {
        client.outages = day.scenario.clients[0].outages.clone();
    }
}

#[test]
fn a_webhook_that_is_fresher_and_cheaper() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer).");
}

#[test]
fn a_long_tail_is_explained_by_the_outage_of_the_scenario() {
    let rows = [POLL, hook([0.25, 2105.0, 2105.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |_, scenario| outage_of_day(scenario)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the worst 1 % came later: 35m05s against 28m29s, because retries outwait the 30 min outage.");
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the worst 1 % came later: 35m05s against 28m29s.");
}

#[test]
fn few_events_speak_of_the_slowest_and_of_the_mean() {
    let rows = [POLL, hook([0.25, 0.25, 2105.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |summary, _| {
        for client in &mut summary.clients {
            (client.latency_s.p50, client.latency_s.p99) = (None, None);
            (client.known_after_s.p50, client.known_after_s.p99) = (None, None);
        }
    }), @"Webhooks told you sooner: on average 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the slowest event came later: 35m05s against 30m06s.");
}

#[test]
fn a_webhook_that_costs_more() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 50_000)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), but with 50 000 requests against 1 410 (36x more).");
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1410)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 410 requests each.");
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1420)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 420 requests against 1 410 (about as many).");
}

#[test]
fn polling_that_is_fresher_in_the_mean() {
    let rows = [POLL, hook([0.25, 1000.0, 1800.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |summary, _| summary.clients[1].latency_s.mean = Some(43.9)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But on average they came later: 43.9 s against 31.7 s (1.4x).");
}

#[test]
fn polling_that_is_fresher() {
    let rows = [("poll 1s", "poll", [0.5, 1.0, 1.0], 86_400), hook([12.0, 40.0, 50.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Polling told you sooner: typical event 0.5 s against 12 s (24x), but with 86 400 requests against 289 (299x more).");
}

#[test]
fn both_alike() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([31.7, 1709.0, 1806.0], 289)], |_, _| ()), @"Webhooks and polling told you equally soon: typical event 31.7 s against 31.7 s, with 289 requests against 1 410 (4.9x fewer).");
}

#[test]
fn events_that_never_came() {
    let lose = |summary: &mut Summary, _: &mut Scenario| {
        let events = &mut summary.clients[1].events;
        (events.delivered, events.lost) = (255, 12);
    };
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], lose), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 12 of 267 never came, against none.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        let events = &mut summary.clients[1].events;
        (events.delivered, events.pending) = (260, 7);
        summary.clients[0].events.lost = 2;
    }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 7 of 267 had not come when the run ended, against 2.");
    let rows = [POLL, HOOK, ("webhook, no retries", "webhook", [0.25, 0.25, 0.3], 267)];
    insta::assert_snapshot!(answer_of(&rows, |summary, _| {
        let events = &mut summary.clients[2].events;
        (events.delivered, events.lost) = (200, 67);
    }), @"“webhook” told you sooner than polling: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But “webhook, no retries” never learnt of 67 of 267.");
}

/// A client that lost most of its events did not tell of the typical one, however fast the others came.
#[test]
fn the_typical_event_may_be_never() {
    let lose = |summary: &mut Summary, client: usize| {
        let summary = &mut summary.clients[client];
        (summary.events.delivered, summary.events.lost) = (83, 184);
        summary.known_after_s =
            KnownAfter { p50: Some(Reached::Never), max: Some(Reached::Never), ..KnownAfter::default() };
    };
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| lose(summary, 1)), @"Polling told you sooner: typical event 31.7 s against never, but with 1 410 requests against 289 (4.9x more). But webhooks never learnt of 184 of 267.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        lose(summary, 0);
        lose(summary, 1);
    }), @"Neither told you of the typical event: webhooks knew 31.1 %, polling 31.1 %, with 289 requests against 1 410 (4.9x fewer). But webhooks never learnt of 184 of 267.");
    insta::assert_snapshot!(answer_of(&[HOOK], |summary, _| lose(summary, 0)), @"Webhooks told you: typical event never, with 289 requests. But webhooks never learnt of 184 of 267.");
}

/// The figures of each replication: the typical event of the poller and of the webhook.
fn rows(times: &[[f64; 2]]) -> Vec<ReplicationRow> {
    let row = |(number, times): (usize, &[f64; 2])| {
        [0, 1].map(|client| {
            let figure = |&figure: &Figure| (figure == Figure::KnownAfterP50).then_some(times[client]);
            let figures = Figure::ALL.iter().map(figure).collect();
            ReplicationRow { replication: number as u32, client, figures }
        })
    };
    times.iter().enumerate().flat_map(row).collect()
}

#[test]
fn several_runs_are_told_run_by_run() {
    let of = |rows: &[ReplicationRow]| {
        let mut clients = [POLL, HOOK].map(|(name, kind, s, n)| sample::client(name, kind, s, n));
        for client in &mut clients {
            client.events.occurred = 267 * 5;
        }
        (clients[1].events.delivered, clients[1].events.lost) = (267 * 5 - 12, 12);
        let summary = Summary { replications: 5, ..sample::summary(clients.into()) };
        answer(&summary, &sample::scenario(&[("poll 60s", false), ("webhook", true)]), rows).to_string()
    };
    insta::assert_snapshot!(of(&rows(&[[30.0, 0.25]; 5])), @"Webhooks told you sooner in 5 of 5 runs: typical event 0.25 s against 31.7 s (127x), with 57.8 requests a run against 282 (4.9x fewer). But 2.4 of 267 a run never came, against none.");
    let four = [[30.0, 0.25], [30.0, 0.25], [0.25, 0.2501], [30.0, 0.25], [30.0, 0.25]];
    assert!(of(&rows(&four)).starts_with("Webhooks told you sooner in 4 of 5 runs:"));
    let two = [[30.0, 0.25], [0.1, 0.25], [0.25, 0.2501], [0.1, 0.25], [30.0, 0.25]];
    insta::assert_snapshot!(of(&rows(&two)), @"These 5 runs cannot tell whether webhooks or polling told you sooner (in 2 runs the one, in 2 the other): typical event 0.25 s against 31.7 s, with 57.8 requests a run against 282 (4.9x fewer). But webhooks never learnt of 2.4 of 267 a run.");
    assert!(
        of(&[]).starts_with("Webhooks told you sooner: typical event"),
        "nothing is known of single runs"
    );
}

/// Two webhooks that are the same: what differs is how late the engine was.
#[test]
fn a_live_run_tells_nothing_within_its_lateness() {
    let twins = [hook([0.854, 9.0, 11.0], 300), ("other", "webhook", [1.61, 4.0, 8.0], 320)];
    let late = |p99, max| {
        move |summary: &mut Summary, _: &mut Scenario| {
            let lateness_s = Latency { count: 4000, p99: Some(p99), max: Some(max), ..Latency::default() };
            summary.live = Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0 });
        }
    };
    insta::assert_snapshot!(answer_of(&twins, late(2.0, 12.0)), @"This run cannot tell whether “webhook” or “other” told you sooner: typical event 0.854 s against 1.61 s (0.756 s apart, and the engine was late by up to 2 s), with 300 requests against 320 (1.07x fewer).");
    insta::assert_snapshot!(answer_of(&twins, late(0.1, 0.5)), @"“webhook” told you sooner than “other”: typical event 0.854 s against 1.61 s (1.9x), with 300 requests against 320 (1.07x fewer). But the worst 1 % came later: 9 s against 4 s.");
    // The freshest of a kind is not chosen by the lateness either: of twins the one that sends less is compared.
    insta::assert_snapshot!(answer_of(&[POLL, twins[1], twins[0]], late(2.0, 12.0)), @"“webhook” told you sooner than polling: typical event 0.854 s against 31.7 s (37x), with 300 requests against 1 410 (4.7x fewer).");
}

#[test]
fn a_tie_within_what_can_be_told_has_no_winner() {
    for typical in [0.02, 0.020_004_863, 0.0203] {
        let rows = [hook([0.02, 0.02, 0.03], 300), ("other", "webhook", [typical, 0.02, 0.03], 300)];
        let answer = answer_of(&rows, |_, _| ());
        assert!(answer.contains("told you equally soon") && !answer.contains("sooner"), "{answer}");
    }
}

/// Only a question whose direction is plain is answered with yes or no.
#[test]
fn a_question_whether_it_is_better_is_answered() {
    let of = |title: &str, client: &str, against: &str| {
        answer_of(&[POLL, HOOK], |_, scenario| {
            scenario.title = title.to_owned();
            scenario.answer = Some(AnswerConfig {
                client: client.to_owned(),
                against: Some(against.to_owned()),
                metric: Some("requests.total".to_owned()),
            });
        })
    };
    let save = "Ten events a minute: does it save requests?";
    assert!(of(save, "webhook", "poll 60s").starts_with("Yes: with webhooks, 289 requests"));
    assert!(of(save, "poll 60s", "webhook").starts_with("No: with polling, "));
    for title in
        ["Does it cost more?", "When does it save requests?", "Does it not save requests?", "It saves"]
    {
        assert!(of(title, "webhook", "poll 60s").starts_with("With webhooks, "), "{title}");
    }
}

#[test]
fn duplicates_are_an_exception() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.clients[1].events.duplicates = 7), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks brought 7 duplicates.");
}

#[test]
fn an_unstable_client_comes_before_all_other_exceptions() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 2105.0, 2105.0], 289)], |summary, _| {
        summary.clients[1].stable = false;
        summary.clients[1].unstable_because = Some("60 deliveries a second against 10".to_owned());
    }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks cannot keep up, so the figures grow with the length of the run: 60 deliveries a second against 10.");
}

#[test]
fn one_kind_alone_compares_the_freshest_with_the_slowest() {
    let pollers =
        [POLL, ("poll 5s", "poll", [2.6, 5.0, 5.1], 17_280), ("poll 5m", "poll", [150.0, 298.0, 300.0], 288)];
    insta::assert_snapshot!(answer_of(&pollers, |_, _| ()), @"“poll 5s” told you sooner than “poll 5m”: typical event 2.6 s against 2m30s (58x), but with 17 280 requests against 288 (60x more).");
    let hooks = [HOOK, ("webhook through one slow worker", "webhook", [4.0, 9.0, 11.0], 267)];
    insta::assert_snapshot!(answer_of(&hooks, |_, _| ()), @"“webhook” told you sooner than “webhook through one slow wor…”: typical event 0.25 s against 4 s (16x), but with 289 requests against 267 (1.08x more).");
}

#[test]
fn one_client_alone() {
    insta::assert_snapshot!(answer_of(&[POLL], |_, _| ()), @"Polling told you: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty.");
    insta::assert_snapshot!(answer_of(&[HOOK], |_, _| ()), @"Webhooks told you: typical event after 0.25 s, with 289 requests.");
    insta::assert_snapshot!(answer_of(&[HOOK], |summary, _| silence(&mut summary.clients[0], true)), @"Webhooks told you nothing: none of 267 events was held at the end, after 289 requests.");
}

#[test]
fn nothing_happened_or_nothing_arrived() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.events.occurred = 0), @"No event occurred in 24 h, so nothing can be said of freshness; polling took 1 410 requests to learn it.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[1], true)), @"Only polling told you anything: typical event after 31.7 s, with 1 410 requests, 80.0 % of the polls empty. Webhooks never learnt of any of 267 events, after 289 requests.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| silence(&mut summary.clients[0], false)), @"Only webhooks told you anything: typical event after 0.25 s, with 289 requests. Polling had yet to learn of any of 267 events, after 1 410 requests.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        summary.clients.iter_mut().for_each(|client| silence(client, true));
    }), @"Nobody learnt of anything: of 267 events none was held at the end, after 1 699 requests.");
}

#[test]
fn several_of_a_kind_are_called_by_their_names() {
    let rows = [POLL, ("poll 10s", "poll", [5.0, 10.0, 10.1], 8640), HOOK];
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Webhooks told you sooner than “poll 10s”: typical event 0.25 s against 5 s (20x), with 289 requests against 8 640 (30x fewer).");
}

/// Each shipped scenario's first sentence has the figure that its title asks for.
#[test]
fn every_shipped_scenario_answers_its_title() {
    for (name, figure) in [
        (
            "break-even",
            "typical event 20 ms against 30.8 s (1\u{202f}540x), with 1\u{202f}412 requests against 1\u{202f}440 (about as many)",
        ),
        ("burst", "2\u{202f}164 deliveries were sent, against 600"),
        (
            "busy-feed",
            "No: with webhooks, 14\u{202f}462 requests were sent, against 1\u{202f}440 with polling (10x more)",
        ),
        ("contended-source", "after 41.1 s on average, against 30.1 s"),
        ("day", "typical event 0.25 s against 31.5 s (126x)"),
        ("fan-out", "after 9.87 s on average, against 0.1 s"),
        ("friendfeed", "2\u{202f}899\u{202f}884 requests were sent"),
        ("late-answer", "each event was sent 4 times, against 1"),
        ("lossy-network", "no event was lost"),
        (
            "outage-retries",
            "No: with “webhook, ten attempts”, the slowest event was known after 2h35m, against 1h01m",
        ),
        ("quiet-feed", "each event cost 60.3 requests, against 1"),
        ("wasted-polls", "98.5 % of the polls found nothing"),
    ] {
        let shipped = crate::scenario::find(name).expect("it is shipped");
        let scenario = crate::scenario::load(name, shipped.text, &[]).expect("it is valid");
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let answer = results.expect("nobody stops it").summary.answer;
        assert!(answer.contains(figure), "{name}: {answer}");
    }
}
