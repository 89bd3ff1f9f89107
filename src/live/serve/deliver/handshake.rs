//! The handshake with an endpoint before it is registered, by the rules of [`policy::handshake`](crate::policy::handshake).

use super::attempt::{Ended, Outcome, Received, Written};
use super::send;
use super::settings::Settings;
use super::target::Target;
use super::way::Way;
use crate::live::serve::problem::Problem;
use crate::live::{clock, wire};
use crate::policy::handshake::{ALLOWED_ORIGIN, Answered, Hook, word};
use crate::policy::security::sign::{Message, seal};
use hyper::header::HOST;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;
use serde_json::{Value, json};
use std::time::Duration;

/// A handshake that was done.
#[derive(Clone, Debug)]
pub(in crate::live::serve) struct Shaken {
    pub(in crate::live::serve) request: Written,
    pub(in crate::live::serve) ended: Ended,
}

impl Shaken {
    /// For the API.
    pub(super) fn json(&self) -> Value {
        let answer = self.ended.outcome.answer().map(Received::json);
        json!({ "request": self.request.json(), "answer": answer, "duration_s": self.ended.took.as_secs_f64() })
    }
}

/// The token where none is chosen.
pub(in crate::live::serve) const TOKEN: &str = "verify-me";
/// How long the endpoint may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Does the handshake that a subscription asks for; None where it has no messages. What it posts carries the proof of a
/// delivery, as GitHub's ping and Slack's challenge do: a receiver that verifies whatever comes can agree.
///
/// # Errors
/// The endpoint does not agree.
pub(super) async fn shake(
    settings: &Settings,
    secret: &str,
    to: &Target,
    way: &Way,
) -> Result<Option<Shaken>, Problem> {
    let handshake = settings.webhook.handshake;
    let challenge = word(UnwrapErr(SysRng));
    let hook = Hook { path: &to.path, token: &settings.token, challenge: &challenge };
    let Some((mut head, body)) = handshake.request(&hook) else { return Ok(None) };
    if !body.is_empty() {
        head.headers.extend(proof(settings, secret, to, &body));
    }
    let mut request = wire::http_request(head, body.clone());
    if let Ok(host) = to.authority.parse() {
        request.headers_mut().insert(HOST, host);
    }
    let written = Written::of(&request, to, body);
    let since = tokio::time::Instant::now();
    let outcome = send::exchange(request, to, way, PATIENCE).await;
    let refused = |why: &str| {
        let detail = format!("the handshake failed: {why} ({}); it was {}", outcome.words(), written.curl());
        Err(Problem::new(400, detail))
    };
    let Outcome::Answered(answer) = &outcome else { return refused("there was no answer to it") };
    let allowed_origin = answer.headers.iter().find(|(name, _)| name == ALLOWED_ORIGIN);
    let answered = Answered {
        status: answer.status,
        allowed_origin: allowed_origin.map(|(_, value)| value.as_str()),
        body: answer.body.as_bytes(),
    };
    if let Err(disagreement) = handshake.agreed(&hook, &answered) {
        return refused(disagreement.words());
    }
    let ended = Ended { took: since.elapsed(), outcome, next_ms: None, is_once_more: false };
    Ok(Some(Shaken { request: written, ended }))
}

/// The headers that prove a message with that body. None where the scheme proves by the URL or the body.
fn proof(settings: &Settings, secret: &str, to: &Target, body: &str) -> Vec<(&'static str, String)> {
    let scheme = settings.webhook.security.scheme();
    let message = Message {
        id: HANDSHAKE_ID,
        timestamp: clock::unix_seconds(),
        url: &to.url,
        content_type: MEDIA_TYPE,
        body,
    };
    let sealed = seal(&scheme, secret, &message).ok().filter(|sealed| sealed.body == body);
    sealed.map(|sealed| sealed.headers).unwrap_or_default()
}

/// Its id where a scheme signs one.
const HANDSHAKE_ID: &str = "handshake";
const MEDIA_TYPE: &str = "application/json";
