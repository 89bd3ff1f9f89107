//! The client's end of a stream: its frames, one by one.

use super::socket::{self, Socket, accept_of, socket_key};
use crate::live::connection::{Meter, Streaming, Taken};
use crate::live::wire::Wire;
use crate::model::events::EventId;
use crate::model::exchange::Exchange;
use crate::policy::event_stream;
use crate::policy::framing::Framing;
use crate::policy::message;
use crate::policy::websocket::ACCEPT;
use bytes::{Buf, BytesMut};
use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// A stream that is open. Its connection closes when this is dropped.
pub(super) enum Reader {
    EventStream(Streaming, BytesMut),
    WebSocket(Box<Socket>, Meter),
}

impl Reader {
    /// The stream that an answer has opened; None if it has not.
    pub(super) async fn of(exchange: &Exchange, wire: &Wire, answer: Streaming) -> Option<Self> {
        match exchange.channel.framing()? {
            Framing::EventStream => {
                let is_stream = answer.header("content-type") == Some(event_stream::MEDIA_TYPE);
                is_stream.then(|| Self::EventStream(answer, BytesMut::new()))
            }
            Framing::WebSocket => {
                if answer.header(ACCEPT) != Some(&accept_of(&socket_key(exchange))) {
                    return None;
                }
                let (upgraded, meter) = answer.upgraded().await?;
                let socket = socket::over(upgraded, Role::Client, wire.max_frame_bytes()).await;
                Some(Self::WebSocket(Box::new(socket), meter))
            }
        }
    }

    /// The next frame: an event, or None in it for a heartbeat. None if the stream ends, breaks or has what no source of
    /// this run sends.
    pub(super) async fn next(&mut self, wire: &Wire) -> Option<Option<EventId>> {
        match self {
            Self::EventStream(streaming, buffer) => loop {
                if let Some(end) = buffer.windows(2).position(|end| end == b"\n\n") {
                    let text = buffer.split_to(end + 2);
                    let id = event_stream::read_frame(std::str::from_utf8(&text).ok()?);
                    return id.map_or(Some(None), |id| event(wire, id).map(Some));
                }
                if buffer.remaining() > wire.max_frame_bytes() {
                    return None;
                }
                buffer.extend_from_slice(&streaming.next().await?);
            },
            Self::WebSocket(socket, _) => match socket.next().await?.ok()? {
                Message::Text(text) => {
                    let found = wire.read_content(text.as_bytes()).ok()?;
                    event(wire, found.ids.first()?).map(Some)
                }
                Message::Ping(_) => {
                    // The library has the pong ready, and would send it with what it sends next.
                    socket.flush().await.ok()?;
                    Some(None)
                }
                Message::Binary(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => None,
            },
        }
    }

    /// Bytes of both directions since the last call.
    pub(super) fn taken(&mut self) -> (u64, u64) {
        let Taken { written, read } = match self {
            Self::EventStream(streaming, _) => streaming.meter().taken(),
            Self::WebSocket(_, meter) => meter.taken(),
        };
        (written, read)
    }
}

/// The event with that id on the wire.
fn event(wire: &Wire, id: &str) -> Option<EventId> {
    let number = message::parse_event_id(id)?.checked_sub(1)?;
    wire.events.place(number)
}
