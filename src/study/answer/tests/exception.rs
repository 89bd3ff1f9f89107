//! The exception to the first sentence.

use super::*;

fn outage_of_day(scenario: &mut Scenario) {
    let day = sample::day();
    for client in &mut scenario.clients {
        client.outages = day.scenario.clients[0].outages.clone();
    }
}

#[test]
fn a_long_tail_is_explained_by_the_outage_of_the_scenario() {
    let rows = [POLL, hook([0.25, 2105.0, 2105.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |_, scenario| outage_of_day(scenario)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But the worst 1 % came later: 35m05s against 28m29s, because retries wait longer than the 30 min outage.");
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
fn polling_that_is_fresher_in_the_mean() {
    let rows = [POLL, hook([0.25, 1000.0, 1800.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |summary, _| summary.clients[1].latency_s.mean = Some(43.9)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But on average they came later: 43.9 s against 31.7 s (1.4x).");
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
    }), @"“webhook” told you sooner than “poll 60s”: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). And “webhook, no retries” never learnt of 67 of 267.");
}

/// Why so many are missing is no second exception.
#[test]
fn what_keeps_a_client_from_knowing() {
    let of = |unstable: &[usize]| {
        answer_of(&[POLL, HOOK], |summary, _| {
            (summary.clients[1].events.delivered, summary.clients[1].events.pending) = (200, 67);
            unstable.iter().for_each(|&client| slow(&mut summary.clients[client]));
        })
    };
    insta::assert_snapshot!(of(&[1]), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 67 of 267 had not come when the run ended, against none. Webhooks cannot keep up: every request times out after 2 s.");
    insta::assert_snapshot!(of(&[0]), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 67 of 267 had not come when the run ended, against none. And polling cannot keep up: every request times out after 2 s.");
    insta::assert_snapshot!(of(&[0, 1]), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But 67 of 267 had not come when the run ended, against none. Neither webhooks nor polling can keep up.");
}

#[test]
fn duplicates_are_an_exception() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| summary.clients[1].events.duplicates = 7), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks brought 7 duplicates.");
}

/// A poller that reads the end of the list again knows what it has, and nobody attempts a delivery to it.
#[test]
fn what_a_poller_reads_again_is_none_unless_it_is_processed_again() {
    let read_again = |summary: &mut Summary| summary.clients[0].events.duplicates = 267;
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| read_again(summary)), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer).");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        read_again(summary);
        summary.clients[0].events.processed_again = 267;
    }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). And polling processed 267 duplicates like new events.");
}

#[test]
fn events_that_another_client_missed_come_before_what_was_sent_again() {
    let rows = [POLL, HOOK, ("webhook, no dedupe", "webhook", [0.25, 0.25, 0.3], 534)];
    let repeat = |summary: &mut Summary| {
        let client = &mut summary.clients[2];
        (client.attempts.total, client.events.duplicates) = (534, 267);
    };
    insta::assert_snapshot!(answer_of(&rows, |summary, _| repeat(summary)), @"“webhook” told you sooner than “poll 60s”: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). And “webhook, no dedupe” took 534 delivery attempts for 267 events, those after the end included.");
    insta::assert_snapshot!(answer_of(&rows, |summary, _| {
        repeat(summary);
        let events = &mut summary.clients[0].events;
        (events.delivered, events.lost) = (134, 133);
    }), @"“webhook” told you sooner than “poll 60s”: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). And polling never learnt of 133 of 267.");
}

#[test]
fn an_unstable_client_comes_before_all_other_exceptions() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 2105.0, 2105.0], 289)], |summary, _| {
        summary.clients[1].stable = false;
        summary.clients[1].unstable_because = Some("60 deliveries a second against 10".to_owned());
    }), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). But webhooks cannot keep up: 60 deliveries a second against 10.");
}
