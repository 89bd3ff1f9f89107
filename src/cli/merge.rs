//! `pollhook merge`: the one report of the parts that `run --shard` wrote.

use super::args::MergeArgs;
use super::run::{Shown, finish};
use super::{End, complain, inputs, stop};
use pollhook::RunOptions;
use pollhook::report::part::{self, Head, PartError};
use pollhook::report::{folder, scratch};
use pollhook::scenario::{self, Scenario};
use pollhook::study;
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

fn merged(options: &MergeArgs) -> Result<End, (String, End)> {
    let refused = |why: String| (why, End::Refused);
    let failed = |why: String| (why, End::Failed);
    let (scenario, parts) = checked(&options.parts).map_err(refused)?;
    let out = options.out.join(&scenario.name);
    folder::check(&out).map_err(|error| failed(error.to_string()))?;
    let stopped = stop::on_signal("stopped; nothing is merged");
    let mut readers = Vec::new();
    for path in parts {
        let open = open(path).and_then(|file| part::tallies(file).map_err(InPart::of(path)));
        readers.push((path, open.map_err(|error| failed(error.to_string()))?));
    }
    let of = readers.len();
    let mut number = 0;
    let next = std::iter::from_fn(|| {
        let (path, reader) = &mut readers[number % of];
        number += 1;
        Some(reader.next()?.map_err(InPart::of(path)))
    });
    let control = RunOptions::until(&stopped).with_scratch(scratch::open);
    let results = study::merge(&scenario, control, options.all_events, next).map_err(|error| {
        let end = if stopped.load(Ordering::Relaxed) { End::Stopped } else { End::Failed };
        (error.to_string(), end)
    })?;
    if stopped.load(Ordering::Relaxed) {
        return Err(("stopped; nothing is merged".to_owned(), End::Stopped));
    }
    let shown = Shown {
        out: &options.out,
        charts: !options.no_charts,
        format: options.format,
        quiet: options.quiet,
        open: options.open,
    };
    let mut summaries = Vec::new();
    let end = finish(&results, &shown, &mut summaries);
    Ok(end.max(super::print(&summaries.concat())))
}

/// The scenario of the parts, and these in order. They are whole, of one run, and all there.
fn checked(paths: &[PathBuf]) -> Result<(Scenario, Vec<&Path>), String> {
    let mut heads: Vec<(String, Head)> = Vec::new();
    let mut faulty: Vec<String> = Vec::new();
    for path in paths {
        match open(path).and_then(|file| part::check(file).map_err(InPart::of(path))) {
            Ok(head) => heads.push((path.display().to_string(), head)),
            Err(error) => faulty.push(error.to_string()),
        }
    }
    if !faulty.is_empty() {
        return Err(format!("nothing is merged: {}", faulty.join("\n  ")));
    }
    let places = part::complete(&heads).map_err(|error| error.to_string())?;
    let scenario = scenario::from_resolved(&heads[0].1.scenario, &inputs::profile_file)
        .map_err(|error| format!("{}: {error}", heads[0].0))?;
    Ok((scenario, places.into_iter().map(|place| paths[place].as_path()).collect()))
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
