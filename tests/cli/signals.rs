//! Signals that end a live run.

use crate::{SMALL, folder};
use std::fs;
use std::time::Duration;

/// Starts a live run of an hour, waits until it has begun, and ends it with these signals, `wait` between them; returns its exit status and its
/// summary.
#[cfg(unix)]
fn ended_by(signals: &[&str], wait: Duration, shell: &str) -> (Option<i32>, serde_json::Value) {
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
    let (expected, listens) = (lines.next().unwrap().unwrap(), lines.next().unwrap().unwrap());
    assert!(
        expected.contains("takes 1 h, and after that as long as events or retries are pending"),
        "{expected}"
    );
    assert!(listens.contains("listens"), "{listens}");
    std::thread::sleep(Duration::from_millis(700));
    let pid = child.id().to_string();
    for (number, signal) in signals.iter().enumerate() {
        std::thread::sleep(if number > 0 { wait } else { Duration::ZERO });
        assert!(std::process::Command::new("kill").args([*signal, &pid]).status().unwrap().success());
    }
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert!(rest.iter().any(|line| line.contains("Ctrl-C again")), "{rest:?}");
    let code = child.wait().unwrap().code();
    let summary = fs::read_to_string(folder.path().join("reports/small/summary.json")).unwrap();
    (code, serde_json::from_str(&summary).unwrap())
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_with_what_it_has_measured() {
    // Under `nohup` a run survives a hangup, too.
    let hangup = (!ignores_hangups()).then_some("-HUP");
    for signal in ["-INT", "-TERM"].into_iter().chain(hangup) {
        let (code, summary) = ended_by(&[signal], Duration::ZERO, "");
        assert_eq!(code, Some(130), "{signal}");
        assert_eq!(summary["complete"], false);
        assert!(summary["events"]["occurred"].as_u64().unwrap() > 0, "{signal}: {summary}");
    }
}

/// `timeout` of coreutils signals its child, and then the child's group: the run gets the signal twice, and has written
/// nothing yet.
#[cfg(unix)]
#[test]
fn a_signal_that_comes_twice_at_once_is_one() {
    let (code, summary) = ended_by(&["-TERM", "-TERM"], Duration::from_millis(20), "");
    assert_eq!((code, &summary["complete"]), (Some(130), &serde_json::Value::Bool(false)));
}

/// Whether programs that this test starts ignore SIGHUP, the first bit of the mask.
#[cfg(unix)]
fn ignores_hangups() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1))
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_ignores_hangups_survives_its_terminal() {
    // The run must ignore the hangup: otherwise it has ended when TERM is sent, which then fails, or TERM ends it at once.
    let (code, summary) = ended_by(&["-HUP", "-TERM"], Duration::from_secs(1), "trap '' HUP;");
    assert_eq!((code, &summary["complete"]), (Some(130), &serde_json::Value::Bool(false)));
}
