//! One request to an address that may be called, over its own connection; everything that comes back is bounded.

use super::attempt::{Outcome, Received};
use super::target::Target;
use super::way::{Way, distrust};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What is read of the body of an answer.
pub(super) const ANSWER_BYTES: usize = 16 << 10;
/// What is read of its head.
const HEAD_BYTES: usize = 16 << 10;

/// Sends a request and reads its answer. Redirects are not followed.
pub(super) async fn exchange(
    request: Request<Full<Bytes>>,
    to: &Target,
    way: &Way,
    deadline: Duration,
) -> Outcome {
    let exchange = async {
        // A name may lead elsewhere by now.
        let addresses = match to.addresses(way).await {
            Ok(addresses) => addresses,
            Err(why) => return Outcome::Forbidden(why),
        };
        let stream = match connect(&addresses).await {
            Ok(stream) => stream,
            Err(error) => return Outcome::Broken(unreachable(&error)),
        };
        match stream.peer_addr() {
            Ok(peer) => {
                if let Err(why) = to.allows(way, peer) {
                    return Outcome::Forbidden(why);
                }
            }
            Err(error) => return Outcome::Broken(unreachable(&error)),
        }
        // If the system refuses, small requests are slower.
        let _ = stream.set_nodelay(true);
        let answered = if to.https {
            let Some(trust) = way.trust(&to.host) else {
                return Outcome::Broken("no certificate can be of such a host".into());
            };
            match Box::pin(trust.over(stream)).await {
                Ok(stream) => converse(stream, request).await,
                Err(error) => return Outcome::Broken(format!("not sent: {}", distrust(&error))),
            }
        } else {
            converse(stream, request).await
        };
        answered.unwrap_or_else(|error| Outcome::Broken(broken(&error)))
    };
    tokio::time::timeout(deadline, exchange).await.unwrap_or(Outcome::TimedOut)
}

/// Connects to the first address that accepts.
async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut first = None;
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> hyper::Result<Outcome> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_BYTES).handshake(TokioIo::new(stream)).await?;
    // The task ends with the connection, and that with the sender.
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    read(response).await
}

async fn read(response: Response<Incoming>) -> hyper::Result<Outcome> {
    let (head, mut body) = response.into_parts();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    let received = Received { status: head.status.as_u16(), headers: headers.collect(), body: String::new() };
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = ANSWER_BYTES - read.len();
        read.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok(Outcome::TooLong(Received { body: text(&read), ..received }));
        }
    }
    Ok(Outcome::Answered(Received { body: text(&read), ..received }))
}

fn unreachable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused: nothing listens there".into(),
        _ => format!("no connection: {error}"),
    }
}

fn broken(error: &hyper::Error) -> String {
    if error.is_incomplete_message() {
        "the connection was closed before the answer".into()
    } else if error.is_parse() {
        "what came back is not HTTP, or its head is too long".into()
    } else {
        format!("the connection broke: {error}")
    }
}
