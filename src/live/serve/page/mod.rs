//! The pages for a browser: register a URL, watch deliveries arrive and fail, open one and see all of it.
//!
//! They are rendered here, and complete without a script; the script of the page only lets a list grow. A page uses
//! nothing from elsewhere, and its policy allows nothing else.

mod ahead;
mod form;
mod frame;
mod meaning;
mod render;
mod view;

use super::api::{Api, number_of};
use super::deliver::{Change, State};
use super::problem::Problem;
use super::receiver::Receivers;
use super::watch;
use crate::live::body::Body;
use crate::live::reply::empty;
use crate::live::server::read_body;
use crate::live::wire::query;
use crate::policy::message::event_id;
use form::{Fields, Filled};
use hyper::body::Incoming;
use hyper::header::{HOST, HeaderValue, LOCATION, ORIGIN};
use hyper::{HeaderMap, Method, Request, Response, Uri};

pub(super) use frame::{About, Looks};

/// What the pages show.
#[derive(Clone, Copy)]
pub(super) struct Pages<'a> {
    pub(super) api: &'a Api,
    pub(super) receivers: &'a Receivers,
    pub(super) about: &'a About,
    pub(super) looks: &'a Looks,
}

/// The longest body of a form.
const FORM_BYTES: usize = 16 << 10;

impl Pages<'_> {
    /// Answers a request whose path goes on after `/page` with these parts.
    pub(super) async fn answer(
        self,
        request: Request<Incoming>,
        path: &[&str],
    ) -> Result<Response<Body>, Problem> {
        let posts = *request.method() == Method::POST;
        if posts {
            self.api.hub.count_change()?;
        }
        match *path {
            ["live"] if !posts => self.live(request.uri()),
            ["subscribe"] if posts => self.subscribe(fields(request).await?).await,
            [id] if !posts => self.subscription(id),
            [id, event] if !posts => self.delivery(id, event),
            [id, action] if posts => {
                let fields = fields(request).await?;
                self.act(id, action, &fields.get("type"))?;
                let back = fields.get("back");
                Ok(see(&if back == "home" || action == "delete" {
                    "/".into()
                } else {
                    format!("/page/{id}")
                }))
            }
            [id, event, "redeliver"] if posts => {
                fields(request).await?;
                let event = self.api.redeliver(&self.api.hub.get(id)?, number_of(event)?)?;
                Ok(see(&format!("/page/{id}/{}", event_id(event.number + 1))))
            }
            _ => Err(Problem::new(404, "there is no such page")),
        }
    }

    fn act(self, id: &str, action: &str, named: &str) -> Result<(), Problem> {
        let subscriber = self.api.hub.get(id)?;
        match action {
            "test" => self.api.test(&subscriber, Some(named).filter(|name| !name.is_empty())).map(drop),
            "pause" => {
                subscriber.set_state(State::Paused, self.api.hub.clock.now());
                Ok(())
            }
            "resume" => {
                subscriber.set_state(State::Active, self.api.hub.clock.now());
                Ok(())
            }
            "replay" => self.api.replay_newest(&subscriber).map(drop),
            "delete" => self.api.hub.remove(id),
            _ => Err(Problem::new(404, "there is no such action")),
        }
    }

    async fn subscribe(self, fields: Fields) -> Result<Response<Body>, Problem> {
        let filled = fields.filled();
        match self.api.hub.subscribe(filled.asked()).await {
            Ok(subscriber) => Ok(see(&format!("/page/{}", subscriber.id))),
            Err(problem) => Ok(self.home(&filled, Some(&problem))),
        }
    }

    /// The first page.
    pub(super) fn front(self) -> Response<Body> {
        self.home(&Filled::default(), None)
    }

    /// Rows of a list, each when its attempt begins and again when it ends.
    fn live(self, uri: &Uri) -> Result<Response<Body>, Problem> {
        let of = query(uri, "of").unwrap_or_default().to_owned();
        let place = self.api.published.place()?;
        let render = move |change: &Change| {
            let is_wanted = of.is_empty() || of == change.subscriber.id;
            is_wanted.then(|| render::row(&change.subscriber, &change.attempt))
        };
        Ok(watch::stream(self.api.hub.changes(), place, render))
    }
}

/// The fields of a form that is from a page of this very source.
async fn fields(request: Request<Incoming>) -> Result<Fields, Problem> {
    check_origin(request.headers())?;
    let body = read_body(request.into_body(), FORM_BYTES).await?;
    Ok(Fields::read(&body))
}

/// A browser names the origin of the page whose form it sends.
fn check_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match (text(ORIGIN), text(HOST)) {
        (None, _) => Ok(()),
        (Some(origin), Some(host)) if origin.strip_prefix("http://") == Some(host) => Ok(()),
        (Some(_), _) => Err(Problem::new(403, "only the pages of this source may send its forms")),
    }
}

/// Leads the browser to another page, which it may load again without sending the form again.
fn see(path: &str) -> Response<Body> {
    let mut response = empty(303);
    if let Ok(path) = path.parse() {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

/// For the fuzz target.
#[cfg(fuzzing)]
pub(super) fn read_any_form(text: &str) {
    let _ = Fields::read(text.as_bytes()).filled().asked();
}
