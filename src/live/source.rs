//! The source's HTTP API: `GET /events`, streams, jobs, and the subscriptions.
//!
//! The source of a client answers only the run itself: a request is known by its id, and reaches the client's world.
//! The public source answers anybody, with the log of the events so far, and has the outages of the scenario.

use super::access;
use super::body::Body;
use super::client_driver::ClientDriver;
use super::clock::Clock;
use super::endpoint::{react, refuse};
use super::guests::Caller;
use super::log::{Asked, Log};
use super::problem::Problem;
use super::query;
use super::registering::Registering;
use super::reply::{empty, json, not_allowed};
use super::server::{Handled, Handler, read_body, silence};
use super::stream::{self, Opening};
use super::subscriptions::Subscriptions;
use super::wire::{self, Foreign, http_response};
use crate::model::down;
use crate::model::exchange::{Answer, Reaction};
use crate::model::network::Links;
use crate::policy::framing::Framing;
use crate::policy::outage::Mode;
use crate::policy::registration;
use hyper::body::Incoming;
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue, VARY};
use hyper::{Method, Response, Uri};
use serde_json::json;
use std::sync::Arc;

/// One source: that of a client, or the public one.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) log: Log,
    /// The client whose source this is; None: the public one.
    pub(super) client: Option<(Arc<ClientDriver>, Links)>,
    pub(super) subscriptions: Arc<Subscriptions>,
    /// For the source of a webhook client.
    pub(super) registering: Option<Arc<Registering>>,
    pub(super) clock: Clock,
}

/// The longest body of a request to the API.
const BODY_BYTES: usize = 16 << 10;

impl Handler for Source {
    async fn handle(&self, request: hyper::Request<Incoming>, caller: Caller) -> Handled {
        let own = access::own_origin(request.headers()).cloned();
        let handled = match &self.client {
            Some((driver, _)) if caller == Caller::Stranger => self.turn_away(driver, &request),
            Some(_) | None => self.answer(request).await,
        };
        match handled {
            Handled::Answer(response) => Handled::Answer(readable_by(own, response)),
            Handled::Hangup => Handled::Hangup,
        }
    }
}

impl Source {
    async fn answer(&self, mut request: hyper::Request<Incoming>) -> Handled {
        let path = request.uri().path().to_owned();
        let method = request.method().clone();
        // A client's source leaves outages to the client's world.
        if self.client.is_none()
            && let Some(outage) = self.log.outages.at(self.clock.now())
        {
            return down_for_anybody(outage.mode).await;
        }
        let read = [Method::GET, Method::HEAD].contains(&method);
        Handled::Answer(match path.as_str() {
            "/" if read => overview(),
            "/" => not_allowed("GET, HEAD"),
            "/events" if read => return self.events(&request).await,
            "/events" => not_allowed("GET, HEAD"),
            path if read && self.client.is_some() && is_of_one(path) => {
                return self.events(&request).await;
            }
            "/stream" if method == Method::GET => {
                return self.stream(&mut request, Framing::EventStream).await;
            }
            "/socket" if method == Method::GET => return self.stream(&mut request, Framing::WebSocket).await,
            "/stream" | "/socket" => not_allowed("GET"),
            path if self.client.is_none() && (path == "/jobs" || path.starts_with("/jobs/")) => match read {
                true => self.jobs(request.uri()).unwrap_or_else(|problem| problem.response()),
                false => not_allowed("GET, HEAD"),
            },
            "/subscriptions" if read => json(200, self.subscriptions.list()),
            "/subscriptions" if method == Method::POST => {
                self.subscribe(request).await.unwrap_or_else(|problem| problem.response())
            }
            "/subscriptions" => not_allowed("GET, HEAD, POST"),
            path => match path.strip_prefix("/subscriptions/") {
                Some(id) if method == Method::DELETE => match self.subscriptions.remove(id) {
                    true => empty(204),
                    false => Problem::new(404, "there is no subscription of that id").response(),
                },
                Some(_) => not_allowed("DELETE"),
                None => Problem::new(404, "there is /events, /stream, /socket, /jobs and /subscriptions")
                    .response(),
            },
        })
    }

    async fn events(&self, request: &hyper::Request<Incoming>) -> Handled {
        if let Some((driver, links)) = &self.client {
            let wire = &self.log.wire;
            return match wire.read_poll(driver, request.uri(), request.headers()) {
                Ok(asked) => {
                    react(driver, links, &asked, |answer| match answer {
                        Answer::Page { events, has_more } => wire.page(&asked.ask, events, has_more),
                        Answer::Shown { events } => wire.shown(&asked.ask, events),
                        Answer::NOT_MODIFIED => wire.not_modified(&asked.ask),
                        Answer::Status(status) => wire::status(status),
                        Answer::Busy { status, retry_after_s } => wire::busy(status, retry_after_s),
                        Answer::Opened
                        | Answer::Refused
                        | Answer::Closed
                        | Answer::TimedOut
                        | Answer::Aborted => wire::status(500),
                    })
                    .await
                }
                Err(foreign) => refuse(foreign),
            };
        }
        let page = match Asked::read(&self.log, request.uri(), "/events", query::OF_EVENTS) {
            Ok(asked) => tokio::select! {
                page = self.log.page(asked, request.headers()) => page,
                // A source that goes down drops what it holds.
                mode = self.goes_down() => return down_for_anybody(mode).await,
            },
            Err(refusal) => Err(refusal),
        };
        Handled::Answer(page.unwrap_or_else(|problem| problem.response()))
    }

    async fn stream(&self, request: &mut hyper::Request<Incoming>, framing: Framing) -> Handled {
        if let Some((driver, links)) = &self.client {
            return stream::open(driver, links, &self.log.wire, framing, request).await;
        }
        let stream = self.follow(request, framing);
        Handled::Answer(stream.unwrap_or_else(|problem| problem.response()))
    }

    fn follow(
        &self,
        request: &mut hyper::Request<Incoming>,
        framing: Framing,
    ) -> Result<Response<Body>, Problem> {
        let asked = Asked::read(&self.log, request.uri(), request.uri().path(), query::OF_STREAM)?;
        let asked = Asked { span: asked.span.resuming(framing, request.headers())?, ..asked };
        stream::follow(&self.log, asked, Opening::of(framing, request)?, self.clock)
    }

    fn jobs(&self, uri: &Uri) -> Result<Response<Body>, Problem> {
        query::check(uri, "this path", &[])?;
        match uri.path().strip_prefix("/jobs/") {
            Some(id) => self.log.job(id, self.clock),
            None => self.log.jobs(self.clock),
        }
    }

    /// Refuses and counts the request of a stranger at the source of a client. One that bears the name of a request
    /// under way is taken for its repetition.
    fn turn_away(&self, driver: &ClientDriver, request: &hyper::Request<Incoming>) -> Handled {
        driver.count_foreign();
        let (uri, headers) = (request.uri(), request.headers());
        let read = if ["/stream", "/socket"].contains(&uri.path()) {
            self.log.wire.read_opening(driver, uri, headers).map(drop)
        } else {
            self.log.wire.read_poll(driver, uri, headers).map(drop)
        };
        match read {
            Ok(()) => refuse(Foreign::Repeated),
            Err(Foreign::Unnamed) => Handled::Answer(Problem::new(403, PRIVATE).response()),
            Err(foreign) => refuse(foreign),
        }
    }

    /// Waits for the next outage, and returns its mode.
    async fn goes_down(&self) -> Mode {
        let now = self.clock.now();
        let next = self.log.outages.0.iter().find(|outage| outage.from > now);
        let Some(outage) = next else { return std::future::pending().await };
        self.clock.sleep_until(outage.from).await;
        outage.mode
    }

    async fn subscribe(&self, request: hyper::Request<Incoming>) -> Result<Response<Body>, Problem> {
        access::check_json(request.headers())?;
        let body = read_body(request.into_body(), BODY_BYTES).await?;
        let (id, taken) = match &self.registering {
            Some(registering) => registering.take(&self.subscriptions, &body).await?,
            None => self.subscriptions.add(&body)?,
        };
        let (head, body) = registration::taken(&id, &taken.to.url, &taken.types);
        Ok(http_response(201, head, body))
    }
}

/// For strangers at the source of a client.
const PRIVATE: &str =
    "this is the source of one client of the scenario; ask the one whose address the run prints";

/// Whether a path is that of one event, or of one job.
fn is_of_one(path: &str) -> bool {
    path.starts_with("/events/") || path.starts_with("/jobs/")
}

/// The reaction of the public source during an outage: the same as that of a client's source.
async fn down_for_anybody(mode: Mode) -> Handled {
    match down(mode) {
        Reaction::Refuse | Reaction::Close => Handled::Hangup,
        Reaction::Silence => silence().await,
        Reaction::Answer(Answer::Status(status)) => Handled::Answer(wire::status(status)),
        Reaction::Answer(_) => Handled::Answer(wire::status(500)),
    }
}

/// Lets a page of this machine read the answer; other pages may not
/// (<https://fetch.spec.whatwg.org/#http-cors-protocol>).
pub(super) fn readable_by(page: Option<HeaderValue>, mut response: Response<Body>) -> Response<Body> {
    if let Some(origin) = page {
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, access::READABLE);
        response.headers_mut().insert(VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn overview() -> Response<Body> {
    let paths = json!({
        "about": "the source of a live run of pollhook",
        "GET /events": "the events so far; after=EVENT_ID, limit=N, resource=RESOURCE_ID, types=TYPE,TYPE, wait=30s, since=TIME, order=newest; if-none-match as a header",
        "GET /stream": "the same as server-sent events, and what occurs from then on; last-event-id as a header, or after=EVENT_ID",
        "GET /socket": "the same over a WebSocket; after=EVENT_ID",
        "GET /jobs": "the jobs under way, where the scenario has events.job",
        "GET /jobs/ID": "pending, or ended with its result; the id is that of the event that ends it",
        "GET /subscriptions": "the registered URLs",
        "POST /subscriptions": "registers a URL of this machine: {\"url\":\"http://localhost:9000/hook\"}; \"types\":[\"TYPE\"] for some types of event only",
        "DELETE /subscriptions/ID": "ends a subscription",
    });
    json(200, paths.to_string())
}
