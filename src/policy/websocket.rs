//! WebSocket on the wire (RFC 6455): the request that opens one, the head of its answer, and the sizes of what follows. Only
//! a client masks its frames, with four bytes more. The driver of live runs leaves writing and reading frames to a library.
//!
//! Unlike an event stream, a WebSocket has no id beside an event and no header for the last one, which a browser could not
//! set either. So the id of an event is where it always is, inside it, and a client names its last event in the URL.

use super::message::{Asked, HOST, Head, REQUEST_ID, event_id, status_line, target};

/// The header with the 16 bytes, in Base64, that the answer has to show to be of this request.
pub const KEY: &str = "sec-websocket-key";

/// The header with the version of the protocol.
pub const VERSION: &str = "sec-websocket-version";

/// The only version that there is.
pub const VERSION_13: &str = "13";

/// The header that shows that the answer is of the request with that key.
pub const ACCEPT: &str = "sec-websocket-accept";

/// What a source adds to a key to compute the value of [`ACCEPT`].
pub const ACCEPT_SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A key and what is answered to it, those of RFC 6455, section 1.3. All have their lengths.
pub const SAMPLE: (&str, &str) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");

/// `GET /socket`: the events that occur after the one that it names, or without `replay` those that occur from now on.
pub fn request(asked: Asked<'_>, replay: bool, key: &str, request_id: &str) -> Head {
    let mut query = asked.parameters();
    query.extend(replay.then(|| format!("after={}", event_id(asked.after))));
    Head {
        start: format!("GET {} HTTP/1.1", target("/socket", &query)),
        headers: vec![
            ("host", HOST.into()),
            ("connection", "Upgrade".into()),
            ("upgrade", "websocket".into()),
            (VERSION, VERSION_13.into()),
            (KEY, key.into()),
            (REQUEST_ID, request_id.into()),
        ],
    }
}

/// The head of the answer that opens a socket.
pub fn opened(accept: &str) -> Head {
    Head {
        start: status_line(101),
        headers: vec![
            ("connection", "Upgrade".into()),
            ("upgrade", "websocket".into()),
            (ACCEPT, accept.into()),
        ],
    }
}

/// Bytes of a frame of the source with so many bytes of payload (RFC 6455, section 5.2).
pub const fn frame_bytes(payload: u64) -> u64 {
    let header = match payload {
        0..=125 => 2,
        126..=0xffff => 4,
        _ => 10,
    };
    header + payload
}

/// The same of a frame of the client.
pub const fn masked_frame_bytes(payload: u64) -> u64 {
    frame_bytes(payload) + 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bounds of the three lengths of a header, and the ping and the pong of RFC 6455, section 5.7.
    #[test]
    fn a_frame_has_a_header_before_it() {
        let header = |payload| frame_bytes(payload) - payload;
        assert_eq!([0, 125, 126, 65_535, 65_536].map(header), [2, 2, 4, 4, 10]);
        assert_eq!((frame_bytes(5), masked_frame_bytes(5)), (7, 11), "\"Hello\"");
        assert_eq!((frame_bytes(0), masked_frame_bytes(0)), (2, 6));
    }
}
