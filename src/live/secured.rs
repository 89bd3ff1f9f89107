//! The security of one client's deliveries in a run: the source seals them, the endpoint verifies whatever comes.
//!
//! Timestamps are those of the scenario, counted from the real time of its start. So a tolerance is divided by the speed
//! of the run as every duration is.

use super::{clock, lock};
use crate::policy::message::{event_id, hook_path};
use crate::policy::security::sign::{Message, Sealed, seal};
use crate::policy::security::verify::{Received, open};
use crate::policy::security::{Refusal, Replay, Replays, Scheme, Security, secret::secrets};
use crate::rng::Randomness;
use crate::scenario::{Client, Scenario};
use crate::time::{Instant, Span};
use hyper::{HeaderMap, Uri};
use std::sync::Mutex;

/// What both sides of a client's webhooks know.
#[derive(Debug)]
pub(super) struct Secured {
    pub(super) scheme: Scheme,
    security: Security,
    /// The valid ones, the oldest first.
    secrets: Vec<String>,
    duration: Span,
    /// Unix time at the start of the run, in seconds.
    started_s: u64,
    accepted: Mutex<Replays>,
}

/// Ids that an endpoint keeps.
const IDS: usize = 100_000;

impl Secured {
    /// Of a client.
    pub(super) fn of(scenario: &Scenario, client: &Client, randomness: Randomness) -> Self {
        let number = scenario.clients.iter().position(|other| other.name == client.name).unwrap_or_default();
        Self::drawn(scenario, client, randomness, number as u64)
    }

    /// Of somebody who knows the scheme of a client, and not its secrets.
    pub(super) fn made_up(scenario: &Scenario, client: &Client, randomness: Randomness) -> Self {
        Self::drawn(scenario, client, randomness, u64::MAX)
    }

    /// With the secrets of that number.
    fn drawn(scenario: &Scenario, client: &Client, randomness: Randomness, number: u64) -> Self {
        let security = client.security();
        Self::with(security.clone(), secrets(security, randomness, number), scenario.duration)
    }

    /// Of messages that no scheme secures.
    pub(super) fn none() -> Self {
        Self::with(Security::OPEN, Vec::new(), Span::ZERO)
    }

    fn with(security: Security, secrets: Vec<String>, duration: Span) -> Self {
        // An id may be accepted once as early and once as late as the tolerance allows.
        let window_s = security.tolerance_s().map_or(u64::MAX, |tolerance_s| 2 * tolerance_s as u64);
        let keeps = match security {
            Security::Signature { replay: Replay::Refuse, .. } => IDS,
            Security::Signature { replay: Replay::Accept, .. }
            | Security::None { .. }
            | Security::Token { .. }
            | Security::Basic { .. } => 0,
        };
        Self {
            scheme: security.scheme(),
            security,
            secrets,
            duration,
            started_s: clock::unix_seconds(),
            accepted: Mutex::new(Replays::new(window_s, keeps)),
        }
    }

    /// The setting of the client.
    pub(super) const fn security(&self) -> &Security {
        &self.security
    }

    /// The seconds of Unix time at a time of the scenario.
    pub(super) fn unix_s(&self, at: Instant) -> u64 {
        self.started_s.saturating_add_signed((at - Instant::START).0.div_euclid(Span::SECOND.0))
    }

    /// The path with its parameters, the headers that the scheme adds and the body of a delivery to a member that begins with
    /// the event of that number, has that body and is sent then.
    pub(super) fn sealed(
        &self,
        media_type: &str,
        (member, event): (u32, u32),
        body: String,
        sent: Instant,
    ) -> (String, Vec<(&'static str, String)>, String) {
        let path = hook_path(member);
        if self.scheme == Scheme::None {
            return (path, Vec::new(), body);
        }
        let (id, url) = (event_id(event + 1), self.url(&path));
        let message = Message {
            id: &id,
            timestamp: self.unix_s(sent),
            url: &url,
            content_type: media_type,
            body: &body,
        };
        let secret = &self.secrets[self.security.secret_at(sent, self.duration)];
        let Sealed { url, headers, body } = seal(&self.scheme, secret, &message)
            .expect("a scenario has secrets, ids and bodies of its scheme");
        (url[self.origin().len()..].to_owned(), headers, body.into_owned())
    }

    /// Whether a request that arrives then is the source's own; then what its id is.
    pub(super) fn opened(
        &self,
        now: Instant,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Option<String>, Refusal> {
        let url = self.url(uri.path_and_query().map_or("", |target| target.as_str()));
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        let received = Received { url: &url, headers: &headers, body };
        let tolerance_s = self.security.tolerance_s().map(|tolerance_s| tolerance_s as u64);
        open(&self.scheme, &secrets, &received, self.unix_s(now), tolerance_s).map(|verified| verified.id)
    }

    /// Takes note of an id that was accepted; false where it was before.
    pub(super) fn accept(&self, id: &str, now: Instant) -> bool {
        let mut accepted = lock(&self.accepted);
        accepted.accept(id, self.unix_s(now))
    }

    /// The URL as both sides spell it: without the port, which differs from run to run.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// What stands before the path.
    const fn origin(&self) -> &'static str {
        if self.security.https() { "https://localhost" } else { "http://localhost" }
    }
}
