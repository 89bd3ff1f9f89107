//! The body of an answer: whole, or a stream that goes on until either side ends it.

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Frame;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// What the parties answer with.
pub(super) type Body = Either<Full<Bytes>, StreamBody>;

/// A body of which each part goes out by itself, as one chunk.
#[derive(Debug)]
pub(super) struct StreamBody(mpsc::Receiver<Result<Bytes, Cut>>);

/// Where the parts of a body go in; when it is dropped the body ends in order.
pub(super) type Parts = mpsc::Sender<Result<Bytes, Cut>>;

/// The stream ends here, in the middle: the connection is closed.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the stream was cut")]
pub(super) struct Cut;

/// Parts that wait for a slow reader; whoever sends more waits.
const WAITING: usize = 64;

/// A whole body.
pub(super) fn whole(text: String) -> Body {
    Either::Left(Full::new(Bytes::from(text)))
}

/// A body that grows.
pub(super) fn growing() -> (Parts, Body) {
    let (parts, body) = mpsc::channel(WAITING);
    (parts, Either::Right(StreamBody(body)))
}

impl hyper::body::Body for StreamBody {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        self.0.poll_recv(cx).map(|part| part.map(|part| part.map(Frame::data)))
    }
}
