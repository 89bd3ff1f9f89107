//! The command that gives the same report again, byte for byte.
//!
//! It is made from the scenario as it ran, not from the file or the options, so that a report contains no path and does
//! not depend on how its scenario was given. A command for a shipped scenario is checked by loading it.

use crate::scenario::{self, Override, Scenario};
use crate::study::Results;

/// The command, and what to know before typing it.
pub(super) struct Reproduce {
    pub(super) command: String,
    pub(super) note: String,
}

pub(super) fn reproduce(results: &Results) -> Reproduce {
    showing(results, results.summary.replication)
}

/// The same with another replication shown along time.
pub(super) fn showing(results: &Results, replication: u32) -> Reproduce {
    let scenario = &results.scenario;
    let file = quoted(&format!("{}.toml", scenario.name));
    let (mut command, mut note) = match changes(scenario) {
        Some(changes) => (
            shipped(scenario, &changes, results.summary.precision.is_some()),
            format!("The scenario below is this very run as well: save it as {file} and run that."),
        ),
        None => (
            format!("pollhook run {file}"),
            format!(
                "First save the scenario below as {file}. It is exactly this run, with every option that was given; \
                 the file that you began with need not be."
            ),
        ),
    };
    if let Some(live) = &results.summary.live {
        command += " --live";
        if live.speed != 1.0 {
            command += &format!(" --speed {}", live.speed);
        }
        note += " A live run is measured anew each time, so that its figures differ a little.";
    }
    if let Some(precision) = &results.summary.precision {
        command += &format!(" --precision {}%", percent(precision.wanted));
    }
    if replication > 1 {
        command += &format!(" --replication {replication}");
    }
    if results.rows.as_ref().is_some_and(|rows| rows.len() > ROWS_UNASKED) {
        command += " --all-events";
    }
    if !results.summary.complete {
        note += " This run was stopped before its end.";
    }
    Reproduce { command, note }
}

/// The values that turn the shipped scenario of that name into this one. None where there is no such scenario, where
/// it takes more of them than one would type, or where they do not lead to an equal scenario.
fn changes(scenario: &Scenario) -> Option<Vec<Override>> {
    let shipped = scenario::find(&scenario.name)?;
    let original = scenario::load(shipped.name, shipped.text, &[]).ok()?;
    let before = scenario::parameters(&original);
    let changes: Vec<Override> = scenario::parameters(scenario)
        .into_iter()
        .filter(|parameter| {
            !before.iter().any(|other| other.path == parameter.path && other.value == parameter.value)
        })
        .map(|parameter| Override { value: typed(&parameter.path, &parameter.value), path: parameter.path })
        .collect();
    let mut again = scenario::load(shipped.name, shipped.text, &changes).ok()?;
    scenario::tell_otherwise(&mut again, &original);
    (again == scenario.as_written() && changes.len() <= CHANGES).then_some(changes)
}

/// A parameter's value as an override spells it: that of a list is read without its brackets and quotes.
fn typed(path: &str, value: &str) -> String {
    match value {
        _ if !path.ends_with(".retries") => value.to_owned(),
        "none" => "[]".to_owned(),
        delays => format!("[\"{}\"]", delays.replace(", ", "\", \"")),
    }
}

/// Without the number of replications, where a precision decides it.
fn shipped(scenario: &Scenario, changes: &[Override], is_precise: bool) -> String {
    let mut command = format!("pollhook run {} --seed {}", scenario.name, scenario.seed);
    for Override { path, value } in changes {
        match path.as_str() {
            "seed" => {}
            "replications" if is_precise => {}
            "replications" => command += &format!(" --replications {value}"),
            _ => command += &format!(" --set {}", quoted(&format!("{path}={value}"))),
        }
    }
    command
}

/// A share in per cent, with as many digits as were typed.
fn percent(share: f64) -> String {
    // A share has been divided by 100, which may change its last digit.
    let nine = format!("{:.9}", share * 100.0);
    nine.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// One word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-=/:@%+,".contains(c);
    let word = if word.starts_with('-') { format!("./{word}") } else { word.to_owned() };
    if word.chars().all(plain) { word } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// More than this are no command but a file.
const CHANGES: usize = 8;

/// Rows of events.csv that are written without being asked for.
const ROWS_UNASKED: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::study::summary::{Latency, Live};

    /// The command of a shipped scenario with these overrides.
    fn command(name: &str, set: &[&str]) -> String {
        let shipped = scenario::find(name).unwrap();
        let overrides: Vec<Override> = set.iter().map(|set| set.parse().unwrap()).collect();
        let mut results = sample::day();
        results.scenario = scenario::load(name, shipped.text, &overrides).unwrap();
        let original = scenario::load(name, shipped.text, &[]).unwrap();
        scenario::tell_otherwise(&mut results.scenario, &original);
        reproduce(&results).command
    }

    #[test]
    fn a_shipped_scenario_is_named_with_what_was_changed() {
        for (set, options) in [
            (&[][..], "--seed 42"),
            (&["seed=5", "replications=3"], "--seed 5 --replications 3"),
            (
                &["client.webhook.endpoint.failure_rate=0.2", "duration=20h"],
                "--seed 42 --set duration=20h --set client.webhook.endpoint.failure_rate=0.2",
            ),
            (&["client.poll 60s.interval=30s"], "--seed 42 --set 'client.poll 60s.interval=30s'"),
            (&["client.webhook.retries=[]"], "--seed 42 --set 'client.webhook.retries=[]'"),
            (
                &["client.webhook.retries=[\"5s\", \"1m\"]"],
                "--seed 42 --set 'client.webhook.retries=[\"5s\", \"1m\"]'",
            ),
        ] {
            assert_eq!(command("day", set), format!("pollhook run day {options}"));
        }
    }

    #[test]
    fn what_no_few_options_say_is_a_file() {
        let exponential =
            "client.webhook.endpoint.service_time={ distribution = \"exponential\", mean = \"1s\" }";
        assert_eq!(command("day", &[exponential]), "pollhook run day.toml");
        assert_eq!(command("day", &["title=Mine"]), "pollhook run day.toml");
        let mut results = sample::day();
        results.scenario.name = "it's mine".to_owned();
        assert_eq!(reproduce(&results).command, r"pollhook run 'it'\''s mine.toml'");
        results.scenario.name = "-".to_owned();
        assert_eq!(reproduce(&results).command, "pollhook run ./-.toml");
    }

    #[test]
    fn a_live_run_says_so() {
        let mut results = sample::day();
        results.scenario.name = "mine".to_owned();
        for (speed, options) in [(1.0, "--live"), (2.5, "--live --speed 2.5")] {
            results.summary.live = Some(Live {
                speed,
                lateness_s: Latency::default(),
                cpu_s: None,
                foreign_requests: 0,
                ..Live::default()
            });
            let reproduce = reproduce(&results);
            assert_eq!(reproduce.command, format!("pollhook run mine.toml {options}"));
            assert!(reproduce.note.contains("anew"));
        }
    }
}
