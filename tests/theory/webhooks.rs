//! Webhooks: queues, retries and duplicates, outages.

use crate::{latencies_s, near, only, records, text};

fn webhook(keys: &str) -> String {
    format!("[[client]]\nkind = \"webhook\"\n{keys}\n")
}

/// No attempt exceeds these deadlines, so that the queue alone determines the latency.
const PATIENT: &str = "deadline = \"30d\"\nretries = []";

fn share_waiting(latencies: &[f64]) -> f64 {
    latencies.iter().filter(|&&wait| wait > 0.0).count() as f64 / latencies.len() as f64
}

#[test]
fn one_worker_with_a_fixed_service() {
    let keys = format!("{PATIENT}\nworkers = 1\nendpoint = {{ service_time = \"1s\" }}");
    let text = text("1250000s", "0.8/s", "delay = \"0s\"", &webhook(&keys));
    let client = only(&text);
    near("mean wait", client.latency_s.mean, 2.0, 0.07);
    near("p95", client.latency_s.p95, 6.62, 0.25);
    near("p99", client.latency_s.p99, 10.36, 0.5);
    near("no wait", 1.0 - share_waiting(&latencies_s(&records(&text).1, 0)), 0.2, 0.003);
}

#[test]
fn one_worker_with_an_exponential_service() {
    let service = "{ distribution = \"exponential\", mean = \"1s\" }";
    let keys = format!("{PATIENT}\nworkers = 1\nendpoint = {{ service_time = {service} }}");
    let client = only(&text("1250000s", "0.8/s", "delay = \"0s\"", &webhook(&keys)));
    near("mean wait", client.latency_s.mean, 4.0, 0.25);
    near("p95", client.latency_s.p95, libm::log(16.0) / 0.2, 0.9);
}

/// Pollaczek and Khinchine: a lognormal service of mean 1 s whose squared coefficient of variation is 4.
#[test]
fn one_worker_with_a_service_that_varies() {
    let service = "{ distribution = \"lognormal\", median = \"447213595ns\", sigma = 1.268636 }";
    let keys = format!("{PATIENT}\nworkers = 1\nendpoint = {{ service_time = {service} }}");
    let client = only(&text("1666667s", "0.6/s", "delay = \"0s\"", &webhook(&keys)));
    near("mean wait", client.latency_s.mean, 0.6 * 5.0 / (2.0 * 0.4), 0.3);
}

/// A worker is busy from the sending of an attempt until its answer arrives.
#[test]
fn a_serial_sender_waits_for_the_way_there_and_back() {
    let network = "to_client = \"300ms\"\nto_source = \"200ms\"";
    let keys = format!("{PATIENT}\nworkers = 1\nendpoint = {{ service_time = \"300ms\" }}");
    let client = only(&text("1000000s", "1/s", network, &webhook(&keys)));
    near("mean", client.latency_s.mean, 0.8 * 0.8 / (2.0 * 0.2) + 0.3, 0.056);
}

/// Kaul, Yates and Gruteser 2012, first come, first served at a service rate of 1: the age of information near its
/// optimum, for Poisson or regular events and for an exponential or constant service.
#[test]
fn age_of_information_behind_a_queue() {
    let exponential = "{ distribution = \"exponential\", mean = \"1s\" }";
    let fixed = |load: f64| 1.0 / (2.0 * (1.0 - load)) + 0.5 + (1.0 - load) * libm::exp(load) / load;
    for (process, load, transit, age, reach) in [
        ("poisson", 0.531, exponential, 3.4844, 0.05),
        ("poisson", 0.8, exponential, 5.45, 0.2),
        ("poisson", 0.629, "\"1s\"", fixed(0.629), 0.03),
        ("constant", 0.515, exponential, 2.2527, 0.03),
    ] {
        let network = format!("to_source = \"0s\"\nto_client = {transit}");
        let keys = format!("{PATIENT}\nworkers = 1");
        let rate = format!("{load}/s");
        let text = text("400000s", &rate, &network, &webhook(&keys))
            .replace("\"poisson\"", &format!("\"{process}\""));
        near(&format!("{process} {load} {transit}"), only(&text).age_s.mean, age, reach);
    }
}

/// The age has a minimum: a sender that is hardly used and one that is nearly full are both old.
#[test]
fn the_age_of_information_is_least_at_about_half_of_the_capacity() {
    let age = |load: f64| {
        let network = "to_source = \"0s\"\nto_client = { distribution = \"exponential\", mean = \"1s\" }";
        let keys = format!("{PATIENT}\nworkers = 1");
        only(&text("400000s", &format!("{load}/s"), network, &webhook(&keys))).age_s.mean.unwrap()
    };
    let loads = [0.3, 0.4, 0.53, 0.65, 0.75];
    let ages = loads.map(age);
    for (load, age) in loads.into_iter().zip(ages) {
        near(&load.to_string(), age, 1.0 + 1.0 / load + load * load / (1.0 - load), 0.1);
    }
    let least = ages.iter().copied().fold(f64::INFINITY, f64::min);
    assert!(least == ages[2] && ages[1] - least > 0.15 && ages[3] - least > 0.15, "{ages:?}");
}

/// A recognised duplicate is answered at once, and no handler can fail on it. Without `dedupe` it can.
#[test]
fn failing_handlers_and_lost_answers() {
    let network = "delay = \"20ms\"\nloss_to_source = 0.1";
    for (dedupe, duplicates) in [(true, 0.08), (false, 0.064)] {
        let keys = format!("retries = [\"1s\"]\nendpoint = {{ failure_rate = 0.2, dedupe = {dedupe} }}");
        let client = only(&text("200000s", "0.5/s", network, &webhook(&keys)));
        near("duplicates", client.attempts.duplicates_per_event, duplicates, 0.0035);
        near("duplicates, theory", client.theory.attempts.duplicates_per_event, duplicates, 1e-9);
    }
    let keys = "retries = { first = \"1s\", factor = 1.0, max = \"1s\", attempts = 5 }\nendpoint = { failure_rate = 0.5 }";
    let client = only(&text("200000s", "0.5/s", network, &webhook(keys)));
    near("attempts", client.attempts.per_event, client.theory.attempts.per_event.expect("a form"), 0.016);
}

/// Three of a hundred deliveries fail for good, and a poll every 300 s brings their events.
#[test]
fn reconciling_bounds_what_failed_deliveries_cost() {
    let network = "to_source = \"0s\"\nto_client = \"250ms\"";
    let keys = "retries = []\nreconcile = \"300s\"\nendpoint = { failure_rate = 0.03 }";
    let client = only(&text("200000s", "0.5/s", network, &webhook(keys)));
    near("mean", client.latency_s.mean, 0.25 + 0.03 * 150.0, 0.4);
    near("p50", client.latency_s.p50, 0.25, 1e-9);
    near("p99", client.latency_s.p99, 200.0 + 0.25, 13.0);
    assert!(client.latency_s.max <= Some(300.25), "{:?}", client.latency_s);
    assert_eq!((client.events.lost, client.events.pending), (0, 0));
}

#[test]
fn four_workers_with_an_exponential_service() {
    let service = "{ distribution = \"exponential\", mean = \"1s\" }";
    let keys = format!("{PATIENT}\nworkers = 4\nendpoint = {{ service_time = {service} }}");
    let (_, replication) = records(&text("277778s", "3.6/s", "delay = \"0s\"", &webhook(&keys)));
    let latencies = latencies_s(&replication, 0);
    near("waiting", share_waiting(&latencies), 0.788, 0.01);
    near("mean wait", latencies.iter().sum::<f64>() / latencies.len() as f64, 1.97, 0.15);
}

#[test]
fn fan_out_through_one_worker() {
    let keys = format!("{PATIENT}\ncount = 5\nworkers = 1\nendpoint = {{ service_time = \"1s\" }}");
    let client = only(&text("6666667s", "0.15/s", "delay = \"0s\"", &webhook(&keys)));
    near("mean wait", client.latency_s.mean, 9.5, 0.2);
}

/// M/G/1 with S = s + K (s + d), K geometric: 0.825 s from the event to the answer, the way back of 0.05 s included; in any
/// order 0.333 s. Tolerances of four standard errors, measured over 20 seeds.
#[test]
fn ordered_delivery_waits_for_the_retries_of_others() {
    let retries = "retries = { first = \"2s\", factor = 1.0, max = \"2s\", attempts = 20 }";
    let run = |ordered: bool| {
        let keys = format!("{retries}\nordered = {ordered}\nendpoint = {{ failure_rate = 0.1 }}");
        only(&text("200000s", "1/s", "delay = \"50ms\"", &webhook(&keys)))
    };
    let (ordered, any) = (run(true), run(false));
    near("in order", ordered.latency_s.mean, 0.775, 0.02);
    near("in any order", any.latency_s.mean, 0.2833, 0.01);
    assert_eq!(ordered.theory.latency_s.mean.map(|mean| (mean * 1e6).round()), Some(775_000.0));
    assert_eq!((ordered.events.lost, ordered.events.pending, ordered.events.out_of_order), (0, 0, 0));
    assert!(any.events.out_of_order > 10_000, "{}", any.events.out_of_order);
}

/// A line that takes longer for an event than events are apart grows without end, and the summary says so.
#[test]
fn an_ordered_line_that_cannot_keep_up_is_unstable() {
    let keys = "retries = [\"10s\"]\nordered = true\nendpoint = { failure_rate = 0.2 }";
    let client = only(&text("10000s", "0.5/s", "delay = \"50ms\"", &webhook(keys)));
    assert!(!client.stable);
    let why = client.unstable_because.unwrap();
    assert!(why.starts_with("In order, each event blocks those behind it for 2.12 s on average"), "{why}");
}

#[test]
fn independent_failures() {
    let keys = "deadline = \"10s\"\nretries = [\"5s\", \"30s\", \"2m\", \"10m\"]";
    let network = "to_source = \"0s\"\nto_client = \"200ms\"\nloss_to_client = 0.3";
    let client = only(&text("100000s", "1/s", network, &webhook(keys)));
    near("attempts", client.attempts.per_event, 1.4251, 0.01);
    near("delivered", client.events.delivered as f64 / client.events.occurred as f64, 0.99757, 0.0007);
    near("mean", client.latency_s.mean, 14.85, 0.7);
    assert_eq!(client.events.lost, client.attempts.gave_up);
}

#[test]
fn lost_acknowledgements_make_duplicates() {
    let keys = "deadline = \"1s\"\nretries = [\"1s\", \"1s\", \"1s\"]";
    let network = "delay = \"10ms\"\nloss_to_client = 0.1\nloss_to_source = 0.15";
    let client = only(&text("100000s", "1/s", network, &webhook(keys)));
    let occurred = client.events.occurred as f64;
    near("attempts", client.attempts.per_event, 1.303, 0.008);
    near("duplicates", client.events.duplicates as f64 / occurred, 0.173, 0.006);
    near("gave up", client.attempts.gave_up as f64 / occurred, 0.00305, 0.0008);
    near("never received", client.events.lost as f64 / occurred, 0.0001, 0.00013);
}

const SVIX: &str = "retries = [\"5s\", \"5m\", \"30m\", \"2h\", \"5h\", \"10h\", \"10h\"]";

fn outage(hours: u32, client: &str) -> String {
    let network = "delay = \"0s\"\n[source]\npage_size = 1000000";
    let down = format!(
        "{client}[[outage]]\nclient = \"it\"\nfrom = \"0s\"\nfor = \"{hours}h\"\nmode = \"refuse\"\n"
    );
    text(&format!("{hours}h"), &format!("{}/h", 100_000 / hours), network, &down)
}

#[test]
fn retries_outwait_an_outage_and_end() {
    let keys = format!("name = \"it\"\n{SVIX}");
    let hour = only(&outage(1, &webhook(&keys)));
    near("mean", hour.latency_s.mean, 4942.0, 55.0);
    near("attempts", hour.attempts.per_event, 4.329, 0.01);
    assert_eq!((hour.events.lost, hour.events.pending), (0, 0));
    let long = only(&outage(36, &webhook(&keys)));
    near("lost", long.events.lost as f64 / long.events.occurred as f64, 0.2338, 0.006);
    near("recovered", long.latency_s.mean, 64_612.0, 500.0);
}

#[test]
fn polling_through_an_outage() {
    let client =
        only(&outage(1, "[[client]]\nkind = \"poll\"\nname = \"it\"\ninterval = \"60s\"\nphase = \"30s\"\n"));
    // With the phase in the middle of the interval the wait after the outage is half an interval for all.
    near("mean", client.latency_s.mean, 1830.0, 15.0);
    assert_eq!((client.events.lost, client.events.pending), (0, 0));
}

/// Delays of decorrelated jitter grow to `max` whatever the factor is: an automatic drain waits for all of them.
#[test]
fn a_drain_waits_for_all_retries_of_decorrelated_jitter() {
    let client = only(
        "duration = \"10s\"\n[events]\narrivals = { process = \"constant\", rate = \"5/s\" }\n\
         [[client]]\nkind = \"webhook\"\nretry_jitter = \"decorrelated\"\n\
         retries = { first = \"10s\", factor = 1.0, max = \"10h\", attempts = 8 }\n\
         endpoint = { failure_rate = 1.0 }\n",
    );
    let (events, attempts) = (&client.events, &client.attempts);
    assert_eq!((events.occurred, events.lost, events.pending), (49, 49, 0));
    assert_eq!((attempts.total, attempts.gave_up), (49 * 8, 49));
}
