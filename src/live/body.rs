//! The body of an answer: whole, or a stream that goes on until either side ends it.

use super::patience::Cutter;
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Frame;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

/// What the parties answer with.
pub(super) type Body = Either<Full<Bytes>, StreamBody>;

/// A body whose parts are sent one by one, each as a chunk.
#[derive(Debug)]
pub(super) struct StreamBody {
    parts: mpsc::Receiver<Result<Bytes, Cut>>,
    cutter: Cutter,
    /// That of the stream, which is free for another when the body ends.
    _place: Option<OwnedSemaphorePermit>,
}

/// The sender of the parts of a stream, which ends regularly when this is dropped.
#[derive(Debug)]
pub(super) struct Parts<T> {
    parts: mpsc::Sender<Result<T, Cut>>,
    /// Room for the cut, which does not wait for a slow reader.
    cut: mpsc::OwnedPermit<Result<T, Cut>>,
}

/// The stream breaks here, and its connection is closed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut;

/// Parts of about so many bytes on their way to a reader.
pub(super) fn parts<T>(part_bytes: u32) -> (Parts<T>, mpsc::Receiver<Result<T, Cut>>) {
    let (parts, taken) = mpsc::channel(waiting(part_bytes) + 1);
    let cut = parts.clone().try_reserve_owned().expect("a new channel has room");
    (Parts { parts, cut }, taken)
}

/// How many parts of so many bytes wait for a slow reader; to send more, the sender waits.
fn waiting(part_bytes: u32) -> usize {
    const MOST: usize = 64;
    const BYTES: usize = 1 << 20;
    (BYTES / part_bytes.max(1) as usize).clamp(1, MOST)
}

/// A whole body.
pub(super) fn whole(text: String) -> Body {
    Either::Left(Full::new(Bytes::from(text)))
}

/// A body that grows by parts of about so many bytes, on the connection of that cutter.
pub(super) fn growing(
    part_bytes: u32,
    cutter: Cutter,
    place: Option<OwnedSemaphorePermit>,
) -> (Parts<Bytes>, Body) {
    let (sender, parts) = parts(part_bytes);
    (sender, Either::Right(StreamBody { parts, cutter, _place: place }))
}

impl<T> Parts<T> {
    /// Sends a part, and waits for a slow reader. False if the reader has left.
    pub(super) async fn send(&self, part: T) -> bool {
        self.parts.send(Ok(part)).await.is_ok()
    }

    /// Cuts the stream after what was sent before. If the reader has left, it is closed already.
    pub(super) fn cut(self) {
        self.cut.send(Err(Cut));
    }

    /// Waits until the reader has left.
    pub(super) async fn closed(&self) {
        self.parts.closed().await;
    }
}

impl hyper::body::Body for StreamBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.cutter.is_used() {
            return Poll::Pending;
        }
        match ready!(self.parts.poll_recv(cx)) {
            Some(Ok(part)) => Poll::Ready(Some(Ok(Frame::data(part)))),
            // An error would end the connection at once, without what is in its buffer. While nothing follows, hyper sends
            // what it has.
            Some(Err(Cut)) => {
                self.cutter.cut();
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}
