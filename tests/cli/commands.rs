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

/// Events and polls in step: only the seed decides the latency, which the check and the report say.
#[test]
fn a_result_that_one_phase_decides_is_noted() {
    let locked = SMALL.replace("poisson", "constant").replace("30s", "60s");
    let folder = folder(&locked);
    let note = "“poll” polls in step with the events";
    let (out, _) = run(&folder, &["check", "small.toml"], 0);
    assert!(out.contains(&format!("  note: {note}")), "{out}");
    let (out, _) = run(&folder, &["run", "small.toml"], 0);
    assert!(out.contains(&format!(" note   {note}")), "{out}");
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains(note), "the page says so");
    let (out, _) = run(&folder, &["check", "small.toml", "--set", "replications=30"], 0);
    assert!(!out.contains("note"), "{out}");
}

/// Two tables of outages are two outages, of however many clients they are.
#[test]
fn outages_are_counted_as_in_the_file() {
    let outage = |client: &str, from: &str| {
        format!("[[outage]]\nclient = {client}\nfrom = \"{from}\"\nfor = \"1m\"\n")
    };
    let third = "[[client]]\nname = \"third\"\nkind = \"webhook\"\n";
    let two = "[\"poll\", \"hook\"]";
    let header = |outages: &str| {
        let (out, _) =
            run(&folder(&format!("{SMALL}{third}{outages}")), &["run", "small.toml", "--no-charts"], 0);
        out.lines().take(3).collect::<Vec<_>>().join(" ")
    };
    let text = header(&(outage(two, "2m") + &outage("\"hook\"", "5m")));
    assert!(text.contains("2 outages"), "{text}");
    let text = header(&outage(two, "2m"));
    assert!(text.contains("2 clients down 00:02-00:03"), "{text}");
}

/// The option that a report proposes is one that the program takes, although it changes the client's default name.
#[test]
fn the_next_step_that_is_printed_runs() {
    let lossy = SMALL.replace("name = \"hook\"\n", "")
        + "retries = []\nendpoint = { failure_rate = 0.5 }\n\
           [[expect]]\nclient = \"webhook\"\nmetric = \"requests.total\"\nabove = 1\n";
    let folder = folder(&lossy);
    let (out, _) = run(&folder, &["run", "small.toml", "--no-charts"], 0);
    let next = out.lines().find_map(|line| line.strip_prefix(" next   --set '"));
    let (option, _) = next.and_then(|next| next.split_once("': ")).unwrap_or_else(|| panic!("{out}"));
    assert_eq!(option, "client.webhook.reconcile=15m");
    run(&folder, &["run", "small.toml", "--no-charts", "--set", option], 0);
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

#[test]
fn providers_are_shown_side_by_side_and_one_by_one() {
    let folder = folder(SMALL);
    let (all, _) = run(&folder, &["providers"], 0);
    assert!(all.lines().all(|line| line.chars().count() <= 120), "{all}");
    assert!(all.contains("slack") && all.contains("3s D") && all.contains("3 in 6 min D"), "{all}");
    let (slack, _) = run(&folder, &["providers", "slack"], 0);
    assert!(slack.contains("0s, 1m, 5m (documented)") && slack.contains("from: docs.slack.dev"), "{slack}");
    assert!(slack.lines().all(|line| line.chars().count() <= 80), "{slack}");
    let (json, _) = run(&folder, &["providers", "--format", "json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let stripe = json.as_array().unwrap().iter().find(|one| one["name"] == "stripe").unwrap();
    assert_eq!(stripe["facts"]["retries"]["mark"], "modelled");
    let (_, err) = run(&folder, &["providers", "slak"], 2);
    assert!(err.contains("did you mean `slack`?"), "{err}");
}

/// A profile of one's own is found beside the scenario, wherever the program is started.
#[test]
fn a_profile_is_a_file_beside_the_scenario() {
    let folder = folder(SMALL);
    let own = pollhook::scenario::find_profile("stripe").unwrap().text;
    fs::create_dir(folder.path().join("mine")).unwrap();
    fs::write(folder.path().join("mine/shop.toml"), own.replace("\"10s\"", "\"7s\"")).unwrap();
    fs::write(
        folder.path().join("mine/small.toml"),
        SMALL.replace("kind = \"webhook\"", "kind = \"webhook\"\nprovider = \"shop.toml\""),
    )
    .unwrap();
    let (out, _) = run(&folder, &["run", "mine/small.toml"], 0);
    assert!(out.contains("modelled"), "{out}");
    let page = fs::read_to_string(folder.path().join("reports/small/index.html")).unwrap();
    assert!(page.contains("deadline<td>7s <em>(modelled)</em>"), "the page marks the value");
    let (out, _) = run(&folder, &["providers", "mine/shop.toml"], 0);
    assert!(out.starts_with("shop: Stripe"), "{out}");
}

#[test]
fn a_new_file_gets_its_folder() {
    let folder = folder(SMALL);
    run(&folder, &["new", "deep/er/mine.toml"], 0);
    run(&folder, &["check", "deep/er/mine.toml"], 0);
}

/// What a command cannot read is called by what it is, with what can.
#[test]
fn a_report_of_another_kind_is_called_by_its_name() {
    let folder = folder(SMALL);
    run(&folder, &["run", "small.toml", "--no-charts", "--quiet", "--out", "runs"], 0);
    run(&folder, &["compare", "runs/small", "runs/small", "--out", "both"], 0);
    let vary = ["sweep", "small.toml", "--vary", "client.poll.interval=10s,20s", "--no-charts", "--quiet"];
    run(&folder, &[&vary[..], &["--out", "swept"]].concat(), 0);
    run(&folder, &["run", "small.toml", "--shard", "1/2", "--replications", "2", "--out", "parts"], 0);
    fs::create_dir(folder.path().join("twin")).unwrap();
    fs::write(folder.path().join("twin/twin.json"), "{}").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (arguments, why) in [
        (&["verify", "both"][..], "both: it is a comparison of reports; verify the reports"),
        (&["verify", "swept/small"], "it is the report of a sweep; run one of its settings alone"),
        (&["verify", "twin"], "it is the report of a twin run; its live runs measure anew"),
        (&["verify", "parts"], "it is a folder of parts; `pollhook merge` makes a report"),
        (&["verify", "parts/small.1-of-2.part"], "it is a part; `pollhook merge` makes a report"),
        (&["compare", "runs/small", "both"], "both: it is a comparison of reports; name the reports"),
        (&["compare", "runs/small", "twin"], "it is the report of a twin run; it compares both engines"),
        (&["compare", "swept/small", "runs/small"], "by its number, such as swept/small/1"),
        (&["merge", "both"], "both: it is a comparison of reports, which is whole"),
        (&["merge", "runs/small"], "it is the report of a run, which is whole; parts are the files"),
        (&["merge", "swept/small"], "it is the report of a sweep, which is whole"),
        (&["merge", "parts"], "it is a folder; name its parts: parts/*.part"),
        (&["merge", "empty"], "it is a folder; name the files that `--shard K/N` wrote"),
    ] {
        let (_, error) = run(&folder, arguments, 2);
        assert!(error.contains(why), "{arguments:?}: {error}");
    }
}

/// A value that is no number of its option is told what is expected, and not how to write it as a name.
#[test]
fn a_negative_number_is_told_what_is_expected() {
    let folder = folder(SMALL);
    for (arguments, why) in [
        (&["run", "small.toml", "--live", "--speed", "-1"][..], "a speed is a number from 0.01"),
        (&["twin", "small.toml", "--speed", "-1"], "a speed is a number from 0.01"),
        (&["run", "small.toml", "--replications", "-1"], "-1 is not in 1.."),
        (&["run", "small.toml", "--seed", "-1"], "invalid digit"),
    ] {
        let (_, error) = run(&folder, arguments, 2);
        assert!(error.contains(why) && !error.contains("tip:"), "{arguments:?}: {error}");
    }
}
