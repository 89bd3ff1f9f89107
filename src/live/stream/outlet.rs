//! Where the frames of a stream go, whatever it is written in.

use super::socket::Handshake;
use crate::live::body::{Body, Parts, growing};
use crate::live::patience::Cutter;
use crate::live::problem::Problem;
use crate::live::wire;
use crate::policy::content::Event;
use crate::policy::event_stream;
use crate::policy::framing::Framing;
use crate::policy::message::Payload;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::{Request, Response};
use tokio::sync::OwnedSemaphorePermit;
use tokio_tungstenite::tungstenite::Message;

/// A stream that a request asks for, and that is not open yet.
#[derive(Debug)]
pub(in crate::live) enum Opening {
    /// It is the body of the answer on the connection of that cutter.
    EventStream(Cutter),
    /// It begins after the answer.
    WebSocket(Handshake),
}

/// The sending end of an open stream. It ends regularly when this is dropped.
#[derive(Debug)]
pub(in crate::live) enum Outlet {
    Body(Parts<Bytes>),
    Socket(Parts<Message>),
}

impl Opening {
    /// Reads what a request asks for.
    pub(in crate::live) fn of(framing: Framing, request: &mut Request<Incoming>) -> Result<Self, Problem> {
        Ok(match framing {
            // A server puts that of the connection into every request.
            Framing::EventStream => {
                Self::EventStream(request.extensions().get::<Cutter>().cloned().unwrap_or_default())
            }
            Framing::WebSocket => Self::WebSocket(Handshake::read(request)?),
        })
    }

    /// Opens it for events with that payload: what is sent on it comes after the answer. It has the place until it is closed.
    pub(in crate::live) fn accept(
        self,
        payload: Payload,
        place: Option<OwnedSemaphorePermit>,
    ) -> (Outlet, Response<Body>) {
        match self {
            Self::EventStream(cutter) => {
                let (parts, body) = growing(payload.size_bytes, cutter, place);
                (Outlet::Body(parts), wire::opened(body))
            }
            Self::WebSocket(handshake) => {
                let (messages, response) = handshake.accept(payload.size_bytes, place);
                (Outlet::Socket(messages), response)
            }
        }
    }
}

impl Outlet {
    /// Sends an event, and waits for a slow reader. False if the reader has left.
    pub(in crate::live) async fn event(&self, payload: Payload, event: Event<'_>) -> bool {
        match self {
            Self::Body(parts) => parts.send(Bytes::from(event_stream::event_frame(payload, event))).await,
            Self::Socket(messages) => messages.send(Message::text(payload.event(event))).await,
        }
    }

    /// The same for a heartbeat.
    pub(in crate::live) async fn heartbeat(&self) -> bool {
        match self {
            Self::Body(parts) => parts.send(Bytes::from_static(event_stream::HEARTBEAT.as_bytes())).await,
            Self::Socket(messages) => messages.send(Message::Ping(Bytes::new())).await,
        }
    }

    /// Closes the connection without a word, after what was sent before.
    pub(in crate::live) fn cut(self) {
        match self {
            Self::Body(parts) => parts.cut(),
            Self::Socket(messages) => messages.cut(),
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
