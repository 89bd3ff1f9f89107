//! `--shard auto`: which part the environment of a job says.

use pollhook::study::Shard;

/// The part that the environment of a job names: a task of a Slurm job array, a pod of a Kubernetes Indexed Job, or a job of
/// GNU parallel.
///
/// Only Slurm also tells how many there are, and it tells it of the tasks that were submitted together: a task that is
/// submitted again by itself looks like an array of one. So the number that the user sets comes first, and an array that may
/// be a part of another one is refused.
pub(super) fn shard(get: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| {
        get(name)
            .map(|text| text.trim().parse::<u32>().map_err(|_| format!("{name} is {text:?}, no number")))
            .transpose()
    };
    let found: Vec<&str> =
        [SLURM, KUBERNETES, PARALLEL].into_iter().filter(|name| get(name).is_some()).collect();
    let [source] = found[..] else {
        return Err(match found[..] {
            [] => format!(
                "--shard auto finds none of {SLURM}, {KUBERNETES} and {PARALLEL} in the environment; say --shard K/N"
            ),
            _ => format!("{} are both set; say which part it is with --shard K/N", found.join(" and ")),
        });
    };
    let (task, of) = (number(source)?.unwrap_or_default(), number(COUNT)?);
    let (part, of) = match of {
        Some(of) => (if source == KUBERNETES { task.saturating_add(1) } else { task }, of),
        None if source == SLURM => {
            let array = Array {
                first: number("SLURM_ARRAY_TASK_MIN")?,
                last: number("SLURM_ARRAY_TASK_MAX")?,
                step: number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1),
                count: number("SLURM_ARRAY_TASK_COUNT")?,
            };
            array.part(task)?
        }
        None => {
            return Err(format!(
                "{source} does not tell how many parts there are; set {COUNT} to their number"
            ));
        }
    };
    Shard::new(part, of).ok_or_else(|| {
        let from_one = if source == KUBERNETES { "" } else { "; parts are numbered from 1" };
        format!("{source} is {task}, which is no part of {of}{from_one}")
    })
}

/// A job array, as its tasks see it.
struct Array {
    first: Option<u32>,
    last: Option<u32>,
    step: u32,
    count: Option<u32>,
}

impl Array {
    /// Which part the task is, and of how many.
    fn part(&self, task: u32) -> Result<(u32, u32), String> {
        let Some(count) = self.count else {
            return Err(format!(
                "{SLURM} does not tell how many parts there are; set {COUNT} to their number"
            ));
        };
        let first = self.first.unwrap_or(0);
        let last = u64::from(first) + u64::from(count.saturating_sub(1)) * u64::from(self.step);
        let has_gaps = self.last.is_some_and(|told| u64::from(told) != last);
        if count < 2 || first > 1 || has_gaps {
            let tasks =
                if count == 1 { "1 task".to_owned() } else { format!("{count} tasks, from {first} on") };
            return Err(format!(
                "the job array has {tasks}, and may be a part of an earlier one; set {COUNT} to the number of all parts \
                 (task 1 is part 1), or say --shard K/N"
            ));
        }
        Ok((task.saturating_sub(first) / self.step + 1, count))
    }
}

const SLURM: &str = "SLURM_ARRAY_TASK_ID";
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";
const PARALLEL: &str = "PARALLEL_SEQ";
/// How many parts there are.
const COUNT: &str = "POLLHOOK_SHARDS";

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Result<String, String> {
        let get =
            |name: &str| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        shard(get).map(|shard| shard.to_string())
    }

    /// The environment of a task: its number, then those of the first, the last, their step and their count.
    fn slurm(task: &str, array: [&str; 4], more: &[(&str, &str)]) -> Result<String, String> {
        let ends = ["MIN", "MAX", "STEP", "COUNT"].map(|end| format!("SLURM_ARRAY_TASK_{end}"));
        let array = ends.iter().map(String::as_str).zip(array);
        found(&[(SLURM, task)].into_iter().chain(array).chain(more.iter().copied()).collect::<Vec<_>>())
    }

    #[test]
    fn a_job_is_told_which_part_it_is() {
        assert_eq!(slurm("3", ["1", "4", "1", "4"], &[]), Ok("3/4".into()));
        assert_eq!(slurm("0", ["0", "3", "1", "4"], &[]), Ok("1/4".into()));
        assert_eq!(slurm("6", ["0", "6", "2", "4"], &[]), Ok("4/4".into()));
        assert_eq!(found(&[(KUBERNETES, "0"), (COUNT, "3")]), Ok("1/3".into()));
        assert_eq!(found(&[(KUBERNETES, "2"), (COUNT, "3")]), Ok("3/3".into()));
        assert_eq!(found(&[(PARALLEL, "3"), (COUNT, "3")]), Ok("3/3".into()));
    }

    /// The tasks that are submitted again are an array of their own, which does not know the one before.
    #[test]
    fn a_task_that_is_submitted_again_is_not_taken_for_the_whole() {
        let arrays = [("3", ["3", "3", "1", "1"]), ("1", ["1", "1", "1", "1"]), ("7", ["3", "7", "1", "2"])];
        for (task, array) in
            arrays.into_iter().chain([("4", ["3", "5", "1", "3"]), ("5", ["1", "5", "1", "2"])])
        {
            let refused = slurm(task, array, &[]).unwrap_err();
            assert!(refused.contains("set POLLHOOK_SHARDS"), "{refused}");
            assert_eq!(slurm(task, array, &[(COUNT, "8")]), Ok(format!("{task}/8")));
        }
        // The same numbers from the first time on: an array from 0 is refused then, not when a task is submitted again.
        let refused = slurm("0", ["0", "7", "1", "8"], &[(COUNT, "8")]).unwrap_err();
        assert_eq!(refused, "SLURM_ARRAY_TASK_ID is 0, which is no part of 8; parts are numbered from 1");
    }

    #[test]
    fn what_the_environment_does_not_say_is_asked_for() {
        assert!(found(&[]).unwrap_err().contains("say --shard K/N"));
        assert!(found(&[(SLURM, "1")]).unwrap_err().contains("set POLLHOOK_SHARDS"));
        assert!(found(&[(KUBERNETES, "0")]).unwrap_err().contains("set POLLHOOK_SHARDS"));
        assert!(found(&[(KUBERNETES, "3"), (COUNT, "3")]).unwrap_err().contains("no part of 3"));
        assert!(found(&[(PARALLEL, "0"), (COUNT, "3")]).is_err());
        assert!(found(&[(PARALLEL, "1"), (COUNT, "many")]).unwrap_err().contains("no number"));
        assert!(found(&[(PARALLEL, "1"), (SLURM, "1")]).unwrap_err().contains("are both set"));
    }
}
