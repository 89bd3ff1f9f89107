//! Scenario files: every shipped one loads, obeys the schema and survives being written and read; every invalid one is
//! refused, by the reader and by the schema, with messages that are snapshots.
//!
//! `UPDATE=1` writes `scenarios/scenario.schema.json` and `scenarios/reference.toml`.

mod delivery;
mod mutated;
mod overrides;
mod providers;
mod published;
mod refused;
mod shipped;
mod written;

use pollhook::scenario::{self, Override, Problems, Scenario, Shipped, load};
use std::fs;
use std::path::{Path, PathBuf};

fn load_shipped(shipped: &Shipped) -> Scenario {
    load(shipped.name, shipped.text, &[]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn load_with(name: &str, set: &[&str]) -> Result<Scenario, Problems> {
    let overrides: Vec<Override> = set.iter().map(|set| set.parse().expect("PATH=VALUE")).collect();
    load(name, scenario::find(name).expect("a shipped scenario").text, &overrides)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names of the TOML files in a folder, sorted.
fn stems(name: &str) -> Vec<String> {
    let files = fs::read_dir(folder(name)).expect("the folder").map(|entry| entry.expect("an entry").path());
    let toml = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let mut stems: Vec<String> =
        toml.map(|path| path.file_stem().expect("a name").to_string_lossy().into()).collect();
    stems.sort();
    stems
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft202012::new(&scenario::schema()).expect("a valid schema")
}

fn as_json(toml: &str) -> serde_json::Value {
    serde_json::to_value(toml::from_str::<toml::Table>(toml).expect("TOML")).expect("JSON")
}
