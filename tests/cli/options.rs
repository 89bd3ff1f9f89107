//! `run` and its options.

use crate::{SMALL, files, folder, pollhook, run};
use std::fs;

#[test]
fn a_run_writes_a_whole_report_and_says_where() {
    let folder = folder(SMALL);
    let (out, error) = run(&folder, &["run", "small.toml"], 0);
    assert!(out.contains("reports/small"), "{out}");
    assert!(out.lines().count() <= 24 && out.lines().all(|line| line.chars().count() <= 80), "{out}");
    assert!(!out.contains('\u{1b}'), "no colour in a pipe: {out}");
    assert_eq!(error, "", "no progress in a pipe");
    let names: Vec<String> =
        files(&folder.path().join("reports/small")).into_iter().map(|(name, _)| name).collect();
    for name in [
        "summary.json",
        "events.csv",
        "replications.csv",
        "requests.csv",
        "index.html",
        "poll.hdr",
        "hook.hdr",
        "known.svg",
        "known.png",
    ] {
        assert!(names.iter().any(|other| other == name), "{name} in {names:?}");
    }
    assert_eq!(
        fs::read_dir(folder.path().join("reports")).unwrap().count(),
        1,
        "nothing half-written is left"
    );
}

#[test]
fn the_same_run_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = folder(&SMALL.replace("[events]", "replications = 3\n[events]"));
    run(&folder, &["run", "small.toml", "--threads", "1", "--out", "one"], 0);
    run(&folder, &["run", "small.toml", "--threads", "2", "--out", "two"], 0);
    assert_eq!(files(&folder.path().join("one/small")), files(&folder.path().join("two/small")));
}

/// What runs along time is of the replication that is asked for; the figures are of all.
#[test]
fn another_replication_is_shown_along_time() {
    let folder = folder(&SMALL.replace("[events]", "replications = 3\n[events]"));
    run(&folder, &["run", "small.toml", "--out", "first"], 0);
    run(&folder, &["run", "small.toml", "--out", "third", "--replication", "3"], 0);
    let read =
        |out: &str, file: &str| fs::read_to_string(folder.path().join(out).join("small").join(file)).unwrap();
    assert_eq!(read("first", "replications.csv"), read("third", "replications.csv"));
    let rows = |out: &str| read(out, "events.csv").lines().count() as f64 - 1.0;
    let events = |number: &str| {
        let rows = read("first", "replications.csv");
        let mut rows = rows.lines();
        let column = rows.next().unwrap().split(',').position(|path| path == "events.occurred").unwrap();
        let own = rows.filter(|row| row.starts_with(number));
        own.map(|row| row.split(',').nth(column).unwrap().parse::<f64>().unwrap()).sum::<f64>()
    };
    assert_eq!((rows("first"), rows("third")), (events("1,"), events("3,")));
    assert_ne!(read("first", "events.csv"), read("third", "events.csv"));
    let summary: serde_json::Value = serde_json::from_str(&read("third", "summary.json")).unwrap();
    assert_eq!((&summary["replication"], &summary["replications"]), (&3.into(), &3.into()));
    let (_, error) = run(&folder, &["run", "small.toml", "--replication", "4"], 2);
    assert!(error.contains("its replications are 1 to 3"), "{error}");
}

/// The number of replications is one of those at which it is judged, and the report says what was reached.
#[test]
fn a_precision_decides_the_number_of_replications() {
    let folder = folder(SMALL);
    let summary = |precision: &str| {
        let options = ["run", "small.toml", "--format", "json", "--no-charts", "--precision", precision];
        let (out, _) = run(&folder, &options, 0);
        let summary: serde_json::Value = serde_json::from_str(&out).unwrap();
        let reached = &summary["precision"];
        assert!(reached["half_width"].as_f64() <= reached["wanted"].as_f64(), "{reached}");
        summary["replications"].as_u64().unwrap()
    };
    let [coarse, fine] = ["30%", "8%"].map(summary);
    assert!(coarse < fine, "{coarse} and {fine}");
    assert!([coarse, fine].iter().all(|count| count % 10 == 0 && (count / 10).is_power_of_two()));
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains("--precision 8%"));
    run(&folder, &["verify", "reports/small"], 0);
    run(&folder, &["run", "small.toml", "--precision", "8%", "--replications", "3"], 2);
    let refused =
        |options: &[&str]| run(&folder, &[&["run", "small.toml", "--precision"], options].concat(), 2).1;
    refused(&["0%"]);
    assert!(refused(&["5"]).contains("a precision is a percentage: 5%"));
    assert!(refused(&["5%", "--set", "replications=3"]).contains("leave `--set replications` out"));
    let extreme = ["5%", "--set", "answer={ client = \"hook\", metric = \"known_after_s.max\" }"];
    assert!(refused(&extreme).contains("is an extreme"), "{}", refused(&extreme));
}

#[test]
fn standard_output_is_the_summary_if_json_is_requested() {
    let folder = folder(SMALL);
    let (out, _) = run(&folder, &["run", "small.toml", "--format", "json", "--no-charts"], 0);
    let summary: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["schema"], 1);
    assert_eq!(summary["clients"][0]["requests"]["total"], 20);
    assert_eq!(fs::read_to_string(folder.path().join("reports/small/summary.json")).unwrap(), out);
    assert!(!folder.path().join("reports/small/known.svg").exists());
}

#[test]
fn summaries_of_several_scenarios_are_one_array() {
    let folder = folder(SMALL);
    fs::copy(folder.path().join("small.toml"), folder.path().join("other.toml")).unwrap();
    let set = ["run", "small.toml", "other.toml", "--format", "json", "--no-charts"];
    let (out, _) = run(&folder, &set, 0);
    let summaries: Vec<serde_json::Value> = serde_json::from_str(&out).unwrap();
    assert_eq!(summaries.len(), 2);
    for (summary, name) in summaries.iter().zip(["small", "other"]) {
        let file = fs::read(folder.path().join("reports").join(name).join("summary.json")).unwrap();
        assert_eq!(*summary, serde_json::from_slice::<serde_json::Value>(&file).unwrap());
    }
}

#[test]
fn options_override_the_scenario() {
    let folder = folder(SMALL);
    let set = ["run", "small.toml", "--format", "json", "--no-charts", "--seed", "9", "--replications", "2"];
    let (out, _) = run(&folder, &[&set[..], &["--set", "client.poll.interval=10s"]].concat(), 0);
    let summary: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((summary["seed"].as_u64(), summary["replications"].as_u64()), (Some(9), Some(2)));
    assert_eq!(summary["clients"][0]["requests"]["total"], 120);
    let (_, error) = run(&folder, &["run", "small.toml", "--set", "client.poll.intervall=10s"], 2);
    assert!(error.contains("interval"), "{error}");
    run(&folder, &["run", "small.toml", "--set", "nonsense"], 2);
}

#[test]
fn an_expectation_that_does_not_hold_ends_with_3_and_a_report() {
    let expect = "[[expect]]\nclient = \"poll\"\nmetric = \"latency_s.mean\"\nbelow = \"1s\"\n";
    let folder = folder(&format!("{SMALL}{expect}"));
    run(&folder, &["run", "small.toml", "--no-charts"], 3);
    assert!(folder.path().join("reports/small/summary.json").exists());
}

#[test]
fn bad_scenarios_end_with_2_and_name_the_place() {
    let folder = folder(&SMALL.replace("interval = \"30s\"", "intervall = \"30s\"").replace("60/h", "0/h"));
    for command in ["run", "check"] {
        let (_, error) = run(&folder, &[command, "small.toml"], 2);
        assert!(error.contains("small.toml:9"), "{error}");
        assert!(error.contains("did you mean `interval`?"), "{error}");
        assert!(error.contains("0/h"), "all faults at once: {error}");
    }
    assert!(!folder.path().join("reports").exists());
    let (_, error) = run(&folder, &["run", "missing.toml"], 2);
    assert!(error.contains("missing.toml"), "{error}");
    let (_, error) = run(&folder, &["run", "dya"], 2);
    assert!(error.contains("`day`"), "{error}");
    fs::write(folder.path().join("binary.toml"), [0xff, 0xfe, 0x00]).unwrap();
    run(&folder, &["check", "binary.toml"], 2);
}

#[test]
fn a_scenario_may_come_from_standard_input() {
    let folder = folder(SMALL);
    pollhook(&folder, &["run", "-", "--no-charts", "--quiet"]).write_stdin(SMALL).assert().success();
    assert!(folder.path().join("reports/stdin/summary.json").exists());
}

#[test]
fn zero_replications_are_reported_as_an_error_of_the_option() {
    let folder = folder(SMALL);
    let (_, err) = run(&folder, &["run", "small.toml", "--replications", "0"], 2);
    assert!(err.contains("--replications") && !err.contains("small.toml:"), "{err}");
}

/// A name and a text that speak of other values are not left alone with them, in the terminal and on the page.
#[test]
fn what_was_set_is_said_where_the_names_speak_of_other_values() {
    let folder = folder(&SMALL.replace("name = \"poll\"", "name = \"poll 30s\""));
    let (out, _) = run(&folder, &["run", "small.toml", "--set", "client.poll 30s.interval=5s"], 0);
    let told = "client.poll 30s.interval = 5s (not 30s)";
    assert!(out.contains(&format!("set: {told}")), "{out}");
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains("Set otherwise than in the original, of which the title"), "{out}");
    run(&folder, &["verify", "reports/small"], 0);
    let (out, _) = run(&folder, &["run", "small.toml", "--seed", "9", "--replications", "2"], 0);
    assert!(!out.contains("set: "), "{out}");
}
