//! The map of the modules in `lib.rs`, as a test: a module uses only modules before it.

mod paths;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of the crate, in the order in which data flows, each with the modules that it may use.
const LAYERS: [(&str, &[&str]); 19] = [
    ("time", &[]),
    ("rng", &[]),
    ("parallel", &[]),
    ("scratch", &[]),
    ("figure", &[]),
    ("theory", &[]),
    ("policy", &["time", "rng"]),
    ("scenario", &["time", "figure", "policy"]),
    ("model", &["time", "rng", "policy", "scenario"]),
    ("measure", &["time", "figure", "policy", "scenario", "model"]),
    ("sim", &["time", "parallel", "scratch", "rng", "policy", "scenario", "model", "measure"]),
    ("live", &["time", "rng", "policy", "scenario", "model", "measure"]),
    (
        "study",
        &[
            "time", "parallel", "scratch", "figure", "rng", "policy", "scenario", "model", "measure", "sim",
            "theory",
        ],
    ),
    ("compare", &["parallel", "rng", "figure", "measure", "study"]),
    ("sweep", &["parallel", "figure", "scenario", "sim", "study"]),
    ("twin", &["time", "rng", "policy", "scenario", "model", "measure", "sim", "study"]),
    ("chart", &["time", "figure", "policy", "scenario", "study", "compare", "sweep", "twin"]),
    (
        "report",
        &[
            "time", "parallel", "scratch", "figure", "policy", "scenario", "study", "compare", "sweep",
            "twin", "chart",
        ],
    ),
    (
        "cli",
        &[
            "time", "rng", "figure", "scenario", "model", "measure", "sim", "live", "study", "compare",
            "sweep", "twin", "report",
        ],
    ),
];

/// The modules of the crate that a module uses outside its tests, with the file and line of each use. A name at the root
/// that is no module stands for the module from which `lib.rs` exports it.
fn uses(module: &str, src: &Path) -> BTreeMap<String, Vec<String>> {
    let exported = exported(&fs::read_to_string(src.join("lib.rs")).unwrap());
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files(module, src) {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("\nmod tests {").next().unwrap_or_default();
        let inner = file.strip_prefix(src).unwrap();
        let is_folder = file.file_stem().is_some_and(|stem| stem == "mod");
        let depth = inner.components().count() - usize::from(is_folder);
        for (name, line) in paths::names(code, depth) {
            let name = exported.get(&name).cloned().unwrap_or(name);
            found.entry(name).or_default().push(format!("{}:{line}", inner.display()));
        }
    }
    found
}

/// The names that `lib.rs` exports, each with its module.
fn exported(lib: &str) -> BTreeMap<String, String> {
    let mut exported = BTreeMap::from([("run".to_owned(), "study".to_owned())]);
    let list = lib.split("pub use {").nth(1).unwrap().split("\n};").next().unwrap();
    for line in list.lines().filter_map(|line| line.trim().strip_suffix(',')) {
        let (module, rest) = line.split_once("::").unwrap();
        let names = rest.split(['{', '}', ',', ':']).map(str::trim).filter(|name| !name.is_empty());
        exported.extend(names.map(|name| (name.to_owned(), module.to_owned())));
    }
    exported
}

/// The files of a module, without tests.
fn files(module: &str, src: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = vec![src.join(module).with_extension("rs")];
    let mut folders = vec![src.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            if TEST_FILES.contains(&&*stem) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.retain(|file| file.is_file());
    files.sort();
    files
}

/// Files and folders that are compiled for tests only.
const TEST_FILES: [&str; 3] = ["tests", "sample", "samples"];

#[test]
fn a_module_uses_only_modules_before_it() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for (module, allowed) in LAYERS {
        assert!(!files(module, &src).is_empty(), "the module {module} has no file");
        let uses = uses(module, &src);
        for (name, places) in
            uses.iter().filter(|(name, _)| *name != module && !allowed.contains(&name.as_str()))
        {
            faults.push(format!("{module} uses {name}: {}", places.join(", ")));
        }
        let unused = allowed.iter().filter(|allowed| !uses.contains_key(**allowed));
        faults.extend(unused.map(|name| format!("{module} may use {name} and does not")));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_layers_are_those_of_the_crate() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let listed = fs::read_to_string(src.join("lib.rs")).unwrap();
    let mut declared: Vec<&str> = listed
        .lines()
        .filter_map(|line| {
            line.trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ")
        })
        .filter_map(|rest| rest.strip_suffix(';'))
        .collect();
    // The command line belongs to the binary.
    declared.push("cli");
    declared.sort_unstable();
    let mut layers: Vec<&str> = LAYERS.iter().map(|(module, _)| *module).collect();
    layers.sort_unstable();
    assert_eq!(declared, layers);
}
