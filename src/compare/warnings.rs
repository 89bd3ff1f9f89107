//! Where a comparison means nothing, or less than it seems to.

use super::scenarios::warm_up_s;
use super::{Pairing, Report, Side};
use crate::study::human;
use crate::study::summary::{Engine, SCHEMA};

/// Refuses what cannot be compared.
pub(super) fn refuse(base: &Report, other: &Report) -> Result<(), String> {
    for report in [base, other] {
        if report.summary.schema != SCHEMA {
            return Err(format!(
                "{} has schema {} and this pollhook reads schema {SCHEMA}; run its scenario again with this version",
                report.name, report.summary.schema
            ));
        }
    }
    if base.summary.engine != other.summary.engine {
        let word = |report: &Report| if is_live(report) { "a live run" } else { "a run in virtual time" };
        return Err(format!(
            "{} is {} and {} is {}: their difference is that of the engines; run both in the same one",
            base.name,
            word(base),
            other.name,
            word(other)
        ));
    }
    Ok(())
}

/// Whether its figures contain the lateness of a machine.
pub(super) fn is_live(report: &Report) -> bool {
    report.summary.engine == Engine::Live
}

/// Repetitions of a live run from which on a verdict is given: fewer do not show how much the machine does to a figure.
pub(super) const LEAST_LIVE: usize = 6;

/// A difference of live runs may be one of the machine at two times.
fn of_live_runs(base: &Report, other: &Report) -> Option<String> {
    let (a, b) = (&base.summary, &other.summary);
    let name = |report: &Report| report.summary.scenario["name"].as_str().unwrap_or_default().to_owned();
    let turned_with = |one: &Report, with: &Report| {
        one.summary.live.as_ref().is_some_and(|live| live.in_turns_with.contains(&name(with)))
    };
    let command = format!(
        "`pollhook run --live ONE.toml ANOTHER.toml --replications {LEAST_LIVE}` runs two scenarios in turns"
    );
    if (a.replications.min(b.replications) as usize) < LEAST_LIVE {
        return Some(format!(
            "live runs: a verdict needs at least {LEAST_LIVE} repetitions of each, and these have {} and {}, so that only \
             equal figures are told; {command}",
            a.replications, b.replications
        ));
    }
    (!turned_with(base, other) || !turned_with(other, base)).then(|| {
        format!(
            "these live runs did not take turns: the machine may have changed between them, and a difference may be the \
             machine's; {command}"
        )
    })
}

/// The parameters that have a warning of their own. A warm-up that is found differs because something else does.
const OF_LENGTH: [&str; 3] = ["duration_s", "warmup", "warmup_s"];

/// What a reader must know before the figures. `several`: the sentences name OTHER.
pub(super) fn warnings(base: &Report, other: &Report, side: &Side, several: bool) -> Vec<String> {
    let mut said = Vec::new();
    let (a, b) = (&base.summary, &other.summary);
    let changed: Vec<&str> = (side.changes.iter())
        .filter(|change| change.is_of_the_model() && !OF_LENGTH.contains(&change.path.as_str()))
        .map(|change| change.path.as_str())
        .collect();
    if changed.len() > 1 {
        said.push(format!(
            "{} parameters changed at once, so that no difference can be put down to one of them; change one at a time",
            changed.len()
        ));
    }
    if a.duration_s != b.duration_s {
        said.push(format!(
            "the runs last {} s and {} s: counts and extremes are not comparable, rates and typical times are",
            a.duration_s, b.duration_s
        ));
    }
    let [before_s, now_s] = [a, b].map(|summary| warm_up_s(&summary.scenario));
    if before_s != now_s {
        said.push(format!(
            "the runs leave out a warm-up of {} and {}: counts and extremes are not comparable, rates and typical times \
             are; give both the same with --set warmup=TIME",
            human::duration(before_s),
            human::duration(now_s)
        ));
    }
    if a.version != b.version {
        said.push(format!("pollhook {} wrote one report and {} the other", a.version, b.version));
    }
    for report in [base, other] {
        if !report.summary.complete {
            said.push(format!("{} was stopped before its end", report.name));
        }
    }
    if is_live(base) {
        said.extend(of_live_runs(base, other));
    }
    match side.pairing {
        Pairing::SameEvents if a.replications != b.replications => said.push(format!(
            "only the {} replications that both have are compared",
            a.replications.min(b.replications)
        )),
        Pairing::SingleRun => said.push(
            "one replication: the differences are exact for this seed, and have no interval; --replications 30 tells \
             of other seeds"
                .to_owned(),
        ),
        Pairing::Independent if a.replications.min(b.replications) < 2 => said.push(
            "one replication with events of its own: nothing tells a difference from chance; run both with the same \
             seed, or with --replications 30"
                .to_owned(),
        ),
        Pairing::SameEvents | Pairing::Independent => {}
    }
    if several {
        said.iter_mut().for_each(|warning| *warning = format!("{}: {warning}", other.name));
    }
    said
}
