//! `predict` and `verify`.

use crate::{SMALL, folder, run};
use std::fs;

#[test]
fn a_report_verifies_and_a_changed_byte_is_found() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--replications", "3", "--set", "client.poll.interval=20s"], 0);
    let (out, _) = run(&folder, &["verify", "reports/small"], 0);
    assert!(out.starts_with("reports/small: the same bytes in all "), "{out}");
    let report = folder.path().join("reports/small");
    let text = fs::read_to_string(report.join("requests.csv")).unwrap();
    fs::write(report.join("requests.csv"), text.replacen("poll,0,", "poll,0,1", 1)).unwrap();
    fs::remove_file(report.join("known.png")).unwrap();
    fs::write(report.join("notes.txt"), "mine").unwrap();
    let (out, _) = run(&folder, &["verify", "reports/small"], 1);
    assert!(out.contains("requests.csv: it differs from line 2, byte "), "{out}");
    assert!(out.contains("known.png: it is missing"), "{out}");
    assert!(out.contains("notes.txt: this run does not write it"), "{out}");
    assert!(out.contains("3 files are not"), "{out}");
}

/// A figure of summary.json itself, and its scenario.
#[test]
fn a_summary_that_was_tampered_with_does_not_verify() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--no-charts"], 0);
    run(&folder, &["verify", "reports/small"], 0);
    let summary = folder.path().join("reports/small/summary.json");
    let text = fs::read_to_string(&summary).unwrap();
    fs::write(&summary, text.replacen("\"stable\": true", "\"stable\": false", 1)).unwrap();
    let (out, _) = run(&folder, &["verify", "reports/small"], 1);
    assert!(out.contains("summary.json: it differs from line "), "{out}");
    fs::write(&summary, text.replacen("\"interval_s\": 30.0", "\"interval_s\": 31.0", 1)).unwrap();
    let (out, _) = run(&folder, &["verify", "reports/small"], 1);
    assert!(out.contains("summary.json: it differs") && out.contains("index.html"), "{out}");
}

#[test]
fn what_cannot_be_verified_says_why() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--no-charts"], 0);
    let summary = folder.path().join("reports/small/summary.json");
    let text = fs::read_to_string(&summary).unwrap();
    let refused = |from: &str, to: &str, why: &str| {
        assert!(text.contains(from), "{text}");
        fs::write(&summary, text.replacen(from, to, 1)).unwrap();
        let (_, error) = run(&folder, &["verify", "reports/small"], 2);
        assert!(error.contains(why), "{error}");
    };
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    refused(&version, "\"version\": \"0.0.1\"", "version 0.0.1 wrote it");
    refused("\"engine\": \"virtual\"", "\"engine\": \"live\"", "live run");
    refused("\"complete\": true", "\"complete\": false", "stopped before the end");
    refused("\"duration_s\": 600.0,\n    \"", "\"durations_s\": 600.0,\n    \"", "not valid");
    refused("{", "", "damaged");
    let (_, error) = run(&folder, &["verify", "nowhere"], 2);
    assert!(error.contains("cannot read its summary.json"), "{error}");
}

#[test]
fn a_prediction_needs_no_run() {
    let folder = folder(SMALL);
    let (out, _) = run(&folder, &["predict", "small.toml"], 0);
    let mean = out.lines().find(|line| line.starts_with("latency_s.mean")).unwrap();
    assert!(mean.contains("15 s") && mean.ends_with("20 ms"), "{out}");
    assert!(!folder.path().join("reports").exists(), "nothing is written");
    // The same numbers as in the report of a run.
    let set = ["--set", "client.poll.interval=60s"];
    let (json, _) = run(&folder, &[&["predict", "small.toml", "--format", "json"], &set[..]].concat(), 0);
    run(&folder, &[&["run", "small.toml", "--no-charts"], &set[..]].concat(), 0);
    let summary = fs::read_to_string(folder.path().join("reports/small/summary.json")).unwrap();
    let [predicted, ran] =
        [json, summary].map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap());
    for client in 0..2 {
        assert_eq!(predicted["clients"][client]["theory"], ran["clients"][client]["theory"]);
    }
    assert_eq!(predicted["scenario"], ran["scenario"]);
    let (out, _) =
        run(&folder, &["predict", "small.toml", "--set", "client.hook.endpoint.failure_rate=0.1"], 0);
    assert!(out.contains("Without a closed form (–), and why"), "{out}");
}
