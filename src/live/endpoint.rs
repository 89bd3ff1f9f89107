//! The receiver of a webhook client's deliveries: real HTTP in, the world's reaction out.

use super::body::Body;
use super::client_driver::ClientDriver;
use super::guests::Caller;
use super::server::{Handled, Handler, read_body, silence};
use super::wire::{self, Foreign, Wire};
use crate::model::exchange::{Answer, Reaction, Request};
use crate::model::network::Links;
use hyper::body::Incoming;
use hyper::{Method, Response};
use std::sync::Arc;

/// The endpoints of all members of one client: they share a listener and differ by path.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) links: Links,
    /// The longest body of a delivery.
    pub(super) max_body: usize,
}

impl Handler for Endpoint {
    async fn handle(&self, request: hyper::Request<Incoming>, caller: Caller) -> Handled {
        let (head, body) = request.into_parts();
        if caller == Caller::Stranger {
            self.driver.count_foreign();
        }
        if head.method != Method::POST {
            return Handled::Answer(wire::status(405));
        }
        if let Err(refusal) = read_body(body, self.max_body).await {
            return Handled::Answer(refusal.response());
        }
        match (Wire::read_delivery(&self.driver, &head), caller) {
            (Ok(request), Caller::Own) => {
                react(&self.driver, &self.links, &request, |answer| match answer {
                    Answer::Status(status) => wire::status(status),
                    _ => wire::status(500),
                })
                .await
            }
            (Ok(_), Caller::Stranger) => refuse(Foreign::Repeated),
            (Err(foreign), _) => refuse(foreign),
        }
    }
}

/// Answers a request that does not reach the world: a stranger's, or one of the run that came after its exchange had
/// ended.
pub(super) fn refuse(foreign: Foreign) -> Handled {
    Handled::Answer(wire::status(foreign.status()))
}

/// Brings a request to the world, unless it is lost, and its reaction back: a lost answer is never given, and
/// the others leave when the world says, and the time of the way back later.
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
        // The world has nothing to say to it any more.
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
