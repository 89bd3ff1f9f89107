//! The receiver of a webhook client's deliveries: real HTTP in, the world's reaction out.

use super::client_driver::ClientDriver;
use super::server::{Handled, Handler, silence};
use super::wire::{self, Wire};
use crate::model::exchange::{Answer, Link, Reaction, Request};
use crate::policy::message::REQUEST_ID;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::{Method, Response};
use std::sync::Arc;

/// The endpoints of all members of one client: they share a listener and differ by path.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) driver: Arc<ClientDriver>,
    pub(super) links: Links,
}

/// The two directions of an exchange as the side that answers knows them.
#[derive(Clone, Debug)]
pub(super) struct Links {
    pub(super) there: Link,
    pub(super) back: Link,
}

/// The longest body that a party reads.
pub(super) const BODY_BYTES: usize = 64 << 20;

impl Handler for Endpoint {
    async fn handle(&self, request: hyper::Request<Incoming>) -> Handled {
        let (head, body) = request.into_parts();
        let id = head.headers.get(REQUEST_ID).and_then(|id| id.to_str().ok());
        let Some(attempt) = id.and_then(Wire::read_attempt).filter(|_| head.method == Method::POST) else {
            return Handled::Answer(wire::status(400));
        };
        let Ok(_) = Limited::new(body, BODY_BYTES).collect().await else {
            return Handled::Answer(wire::status(413));
        };
        react(&self.driver, &self.links, Request::Attempt(attempt), |answer| match answer {
            Answer::Status(status) => wire::status(status),
            _ => wire::status(500),
        })
        .await
    }
}

/// Brings a request to the world, unless it is lost, and its reaction back: a lost answer is never given, and
/// the others leave when the world says, and the time of the way back later.
pub(super) async fn react(
    driver: &ClientDriver,
    links: &Links,
    request: Request,
    render: impl FnOnce(Answer) -> Response<http_body_util::Full<bytes::Bytes>>,
) -> Handled {
    if links.there.carry(&request).is_none() {
        return silence().await;
    }
    match driver.request(request) {
        Reaction::Silence => silence().await,
        Reaction::Refuse => Handled::Hangup,
        Reaction::Reply(reply) => {
            let Some(delay) = links.back.carry(&request) else { return silence().await };
            driver.clock.sleep_until(reply.at + delay).await;
            Handled::Answer(render(reply.answer))
        }
    }
}
