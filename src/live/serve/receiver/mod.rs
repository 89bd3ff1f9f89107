//! Receivers for those who have none yet: `/receiver/NAME` takes what comes, shows it, and misbehaves as its URL says.

mod kept;
mod manner;

pub(super) use kept::{KEPT, Kept, RECEIVERS, Receivers, Verdict};

use super::deliver::Hub;
use super::problem::Problem;
use crate::live::body::Body;
use crate::live::clock;
use crate::live::reply::{empty, json};
use crate::live::server::{Handled, read_body};
use crate::live::wire::http_response;
use crate::policy::handshake::{Asked, Handshake, REQUEST_ORIGIN};
use crate::policy::security::verify::{Received as Signed, open};
use hyper::body::Incoming;
use hyper::{HeaderMap, Request, Response};
use manner::Manner;
use serde_json::json;

/// The longest name.
const NAME_BYTES: usize = 40;
/// What is kept of a body.
const SHOWN_BYTES: usize = 16 << 10;

impl Receivers {
    /// Takes a request to the receiver of that name.
    pub(super) async fn take(&self, hub: &Hub, name: &str, request: Request<Incoming>) -> Handled {
        match self.taken(hub, name, request).await {
            Ok(handled) => handled,
            Err(problem) => Handled::Answer(problem.response()),
        }
    }

    async fn taken(&self, hub: &Hub, name: &str, request: Request<Incoming>) -> Result<Handled, Problem> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !(1..=NAME_BYTES).contains(&name.len()) || !name.bytes().all(is_name) {
            return Err(Problem::new(404, "a receiver has a name of letters and digits: /receiver/first"));
        }
        let manner = Manner::of(request.uri().query().unwrap_or_default())?;
        let (head, body) = request.into_parts();
        let body = read_body(body, self.max_body).await?;
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let origin = head.headers.get(REQUEST_ORIGIN).and_then(|origin| origin.to_str().ok());
        let asked = Asked { method: head.method.as_str(), path: &target, origin, body: &body };
        let handshake = Handshake::of(&asked);
        let verdict = match handshake {
            Some(_) => Verdict::Handshake,
            None => verdict(hub, name, &target, &head.headers, &body),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
        let kept = Kept {
            at_ms: clock::unix_millis(),
            method: head.method.to_string(),
            target: target.clone(),
            headers: headers.collect(),
            body: text(&body[..body.len().min(SHOWN_BYTES)]),
            verdict,
            answered: String::new(),
        };
        let number = self.keep(name, kept);
        if let Some(handshake) = handshake {
            let (status, head, body) = handshake.answer(&asked, &manner.token);
            self.answered(name, number, format!("answered {status}"));
            return Ok(Handled::Answer(http_response(status, head, body)));
        }
        let misbehaves = number.is_multiple_of(u64::from(manner.every));
        if misbehaves && !manner.after.is_zero() {
            self.answered(name, number, format!("answers after {} s", manner.after.as_secs_f64()));
            tokio::time::sleep(manner.after).await;
        }
        let answered = |words: String| self.answered(name, number, words);
        Ok(match (manner.answer.filter(|_| misbehaves), verdict) {
            (Some(manner::Answer::Close), _) => {
                answered("closed the connection without an answer".into());
                Handled::Hangup
            }
            (Some(manner::Answer::Status(status @ 200..=299)), _) => {
                answered(format!("answered {status}"));
                Handled::Answer(acknowledged(status, number))
            }
            (Some(manner::Answer::Status(status)), _) => {
                answered(format!("answered {status}"));
                Handled::Answer(Problem::new(status, "this receiver was asked to answer so").response())
            }
            (None, Verdict::Refused(refusal)) => {
                let status = refusal.status();
                answered(format!("answered {status}"));
                let detail = format!("the proof of this delivery is {}", refusal.word());
                Handled::Answer(Problem::new(status, detail).response())
            }
            (None, Verdict::Handshake | Verdict::Unsecured | Verdict::Proven) => {
                answered("answered 200".into());
                Handled::Answer(acknowledged(200, number))
            }
        })
    }
}

fn acknowledged(status: u16, number: u64) -> Response<Body> {
    match status {
        204 | 205 => empty(status),
        _ => json(status, json!({ "received": number }).to_string()),
    }
}

/// What a receiver makes of a delivery: it knows the secrets of the subscriptions to it.
fn verdict(hub: &Hub, name: &str, target: &str, headers: &HeaderMap, body: &[u8]) -> Verdict {
    let own = format!("/receiver/{name}");
    let headers: Vec<(&str, &[u8])> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let now_s = clock::unix_seconds();
    let mut verdict = Verdict::Unsecured;
    for subscriber in hub.all() {
        let chosen = subscriber.chosen();
        let path = chosen.to.path.split('?').next().unwrap_or_default();
        if !chosen.to.is_at(hub.own()) || path != own || chosen.secret.is_empty() {
            continue;
        }
        let security = &chosen.settings.webhook.security;
        let url = chosen.to.at(target);
        let received = Signed { url: &url, headers: &headers, body };
        let tolerance_s = security.tolerance_s().map(|tolerance_s| tolerance_s.unsigned_abs());
        match open(&security.scheme(), &[&chosen.secret], &received, now_s, tolerance_s) {
            Ok(_) => return Verdict::Proven,
            Err(refusal) => verdict = Verdict::Refused(refusal),
        }
    }
    verdict
}
