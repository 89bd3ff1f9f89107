//! `pollhook run --live`: a scenario over real HTTP, replication after replication; several with replications in turns.

use super::args::{Live as Asked, Running};
use super::say::{clean, note};
use super::{End, complain, progress};
use pollhook::live::{self, Announcements, LiveRun, Options};
use pollhook::measure::Latencies;
use pollhook::model::events::Events;
use pollhook::report::metric;
use pollhook::rng::Randomness;
use pollhook::scenario::{Drain, Scenario};
use pollhook::study::summary::{Cpu, Live};
use pollhook::study::{self, Aggregate, Reduced, Replication, Results};
use pollhook::time::Span;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a live run goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// Seconds of the scenario per second of real time.
    pub(crate) speed: f64,
    /// Where the source listens; 0 takes a free port.
    pub(crate) port: u16,
    /// Without a word on its progress.
    pub(crate) quiet: bool,
}

impl How {
    pub(crate) const fn new(live: &Asked, running: &Running) -> Self {
        Self { speed: live.speed, port: live.port, quiet: running.quiet }
    }
}

/// Runs a scenario live, or reports why it cannot. `shown`: the replication that is shown along time, from 0 on.
pub(crate) fn run(
    scenario: &Scenario,
    options: How,
    (shown, all_events): (u32, bool),
    stopped: &Arc<AtomicBool>,
) -> Result<Results, End> {
    announce(scenario, options);
    let mut whole = Whole { all: Aggregate::showing(shown, None), ..Whole::default() };
    for number in 0..scenario.replications {
        let has_ended = whole.replicate(scenario, number, options, stopped)?;
        if !has_ended || stopped.load(Ordering::Relaxed) {
            break;
        }
    }
    Ok(whole.results(options, &[], all_events).expect("a scenario has at least one replication"))
}

/// Runs scenarios live in turns: the first replication of each, then the second of each. So what changes on the machine
/// in the meantime changes for all of them. Results are of what was measured, None of a scenario that had not begun; the
/// end is that of a failure.
pub(crate) fn in_turns(
    scenarios: &[Scenario],
    options: How,
    (shown, all_events): (u32, bool),
    stopped: &Arc<AtomicBool>,
) -> (Vec<Option<Results>>, Option<End>) {
    let new = |_| Whole { all: Aggregate::showing(shown, None), ..Whole::default() };
    let mut wholes: Vec<Whole> = scenarios.iter().map(new).collect();
    let failure = turns(scenarios, &mut wholes, options, stopped).err();
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let results = wholes.into_iter().enumerate().map(|(place, whole)| {
        let mut others: Vec<&str> = [&names[..place], &names[place + 1..]].concat();
        // Settings of a sweep are of one scenario.
        others.dedup();
        whole.results(options, &others, all_events)
    });
    (results.collect(), failure)
}

fn turns(
    scenarios: &[Scenario],
    wholes: &mut [Whole],
    options: How,
    stopped: &Arc<AtomicBool>,
) -> Result<(), End> {
    let most = scenarios.iter().map(|scenario| scenario.replications).max().unwrap_or_default();
    for number in 0..most {
        for (scenario, whole) in scenarios.iter().zip(&mut *wholes) {
            if number >= scenario.replications {
                continue;
            }
            let has_ended = whole.replicate(scenario, number, options, stopped)?;
            if !has_ended || stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Says how long it will take.
pub(super) fn announce(scenario: &Scenario, options: How) {
    if !options.quiet {
        note(&format!("{}: {}\n", clean(&scenario.name), expected(scenario, options.speed)));
    }
}

/// Says how long settings of one scenario take that run in turns.
pub(super) fn announce_turns(settings: &[Scenario], options: How) {
    let Some(first) = settings.first().filter(|_| !options.quiet) else { return };
    let all: Span = settings.iter().map(|one| one.duration * i64::from(one.replications)).sum();
    note(&format!(
        "{}: {} settings in turns, {} runs of each: {}, and after each run as long as events or retries are pending\n",
        clean(&first.name),
        settings.len(),
        first.replications,
        metric::duration(Some(all.as_secs_f64() / options.speed))
    ));
}

/// How long the runs take in real time, as far as it is known before they begin.
fn expected(scenario: &Scenario, speed: f64) -> String {
    let real = |span: Span| metric::duration(Some(span.as_secs_f64() / speed));
    let (runs, each) = (scenario.replications, scenario.duration);
    let (takes, after) = match runs {
        1 => (format!("takes {}", real(each)), "after that"),
        _ => {
            (format!("{runs} runs take {}, each {}", real(each * i64::from(runs)), real(each)), "after each")
        }
    };
    // A retry of an event that is known already is a request that the run counts.
    match scenario.drain {
        Drain::AtMost(Span::ZERO) => takes,
        Drain::AtMost(most) => {
            format!("{takes}, and {after} at most {} while events or retries are pending", real(most))
        }
        _ => format!("{takes}, and {after} as long as events or retries are pending"),
    }
}

/// Runs the replication of that number over its events.
pub(super) fn once(
    scenario: &Scenario,
    number: u32,
    options: How,
    stopped: &Arc<AtomicBool>,
) -> Result<(Arc<Events>, LiveRun), End> {
    let randomness = Randomness::new(scenario.seed, number);
    let events = Arc::new(Events::draw(scenario, randomness));
    let how =
        Options { speed: options.speed, port: options.port, stop: Arc::clone(stopped), ..Options::default() };
    let bar = progress::bar(&scenario.name, scenario.duration.0 as u64, options.quiet);
    let listening = |address| {
        if !options.quiet {
            let name = clean(&scenario.name);
            let what = if scenario.events.job.is_some() { "jobs" } else { "events" };
            note(&format!("{name}: the source listens on http://{address} (GET /{what})\n"));
        }
    };
    let run = live::run(scenario, &events, randomness, &how, listening, |now| {
        bar.set_position(now.0.max(0) as u64)
    });
    bar.finish_and_clear();
    if let Ok(run) = &run
        && let Announcements { failed, dropped, .. } = run.announcements
        && failed + dropped > 0
        && !options.quiet
    {
        note(&format!(
            "deliveries to URLs registered at the source: {failed} failed, {dropped} were not sent, because the \
             receiver was too far behind\n"
        ));
    }
    run.map(|run| (events, run)).map_err(|error| {
        complain(error);
        End::Failed
    })
}

/// All replications so far.
#[derive(Default)]
struct Whole {
    all: Aggregate,
    lateness: Latencies,
    foreign_requests: u64,
    cpu: Option<Cpu>,
}

impl Whole {
    /// Runs the replication of that number; whether it came to its end.
    fn replicate(
        &mut self,
        scenario: &Scenario,
        number: u32,
        options: How,
        stopped: &Arc<AtomicBool>,
    ) -> Result<bool, End> {
        let (events, run) = once(scenario, number, options, stopped)?;
        let has_ended = run.stopped.is_none();
        self.add(scenario, number, events, run);
        Ok(has_ended)
    }

    fn add(&mut self, scenario: &Scenario, number: u32, events: Arc<Events>, run: LiveRun) {
        let replication = Replication { events, records: run.records };
        self.all.add(Reduced::of(scenario, number, replication, run.stopped));
        self.lateness.add(&run.lateness);
        self.foreign_requests += run.foreign;
        if let Some(cpu) = run.cpu {
            let before = self.cpu.unwrap_or(Cpu { source: 0.0, client: 0.0 });
            self.cpu = Some(Cpu { source: before.source + cpu.source, client: before.client + cpu.client });
        }
    }

    /// None where no replication had begun. `others`: the scenarios with which it took turns.
    fn results(self, options: How, others: &[&str], all_events: bool) -> Option<Results> {
        let mut live = Live::default();
        live.speed = options.speed;
        live.lateness_s = study::latency(&self.lateness);
        live.cpu_s = self.cpu;
        live.foreign_requests = self.foreign_requests;
        live.in_turns_with = others.iter().map(|&name| name.to_owned()).collect();
        study::results(self.all, Some(live), all_events)
    }
}
