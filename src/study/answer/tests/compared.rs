//! Two clients compared by latency and requests.

use super::*;

#[test]
fn a_webhook_that_is_fresher_and_cheaper() {
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer).");
}

#[test]
fn a_webhook_that_costs_more() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 50_000)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), but with 50 000 requests against 1 410 (36x more).");
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1410)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 410 requests each.");
    insta::assert_snapshot!(answer_of(&[POLL, hook([0.25, 0.25, 0.3], 1420)], |_, _| ()), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 1 420 requests against 1 410 (about as many).");
}

#[test]
fn polling_that_is_fresher() {
    let rows = [("poll 1s", "poll", [0.5, 1.0, 1.0], 86_400), hook([12.0, 40.0, 50.0], 289)];
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"Polling told you sooner: typical event 0.5 s against 12 s (24x), but with 86 400 requests against 289 (299x more).");
}

#[test]
fn both_alike() {
    insta::assert_snapshot!(answer_of(&[POLL, hook([31.7, 1709.0, 1806.0], 289)], |_, _| ()), @"Webhooks and polling told you equally soon: typical event 31.7 s, with 289 requests against 1 410 (4.9x fewer).");
}

/// A client that lost most of its events never knew the typical one, however fast the others came.
#[test]
fn the_typical_event_may_be_never() {
    let lose = |summary: &mut Summary, client: usize| {
        let summary = &mut summary.clients[client];
        (summary.events.delivered, summary.events.lost) = (83, 184);
        summary.known_after_s =
            KnownAfter { p50: Some(Reached::Never), max: Some(Reached::Never), ..KnownAfter::default() };
    };
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| lose(summary, 1)), @"Polling told you sooner: typical event 31.7 s against never, but with 1 410 requests against 289 (4.9x more). And webhooks never learnt of 184 of 267.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], |summary, _| {
        lose(summary, 0);
        lose(summary, 1);
    }), @"Neither told you of the typical event: webhooks knew 31.1 %, polling 31.1 %, with 289 requests against 1 410 (4.9x fewer). But webhooks never learnt of 184 of 267.");
    insta::assert_snapshot!(answer_of(&[HOOK], |summary, _| lose(summary, 0)), @"Webhooks told you: 31.1 % of the events in the end, with 289 requests. But webhooks never learnt of 184 of 267.");
}

#[test]
fn several_runs_are_told_run_by_run() {
    let of = |rows: &PerReplication| {
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
        of(&PerReplication::default()).starts_with("Webhooks told you sooner: typical event"),
        "nothing is known of single runs"
    );
}

/// Of two equally fast clients the one that lost fewer events is named first, and events before times.
#[test]
fn lost_events_come_before_an_equal_latency() {
    let rows = [hook([0.02, 0.02, 0.03], 300), ("other", "webhook", [0.02, 0.02, 0.03], 267)];
    let lose = |summary: &mut Summary, client: usize, lost: u64| {
        let events = &mut summary.clients[client].events;
        (events.delivered, events.lost) = (267 - lost, lost);
    };
    insta::assert_snapshot!(answer_of(&rows, |summary, _| lose(summary, 1, 27)), @"“webhook” told you of all 267 events, “other” of 240: typical event 20 ms, but with 300 requests against 267 (1.1x more).");
    insta::assert_snapshot!(answer_of(&rows, |summary, _| {
        lose(summary, 0, 27);
        lose(summary, 1, 30);
    }), @"“webhook” told you of 240 of 267 events, “other” of 237: typical event 20 ms, but with 300 requests against 267 (1.1x more).");
}

#[test]
fn a_tie_within_what_can_be_told_has_no_winner() {
    for typical in [0.02, 0.020_004_863, 0.0203] {
        let rows = [hook([0.02, 0.02, 0.03], 300), ("other", "webhook", [typical, 0.02, 0.03], 300)];
        let answer = answer_of(&rows, |_, _| ());
        assert!(answer.contains("told you equally soon") && !answer.contains("sooner"), "{answer}");
    }
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
fn several_of_a_kind_are_called_by_their_names() {
    let rows = [POLL, ("poll 10s", "poll", [5.0, 10.0, 10.1], 8640), HOOK];
    insta::assert_snapshot!(answer_of(&rows, |_, _| ()), @"“webhook” told you sooner than “poll 10s”: typical event 0.25 s against 5 s (20x), with 289 requests against 8 640 (30x fewer).");
}

#[test]
fn few_events_name_no_winner() {
    let rows = [POLL, hook([25.4; 3], 12)];
    let of = |events| {
        answer_of(&rows, |summary, _| {
            summary.clients.iter_mut().for_each(|client| {
                (client.events.occurred, client.events.delivered) = (events, events);
            });
        })
    };
    insta::assert_snapshot!(of(9), @"This run cannot tell whether webhooks or polling told you sooner, because 9 events are too few: typical event 25.4 s against 31.7 s, with 12 requests against 1 410 (118x fewer).");
    assert!(of(9000).starts_with("Webhooks told you sooner"), "{}", of(9000));
}

/// The best of all is named, over whatever channel it knew.
#[test]
fn a_stream_beside_a_poll_and_a_webhook_may_be_the_best() {
    let text = "duration = \"24h\"\n[events]\narrivals = { process = \"poisson\", rate = \"12/h\" }\n\
        [[client]]\nkind = \"poll\"\ninterval = \"60s\"\n\
        [[client]]\nkind = \"webhook\"\nendpoint = { service_time = \"1s\", capacity = 1, failure_rate = 0.1 }\n\
        network = { delay = \"1s\" }\n\
        [[client]]\nkind = \"sse\"\n";
    let of = |text: &str| {
        let scenario = crate::scenario::load("it", text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        results.expect("nobody stops it").summary.answer
    };
    insta::assert_snapshot!(of(text), @"Server-sent events told you sooner: typical event 20 ms against 30.7 s (1 540x), with 1 request against 1 440 (1 440x fewer).");
    insta::assert_snapshot!(of(&text.replace("60s", "10ms")), @"Server-sent events told you sooner: typical event 20 ms against 1 s (50x), with 1 request against 327 (327x fewer).");
}
