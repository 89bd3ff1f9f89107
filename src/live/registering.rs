//! Before a live run begins: each member of a webhook client registers the URL of its endpoint at its source, which does
//! the handshake of the scenario. The messages take the delays of the network, and what they cost is counted.

use super::body::Body;
use super::clock::Clock;
use super::connection::{Answered, Connections, Party, Taken};
use super::descriptors::Exhaustion;
use super::guests::Guests;
use super::lock;
use super::problem::Problem;
use super::subscriptions::{Subscription, Subscriptions};
use super::tls::Tls;
use super::wire::{http_request, http_response};
use crate::model::set_up::{Legs, SetUp};
use crate::policy::event_types::Wanted;
use crate::policy::handshake::{self, ALLOWED_ORIGIN, Asked, Handshake, Hook, REQUEST_ORIGIN};
use crate::policy::message::Head;
use crate::policy::registration;
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::Span;
use hyper::Response;
use hyper::http::request::Parts;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;

/// What both sides know of the set-up of one client.
#[derive(Debug)]
pub(super) struct Registering {
    /// The types of event that the client wants.
    types: Wanted,
    handshake: Handshake,
    /// What the client gives its source, and expects of its handshakes.
    token: String,
    randomness: Randomness,
    client: u64,
    /// Of each member.
    legs: Vec<Legs>,
    clock: Clock,
    exhaustion: Exhaustion,
    /// The connections to the endpoint.
    guests: Arc<Guests>,
    /// Where the endpoint speaks it.
    tls: Option<Tls>,
    cost: Mutex<SetUp>,
}

/// Members that register at the same time.
const AT_ONCE: usize = 16;
/// How long an endpoint may take for the handshake, in real time.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read.
pub(super) const ANSWER_BYTES: usize = 16 << 10;

impl Registering {
    /// Of a client whose endpoint has those guests.
    pub(super) fn new(
        scenario: &Scenario,
        client: &Client,
        randomness: Randomness,
        clock: Clock,
        (guests, tls, exhaustion): (&Arc<Guests>, Option<Tls>, Exhaustion),
    ) -> Self {
        let number = scenario.clients.iter().position(|other| other.name == client.name).unwrap_or_default();
        Self {
            types: client.types.clone(),
            handshake: client.handshake(),
            token: handshake::word_of(randomness, number as u64, 0),
            randomness,
            client: number as u64,
            legs: (0..client.count).map(|member| Legs::of(scenario, client, randomness, member)).collect(),
            clock,
            exhaustion,
            guests: Arc::clone(guests),
            tls,
            cost: Mutex::new(SetUp::default()),
        }
    }

    /// How long it takes, in the time of the scenario.
    pub(super) fn lasts(scenario: &Scenario, client: &Client, randomness: Randomness) -> Span {
        match client.webhook() {
            None => Span::ZERO,
            Some(_) => {
                let turns = (client.count as usize).div_ceil(AT_ONCE);
                SetUp::of(scenario, client, randomness).first_event_after * turns as i64
            }
        }
    }

    /// What it has cost.
    pub(super) fn cost(&self) -> SetUp {
        *lock(&self.cost)
    }

    /// The client's side: registers every member; None if the source refused one.
    pub(super) async fn run(
        self: Arc<Self>,
        to_source: Arc<Connections>,
        endpoint: SocketAddr,
    ) -> Option<()> {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let members: Vec<_> = (0..self.legs.len() as u32)
            .map(|member| {
                let (own, to_source, places) =
                    (Arc::clone(&self), Arc::clone(&to_source), Arc::clone(&places));
                tokio::spawn(async move {
                    let _place = places.acquire_owned().await.ok()?;
                    own.register(&to_source, endpoint, member).await
                })
            })
            .collect();
        for member in members {
            member.await.ok()??;
        }
        Some(())
    }

    async fn register(&self, to_source: &Connections, endpoint: SocketAddr, member: u32) -> Option<()> {
        let legs = self.legs[member as usize];
        let begun = self.clock.now();
        self.wait(legs.asked).await;
        let url = registration::endpoint_url(self.tls.is_some(), endpoint.port(), member);
        let request = registration::request(&url, &self.types, self.handshake, &self.token);
        let answered = self.exchange(to_source, request).await?;
        let first_event_after = self.clock.now() - begun + legs.arrives;
        let mut cost = lock(&self.cost);
        cost.first_event_after = cost.first_event_after.max(first_event_after);
        (answered.status == 201).then_some(())
    }

    /// The source's side of one registration: its work, the handshake, and then the subscription.
    pub(super) async fn take(
        &self,
        subscriptions: &Subscriptions,
        body: &[u8],
    ) -> Result<(String, Subscription), Problem> {
        let wanted = subscriptions.read(body)?;
        let member = wanted.to.path.rsplit('/').next().and_then(|member| member.parse::<u32>().ok());
        let Some((member, legs)) = member.and_then(|member| Some((member, self.legs.get(member as usize)?)))
        else {
            return Err(Problem::new(404, "no member of the client has that URL"));
        };
        self.wait(legs.worked + legs.secured).await;
        if self.tls.is_some() {
            // Its connection is the first one, whatever it is for.
            lock(&self.cost).round_trips += 1;
        }
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let said = |name: &str| said.get(name).and_then(Value::as_str);
        let handshake = said("handshake").map_or(Some(Handshake::None), Handshake::named);
        let handshake = handshake.ok_or_else(|| Problem::new(400, "there is no handshake of that name"))?;
        let challenge = handshake::word_of(self.randomness, self.client, u64::from(member) + 1);
        let token = said("verify_token").unwrap_or_default();
        let hook = Hook { path: &wanted.to.path, token, challenge: &challenge };
        if let Some(request) = handshake.request(&hook) {
            self.wait(legs.called).await;
            let trust = self.tls.as_ref().and_then(|tls| tls.to(&wanted.to.host));
            let party = Party { address: wanted.address, guests: Arc::clone(&self.guests), trust };
            let to_endpoint = Connections::to_party(&party, ANSWER_BYTES, self.exhaustion.clone());
            let answered = tokio::time::timeout(PATIENCE, self.exchange(&to_endpoint, request)).await;
            self.wait(legs.answered).await;
            let Ok(Some(answered)) = answered else {
                return Err(Problem::new(400, "the endpoint did not answer the handshake"));
            };
            let allowed_origin = answered.headers.get(ALLOWED_ORIGIN).and_then(|value| value.to_str().ok());
            let Answered { status, body, .. } = &answered;
            let answered = handshake::Answered { status: *status, allowed_origin, body };
            handshake.agreed(&hook, &answered).map_err(|wrong| Problem::new(400, wrong.words()))?;
        }
        subscriptions.add(body)
    }

    /// The endpoint's answer, if the request is the handshake that its client expects.
    pub(super) fn answer(&self, head: &Parts, body: &[u8]) -> Option<Response<Body>> {
        let asked = Asked {
            method: head.method.as_str(),
            path: head.uri.path_and_query().map_or("", |target| target.as_str()),
            origin: head.headers.get(REQUEST_ORIGIN).and_then(|value| value.to_str().ok()),
            body,
        };
        let handshake = Handshake::of(&asked).filter(|handshake| *handshake == self.handshake)?;
        let (status, head, body) = handshake.answer(&asked, &self.token);
        Some(http_response(status, head, body))
    }

    async fn exchange(&self, connections: &Connections, (head, body): (Head, String)) -> Option<Answered> {
        let taken = Mutex::new(Taken::default());
        let answered = connections.exchange(http_request(head, body), &taken).await;
        let taken = *lock(&taken);
        let mut cost = lock(&self.cost);
        cost.requests += 1;
        cost.round_trips += 1;
        cost.bytes += taken.written + taken.read;
        answered
    }

    async fn wait(&self, span: Span) {
        self.clock.sleep_until(self.clock.now() + span).await;
    }
}
