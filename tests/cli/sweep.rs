//! `pollhook sweep`.

use super::{SMALL, files, folder, run};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const VARY: &str = "client.poll.interval=10s,20s,40s";

/// `sweep.csv` as rows of columns by their names.
fn table(folder: &TempDir, file: &str) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(folder.path().join(file)).unwrap();
    table.deserialize().map(Result::unwrap).collect()
}

/// Each setting has the very results of the run with that value set, on any number of threads.
#[test]
fn a_setting_is_the_run_with_that_value_set() {
    let folder = folder(SMALL);
    let sweep =
        ["sweep", "small.toml", "--vary", VARY, "--vary", "seed=1,2", "--replications", "3", "--quiet"];
    for threads in ["1", "3"] {
        run(&folder, &[&sweep[..], &["--threads", threads, "--out", threads]].concat(), 0);
    }
    assert!(
        files(&folder.path().join("1/small")) == files(&folder.path().join("3/small")),
        "threads change bytes"
    );
    let rows = table(&folder, "1/small/sweep.csv");
    assert_eq!(rows.len(), 3 * 2 * 2);
    let summaries: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(folder.path().join("1/small/summary.json")).unwrap()).unwrap();
    for (point, summary) in summaries.iter().enumerate() {
        let row = &rows[2 * point];
        assert_eq!(row["point"], (point + 1).to_string());
        let set = [
            format!("client.poll.interval={}", row["client.poll.interval"]),
            format!("seed={}", row["seed"]),
        ];
        run(
            &folder,
            &[
                "run",
                "small.toml",
                "--set",
                &set[0],
                "--set",
                &set[1],
                "--replications",
                "3",
                "--no-charts",
                "--quiet",
            ],
            0,
        );
        let alone: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.path().join("reports/small/summary.json")).unwrap())
                .unwrap();
        assert_eq!(*summary, alone);
        let client = &alone["clients"][0];
        assert_eq!(
            row["requests.per_s"].parse::<f64>().unwrap(),
            client["requests"]["per_s"].as_f64().unwrap()
        );
        let interval = &client["interval"]["latency_s"]["mean"];
        for (column, end) in ["latency_s.mean_low", "latency_s.mean_high"].into_iter().zip(0..) {
            assert_eq!(row[column].parse::<f64>().unwrap(), interval[end].as_f64().unwrap());
        }
        let theory = client["theory"]["latency_s"]["mean"].as_f64().unwrap();
        assert_eq!(row["theory.latency_s.mean"].parse::<f64>().unwrap(), theory);
    }
}

/// A report has the results of its settings; `--resume` takes them and runs the others, to the same bytes.
#[test]
fn a_sweep_goes_on_with_what_its_report_has() {
    let folder = folder(SMALL);
    let sweep = |vary: &str, more: &[&str], code: i32| {
        let first = ["sweep", "small.toml", "--vary", vary, "--replications", "2", "--quiet"];
        run(&folder, &[&first[..], more].concat(), code)
    };
    sweep(VARY, &["--out", "whole"], 0);
    sweep("client.poll.interval=10s,40s", &[], 0);
    sweep(VARY, &["--resume"], 0);
    let (whole, gone_on) = (folder.path().join("whole/small"), folder.path().join("reports/small"));
    assert!(files(&whole) == files(&gone_on));
    // What is taken is what stands there, not what a new run would give.
    let summary = gone_on.join("summary.json");
    let marked = fs::read_to_string(&summary).unwrap().replacen("\"answer\": \"", "\"answer\": \"TAKEN ", 1);
    fs::write(&summary, marked).unwrap();
    sweep(VARY, &["--resume"], 0);
    assert!(fs::read_to_string(&summary).unwrap().contains("TAKEN"));
    // Another seed is another sweep.
    sweep(VARY, &["--resume", "--seed", "9"], 0);
    assert!(!fs::read_to_string(&summary).unwrap().contains("TAKEN"));
    fs::write(gone_on.join("replications.csv"), "point,replication\n").unwrap();
    let (_, error) = sweep(VARY, &["--resume", "--seed", "9"], 2);
    assert!(error.contains("leave --resume out"), "{error}");
    let (_, error) = sweep(VARY, &["--resume", "--out", "new"], 0);
    assert!(error.contains("every setting is run"), "{error}");
}

#[test]
fn the_setting_that_was_looked_for_is_in_the_first_line() {
    let folder = folder(SMALL);
    let find = [
        "sweep",
        "small.toml",
        "--vary",
        VARY,
        "--find",
        "poll.latency_s.max < 22s",
        "--cheapest",
        "poll.requests.total",
    ];
    let (out, _) = run(&folder, &find, 0);
    assert!(
        out.starts_with("interval = 20s is the cheapest setting that keeps poll.latency_s.max < 22s: "),
        "{out}"
    );
    assert!(
        out.lines().any(|line| line.starts_with(" > ") && line.contains("20s") && line.ends_with("yes")),
        "{out}"
    );
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains("<h1 class=long>interval = 20s is the cheapest") && page.contains("class=chosen"));
    for chart in ["fresh", "cost", "frontier"] {
        for ending in ["svg", "png"] {
            assert!(
                folder.path().join(format!("reports/small/{chart}.{ending}")).exists(),
                "{chart}.{ending}"
            );
        }
    }
    let (out, _) = run(&folder, &[&find[..], &["--format", "json", "--no-charts"]].concat(), 0);
    let all: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    assert!(!folder.path().join("reports/small/fresh.svg").exists());
}

#[test]
fn what_cannot_be_swept_is_refused_with_the_remedy_before_anything_runs() {
    let folder = folder(SMALL);
    for (arguments, part) in [
        (&["--vary", "client.pol.interval=1s,2s"][..], "did you mean `poll`?"),
        (&["--vary", "client.poll.intervall=1s,2s"], "did you mean `interval`?"),
        (&["--vary", "client.poll.interval=1s,soon"], "is not a duration"),
        (&["--vary", "client.poll.interval"], "PATH=VALUES"),
        (&["--vary", "client.poll.interval=1s..9s"], "FROM..TO:log:N"),
        (&["--vary", VARY, "--vary", VARY], "varied twice"),
        (&["--vary", VARY, "--find", "pol.latency_s.max < 30s"], "did you mean `poll`?"),
        (&["--vary", VARY, "--find", "poll.latency_s.mx < 30s"], "did you mean `latency_s.max`?"),
        (&["--vary", VARY, "--find", "poll.latency_s.max < soon"], "write it as 30s"),
        (&["--vary", VARY, "--cheapest", "poll.requests.total"], "--find"),
        (&[], "--vary"),
    ] {
        let (_, error) = run(&folder, &[&["sweep", "small.toml"], arguments].concat(), 2);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
    assert!(!folder.path().join("reports").exists());
    fs::create_dir_all(folder.path().join("reports/small")).unwrap();
    fs::write(folder.path().join("reports/small/mine.txt"), "mine").unwrap();
    let (_, error) = run(&folder, &["sweep", "small.toml", "--vary", VARY], 1);
    assert!(
        error.contains("mine.txt") && Path::new(&folder.path().join("reports/small/mine.txt")).exists(),
        "{error}"
    );
}

/// A claim that does not hold at a setting is named, and tells by the exit status, as in a run.
#[test]
fn a_claim_that_does_not_hold_somewhere_is_named() {
    let claim =
        format!("{SMALL}\n[[expect]]\nclient = \"poll\"\nmetric = \"latency_s.max\"\nbelow = \"25s\"\n");
    let folder = folder(&claim);
    let (out, _) = run(&folder, &["sweep", "small.toml", "--vary", VARY], 3);
    let told = "The [[expect]] that poll has latency_s.max below 25 s does not hold at interval = 40s (";
    assert!(out.contains(told), "{out}");
    assert!(out.contains("Expectations that do not hold"), "{out}");
    let row = ["40s", "poll", "latency_s.max"];
    assert!(out.lines().any(|line| line.split_whitespace().take(3).eq(row)), "{out}");
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains("<h3>Expectations that do not hold</h3>"));
}

/// A grid in parts is the whole one to the byte, whatever was asked of it.
#[test]
fn the_report_of_all_parts_has_the_bytes_of_the_sweep() {
    let folder = folder(SMALL);
    let asked = ["--vary", VARY, "--vary", "client.poll.jitter=0.0,0.3", "--replications", "2"];
    let wish = ["--find", "poll.latency_s.max < 22s", "--cheapest", "poll.requests.total"];
    for (of, wish) in [(1, &[][..]), (2, &wish), (4, &[]), (6, &wish)] {
        let sweep =
            |more: &[&str]| run(&folder, &[&["sweep", "small.toml"], &asked[..], wish, more].concat(), 0);
        sweep(&["--out", "whole"]);
        let parts: Vec<String> =
            (1..=of).rev().map(|number| format!("parts/small-sweep.{number}-of-{of}.part")).collect();
        for number in 1..=of {
            let (out, _) = sweep(&["--shard", &format!("{number}/{of}"), "--out", "parts"]);
            assert!(out.contains("pollhook merge parts/small-sweep.*-of-"), "{out}");
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let merge = |more: &[&str]| run(&folder, &[&["merge"], &parts[..], more].concat(), 0);
        merge(&["--out", "merged", "--quiet"]);
        let [whole, merged] = ["whole", "merged"].map(|out| files(&folder.path().join(out).join("small")));
        assert!(whole == merged, "{of} parts: other bytes");
        let (json, _) = merge(&["--format", "json", "--no-charts"]);
        assert_eq!(json.as_bytes(), fs::read(folder.path().join("whole/small/summary.json")).unwrap());
        // A report of parts goes on as any other does.
        let (_, note) = run(
            &folder,
            &[&["sweep", "small.toml"], &asked[..], &["--resume", "--out", "merged", "--quiet"]].concat(),
            0,
        );
        assert!(!note.contains("run"), "{note}");
    }
}

/// What is missing, doubled, cut off or of another sweep is named, and no report is written.
#[test]
fn no_sweep_is_merged_by_halves() {
    let folder = folder(SMALL);
    let part = |arguments: &[&str]| {
        run(&folder, &[&["sweep", "small.toml", "--out", "parts"], arguments].concat(), 0);
    };
    let path = |number: u32| format!("parts/small-sweep.{number}-of-2.part");
    let (one, two) = (path(1), path(2));
    part(&["--vary", VARY, "--shard", "1/2"]);
    part(&["--vary", VARY, "--shard", "2/2"]);
    let refused = |paths: &[&str], why: &str| {
        let (_, error) = run(&folder, &[&["merge"][..], paths].concat(), 2);
        assert!(error.contains(why), "{error}");
        assert!(!folder.path().join("reports").exists());
    };
    refused(&[&two], "part 1/2 is missing");
    refused(&[&one, &two, &two], "part 2/2 is there twice");
    refused(&[&one, &two, "--replication", "2"], "--replication is of runs");
    refused(&[&one, &two, "--all-events"], "--all-events is of runs");
    run(&folder, &["run", "small.toml", "--replications", "2", "--shard", "2/2", "--out", "parts"], 0);
    refused(&[&one, "parts/small.2-of-2.part"], "it is a part of a run, not of a sweep");
    let bytes = fs::read(folder.path().join(&two)).unwrap();
    fs::write(folder.path().join(&two), &bytes[..bytes.len() / 2]).unwrap();
    refused(&[&one, &two], "small-sweep.2-of-2.part: it is cut off");
    for (others, why) in [
        (
            &["--vary", "client.poll.interval=10s,20s,50s"][..],
            "it varies client.poll.interval=10s,20s,50s, not",
        ),
        (&["--vary", VARY, "--seed", "9"], "its seed is 9, not 1"),
        (&["--vary", VARY, "--find", "poll.latency_s.max < 22s"], "--find or --cheapest is another one"),
        (&["--vary", VARY, "--set", "duration=20m"], "the scenarios differ in duration"),
    ] {
        part(&[others, &["--shard", "2/2"]].concat());
        refused(&[&one, &two], why);
    }
}

#[test]
fn a_part_of_a_sweep_that_cannot_be_is_refused() {
    let folder = folder(SMALL);
    for (arguments, why) in [
        (&["--shard", "1/4"][..], "the grid has 3 settings, which cannot be 4 parts"),
        (&["--shard", "3/2"], "there is no part 3 of 2: K is from 1 to 2"),
        (&["--shard", "1/2", "--resume"], "leave --resume out"),
        (&["--shard", "1/2", "--live"], "cannot be used with"),
        (&["--shard", "auto"], "say --shard K/N"),
    ] {
        let (_, error) = run(&folder, &[&["sweep", "small.toml", "--vary", VARY], arguments].concat(), 2);
        assert!(error.contains(why), "{error}");
        assert!(!folder.path().join("reports").exists(), "nothing is written");
    }
}

/// Ctrl-C keeps the settings that are done.
#[cfg(unix)]
#[test]
fn a_sweep_that_was_stopped_keeps_what_is_done() {
    let folder = folder(SMALL);
    let small = [
        "sweep",
        "small.toml",
        "--vary",
        "seed=1..300:lin:300",
        "--set",
        "duration=20d",
        "--threads",
        "1",
        "--no-charts",
    ];
    let stopped_after = |seconds: u64| {
        let child = std::process::Command::new(assert_cmd::cargo::cargo_bin("pollhook"))
            .current_dir(folder.path())
            .args(small)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_secs(seconds));
        let signalled =
            std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(signalled.success());
        child.wait_with_output().unwrap()
    };
    // A machine that is busy may take longer until the program listens to the signal.
    let mut outputs = [1, 3, 9].into_iter().map(stopped_after);
    let output = outputs.find(|output| output.status.code().is_some()).expect("it listens to the signal");
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    let summary = folder.path().join("reports/small/summary.json");
    // Where not one setting was done there is no report, and it says so.
    let Ok(text) = fs::read_to_string(&summary) else {
        return assert!(told.contains("before the first setting"), "{told}");
    };
    let done = serde_json::from_str::<serde_json::Value>(&text).unwrap().as_array().unwrap().len();
    assert!((1..300).contains(&done) && told.contains(&format!("Stopped: {done} of 300 settings")), "{told}");
}

/// With replications the settings of a live sweep take turns, so that a comparison of two need not warn; without, the page does.
#[test]
fn settings_of_a_live_sweep_take_turns() {
    let folder = folder(&SMALL.replace("\"10m\"", "\"1m\""));
    let live = ["sweep", "small.toml", "--live", "--speed", "120", "--vary", "client.poll.interval=10s,20s"];
    let options = ["--no-charts", "--quiet", "--replications"];
    let said = |replications: &str| {
        run(&folder, &[&live[..], &options, &[replications]].concat(), 0);
        let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
        let (out, _) = run(&folder, &["compare", "reports/small/1", "reports/small/2"], 0);
        [page.contains("ran one after the other"), out.contains("did not take turns")]
    };
    assert_eq!(said("6"), [false, false]);
    assert_eq!(said("1"), [true, false], "few live runs have another warning");
}
