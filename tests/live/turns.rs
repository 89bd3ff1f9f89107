//! Live runs of several scenarios with replications take turns, and their reports say so.

use crate::TURN;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::sync::PoisonError;

const SMALL: &str = "duration = \"5m\"\nseed = 3\n[events]\narrivals = { process = \"constant\", rate = \"6/m\" }\n\
    [[client]]\nname = \"hook\"\nkind = \"webhook\"\n";

fn pollhook(folder: &Path, args: &[&str]) -> (String, String) {
    let run = Command::new(env!("CARGO_BIN_EXE_pollhook")).args(args).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(run.status.success(), "{}", text(&run.stderr));
    (text(&run.stdout), text(&run.stderr))
}

#[test]
fn two_scenarios_with_replications_take_turns_and_their_reports_can_be_compared() {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.toml", "b.toml"] {
        std::fs::write(folder.path().join(name), SMALL).unwrap();
    }
    let live = ["run", "--live", "--speed", "3600", "--no-charts", "--replications", "2"];
    let (_, said) = pollhook(folder.path(), &[&live[..], &["a.toml", "b.toml"]].concat());
    let listened: Vec<&str> = (said.lines().filter(|line| line.contains("the source listens on")))
        .filter_map(|line| line.split(':').next())
        .collect();
    assert_eq!(listened, ["a", "b", "a", "b"], "{said}");
    for (own, other) in [("a", "b"), ("b", "a")] {
        let text = std::fs::read_to_string(folder.path().join("reports").join(own).join("summary.json"));
        let summary: Value = serde_json::from_str(&text.unwrap()).unwrap();
        assert_eq!((&summary["replications"], &summary["complete"]), (&2.into(), &true.into()));
        assert_eq!(summary["live"]["in_turns_with"], serde_json::json!([other]));
    }
    let (compared, _) = pollhook(folder.path(), &["compare", "reports/a", "reports/b"]);
    assert!(
        compared.contains("at least 6 repetitions") && !compared.contains("did not take turns"),
        "{compared}"
    );
}
