//! `pollhook run`: runs the named scenarios one after the other; the program ends with the worst status of all.

use super::args::{Format, RunArgs};
use super::running::{Shown, Virtual, given_warmup, open, settled, written_with};
use super::say::clean;
use super::shard::Asked;
use super::{End, complain, inputs, live, print, shard, stop};
use pollhook::RunOptions;
use pollhook::report;
use pollhook::report::folder::Long;
use pollhook::report::terminal::{self, Style};
use pollhook::scenario::Scenario;
use pollhook::study::{self, Results};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the scenarios. All are read before the first one runs, so that an error in one is reported at once.
pub(crate) fn run(options: &RunArgs) -> End {
    let names = if options.scenarios.is_empty() {
        vec![pollhook::scenario::shipped()[0].name.to_owned()]
    } else {
        options.scenarios.clone()
    };
    let overrides = options.running.overrides();
    let mut scenarios = Vec::new();
    for name in &names {
        match inputs::load(name, &overrides) {
            Ok(scenario) => scenarios.push(scenario),
            Err(end) => return end,
        }
    }
    let shard = match options.shard.map(Asked::shard).transpose() {
        Ok(shard) => shard,
        Err(end) => return end,
    };
    let running = &options.running;
    let reports = |()| match shard {
        Some(_) => Ok(()),
        None => scenarios.iter().try_for_each(|scenario| running.check_folder(&scenario.name)),
    };
    if let Err(end) = distinct(&scenarios)
        .and_then(|()| shows(&scenarios, options))
        .and_then(|()| can_be_precise(&scenarios, options))
        .and_then(|()| can_be_live(&scenarios, options))
        .and_then(reports)
        .and_then(|()| running.start_threads())
    {
        return end;
    }
    let stopped = stop::on_signal(if shard.is_some() { shard::STOPPING } else { STOPPING });
    let mut end = End::Done;
    let mut summaries = Vec::new();
    // One by one their reports are there sooner, but what changes on the machine in the meantime would look like theirs.
    let takes_turns = options.live.live
        && scenarios.len() > 1
        && scenarios.iter().any(|scenario| scenario.replications > 1);
    if takes_turns {
        end = in_turns(&scenarios, options, &stopped, &mut summaries);
    }
    for scenario in scenarios.iter().filter(|_| !takes_turns) {
        end = end.max(match (settled(scenario, RunOptions::until(&stopped)), shard) {
            (Err(end), _) => end,
            (Ok(scenario), Some(shard)) => shard::run(&scenario, shard, running, &stopped),
            (Ok(scenario), None) => one(&scenario, options, &stopped, &mut summaries),
        });
        // The user may want the program to end while charts are drawn, or between two runs.
        if stopped.load(Ordering::Relaxed) {
            end = End::Stopped;
        }
        if matches!(end, End::Failed | End::Stopped) {
            break;
        }
    }
    let shown = match (running.format, scenarios.len()) {
        (Format::Text, _) => End::Done,
        (Format::Json, 1) => print(&summaries.concat()),
        (Format::Json, _) => print(&array(&summaries)),
    };
    end.max(shown)
}

/// Texts of JSON as one array.
fn array(texts: &[String]) -> String {
    let texts: Vec<&str> = texts.iter().map(|text| text.trim_end()).collect();
    format!("[\n{}\n]\n", texts.join(",\n"))
}

/// The replication to show must be one of each scenario.
fn shows(scenarios: &[Scenario], options: &RunArgs) -> Result<(), End> {
    let replication = options.replication;
    // How many a precision takes is known at the end.
    let lacks = |scenario: &&Scenario| options.precision.is_none() && scenario.replications < replication;
    let Some(scenario) = scenarios.iter().find(lacks) else { return Ok(()) };
    complain(format!("{}; --replications {replication} makes more", no_replication(scenario, replication)));
    Err(End::Refused)
}

/// That there is no replication of that number.
pub(super) fn no_replication(scenario: &Scenario, number: u32) -> String {
    let Scenario { name, replications, .. } = scenario;
    format!("`{name}` has no replication {number}: its replications are 1 to {replications}")
}

/// A precision decides the number of replications, and needs figures that they make precise.
fn can_be_precise(scenarios: &[Scenario], options: &RunArgs) -> Result<(), End> {
    if options.precision.is_none() {
        return Ok(());
    }
    if options.running.overrides.iter().any(|set| set.path == "replications") {
        complain("--precision decides the number of replications; leave `--set replications` out");
        return Err(End::Refused);
    }
    let why = scenarios.iter().find_map(|scenario| Some((scenario, study::why_not_precise(scenario)?)));
    let Some((scenario, why)) = why else { return Ok(()) };
    complain(format!("`{}` cannot run with --precision: {why}", scenario.name));
    Err(End::Refused)
}

/// A warm-up is found in virtual time.
fn can_be_live(scenarios: &[Scenario], options: &RunArgs) -> Result<(), End> {
    if !options.live.live {
        return Ok(());
    }
    scenarios.iter().try_for_each(|scenario| {
        given_warmup(
            scenario,
            "run it without --live, and give the warm-up that it names with --set warmup=TIME",
        )
    })
}

/// Two scenarios of one name would write one folder.
fn distinct(scenarios: &[Scenario]) -> Result<(), End> {
    for (index, scenario) in scenarios.iter().enumerate() {
        if scenarios[..index].iter().any(|earlier| earlier.name == scenario.name) {
            complain(format!(
                "two scenarios are named `{}` and would write one folder; run them apart",
                scenario.name
            ));
            return Err(End::Refused);
        }
    }
    Ok(())
}

/// Runs one scenario, writes its report and shows it; the text of its summary is added to `summaries`.
fn one(
    scenario: &Scenario,
    options: &RunArgs,
    stopped: &Arc<AtomicBool>,
    summaries: &mut Vec<String>,
) -> End {
    let running = &options.running;
    let how = live::How::new(&options.live, running);
    let results = if options.live.live {
        live::run(scenario, how, (options.replication - 1, options.all_events), stopped)
    } else {
        virtual_time(scenario, options, stopped)
    };
    let results = match results {
        Ok(results) => results,
        Err(end) => return end,
    };
    finish(&results, &running.shown(), summaries)
}

/// Runs live scenarios in turns; then writes and shows their reports.
fn in_turns(
    scenarios: &[Scenario],
    options: &RunArgs,
    stopped: &Arc<AtomicBool>,
    summaries: &mut Vec<String>,
) -> End {
    let running = &options.running;
    let how = live::How::new(&options.live, running);
    scenarios.iter().for_each(|scenario| live::announce(scenario, how));
    let (all, failure) =
        live::in_turns(scenarios, how, (options.replication - 1, options.all_events), stopped);
    let mut end = failure.unwrap_or(End::Done);
    for results in all.iter().flatten() {
        end = end.max(finish(results, &running.shown(), summaries));
    }
    if stopped.load(Ordering::Relaxed) { End::Stopped } else { end }
}

/// Writes the report and shows it; with JSON, the text of its summary is added to `summaries` instead.
pub(super) fn finish(results: &Results, options: &Shown<'_>, summaries: &mut Vec<String>) -> End {
    let out = options.out.join(&results.scenario.name);
    let files = match report::short_files(results, options.charts) {
        Ok(files) => files,
        Err(error) => {
            complain(error);
            return End::Failed;
        }
    };
    let replications =
        Long { name: report::REPLICATIONS, write: &|to| report::data::write_replications(results, to) };
    if let Err(end) = written_with(&files, &[replications], &out) {
        return end;
    }
    let shown = match options.format {
        Format::Text => show(results, &out, options.quiet),
        Format::Json => {
            summaries.push(report::data::summary_json(&results.summary));
            End::Done
        }
    };
    if options.open {
        open(&out.join("index.html"));
    }
    let end = match () {
        () if !results.summary.complete => End::Stopped,
        () if results.summary.expectations.iter().any(|expectation| expectation.holds == Some(false)) => {
            End::Unexpected
        }
        () => End::Done,
    };
    end.max(shown)
}

fn show(results: &Results, out: &Path, quiet: bool) -> End {
    if quiet {
        return print(&clean(&terminal::quiet(results)));
    }
    let style = if std::io::stdout().is_terminal() { Style::Colour } else { Style::Plain };
    let columns = terminal_size::terminal_size().map_or(terminal::COLUMNS, |(width, _)| width.0.into());
    print(&terminal::render(results, &out.to_string_lossy(), style, columns))
}

fn virtual_time(scenario: &Scenario, options: &RunArgs, stopped: &AtomicBool) -> Result<Results, End> {
    let asked = Virtual {
        precision: options.precision,
        at_most: if options.precision.is_some() { study::MOST_REPLICATIONS } else { scenario.replications },
        replication: options.replication,
        all_events: options.all_events,
        quiet: options.running.quiet,
    };
    let results = asked.run(scenario, RunOptions::until(stopped).with_scratch(report::scratch::open));
    if let Some(results) = &results
        && results.summary.complete
        && results.summary.replication != options.replication
    {
        super::warn(format!(
            "there is no replication {}: {} were enough, and the first is shown",
            options.replication, results.summary.replications
        ));
    }
    results.ok_or_else(|| {
        complain("stopped before it had begun; nothing was measured and nothing is written");
        End::Stopped
    })
}

/// The charts of many clients take some seconds.
const STOPPING: &str =
    "stopped; writing the report of what was measured (Ctrl-C again ends the program without it)";
