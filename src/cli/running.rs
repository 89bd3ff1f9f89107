//! What runs and sweeps have in common: values of the scenario as options, threads, and the folder of the report.

use super::args::Running;
use super::{End, complain, warn};
use pollhook::report::{File, folder};
use pollhook::scenario::Override;
use std::path::{Component, Path};

impl Running {
    /// The options for values of the scenario, as overrides. Explicit overrides come last and take precedence.
    pub(super) fn overrides(&self) -> Vec<Override> {
        let set = |path: &str, value: String| Override { path: path.into(), value };
        let seed = self.seed.map(|seed| set("seed", seed.to_string()));
        let replications = self.replications.map(|count| set("replications", count.to_string()));
        seed.into_iter().chain(replications).chain(self.overrides.iter().cloned()).collect()
    }

    /// Checks before the run that the report can be written: otherwise the whole run would be wasted.
    pub(super) fn check_folder(&self, name: &str) -> Result<(), End> {
        let mut parts = Path::new(name).components();
        let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None));
        if !plain || name.len() > NAME_BYTES {
            complain(format!(
                "a report folder cannot be named `{name}`; rename the scenario's file: a name has at most {NAME_BYTES} \
                 bytes, no slash, and is neither `.` nor `..`"
            ));
            return Err(End::Refused);
        }
        folder::check(&self.out.join(name)).map_err(|error| {
            complain(error);
            End::Failed
        })
    }

    /// Starts the threads that the work runs on.
    pub(super) fn start_threads(&self) -> Result<(), End> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(self.threads.map_or(0, usize::from));
        threads.build_global().map_err(|error| {
            complain(format!("cannot start {} threads: {error}", self.threads.unwrap_or_default()));
            End::Failed
        })
    }
}

/// Writes a report, or says why not.
pub(super) fn written(files: &[File], out: &Path) -> Result<(), End> {
    match folder::write(files, out) {
        Ok(folder::Written { leftover, .. }) => leftover.into_iter().for_each(warn),
        Err(error) => {
            complain(error);
            return Err(End::Failed);
        }
    }
    Ok(())
}

/// Opens a file in the default application of the desktop. If that fails, the path has been printed already.
pub(super) fn open(file: &Path) {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if let Err(error) = std::process::Command::new(opener).arg(file).status() {
        complain(format!("cannot open {} with {opener}: {error}", file.display()));
    }
}

/// Bytes of a scenario's name at most: a folder's name has at most 255 on most disks, and a new one's is longer than
/// the name while it is written.
const NAME_BYTES: usize = 200;
