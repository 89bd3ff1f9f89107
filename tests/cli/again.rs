//! The instructions of a report for repeating its run.

use crate::{SMALL, files, folder, pollhook, run};
use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// The texts of the `<pre>` elements of a page: the command that repeats the run, and the complete scenario.
fn instructions(report: &Path) -> (String, String) {
    let page = fs::read_to_string(report.join("index.html")).unwrap();
    let mut texts = page.split("<pre ").skip(1).map(|rest| {
        let text = &rest[rest.find('>').unwrap() + 1..rest.find("</pre>").unwrap()];
        let marks = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
        marks.iter().fold(text.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
    });
    (texts.next().unwrap(), texts.next().unwrap())
}

/// Follows the instructions of a report for repeating its run, in a new folder, and expects the same bytes in each file.
#[cfg(unix)]
#[track_caller]
fn runs_again(report: &Path, save: bool) {
    let (command, scenario) = instructions(report);
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
    run(
        &folder,
        &[&["run", "burst", "--seed", "5", "--replications", "2", "--replication", "2"][..], &set].concat(),
        0,
    );
    runs_again(&folder.path().join("reports/burst"), false);
}

#[cfg(unix)]
#[test]
fn any_other_scenario_runs_again_from_the_text_on_its_page() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--set", "client.hook.endpoint.failure_rate=0.2", "--seed", "5"], 0);
    runs_again(&folder.path().join("reports/small"), true);
    fs::copy(folder.path().join("small.toml"), folder.path().join("it's small.toml")).unwrap();
    run(&folder, &["run", "it's small.toml", "--replications", "2"], 0);
    runs_again(&folder.path().join("reports/it's small"), true);
    pollhook(&folder, &["run", "-"]).write_stdin(SMALL).assert().success();
    runs_again(&folder.path().join("reports/stdin"), true);
}
