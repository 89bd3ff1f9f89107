//! The program as a user runs it: exit statuses, messages, files.

mod again;
mod commands;
mod compared;
mod crossover;
mod folders;
mod limits;
mod options;
mod saturated;
mod shards;
#[cfg(unix)]
mod signals;
mod sweep;
mod traces;
mod twin;
mod verified;
mod warm_up;

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Ten minutes of a poller and a webhook: it runs quickly and has enough events for all charts.
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

/// A new folder with the scenario in `small.toml`.
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

/// Runs the program and expects that exit status; returns standard output and standard error.
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
