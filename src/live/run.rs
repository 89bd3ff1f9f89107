//! A live run from its options to its records: sets it up, waits for its end, and closes everything.

use super::announce::{Announcements, Counts};
use super::client_driver::ClientDriver;
use super::clock::Clock;
use super::cpu::{self, CLIENT, PUBLIC, SOURCE};
use super::descriptors::{self, Exhaustion};
use super::error::{LiveError, MAX_LOOPS};
use super::generate::{Stall, generate};
use super::recording::Recording;
use super::registering::Registering;
use super::setting::Setting;
use super::tls::{Certificate, Tls};
use crate::measure::{Cpu, Latencies, Record};
use crate::model::events::Events;
use crate::rng::Randomness;
use crate::scenario::{self, Scenario, Settling};
use crate::time::{Instant, Span};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Options of a live run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many times as fast as real time the scenario runs; above zero.
    pub speed: f64,
    /// Where the public source listens; 0 takes a free port.
    pub port: u16,
    /// Set to true to end the run early. The run only reads it.
    pub stop: Arc<AtomicBool>,
    /// For tests of the engine: the generator stops for a while, and the latencies must show it.
    pub stall: Option<Stall>,
    /// What the endpoints of clients with `https` have.
    pub certificate: Certificate,
    /// Where the deliveries are written down; None: nowhere.
    pub recording: Option<Recording>,
}

impl Default for Options {
    /// In real time, on a free port, to the end.
    fn default() -> Self {
        Self {
            speed: 1.0,
            port: 0,
            stop: Arc::new(AtomicBool::new(false)),
            stall: None,
            certificate: Certificate::Right,
            recording: None,
        }
    }
}

/// The result of a live run.
#[derive(Debug)]
#[non_exhaustive]
pub struct LiveRun {
    /// One record for each client, in the scenario's order.
    pub records: Vec<Record>,
    /// How much later than scheduled events occurred, timers were served and requests arrived, in the scenario's time.
    /// A request that did not arrive is as late as its sender waited for it.
    pub lateness: Latencies,
    /// Requests of other processes to the parties of the scenario. They were refused.
    pub foreign: u64,
    /// CPU time of both sides; None on systems other than Linux.
    pub cpu: Option<Cpu>,
    /// When it was stopped, if that was before its end.
    pub stopped: Option<Instant>,
    /// Deliveries to URLs that are registered at the public source. They are in no record.
    pub announcements: Announcements,
}

/// Runs a replication over real HTTP. `listening` gets the address of the public source before the run begins, and
/// `progress` the time of the scenario every 50 ms.
///
/// # Errors
/// A port or a socket cannot be opened, or the scenario is too large for real connections.
pub fn run(
    scenario: &Scenario,
    events: &Arc<Events>,
    randomness: Randomness,
    options: &Options,
    listening: impl FnOnce(SocketAddr),
    progress: impl Fn(Instant),
) -> Result<LiveRun, LiveError> {
    if scenario.settling == Settling::ToFind {
        return Err(LiveError::Warmup);
    }
    for client in scenario.clients.iter().filter(|client| client.asks()) {
        let loops = u64::from(client.count) * u64::from(scenario.events.resources);
        if loops > MAX_LOOPS {
            return Err(LiveError::TooMany { client: client.name.clone(), loops });
        }
    }
    descriptors::secure(scenario, events.occurred().len() as u64)?;
    let (source_side, client_side) = (runtime(SOURCE)?, runtime(CLIENT)?);
    // Requests to the public source must not delay the parties of the scenario.
    let public_side = runtime(PUBLIC)?;
    let registering = |client| Registering::lasts(scenario, client, randomness);
    let longest = scenario.clients.iter().map(registering).max().unwrap_or_default();
    let lead = SET_UP + Duration::from_secs_f64(longest.as_secs_f64() / options.speed);
    let clock = Clock::starting_in(lead, options.speed);
    // Before the run nothing is shown, not even what occurs as it begins.
    let (shown, _) = watch::channel(Instant::START - Span(1));
    let counts = Arc::new(Counts::default());
    let exhaustion = Exhaustion::default();
    let is_secure = scenario.clients.iter().any(|client| client.security().https());
    let tls = is_secure.then(|| Tls::new(options.certificate)).transpose()?;
    let setting = Setting {
        scenario,
        events,
        randomness,
        clock,
        shown: &shown,
        exhaustion: exhaustion.clone(),
        tls: tls.as_ref(),
        recording: options.recording.as_ref(),
    };
    let (address, announce) = setting.open_public(&public_side, options.port, &counts)?;
    let mut opened = Vec::new();
    for client in &scenario.clients {
        opened.push(setting.open_client(&source_side, &client_side, client)?);
    }
    let (mut drivers, mut beside, mut attackers) = (Vec::new(), Vec::new(), Vec::new());
    for (client, opened) in scenario.clients.iter().zip(opened) {
        let connected = setting.connect(&source_side, &client_side, client, opened)?;
        drivers.push(connected.driver);
        beside.push((connected.attacks, connected.set_up));
        attackers.extend(connected.attacker);
    }
    listening(address);
    let limit = scenario
        .clients
        .iter()
        .map(|client| scenario::limit(scenario, client))
        .max()
        .unwrap_or(Instant::START);
    let before = cpu::by_side();
    let ending = Arc::new(AtomicBool::new(false));
    let own = scenario.clients.iter().map(|client| events.wanted(scenario, &client.types));
    let interested = drivers.iter().cloned().zip(own).collect();
    let generator = spawn_generator(events, interested, announce, clock, (options.stall, &ending))?;
    // The worlds start with the run, not while it is set up.
    client_side.block_on(clock.sleep_until(Instant::START));
    drivers.iter().for_each(|driver| driver.begin());
    let ended = client_side.block_on(async {
        tokio::select! {
            stopped = wait(&drivers, attackers, clock, limit, &options.stop, progress) => Ok(stopped),
            shortage = exhaustion.reported() => Err(shortage),
        }
    });
    ending.store(true, Ordering::Relaxed);
    let generated = generator.join();
    let stopped = ended?;
    let mut lateness = generated.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let cpu = before.zip(cpu::by_side()).map(|(before, after)| Cpu {
        source: after.source - before.source,
        client: after.client - before.client,
    });
    let closed = drivers.iter().zip(&beside).filter_map(|(driver, its)| Some((driver.close(limit)?, its)));
    let mut foreign = 0;
    let records = closed.map(|(closed, (attacks, set_up))| {
        lateness.add(&closed.lateness);
        foreign += closed.foreign;
        Record { attacks: attacks.counts(), set_up: *set_up, ..closed.record }
    });
    let records = records.collect();
    public_side.shutdown_timeout(TEAR_DOWN);
    source_side.shutdown_timeout(TEAR_DOWN);
    client_side.shutdown_timeout(TEAR_DOWN);
    let announcements = counts.now();
    Ok(LiveRun { records, lateness, foreign, cpu, stopped, announcements })
}

/// Real time for setting up, before the run starts.
const SET_UP: Duration = Duration::from_millis(150);
/// Real time that the tasks have to end.
const TEAR_DOWN: Duration = Duration::from_millis(500);

/// One thread for each side, so that its CPU time can be measured separately.
fn runtime(side: &str) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name(side).enable_all().build()
}

fn spawn_generator(
    events: &Arc<Events>,
    drivers: Vec<(Arc<ClientDriver>, Arc<Events>)>,
    announce: impl Fn(u32) + Send + 'static,
    clock: Clock,
    (stall, ending): (Option<Stall>, &Arc<AtomicBool>),
) -> io::Result<std::thread::JoinHandle<Latencies>> {
    let events = Arc::clone(events);
    let ending = Arc::clone(ending);
    let generate = move || generate(&events, &drivers, clock, stall, &ending, announce);
    std::thread::Builder::new().name(SOURCE.into()).spawn(generate)
}

/// Waits until all worlds are at rest, the limit is reached or the run is stopped; returns when it was stopped.
async fn wait(
    drivers: &[Arc<ClientDriver>],
    attackers: Vec<JoinHandle<()>>,
    clock: Clock,
    limit: Instant,
    stop: &AtomicBool,
    progress: impl Fn(Instant),
) -> Option<Instant> {
    let rest = async {
        for driver in drivers {
            driver.at_rest().await;
        }
        for attacker in attackers {
            // One that failed has no more answers.
            let _ = attacker.await;
        }
    };
    tokio::pin!(rest);
    loop {
        tokio::select! {
            () = &mut rest => return None,
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                let now = clock.now();
                progress(now);
                if stop.load(Ordering::Relaxed) {
                    return Some(now.min(limit));
                }
                if now >= limit {
                    return None;
                }
            }
        }
    }
}
