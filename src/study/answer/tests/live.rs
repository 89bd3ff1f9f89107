//! Live runs whose engine was late.

use super::*;

/// Two identical webhooks, which differ only by the lateness of the engine.
#[test]
fn a_live_run_tells_nothing_within_its_lateness() {
    let twins = [hook([0.854, 9.0, 11.0], 300), ("other", "webhook", [1.61, 4.0, 8.0], 320)];
    let late = |p99, max| {
        move |summary: &mut Summary, _: &mut Scenario| {
            let lateness_s = Latency { count: 4000, p99: Some(p99), max: Some(max), ..Latency::default() };
            summary.live =
                Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
        }
    };
    insta::assert_snapshot!(answer_of(&twins, late(2.0, 12.0)), @"This run cannot tell whether “webhook” or “other” told you sooner: typical event 0.854 s against 1.61 s (0.756 s apart, and the engine was late by up to 2 s), with 300 requests against 320 (1.07x fewer).");
    insta::assert_snapshot!(answer_of(&twins, late(0.1, 0.5)), @"“webhook” told you sooner than “other”: typical event 0.854 s against 1.61 s (1.9x), with 300 requests against 320 (1.07x fewer). But the worst 1 % came later: 9 s against 4 s.");
    // The freshest of a kind is not chosen by the lateness either: of twins the one that sends less is compared.
    insta::assert_snapshot!(answer_of(&[POLL, twins[1], twins[0]], late(2.0, 12.0)), @"“webhook” told you sooner than “poll 60s”: typical event 0.854 s against 31.7 s (37x), with 300 requests against 1 410 (4.7x fewer).");
}

/// An engine that is later than the deadlines causes requests of its own: counts and times are not compared.
#[test]
fn a_live_run_later_than_the_deadlines_compares_nothing() {
    let late = |max| {
        move |summary: &mut Summary, _: &mut Scenario| {
            let lateness_s = Latency { count: 4000, p99: Some(5.0), max: Some(max), ..Latency::default() };
            summary.live =
                Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
            summary.clients.last_mut().unwrap().events.duplicates = 7;
            give_up(summary);
        }
    };
    let hook = hook([0.25; 3], 2445);
    insta::assert_snapshot!(answer_of(&[POLL, hook], late(60.0)), @"This run cannot compare polling with webhooks, because the engine was late by up to 60 s, and a request is given up after 10 s: typical event 31.7 s against 0.25 s, with 1 410 requests against 2 445.");
    insta::assert_snapshot!(answer_of(&[POLL, hook], late(9.0)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), but with 2 445 requests against 1 410 (1.7x more). But webhooks brought 7 duplicates.");
    insta::assert_snapshot!(answer_of(&[hook], late(60.0)), @"Webhooks told you: typical event after 0.25 s, with 2 445 requests. But the engine was late by up to 60 s, and a request is given up after 10 s, so that some requests are its own.");
}

/// Figures within the lateness of a live run get neither yes nor no.
#[test]
fn a_late_engine_answers_neither_yes_nor_no() {
    let rows = [hook([0.854, 9.0, 11.0], 300), ("other", "webhook", [1.61, 4.0, 8.0], 320)];
    let pair = ["webhook", "other"];
    let live = |p99: f64| {
        asked(pair, "known_after_s.p50", Some(Relation::Below), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(p99), max: Some(12.0), ..Latency::default() };
            summary.live =
                Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
        })
    };
    insta::assert_snapshot!(live(2.0), @"With “webhook”, the typical event was known after 0.854 s, against 1.61 s with “other”; this run cannot tell them apart, because the engine was late by up to 2 s.");
    insta::assert_snapshot!(live(0.1), @"Yes: with “webhook”, the typical event was known after 0.854 s, against 1.61 s with “other” (0.756 s sooner).");
}

/// An engine that is later than the deadlines causes requests of its own, so that their count answers nothing.
#[test]
fn a_count_is_no_answer_where_the_engine_was_later_than_the_deadlines() {
    let rows = [POLL, hook([0.25; 3], 2445)];
    let answer =
        asked(["webhook", "poll 60s"], "requests.total", Some(Relation::Above), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(15.0), max: Some(60.0), ..Latency::default() };
            summary.live =
                Some(Live { speed: 1e5, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
            give_up(summary);
        });
    insta::assert_snapshot!(answer, @"With webhooks, 2 445 requests were sent, against 1 410 with polling; this run cannot tell them apart, because the engine was late by up to 60 s, and a request is given up after 10 s.");
}

/// What such an engine loses is no fact about the scenario, and neither is that two clients lose the same.
#[test]
fn a_loss_is_none_where_the_engine_was_later_than_the_deadlines() {
    let rows = [hook([0.25; 3], 86_000), ("other", "webhook", [0.25; 3], 86_000)];
    let answer =
        asked(["webhook", "other"], "known_after_s.p50", Some(Relation::Below), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(15.0), max: Some(60.0), ..Latency::default() };
            summary.live =
                Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
            summary.clients[1].events.lost = 200;
            give_up(summary);
        });
    insta::assert_snapshot!(answer, @"With “webhook”, the typical event was known after 0.25 s, as with “other”; this run cannot tell whether that is so, because the engine was late by up to 60 s, and a request is given up after 10 s.");
}

/// Some requests were given up.
fn give_up(summary: &mut Summary) {
    summary.clients.iter_mut().for_each(|client| {
        client.requests.by_status.insert("timeout".to_owned(), 3);
    });
}

/// However late the engine was: where no request was given up, none was sent again for that reason.
#[test]
fn an_engine_that_caused_no_timeout_is_compared_beyond_its_lateness() {
    let rows = [hook([0.25, 9.0, 9300.0], 300), ("other", "webhook", [0.25, 4.0, 3600.0], 320)];
    let answer =
        asked(["webhook", "other"], "known_after_s.max", Some(Relation::Below), &rows, |summary, _| {
            let lateness_s = Latency { count: 4000, p99: Some(17.0), max: Some(17.0), ..Latency::default() };
            summary.live =
                Some(Live { speed: 3600.0, lateness_s, cpu_s: None, foreign_requests: 0, ..Live::default() });
        });
    assert!(answer.starts_with("No: with “webhook”, the slowest event was known after 2h35m"), "{answer}");
}
