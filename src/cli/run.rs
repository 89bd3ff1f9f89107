//! `pollhook run`: runs the named scenarios one after the other; the program ends with the worst status of all.

use super::args::{Format, RunArgs};
use super::say::clean;
use super::{End, complain, inputs, live, print, progress, stop, warn};
use pollhook::RunOptions;
use pollhook::report::terminal::{self, Style};
use pollhook::report::{self, folder};
use pollhook::scenario::{Override, Scenario};
use pollhook::study::{self, Results};
use std::io::IsTerminal;
use std::path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs the scenarios. All are read before the first one runs, so that an error in one is reported at once.
pub(crate) fn run(options: &RunArgs) -> End {
    let names = if options.scenarios.is_empty() {
        vec![pollhook::scenario::shipped()[0].name.to_owned()]
    } else {
        options.scenarios.clone()
    };
    let overrides = overrides(options);
    let mut scenarios = Vec::new();
    for name in &names {
        match inputs::load(name, &overrides) {
            Ok(scenario) => scenarios.push(scenario),
            Err(end) => return end,
        }
    }
    if let Err(end) = distinct(&scenarios).and_then(|()| writable(&scenarios, options)) {
        return end;
    }
    let threads = rayon::ThreadPoolBuilder::new().num_threads(options.threads.map_or(0, usize::from));
    if let Err(error) = threads.build_global() {
        complain(format!("cannot start {} threads: {error}", options.threads.unwrap_or_default()));
        return End::Failed;
    }
    let stopped = stop::on_signal(STOPPING);
    let mut end = End::Done;
    let mut summaries = Vec::new();
    for scenario in &scenarios {
        end = end.max(one(scenario, options, &stopped, &mut summaries));
        // The user may want the program to end while charts are drawn, or between two runs.
        if stopped.load(Ordering::Relaxed) {
            end = End::Stopped;
        }
        if matches!(end, End::Failed | End::Stopped) {
            break;
        }
    }
    let shown = match (options.format, scenarios.len()) {
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

/// The options for values of the scenario, as overrides. Explicit overrides come last and take precedence.
fn overrides(options: &RunArgs) -> Vec<Override> {
    let set = |path: &str, value: String| Override { path: path.into(), value };
    let seed = options.seed.map(|seed| set("seed", seed.to_string()));
    let replications = options.replications.map(|count| set("replications", count.to_string()));
    seed.into_iter().chain(replications).chain(options.overrides.iter().cloned()).collect()
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

/// Checks before the run that the reports can be written: otherwise the whole run would be wasted.
fn writable(scenarios: &[Scenario], options: &RunArgs) -> Result<(), End> {
    for Scenario { name, .. } in scenarios {
        let mut parts = path::Path::new(name).components();
        let plain = matches!((parts.next(), parts.next()), (Some(path::Component::Normal(_)), None));
        if !plain || name.len() > NAME_BYTES {
            complain(format!(
                "a report folder cannot be named `{name}`; rename the scenario's file: a name has at most {NAME_BYTES} \
                 bytes, no slash, and is neither `.` nor `..`"
            ));
            return Err(End::Refused);
        }
        folder::check(&options.out.join(name)).map_err(|error| {
            complain(error);
            End::Failed
        })?;
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
    let results = if options.live {
        live::run(scenario, options, stopped)
    } else {
        virtual_time(scenario, options, stopped)
    };
    let results = match results {
        Ok(results) => results,
        Err(end) => return end,
    };
    let out = options.out.join(&scenario.name);
    let files = match report::files(&results, !options.no_charts) {
        Ok(files) => files,
        Err(error) => {
            complain(error);
            return End::Failed;
        }
    };
    match folder::write(&files, &out) {
        Ok(folder::Written { leftover: None, .. }) => {}
        Ok(folder::Written { leftover: Some(leftover), .. }) => warn(leftover),
        Err(error) => {
            complain(error);
            return End::Failed;
        }
    }
    let shown = match options.format {
        Format::Text => show(&results, &out, options),
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

fn show(results: &Results, out: &path::Path, options: &RunArgs) -> End {
    if options.quiet {
        return print(&clean(&terminal::quiet(results)));
    }
    let style = if std::io::stdout().is_terminal() { Style::Colour } else { Style::Plain };
    let columns = terminal_size::terminal_size().map_or(terminal::COLUMNS, |(width, _)| width.0.into());
    print(&terminal::render(results, &out.to_string_lossy(), style, columns))
}

fn virtual_time(scenario: &Scenario, options: &RunArgs, stopped: &AtomicBool) -> Result<Results, End> {
    let steps = u64::from(scenario.replications) * scenario.clients.len() as u64;
    let bar = progress::bar(&scenario.name, steps, options.quiet);
    let control = RunOptions::until(stopped);
    let results = study::run(scenario, control, options.all_events, || bar.inc(1));
    bar.finish_and_clear();
    results.ok_or_else(|| {
        complain("stopped before it had begun; nothing was measured and nothing is written");
        End::Stopped
    })
}

/// Opens a file in the default application of the desktop. If that fails, the path has been printed already.
fn open(file: &path::Path) {
    let opener = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if let Err(error) = std::process::Command::new(opener).arg(file).status() {
        complain(format!("cannot open {} with {opener}: {error}", file.display()));
    }
}

/// The charts of many clients take some seconds.
const STOPPING: &str =
    "stopped; writing the report of what was measured (Ctrl-C again ends the program without it)";

/// Bytes of a scenario's name at most: a folder's name has at most 255 on most disks, and a new one's is longer than
/// the name while it is written.
const NAME_BYTES: usize = 200;
