//! Sets the parties of a live run up: the public source, and for each client its world, its source, its endpoints and
//! whoever carries its requests.

use super::announce::announce;
use super::client_driver::ClientDriver;
use super::clock::Clock;
use super::connection::Connections;
use super::descriptors::Exhaustion;
use super::endpoint::Endpoint;
use super::error::LiveError;
use super::server::{listen, serve};
use super::source::Source;
use super::subscriptions::{self, Subscriptions};
use super::transport::Transport;
use super::wire::Wire;
use crate::measure;
use crate::model::World;
use crate::model::events::Events;
use crate::model::exchange::Request;
use crate::model::network::Links;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Buf;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What everything of a run is set up from.
pub(super) struct Setting<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) events: &'a Arc<Events>,
    pub(super) randomness: Randomness,
    pub(super) clock: Clock,
    /// Events that have occurred.
    pub(super) occurred: &'a Arc<AtomicU32>,
    pub(super) exhaustion: Exhaustion,
}

impl Setting<'_> {
    /// Opens the source that anybody may use, and whoever calls its subscribers; returns where it listens and whom to
    /// tell of each event.
    pub(super) fn open_public(
        &self,
        side: &Runtime,
        port: u16,
    ) -> Result<(SocketAddr, impl Fn(u32) + Send + use<>), LiveError> {
        let subscriptions = Arc::new(Subscriptions::default());
        let address = self
            .open_source(side, port, None, Arc::clone(&subscriptions))
            .map_err(|source| LiveError::Port { port, source })?;
        let (announcements, announced) = mpsc::unbounded_channel();
        let wire = Wire::new(self.scenario, self.events);
        side.spawn(announce(wire, Arc::clone(&subscriptions), self.exhaustion.clone(), announced));
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
        client: Option<(Arc<ClientDriver>, Links)>,
        subscriptions: Arc<Subscriptions>,
    ) -> io::Result<SocketAddr> {
        let (listener, address) = side.block_on(listen(port))?;
        let wire = Wire::new(self.scenario, self.events);
        let source = Source { wire, client, occurred: Arc::clone(self.occurred), subscriptions };
        let outages = self.scenario.source_outages.clone();
        side.spawn(serve(listener, Arc::new(source), outages, self.clock, self.exhaustion.clone()));
        Ok(address)
    }

    /// Opens one client: its world, its source, its endpoints, and whoever carries its requests.
    pub(super) fn open_client(
        &self,
        source: &Runtime,
        client_side: &Runtime,
        client: &Client,
    ) -> Result<Arc<ClientDriver>, LiveError> {
        let world = World::new(self.scenario, client, self.events, self.randomness);
        let recorder = measure::recorder(self.scenario, client, self.events);
        let (sender, sends) = mpsc::unbounded_channel::<Request>();
        let driver = Arc::new(ClientDriver::new(world, recorder, self.clock, sender));
        let links = Links::new(&client.network, self.randomness);
        let subscriptions = Arc::new(Subscriptions::default());
        let own = Some((Arc::clone(&driver), links.clone()));
        let address = self.open_source(source, 0, own, Arc::clone(&subscriptions))?;
        let mut transport = Transport {
            driver: Arc::clone(&driver),
            wire: Wire::new(self.scenario, self.events),
            links: links.clone(),
            to_source: Connections::to(address, self.exhaustion.clone()),
            to_client: None,
        };
        if client.webhook().is_some() {
            let (listener, endpoint) = client_side.block_on(listen(0))?;
            let handler = Endpoint { driver: Arc::clone(&driver), links };
            let outages = client.outages.clone();
            client_side.spawn(serve(
                listener,
                Arc::new(handler),
                outages,
                self.clock,
                self.exhaustion.clone(),
            ));
            let registered = client_side.block_on(register(address, endpoint));
            let subscription = registered.and_then(|()| subscriptions.all().pop());
            let Some(subscription) = subscription else {
                return Err(LiveError::Registration(client.name.clone()));
            };
            transport.to_client = Some(Connections::to(subscription.address, self.exhaustion.clone()));
        }
        // Who asks pays: deliveries are the source's work, polls the client's.
        let side = if client.webhook().is_some() { source } else { client_side };
        side.spawn(Arc::new(transport).run(sends));
        let ticking = Arc::clone(&driver);
        side.spawn(async move { ticking.tick().await });
        Ok(driver)
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
