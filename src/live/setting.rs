//! Sets up the parties of a live run: the public source, and for each client its world, its source, its endpoints and
//! the transport of its requests.

use super::announce::{ANSWER_BYTES, Announcer, Counts};
use super::attacker::{Attacker, Attacks};
use super::client_driver::ClientDriver;
use super::clock::Clock;
use super::connection::{Connections, Party, Taken};
use super::descriptors::{Exhaustion, PUBLIC_CONNECTIONS};
use super::endpoint::Endpoint;
use super::error::LiveError;
use super::guests::Guests;
use super::log::{Log, MAX_HELD, MAX_STREAMS};
use super::secured::Secured;
use super::server::{Room, Terms, listen, serve};
use super::source::Source;
use super::subscriptions::{self, Subscriptions};
use super::tls::{Tls, Trust};
use super::transport::{Sides, Transport};
use super::wire::Wire;
use crate::measure;
use crate::model::events::Events;
use crate::model::exchange::Request;
use crate::model::network::Links;
use crate::model::{Side, World};
use crate::policy::outage::Outages;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use bytes::Bytes;
use http_body_util::Full;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

/// What the parties of a run are set up from.
pub(super) struct Setting<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) events: &'a Arc<Events>,
    pub(super) randomness: Randomness,
    pub(super) clock: Clock,
    /// The number of events that have occurred.
    pub(super) occurred: &'a watch::Sender<u32>,
    pub(super) exhaustion: Exhaustion,
    /// Where a client has `https`.
    pub(super) tls: Option<&'a Tls>,
}

impl Setting<'_> {
    /// Opens the public source and starts the deliveries to its subscriptions, which `counts` counts. Returns its
    /// address and a function that must be called for each event.
    pub(super) fn open_public(
        &self,
        side: &Runtime,
        port: u16,
        counts: &Arc<Counts>,
    ) -> Result<(SocketAddr, impl Fn(u32) + Send + use<>), LiveError> {
        let subscriptions = Arc::new(Subscriptions::default());
        let terms = self.terms(
            &self.scenario.source_outages,
            Room::Anybody(Arc::new(Semaphore::new(PUBLIC_CONNECTIONS))),
        );
        let address = self
            .open_source(side, port, None, &subscriptions, terms)
            .map_err(|source| LiveError::Port { port, source })?;
        let announcer = Announcer {
            wire: self.plain_wire(),
            subscriptions,
            exhaustion: self.exhaustion.clone(),
            counts: Arc::clone(counts),
        };
        let (announcements, announced) = mpsc::channel(ANNOUNCEMENTS);
        side.spawn(announcer.clone().run(announced));
        let occurred = self.occurred.clone();
        let tell = move |event| {
            occurred.send_replace(event + 1);
            if !announcer.subscriptions.is_empty() && announcements.try_send(event).is_err() {
                announcer.drop_one();
            }
        };
        Ok((address, tell))
    }

    /// For messages that no scheme secures.
    fn plain_wire(&self) -> Wire {
        Wire::new(self.scenario, self.events, Arc::new(Secured::none()))
    }

    fn terms(&self, outages: &Outages, room: Room) -> Terms {
        let (outages, exhaustion) = (outages.clone(), self.exhaustion.clone());
        Terms { outages, room, clock: self.clock, exhaustion, tls: None }
    }

    fn open_source(
        &self,
        side: &Runtime,
        port: u16,
        client: Option<(Arc<ClientDriver>, Links)>,
        subscriptions: &Arc<Subscriptions>,
        terms: Terms,
    ) -> io::Result<SocketAddr> {
        let (listener, address) = side.block_on(listen(port))?;
        let wire = self.plain_wire();
        let log = Log {
            wire,
            occurred: self.occurred.subscribe(),
            held: Semaphore::new(MAX_HELD),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            outages: terms.outages.clone(),
        };
        let source = Source { log, client, subscriptions: Arc::clone(subscriptions), clock: self.clock };
        side.spawn(serve(listener, Arc::new(source), terms));
        Ok(address)
    }

    /// Opens one client: its world, its source, its endpoints and the transport of its requests.
    pub(super) fn open_client(
        &self,
        source: &Runtime,
        client_side: &Runtime,
        client: &Client,
    ) -> Result<Opened, LiveError> {
        let world = World::new(self.scenario, client, self.events, self.randomness);
        let recorder = measure::recorder(self.scenario, client, self.events);
        let sizes = self.scenario.sizes(client);
        let (sender, sends) = mpsc::unbounded_channel::<Request>();
        let driver = Arc::new(ClientDriver::new(world, recorder, sizes, self.clock, sender));
        let links = Links::new(&client.network, self.randomness);
        let tls = self.tls.filter(|_| client.security().https());
        let subscriptions = Arc::new(Subscriptions::of_a_party(tls.is_some()));
        let own = Some((Arc::clone(&driver), links.clone()));
        let guests = Arc::new(Guests::default());
        let terms = self.terms(&self.scenario.source_outages, Room::Own(Arc::clone(&guests)));
        let address = self.open_source(source, 0, own, &subscriptions, terms)?;
        let party = Party { address, guests, trust: None };
        let exhaustion = || self.exhaustion.clone();
        let secured = Arc::new(Secured::of(self.scenario, client, self.randomness));
        let batching = client.webhook().and_then(|webhook| webhook.batch);
        let list = batching.map(|batching| batching.max.unwrap_or(u32::MAX));
        let mut wire = Wire::new(self.scenario, self.events, Arc::clone(&secured));
        wire.list = list;
        let max_body = wire.max_delivery_bytes();
        let mut transport = Transport {
            driver: Arc::clone(&driver),
            links: links.clone(),
            to_source: Connections::to_party(&party, wire.max_page_bytes(), exhaustion()),
            wire,
            to_client: None,
            sides: Sides { source: source.handle().clone(), client: client_side.handle().clone() },
        };
        let attacks = Arc::new(Attacks::new(client.attacks.clone(), client.security()));
        let mut attacker = None;
        if client.webhook().is_some() {
            let (listener, endpoint) = client_side.block_on(listen(0))?;
            let handler = Endpoint {
                driver: Arc::clone(&driver),
                links,
                max_body,
                secured,
                attacks: Arc::clone(&attacks),
            };
            let guests = Arc::new(Guests::default());
            let terms = self.terms(&client.outages, Room::Own(Arc::clone(&guests)));
            let terms = Terms { tls: tls.map(|tls| Arc::clone(&tls.endpoint)), ..terms };
            client_side.spawn(serve(listener, Arc::new(handler), terms));
            let to_register = Connections::to_party(&party, ANSWER_BYTES, exhaustion());
            let scheme = if tls.is_some() { "https" } else { "http" };
            let url = format!("{scheme}://{endpoint}/hooks/");
            let registered = client_side.block_on(register(&to_register, address, &url));
            let subscription = registered.and_then(|()| subscriptions.all().pop_last());
            let Some((_, subscription)) = subscription else {
                return Err(LiveError::Registration(client.name.clone()));
            };
            let trust = tls.and_then(|tls| tls.to(subscription.name()));
            let endpoint = Party { address: subscription.address, guests, trust: trust.clone() };
            let to_client = Connections::to_party(&endpoint, ANSWER_BYTES, exhaustion());
            transport.to_client = Some(to_client);
            attacker = Some(self.attacker(client, (endpoint.address, trust), max_body, &attacks));
        }
        let side = if client.webhook().is_some() { source } else { client_side };
        side.spawn(Arc::new(transport).run(sends));
        for (runtime, side) in [(source, Side::Source), (client_side, Side::Client)] {
            let ticking = Arc::clone(&driver);
            runtime.spawn(async move { ticking.tick(side).await });
        }
        let attacker = attacker.map(|attacker| source.spawn(Arc::new(attacker).run()));
        Ok(Opened { driver, attacks, attacker })
    }

    fn attacker(
        &self,
        client: &Client,
        (endpoint, trust): (SocketAddr, Option<Trust>),
        max_body: usize,
        attacks: &Arc<Attacks>,
    ) -> Attacker {
        let made_up = Secured::made_up(self.scenario, client, self.randomness);
        Attacker {
            attacks: Arc::clone(attacks),
            endpoint,
            trust,
            exhaustion: self.exhaustion.clone(),
            clock: self.clock,
            payload: self.scenario.events.payload,
            security: client.security().clone(),
            scheme: made_up.scheme.clone(),
            made_up,
            outages: client.outages.clone(),
            window: (Instant::START + self.scenario.warmup, Instant::START + self.scenario.duration),
            max_body,
        }
    }
}

/// A client that is open.
pub(super) struct Opened {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) attacks: Arc<Attacks>,
    /// Ends with the last answer to an attack.
    pub(super) attacker: Option<JoinHandle<()>>,
}

/// Events that wait for delivery to the subscriptions of the public source.
const ANNOUNCEMENTS: usize = 1_000;

/// Registers an endpoint at a source, as any client would.
async fn register(connections: &Connections, source: SocketAddr, url: &str) -> Option<()> {
    let body: Bytes = subscriptions::registration(url);
    let request = hyper::Request::post("/subscriptions")
        .header("host", source.to_string())
        .header("content-type", "application/json")
        .body(Full::new(body))
        .ok()?;
    let answered = connections.exchange(request, &Mutex::new(Taken::default())).await?;
    (answered.status == 201).then_some(())
}
