//! WebSockets (RFC 6455). The handshake is HTTP, and made here; a library writes and reads the frames.

use crate::live::access;
use crate::live::body::{Body, Cut, waiting};
use crate::live::problem::Problem;
use crate::live::wire;
use crate::model::exchange::Exchange;
use crate::policy::websocket::{ACCEPT_SUFFIX, KEY, VERSION, VERSION_13};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt, StreamExt};
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONNECTION, HeaderMap, ORIGIN, UPGRADE};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

/// An open socket, of either side.
pub(super) type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The longest message that a source reads. It expects none.
const LONGEST_OF_CLIENT: usize = 16 << 10;
/// The real time that a client has to answer the source's goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

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
        let accept = accept_of(key(request.headers())?);
        Ok(Self { accept, connection: hyper::upgrade::on(request) })
    }

    /// The sender of what goes over the socket, and the answer that opens it.
    pub(super) fn accept(self, message_bytes: u32) -> (mpsc::Sender<Result<Message, Cut>>, Response<Body>) {
        let (messages, to_send) = mpsc::channel(waiting(message_bytes));
        tokio::spawn(serve(self.connection, to_send));
        (messages, wire::switched(&self.accept))
    }
}

/// The key of a request for a socket. A page of another site may not open one: unlike other answers, a browser would let it
/// read what comes (<https://www.rfc-editor.org/rfc/rfc6455#section-10.2>).
fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let names = |name: &str, token: &str| {
        value(name).is_some_and(|list| list.split(',').any(|one| one.trim().eq_ignore_ascii_case(token)))
    };
    if headers.contains_key(ORIGIN) && access::own_origin(headers).is_none() {
        return Err(Problem::new(403, "a web page from elsewhere may not open a WebSocket here"));
    }
    let asks = names(CONNECTION.as_str(), "upgrade") && names(UPGRADE.as_str(), "websocket");
    if !asks || value(VERSION) != Some(VERSION_13) {
        let detail = "this is a WebSocket of version 13: ask for it with a WebSocket client, or for /stream with any other";
        return Err(Problem::new(426, detail));
    }
    let is_key = |key: &&str| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    value(KEY)
        .filter(is_key)
        .ok_or_else(|| Problem::new(400, "sec-websocket-key is 16 bytes in Base64 (RFC 6455, section 4.1)"))
}

/// The source's end: sends what comes, and reads what the client says meanwhile, which is nothing but pongs and a goodbye. The
/// library answers pings.
async fn serve(connection: OnUpgrade, mut to_send: mpsc::Receiver<Result<Message, Cut>>) {
    let Ok(upgraded) = connection.await else { return };
    let mut socket = over(upgraded, Role::Server, LONGEST_OF_CLIENT).await;
    loop {
        tokio::select! {
            message = to_send.recv() => match message {
                Some(Ok(message)) => {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
                Some(Err(Cut)) => return,
                None => break,
            },
            said = socket.next() => match said {
                Some(Ok(Message::Close(_))) => break,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    }
    // Whoever sends has to learn at once that the client has left.
    drop(to_send);
    let goodbye = CloseFrame { code: CloseCode::Away, reason: "no more events".into() };
    let _ = tokio::time::timeout(GOODBYE, async {
        // To a goodbye of the client the library has the answer ready, and this sends it.
        let _ = socket.close(Some(goodbye)).await;
        while let Some(Ok(_)) = socket.next().await {}
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::channel::Channel;
    use crate::policy::websocket::SAMPLE;
    use hyper::header::HeaderName;

    fn asked(changed: &[(&'static str, &'static str)]) -> Result<String, u16> {
        let mut headers = HeaderMap::new();
        let usual = [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            (VERSION, "13"),
            (KEY, SAMPLE.0),
        ];
        for (name, value) in usual.iter().chain(changed) {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        key(&headers).map(accept_of).map_err(|problem| problem.status)
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
    }
}
