//! The other commands: `new`, `list`, `schema`, `completions`.

use crate::{SMALL, folder, pollhook, run};
use std::fs;

#[test]
fn the_template_is_a_scenario_and_is_never_written_over_a_file() {
    let folder = folder(SMALL);
    run(&folder, &["new", "mine.toml"], 0);
    run(&folder, &["check", "mine.toml"], 0);
    run(&folder, &["new", "mine.toml"], 2);
}

#[test]
fn standard_input_is_named_in_words() {
    let checked = pollhook(&folder(SMALL), &["check", "-"]).write_stdin(SMALL).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "standard input: fine (2 clients)\n");
}

#[test]
fn a_new_file_needs_force_to_take_the_name_of_a_shipped_scenario() {
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
fn the_other_commands_print_what_they_promise() {
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
