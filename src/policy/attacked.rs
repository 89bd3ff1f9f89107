//! What a request of an attacker costs an endpoint: the bytes that it takes in, those of its answer, and how long it holds
//! the connection. The sizes are computed from the heads that a live attacker sends.

use super::message::{
    Content, HOST, Head, Payload, REQUEST_ID, acknowledgement, hook_path, problem_with, request_id,
};
use super::security::{AttackKind, Security, Turned};
use super::sizes::Sizes;
use crate::time::Span;

/// The header that marks a request of an attacker.
pub const MARK: &str = "x-attack";

/// The longest time for a body. A live run keeps to it in real time, however fast the scenario passes.
pub const BODY_DEADLINE: Span = Span::from_secs(10);

/// The length of a body that is announced and never comes; [`BEGUN`] comes.
pub const ANNOUNCED: u64 = 100;

/// What comes of that body.
pub const BEGUN: &str = "{";

/// What one request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Bytes that the endpoint takes in.
    pub taken_in: u64,
    /// Bytes of its answer.
    pub sent_out: u64,
    /// How long it holds the connection. To verify takes no time.
    pub held: Span,
}

/// The head of a request that is made up, without what a scheme adds; a `body` that never ends has no media type.
pub fn head(path: &str, media_type: Option<&str>, body_bytes: u64) -> Head {
    let media_type = media_type.map(|media_type| ("content-type", media_type.to_owned()));
    let mut headers = vec![("host", HOST.to_owned()), (MARK, "1".to_owned())];
    headers.extend(media_type);
    headers.push(("content-length", body_bytes.to_string()));
    Head { start: format!("POST {path} HTTP/1.1"), headers }
}

/// The longest body that an endpoint takes: of so many events, or of one.
pub fn longest_body(payload: Payload, content: Content, events: usize, security: &Security) -> usize {
    /// More than what stands around a list.
    const ENVELOPE: usize = 64;
    let body = match content.list {
        true => events.saturating_mul(payload.size_bytes as usize + 1).saturating_add(ENVELOPE),
        false => payload.size_bytes as usize,
    };
    body.saturating_add(security.added().body as usize)
}

/// The sizes of the requests of attackers on one client, and of the answers.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    sizes: Sizes,
    forged: u64,
    oversize: u64,
    slow: u64,
}

impl Costs {
    /// `longest`: the longest body that the endpoint takes.
    pub fn new(payload: Payload, security: &Security, sizes: Sizes, longest: usize) -> Self {
        let (path, added) = (hook_path(0), security.added());
        let made_up = |media_type, body: u64| head(&path, media_type, body).bytes() + added.url;
        let sealed = |body: u64| made_up(Some(payload.event_media_type()), body) + added.head + body;
        Self {
            sizes,
            forged: sealed(u64::from(payload.size_bytes) + added.body),
            oversize: sealed(longest as u64 + 1),
            slow: made_up(None, ANNOUNCED) + BEGUN.len() as u64,
        }
    }

    /// Of a request. `recorded`: the events of the delivery that it is made from, if it is.
    pub fn of(&self, kind: AttackKind, recorded: Option<u32>, turned: Option<Turned>) -> Cost {
        let made_up = match kind {
            AttackKind::Oversize => self.oversize,
            AttackKind::Slow => self.slow,
            AttackKind::Forge | AttackKind::Replay | AttackKind::Tamper | AttackKind::EavesdropForge => {
                self.forged
            }
        };
        let line = |name: &str, value: &str| (name.len() + 2 + value.len() + 2) as u64;
        let marked =
            |events| self.sizes.delivery(events) + line(MARK, "1") - line(REQUEST_ID, &request_id(0, 0));
        Cost {
            taken_in: recorded.map_or(made_up, marked),
            sent_out: turned.map_or_else(|| acknowledgement().bytes(), answer_bytes),
            held: if turned == Some(Turned::TooSlow) { BODY_DEADLINE } else { Span::ZERO },
        }
    }
}

fn answer_bytes(turned: Turned) -> u64 {
    let (head, body) = problem_with(turned.status(), Some(turned.detail()));
    head.bytes() + body.len() as u64
}
