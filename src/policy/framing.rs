//! How what is sent on an open connection is written, and how many bytes it has.

use super::content::Event;
use super::event_stream;
use super::message::{Asked, Payload, request_id};
use super::websocket;
use crate::time::Instant;

/// How a stream is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// As the body of an answer that does not end (server-sent events).
    EventStream,
    /// In frames of WebSocket.
    WebSocket,
}

/// Bytes of the messages of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameSizes {
    /// The request that opens it.
    pub opening: u64,
    /// The head of the answer that opens it.
    pub opened: u64,
    /// An event.
    pub event: u64,
    /// A heartbeat.
    pub heartbeat: u64,
    /// What the client answers to a heartbeat.
    pub heartbeat_answer: u64,
}

impl Framing {
    /// The status of an answer that opens such a stream.
    pub const fn status(self) -> u16 {
        match self {
            Self::EventStream => 200,
            Self::WebSocket => 101,
        }
    }

    /// The sizes for a client that asks so, and names its last event where it wants what follows it.
    pub fn sizes(self, payload: Payload, asked: Asked<'_>, replay: bool) -> FrameSizes {
        let request_id = request_id(0, 0);
        match self {
            Self::EventStream => {
                let first = Event { number: 0, resource: 0, kind: "", occurred: Instant::START };
                let chunk = |text: &str| event_stream::chunk_bytes(text.len() as u64);
                FrameSizes {
                    opening: event_stream::request(asked, replay, &request_id).bytes(),
                    opened: event_stream::opened().bytes(),
                    event: chunk(&event_stream::event_frame(payload, first)),
                    heartbeat: chunk(event_stream::HEARTBEAT),
                    heartbeat_answer: 0,
                }
            }
            Self::WebSocket => {
                let (key, accept) = websocket::SAMPLE;
                FrameSizes {
                    opening: websocket::request(asked, replay, key, &request_id).bytes(),
                    opened: websocket::opened(accept).bytes(),
                    event: websocket::frame_bytes(payload.size_bytes.into()),
                    // A ping and its pong, without content.
                    heartbeat: websocket::frame_bytes(0),
                    heartbeat_answer: websocket::masked_frame_bytes(0),
                }
            }
        }
    }
}
