//! Sets a live run up, lets it happen, and takes it down.

use super::announce::announce;
use super::carry::Carrier;
use super::clock::Clock;
use super::connection::Connections;
use super::cpu::{self, CLIENT, SOURCE};
use super::desk::{Desk, Send};
use super::endpoint::{Endpoint, Links};
use super::generate::{Stall, generate};
use super::server::{listen, serve};
use super::source::Source;
use super::subscriptions::{self, Subscriptions};
use super::wire::Wire;
use crate::measure::{Latencies, Record};
use crate::model::World;
use crate::model::events::Events;
use crate::model::exchange::Link;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::sim;
use crate::study::summary::Cpu;
use crate::time::Instant;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Buf;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;

/// How a live run is to be gone about.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many times as fast as real time the scenario runs; above zero.
    pub speed: f64,
    /// Where the public source listens; 0 takes a free port.
    pub port: u16,
    /// Raised by whoever wants the run to end early.
    pub stop: Arc<AtomicBool>,
    /// A test of ourselves: the generator stands still for a while, and the latencies must show it.
    pub stall: Option<Stall>,
}

/// What a live run came to.
#[derive(Debug)]
pub struct LiveRun {
    /// One record for each client, in the scenario's order.
    pub records: Vec<Record>,
    /// How much later than scheduled events occurred and timers were served, in the scenario's time.
    pub lateness: Latencies,
    /// CPU time of both sides, where the system tells.
    pub cpu: Option<Cpu>,
    /// When it was over, where it was stopped before its end.
    pub stopped: Option<Instant>,
}

/// Why a live run could not be.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The port of the public source is taken, or may not be used.
    #[error("cannot listen on port {port}: {source}; --port 0 takes a free one")]
    Port {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// A listener, a thread or a connection could not be had.
    #[error("cannot set the live run up: {0}")]
    SetUp(#[from] io::Error),
    /// The scenario asks for more connections than one machine should open.
    #[error(
        "client `{client}` has {loops} poll loops, and a live run at most {MOST_LOOPS}; \
         lower count or events.resources, or leave --live out"
    )]
    TooMany {
        /// The client.
        client: String,
        /// Its loops: members × resources.
        loops: u64,
    },
    /// A delivery cannot be registered.
    #[error("the source did not take the subscription of `{0}`")]
    Registration(String),
}

/// Poll loops of one client at most: each has a connection of its own.
pub const MOST_LOOPS: u64 = 2_000;

/// Runs a replication over real HTTP. `listening` is told where the public source is, `progress` of the time of
/// the scenario now and then.
///
/// # Errors
/// A port or a socket that cannot be had, or a scenario that is too large for real connections.
pub fn run(
    scenario: &Scenario,
    events: &Arc<Events>,
    randomness: Randomness,
    options: &Options,
    listening: impl FnOnce(SocketAddr),
    progress: impl Fn(Instant),
) -> Result<LiveRun, LiveError> {
    for client in scenario.clients.iter().filter(|client| client.pull().is_some()) {
        let loops = u64::from(client.count) * u64::from(scenario.events.resources);
        if loops > MOST_LOOPS {
            return Err(LiveError::TooMany { client: client.name.clone(), loops });
        }
    }
    let (source_side, client_side) = (runtime(SOURCE)?, runtime(CLIENT)?);
    let clock = Clock::starting_in(SET_UP, options.speed);
    let occurred = Arc::new(AtomicU32::new(0));
    let setting = Setting { scenario, events, randomness, clock, occurred: &occurred };
    let (address, announce) = setting.open_public(&source_side, options.port)?;
    let mut desks = Vec::new();
    for client in &scenario.clients {
        desks.push(setting.open_client(&source_side, &client_side, client)?);
    }
    listening(address);
    let limit =
        scenario.clients.iter().map(|client| sim::limit(scenario, client)).max().unwrap_or(Instant::START);
    let before = cpu::by_side();
    let generator = spawn_generator(events, &desks, &occurred, announce, clock, options)?;
    // The clocks of the worlds start with the run, not with its setting up.
    client_side.block_on(clock.sleep_until(Instant::START));
    desks.iter().for_each(|desk| desk.begin());
    let ended = client_side.block_on(wait(&desks, clock, limit, &options.stop, progress));
    let stopped = options.stop.load(Ordering::Relaxed).then_some(ended);
    options.stop.store(true, Ordering::Relaxed);
    let mut lateness = generator.join().unwrap_or_default();
    let cpu = before.zip(cpu::by_side()).map(|(before, after)| Cpu {
        source: after.source - before.source,
        client: after.client - before.client,
    });
    let closed = desks.iter().filter_map(|desk| desk.close(limit));
    let records = closed.map(|(record, timers)| {
        lateness.add(&timers);
        record
    });
    let records = records.collect();
    source_side.shutdown_timeout(TEAR_DOWN);
    client_side.shutdown_timeout(TEAR_DOWN);
    options.stop.store(stopped.is_some(), Ordering::Relaxed);
    Ok(LiveRun { records, lateness, cpu, stopped })
}

/// Real time between the setting up and the start.
const SET_UP: Duration = Duration::from_millis(150);
/// Real time that the tasks have to end.
const TEAR_DOWN: Duration = Duration::from_millis(500);

/// One thread for a side, so that its CPU time can be told from the other's.
fn runtime(side: &str) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name(side).enable_all().build()
}

fn spawn_generator(
    events: &Arc<Events>,
    desks: &[Arc<Desk>],
    occurred: &Arc<AtomicU32>,
    announce: impl Fn(u32) + std::marker::Send + 'static,
    clock: Clock,
    options: &Options,
) -> io::Result<std::thread::JoinHandle<Latencies>> {
    let (events, desks, occurred) = (Arc::clone(events), desks.to_vec(), Arc::clone(occurred));
    let (stop, stall) = (Arc::clone(&options.stop), options.stall);
    let generate = move || generate(&events, &desks, &occurred, clock, stall, &stop, announce);
    std::thread::Builder::new().name(SOURCE.into()).spawn(generate)
}

/// Waits until all worlds are at rest, the limit has come or the run is stopped; returns when that was.
async fn wait(
    desks: &[Arc<Desk>],
    clock: Clock,
    limit: Instant,
    stop: &AtomicBool,
    progress: impl Fn(Instant),
) -> Instant {
    let rest = async {
        for desk in desks {
            desk.at_rest().await;
        }
    };
    tokio::pin!(rest);
    loop {
        tokio::select! {
            () = &mut rest => return clock.now(),
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                let now = clock.now();
                progress(now);
                if now >= limit || stop.load(Ordering::Relaxed) {
                    return now.min(limit);
                }
            }
        }
    }
}

/// What everything of a run is set up from.
struct Setting<'a> {
    scenario: &'a Scenario,
    events: &'a Arc<Events>,
    randomness: Randomness,
    clock: Clock,
    occurred: &'a Arc<AtomicU32>,
}

impl Setting<'_> {
    /// Opens the source that anybody may use, and whoever calls its subscribers; returns where it listens and whom to
    /// tell of each event.
    fn open_public(
        &self,
        side: &Runtime,
        port: u16,
    ) -> Result<(SocketAddr, impl Fn(u32) + std::marker::Send + use<>), LiveError> {
        let subscriptions = Arc::new(Subscriptions::default());
        let address = self
            .open_source(side, port, None, Arc::clone(&subscriptions))
            .map_err(|source| LiveError::Port { port, source })?;
        let (announcements, announced) = mpsc::unbounded_channel();
        side.spawn(announce(Wire::new(self.scenario, self.events), Arc::clone(&subscriptions), announced));
        let tell = move |event| {
            if !subscriptions.is_empty() {
                // Nobody listens only where the run is being torn down.
                announcements.send(event).unwrap_or_default();
            }
        };
        Ok((address, tell))
    }

    fn open_source(
        &self,
        side: &Runtime,
        port: u16,
        client: Option<(Arc<Desk>, Links)>,
        subscriptions: Arc<Subscriptions>,
    ) -> io::Result<SocketAddr> {
        let (listener, address) = side.block_on(listen(port))?;
        let wire = Wire::new(self.scenario, self.events);
        let source = Source { wire, client, occurred: Arc::clone(self.occurred), subscriptions };
        side.spawn(serve(listener, Arc::new(source), self.scenario.source_outages.clone(), self.clock));
        Ok(address)
    }

    /// Opens one client: its world, its source, its endpoints, and whoever carries its requests.
    fn open_client(
        &self,
        source: &Runtime,
        client_side: &Runtime,
        client: &Client,
    ) -> Result<Arc<Desk>, LiveError> {
        let world = World::new(self.scenario, client, self.events, self.randomness);
        let recorder = sim::recorder(self.scenario, client, self.events);
        let (sender, sends) = mpsc::unbounded_channel::<Send>();
        let desk = Arc::new(Desk::new(world, recorder, self.clock, sender));
        let to_source = Link::to_source(&client.network.to_source, self.randomness);
        let to_client = Link::to_client(&client.network.to_client, self.randomness);
        let polls = Links { there: to_source.clone(), back: to_client.clone() };
        let deliveries = Links { there: to_client, back: to_source };
        let subscriptions = Arc::new(Subscriptions::default());
        let own = Some((Arc::clone(&desk), polls.clone()));
        let address = self.open_source(source, 0, own, Arc::clone(&subscriptions))?;
        let mut carrier = Carrier {
            desk: Arc::clone(&desk),
            wire: Wire::new(self.scenario, self.events),
            to_source: client.pull().map(|_| (Connections::to(address), polls)),
            to_client: None,
        };
        if client.webhook().is_some() {
            let (listener, endpoint) = client_side.block_on(listen(0))?;
            let handler = Endpoint { desk: Arc::clone(&desk), links: deliveries.clone() };
            client_side.spawn(serve(listener, Arc::new(handler), client.outages.clone(), self.clock));
            let registered = client_side.block_on(register(address, endpoint));
            let subscription = registered.and_then(|()| subscriptions.all().pop());
            let Some(subscription) = subscription else {
                return Err(LiveError::Registration(client.name.clone()));
            };
            carrier.to_client = Some((Connections::to(subscription.address), deliveries));
        }
        // Who asks pays: deliveries are the source's work, polls the client's.
        let side = if client.webhook().is_some() { source } else { client_side };
        side.spawn(Arc::new(carrier).run(sends));
        let ticking = Arc::clone(&desk);
        side.spawn(async move { ticking.tick().await });
        Ok(desk)
    }
}

/// Registers an endpoint at a source, as any client would.
async fn register(source: SocketAddr, endpoint: SocketAddr) -> Option<()> {
    let stream = TcpStream::connect(source).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let body: Bytes = subscriptions::registration(&format!("http://{endpoint}/hooks/"));
    let request = hyper::Request::post("/subscriptions")
        .header("host", source.to_string())
        .body(Full::new(body))
        .ok()?;
    let response = sender.send_request(request).await.ok()?;
    let created = response.status() == hyper::StatusCode::CREATED;
    let body = response.into_body().collect().await.ok()?.aggregate();
    (created && body.has_remaining()).then_some(())
}
