//! `--shard K/N`: a part of a run or of a sweep, which `merge` puts together.

mod environment;
mod replications;
mod settings;

pub(crate) use replications::run;
pub(crate) use settings::{settings_of, sweep};

use super::say::clean;
use super::{End, complain, print};
use pollhook::report::part::{Head, Writer};
use pollhook::study::Shard;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which part it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is said.
    Given(Shard),
    /// The environment says it.
    Auto,
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Given) }
    }
}

impl Asked {
    /// The part, or says why there is none.
    pub(crate) fn shard(self) -> Result<Shard, End> {
        let found = match self {
            Self::Given(shard) => Ok(shard),
            Self::Auto => environment::shard(|name| std::env::var(name).ok()),
        };
        found.map_err(|why| {
            complain(why);
            End::Refused
        })
    }
}

/// What a user is told when Ctrl-C stops a part.
pub(crate) const STOPPING: &str =
    "stopped; a part is written as a whole or not at all, so nothing is written";

type Part = Writer<BufWriter<File>>;

/// Writes the file of a part into the folder, and says so: `mine` is what it has, `stem` is what the files of all parts begin
/// with. `fill` writes what follows the head; false where it was stopped.
fn part(
    folder: &Path,
    stem: &str,
    head: &Head,
    mine: &str,
    fill: impl FnOnce(&mut Part) -> io::Result<bool>,
) -> End {
    let shard = head.shard;
    let of = shard.of();
    let path = folder.join(format!("{stem}.{}-of-{of}.part", shard.number()));
    match write(&path, head, fill) {
        Ok(true) => {}
        Ok(false) => return End::Stopped,
        Err(error) => {
            complain(format!("cannot write {}: {error}", path.display()));
            return End::Failed;
        }
    }
    let parts = folder.join(format!("{stem}.*-of-{of}.part"));
    print(&clean(&format!(
        "{}: {mine}; with all {of} parts: pollhook merge {}\n",
        path.display(),
        parts.display()
    )))
}

/// The file appears whole or not at all.
fn write(path: &Path, head: &Head, fill: impl FnOnce(&mut Part) -> io::Result<bool>) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = Beside::new(path)?;
    let mut writer = Writer::begin(BufWriter::new(File::create(&beside.0)?), head)?;
    if !fill(&mut writer)? {
        return Ok(false);
    }
    writer.end()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&beside.0, path)?;
    Ok(true)
}

/// A file beside its place; it is removed unless it was moved there.
struct Beside(PathBuf);

impl Beside {
    fn new(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_string_lossy();
        Ok(Self(path.with_file_name(format!(".{name}.{}", std::process::id()))))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Nothing is there once it was moved.
        let _ = fs::remove_file(&self.0);
    }
}
