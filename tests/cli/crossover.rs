//! The map of the best client at each event rate and interval.

use super::{folder, run};
use std::fs;

/// A receiver that works for 10 s, one event at a time: it has a queue from six events a minute on.
const BUSY: &str = r#"
title = "Who?"
duration = "6h"
[events]
arrivals = { process = "poisson", rate = "1/m" }
[network]
delay = "20ms"
[[client]]
name = "poll"
kind = "poll"
interval = "1m"
[[client]]
name = "hook"
kind = "webhook"
deadline = "6h"
retries = []
endpoint = { service_time = "10s", capacity = 1 }
"#;

/// Known in advance: the receiver is overwhelmed at 60 events a minute, at whatever interval, and is at once elsewhere at 6 an
/// hour. The poll sends more requests where an event is rarer than an interval.
#[test]
fn one_command_maps_who_is_fresher_and_who_sends_fewer_requests() {
    let folder = folder(BUSY);
    let sweep = [
        "sweep",
        "small.toml",
        "--vary",
        "events.arrivals.rate=6/h,30/h,60/m",
        "--vary",
        "client.poll.interval=10s,30s,1h",
    ];
    let (told, _) = run(&folder, &sweep, 0);
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        told.contains(
            "Of all clients, the time until 95 % of the events are known is shortest with hook at 6 of 9 settings, with poll at 3; \
             the number of requests for each event is lowest with poll at 5 of 9 settings, with hook at 4. The number of \
             requests for each event is lowest with poll wherever more than one event occurs in an interval, λ > 1/T."
        ),
        "{told}"
    );
    let report = folder.path().join("reports/small");
    let picture = fs::read_to_string(report.join("crossover.svg")).unwrap();
    for words in
        ["Who is fresher?", "Who sends fewer requests?", "events.arrivals.rate", "client.poll.interval"]
    {
        assert!(picture.contains(words), "{words}");
    }
    assert!(report.join("crossover.png").exists());
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(page.contains("Who is fresher, and who sends fewer requests?"));
    // Where one client is the best everywhere, there is no such map.
    for vary in ["client.poll.jitter=0.1,0.2", "client.poll.timeout=20s,30s"] {
        let both = ["--vary", "client.poll.interval=10s,20s", "--vary", vary];
        let set = ["--set", "client.hook.endpoint.capacity=0"];
        run(&folder, &[&["sweep", "small.toml"][..], &both, &set].concat(), 0);
        assert!(!report.join("crossover.svg").exists(), "{vary}");
    }
}
