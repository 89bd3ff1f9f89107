//! Report folders: what is replaced, and what is left alone.

use crate::{SMALL, folder, run};
use std::fs;

#[test]
fn files_of_others_are_never_replaced_by_a_report() {
    let folder = folder(SMALL);
    fs::write(folder.path().join("taken"), "a file").unwrap();
    let (_, error) = run(&folder, &["run", "small.toml", "--no-charts", "--out", "taken"], 1);
    assert!(error.contains("taken"), "{error}");
    assert_eq!(fs::read_to_string(folder.path().join("taken")).unwrap(), "a file");
    for own in [
        ".DS_Store",
        "thesis-data.csv",
        "plot.png",
        "plot.svg",
        "day.hdr",
        "notes.html",
        "data.json",
        "thesis.tex",
    ] {
        let mine = folder.path().join("mine/small");
        fs::create_dir_all(&mine).unwrap();
        fs::write(mine.join(own), "years of work").unwrap();
        let (_, error) = run(&folder, &["run", "small.toml", "--no-charts", "--out", "mine"], 1);
        assert!(error.contains(own) && error.contains("--out"), "{error}");
        assert_eq!(fs::read_to_string(mine.join(own)).unwrap(), "years of work");
        fs::remove_dir_all(&mine).unwrap();
    }
}

#[test]
fn an_earlier_report_is_replaced_unless_it_has_a_foreign_file() {
    let folder = folder(SMALL);
    let report = folder.path().join("reports/small");
    run(&folder, &["run", "small.toml"], 0);
    run(&folder, &["run", "small.toml", "--no-charts"], 0);
    assert!(!report.join("known.svg").exists(), "nothing of the earlier report is left");
    fs::write(report.join("known.svg"), "mine").unwrap();
    let (out, error) = run(&folder, &["run", "small.toml"], 1);
    assert!(out.is_empty() && error.contains("known.svg"), "refused before the run: {out}{error}");
    assert_eq!(fs::read_to_string(report.join("known.svg")).unwrap(), "mine");
}

#[test]
fn names_that_no_folder_can_have_are_refused_before_the_run() {
    let folder = folder(SMALL);
    for name in ["..toml".to_owned(), format!("{}.toml", "x".repeat(245))] {
        fs::copy(folder.path().join("small.toml"), folder.path().join(&name)).unwrap();
        let (_, error) = run(&folder, &["run", &name], 2);
        assert!(error.contains("its report folder has the same name") || error.contains("rename"), "{error}");
    }
    assert!(!folder.path().join("reports").exists());
}
