//! `pollhook run --shard K/N`: runs a part of a scenario's replications, and writes what `merge` puts together.

use super::args::Running;
use super::say::clean;
use super::{End, complain, print, progress};
use pollhook::RunOptions;
use pollhook::report::part::{Head, Writer};
use pollhook::scenario::Scenario;
use pollhook::study::{self, Shard};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::AtomicBool;

/// Which part a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is said.
    Given(Shard),
    /// The environment says it: see [`from_environment`].
    Auto,
}

impl FromStr for Asked {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "auto" { Ok(Self::Auto) } else { text.parse().map(Self::Given) }
    }
}

impl Asked {
    /// The part.
    pub(crate) fn shard(self) -> Result<Shard, String> {
        match self {
            Self::Given(shard) => Ok(shard),
            Self::Auto => from_environment(|name| std::env::var(name).ok()),
        }
    }
}

/// The part that the environment of a job names: a task of a Slurm job array, a pod of a Kubernetes Indexed Job, or a job of
/// GNU parallel. Only Slurm also tells how many there are.
fn from_environment(get: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| {
        get(name)
            .map(|text| text.trim().parse::<u32>().map_err(|_| format!("{name} is {text:?}, no number")))
            .transpose()
    };
    let found: Vec<&str> =
        [SLURM, KUBERNETES, PARALLEL].into_iter().filter(|name| get(name).is_some()).collect();
    let count = number(COUNT)?;
    let (index, of) = match found[..] {
        [] => {
            return Err(format!(
                "--shard auto finds none of {SLURM}, {KUBERNETES} and {PARALLEL} in the environment; say --shard K/N"
            ));
        }
        [SLURM] => {
            let task = number(SLURM)?.unwrap_or_default();
            let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
            let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
            (task.saturating_sub(first) / step, number("SLURM_ARRAY_TASK_COUNT")?.or(count))
        }
        [KUBERNETES] => (number(KUBERNETES)?.unwrap_or_default(), count),
        [PARALLEL] => (number(PARALLEL)?.unwrap_or_default().wrapping_sub(1), count),
        _ => {
            return Err(format!(
                "{} are both set; say which part it is with --shard K/N",
                found.join(" and ")
            ));
        }
    };
    let of = of.ok_or_else(|| {
        format!("{} does not tell how many parts there are; set {COUNT} to their number", found[0])
    })?;
    index.checked_add(1).and_then(|number| Shard::new(number, of)).ok_or_else(|| {
        format!("the environment says part {} of {of}, and there is none", u64::from(index) + 1)
    })
}

/// Runs the part of the scenario and writes its file.
pub(crate) fn run(scenario: &Scenario, shard: Shard, options: &Running, stopped: &AtomicBool) -> End {
    let (all, of) = (scenario.replications, shard.of());
    if of > all {
        complain(format!(
            "{} has {all} replication{}, which cannot be {of} parts; set --replications, {of} or more",
            scenario.name,
            if all == 1 { "" } else { "s" }
        ));
        return End::Refused;
    }
    let path = options.out.join(format!("{}.{}-of-{of}.part", scenario.name, shard.number()));
    match write(scenario, shard, options, stopped, &path) {
        Ok(true) => {}
        Ok(false) => return End::Stopped,
        Err(error) => {
            complain(format!("cannot write {}: {error}", path.display()));
            return End::Failed;
        }
    }
    let mine = shard.replications(all).count();
    let parts = options.out.join(format!("{}.*-of-{of}.part", scenario.name));
    print(&clean(&format!(
        "{}: {mine} of {all} replications; with all {of} parts: pollhook merge {}\n",
        path.display(),
        parts.display()
    )))
}

/// False where it was stopped. The file appears whole or not at all.
fn write(
    scenario: &Scenario,
    shard: Shard,
    options: &Running,
    stopped: &AtomicBool,
    path: &Path,
) -> io::Result<bool> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = Beside::new(path)?;
    let mut writer = Writer::begin(BufWriter::new(File::create(&beside.0)?), &Head::of(scenario, shard))?;
    let mine = shard.replications(scenario.replications).count() as u64;
    let bar = progress::bar(&scenario.name, mine * scenario.clients.len() as u64, options.quiet);
    let control = RunOptions::until(stopped);
    let whole = study::run_shard(scenario, shard, control, || bar.inc(1), |tally| writer.add(&tally));
    bar.finish_and_clear();
    if !whole? {
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

const SLURM: &str = "SLURM_ARRAY_TASK_ID";
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";
const PARALLEL: &str = "PARALLEL_SEQ";
/// How many parts there are, where the environment does not tell.
const COUNT: &str = "POLLHOOK_SHARDS";

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<String, String> {
        let get =
            |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        from_environment(get).map(|shard| shard.to_string())
    }

    #[test]
    fn a_job_is_told_which_part_it_is() {
        let slurm = |id, min, step| {
            found(&[
                (SLURM, id),
                ("SLURM_ARRAY_TASK_MIN", min),
                ("SLURM_ARRAY_TASK_STEP", step),
                ("SLURM_ARRAY_TASK_COUNT", "4"),
            ])
        };
        assert_eq!(slurm("3", "1", "1"), Ok("3/4".into()));
        assert_eq!(slurm("0", "0", "1"), Ok("1/4".into()));
        assert_eq!(slurm("16", "10", "2"), Ok("4/4".into()));
        assert!(slurm("30", "10", "2").is_err());
        assert_eq!(found(&[(KUBERNETES, "0"), (COUNT, "3")]), Ok("1/3".into()));
        assert_eq!(found(&[(PARALLEL, "3"), (COUNT, "3")]), Ok("3/3".into()));
    }

    #[test]
    fn what_the_environment_does_not_say_is_asked_for() {
        assert!(found(&[]).unwrap_err().contains("say --shard K/N"));
        assert!(found(&[(KUBERNETES, "0")]).unwrap_err().contains("set POLLHOOK_SHARDS"));
        assert!(found(&[(KUBERNETES, "3"), (COUNT, "3")]).unwrap_err().contains("part 4 of 3"));
        assert!(found(&[(PARALLEL, "0"), (COUNT, "3")]).is_err());
        assert!(found(&[(PARALLEL, "1"), (COUNT, "many")]).unwrap_err().contains("no number"));
        assert!(found(&[(PARALLEL, "1"), (SLURM, "1")]).unwrap_err().contains("are both set"));
    }
}
