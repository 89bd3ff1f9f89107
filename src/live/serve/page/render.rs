//! The templates, filled in.

use super::Pages;
use super::ahead::{Ahead, ahead};
use super::form::Filled;
use super::frame::{About, Looks};
use super::view::{self, Came, Card, Exchange, Row, Whole};
use crate::live::body::Body;
use crate::live::serve::api::number_of;
use crate::live::serve::deliver::{Attempt, Subscriber, TOKEN};
use crate::live::serve::problem::Problem;
use crate::live::serve::receiver::{KEPT, RECEIVERS};
use crate::policy::handshake::Handshake;
use crate::policy::security::Format;
use crate::scenario;
use askama::Template;
use hyper::Response;

#[derive(Template)]
#[template(path = "page/home.html")]
struct Home<'a> {
    looks: &'a Looks,
    about: About,
    heading: String,
    refused: String,
    offers: Vec<Offer>,
    filled: &'a Filled,
    proofs: Vec<(&'static str, String)>,
    types: Vec<String>,
    handshakes: Vec<&'static str>,
    providers: Vec<&'static str>,
    retries: String,
    deadline: String,
    token: &'static str,
    subscriptions: Vec<Card>,
    receivers: Vec<(String, u64)>,
    rows: Vec<Row>,
    of: &'static str,
    back: &'static str,
    commands: String,
}

/// A receiver that is registered with one click.
struct Offer {
    title: &'static str,
    about: &'static str,
    path: &'static str,
    url: String,
}

#[derive(Template)]
#[template(path = "page/subscription.html")]
struct OneSubscription<'a> {
    looks: &'a Looks,
    about: About,
    one: Card,
    agreed: Vec<(&'static str, String)>,
    secret: String,
    handshake: Option<Exchange>,
    rows: Vec<Row>,
    of: String,
    back: &'static str,
}

#[derive(Template)]
#[template(path = "page/delivery.html")]
struct Delivery<'a> {
    looks: &'a Looks,
    about: About,
    id: String,
    event: &'a str,
    kind: String,
    sentence: String,
    ahead: Option<Ahead>,
    attempts: Vec<Whole>,
}

#[derive(Template)]
#[template(path = "page/receiver.html")]
struct Receiver<'a> {
    looks: &'a Looks,
    about: About,
    name: &'a str,
    path: String,
    /// The command of a forger.
    forged: String,
    /// How many requests and receivers are kept.
    kept: usize,
    receivers: usize,
    requests: Vec<Came>,
}

#[derive(Template)]
#[template(path = "page/row.html")]
struct OneRow {
    row: Row,
}

/// A row, for a list that grows.
pub(super) fn row(subscriber: &Subscriber, attempt: &Attempt) -> String {
    rendered(&OneRow { row: Row::of(subscriber, attempt) })
}

fn rendered(template: &impl Template) -> String {
    template.render().expect("a page is text in memory")
}

impl Pages<'_> {
    fn about(self) -> About {
        About { occurred: *self.api.published.recent.newest().borrow(), ..self.about.clone() }
    }

    /// The first page, with what a form was filled with that was refused.
    pub(super) fn home(self, filled: &Filled, problem: Option<&Problem>) -> Response<Body> {
        let hub = &self.api.hub;
        let all = hub.all();
        let mut attempts: Vec<(&Subscriber, Attempt)> =
            all.iter().flat_map(|one| one.attempts().into_iter().map(|attempt| (&**one, attempt))).collect();
        attempts.sort_by_key(|(_, attempt)| std::cmp::Reverse(attempt.serial));
        attempts.truncate(ROWS);
        let heading = match all.len() {
            0 => "Your first webhook, in one click".to_owned(),
            1 => "One subscription".to_owned(),
            many => format!("{many} subscriptions"),
        };
        let webhook = &hub.defaults.webhook;
        let retries: Vec<String> =
            (1..=4).map_while(|n| webhook.retries.delay(n)).map(|delay| delay.to_string()).collect();
        let page = Home {
            looks: self.looks,
            about: self.about(),
            heading,
            refused: problem.map(|problem| problem.detail.to_string()).unwrap_or_default(),
            offers: OFFERS
                .map(|(title, about, at, path)| {
                    let [right, expired] = self.about.https;
                    let url = match at {
                        At::Http => format!("http://{}{path}", hub.address()),
                        At::Https => format!("https://localhost:{right}{path}"),
                        At::Expired => format!("https://localhost:{expired}{path}"),
                    };
                    Offer { title, about, path, url }
                })
                .into(),
            filled,
            proofs: proofs(),
            types: hub.types().names().map(str::to_owned).collect(),
            handshakes: Handshake::ALL.map(Handshake::name).into(),
            providers: scenario::profiles().iter().map(|profile| profile.name).collect(),
            retries: retries.join(", "),
            deadline: webhook.deadline.to_string(),
            token: TOKEN,
            subscriptions: all.iter().map(|one| Card::of(one)).collect(),
            receivers: self.receivers.all(),
            rows: attempts.iter().map(|(one, attempt)| Row::of(one, attempt)).collect(),
            of: "",
            back: "home",
            commands: commands(hub.address()),
        };
        self.looks.page(problem.map_or(200, |problem| problem.status), rendered(&page))
    }

    pub(super) fn subscription(self, id: &str) -> Result<Response<Body>, Problem> {
        let one = self.api.hub.get(id)?;
        let chosen = one.chosen();
        let page = OneSubscription {
            looks: self.looks,
            about: self.about(),
            one: Card::of(&one),
            agreed: view::agreed(&one),
            secret: chosen.secret.clone(),
            handshake: chosen.shaken.as_ref().map(Exchange::of_handshake),
            rows: one.attempts().iter().map(|attempt| Row::of(&one, attempt)).collect(),
            of: one.id.clone(),
            back: "",
        };
        Ok(self.looks.page(200, rendered(&page)))
    }

    pub(super) fn delivery(self, id: &str, event: &str) -> Result<Response<Body>, Problem> {
        let one = self.api.hub.get(id)?;
        let (hub, attempts) = (&self.api.hub, one.attempts_of(number_of(event)?));
        let Some(first) = attempts.first() else {
            return Err(Problem::new(404, "nothing is kept of that delivery"));
        };
        let page = Delivery {
            looks: self.looks,
            about: self.about(),
            id: one.id.clone(),
            event,
            kind: hub.types().name(first.event.kind).to_owned(),
            sentence: view::sentence(&attempts),
            ahead: ahead(&one, hub.clock, &attempts),
            attempts: attempts.iter().rev().map(|attempt| Whole::of(&one, attempt)).collect(),
        };
        Ok(self.looks.page(200, rendered(&page)))
    }

    pub(in crate::live::serve) fn receiver(self, name: &str) -> Response<Body> {
        let requests = self.receivers.newest(name).into_iter().map(Came::of).collect();
        let path = format!("/receiver/{name}");
        let forged = format!("curl -i -d '{{\"forged\":true}}' http://{}{path}", self.api.hub.address());
        let (kept, receivers) = (KEPT, RECEIVERS);
        let page = Receiver {
            looks: self.looks,
            about: self.about(),
            name,
            path,
            forged,
            kept,
            receivers,
            requests,
        };
        self.looks.page(200, rendered(&page))
    }

    /// A refusal as a page.
    pub(in crate::live::serve) fn refused(self, problem: &Problem) -> Response<Body> {
        self.home(&Filled::default(), Some(problem))
    }
}

/// Attempts in the list of all subscriptions.
const ROWS: usize = 50;

/// Where a receiver is.
#[derive(Clone, Copy)]
enum At {
    Http,
    Https,
    /// Over HTTPS, with a certificate that has expired.
    Expired,
}

/// The receivers that one click registers: a title, what they do, and their URL here.
const OFFERS: [(&str, &str, At, &str); 6] = [
    ("One that works", "It takes every delivery and shows it.", At::Http, "/receiver/first"),
    (
        "One that fails at times",
        "Every third request is answered 500, and tried again.",
        At::Http,
        "/receiver/shaky?every=3",
    ),
    (
        "One that is broken",
        "Every request is answered 503, until the source gives up.",
        At::Http,
        "/receiver/broken?answer=503",
    ),
    (
        "One that is too slow",
        "It answers after 20 s, when nobody waits any more.",
        At::Http,
        "/receiver/slow?after=20s",
    ),
    ("One over HTTPS", "Nobody on the way can read what comes to it.", At::Https, "/receiver/secure"),
    (
        "One whose certificate has expired",
        "The source does not trust it, and sends nothing.",
        At::Expired,
        "/receiver/expired",
    ),
];

/// The schemes to choose from: what a form sends, and what it shows.
fn proofs() -> Vec<(&'static str, String)> {
    let plain = [("none", "none"), ("token", "token in the URL"), ("basic", "Basic Auth")];
    let signed = Format::ALL.map(|format| format.rule().name);
    let plain = plain.into_iter().map(|(name, shown)| (name, shown.to_owned()));
    plain.chain(signed.into_iter().map(|name| (name, format!("signature, {name}")))).collect()
}

/// The same as the page does, for programs.
fn commands(own: std::net::SocketAddr) -> String {
    format!(
        "curl 'http://{own}/events?limit=3'\n\
         curl -N 'http://{own}/stream'\n\
         curl --json '{{\"url\":\"http://localhost:9000/hook\"}}' http://{own}/subscriptions\n\
         curl http://{own}/subscriptions/sub_000001/deliveries"
    )
}
