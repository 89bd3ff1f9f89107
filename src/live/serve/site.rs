//! What a source that runs by itself answers, by path and method.

use super::api::{Api, wants};
use super::events::Published;
use super::page::{About, Looks, Pages};
use super::problem::Problem;
use super::receiver::Receivers;
use crate::live::access;
use crate::live::body::Body;
use crate::live::guests::Caller;
use crate::live::query;
use crate::live::reply::{json, not_allowed};
use crate::live::server::{Handled, Handler};
use crate::live::source::readable_by;
use crate::policy::framing::Framing;
use hyper::body::Incoming;
use hyper::{Method, Request, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// The source, for anybody on this machine.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) published: Arc<Published>,
    pub(super) api: Api,
    pub(super) receivers: Receivers,
    pub(super) about: About,
    pub(super) looks: Looks,
}

impl Site {
    async fn answer(&self, mut request: Request<Incoming>, path: &[&str]) -> Result<Response<Body>, Problem> {
        let method = request.method();
        let reads = [Method::GET, Method::HEAD].contains(method);
        let is_browser = wants(request.headers(), "text/html");
        match path {
            [""] if reads && is_browser => Ok(self.pages().front()),
            [""] if reads => Ok(overview()),
            ["page", path @ ..] => {
                let answered = self.pages().answer(request, path).await;
                Ok(answered.unwrap_or_else(|problem| self.pages().refused(&problem)))
            }
            ["events"] if reads => Ok(self.published.page(request.uri(), request.headers()).await?),
            ["jobs"] if reads => self.published.jobs(request.uri(), None),
            ["jobs", id] if reads => self.published.jobs(request.uri(), Some(id)),
            ["stream"] if *method == Method::GET => self.published.stream(&mut request, Framing::EventStream),
            ["socket"] if *method == Method::GET => self.published.stream(&mut request, Framing::WebSocket),
            ["receivers", name] if reads && is_browser => Ok(self.pages().receiver(name)),
            ["receivers", name] if reads => {
                query::check(request.uri(), "this path", &[])?;
                Ok(self.received(name))
            }
            ["" | "events" | "jobs"] | ["jobs" | "receivers", _] => Ok(not_allowed("GET, HEAD")),
            ["stream" | "socket"] => Ok(not_allowed("GET")),
            ["subscriptions", path @ ..] => self.api.answer(request, path).await,
            _ => Err(Problem::new(
                404,
                "there is /events, /stream, /socket, /jobs, /subscriptions and /receiver/NAME",
            )),
        }
    }

    fn pages(&self) -> Pages<'_> {
        let Self { published: _, api, receivers, about, looks } = self;
        Pages { api, receivers, about, looks }
    }

    fn received(&self, name: &str) -> Response<Body> {
        let newest = self.receivers.newest(name);
        let requests: Vec<Value> = newest.iter().map(|(number, kept)| kept.json(*number)).collect();
        json(200, format!("{:#}\n", json!({ "receiver": name, "requests": requests })))
    }
}

impl Handler for Site {
    async fn handle(&self, request: Request<Incoming>, _: Caller) -> Handled {
        let own = access::own_origin(request.headers()).cloned();
        let path = request.uri().path().to_owned();
        let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if let ["receiver", name] = path[..] {
            // Who opens the URL of a receiver in a browser wants to see what it got.
            let looks = *request.method() == Method::GET && request.uri().query().is_none();
            if looks && wants(request.headers(), "text/html") {
                return Handled::Answer(self.pages().receiver(name));
            }
            return self.receivers.take(&self.api.hub, name, request).await;
        }
        let answered = self.answer(request, &path).await;
        Handled::Answer(readable_by(own, answered.unwrap_or_else(|problem| problem.response())))
    }
}

/// The receivers and nothing else, as they are reached over HTTPS.
#[derive(Debug)]
pub(super) struct ReceiversAlone(pub(super) Arc<Site>);

impl Handler for ReceiversAlone {
    async fn handle(&self, request: Request<Incoming>, caller: Caller) -> Handled {
        if request.uri().path().starts_with("/receiver/") {
            return self.0.handle(request, caller).await;
        }
        Handled::Answer(Problem::new(404, "over HTTPS there is /receiver/NAME alone").response())
    }
}

fn overview() -> Response<Body> {
    let paths = json!({
        "about": "a source of pollhook",
        "GET /events": "the newest events; after=EVENT_ID, limit=N, types=TYPE,TYPE, resource=RESOURCE_ID, wait=30s, since=TIME, order=newest; if-none-match as a header",
        "GET /stream": "the same as server-sent events, and what occurs from then on; last-event-id as a header, or after=EVENT_ID",
        "GET /socket": "the same over a WebSocket; after=EVENT_ID",
        "GET /jobs": "the jobs under way, where the scenario has events.job",
        "GET /jobs/ID": "pending, or ended with its result; the id is that of the event that ends it",
        "GET /subscriptions": "the registered URLs",
        "POST /subscriptions": "registers a URL: {\"url\":\"http://localhost:9000/hook\"}; optional keys are types, payload, provider, deadline, retries, retry_jitter, honour_retry_after, ordered, disable_after, enable_after, redeliver_after, security, handshake, verify_token",
        "GET, PATCH, DELETE /subscriptions/ID": "shows, changes or ends a subscription",
        "POST /subscriptions/ID/pause, /resume": "holds its deliveries back, and goes on with them",
        "POST /subscriptions/ID/test": "delivers a test event of a type that the subscription wants: {\"type\":\"event\"}, or nothing for the first",
        "POST /subscriptions/ID/replay": "delivers the newest events after an id once more: {\"after\":\"evt_0000000000\"}",
        "GET /subscriptions/ID/deliveries": "the newest attempts, each with the curl command that sends the same; as they come with accept: text/event-stream",
        "GET /subscriptions/ID/deliveries/EVENT_ID": "the attempts of one event, with the whole requests and answers",
        "POST /subscriptions/ID/deliveries/EVENT_ID/redeliver": "delivers an event once more",
        "/receiver/NAME": "takes whatever comes; answer=500 or close, after=20s, every=3, token=TEXT",
        "GET /receivers/NAME": "what that receiver got",
    });
    json(200, format!("{paths:#}\n"))
}
