//! What a live run says of two clients that are the same: as much as its own lateness lets it tell.

use crate::TURN;
use crate::machine::{in_one_of_three_runs, must_hold};
use serde_json::Value;
use std::sync::PoisonError;

/// An hour in a second: whatever a webhook and its twin differ by is the machine's.
const TWINS: &str = "duration = \"1h\"\nseed = 3\n\
    [events]\narrivals = { process = \"poisson\", rate = \"400/h\" }\n\
    [[client]]\nname = \"one\"\nkind = \"webhook\"\n[[client]]\nname = \"twin\"\nkind = \"webhook\"\n\
    [answer]\nclient = \"one\"\nagainst = \"twin\"\n";

/// The summary of a run at 3,600 times the speed.
fn summary(scenario: &str) -> Value {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("it.toml"), scenario).unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_pollhook"))
        .args(["run", "it.toml", "--live", "--speed", "3600", "--no-charts", "--quiet", "--format", "json"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// The typical event of both, and by how much the engine was late.
fn measured(summary: &Value) -> ([f64; 2], f64) {
    let typical = |client: usize| summary["clients"][client]["known_after_s"]["p50"].as_f64().unwrap();
    ([typical(0), typical(1)], summary["live"]["lateness_s"]["p99"].as_f64().unwrap())
}

/// Three standard errors of the difference of two medians over so many events, at most.
fn by_chance_s(summary: &Value) -> f64 {
    let ([one, twin], _) = measured(summary);
    3.0 * one.hypot(twin) / summary["events"]["occurred"].as_f64().unwrap().sqrt()
}

#[test]
fn the_sooner_of_twins_is_named_only_beyond_the_lateness() {
    in_one_of_three_runs(|| {
        let summary = summary(TWINS);
        let answer = summary["answer"].as_str().unwrap();
        let ([one, twin], late_s) = measured(&summary);
        let apart_s = (one - twin).abs();
        let by_chance_s = by_chance_s(&summary);
        must_hold(|| {
            let told = answer.split(" (").next().unwrap();
            let (cannot_tell, sooner) = ("This run cannot tell whether", "told you sooner than");
            let forms: &[&str] = if one.max(twin) <= 1.02 * one.min(twin) {
                &["told you equally soon"]
            } else if apart_s <= late_s {
                &[cannot_tell]
            } else if apart_s <= by_chance_s {
                &[cannot_tell, sooner]
            } else {
                &[sooner]
            };
            // Nor are they compared where requests were given up because the engine was later than ten seconds.
            let latest_s = summary["live"]["lateness_s"]["max"].as_f64().unwrap();
            let is_incomparable = latest_s >= 10.0 && told.contains("This run cannot compare");
            let is_told = is_incomparable || forms.iter().any(|form| told.contains(form));
            assert!(is_told, "{one} s and {twin} s, late by {late_s} s: {answer}");
        });
        assert!(apart_s <= late_s, "twins differ by no more than the engine was late: {apart_s} {late_s}");
    });
}

#[test]
fn a_question_about_twins_gets_neither_yes_nor_no_within_the_lateness() {
    in_one_of_three_runs(|| {
        let summary = summary(&format!("{TWINS}metric = \"known_after_s.p50\"\nyes_if = \"below\"\n"));
        let answer = summary["answer"].as_str().unwrap();
        let ([one, twin], late_s) = measured(&summary);
        let is_within = (one - twin).abs() <= late_s;
        let is_by_chance = (one - twin).abs() <= by_chance_s(&summary);
        // Nor does it where requests were given up because the engine was later than the ten seconds that a sender
        // waits.
        let latest_s = summary["live"]["lateness_s"]["max"].as_f64().unwrap();
        let is_given_up =
            (0..2).any(|client| !summary["clients"][client]["requests"]["by_status"]["timeout"].is_null());
        let is_told = !is_within && (latest_s < 10.0 || !is_given_up);
        must_hold(|| {
            let says_so = ["Yes: ", "No: ", "Hardly: "].iter().any(|word| answer.starts_with(word));
            assert!(says_so == is_told || is_by_chance, "{one} s and {twin} s, late by {late_s} s: {answer}");
            let cannot_tell = answer.contains("this run cannot tell them apart");
            assert!(cannot_tell == (!is_told && one != twin) || is_by_chance, "{answer}");
        });
        assert!(is_within, "twins differ by no more than the engine was late");
    });
}
