//! Limits of the machine: full devices, input without end, memory.

use crate::{SMALL, folder, run};
use std::fs;
use tempfile::TempDir;

/// Runs the program with its standard output and error on these devices; returns its exit status.
#[cfg(target_os = "linux")]
fn code_with(folder: &TempDir, arguments: &[&str], out: &str, error: &str) -> Option<i32> {
    let device = |path| fs::OpenOptions::new().write(true).open(path).unwrap();
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("pollhook"));
    command.current_dir(folder.path()).args(arguments).stdout(device(out)).stderr(device(error));
    command.status().unwrap().code()
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_fails_results_but_not_messages() {
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

#[test]
fn input_is_read_only_up_to_the_limit_of_a_scenario() {
    let folder = folder(SMALL);
    fs::write(folder.path().join("large.toml"), "#".repeat((1 << 20) + 1)).unwrap();
    let (_, error) = run(&folder, &["check", "large.toml"], 2);
    assert!(error.contains("large.toml") && error.contains("more than 1048576 bytes"), "{error}");
    // A device without end is refused at the limit.
    let endless = fs::File::open("/dev/zero").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_pollhook"));
    let output = command.args(["check", "-"]).stdin(endless).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("standard input") && error.contains("more than 1048576 bytes"), "{error}");
}

/// The results of a replication are added up when it ends, so it keeps only its figures in memory and not a histogram,
/// which would need 1.6 GB for ten thousand replications.
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
