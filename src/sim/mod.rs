//! Driver 1: virtual time. Runs a client's world as fast as the machine can, with the same result every time.
//!
//! Knows the model and the measurement, but no socket and no clock. It adds the agenda, the transport of messages by
//! the network model, polls worked in one step each, and the shortcut that counts empty polls without simulating them.

mod agenda;
mod attacks;
mod direct;
mod drive;
mod ends;
mod item;
mod lane;
mod network;
mod shortcut;
mod streams;
mod traffic;
mod wheel;

use crate::measure::{Record, recorder, recorder_until};
use crate::model::events::Events;
use crate::model::set_up::SetUp;
use crate::parallel;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario, limit};
use crate::scratch;
use crate::time::{Instant, Span};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether empty polls may be counted instead of simulated. The figures are the same either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Path {
    /// Counts them where the shortcut holds and is faster.
    Shortest,
    /// Counts them where the shortcut holds.
    Shortcut,
    /// Simulates every poll, in one step where that is possible.
    Plain,
    /// Simulates every message of every poll.
    Messages,
}

/// Options of a run. None of them changes a figure.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RunOptions<'a> {
    /// Which polls are simulated.
    pub path: Path,
    /// Set to true, from any thread, to stop the run early.
    pub stop: &'a AtomicBool,
    /// Opens a place for what does not fit into memory; None: memory must do.
    pub scratch: Option<scratch::Open>,
}

impl<'a> RunOptions<'a> {
    /// By the fastest path, to the end.
    pub const TO_THE_END: Self = Self::to_the_end(Path::Shortest);

    /// By the fastest path, until `stop` is true.
    pub const fn until(stop: &'a AtomicBool) -> Self {
        Self { path: Path::Shortest, stop, scratch: None }
    }

    /// The same, with a place for what does not fit into memory.
    pub const fn with_scratch(self, open: scratch::Open) -> Self {
        Self { scratch: Some(open), ..self }
    }

    /// By that path, to the end.
    pub const fn to_the_end(path: Path) -> Self {
        static GO_ON: AtomicBool = AtomicBool::new(false);
        Self { path, stop: &GO_ON, scratch: None }
    }
}

/// Runs one replication of one client. None where it was stopped before its end.
pub fn run(
    scenario: &Scenario,
    client: &Client,
    events: &Arc<Events>,
    randomness: Randomness,
    options: RunOptions<'_>,
) -> Option<Record> {
    let mut session = Session::new(&Arc::new(scenario.clone()), client, events, randomness, options.path);
    let stopped = advance_together(std::slice::from_mut(&mut session), options.stop);
    stopped.is_none().then(|| session.finish(None))
}

/// Runs sessions of one scenario to their end. All advance by the same steps, so that a stop finds them at the same time.
/// Returns the time at which they were stopped; None where they were not.
pub fn advance_together(sessions: &mut [Session], stop: &AtomicBool) -> Option<Instant> {
    let scenario = Arc::clone(&sessions.first()?.scenario);
    let limit = sessions.iter().map(Session::limit).max()?;
    let requests = sessions.iter().map(|session| traffic::requests(&scenario, &session.client)).sum::<f64>();
    let steps = (requests / REQUESTS_PER_STEP).clamp(1.0, MOST_STEPS) as i64;
    let mut reached = None;
    for until in slices(&scenario, steps, limit) {
        if reached.is_some() && stop.load(Ordering::Relaxed) {
            return reached;
        }
        // A short run takes less time than sharing it out among threads.
        match steps {
            1 => sessions.iter_mut().for_each(|session| session.advance(until)),
            _ => parallel::for_each(sessions, |session| session.advance(until)),
        }
        reached = Some(until);
    }
    None
}

/// One replication of one client, which can be advanced step by step. It owns all that it needs.
#[derive(Clone)]
pub struct Session {
    scenario: Arc<Scenario>,
    client: Client,
    events: Arc<Events>,
    randomness: Randomness,
    running: Running,
}

/// How a session simulates its client.
#[derive(Clone)]
enum Running {
    /// By the shortcut, which computes everything at the end.
    Shortcut,
    /// Each poll in one step.
    Direct(Box<direct::Running>),
    /// Each message.
    Messages(Box<drive::Running>),
}

impl Running {
    /// The latest possible end of the run; None where it is that of the events.
    fn limit(&self) -> Option<Instant> {
        match self {
            Self::Shortcut => None,
            Self::Direct(running) => Some(running.limit()),
            Self::Messages(running) => Some(running.limit()),
        }
    }

    fn advance(&mut self, until: Instant) {
        match self {
            Self::Shortcut => {}
            Self::Direct(running) => running.advance(until),
            Self::Messages(running) => running.advance(until),
        }
    }

    /// The measurements of everything before `at`; None where the shortcut computes them.
    fn finish(self, at: Instant) -> Option<Record> {
        match self {
            Self::Shortcut => None,
            Self::Direct(running) => Some(running.finish(at)),
            Self::Messages(running) => Some(running.finish(at)),
        }
    }
}

impl Session {
    /// A session at the start of its run. `client` is one of the scenario's.
    pub fn new(
        scenario: &Arc<Scenario>,
        client: &Client,
        events: &Arc<Events>,
        randomness: Randomness,
        path: Path,
    ) -> Self {
        let events = &events.wanted(scenario, &client.types);
        let short = match path {
            Path::Shortest => shortcut::applies(scenario, client) && shortcut::pays(scenario, client),
            Path::Shortcut => shortcut::applies(scenario, client),
            Path::Plain | Path::Messages => false,
        };
        let direct = path != Path::Messages && direct::applies(scenario, client);
        let recorder = || recorder(scenario, client, events);
        let running = match (short, direct) {
            (true, _) => Running::Shortcut,
            (false, true) => {
                let running = direct::Running::new(scenario, client, events, randomness, recorder());
                Running::Direct(Box::new(running))
            }
            (false, false) => {
                let running = drive::Running::new(scenario, client, events, randomness, recorder());
                Running::Messages(Box::new(running))
            }
        };
        let (scenario, events) = (Arc::clone(scenario), Arc::clone(events));
        Self { scenario, client: client.clone(), events, randomness, running }
    }

    /// The latest possible end of the run.
    pub fn limit(&self) -> Instant {
        self.running.limit().unwrap_or(Instant::START + self.scenario.duration)
    }

    /// Runs everything that happens before that time.
    pub fn advance(&mut self, until: Instant) {
        self.running.advance(until);
    }

    /// The measurements of everything before `at`, the time to which it was advanced. As in a run that stops there,
    /// requests that are under way stay unanswered. The session can go on.
    pub fn snapshot(&self, at: Instant) -> Record {
        let last = at - Span(1);
        if let Some(record) = self.running.clone().finish(last) {
            return self.completed(record, at);
        }
        let Self { scenario, client, events, randomness, running: _ } = self;
        let recorder = recorder_until(at, scenario, client, events);
        let cut = Scenario { duration: at - Instant::START, ..Scenario::clone(scenario) };
        let record = shortcut::run(&cut, client, &events.before(at), *randomness, last, recorder);
        self.completed(record, at)
    }

    /// The record with what no machine does: the set-up before the run, and the attacks until that time.
    fn completed(&self, record: Record, until: Instant) -> Record {
        let Self { scenario, client, events, randomness, running: _ } = self;
        let attacks = attacks::attacks(scenario, client, events, &record.receipts, until);
        Record { attacks, set_up: SetUp::of(scenario, client, *randomness), ..record }
    }

    /// The measurements of the whole run, or of everything before the time at which it was stopped.
    pub fn finish(self, stopped: Option<Instant>) -> Record {
        let mut session = self;
        if stopped.is_none() {
            session.advance(Instant::NEVER);
        }
        let last = stopped.map_or(Instant::NEVER, |at| at - Span(1));
        let record = std::mem::replace(&mut session.running, Running::Shortcut).finish(last);
        match (record, stopped) {
            (Some(record), _) => session.completed(record, stopped.unwrap_or(Instant::NEVER)),
            (None, Some(at)) => session.snapshot(at),
            (None, None) => {
                let Self { scenario, client, events, randomness, running: _ } = &session;
                let (recorder, limit) = (recorder(scenario, client, events), limit(scenario, client));
                let record = shortcut::run(scenario, client, events, *randomness, limit, recorder);
                session.completed(record, Instant::NEVER)
            }
        }
    }
}

/// About a millisecond's work.
const REQUESTS_PER_STEP: f64 = 4096.0;
const MOST_STEPS: f64 = 256.0;

/// The times to which a run is advanced in turn; it can be stopped between them. Equal steps over the duration, then
/// steps of the drain that double, since its limit is often far beyond the last activity.
fn slices(scenario: &Scenario, steps: i64, limit: Instant) -> impl Iterator<Item = Instant> + use<> {
    const AFTER: i32 = 24;
    let (duration, end) = (scenario.duration, Instant::START + scenario.duration);
    let drain = (limit - end).max(Span::ZERO);
    let during = (1..steps).map(move |step| Instant::START + Span(duration.0 / steps * step));
    let after = (0..AFTER).map(move |step| end + Span(drain.0 >> (AFTER - step)));
    during.chain(after).chain([limit.max(end)])
}
