//! `pollhook sweep`: runs a scenario at every setting of a grid, writes one report over all and shows it.

use super::args::{Format, Live, Running, SweepArgs};
use super::inputs::Input;
use super::live::{self, How};
use super::running::{Shown, given_warmup, open, written};
use super::say::{clean, note};
use super::{End, complain, print, progress, shard, stop};
use pollhook::RunOptions;
use pollhook::report::{scratch, swept};
use pollhook::scenario::Scenario;
use pollhook::study::Results;
use pollhook::sweep::{self, Asked, Grid, Ran, Sweep};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sweeps. Every setting is read before the first one runs, so that an error in one is reported at once.
pub(crate) fn sweep(options: &SweepArgs) -> End {
    match swept(options) {
        Ok(end) | Err(end) => end,
    }
}

fn swept(options: &SweepArgs) -> Result<End, End> {
    let running = &options.running;
    let refused = |why: String| {
        complain(why);
        End::Refused
    };
    let grid = Grid::new(options.vary.clone()).map_err(refused)?;
    if let Some(both) =
        grid.vary.iter().find(|one| running.overrides().iter().any(|set| set.path == one.path))
    {
        return Err(refused(format!(
            "`{}` is both varied and set; leave --set, --seed or --replications out",
            both.path
        )));
    }
    let input = Input::read(&options.scenario)?;
    let base = input.load(&running.overrides())?;
    let asked = Asked { wishes: options.wishes.clone(), cheapest: options.cheapest.clone() };
    asked.check(&base).map_err(refused)?;
    let mut settings = Vec::new();
    for setting in &grid.settings {
        let set = [running.overrides(), grid.overrides(setting)].concat();
        let scenario = input.load(&set)?;
        if scenario.clients.len() != base.clients.len() {
            return Err(refused(format!(
                "with {} there are other clients than without; vary a value of a client that stays",
                setting.values.join(", ")
            )));
        }
        given_warmup(
            &scenario,
            "and settings with warm-ups of their own do not compare: run one of them with `pollhook run`, and give the \
             warm-up that it names with --set warmup=TIME",
        )?;
        settings.push(scenario);
    }
    if let Some(shard) = options.shard {
        if options.resume {
            return Err(refused(RESUMED_PART.to_owned()));
        }
        let shard = shard.shard()?;
        running.start_threads()?;
        let stopped = stop::on_signal(shard::STOPPING);
        return Ok(shard::sweep(&base, (&grid, &settings), &asked, shard, (running, &stopped)));
    }
    running.check_folder(&base.name)?;
    running.start_threads()?;
    let out = running.out.join(&base.name);
    let earlier = if options.resume { earlier(&out)? } else { Vec::new() };
    let stopped = stop::on_signal(STOPPING);
    let ran = run(&settings, earlier, (&options.live, running), &base.name, &stopped)?;
    let sweep = Sweep::new(base, grid, ran, asked).map_err(|why| {
        let is_stopped = stopped.load(Ordering::Relaxed);
        complain(if is_stopped { format!("stopped before the first setting was done: {why}") } else { why });
        if is_stopped { End::Stopped } else { End::Refused }
    })?;
    finish(&sweep, &running.shown())
}

/// Writes the report of a sweep and shows it.
pub(super) fn finish(sweep: &Sweep, options: &Shown<'_>) -> Result<End, End> {
    let out = options.out.join(&sweep.base.name);
    let files = swept::files(sweep, options.charts).map_err(|error| {
        complain(error);
        End::Failed
    })?;
    written(&files, &out)?;
    let shown = show(sweep, &out, options);
    if options.open {
        open(&out.join("index.html"));
    }
    let is_complete = sweep.is_complete();
    let is_vain = sweep.found.as_ref().is_some_and(|found| found.chosen.is_none());
    let broken = || is_vain || sweep.points.iter().any(|point| point.ran.breaks_a_claim());
    let end = match () {
        () if !is_complete => End::Stopped,
        () if broken() => End::Unexpected,
        () => End::Done,
    };
    Ok(end.max(shown))
}

/// The results at each setting; None where the sweep was stopped before. What an earlier sweep has of the same scenario, seed
/// and version is taken from it.
fn run(
    settings: &[Scenario],
    mut earlier: Vec<Ran>,
    (live, running): (&Live, &Running),
    name: &str,
    stopped: &Arc<AtomicBool>,
) -> Result<Vec<Option<Ran>>, End> {
    let mut ran: Vec<Option<Ran>> = settings
        .iter()
        .map(|setting| {
            let place = earlier.iter().position(|ran| ran.is_of(setting, live.live.then_some(live.speed)))?;
            Some(earlier.swap_remove(place))
        })
        .collect();
    let missing: Vec<usize> = (0..settings.len()).filter(|&place| ran[place].is_none()).collect();
    if !earlier.is_empty() {
        note(&format!(
            "{} of the earlier settings are of another value, seed or number of replications, or of another version, and \
             are replaced\n",
            earlier.len()
        ));
    }
    if live.live {
        run_live(settings, &missing, How::new(live, running), &mut ran, stopped)?;
        return Ok(ran);
    }
    let steps = missing.iter().map(|&place| sweep::steps(&settings[place])).sum();
    let bar = progress::bar(&shard::settings_of(name, missing.len()), steps, running.quiet);
    let scenarios = missing.iter().map(|&place| &settings[place]).collect();
    let new = sweep::run(scenarios, RunOptions::until(stopped).with_scratch(scratch::open), || bar.inc(1));
    bar.finish_and_clear();
    for (place, new) in missing.into_iter().zip(new) {
        ran[place] = new;
    }
    Ok(ran)
}

/// Runs those settings live: with replications in turns, so that what changes on the machine changes for all of them. Without,
/// a setting is done when its turn is, so that a sweep that is stopped has those before it.
fn run_live(
    settings: &[Scenario],
    missing: &[usize],
    how: How,
    ran: &mut [Option<Ran>],
    stopped: &Arc<AtomicBool>,
) -> Result<(), End> {
    let whole = |results: Results| Some(Ran::from(results)).filter(|ran| ran.summary.complete);
    if missing.iter().all(|&place| settings[place].replications < 2) {
        for &place in missing {
            if stopped.load(Ordering::Relaxed) {
                break;
            }
            ran[place] = whole(live::run(&settings[place], how, (0, false), stopped)?);
        }
        return Ok(());
    }
    let own: Vec<Scenario> = missing.iter().map(|&place| settings[place].clone()).collect();
    live::announce_turns(&own, how);
    let (results, failure) = live::in_turns(&own, how, (0, false), stopped);
    for (&place, results) in missing.iter().zip(results) {
        ran[place] = results.and_then(whole);
    }
    failure.map_or(Ok(()), Err)
}

/// The results of the sweep in that folder; none where nothing is there.
fn earlier(out: &Path) -> Result<Vec<Ran>, End> {
    let read = |file: &str| fs::read_to_string(out.join(file));
    let Ok(summary) = read("summary.json") else {
        note(&format!("nothing to go on with in {}: every setting is run\n", clean(&out.to_string_lossy())));
        return Ok(Vec::new());
    };
    swept::read::ran(&summary, &read("replications.csv").unwrap_or_default()).map_err(|why| {
        complain(format!(
            "cannot go on with {}: {why}; leave --resume out to run every setting",
            out.display()
        ));
        End::Refused
    })
}

fn show(sweep: &Sweep, out: &Path, options: &Shown<'_>) -> End {
    match options.format {
        Format::Json => print(&swept::json(sweep)),
        Format::Text if options.quiet => print(&clean(&format!("{}\n", sweep.answer.sentence))),
        Format::Text => {
            let text = swept::text(sweep);
            print(&clean(&format!("{text}\nReport: {}\n", out.join("index.html").display())))
        }
    }
}

const STOPPING: &str =
    "stopped; writing the report of the settings that are done (Ctrl-C again ends the program without it)";
const RESUMED_PART: &str = "--resume goes on with a report, and a part has none: it is written as a whole or not at all; leave \
                            --resume out, and run the parts again that are missing";
