//! Where the frames of a stream go, whatever it is written in.

use super::socket::Handshake;
use crate::live::body::{Body, Cut, Parts, growing};
use crate::live::problem::Problem;
use crate::live::wire;
use crate::policy::content::Event;
use crate::policy::event_stream;
use crate::policy::framing::Framing;
use crate::policy::message::Payload;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Request, Response};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

/// A stream that a request asks for, and that is not open yet.
#[derive(Debug)]
pub(in crate::live) enum Opening {
    /// It is the body of the answer.
    EventStream,
    /// It begins after the answer.
    WebSocket(Handshake),
}

/// The sending end of an open stream. It ends regularly when this is dropped.
#[derive(Debug)]
pub(in crate::live) enum Outlet {
    Body(Parts),
    Socket(mpsc::Sender<Result<Message, Cut>>),
}

impl Opening {
    /// Reads what a request asks for.
    pub(in crate::live) fn of(framing: Framing, request: &mut Request<Incoming>) -> Result<Self, Problem> {
        Ok(match framing {
            Framing::EventStream => Self::EventStream,
            Framing::WebSocket => Self::WebSocket(Handshake::read(request)?),
        })
    }

    /// Opens it for events with that payload: what is sent on it comes after the answer.
    pub(in crate::live) fn accept(self, payload: Payload) -> (Outlet, Response<Body>) {
        match self {
            Self::EventStream => {
                let (parts, body) = growing(payload.size_bytes);
                (Outlet::Body(parts), wire::opened(body))
            }
            Self::WebSocket(handshake) => {
                let (messages, response) = handshake.accept(payload.size_bytes);
                (Outlet::Socket(messages), response)
            }
        }
    }
}

impl Outlet {
    /// Sends an event, and waits for a slow reader. False if the reader has left.
    pub(in crate::live) async fn event(&self, payload: Payload, event: Event<'_>) -> bool {
        match self {
            Self::Body(parts) => {
                let frame = Bytes::from(event_stream::event_frame(payload, event));
                parts.send(Ok(frame)).await.is_ok()
            }
            Self::Socket(messages) => {
                let message = Message::text(payload.event(event));
                messages.send(Ok(message)).await.is_ok()
            }
        }
    }

    /// The same for a heartbeat.
    pub(in crate::live) async fn heartbeat(&self) -> bool {
        match self {
            Self::Body(parts) => {
                parts.send(Ok(Bytes::from_static(event_stream::HEARTBEAT.as_bytes()))).await.is_ok()
            }
            Self::Socket(messages) => messages.send(Ok(Message::Ping(Bytes::new()))).await.is_ok(),
        }
    }

    /// Closes the connection without a word. If the reader has left, it is closed already.
    pub(in crate::live) async fn cut(&self) {
        match self {
            Self::Body(parts) => drop(parts.send(Err(Cut)).await),
            Self::Socket(messages) => drop(messages.send(Err(Cut)).await),
        }
    }

    /// Waits until the reader has left.
    pub(in crate::live) async fn closed(&self) {
        match self {
            Self::Body(parts) => parts.closed().await,
            Self::Socket(messages) => messages.closed().await,
        }
    }
}
