//! The gallery: `reports/gallery/` is what the program writes for the shipped scenarios and for questions of several runs,
//! but for the pictures and tables that the pages hold anyway. `UPDATE=1 cargo test --test gallery` makes it anew.

use assert_cmd::Command;
use pollhook::scenario::{self, shipped};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A file's path in the gallery, and what it holds.
type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn the_gallery_is_what_the_program_writes() {
    let written = written();
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/gallery");
    if std::env::var_os("UPDATE").is_some() {
        update(&gallery, &written);
    }
    let committed = read(&gallery);
    let names = |files: &Files| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&written), "out of date: run with UPDATE=1");
    let differ: Vec<&String> =
        written.iter().filter(|(name, bytes)| committed[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "out of date: run with UPDATE=1: {differ:?}");
}

#[test]
fn the_readme_names_every_shipped_scenario() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for one in shipped().iter().filter(|one| one.name != "reference") {
        let title = scenario::load(one.name, one.text, &[]).unwrap().title;
        let row = format!("| {title} | [`{0}`](reports/gallery/{0}) |", one.name);
        assert!(readme.contains(&row), "missing: {row}");
    }
}

/// Runs every shipped scenario; returns the files that are kept, and the page that shows them.
fn written() -> Files {
    let folder = TempDir::new().unwrap();
    let names: Vec<&str> = shipped().iter().map(|one| one.name).collect();
    let mut command = Command::cargo_bin("pollhook").unwrap();
    command.current_dir(folder.path()).args(["run", "--quiet", "--out", "gallery"]).args(&names);
    command.assert().success();
    let mut more = String::new();
    for (title, command, pictures) in MORE {
        let line = format!(
            "PATH=\"$(dirname '{}'):$PATH\"; {command}",
            assert_cmd::cargo::cargo_bin("pollhook").display()
        );
        let shell = std::process::Command::new("sh")
            .current_dir(folder.path())
            .args(["-ec", &line])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&shell.stdout).into_owned();
        assert!(shell.status.success(), "{said}{}", String::from_utf8_lossy(&shell.stderr));
        let shown = command.replace("gallery/", "reports/");
        more +=
            &format!("\n## {title}\n\n```sh\n{shown}\n```\n\n{}\n", said.lines().last().unwrap_or_default());
        more += &pictures.iter().map(|(picture, alt)| format!("\n![{alt}]({picture})\n")).collect::<String>();
    }
    let mut files = read(&folder.path().join("gallery"));
    let index = index(&files, &names) + &more;
    files.insert("README.md".into(), index.into_bytes());
    files
}

/// A picture's file and its words.
type Picture = (&'static str, &'static str);

/// A question of several runs each, the commands that answer it, and pictures with their words; the last line that the
/// commands print is the answer.
const MORE: [(&str, &str, &[Picture]); 3] = [
    (
        "How often should the reconciling poll run?",
        "pollhook sweep day --vary 'client.webhook + poll 15m.reconcile=1m,2m,5m,10m,15m,30m,1h' --replications 30 \\\n  \
         --find 'webhook + poll 15m.known_after_s.p99 < 20m' --cheapest 'webhook + poll 15m.requests.per_s' --quiet --out gallery/sweep",
        &[],
    ),
    (
        "Who is fresher, and who sends fewer requests, at every event rate and interval?",
        "pollhook sweep crossover --vary events.arrivals.rate=6/h..60/m:log:7 --vary client.poll.interval=5s..1h:log:7 \\\n  \
         --quiet --out gallery/sweep",
        &[("sweep/crossover/crossover.svg", "Who is fresher, and who sends fewer requests?")],
    ),
    (
        "Two reports side by side: what does a reconciling poll change that comes three times as often?",
        "pollhook run day --replications 10 --quiet --out before\n\
         pollhook run day --replications 10 --quiet --out after \\\n  \
         --set 'client.webhook + poll 15m.reconcile=5m'\n\
         pollhook compare before/day after/day --out gallery/compare | head -n 1",
        &[
            ("compare/ratios.svg", "What changed, and by how much?"),
            ("compare/known.svg", "How late is it known, now and before?"),
            ("compare/differences.svg", "For how many events is it later?"),
            ("compare/quantiles.svg", "By how much is it later, from the usual event to the rare one?"),
            ("compare/beside.svg", "How did the event with the largest difference arrive?"),
        ],
    ),
];

/// One section for each scenario: its question, the answer, and the two charts that say most.
fn index(files: &Files, names: &[&str]) -> String {
    let mut text = String::from(
        "# Gallery\n\nWhat `pollhook run` writes for the shipped scenarios: in each folder the report \
         (`index.html`, to be opened in a browser), its figures (`summary.json`) and its charts.\n",
    );
    for name in names {
        let summary: serde_json::Value =
            serde_json::from_slice(&files[&format!("{name}/summary.json")]).unwrap();
        let (title, answer) = (&summary["scenario"]["title"], &summary["answer"]);
        text += &format!(
            "\n## {}\n\n`pollhook run {name}`: {}\n",
            title.as_str().unwrap(),
            answer.as_str().unwrap()
        );
        for (chart, alt) in [("known", "How late did we learn of it?"), ("lanes", "Who calls whom?")] {
            if files.contains_key(&format!("{name}/{chart}.svg")) {
                text += &format!("\n![{alt}]({name}/{chart}.svg)\n");
            }
        }
    }
    text
}

fn update(gallery: &Path, files: &Files) {
    let _ = fs::remove_dir_all(gallery);
    for (name, bytes) in files {
        let path = gallery.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The files of a gallery that are kept, by their paths in it.
fn read(folder: &Path) -> Files {
    fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, paths) } else { paths.push(path) }
        }
    }
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    let kept = |path: &PathBuf| {
        path.extension()
            .is_some_and(|ending| ["html", "json", "svg", "md"].iter().any(|kept| ending == *kept))
    };
    let name = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
    paths.iter().filter(|path| kept(path)).map(|path| (name(path), fs::read(path).unwrap())).collect()
}
