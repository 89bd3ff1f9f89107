//! The sentence for every shape of result.

use super::*;
use crate::report::sample;
use crate::scenario::{AnswerConfig, Relation};
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
    }), @"“webhook” told you sooner than “poll 60s”: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But “webhook, no retries” never learnt of 67 of 267.");
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
    insta::assert_snapshot!(answer_of(&[POLL, twins[1], twins[0]], late(2.0, 12.0)), @"“webhook” told you sooner than “poll 60s”: typical event 0.854 s against 31.7 s (37x), with 300 requests against 1 410 (4.7x fewer).");
}

/// An engine later than a sender waits makes requests of its own: no count and no time is compared.
#[test]
fn a_live_run_later_than_the_deadlines_compares_nothing() {
    let late = |p99| {
        move |summary: &mut Summary, _: &mut Scenario| {
            let lateness_s = Latency { count: 4000, p99: Some(p99), max: Some(60.0), ..Latency::default() };
            summary.live = Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0 });
            summary.clients.last_mut().unwrap().events.duplicates = 7;
        }
    };
    let hook = hook([0.25; 3], 2445);
    insta::assert_snapshot!(answer_of(&[POLL, hook], late(15.0)), @"This run cannot compare polling with webhooks, because the engine was late by up to 15 s, and a request is given up after 10 s: typical event 31.7 s against 0.25 s, with 1 410 requests against 2 445.");
    insta::assert_snapshot!(answer_of(&[POLL, hook], late(9.0)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), but with 2 445 requests against 1 410 (1.7x more). But webhooks brought 7 duplicates.");
    insta::assert_snapshot!(answer_of(&[hook], late(15.0)), @"Webhooks told you: typical event after 0.25 s, with 2 445 requests. But the engine was late by up to 15 s, and a request is given up after 10 s, so that some requests are its own.");
}

/// Of two that are equally fast, the one that lost fewer events is named first, and the loss before the time.
#[test]
fn lost_events_come_before_an_equal_latency() {
    let rows = [hook([0.02, 0.02, 0.03], 300), ("other", "webhook", [0.02, 0.02, 0.03], 267)];
    let lose = |summary: &mut Summary, client: usize, lost: u64| {
        let events = &mut summary.clients[client].events;
        (events.delivered, events.lost) = (267 - lost, lost);
    };
    insta::assert_snapshot!(answer_of(&rows, |summary, _| lose(summary, 1, 27)), @"“webhook” told you of all 267 events, “other” of 240: typical event 20 ms against 20 ms, but with 300 requests against 267 (1.1x more).");
    insta::assert_snapshot!(answer_of(&rows, |summary, _| {
        lose(summary, 0, 27);
        lose(summary, 1, 30);
    }), @"“webhook” told you of 240 of 267 events, “other” of 237: typical event 20 ms against 20 ms, but with 300 requests against 267 (1.1x more).");
}

#[test]
fn a_tie_within_what_can_be_told_has_no_winner() {
    for typical in [0.02, 0.020_004_863, 0.0203] {
        let rows = [hook([0.02, 0.02, 0.03], 300), ("other", "webhook", [typical, 0.02, 0.03], 300)];
        let answer = answer_of(&rows, |_, _| ());
        assert!(answer.contains("told you equally soon") && !answer.contains("sooner"), "{answer}");
    }
}

/// The answer to a title that asks for a figure of one client, against the other's.
fn asked(
    [client, against]: [&str; 2],
    metric: &str,
    yes_if: Option<Relation>,
    rows: &[(&str, &str, [f64; 3], u64)],
    change: impl FnOnce(&mut Summary, &mut Scenario),
) -> String {
    answer_of(rows, |summary, scenario| {
        scenario.answer = Some(AnswerConfig {
            client: client.to_owned(),
            against: Some(against.to_owned()),
            metric: Some(metric.to_owned()),
            yes_if,
        });
        change(summary, scenario);
    })
}

/// What yes means is said by the scenario, so that no word of a title can turn it round.
#[test]
fn a_question_for_yes_or_no_is_answered_by_what_yes_means() {
    use Relation::{Above, Below, Equal};
    let of = |pair: [&str; 2], yes_if, hook_requests| {
        let answer =
            asked(pair, "requests.total", Some(yes_if), &[POLL, hook([0.25; 3], hook_requests)], |_, _| ());
        answer.split(':').next().unwrap_or_default().to_owned()
    };
    let (hook_first, poll_first) = (["webhook", "poll 60s"], ["poll 60s", "webhook"]);
    for (requests, hook_answers, poll_answers) in [
        (289, ["Yes", "No", "No"], ["No", "Yes", "No"]),
        (1400, ["Hardly", "No", "Yes"], ["No", "Hardly", "Yes"]),
        (1410, ["No", "No", "Yes"], ["No", "No", "Yes"]),
        (50_000, ["No", "Yes", "No"], ["Yes", "No", "No"]),
    ] {
        assert_eq!([Below, Above, Equal].map(|yes_if| of(hook_first, yes_if, requests)), hook_answers);
        assert_eq!([Below, Above, Equal].map(|yes_if| of(poll_first, yes_if, requests)), poll_answers);
    }
}

#[test]
fn a_title_without_yes_and_no_gets_the_figures_alone() {
    for title in ["Does it save requests?", "Does it cost more?", "It saves"] {
        let answer = asked(["webhook", "poll 60s"], "requests.total", None, &[POLL, HOOK], |_, scenario| {
            scenario.title = title.to_owned();
        });
        assert!(answer.starts_with("With webhooks, 289 requests were sent, against 1"), "{answer}");
    }
}

/// A live run within its lateness says neither yes nor no.
#[test]
fn a_late_engine_answers_neither_yes_nor_no() {
    let rows = [hook([0.854, 9.0, 11.0], 300), ("other", "webhook", [1.61, 4.0, 8.0], 320)];
    let pair = ["webhook", "other"];
    let live = |p99: f64| {
        asked(pair, "known_after_s.p50", Some(Relation::Below), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(p99), max: Some(12.0), ..Latency::default() };
            summary.live = Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0 });
        })
    };
    insta::assert_snapshot!(live(2.0), @"With “webhook”, the typical event was known after 0.854 s, against 1.61 s with “other”; this run cannot tell them apart, because the engine was late by up to 2 s.");
    insta::assert_snapshot!(live(0.1), @"Yes: with “webhook”, the typical event was known after 0.854 s, against 1.61 s with “other” (0.756 s sooner).");
}

/// An engine later than a sender waits makes requests of its own, and no count of them answers anything.
#[test]
fn a_count_is_no_answer_where_the_engine_was_later_than_the_deadlines() {
    let rows = [POLL, hook([0.25; 3], 2445)];
    let answer =
        asked(["webhook", "poll 60s"], "requests.total", Some(Relation::Above), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(15.0), max: Some(60.0), ..Latency::default() };
            summary.live = Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0 });
        });
    insta::assert_snapshot!(answer, @"With webhooks, 2 445 requests were sent, against 1 410 with polling; this run cannot tell them apart, because the engine was late by up to 15 s, and a request is given up after 10 s.");
}

#[test]
fn several_runs_say_in_how_many_of_them_it_is_so() {
    let of = |times: &[[f64; 2]]| {
        let rows = rows(times);
        let mut summary = Summary {
            replications: times.len() as u32,
            ..sample::summary([POLL, HOOK].map(|(name, kind, s, n)| sample::client(name, kind, s, n)).into())
        };
        summary.clients.iter_mut().for_each(|client| client.events.occurred = 267);
        let mut scenario = sample::scenario(&[("poll 60s", false), ("webhook", true)]);
        scenario.answer = Some(AnswerConfig {
            client: "webhook".to_owned(),
            against: Some("poll 60s".to_owned()),
            metric: Some("known_after_s.p50".to_owned()),
            yes_if: Some(Relation::Below),
        });
        answer(&summary, &scenario, &rows).to_string()
    };
    let (won, lost) = ([30.0, 0.25], [0.1, 0.25]);
    insta::assert_snapshot!(of(&[won, won, lost]), @"Yes, in 2 of 3 runs: with webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x), over 3 runs.");
    insta::assert_snapshot!(of(&[won, lost]), @"These 2 runs cannot tell: with webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x), over 2 runs.");
}

/// What is saved in one figure is paid for in another.
#[test]
fn the_price_of_the_better_figure_is_told() {
    let dear = [POLL, hook([0.25; 3], 50_000)];
    insta::assert_snapshot!(asked(["webhook", "poll 60s"], "requests.total", None, &dear, |_, _| ()), @"With webhooks, 50 000 requests were sent, against 1 410 with polling (36x more). But polling knew the typical event later: 31.7 s against 0.25 s (127x).");
    insta::assert_snapshot!(asked(["webhook", "poll 60s"], "known_after_s.p50", None, &dear, |_, _| ()), @"With webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x). But webhooks took 50 000 requests against 1 410 (36x more).");
    let tail = [POLL, hook([0.25, 2105.0, 7200.0], 289)];
    insta::assert_snapshot!(asked(["webhook", "poll 60s"], "known_after_s.max", None, &tail, |_, _| ()), @"With webhooks, the slowest event was known after 2 h, against 30m06s with polling (4x). But polling knew the typical event later: 31.7 s against 0.25 s (127x).");
    // Cheaper and sooner: nothing is paid.
    insta::assert_snapshot!(asked(["webhook", "poll 60s"], "requests.total", None, &[POLL, HOOK], |_, _| ()), @"With webhooks, 289 requests were sent, against 1 410 with polling (4.9x fewer).");
}

/// One of two clients has no word of its own: both are called by their names.
#[test]
fn two_clients_of_a_sentence_are_called_alike() {
    let rows = [POLL, ("poll 10s", "poll", [5.0, 10.0, 10.1], 8640), HOOK];
    let answer = asked(["webhook", "poll 10s"], "requests.total", None, &rows, |_, _| ());
    assert!(
        answer.starts_with("With “webhook”, 289 requests were sent, against 8\u{202f}640 with “poll 10s”")
    );
}

/// Whatever figure a scenario names, the sentence has words for it, and nothing and one are no plural.
#[test]
fn every_figure_has_a_clause() {
    for path in Metric::paths() {
        for value in [0.0, 1.0, 60.3] {
            let summary = sample::summary(vec![sample::client("webhook", "webhook", [0.25; 3], 289)]);
            let scenario = sample::scenario(&[("webhook", true)]);
            let clients = contenders(&summary, &scenario);
            let metric = Metric::find(path).expect("it is one of the paths");
            let clause = clause::clause(&clients[0], &metric, value);
            assert!(!clause.contains('_') && !clause.starts_with('.'), "{path}: {clause}");
            let wrong =
                ["no requests", "no events", "1 requests", "1 events", "1 times", "0 requests", "0 events"];
            let spoilt = wrong.iter().find(|wrong| format!(" {clause} ").contains(&format!(" {wrong}")));
            assert_eq!(spoilt, None, "{path}: {clause}");
        }
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
    }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks cannot keep up: 60 deliveries a second against 10.");
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
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"“webhook” told you sooner than “poll 10s”: typical event 0.25 s against 5 s (20x), with 289 requests against 8 640 (30x fewer).");
}

/// Each shipped scenario's first sentence has the figure that its title asks for.
#[test]
fn every_shipped_scenario_answers_its_title() {
    for (name, figure) in [
        (
            "break-even",
            "Yes: with polling, 1\u{202f}440 requests were sent, against 1\u{202f}412 with webhooks",
        ),
        ("burst", "2\u{202f}164 deliveries were sent, 1\u{202f}564 of them after the end, against 600"),
        (
            "busy-feed",
            "No: with webhooks, 14\u{202f}462 requests were sent, against 1\u{202f}440 with polling (10x more)",
        ),
        ("contended-source", "after 41.1 s on average, against 30.1 s with “spread” (11 s later)"),
        ("day", "typical event 0.25 s against 31.5 s (126x)"),
        ("fan-out", "after 9.87 s on average, against 0.1 s"),
        ("friendfeed", "2\u{202f}899\u{202f}884 requests were sent"),
        ("late-answer", "each event was sent and handled 4 times, against once"),
        ("lossy-network", "no event was lost"),
        (
            "open-connection",
            "138\u{202f}201 B went over the wire, against 794\u{202f}908 B with polling (5.8x less)",
        ),
        (
            "outage-retries",
            "No: with “webhook, ten attempts”, the slowest event was known after 2h35m, against 1h01m",
        ),
        ("quiet-feed", "each event cost 60.3 requests, against 1"),
        ("reference", "No: with webhooks, an event was known after 33.9 s on average, against 30.1 s"),
        ("wasted-polls", "98.5 % of the polls found nothing: one poll every 15 min, and 1.46 events a day"),
    ] {
        let shipped = crate::scenario::find(name).expect("it is shipped");
        let scenario = crate::scenario::load(name, shipped.text, &[]).expect("it is valid");
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let answer = results.expect("nobody stops it").summary.answer;
        assert!(answer.contains(figure), "{name}: {answer}");
    }
}
