//! Scenarios that ask for a figure.

use super::*;

/// `yes_if` decides what yes means, whatever the words of the title.
#[test]
fn a_question_for_yes_or_no_is_answered_by_what_yes_means() {
    use Relation::{Above, Below, Equal};
    let of = |pair: [&str; 2], yes_if, hook_requests| {
        let rows = [POLL, hook([0.25; 3], hook_requests)];
        let answer = asked(pair, "requests.total", Some(yes_if), &rows, many_events);
        answer.split(':').next().unwrap_or_default().to_owned()
    };
    let (hook_first, poll_first) = (["webhook", "poll 60s"], ["poll 60s", "webhook"]);
    for (requests, hook_answers, poll_answers) in [
        (289, ["Yes", "No", "Not equal"], ["No", "Yes", "Not equal"]),
        (1400, ["Hardly", "Hardly", "Yes"], ["Hardly", "Hardly", "Yes"]),
        (1410, ["No", "No", "Yes"], ["No", "No", "Yes"]),
        (50_000, ["No", "Yes", "Not equal"], ["Yes", "No", "Not equal"]),
    ] {
        assert_eq!([Below, Above, Equal].map(|yes_if| of(hook_first, yes_if, requests)), hook_answers);
        assert_eq!([Below, Above, Equal].map(|yes_if| of(poll_first, yes_if, requests)), poll_answers);
    }
}

/// So many that chance does little to a count.
fn many_events(summary: &mut Summary, _: &mut Scenario) {
    summary.clients.iter_mut().for_each(|client| client.events.occurred = 10_000_000);
}

/// A thirtieth more or less may be chance among 1,000 events, and so may a third among nine.
#[test]
fn a_run_says_no_more_than_other_seeds_would() {
    let of = |yes_if, events, hook_requests| {
        let rows = [POLL, hook([0.25; 3], hook_requests)];
        let answer = asked(["poll 60s", "webhook"], "requests.total", yes_if, &rows, |summary, _| {
            summary.clients.iter_mut().for_each(|client| {
                (client.events.occurred, client.events.delivered) = (events, events);
            });
        });
        answer.split(". But").next().unwrap_or_default().to_owned()
    };
    use Relation::{Below, Equal};
    insta::assert_snapshot!(of(Some(Equal), 1450, 1450), @"Yes: with polling, 1 410 requests were sent, against 1 450 with webhooks (about the same)");
    insta::assert_snapshot!(of(Some(Below), 1450, 1450), @"Hardly: with polling, 1 410 requests were sent, against 1 450 with webhooks (about the same)");
    insta::assert_snapshot!(of(Some(Equal), 9, 1900), @"With polling, 1 410 requests were sent, against 1 900 with webhooks; this run cannot tell them apart, because 9 events are too few.");
    insta::assert_snapshot!(of(None, 9, 1900), @"With polling, 1 410 requests were sent, against 1 900 with webhooks; this run cannot tell them apart, because 9 events are too few.");
    insta::assert_snapshot!(of(Some(Equal), 1900, 1900), @"Not equal: with polling, 1 410 requests were sent, against 1 900 with webhooks (1.3x fewer)");
}

#[test]
fn a_run_that_was_stopped_says_neither_yes_nor_no() {
    let stopped = |summary: &mut Summary, _: &mut Scenario| summary.complete = false;
    let pair = ["webhook", "poll 60s"];
    insta::assert_snapshot!(asked(pair, "requests.total", Some(Relation::Below), &[POLL, HOOK], stopped), @"With webhooks, 289 requests were sent, against 1 410 with polling (4.9x fewer), in a run that was stopped early.");
    insta::assert_snapshot!(answer_of(&[POLL, HOOK], stopped), @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer), in a run that was stopped early.");
}

#[test]
fn an_age_is_newer_or_older() {
    let of = |age_s| {
        asked(["webhook", "poll 60s"], "age_s.mean", None, &[POLL, HOOK], |summary, _| {
            summary.clients[0].age_s.mean = Some(300.0);
            summary.clients[1].age_s.mean = Some(age_s);
        })
    };
    insta::assert_snapshot!(of(270.0), @"With webhooks, the newest event held was 4m30s old on average, against 5 min with polling (30 s newer).");
    insta::assert_snapshot!(of(330.0), @"With webhooks, the newest event held was 5m30s old on average, against 5 min with polling (30 s older). But polling knew the typical event later: 31.7 s against 0.25 s (127x).");
}

/// A webhook has no polls that could be empty.
#[test]
fn a_figure_that_a_client_does_not_have_is_named() {
    let answer =
        asked(["webhook", "poll 60s"], "empty_share", Some(Relation::Below), &[POLL, HOOK], |_, _| ());
    insta::assert_snapshot!(answer, @"Webhooks told you sooner: typical event 0.25 s against 31.7 s (127x), with 289 requests against 1 410 (4.9x fewer). The run gives no `empty_share`, which the scenario asks for.");
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
    insta::assert_snapshot!(of(&[won, won, lost]), @"Yes, in 2 of 3 runs: with webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x).");
    insta::assert_snapshot!(of(&[won, lost]), @"These 2 runs cannot tell: with webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x).");
}

/// Without `yes_if` they say it at the end.
#[test]
fn figures_of_several_runs_say_in_how_many_of_them_they_differ_so() {
    let of = |metric: &str, requests: &[[f64; 2]]| {
        // The sample has the time of the typical event.
        let rows: PerReplication = rows(requests)
            .rows()
            .map(|mut row| {
                row.figures[Figure::RequestsTotal.index()] = row.figures[Figure::KnownAfterP50.index()];
                row
            })
            .collect();
        let mut summary = Summary {
            replications: requests.len() as u32,
            ..sample::summary(
                [POLL, hook([0.25; 3], 290)]
                    .map(|(name, kind, s, n)| sample::client(name, kind, s, n))
                    .into(),
            )
        };
        many_events(&mut summary, &mut sample::scenario(&[]));
        let mut scenario = sample::scenario(&[("poll 60s", false), ("webhook", true)]);
        scenario.answer = Some(AnswerConfig {
            client: "webhook".to_owned(),
            against: Some("poll 60s".to_owned()),
            metric: Some(metric.to_owned()),
            yes_if: None,
        });
        answer(&summary, &scenario, &rows).to_string()
    };
    let (won, lost) = ([30.0, 0.25], [0.1, 0.25]);
    insta::assert_snapshot!(of("known_after_s.p50", &[won, won, lost]), @"With webhooks, the typical event was known after 0.25 s, against 31.7 s with polling (127x), over 3 runs; sooner in 2 of 3.");
    insta::assert_snapshot!(of("requests.total", &[won, won]), @"With webhooks, 145 requests were sent, against 705 with polling (4.9x fewer), on average over 2 runs; fewer in 2 of 2.");
    insta::assert_snapshot!(of("requests.total", &[won]), @"With webhooks, 290 requests were sent, against 1 410 with polling (4.9x fewer).");
}

/// What is saved in one figure may cost in another.
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

/// Where one of two clients has no word of its own, both are called by their names.
#[test]
fn two_clients_of_a_sentence_are_called_alike() {
    let rows = [POLL, ("poll 10s", "poll", [5.0, 10.0, 10.1], 8640), HOOK];
    let answer = asked(["webhook", "poll 10s"], "requests.total", None, &rows, |_, _| ());
    assert!(
        answer.starts_with("With “webhook”, 289 requests were sent, against 8\u{202f}640 with “poll 10s”")
    );
}

/// The sentence has words for every figure, and none of them has a wrong plural.
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

/// The first sentence of each shipped scenario has the figure that its title asks for.
#[test]
fn every_shipped_scenario_answers_its_title() {
    for (name, figure) in [
        (
            "attackers",
            "“Mailgun” is the weakest that kept every attacker out, as the scenario lists them; with “Slack”, replay got in.",
        ),
        (
            "batches",
            "Yes: with “in batches”, 1\u{202f}310 requests were sent, against 1\u{202f}440 with “poll 60s” (1.1x fewer)",
        ),
        (
            "break-even",
            "Yes: with polling, 1\u{202f}440 requests were sent, against 1\u{202f}412 with webhooks",
        ),
        (
            "crossover",
            "With polling, each event cost 0.167 requests, against 1 with webhooks (6x fewer): one poll every 30 s, and",
        ),
        (
            "race",
            "With “stream” as with “WebSocket”, 2 requests were sent, the fewest of all; next is “batches” with 321 (161x more)",
        ),
        (
            "twenty-apps",
            "Yes: with “every 10 min”, 40\u{202f}320 requests were sent, against 183\u{202f}969 with “every 131 s” (4.6x fewer)",
        ),
        ("burst", "2\u{202f}164 deliveries were sent, 1\u{202f}564 of them after the end, against 600"),
        (
            "busy-feed",
            "No: with webhooks, 14\u{202f}462 requests were sent, against 1\u{202f}440 with polling (10x more)",
        ),
        ("contended-source", "after 41.1 s on average, against 30.1 s with “spread” (11 s later)"),
        (
            "billed-checks",
            "With “poll 1m”, 43\u{202f}200 calls were billed, against 280 with “webhook, then fetch” (154x more)",
        ),
        (
            "herd",
            "Yes: with “each gap ± 10 %”, an event was known after 30.3 s on average, against 41.1 s with",
        ),
        ("closed-laptop", "With “feed”, 170 of 714 events were lost, against none with “cursor”."),
        ("day", "typical event 0.25 s against 31.5 s (126x)"),
        (
            "back-off",
            "Yes: with “back-off”, the typical event was known after 7.93 s, against 49.8 s with “fixed” (6.3x)",
        ),
        (
            "until-done",
            "typical event 20 ms against 0.534 s (27x), with 2\u{202f}379 requests against 47\u{202f}734 (20x fewer)",
        ),
        (
            "etag",
            "No: with “ETag, 10s”, 2\u{202f}112\u{202f}940 B went over the wire, against 150\u{202f}348 B with “webhook”",
        ),
        (
            "facebook-page-day",
            "With “webhook”, 938 requests were sent, against 4\u{202f}700 with “poll 18s” (5x fewer)",
        ),
        (
            "feed",
            "With “feed, 60s”, 50\u{202f}851 of 53\u{202f}938 events were lost, against none with “cursor, 60s”",
        ),
        ("one-in-a-thousand", "events were lost, against none with “a minute again”"),
        ("fan-out", "after 9.87 s on average, against 0.1 s"),
        ("friendfeed", "2\u{202f}899\u{202f}884 requests were sent"),
        ("in-order", "after 0.784 s on average, against 0.285 s with “in any order” (2.7x)"),
        ("late-answer", "each event was sent and handled 4 times, against once"),
        ("lossy-network", "events were lost, against none with polling"),
        (
            "open-connection",
            "138\u{202f}201 B went over the wire, against 794\u{202f}908 B with polling (5.8x less)",
        ),
        (
            "events-or-sockets",
            "With WebSockets, 470\u{202f}217 B went over the wire, against 530\u{202f}833 B with server-sent",
        ),
        ("idle-cuts", "With “heartbeats”, no event was lost, against 14 with “no heartbeats”"),
        (
            "outage-retries",
            "No: with “webhook, ten attempts”, the slowest event was known after 2h35m, against 1h01m",
        ),
        ("outage-theatre", "With “standard-webhooks”, no event was lost, against 366 with “slack”"),
        ("quiet-feed", "each event cost 60.3 requests, against 1"),
        ("reference", "Yes: with webhooks, the typical event was known after 20 ms, against"),
        (
            "retry-storm",
            "Yes: with “knows its duplicates”, the typical event was known after 0.68 s, against 7h20m with “does",
        ),
        (
            "too-fast",
            "Yes: with “each, once”, 5\u{202f}387 of 11\u{202f}046 events were lost, against none with “all that is new”",
        ),
        (
            "too-early",
            "Yes: with “asks once”, 370 of 1\u{202f}412 events were lost, against none with “looks again”",
        ),
        ("set-up", "setting it up took 3 round trips, against none with “poll 60s”."),
        (
            "two-days-down",
            "With “svix” as with “square”, the source never stopped sending; next is “messenger, enabled again” with 2.5 d",
        ),
        ("retry-jitter", "Yes: with “equal”, each event was sent 2.02 times, against 5.9 with “no jitter”"),
        ("zalo-oa-day", "the typical event was known after 1.58 s, against 20 ms with webhooks (79x)"),
        ("commits", "88.3 % of the polls found nothing: one poll every 5 min, and 3.42 events an hour"),
        ("wasted-polls", "98.5 % of the polls found nothing: one poll every 15 min, and 1.46 events a day"),
    ] {
        let shipped = crate::scenario::find(name).expect("it is shipped");
        let scenario = crate::scenario::load(name, shipped.text, &[]).expect("it is valid");
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let answer = results.expect("nobody stops it").summary.answer;
        assert!(answer.contains(figure), "{name}: {answer}");
    }
}

/// What a client loses has the reason beside it, and by chance none.
#[test]
fn a_loss_has_its_reason() {
    const DOWN: &str = "[[outage]]\nclient = \"*\"\nfrom = \"1h\"\nfor = \"2h\"\n";
    let answer = |source: &str, client: &str| {
        let text = format!(
            "title = \"What is lost?\"\nduration = \"48h\"\n[events]\narrivals = {{ process = \"poisson\", rate = \"20/m\" }}\n\
             [source]\n{source}\n[[client]]\nname = \"it\"\n{client}\n[answer]\nclient = \"it\"\nmetric = \"events.lost\"\n"
        );
        let scenario =
            crate::scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        let answer = results.expect("nobody stops it").summary.answer;
        answer.split_once(". ").map(|(_, rest)| rest.to_owned()).unwrap_or_default()
    };
    let late = "commit_delay = { distribution = \"exponential\", mean = \"1s\" }";
    let poll = |keys: &str| format!("kind = \"poll\"\ninterval = \"60s\"\n{keys}");
    let by_time = poll("cursor = \"time\"\ntime_resolution = \"1s\"");
    insta::assert_snapshot!(answer(late, &poll("")), @"The reason: “it” asks for what follows its last event: it passes over an earlier one that the API shows later.");
    insta::assert_snapshot!(answer("", &by_time), @"The reason: “it” asks for what is later than its last event: it passes over others of the same time.");
    insta::assert_snapshot!(answer(late, &by_time), @"The reason: “it” asks for what is later than its last event: it passes over others of the same time, and what the API shows late.");
    let feed = poll(&format!("order = \"newest\"\n{DOWN}"));
    insta::assert_snapshot!(answer("", &feed), @"The reason: “it” sees the newest page of events alone, and not what came before it since the last poll.");
    let away = &format!("kind = \"sse\"\nreplay = false\n{DOWN}");
    insta::assert_snapshot!(answer("", away), @"The reason: “it” does not ask for what it missed while it was away.");
    let thin = "kind = \"webhook\"\nthin = true\ncoalesce = false\nfetch_again = \"never\"";
    insta::assert_snapshot!(answer("commit_delay = \"1s\"", thin), @"The reason: “it” asks for each event once: it loses what the API does not show then, or refuses.");
    assert_eq!(answer("", "kind = \"webhook\"\nretries = []\nendpoint = { failure_rate = 0.1 }"), "");
}

/// The interval is the one that the source's limit leaves, and the events are those that the client wants, so that their
/// product is the figure; a poller that is refused has no interval of which it is.
#[test]
fn what_explains_the_requests_of_an_event_is_what_the_poller_did() {
    let answer = |source: &str, poll: &str| {
        let text = format!(
            "title = \"How many requests does an event cost?\"\nduration = \"24h\"\n\
             [events]\ntypes = {{ like = 9, comment = 1 }}\narrivals = {{ process = \"poisson\", rate = \"60/h\" }}\n\
             [source]\n{source}\n\
             [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"10s\"\n{poll}\n\
             [answer]\nclient = \"poll\"\nmetric = \"requests.per_event\"\n"
        );
        let scenario =
            crate::scenario::load("it", &text, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
        results.expect("nobody stops it").summary.answer
    };
    let (limit, wanted) = ("rate_limit = { requests = 10, per = \"1h\" }", "types = [\"comment\"]");
    insta::assert_snapshot!(answer("", ""), @"With polling, each event cost 6.16 requests: one poll every 10 s, and 58.5 events an hour.");
    insta::assert_snapshot!(answer("", wanted), @"With polling, each event cost 60 requests: one poll every 10 s, and 6 events an hour.");
    insta::assert_snapshot!(answer(limit, &format!("on_limit = \"spread\"\n{wanted}")), @"With polling, each event cost 1.67 requests: one poll every 6 min, and 6 events an hour.");
    insta::assert_snapshot!(answer(limit, ""), @"With polling, each event cost 0.188 requests.");
}

/// What the first sentence says must not depend on the seed: the same verdict of the same kind of figure, or that the run
/// cannot tell.
#[test]
#[ignore = "320 runs take two minutes; .ci/run runs it"]
fn every_seed_gives_the_same_answer() {
    for shipped in crate::scenario::shipped() {
        let sentences: Vec<String> = (1..=20)
            .map(|seed| {
                let set = [format!("seed={seed}").parse().expect("a key and a value")];
                let scenario = crate::scenario::load(shipped.name, shipped.text, &set).expect("it is valid");
                let results = crate::study::run(&scenario, crate::sim::RunOptions::TO_THE_END, false, || ());
                results.expect("nobody stops it").summary.answer
            })
            .collect();
        let told = sentences.iter().filter(|sentence| !sentence.contains("cannot tell"));
        let mut verdicts: Vec<String> = told.map(|sentence| verdict_of(sentence)).collect();
        assert!(verdicts.len() >= 15, "{}: {sentences:#?}", shipped.name);
        verdicts.sort();
        verdicts.dedup();
        assert_eq!(verdicts.len(), 1, "{}: {sentences:#?}", shipped.name);
    }
}

/// The words before the first number, and which way the figures differ.
fn verdict_of(sentence: &str) -> String {
    let sentence = sentence.split(". ").next().unwrap_or_default();
    let words = sentence.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    let ways = ["more)", "fewer)", "less)", "later)", "sooner)", "about the same)", "none"];
    let way = ways.into_iter().find(|way| sentence.contains(way)).unwrap_or_default();
    format!("{words} {way}")
}
