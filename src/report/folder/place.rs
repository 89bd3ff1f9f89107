//! Moves a new folder into its place, safe against other writers and against being killed at any moment.
//!
//! Two locks keep writers apart, both on folders and released when their process ends: one on the parent while a folder is
//! begun or put in its place, and one on the new folder while it is filled. On a system that cannot lock folders the later
//! of two writers may fail, and what a killed one left stays.

use super::{WriteError, at, earlier};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder itself, where `out` is a link to one.
pub(super) fn behind_link(out: &Path) -> Result<PathBuf, WriteError> {
    let link = fs::symlink_metadata(out).is_ok_and(|found| found.is_symlink());
    if link { fs::canonicalize(out).map_err(at(out)) } else { Ok(out.to_owned()) }
}

/// The folder that holds `out`.
pub(super) fn parent(out: &Path) -> &Path {
    out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Whether nothing is lost where `out` makes way. A folder that changes while it is looked at would be told wrong.
pub(super) fn look(out: &Path) -> Result<(), WriteError> {
    let _parent = lock(parent(out));
    earlier::replaceable(out)
}

/// Makes a folder beside `out`, to be filled; the lock says that its writer lives.
pub(super) fn claim(out: &Path) -> Result<(PathBuf, Option<File>), WriteError> {
    let _parent = lock(parent(out));
    let new = sibling(out, NEW);
    fs::create_dir(&new).map_err(at(&new))?;
    let lock = lock(&new);
    Ok((new, lock))
}

/// Puts `new` in the place of `out`, deletes the earlier report, and sweeps away what killed runs left. Returns why
/// the earlier report could not be deleted.
pub(super) fn put(new: &Path, out: &Path) -> Result<Option<WriteError>, WriteError> {
    let _parent = lock(parent(out));
    // Another writer may have been here since the first look.
    earlier::replaceable(out)?;
    let old = swap(new, out)?;
    let leftover = old.and_then(|path| {
        let source = earlier::delete(&path).err()?;
        Some(WriteError::Leftover { path, source })
    });
    sweep(out);
    Ok(leftover)
}

/// Returns where the earlier folder is now.
fn swap(new: &Path, out: &Path) -> Result<Option<PathBuf>, WriteError> {
    // An empty folder makes way by itself.
    if fs::remove_dir(out).is_ok() || !out.exists() {
        return fs::rename(new, out).map_err(at(out)).map(|()| None);
    }
    let old = sibling(out, OLD);
    if exchange(new, out) {
        // The report is in its place; under what name the earlier one is deleted no longer matters.
        return Ok(Some(if fs::rename(new, &old).is_ok() { old } else { new.to_owned() }));
    }
    step_aside(new, out, &old).map(|()| Some(old))
}

/// Puts `new` in the place of `out`: the earlier folder goes to `old` and comes back if the new one cannot enter.
pub(super) fn step_aside(new: &Path, out: &Path, old: &Path) -> Result<(), WriteError> {
    fs::rename(out, old).map_err(at(out))?;
    fs::rename(new, out).or_else(|refused| {
        fs::rename(old, out).map_err(at(old))?;
        Err(at(out)(refused))
    })
}

/// Lets two folders change places at one moment, so that there is none without a report; false where the system or
/// the disk cannot.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

/// Deletes the folders that killed runs left beside `out`. What cannot be deleted stays for the next run.
fn sweep(out: &Path) {
    let Ok(entries) = fs::read_dir(parent(out)) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let part = name.to_str().and_then(|name| part(name, out));
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let (Some(part), true) = (part, is_folder) else { continue };
        let path = entry.path();
        let Some(_dead) = try_lock(&path) else { continue };
        let _ = if part == NEW { fs::remove_dir_all(&path) } else { earlier::delete(&path) };
    }
}

/// Which part a folder beside `out` plays: `.day.new-4711-0` is a new one of `day`.
fn part(name: &str, out: &Path) -> Option<&'static str> {
    let rest = name.strip_prefix('.')?.strip_prefix(out.file_name()?.to_str()?)?.strip_prefix('.')?;
    [NEW, OLD].into_iter().find(|part| {
        let numbers = rest.strip_prefix(part).and_then(|rest| rest.strip_prefix('-')?.split_once('-'));
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        numbers.is_some_and(|(id, place)| number(id) && number(place))
    })
}

/// A free name beside `out`, hidden where a leading dot hides.
fn sibling(out: &Path, part: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let id = std::process::id();
    (0..u32::MAX)
        .map(|number| out.with_file_name(format!(".{name}.{part}-{id}-{number}")))
        .find(|path| fs::symlink_metadata(path).is_err())
        .unwrap_or_else(|| out.with_file_name(format!(".{name}.{part}")))
}

/// Waits for the lock of a folder; None if the folder does not exist. A writer keeps it for milliseconds. The number of
/// tries is limited, so that another program that keeps it longer does not stop this one.
fn lock(folder: &Path) -> Option<File> {
    for _ in 0..LOCK_TRIES {
        let file = File::open(folder).ok()?;
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_PAUSE),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// The lock of a folder, where nobody has it.
fn try_lock(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().is_ok().then_some(file)
}

const LOCK_TRIES: u32 = 2_000;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

const NEW: &str = "new";
const OLD: &str = "old";
