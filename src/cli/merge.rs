//! `pollhook merge`: the one report of the parts that `run --shard` or `sweep --shard` wrote.

use super::args::MergeArgs;
use super::kinds::{self, Kind};
use super::running::Shown;
use super::{End, complain, inputs, run, stop, sweep};
use pollhook::RunOptions;
use pollhook::report::part::{self, Head, PartError, Swept};
use pollhook::report::{folder, scratch};
use pollhook::scenario::{self, Scenario};
use pollhook::study;
use pollhook::sweep::Sweep;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use thiserror::Error;

/// Merges parts. All are read and checked before the first figure is added.
pub(crate) fn merge(options: &MergeArgs) -> End {
    match merged(options) {
        Ok(end) => end,
        Err((why, end)) => {
            complain(why);
            end
        }
    }
}

/// Why nothing is merged, and how the program ends.
type Fault = (String, End);

fn refused(why: impl ToString) -> Fault {
    (why.to_string(), End::Refused)
}

fn failed(why: impl ToString) -> Fault {
    (why.to_string(), End::Failed)
}

fn merged(options: &MergeArgs) -> Result<End, Fault> {
    let (head, parts) = checked(&options.parts)?;
    let scenario = scenario::from_resolved(&head.scenario, &inputs::profile_file)
        .map_err(|error| refused(format!("{}: {error}", parts[0].display())))?;
    folder::check(&options.out.join(&scenario.name)).map_err(failed)?;
    match &head.sweep {
        Some(sweep) => of_sweep(scenario, sweep, &parts, options),
        None => of_run(&scenario, &parts, options),
    }
}

fn of_run(scenario: &Scenario, parts: &[&Path], options: &MergeArgs) -> Result<End, Fault> {
    let replication = options.replication.unwrap_or(1);
    if replication > scenario.replications {
        return Err(refused(run::no_replication(scenario, replication)));
    }
    let stopped = stop::on_signal(STOPPED);
    let mut readers = Vec::new();
    for &path in parts {
        let open = open(path).and_then(|file| part::tallies(file).map_err(InPart::of(path)));
        readers.push((path, open.map_err(failed)?));
    }
    let of = readers.len();
    let mut number = 0;
    let next = std::iter::from_fn(|| {
        let (path, reader) = &mut readers[number % of];
        number += 1;
        Some(reader.next()?.map_err(InPart::of(path)))
    });
    let control = RunOptions::until(&stopped).with_scratch(scratch::open);
    let results = study::merge(scenario, replication - 1, control, options.all_events, next);
    if stopped.load(Ordering::Relaxed) {
        return Err((STOPPED.to_owned(), End::Stopped));
    }
    let mut summaries = Vec::new();
    let end = run::finish(&results.map_err(failed)?, &shown(options), &mut summaries);
    Ok(end.max(super::print(&summaries.concat())))
}

fn of_sweep(base: Scenario, swept: &Swept, parts: &[&Path], options: &MergeArgs) -> Result<End, Fault> {
    if options.replication.is_some() || options.all_events {
        let option = if options.all_events { "--all-events" } else { "--replication" };
        return Err(refused(format!("{option} is of runs, and these are parts of a sweep; leave it out")));
    }
    let stopped = stop::on_signal(STOPPED);
    let mut points = Vec::new();
    for &path in parts {
        let own = open(path).and_then(|file| part::points(file).map_err(InPart::of(path)));
        points.extend(own.map_err(failed)?);
    }
    let ran = swept.together(points).map_err(failed)?;
    let (grid, asked) = (swept.grid().map_err(refused)?, swept.asked().map_err(refused)?);
    let sweep = Sweep::new(base, grid, ran, asked).map_err(refused)?;
    if stopped.load(Ordering::Relaxed) {
        return Err((STOPPED.to_owned(), End::Stopped));
    }
    Ok(sweep::finish(&sweep, &shown(options)).unwrap_or_else(|end| end))
}

fn shown(options: &MergeArgs) -> Shown<'_> {
    let MergeArgs { out, no_charts, format, quiet, open, .. } = options;
    Shown { out, charts: !no_charts, format: *format, quiet: *quiet, open: *open }
}

const STOPPED: &str = "stopped; nothing is merged";

/// What the parts are of, and these in order. They are whole, of one run or sweep, and all there.
fn checked(paths: &[PathBuf]) -> Result<(Head, Vec<&Path>), Fault> {
    let mut heads: Vec<(String, Head)> = Vec::new();
    let mut faulty: Vec<String> = Vec::new();
    for path in paths {
        if let Some(why) = no_part(path) {
            faulty.push(format!("{}: {why}", path.display()));
            continue;
        }
        match open(path).and_then(|file| part::check(file).map_err(InPart::of(path))) {
            Ok(head) => heads.push((path.display().to_string(), head)),
            Err(error) => faulty.push(error.to_string()),
        }
    }
    if !faulty.is_empty() {
        return Err(refused(format!("nothing is merged: {}", faulty.join("\n  "))));
    }
    let places = part::complete(&heads).map_err(refused)?;
    let parts = places.into_iter().map(|place| paths[place].as_path()).collect();
    Ok((heads.swap_remove(0).1, parts))
}

/// Why a folder is no part.
fn no_part(path: &Path) -> Option<String> {
    if !path.is_dir() {
        return None;
    }
    Some(match kinds::kind(path) {
        Some(Kind::Parts) => format!("it is a folder; name its parts: {}", path.join("*.part").display()),
        Some(kind) => format!(
            "it is {}, which is whole; parts are the files that `pollhook run --shard K/N` and `pollhook sweep --shard K/N` \
             write",
            kind.words()
        ),
        None => "it is a folder; name the files that `--shard K/N` wrote".to_owned(),
    })
}

fn open(path: &Path) -> Result<BufReader<File>, InPart> {
    File::open(path).map(BufReader::new).map_err(PartError::from).map_err(InPart::of(path))
}

/// A fault of one part.
#[derive(Debug, Error)]
#[error("{}: {fault}", path.display())]
struct InPart {
    path: PathBuf,
    fault: PartError,
}

impl InPart {
    fn of(path: &Path) -> impl FnOnce(PartError) -> Self {
        let path = path.to_owned();
        move |fault| Self { path, fault }
    }
}
