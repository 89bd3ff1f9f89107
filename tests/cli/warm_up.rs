//! A warm-up that is found.

use crate::{files, folder, run};
use std::fs;

const QUEUE: &str = r#"
duration = "1h"
warmup = "auto"
replications = 4
[events]
arrivals = { process = "poisson", rate = "0.8/s" }
[[client]]
name = "hook"
kind = "webhook"
deadline = "1h"
endpoint = { capacity = 1, service_time = "1s" }
[[client]]
name = "poll"
kind = "poll"
interval = "10s"
"#;

#[test]
fn a_warm_up_is_found_told_and_found_again() {
    let folder = folder(QUEUE);
    let (out, _) = run(&folder, &["run", "small.toml"], 0);
    assert!(out.contains("warm-up") && out.contains("MSER-5"), "{out}");
    let next = out.lines().find(|line| line.contains("--live")).expect("what to try next");
    assert!(next.contains(" --set warmup="), "a live run finds none: {next}");
    let report = folder.path().join("reports/small");
    let summary: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(report.join("summary.json")).unwrap()).unwrap();
    let scenario = &summary["scenario"];
    assert_eq!(scenario["warmup"], "auto");
    let found = scenario["warmup_s"].as_f64().unwrap();
    assert!((0.0..1800.0).contains(&found), "{found}");
    assert!(fs::read_to_string(report.join("index.html")).unwrap().contains("MSER-5"));
    run(&folder, &["verify", "reports/small"], 0);
    // The same time, given.
    let given = format!("warmup={found}s");
    run(&folder, &["run", "small.toml", "--set", &given, "--out", "given", "--no-charts"], 0);
    let clients = |out: &str| {
        let text = fs::read_to_string(folder.path().join(out).join("small/summary.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["clients"].clone()
    };
    assert_eq!(clients("given"), clients("reports"));
}

#[test]
fn every_part_finds_the_same_warm_up() {
    let folder = folder(QUEUE);
    run(&folder, &["run", "small.toml", "--out", "whole"], 0);
    for shard in ["1/2", "2/2"] {
        run(&folder, &["run", "small.toml", "--shard", shard, "--out", "parts"], 0);
    }
    let merge = ["merge", "parts/small.1-of-2.part", "parts/small.2-of-2.part", "--out", "merged"];
    run(&folder, &merge, 0);
    let [whole, merged] = ["whole", "merged"].map(|out| files(&folder.path().join(out).join("small")));
    assert!(whole == merged);
}

#[test]
fn what_has_no_warm_up_is_refused_with_the_remedy() {
    let folder = folder(QUEUE);
    for (arguments, part) in [
        (&["run", "small.toml", "--set", "events.arrivals.rate=1.1/s"][..], "cannot keep up"),
        (&["run", "small.toml", "--set", "duration=1m"], "make `duration` longer, or give `warmup` a time"),
        (&["run", "small.toml", "--live"], "give the warm-up that it names with --set warmup=TIME"),
        (&["sweep", "small.toml", "--vary", "client.poll.interval=10s,20s"], "with --set warmup=TIME"),
    ] {
        let (_, error) = run(&folder, arguments, 2);
        assert!(error.contains(part), "{arguments:?}: {error}");
        assert!(!folder.path().join("reports").exists(), "{arguments:?}");
    }
    run(&folder, &["check", "small.toml"], 0);
}
