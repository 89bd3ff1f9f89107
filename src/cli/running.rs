//! What runs and sweeps have in common: values of the scenario as options, threads, and the folder of the report.

use super::args::{Format, Running};
use super::{End, complain, progress, warn};
use pollhook::RunOptions;
use pollhook::report::File;
use pollhook::report::folder::{self, Long};
use pollhook::scenario::{Override, Scenario, Settling};
use pollhook::study::{self, Results};
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

    /// What becomes of the results.
    pub(super) fn shown(&self) -> Shown<'_> {
        let Self { out, no_charts, format, quiet, open, .. } = self;
        Shown { out, charts: !no_charts, format: *format, quiet: *quiet, open: *open }
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

/// What becomes of results.
pub(super) struct Shown<'a> {
    /// The folder that takes the report folder.
    pub(super) out: &'a Path,
    pub(super) charts: bool,
    pub(super) format: Format,
    pub(super) quiet: bool,
    pub(super) open: bool,
}

/// The scenario with the warm-up that is to be found, or says why there is none.
pub(super) fn settled(scenario: &Scenario, control: RunOptions<'_>) -> Result<Scenario, End> {
    study::settled(scenario, control).map_err(|why| {
        complain(format!("`{}` has `warmup = \"auto\"`, and none is found: {why}", scenario.name));
        End::Refused
    })
}

/// A warm-up cannot be found for what is not one run in virtual time; `instead` says what to do.
pub(super) fn given_warmup(scenario: &Scenario, instead: &str) -> Result<(), End> {
    match scenario.settling {
        Settling::Given => Ok(()),
        _ => {
            complain(format!(
                "`{}` has `warmup = \"auto\"`, which is found in virtual time only; {instead}",
                scenario.name
            ));
            Err(End::Refused)
        }
    }
}

/// A run in virtual time.
pub(super) struct Virtual {
    /// How precise its figures are to be; None: the replications of the scenario.
    pub(super) precision: Option<f64>,
    /// Replications that it takes at most, which the progress bar is for.
    pub(super) at_most: u32,
    /// The replication that is shown along time, from 1 on.
    pub(super) replication: u32,
    /// Whether a row is kept for each event, however many there are.
    pub(super) all_events: bool,
    /// Without a progress bar.
    pub(super) quiet: bool,
}

impl Virtual {
    /// Its results; None where it was stopped before it had begun.
    pub(super) fn run(&self, scenario: &Scenario, control: RunOptions<'_>) -> Option<Results> {
        let steps = u64::from(self.at_most) * scenario.clients.len() as u64;
        let bar = progress::bar(&scenario.name, steps, self.quiet);
        let (shown, all_rows) = (self.replication.saturating_sub(1), self.all_events);
        let results = match self.precision {
            Some(wanted) => {
                study::run_until_precise(scenario, wanted, shown, control, all_rows, || bar.inc(1))
            }
            None => study::run_to_show(scenario, shown, control, all_rows, || bar.inc(1)),
        };
        bar.finish_and_clear();
        results
    }
}

/// Writes a report, or says why not.
pub(super) fn written(files: &[File], out: &Path) -> Result<(), End> {
    written_with(files, &[], out)
}

/// The same, with long files.
pub(super) fn written_with(files: &[File], long: &[Long<'_>], out: &Path) -> Result<(), End> {
    match folder::write_with(files, long, out) {
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
