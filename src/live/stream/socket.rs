//! WebSockets (RFC 6455). The handshake is HTTP, and made here; a library writes and reads the frames.

use crate::live::access;
use crate::live::body::{Body, Cut, Parts, parts};
use crate::live::problem::Problem;
use crate::live::wire;
use crate::model::exchange::Exchange;
use crate::policy::websocket::{ACCEPT_SUFFIX, KEY, VERSION, VERSION_13};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt, StreamExt};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderMap, UPGRADE};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response, Version};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// An open socket, of either side.
pub(super) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The longest message that a source reads. It expects none.
const LONGEST_OF_CLIENT: usize = 16 << 10;
/// The real time that a client has to close the connection after the goodbyes.
const GOODBYE: Duration = Duration::from_secs(1);
/// What it may still send in that time, in bytes.
const LONGEST_GOODBYE: u64 = 1 << 20;

/// The key of the request that opens a socket. Its purpose is that an answer cannot be one to another request, so the name of
/// the exchange serves.
pub(in crate::live) fn socket_key(exchange: &Exchange) -> String {
    let (id, attempt) = exchange.key();
    BASE64_STANDARD.encode([id.to_be_bytes(), attempt.to_be_bytes()].concat())
}

/// What a source answers to a key.
pub(super) fn accept_of(key: &str) -> String {
    let digest = Sha1::new().chain_update(key).chain_update(ACCEPT_SUFFIX).finalize();
    BASE64_STANDARD.encode(digest)
}

/// Speaks WebSocket over a connection.
pub(super) async fn over(upgraded: Upgraded, role: Role, longest_message: usize) -> Socket {
    let config = WebSocketConfig::default()
        // The buffer is there from the start, for as long as the socket.
        .read_buffer_size(4 << 10)
        .write_buffer_size(0)
        .max_message_size(Some(longest_message))
        .max_frame_size(Some(longest_message));
    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), role, Some(config)).await
}

/// A request that asks for a socket.
#[derive(Debug)]
pub(in crate::live) struct Handshake {
    accept: String,
    connection: OnUpgrade,
}

impl Handshake {
    pub(super) fn read(request: &mut Request<Incoming>) -> Result<Self, Problem> {
        // The connection would wait for it before it is a socket.
        if !request.body().is_end_stream() {
            return Err(Problem::new(400, "a request for a socket has no body"));
        }
        let accept = accept_of(key(request.version(), request.headers())?);
        Ok(Self { accept, connection: hyper::upgrade::on(request) })
    }

    /// The sender of what goes over the socket, and the answer that opens it.
    pub(super) fn accept(
        self,
        message_bytes: u32,
        place: Option<OwnedSemaphorePermit>,
    ) -> (Parts<Message>, Response<Body>) {
        let (messages, to_send) = parts(message_bytes);
        tokio::spawn(serve(self.connection, to_send, place));
        (messages, wire::switched(&self.accept))
    }
}

/// The key of a request for a socket. A page of another site may not open one: unlike other answers, a browser would let it
/// read what comes (<https://www.rfc-editor.org/rfc/rfc6455#section-10.2>). `Upgrade` is ignored in HTTP/1.0, may be listed on
/// several lines, and key and version stand on one (sections 4.2.1 and 11.3).
fn key(version: Version, headers: &HeaderMap) -> Result<&str, Problem> {
    access::check_page(headers, "open a WebSocket here")?;
    let values =
        |name: &str| headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default());
    let names = |name: &str, token: &str| {
        values(name).flat_map(|list| list.split(',')).any(|one| one.trim().eq_ignore_ascii_case(token))
    };
    let asks = version == Version::HTTP_11
        && names(CONNECTION.as_str(), "upgrade")
        && names(UPGRADE.as_str(), "websocket");
    if !asks || !values(VERSION).eq([VERSION_13]) {
        let detail = "this is a WebSocket of version 13: ask for it with a WebSocket client, or for /stream with any other";
        return Err(Problem::new(426, detail));
    }
    let is_key = |key: &&str| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    let mut keys = headers.get_all(KEY).into_iter().filter_map(|value| value.to_str().ok());
    match (keys.next().filter(is_key), keys.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(Problem::new(400, "sec-websocket-key is 16 bytes in Base64, once (RFC 6455, section 4.1)")),
    }
}

/// The source's end: sends what comes, and reads what the client says meanwhile, which is nothing but pings, pongs and a
/// goodbye. It breaks off without a goodbye of its own, as a stream does.
async fn serve(
    connection: OnUpgrade,
    mut to_send: mpsc::Receiver<Result<Message, Cut>>,
    _place: Option<OwnedSemaphorePermit>,
) {
    let Ok(upgraded) = connection.await else { return };
    let mut socket = over(upgraded, Role::Server, LONGEST_OF_CLIENT).await;
    let goodbye = loop {
        tokio::select! {
            message = to_send.recv() => match message {
                Some(Ok(message)) => {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
                Some(Err(Cut)) | None => return,
            },
            said = socket.next() => match said {
                // The library has the answer ready.
                Some(Ok(Message::Close(_))) => break None,
                // So is the pong. It is sent before more is read: the pongs of a client that does not read them would wait
                // here.
                Some(Ok(Message::Ping(_))) => {
                    if socket.flush().await.is_err() {
                        return;
                    }
                }
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Err(error)) => match fault(&error) {
                    Some(code) => break Some(CloseFrame { code, reason: Utf8Bytes::default() }),
                    None => return,
                },
                None => return,
            },
        }
    };
    // Whoever sends has to learn at once that the client has left.
    drop(to_send);
    let _ = tokio::time::timeout(GOODBYE, async {
        let _ = match goodbye {
            Some(goodbye) => socket.close(Some(goodbye)).await,
            None => socket.flush().await,
        };
        // If the connection were closed with bytes in it that nobody has read, the client could lose what it has not read.
        let connection = socket.get_mut();
        let _ = connection.shutdown().await;
        let mut unread = connection.take(LONGEST_GOODBYE);
        let mut rest = [0; 1 << 10];
        while unread.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    })
    .await;
}

/// The code with which a source fails a connection for what the client has sent
/// (<https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1>); None if the connection broke.
const fn fault(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(CloseCode::Protocol),
        Error::Utf8(_) => Some(CloseCode::Invalid),
        Error::Capacity(_) => Some(CloseCode::Size),
        Error::ConnectionClosed
        | Error::AlreadyClosed
        | Error::Io(_)
        | Error::Tls(_)
        | Error::WriteBufferFull(_)
        | Error::AttackAttempt
        | Error::Url(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::channel::Channel;
    use crate::policy::websocket::SAMPLE;
    use hyper::header::HeaderName;

    fn usual() -> HeaderMap {
        let usual = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            (VERSION, "13"),
            (KEY, SAMPLE.0),
        ];
        usual
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .into_iter()
            .collect()
    }

    fn asked(changed: &[(&'static str, &'static str)]) -> Result<String, u16> {
        let mut headers = usual();
        for (name, value) in changed {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        key(Version::HTTP_11, &headers).map(accept_of).map_err(|problem| problem.status)
    }

    #[test]
    fn a_key_is_answered_as_in_the_rfc() {
        assert_eq!(asked(&[]).as_deref(), Ok(SAMPLE.1));
        let exchange = Exchange { channel: Channel::WebSocket, party: 3, number: 2, part: 0 };
        let key = socket_key(&exchange);
        assert_eq!((key.len(), accept_of(&key).len()), (SAMPLE.0.len(), SAMPLE.1.len()));
    }

    #[test]
    fn what_is_no_request_for_a_socket_is_refused() {
        for (name, value, status) in [
            ("connection", "keep-alive", 426),
            ("upgrade", "h2c", 426),
            (VERSION, "8", 426),
            (KEY, "short", 400),
            (KEY, "c2hvcnQ=", 400),
            ("origin", "https://evil.example", 403),
            ("origin", "null", 403),
        ] {
            assert_eq!(asked(&[(name, value)]), Err(status), "{name}: {value}");
        }
        assert!(asked(&[("origin", "http://localhost:3000")]).is_ok());
        assert_eq!(key(Version::HTTP_10, &usual()).map_err(|problem| problem.status), Err(426));
    }

    #[test]
    fn lists_may_have_several_lines_and_other_headers_one() {
        let twice = |name: &'static str, other: &str| {
            let mut headers = usual();
            headers.append(name, other.parse().unwrap());
            key(Version::HTTP_11, &headers).map(accept_of).map_err(|problem| problem.status)
        };
        assert_eq!(twice("upgrade", "h2c").as_deref(), Ok(SAMPLE.1));
        assert_eq!(asked(&[("connection", "keep-alive")]), Err(426));
        let mut apart = usual();
        apart.insert(CONNECTION, "keep-alive".parse().unwrap());
        apart.append(CONNECTION, "Upgrade".parse().unwrap());
        assert_eq!(key(Version::HTTP_11, &apart).ok(), Some(SAMPLE.0));
        assert_eq!((twice(KEY, "AAAAAAAAAAAAAAAAAAAAAA=="), twice(VERSION, "13")), (Err(400), Err(426)));
    }
}
