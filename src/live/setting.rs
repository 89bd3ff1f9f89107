//! Sets up the parties of a live run: the public source, and for each client its world, its source, its endpoints and
//! the transport of its requests.

use super::announce::{ANSWER_BYTES, Announcer, Counts};
use super::attacker::{Attacker, Attacks};
use super::client_driver::ClientDriver;
use super::clock::Clock;
use super::connection::{Connections, Party};
use super::descriptors::{Exhaustion, PUBLIC_CONNECTIONS};
use super::endpoint::Endpoint;
use super::error::LiveError;
use super::guests::Guests;
use super::log::{Log, MAX_HELD, MAX_STREAMS};
use super::recording::Recording;
use super::registering::Registering;
use super::secured::Secured;
use super::server::{Room, Terms, listen, serve};
use super::source::Source;
use super::subscriptions::Subscriptions;
use super::tls::{Tls, Trust};
use super::transport::{Sides, Transport};
use super::wire::Wire;
use crate::measure;
use crate::model::events::Events;
use crate::model::exchange::Request;
use crate::model::network::Links;
use crate::model::set_up::SetUp;
use crate::model::{Side, World};
use crate::policy::event_types::Wanted;
use crate::policy::outage::Outages;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Instant;
use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;

/// What the parties of a run are set up from.
pub(super) struct Setting<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) events: &'a Arc<Events>,
    pub(super) randomness: Randomness,
    pub(super) clock: Clock,
    /// The time of which the API shows the events.
    pub(super) shown: &'a watch::Sender<Instant>,
    pub(super) exhaustion: Exhaustion,
    /// Where a client has `https`.
    pub(super) tls: Option<&'a Tls>,
    pub(super) recording: Option<&'a Recording>,
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
            .open_source(side, port, None, (&subscriptions, None), (self.plain_wire(&Wanted::All), terms))
            .map_err(|source| LiveError::Port { port, source })?;
        let announcer = Announcer {
            wire: self.plain_wire(&Wanted::All),
            scenario: Arc::new(self.scenario.clone()),
            subscriptions,
            exhaustion: self.exhaustion.clone(),
            counts: Arc::clone(counts),
        };
        let (announcements, announced) = mpsc::channel(ANNOUNCEMENTS);
        side.spawn(announcer.clone().run(announced));
        let (shown, clock, events) = (self.shown.clone(), self.clock, Arc::clone(self.events));
        let (later, to_show) = mpsc::unbounded_channel();
        side.spawn(show(to_show, clock, shown.clone()));
        let tell = move |event| {
            let at = events.shown_from(event);
            if at <= clock.now() {
                show_until(&shown, at);
            } else {
                // The receiver is gone only when the run has ended.
                let _ = later.send(at);
            }
            if !announcer.subscriptions.is_empty() && announcements.try_send(event).is_err() {
                announcer.drop_one();
            }
        };
        Ok((address, tell))
    }

    /// For messages that no scheme secures.
    fn plain_wire(&self, types: &Wanted) -> Wire {
        Wire::new(self.scenario, self.events, types, Arc::new(Secured::none()))
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
        (subscriptions, registering): (&Arc<Subscriptions>, Option<Arc<Registering>>),
        (wire, terms): (Wire, Terms),
    ) -> io::Result<SocketAddr> {
        let (listener, address) = side.block_on(listen(port))?;
        let log = Log {
            wire,
            scenario: Arc::new(self.scenario.clone()),
            shown: self.shown.subscribe(),
            held: Semaphore::new(MAX_HELD),
            streams: Arc::new(Semaphore::new(MAX_STREAMS as usize)),
            outages: terms.outages.clone(),
        };
        let subscriptions = Arc::clone(subscriptions);
        let source = Source { log, client, subscriptions, registering, clock: self.clock };
        side.spawn(serve(listener, Arc::new(source), terms));
        Ok(address)
    }

    /// Opens one client: its world, its source, its endpoints, which begin to register, and the transport of its
    /// requests.
    pub(super) fn open_client(
        &self,
        source: &Runtime,
        client_side: &Runtime,
        client: &Client,
    ) -> Result<Opened, LiveError> {
        let events = self.events.wanted(self.scenario, &client.types);
        let world = World::new(self.scenario, client, &events, self.randomness);
        let recorder = measure::recorder(self.scenario, client, &events);
        let sizes = self.scenario.sizes(client);
        let (sender, sends) = mpsc::unbounded_channel::<Request>();
        let driver = Arc::new(ClientDriver::new(world, recorder, sizes, self.clock, sender));
        let links = Links::new(&client.network, self.randomness);
        let tls = self.tls.filter(|_| client.security().https());
        let subscriptions = Arc::new(Subscriptions::of_a_party(client.count as usize, tls.is_some()));
        let own = Some((Arc::clone(&driver), links.clone()));
        let [source_guests, endpoint_guests] = [(); 2].map(|()| Arc::new(Guests::default()));
        let exhaustion = || self.exhaustion.clone();
        let registering = client.webhook().map(|_| {
            let called = (&endpoint_guests, tls.cloned(), exhaustion());
            Arc::new(Registering::new(self.scenario, client, self.randomness, self.clock, called))
        });
        let terms = self.terms(&self.scenario.source_outages, Room::Own(Arc::clone(&source_guests)));
        let heard = (self.plain_wire(&client.types), terms);
        let address = self.open_source(source, 0, own, (&subscriptions, registering.clone()), heard)?;
        let party = Party { address, guests: source_guests, trust: None };
        let secured = Arc::new(Secured::of(self.scenario, client, self.randomness));
        let batching = client.webhook().and_then(|webhook| webhook.batch);
        let mut wire = Wire::new(self.scenario, self.events, &client.types, Arc::clone(&secured));
        wire.content = client.content();
        wire.most = batching.and_then(|batching| batching.max).unwrap_or(u32::MAX);
        let max_body = wire.max_delivery_bytes();
        let transport = Transport {
            driver: Arc::clone(&driver),
            links: links.clone(),
            to_source: Connections::to_party(&party, wire.max_page_bytes(), exhaustion()),
            wire: wire.clone(),
            to_client: None,
            sides: Sides { source: source.handle().clone(), client: client_side.handle().clone() },
        };
        let attacks = Arc::new(Attacks::new(client.attacks.clone(), client.security()));
        let mut registered = None;
        if let Some(registering) = registering {
            let (listener, endpoint) = client_side.block_on(listen(0))?;
            let handler = Endpoint {
                driver: Arc::clone(&driver),
                links,
                wire,
                max_body,
                secured,
                attacks: Arc::clone(&attacks),
                recording: self.recording.map(|recording| (client.name.clone(), recording.clone())),
                registering: Arc::clone(&registering),
            };
            let terms = self.terms(&client.outages, Room::Own(Arc::clone(&endpoint_guests)));
            let terms = Terms { tls: tls.map(|tls| Arc::clone(&tls.endpoint)), ..terms };
            client_side.spawn(serve(listener, Arc::new(handler), terms));
            let to_register = Arc::new(Connections::to_party(&party, ANSWER_BYTES, exhaustion()));
            let task = client_side.spawn(Arc::clone(&registering).run(to_register, endpoint));
            registered = Some(Registered { task, registering, subscriptions, guests: endpoint_guests });
        }
        Ok(Opened { driver, attacks, sends, transport, max_body, registered })
    }

    /// Waits until the source has taken the URLs of a client, and lets its requests out.
    pub(super) fn connect(
        &self,
        source: &Runtime,
        client_side: &Runtime,
        client: &Client,
        opened: Opened,
    ) -> Result<Connected, LiveError> {
        let Opened { driver, attacks, sends, mut transport, max_body, registered } = opened;
        let mut set_up = SetUp::of(self.scenario, client, self.randomness);
        let mut attacker = None;
        let side = if registered.is_some() { source } else { client_side };
        if let Some(Registered { task, registering, subscriptions, guests }) = registered {
            let done = client_side.block_on(task).ok().flatten();
            // The members share a listener.
            let subscription = done.and_then(|()| subscriptions.all().pop_last());
            let Some((_, subscription)) = subscription else {
                return Err(LiveError::Registration(client.name.clone()));
            };
            let trust =
                self.tls.and_then(|tls| tls.to(&subscription.to.host)).filter(|_| subscription.to.https);
            let endpoint = Party { address: subscription.address, guests, trust: trust.clone() };
            let to_client = Connections::to_party(&endpoint, ANSWER_BYTES, self.exhaustion.clone());
            transport.to_client = Some(to_client);
            attacker = Some(self.attacker(client, (endpoint.address, trust), max_body, &attacks));
            set_up = registering.cost();
        }
        side.spawn(Arc::new(transport).run(sends));
        for (runtime, side) in [(source, Side::Source), (client_side, Side::Client)] {
            let ticking = Arc::clone(&driver);
            runtime.spawn(async move { ticking.tick(side).await });
        }
        let attacker = attacker.map(|attacker| source.spawn(Arc::new(attacker).run()));
        Ok(Connected { driver, attacks, attacker, set_up })
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
            kind: self.scenario.events.types.name(0).to_owned(),
            security: client.security().clone(),
            scheme: made_up.scheme.clone(),
            made_up,
            outages: client.outages.clone(),
            window: (Instant::START + self.scenario.warmup, Instant::START + self.scenario.duration),
            max_body,
        }
    }
}

/// A client whose parties are open.
pub(super) struct Opened {
    driver: Arc<ClientDriver>,
    attacks: Arc<Attacks>,
    sends: mpsc::UnboundedReceiver<Request>,
    transport: Transport,
    max_body: usize,
    /// For a webhook client.
    registered: Option<Registered>,
}

/// The registration of a client under way.
struct Registered {
    task: JoinHandle<Option<()>>,
    registering: Arc<Registering>,
    subscriptions: Arc<Subscriptions>,
    guests: Arc<Guests>,
}

/// A client that is ready for the run.
pub(super) struct Connected {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) attacks: Arc<Attacks>,
    /// Ends with the last answer to an attack.
    pub(super) attacker: Option<JoinHandle<()>>,
    /// What it took until now; of a client without webhooks, what its first request will take.
    pub(super) set_up: SetUp,
}

/// Shows the events of the times that come, each when it is time, until no more come.
async fn show(mut to_show: mpsc::UnboundedReceiver<Instant>, clock: Clock, shown: watch::Sender<Instant>) {
    let mut waiting = BTreeSet::new();
    let mut more = true;
    while more || !waiting.is_empty() {
        let next = waiting.first().copied().unwrap_or(Instant::NEVER);
        tokio::select! {
            at = to_show.recv(), if more => match at {
                Some(at) => drop(waiting.insert(at)),
                None => more = false,
            },
            () = clock.sleep_until(next), if next < Instant::NEVER => {
                waiting.pop_first();
                show_until(&shown, next);
            }
        }
    }
}

/// The API shows the events of that time, and those of a later one if it does already.
fn show_until(shown: &watch::Sender<Instant>, at: Instant) {
    shown.send_if_modified(|shown| std::mem::replace(shown, at.max(*shown)) < at);
}

/// Events that wait for delivery to the subscriptions of the public source.
const ANNOUNCEMENTS: usize = 1_000;
