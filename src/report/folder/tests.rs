use super::*;

const SUMMARY: &[u8] = br#"{ "schema": 1, "version": "0.1.0" }"#;

fn files(text: &str) -> Vec<File> {
    vec![("index.html".to_owned(), text.into()), ("summary.json".to_owned(), SUMMARY.to_vec())]
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("index.html")).unwrap()
}

/// Tries to replace `out`, expects a refusal that says `why` and the remedy, and that nothing changes.
#[track_caller]
fn refuses(out: &Path, why: &str) {
    let before = names(out);
    for refusal in [check(out), write(&files("new"), out).map(|_| ())] {
        let message = refusal.unwrap_err().to_string();
        assert!(message.contains(why) && message.contains("--out"), "{message}");
    }
    assert_eq!(names(out), before);
}

#[test]
fn a_folder_appears_whole_and_replaces_the_earlier_one_whole() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("reports/day");
    let mut first = files("first");
    first.push(("gone-next-time.csv".to_owned(), Vec::new()));
    assert_eq!(write(&first, &out).unwrap().folder, out);
    let written = write(&files("second"), &out).unwrap();
    assert!(written.leftover.is_none());
    assert_eq!(names(&out), [".pollhook", "index.html", "summary.json"]);
    assert_eq!(page(&out), "second");
    assert_eq!(names(&home.path().join("reports")), ["day"]);
}

#[test]
fn a_failure_leaves_the_earlier_report_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    write(&files("first"), &out).unwrap();
    let mut bad = files("second");
    bad.push(("no/such/folder.csv".to_owned(), Vec::new()));
    let message = write(&bad, &out).unwrap_err().to_string();
    assert!(message.contains("no/such/folder.csv") && message.contains("--out"), "{message}");
    assert_eq!(names(home.path()), ["day"]);
    assert_eq!(page(&out), "first");

    let fresh = home.path().join("a/b/c");
    assert!(write(&bad, &fresh).is_err());
    assert_eq!(names(home.path()), ["day"]);
}

#[test]
fn a_file_in_the_way_is_named() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    fs::write(&out, "mine").unwrap();
    assert!(matches!(write(&files("x"), &out), Err(WriteError::NotAFolder(path)) if path == out));
    let message = write(&files("x"), &out.join("below")).unwrap_err().to_string();
    assert!(message.contains("is a file"), "{message}");
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
    assert_eq!(names(home.path()), ["day"]);
}

#[test]
fn somebody_s_own_file_of_any_ending_is_never_deleted() {
    for ending in ["csv", "svg", "png", "hdr", "html", "json", "tex", "pollhook"] {
        let home = tempfile::tempdir().unwrap();
        // In a folder of their own, and in an earlier report.
        let (own, report) = (home.path().join("own"), home.path().join("report"));
        fs::create_dir(&own).unwrap();
        write(&files("first"), &report).unwrap();
        for folder in [&own, &report] {
            fs::write(folder.join(format!("thesis.{ending}")), "years").unwrap();
            refuses(folder, &format!("thesis.{ending}"));
            assert_eq!(fs::read_to_string(folder.join(format!("thesis.{ending}"))).unwrap(), "years");
        }
        assert_eq!(page(&report), "first");
    }
}

#[test]
fn files_that_are_named_as_a_report_s_are_no_report() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path();
    fs::write(out.join("summary.json"), SUMMARY).unwrap();
    refuses(out, "summary.json, which no earlier report wrote");
    // A list makes no report of them either, and no list reaches out of its folder.
    fs::write(out.join(".pollhook"), "# pollhook\nsummary.json\nplot.png\n../other.csv\n").unwrap();
    for (summary, holds) in [("{}", false), ("[1, 2]", false), ("not json", false)] {
        fs::write(out.join("summary.json"), summary).unwrap();
        assert_eq!(check(out).is_ok(), holds, "{summary}");
        refuses(out, "no summary.json of pollhook's");
    }
    fs::write(out.join("summary.json"), SUMMARY).unwrap();
    fs::create_dir(out.join("plot.png")).unwrap();
    refuses(out, "plot.png");
    fs::remove_dir(out.join("plot.png")).unwrap();
    check(out).unwrap();
}

#[test]
fn an_empty_folder_and_a_report_without_some_of_its_files_are_replaced() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    fs::create_dir(&out).unwrap();
    write(&files("first"), &out).unwrap();
    fs::remove_file(out.join("index.html")).unwrap();
    write(&files("second"), &out).unwrap();
    assert_eq!(page(&out), "second");
    assert_eq!(names(home.path()), ["day"]);
}

#[test]
fn an_earlier_report_that_cannot_be_deleted_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    write(&files("first"), &out).unwrap();
    // As if somebody put a file into it after it was looked at.
    fs::write(out.join("late.csv"), "years").unwrap();
    let refused = earlier::delete(&out).unwrap_err();
    assert!(refused.to_string().contains("late.csv"), "{refused}");
    assert_eq!(names(&out), [".pollhook", "index.html", "late.csv", "summary.json"]);
    let leftover = WriteError::Leftover { path: out, source: refused }.to_string();
    assert!(leftover.contains("delete it yourself"), "{leftover}");
}

#[test]
fn without_an_exchange_the_earlier_report_steps_aside_or_comes_back() {
    let home = tempfile::tempdir().unwrap();
    let [new, out, old] = ["new", "day", "old"].map(|name| home.path().join(name));
    write(&files("first"), &out).unwrap();
    assert!(place::step_aside(&new, &out, &old).is_err(), "there is no new one");
    assert_eq!((page(&out).as_str(), names(home.path())), ("first", vec!["day".to_owned()]));
    write(&files("second"), &new).unwrap();
    place::step_aside(&new, &out, &old).unwrap();
    assert_eq!((page(&out).as_str(), page(&old).as_str(), new.exists()), ("second", "first", false));
}

#[cfg(unix)]
#[test]
fn what_killed_runs_left_is_swept_away_and_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    // A killed run leaves a half-written folder, or an earlier report that had stepped aside.
    let half = home.path().join(".day.new-4711-0");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("events.csv"), "half").unwrap();
    write(&files("earlier"), &home.path().join(".day.old-4711-1")).unwrap();
    // The folder of a writer that lives, and what only looks like one.
    let (living, _claim) = place::claim(&out).unwrap();
    let others = [".day.old-4711-2", ".day.new-mine", ".night.new-4711-0", "day.new-4711-0", ".day.new"];
    for other in others {
        fs::create_dir(home.path().join(other)).unwrap();
        fs::write(home.path().join(other).join("thesis.csv"), "years").unwrap();
    }
    write(&files("first"), &out).unwrap();
    let living = living.file_name().unwrap().to_str().unwrap();
    let mut expected = [&others[..], &["day", living]].concat();
    expected.sort_unstable();
    assert_eq!(names(home.path()), expected);
}

#[cfg(unix)]
#[test]
fn several_writers_of_one_folder_all_succeed_and_leave_one_whole_report() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let out = &out;
            scope.spawn(move || {
                for round in 0..40 {
                    let mut files = files(&format!("{writer} {round}"));
                    files.push((format!("{writer}.csv"), Vec::new()));
                    let written = write(&files, out).unwrap();
                    assert!(written.leftover.is_none(), "{:?}", written.leftover);
                }
            });
        }
    });
    let writer = &page(&out)[..1];
    assert_eq!(names(&out), [".pollhook", &format!("{writer}.csv"), "index.html", "summary.json"]);
    assert_eq!(names(home.path()), ["day"]);
}

#[cfg(target_os = "linux")]
#[test]
fn there_is_a_report_in_its_place_at_every_moment() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("day");
    write(&files("first"), &out).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                assert!(out.is_dir(), "a moment without a report");
            }
        });
        for round in 0..200 {
            write(&files(&round.to_string()), &out).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        watch.join().unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let home = tempfile::tempdir().unwrap();
    let (target, link) = (home.path().join("disk/target"), home.path().join("day"));
    fs::create_dir_all(&target).unwrap();
    std::os::unix::fs::symlink("disk/target", &link).unwrap();
    for text in ["first", "second"] {
        assert_eq!(write(&files(text), &link).unwrap().folder, link);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!((page(&link), page(&target)), (text.to_owned(), text.to_owned()));
    }
    assert_eq!(
        (names(home.path()), names(&home.path().join("disk"))),
        (vec!["day".to_owned(), "disk".to_owned()], vec!["target".to_owned()])
    );
    fs::write(target.join("thesis.csv"), "years").unwrap();
    refuses(&link, "thesis.csv");
    fs::remove_dir_all(&target).unwrap();
    assert!(write(&files("third"), &link).is_err(), "a link to nothing is somebody's, too");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn an_unwritable_place_is_named_with_its_remedy() {
    // Nobody may make a folder in /proc, the superuser neither.
    let message = write(&files("x"), Path::new("/proc/reports/day")).unwrap_err().to_string();
    assert!(message.contains("/proc") && message.contains("--out"), "{message}");
}
