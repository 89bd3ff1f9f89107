//! A party that receives requests: a listener that is open while the party is up, and its connections.
//!
//! Any process of the machine may connect. So the connections of strangers are limited in number, heads and bodies in
//! time and bodies in length, whoever takes nothing of an answer is cut off, and after each request of a connection the
//! others have their turn. A WebSocket has its connection's place as well.

use super::access;
use super::body::Body;
use super::clock::Clock;
use super::descriptors::Exhaustion;
use super::guests::{Caller, Guest, Guests};
use super::patience::{Cutter, Patient};
use super::problem::Problem;
use super::tls;
use crate::policy::attacked::BODY_DEADLINE;
use crate::policy::outage::Outages;
use crate::policy::security::Turned;
use crate::time::Instant;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// What a handler does with a request.
#[derive(Debug)]
pub(super) enum Handled {
    /// It answers.
    Answer(Response<Body>),
    /// It closes the connection without an answer.
    Hangup,
}

/// Answers requests.
pub(super) trait Handler: Send + Sync + 'static {
    /// One request. If its sender closes the connection meanwhile, the future is dropped.
    fn handle(&self, request: Request<Incoming>, caller: Caller) -> impl Future<Output = Handled> + Send;
}

/// Opens a listener on loopback; port 0 takes a free one.
pub(super) async fn listen(port: u16) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The longest real time for a head, and for an idle connection between two requests.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest real time for a body.
const BODY_TIMEOUT: Duration = Duration::from_nanos(BODY_DEADLINE.0.unsigned_abs());

/// Reads a body of at most that many bytes.
///
/// # Errors
/// It is longer, takes too long or is incomplete.
pub(super) async fn read_body(body: Incoming, max_bytes: usize) -> Result<Bytes, Problem> {
    let whole = Limited::new(body, max_bytes).collect();
    match tokio::time::timeout(BODY_TIMEOUT, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<hyper::Error>() => Err(Problem::new(400, "the body broke off")),
        Ok(Err(_)) => Err(turned(Turned::TooLong)),
        Err(_) => Err(turned(Turned::TooSlow)),
    }
}

fn turned(turned: Turned) -> Problem {
    Problem::new(turned.status(), turned.detail())
}

/// Which connections a listener takes.
#[derive(Clone, Debug)]
pub(super) enum Room {
    /// Anybody's, so many at once. Others wait until one ends.
    Anybody(Arc<Semaphore>),
    /// The run's own, however many, and a few of strangers.
    Own(Arc<Guests>),
}

/// What a listener keeps to.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// When the party is down.
    pub(super) outages: Outages,
    pub(super) room: Room,
    pub(super) clock: Clock,
    pub(super) exhaustion: Exhaustion,
    /// Its certificate; None: it speaks plain HTTP.
    pub(super) tls: Option<Arc<ServerConfig>>,
}

/// Accepts connections until the run ends. During an outage in which the party refuses them the listener is closed, and
/// each connection as soon as it is idle.
pub(super) async fn serve<H: Handler>(listener: TcpListener, handler: Arc<H>, terms: Terms) {
    let refusals = terms.outages.refusals();
    let Ok(address) = listener.local_addr() else { return };
    let mut listener = Some(listener);
    for refusal in &refusals.0 {
        if let Some(listener) = listener.take() {
            accept(&listener, &handler, refusal.from, &terms).await;
        }
        if let Room::Own(guests) = &terms.room {
            guests.listener_closed();
        }
        terms.clock.sleep_until(refusal.until).await;
        listener = reopen(address).await;
    }
    if let Some(listener) = listener {
        accept(&listener, &handler, Instant::NEVER, &terms).await;
    }
}

/// Opens the listener on its port again. If another process has taken the port meanwhile, it tries for some seconds.
async fn reopen(address: SocketAddr) -> Option<TcpListener> {
    for _ in 0..500 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

async fn accept<H: Handler>(listener: &TcpListener, handler: &Arc<H>, until: Instant, terms: &Terms) {
    let (close, closing) = watch::channel(());
    let end = terms.clock.sleep_until(until);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end, if until != Instant::NEVER => break,
            accepted = next(listener, &terms.room) => match accepted {
                Ok((stream, visitor)) => {
                    let tls = terms.tls.clone();
                    tokio::spawn(welcome(stream, tls, Arc::clone(handler), closing.clone(), visitor));
                }
                // The connection broke before it was accepted, or no sockets are left, which ends the run.
                Err(error) => {
                    terms.exhaustion.note(&error);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            },
        }
    }
    drop(close);
}

/// Who is at the other end of a connection.
struct Visitor {
    /// None at the public source, which takes anybody.
    guest: Option<Guest>,
    /// The place at the public source, until its connection has it.
    place: Option<OwnedSemaphorePermit>,
}

/// The next connection, once there is room for it.
async fn next(listener: &TcpListener, room: &Room) -> std::io::Result<(TcpStream, Visitor)> {
    match room {
        Room::Anybody(places) => {
            // The semaphore is never closed.
            let place = Arc::clone(places).acquire_owned().await.ok();
            let (stream, _) = listener.accept().await?;
            Ok((stream, Visitor { guest: None, place }))
        }
        Room::Own(guests) => {
            let (stream, address) = listener.accept().await?;
            Ok((stream, Visitor { guest: Some(guests.accepted(address.port())), place: None }))
        }
    }
}

impl Visitor {
    /// Whose request it is that has come now.
    fn caller(&self) -> Caller {
        self.guest.as_ref().map_or(Caller::Stranger, Guest::caller)
    }

    /// Waits until the connection has to make room for another.
    async fn has_to_leave(&self) {
        match &self.guest {
            Some(guest) => guest.has_to_leave().await,
            None => std::future::pending().await,
        }
    }
}

/// Serves one connection until either side closes it, over TLS where the party speaks it.
async fn welcome<H: Handler>(
    stream: TcpStream,
    tls: Option<Arc<ServerConfig>>,
    handler: Arc<H>,
    mut closing: watch::Receiver<()>,
    mut visitor: Visitor,
) {
    // Otherwise small answers wait for acknowledgements. If the system refuses, they do.
    let _ = stream.set_nodelay(true);
    let stream = Patient::new(stream, visitor.place.take());
    let cutter = stream.cutter();
    let Some(tls) = tls else { return converse(stream, cutter, handler, closing, &visitor).await };
    let accepted = tokio::select! {
        accepted = tokio::time::timeout(HEAD_TIMEOUT, Box::pin(tls::accept(tls, stream))) => accepted,
        () = visitor.has_to_leave() => return,
        _ = closing.changed() => return,
    };
    // Who does not speak TLS, or does not trust the certificate, has noticed it as well.
    if let Ok(Ok(stream)) = accepted {
        Box::pin(converse(stream, cutter, handler, closing, &visitor)).await;
    }
}

async fn converse<H: Handler>(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    cutter: Cutter,
    handler: Arc<H>,
    mut closing: watch::Receiver<()>,
    visitor: &Visitor,
) {
    let (working, mut idle) = watch::channel(false);
    let working = &working;
    let service = service_fn(move |mut request: Request<Incoming>| {
        let handler = Arc::clone(&handler);
        request.extensions_mut().insert(cutter.clone());
        async move {
            // One thread serves a side, and polls the sockets when no task is ready. Without this, a connection with
            // many requests in its buffer keeps the thread busy.
            tokio::task::yield_now().await;
            if let Err(refusal) = access::check(&request) {
                return Ok(refusal.response());
            }
            working.send_replace(true);
            // In a box of its own, which ends with the answer: else every connection would have the size of the longest
            // handling as long as it stays open.
            let handled = Box::pin(handler.handle(request, visitor.caller())).await;
            working.send_replace(false);
            match handled {
                Handled::Answer(response) => Ok(response),
                Handled::Hangup => Err(HungUp),
            }
        }
    });
    let connection = http1::Builder::new()
        .auto_date_header(false)
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        // The other side has noticed an error as well.
        _ = connection.as_mut() => {}
        () = visitor.has_to_leave() => {}
        _ = closing.changed() => {
            // What is worked on is answered first. Otherwise hyper adds `connection: close`, which no other answer has.
            let answered = async { idle.wait_for(|working| !working).await.is_ok() };
            tokio::select! {
                _ = connection.as_mut() => {}
                _ = answered => {
                    connection.as_mut().graceful_shutdown();
                    let _ = connection.await;
                }
            }
        }
    }
}

/// The error that makes hyper close a connection unanswered.
#[derive(Debug, thiserror::Error)]
#[error("the party hung up")]
struct HungUp;

/// A future that never ends: a party that does not answer.
pub(super) async fn silence() -> Handled {
    let never: Infallible = std::future::pending().await;
    match never {}
}
