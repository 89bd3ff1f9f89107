//! `pollhook compare`: reads report folders, and prints or writes their comparison.

use super::args::{CompareArgs, CompareFormat};
use super::kinds::{self, Kind};
use super::running::written;
use super::say::{clean, note};
use super::{End, complain, inputs, print};
use pollhook::compare::{self, Options, Report, Single};
use pollhook::report::{compared, swept};
use pollhook::scenario::{self, Scenario};
use pollhook::study::Again;
use pollhook::study::summary::Engine;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Compares reports.
pub(crate) fn compare(options: &CompareArgs) -> End {
    let mut reports = Vec::new();
    for folder in &options.reports {
        match read(folder) {
            Ok(report) => reports.push(report),
            Err(why) => {
                complain(why);
                return End::Refused;
            }
        }
    }
    name_apart(&mut reports, &options.reports);
    // Only pictures need more than the reports have.
    if let ([_, _], Some(_)) = (&reports[..], &options.out) {
        run_again(&mut reports);
    }
    let asked = Options {
        all: options.all,
        margin: options.margin,
        gates: options.gates.clone(),
        strict: options.strict,
    };
    let comparison = match compare::compare(&reports, &asked) {
        Ok(comparison) => comparison,
        Err(why) => {
            complain(why);
            return End::Refused;
        }
    };
    if let Some(out) = &options.out {
        let files = match compared::files(&comparison) {
            Ok(files) => files,
            Err(error) => {
                complain(error);
                return End::Failed;
            }
        };
        if let Err(end) = written(&files, out) {
            return end;
        }
        for line in &comparison.missing {
            note(&clean(&format!("{line}\n")));
        }
    }
    let shown = match options.format {
        CompareFormat::Text => {
            let folder =
                options.out.as_ref().map(|out| format!("Report: {}\n", out.join("index.html").display()));
            print(&clean(&(compared::text(&comparison) + &folder.unwrap_or_default())))
        }
        CompareFormat::Json => print(&compared::json(&comparison)),
        CompareFormat::Markdown => print(&compared::markdown(&comparison)),
        CompareFormat::Junit => print(&compared::junit(&comparison)),
    };
    let end = if comparison.fails() { End::Unexpected } else { End::Done };
    end.max(shown)
}

fn read(folder: &Path) -> Result<Report, String> {
    if let Some((sweep, number)) = setting_of_a_sweep(folder) {
        return setting(sweep, number);
    }
    let why = kinds::not_a_run(folder, |kind| match kind {
        Kind::Twin => "it compares both engines by itself".to_owned(),
        Kind::Comparison => "name the reports that it compares".to_owned(),
        Kind::Sweep => {
            format!("name one of its settings by its number, such as {}", folder.join("1").display())
        }
        Kind::Run | Kind::Parts => String::new(),
    });
    if let Some(why) = why {
        return Err(format!("cannot compare {}: {why}", folder.display()));
    }
    let text = |file: &str| {
        fs::read_to_string(folder.join(file)).map_err(|error| {
            format!(
                "cannot read {file} of {}: {error}; name the folder of a report, which `pollhook run` writes",
                folder.display()
            )
        })
    };
    let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
    let mut report = compared::read::report(&name, &text("summary.json")?, &text("replications.csv")?)?;
    // A run of more than a million rows writes no events.csv, and a reader may have taken away what was too large.
    let found = |file: &str| folder.join(file).exists().then(|| text(file)).transpose();
    let (events, requests) = (found("events.csv")?, found("requests.csv")?);
    report.single = compared::read::single(&report, events.as_deref(), requests.as_deref())?;
    Ok(report)
}

/// Runs the replications of both reports again, as many as both are worth.
fn run_again(reports: &mut [Report]) {
    let replications = reports.iter().map(Report::replications_again).min().unwrap_or_default();
    for report in reports {
        let shown = report.summary.replication.saturating_sub(1);
        let again = may_run_again(report, replications);
        report.take_again(again.map(|scenario| Again::new(&scenario, replications, shown)));
    }
}

/// The scenario of a report, or why running it would say nothing of it.
fn may_run_again(report: &Report, replications: u32) -> Result<Scenario, String> {
    let summary = &report.summary;
    match () {
        () if summary.engine == Engine::Live => Err("a live run measures anew each time".to_owned()),
        () if !summary.complete => Err("it was stopped before its end".to_owned()),
        () if summary.version != env!("CARGO_PKG_VERSION") => {
            Err(format!("pollhook {} wrote it, and this is {}", summary.version, env!("CARGO_PKG_VERSION")))
        }
        () if replications == 0 => Err("it or the other one has too many events and requests".to_owned()),
        () => scenario::from_resolved(&summary.scenario, &inputs::profile_file)
            .map_err(|why| format!("its scenario cannot be read here ({why})")),
    }
}

/// `SWEEP/3`: the setting that `sweep.csv` numbers so, in the report of a sweep.
fn setting_of_a_sweep(path: &Path) -> Option<(&Path, u64)> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let sweep = path.parent()?;
    (!path.exists() && sweep.join("sweep.csv").exists()).then_some((sweep, number))
}

fn setting(sweep: &Path, number: u64) -> Result<Report, String> {
    let text = |file: &str| {
        fs::read_to_string(sweep.join(file))
            .map_err(|error| format!("cannot read {file} of {}: {error}", sweep.display()))
    };
    let table = text("replications.csv")?;
    let all = swept::read::ran(&text("summary.json")?, &table)
        .map_err(|why| format!("cannot read {}: {why}", sweep.display()))?;
    // A setting that was not run has no summary and no row.
    let mut numbers: Vec<String> = (csv::Reader::from_reader(table.as_bytes()).records())
        .filter_map(|row| Some(row.ok()?.get(0)?.to_owned()))
        .collect();
    numbers.dedup();
    let found = all.into_iter().zip(&numbers).find(|(_, own)| **own == number.to_string());
    let Some((ran, _)) = found else {
        return Err(format!(
            "{} has no results of setting {number}; the column `point` of its sweep.csv has the numbers",
            sweep.display()
        ));
    };
    let mut replications: BTreeMap<String, Vec<Vec<Option<f64>>>> = BTreeMap::new();
    for row in ran.rows.rows() {
        let client = &ran.summary.clients[row.client].name;
        replications.entry(client.clone()).or_default().push(row.figures);
    }
    let name = sweep.file_name().unwrap_or(sweep.as_os_str()).to_string_lossy();
    // A sweep keeps neither single events nor requests in time.
    let single = Single::default();
    Ok(Report { name: format!("{name}/{number}"), summary: ran.summary, replications, single })
}

/// Folders of one name are called by their paths.
fn name_apart(reports: &mut [Report], folders: &[std::path::PathBuf]) {
    let names: Vec<String> = reports.iter().map(|report| report.name.clone()).collect();
    for (report, folder) in reports.iter_mut().zip(folders) {
        if names.iter().filter(|name| **name == report.name).count() > 1 {
            report.name = folder.display().to_string();
        }
    }
}
