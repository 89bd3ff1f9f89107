//! `pollhook verify`: runs the scenario of a report again, and says whether every file has the same bytes.

use super::args::VerifyArgs;
use super::kinds::{self, Kind};
use super::running::Virtual;
use super::say::{clean, note};
use super::{End, complain, inputs, print};
use pollhook::RunOptions;
use pollhook::report::{self, File};
use pollhook::scenario::{self, Scenario};
use pollhook::study::summary::{Engine, Summary};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Verifies reports, one after the other; the program ends with the worst status of all.
pub(crate) fn verify(options: &VerifyArgs) -> End {
    options.reports.iter().map(|folder| one(folder, options.quiet)).max().unwrap_or(End::Done)
}

fn one(folder: &Path, quiet: bool) -> End {
    let folder_name = folder.display();
    let (scenario, summary, names) = match claimed(folder) {
        Ok(claimed) => claimed,
        Err(why) => {
            complain(format!("cannot verify {folder_name}: {why}"));
            return End::Refused;
        }
    };
    let files = match again(&scenario, &summary, &names, quiet) {
        Ok(files) => files,
        Err(why) => {
            complain(format!("cannot verify {folder_name}: {why}"));
            return End::Failed;
        }
    };
    let differences = differences(folder, &files, &names);
    if differences.is_empty() {
        let (count, seed, version) = (files.len(), scenario.seed, env!("CARGO_PKG_VERSION"));
        let same =
            format!("{folder_name}: the same bytes in all {count} files (seed {seed}, version {version})\n");
        return if quiet { End::Done } else { print(&clean(&same)) };
    }
    let of = files.len();
    let list: String = differences.iter().map(|difference| format!("  {difference}\n")).collect();
    let count = differences.len();
    let files = if count == 1 { "file is" } else { "files are" };
    End::Failed.max(print(&clean(&format!(
        "{folder_name}: {count} {files} not as this run writes the {of}:\n{list}"
    ))))
}

/// The scenario that a report says it is of, its summary, and the names of the files in its folder.
fn claimed(folder: &Path) -> Result<(Scenario, Summary, BTreeSet<String>), String> {
    let remedy = |kind| match kind {
        Kind::Twin => "its live runs measure anew each time, and `pollhook twin` runs both engines again",
        Kind::Comparison => "verify the reports that it compares, and compare them again",
        Kind::Sweep => "run one of its settings alone, with `pollhook run --set`, and verify that",
        Kind::Run | Kind::Parts => "",
    };
    if let Some(why) = kinds::not_a_run(folder, |kind| remedy(kind).to_owned()) {
        return Err(why);
    }
    let text = fs::read_to_string(folder.join("summary.json")).map_err(|error| {
        format!(
            "cannot read its summary.json: {error}; name the folder of a report, which `pollhook run` writes"
        )
    })?;
    let version = version(&text)?;
    if version != env!("CARGO_PKG_VERSION") {
        return Err(format!(
            "version {version} wrote it, and this is version {}; verify it with that version",
            env!("CARGO_PKG_VERSION")
        ));
    }
    let summary: Summary =
        serde_json::from_str(&text).map_err(|error| format!("its summary.json is damaged: {error}"))?;
    if summary.engine == Engine::Live {
        return Err(
            "it is of a live run, which measures anew each time; `pollhook compare` compares two".into()
        );
    }
    if !summary.complete {
        return Err("its run was stopped before the end, at a moment that no other run meets".into());
    }
    let scenario = scenario::from_resolved(&summary.scenario, &inputs::profile_file)
        .map_err(|error| error.to_string())?;
    let entries = fs::read_dir(folder).map_err(|error| error.to_string())?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    Ok((scenario, summary, names.collect::<Result<_, _>>().map_err(|error| error.to_string())?))
}

/// The version that wrote a summary, of whatever format it is.
fn version(text: &str) -> Result<String, String> {
    let json: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("its summary.json is damaged: {error}"))?;
    match json.get("version").and_then(serde_json::Value::as_str) {
        Some(version) => Ok(version.to_owned()),
        None if json.is_array() => {
            Err("it is of a sweep; run one of its settings alone, with `pollhook run --set`, and verify that"
                .into())
        }
        None => Err("its summary.json is not pollhook's".into()),
    }
}

/// The files of the report, made again. Options that change which files there are can be seen in the folder.
fn again(
    scenario: &Scenario,
    summary: &Summary,
    names: &BTreeSet<String>,
    quiet: bool,
) -> Result<Vec<File>, String> {
    let asked = Virtual {
        precision: summary.precision.as_ref().map(|precision| precision.wanted),
        at_most: scenario.replications,
        replication: summary.replication,
        all_events: names.contains("events.csv"),
        quiet,
    };
    // A warm-up that was found is found again.
    let scenario = scenario.as_written();
    let results = asked.run(&scenario, RunOptions::TO_THE_END.with_scratch(report::scratch::open));
    let results = results.ok_or("it has no replication")?;
    let charts = names.iter().any(|name| name.ends_with(".png") || name.ends_with(".svg"));
    if !quiet && !charts {
        note(&clean(&format!("{}: without charts, as its folder is\n", scenario.name)));
    }
    report::files(&results, charts).map_err(|error| error.to_string())
}

/// What is not as it should be, file by file.
fn differences(folder: &Path, files: &[File], names: &BTreeSet<String>) -> Vec<String> {
    let mut differences: Vec<String> =
        files.iter().filter_map(|(name, bytes)| difference(folder, name, bytes)).collect();
    let ours: BTreeSet<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let foreign =
        names.iter().filter(|name| !ours.contains(name.as_str()) && name.as_str() != report::folder::LIST);
    differences.extend(foreign.map(|name| format!("{name}: this run does not write it")));
    differences
}

fn difference(folder: &Path, name: &str, bytes: &[u8]) -> Option<String> {
    match fs::read(folder.join(name)) {
        Ok(found) if found == bytes => None,
        Ok(found) => Some(format!("{name}: {}", first(bytes, &found))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(format!("{name}: it is missing")),
        Err(error) => Some(format!("{name}: cannot be read: {error}")),
    }
}

/// Where the bytes that were found first differ from those of the run.
fn first(run: &[u8], found: &[u8]) -> String {
    let at = run.iter().zip(found).take_while(|(a, b)| a == b).count();
    let line = run[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let place = match std::str::from_utf8(run) {
        Ok(_) => format!("line {line}, byte {}", at + 1),
        Err(_) => format!("byte {}", at + 1),
    };
    match (at == run.len(), at == found.len()) {
        (true, _) => format!("it has {} bytes more than the run's {}", found.len() - at, run.len()),
        (_, true) => format!("it ends at {place}, and {} bytes are missing", run.len() - at),
        _ => format!("it differs from {place} on"),
    }
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_first_difference_is_told_by_its_place() {
        assert_eq!(first(b"a\nbc\n", b"a\nbd\n"), "it differs from line 2, byte 4 on");
        assert_eq!(first(b"a\nbc\n", b"a\nb"), "it ends at line 2, byte 4, and 2 bytes are missing");
        assert_eq!(first(b"a", b"abc"), "it has 2 bytes more than the run's 1");
        assert_eq!(first(b"\xff\n1", b"\xff\n2"), "it differs from byte 3 on");
    }
}
