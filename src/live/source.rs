//! The source's HTTP API: `GET /events`, and the subscriptions.
//!
//! A poller of the scenario names itself by its request id and meets its own world. Anybody else gets the shared
//! log as it has occurred so far.

use super::client_driver::ClientDriver;
use super::endpoint::{react, refuse};
use super::server::{Handled, Handler};
use super::subscriptions::{Refusal, Subscriptions};
use super::wire::{self, Wire, query};
use crate::model::exchange::Answer;
use crate::model::network::Links;
use crate::policy::message::{self, Head, REQUEST_ID};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{Method, Response};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// One source: that of a client, or the public one.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) wire: Wire,
    /// The client whose source this is; None: the public one.
    pub(super) client: Option<(Arc<ClientDriver>, Links)>,
    /// Events that have occurred.
    pub(super) occurred: Arc<AtomicU32>,
    pub(super) subscriptions: Arc<Subscriptions>,
}

/// The longest body of a request to the API.
const BODY_BYTES: usize = 64 << 10;

impl Handler for Source {
    async fn handle(&self, request: hyper::Request<Incoming>) -> Handled {
        let path = request.uri().path().to_owned();
        match (request.method(), path.as_str()) {
            (&Method::GET, "/events") => self.events(&request).await,
            (_, "/events") => not_allowed("GET"),
            (&Method::GET, "/subscriptions") => Handled::Answer(json(200, self.subscriptions.list())),
            (&Method::POST, "/subscriptions") => self.subscribe(request).await,
            (_, "/subscriptions") => not_allowed("GET, POST"),
            (method, _) => match path.strip_prefix("/subscriptions/") {
                Some(id) if *method == Method::DELETE => match self.subscriptions.remove(id) {
                    true => Handled::Answer(empty(204)),
                    false => Handled::Answer(problem(404, "there is no subscription of that id")),
                },
                Some(_) => not_allowed("DELETE"),
                None => Handled::Answer(problem(404, "there is /events and /subscriptions")),
            },
        }
    }
}

impl Source {
    async fn events(&self, request: &hyper::Request<Incoming>) -> Handled {
        if let Some((driver, links)) =
            self.client.as_ref().filter(|_| request.headers().contains_key(REQUEST_ID))
        {
            return match self.wire.read_poll(driver, request.uri(), request.headers()) {
                Ok((asked, resource, cursor)) => {
                    react(driver, links, &asked, |answer| match answer {
                        Answer::Page { events, has_more } => {
                            self.wire.page(resource, cursor, events, has_more)
                        }
                        Answer::Status(status) => wire::status(status),
                        _ => wire::status(500),
                    })
                    .await
                }
                Err(foreign) => refuse(driver, foreign),
            };
        }
        match self.log(request) {
            Ok(response) => Handled::Answer(response),
            Err(detail) => Handled::Answer(problem(400, detail)),
        }
    }

    /// The shared log, for anybody.
    fn log(&self, request: &hyper::Request<Incoming>) -> Result<Response<Full<Bytes>>, &'static str> {
        let uri = request.uri();
        let resource = match query(uri, "resource") {
            None if self.wire.resources == 1 => 0,
            None => return Err("name the resource: resource=res_00000000"),
            Some(id) => message::parse_resource_id(id)
                .filter(|&resource| resource < self.wire.resources)
                .ok_or("there is no such resource; the first is res_00000000")?,
        };
        let after = query(uri, "after").map_or(Some(0), message::parse_event_id);
        let after = after.ok_or("after is an event's id; evt_0000000000 stands before the first")?;
        let limit = query(uri, "limit").map_or(Ok(self.wire.page_size), str::parse);
        let limit = limit.ok().filter(|&limit| limit > 0).ok_or("limit is a number of events, at least 1")?;
        let listed = self.wire.events.of(resource);
        let occurred = self.occurred.load(Ordering::Acquire);
        let known = listed.partition_point(|&event| event < occurred) as u32;
        let cursor =
            if after == 0 { 0 } else { self.wire.events.cursor_after(resource, after - 1).min(known) };
        let events = (known - cursor).min(limit).min(self.wire.page_size);
        Ok(self.wire.page(resource, cursor, events, known - cursor > events))
    }

    async fn subscribe(&self, request: hyper::Request<Incoming>) -> Handled {
        let Ok(body) = Limited::new(request.into_body(), BODY_BYTES).collect().await else {
            return Handled::Answer(problem(413, "a subscription is a few bytes of JSON"));
        };
        Handled::Answer(match self.subscriptions.add(&body.to_bytes()) {
            Ok((id, text)) => {
                let mut response = json(201, text);
                if let Ok(location) = format!("/subscriptions/{id}").parse() {
                    response.headers_mut().insert(hyper::header::LOCATION, location);
                }
                response
            }
            Err(Refusal { status, detail }) => problem(status, detail),
        })
    }
}

fn not_allowed(allow: &'static str) -> Handled {
    let mut response = problem(405, "that method is not for this path");
    response.headers_mut().insert(hyper::header::ALLOW, hyper::header::HeaderValue::from_static(allow));
    Handled::Answer(response)
}

/// Problem details that say what to do.
fn problem(status: u16, detail: &str) -> Response<Full<Bytes>> {
    let (head, body) = message::problem_with(status, Some(detail));
    wire::http_response(status, head, body)
}

fn json(status: u16, text: String) -> Response<Full<Bytes>> {
    let headers =
        vec![("content-type", "application/json".into()), ("content-length", text.len().to_string())];
    wire::http_response(status, Head { start: String::new(), headers }, text)
}

fn empty(status: u16) -> Response<Full<Bytes>> {
    wire::http_response(status, Head { start: String::new(), headers: Vec::new() }, String::new())
}
