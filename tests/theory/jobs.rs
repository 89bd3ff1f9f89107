//! Polling until a job has ended (closed forms: the sum of the chances that a job is longer than each poll is late).

use crate::{near, only, records, summary, text};
use pollhook::study::summary::ClientSummary;
use pollhook::theory::jobs::{memoryless_lag_s, memoryless_polls};

fn jobs(length: &str, network: &str, clients: &str) -> String {
    text("200000s", "0.2/s", network, clients).replace("[network]", &format!("job = {length}\n[network]"))
}

fn poll(keys: &str) -> String {
    format!("[[client]]\nkind = \"poll\"\n{keys}\n")
}

const EXPONENTIAL: &str = "{ distribution = \"exponential\", mean = \"20s\" }";

/// Forty thousand jobs of 20 s on average. Asked for every 1 s they take 20.5 polls each and are known after 0.49 s, every
/// 10 s 2.54 polls and 5.4 s, every minute 1.05 polls and 43 s.
#[test]
fn the_number_of_polls_and_the_lag_follow_from_the_length_of_a_job() {
    let known = [(1.0, 20.504, 0.5042), (10.0, 2.5415, 5.4149), (60.0, 1.0524, 43.1437)];
    for (interval_s, polls, lag_s) in known {
        near("polls", memoryless_polls(interval_s, 20.0), polls, 1e-3);
        near("lag", memoryless_lag_s(interval_s, 20.0), lag_s, 1e-3);
        let client =
            only(&jobs(EXPONENTIAL, "delay = \"0s\"", &poll(&format!("interval = \"{interval_s}s\""))));
        // The standard deviation of a geometric number, and of a lag that is at most the interval.
        let (events, spread) = (40_000.0_f64, (polls * (polls - 1.0)).sqrt());
        near("requests", client.requests.per_event, polls, 4.0 * spread / events.sqrt() + 0.003);
        near("mean", client.latency_s.mean, lag_s, 4.0 * 0.29 * interval_s / events.sqrt());
        assert!(client.latency_s.max.is_some_and(|max| max <= interval_s));
        agrees(&client);
    }
}

/// Of a length of any distribution, at intervals that stay or grow, from start to start or from end to start, over a network
/// and at a source that takes its time and shows an end late.
#[test]
fn the_prediction_holds_for_any_length_and_growth() {
    let network = "delay = \"150ms\"\n[source]\nservice_time = \"100ms\"\ncommit_delay = \"700ms\"";
    for length in [
        EXPONENTIAL,
        "\"25s\"",
        "{ distribution = \"uniform\", min = \"5s\", max = \"40s\" }",
        "{ distribution = \"lognormal\", median = \"15s\", sigma = 0.8 }",
        "{ distribution = \"pareto\", min = \"10s\", shape = 3.5 }",
    ] {
        for keys in [
            "interval = \"10s\"",
            "interval = \"2s\"\nbackoff = { factor = 1.5, max = \"20s\" }",
            "interval = \"3s\"\npacing = \"fixed-delay\"",
            "interval = \"1s\"\nbackoff = { factor = 2, max = \"30s\" }\npacing = \"fixed-delay\"\ncount = 2",
        ] {
            agrees(&only(&jobs(length, network, &poll(keys)).replace("200000s", "50000s")));
        }
    }
}

/// So it does where all jobs end well within the first interval, so that only their length scatters, by parts of it.
#[test]
fn the_lag_scatters_as_the_length_where_one_poll_finds_every_job() {
    let uniform = |min, max| format!("{{ distribution = \"uniform\", min = \"{min}s\", max = \"{max}s\" }}");
    let narrow = "{ distribution = \"lognormal\", median = \"20s\", sigma = 0.02 }".to_owned();
    let short = EXPONENTIAL.replace("20s", "1s");
    for (length, interval_s, deviation_s) in [
        (uniform(19, 21), 60, 0.57735),
        (narrow, 60, 0.400_12),
        (uniform(1, 2), 20, 0.288_675),
        (uniform(1, 2), 60, 0.288_675),
        (short.clone(), 60, 1.0),
        (short, 20, 1.0),
    ] {
        let keys = poll(&format!("interval = \"{interval_s}s\""));
        let client = only(&jobs(&length, "delay = \"0s\"", &keys).replace("200000s", "50000s"));
        near("stddev", client.theory.latency_s.stddev, deviation_s, 1e-4);
        assert!(client.theory.empty_share.is_none_or(|share| (0.0..1.0).contains(&share)), "{length}");
        agrees(&client);
    }
}

/// All jobs are found by one poll, which is sent 10 s after their start, up to 2 s after their end and up to 8 s before it. Of those
/// that end in a run of 20 s, it is sent after the run for 0.2/20; where it would be before the run, there is one in it. Where an
/// end is shown 7 s late, several polls come after it.
#[test]
fn polls_beyond_the_ends_of_a_run_are_left_out() {
    let of = |text: String| {
        only(
            &text
                .replace("duration = \"200000s\"", "duration = \"20s\"\nreplications = 10")
                .replace("0.2/s", "500/s"),
        )
    };
    let length = "{ distribution = \"uniform\", min = \"8s\", max = \"18s\" }";
    let client = of(jobs(length, "to_source = \"8s\"\nto_client = \"0s\"", &poll("interval = \"10s\"")));
    near("polls", client.theory.requests.per_event, 0.99, 1e-9);
    near("polls", client.requests.per_event, 0.99, 0.003);
    let late = "delay = \"0s\"\n[source]\ncommit_delay = \"7s\"";
    let length = "{ distribution = \"uniform\", min = \"1s\", max = \"9s\" }";
    let client = of(jobs(length, late, &poll("interval = \"2s\"")));
    near("polls", client.requests.per_event, client.theory.requests.per_event.unwrap(), 0.02);
    if let Some(empty) = client.theory.empty_share {
        near("empty", client.empty_share, empty, 0.003);
    }
}

/// Every predicted figure of the client is that of the run.
#[track_caller]
fn agrees(client: &ClientSummary) {
    let (theory, events) = (&client.theory, client.events.occurred as f64 / f64::from(client.count));
    let four_errors = 4.0 / events.sqrt();
    let polls = theory.requests.per_event.expect("it is predicted");
    // The number of polls scatters at most about twice as much as a geometric one.
    near("requests", client.requests.per_event, polls, 2.0 * four_errors * polls);
    near(
        "rate",
        client.requests.per_s,
        theory.requests.per_s.unwrap(),
        0.04 * theory.requests.per_s.unwrap(),
    );
    if let Some(empty) = theory.empty_share {
        near("empty", client.empty_share, empty, four_errors * (1.0 - empty) + 0.001);
    }
    let (mean_s, deviation_s) = (theory.latency_s.mean.unwrap(), theory.latency_s.stddev.unwrap());
    near("mean", client.latency_s.mean, mean_s, four_errors * deviation_s + 0.003);
    near("stddev", client.latency_s.stddev, deviation_s, 0.03 * deviation_s + 0.01);
    let max_s = theory.latency_s.max.unwrap();
    assert!(client.latency_s.max.is_some_and(|max| max <= max_s + 1e-6), "{:?}", client.latency_s);
    for (found, predicted) in
        [(client.latency_s.p50, theory.latency_s.p50), (client.latency_s.p95, theory.latency_s.p95)]
    {
        if let Some(predicted) = predicted {
            near("percentile", found, predicted, 0.03 * max_s);
        }
    }
    assert_eq!((client.events.lost, client.events.pending), (0, 0));
}

/// A job of 25 s is found by the first poll after it: of every 10 s the third, at 30 s; of 1, 2, 4, 8 and 16 s the fifth.
#[test]
fn a_job_of_known_length_is_found_by_a_known_poll() {
    let of = |keys: &str| only(&jobs("\"25s\"", "delay = \"0s\"", &poll(keys)));
    let fixed = of("interval = \"10s\"");
    assert_eq!((fixed.latency_s.min, fixed.latency_s.max), (Some(5.0), Some(5.0)));
    let grown = of("interval = \"1s\"\nbackoff = { factor = 2, max = \"1h\" }");
    assert_eq!((grown.latency_s.min, grown.latency_s.max), (Some(6.0), Some(6.0)));
    // Jobs that are under way when the run begins or ends are asked for in it less often.
    near("polls", fixed.requests.per_event, 3.0, 1e-3);
    near("polls", grown.requests.per_event, 5.0, 2e-3);
}

/// Whoever is told of ends is told as of any event: a job changes no figure but those of polls.
#[test]
fn a_job_changes_nothing_for_who_is_told() {
    let told = "[[client]]\nkind = \"webhook\"\nreconcile = \"1h\"\n[[client]]\nkind = \"long-poll\"\n[[client]]\nkind = \"sse\"\n";
    let clients = poll("interval = \"10s\"") + told;
    let short = |text: String| text.replace("200000s", "5000s");
    let with = summary(&short(jobs(EXPONENTIAL, "delay = \"30ms\"", &clients)));
    let without = summary(&short(text("200000s", "0.2/s", "delay = \"30ms\"", &clients)));
    assert_ne!(with.clients[0], without.clients[0]);
    assert_eq!(with.clients[1..], without.clients[1..]);
}

/// The members of a client ask for the same jobs, each by itself; jitter is each one's own.
#[test]
fn each_member_asks_for_every_job() {
    let keys = "interval = \"10s\"\njitter = 0.3\n";
    let one = only(&jobs(EXPONENTIAL, "delay = \"0s\"", &poll(keys)));
    let three = only(&jobs(EXPONENTIAL, "delay = \"0s\"", &poll(&format!("{keys}count = 3"))));
    assert_eq!(three.events.delivered, 3 * one.events.delivered);
    near("polls", three.requests.per_event, one.requests.per_event.unwrap(), 0.05);
    assert_ne!(three.requests.total, 3 * one.requests.total);
}

/// A poll that fails neither ends the asking nor makes the interval longer; a source that refuses is asked when it says.
#[test]
fn a_failed_poll_is_repeated() {
    let failing = "delay = \"0s\"\n[source]\nfailure_rate = 0.5";
    let client =
        only(&jobs("\"25s\"", failing, &poll("interval = \"1s\"\nbackoff = { factor = 2, max = \"1h\" }")));
    assert_eq!((client.events.lost, client.events.pending), (0, 0));
    assert!(client.latency_s.min.is_some_and(|min| min >= 0.0) && client.requests.failed > 0);
    let limited = "delay = \"0s\"\n[source]\nrate_limit = { requests = 120, per = \"1m\" }";
    let client = only(&jobs(EXPONENTIAL, limited, &poll("interval = \"1s\"")));
    assert_eq!((client.events.lost, client.events.pending, client.stable), (0, 0, true));
    assert!(client.requests.by_status.get("429").is_some_and(|&refused| refused > 0));
    let few = "delay = \"0s\"\n[source]\nrate_limit = { requests = 11, per = \"1m\" }";
    let client = only(&jobs(EXPONENTIAL, few, &poll("interval = \"1s\"")).replace("200000s", "5000s"));
    assert!(!client.stable);
}

/// In outages, with drawn delays and lost messages every job is found in the end.
#[test]
fn whatever_disturbs_it_every_job_is_found() {
    let disturbed = "[[outage]]\nclient = \"*\"\nfrom = \"1000s\"\nfor = \"300s\"\n[[outage]]\nparty = \"source\"\n\
        from = \"2000s\"\nfor = \"100s\"\nmode = \"hang\"\n";
    for keys in ["", "pacing = \"fixed-delay\"\n", "jitter = 0.4\njitter_kind = \"tick\"\ncount = 2\n"] {
        let clients = poll(&format!("interval = \"7s\"\ntimeout = \"3s\"\n{keys}")) + disturbed;
        let network = "to_client = { distribution = \"exponential\", mean = \"1s\" }\nloss = 0.1";
        let (_, run) = records(&jobs(EXPONENTIAL, network, &clients).replace("200000s", "5000s"));
        let record = &run.records[0];
        assert!(record.receipts.iter().all(|receipt| receipt.by.is_some()), "{keys}");
        assert!(record.sent > 2000 && record.sent == record.ended, "{keys}: {}", record.sent);
        // No request is like another.
        let mut exchanges: Vec<_> = record.trace.iter().map(|traced| traced.exchange).collect();
        exchanges.sort_unstable();
        assert!(exchanges.windows(2).all(|pair| pair[0] != pair[1]), "{keys}");
    }
}
