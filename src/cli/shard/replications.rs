//! `run --shard K/N`: every N-th replication of a scenario.

use super::super::args::Running;
use super::super::{End, complain, progress};
use super::part;
use pollhook::RunOptions;
use pollhook::report::part::Head;
use pollhook::scenario::Scenario;
use pollhook::study::{self, Shard};
use std::sync::atomic::AtomicBool;

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
    let mine = shard.replications(all).count();
    let told = format!("{mine} of {all} replications");
    part(&options.out, &scenario.name, &Head::of_run(scenario, shard), &told, |writer| {
        let bar = progress::bar(&scenario.name, (mine * scenario.clients.len()) as u64, options.quiet);
        let control = RunOptions::until(stopped);
        let whole = study::run_shard(scenario, shard, control, || bar.inc(1), |tally| writer.add(&tally));
        bar.finish_and_clear();
        whole
    })
}
