//! `pollhook twin`: runs a scenario over real HTTP, and each replication again in virtual time beside it.

use super::args::{Format, TwinArgs};
use super::inputs::Input;
use super::live::{How, announce, once};
use super::running::{open, settled, written};
use super::say::clean;
use super::{End, complain, print, stop};
use pollhook::RunOptions;
use pollhook::measure::Latencies;
use pollhook::report;
use pollhook::scenario::Scenario;
use pollhook::study::summary::Live;
use pollhook::study::{self, Replication};
use pollhook::twin::{Band, Equivalence, Twin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs both, writes a report of them and shows it.
pub(crate) fn twin(options: &TwinArgs) -> End {
    match twinned(options) {
        Ok(end) | Err(end) => end,
    }
}

fn twinned(options: &TwinArgs) -> Result<End, End> {
    let running = &options.running;
    let how = How { speed: options.speed, port: options.port, quiet: running.quiet };
    let scenario = Input::read(&options.scenario)?.load(&running.overrides())?;
    let name = format!("{}-twin", scenario.name);
    running.check_folder(&name)?;
    running.start_threads()?;
    let out = running.out.join(&name);
    let stopped = stop::on_signal(STOPPING);
    // Both engines leave out the same.
    let scenario = settled(&scenario, RunOptions::until(&stopped))?;
    announce(&scenario, how);
    let (lived, live) = lived(&scenario, how, &stopped)?;
    if lived.is_empty() {
        complain("stopped before the first replication had ended; nothing is written");
        return Err(End::Stopped);
    }
    let twin = Twin::new(&scenario, &lived, live, Band::new(options.band, how.speed));
    let files = report::twin::files(&twin, !running.no_charts).map_err(|error| {
        complain(error);
        End::Failed
    })?;
    written(&files, &out)?;
    let page = out.join("index.html");
    let shown = match running.format {
        Format::Json => print(&report::twin::json(&twin)),
        Format::Text if running.quiet => print(&clean(&format!("{}\n", twin.answer().0))),
        Format::Text => {
            print(&clean(&format!("{}\nReport: {}\n", report::twin::text(&twin), page.display())))
        }
    };
    if running.open {
        open(&page);
    }
    let end = match twin.verdict() {
        _ if stopped.load(Ordering::Relaxed) => End::Stopped,
        Equivalence::Beyond => End::Unexpected,
        Equivalence::Within | Equivalence::CannotTell => End::Done,
    };
    Ok(end.max(shown))
}

/// The replications that ran live to their end, and how they went.
fn lived(scenario: &Scenario, how: How, stopped: &Arc<AtomicBool>) -> Result<(Vec<Replication>, Live), End> {
    let (mut lived, mut lateness) = (Vec::new(), Latencies::default());
    let mut live = Live::default();
    live.speed = how.speed;
    for number in 0..scenario.replications {
        let (events, run) = once(scenario, number, how, stopped)?;
        if run.stopped.is_some() {
            break;
        }
        lateness.add(&run.lateness);
        live.foreign_requests += run.foreign;
        lived.push(Replication { events, records: run.records });
    }
    live.lateness_s = study::latency(&lateness);
    Ok((lived, live))
}

const STOPPING: &str = "stopped; writing the report of the replications that are done (Ctrl-C again ends the program without it)";
