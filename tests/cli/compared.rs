//! `compare`.

use crate::{SMALL, folder, run};
use std::fs;
use tempfile::TempDir;

/// Two hours of the small scenario: ten minutes have too few events for a typical one.
fn long() -> TempDir {
    folder(&SMALL.replace("\"10m\"", "\"2h\""))
}

/// Four replications of it in `base`, and with a third of the interval in `other`.
fn pair() -> TempDir {
    let folder = long();
    let args = ["run", "small.toml", "--no-charts", "--replications", "4", "--out"];
    run(&folder, &[&args[..], &["base"]].concat(), 0);
    run(&folder, &[&args[..], &["other", "--set", "client.poll.interval=10s"]].concat(), 0);
    folder
}

fn compare(folder: &TempDir, more: &[&str], code: i32) -> (String, String) {
    run(folder, &[&["compare", "base/small", "other/small"], more].concat(), code)
}

#[test]
fn the_text_begins_with_the_answer_and_names_what_differs() {
    let folder = pair();
    let (out, error) = compare(&folder, &[], 0);
    let first = out.lines().next().unwrap_or_default();
    assert!(first.starts_with("Better: poll, ") && first.contains("But worse: poll, "), "{out}");
    assert!(first.contains("in 4 of 4 runs"), "{out}");
    assert!(out.contains("client.poll.interval_s: 30.0 -> 10.0"), "{out}");
    assert!(out.contains("\nhook (mean of 4 runs)\n") && out.contains("requests.total"), "{out}");
    assert_eq!(error, "");
    let (out, _) = run(&folder, &["compare", "base/small", "base/small"], 0);
    assert!(out.starts_with("The runs are the same: every figure has the same value in every run."), "{out}");
}

#[test]
fn a_condition_that_holds_ends_with_3_and_one_that_does_not_with_0() {
    let folder = pair();
    let (out, _) = compare(&folder, &["--fail-if", "poll.requests.total > +5%"], 3);
    assert!(out.contains("--fail-if poll.requests.total > +5%: FAILED – "), "{out}");
    let (out, _) = compare(&folder, &["--fail-if", "hook.requests.total > +5%"], 0);
    assert!(out.contains("--fail-if hook.requests.total > +5%: passed – "), "{out}");
    let both = ["--fail-if", "hook.requests.total > +5%", "--fail-if", "poll.known_after_s.p50 > +1s"];
    compare(&folder, &both, 0);
    for (missing, why) in [
        ("nobody.requests.total > +5%", "has no client `nobody`"),
        ("poll.requests.totals > +5%", "no figure has this name; `pollhook schema --summary` lists them"),
    ] {
        let (out, _) = compare(&folder, &["--fail-if", missing], 3);
        assert!(out.contains("FAILED, missing") && out.contains(why), "{out}");
    }
}

/// The few other events leave open whether the typical poll is slower.
#[test]
fn what_cannot_be_told_fails_only_where_that_is_asked() {
    let folder = pair();
    let args = ["run", "small.toml", "--no-charts", "--replications", "4", "--seed", "9", "--out", "seed"];
    run(&folder, &args, 0);
    let condition = ["compare", "base/small", "seed/small", "--fail-if", "poll.known_after_s.p50 > +0.1%"];
    let (out, _) = run(&folder, &condition, 0);
    assert!(out.contains("passed, cannot tell"), "{out}");
    let (out, _) = run(&folder, &[&condition[..], &["--strict"]].concat(), 3);
    assert!(out.contains("FAILED, cannot tell"), "{out}");
}

#[test]
fn a_wrong_condition_says_how_to_write_one() {
    let folder = folder(SMALL);
    for wrong in
        ["poll.requests.total > 5%", "poll.requests.total", "requests > +1", "poll.requests.total > +x"]
    {
        let (_, error) = run(&folder, &["compare", "a", "b", "--fail-if", wrong], 2);
        assert!(error.contains("such as") && error.contains("poll 60s.known_after_s.p99 > +5%"), "{error}");
    }
    let (_, error) = run(&folder, &["compare", "a", "b", "--margin", "1"], 2);
    assert!(error.contains("a margin is a percentage"), "{error}");
    let (_, error) = run(&folder, &["compare", "a"], 2);
    assert!(error.contains("2"), "{error}");
}

#[test]
fn what_is_no_report_is_named_with_the_remedy() {
    let folder = pair();
    let (_, error) = run(&folder, &["compare", "base/small", "nowhere"], 2);
    assert!(error.contains("cannot read summary.json of nowhere"), "{error}");
    assert!(error.contains("which `pollhook run` writes"), "{error}");
    fs::write(folder.path().join("base/small/summary.json"), "{").unwrap();
    let (_, error) = run(&folder, &["compare", "base/small", "base/small"], 2);
    assert!(error.contains("is not JSON"), "{error}");
}

#[test]
fn each_format_and_the_folder_say_the_same() {
    let folder = pair();
    let gate = ["--fail-if", "poll.requests.total > +5%"];
    let print = |format: &str| compare(&folder, &[&gate[..], &["--format", format]].concat(), 3).0;
    let (json, markdown, junit) = (print("json"), print("markdown"), print("junit"));
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let answer = value["answer"].as_str().unwrap();
    assert!(answer.starts_with("Better: poll, "), "{answer}");
    assert_eq!(value["pairing"], "same events");
    let row = (value["rows"].as_array().unwrap().iter())
        .find(|row| row["client"] == "poll" && row["metric"] == "requests.total")
        .unwrap();
    assert_eq!((&row["verdict"], &row["gate"], &row["n"]), (&"worse".into(), &"fail".into(), &4.into()));
    assert!(markdown.starts_with("**Better: poll, ") && markdown.contains("**failed**"), "{markdown}");
    assert!(junit.contains("tests=\"1\" failures=\"1\"") && junit.contains("<failure "), "{junit}");
    compare(&folder, &[&gate[..], &["--out", "both"]].concat(), 3);
    let read = |file: &str| fs::read_to_string(folder.path().join("both").join(file)).unwrap();
    assert_eq!((read("compare.json"), read("compare.md"), read("junit.xml")), (json, markdown, junit));
    assert!(
        read("index.html").contains("What changed, and by how much?") && read("ratios.svg").contains("<svg")
    );
    // Again over its own, and never over what somebody else wrote.
    compare(&folder, &["--out", "both"], 0);
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/notes.txt"), "mine").unwrap();
    let (_, error) = compare(&folder, &["--out", "mine"], 1);
    assert!(error.contains("mine"), "{error}");
    assert_eq!(fs::read_dir(folder.path().join("mine")).unwrap().count(), 1);
}

#[test]
fn three_reports_are_a_matrix() {
    let folder = pair();
    let (out, _) = run(&folder, &["compare", "base/small", "other/small", "base/small"], 0);
    let requests = out.lines().find(|line| line.contains("requests.total")).unwrap();
    assert!(requests.contains("worse)"), "{requests}");
}

/// The settings of a sweep by their numbers, as `sweep.csv` has them.
#[test]
fn settings_of_a_sweep_are_compared() {
    let folder = long();
    let vary = "client.poll.interval=30s,10s";
    run(&folder, &["sweep", "small.toml", "--vary", vary, "--replications", "4", "--out", "swept"], 0);
    let (out, _) = run(&folder, &["compare", "swept/small/1", "swept/small/2"], 0);
    assert!(out.starts_with("Better: poll, ") && out.contains("small/2 against small/1"), "{out}");
    assert!(out.contains("client.poll.interval_s: 30.0 -> 10.0"), "{out}");
    run(&folder, &["compare", "swept/small/1", "swept/small/2", "--out", "both"], 0);
    assert!(folder.path().join("both/differences.svg").exists(), "a sweep keeps no events, and is run again");
    let (_, error) = run(&folder, &["compare", "swept/small/1", "swept/small/9"], 2);
    assert!(error.contains("no results of setting 9") && error.contains("sweep.csv"), "{error}");
    let (_, error) = run(&folder, &["compare", "swept/small", "swept/small/1"], 2);
    assert!(
        error.contains(
            "it is the report of a sweep; name one of its settings by its number, such as swept/small/1"
        ),
        "{error}"
    );
}

/// A report may have lost what only charts need: what there is is compared, and the page says what is missing.
#[test]
fn reports_without_single_events_or_requests_are_compared() {
    let folder = pair();
    let file = |name: &str| folder.path().join(name);
    let (whole, _) = compare(&folder, &[], 0);
    compare(&folder, &["--out", "whole"], 0);
    fs::remove_file(file("base/small/requests.csv")).unwrap();
    fs::remove_file(file("other/small/events.csv")).unwrap();
    for name in ["index.html", "poll.hdr", "hook.hdr"] {
        fs::remove_file(file("other/small").join(name)).unwrap();
    }
    let (out, error) = compare(&folder, &[], 0);
    assert_eq!((out, error.as_str()), (whole, ""));
    // The events are those of the run again; requests in time are not.
    let (_, error) = compare(&folder, &["--out", "both"], 0);
    assert_eq!(error.lines().count(), 1, "{error}");
    let page = fs::read_to_string(file("both/index.html")).unwrap();
    let said = "base/small has no requests.csv";
    assert!(error.contains(said) && page.contains(said), "{error}");
    for chart in ["known.svg", "differences.svg", "quantiles.svg", "beside.svg"] {
        let [before, now] = ["whole", "both"].map(|out| fs::read(file(out).join(chart)).unwrap());
        assert!(before == now, "{chart}");
    }
    // A report of another version is compared, and not run again.
    let summary = fs::read_to_string(file("other/small/summary.json")).unwrap();
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(file("other/small/summary.json"), summary.replace(&version, "\"version\": \"0.0.1\"")).unwrap();
    let (_, error) = compare(&folder, &["--out", "both"], 0);
    assert!(error.contains("other/small was not run again: pollhook 0.0.1 wrote it"), "{error}");
    assert!(error.contains("other/small has no events.csv"), "{error}");
    assert!(!file("both/beside.svg").exists());
    fs::remove_file(file("base/small/replications.csv")).unwrap();
    let (_, error) = compare(&folder, &[], 2);
    assert!(error.contains("cannot read replications.csv of base/small"), "{error}");
}
