//! Writes a folder of files completely or not at all: first next to its place, then moved into it.
//!
//! It does not depend on the content of the files. If something fails, an earlier folder stays as it was, nothing
//! half-written remains, and no file is deleted that an earlier report did not write.

mod earlier;
mod place;
#[cfg(test)]
mod tests;

use super::File;
pub use earlier::LIST;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A folder that was written.
#[derive(Debug)]
pub struct Written {
    /// Where it is.
    pub folder: PathBuf,
    /// The earlier report, where it could not be deleted once the new one was in its place.
    pub leftover: Option<WriteError>,
}

/// Why a folder could not be written. The earlier one, if any, is untouched.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The place is taken by something that is no folder.
    #[error("cannot write the report to {}: it is a file; choose another folder with --out", .0.display())]
    NotAFolder(PathBuf),
    /// The folder holds something that no earlier report wrote, so replacing it would delete somebody's work.
    #[error(
        "cannot replace {}: it holds {found}, which no earlier report wrote there; choose another folder with --out, or move it away",
        folder.display()
    )]
    NotAReport {
        /// The folder.
        folder: PathBuf,
        /// The first entry that is no part of a report.
        found: String,
    },
    /// The folder lacks what tells an earlier report.
    #[error(
        "cannot replace {}: it holds no summary.json of pollhook's; choose another folder with --out, or move it away",
        .0.display()
    )]
    NoSummary(PathBuf),
    /// The earlier report has made way and cannot be deleted.
    #[error("the earlier report is now {} and cannot be deleted: {source}; delete it yourself", path.display())]
    Leftover {
        /// Where it is now.
        path: PathBuf,
        /// What is in the way.
        source: io::Error,
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

/// Whether [`write()`] may write the folder `out`: nothing is there, or an earlier report. To be asked before a long
/// run, so that a refusal costs no waiting.
///
/// # Errors
/// As [`write()`].
pub fn check(out: &Path) -> Result<(), WriteError> {
    place::look(&place::behind_link(out)?)
}

/// Writes the files into the folder `out`, making its parents; an earlier report there is replaced once all
/// files of the new one are written. Where `out` is a link, the folder that it leads to is replaced.
///
/// # Errors
/// Where `out` is a file, holds anything that no earlier report wrote, or cannot be written.
pub fn write(files: &[File], out: &Path) -> Result<Written, WriteError> {
    write_with(files, &[], out)
}

/// A file that may be too long for memory.
pub struct Long<'a> {
    /// Its name, without a path.
    pub name: &'a str,
    /// Writes its content.
    pub write: &'a dyn Fn(&mut dyn Write) -> io::Result<()>,
}

/// The same, with long files.
///
/// # Errors
/// As [`write()`].
pub fn write_with(files: &[File], long: &[Long<'_>], out: &Path) -> Result<Written, WriteError> {
    let place = place::behind_link(out)?;
    place::look(&place)?;
    let parent = place::parent(&place);
    let made = first_missing(parent);
    let written =
        fs::create_dir_all(parent).map_err(at(parent)).and_then(|()| write_beside(files, long, &place));
    if let (Err(_), Some(made)) = (&written, made) {
        remove_empty(&made, parent);
    }
    written.map(|leftover| Written { folder: out.to_owned(), leftover })
}

fn write_beside(files: &[File], long: &[Long<'_>], out: &Path) -> Result<Option<WriteError>, WriteError> {
    let (new, _claim) = place::claim(out)?;
    let done = fill(&new, files, long).and_then(|()| place::put(&new, out));
    if done.is_err() {
        // The refusal that is reported is the first one; a second one while tidying up adds nothing.
        let _ = fs::remove_dir_all(&new);
    }
    done
}

fn fill(folder: &Path, files: &[File], long: &[Long<'_>]) -> Result<(), WriteError> {
    let names = files.iter().map(|(name, _)| name.as_str());
    let list = earlier::list(names.chain(long.iter().map(|file| file.name)));
    for (name, bytes) in std::iter::once(&list).chain(files) {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(at(&path))?;
    }
    for Long { name, write } in long {
        let path = folder.join(name);
        let file = fs::File::create(&path).map(BufWriter::new);
        let written = file.and_then(|mut file| write(&mut file).and_then(|()| file.flush()));
        written.map_err(at(&path))?;
    }
    Ok(())
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
