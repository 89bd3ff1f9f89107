//! Connections of the side that asks: opened when needed, kept alive, and with every byte counted.

use super::descriptors::Exhaustion;
use super::guests::Guests;
use super::lock;
use super::tls::Trust;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::HeaderMap;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// Idle connections to one address. No two exchanges share a connection at a time.
#[derive(Debug)]
pub(super) struct Connections {
    address: SocketAddr,
    /// The longest body that is read of an answer.
    max_body: usize,
    idle: Mutex<Vec<(Instant, Connection)>>,
    exhaustion: Exhaustion,
    /// Where the connections are claimed; None: the address is not a party of the scenario.
    guests: Option<Arc<Guests>>,
    /// Whom to expect there; None: without TLS.
    trust: Option<Trust>,
}

/// A party of the scenario that listens.
#[derive(Clone, Debug)]
pub(super) struct Party {
    pub(super) address: SocketAddr,
    pub(super) guests: Arc<Guests>,
    /// For HTTPS.
    pub(super) trust: Option<Trust>,
}

/// How long a connection may be idle and be used again, in real time. Well below what the other side allows
/// ([`super::server::HEAD_TIMEOUT`]): a request must not meet a connection that is just being closed.
const MAX_IDLE: Duration = Duration::from_secs(5);

/// One connection, and the bytes sent and received over it.
#[derive(Debug)]
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    bytes: Arc<Counters>,
}

#[derive(Debug, Default)]
struct Counters {
    written: AtomicU64,
    read: AtomicU64,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// An answer whose body is a stream, or that has changed the protocol of its connection. The connection closes when this is
/// dropped.
#[derive(Debug)]
pub(super) struct Streaming {
    response: Response<Incoming>,
    meter: Meter,
    _connection: Connection,
}

/// Counts the bytes of a connection from one look to the next.
#[derive(Debug)]
pub(super) struct Meter {
    bytes: Arc<Counters>,
    before: Taken,
}

impl Meter {
    /// Bytes since the last call.
    pub(super) fn taken(&mut self) -> Taken {
        let now = self.bytes.now();
        let before = std::mem::replace(&mut self.before, now);
        Taken { written: now.written - before.written, read: now.read - before.read }
    }
}

impl Streaming {
    pub(super) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The next part of the body; None if it has ended or broken.
    pub(super) async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Ok(data) = self.response.body_mut().frame().await?.ok()?.into_data() {
                return Some(data);
            }
        }
    }

    pub(super) const fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    /// The connection itself, after an answer that changes its protocol.
    pub(super) async fn upgraded(self) -> Option<(Upgraded, Meter)> {
        let upgraded = hyper::upgrade::on(self.response).await.ok()?;
        Some((upgraded, self.meter))
    }
}

/// Bytes of one exchange.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Taken {
    pub(super) written: u64,
    pub(super) read: u64,
}

impl Connections {
    pub(super) const fn to(address: SocketAddr, max_body: usize, exhaustion: Exhaustion) -> Self {
        Self { address, max_body, idle: Mutex::new(Vec::new()), exhaustion, guests: None, trust: None }
    }

    /// The same to a party of the scenario, with its guests.
    pub(super) fn to_party(party: &Party, max_body: usize, exhaustion: Exhaustion) -> Self {
        let (guests, trust) = (Some(Arc::clone(&party.guests)), party.trust.clone());
        Self { guests, trust, ..Self::to(party.address, max_body, exhaustion) }
    }

    /// The same over TLS, where the address speaks it.
    pub(super) fn over(self, trust: Option<Trust>) -> Self {
        Self { trust, ..self }
    }

    /// Sends a request and reads the whole answer; None if the connection could not be opened or broke. An answer that
    /// is too long is read no further and counts as 502, the status that a gateway would report. `taken` is kept up to
    /// date, so that it is valid even if the wait is given up.
    pub(super) async fn exchange(
        &self,
        request: hyper::Request<Full<Bytes>>,
        taken: &Mutex<Taken>,
    ) -> Option<Answered> {
        let mut connection = self.get().await?;
        let before = connection.bytes.now();
        let _note = Note { bytes: Arc::clone(&connection.bytes), before, taken };
        let response = connection.sender.send_request(request).await.ok()?;
        let (head, body) = response.into_parts();
        let (status, headers) = (head.status.as_u16(), head.headers);
        match Limited::new(body, self.max_body).collect().await {
            Ok(body) => {
                self.lock().push((Instant::now(), connection));
                Some(Answered { status, headers, body: body.to_bytes() })
            }
            Err(error) if error.is::<LengthLimitError>() => {
                Some(Answered { status: 502, headers, body: Bytes::new() })
            }
            Err(_) => None,
        }
    }

    /// Sends a request over its own connection and reads the head of the answer; None if the connection could not be
    /// opened or broke. `taken` is kept up to date until then.
    pub(super) async fn stream(
        &self,
        request: hyper::Request<Full<Bytes>>,
        taken: &Mutex<Taken>,
    ) -> Option<Streaming> {
        let mut connection = self.open().await?;
        let bytes = Arc::clone(&connection.bytes);
        let note = Note { bytes: Arc::clone(&bytes), before: Taken::default(), taken };
        let response = connection.sender.send_request(request).await.ok()?;
        drop(note);
        let before = bytes.now();
        Some(Streaming { response, meter: Meter { bytes, before }, _connection: connection })
    }

    /// An idle connection that is still open, or a new one.
    async fn get(&self) -> Option<Connection> {
        loop {
            let Some((since, mut connection)) = self.lock().pop() else { return self.open().await };
            let stands = since.elapsed() < MAX_IDLE && !connection.sender.is_closed();
            if stands && connection.sender.ready().await.is_ok() {
                return Some(connection);
            }
        }
    }

    async fn open(&self) -> Option<Connection> {
        let stream = loop {
            let stream = TcpStream::connect(self.address).await;
            let stream = stream.inspect_err(|error| self.exhaustion.note(error)).ok()?;
            let port = stream.local_addr().ok()?.port();
            if self.guests.as_ref().is_none_or(|guests| guests.claim(port)) {
                break stream;
            }
        };
        stream.set_nodelay(true).ok()?;
        match &self.trust {
            None => Connection::over(stream).await,
            // In a box of its own: else every exchange would have the size of a handshake.
            Some(trust) => Connection::over(Box::pin(trust.over(stream)).await.ok()?).await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Connection)>> {
        lock(&self.idle)
    }
}

impl Connection {
    async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Option<Self> {
        let bytes = Arc::new(Counters::default());
        let counted = Counted { stream, bytes: Arc::clone(&bytes) };
        let (sender, connection) = http1::handshake(TokioIo::new(counted)).await.ok()?;
        // The task ends with the connection; the exchange sees its error.
        tokio::spawn(connection.with_upgrades());
        Some(Self { sender, bytes })
    }
}

impl Counters {
    fn now(&self) -> Taken {
        Taken { written: self.written.load(Ordering::Relaxed), read: self.read.load(Ordering::Relaxed) }
    }
}

/// Writes down the bytes of an exchange when it ends, even if it is cancelled.
struct Note<'a> {
    bytes: Arc<Counters>,
    before: Taken,
    taken: &'a Mutex<Taken>,
}

impl Drop for Note<'_> {
    fn drop(&mut self) {
        let now = self.bytes.now();
        let taken = Taken { written: now.written - self.before.written, read: now.read - self.before.read };
        *lock(self.taken) = taken;
    }
}

/// A stream that counts its bytes; over TLS, those of HTTP.
struct Counted<S> {
    stream: S,
    bytes: Arc<Counters>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.bytes.read.fetch_add((buf.filled().len() - before) as u64, Ordering::Relaxed);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S> Counted<S> {
    fn count(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = written {
            self.bytes.written.fetch_add(bytes as u64, Ordering::Relaxed);
        }
        written
    }
}
