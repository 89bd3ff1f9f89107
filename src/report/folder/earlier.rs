//! Decides which folder is an earlier report, and deletes it.
//!
//! A report contains the list of its files, [`LIST`]. So each report says itself what may be deleted with it, whatever
//! version wrote it and whatever charts and clients it had. Guessing from file names or endings would be wrong both ways:
//! a user's own `data.csv` would be taken for a part of a report, or an older report for the user's work.

use super::super::File;
use super::{WriteError, at};
use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::Path;

/// The name of the list: a line that says what it is, then a file's name on each line. The leading dot keeps it out of
/// the way of those who read the report.
pub const LIST: &str = ".pollhook";

/// How its first line begins.
const MARK: &str = "# pollhook";

/// The list of a report with files of these names.
pub(super) fn list<'a>(names: impl Iterator<Item = &'a str>) -> File {
    let mut text =
        format!("{MARK} wrote these files; only they are deleted when a report replaces this one\n");
    for name in names {
        text += &format!("{name}\n");
    }
    (LIST.to_owned(), text.into_bytes())
}

/// Whether nothing is lost where `out` makes way: it does not exist, is empty, or is an earlier report and nothing
/// else.
pub(super) fn replaceable(out: &Path) -> Result<(), WriteError> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if out.is_file() => return Err(WriteError::NotAFolder(out.to_owned())),
        Err(refused) => return Err(at(out)(refused)),
    };
    let mut entries = entries.collect::<io::Result<Vec<DirEntry>>>().map_err(at(out))?;
    entries.sort_by_key(DirEntry::file_name);
    let listed = listed(out);
    if let Some(foreign) = entries.iter().find(|entry| !is_listed(entry, &listed)) {
        let found = foreign.file_name().to_string_lossy().into_owned();
        return Err(WriteError::NotAReport { folder: out.to_owned(), found });
    }
    if entries.is_empty() || has_summary(out) { Ok(()) } else { Err(WriteError::NoSummary(out.to_owned())) }
}

/// Deletes an earlier report, file by file as listed, so that what somebody puts into it meanwhile survives.
pub(super) fn delete(report: &Path) -> io::Result<()> {
    let listed = listed(report);
    let entries = fs::read_dir(report)?.collect::<io::Result<Vec<DirEntry>>>()?;
    if let Some(foreign) = entries.iter().find(|entry| !is_listed(entry, &listed)) {
        let message = format!("it holds {}, which no report wrote", foreign.file_name().display());
        return Err(io::Error::other(message));
    }
    // The list goes last: a deletion that is cut short can be taken up again.
    for entry in entries.iter().filter(|entry| entry.file_name() != LIST) {
        fs::remove_file(entry.path())?;
    }
    match fs::remove_file(report.join(LIST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::remove_dir(report),
    }
}

/// The names on a folder's list; none where there is no list.
fn listed(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    let mut lines = text.lines();
    match lines.next() {
        Some(first) if first.starts_with(MARK) => lines.map(str::to_owned).chain([LIST.to_owned()]).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whether it is a file on the list; a folder or a link of such a name is somebody's.
fn is_listed(entry: &DirEntry, listed: &BTreeSet<String>) -> bool {
    let named = entry.file_name().to_str().is_some_and(|name| listed.contains(name));
    named && entry.file_type().is_ok_and(|kind| kind.is_file())
}

/// Whether there is a `summary.json` of pollhook's, of one run or an array of several, the `compare.json` of a comparison
/// or the `twin.json` of a run in both engines.
fn has_summary(folder: &Path) -> bool {
    let has = |file: &str, list: &str| {
        let text = fs::read(folder.join(file)).unwrap_or_default();
        serde_json::from_slice::<serde_json::Value>(&text)
            .is_ok_and(|value| value["schema"].is_u64() && value[list].is_array())
    };
    if has("compare.json", "rows") || has("twin.json", "clients") {
        return true;
    }
    let text = fs::read(folder.join("summary.json")).unwrap_or_default();
    let is_summary = |value: &serde_json::Value| value["schema"].is_u64() && value["version"].is_string();
    match serde_json::from_slice::<serde_json::Value>(&text) {
        Ok(serde_json::Value::Array(all)) => !all.is_empty() && all.iter().all(is_summary),
        Ok(one) => is_summary(&one),
        Err(_) => false,
    }
}
