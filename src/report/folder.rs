//! Writes a folder of files whole or not at all: beside its place first, then renamed into it.
//!
//! It knows nothing of what the files say. Whatever goes wrong, an earlier folder stays as it was and nothing
//! half-written is left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A file of the folder: its name (no path) and its bytes.
pub type File = (String, Vec<u8>);

/// Why a folder could not be written. The earlier one, if any, is untouched.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The place is taken by something that is no folder.
    #[error("cannot write the report to {}: it is a file; choose another folder with --out", .0.display())]
    NotAFolder(PathBuf),
    /// The folder holds something that no report has, so replacing it would delete somebody's work.
    #[error(
        "cannot replace {}: it holds {found}, which is no part of a report; choose another folder with --out, or move it away",
        folder.display()
    )]
    NotAReport {
        /// The folder.
        folder: PathBuf,
        /// The first entry that is no part of a report.
        found: String,
    },
    /// The operating system refused.
    #[error("cannot write {}: {source}; {}", path.display(), remedy(source))]
    Io {
        /// What was being written, made or moved.
        path: PathBuf,
        /// The refusal.
        source: io::Error,
    },
}

/// Writes the files into the folder `out`, making its parents; an earlier report there is replaced once all
/// files of the new one are written. Returns the folder.
pub fn write(files: &[File], out: &Path) -> Result<PathBuf, WriteError> {
    replaceable(out)?;
    let parent =
        out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let made = first_missing(parent);
    let written = fs::create_dir_all(parent).map_err(at(parent)).and_then(|()| write_beside(files, out));
    if let (Err(_), Some(made)) = (&written, made) {
        remove_empty(&made, parent);
    }
    written.map(|()| out.to_owned())
}

fn write_beside(files: &[File], out: &Path) -> Result<(), WriteError> {
    let new = sibling(out, "new");
    fs::create_dir(&new).map_err(at(&new))?;
    let done = fill(&new, files).and_then(|()| swap(&new, out));
    if done.is_err() {
        // The refusal that is reported is the first one; a second one while tidying up adds nothing.
        let _ = fs::remove_dir_all(&new);
    }
    done
}

fn fill(folder: &Path, files: &[File]) -> Result<(), WriteError> {
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(at(&path))?;
    }
    Ok(())
}

/// Puts `new` in the place of `out`: the earlier folder steps aside and comes back if the new one cannot enter.
fn swap(new: &Path, out: &Path) -> Result<(), WriteError> {
    if !out.exists() {
        return fs::rename(new, out).map_err(at(out));
    }
    let old = sibling(out, "old");
    fs::rename(out, &old).map_err(at(out))?;
    if let Err(refused) = fs::rename(new, out) {
        fs::rename(&old, out).map_err(at(&old))?;
        return Err(at(out)(refused));
    }
    fs::remove_dir_all(&old).map_err(at(&old))
}

/// Whether `out` may be replaced: it does not exist, or is a folder with nothing but what reports are made of.
fn replaceable(out: &Path) -> Result<(), WriteError> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if out.is_file() => return Err(WriteError::NotAFolder(out.to_owned())),
        Err(refused) => return Err(at(out)(refused)),
    };
    for entry in entries {
        let path = entry.map_err(at(out))?.path();
        let known = path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known));
        if !known || path.is_dir() {
            let found = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(WriteError::NotAReport { folder: out.to_owned(), found });
        }
    }
    Ok(())
}

/// A free name beside `out`, hidden where a leading dot hides.
fn sibling(out: &Path, part: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let id = std::process::id();
    (0..u32::MAX)
        .map(|number| out.with_file_name(format!(".{name}.{part}-{id}-{number}")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| out.with_file_name(format!(".{name}.{part}")))
}

/// The outermost folder on the way to `folder` that does not exist yet.
fn first_missing(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .filter(|path| !path.as_os_str().is_empty())
        .take_while(|path| !path.exists())
        .last()
        .map(Path::to_owned)
}

/// Takes back the folders made on the way, from `folder` up to `outermost`; one that is not empty stays.
fn remove_empty(outermost: &Path, folder: &Path) {
    for path in folder.ancestors().take_while(|path| path.starts_with(outermost)) {
        if fs::remove_dir(path).is_err() {
            return;
        }
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    |source| WriteError::Io { path, source }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "choose a folder that you may write to with --out",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, or choose another disk with --out"
        }
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only: choose another one with --out",
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            "a part of the path is a file: choose another folder with --out"
        }
        io::ErrorKind::InvalidFilename => "choose a shorter or plainer name with --out",
        _ => "choose another folder with --out",
    }
}

/// The endings of a report's files.
const ENDINGS: [&str; 6] = ["csv", "hdr", "html", "json", "png", "svg"];

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> Vec<File> {
        vec![("index.html".to_owned(), text.into()), ("summary.json".to_owned(), b"{}".to_vec())]
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_appears_whole_and_replaces_the_earlier_one_whole() {
        let home = tempfile::tempdir().unwrap();
        let out = home.path().join("reports/day");
        assert_eq!(write(&files("first"), &out).unwrap(), out);
        fs::write(out.join("left-over.csv"), "").unwrap();
        write(&files("second"), &out).unwrap();
        assert_eq!(names(&out), ["index.html", "summary.json"]);
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "second");
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
        assert_eq!(fs::read_to_string(out.join("index.html")).unwrap(), "first");

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
    fn somebody_s_own_folder_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("thesis.tex"), "years").unwrap();
        let message = write(&files("x"), home.path()).unwrap_err().to_string();
        assert!(message.contains("thesis.tex"), "{message}");
        assert_eq!(names(home.path()), ["thesis.tex"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_unwritable_place_is_named_with_its_remedy() {
        // Nobody may make a folder in /proc, the superuser neither.
        let message = write(&files("x"), Path::new("/proc/reports/day")).unwrap_err().to_string();
        assert!(message.contains("/proc") && message.contains("--out"), "{message}");
    }
}
