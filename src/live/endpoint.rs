//! The receiver of a webhook client's deliveries: passes each to the world and answers with its reaction.

use super::attacker::Attacks;
use super::body::Body;
use super::client_driver::ClientDriver;
use super::guests::Caller;
use super::problem::Problem;
use super::recording::Recording;
use super::registering::Registering;
use super::secured::Secured;
use super::server::{Handled, Handler, read_body, silence};
use super::wire::{self, Foreign, Wire};
use crate::model::exchange::{Answer, Reaction, Request};
use crate::model::network::Links;
use crate::policy::attacked::MARK;
use crate::policy::message::REQUEST_ID;
use crate::policy::security::Refusal;
use hyper::body::Incoming;
use hyper::{Method, Response};
use std::sync::Arc;

/// The endpoints of all members of one client: they share a listener and differ by path.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) links: Links,
    pub(super) wire: Wire,
    /// The longest body of a delivery.
    pub(super) max_body: usize,
    pub(super) secured: Arc<Secured>,
    pub(super) attacks: Arc<Attacks>,
    /// Under which name the deliveries are written down.
    pub(super) recording: Option<(String, Recording)>,
    pub(super) registering: Arc<Registering>,
}

impl Handler for Endpoint {
    async fn handle(&self, request: hyper::Request<Incoming>, caller: Caller) -> Handled {
        let (head, body) = request.into_parts();
        let is_attack = head.headers.contains_key(MARK);
        if caller == Caller::Stranger && !is_attack {
            self.driver.count_foreign();
        }
        let shaken = |body: &[u8]| {
            let is_handshake = caller == Caller::Own && !head.headers.contains_key(REQUEST_ID);
            is_handshake.then(|| self.registering.answer(&head, body)).flatten()
        };
        if head.method != Method::POST {
            return Handled::Answer(shaken(b"").unwrap_or_else(|| wire::status(405)));
        }
        let body = match read_body(body, self.max_body).await {
            Ok(body) => body,
            Err(refusal) => return Handled::Answer(refusal.response()),
        };
        if let Some(answer) = shaken(&body) {
            return Handled::Answer(answer);
        }
        let now = self.driver.clock.now();
        let verified = self.secured.opened(now, &head.uri, &head.headers, &body);
        // A receiver reads a body only after it has verified whose it is.
        let content = self.wire.read_content(&body);
        let is_as_sent =
            |request: &Request| content.as_ref().is_ok_and(|read| self.wire.is_of(request, read));
        let request = match (verified, self.wire.read_delivery(&self.driver, &head), caller) {
            (Ok(_), ..) if let Err(fault) = content => {
                return Handled::Answer(Problem::new(400, fault.words()).response());
            }
            (Ok(_), Ok(request), Caller::Own) if !is_as_sent(&request) => return refuse(Foreign::Altered),
            // A retry has the id of the attempts before it. What is under way is known, so it is no replay.
            (Ok(id), Ok(request), Caller::Own) => {
                if let Some(id) = id {
                    self.secured.accept(&id, now);
                }
                self.attacks.record(now, &head.uri, &head.headers, &body);
                if let Some((client, recording)) = &self.recording {
                    recording.add(client, &head.uri, &head.headers, &body);
                }
                request
            }
            // An attempt that was too long on its way is too old in the world as well, which counts it.
            (Err(Refusal::TooOld), Ok(request), Caller::Own) => request,
            (Err(refusal), ..) => return Handled::Answer(refused(refusal).response()),
            (Ok(Some(id)), ..) if !self.secured.accept(&id, now) => {
                return Handled::Answer(refused(Refusal::Replayed).response());
            }
            // It got in. Nothing of the run changes by it.
            (Ok(_), Err(_), Caller::Stranger) if is_attack => return Handled::Answer(wire::status(200)),
            (Ok(_), Ok(_), Caller::Stranger) => return refuse(Foreign::Repeated),
            (Ok(_), Err(foreign), _) => return refuse(foreign),
        };
        react(&self.driver, &self.links, &request, |answer| match answer {
            Answer::Status(status) => wire::status(status),
            Answer::Busy { status, retry_after_s } => wire::busy(status, retry_after_s),
            Answer::Page { .. }
            | Answer::Shown { .. }
            | Answer::Opened
            | Answer::Refused
            | Answer::Closed
            | Answer::TimedOut
            | Answer::Aborted => wire::status(500),
        })
        .await
    }
}

/// The answer to a delivery that does not prove that it is from the source.
fn refused(refusal: Refusal) -> Problem {
    Problem::new(refusal.status(), refusal.detail())
}

/// Answers a request that does not reach the world: a stranger's, or one of the run that came after its exchange had
/// ended.
pub(super) fn refuse(foreign: Foreign) -> Handled {
    Handled::Answer(wire::status(foreign.status()))
}

/// Passes a request to the world, unless it is lost, and answers with its reaction. A lost answer is never sent;
/// another one arrives at the time of the reaction plus the delay of the network.
pub(super) async fn react(
    driver: &ClientDriver,
    links: &Links,
    request: &Request,
    render: impl FnOnce(Answer) -> Response<Body>,
) -> Handled {
    let (exchange, opener) = (&request.exchange, request.exchange.channel.opener());
    if links.there(opener).carry(exchange).is_none() {
        return silence().await;
    }
    let due = request.sent + links.there(opener).delay(exchange);
    let Some(reaction) = driver.request(request, due) else { return refuse(Foreign::Repeated) };
    match reaction.await {
        // The world does not answer it.
        Err(_) | Ok((_, Reaction::Silence)) => silence().await,
        Ok((_, Reaction::Refuse)) => Handled::Hangup,
        Ok((at, Reaction::Close)) => {
            driver.clock.sleep_until(at).await;
            Handled::Hangup
        }
        Ok((at, Reaction::Answer(answer))) => {
            let Some(delay) = links.back(opener).carry(exchange) else { return silence().await };
            driver.clock.sleep_until(at + delay).await;
            Handled::Answer(render(answer))
        }
    }
}
