//! Server-sent events on the wire (<https://html.spec.whatwg.org/multipage/server-sent-events.html>): the request that
//! opens a stream, the head of its answer, and what follows in chunks (RFC 9112, section 7.1), one for each frame.

use super::content::Event;
use super::message::{Asked, HOST, Head, Payload, REQUEST_ID, event_id, status_line, target};

/// The media type of a stream.
pub const MEDIA_TYPE: &str = "text/event-stream";

/// The header that names the last event that a client has; `evt_0000000000` stands before the first.
pub const LAST_EVENT_ID: &str = "last-event-id";

/// A heartbeat: a comment, which a client skips.
pub const HEARTBEAT: &str = ":\n\n";

/// `GET /stream`: the events that occur after the one that it names, or without `replay` those that occur from now on.
pub fn request(asked: Asked<'_>, replay: bool, request_id: &str) -> Head {
    let last = replay.then(|| (LAST_EVENT_ID, event_id(asked.after)));
    let headers = [("host", HOST.into()), ("accept", MEDIA_TYPE.into())];
    Head {
        start: format!("GET {} HTTP/1.1", target("/stream", &asked.parameters())),
        headers: headers.into_iter().chain(last).chain([(REQUEST_ID, request_id.into())]).collect(),
    }
}

/// The head of the answer that opens a stream.
pub fn opened() -> Head {
    Head {
        start: status_line(200),
        headers: vec![
            ("content-type", MEDIA_TYPE.into()),
            ("cache-control", "no-store".into()),
            ("transfer-encoding", "chunked".into()),
        ],
    }
}

/// The frame of an event.
pub fn event_frame(payload: Payload, event: Event<'_>) -> String {
    format!("id: {}\nevent: event\ndata: {}\n\n", event_id(event.number + 1), payload.event(event))
}

/// Bytes of a frame of that length as a chunk: its length in hexadecimal digits and two ends of a line beside it.
pub const fn chunk_bytes(length: u64) -> u64 {
    let digits = if length == 0 { 1 } else { length.ilog2() / 4 + 1 };
    digits as u64 + 2 + length + 2
}

/// Reads a frame as a client does: the id of its last event, None for one without an event such as a comment. A frame
/// ends with an empty line; other fields than `id` and `data` are skipped, and an event without data is none.
pub fn read_frame(text: &str) -> Option<&str> {
    let value = |line: &'_ str, field: &str| -> Option<usize> {
        let rest = line.strip_prefix(field)?;
        let rest = rest.strip_prefix(':')?;
        Some(line.len() - rest.strip_prefix(' ').unwrap_or(rest).len())
    };
    let (mut id, mut has_data) = (None, false);
    for line in text.lines() {
        if let Some(from) = value(line, "id") {
            id = line.get(from..);
        }
        has_data |= value(line, "data").is_some();
    }
    id.filter(|_| has_data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::message::Format;
    use crate::time::Instant;

    #[test]
    fn a_frame_reads_as_it_is_written() {
        let event = Event { number: 41, resource: 0, kind: "like", occurred: Instant(5) };
        for format in [Format::Json, Format::Xml] {
            let frame = event_frame(Payload { format, size_bytes: 300 }, event);
            assert_eq!(read_frame(&frame), Some("evt_0000000042"));
            assert_eq!(frame.lines().count(), 4, "a payload of one line");
        }
        assert_eq!(read_frame(HEARTBEAT), None);
        assert_eq!(read_frame("id:7\n\n"), None, "no data, no event");
        assert_eq!(read_frame("retry: 5\ndata:x\nid:7\n\n"), Some("7"));
    }

    /// A comment of three bytes takes eight on the wire.
    #[test]
    fn chunks_have_a_length_before_them() {
        assert_eq!([0, 3, 15, 16, 255, 256].map(chunk_bytes), [5, 8, 20, 22, 261, 263]);
    }
}
