//! Laws that hold for any run: determinism, common random numbers, scaling, superposition, conservation, and the equality
//! of the shortcut and the plain path.

use crate::{latencies_s, near, records, scenario, summary, text};
use pollhook::measure::Record;
use pollhook::model::events::Events;
use pollhook::rng::Randomness;
use pollhook::scenario::Scenario;
use pollhook::sim::{self, Path, RunOptions, Session};
use pollhook::study;
use pollhook::time::{Instant, Span};
use proptest::prelude::*;
use std::sync::Arc;

const BOTH: &str = "[[client]]\nkind = \"poll\"\ninterval = \"60s\"\njitter = 0.2\n\
    [[client]]\nkind = \"webhook\"\nreconcile = \"15m\"\nendpoint = { failure_rate = 0.1 }\n";

fn both() -> String {
    text("24h", "60/h", "delay = { distribution = \"exponential\", mean = \"50ms\" }\nloss = 0.02", BOTH)
}

#[test]
fn one_seed_one_result() {
    let json = |text: &str| serde_json::to_string(&summary(text)).unwrap();
    assert_eq!(json(&both()), json(&both()));
    assert_ne!(json(&both()), json(&both().replace("seed = 1", "seed = 2")));
}

#[test]
fn a_client_changes_no_figure_of_another() {
    let whole = summary(&both());
    let changed = summary(&both().replace("interval = \"60s\"", "interval = \"7s\""));
    assert_eq!(whole.clients[1], changed.clients[1]);
    assert_ne!(whole.clients[0], changed.clients[0]);
    let alone =
        summary(&both().replace("[[client]]\nkind = \"poll\"\ninterval = \"60s\"\njitter = 0.2\n", ""));
    assert_eq!(whole.clients[1], alone.clients[0]);
    assert_eq!(whole.events, alone.events);
}

/// There is no hidden constant: with all times a thousand times longer, all figures are a thousand times longer.
#[test]
fn time_scales() {
    let fast = "[[client]]\nkind = \"poll\"\ninterval = \"60ms\"\ntimeout = \"30ms\"\n\
        [[client]]\nkind = \"webhook\"\nworkers = 2\ndeadline = \"10ms\"\nretries = [\"5ms\", \"300ms\"]\n\
        endpoint = { failure_rate = 0.1, service_time = \"1ms\" }\n";
    let slow = fast.replace("ms\"", "s\"");
    let (_, fast) = records(&text("864s", "10/s", "delay = \"2ms\"\nloss = 0.1", fast));
    let (_, slow) = records(&text("864000s", "0.01/s", "delay = \"2s\"\nloss = 0.1", &slow));
    for client in 0..2 {
        let (fast_counts, slow_counts) = (&fast.records[client].requests, &slow.records[client].requests);
        // Event times are rounded to whole nanoseconds, so a poll may fall to the other side of one.
        assert!(fast_counts.total().abs_diff(slow_counts.total()) <= 1);
        let pairs = latencies_s(&fast, client).into_iter().zip(latencies_s(&slow, client));
        let differing = pairs.filter(|(fast, slow)| (fast * 1000.0 - slow).abs() > 1e-5).count();
        assert!(differing <= 1, "{differing} of client {client}");
    }
}

/// A Poisson stream split over two resources is two streams of half the rate. Neither the latency of polling nor the
/// queue of the webhooks changes.
#[test]
fn two_resources_of_half_the_rate_are_one_of_the_whole() {
    let clients = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\n\
        [[client]]\nkind = \"webhook\"\nworkers = 1\ndeadline = \"1d\"\nendpoint = { service_time = \"1s\" }\n";
    let one = text("200000s", "0.5/s", "delay = \"0s\"", clients);
    let two = one.replace("[events]", "[events]\nresources = 2");
    let (one, two) = (summary(&one), summary(&two));
    let mean = |index: usize| (one.clients[index].latency_s.mean.unwrap(), two.clients[index].latency_s.mean);
    let (poll, webhook) = (mean(0), mean(1));
    near("poll", poll.1, poll.0, 0.06);
    near("webhook", webhook.1, webhook.0, 1e-9);
    assert!(two.clients[0].requests.total.abs_diff(2 * one.clients[0].requests.total) <= 2);
}

/// The mean number of events under way is the rate times the mean latency (Little 1961), up to the ends of the run.
#[test]
fn the_number_under_way_is_the_rate_times_the_latency() {
    let keys = "workers = 1\ndeadline = \"1d\"\nendpoint = { service_time = \"1s\" }";
    let clients =
        format!("[[client]]\nkind = \"poll\"\ninterval = \"10s\"\n[[client]]\nkind = \"webhook\"\n{keys}\n");
    let (scenario, replication) = records(&text("200000s", "0.7/s", "delay = \"100ms\"", &clients));
    for client in 0..2 {
        let latencies = latencies_s(&replication, client);
        let mean = latencies.iter().sum::<f64>() / latencies.len() as f64;
        let occurred = replication.events.occurred();
        // A number without small factors, so that the samples do not fall into step with the polls.
        let samples = 50_021;
        let under_way: usize = (0..samples)
            .map(|i| {
                let now = Instant((scenario.duration.0 / samples) * i);
                let begun = occurred.partition_point(|&at| at <= now);
                // No event waits longer than an hour here, so the latest few thousand are enough to look at.
                let recent = begun.saturating_sub(3000)..begun;
                recent.filter(|&event| replication.records[client].receipts[event].held > now).count()
            })
            .sum();
        let expected = occurred.len() as f64 / scenario.duration.as_secs_f64() * mean;
        near("number under way", under_way as f64 / samples as f64, expected, 0.03 * expected);
    }
}

/// Any scenario that the strategies below can make.
fn any_scenario() -> impl Strategy<Value = String> {
    let client = prop_oneof![
        (1_u32..90, 0_u32..3, 1_u32..4).prop_map(|(interval, mode, count)| {
            let extra = ["", "pacing = \"fixed-delay\"", "overrun = \"delay\"\njitter = 0.3"][mode as usize];
            format!(
                "kind = \"poll\"\ncount = {count}\ninterval = \"{interval}s\"\ntimeout = \"20s\"\n{extra}"
            )
        }),
        (0_u32..3, 0_u32..3, 0_u32..3).prop_map(|(workers, capacity, reconcile)| {
            let reconcile = ["", "reconcile = \"45s\"", "count = 3"][reconcile as usize];
            let endpoint = format!("capacity = {capacity}, service_time = \"400ms\", failure_rate = 0.1");
            let retries = "deadline = \"2s\"\nretries = [\"1s\", \"20s\"]\nretry_jitter = \"full\"";
            format!(
                "kind = \"webhook\"\nworkers = {workers}\n{retries}\n{reconcile}\nendpoint = {{ {endpoint} }}"
            )
        }),
    ];
    let outage = prop_oneof![
        Just(String::new()),
        (0_usize..3, 0_u32..2).prop_map(|(mode, side)| {
            let party = ["client = \"it\"", "party = \"source\""][side as usize];
            let mode = ["refuse", "hang", "error"][mode];
            format!("[[outage]]\n{party}\nfrom = \"5m\"\nfor = \"3m\"\nmode = \"{mode}\"\n")
        }),
    ];
    (client, outage, 0_u32..4, 1_u32..4, 0_u32..1000).prop_map(|(client, outage, loss, resources, seed)| {
        let network = format!("delay = \"30ms\"\nloss = 0.0{loss}");
        let clients = format!("[[client]]\nname = \"it\"\n{client}\n{outage}");
        let text = text("20m", "0.3/s", &network, &clients);
        text.replace("seed = 1", &format!("seed = {seed}"))
            .replace("[events]", &format!("[events]\nresources = {resources}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// The ledger balances, every request has one outcome and one status, and each receipt is a first one or a duplicate.
    #[test]
    fn what_is_sent_and_what_occurs_is_accounted_for(text in any_scenario()) {
        let summary = summary(&text);
        let client = &summary.clients[0];
        let (events, requests) = (&client.events, &client.requests);
        prop_assert_eq!(events.occurred, events.delivered + events.lost + events.pending);
        prop_assert_eq!(events.occurred, summary.events.occurred * u64::from(client.count));
        prop_assert_eq!(requests.total, requests.empty + requests.non_empty + requests.failed);
        prop_assert_eq!(requests.total, requests.by_status.values().sum::<u64>());
        prop_assert_eq!(client.latency_s.count, events.delivered);
        prop_assert_eq!(requests.total + requests.drain >= client.attempts.total, true);
        prop_assert!(events.pending == 0, "the drain leaves nothing pending: {:?}", events);
        prop_assert!(client.latency_s.min >= Some(0.03) || events.delivered == 0);
    }

    /// The shortcut and the plain path agree in every figure, bin and byte.
    #[test]
    fn the_shortcut_changes_nothing(
        interval_ms in 50_i64..2_000,
        resources in 1_u32..400,
        count in 1_u32..4,
        page_size in 1_u32..5,
        warmup in 0_u32..300,
        phase in prop_oneof![Just("\"random\"".to_string()), (0_u32..3_000).prop_map(|ms| format!("\"{ms}ms\""))],
        pages in prop::sample::select(vec!["pages = \"one\"", "", "last_page = \"short\""]),
        rate in prop::sample::select(vec!["0.5/s", "20/s"]),
        drain in prop::sample::select(vec!["auto", "0s"]),
        seed in 0_u32..1_000,
    ) {
        let clients = format!(
            "[[client]]\nkind = \"poll\"\ncount = {count}\ninterval = \"{interval_ms}ms\"\nphase = {phase}\n\
             {pages}\n"
        );
        let network = format!("to_source = \"7ms\"\nto_client = \"11ms\"\n[source]\npage_size = {page_size}");
        let text = text("10m", rate, &network, &clients)
            .replace("seed = 1", &format!("seed = {seed}\ndrain = \"{drain}\"\nwarmup = \"{warmup}s\""))
            .replace("[events]", &format!("[events]\nresources = {resources}"));
        let scenario = scenario(&text);
        let plain = one(&scenario, Path::Plain);
        let short = one(&scenario, Path::Shortcut);
        prop_assert_eq!(&plain.requests, &short.requests);
        prop_assert_eq!(&plain.bins, &short.bins);
        prop_assert_eq!(plain, short);
    }
}

fn one(scenario: &Scenario, path: Path) -> Record {
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(scenario, randomness));
    sim::run(scenario, &scenario.clients[0], &events, randomness, RunOptions::to_the_end(path))
        .expect("it is not stopped")
}

/// Polls in one step each have the record of polls whose messages are simulated one by one: stopped at any time, with
/// losses, outages of both sides, late answers and pages.
fn any_poller() -> impl Strategy<Value = (String, u32)> {
    let polls = (
        prop::sample::select(vec![
            "interval = \"700ms\"",
            "interval = \"5s\"",
            "interval = { distribution = \"exponential\", mean = \"3s\" }",
        ]),
        prop::sample::select(vec![
            "",
            "pacing = \"fixed-delay\"",
            "overrun = \"delay\"",
            "jitter = 0.3",
            "backoff = { factor = 2, max = \"20s\" }",
        ]),
        prop::sample::select(vec![
            "",
            "pages = \"one\"",
            "last_page = \"short\"",
            "order = \"newest\"",
            "cursor = \"time\"",
            "conditional = true",
        ]),
        prop::sample::select(vec!["timeout = \"30s\"", "timeout = \"400ms\"", "timeout = \"61ms\""]),
        prop::sample::select(vec!["", "phase = \"0s\""]),
    );
    let network = (
        prop::sample::select(vec![
            "to_source = \"30ms\"",
            "to_source = \"0s\"",
            "to_source = \"500ms\"",
            "to_source = { distribution = \"exponential\", mean = \"300ms\" }",
        ]),
        prop::sample::select(vec![
            "to_client = \"30ms\"",
            "to_client = \"0s\"",
            "to_client = \"900ms\"",
            "to_client = { distribution = \"exponential\", mean = \"200ms\" }",
        ]),
        prop::sample::select(vec!["", "loss_to_source = 0.2", "loss_to_client = 0.2"]),
    );
    let source = prop::sample::select(vec![
        "",
        "service_time = \"100ms\"",
        "service_time = { distribution = \"exponential\", mean = \"100ms\" }",
        "failure_rate = 0.2",
        "commit_delay = \"2s\"",
        "commit_delay = { distribution = \"exponential\", mean = \"2s\" }",
    ]);
    let outage = prop_oneof![
        Just(String::new()),
        (
            prop::sample::select(vec!["refuse", "hang", "error"]),
            prop::sample::select(vec!["client = \"it\"", "party = \"source\""])
        )
            .prop_map(|(mode, party)| format!(
                "[[outage]]\n{party}\nfrom = \"5m\"\nfor = \"30s\"\nmode = \"{mode}\"\n"
            )),
    ];
    let size = (
        1_u32..4,
        1_u32..4,
        prop::sample::select(vec!["0.5/s", "5/s"]),
        prop::sample::select(vec!["auto", "0s", "1s"]),
    );
    (polls, network, source, outage, size, 0_u32..700).prop_map(|(polls, network, source, outage, size, stop_s)| {
        let ((interval, pace, pages, timeout, phase), (there, back, loss)) = (polls, network);
        let (count, resources, rate, drain) = size;
        // A jitter and a growing interval need a fixed one; the newest page has no next one.
        let pace = if interval.contains("exponential") && !pace.contains("pacing") { "" } else { pace };
        // Where events are shown out of order, these are refused.
        let is_refused = ["conditional", "newest"].iter().any(|word| pages.contains(word));
        let pages = if source.contains("commit_delay = {") && is_refused { "" } else { pages };
        let clients = format!(
            "[[client]]\nname = \"it\"\nkind = \"poll\"\ncount = {count}\n{interval}\n{pace}\n{pages}\n{timeout}\n{phase}\n{outage}"
        );
        let network = format!("{there}\n{back}\n{loss}\n[source]\npage_size = 3\n{source}");
        let text = text("10m", rate, &network, &clients)
            .replace("seed = 1", &format!("seed = {stop_s}\ndrain = \"{drain}\""))
            .replace("[events]", &format!("[events]\nresources = {resources}"));
        (text, stop_s)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn polls_in_one_step_change_nothing((text, stop_s) in any_poller()) {
        let scenario = scenario(&text);
        prop_assert_eq!(one(&scenario, Path::Messages), one(&scenario, Path::Plain));
        let scenario = Arc::new(scenario);
        let randomness = Randomness::new(scenario.seed, 0);
        let events = Arc::new(Events::draw(&scenario, randomness));
        let at = Instant::START + Span::from_secs(i64::from(stop_s) + 1);
        let stopped = |path| {
            let mut session = Session::new(&scenario, &scenario.clients[0], &events, randomness, path);
            session.advance(Instant::START + Span::from_secs(i64::from(stop_s) / 2 + 1));
            session.advance(at);
            session.finish(Some(at))
        };
        prop_assert_eq!(stopped(Path::Messages), stopped(Path::Plain));
    }
}

/// Without events every poll is empty, and both paths keep the polls for the lanes.
#[test]
fn the_shortcut_keeps_the_polls_of_a_run_without_events() {
    for drain in ["auto", "0s"] {
        let client = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\nphase = \"3s\"\n";
        let text = text("58s", "1/d", "delay = \"3s\"", client);
        let scenario = scenario(&text.replace("seed = 1", &format!("seed = 1\ndrain = \"{drain}\"")));
        let (plain, short) = (one(&scenario, Path::Plain), one(&scenario, Path::Shortcut));
        assert_eq!((plain.receipts.len(), plain.trace.len()), (0, 6));
        assert_eq!(plain, short);
    }
}

/// The results are the same for every number of threads.
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let scenario = scenario(&both().replace("seed = 1", "seed = 1\nreplications = 5"));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let results = pool.install(|| study::run(&scenario, RunOptions::TO_THE_END, false, || ()).unwrap());
        (serde_json::to_string(&results.summary).unwrap(), results.figures)
    };
    assert_eq!(on(1), on(2));
}

/// Clients that are stopped together are stopped at the same time, whichever path runs them.
#[test]
fn a_run_that_is_stopped_half_way_is_the_same_by_either_path() {
    let scenario = scenario(&text(
        "1h",
        "60/m",
        "delay = \"50ms\"",
        "[[client]]\nkind = \"poll\"\ninterval = \"7s\"\ncount = 3\n",
    ));
    let scenario = Arc::new(scenario);
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let until = Instant::START + Span::from_secs(1801);
    let stopped = |path| {
        let mut session = Session::new(&scenario, &scenario.clients[0], &events, randomness, path);
        session.advance(Instant::START + Span::from_secs(900));
        session.advance(until);
        let snapshot = session.snapshot(until);
        assert_eq!(session.finish(Some(until)), snapshot);
        snapshot
    };
    let (plain, short) = (stopped(Path::Plain), stopped(Path::Shortcut));
    assert_eq!(plain.requests, short.requests);
    assert!(plain.requests.total().abs_diff(3 * 257) <= 3);
    let held = |record: &Record| record.receipts.iter().filter(|receipt| receipt.held <= until).count();
    assert_eq!(held(&plain), held(&short));
    assert!(held(&plain) > 5_000);
}

/// No request counts yet, but all that were sent are counted as sent. The tick at the end of the warm-up is not reached.
#[test]
fn a_run_that_is_stopped_in_its_warmup_is_the_same_by_either_path() {
    let client = "[[client]]\nkind = \"poll\"\ninterval = \"10s\"\nphase = \"0s\"\n";
    let text =
        text("1h", "1/m", "delay = \"50ms\"", client).replace("seed = 1", "seed = 1\nwarmup = \"30m\"");
    let scenario = Arc::new(scenario(&text));
    let randomness = Randomness::new(scenario.seed, 0);
    let events = Arc::new(Events::draw(&scenario, randomness));
    let at = Instant::START + Span::from_secs(905);
    let stopped = |path| {
        let mut session = Session::new(&scenario, &scenario.clients[0], &events, randomness, path);
        session.advance(at);
        session.finish(Some(at))
    };
    let (plain, short) = (stopped(Path::Plain), stopped(Path::Shortcut));
    assert_eq!((plain.requests.total(), plain.sent, plain.ended), (0, 91, 91));
    assert_eq!((short.requests.total(), short.sent, short.ended), (0, 91, 91));
}

/// Polls, answers and events at the very time of the stop are not part of the run, whichever path runs it.
#[test]
fn a_run_that_is_stopped_at_a_tick_is_the_same_by_either_path() {
    for (delay, phase) in [("0s", "0s"), ("0s", "5s"), ("5s", "0s"), ("2500ms", "5s")] {
        let client = format!("[[client]]\nkind = \"poll\"\ninterval = \"10s\"\nphase = \"{phase}\"\n");
        let text = text("1h", "0.2/s", &format!("delay = \"{delay}\""), &client)
            .replace("\"poisson\"", "\"constant\"");
        let scenario = Arc::new(scenario(&text));
        let randomness = Randomness::new(scenario.seed, 0);
        let events = Arc::new(Events::draw(&scenario, randomness));
        let at = Instant::START + Span::from_secs(900);
        let stopped = |path| {
            let mut session = Session::new(&scenario, &scenario.clients[0], &events, randomness, path);
            session.advance(at);
            session.finish(Some(at))
        };
        let (plain, short) = (stopped(Path::Plain), stopped(Path::Shortcut));
        assert_eq!(plain.requests, short.requests, "{delay}, {phase}");
        assert_eq!((plain.requests.total(), plain.sent, plain.ended), (90, 90, 90), "{delay}, {phase}");
        assert_eq!((short.sent, short.ended), (90, 90), "{delay}, {phase}");
        assert_eq!(plain.trace, short.trace, "{delay}, {phase}");
        assert!(plain.receipts == short.receipts, "{delay}, {phase}");
        assert!(plain.receipts.iter().all(|receipt| receipt.held < at || receipt.by.is_none()));
    }
}
