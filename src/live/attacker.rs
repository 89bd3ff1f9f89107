//! Somebody who found the URL of an endpoint: really sends what an `[[attack]]` says, as any process of the machine could,
//! and counts the answers.
//!
//! What it has recorded is what the endpoint took for the source's: seen on the line, or, with HTTPS, found where TLS has
//! ended. A header marks its requests for the accounts alone: the
//! endpoint verifies them as all others.

use super::clock::Clock;
use super::connection::{Connections, Taken};
use super::descriptors::Exhaustion;
use super::lock;
use super::secured::Secured;
use super::tls::Trust;
use crate::measure::{AttackCounts, Status};
use crate::policy::attacked::{ANNOUNCED, BEGUN, Cost, MARK, head};
use crate::policy::content::Event;
use crate::policy::message::{HOST, Payload, REQUEST_ID};
use crate::policy::outage::Outages;
use crate::policy::security::{Attack, AttackKind, Id, Scheme, Security, Value};
use crate::time::{Instant, Span};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Uri};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Deliveries that an attacker keeps; then it records no more.
const RECORDINGS: usize = 100_000;

/// A delivery as somebody between source and endpoint sees it.
#[derive(Clone, Debug)]
struct Recorded {
    at: Instant,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// What is recorded and counted of the attacks on one client.
#[derive(Debug)]
pub(super) struct Attacks {
    pub(super) attacks: Vec<Attack>,
    /// Whether one of them is made from deliveries.
    records: bool,
    /// In the order of their arrival.
    recorded: Mutex<Vec<Recorded>>,
    counts: Mutex<Vec<AttackCounts>>,
}

impl Attacks {
    pub(super) fn new(attacks: Vec<Attack>, security: &Security) -> Self {
        let counts = vec![AttackCounts::default(); attacks.len()];
        let records = attacks.iter().any(|attack| attack.kind.uses_a_delivery(security));
        Self { attacks, records, recorded: Mutex::default(), counts: Mutex::new(counts) }
    }

    /// Takes note of a delivery that has arrived, if an attack needs it.
    pub(super) fn record(&self, at: Instant, uri: &Uri, headers: &HeaderMap, body: &Bytes) {
        if self.records {
            let mut recorded = lock(&self.recorded);
            if recorded.len() < RECORDINGS {
                let (uri, headers, body) = (uri.clone(), headers.clone(), body.clone());
                recorded.push(Recorded { at, uri, headers, body });
            }
        }
    }

    /// The answers so far.
    pub(super) fn counts(&self) -> Vec<AttackCounts> {
        lock(&self.counts).clone()
    }

    fn recorded_before(&self, at: Instant) -> Option<Recorded> {
        let recorded = lock(&self.recorded);
        let before = recorded.partition_point(|recorded| recorded.at <= at);
        recorded[..before].last().cloned()
    }
}

/// Somebody who knows the address of an endpoint.
#[derive(Debug)]
pub(super) struct Attacker {
    pub(super) attacks: Arc<Attacks>,
    pub(super) endpoint: SocketAddr,
    /// For HTTPS.
    pub(super) trust: Option<Trust>,
    pub(super) exhaustion: Exhaustion,
    pub(super) clock: Clock,
    pub(super) payload: Payload,
    /// The type of the events that it makes up.
    pub(super) kind: String,
    /// With secrets of its own.
    pub(super) made_up: Secured,
    pub(super) security: Security,
    pub(super) scheme: Scheme,
    pub(super) outages: Outages,
    pub(super) window: (Instant, Instant),
    /// The longest body that the endpoint takes.
    pub(super) max_body: usize,
}

impl Attacker {
    /// Sends every request of every attack; ends with the last answer.
    pub(super) async fn run(self: Arc<Self>) {
        let mut all = JoinSet::new();
        for number in 0..self.attacks.attacks.len() {
            all.spawn(Arc::clone(&self).attack(number));
        }
        while all.join_next().await.is_some() {}
    }

    async fn attack(self: Arc<Self>, number: usize) {
        let attack = self.attacks.attacks[number];
        let connections = Connections::to(self.endpoint, ANSWER_BYTES as usize, self.exhaustion.clone());
        let connections = Arc::new(connections.over(self.trust.clone()));
        let mut under_way = JoinSet::new();
        for (count, at) in attack.times(self.window.1, &self.outages).enumerate() {
            self.clock.sleep_until(at).await;
            // No two requests have the same made-up id.
            let count = (number as u32) << 20 | count as u32;
            let Some(request) = self.request(&attack, at, count) else { continue };
            let (attacker, connections) = (Arc::clone(&self), Arc::clone(&connections));
            under_way.spawn(async move {
                let (taken, began) = (Mutex::new(Taken::default()), tokio::time::Instant::now());
                let status = if attack.kind == AttackKind::Slow {
                    attacker.slowly(request.uri(), &taken).await
                } else {
                    connections.exchange(request, &taken).await.map(|answered| answered.status)
                };
                let status = status.map_or(Status::Refused, Status::Http);
                let Taken { written: taken_in, read: sent_out } = *lock(&taken);
                let held = Span::from_secs_f64(began.elapsed().as_secs_f64());
                if at >= attacker.window.0 {
                    lock(&attacker.attacks.counts)[number].count(status, Cost { taken_in, sent_out, held });
                }
            });
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn slowly(&self, uri: &Uri, taken: &Mutex<Taken>) -> Option<u16> {
        let stream = TcpStream::connect(self.endpoint).await.ok()?;
        match &self.trust {
            None => slowly(stream, uri, taken).await,
            Some(trust) => slowly(Box::pin(trust.over(stream)).await.ok()?, uri, taken).await,
        }
    }

    /// A request; None where nothing was recorded that it needs.
    fn request(&self, attack: &Attack, at: Instant, count: u32) -> Option<Request<Full<Bytes>>> {
        let seen = || self.attacks.recorded_before(at - attack.after);
        Some(match attack.kind {
            AttackKind::Forge | AttackKind::Slow => self.forged(at, count, None),
            AttackKind::Oversize => self.forged(at, count, Some("x".repeat(self.max_body + 1))),
            AttackKind::Replay => self.again(seen()?, count, |body| body.to_vec()),
            AttackKind::Tamper => self.again(seen()?, count, |body| {
                let mut body = body.to_vec();
                // A dot of the event's data.
                if let Some(byte) = body.iter_mut().rev().find(|byte| **byte == b'.') {
                    *byte = b'!';
                }
                body
            }),
            AttackKind::EavesdropForge if !attack.kind.uses_a_delivery(&self.security) => {
                self.forged(at, count, None)
            }
            AttackKind::EavesdropForge => self.again(seen()?, count, |body| {
                let mut body = body.to_vec();
                // The id of the event; what a format has in the body stands before it.
                if let Some(start) = body.windows(5).rposition(|part| part == b"evt_0") {
                    body[start + 4] = b'9';
                }
                body
            }),
        })
    }

    /// A delivery of an event that does not exist, sealed with a secret of the attacker.
    fn forged(&self, at: Instant, count: u32, body: Option<String>) -> Request<Full<Bytes>> {
        let (number, media_type) = (u32::MAX - 1 - count, self.payload.event_media_type());
        let event = Event { number, resource: 0, kind: &self.kind, occurred: at };
        let body_of_one = self.payload.event(event);
        let (path, added, sealed) = self.made_up.sealed(media_type, (0, number), body_of_one, at);
        let mut request = request(&path, body.unwrap_or(sealed));
        for (name, value) in added {
            let value = HeaderValue::from_str(&value).expect("a header of our own");
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        request.headers_mut().insert("content-type", HeaderValue::from_static(media_type));
        request
    }

    /// A recorded delivery with another body, under another id where that is not signed.
    fn again(
        &self,
        recorded: Recorded,
        count: u32,
        body: impl FnOnce(&Bytes) -> Vec<u8>,
    ) -> Request<Full<Bytes>> {
        let path = recorded.uri.path_and_query().map_or("/", |target| target.as_str());
        let mut request = request(path, body(&recorded.body));
        for (name, value) in &recorded.headers {
            let is_own = [MARK, "host", "content-length", REQUEST_ID].contains(&name.as_str());
            if !is_own {
                request.headers_mut().insert(name, value.clone());
            }
        }
        if let Some(name) = unsigned_id(&self.scheme) {
            // As long as the recorded one.
            let id = HeaderValue::from_str(&format!("fake{count:010}")).expect("a header of our own");
            request.headers_mut().insert(name, id);
        }
        request
    }
}

/// Sends a head, a part of the body and no more; waits for the answer, with which the endpoint closes the connection.
async fn slowly(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    uri: &Uri,
    taken: &Mutex<Taken>,
) -> Option<u16> {
    let head = head(&uri.to_string(), None, ANNOUNCED);
    let lines = head.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    let begun = format!("{}\r\n{}\r\n{BEGUN}", head.start, lines.collect::<String>());
    stream.write_all(begun.as_bytes()).await.ok()?;
    stream.flush().await.ok()?;
    let mut answer = Vec::new();
    // A connection that breaks after the answer has answered.
    let _ = stream.take(ANSWER_BYTES).read_to_end(&mut answer).await;
    *lock(taken) = Taken { written: begun.len() as u64, read: answer.len() as u64 };
    std::str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()
}

/// The longest answer that is read.
const ANSWER_BYTES: u64 = 16 << 10;

/// The header of an id that anybody may change.
fn unsigned_id(scheme: &Scheme) -> Option<&'static str> {
    let Scheme::Signature(format) = scheme else { return None };
    let rule = format.rule();
    rule.header(Value::Id).filter(|_| rule.id == Some(Id::Unsigned))
}

fn request(path: &str, body: impl Into<Bytes>) -> Request<Full<Bytes>> {
    Request::post(path)
        .header("host", HOST)
        .header(MARK, "1")
        .body(Full::new(body.into()))
        .expect("a request of our own")
}
