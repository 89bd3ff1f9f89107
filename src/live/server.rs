//! A party that is asked: a listener that is open while the party is up, and the connections that it takes.

use super::clock::Clock;
use super::descriptors::Exhaustion;
use crate::policy::outage::{Mode, Outage, Outages};
use crate::time::Instant;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a handler does with a request.
#[derive(Debug)]
pub(super) enum Handled {
    /// It answers.
    Answer(Response<Full<Bytes>>),
    /// It closes the connection without a word.
    Hangup,
}

/// Answers requests.
pub(super) trait Handler: Send + Sync + 'static {
    /// One request. Whoever asked may go away meanwhile; then the future is dropped.
    fn handle(&self, request: Request<Incoming>) -> impl Future<Output = Handled> + Send;
}

/// Opens a listener on loopback; port 0 takes a free one.
pub(super) async fn listen(port: u16) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Takes connections for ever, but for the outages in which the party refuses them: then the listener is closed,
/// and so are the connections as soon as they are idle.
pub(super) async fn serve<H: Handler>(
    listener: TcpListener,
    handler: Arc<H>,
    outages: Outages,
    clock: Clock,
    exhaustion: Exhaustion,
) {
    let refusals: Vec<Outage> = outages.0.into_iter().filter(|outage| outage.mode == Mode::Refuse).collect();
    let Ok(address) = listener.local_addr() else { return };
    let mut listener = Some(listener);
    for refusal in &refusals {
        if let Some(listener) = listener.take() {
            accept(&listener, &handler, refusal.from, clock, &exhaustion).await;
        }
        clock.sleep_until(refusal.until).await;
        listener = reopen(address).await;
    }
    if let Some(listener) = listener {
        accept(&listener, &handler, Instant::NEVER, clock, &exhaustion).await;
    }
}

/// The port was ours a moment ago; should the machine have lent it to somebody, it is asked for until it is back.
async fn reopen(address: SocketAddr) -> Option<TcpListener> {
    for _ in 0..500 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    None
}

async fn accept<H: Handler>(
    listener: &TcpListener,
    handler: &Arc<H>,
    until: Instant,
    clock: Clock,
    exhaustion: &Exhaustion,
) {
    let (close, closing) = watch::channel(());
    let end = clock.sleep_until(until);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end, if until != Instant::NEVER => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    tokio::spawn(converse(stream, Arc::clone(handler), closing.clone()));
                }
                // The connection broke before it was taken, or there are no sockets left: then the run ends.
                Err(error) => {
                    exhaustion.note(&error);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            },
        }
    }
    drop(close);
}

/// Serves one connection until either side closes it.
async fn converse<H: Handler>(stream: TcpStream, handler: Arc<H>, mut closing: watch::Receiver<()>) {
    // Without it answers would wait for each other; where it cannot be had they do.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move {
            match handler.handle(request).await {
                Handled::Answer(response) => Ok(response),
                Handled::Hangup => Err(HungUp),
            }
        }
    });
    let connection =
        http1::Builder::new().auto_date_header(false).serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // However it ends, the other side has noticed.
        _ = connection.as_mut() => {}
        _ = closing.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// The error that makes hyper close a connection unanswered.
#[derive(Debug, thiserror::Error)]
#[error("the party hung up")]
struct HungUp;

/// A future that never ends: a party that says nothing.
pub(super) async fn silence() -> Handled {
    let never: Infallible = std::future::pending().await;
    match never {}
}
