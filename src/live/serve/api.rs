//! `/subscriptions`: what the source's API takes and answers.

use super::deliver::{Cause, Change, Hub, PENDING, State, Subscriber};
use super::events::Published;
use super::problem::Problem;
use super::recent::{Gone, Happening};
use super::watch;
use crate::live::access;
use crate::live::body::Body;
use crate::live::query;
use crate::live::reply::{empty, json};
use crate::live::server::read_body;
use crate::policy::event_stream::MEDIA_TYPE;
use crate::policy::message::{event_id, parse_event_id};
use hyper::body::{Body as _, Incoming};
use hyper::header::{ACCEPT, ALLOW, HeaderMap, HeaderValue, LOCATION};
use hyper::{Method, Request, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The API of the subscriptions.
#[derive(Debug)]
pub(super) struct Api {
    pub(super) hub: Arc<Hub>,
    pub(super) published: Arc<Published>,
}

/// The longest body of a request.
const BODY_BYTES: usize = 16 << 10;
/// Events that are replayed at once.
const REPLAYED: usize = 100;

impl Api {
    /// Answers a request whose path goes on after `/subscriptions` with these parts.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        path: &[&str],
    ) -> Result<Response<Body>, Problem> {
        query::check(request.uri(), "this path", &[])?;
        let method = request.method().clone();
        let reads = [Method::GET, Method::HEAD].contains(&method);
        let posts = method == Method::POST;
        if !reads {
            self.hub.count_change()?;
        }
        match *path {
            [] if reads => {
                let all: Vec<Value> = self.hub.all().iter().map(|one| one.json()).collect();
                Ok(shown(200, &json!({ "subscriptions": all })))
            }
            [] if posts => self.subscribe(object(request).await?).await,
            [] => Ok(only("GET, HEAD, POST")),
            [id] if reads => Ok(shown(200, &self.hub.get(id)?.json())),
            [id] if method == Method::PATCH => {
                let subscriber = self.hub.get(id)?;
                self.hub.update(&subscriber, object(request).await?).await?;
                Ok(shown(200, &subscriber.json()))
            }
            [id] if method == Method::DELETE => self.hub.remove(id).map(|()| empty(204)),
            [_] => Ok(only("GET, HEAD, PATCH, DELETE")),
            [id, "deliveries"] if reads => {
                let subscriber = self.hub.get(id)?;
                if wants(request.headers(), MEDIA_TYPE) {
                    return self.watch(subscriber);
                }
                let attempts = subscriber.attempts();
                let attempts: Vec<Value> =
                    attempts.iter().map(|attempt| attempt.json(self.hub.types())).collect();
                Ok(shown(200, &json!({ "attempts": attempts })))
            }
            [id, "deliveries", event] if reads => {
                let attempts = self.hub.get(id)?.attempts_of(number_of(event)?);
                if attempts.is_empty() {
                    return Err(Problem::unknown("delivery"));
                }
                let attempts: Vec<Value> =
                    attempts.iter().map(|attempt| attempt.whole_json(self.hub.types())).collect();
                Ok(shown(200, &json!({ "event": event, "attempts": attempts })))
            }
            [id, "deliveries", event, "redeliver"] if posts => {
                let subscriber = self.hub.get(id)?;
                only_keys(&optional(request).await?, "a redelivery", &[])?;
                let event = self.redeliver(&subscriber, number_of(event)?)?;
                Ok(shown(202, &json!({ "event": event_id(event.number + 1) })))
            }
            [id, "test"] if posts => {
                let subscriber = self.hub.get(id)?;
                let asked = optional(request).await?;
                only_keys(&asked, "a test", &["type"])?;
                let named = asked.get("type").map(|name| name.as_str().unwrap_or_default());
                let event = self.test(&subscriber, named)?;
                Ok(shown(202, &json!({ "event": event_id(event.number + 1) })))
            }
            [id, "replay"] if posts => {
                let subscriber = self.hub.get(id)?;
                let asked = object(request).await?;
                only_keys(&asked, "a replay", &["after"])?;
                let after = asked.get("after").and_then(Value::as_str).and_then(parse_event_id);
                let after = after.ok_or_else(|| {
                    Problem::new(
                        400,
                        "the body needs after, an event's id; evt_0000000000 stands before the first",
                    )
                })?;
                let events = self.replay(&subscriber, after)?;
                Ok(shown(202, &json!({ "events": events })))
            }
            [id, action @ ("pause" | "resume")] if posts => {
                only_keys(&optional(request).await?, &format!("a {action}"), &[])?;
                self.pause(id, action == "pause")
            }
            [_, "deliveries"] | [_, "deliveries", _] => Ok(only("GET, HEAD")),
            [_, "test" | "replay" | "pause" | "resume"] | [_, "deliveries", _, "redeliver"] => {
                Ok(only("POST"))
            }
            _ => Err(Problem::new(
                404,
                "a subscription has /deliveries, /test, /replay, /pause and /resume after its id",
            )),
        }
    }

    async fn subscribe(&self, asked: Map<String, Value>) -> Result<Response<Body>, Problem> {
        let subscriber = self.hub.subscribe(asked).await?;
        let mut response = shown(201, &subscriber.json());
        if let Ok(location) = format!("/subscriptions/{}", subscriber.id).parse() {
            response.headers_mut().insert(LOCATION, location);
        }
        Ok(response)
    }

    /// Sends the attempts of a subscription as they begin and end.
    fn watch(&self, subscriber: Arc<Subscriber>) -> Result<Response<Body>, Problem> {
        let place = self.published.place()?;
        let types = self.hub.types().clone();
        let render = move |change: &Change| {
            let is_its = Arc::ptr_eq(&change.subscriber, &subscriber);
            is_its.then(|| change.attempt.json(&types).to_string())
        };
        Ok(watch::stream(self.hub.changes(), place, render))
    }

    fn pause(&self, id: &str, paused: bool) -> Result<Response<Body>, Problem> {
        let subscriber = self.hub.get(id)?;
        let state = if paused { State::Paused } else { State::Active };
        subscriber.set_state(state, self.hub.clock.now());
        Ok(shown(200, &subscriber.json()))
    }

    /// Sends a test event of the type of that name; of the first that the subscription wants if there is none.
    pub(super) fn test(
        &self,
        subscriber: &Arc<Subscriber>,
        named: Option<&str>,
    ) -> Result<Happening, Problem> {
        is_enabled(subscriber)?;
        let kind = self.hub.kind(&subscriber.chosen(), named)?;
        self.hub.test(subscriber, kind).ok_or_else(too_many)
    }

    /// Delivers an event once more.
    pub(super) fn redeliver(&self, subscriber: &Arc<Subscriber>, number: u32) -> Result<Happening, Problem> {
        is_enabled(subscriber)?;
        let logged = subscriber.attempts_of(number).first().map(|attempt| attempt.event);
        let event = logged.or_else(|| self.published.recent.get(number));
        let event = event.ok_or_else(|| Problem::new(404, "that event is not kept"))?;
        if self.hub.deliver(subscriber, event, Cause::Redelivery) { Ok(event) } else { Err(too_many()) }
    }

    /// Delivers the newest ten events once more; returns how many there were.
    pub(super) fn replay_newest(&self, subscriber: &Arc<Subscriber>) -> Result<usize, Problem> {
        let newest = *self.published.recent.newest().borrow();
        self.replay(subscriber, newest.saturating_sub(10))
    }

    /// Delivers the kept events after an id once more; returns how many.
    pub(super) fn replay(&self, subscriber: &Arc<Subscriber>, after: u32) -> Result<usize, Problem> {
        is_enabled(subscriber)?;
        let chosen = subscriber.chosen();
        let is_wanted = |event: &Happening| self.hub.wants(&chosen, event.kind);
        let found = self.published.recent.after(after, REPLAYED, is_wanted);
        let (events, _) = found.map_err(|Gone| {
            Problem::new(
                410,
                "the events right after that one are no longer kept; replay after evt_0000000000",
            )
        })?;
        let taken = events.iter().filter(|event| self.hub.deliver(subscriber, **event, Cause::Redelivery));
        Ok(taken.count())
    }
}

fn is_enabled(subscriber: &Subscriber) -> Result<(), Problem> {
    match subscriber.state() {
        State::Active | State::Paused | State::Deleted => Ok(()),
        State::Disabled => Err(Problem::new(
            409,
            "the subscription is disabled, because it failed too often; resume it first",
        )),
    }
}

fn too_many() -> Problem {
    Problem::new(429, format!("{PENDING} deliveries of this subscription are pending, and no more are taken"))
}

/// Whether a request names that media type among those that it accepts.
pub(super) fn wants(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains(media_type))
}

/// The number of the event with that id.
pub(super) fn number_of(id: &str) -> Result<u32, Problem> {
    parse_event_id(id).and_then(|id| id.checked_sub(1)).ok_or_else(|| Problem::unknown("event"))
}

/// The object in the body of a request.
async fn object(request: Request<Incoming>) -> Result<Map<String, Value>, Problem> {
    access::check_json(request.headers())?;
    let body = read_body(request.into_body(), BODY_BYTES).await?;
    match serde_json::from_slice(&body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => {
            Err(Problem::new(400, "the body is a JSON object, such as {\"url\":\"http://localhost:9000/\"}"))
        }
        Err(_) => Err(Problem::new(400, "the body is not valid JSON")),
    }
}

/// Refuses a body with another key than those: it would ask for what is not done.
fn only_keys(asked: &Map<String, Value>, what: &str, known: &[&str]) -> Result<(), Problem> {
    match asked.keys().find(|key| !known.contains(&key.as_str())) {
        Some(unknown) => Err(Problem::no_such(what, unknown, known)),
        None => Ok(()),
    }
}

/// The object in the body of a request that may have none.
async fn optional(request: Request<Incoming>) -> Result<Map<String, Value>, Problem> {
    if request.body().is_end_stream() { Ok(Map::new()) } else { object(request).await }
}

/// An answer in JSON that a reader can read as it comes.
fn shown(status: u16, value: &Value) -> Response<Body> {
    json(status, format!("{value:#}\n"))
}

fn only(methods: &'static str) -> Response<Body> {
    let mut response = Problem::new(405, "that method is not for this path").response();
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}
