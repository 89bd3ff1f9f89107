//! `sweep --shard K/N`: some of the settings of a sweep.

use super::super::args::Running;
use super::super::{End, complain, progress};
use super::part;
use pollhook::RunOptions;
use pollhook::report::part::{Head, Swept};
use pollhook::scenario::Scenario;
use pollhook::study::Shard;
use pollhook::sweep::{self, Asked, Grid};
use std::sync::atomic::AtomicBool;

/// Runs the settings of the part and writes its file. `settings`: the scenario at each setting of the whole grid.
pub(crate) fn sweep(
    base: &Scenario,
    (grid, settings): (&Grid, &[Scenario]),
    asked: &Asked,
    shard: Shard,
    (options, stopped): (&Running, &AtomicBool),
) -> End {
    let (all, of) = (settings.len(), shard.of());
    if of as usize > all {
        complain(format!(
            "the grid has {all} setting{}, which cannot be {of} parts: each part has whole settings; say --shard K/{all}",
            if all == 1 { "" } else { "s" }
        ));
        return End::Refused;
    }
    let mine = sweep::dealt(grid, shard);
    let told = format!("{} of {all} settings", mine.len());
    let head = Head::of_sweep(base, shard, Swept::of(grid, asked, settings));
    part(&options.out, &format!("{}-sweep", base.name), &head, &told, |writer| {
        let steps = mine.iter().map(|&place| sweep::steps(&settings[place])).sum();
        let bar = progress::bar(&settings_of(&base.name, mine.len()), steps, options.quiet);
        let scenarios = mine.iter().map(|&place| &settings[place]).collect();
        let ran = sweep::run(scenarios, RunOptions::until(stopped), || bar.inc(1));
        bar.finish_and_clear();
        for (place, ran) in mine.into_iter().zip(ran) {
            let Some(ran) = ran else { return Ok(false) };
            writer.add_point(place, &ran)?;
        }
        Ok(true)
    })
}

/// What the progress bar of a sweep is called.
pub(crate) fn settings_of(name: &str, count: usize) -> String {
    format!("{name}, {count} setting{}", if count == 1 { "" } else { "s" })
}
