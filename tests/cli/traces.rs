//! Events at recorded times.

use super::{folder, pollhook, run};
use std::fs;

const TRACED: &str = r#"
duration = "100s"
[events]
arrivals = { process = "trace", file = "times.csv", column = "at" }
[network]
delay = "0s"
[[client]]
name = "poll"
kind = "poll"
interval = "10s"
phase = "0s"
[[client]]
name = "hook"
kind = "webhook"
"#;

/// Occurred, client and received of `events.csv`.
fn events(folder: &tempfile::TempDir) -> Vec<(f64, String, f64)> {
    let mut table = csv::Reader::from_path(folder.path().join("reports/small/events.csv")).unwrap();
    let number = |row: &csv::StringRecord, at: usize| row[at].parse().unwrap();
    table
        .records()
        .map(Result::unwrap)
        .map(|row| (number(&row, 2), row[1].to_owned(), number(&row, 3)))
        .collect()
}

/// Known in advance: a poll at 0 s, 10 s, 20 s brings what occurred since the one before, a webhook each at once.
#[test]
fn events_occur_when_the_file_says() {
    let folder = folder(TRACED);
    fs::write(folder.path().join("times.csv"), "id,at\na,31\nb,0.5\nc,12\n").unwrap();
    run(&folder, &["run", "small.toml", "--quiet", "--no-charts"], 0);
    let at = |client: &str| {
        let own = events(&folder).into_iter().filter(|(_, name, _)| name == client);
        own.map(|(occurred, _, received)| (occurred, received)).collect::<Vec<_>>()
    };
    assert_eq!(at("poll"), [(0.5, 10.0), (12.0, 20.0), (31.0, 40.0)]);
    assert_eq!(at("hook"), [(0.5, 0.5), (12.0, 12.0), (31.0, 31.0)]);
    // Twice as fast; and the end of the run cuts events off, which is said.
    run(&folder, &["run", "small.toml", "--quiet", "--no-charts", "--set", "events.arrivals.speed=2"], 0);
    assert_eq!(at("hook"), [(0.25, 0.25), (6.0, 6.0), (15.5, 15.5)]);
    let (out, _) = run(&folder, &["check", "small.toml", "--set", "duration=20s"], 0);
    assert!(out.contains("1 of the 3 events of the trace is after the end"), "{out}");
    let (out, _) =
        run(&folder, &["run", "small.toml", "--no-charts", "--out", "cut", "--set", "duration=20s"], 0);
    assert!(out.lines().next().unwrap().contains("2 events of the trace's 3"), "{out}");
    // The scenario as it ran needs no file, and tells no path.
    let summary = fs::read_to_string(folder.path().join("reports/small/summary.json")).unwrap();
    assert!(summary.contains("\"times_s\"") && !summary.contains("times.csv"), "{summary}");
    run(&folder, &["verify", "reports/small"], 0);
}

/// As a list of times in a scenario it is longer than a file may be.
#[test]
fn a_long_trace_is_verified() {
    let folder = folder(TRACED);
    let times: String = (0..110_000).map(|at| format!("{:.5}\n", f64::from(at) / 1_200.0)).collect();
    fs::write(folder.path().join("times.csv"), format!("at\n{times}")).unwrap();
    run(&folder, &["run", "small.toml", "--quiet", "--no-charts"], 0);
    let summary = fs::metadata(folder.path().join("reports/small/summary.json")).unwrap();
    assert!(summary.len() > 1 << 20, "{}", summary.len());
    run(&folder, &["verify", "reports/small"], 0);
}

#[test]
fn a_trace_that_cannot_be_read_is_refused_at_its_place() {
    let folder = folder(TRACED);
    fs::write(folder.path().join("times.csv"), "id,at\na,31\nb,soon\n").unwrap();
    for (set, part) in [
        ("seed=1", "line 3 of the file has no time: `soon`"),
        ("events.arrivals.column=when", "it has `id`, `at`"),
        ("events.arrivals.file=gone.txt", "`file` cannot be read"),
        ("events.arrivals.speed=0", "speed"),
        ("events.arrivals.times=[\"1s\"]", "leave one of them out"),
        ("events.arrivals={ process = \"trace\" }", "`times`"),
        ("events.arrivals={ process = \"trace\", times = [\"200s\"] }", "longer `duration`"),
        ("events.arrivals={ process = \"trace\", times = [\"2s\"], column = \"at\" }", "`file` is missing"),
    ] {
        let (_, error) = run(&folder, &["check", "small.toml", "--set", set], 2);
        assert!(error.contains(part), "{set}: {error}");
    }
}

/// `git log --format=%ct` writes Unix times, the latest first: they count from the earliest.
#[test]
fn times_may_come_from_standard_input() {
    let folder = folder(&TRACED.replace("file = \"times.csv\", column = \"at\"", "file = \"-\""));
    let piped = |arguments: &[&str], input: &str| {
        let output = pollhook(&folder, arguments).write_stdin(input).output().unwrap();
        let [out, error] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        (output.status.code(), out, error)
    };
    let log = "1767225631\n1767225612\n1767225600\n";
    let (code, _, error) = piped(&["run", "small.toml", "--quiet", "--no-charts"], log);
    assert_eq!(code, Some(0), "{error}");
    let hook = events(&folder).into_iter().filter(|(_, name, _)| name == "hook");
    assert_eq!(hook.map(|(occurred, ..)| occurred).collect::<Vec<_>>(), [0.0, 12.0, 31.0]);
    // The report has the times, so that it needs no input.
    run(&folder, &["verify", "reports/small"], 0);
    // A sweep has the same events at each setting.
    let vary =
        ["sweep", "small.toml", "--vary", "client.poll.interval=5s,10s", "--no-charts", "--out", "swept"];
    let (code, _, error) = piped(&vary, log);
    assert_eq!(code, Some(0), "{error}");
    let text = fs::read_to_string(folder.path().join("swept/small/summary.json")).unwrap();
    let settings: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let occurred = settings.iter().map(|setting| setting["events"]["occurred"].as_u64());
    assert_eq!(occurred.collect::<Vec<_>>(), [Some(3); 2]);
    // It is one thing at a time, and has to hold times.
    let scenario = fs::read_to_string(folder.path().join("small.toml")).unwrap();
    for (arguments, input, part) in [
        (["check", "-"], scenario.as_str(), "standard input is the scenario itself"),
        (["check", "small.toml"], "", "the file has no times"),
        (["check", "small.toml"], "yesterday\n", "yesterday"),
    ] {
        let (code, _, error) = piped(&arguments, input);
        assert!(code == Some(2) && error.contains(part), "{part}: {error}");
    }
}
