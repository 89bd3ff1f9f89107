//! The binary as a user meets it: exit codes, messages, files.

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Ten minutes of a poller and a webhook: quick, and with something to see.
const SMALL: &str = r#"
title = "Small?"
duration = "10m"
[events]
arrivals = { process = "poisson", rate = "60/h" }
[[client]]
name = "poll"
kind = "poll"
interval = "30s"
[[client]]
name = "hook"
kind = "webhook"
"#;

/// A folder of its own, with the scenario in `small.toml`.
fn folder(scenario: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("small.toml"), scenario).unwrap();
    folder
}

fn pollhook(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("pollhook").unwrap();
    command.current_dir(folder.path()).args(arguments).timeout(std::time::Duration::from_secs(120));
    command
}

/// Runs to that exit code; returns standard output and standard error.
#[track_caller]
fn run(folder: &TempDir, arguments: &[&str], code: i32) -> (String, String) {
    let output = pollhook(folder, arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}\n{error}");
    (out, error)
}

/// Every file of a report, by name.
fn files(report: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(report)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

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

#[test]
fn standard_output_is_the_summary_where_json_is_asked_for() {
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

/// Starts the program with its standard output and error on these devices.
#[cfg(target_os = "linux")]
fn code_with(folder: &TempDir, arguments: &[&str], out: &str, error: &str) -> Option<i32> {
    let device = |path| fs::OpenOptions::new().write(true).open(path).unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("pollhook"));
    command.current_dir(folder.path()).args(arguments).stdout(device(out)).stderr(device(error));
    command.status().unwrap().code()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_failure_for_results_and_nothing_for_messages() {
    let folder = folder(SMALL);
    let (full, null) = ("/dev/full", "/dev/null");
    for (arguments, out, error, code) in [
        (&["run", "small.toml", "--no-charts"][..], full, null, 1),
        (&["run", "small.toml", "--no-charts", "--format", "json"], full, full, 1),
        (&["run", "small.toml", "--no-charts"], null, full, 0),
        (&["check", "small.toml"], full, null, 1),
        (&["--help"], full, null, 1),
        (&["run", "--help"], full, full, 1),
        (&["--version"], full, null, 1),
        (&["--help"], null, full, 0),
        (&["frobnicate"], null, full, 2),
        (&[], null, full, 2),
        (&["run", "missing.toml"], null, full, 2),
        (&["check", "small.toml", "--set", "duration=0s"], null, full, 2),
        (&["run", "small.toml", "--no-charts", "--out", "small.toml"], null, full, 1),
    ] {
        assert_eq!(code_with(&folder, arguments, out, error), Some(code), "{arguments:?} {out} {error}");
    }
}

/// Starts a live run of an hour, waits until it has begun, and ends it with that signal; returns its exit code and its
/// summary.
#[cfg(unix)]
fn ended_by(signal: &str, shell: &str) -> (Option<i32>, serde_json::Value) {
    use std::io::{BufRead, BufReader};
    let folder = folder(&SMALL.replace("10m", "1h").replace("60/h", "10/s"));
    let program = assert_cmd::cargo::cargo_bin("pollhook");
    let mut child = std::process::Command::new("sh")
        .args(["-c", &format!("{shell} exec '{}' run small.toml --live --no-charts", program.display())])
        .current_dir(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("listens"));
    std::thread::sleep(std::time::Duration::from_millis(700));
    let pid = child.id().to_string();
    for signal in signal.split(' ') {
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }
    let code = child.wait().unwrap().code();
    let summary = fs::read_to_string(folder.path().join("reports/small/summary.json")).unwrap();
    (code, serde_json::from_str(&summary).unwrap())
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_with_what_it_has_measured() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let (code, summary) = ended_by(signal, "");
        assert_eq!(code, Some(130), "{signal}");
        assert_eq!(summary["complete"], false);
        assert!(summary["events"]["occurred"].as_u64().unwrap() > 0, "{signal}: {summary}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_to_survive_its_terminal_does() {
    // The hangup comes first and must not be the signal that ends the run: a second one would end it at once.
    let (code, summary) = ended_by("-HUP -TERM", "trap '' HUP;");
    assert_eq!((code, &summary["complete"]), (Some(130), &serde_json::Value::Bool(false)));
}

/// What stands in the `<pre>` elements of a page: the command that runs it again, and the scenario spelt out.
fn spelt_out(report: &Path) -> (String, String) {
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    let mut texts = page.split("<pre ").skip(1).map(|rest| {
        let text = &rest[rest.find('>').unwrap() + 1..rest.find("</pre>").unwrap()];
        let marks = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
        marks.iter().fold(text.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
    });
    (texts.next().unwrap(), texts.next().unwrap())
}

/// Runs what a report says about running it again, in a folder of its own, and expects the same bytes in each file.
#[cfg(unix)]
#[track_caller]
fn runs_again(report: &Path, save: bool) {
    let (command, scenario) = spelt_out(report);
    let again = TempDir::new().unwrap();
    let name = report.file_name().unwrap().to_string_lossy().into_owned();
    if save {
        fs::write(again.path().join(format!("{name}.toml")), scenario).unwrap();
    }
    let program = assert_cmd::cargo::cargo_bin("pollhook");
    let rest = command.strip_prefix("pollhook ").unwrap();
    let shell = format!("'{}' {rest}", program.display());
    Command::new("sh").args(["-c", &shell]).current_dir(again.path()).assert().success();
    assert!(files(report) == files(&again.path().join("reports").join(name)), "{command}");
}

#[cfg(unix)]
#[test]
fn a_shipped_scenario_with_options_runs_again_from_the_command_alone() {
    let folder = folder(SMALL);
    let set = ["--set", "events.payload.size=400B", "--set", "client.answers, then works.deadline=3s"];
    run(&folder, &[&["run", "burst", "--seed", "5", "--replications", "2"][..], &set].concat(), 0);
    runs_again(&folder.path().join("reports/burst"), false);
}

#[cfg(unix)]
#[test]
fn any_other_scenario_runs_again_from_what_its_page_spells_out() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--set", "client.hook.endpoint.failure_rate=0.2", "--seed", "5"], 0);
    runs_again(&folder.path().join("reports/small"), true);
    fs::copy(folder.path().join("small.toml"), folder.path().join("it's small.toml")).unwrap();
    run(&folder, &["run", "it's small.toml", "--replications", "2"], 0);
    runs_again(&folder.path().join("reports/it's small"), true);
    pollhook(&folder, &["run", "-"]).write_stdin(SMALL).assert().success();
    runs_again(&folder.path().join("reports/stdin"), true);
}

#[test]
fn what_stands_in_the_way_of_a_report_is_left_alone() {
    let folder = folder(SMALL);
    fs::write(folder.path().join("taken"), "a file").unwrap();
    let (_, error) = run(&folder, &["run", "small.toml", "--no-charts", "--out", "taken"], 1);
    assert!(error.contains("taken"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("taken")).unwrap(), "a file");
    for own in [
        ".DS_Store",
        "thesis-data.csv",
        "plot.png",
        "plot.svg",
        "day.hdr",
        "notes.html",
        "data.json",
        "thesis.tex",
    ] {
        let mine = folder.path().join("mine/small");
        fs::create_dir_all(&mine).unwrap();
        fs::write(mine.join(own), "years of work").unwrap();
        let (_, error) = run(&folder, &["run", "small.toml", "--no-charts", "--out", "mine"], 1);
        assert!(error.contains(own) && error.contains("--out"), "{error}");
        assert_eq!(fs::read_to_string(mine.join(own)).unwrap(), "years of work");
        fs::remove_dir_all(&mine).unwrap();
    }
}

#[test]
fn an_earlier_report_is_replaced_unless_somebody_put_a_file_into_it() {
    let folder = folder(SMALL);
    let report = folder.path().join("reports/small");
    run(&folder, &["run", "small.toml"], 0);
    run(&folder, &["run", "small.toml", "--no-charts"], 0);
    assert!(!report.join("known.svg").exists(), "nothing of the earlier report is left");
    fs::write(report.join("known.svg"), "mine").unwrap();
    let (out, error) = run(&folder, &["run", "small.toml"], 1);
    assert!(out.is_empty() && error.contains("known.svg"), "refused before the run: {out}{error}");
    assert_eq!(fs::read_to_string(report.join("known.svg")).unwrap(), "mine");
}

#[test]
fn names_that_no_folder_can_have_are_refused_before_the_run() {
    let folder = folder(SMALL);
    for name in ["..toml".to_owned(), format!("{}.toml", "x".repeat(245))] {
        fs::copy(folder.path().join("small.toml"), folder.path().join(&name)).unwrap();
        let (_, error) = run(&folder, &["run", &name], 2);
        assert!(error.contains("its report folder has the same name") || error.contains("rename"), "{error}");
    }
    assert!(!folder.path().join("reports").exists());
}

#[test]
fn no_more_is_read_than_a_scenario_may_have() {
    let folder = folder(SMALL);
    fs::write(folder.path().join("large.toml"), "#".repeat((1 << 20) + 1)).unwrap();
    let (_, error) = run(&folder, &["check", "large.toml"], 2);
    assert!(error.contains("large.toml") && error.contains("more than 1048576 bytes"), "{error}");
    // A device without an end: refused at the bound.
    let endless = fs::File::open("/dev/zero").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pollhook"));
    let output = command.args(["check", "-"]).stdin(endless).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("standard input") && error.contains("more than 1048576 bytes"), "{error}");
}

#[test]
fn the_template_is_a_scenario_and_is_never_written_over_a_file() {
    let folder = folder(SMALL);
    run(&folder, &["new", "mine.toml"], 0);
    run(&folder, &["check", "mine.toml"], 0);
    run(&folder, &["new", "mine.toml"], 2);
}

#[test]
fn a_new_file_does_not_take_the_name_of_a_shipped_scenario_silently() {
    let folder = folder(SMALL);
    for name in ["day", "day.toml"] {
        let (_, err) = run(&folder, &["new", name], 2);
        assert!(err.contains("shipped scenario") && err.contains("--force"), "{err}");
    }
    run(&folder, &["new", "day.toml", "--force"], 0);
}

#[test]
fn a_new_file_can_be_a_copy_of_a_shipped_scenario() {
    let folder = folder(SMALL);
    run(&folder, &["new", "mine.toml", "--from", "burst"], 0);
    let copy = fs::read_to_string(folder.path().join("mine.toml")).unwrap();
    assert_eq!(copy, pollhook::scenario::find("burst").unwrap().text);
    run(&folder, &["new", "day.toml", "--from", "day"], 2);
    let (_, err) = run(&folder, &["new", "other.toml", "--from", "brst"], 2);
    assert!(err.contains("\"brst\"") && err.contains("did you mean the shipped scenario `burst`?"), "{err}");
    let (_, err) = run(&folder, &["new", "other.toml", "--from", "something else"], 2);
    assert!(err.contains("pollhook list"), "{err}");
    assert!(!folder.path().join("other.toml").exists(), "nothing is left of what was refused");
}

#[test]
fn no_replications_are_the_fault_of_the_option() {
    let folder = folder(SMALL);
    let (_, err) = run(&folder, &["run", "small.toml", "--replications", "0"], 2);
    assert!(err.contains("--replications") && !err.contains("small.toml:"), "{err}");
}

#[test]
fn the_other_commands_tell_what_they_are_asked() {
    let folder = folder(SMALL);
    let (out, _) = run(&folder, &["list"], 0);
    assert!(out.starts_with("day ") && out.lines().count() >= 10, "{out}");
    let (out, _) = run(&folder, &["schema"], 0);
    assert!(serde_json::from_str::<serde_json::Value>(&out).unwrap()["properties"]["events"].is_object());
    let (out, _) = run(&folder, &["completions", "bash"], 0);
    assert!(out.contains("pollhook"), "{out}");
    run(&folder, &["--version"], 0);
    run(&folder, &["frobnicate"], 2);
}

/// What a replication has measured is added up when it is over, so it takes the room of its figures and not that of a
/// histogram (1.6 GB for ten thousand of them).
#[cfg(target_os = "linux")]
#[test]
fn replications_take_little_memory() {
    let folder = folder(SMALL);
    let program = assert_cmd::cargo::cargo_bin("pollhook");
    let line = format!(
        "ulimit -v 900000 && exec '{}' run small.toml --replications 10000 --set duration=1m --no-charts --quiet",
        program.display()
    );
    let run =
        std::process::Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}
