//! Parts of a run, and their one report.

use crate::{SMALL, files, folder, pollhook, run};
use std::fs;

/// Writes three parts of seven replications.
fn parts(folder: &tempfile::TempDir) {
    for shard in ["1/3", "2/3", "3/3"] {
        run(folder, &["run", "small.toml", "--replications", "7", "--shard", shard, "--out", "parts"], 0);
    }
}

#[test]
fn the_report_of_all_parts_has_the_bytes_of_the_run() {
    let folder = folder(SMALL);
    parts(&folder);
    run(&folder, &["run", "small.toml", "--replications", "7", "--out", "whole"], 0);
    let part = |number: u32| format!("parts/small.{number}-of-3.part");
    let (out, _) = run(&folder, &["merge", &part(3), &part(1), &part(2), "--out", "merged"], 0);
    assert!(out.contains("merged/small/index.html"), "{out}");
    let [whole, merged] = ["whole", "merged"].map(|out| files(&folder.path().join(out).join("small")));
    assert!(whole == merged);
    run(&folder, &["verify", "merged/small"], 0);
    // Any replication can be looked at, as in a run.
    let third = ["run", "small.toml", "--replications", "7", "--replication", "3", "--out", "whole"];
    run(&folder, &third, 0);
    run(&folder, &["merge", &part(3), &part(1), &part(2), "--replication", "3", "--out", "merged"], 0);
    let [whole, merged] = ["whole", "merged"].map(|out| files(&folder.path().join(out).join("small")));
    assert!(whole == merged, "the third replication");
    let (_, error) = run(&folder, &["merge", &part(3), &part(1), &part(2), "--replication", "8"], 2);
    assert!(error.contains("has no replication 8: its replications are 1 to 7"), "{error}");
    let (json, _) = run(&folder, &["merge", &part(3), &part(1), &part(2), "--format", "json"], 0);
    assert!(json.starts_with('{') && json.contains("\"replications\": 7"), "{json}");
}

/// What is missing, doubled, cut off or damaged is named, and no report is written.
#[test]
fn nothing_is_merged_by_halves() {
    let folder = folder(SMALL);
    parts(&folder);
    let at = |name: &str| folder.path().join("parts").join(name);
    let path = |number: u32| format!("parts/small.{number}-of-3.part");
    let refused = |paths: &[&str], why: &str| {
        let (_, error) = run(&folder, &[&["merge"][..], paths].concat(), 2);
        assert!(error.contains(why), "{error}");
        assert!(!folder.path().join("reports").exists());
    };
    let (one, two, three) = (path(1), path(2), path(3));
    refused(&[&one, &three], "part 2/3 is missing");
    refused(&[&one, &two, &three, &two], "part 2/3 is there twice");
    refused(&["nowhere.part"], "nowhere.part: it cannot be read");
    refused(&["small.toml"], "small.toml: it is no part; ");
    let bytes = fs::read(at("small.2-of-3.part")).unwrap();
    fs::write(at("small.2-of-3.part"), &bytes[..bytes.len() - 50]).unwrap();
    refused(&[&one, &two, &three], "small.2-of-3.part: it is cut off");
    let mut other = bytes;
    let last = other.len() - 60;
    other[last] ^= 1;
    fs::write(at("small.2-of-3.part"), other).unwrap();
    refused(&[&one, &two, &three], "small.2-of-3.part: its bytes are not those that were written");
    let seed = ["--seed", "9", "--replications", "7", "--shard", "2/3", "--out", "parts"];
    run(&folder, &[&["run", "small.toml"][..], &seed].concat(), 0);
    refused(&[&one, &two, &three], "its seed is 9, not 1");
}

#[test]
fn a_part_that_cannot_be_is_refused() {
    let folder = folder(SMALL);
    for (arguments, why) in [
        (&["--shard", "1/2"][..], "cannot be 2 parts; set --replications"),
        (&["--shard", "3/2", "--replications", "4"], "there is no part 3 of 2: K is from 1 to 2"),
        (&["--shard", "half", "--replications", "4"], "a part is K/N"),
        (&["--shard", "1/2", "--live"], "cannot be used with"),
        (&["--shard", "auto", "--replications", "4"], "say --shard K/N"),
    ] {
        let (_, error) = run(&folder, &[&["run", "small.toml"], arguments].concat(), 2);
        assert!(error.contains(why), "{error}");
        assert!(!folder.path().join("reports").exists(), "nothing is written");
    }
    let job = ["run", "small.toml", "--replications", "4", "--shard", "auto"];
    let mut command = pollhook(&folder, &job);
    command.env("JOB_COMPLETION_INDEX", "1").env("POLLHOOK_SHARDS", "2").assert().success();
    assert!(folder.path().join("reports/small.2-of-2.part").exists());
    assert_eq!(fs::read_dir(folder.path().join("reports")).unwrap().count(), 1, "no other file");
}
