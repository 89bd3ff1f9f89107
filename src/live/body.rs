//! The body of an answer: whole, or a stream that goes on until either side ends it.

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Frame;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// What the parties answer with.
pub(super) type Body = Either<Full<Bytes>, StreamBody>;

/// A body whose parts are sent one by one, each as a chunk.
#[derive(Debug)]
pub(super) struct StreamBody(mpsc::Receiver<Result<Bytes, Cut>>);

/// The sender of the parts of a body; the body ends regularly when this is dropped.
pub(super) type Parts = mpsc::Sender<Result<Bytes, Cut>>;

/// The stream breaks here, and its connection is closed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the stream was cut")]
pub(super) struct Cut;

/// How many parts of so many bytes wait for a slow reader; to send more, the sender waits.
pub(super) fn waiting(part_bytes: u32) -> usize {
    const MOST: usize = 64;
    const BYTES: usize = 1 << 20;
    (BYTES / part_bytes.max(1) as usize).clamp(1, MOST)
}

/// A whole body.
pub(super) fn whole(text: String) -> Body {
    Either::Left(Full::new(Bytes::from(text)))
}

/// A body that grows by parts of about so many bytes.
pub(super) fn growing(part_bytes: u32) -> (Parts, Body) {
    let (parts, body) = mpsc::channel(waiting(part_bytes));
    (parts, Either::Right(StreamBody(body)))
}

impl hyper::body::Body for StreamBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.0.poll_recv(cx).map(|part| part.map(|part| part.map(Frame::data)))
    }
}
