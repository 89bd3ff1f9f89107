//! `twin`: a scenario in both engines. How late this machine is must not matter here: bands are wide, or nothing is asserted
//! of them.

use crate::{folder, run};
use serde_json::Value;
use std::fs;

const FAST: &str = "title = \"Twins?\"\nduration = \"3s\"\nreplications = 2\n[events]\n\
    arrivals = { process = \"poisson\", rate = \"60/s\" }\n[network]\ndelay = \"5ms\"\n\
    [[client]]\nname = \"poll\"\nkind = \"poll\"\ninterval = \"200ms\"\n\
    [[client]]\nname = \"hook\"\nkind = \"webhook\"\ncount = 2\n";

#[test]
fn both_engines_stand_event_by_event_in_one_report() {
    let folder = folder(FAST);
    let (out, _) = run(&folder, &["twin", "small.toml", "--band", "10s"], 0);
    assert!(
        out.starts_with("Live agrees with virtual time in the mean, within 10 s for every client."),
        "{out}"
    );
    assert!(out.contains("it takes 1\u{202f}000."), "{out}");
    let report = folder.path().join("reports/small-twin");
    for file in
        ["twin.json", "twin.csv", "index.html", "gaps.svg", "gaps.png", "quantiles.svg", "quantiles.png"]
    {
        assert!(report.join(file).is_file(), "{file}");
    }
    let json: Value = serde_json::from_str(&fs::read_to_string(report.join("twin.json")).unwrap()).unwrap();
    assert_eq!(json["replications"], 2);
    assert_eq!(json["verdict"], "cannot tell", "the 99th percentile needs more events");
    assert!(json["network"]["round_trips"].as_u64().unwrap() > 300, "{json}");
    assert!(json["live"]["lateness_s"]["max"].as_f64().unwrap() > 0.0);
    // The gap of a measure is that of the rows.
    let table = fs::read(report.join("twin.csv")).unwrap();
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(table.as_slice()).records().collect::<Result<_, _>>().unwrap();
    for client in json["clients"].as_array().unwrap() {
        let own: Vec<&csv::StringRecord> = rows.iter().filter(|row| row[2] == client["name"]).collect();
        assert_eq!(client["events"].as_u64(), Some(own.len() as u64));
        let gaps: Vec<f64> = own.iter().filter_map(|row| row[7].parse().ok()).collect();
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        let told = client["gaps"][0]["gap_s"].as_f64().unwrap();
        assert!((mean - told).abs() < 1e-8, "{mean} {client}");
        assert_eq!(client["gaps"][0]["verdict"], "within");
    }
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    assert!(page.contains("Both engines, client by client") && page.contains("<svg"));
    // It replaces its own report, and not somebody's folder.
    run(&folder, &["twin", "small.toml", "--band", "10s", "--no-charts", "--quiet"], 0);
    assert!(!report.join("gaps.png").exists());
    fs::write(report.join("mine.txt"), "mine").unwrap();
    let (_, error) = run(&folder, &["twin", "small.toml"], 1);
    assert!(error.contains("mine.txt"), "{error}");
}

/// Found in virtual time, and left out of both engines.
#[test]
fn a_warm_up_that_is_to_be_found_holds_for_both_engines() {
    let folder = folder(&FAST.replace("duration = \"3s\"", "duration = \"4s\"\nwarmup = \"auto\""));
    let (out, _) =
        run(&folder, &["twin", "small.toml", "--band", "10s", "--format", "json", "--no-charts"], 0);
    let json: Value = serde_json::from_str(&out).unwrap();
    let warmup = json["scenario"]["warmup_s"].as_f64().unwrap();
    let table = fs::read(folder.path().join("reports/small-twin/twin.csv")).unwrap();
    let first = csv::Reader::from_reader(table.as_slice()).records().next().unwrap().unwrap();
    assert!(first[4].parse::<f64>().unwrap() >= warmup, "{warmup} {first:?}");
}

/// Thirty times as fast, the band has thirty times its width in the scenario's time.
#[test]
fn a_band_is_in_real_time() {
    let folder = folder(&FAST.replace("3s", "60s").replace("60/s", "2/s").replace("200ms", "10s"));
    let (out, _) = run(
        &folder,
        &["twin", "small.toml", "--speed", "30", "--band", "2s", "--format", "json", "--no-charts"],
        0,
    );
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((json["band_s"]["mean"].as_f64(), json["band_s"]["p99"].as_f64()), (Some(60.0), Some(120.0)));
    assert_eq!(json["live"]["speed"].as_f64(), Some(30.0));
}

#[test]
fn what_cannot_be_a_band_is_refused() {
    let folder = folder(FAST);
    for (band, why) in [("0s", "it is zero"), ("5", "has no unit"), ("-1s", "")] {
        let (_, error) = run(&folder, &["twin", "small.toml", "--band", band], 2);
        assert!(error.contains(why), "{error}");
    }
}
