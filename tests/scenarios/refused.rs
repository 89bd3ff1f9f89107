//! Invalid scenarios: what is refused, and with which message.

use crate::{as_json, folder, stems, validator};
use pollhook::scenario::{self, load};
use std::fs;

fn bad(stem: &str) -> String {
    fs::read_to_string(folder("tests/bad").join(stem).with_extension("toml")).expect("a bad file")
}

/// Files that break a rule between several keys, which only the reader checks.
const BEYOND_THE_SCHEMA: [&str; 22] = [
    "beyond-time",
    "endless-retries",
    "arrivals-endless",
    "arrivals-late",
    "arrivals-none",
    "jobs",
    "jobs-unasked",
    "nobody-attacks",
    "nobody-to-attack",
    "out-of-order",
    "payload-too-small",
    "references",
    "billed-twice",
    "run-of-nothing",
    "too-large",
    "too-many",
    "too-many-members",
    "too-many-events",
    "too-often",
    "too-short",
    "types",
    "without-effect",
];

#[test]
fn the_schema_refuses_what_the_reader_refuses() {
    let validator = validator();
    for stem in stems("tests/bad").iter().filter(|stem| *stem != "syntax") {
        let text = bad(stem);
        assert!(load(stem, &text, &[]).is_err(), "{stem}");
        let accepted = validator.is_valid(&as_json(&text));
        assert!(!accepted || BEYOND_THE_SCHEMA.contains(&stem.as_str()), "{stem} obeys the schema");
    }
}

#[test]
fn every_error_of_an_invalid_file_is_reported_at_its_place() {
    for stem in stems("tests/bad") {
        let problems = load(&stem, &bad(&stem), &[]).expect_err("a bad file");
        let rendered = problems.shown_as(format!("tests/bad/{stem}.toml")).render(false);
        insta::assert_snapshot!(stem, rendered);
    }
}

#[test]
fn a_text_above_the_limit_is_refused_before_it_is_parsed() {
    let problems = load("large", &"[".repeat(10 << 20), &[]).expect_err("10 MB");
    assert!(problems.to_string().contains("a scenario has at most 1048576"), "{problems}");
    let deep = load("deep", &"[".repeat(1 << 20), &[]).expect_err("a million brackets");
    assert!(deep.to_string().len() < 100_000, "{}", deep.to_string().len());
    for nested in ["[", "{a="] {
        let deep = load("deep", &format!("a={}", nested.repeat(300_000)), &[]).expect_err("never closed");
        assert!(deep.len() < 5, "reported once, not for each bracket: {}", deep.len());
    }
}

#[test]
fn of_many_errors_the_first_are_shown_and_the_others_counted() {
    let keys: String = (0..60_000).map(|n| format!("k{n} = 1\n")).collect();
    let text = keys + scenario::find("quiet-feed").expect("shipped").text;
    let problems = load("many", &text, &[]).expect_err("unknown keys");
    assert!(
        problems.len() >= 60_000 && problems.to_string().contains("and 59950 more"),
        "{}",
        problems.len()
    );
}

#[test]
fn of_a_text_that_is_not_toml_three_errors_are_shown() {
    let lines: String = (0..25).map(|n| format!("user{n}:x:{n}:{n}::/home/user{n}:/bin/sh\n")).collect();
    let problems = load("passwd", &lines, &[]).expect_err("not TOML");
    let text = problems.to_string();
    assert_eq!(text.matches("error: not TOML").count(), 3, "{text}");
    assert!(text.trim_end().ends_with(&format!("and {} more", problems.len() - 3)), "{text}");
}

#[test]
fn more_results_than_fit_are_refused() {
    let clients: String =
        (0..25).map(|n| format!("[[client]]\nname = \"{n}\"\nkind = \"webhook\"\n")).collect();
    let text = |replications: u32| {
        format!(
            "replications = {replications}\n[events]\narrivals = {{ process = \"poisson\", rate = \"10/h\" }}\n{clients}"
        )
    };
    let problems = load("many", &text(130_000), &[]).expect_err("too much to keep").to_string();
    assert!(
        problems.contains("3250000 results would be kept") && problems.contains("lower `replications`"),
        "{problems}"
    );
    assert!(load("many", &text(120_000), &[]).is_ok());
}

#[test]
fn a_name_that_no_folder_can_have_is_refused_with_help() {
    let text = scenario::find("quiet-feed").expect("shipped").text;
    for name in ["", ".", "..", ".hidden", "a/b", "bell\u{7}", &"long".repeat(60)] {
        let problems = load(name, text, &[]).expect_err("an impossible name");
        assert!(problems.to_string().contains("help: "), "{problems}");
    }
    assert!(load("a name. with 200 bytes", text, &[]).is_ok());
}
