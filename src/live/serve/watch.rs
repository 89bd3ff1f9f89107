//! Attempts as they begin and end, as server-sent events.

use super::deliver::Change;
use crate::live::body::{Body, growing};
use crate::live::patience::Cutter;
use crate::live::stream::HEARTBEAT_AFTER;
use crate::live::wire;
use crate::policy::event_stream::HEARTBEAT;
use bytes::Bytes;
use hyper::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// About the size of an attempt as it is sent.
const ATTEMPT_BYTES: u32 = 2 << 10;

/// Sends what `render` makes of each change, until the reader leaves. One that is too slow misses changes and is told
/// so with an event `missed`.
pub(super) fn stream(
    mut changes: Receiver<Change>,
    place: OwnedSemaphorePermit,
    render: impl Fn(&Change) -> Option<String> + Send + 'static,
) -> Response<Body> {
    // It is never cut.
    let (parts, body) = growing(ATTEMPT_BYTES, Cutter::default(), Some(place));
    tokio::spawn(async move {
        loop {
            let frame = tokio::select! {
                () = parts.closed() => return,
                change = tokio::time::timeout(HEARTBEAT_AFTER, changes.recv()) => match change {
                    Ok(Ok(change)) => match render(&change) {
                        Some(text) => frame("attempt", &text),
                        None => continue,
                    },
                    Ok(Err(RecvError::Lagged(_))) => frame("missed", ""),
                    Ok(Err(RecvError::Closed)) => return,
                    Err(_) => HEARTBEAT.to_owned(),
                },
            };
            if !parts.send(Bytes::from(frame)).await {
                return;
            }
        }
    });
    wire::opened(body)
}

/// A frame of any text: each of its lines is one of data.
fn frame(event: &str, text: &str) -> String {
    let lines = text.split(['\n', '\r']).map(|line| format!("data: {line}\n"));
    format!("event: {event}\n{}\n", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_lines_is_one_frame() {
        assert_eq!(frame("attempt", "a\nb"), "event: attempt\ndata: a\ndata: b\n\n");
        assert_eq!(frame("missed", ""), "event: missed\ndata: \n\n");
        assert_eq!(frame("attempt", "a\r\rid: 7"), "event: attempt\ndata: a\ndata: \ndata: id: 7\n\n");
    }
}
